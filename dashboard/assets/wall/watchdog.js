/* Watches the page itself: when it neither ticks nor asks any more, or a script never came, it is loaded anew. */
(function (wall) {
  "use strict";
  const EVERY = 15000, TICK_LIMIT = 60000, TURN_LIMIT = 420000, GAP = 600000, TIMEOUT = 8000;
  /* A turn may be five minutes after the last one when nothing answers. */
  wall.alive = { tick: performance.now(), turn: performance.now(), asked: 0, answers: 0 };
  let doubts = 0;

  const isStuck = (now) => now - wall.alive.tick > TICK_LIMIT || now - wall.alive.turn > TURN_LIMIT;

  /* Never into nowhere: only when the server gives the wall's page. */
  async function isPageThere() {
    const abort = new AbortController(), limit = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const reply = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin", redirect: "manual", signal: abort.signal });
      return reply.status === 200 && (await reply.text()).includes('id="wall-config"');
    } catch (error) {
      return false;
    } finally {
      clearTimeout(limit);
    }
  }

  /* Not twice within ten minutes, whatever is wrong. */
  wall.reload = function () {
    try {
      const last = sessionStorage.getItem("wall-reloaded"), since = Date.now() - Number(last);
      if (last !== null && since >= 0 && since < GAP) return false;
      sessionStorage.setItem("wall-reloaded", String(Date.now()));
    } catch (error) {
      if (performance.now() < GAP) return false;  /* no storage: the page's own age keeps the distance */
    }
    location.reload();
    return true;
  };

  async function look() {
    /* A hidden or sleeping page owes nothing; two looks in a row must find it stuck. */
    doubts = !document.hidden && isStuck(performance.now()) ? doubts + 1 : 0;
    if (doubts >= 2 && (await isPageThere())) wall.reload();
  }
  setInterval(look, EVERY);
})((window.PantauWall = window.PantauWall || {}));
