// The index of a long page: a slim row of its headings below the top bar, while the page is scrolled. It is made of what
// stands there, so each page has the same one, and none has to be told.
(() => {
  "use strict";

  const LONG = 3; // screens
  const root = document.documentElement;
  let nav = null;
  let places = [];
  let told = "";
  let given = 0;

  const top = () => document.querySelector(".p-top");
  const headings = () => [...document.querySelectorAll(".p-page h2")].filter((one) => one.offsetParent !== null);

  // A heading's own words, without the note behind it.
  const wordsOf = (heading) => {
    const own = [...heading.childNodes].find((node) => node.textContent.trim());
    return own?.textContent.trim() ?? "";
  };

  const link = (place) => {
    const one = document.createElement("a");
    one.className = "p-index-link";
    one.href = `#${place.id}`;
    one.textContent = wordsOf(place);
    return one;
  };

  const filters = () => document.querySelector(".p-page .p-filters");

  const fill = () => {
    nav = document.getElementById("shell-index");
    if (!nav) return;
    const found = headings();
    const isLong = root.scrollHeight > LONG * innerHeight && found.length > 2;
    places = isLong ? found : [];
    for (const place of places) place.id ||= `bagian-${++given}`; // parts come and are drawn anew: each number once
    const now = places.map((place) => `${place.id} ${wordsOf(place)}`).join("\n");
    if (now === told && (nav.childElementCount > 0) === isLong) return follow();
    told = now;
    const ways = places.map(link);
    const choices = filters();
    if (isLong && choices) {
      choices.id ||= "saringan";
      const way = link(choices);
      way.classList.add("is-filters");
      way.textContent = nav.dataset.filters;
      ways.unshift(way);
    }
    nav.replaceChildren(...ways);
    follow();
  };

  // How far down the bars reach: what is jumped to stands below them.
  const measure = () => {
    const bar = top();
    if (!bar) return;
    root.style.setProperty("--top", `${bar.offsetHeight}px`);
  };

  const reach = () => {
    const stays = document.querySelector(".p-page .p-stay");
    const isSticky = stays && getComputedStyle(stays).position === "sticky";
    return (top()?.offsetHeight ?? 0) + (nav?.offsetHeight ?? 0) + (isSticky ? stays.offsetHeight : 0);
  };

  const follow = () => {
    if (!nav) return;
    const isOn = places.length > 0 && scrollY > 160;
    root.classList.toggle("has-index", isOn);
    if (!isOn) return;
    const line = reach() + 24;
    const tops = places.map((place) => place.getBoundingClientRect().top);
    const last = tops.findLast((one) => one <= line) ?? tops[0];
    const here = places[tops.findIndex((one) => Math.abs(one - last) < 2)]; // of those beside each other the first
    for (const one of nav.children) {
      const isHere = one.hash === `#${here.id}`;
      if (isHere === one.hasAttribute("aria-current")) continue;
      if (!isHere) one.removeAttribute("aria-current");
      else {
        one.setAttribute("aria-current", "location");
        nav.scrollTo({ left: one.offsetLeft - nav.clientWidth / 3 });
      }
    }
  };

  const goTo = (id) => {
    const place = document.getElementById(id);
    if (!place) return;
    const within = [...place.parentElement.querySelectorAll(":scope > details.p-fold"), place.closest("details.p-fold")];
    for (const folded of within) if (folded) folded.open = true;
    scrollTo({ top: scrollY + place.getBoundingClientRect().top - reach() - 12 });
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const way = event.target.closest("#shell-index a");
    if (!way) return;
    event.preventDefault();
    goTo(way.hash.slice(1));
  });

  let asked = 0;
  const later = (what, wait) => {
    clearTimeout(asked);
    asked = setTimeout(what, wait);
  };
  let isWaiting = false;
  addEventListener(
    "scroll",
    () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        follow();
      });
    },
    { passive: true },
  );
  addEventListener("resize", () => later(() => (measure(), fill()), 150));
  new MutationObserver((changes) => {
    if (changes.every((change) => nav?.contains(change.target))) return;
    later(() => (measure(), fill()), 250);
  }).observe(root, { childList: true, subtree: true });
})();
