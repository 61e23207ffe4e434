/* Ties the wall together: ask, check, paint, and let time pass in between. */
(function (wall) {
  "use strict";
  const RELOAD_AFTER = 6 * 3600;
  /* Small steps around the middle, in rem: no edge stays on the same dots of the panel for long. */
  const SHIFTS = [[0, 0], [0.25, 0], [0.25, 0.25], [0, 0.25], [-0.25, 0.25], [-0.25, 0], [-0.25, -0.25], [0, -0.25], [0.25, -0.25]];

  const config = JSON.parse(document.getElementById("wall-config").textContent);
  const format = wall.makeFormat(config.words, config.lang);
  const painter = wall.makePainter(format);
  const clock = wall.makeClock();
  const rotation = wall.makeRotation(config.views);
  const stage = document.getElementById("stage"), dots = Array.from(document.querySelectorAll(".dot-view"));
  let snapshot = null, reachedAt = null, failure = null, tickedAt = 0;
  const openedAt = performance.now();

  function onGood(answer) {
    clock.set(answer.serverMs, answer.steady);
    if (answer.snapshot) {
      painter.paint(answer.snapshot);
      snapshot = answer.snapshot;
    }
    /* A picture that could not be painted never comes here, and one that could not be read is none: the old one ages. */
    if (!answer.isForeign) {
      reachedAt = Math.floor(clock.now());
      failure = null;
    }
    tick();
    if (answer.isNewer || performance.now() - openedAt > RELOAD_AFTER * 1000) wall.reload();
  }

  function onFailure(kind) {
    failure = kind;
    tick();
  }

  /* The worst of the three ages speaks; a server that cannot be reached comes before the other two. */
  function status(moment) {
    const data = snapshot.data, server = wall.serverLevel(moment - reachedAt);
    const base = { moment, reached_at: reachedAt, loaded_at: data.loaded_at, record_at: data.last_record_at };
    const level = wall.worse(server, wall.worse(data.load.level, data.record.level));
    if (server !== "fresh") return Object.assign(base, { level: level, since: reachedAt, cause: failure || "server" });
    if (data.loaded_at === null || level === "none") return Object.assign(base, { level: "none" });
    if (level === "fresh") return Object.assign(base, { level });
    if (data.load.level === level) return Object.assign(base, { level, since: data.load.since, cause: "load" });
    return Object.assign(base, { level, since: data.record.since, cause: "record" });
  }

  /* Once a second. While the server is silent for long the picture stands still: it is that of the last answer. */
  function tick() {
    const moment = Math.floor(clock.now());
    wall.alive.tick = performance.now();
    painter.paintClock(moment);
    name(moment);
    shift(moment);
    if (snapshot === null) {
      if (failure !== null) painter.paintTrouble(failure);
      return;
    }
    const now = status(moment), isSilent = wall.serverLevel(moment - reachedAt) === "late";
    painter.paintAges(now);
    painter.paintHours(snapshot.day, moment);
    painter.age(snapshot, isSilent ? reachedAt : moment);
    turn();
    tickedAt = performance.now();
  }

  const steady = () => performance.now() / 1000;

  function turn() {
    const ids = snapshot.alerts.entries.map((each) => each.id);
    const view = snapshot.has_records ? rotation.at(steady(), snapshot.views, ids) : config.views[0];
    if (document.body.dataset.view !== view) document.body.dataset.view = view;
    dots.forEach((dot) => {
      const isHere = String(dot.dataset.name === view);
      if (dot.getAttribute("aria-pressed") !== isHere) dot.setAttribute("aria-pressed", isHere);
    });
  }

  dots.forEach((dot) => dot.addEventListener("click", () => {
    if (snapshot === null || (dot.dataset.name === "alert" && !snapshot.alerts.entries.length)) return;
    rotation.choose(dot.dataset.name, steady(), snapshot.views);
    turn();
  }));

  /* The title moves once a minute: whoever watches the browser from outside sees by it that the page lives. */
  function name(moment) {
    const title = format.say("title") + " · " + format.clock(moment);
    if (document.title !== title) document.title = title;
  }

  function shift(moment) {
    const [x, y] = SHIFTS[Math.floor(moment / 60) % SHIFTS.length];
    const move = `translate(${x}rem, ${y}rem)`;
    if (stage.style.transform !== move) stage.style.transform = move;
  }

  if (config.tell) wall.startReporting(config.tell, config.build, () => performance.now() - tickedAt < 10000);
  wall.startPolling(config.url, config.build, onGood, onFailure);
  setInterval(tick, 1000);
  tick();
})((window.PantauWall = window.PantauWall || {}));
