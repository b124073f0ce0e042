// Small helps on top of pages that work without any script: focus on what went wrong, the line one can press, printing.
(() => {
  "use strict";

  const takeFocus = () => {
    const summary = document.querySelector("[data-take-focus]");
    if (summary) summary.focus();
  };

  const offerPrint = () => {
    for (const offer of document.querySelectorAll("[data-print-offer]")) offer.hidden = false;
    for (const button of document.querySelectorAll("[data-print]")) {
      button.addEventListener("click", () => window.print());
    }
  };

  // Arabic and Persian digits are numbers too.
  const inLatinDigits = (text) =>
    text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));

  const addLine = (analogue) => {
    const box = analogue.querySelector(".analogue-line");
    const line = box.querySelector("input");
    const state = box.querySelector(".analogue-state");
    const number = analogue.querySelector(".analogue-number input");

    const show = () => {
      const typed = Number.parseFloat(inLatinDigits(number.value).replace(/[,\u066b\u060c]/, "."));
      const touched = Number.isFinite(typed);
      analogue.classList.toggle("touched", touched);
      if (touched) line.value = String(typed);
      const words = touched ? `${analogue.dataset.touched} ${line.value}` : analogue.dataset.untouched;
      state.textContent = words;
      line.setAttribute("aria-valuetext", words);
    };
    const mark = () => {
      number.value = line.value;
      show();
    };

    line.addEventListener("input", mark);
    line.addEventListener("click", mark);
    number.addEventListener("input", show);
    box.hidden = false;
    analogue.classList.add("has-line");
    show();
  };

  // "I don't know" and an answer lift each other, so that nobody sends both. What was written in words is never taken away.
  const liftEachOther = (instead) => {
    const block = instead.closest(".question-block");
    const answers = [...block.querySelectorAll(`[name="${CSS.escape(instead.dataset.insteadOf)}"]`)];
    instead.addEventListener("change", () => {
      for (const answer of answers) {
        if (answer.matches("[type=radio], [type=checkbox]")) answer.checked = false;
        else if (answer.matches("input")) {
          answer.value = "";
          answer.dispatchEvent(new Event("input"));
        }
      }
    });
    const lift = (answer) => {
      const given = answer.matches("[type=radio], [type=checkbox]") ? answer.checked : answer.value.trim() !== "";
      if (given) for (const radio of instead.querySelectorAll("input")) radio.checked = false;
    };
    block.addEventListener("input", (event) => {
      if (answers.includes(event.target)) lift(event.target);
      else if (event.target.matches("[type=range]")) answers.forEach(lift);
    });
  };

  // Among the levels the digits choose, so that a whole rating takes no mouse. Only while one of them has the focus: who
  // speaks to the device, or strikes a key by chance, changes nothing.
  const chooseByKey = (group) => {
    group.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const choice = group.querySelector(`input[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (!choice) return;
      event.preventDefault();
      choice.checked = true;
      choice.focus();
    });
  };

  takeFocus();
  offerPrint();
  document.querySelectorAll("[data-analogue]").forEach(addLine);
  document.querySelectorAll("[data-instead-of]").forEach(liftEachOther);
  document.querySelectorAll("[data-choose-by-key]").forEach(chooseByKey);
})();
