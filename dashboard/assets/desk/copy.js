// "Salin": what stands in a field goes to the clipboard, also where the browser keeps that from plain http.
(() => {
  "use strict";

  const copied = async (field) => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy);
    if (field && (await copied(field))) button.textContent = button.dataset.copied;
  });
})();
