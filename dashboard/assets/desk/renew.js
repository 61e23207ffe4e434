// Lists that renew themselves: a cheap question whether anything was recorded since, and the page is drawn anew when it
// was. While somebody writes or ticks there, or is asked whether to withdraw, nothing is taken away: the page offers to
// renew itself.
(() => {
  "use strict";

  const POLL = 1500;
  const LONGEST = 30000;
  const PATIENCE = 8000;

  let wait = POLL;
  let isTouched = false;
  let box = null;
  let mark = null;
  let drawn = Date.now();
  let isOwn = false;

  const find = () => document.querySelector("[data-renew]");

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

  const told = (hasNews) => box?.classList.toggle("has-news", hasNews);

  const draw = (id, property) => {
    isTouched = false;
    drawn = Date.now();
    told(false);
    window.dash_clientside.set_props(id, { [property]: drawn });
  };

  const renew = (now) => {
    mark = now;
    draw("stamp-done", "data");
  };

  const grow = () => {
    const every = Number(box.dataset.renewEvery) * 1000;
    if (every && Date.now() - drawn >= every && !isMeanwhile()) draw(box.dataset.renewTick, "n_intervals");
  };

  const ask = async () => {
    const reply = await fetch(box.dataset.renew, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!reply.ok || reply.redirected) throw new Error("no answer");
    return (await reply.json()).mark;
  };

  const look = async () => {
    const here = find();
    if (here !== box) [box, mark, drawn, isTouched] = [here, here?.dataset.renewMark ?? null, Date.now(), false];
    if (!box || document.hidden || isOwn) return;
    const now = await ask();
    if (box !== find() || isOwn) return;
    if (now === mark) grow();
    else if (isMeanwhile()) told(true);
    else renew(now);
  };

  const loop = async () => {
    try {
      await look();
      wait = POLL;
    } catch {
      wait = Math.min(2 * wait, LONGEST);
    }
    setTimeout(loop, wait);
  };

  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-renew-now]") || !box) return;
    try {
      renew(await ask());
    } catch {
      wait = POLL;
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

    // What was recorded by one's own tap is drawn with its answer: drawn a second time, it would take away what is
    // ticked meanwhile.
    async own() {
      if (!find()) return;
      isOwn = true;
      try {
        mark = await ask();
      } catch {
        wait = POLL;
      } finally {
        isOwn = false;
      }
    },
  };
  setTimeout(loop, POLL);
})();
