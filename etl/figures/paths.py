"""The paths that the cases of a log took, beside those of the SOP: which step came directly after which, how often and
after how much waiting, and what is none of the SOP's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.logs import Events, passes_of
from etl.domain.compliance.rules import Procedure, procedure_of
from etl.domain.frames import MISSING, Ints
from etl.domain.statistics import weighted_percentiles
from etl.figures.measure import Measured

MOST_PATHS = 50
"""So many of the paths are listed, the most frequent first; the others are counted together."""


class Kind(StrEnum):
    """What the SOP says of a step that comes directly after another. `RETURN` is to a step that the case has had;
    `LEFT_OUT` passes over what may be left out, `SKIP` over more."""

    SOP = "sop"
    PARALLEL = "parallel"
    LEFT_OUT = "left_out"
    SKIP = "skip"
    RETURN = "return"
    REPEAT = "repeat"
    OTHER_ORDER = "other_order"


@dataclass(frozen=True)
class Arrow:
    """A step directly after another, by their places: how often, in how many cases, and the working seconds from the
    finish of the one to the start of the other, to its finish where no start is recorded; None for fewer than five."""

    first: int
    second: int
    kind: Kind
    count: int
    cases: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class Paths:
    """`taken` are the paths with how many cases, the most frequent first; `arrows` those of the SOP, taken or not, and
    then the others, the most frequent first."""

    codes: Sequence[str]
    cases: int
    taken: Sequence[tuple[tuple[int, ...], int]]
    arrows: Sequence[Arrow]


def paths(measured: Measured) -> Paths:
    """The paths of a measured log beside the newest version of its SOP. Finished passes follow one another by their
    ends; of equal ones that comes first which began first, then which the SOP has first."""
    book, events = measured.book, measured.log.events
    codes = book.sop.codes
    case, step, begin, end = _finished(events, book.calendar, measured.as_of)
    first = np.flatnonzero(np.diff(case, prepend=-1))
    whole = step.astype(np.uint8).tobytes()
    ends = [*first[1:].tolist(), len(case)][: len(first)]
    taken = Counter(whole[low:high] for low, high in zip(first.tolist(), ends, strict=True))
    procedure = procedure_of(book.sop.current(), codes)
    by_frequency = sorted(taken.items(), key=lambda one: (-one[1], one[0]))
    return Paths(
        codes,
        len(first),
        [(tuple(path), count) for path, count in by_frequency],
        _arrows(procedure, case, step, _waiting(begin, end, book.calendar)),
    )


def _finished(events: Events, calendar: WorkCalendar, as_of: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Case, step, begin and end of the passes finished by `as_of`, case by case in time; a day is its first moment
    in that order, and MISSING."""
    passes = passes_of(events.at(np.argsort(events.case, kind="stable")), calendar)[0]
    passes = passes.at(passes.finished_on != MISSING)
    end = calendar.moments_of(passes.finished_on, passes.finished_at)[0]
    has_start = passes.started_at != MISSING
    begin = np.where(has_start, passes.started_at, passes.finished_at)
    order = np.lexsort((passes.step, np.where(has_start, begin, end), end, passes.request))
    order = order[end[order] <= as_of]
    exact = np.where(passes.finished_at == MISSING, MISSING, end)
    return passes.request[order], passes.step[order].astype(np.int64), begin[order], exact[order]


def _waiting(begin: Ints, end: Ints, calendar: WorkCalendar) -> Ints:
    """The working seconds before each pass since the end of the one above it, 0 where they overlap; MISSING where a
    moment is not known."""
    before, known = np.roll(end, 1), begin != MISSING
    known &= before != MISSING
    since, until = np.where(known, before, 0), np.where(known, np.maximum(begin, before), 0)
    known &= calendar.is_covered(since, until)
    seconds = np.full(len(begin), MISSING)
    seconds[known] = calendar.working_seconds(since[known], until[known])
    return seconds


def _arrows(procedure: Procedure, case: Ints, step: Ints, waiting: Ints) -> list[Arrow]:
    width, later = len(procedure.follows), np.flatnonzero(np.diff(case, prepend=-1) == 0)
    a, b = step[later - 1], step[later]
    is_again = np.ones(len(step), dtype=bool)
    is_again[np.unique(case * width + step, return_index=True)[1]] = False
    kinds = np.array([[_kind(procedure, one, other) for other in range(width)] for one in range(width)])
    kind = np.where((kinds[a, b] == _BACK) & ~is_again[later], _OTHER, kinds[a, b])
    key = (a * width + b) * len(_KINDS) + kind
    found = []
    for one in np.unique(key).tolist():
        rows = later[key == one]
        pair, which = divmod(one, len(_KINDS))
        seconds = waiting[rows][waiting[rows] != MISSING]
        median, p90 = weighted_percentiles(seconds, np.ones(len(seconds)), (50, 90))
        count = (len(rows), len(np.unique(case[rows])))
        found.append(Arrow(*divmod(pair, width), _KINDS[which], *count, median, p90))
    of_sop = {(one.first, one.second): one for one in found if one.kind is Kind.SOP}
    own = [(before, step) for step in procedure.order for before in procedure.follows[step]]
    others = sorted((one for one in found if one.kind is not Kind.SOP), key=lambda one: -one.count)
    return [*(of_sop.get(one) or Arrow(*one, Kind.SOP, 0, 0, None, None) for one in own), *others]


_KINDS = tuple(Kind)
_BACK, _OTHER = _KINDS.index(Kind.RETURN), _KINDS.index(Kind.OTHER_ORDER)


def _kind(procedure: Procedure, first: int, second: int) -> int:
    """The place of the kind; of a step that comes before the other one it is that of a return."""
    later = procedure.dependents
    if first == second:
        kind = Kind.REPEAT
    elif first in procedure.follows[second]:
        kind = Kind.SOP
    elif second in later[first]:
        between = {step for step in later[first] if second in later[step]}
        may_lack = {*procedure.optional, *(step for steps in procedure.choices for step in steps)}
        kind = Kind.LEFT_OUT if between <= may_lack else Kind.SKIP
    elif first in later[second]:
        kind = Kind.RETURN
    else:
        kind = Kind.OTHER_ORDER if {first, second} & {*procedure.absent} else Kind.PARALLEL
    return _KINDS.index(kind)


def paths_json(told: Paths) -> dict[str, Any]:
    """The part `paths` of the document of `pantau measure --paths --json`."""
    code = told.codes
    return {
        "cases": told.cases,
        "variants": len(told.taken),
        "taken": [{"steps": [code[at] for at in path], "cases": n} for path, n in told.taken[:MOST_PATHS]],
        "other_cases": sum(n for _, n in told.taken[MOST_PATHS:]),
        "arrows": [
            {
                "from": code[arrow.first],
                "to": code[arrow.second],
                "kind": arrow.kind.value,
                "count": arrow.count,
                "cases": arrow.cases,
                "median_waiting_seconds": arrow.median,
                "p90_waiting_seconds": arrow.p90,
            }
            for arrow in told.arrows
        ],
    }
