"""A whole event log measured against a SOP, without records: its events become passes, the one judge judges them, and
each step is counted as on Kepatuhan.

The facts of a part of the cases are counted before the next part is judged, so that memory grows with the events alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data_access.errors import Message, Words
from data_access.mart.facts import with_derived
from data_access.mart.schema import OUTPUTS
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.judge import judge
from etl.domain.compliance.known import finished_by
from etl.domain.compliance.logs import (
    FLAGS_FROM,
    UNREAD,
    Mark,
    Told,
    earliest,
    first_finishes,
    latest,
    moments,
    told,
)
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.suspicion import MARKS
from etl.domain.errors import RuleError
from etl.domain.frames import MISSING, NEVER, Bools, Ints, RequestFacts, Requests, StepFacts
from etl.domain.sop.steps import Meaning, SopStep
from etl.domain.sop.versions import Sop
from etl.domain.statistics import bounds, coverage, share, weighted_percentiles, wilson
from etl.domain.units import DAY, day_date
from etl.domain.verdict import RequestStatus, RequestVerdict
from etl.extract.dates import DateOrder
from etl.extract.logs.columns import Field
from etl.extract.logs.events import EventLog, Found, read_log
from etl.extract.words import fold
from etl.figures.compliance.definitions import ALL_STEPS, FINISHED, Tally
from etl.figures.compliance.steps import PeriodOnly, StepFigure, plain, step_figure
from etl.moments import iso
from etl.office import YEARS_AHEAD, Rulebook
from etl.settings.document import apply_file, default_settings
from etl.settings.sops import read_activities
from etl.sop_files import sop_of_files

FACTS_AT_ONCE = 1 << 17
"""So many facts, a step of a case each, are judged at a time."""

_KEPT_EVENTS = 1 << 20
"""Of logs with at most so many events the passes stay in memory from the look at their first days to the judging."""

MOST_OF_A_STEP = 100
"""A case with more events of one step is no case of a SOP: mostly its column holds something else."""

_PLACES = 1 << 40
"""More than any key of a fact: step and key are one number by which facts are counted."""


@dataclass(frozen=True)
class Deadlines:
    """Cases that say when they are due: ready by then, later, not ready and past it, still before it, or not known."""

    met: int
    late: int
    overdue: int
    running: int
    unknown: int
    not_applicable: int

    def to_json(self) -> dict[str, Any]:
        """The counts with share, interval, bounds and coverage, as of a step."""
        n = self.met + self.late + self.overdue
        counts = (self.met, self.late, self.overdue, self.unknown, 0)
        return {
            "n": n,
            **vars(self),
            "share": share(self.met, n),
            "interval": wilson(self.met, n),
            "bounds": bounds(*counts),
            "coverage": coverage(*counts),
        }


@dataclass(frozen=True)
class Measured:
    """What a log says, judged. `cases` of it have a known day by `as_of`; `left_out` tells of the others, and of rows
    that were not understood. `deadlines`: None where no case says one."""

    as_of: int
    book: Rulebook
    log: EventLog
    cases: int
    steps: tuple[StepFigure, ...]
    all_steps: StepFigure
    requests: Mapping[str, Any]
    deadlines: Deadlines | None
    left_out: tuple[Found, ...]
    warnings: tuple[Found, ...]
    durations: tuple[tuple[Ints, Ints], ...]
    """By step the known seconds of the finished ones, and how often each of them occurs."""

    @property
    def needs_a_person(self) -> bool:
        """Whether something of the log was left out."""
        return bool(self.left_out or self.log.activities or self.log.transitions)


def rules_of(
    sops: Sequence[Path], settings: Path | None, activities_file: Path | None, now: int
) -> tuple[Rulebook, dict[str, str]]:
    """The rules of a SOP of one or several files, with the calendar of a settings file or the shipped one; and the
    codes of steps by activity, of which those in `activities_file` win. Raises RuleError."""
    sop, names = sop_of_files(sops)
    more = {} if activities_file is None else read_activities(activities_file)
    return replace(calendar_only(settings, now), sop=sop), names | more


def calendar_only(settings: Path | None, now: int) -> Rulebook:
    """The rules of a settings file, or the shipped ones, without a SOP. Raises RuleError."""
    shipped = default_settings()
    known = shipped if settings is None else apply_file(shipped, settings)
    return Rulebook(known, 0, Sop(()), (), day_date(now // DAY).year + YEARS_AHEAD)


def measure(
    path: Path,
    book: Rulebook,
    names: Mapping[str, str],
    as_of: int,
    columns: Mapping[str, str] | None = None,
    order: DateOrder | None = None,
) -> Measured:
    """Measure a log against the SOP of the rules. `names` are codes of steps by activity, "" for one that is no step.

    Raises Refused for a log that cannot be read, RuleError for a name given to a step that there is not.
    """
    log = read_log(path, activities(book.sop, names, path.name), book.sop.places, book.calendar, columns, order)
    return measure_read(log, book, as_of)


def measure_read(log: EventLog, book: Rulebook, as_of: int) -> Measured:
    """Measure a log that was read, the steps of its events by their place among those of the rules."""
    return _Measuring(log, book, as_of).measured()


def activities(sop: Sop, names: Mapping[str, str], file: str) -> dict[str, int | None]:
    """The place of the step of each activity by its folded name: as `names` say, else the code, the whole name and the
    short name of a step, where no other step bears it. None for what was said to be no step."""
    places = sop.places
    usual: dict[str, set[int]] = {}
    for version in sop.versions:
        for step in version.steps:
            for name in filter(str.strip, (step.activity, step.short_name)):
                usual.setdefault(fold(name), set()).add(places[step.code])
    known: dict[str, int | None] = {name: min(steps) for name, steps in usual.items() if len(steps) == 1}
    known |= {fold(code): place for code, place in places.items()}
    for name, code in names.items():
        if code not in ("", *places):
            raise RuleError(file, f"kegiatan.{name}", code, Message("rule.one_of", choices=tuple(places)))
        known[fold(name)] = places.get(code)
    return known


class _Measuring:
    """The work of one log: its cases part by part, first for what is recorded since when, then for the verdicts."""

    def __init__(self, log: EventLog, book: Rulebook, as_of: int) -> None:
        self.log, self.book, self.as_of = log, book, as_of
        self.calendar: WorkCalendar = book.calendar
        self.codes = book.sop.codes
        versions = book.sop.versions
        self.steps = {step.code: step for version in versions for step in version.steps}
        self.received = _places(self.codes, {c for v in versions for c in v.steps_with(Meaning.RECEIVED)})
        self.office = _places(self.codes, {c for v in versions for c in v.office_steps})
        self.size = max(FACTS_AT_ONCE // len(self.codes), 1)
        order = np.argsort(log.events.case, kind="stable")
        self.events = log.events.at(order)
        self.tells_outputs = bool((self.events.mark & Mark.TOLD).any())
        self.requests = self._requests()
        self.kept: dict[int, Told] = {}
        self.endless: dict[int, int] = {}

    def measured(self) -> Measured:
        """Judge all cases."""
        rules, counts = self._rules(), _Counts(len(self.codes))
        verdicts, due = Counter[int](), Counter[str]()
        undated = older = later = 0
        for first in range(0, self.log.cases, self.size):
            part = self.kept.pop(first, None) or self._told(first, self.book_rules)
            requests = part.requests
            known = requests.received_on != MISSING
            here = known & _is_received(requests, self.calendar, self.as_of)
            letters, steps = judge(requests, part.passes, part.pauses, rules, self.as_of, part.receivers)
            counts.add(replace(steps, flags=steps.flags | self._flags(part)), here, self._outputs(part))
            verdicts.update(letters.verdict[here].tolist())
            due.update(self._deadlines(first, letters, requests, here))
            undated, later = undated + int((~known).sum()), later + int((known & ~here).sum())
            older += int((rules.version_at(requests.received_on[here]) < 0).sum())
        endless = sum(self.endless.values())
        undated -= endless
        return Measured(
            as_of=self.as_of,
            book=self.book,
            log=self.log,
            cases=verdicts.total(),
            steps=tuple(counts.figure([at], code, self.steps[code]) for at, code in enumerate(self.codes)),
            all_steps=counts.figure(self.office, ALL_STEPS, None),
            requests=_requests_json(verdicts),
            deadlines=Deadlines(**{name: due[name] for name in _DEADLINE_WORDS}) if due else None,
            left_out=(*self.log.left_out, *_found(case_undated=undated, case_after_as_of=later, case_endless=endless)),
            warnings=(*self.log.warnings, *_found(no_starts=int(not self.log.has_starts), older_than_sop=older)),
            durations=tuple(counts.durations([at]) for at in range(len(self.codes))),
        )

    def _requests(self) -> Requests:
        """What is said of the cases as a whole; the receipt is that of the first event where the SOP has no step for
        it, else its day."""
        log, nothing = self.log, np.full(self.log.cases, MISSING)

        def of(name: Field) -> Ints:
            return log.of_cases.get(name, nothing)

        on, at = moments(of(Field.RECEIVED), self.calendar)
        is_told = on != MISSING
        status = of(Field.STATUS)
        told = (Field.ENDED, Field.BOOKED_START, Field.BOOKED_END, Field.BEGAN)
        ended, booked_start, booked_end, began = (self._moment(of(name)) for name in told)
        return Requests(
            received_on=np.where(is_told, on, log.first_on),
            received_at=np.where(is_told, at, MISSING if self.received else log.first_at),
            status=np.where(status == MISSING, 0, status).astype(np.int8),
            ended_at=ended,
            booked_start=booked_start,
            booked_end=booked_end,
            began_at=began,
        )

    def _moment(self, packed: Ints) -> Ints:
        """Moments that our own export writes: midnight is a clock time."""
        first = earliest(packed, self.calendar)
        return np.where(first == NEVER, MISSING, first)

    def _rules(self) -> Rules:
        """The rules, with the first day on which each step was finished in the log."""
        first = np.full(len(self.codes), MISSING)
        self.book_rules = self.book.rules(first)
        for begin in range(0, self.log.cases, self.size):
            part = self._told(begin, self.book_rules)
            days = first_finishes(part.passes, part.requests, len(self.codes))
            first = np.where(first == MISSING, days, np.where(days == MISSING, first, np.minimum(first, days)))
            if len(self.events) <= _KEPT_EVENTS:
                self.kept[begin] = part
        return self.book.rules(first)

    def _told(self, first: int, rules: Rules) -> Told:
        """What the events of a part of the cases say; cases count from 0 in it."""
        last = min(first + self.size, self.log.cases)
        low, high = np.searchsorted(self.events.case, [first, last])
        events = self.events.at(slice(int(low), int(high)))
        events = replace(events, case=events.case.astype(np.int64) - first)
        requests = Requests(**{name: values[first:last] for name, values in vars(self.requests).items()})
        width = len(self.codes)
        times = np.bincount(events.case * width + events.step, minlength=len(requests) * width).reshape(-1, width)
        endless = times.max(axis=1) > MOST_OF_A_STEP
        self.endless[first] = int(endless.sum())
        if endless.any():
            events = events.at(~endless[events.case])
            requests = replace(requests, received_on=np.where(endless, MISSING, requests.received_on))
        return told(requests, events, rules, self.received)

    def _flags(self, part: Told) -> Ints:
        """By fact the flags that the log or its order tells."""
        flags = np.zeros(len(part.requests) * len(self.codes), dtype=np.int64)
        np.bitwise_or.at(flags, self._cells(part), part.marks.astype(np.int64) >> FLAGS_FROM)
        return flags

    def _outputs(self, part: Told) -> dict[str, Ints]:
        """By fact how many finished passes have their Output on record, say that there is none, and say nothing of it;
        none of a log that knows of no Outputs."""
        today = self.calendar.day_of(self.as_of)
        done = finished_by(part.every, self.as_of, today) & self.tells_outputs
        has, lacks = ((part.marks & mark) > 0 for mark in (Mark.OUTPUT, Mark.NO_OUTPUT))
        cells, size = self._cells(part), len(part.requests) * len(self.codes)
        kinds = (has, lacks, ~has & ~lacks)
        return {
            name: np.bincount(cells[done & kind], minlength=size) for name, kind in zip(OUTPUTS, kinds, strict=True)
        }

    def _cells(self, part: Told) -> Ints:
        return np.asarray(part.every.request * len(self.codes) + part.every.step)

    def _deadlines(self, first: int, letters: RequestFacts, requests: Requests, here: Bools) -> Mapping[str, int]:
        """How many cases are ready by when they are due; the moment of a day is its last."""
        if Field.DEADLINE not in self.log.of_cases:
            return {}
        packed = self.log.of_cases[Field.DEADLINE][first : first + len(here)]
        due, told = latest(packed, self.calendar), here & (packed != MISSING)
        ready = letters.ready_on != MISSING
        since, until = self.calendar.moments_of(letters.ready_on, letters.ready_at)
        is_ended = np.isin(requests.status, _ENDED) & (requests.ended_at <= self.as_of)
        words = np.select(
            [packed == UNREAD, ready & (until <= due), ready & (since > due), ready, is_ended, due < self.as_of],
            ["unknown", "met", "late", "unknown", "not_applicable", "overdue"],
            "running",
        )
        return Counter(words[told].tolist())


_ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)
_DEADLINE_WORDS = tuple(Deadlines.__dataclass_fields__)


def _places(codes: Sequence[str], wanted: set[str]) -> list[int]:
    return [place for place, code in enumerate(codes) if code in wanted]


def _is_received(requests: Requests, calendar: WorkCalendar, as_of: int) -> Bools:
    """Received by `as_of`; a case without a clock time was there all its day."""
    today = calendar.day_of(as_of)
    return np.where(requests.received_at != MISSING, requests.received_at <= as_of, requests.received_on <= today)


def _found(**counts: int) -> tuple[Found, ...]:
    return tuple(Found(code, count) for code, count in counts.items() if count)


def _requests_json(verdicts: Mapping[int, int]) -> dict[str, Any]:
    """Cases as a whole, by verdict, with the share of those that are known."""
    known = {verdict.value: verdicts[verdict.code] for verdict in RequestVerdict}
    n = known[RequestVerdict.ON_TIME] + known[RequestVerdict.LATE]
    shares = {"share": share(known["on_time"], n), "interval": wilson(known["on_time"], n)}
    return {"n": n, **{name: known[name] for name in ("on_time", "late", "unknown", "running")}, **shares}


class _Counts:
    """Facts by step and kind as they are counted, part after part; and how long the finished ones took."""

    def __init__(self, steps: int) -> None:
        self.facts: list[dict[int, Ints]] = [{} for _ in range(steps)]
        self.flagged: list[Counter[tuple[int, int]]] = [Counter() for _ in range(steps)]
        self.elapsed: list[list[tuple[Ints, Ints]]] = [[] for _ in range(steps)]

    def add(self, steps: StepFacts, cases: Bools, outputs: Mapping[str, Ints]) -> None:
        """Count the facts of these cases."""
        width = len(self.facts)
        step, here = np.tile(np.arange(width), int(cases.sum())), np.repeat(cases, width)
        columns = _columns(steps, outputs, here)
        counted, place = np.unique(step * _PLACES + columns["figure_key"], return_inverse=True)
        over = np.bincount(place, columns["over_seconds"], len(counted)).astype(np.int64)
        n, amounts = np.bincount(place), [np.bincount(place, columns[name], len(counted)) for name in OUTPUTS]
        for at, key in enumerate(counted.tolist()):
            sums = self.facts[key // _PLACES].setdefault(key % _PLACES, np.zeros(_SUMS, dtype=np.int64))
            sums += np.array([n[at], over[at], *(amount[at] for amount in amounts)], dtype=np.int64)
        self._add_flagged(step, columns)
        measured = FINISHED.among(columns["figure_key"])
        for at in range(width):
            values = columns["elapsed_seconds"][measured & (step == at)]
            self.elapsed[at].append(np.unique(values, return_counts=True))

    def _add_flagged(self, step: Ints, columns: Mapping[str, Any]) -> None:
        flags = columns["flags"] & sum(MARKS)
        for at in np.unique(step[flags != 0]).tolist():
            here = (step == at) & (flags != 0)
            self.flagged[at].update(zip(flags[here].tolist(), columns["verdict"][here].tolist(), strict=True))

    def durations(self, places: Sequence[int]) -> tuple[Ints, Ints]:
        """The known seconds of finished ones of these steps; the same seconds may stand there twice."""
        elapsed = [pair for at in places for pair in self.elapsed[at]] or [(_NOTHING, _NOTHING)]
        values, times = (np.concatenate(column) for column in zip(*elapsed, strict=True))
        return values, times

    def figure(self, places: Sequence[int], code: str, step: SopStep | None) -> StepFigure:
        """The row of the table of these steps together."""
        rows = [(key, *sums.tolist()) for at in places for key, sums in self.facts[at].items()]
        sums = np.array(rows, dtype=np.int64).reshape(-1, 1 + _SUMS).T
        tally = Tally(dict(zip(("figure_key", "n", "over_seconds", *OUTPUTS), sums, strict=True)))
        values, times = self.durations(places)
        flagged = [(0, *kind, count) for at in places for kind, count in self.flagged[at].items()]
        of_all = PeriodOnly(
            {code: weighted_percentiles(values, times, (10, 50, 90))},
            np.array(flagged, dtype=np.int64).reshape(-1, 4),
        )
        return step_figure(tally, [0], code, step, of_all)


_NOTHING = np.empty(0, dtype=np.int64)


_SUMS = 2 + len(OUTPUTS)


def _columns(steps: StepFacts, outputs: Mapping[str, Ints], here: Bools) -> Mapping[str, Any]:
    """The facts by the columns of the mart of which a figure is made, every step as if it were the first."""
    told = {name: getattr(steps, name)[here] for name in ("verdict", "reason", "start_rule", "belongs_on", "flags")}
    seconds = {f"{name}_seconds": getattr(steps, name)[here] for name in ("elapsed", "waiting", "target", "handover")}
    counts = {name: values[here] for name, values in outputs.items()}
    return with_derived(told | seconds | counts | {"step": np.zeros(int(here.sum()), dtype=np.int64)})


_MOST_SHOWN = 50


def measure_json(measured: Measured, words: Words) -> dict[str, Any]:
    """The document of `pantau measure --json`: plain values; what was not understood, in words as well."""
    log, zone = measured.log, measured.book.zone
    return {
        "as_of": iso(measured.as_of, zone),
        "sop": [version.number for version in measured.book.sop.versions],
        "cases": measured.cases,
        "events": log.rows,
        "steps": [_row(step) for step in measured.steps],
        "all_steps": _row(measured.all_steps) | {"actor": None},
        "requests": dict(measured.requests),
        "deadlines": measured.deadlines and measured.deadlines.to_json(),
        "columns": {name.value: header for name, header in log.columns.items()},
        "not_understood": {
            "activities": _most(log.activities, "activity"),
            "transitions": _most(log.transitions, "transition"),
            "columns": list(log.unread[:_MOST_SHOWN]),
            "rows": [_told_json(one, words) for one in measured.left_out],
        },
        "warnings": [_told_json(one, words) for one in measured.warnings],
    }


def _row(step: StepFigure) -> dict[str, Any]:
    return plain(step) | {"flagged": step.flags}


def _most(counts: Counter[str], kind: str) -> list[dict[str, Any]]:
    """The most frequent names with how many events; those that are not named have no name together."""
    named = [(name, count) for name, count in counts.most_common() if name]
    shown, rest = named[:_MOST_SHOWN], sum(count for _, count in named[_MOST_SHOWN:]) + counts[""]
    return [{kind: name, "events": count} for name, count in shown] + ([{kind: None, "events": rest}] if rest else [])


def _told_json(found: Found, words: Words) -> dict[str, Any]:
    return {"code": found.code, "count": found.count, "row": found.row, "message": words(sentence_of(found))}


def sentence_of(found: Found) -> Message:
    """What is said of it."""
    if found.row is None:
        return Message(f"measure.noted_{found.code}", count=found.count)
    return Message(f"measure.found_{found.code}", count=found.count, row=found.row)
