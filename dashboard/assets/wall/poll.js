/* One question at a time: 3 s after the last answer, later and later while there is none. */
(function (wall) {
  "use strict";
  const DRIFT = 1500; /* the server tells whole seconds: less than this is no news */
  const EVERY = 3000, TIMEOUT = 8000, BACKOFF_FIRST = 15000, BACKOFF_LAST = 300000;

  /* Time that the television's own clock cannot shift: the server's, carried on by the browser's steady counter. */
  wall.makeClock = function () {
    let base = null, seen = 0;
    return {
      set(serverMs, steady) {
        if (base !== null && Math.abs(base + steady - seen - serverMs) < DRIFT) return;
        base = serverMs;
        seen = steady;
      },
      isSet: () => base !== null,
      now: () => (base === null ? Date.now() : base + performance.now() - seen) / 1000,
    };
  };

  async function ask(url, etag, ours, signal) {
    const started = performance.now();
    const reply = await fetch(url, {
      cache: "no-store", credentials: "same-origin", redirect: "manual", signal: signal,
      headers: Object.assign({ Accept: "application/json" }, etag ? { "If-None-Match": etag } : {}),
    });
    /* A changed clock of the server shows at the middle of the round trip. */
    const steady = (started + performance.now()) / 2;
    const serverMs = Number(reply.headers.get("X-Pantau-Now"));
    if (reply.type === "opaqueredirect" || reply.status === 401 || reply.status === 403) return { failure: "refused" };
    const build = reply.headers.get("X-Pantau-Build"), isNewer = Boolean(build) && build !== ours;
    if (reply.status === 304 && etag && serverMs) return { serverMs, steady, etag, isNewer };
    if (reply.status !== 200) return { failure: "server" };
    if (!(reply.headers.get("Content-Type") || "").startsWith("application/json")) return { failure: "reply" };
    const text = await reply.text();
    let snapshot;
    try { snapshot = JSON.parse(text); } catch (error) {
      if (error instanceof SyntaxError) return { failure: "reply" };
      throw error;
    }
    if (!serverMs) return { failure: "reply" };
    if (wall.problemOf(snapshot) === null) return { serverMs, steady, etag: reply.headers.get("ETag"), snapshot, isNewer };
    /* Our server, but so much newer that this page cannot read it: no picture, but a reason to come anew. */
    return isNewer ? { serverMs, steady, etag: null, isNewer, isForeign: true } : { failure: "reply" };
  }

  /* `onGood(answer)` gets every good answer, with `snapshot` when it is a new one; `onFailure(kind)` the others. */
  wall.startPolling = function (url, ours, onGood, onFailure) {
    let etag = null, failures = 0, timer = null, isAsking = false;

    async function answer() {
      const abort = new AbortController();
      const limit = setTimeout(() => abort.abort(), TIMEOUT);
      try {
        return await ask(url, etag, ours, abort.signal);
      } catch (error) {
        return { failure: "server" };        /* no network, cut off or too slow: fetch says no more than that */
      } finally {
        clearTimeout(limit);
      }
    }

    async function turn() {
      if (isAsking) return;
      isAsking = true;
      wall.alive.turn = performance.now();
      wall.alive.asked += 1;
      clearTimeout(timer);
      const got = await answer();
      isAsking = false;
      let wait = EVERY;
      if (got.failure) {
        wait = Math.min(BACKOFF_FIRST * 2 ** failures, BACKOFF_LAST);
        failures += 1;
      } else {
        failures = 0;
      }
      timer = setTimeout(turn, wait);
      wall.alive.answers += 1;
      if (got.failure) return onFailure(got.failure);
      etag = null;
      onGood(got);
      etag = got.etag;  /* kept only once it is painted: a picture that failed is asked for again */
    }

    window.addEventListener("online", turn);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) turn(); });
    turn();
  };
})((window.PantauWall = window.PantauWall || {}));
