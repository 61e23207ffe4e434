/* Fills the nodes that the page already has; never makes or drops one, so the wall can hang for months. */
(function (wall) {
  "use strict";
  const ICONS = {
    MET: "check-lg", ON_TRACK: "check-lg", AT_RISK: "exclamation-triangle-fill", OVERDUE: "x-octagon-fill", LATE: "x-octagon-fill",
    NOT_STARTED: "circle", SKIPPED: "skip-forward", UNMEASURABLE: "question-circle", NO_TARGET: "dash-circle", NOT_APPLICABLE: "dash-circle",
    PAUSED: "pause-circle", GOOD: "check-lg", BAD: "x-octagon-fill", UNCHECKED: "circle",
  };
  const TONES = { MET: "good", ON_TRACK: "good", AT_RISK: "near", OVERDUE: "late", LATE: "late", GOOD: "good", BAD: "late" };
  /* The condition of an item, the state of the room, the outlook of a booking. */
  const ITEM_ICONS = { GOOD: "check-lg", LIGHT: "exclamation-triangle-fill", HEAVY: "x-octagon-fill", MISSING: "x-octagon-fill", NOT_APPLICABLE: "dash" };
  const ITEM_TONES = { GOOD: "good", LIGHT: "near", HEAVY: "late", MISSING: "late" };
  const ROOM_TONES = { READY: "good", ATTENTION: "near", DISRUPTED: "late" };
  const OUTLOOK_ICONS = { READY: "check-circle-fill", ON_TRACK: "check-lg", AT_RISK: "exclamation-triangle-fill", LATE: "x-octagon-fill" };
  const OUTLOOK_TONES = { READY: "good", ON_TRACK: "good", AT_RISK: "near", LATE: "late" };
  const SLA_ICONS = { good: "check-circle-fill", near: "exclamation-triangle-fill", late: "x-octagon-fill", none: "dash-circle" };
  const WAY_ICONS = { up: "caret-up-fill", down: "caret-down-fill", flat: "dash" };

  const node = (id) => document.getElementById(id);
  const all = (parent, selector) => Array.from(parent.querySelectorAll(selector));

  /* One text node per element from the start on; later only its value changes. */
  function text(element, value) {
    if (!element.firstChild) element.appendChild(document.createTextNode(""));
    if (element.firstChild.nodeValue !== value) element.firstChild.nodeValue = value;
  }
  const set = (id, value) => text(node(id), value);
  const show = (element, isShown) => { if (element.hidden === isShown) element.hidden = !isShown; };
  const mark = (element, name, value) => { if (element.dataset[name] !== value) element.dataset[name] = value; };
  const icon = (element, name) => { const whole = "bi bi-" + name; if (element.className !== whole) element.className = whole; };
  const number = (value) => (value === null || value === undefined ? "–" : String(value));

  wall.makePainter = function (format) {
    const say = format.say;
    const blocks = all(document, ".block"), used = all(document, ".used"), opens = all(document, ".open"), ticks = all(document, ".tick");
    const days = all(document, ".day"), chips = all(document, ".chip"), useSteps = all(document, ".use-step");
    const bookings = all(document, ".booking"), alerts = all(document, ".alert"), entries = all(document, ".entry");
    const desks = new Map(all(document, ".desk").map((desk) => [desk.dataset.step, desk]));
    /* Every element that is ever filled gets its text node now: the number of nodes then stays what it is. */
    all(document, "p, span, b").filter((each) => !each.childNodes.length).forEach((each) => text(each, ""));

    function place(element, line, start, end) {
      const whole = line.to_at - line.from_at, at = (moment) => Math.min(1, Math.max(0, (moment - line.from_at) / whole));
      element.style.left = (at(start) * 100).toFixed(3) + "%";
      element.style.width = ((at(end) - at(start)) * 100).toFixed(3) + "%";
      return at(end) - at(start);
    }

    function nowTitle(snapshot) {
      const room = snapshot.room, current = room.now;
      const name = /^ruang\b/i.test(room.name) ? room.name : say("now.room", { room: room.name });
      const opd = current && (current.opd || say("now.no_opd")), isMasked = current && current.is_masked;
      const title = current ? (isMasked ? opd : current.title || say("now.untitled")) : say("now.empty_title");
      set("now-title", title);
      node("now-title").classList.toggle("is-long", title.length > 32);
      const also = room.also.map((each) => say("now.also", { opd: each.label || say("now.no_opd"), since: format.clock(each.start_at) }));
      if (current) return set("now-sub", [isMasked ? name : opd + " · " + name, ...also].join(" · "));
      const next = room.next;
      const coming = next
        ? say("now.next", { when: format.when(next.start_at, snapshot.as_of), opd: next.label || say("now.no_opd") })
        : say("now.no_next");
      return set("now-sub", name + " · " + coming);
    }

    function nowKicker(room) {
      const current = room.now;
      if (!current) return say("now.empty");
      if (room.state === "booked") return say("now.booked", { until: format.clock(current.end_at) });
      if (room.state === "end_due") return say("now.end_due", { since: format.clock(current.start_at) });
      if (current.end_at === null) return say("now.in_use_open", { since: format.clock(current.start_at) });
      return say("now.in_use", { until: format.clock(current.end_at) });
    }

    function paintLine(line) {
      blocks.forEach((block, i) => {
        const entry = line.entries[i];
        show(block, Boolean(entry));
        if (!entry) return;
        const share = place(block, line, entry.start_at, entry.end_at);
        mark(block, "state", entry.state);
        mark(block, "kind", entry.kind);
        block.classList.remove("is-beside");
        block.classList.toggle("is-narrow", share < 0.045);
        text(block.firstElementChild, entry.label || say("now.no_opd"));
      });
      blocks.forEach(setBeside);
      used.forEach((bar, i) => {
        show(bar, i < line.used.length);
        if (i < line.used.length) place(bar, line, line.used[i][0], line.used[i][1]);
      });
      opens.forEach((band, i) => {
        show(band, i < line.open.length);
        if (i < line.open.length) place(band, line, line.open[i][0], line.open[i][1]);
      });
      show(node("legend"), line.used.length > 0);
      show(node("line-empty"), !line.entries.length);
      show(node("line-more"), line.more > 0);
      set("line-more", say("line.more", { n: line.more }));
      paintTicks(line);
    }

    /* A name that its booking is too short for stands behind it, where nothing else is booked. */
    function setBeside(block) {
      if (block.hidden) return;
      const label = block.firstElementChild, own = block.getBoundingClientRect();
      const isCut = block.classList.contains("is-narrow") || label.scrollWidth > label.clientWidth;
      if (!isCut) return;
      block.classList.add("is-beside");
      const right = label.getBoundingClientRect().right, edge = node("track").getBoundingClientRect().right;
      const others = blocks.filter((other) => other !== block && !other.hidden).map((other) => other.getBoundingClientRect());
      const isFree = right <= edge && others.every((other) => other.right <= own.right || other.left >= right);
      block.classList.toggle("is-beside", isFree);
    }

    function paintTicks(line) {
      const hours = (line.to_at - line.from_at) / 3600, every = Math.max(2, Math.ceil(hours / 8 / 2) * 2);
      ticks.forEach((tick, i) => {
        const at = Math.min(line.from_at + i * every * 3600, line.to_at);
        const isShown = line.from_at + (i - 1) * every * 3600 < line.to_at;
        show(tick, isShown);
        if (!isShown) return;
        tick.style.left = ((at - line.from_at) / (line.to_at - line.from_at)) * 100 + "%";
        tick.classList.toggle("is-first", i === 0);
        tick.classList.toggle("is-last", at === line.to_at);
        text(tick, format.clock(at));
      });
    }

    function paintPeople(people, asOf) {
      const isNow = people.of === "now", figure = isNow ? people.present : people.planned;
      const none = people.of === null;
      set("people-title", people.of === "next" ? say("people.next", { when: format.when(people.start_at, asOf) }) : say("people.title"));
      const isWords = none || figure === null;
      node("people-big").parentElement.classList.toggle("is-words", isWords);
      set("people-big", none ? say("people.none") : figure === null ? (isNow ? say("people.unrecorded") : "–") : number(figure));
      set("people-unit", !isWords && people.capacity ? "/" + people.capacity : "");
      const share = figure !== null && people.capacity ? figure / people.capacity : 0;
      node("meter").classList.toggle("is-unknown", !people.capacity);
      node("meter-fill").style.width = Math.min(1, share) * 100 + "%";
      node("meter-fill").classList.toggle("is-over", share > 1);
      show(node("meter-plan"), isNow && people.planned !== null && Boolean(people.capacity) && people.planned <= people.capacity);
      if (people.capacity) node("meter-plan").style.left = ((people.planned || 0) / people.capacity) * 100 + "%";
      set("people-planned", number(people.planned));
      set("people-verified", number(people.verified));
      set("people-capacity", people.capacity ? number(people.capacity) : say("people.capacity_unknown"));
      show(node("people-share"), Boolean(people.capacity));
      set("people-filled", figure !== null && people.capacity ? format.percent(figure / people.capacity) : "–");
    }

    function paintCompliance(figure) {
      const isEmpty = figure.share === null;
      mark(node("sla"), "tone", isEmpty ? "none" : figure.level);
      set("sla-title", say("sla.title", { month: format.month(figure.month) }));
      node("sla-big").parentElement.classList.toggle("is-words", isEmpty);
      const share = isEmpty ? say("sla.empty") : format.share(figure.share, figure.target);
      set("sla-big", share);
      node("sla-big").parentElement.classList.toggle("is-long", !isEmpty && share.length > 3);
      set("sla-unit", isEmpty ? "" : "%");
      icon(node("sla-icon"), SLA_ICONS[figure.level]);
      set("sla-word", say("sla." + figure.level, { target: format.percent(figure.target) }));
      set("sla-met", isEmpty ? "" : String(figure.met));
      set("sla-of", isEmpty ? "" : say("sla.of", { n: figure.n }));
      const before = figure.previous, name = format.monthName(before.month);
      const past = before.share === null ? say("sla.previous_none", { month: name }) : say("sla.previous", { month: name, share: format.share(before.share, figure.target) + "%" });
      const range = isEmpty ? "" : format.interval(figure.interval[0], figure.interval[1]);
      const isKnown = before.share !== null, here = isEmpty ? "" : say("sla.range", { range });
      set("sla-range", here && isKnown ? here + " · " + past : here || past);
      set("sla-previous", here && !isKnown ? past : "");
      paintChange(figure, isEmpty || before.share === null);
    }

    function paintChange(figure, isUnknown) {
      const points = isUnknown ? 0 : format.points(figure.share - figure.previous.share);
      const way = points > 0 ? "up" : points < 0 ? "down" : "flat";
      show(node("sla-change-line"), !isUnknown);
      mark(node("sla-change-line"), "way", figure.is_change_chance ? "flat" : way);
      icon(node("sla-change-icon"), WAY_ICONS[way]);
      const size = points === 0 ? say("sla.same") : say("sla.points", { n: format.tenths(Math.abs(points)) });
      set("sla-change", figure.is_change_chance ? size + ", " + say("sla.chance") : size);
    }

    function paintDesk(desk, day, moment) {
      const element = desks.get(desk.step), step = desk.oldest;
      const [minutes, verdict, name, actor, count] = [".minutes", ".verdict", ".name", ".actor", ".count"].map((each) => element.querySelector(each));
      const daySeconds = desk.clock === "elapsed" ? null : day.working_day_seconds;
      text(name, desk.step.slice(1) + ". " + desk.name);
      text(actor, desk.actor);
      text(count, desk.count ? String(desk.count) : "–");
      element.classList.toggle("has-letters", desk.count > 0);
      if (!step) {
        mark(element, "tone", "none");
        const limit = desk.target_seconds === null ? say("desks.no_target") : say("desks.target", { target: format.target(desk.target_seconds) });
        text(minutes, desk.count ? "–" : limit);
        icon(verdict.firstElementChild, ICONS.UNMEASURABLE);
        text(verdict.lastElementChild, say("desks.unmeasured"));
        return;
      }
      const elapsed = wall.elapsedOf(step, day, desk.clock, moment), word = wall.verdictOf(step, elapsed);
      mark(element, "tone", TONES[word] || "none");
      text(minutes, format.against(elapsed, step.target_seconds, daySeconds));
      icon(verdict.firstElementChild, step.is_paused ? ICONS.PAUSED : ICONS[word]);
      text(verdict.lastElementChild, step.is_paused ? say("desks.paused") : say("verdict." + word));
    }

    function paintLetters(letters, hasRecords) {
      const running = letters.running ? say("desks.total", { n: letters.running }) : say(hasRecords ? "desks.clear" : "desks.empty");
      set("letters", letters.needs_closing ? running + " · " + say("desks.closing", { n: letters.needs_closing }) : running);
    }

    function paintUse(use, day, moment) {
      show(node("use-empty"), use === null);
      show(node("use-steps"), use !== null);
      set("use-title", use ? say("use.of", { when: format.clock(use.start_at), opd: use.label || say("now.no_opd") }) : say("use.title"));
      if (!use) return;
      useSteps.forEach((row, i) => {
        const step = use.steps[i];
        show(row, Boolean(step));
        if (step) paintUseStep(row, step, day, moment);
      });
    }

    function paintUseStep(row, step, day, moment) {
      const elapsed = wall.elapsedOf(step, day, step.clock, moment), word = wall.verdictOf(step, elapsed);
      const isTimed = ["MET", "LATE", "ON_TRACK", "AT_RISK", "OVERDUE"].includes(word) && elapsed !== null;
      const daySeconds = step.clock === "elapsed" ? null : day.working_day_seconds;
      const limit = step.target_seconds === null ? "" : say("desks.target", { target: format.target(step.target_seconds) });
      mark(row, "tone", TONES[word] || "none");
      icon(row.children[0].firstElementChild, ICONS[word]);
      text(row.children[1], step.step.slice(1) + ". " + step.name);
      text(row.children[2], step.actor);
      text(row.children[3], isTimed ? format.against(elapsed, step.target_seconds, daySeconds) : limit);
      text(row.children[4], say("verdict." + word));
    }

    function paintAhead(entries, asOf) {
      show(node("ahead-empty"), !entries.length);
      const risky = entries.filter((entry) => entry.outlook === "AT_RISK" || entry.outlook === "LATE").length;
      set("ahead-count", risky ? say("ahead.risky", { n: risky }) : "");
      bookings.forEach((card, i) => {
        const entry = entries[i];
        show(card, Boolean(entry));
        if (entry) paintBooking(card, entry, asOf);
      });
    }

    function paintBooking(card, entry, asOf) {
      const part = (name) => card.querySelector(".booking-" + name);
      mark(card, "tone", OUTLOOK_TONES[entry.outlook] || "none");
      text(part("when"), format.when(entry.start_at, asOf));
      icon(part("word").firstElementChild, OUTLOOK_ICONS[entry.outlook] || "question-circle");
      text(part("text"), say("outlook." + entry.outlook));
      text(part("opd"), entry.label || say("now.no_opd"));
      text(part("title"), entry.is_approved ? entry.title || (entry.is_masked ? "" : say("now.untitled")) : say("ahead.pending"));
      part("done").style.width = (100 * entry.done) / entry.of + "%";
      text(part("steps"), say("ahead.steps", { done: entry.done, of: entry.of }));
    }

    /* Whose entry it is, and in which room where there are several. */
    function placeOf(entry, isOfSeveral) {
      const opd = entry.is_masked ? "" : entry.opd || say("now.no_opd");
      return [opd, isOfSeveral ? entry.room : ""].filter(Boolean).join(" · ");
    }
    const nameOf = (entry) => (entry.is_masked ? entry.opd || say("now.no_opd") : entry.title || say("now.untitled"));

    function paintProgramme(found, asOf) {
      if (!entries.length) return;  /* this screen shows none */
      const later = found.later, isNone = !found.entries.length;
      show(node("lobby-empty"), isNone);
      set("lobby-empty", say("lobby.empty"));
      set("lobby-more", found.more ? say("line.more", { n: found.more }) : "");
      const coming = later && say("lobby.later", { when: format.when(later.start_at, asOf), what: nameOf(later), who: placeOf(later, found.is_of_several) });
      set("lobby-later", coming ? coming.replace(/ · $/, "") : "");
      entries.forEach((row, i) => {
        const entry = found.entries[i];
        show(row, Boolean(entry));
        if (!entry) return;
        const [time, what, who, word] = row.children;
        mark(row, "state", entry.state);
        text(time, format.clock(entry.start_at) + (entry.end_at === null ? "" : "–" + format.clock(entry.end_at)));
        text(what, nameOf(entry));
        text(who, placeOf(entry, found.is_of_several));
        icon(word.firstElementChild, { past: "check-lg", now: "broadcast", next: "clock" }[entry.state]);
        text(word.lastElementChild, say("lobby." + entry.state));
      });
    }

    function paintAlerts(found, asOf) {
      set("alert-more", found.more ? say("line.more", { n: found.more }) : "");
      mark(node("alert"), "tone", found.entries.some((each) => each.tone === "late") ? "late" : "near");
      alerts.forEach((row, i) => {
        const entry = found.entries[i];
        show(row, Boolean(entry));
        if (!entry) return;
        const values = Object.assign({}, entry, { items: (entry.items || []).join(", ") });
        if (entry.start_at) values.when = format.when(entry.start_at, asOf);
        values.opd = entry.label || say("now.no_opd");
        values.other = entry.other || say("now.no_opd");
        mark(row, "tone", entry.tone);
        icon(row.firstElementChild, entry.tone === "late" ? "x-octagon-fill" : "exclamation-triangle-fill");
        text(row.children[1], say("alert." + entry.kind, values));
        text(row.children[2], say("alert." + entry.kind + "_about", values));
      });
    }

    function paintWeek(week) {
      days.forEach((column, i) => {
        const day = week[i];
        show(column, Boolean(day));
        if (!day) return;
        column.classList.toggle("is-today", day.is_today);
        column.classList.toggle("is-quiet", day.share === null);
        column.querySelector(".fill").style.height = (day.share || 0) * 100 + "%";
        text(column.querySelector(".bar-value"), day.share !== null ? format.percent(day.share) : day.is_closed ? say("week.closed") : "–");
        text(column.querySelector(".bar-name"), format.weekday(day.date));
      });
    }

    function paintItems(items, asOf) {
      const isOld = items.status === "EXPIRED", isNever = items.status === "UNCHECKED";
      const when = items.checked_at !== null ? format.when(items.checked_at, asOf) : items.checked_on ? format.shortDate(items.checked_on) : "";
      set("items-title", say("items.title") + " · " + (isNever ? say("items.never") : say("items.checked", { when })));
      mark(node("items-state"), "tone", ROOM_TONES[items.status] || "none");
      const waiting = items.unrecognised ? say(items.unrecognised === 1 ? "items.unrecognised_1" : "items.unrecognised_n", { n: items.unrecognised }) : "";
      set("items-state", [isNever ? "" : say("room." + items.status), waiting].filter(Boolean).join(" · "));
      chips.forEach((chip, i) => {
        const item = items.items[i];
        show(chip, Boolean(item));
        if (!item) return;
        const isKnown = item.condition !== null, isFaded = isOld && item.condition === "GOOD";
        mark(chip, "tone", (!isFaded && ITEM_TONES[item.condition]) || "none");
        icon(chip.querySelector(".bi"), isFaded ? "clock-history" : isKnown ? ITEM_ICONS[item.condition] : "circle");
        text(chip.querySelector(".chip-name"), item.name);
        text(chip.querySelector(".chip-text"), say(isKnown ? "condition." + item.condition : "items.unchecked"));
      });
    }

    function paintReadiness(next, asOf) {
      if (!next) {
        mark(node("ready"), "tone", "none");
        return set("ready", say("ready.none"));
      }
      const isGood = next.is_checked && next.is_ready && !next.broken.length;
      mark(node("ready"), "tone", isGood ? "good" : next.is_due ? "near" : "none");
      const check = next.broken.length ? say("ready.broken", { items: next.broken.join(", ") }) : say(next.is_checked ? "ready.checked" : "ready.unchecked");
      const steps = next.is_ready ? say("ready.prepared") : say("ready.steps", { done: next.done, of: next.of });
      return set("ready", say("ready.next", { when: format.when(next.start_at, asOf), opd: next.label || say("now.no_opd"), check, steps }));
    }

    /* All of it, once for each new snapshot. */
    function paint(snapshot) {
      format.setZone(snapshot.zone);
      document.body.dataset.state = snapshot.has_records ? "live" : "nothing";
      show(node("nothing"), !snapshot.has_records);
      show(node("demo"), snapshot.is_demo);
      mark(node("now"), "state", snapshot.room.state);
      set("now-kicker", nowKicker(snapshot.room));
      nowTitle(snapshot);
      paintLine(snapshot.line);
      paintPeople(snapshot.people, snapshot.as_of);
      paintCompliance(snapshot.compliance);
      paintLetters(snapshot.letters, snapshot.has_records);
      paintWeek(snapshot.week);
      paintItems(snapshot.items, snapshot.as_of);
      paintAhead(snapshot.ahead, snapshot.as_of);
      paintAlerts(snapshot.alerts, snapshot.as_of);
      paintProgramme(snapshot.programme, snapshot.as_of);
      paintReadiness(snapshot.readiness, snapshot.as_of);
    }

    /* What moves between two snapshots: running steps and the mark of the present moment. */
    function age(snapshot, moment) {
      snapshot.desks.forEach((desk) => paintDesk(desk, snapshot.day, moment));
      paintUse(snapshot.use, snapshot.day, moment);
      const line = snapshot.line, isInside = line.from_at <= moment && moment <= line.to_at;
      show(node("marker"), isInside);
      const passed = (moment - line.from_at) / (line.to_at - line.from_at);
      if (isInside) node("marker").style.left = passed * 100 + "%";
      node("line-empty").style.justifyContent = passed > 0.5 ? "flex-start" : "flex-end"; // beside the marker
    }

    /* The top bar: clock, date, ages, and the band when something is not up to date. */
    function paintHours(day, moment) {
      let words = "";
      if (!wall.isOpen(day.open, moment)) {
        const opens = wall.nextOpening(day.open, moment);
        const today = day.open.filter(([start]) => start < day.end_at);
        const isBreak = today.length > 0 && moment >= today[0][0] && opens !== null && opens < day.end_at;
        if (isBreak) words = say("day.break", { until: format.clock(opens) });
        else words = opens === null ? say("day.off") : say("day.off_until", { when: format.when(opens, moment) });
        if (!today.length && day.note) words = day.note + " · " + words;
        document.body.dataset.light = isBreak ? "on" : "dim";
      } else {
        document.body.dataset.light = "on";
        if (day.is_estimated) words = say("day.estimated");
      }
      set("hours", words);
    }

    function paintClock(moment) {
      set("clock", format.clock(moment));
      set("date", format.fullDate(moment));
    }

    function paintAges(status) {
      const pill = node("age");
      mark(pill, "tone", { fresh: "good", near: "near", late: "late", none: "quiet" }[status.level]);
      icon(pill.firstElementChild, status.level === "fresh" ? "broadcast" : status.level === "none" ? "dash-circle" : "exclamation-triangle-fill");
      set("age-text", status.loaded_at === null ? say("age.none") : say("age.data", { age: format.age(status.moment - status.loaded_at) }));
      const record = status.record_at === null ? "–" : format.age(status.moment - status.record_at);
      set("age-detail", say("age.detail", { record: record, server: format.age(status.moment - status.reached_at) }));
      const isStale = status.level === "near" || status.level === "late";
      show(node("band"), isStale);
      document.body.dataset.age = isStale ? status.level : "fresh";
      if (!isStale) return;
      mark(node("band"), "tone", status.level);
      const isToday = format.isoDay(status.since) === format.isoDay(status.moment);
      set("band-title", say("stale.title", { since: isToday ? format.clock(status.since) : format.shortDay(status.since) + ", " + format.clock(status.since) }));
      set("band-hint", say("stale." + status.cause));
    }

    /* Nothing has ever been painted: say why instead of waiting for ever. */
    function paintTrouble(kind) {
      mark(node("age"), "tone", "late");
      icon(node("age").firstElementChild, "exclamation-triangle-fill");
      set("age-text", say("stale.never"));
      show(node("band"), true);
      mark(node("band"), "tone", "late");
      set("band-title", say("stale.never"));
      set("band-hint", say("stale." + kind));
    }

    return { paint, age, paintClock, paintHours, paintAges, paintTrouble };
  };
})((window.PantauWall = window.PantauWall || {}));
