// Waits until the server comes up again with the office's own records, then goes on; says so when it takes long.
(() => {
  "use strict";

  const EVERY_MS = 700;
  const LONG_MS = 60_000;
  const PATIENCE_MS = 5_000;
  const began = Date.now();

  const isReal = async () => {
    try {
      const reply = await fetch("/mulai/keadaan", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      return reply.ok && (await reply.json()).contoh === false;
    } catch {
      return false; // between the old server and the new one nobody answers
    }
  };

  const look = async () => {
    if (await isReal()) return location.replace("/mulai");
    const news = document.getElementById("kabar");
    if (Date.now() - began > LONG_MS) news.textContent = news.dataset.late;
    return setTimeout(look, EVERY_MS);
  };

  setTimeout(look, EVERY_MS);
})();
