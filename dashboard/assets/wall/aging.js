/* How far a running step is now: the server gives a figure once, this moves it on between two replies. */
(function (wall) {
  "use strict";

  /* Office seconds from the day's first second to `moment`; `open` holds [start, end) pairs, sorted. */
  wall.openSeconds = function (open, moment) {
    let seconds = 0;
    for (const [start, end] of open) seconds += Math.max(0, Math.min(end, moment) - start);
    return seconds;
  };

  wall.isOpen = (open, moment) => open.some(([start, end]) => start <= moment && moment < end);

  /* The next opening after `moment`, or null beyond what the server sent. */
  wall.nextOpening = function (open, moment) {
    const later = open.find(([start]) => start > moment);
    return later ? later[0] : null;
  };

  /* Seconds a step has taken at `moment`. `offset_seconds` is its time minus the day's seconds so far. */
  wall.elapsedOf = function (step, day, clock, moment) {
    if (!step.is_running || step.offset_seconds === null) return step.elapsed_seconds;
    const today = clock === "elapsed" ? moment - day.start_at : wall.openSeconds(day.open, moment);
    return step.offset_seconds + today;
  };

  /* Recoloured near the target and beyond it; whatever does not run keeps the server's word. */
  wall.verdictOf = function (step, elapsed) {
    if (!step.is_running || step.target_seconds === null) return step.verdict;
    if (elapsed > step.target_seconds) return "OVERDUE";
    return elapsed >= step.near_seconds ? "AT_RISK" : "ON_TRACK";
  };

  /* What never came is not good, but what is known to be old is worse. */
  const LEVELS = { fresh: 0, none: 1, near: 2, late: 3 };
  wall.worse = (left, right) => (LEVELS[left] >= LEVELS[right] ? left : right);

  /* Server not reached for more than 30 s: amber; more than 60 s: red. */
  wall.serverLevel = (seconds) => (seconds > 60 ? "late" : seconds > 30 ? "near" : "fresh");
})((window.PantauWall = window.PantauWall || {}));
