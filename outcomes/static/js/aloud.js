// Reads a question aloud with the browser's own voice: question, help and answers in order, each in the language of its
// words. It never begins by itself, and falls silent when the page is left.
(() => {
  "use strict";

  const voices = window.speechSynthesis;
  if (!voices || typeof window.SpeechSynthesisUtterance !== "function") return;

  const PARTS = ".question-words, .form-hint, .answer-row label, .scale-ends p, .instead legend, .instead label";
  const VOICES_COME_LATE = 1500; // milliseconds: some browsers load their voices only when they are first asked for
  let stopReading = () => {};

  const languageOf = (element) => element.closest("[lang]").lang.toLowerCase();
  const voiceFor = (language) => {
    const fits = voices.getVoices().filter((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === language.split("-")[0]);
    return fits.find((voice) => voice.localService) || fits[0];
  };

  // What is heard, in the order of the page; a part in another language than the page is heard in that one.
  const partsOf = (block) =>
    [...block.querySelectorAll(PARTS)]
      .filter((part) => !part.hidden && part.closest("[hidden]") === null)
      .map((part) => {
        const marked = part.querySelector("[lang]");
        return { part, words: part.textContent.replace(/\s+/g, " ").trim(), language: languageOf(marked || part) };
      })
      .filter(({ words }) => words !== "");

  const voicesReady = () =>
    new Promise((resolve) => {
      if (voices.getVoices().length > 0) return resolve();
      const done = () => {
        voices.removeEventListener("voiceschanged", done);
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(done, VOICES_COME_LATE);
      voices.addEventListener("voiceschanged", done);
    });

  const addButton = (button) => {
    const block = button.closest("[data-aloud]");
    const state = button.parentElement.querySelector(".listen-state");
    let round = 0; // what an earlier press began is passed over once it was stopped

    const show = (reading) => {
      button.textContent = reading ? button.dataset.stop : button.dataset.read;
      button.classList.toggle("is-reading", reading);
    };
    const mark = (part) => {
      for (const marked of block.querySelectorAll(".being-read")) marked.classList.remove("being-read");
      if (part) part.classList.add("being-read");
    };
    const stop = () => {
      round += 1;
      voices.cancel();
      mark(null);
      show(false);
      stopReading = () => {};
    };

    const read = async () => {
      stopReading();
      const mine = (round += 1);
      state.textContent = "";
      show(true);
      stopReading = stop;
      await voicesReady();
      if (mine !== round) return;
      const parts = partsOf(block);
      if (parts.some(({ language }) => !voiceFor(language))) {
        state.textContent = button.dataset.noVoice;
        stop();
        return;
      }
      parts.forEach(({ part, words, language }, place) => {
        const utterance = new SpeechSynthesisUtterance(words);
        const voice = voiceFor(language);
        utterance.voice = voice;
        utterance.lang = voice.lang;
        utterance.rate = 0.9;
        utterance.addEventListener("start", () => mine === round && mark(part));
        utterance.addEventListener("end", () => mine === round && place === parts.length - 1 && stop());
        utterance.addEventListener("error", () => mine === round && stop());
        voices.speak(utterance);
      });
    };

    button.addEventListener("click", () => (button.classList.contains("is-reading") ? stop() : read()));
    button.hidden = false;
  };

  document.querySelectorAll("[data-read-aloud]").forEach(addButton);
  window.addEventListener("pagehide", () => voices.cancel());
  voices.cancel();
})();
