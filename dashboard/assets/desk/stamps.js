// Stamps: one tap on a button that carries what it says; what was ticked and written beside it goes with it.
(() => {
  "use strict";

  const documents = (form) =>
    [...(form?.querySelectorAll("[data-stamp-paper]") ?? [])].map((paper) => [
      ...paper.dataset.stampPaper.split("|"),
      paper.querySelector("input")?.checked ?? false,
    ]);

  const ticked = (form) =>
    [...(form?.querySelectorAll("[data-close-letter]") ?? [])]
      .filter((letter) => letter.querySelector("input")?.checked)
      .map((letter) => {
        const [year, ...agenda] = letter.dataset.closeLetter.split("/");
        return [Number(year), agenda.join("/")];
      });

  const closing = (told, button) => {
    const form = button.closest("[data-close-form]");
    const reason = told.reason ?? form?.querySelector("[data-close-reason] input")?.value ?? "";
    return { ...told, reason, letters: told.ticked ? ticked(form) : told.letters, at: Date.now() };
  };

  // Letters whose tap is on its way, also on a page that was opened meanwhile; and the button that was pressed.
  const held = new Set();
  let pressed = "";
  let watch = null;

  const letterOf = (button) => {
    const { year, agenda, letters, entry } = JSON.parse(button.dataset.stamp);
    if (agenda) return `${year}/${agenda}`;
    return letters?.length === 1 ? letters[0].join("/") : (entry ?? "");
  };

  const isInList = (button) => !button.closest("#stamp-said");
  const waits = (button) => isInList(button) && held.has(letterOf(button));

  const look = (button) => {
    button.classList.add(button.dataset.stamp === pressed ? "is-busy" : "is-held");
    button.setAttribute("aria-disabled", "true");
    button.closest("tr, li, .stamp-step")?.setAttribute("aria-busy", "true");
  };

  const free = (button) => {
    button.classList.remove("is-busy", "is-held");
    button.removeAttribute("aria-disabled");
    button.closest("tr, li, .stamp-step")?.removeAttribute("aria-busy");
  };

  const freeAll = () => {
    held.clear();
    document.querySelectorAll("[data-stamp][aria-disabled]").forEach(free);
  };

  // The other buttons of the same letter wait with the one that was pressed; those of a form for several letters all.
  const hold = (button) => {
    watch?.disconnect();
    const form = button.closest("[data-stamp-form]") ?? (letterOf(button) ? null : button.closest("[data-close-form]"));
    pressed = button.dataset.stamp;
    if (letterOf(button)) held.add(letterOf(button));
    for (const one of document.querySelectorAll("[data-stamp]")) {
      if (one === button || form?.contains(one) || waits(one)) look(one);
    }
  };

  // An answer that does not come, or says nothing, draws nothing: shell.js tells of it.
  document.addEventListener("pantau:settled", ({ detail }) => {
    if (detail.includes("stamp-tap.data")) freeAll();
  });

  // What was stored leaves the list as it was drawn: its buttons wait until the list is new. A refused stamp draws
  // nothing: they are free at once.
  const whenDrawn = (act) => {
    const list = document.querySelector("[data-renewed]");
    if (!list) return act();
    watch?.disconnect();
    watch = new MutationObserver(() => {
      watch.disconnect();
      act();
    });
    const drawn = { childList: true, characterData: true, attributes: true, attributeFilter: ["data-stamp"] };
    return watch.observe(list, { ...drawn, subtree: true });
  };

  // A list may be drawn anew while a finger is on it; of a button that went then no browser tells a click. The one that
  // stands there now and says the same is pressed in its place.
  let touched = null;

  document.addEventListener("pointerdown", (event) => {
    touched = event.target.closest("[data-stamp]");
  });

  document.addEventListener("pointerup", (event) => {
    if (!touched || touched.isConnected) return;
    const now = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-stamp]");
    if (now?.dataset.stamp === touched.dataset.stamp) now.click();
  });

  const SOON = 100;
  const LATEST = 6000;
  let tappedAt = 0;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stamp]");
    if (!button || button.getAttribute("aria-disabled") === "true" || waits(button)) return;
    if (!document.getElementById("stamp-desk")) return;
    event.preventDefault();
    hold(button);
    tappedAt = Date.now();
    const form = button.closest("[data-stamp-form]");
    const told = JSON.parse(button.dataset.stamp);
    if (told.what === "tutup") {
      window.dash_clientside.set_props("stamp-tap", { data: closing(told, button) });
      return;
    }
    const reason = button.closest("[data-stamp-why]")?.querySelector("textarea")?.value ?? told.reason ?? "";
    const said = { ...told, documents: told.papers ?? documents(form), reason, at: Date.now() };
    window.dash_clientside.set_props("stamp-tap", { data: said });
  });

  // The answer frees the buttons; it is looked for, since a page may be drawn again at the same time.
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.stamps = {
    answered(told) {
      const answeredTap = tappedAt;
      held.clear(); // also where the list was drawn before the answer came: what it offers now may be pressed
      whenDrawn(freeAll);
      const freeAfter = (isSo, delay) => setTimeout(() => answeredTap === tappedAt && isSo() && freeAll(), delay);
      freeAfter(() => window.dash_clientside.renew.drawnAt() < answeredTap, SOON);
      freeAfter(() => true, LATEST);
      window.dash_clientside.renew.own();
      const box = document.getElementById("stamp-said");
      if (told && box) requestAnimationFrame(() => box.scrollIntoView({ block: "nearest" }));
      return null;
    },
  };
})();
