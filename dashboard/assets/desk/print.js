// A page on paper: the head of the sheet says what the filters say and when it was printed, what is folded away is
// opened. Afterwards everything is as it was.
(() => {
  "use strict";

  const isHidden = (part) => part.closest("[hidden]") !== null;

  const isForm = (part) =>
    [...part.querySelectorAll("input, textarea, select")].some((control) => !control.closest(".no-print"));

  const valueOf = (control) => {
    if (control.tagName === "SELECT") return control.selectedOptions[0]?.label ?? "";
    return control.value ?? "";
  };

  const filterWords = () =>
    [...document.querySelectorAll("main .p-filters .p-field, main .sla-control-choice .p-field")]
      .filter((field) => !isHidden(field))
      .map((field) => [field.querySelector(".p-field-label"), field.querySelector("select, input")])
      .filter(([label, control]) => label && control && valueOf(control).trim())
      .map(([label, control]) => `${label.textContent.trim()}: ${valueOf(control).trim()}`)
      .join(" · ");

  // On the office's clock.
  const momentWords = () => {
    const timeZone = document.querySelector(".p-print-moment")?.dataset.zone;
    return new Date().toLocaleString(document.documentElement.lang, {
      dateStyle: "long",
      timeStyle: "short",
      timeZone,
    });
  };

  const say = (name, words) => {
    const place = document.querySelector(`.p-print-${name}`);
    if (place) place.textContent = words;
  };

  window.addEventListener("beforeprint", () => {
    say("filters", filterWords());
    say("moment", momentWords());
    for (const part of document.querySelectorAll("main details:not([open])")) {
      if (part.closest(".no-print") || isForm(part)) continue;
      part.dataset.printed = "";
      part.open = true;
    }
  });

  window.addEventListener("afterprint", () => {
    for (const part of document.querySelectorAll("main details[data-printed]")) {
      delete part.dataset.printed;
      part.open = false;
    }
  });
})();
