// The list of requests by keyboard: ↓ and ↑ go from one request to the next, Enter opens it, "/" goes to the search.
(() => {
  "use strict";

  const ROWS = ".cases-table tbody .cases-agenda a";
  const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
  const search = () => document.getElementById("cases-search");
  const isTyping = (place) => Boolean(place?.matches?.("input, textarea, select, summary, [contenteditable]"));

  // From where the focus is: from a row to the next one, from the search and from nowhere into the list.
  const next = (way) => {
    const links = [...document.querySelectorAll(ROWS)];
    const row = document.activeElement?.closest?.("tr");
    const here = links.findIndex((link) => row?.contains(link));
    if (here < 0) return way > 0 ? links[0] : undefined;
    return here + way < 0 ? search() : links[here + way];
  };

  const mayMove = (place) =>
    !place || place === document.body || place === search() || Boolean(place.closest(".cases-table tbody"));

  document.addEventListener("keydown", (event) => {
    if (!isPlain(event) || !search()) return;
    const place = document.activeElement;
    if (event.key === "/" && !isTyping(place)) {
      event.preventDefault();
      search().focus();
      search().select();
    }
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way || !mayMove(place) || (isTyping(place) && place !== search())) return;
    const link = next(way);
    if (!link) return;
    event.preventDefault();
    link.focus();
    link.closest("tr")?.scrollIntoView({ block: "nearest" });
  });
})();
