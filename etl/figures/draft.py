"""A SOP drafted from a log without one: the order that most cases took, the usual desks, and times that four of five
keep, measured by the same judge that will measure the SOP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.logs import Events, passes_of
from etl.domain.frames import MISSING, Ints
from etl.domain.sop.discovery import FEW, Course, discover
from etl.domain.sop.file import FROM_THE_FIRST
from etl.domain.sop.steps import MOST_STEPS, PARTS, Cell, Clock, SopStep
from etl.domain.sop.times import seconds_meant, time_an_office_writes
from etl.domain.sop.versions import Sop, SopIdentity, SopVersion
from etl.domain.statistics import percentile_interval, weighted_percentiles
from etl.extract.dates import DateOrder
from etl.extract.files.refusal import Refused
from etl.extract.logs.events import Activities, EventLog, read_log
from etl.extract.masks import mask
from etl.figures.measure import measure_read
from etl.office import Rulebook

TARGET_PERCENT = 80
"""The time of a drafted step is kept by so many of a hundred."""

_FEWEST = 2
_LONGEST = 200
_MOST_OF_ROLE = 0.5


@dataclass(frozen=True)
class DraftStep:
    """A drafted step. `name` is the activity, as the log writes it; `cases` have it,
    `left_out` could have. `seconds` is the percentile of the `n` known durations with its interval, `role_share` the
    share of its rows that name the role; each is None where there is nothing to say."""

    step: SopStep
    name: str
    cases: int
    left_out: int
    n: int
    seconds: float | None
    interval: tuple[float | None, float | None]
    role_share: float | None


@dataclass(frozen=True)
class Draft:
    """A drafted SOP. The places in `course` are those of `found`; `rare` are activities that became no step, by name in
    how many cases they occur. The cases began from `first` to `last`, days since 1970."""

    log: EventLog
    course: Course
    found: tuple[DraftStep, ...]
    rare: Mapping[str, int]
    first: int
    last: int

    @property
    def steps(self) -> list[DraftStep]:
        """The steps in their order."""
        return [self.found[place] for place in self.course.order]


def draft(
    path: Path, book: Rulebook, as_of: int, columns: Mapping[str, str] | None = None, order: DateOrder | None = None
) -> Draft:
    """Draft a SOP from a log, by the calendar of the rules. Raises Refused for a log that cannot be read, or of which
    no SOP can be made: with fewer than two steps, or with too many."""
    activities = Activities()
    log = read_log(path, activities, {}, book.calendar, columns, order)
    case, step, begin, end = _finished(log.events, book.calendar)
    times = np.bincount(np.unique(case * 128 + step) % 128, minlength=len(activities.names))
    kept = np.flatnonzero(times > FEW * len(np.unique(case)))
    if len(kept) < _FEWEST:
        raise Refused("draft.too_few", count=len(kept))
    if len(kept) > MOST_STEPS:
        raise Refused("draft.too_many", count=len(kept), most=MOST_STEPS)
    rare = {name: int(times[at]) for at, name in enumerate(activities.names) if at not in kept and times[at]}
    place = np.full(len(activities.names), -1, np.int64)
    place[kept] = np.arange(len(kept))
    is_kept = place[step] >= 0
    course = discover(case[is_kept], place[step[is_kept]], begin[is_kept], end[is_kept], len(kept))
    names, roles = (
        [activities.names[place] for place in kept],
        [activities.roles.get(place, Counter()) for place in kept],
    )
    steps = _steps(course, names, roles)
    in_order = tuple(steps[at] for at in course.order)
    version = SopVersion("", path.name, FROM_THE_FIRST, SopIdentity(), in_order, path.name)
    place[kept] = at_last = np.argsort(course.order)
    events = replace(log.events, step=place[log.events.step].astype(np.int8))
    ordered = replace(log, events=events.at(events.step >= 0))
    measured = measure_read(ordered, replace(book, sop=Sop((version,))), as_of)
    found = tuple(
        _found(step, names[at], course, at, measured.durations[at_last[at]], _usual(roles[at])[1])
        for at, step in enumerate(steps)
    )
    dated = log.first_on[log.first_on != MISSING]
    return Draft(log, course, found, rare, int(dated.min()), int(dated.max()))


def _finished(events: Events, calendar: WorkCalendar) -> tuple[Ints, Ints, Ints, Ints]:
    """The finished passes: case, step, when begun and when finished; a day is its first moment."""
    order = np.argsort(events.case, kind="stable")
    passes = passes_of(events.at(order), calendar)[0]
    passes = passes.at(passes.finished_on != MISSING)
    end = calendar.moments_of(passes.finished_on, passes.finished_at)[0]
    begin = np.where(passes.started_at == MISSING, end, np.minimum(passes.started_at, end))
    return passes.request, passes.step.astype(np.int64), begin, end


def _steps(course: Course, names: Sequence[str], roles: Sequence[Mapping[str, int]]) -> list[SopStep]:
    """The steps by place, without times."""
    code = {place: f"L{at}" for at, place in enumerate(course.order, 1)}
    steps = []
    for place, full_name in enumerate(names):
        name, (actor, _) = _short(mask(full_name)), _usual(roles[place])
        chosen = course.chosen_from.get(place, "")
        step = SopStep(
            code=code[place], part=PARTS[0], activity=name, short_name=name, desk_name=name,
            actor=actor, desk_actor=actor, role=actor,
            requires=Cell("", None), time=Cell("", None), target_seconds=None, output=Cell("", None),
            follows=tuple(code[before] for before in sorted(course.follows[place], key=course.order.index)),
            clock=Clock.OFFICE, is_opd_time=False,
            is_optional=bool(course.optional[place]),
            chosen_from=chosen if isinstance(chosen, str) else code[chosen],
            returns_to=code[course.returns_to[place]] if place in course.returns_to else "",
        )  # fmt: skip
        steps.append(step)
    return steps


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _usual(roles: Mapping[str, int]) -> tuple[str, float | None]:
    """The role that most rows of a step name, and their share; "" where none does."""
    most = max(roles, key=lambda name: roles[name], default="")
    share = roles[most] / sum(roles.values()) if most else 0
    return (most, share) if share > _MOST_OF_ROLE else ("", None)


def _found(
    step: SopStep, name: str, course: Course, place: int, durations: tuple[Ints, Ints], role_share: float | None
) -> DraftStep:
    """The step with the time that most of its durations keep; without one where too few are known, or all are 0."""
    n = int(durations[1].sum())
    [seconds] = weighted_percentiles(*durations, [TARGET_PERCENT])
    if seconds:
        text = time_an_office_writes(seconds)
        step = replace(step, time=Cell(text, None), target_seconds=seconds_meant(text, step.clock))
    interval = percentile_interval(*durations, TARGET_PERCENT)
    return DraftStep(
        step, name, int(course.cases[place]), int(course.left_out[place]), n, seconds, interval, role_share
    )


def draft_json(drafted: Draft) -> dict[str, Any]:
    """The document of `pantau sop draft --json`."""
    course, code = drafted.course, [found.step.code for found in drafted.found]
    return {
        "cases": drafted.log.cases,
        "events": drafted.log.rows,
        "steps": [
            {
                "step": found.step.code,
                "activity": found.step.activity,
                "actor": found.step.actor or None,
                "follows": list(found.step.follows),
                "optional": found.step.is_optional,
                "chosen_from": found.step.chosen_from or None,
                "returns_to": found.step.returns_to or None,
                "cases": found.cases,
                "left_out": found.left_out,
                "repeated": int(course.repeats[place]),
                "n": found.n,
                "target_seconds": found.step.target_seconds,
                "p80_seconds": found.seconds,
                "interval_seconds": list(found.interval),
            }
            for place, found in ((place, drafted.found[place]) for place in course.order)
        ],
        "parallel": [
            {"steps": [code[a], code[b]], "cases": int(course.either[a, b]), "first": int(course.before[a, b])}
            for a, b in course.parallel()
        ],
        "returns": [
            {"from": code[t], "to": code[s], "cases": int(course.returns[t, s])}
            for t, s in np.argwhere(course.returns).tolist()
        ],
        "no_steps": [{"activity": mask(name), "cases": cases} for name, cases in drafted.rare.items()],
        "left_out_rows": [vars(one) for one in drafted.log.left_out],
    }
