// Where the keyboard stands outlives what is drawn anew. What had the focus gets it again; where it is gone, the place
// that it left: the link of the row now there, else what came of the press, else the page's heading. A button of a row
// that has become another letter's does not keep it: the next Enter would be about a letter that nobody chose.
(() => {
  "use strict";

  const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";
  const ROWS = "tbody tr, li";
  const BUSY = ".p-waiting, .p-coming, #shell-page [aria-busy=true], #shell-page[aria-busy=true]";
  const ANSWERS = "#stamp-said, #shell-page [role=alert]";
  const WAIT = 200; // so long a part may be between its old and its new form
  const PATIENCE = 8_000;

  let last = null; // what had the focus, as it was then
  let back = null; // after a step back: what had the focus when this address was left
  let timer = 0;
  const left = new Map();

  const page = () => document.getElementById("shell-page");
  const linkOf = (row) => row?.querySelector("a[href]");
  const addressOf = (row) => linkOf(row)?.getAttribute("href") ?? "";
  const kind = (list) => `${list.tagName} ${list.className}`;

  const nameOf = (part) => {
    const own = part.id || part.ariaLabel || part.getAttribute("href") || part.textContent.trim().slice(0, 80);
    return `${part.tagName} ${own} ${addressOf(part.closest(ROWS))}`;
  };

  const remember = (part) => {
    const row = part.closest(ROWS);
    const list = row?.parentElement;
    return {
      part,
      name: nameOf(part),
      row: addressOf(row),
      list: list && kind(list),
      index: list ? [...list.children].indexOf(row) : -1,
      path: location.pathname,
      address: location.pathname + location.search,
      until: Infinity,
    };
  };

  const give = (part) => {
    part?.focus({ preventScroll: true });
    return Boolean(part) && document.activeElement === part;
  };

  // What takes no focus of its own, but is where one goes on reading.
  const giveWords = (part) => {
    if (!part) return false;
    part.tabIndex = -1;
    return give(part);
  };

  const named = (name) => [...page().querySelectorAll(STOPS)].find((part) => nameOf(part) === name);

  const rowLeft = ({ list, row, index }) => {
    const same = [...page().querySelectorAll("tbody, ul, ol")].find((one) => list && kind(one) === list);
    const rows = same ? [...same.children].filter(linkOf) : [];
    return linkOf(rows.find((one) => addressOf(one) === row) ?? rows[Math.min(index, rows.length - 1)]);
  };

  const answer = () => [...document.querySelectorAll(ANSWERS)].find((part) => part.textContent.trim());

  const settle = () => {
    if (!last || !isLost()) return;
    if (document.querySelector(BUSY) && Date.now() < last.until) return later();
    if (last.path !== location.pathname) giveWords(page().querySelector("h1"));
    else if (!give(rowLeft(last)) && !giveWords(answer())) giveWords(page().querySelector("h1"));
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(settle, WAIT);
  };

  const isLost = () => {
    const here = document.activeElement;
    if (!here || here === document.body) return true;
    return here === last.part && last.row !== "" && nameOf(here) !== last.name;
  };

  const look = () => {
    if (back && (give(named(back.name)) || Date.now() > back.until)) back = null;
    if (!last || !isLost()) return;
    if (last.until === Infinity) last.until = Date.now() + PATIENCE;
    if (last.path === location.pathname && give(named(last.name))) return;
    if (document.activeElement === last.part) last.part.blur();
    later();
  };

  document.addEventListener("focusin", ({ target }) => {
    if (!page()?.contains(target) || target === page()) return;
    last = remember(target);
    left.set(last.address, last.name);
  });

  // Whoever points elsewhere, or goes on by key, out of the page too, is not brought back.
  const letGo = () => (last = back = null);
  document.addEventListener("pointerdown", letGo, true);
  document.addEventListener(
    "keydown",
    ({ key }) => {
      back = null;
      if (key === "Tab") setTimeout(() => document.activeElement === document.body && letGo());
    },
    true,
  );
  addEventListener("popstate", () => {
    const name = left.get(location.pathname + location.search);
    back = name ? { name, until: Date.now() + PATIENCE } : null;
  });

  const changes = { childList: true, subtree: true, attributes: true };
  const which = ["aria-label", "disabled", "hidden", "href", "id", "open"];
  new MutationObserver(look).observe(document.documentElement, { ...changes, attributeFilter: which });
})();
