/* Is a reply a picture of the wall? Anything else is refused before a single node is touched. */
(function (wall) {
  "use strict";
  const SCHEMA = 3;
  const LEVELS = ["fresh", "near", "late", "none"];
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isMoment = (value) => Number.isInteger(value) && value > 0;
  const isNumberOrNull = (value) => value === null || Number.isFinite(value);
  const isSpan = (value) => Array.isArray(value) && value.length === 2 && isMoment(value[0]) && value[1] > value[0];
  const isStep = (value) =>
    isObject(value) && typeof value.verdict === "string" && typeof value.is_running === "boolean" &&
    isNumberOrNull(value.elapsed_seconds) && isNumberOrNull(value.offset_seconds) &&
    isNumberOrNull(value.target_seconds) && isNumberOrNull(value.near_seconds);
  const isDesk = (value) =>
    isObject(value) && /^A[1-8]$/.test(value.step) && Number.isInteger(value.count) && (value.oldest === null || isStep(value.oldest));
  const isAge = (value) => isObject(value) && LEVELS.includes(value.level);

  const isAlert = (value) => isObject(value) && [value.id, value.kind, value.tone].every((each) => typeof each === "string");

  const RULES = {
    as_of: isMoment,
    zone: (value) => typeof value === "string",
    build: (value) => typeof value === "string",
    day: (value) => isObject(value) && isMoment(value.start_at) && isMoment(value.end_at) && Array.isArray(value.open) && value.open.every(isSpan),
    data: (value) => isObject(value) && isAge(value.load) && isAge(value.record),
    room: (value) => isObject(value) && typeof value.state === "string" && Array.isArray(value.also),
    line: (value) => isObject(value) && isSpan([value.from_at, value.to_at]) && [value.entries, value.used, value.open].every(Array.isArray),
    people: isObject,
    compliance: (value) => isObject(value) && isNumberOrNull(value.share),
    desks: (value) => Array.isArray(value) && value.length === 8 && value.every(isDesk),
    letters: isObject,
    use: (value) => value === null || (isObject(value) && Array.isArray(value.steps) && value.steps.every(isStep)),
    week: (value) => Array.isArray(value) && value.every((day) => isObject(day) && isNumberOrNull(day.share)),
    items: (value) => isObject(value) && Array.isArray(value.items) && value.items.every(isObject),
    readiness: (value) => value === null || (isObject(value) && isMoment(value.start_at) && Array.isArray(value.broken)),
    ahead: (value) => Array.isArray(value) && value.every((entry) => isObject(entry) && isMoment(entry.start_at) && typeof entry.outlook === "string"),
    alerts: (value) => isObject(value) && Array.isArray(value.entries) && value.entries.every(isAlert),
    programme: (value) => isObject(value) && Array.isArray(value.entries) && value.entries.every((entry) => isObject(entry) && isMoment(entry.start_at)),
    views: (value) => isObject(value) && value.rotate_seconds > 0 && value.hold_seconds > 0,
  };

  /* null when it is good, else what is wrong with it. */
  wall.problemOf = function (reply) {
    if (!isObject(reply)) return "not an object";
    if (reply.schema !== SCHEMA) return "schema";
    for (const [key, isGood] of Object.entries(RULES)) {
      if (!(key in reply) || !isGood(reply[key])) return key;
    }
    return null;
  };
})((window.PantauWall = window.PantauWall || {}));
