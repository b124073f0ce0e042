// A button that copies a field, where the browser lets it; else the field can be marked by hand.
(() => {
  "use strict";

  if (!navigator.clipboard) return;
  for (const offer of document.querySelectorAll("[data-copy-offer]")) {
    const button = offer.querySelector("[data-copy]");
    const field = document.getElementById(button.dataset.copy);
    offer.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        offer.querySelector("[role=status]").textContent = button.dataset.done;
      } catch {
        field.focus();
        field.select();
      }
    });
  }
})();
