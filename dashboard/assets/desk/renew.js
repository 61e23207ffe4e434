// Pages that are fresh or say so: a cheap question whether anything was recorded since the page was drawn. A work list
// (`data-renewed`) is then drawn anew, unless somebody writes or ticks there, or is asked whether to withdraw; every
// other page offers to renew itself, and is then drawn anew as a whole. A window that nobody sees asks nothing.
(() => {
  "use strict";

  const LIST = 3_000; // a work list asks so often
  const FIGURES = 10_000; // a page that only offers to renew itself
  const LONGEST = 30_000;
  const PATIENCE = 8_000;

  let failures = 0;
  let timer = 0;
  let isTouched = false;
  let box = null;
  let place = "";
  let mark = null;
  let drawn = Date.now();
  let isOwn = false;

  // What says of the page which records it was drawn from: its list where it has one.
  const find = () =>
    document.querySelector("[data-renewed][data-renew-mark]") ?? document.querySelector("[data-renew-mark]");
  const offer = () => document.getElementById("renew-offer");
  const isList = () => box?.matches("[data-renewed]") ?? false;

  const isMeanwhile = () => {
    const here = document.activeElement;
    const isWriting = here?.matches?.("textarea, select, input") && here.closest("[data-renewed]");
    const isAsked = document.querySelector("[data-renewed] details[open] [data-asked]");
    return isTouched || Boolean(isWriting) || Boolean(isAsked);
  };

  const touch = (event) => {
    if (event.target.closest?.("[data-renewed]")) isTouched = true;
  };
  document.addEventListener("input", touch, true);
  document.addEventListener("change", touch, true);

  const told = (hasNews) => offer()?.classList.toggle("has-news", hasNews);

  const tell = (id, property) => window.dash_clientside.set_props(id, { [property]: Date.now() });

  const draw = (id, property) => {
    isTouched = false;
    drawn = Date.now();
    told(false);
    tell(id, property);
  };

  // What is unfolded bears its heading; of several alike it is told which.
  const unfolded = () => {
    const seen = new Map();
    return [...document.querySelectorAll("#shell-page details")].map((part) => {
      const words = part.id || part.querySelector("summary")?.textContent;
      seen.set(words, (seen.get(words) ?? 0) + 1);
      return { part, name: `${seen.get(words)} ${words}` };
    });
  };

  const MOVES = ["wheel", "touchmove", "keydown", "pointerdown"];

  const markNow = () => find()?.dataset.renewMark ?? null;

  // Which page stands there, drawn from what: its element may be the same one as before.
  const placeNow = () => `${location.pathname} ${markNow()}`;

  // Once the page is new, what was unfolded is so again, and the page goes back to its place as soon as it is long
  // enough: parts below come later. Whoever scrolls meanwhile is let go.
  const comeBack = () => {
    const old = markNow();
    const open = new Set(unfolded().filter(({ part }) => part.open).map(({ name }) => name));
    const top = scrollY;
    const until = Date.now() + PATIENCE;
    let isLet = false;
    const letGo = () => (isLet = true);
    for (const move of MOVES) addEventListener(move, letGo, { once: true, passive: true });
    const step = () => {
      const isNew = markNow() !== old;
      if (isNew) {
        document.getElementById("shell-page").removeAttribute("aria-busy");
        for (const { part, name } of unfolded()) if (open.delete(name)) part.open = true;
        if (!isLet) scrollTo({ top, behavior: "instant" });
      }
      const isThere = isNew && (isLet || Math.abs(scrollY - top) < 2) && open.size === 0;
      if (!isThere && Date.now() < until) return setTimeout(step, 100);
      document.getElementById("shell-page")?.removeAttribute("aria-busy");
      for (const move of MOVES) removeEventListener(move, letGo);
    };
    step();
  };

  const renew = (now) => {
    if (isList()) {
      mark = now;
      draw("stamp-done", "data");
    } else {
      document.getElementById("shell-page").setAttribute("aria-busy", "true");
      comeBack();
      draw("renew-whole", "data");
    }
    tell("shell-tick", "n_intervals"); // the age of the data in the header
  };

  const grow = () => {
    const every = Number(box.dataset.renewEvery ?? 0) * 1000;
    if (every && Date.now() - drawn >= every && !isMeanwhile()) draw(box.dataset.renewTick, "n_intervals");
  };

  const ask = async () => {
    const address = offer().dataset.renew;
    const about = box.dataset.renewAbout ? `?tentang=${encodeURIComponent(box.dataset.renewAbout)}` : "";
    const reply = await fetch(address + about, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!reply.ok || reply.redirected) throw new Error("no answer");
    return (await reply.json()).mark;
  };

  const look = async () => {
    const here = find();
    if (here !== box || place !== placeNow()) {
      [box, place, mark, drawn, isTouched] = [here, placeNow(), markNow(), Date.now(), false];
      told(false);
    }
    if (!box || !offer() || document.hidden || isOwn) return;
    const now = await ask();
    if (box !== find() || place !== placeNow() || isOwn) return;
    if (now === knownFrom(mark)) grow();
    else if (isList() && !isMeanwhile()) renew(now);
    else told(true);
  };

  // Deeds of this page itself, which has drawn them: by the mark before each the mark after it.
  const owned = new Map();
  const knownFrom = (from) => {
    let known = from;
    for (let left = owned.size; left > 0 && owned.has(known); left -= 1) known = owned.get(known);
    return known;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(loop, Math.min((isList() ? LIST : FIGURES) * 2 ** failures, LONGEST));
  };

  const loop = async () => {
    try {
      await look();
      failures = 0;
    } catch {
      failures += 1;
    }
    later();
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) loop();
  });

  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-renew-now]") || !box) return;
    try {
      renew(await ask());
    } catch {
      later();
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.renew = {
    drawnAt: () => drawn,

    settled() {
      isTouched = false;
      drawn = Date.now();
      return null;
    },

    // What was recorded by one's own press on a form is no news; what others recorded before it is.
    saved(marks) {
      owned.set(...marks);
      if (!isList() && [mark, markNow()].some((from) => knownFrom(from) === marks[1])) told(false);
      return null;
    },

    // What was recorded by one's own tap is drawn with its answer: drawn a second time, it would take away what is
    // ticked meanwhile.
    async own() {
      if (!find()) return;
      isOwn = true;
      try {
        mark = await ask();
      } catch {
        later();
      } finally {
        isOwn = false;
      }
    },
  };
  setTimeout(loop, LIST);
})();
