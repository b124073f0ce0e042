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

  const addLine = (analogue) => {
    const box = analogue.querySelector(".analogue-line");
    const line = box.querySelector("input");
    const state = box.querySelector(".analogue-state");
    const number = analogue.querySelector(".analogue-number input");

    const show = () => {
      const typed = Number.parseFloat(number.value.replace(",", "."));
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

  // On a page of levels the digits choose, so that a whole rating takes no mouse; "i" leaves the goal as not assessed.
  const chooseByKey = (group) => {
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches("textarea, select, input:not([type=radio])");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
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
  document.querySelectorAll("[data-choose-by-key]").forEach(chooseByKey);
})();
