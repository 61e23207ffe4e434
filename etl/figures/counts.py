"""Facts counted by what the figures ask: settled ones counted in the mart, the others counted here, then one table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import compliance as questions
from data_access.mart.compliance import BEFORE, OTHER, PERIOD, Scope
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.sop.steps import STEP_CODES, STEP_COUNT
from etl.domain.verdict import Flag, Verdict
from etl.figures.live import LiveFacts

JUDGED = (Verdict.MET.code, Verdict.LATE.code, Verdict.OVERDUE.code)
BEYOND = (Verdict.LATE.code, Verdict.OVERDUE.code)
FINISHED = (Verdict.MET.code, Verdict.LATE.code, Verdict.NO_TARGET.code)
"""Verdicts of a finished step with a duration."""

PARTS, KINDS = 3, 16
"""Sizes of the tables: parts (the rest, the period, the one before) and more than any enumeration has members."""


@dataclass(frozen=True)
class Counts:
    """How many facts, as tables [part, step, code]: `verdicts`; of the judged ones `rules` (start rule) and `handover`
    (0 unknown, 1 within, 2 beyond the target); of the unmeasurable ones `reasons`. [part, step]: `over_seconds` of the
    late and overdue ones, `out_of_order`, `returned`. [month, step] of the trend: `trend_n`, `trend_met`."""

    verdicts: Ints
    reasons: Ints
    rules: Ints
    handover: Ints
    over_seconds: Ints
    out_of_order: Ints
    returned: Ints
    trend_n: Ints
    trend_met: Ints


Facts = dict[str, Ints]


def counts(mart: Snapshot, scope: Scope, live: LiveFacts, first_month: int) -> Counts:
    """All facts of the scope; the trend has twelve months from `first_month` (counted from January of year 0)."""
    stored, fresh = questions.step_counts(mart, scope), _live_facts(scope, live)
    facts = {name: np.concatenate([stored[name].astype(np.int64), fresh[name]]) for name in fresh}
    judged = np.isin(facts["verdict"], JUDGED)
    month = facts["month"] - first_month
    in_trend = judged & (month >= 0) & (month < 12)
    facts["trend"] = np.clip(month, 0, 11)
    return Counts(
        verdicts=_table(facts, "verdict", facts["n"]),
        reasons=_table(facts, "reason", facts["n"] * (facts["verdict"] == Verdict.UNMEASURABLE.code)),
        rules=_table(facts, "start_rule", facts["n"] * judged),
        handover=_table(facts, "handover", facts["n"] * judged),
        over_seconds=_sums(facts, facts["over_seconds"] * np.isin(facts["verdict"], BEYOND)),
        out_of_order=_sums(facts, facts["n"] * _has(facts, Flag.OUT_OF_ORDER)),
        returned=_sums(facts, facts["n"] * _has(facts, Flag.RETURNED)),
        trend_n=_months(facts, facts["n"] * in_trend),
        trend_met=_months(facts, facts["n"] * (in_trend & (facts["verdict"] == Verdict.MET.code))),
    )


def durations(mart: Snapshot, scope: Scope, live: LiveFacts) -> list[tuple[Ints, Ints]]:
    """For each of the thirteen steps the elapsed seconds of the measurable finished ones of the period, and how often
    each of them occurs; the same seconds may stand there twice."""
    stored = questions.measured_steps(mart, scope, FINISHED)
    here = _in_scope(scope, live) & (_part(scope, live.steps.belongs_on) == PERIOD)
    here &= np.isin(live.steps.verdict, FINISHED) & (live.steps.elapsed != MISSING)
    step = np.concatenate([stored["step"].astype(np.int64), _live_steps(live)[here]])
    seconds = np.concatenate([stored["seconds"].astype(np.int64), live.steps.elapsed[here]])
    times = np.concatenate([stored["n"].astype(np.int64), np.ones(int(here.sum()), np.int64)])
    order = np.argsort(step, kind="stable")
    edges = np.searchsorted(step[order], np.arange(STEP_COUNT + 1)).tolist()
    return [(seconds[order][low:high], times[order][low:high]) for low, high in pairwise(edges)]


def flagged(mart: Snapshot, scope: Scope, live: LiveFacts) -> list[Counter[Flag]]:
    """For each of the thirteen steps how many of the period, of whatever verdict, carry each suspicion."""
    wanted = sum(SUSPICIONS)
    here = _in_scope(scope, live) & (_part(scope, live.steps.belongs_on) == PERIOD)
    bits = live.steps.flags[here] & wanted
    kinds, counts = np.unique(np.stack([_live_steps(live)[here], bits], axis=1)[bits != 0], axis=0, return_counts=True)
    fresh = ((step, carried, count) for (step, carried), count in zip(kinds.tolist(), counts.tolist(), strict=True))
    found: list[Counter[Flag]] = [Counter() for _ in STEP_CODES]
    for step, carried, count in (*questions.flagged_steps(mart, scope, wanted), *fresh):
        found[step].update({flag: count for flag in SUSPICIONS if carried & flag})
    return found


def live_steps_of_period(scope: Scope, live: LiveFacts) -> tuple[Bools, Ints]:
    """Which facts that are not settled belong to the period and scope, and the step of each of all of them."""
    return _in_scope(scope, live) & (_part(scope, live.steps.belongs_on) == PERIOD), _live_steps(live)


def _live_steps(live: LiveFacts) -> Ints:
    return np.tile(np.arange(STEP_COUNT, dtype=np.int64), len(live))


def _in_scope(scope: Scope, live: LiveFacts) -> Bools:
    """Facts of the agency, room, steps and days asked for."""
    here = np.repeat(letters_in_scope(scope, live), STEP_COUNT)
    first, last = scope.span
    here &= (live.steps.belongs_on >= first) & (live.steps.belongs_on <= last)
    return here & np.isin(_live_steps(live), scope.steps) if scope.steps else here


def letters_in_scope(scope: Scope, live: LiveFacts) -> Bools:
    """Letters that are not settled, of the agency and room asked for."""
    here = np.ones(len(live), dtype=bool)
    for names, wanted in ((live.opd, scope.opd), (live.room, scope.room)):
        if wanted is not None:
            here &= names == wanted
    return here


def _part(scope: Scope, day: Ints) -> Ints:
    inside = [(day >= first) & (day <= last) for first, last in (scope.period, scope.before)]
    return np.select(inside, [PERIOD, BEFORE], OTHER).astype(np.int64)


def _live_facts(scope: Scope, live: LiveFacts) -> Facts:
    """The facts that are not settled in the form of `questions.step_counts`, one row each."""
    here, steps = _in_scope(scope, live), live.steps
    elapsed, target, handover = (values[here] for values in (steps.elapsed, steps.target, steps.handover))
    known, whole = (elapsed != MISSING) & (target != MISSING), (handover != MISSING) & (target != MISSING)
    return {
        "step": _live_steps(live)[here],
        "verdict": steps.verdict[here].astype(np.int64),
        "reason": steps.reason[here].astype(np.int64),
        "start_rule": steps.start_rule[here].astype(np.int64),
        "handover": np.where(whole, np.where(handover <= target, 1, 2), 0).astype(np.int64),
        "flags": steps.flags[here] & 7,
        "month": steps.belongs_on[here].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12,
        "part": _part(scope, steps.belongs_on[here]),
        "n": np.ones(int(here.sum()), dtype=np.int64),
        "over_seconds": np.where(known, np.maximum(np.where(known, elapsed - target, 0), 0), 0),
    }


def _has(facts: Facts, flag: Flag) -> Bools:
    return (facts["flags"] & flag.value) != 0


def _table(facts: Facts, kind: str, weight: Ints) -> Ints:
    """Sums of the weight by part, step and a code."""
    cell = (facts["part"] * STEP_COUNT + facts["step"]) * KINDS + facts[kind]
    return _sum_up(cell, weight, (PARTS, STEP_COUNT, KINDS))


def _sums(facts: Facts, weight: Ints) -> Ints:
    return _sum_up(facts["part"] * STEP_COUNT + facts["step"], weight, (PARTS, STEP_COUNT))


def _months(facts: Facts, weight: Ints) -> Ints:
    return _sum_up(facts["trend"] * STEP_COUNT + facts["step"], weight, (12, len(STEP_CODES)))


def _sum_up(cell: Ints, weight: Ints, shape: tuple[int, ...]) -> Ints:
    """Exact up to 2⁵³, which is 285 million years of seconds."""
    return np.bincount(cell, weight, int(np.prod(shape))).astype(np.int64).reshape(shape)
