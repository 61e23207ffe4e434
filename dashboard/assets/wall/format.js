/* Moments, durations and numbers as the office writes them. Words come from the page, never from here. */
(function (wall) {
  "use strict";
  const MINUTE = 60, HOUR = 3600, DAY = 86400;

  wall.makeFormat = function (words, lang) {
    const locale = lang === "en" ? "en-GB" : "id-ID";
    let zone = "Asia/Jakarta", made = {};

    function dates(name, options) {
      if (!made[name]) made[name] = new Intl.DateTimeFormat(locale, Object.assign({ timeZone: zone }, options));
      return made[name];
    }

    /* The sentence under `key` with its {holes} filled; `n` of 1 takes the key's singular where there is one. */
    function say(key, values) {
      const one = values && values.n === 1 ? words[key + "_one"] : undefined;
      const text = one === undefined ? words[key] : one;
      return text.replace(/\{(\w+)\}/g, (hole, name) => (values && name in values ? String(values[name]) : hole));
    }

    function clock(moment) {
      const parts = dates("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(moment * 1000);
      const part = (type) => parts.find((each) => each.type === type).value;
      return part("hour") + (lang === "en" ? ":" : ".") + part("minute");
    }
    const isoDay = (moment) =>
      new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment * 1000);
    const fullDate = (moment) => dates("full", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(moment * 1000);
    const shortDay = (moment) => dates("short", { weekday: "short", day: "numeric", month: "short" }).format(moment * 1000);
    /* Dates without a clock time are read at noon UTC, which no zone moves to another day by more than we allow for. */
    const ofDate = (name, options, date) =>
      new Intl.DateTimeFormat(locale, Object.assign({ timeZone: "UTC" }, options)).format(new Date(date + "T12:00:00Z"));
    const weekday = (date) => ofDate("weekday", { weekday: "short" }, date);
    const shortDate = (date) => ofDate("shortDate", { weekday: "short", day: "numeric", month: "short" }, date);
    const month = (yearMonth) => ofDate("month", { month: "long", year: "numeric" }, yearMonth + "-15");
    const monthName = (yearMonth) => ofDate("monthName", { month: "short" }, yearMonth + "-15");

    /* "13.00" today, "besok 09.00" tomorrow, else with its day. `today` is a moment of today. */
    function when(moment, today) {
      if (isoDay(moment) === isoDay(today)) return clock(moment);
      if (isoDay(moment) === isoDay(today + DAY)) return say("unit.tomorrow", { clock: clock(moment) });
      return shortDay(moment) + ", " + clock(moment);
    }

    function age(seconds) {
      const past = Math.max(0, Math.floor(seconds));
      if (past < 2) return say("age.now");
      if (past < MINUTE) return say("age.seconds", { n: past });
      if (past < HOUR) return say("age.minutes", { n: Math.floor(past / MINUTE) });
      if (past < 2 * DAY) return say("age.hours", { n: Math.floor(past / HOUR) });
      return say("age.days", { n: Math.floor(past / DAY) });
    }

    /* Minutes are rounded up, so that what is over a limit of whole minutes also reads as over it. */
    const minutesUp = (seconds) => Math.ceil(Math.max(0, seconds) / MINUTE);

    function duration(seconds, daySeconds) {
      const minutes = minutesUp(seconds);
      if (minutes < 100) return say("unit.minutes", { n: minutes });
      const day = daySeconds || DAY;
      if (seconds >= 2 * day) return say(daySeconds ? "unit.days" : "unit.elapsed_days", { n: Math.floor(seconds / day) });
      const h = Math.floor(minutes / 60), m = minutes % 60;
      return m ? say("unit.hours", { h: h, m: m }) : say("unit.whole_hours", { h: h });
    }
    const target = (seconds) =>
      seconds % HOUR === 0 && seconds >= 2 * HOUR ? say("unit.hour_target", { h: seconds / HOUR }) : say("unit.minutes", { n: minutesUp(seconds) });

    /* "4 / 10 mnt" as long as both are minutes, "3 j 25 mnt" beyond. */
    function against(elapsed, targetSeconds, daySeconds) {
      const minutes = minutesUp(elapsed);
      if (targetSeconds === null || minutes >= 100) return duration(elapsed, daySeconds);
      return say("unit.of_minutes", { elapsed: minutes, target: minutesUp(targetSeconds) });
    }
    const decimal = (value, digits) =>
      value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    /* A difference of shares in points, by the one rounding that the pages say it with. */
    const points = (difference) => Math.round(difference * 1000) / 10;
    const tenths = (value) => (Number.isInteger(value) ? value : decimal(value, 1));
    const percent = (share) => Math.round(share * 100) + "%";

    /* Whole percents, with decimals where rounding would reach the limit or all: 89,8 is not 90. */
    function share(value, limit) {
      const rounded = (digits) => Number(value.toFixed(digits + 2));
      const isTold = (digits) => [limit, 1].every((mark) => value < mark === rounded(digits) < mark);
      const digits = [0, 1, 2, 3].find(isTold);
      return decimal(value * 100, digits === undefined ? 4 : digits);
    }

    /* Both ends rounded outward: whole percents from ten points of width, else one decimal. */
    function interval(low, high) {
      const near = (number) => Math.round(number * 1e6) / 1e6;
      const digits = near((high - low) * 100) >= 10 ? 0 : 1, scale = Math.pow(10, digits);
      const first = Math.floor(near(low * 100 * scale)) / scale, last = Math.ceil(near(high * 100 * scale)) / scale;
      return decimal(first, digits) + "–" + decimal(last, digits) + "%";
    }

    return {
      say, clock, isoDay, fullDate, shortDay, shortDate, weekday, month, monthName, when, age, duration, target, against, points, tenths, percent, share, interval,
      setZone(name) { if (name !== zone) { zone = name; made = {}; } },
    };
  };
})((window.PantauWall = window.PantauWall || {}));
