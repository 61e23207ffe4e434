"""What is read from the compliance figures and beside them: how they differ from the period before, where lateness
comes from, roles and agencies, the order of the steps, waiting and work apart, one step month by month; and the
document of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data_access.mart import compliance as questions
from data_access.mart.compliance import step_counts
from data_access.mart.facts import Facts, Scope
from data_access.mart.requests import letters_named
from etl.domain.compliance.suspicion import MISTYPED, UNSURE_TIME
from etl.domain.frames import Ints
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_TO_SAY, Xmr, coverage, median, newcombe, share, wilson, xmr
from etl.domain.verdict import Assessment, Flag, MonitoringRule, Verdict
from etl.figures.compliance.definitions import (
    ALL_STEPS,
    BEYOND,
    FINISHED,
    JUDGED_WORDS,
    OUT_OF_ORDER,
    RETURNED,
    SKIPPED,
    WAITED,
    sum_up,
)
from etl.figures.compliance.steps import SlaFigures, StepFigure, plain, sla_figures, sla_json
from etl.figures.facilities.checks import b5_figure, b5_json
from etl.figures.filter import SlaFilter, known_steps, month_period, resolve, scope_of
from etl.figures.live import facts_at
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_INDEX

REQUESTS, READY = "requests", "ready"
"""Stand where a step code stands, for letters wholly on time and for letters ready before their event."""


@dataclass(frozen=True)
class Comparison:
    """The share of one thing in the period and in the one before: `part` of `n` and `earlier_part` of `earlier_n`.

    `difference` of the shares (0.05 = five points) with its 95 % `interval` (Newcombe 1998); `is_within_chance`: the
    interval holds 0. All three None when one of the two periods judged nothing.
    """

    what: str
    part: int
    n: int
    earlier_part: int
    earlier_n: int
    difference: float | None
    interval: tuple[float, float] | None
    is_within_chance: bool | None


@dataclass(frozen=True)
class Lateness:
    """One step's part of all time over target, of its `late` steps (overdue ones too); `share` of the office's steps
    together, `cumulative` with those before it."""

    step: str
    late: int
    over_seconds: int
    share: float
    cumulative: float


def comparisons(figures: SlaFigures) -> tuple[Comparison, ...]:
    """Each step with a target, all steps, whole letters and letters ready before their event, against the period
    before."""
    return tuple(comparison(*row) for row in _compared(figures))


def _compared(figures: SlaFigures) -> Iterator[tuple[str, int, int, int, int]]:
    for now, then in zip(figures.steps, figures.previous_steps, strict=True):
        if now.target_seconds is not None:
            yield now.step, now.met, now.n, then.met, then.n
    whole, before = figures.all_steps, figures.previous_all_steps
    yield ALL_STEPS, whole.met, whole.n, before.met if before else 0, before.n if before else 0
    letters, earlier = figures.requests, figures.previous_requests
    yield REQUESTS, letters.on_time, letters.n, earlier.on_time, earlier.n
    ready, earlier_ready = figures.ready, figures.previous_ready
    yield READY, ready.before, ready.n, earlier_ready.before, earlier_ready.n


def comparison(what: str, part: int, n: int, earlier_part: int, earlier_n: int) -> Comparison:
    """Two shares beside each other."""
    interval = newcombe(part, n, earlier_part, earlier_n)
    difference = None if interval is None else part / n - earlier_part / earlier_n
    is_chance = None if interval is None else bool(interval[0] <= 0 <= interval[1])
    return Comparison(what, part, n, earlier_part, earlier_n, difference, interval, is_chance)


def change(figures: SlaFigures) -> Comparison | None:
    """How the share of all steps differs from the period before; None when one of the two judged nothing."""
    all_steps = next(row for row in comparisons(figures) if row.what == ALL_STEPS)
    return all_steps if all_steps.difference is not None else None


def month_change(figures: SlaFigures, today: date) -> Comparison:
    """How the share of all steps in the month of `today` differs from that in the month before; both lie within the
    twelve months of the figures, or have nothing."""
    month = month_period(today.year, today.month)
    by_month = {point.month: (point.met, point.n) for point in figures.trend[ALL_STEPS]}
    now, before = (by_month.get(f"{of.first:%Y-%m}", (0, 0)) for of in (month, month.previous()))
    return comparison(ALL_STEPS, *now, *before)


def telling_month(figures: SlaFigures, today: date) -> date:
    """A day of the month to speak of: that of `today`, or the one before while this one has too few judged steps to say
    anything and that one has enough."""
    compared = month_change(figures, today)
    is_early = compared.n < FEWEST_TO_SAY <= compared.earlier_n
    return month_period(today.year, today.month).previous().last if is_early else today


def in_need_of_a_word(figures: SlaFigures, rule: MonitoringRule) -> StepFigure | None:
    """Of the office's steps that do not go well by the rule of the monitoring form the one with the most time over its
    target; None where none is known to."""
    steps = {step.step: step for step in figures.steps}
    late = (steps[part.step] for part in lateness(figures))
    return next((step for step in late if _assessed(step, rule) is Assessment.NOT_WELL), None)


def is_any_assessed(figures: SlaFigures, rule: MonitoringRule) -> bool:
    """Whether the rule can say of any of the office's steps how it goes."""
    office = (step for step in figures.steps if step.step in figures.office_steps)
    return any(_assessed(step, rule) is not Assessment.UNKNOWN for step in office)


def _assessed(step: StepFigure, rule: MonitoringRule) -> Assessment:
    return rule.assess(step.share, step.n, step.coverage)


def lateness(figures: SlaFigures) -> tuple[Lateness, ...]:
    """The office's steps that were over their target, the largest part first; without those of the OPD. Steps with too
    few judged to be ranked come last."""
    over = [step for step in figures.steps if step.step in figures.office_steps and step.over_seconds > 0]
    over.sort(key=lambda step: (step.n < FEWEST_TO_SAY, -step.over_seconds))
    sums = list(accumulate(step.over_seconds for step in over))
    return tuple(
        Lateness(
            step.step,
            step.late + step.overdue,
            step.over_seconds,
            share(step.over_seconds, sums[-1]) or 0.0,
            share(up_to, sums[-1]) or 0.0,
        )
        for step, up_to in zip(over, sums, strict=True)
    )


def largest(figures: SlaFigures) -> Lateness | None:
    """The step with the largest part of lateness; None where none has enough judged to be ranked."""
    ranked = _ranked(figures)
    return next((part for part in lateness(figures) if part.step in ranked), None)


def _ranked(figures: SlaFigures) -> dict[str, int]:
    """Time over target of the office's steps with enough judged to be ranked."""
    office = (step for step in figures.steps if step.step in figures.office_steps)
    return {step.step: step.over_seconds for step in office if step.n >= FEWEST_TO_SAY}


@dataclass(frozen=True)
class Decider:
    """The one letter on which it rests which step is the largest source of lateness: it has more than half of that
    step's time over target, or without it another step is the largest. `step` and its `share` are what is said without
    it, None where nothing is left to say. `doubts`: step and flag of what makes its time doubtful."""

    year: int
    agenda_number: str
    over_seconds: int
    step: str | None
    share: float | None
    doubts: tuple[tuple[str, Flag], ...] = ()


def decider(office: Office, figures: SlaFigures) -> Decider | None:
    """The letter that decides the largest source of lateness, of several the one with the most time over target in it;
    None where none does."""
    worst, ranked = largest(figures), _ranked(figures)
    if worst is None:
        return None
    facts = facts_at(office, figures.as_of)
    for letter, own in _most_late(facts, figures, worst, ranked):
        left = {code: seconds - own.get(code, 0) for code, seconds in ranked.items()}
        first = max(left, key=left.__getitem__)
        if first != worst.step or own[first] * 2 > worst.over_seconds:
            named = letters_named(facts.mart, [letter])[letter]
            rest = sum(part.over_seconds - own.get(part.step, 0) for part in lateness(figures))
            said = (first, left[first] / rest) if left[first] else (None, None)
            doubts = _doubts(facts, letter, figures.version, worst.step)
            return Decider(named["year"], named["agenda_number"], own[worst.step], *said, doubts)
    return None


def _doubts(facts: Facts, letter: int, sop: SopVersion, code: str) -> tuple[tuple[str, Flag], ...]:
    """The flags that make the time of a letter at a step doubtful: its own, and of the steps before it their dates,
    from which its time may begin."""
    bits = {STEP_CODES[step]: flags for step, flags in questions.flags_of_letter(facts, letter)}
    asked = [(before, MISTYPED) for before in sop.step(code).follows] + [(code, UNSURE_TIME)]
    return tuple((step, flag) for step, flags in asked for flag in flags if bits.get(step, 0) & flag)


def _most_late(
    facts: Facts, figures: SlaFigures, worst: Lateness, ranked: Mapping[str, int]
) -> list[tuple[int, dict[str, int]]]:
    """The letters that may decide it, with their time over target by step, the most in the worst step first."""
    second = max((over for code, over in ranked.items() if code != worst.step), default=0)
    least = max(1, min(worst.over_seconds - second, worst.over_seconds // 2))
    scope = replace(scope_of(figures.filter), steps=tuple(STEP_INDEX[code] for code in figures.office_steps))
    over: dict[int, dict[str, int]] = {}
    for letter, step, seconds in questions.over_by_letter(facts, scope, BEYOND, STEP_INDEX[worst.step], least):
        over.setdefault(letter, {})[STEP_CODES[step]] = seconds
    return sorted(over.items(), key=lambda pair: (-pair[1][worst.step], pair[0]))


@dataclass(frozen=True)
class RoleFigure:
    """The steps of one role together, as in `StepFigure`; `steps` are those of it that are asked for."""

    role: str
    actor: str
    steps: tuple[str, ...]
    n: int
    met: int
    late: int
    share: float | None
    interval: tuple[float, float] | None
    coverage: float | None
    over_seconds: int


def roles(figures: SlaFigures, sop: SopVersion) -> tuple[RoleFigure, ...]:
    """The roles in the order in which the SOP first names them; steps without a target are not counted."""
    by_role: dict[str, list[StepFigure]] = {}
    for step in figures.steps:
        if step.target_seconds is not None:
            by_role.setdefault(sop.step(step.step).role, []).append(step)
    return tuple(_role(role, steps, sop) for role, steps in by_role.items())


def _role(role: str, steps: Sequence[StepFigure], sop: SopVersion) -> RoleFigure:
    def total(name: str) -> int:
        return sum(getattr(step, name) for step in steps)

    unknown = sum(sum(step.unmeasurable.values()) for step in steps)
    return RoleFigure(
        role=role,
        actor=sop.step(steps[0].step).actor,
        steps=tuple(step.step for step in steps),
        **_judged(total("met"), total("late"), total("overdue"), unknown, total("skipped")),
        over_seconds=total("over_seconds"),
    )


def _judged(met: int, late: int, overdue: int, unknown: int, skipped: int) -> dict[str, Any]:
    """What follows from counts by verdict, by the names of the fields; overdue ones are late."""
    n = met + late + overdue
    return {
        "n": n,
        "met": met,
        "late": late + overdue,
        "share": share(met, n),
        "interval": wilson(met, n),
        "coverage": coverage(met, late, overdue, unknown, skipped),
    }


_JUDGED = [word.code for word in JUDGED_WORDS]
_BEYOND = (Verdict.LATE.code, Verdict.OVERDUE.code)
_KINDS = len(Verdict)


@dataclass(frozen=True)
class Wait:
    """Finished steps of one kind with a recorded start and a known hand-over before it: `n` of them, the seconds that
    they lay waiting and the seconds of work, summed."""

    step: str
    n: int
    waiting_seconds: int
    working_seconds: int


@dataclass(frozen=True)
class Order:
    """Letters with a step in the period that was passed over, was begun before its predecessor's finish, or was done
    more than once; `letters` have any of the three."""

    skipped: int
    out_of_order: int
    repeated: int
    letters: int


class OrderRow(NamedTuple):
    """Steps of one kind that were not in order, or all letters with such a step (`step` "")."""

    step: str
    skipped: int
    out_of_order: int
    repeated: int


def order_rows(figures: SlaFigures, order: Order) -> list[OrderRow]:
    """The steps, then the letters concerned: one letter may have several steps."""
    steps = [OrderRow(step.step, step.skipped, step.out_of_order, step.returned) for step in figures.steps]
    return [*steps, OrderRow("", order.skipped, order.out_of_order, order.repeated)]


@dataclass(frozen=True)
class Agency:
    """One agency: the office's steps for its letters as in `StepFigure`, `own_` those in its own time.

    `n` = met + late steps (overdue ones are late), `interval` the 95 % Wilson interval of `share`.
    """

    opd: str
    n: int
    met: int
    late: int
    share: float | None
    interval: tuple[float, float] | None
    coverage: float | None
    over_seconds: int
    own_n: int
    own_met: int
    own_share: float | None


@dataclass(frozen=True)
class SlaDetail:
    """All of it; `waits` only of steps with any, `agencies` the one with the most judged steps first."""

    order: Order
    waits: tuple[Wait, ...]
    agencies: tuple[Agency, ...]


def sla_detail(office: Office, filter_: SlaFilter, as_of: int) -> SlaDetail:
    """The detail of a period at a moment; errors as of `sla_figures`."""
    filter_ = resolve(office, filter_)
    facts, scope = facts_at(office, as_of), scope_of(filter_)
    own = tuple(STEP_INDEX[code] for code in office.sop.version_for(filter_.period.last).opd_steps)
    order = Order(*questions.letters_with(facts, scope, (SKIPPED, OUT_OF_ORDER, RETURNED)))
    return SlaDetail(order, _waits(facts, scope), _agencies(facts, scope, own))


def _waits(facts: Facts, scope: Scope) -> tuple[Wait, ...]:
    sums = ("waiting_seconds", "elapsed_seconds")
    rows = questions.step_counts(facts, scope, WAITED, by=("step",), sums=sums)
    columns = (sum_up(rows["step"], rows[name], (len(STEP_CODES),)).tolist() for name in ("n", *sums))
    return tuple(Wait(*row) for row in zip(STEP_CODES, *columns, strict=True) if row[1])


def _agencies(facts: Facts, scope: Scope, own: tuple[int, ...]) -> tuple[Agency, ...]:
    """`own` are the steps of the agencies themselves."""
    rows = questions.step_counts(facts, scope, by=("opd", "step", "verdict"), sums=("over_seconds",))
    is_own, verdict = np.isin(rows["step"], own), rows["verdict"]
    place, names = pd.factorize(rows["opd"], sort=True)
    counts = sum_up((place * 2 + is_own) * _KINDS + verdict, rows["n"], (len(names), 2, _KINDS))
    late = sum_up(place, rows["over_seconds"] * (~is_own & np.isin(verdict, _BEYOND)), (len(names),))
    agencies = [_agency(str(name), counts[at], int(late[at])) for at, name in enumerate(names) if name]
    return tuple(
        sorted((agency for agency in agencies if agency.n + agency.own_n), key=lambda agency: (-agency.n, agency.opd))
    )


def _agency(opd: str, counts: Ints, over_seconds: int) -> Agency:
    """From the counts (office or own, verdict)."""
    words = (Verdict.MET, Verdict.LATE, Verdict.OVERDUE, Verdict.UNMEASURABLE, Verdict.SKIPPED)
    own_n, own_met = int(counts[1, _JUDGED].sum()), int(counts[1, Verdict.MET.code])
    return Agency(
        opd=opd,
        **_judged(*(int(counts[0, word.code]) for word in words)),
        over_seconds=over_seconds,
        own_n=own_n,
        own_met=own_met,
        own_share=share(own_met, own_n),
    )


CONTROL_MONTHS = 24
"""Months of a control chart, the one of the period's last day included."""


@dataclass(frozen=True)
class ControlPoint:
    """One month ("YYYY-MM") with at least five finished steps: their median, and whether it is a signal."""

    month: str
    n: int
    median_seconds: float
    is_beyond: bool
    is_run: bool


@dataclass(frozen=True)
class ControlChart:
    """Months of one step in order, those with fewer than five finished steps left out (`left_out`: month and how many).

    Centre and limits in seconds, None while there are too few points for them.
    """

    step: str
    points: tuple[ControlPoint, ...]
    left_out: tuple[tuple[str, int], ...]
    centre: float | None
    lower: float | None
    upper: float | None

    @property
    def medians(self) -> list[float]:
        """Of its points, in seconds."""
        return [point.median_seconds for point in self.points]

    @property
    def ranges(self) -> list[float]:
        """By how much each median but the first differs from the one before it."""
        return [abs(later - earlier) for earlier, later in pairwise(self.medians)]

    def is_slow(self, point: ControlPoint) -> bool:
        """Whether a point lies above the centre: a signal there is worse, one below it better."""
        return self.centre is not None and point.median_seconds > self.centre

    @property
    def few(self) -> int:
        """How many months are left out."""
        return len(self.left_out)


def control_chart(office: Office, filter_: SlaFilter, as_of: int, step: str) -> ControlChart:
    """The chart of a step for the agency and room asked for, up to the month of the period's last day.

    FilterError for what does not exist.
    """
    filter_ = resolve(office, filter_)
    (code,) = known_steps([step])
    medians = _medians(facts_at(office, as_of), filter_, STEP_INDEX[code])
    known = [(month, n, value) for month, n, value in medians if value is not None]
    chart = xmr([value for _, _, value in known])
    return ControlChart(
        step=code,
        points=_points(known, chart),
        left_out=tuple((month, n) for month, n, value in medians if value is None and n > 0),
        centre=chart.centre if chart else None,
        lower=chart.lower if chart else None,
        upper=chart.upper if chart else None,
    )


def _medians(facts: Facts, filter_: SlaFilter, step: int) -> list[tuple[str, int, float | None]]:
    """Month, number of durations and their median, None for fewer than five."""
    span = filter_.period.months_before(CONTROL_MONTHS)
    scope = replace(scope_of(filter_, span), steps=(step,))
    rows = step_counts(facts, scope, FINISHED, by=("belongs_month", "elapsed_seconds"))
    month, seconds = (np.repeat(rows[name], rows["n"]) for name in ("belongs_month", "elapsed_seconds"))
    first = span.first.year * 12 + span.first.month - 1
    order = np.argsort(month, kind="stable")
    edges = np.searchsorted(month[order], np.arange(first, first + CONTROL_MONTHS + 1))
    groups = [seconds[order][low:high] for low, high in pairwise(edges.tolist())]
    return [(name, len(group), median(group)) for name, group in zip(span.months(), groups, strict=True)]


def _points(known: list[tuple[str, int, float]], chart: Xmr | None) -> tuple[ControlPoint, ...]:
    if chart is None:
        return tuple(ControlPoint(*point, is_beyond=False, is_run=False) for point in known)
    rows = zip(known, chart.is_beyond.tolist(), chart.is_run.tolist(), strict=True)
    return tuple(ControlPoint(*point, is_beyond, is_run) for point, is_beyond, is_run in rows)


def sla_document(office: Office, filter_: SlaFilter, as_of: int) -> dict[str, Any]:
    """`sla_json` with `comparison`, `lateness`, `lateness_decided_by` (the letter, or null), `sequence` (the steps by
    kind of departure from their order, and in `requests` the letters concerned), `waiting`, `by_role` and `by_opd`; a
    step without a target has `checks`: the sessions held, those checked, those in good condition."""
    figures, detail = sla_figures(office, filter_, as_of), sla_detail(office, filter_, as_of)
    sop = figures.version
    document, applied = sla_json(office, figures), figures.filter
    checks = b5_json(b5_figure(office, applied.period, as_of, room=applied.room, opd=applied.opd))
    checked = sop.step_with(Meaning.CHECKED)
    for row in (*document["steps"], document["all_steps"]):
        row["flagged"] = row["flags"]
    by_checks = [step for step in document["steps"] if step["step"] == checked and step["target_seconds"] is None]
    for step in by_checks:
        step["checks"] = checks
    return document | {
        "comparison": [plain(figure) for figure in comparisons(figures)],
        "lateness": [plain(figure) for figure in lateness(figures)],
        "lateness_decided_by": (one := decider(office, figures)) and plain(one),
        "sequence": {
            "requests": plain(detail.order),
            "steps": [row._asdict() for row in order_rows(figures, detail.order) if row.step],
        },
        "waiting": [plain(figure) for figure in detail.waits],
        "by_role": [plain(figure) for figure in roles(figures, sop)],
        "by_opd": [plain(figure) for figure in detail.agencies],
    }
