// On a device that several people use: asks after a while whether somebody is there, and then makes it ready for the next.
// The server ends the session by itself too; this only does it sooner, and shows no old page again.
(() => {
  "use strict";

  const SECOND = 1000;
  const TOUCHES = ["pointerdown", "pointermove", "keydown", "input", "scroll", "wheel", "play", "timeupdate"];

  // A page that comes back out of the browser's memory is asked for again: the session may be somebody else's by now.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  const watch = (box) => {
    const words = box.querySelector(".still-here-words");
    const template = box.querySelector("template");
    const button = box.querySelector("button");
    const { out, touch } = box.dataset;
    const warnAfter = Number(box.dataset.warn) * SECOND;
    const endAfter = warnAfter + Number(box.dataset.end) * SECOND;
    let last = Date.now();
    let told = Date.now();

    const hide = () => {
      words.replaceChildren();
      button.hidden = true;
      box.classList.remove("asks");
    };
    const show = () => {
      words.replaceChildren(template.content.cloneNode(true));
      button.hidden = false;
      box.classList.add("asks");
    };
    const somebodyIsHere = (event) => {
      // The browser says that the pointer moved where only something under it did.
      if (event.type === "pointermove" && !event.movementX && !event.movementY) return;
      last = Date.now();
      if (box.classList.contains("asks")) hide();
      if (last - told > warnAfter) {
        told = last;
        new Image().src = `${touch}?${told}`;
      }
    };
    const look = () => {
      const since = Date.now() - last;
      if (since >= endAfter) window.location.replace(out);
      else if (since >= warnAfter && !box.classList.contains("asks")) show();
    };

    for (const name of TOUCHES) document.addEventListener(name, somebodyIsHere, { capture: true, passive: true });
    button.addEventListener("click", somebodyIsHere);
    // A device that slept finds out when it wakes up.
    document.addEventListener("visibilitychange", look);
    window.setInterval(look, SECOND);
  };

  document.querySelectorAll("[data-still-here]").forEach(watch);
  for (const page of document.querySelectorAll("[data-ends-after]")) {
    window.setTimeout(() => window.location.replace(page.dataset.end), Number(page.dataset.endsAfter) * SECOND);
  }
})();
