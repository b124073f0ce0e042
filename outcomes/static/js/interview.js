// The interview's screen by keyboard: digits choose, Enter goes on, v and x stand for "doesn't know" and "doesn't want to
// answer", Backspace takes a chosen answer away. The keys work only while a question has the focus; the arrows are the
// browser's own.
(() => {
  "use strict";

  const TEN_WITHIN = 700;
  const NON_ANSWERS = { v: "dont_know", x: "prefer_not" };

  const form = document.querySelector("[data-interview]");
  if (!form) return;
  const questions = [...form.querySelectorAll("[data-question]")];
  const end = form.querySelector("[data-end] button");

  const answersOf = (question) => [...question.querySelectorAll("fieldset.question input")];
  const choicesOf = (question) => answersOf(question).filter((input) => input.matches("[type=radio], [type=checkbox]"));
  const isScale = (question) => question.querySelector(".scale") !== null;

  const keyOf = (question, choice, index) => {
    if (isScale(question)) return choice.value;
    return index < 9 ? String(index + 1) : "";
  };

  const firstOf = (question) => {
    const choices = choicesOf(question);
    if (choices.length) return choices.find((choice) => choice.checked) || choices[0];
    return question.querySelector("input[type=text], textarea") || question.querySelector("input:not([type=hidden])");
  };

  const go = (question) => {
    const target = question ? firstOf(question) : end;
    target.focus();
    (question || target).scrollIntoView({ block: "nearest" });
  };

  const press = (choice) => {
    choice.checked = choice.type === "checkbox" ? !choice.checked : true;
    choice.focus();
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  };

  let lastDigit = { question: null, at: 0, key: "" };

  const chooseByDigit = (question, key) => {
    const choices = choicesOf(question);
    const now = Date.now();
    const ten = lastDigit.question === question && lastDigit.key === "1" && key === "0" && now - lastDigit.at < TEN_WITHIN;
    const wanted = ten && isScale(question) ? "10" : key;
    lastDigit = { question, at: now, key };
    const choice = choices.find((each, index) => keyOf(question, each, index) === wanted);
    if (choice) press(choice);
    return Boolean(choice);
  };

  const chooseNonAnswer = (question, key) => {
    const choice = question.querySelector(`.instead input[value="${NON_ANSWERS[key]}"]`);
    if (choice) press(choice);
    return Boolean(choice);
  };

  const clear = (question) => {
    lastDigit = { question: null, at: 0, key: "" };
    for (const choice of question.querySelectorAll("[type=radio]:checked")) {
      choice.checked = false;
      choice.dispatchEvent(new Event("input", { bubbles: true }));
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return true;
  };

  const answer = (question, event) => {
    const { key, target } = event;
    const writing = target.matches("textarea");
    const typing = writing || target.matches("input[type=text]");
    if (key === "Enter") {
      if (writing) return false;
      go(questions[questions.indexOf(question) + 1]);
      return true;
    }
    if ((key === "Backspace" || key === "Delete") && target.matches("[type=radio]")) return clear(question);
    if (/^[0-9]$/.test(key) && !typing) return chooseByDigit(question, key);
    const small = key.toLowerCase();
    return small in NON_ANSWERS && !writing ? chooseNonAnswer(question, small) : false;
  };

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const question = event.target.closest("[data-question]");
    if (question && answer(question, event)) event.preventDefault();
  });

  const showKey = (choice, key) => {
    const label = choice.labels[0];
    if (!key || !label || label.textContent.trim() === key) return;
    const hint = document.createElement("kbd");
    hint.textContent = key;
    hint.setAttribute("aria-hidden", "true");
    label.append(hint);
  };

  for (const question of questions) {
    if (!isScale(question)) choicesOf(question).forEach((choice, index) => showKey(choice, keyOf(question, choice, index)));
    for (const [key, value] of Object.entries(NON_ANSWERS)) {
      const choice = question.querySelector(`.instead input[value="${value}"]`);
      if (choice) showKey(choice, key);
    }
  }
  for (const line of form.querySelectorAll("[data-key-for]")) {
    line.hidden = form.querySelector(`.instead input[value="${line.dataset.keyFor}"]`) === null;
  }
  form.querySelector("[data-keys]").hidden = false;
  // Enter anywhere else in the form would press the first button of it, which changes the language.
  form.querySelector(".how-asked").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(questions[0]);
  });
})();
