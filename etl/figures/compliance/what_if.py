"""Are the targets realistic, and what if they or the settings were others: shares then, requests then, and the steps
that change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from data_access.mart import Snapshot
from data_access.mart import compliance as questions
from data_access.mart.compliance import Other, Words, first_received_open_at, letters_by_day
from data_access.mart.facts import Days, Facts, Scope, as_table
from data_access.mart.requests import letters_named
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.judge import letter_verdicts
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.what_if import Realism, always_met, ready_savings, realism, verdicts_if
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import median, share, wilson
from etl.domain.verdict import RequestVerdict, Verdict
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.filter import SlaFilter, resolve, scope_of
from etl.figures.live import facts_at, step_facts_by, step_facts_if
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from etl.settings.document import Settings

_MET, _LATE, _OVERDUE = Verdict.MET.code, Verdict.LATE.code, Verdict.OVERDUE.code
_WORDS = Words(_MET, _LATE, _OVERDUE, Verdict.ON_TRACK.code)


class Turn(StrEnum):
    """How a step would change; the value stands in the address."""

    TO_MET = "menjadi-tepat"
    TO_LATE = "menjadi-terlambat"
    GONE = "tidak-lagi-lewat"


_BEYOND = (_LATE, _OVERDUE)
_ABSENT = -1
"""Stands for the verdict of a step that is not in the period."""

_UNJUDGED = tuple(word.code for word in Verdict if word.code not in (_MET, *_BEYOND))
_TURNS: Mapping[Turn, tuple[Sequence[int], Sequence[int]]] = {
    Turn.TO_MET: ((_MET,), (_MET,)),
    Turn.TO_LATE: (_BEYOND, _BEYOND),
    Turn.GONE: ((_ABSENT, _MET, _LATE, *_UNJUDGED), (_ABSENT, *_UNJUDGED)),
}
"""By turn the verdicts that a step must not have now, and those of which it would have one."""

CHUNK = 4000
"""Letters judged at a time, or those of one day where it has more: memory is bounded by this."""

SHOWN = 5
"""So many letters of a turn are named, the newest ones."""

_NO_CHANGES = pd.DataFrame(
    {name: [] for name in ("request_id", "step", "month", "now", "then", "is_measured")}, dtype=np.int64
)


@dataclass(frozen=True)
class Counted:
    """Steps, or letters, judged: `n` of which `met`, with share and 95 % interval; both None for 0."""

    n: int
    met: int

    @property
    def share(self) -> float | None:
        """met ÷ n."""
        return share(self.met, self.n)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval."""
        return wilson(self.met, self.n)


@dataclass(frozen=True)
class StepIf:
    """One step now and with another target; `turns` counts the steps that would change."""

    step: str
    seconds: int
    now: Counted
    then: Counted
    turns: Mapping[Turn, int]


@dataclass(frozen=True)
class AlwaysMet:
    """Requests if one step had always met its target: `saved` of them in time instead of late, and the median of
    receipt to ready then, None for fewer than five."""

    step: str
    requests: Counted
    saved: int
    ready_median_seconds: float | None


@dataclass(frozen=True)
class WhatIf:
    """The whole answer. `steps`: those with another target. Of requests: now, with those targets, and step by step
    what had been without its lateness; `ready_n` letters with a known time from receipt to ready."""

    as_of: int
    filter: SlaFilter
    steps: tuple[StepIf, ...]
    requests_now: Counted
    requests_then: Counted
    always: tuple[AlwaysMet, ...]
    ready_n: int
    ready_median_seconds: float | None


@dataclass(frozen=True)
class Judgement:
    """What the numbers of a period say about one step's target."""

    step: StepFigure
    word: Realism
    p90_part: float | None
    """P90 as a part of the target; None where one is not known."""


@dataclass(frozen=True)
class VerdictTurn:
    """Steps that would have the verdict `then` instead of `now`, of how many letters, and some of these (year and
    agenda number)."""

    now: Verdict
    then: Verdict
    steps: int
    letters: int
    shown: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class JudgedAnew:
    """All steps and letters whose verdict would change, and the turns, the one with most steps first.

    `measured`: steps whose working seconds would be others, whatever their verdict; `figures`: steps of a month in
    which any of this changes.
    """

    steps: int
    letters: int
    turns: tuple[VerdictTurn, ...]
    measured: int = 0
    figures: int = 0


def judgements(figures: SlaFigures, wanted: float) -> tuple[Judgement, ...]:
    """For each step that has a target, whether it is realistic; `wanted` is the share that counts as well kept."""
    return tuple(_judgement(step, wanted) for step in figures.steps if step.target_seconds is not None)


def _judgement(step: StepFigure, wanted: float) -> Judgement:
    word = realism(step.n, step.interval, step.p90_seconds, step.target_seconds, wanted)
    part = None if step.p90_seconds is None or not step.target_seconds else step.p90_seconds / step.target_seconds
    return Judgement(step, word, part)


def what_if(office: Office, filter_: SlaFilter, targets: Mapping[str, int], as_of: int) -> WhatIf:
    """The period with these targets (seconds by step code) instead of its own.

    FilterError for an agency, room or step that does not exist.
    """
    filter_ = resolve(office, filter_)
    facts = facts_at(office, as_of)
    sop = office.sop.version_for(filter_.period.last)
    letters = _letters(facts, filter_, sop)
    now = letter_verdicts(letters.verdict, letters.is_ready)
    other = np.array([targets.get(code, MISSING) for code in sop.judged_steps], dtype=np.int64)
    wanted = verdicts_if(letters.verdict, letters.elapsed, np.broadcast_to(other, letters.elapsed.shape))
    then = letter_verdicts(wanted, letters.is_ready)
    saved = ready_savings(sop, letters.verdict, letters.elapsed, letters.target, letters.finished_at, office.calendar)
    return WhatIf(
        as_of=as_of,
        filter=filter_,
        steps=_steps(office, facts, as_of, filter_, targets) if targets else (),
        requests_now=_counted(now),
        requests_then=_counted(then),
        always=tuple(_always(letters, now, saved, column, step) for column, step in enumerate(sop.judged_steps)),
        ready_n=int((letters.ready != MISSING).sum()),
        ready_median_seconds=median(letters.ready),
    )


def changing_steps(
    office: Office, filter_: SlaFilter, step: str, seconds: int, turn: Turn, page: int, size: int, as_of: int
) -> tuple[pd.DataFrame, int]:
    """One page (from 1) of the steps that would change with another target, the last one when there are not so many
    pages; and how many steps there are in all."""
    filter_ = resolve(office, filter_)
    facts, targets = facts_at(office, as_of), {step: seconds}
    scope, other = _scope(filter_, targets), _other(office, facts, as_of, targets)
    avoided, wanted = _TURNS[turn]
    (changed,) = _steps(office, facts, as_of, filter_, targets)
    total = changed.turns[turn]
    offset = min(page - 1, max(total - 1, 0) // size) * size
    rows = questions.steps_if(facts, scope, _WORDS, other, now=avoided, then=wanted, limit=size, offset=offset)
    return rows, total


def _scope(filter_: SlaFilter, targets: Mapping[str, int]) -> Scope:
    return replace(scope_of(filter_), steps=tuple(STEP_INDEX[code] for code in STEP_CODES if code in targets))


def _other(office: Office, facts: Facts, as_of: int, targets: Mapping[str, int]) -> Other:
    by_step = {STEP_INDEX[code]: seconds for code, seconds in targets.items()}
    judged = step_facts_if(office, as_of, by_step, facts.mart)
    seconds = np.array([by_step.get(step, MISSING) for step in range(STEP_COUNT)], dtype=np.int64)
    wanted = as_table({"step": np.arange(STEP_COUNT, dtype=np.int8), "seconds": seconds}, "step_fact")
    return Other(judged.step_table, wanted)


def _steps(
    office: Office, facts: Facts, as_of: int, filter_: SlaFilter, targets: Mapping[str, int]
) -> tuple[StepIf, ...]:
    other = _other(office, facts, as_of, targets)
    counts = questions.counts_if(facts, _scope(filter_, targets), _WORDS, other)
    return tuple(
        _step(code, targets[code], [_known(row) for row in counts if row[0] == STEP_INDEX[code]])
        for code in STEP_CODES
        if code in targets
    )


def _known(row: Sequence[Any]) -> tuple[int, int, int]:
    """Verdict now, verdict then, how many."""
    now, then = (_ABSENT if verdict is None else verdict for verdict in row[1:3])
    return now, then, row[3]


def _step(code: str, seconds: int, rows: Sequence[tuple[int, int, int]]) -> StepIf:
    def counted(side: int) -> Counted:
        judged = sum(row[2] for row in rows if row[side] in (_MET, *_BEYOND))
        return Counted(judged, sum(row[2] for row in rows if row[side] == _MET))

    turns = {
        turn: sum(n for now, then, n in rows if now not in avoided and then in wanted)
        for turn, (avoided, wanted) in _TURNS.items()
    }
    return StepIf(code, seconds, counted(0), counted(1), turns)


@dataclass(frozen=True)
class _Letters:
    """The letters that are judged in the period: matrices (letters, 7), and receipt to ready."""

    verdict: Codes
    elapsed: Ints
    target: Ints
    finished_at: Ints
    is_ready: Bools
    ready: Ints


def _letters(facts: Facts, filter_: SlaFilter, sop: SopVersion) -> _Letters:
    columns = tuple(STEP_INDEX[code] for code in sop.judged_steps)
    rows = questions.steps_of_judged_letters(facts, replace(scope_of(filter_), steps=columns))
    verdict, elapsed, target, finished_at, ready_on, ready = (
        rows[name].reshape(-1, len(columns))
        for name in ("verdict", "elapsed_seconds", "target_seconds", "finished_at", "ready_on", "ready_seconds")
    )
    return _Letters(verdict, elapsed, target, finished_at, ready_on[:, 0] != MISSING, ready[:, 0])


def _counted(verdict: Codes) -> Counted:
    on_time = int((verdict == RequestVerdict.ON_TIME.code).sum())
    return Counted(on_time + int((verdict == RequestVerdict.LATE.code).sum()), on_time)


def _always(letters: _Letters, now: Codes, saved: Ints, column: int, step: str) -> AlwaysMet:
    then = letter_verdicts(always_met(letters.verdict, column), letters.is_ready)
    late, on_time = RequestVerdict.LATE.code, RequestVerdict.ON_TIME.code
    known = letters.ready != MISSING
    ready = np.maximum(letters.ready[known] - saved[known, column], 0)
    return AlwaysMet(
        step=step,
        requests=_counted(then),
        saved=int(((now == late) & (then == on_time)).sum()),
        ready_median_seconds=median(ready),
    )


def judged_anew(office: Office, settings: Settings, as_of: int) -> JudgedAnew:
    """What would change at `as_of` if these settings were in force. Raises RuleError for a calendar that cannot be."""
    if not office.mart.exists():
        return JudgedAnew(0, 0, ())
    mart, rules = office.mart.read(), (office.rules(), office.rules_by(settings))
    parts = [_changes(mart, rules, as_of, days) for days in _parts(mart, _days_between(mart, *rules, as_of))]
    changes = pd.concat(parts) if parts else _NO_CHANGES
    turned = changes[changes["now"] != changes["then"]]
    turns = [_verdict_turn(mart, now, then, rows) for (now, then), rows in turned.groupby(["now", "then"])]
    ordered = sorted(turns, key=lambda turn: (-turn.steps, turn.now.code, turn.then.code))
    measured, figures = int(changes["is_measured"].sum()), len(changes[["step", "month"]].drop_duplicates())
    return JudgedAnew(len(turned), turned["request_id"].nunique(), tuple(ordered), measured, figures)


def _days_between(mart: Snapshot, now: Rules, then: Rules, as_of: int) -> Days | None:
    """Days of receipt of the letters that the rules may judge differently; None where there are none.

    Up to today: a letter of a later day is not here yet.
    """
    today = now.calendar.day_of(as_of)
    days = [
        (min(pair, default=today + 1), max(pair) - 1 if len(pair) == 2 else today)
        for pair in map(_days_known, now.first_handover_on, then.first_handover_on)
    ]
    other = _first_other_day(now, then)
    if other <= today:
        opened = int(now.calendar.day_start(np.array([max(other, now.calendar.days.first)]))[0])
        first = first_received_open_at(mart, opened)
        days.append((today + 1 if first is None else first, today))
    spans = [(first, min(last, today)) for first, last in days if first <= min(last, today)]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _first_other_day(now: Rules, then: Rules) -> int:
    """The first local day from which hours or the steps that are done differ; a day beyond all where none does.

    A letter that was settled before it is judged alike by both rules.
    """
    off = [step.first for step in {*now.step_off} ^ {*then.step_off}]
    return min([_first_other_hours(now.calendar, then.calendar), *off])


def _first_other_hours(now: WorkCalendar, then: WorkCalendar) -> int:
    if now is then:
        return NEVER
    hours = [np.column_stack([one.spans.start, one.spans.end, one.spans.day]) for one in (now, then)]
    spans, times = np.unique(np.concatenate(hours), axis=0, return_counts=True)
    other = spans[times == 1, 2]
    return int(other.min()) if len(other) else NEVER


def _days_known(*days: np.int64) -> list[int]:
    return [int(day) for day in days if day != MISSING]


def _parts(mart: Snapshot, days: Days | None) -> Iterator[Days]:
    """The days in parts of about CHUNK letters each; days without a letter are left out."""
    if days is None:
        return
    letters = letters_by_day(mart, days)
    part = np.cumsum(letters["n"]) // CHUNK
    for number in np.unique(part):
        own = letters["received_on"][part == number]
        yield int(own[0]), int(own[-1])


def _changes(mart: Snapshot, rules: tuple[Rules, Rules], as_of: int, received: Days) -> pd.DataFrame:
    """One row a step that changes: request_id, step, month it belongs to, codes of the verdicts `now` and `then`, and
    whether its working seconds change."""
    now, then = step_facts_by(mart, rules, as_of, received)
    steps = {
        "request_id": np.repeat(now.request_ids, STEP_COUNT),
        "step": np.tile(np.arange(STEP_COUNT), len(now)),
        "month": now.steps.belongs_on.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64),
        "now": now.steps.verdict,
        "then": then.steps.verdict,
        "is_measured": now.steps.elapsed != then.steps.elapsed,
    }
    rows = pd.DataFrame(steps)
    return rows[(rows["now"] != rows["then"]) | rows["is_measured"]]


def _verdict_turn(mart: Snapshot, now: int, then: int, rows: pd.DataFrame) -> VerdictTurn:
    ids = np.unique(rows["request_id"])
    named = letters_named(mart, ids[-SHOWN:].tolist())
    shown = tuple((int(row["year"]), str(row["agenda_number"])) for _, row in sorted(named.items(), reverse=True))
    return VerdictTurn(Verdict.of(int(now)), Verdict.of(int(then)), len(rows), len(ids), shown)
