"""Where letters are now: those at each step of part A, the one that has been there for the longest time first.

The wall, Ringkasan and the list of what lies on a desk count by this alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import summary as questions
from etl.domain.compliance.rules import Procedure, procedure_of
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.sop.steps import SopStep
from etl.domain.verdict import UNDER_WAY, Place, Reason, Verdict
from etl.figures.live import LiveFacts, places_at, step_facts_at
from etl.figures.requests.work_list import own_opd
from etl.office import Office
from etl.reference.steps import STEP_COUNT, STEP_INDEX

_RUNNING = tuple(verdict.code for verdict in UNDER_WAY)
_IN_HAND = (Place.HERE.code, Place.RETURNED.code)
_WAITS_UNMEASURED = tuple(r.code for r in (Reason.DATE_ONLY, Reason.START_UNKNOWN, Reason.CALENDAR_MISSING))


@dataclass(frozen=True)
class DeskTime:
    """How long a letter has been at a step, in seconds of the step's own clock; `target_seconds` None for no limit."""

    verdict: Verdict
    elapsed_seconds: int
    target_seconds: int | None
    is_paused: bool


@dataclass(frozen=True)
class AtDesk:
    """One step of part A and the letters there.

    `rows` are their places in the live facts: those whose time runs, the longest there first, then the `unmeasured`
    ones, of which nobody knows when they came, by receipt. `oldest` is the time of the first; None where none runs.
    """

    step: SopStep
    rows: Ints
    unmeasured: int
    oldest: DeskTime | None

    @property
    def count(self) -> int:
        """How many letters are there."""
        return len(self.rows)


@dataclass(frozen=True)
class DeskLine:
    """The desks of part A in the order of the SOP.

    `running` letters are on their way, each counted once; `needs_closing` have stood so long that somebody must close
    them, and are on no desk.
    """

    live: LiveFacts
    desks: tuple[AtDesk, ...]
    running: int
    needs_closing: int


def desk_line(office: Office, as_of: int, opd: str | None = None, snapshot: Snapshot | None = None) -> DeskLine:
    """Where the letters are at a moment; of one agency only, or of all. MartError when there is no mart."""
    mart, own = snapshot or office.mart.read(), own_opd(office, opd)
    return mart.remember(("desks", as_of, own), lambda: _line(office, mart, as_of, own))


def letters_at_desks(office: Office, as_of: int, opd: str | None, step: str | None = None) -> list[int]:
    """The letters of `desk_line` at that step in its order; without a step all of them, each once, by step."""
    if not office.mart.exists():
        return []
    line = desk_line(office, as_of, opd)
    rows = [row for desk in line.desks if step in (None, desk.step.code) for row in desk.rows.tolist()]
    return list(dict.fromkeys(line.live.request_ids[rows].tolist()))


def _line(office: Office, mart: Snapshot, as_of: int, own: str | None) -> DeskLine:
    live, sop = step_facts_at(office, as_of, mart), office.sop_at(as_of)
    procedure, is_own = procedure_of(sop), live.are_of(own)
    runs, is_unmeasured = _there(live, places_at(office, as_of, mart), procedure)
    runs, is_unmeasured = runs & is_own[:, None], is_unmeasured & is_own[:, None]
    paused = questions.open_pauses(mart, as_of)
    return DeskLine(
        live,
        tuple(_desk(live, step, runs, is_unmeasured, paused) for step in sop.part("A")),
        running=int((runs | is_unmeasured)[:, procedure.part_a].any(axis=1).sum()),
        needs_closing=int((live.letters.needs_closing & is_own).sum()),
    )


def _there(live: LiveFacts, where: Codes, procedure: Procedure) -> tuple[Bools, Bools]:
    """At which steps (letters, 13) the time of a letter runs, and at which one waits without a measurable start."""
    shape = (-1, STEP_COUNT)
    steps, letters = live.steps, live.letters
    verdict = steps.verdict.reshape(shape)
    alive = (~letters.needs_closing & ((letters.stop_at == MISSING) | (letters.stop_at > live.as_of)))[:, None]
    unfinished = (steps.finished_on == MISSING).reshape(shape) & (steps.finished_at == MISSING).reshape(shape)
    no_start = np.isin(steps.reason.reshape(shape), _WAITS_UNMEASURED) | np.isin(where, _IN_HAND)
    unmeasured = (verdict == Verdict.UNMEASURABLE.code) & no_start & unfinished & alive
    has_gone_on = _went_on(steps.passes.reshape(shape) > 0, procedure)
    return np.isin(verdict, _RUNNING) & alive, unmeasured & ~has_gone_on


def _went_on(has_pass: Bools, procedure: Procedure) -> Bools:
    """Whether a letter has a stamp at a step of part A that depends on this one."""
    later = np.zeros_like(has_pass)
    for step in procedure.part_a:
        later[:, step] = has_pass[:, procedure.dependents[step]].any(axis=1)
    return later


def _desk(live: LiveFacts, step: SopStep, runs: Bools, is_unmeasured: Bools, paused: set[tuple[int, int]]) -> AtDesk:
    at = STEP_INDEX[step.code]
    timed, others = np.flatnonzero(runs[:, at]), np.flatnonzero(is_unmeasured[:, at])
    timed = timed[np.argsort(-live.steps.elapsed[timed * STEP_COUNT + at], kind="stable")]
    others = others[np.argsort(live.received_on[others], kind="stable")]
    oldest = _time(live, int(timed[0]), at, paused) if len(timed) else None
    return AtDesk(step, np.concatenate([timed, others]), len(others), oldest)


def _time(live: LiveFacts, row: int, at: int, paused: set[tuple[int, int]]) -> DeskTime:
    place, target = row * STEP_COUNT + at, int(live.steps.target[row * STEP_COUNT + at])
    return DeskTime(
        Verdict.of(int(live.steps.verdict[place])),
        int(live.steps.elapsed[place]),
        None if target == MISSING else target,
        (int(live.request_ids[row]), at) in paused,
    )
