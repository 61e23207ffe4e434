/* Tells the server once a minute that the page paints, and what its scripts stumbled over: kinds and places, no contents. */
(function (wall) {
  "use strict";
  const EVERY = 60000, FIRST = 4000, TIMEOUT = 8000;

  /* "TypeError paint.js:120:14"; a message could quote what stands on the screen, so it is left out. */
  wall.nameOfError = function (error, file, line, column) {
    const kind = /^[A-Za-z]{1,40}$/.test(error && error.name) ? error.name : "Error";
    const name = (/([a-z-]{1,30}\.js)(\?[^/]*)?$/.exec(file || "") || [])[1];
    return name && line ? kind + " " + name + ":" + line + ":" + (column || 0) : kind;
  };

  wall.startReporting = function (url, build, isPainting) {
    let errors = 0, last = null;

    function note(error, file, line, column) {
      errors += 1;
      last = wall.nameOfError(error, file, line, column);
    }
    window.addEventListener("error", (event) => note(event.error, event.filename, event.lineno, event.colno));
    window.addEventListener("unhandledrejection", (event) => {
      const place = /([a-z-]+\.js)[^\s)]*?:(\d+):(\d+)/.exec((event.reason && event.reason.stack) || "") || [];
      note(event.reason, place[1], Number(place[2]), Number(place[3]));
    });

    async function tell() {
      setTimeout(tell, EVERY);
      if (!isPainting()) return;
      const told = errors, abort = new AbortController(), limit = setTimeout(() => abort.abort(), TIMEOUT);
      try {
        const reply = await fetch(url, {
          method: "POST", credentials: "same-origin", redirect: "manual", signal: abort.signal,
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ build: build, viewport: innerWidth + "×" + innerHeight, errors: told, last_error: last }),
        });
        if (reply.status === 204) errors -= told;  // any other reply: not written down, told again
      } catch (error) {
        /* No network: told the next time. */
      } finally {
        clearTimeout(limit);
      }
    }
    setTimeout(tell, FIRST);
    return note;
  };
})((window.PantauWall = window.PantauWall || {}));
