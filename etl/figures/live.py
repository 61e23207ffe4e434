"""Facts at a moment: stored verdicts where they are final, the others judged again.

A letter is settled when no verdict of it can change any more. Letters settled before a day began keep their
stored facts all that day; the others that were received by the moment asked for are read with their stamps
once a day and mart, and judged as of the moment by the same rules that made the stored facts.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_access.mart import Snapshot
from data_access.mart.facts import (
    SINCE_EVER,
    UNSETTLED_BASIS,
    Days,
    Facts,
    Unsettled,
    as_table,
    unsettled,
    with_derived,
)
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.judge import Standings, judged, stand, turns
from etl.domain.compliance.known import letters_of
from etl.domain.compliance.places import places
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Pauses, Receivers, RequestFacts, Requests, StepFacts
from etl.domain.units import DAY
from etl.judging.build_facts import (
    counted,
    letter_columns,
    output_columns,
    step_columns,
    to_passes,
    to_pauses,
    to_receivers,
    to_requests,
)
from etl.office import Office

Texts = NDArray[np.object_]
Judged = TypeVar("Judged", RequestFacts, StepFacts)

WINDOW = DAY
"""Letters are read once for all moments of a span of this many seconds, and so is what the mart counts."""

FILE_FLAGS = reduce(or_, SUSPICIONS)
"""Flags found when facts are made; the judge does not know them, so the stored ones stay."""


@dataclass(frozen=True)
class LiveFacts:
    """The letters received by `as_of` that were not settled at `settled_by`, and what is said of them.

    `settled_by` is the last moment before `as_of` up to which stored facts are taken: every letter settled then is not
    in here, every other one is. `rows`: their rows in the mart, and `here` which of them are meant. Of those, in order
    of request_id: `request_ids`, `received_on`, `opd`, `room` (None where unknown), the judged `letters`, and thirteen
    `steps` a letter, with their `outputs` (`data_access.mart.schema.OUTPUTS`).
    """

    as_of: int
    settled_by: int
    rows: Unsettled
    here: Bools
    request_ids: Ints
    received_on: Ints
    opd: Texts
    room: Texts
    letters: RequestFacts
    steps: StepFacts
    outputs: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(self.request_ids)

    @cached_property
    def requests(self) -> pd.DataFrame:
        """Their request_fact rows as stored; integers MISSING where unknown."""
        return self.rows.requests[self.here].reset_index(drop=True)

    @cached_property
    def step_table(self) -> Any:
        """The steps as an Arrow table with columns of step_fact, to stand beside it in a statement."""
        return as_table(_step_columns(self), "step_fact")

    @cached_property
    def request_table(self) -> Any:
        """The letters as an Arrow table with the judged columns of request_fact."""
        return as_table(_request_columns(self), "request_fact")

    def are_of(self, opd: str | None) -> Bools:
        """Which of the letters are that agency's; all are for None."""
        return np.array([opd in (None, name) for name in self.opd], dtype=np.bool_)

    def position(self, request_id: int) -> int | None:
        """Where a letter stands; None when its stored facts are final or it was not yet received."""
        at = int(np.searchsorted(self.request_ids, request_id))
        return at if at < len(self) and self.request_ids[at] == request_id else None


@dataclass(frozen=True)
class _Stamps:
    """Letters not settled at `since` in the form the judge takes; `receivers` are those of the passes that count."""

    since: int
    rows: Unsettled
    requests: Requests
    passes: Passes
    receivers: Receivers
    pauses: Pauses
    request_ids: Ints
    opd: Texts
    room: Texts


@dataclass(frozen=True)
class _Standing:
    """What stays until a stamp falls or a day begins: which letters are received, their steps, the Outputs."""

    here: Bools
    standings: Standings
    outputs: Mapping[str, Ints]


def step_facts_at(office: Office, as_of: int, snapshot: Snapshot | None = None) -> LiveFacts:
    """The facts that the mart does not hold in their final form; computed once a moment and mart."""
    mart = snapshot or office.mart.read()
    return mart.remember(("live", as_of), lambda: _judged_now(mart, office, as_of))


def facts_at(office: Office, as_of: int, snapshot: Snapshot | None = None) -> Facts:
    """All facts of a moment, to be counted and listed by statements."""
    mart = snapshot or office.mart.read()
    live = step_facts_at(office, as_of, mart)
    steps = mart.remember(("running steps", as_of), lambda: with_derived(_step_columns(live)))
    return Facts(mart, live.settled_by, steps, _request_columns(live) | _booked(live))


def step_facts_if(
    office: Office, as_of: int, targets: Mapping[int, int], snapshot: Snapshot | None = None
) -> LiveFacts:
    """The same facts if these steps had these targets (seconds), whenever the letter was received."""
    mart, key = snapshot or office.mart.read(), tuple(sorted(targets.items()))
    return mart.remember(("live if", as_of, key), lambda: _judged_if(mart, _other_targets(office.rules(), key), as_of))


def step_facts_by(mart: Snapshot, rules: Sequence[Rules], as_of: int, received: Days) -> tuple[LiveFacts, ...]:
    """All letters received on these days by `as_of`, settled ones too, judged by each of these rules."""
    stamps = _read_stamps(mart, rules[0].calendar, SINCE_EVER, received)
    return tuple(_judged(stamps, _stand(stamps, one, as_of), as_of) for one in rules)


def places_at(office: Office, as_of: int, snapshot: Snapshot | None = None) -> Codes:
    """Where the letters of `step_facts_at` lie, codes of `Place` (letters, 13)."""
    mart = snapshot or office.mart.read()
    rules = office.rules()
    stamps = _stamps_of_day(mart, rules, as_of)
    key = _turn(mart, office, stamps, as_of)
    return mart.remember(("places", *key), lambda: _places(stamps, office, rules, as_of))


def _places(stamps: _Stamps, office: Office, rules: Rules, as_of: int) -> Codes:
    sop = office.sop_at(as_of)
    here = np.flatnonzero(_is_received(stamps.requests, rules.calendar, as_of))
    passes = counted(stamps.rows.passes, stamps.passes)
    own = np.array([not step.is_opd_time for step in sop.steps])
    return places(*letters_of(here, stamps.requests, passes, stamps.receivers), rules, own, as_of)


def _other_targets(rules: Rules, targets: Iterable[tuple[int, int]]) -> Rules:
    other = rules.targets.copy()
    for step, seconds in targets:
        other[:, step] = seconds
    return replace(rules, targets=other)


def _judged_now(mart: Snapshot, office: Office, as_of: int) -> LiveFacts:
    rules = office.rules()
    stamps = _stamps_of_day(mart, rules, as_of)
    key = _turn(mart, office, stamps, as_of)
    return _judged(stamps, mart.remember(("standing", *key), lambda: _stand(stamps, rules, as_of)), as_of)


def _judged_if(mart: Snapshot, rules: Rules, as_of: int) -> LiveFacts:
    stamps = _stamps_of_day(mart, rules, as_of)
    return _judged(stamps, _stand(stamps, rules, as_of), as_of)


def _turn(mart: Snapshot, office: Office, stamps: _Stamps, as_of: int) -> tuple[Hashable, ...]:
    """The same for moments of a day between which nothing becomes known of the letters."""
    rules, key = office.rules(), (office.book.hash, stamps.since)
    moments = mart.remember(("turns", *key), lambda: _turns(stamps, rules))
    return *key, int(np.searchsorted(moments, as_of, side="right")), rules.calendar.day_of(as_of)


def _turns(stamps: _Stamps, rules: Rules) -> Ints:
    return turns(stamps.requests, stamps.passes, stamps.pauses, rules, stamps.receivers)


def _stand(stamps: _Stamps, rules: Rules, as_of: int) -> _Standing:
    passes = counted(stamps.rows.passes, stamps.passes)
    here = _is_received(stamps.requests, rules.calendar, as_of)
    standings = stand(stamps.requests, passes, stamps.pauses, rules, as_of, stamps.receivers)
    today = rules.calendar.day_of(as_of)
    outputs = output_columns(stamps.rows.passes, stamps.passes, len(here), as_of, today)
    every = np.repeat(here, rules.step_count)
    return _Standing(here, standings, {name: counts[every] for name, counts in outputs.items()})


def _judged(stamps: _Stamps, standing: _Standing, as_of: int) -> LiveFacts:
    letters, steps = judged(standing.standings, as_of)
    here = standing.here
    steps = replace(steps, flags=_with_stored(steps, stamps.rows.flags))
    return LiveFacts(
        as_of,
        stamps.since,
        stamps.rows,
        here,
        stamps.request_ids[here],
        stamps.requests.received_on[here],
        stamps.opd[here],
        stamps.room[here],
        _only(letters, here),
        _only(steps, np.repeat(here, standing.standings[0][0].rules.step_count)),
        standing.outputs,
    )


def _stamps_of_day(mart: Snapshot, rules: Rules, as_of: int) -> _Stamps:
    since = as_of // WINDOW * WINDOW
    until_on = rules.calendar.day_of(since + WINDOW)
    days = _FIRST_ON, until_on
    return mart.remember(("stamps", since), lambda: _read_stamps(mart, rules.calendar, since, days), UNSETTLED_BASIS)


def _with_stored(steps: StepFacts, stored: Ints) -> Ints:
    """The judge's flags with the stored suspicions of steps that have a stamp by now."""
    return steps.flags | np.where(steps.passes > 0, stored & FILE_FLAGS.value, 0)


_FIRST_ON = -(2**31)
"""The first day that a mart can hold."""


def _read_stamps(mart: Snapshot, calendar: WorkCalendar, since: int, received: Days) -> _Stamps:
    """Letters received on these days that may be unsettled at `since` or at a moment after it."""
    rows = unsettled(mart, since, received)
    ids = rows.requests["request_id"].to_numpy(dtype=np.int64)
    opd, room = (rows.requests[name].astype(object) for name in ("opd", "room"))
    return _Stamps(
        since,
        rows,
        to_requests(rows.requests, calendar),
        to_passes(rows.passes, ids),
        to_receivers(rows.receivers, rows.passes[~rows.passes["is_extra"].astype(bool)]),
        to_pauses(rows.pauses, ids),
        ids,
        opd.where(opd.notna(), None).to_numpy(),
        room.where(room.notna(), None).to_numpy(),
    )


def _is_received(requests: Requests, calendar: WorkCalendar, as_of: int) -> Bools:
    """Received by `as_of`; a letter without a clock time was there all its day."""
    today = calendar.day_of(as_of)
    return np.where(requests.received_at != MISSING, requests.received_at <= as_of, requests.received_on <= today)


def _only(facts: Judged, keep: Bools) -> Judged:
    return type(facts)(**{field.name: getattr(facts, field.name)[keep] for field in fields(facts)})


def _step_columns(live: LiveFacts) -> dict[str, Any]:
    return live.outputs | step_columns(live.steps, **_of_letters(live))


def _request_columns(live: LiveFacts) -> dict[str, Any]:
    return _of_letters(live) | letter_columns(live.letters)


def _of_letters(live: LiveFacts) -> dict[str, Any]:
    """Whose letters they are, and since when."""
    return {"request_id": live.request_ids, "opd": live.opd, "room": live.room, "received_on": live.received_on}


def _booked(live: LiveFacts) -> dict[str, Any]:
    """What is told of the letters, and whether their booked start has come."""
    rows = live.requests
    told = {name: rows[name].to_numpy() for name in ("status", "booked_start_on", "booked_start_at")}
    return told | {"has_begun": rows["booked_start"].to_numpy(np.int64) <= live.as_of}
