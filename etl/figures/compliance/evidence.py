"""What a compliance figure was counted from: the kinds of facts with their numbers, and the rows of each.

The same facts as in `etl.figures.sla`, counted by statements of their own: the numerator and the denominator are what
the listed rows add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.mart import Snapshot
from data_access.mart import evidence as questions
from data_access.mart.evidence import BehindScope, StepKind
from etl.domain.sop.versions import OFFICE_STEPS, OPD_STEPS, SopVersion
from etl.domain.statistics import percentile, share
from etl.domain.units import day_number
from etl.domain.verdict import STEP_CODES, STEP_INDEX, Reason, RequestVerdict, StartRule, Verdict
from etl.figures.compliance.steps import ALL_STEPS
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.period import FilterError, SlaFilter, resolve
from etl.figures.requests.work_list import own_opd

if TYPE_CHECKING:
    from etl.office import Office

ROWS = 25
"""Rows on one page."""

MEASURED = "measured"
"""Name of the part that holds the known durations of a percentile."""

UNTIMED = "untimed"
"""Name of the part of letters that got ready without a known duration."""


class Figure(StrEnum):
    """Which figure is explained; the value stands in the address."""

    SHARE = "tepat-waktu"
    COVERAGE = "cakupan"
    BOUNDS = "batas"
    MEDIAN = "median"
    P90 = "p90"
    HANDOVER = "sejak-diserahkan"
    LATENESS = "kelebihan"
    WAITING = "menunggu"
    REQUESTS = "permohonan"
    READY = "siap"
    EVENT = "sebelum-kegiatan"


PERCENTILE = {Figure.MEDIAN: 50, Figure.P90: 90, Figure.READY: 50}
OF_LETTERS = (Figure.REQUESTS, Figure.READY, Figure.EVENT)
"""Figures whose rows are letters; those of the others are steps."""

BEFORE, AFTER, UNSURE, UNBOOKED = "before", "after", "unsure", "unbooked"
"""Names of the parts of letters that got ready, against their event."""

_HANDOVER = "handover"
_BEYOND = (Verdict.LATE, Verdict.OVERDUE)
_JUDGED = (Verdict.MET, Verdict.LATE, Verdict.OVERDUE)
_UNJUDGED = (Verdict.UNMEASURABLE, Verdict.SKIPPED)
_FINISHED = (Verdict.MET, Verdict.LATE, Verdict.NO_TARGET)
_TIMED = (Verdict.MET, Verdict.LATE)
_LAIN, _WORKED, _UNSTAMPED = "wait.waiting", "wait.working", "wait.unknown"
"""Names of the parts of steps with both stamps, waiting and working, and of those without."""


@dataclass(frozen=True)
class Reference:
    """One figure of a period: of a step, of several ("A6,B2"), or of all the office's ("all"); letters have none."""

    figure: Figure
    filter: SlaFilter
    step: str = ALL_STEPS


@dataclass(frozen=True)
class Part:
    """Rows of one kind. `name` stands in the address: `met`, `unmeasurable.date_only`, `on_time`, `measured`.

    `counts_above` and `counts_below`: whether they are in the numerator and in the denominator; what is in neither was
    left out. Of a percentile the rows that it is taken of count below. `seconds`: what is summed of these rows, where
    a figure is made of sums.
    """

    name: str
    n: int
    counts_above: bool = False
    counts_below: bool = False
    seconds: int | None = None

    @property
    def is_left_out(self) -> bool:
        """Whether the figure was made without these rows."""
        return not (self.counts_above or self.counts_below)


@dataclass(frozen=True)
class Why:
    """The explanation of a figure: `value` a share 0–1 or seconds, None where there is nothing to say.

    `numerator` and `denominator` are rows, or seconds of a figure that is made of sums. `around`: of a percentile the
    places (from 1) and seconds of the two rows between which it lies.
    """

    reference: Reference
    as_of: int
    sop: SopVersion
    parts: tuple[Part, ...]
    value: float | None
    around: tuple[tuple[int, int], ...] = ()

    @property
    def only_step(self) -> str | None:
        """The code of the step when the figure is of a single one."""
        return self.reference.step if self.reference.step in STEP_INDEX else None

    @cached_property
    def numerator(self) -> int:
        """What counts above the line."""
        return sum(_amount(part) for part in self.parts if part.counts_above)

    @cached_property
    def denominator(self) -> int:
        """What counts below the line."""
        return sum(_amount(part) for part in self.parts if part.counts_below)

    @cached_property
    def bounds(self) -> tuple[float, float] | None:
        """The share if all that could not be judged had been late, and if all had been in time; None without a judged
        step. Only of `Figure.BOUNDS`."""
        unknown = sum(part.n for part in self.parts if is_unjudged(part.name))
        if self.denominator == unknown:
            return None
        return self.numerator / self.denominator, (self.numerator + unknown) / self.denominator

    def part(self, name: str) -> Part | None:
        """The part of that name; None when it has no rows."""
        return next((part for part in self.parts if part.name == name and part.n), None)


def _amount(part: Part) -> int:
    return part.n if part.seconds is None else part.seconds


def is_unjudged(name: str) -> bool:
    """Whether a part holds steps that should have been judged and could not be."""
    return name.partition(".")[0] in {word.value.lower() for word in _UNJUDGED}


@dataclass(frozen=True)
class _Asked:
    """A reference with the facts it is about."""

    reference: Reference
    mart: Snapshot
    live: LiveFacts
    scope: BehindScope


def why(office: Office, reference: Reference, as_of: int) -> Why:
    """The figure with all that it was counted from. FilterError for an agency, room or step that does not exist."""
    asked = _asked(office, reference, as_of)
    parts = _letter_parts(asked) if reference.figure in OF_LETTERS else _step_parts(asked)
    period = asked.reference.filter.period
    sop = office.sop.version_for(period.last)
    explained = Why(asked.reference, as_of, sop, tuple(parts), None)
    if reference.figure in PERCENTILE:
        value, around = _percentile(_durations(asked), PERCENTILE[reference.figure])
        return replace(explained, value=value, around=around)
    return replace(explained, value=share(explained.numerator, explained.denominator))


def rows_behind(office: Office, reference: Reference, name: str, page: int, as_of: int) -> pd.DataFrame:
    """One page (from 1) of the rows of a part; columns as in `steps_behind`, or `letters_behind` with `late_steps` and
    `unknown_steps` (codes, blanks between them)."""
    asked = _asked(office, reference, as_of)
    size = {"limit": ROWS, "offset": (page - 1) * ROWS}
    if reference.figure in OF_LETTERS:
        return _letter_rows(asked, name, size)
    order = "over" if reference.figure is Figure.LATENESS else "length" if name == MEASURED else "day"
    kind = _kind(name)
    return questions.steps_behind(asked.mart, asked.scope, kind, asked.live.step_table, order_by=order, **size)


def known_step(step: str) -> str:
    """The codes of one step or several ("A6,B2") in any case, or "all"; FilterError for another."""
    if step.strip().lower() == ALL_STEPS:
        return ALL_STEPS
    codes = [code.strip().upper() for code in step.split(",")]
    for code in codes:
        if code not in STEP_INDEX:
            raise FilterError(f'Langkah "{code}" tidak ada; tulis salah satu dari {", ".join(STEP_CODES)}, atau all.')
    return ",".join(dict.fromkeys(codes))


def _asked(office: Office, reference: Reference, as_of: int) -> _Asked:
    mart = office.mart.read()
    live = step_facts_at(office, as_of, mart)
    # An agency may look at its own letters before it has any: its name need not be known.
    flt = replace(resolve(office, replace(reference.filter, opd=None)), opd=own_opd(office, reference.filter.opd))
    step = known_step(reference.step)
    days = day_number(flt.period.first), day_number(flt.period.last)
    steps = _steps(ALL_STEPS if reference.figure is Figure.LATENESS else step, flt)
    scope = BehindScope(live.settled_by, days, flt.opd, flt.room, steps)
    return _Asked(replace(reference, filter=flt, step=step), mart, live, scope)


def _steps(step: str, flt: SlaFilter) -> tuple[int, ...]:
    """The steps named; or all of the office's that the filter leaves."""
    if step != ALL_STEPS:
        return tuple(STEP_INDEX[code] for code in step.split(","))
    return tuple(STEP_INDEX[code] for code in flt.steps or STEP_CODES if code not in OPD_STEPS)


def _step_parts(asked: _Asked) -> list[Part]:
    figure = asked.reference.figure
    if figure is Figure.HANDOVER:
        return _handover_parts(asked)
    if figure is Figure.LATENESS:
        return _over_parts(asked)
    if figure is Figure.WAITING:
        return _wait_parts(asked)
    found = questions.step_counts_behind(asked.mart, asked.scope, asked.live.step_table)
    rows = zip(*(found[name].tolist() for name in ("verdict", "reason", "is_measured", "n")), strict=True)
    totals: dict[str, int] = {}
    for verdict, reason, is_measured, n in rows:
        name = _part_name(figure, Verdict.of(verdict), Reason.of(reason), is_measured)
        totals[name] = totals.get(name, 0) + n
    parts = [Part(name, n, *_places(figure, name)) for name, n in totals.items()]
    return sorted(parts, key=_order)


def _handover_parts(asked: _Asked) -> list[Part]:
    """The judged steps, measured from hand-over to hand-over."""
    kind = StepKind(_codes_of(_JUDGED))
    found = questions.handovers_behind(asked.mart, asked.scope, kind, asked.live.step_table)
    places = {"within": (True, True), "beyond": (False, True), "unknown": (False, False)}
    return [Part(f"{_HANDOVER}.{name}", found[name], *place) for name, place in places.items()]


def _over_parts(asked: _Asked) -> list[Part]:
    """By step the late and overdue ones with their time beyond the target; the step asked for is above the line."""
    found = questions.over_behind(asked.mart, asked.scope, StepKind(_codes_of(_BEYOND)), asked.live.step_table)
    wanted = asked.reference.step
    parts = [
        Part(f"over.{STEP_CODES[step]}", n, wanted == ALL_STEPS or STEP_CODES[step] in wanted.split(","), True, seconds)
        for step, n, seconds in found
    ]
    return sorted(parts, key=lambda part: (not part.counts_above, -(part.seconds or 0)))


def _wait_parts(asked: _Asked) -> list[Part]:
    """The finished steps with both stamps: the time that they lay waiting, and the time of work; and the others."""
    known, others = (
        questions.waits_behind(asked.mart, asked.scope, _kind(name), asked.live.step_table)
        for name in (_LAIN, _UNSTAMPED)
    )
    n, waiting, working = known
    both = [Part(_LAIN, n, True, True, waiting), Part(_WORKED, n, False, True, working)]
    return [*both, Part(_UNSTAMPED, others[0])]


def _codes_of(verdicts: Iterable[Verdict]) -> tuple[int, ...]:
    return tuple(verdict.code for verdict in verdicts)


def _part_name(figure: Figure, verdict: Verdict, reason: Reason, is_measured: bool) -> str:
    if figure in PERCENTILE and verdict in _FINISHED and is_measured:
        return MEASURED
    if verdict is Verdict.UNMEASURABLE:
        return f"unmeasurable.{reason}"
    return verdict.value.lower()


def _places(figure: Figure, name: str) -> tuple[bool, bool]:
    """Whether rows of a part count above and below the line."""
    if figure in PERCENTILE:
        return False, name == MEASURED
    verdict = Verdict(name.partition(".")[0].upper())
    if figure is Figure.COVERAGE:
        return verdict in _JUDGED, verdict in (*_JUDGED, *_UNJUDGED)
    if figure is Figure.BOUNDS:
        return verdict is Verdict.MET, verdict in (*_JUDGED, *_UNJUDGED)
    return verdict is Verdict.MET, verdict in _JUDGED


def _order(part: Part) -> tuple[bool, bool, int, str]:
    """Above the line first, then below it, then what was left out; the largest first there."""
    return not part.counts_above, not part.counts_below, -part.n, part.name


def _kind(name: str) -> StepKind:
    """Which facts a part holds; FilterError for a name that no part has."""
    if name == MEASURED:
        return StepKind(_codes_of(_FINISHED), is_measured=True)
    verdict, _, reason = name.partition(".")
    if verdict == _HANDOVER and reason in ("within", "beyond", "unknown"):
        return StepKind(_codes_of(_JUDGED), handover=reason)
    if name in (_LAIN, _WORKED, _UNSTAMPED):
        return StepKind(_codes_of(_TIMED), waited=(name != _UNSTAMPED, StartRule.RECORDED.code))
    if verdict == "over" and reason in STEP_INDEX:
        return StepKind(_codes_of(_BEYOND), step=STEP_INDEX[reason])
    try:
        reasons = (Reason(reason).code,) if reason else ()
        return StepKind((Verdict(verdict.upper()).code,), reasons)
    except ValueError:
        raise FilterError(f'Kelompok "{name}" tidak ada.') from None


def _durations(asked: _Asked) -> Sequence[Any]:
    if asked.reference.figure is Figure.READY:
        return questions.ready_seconds_behind(asked.mart, asked.scope, asked.live.request_table)
    return questions.durations_behind(asked.mart, asked.scope, _kind(MEASURED), asked.live.step_table)


def _percentile(ordered: Sequence[Any], q: int) -> tuple[float | None, tuple[tuple[int, int], ...]]:
    """The percentile with the two rows around it; nothing for fewer than five."""
    values = np.asarray(ordered, dtype=np.int64)
    value = percentile(values, q)
    if value is None:
        return None, ()
    place = (len(values) - 1) * q / 100
    ends = sorted({int(np.floor(place)), int(np.ceil(place))})
    return value, tuple((end + 1, int(values[end])) for end in ends)


def _letter_parts(asked: _Asked) -> list[Part]:
    if asked.reference.figure is Figure.EVENT:
        return _event_parts(asked)
    found = questions.letter_counts_behind(asked.mart, asked.scope, asked.live.request_table)
    rows = list(zip(*(found[name].tolist() for name in ("verdict", "is_measured", "n")), strict=True))
    if asked.reference.figure is Figure.READY:
        totals = [sum(n for _, is_measured, n in rows if is_measured is wanted) for wanted in (True, False)]
        return [Part(MEASURED, totals[0], counts_below=True), Part(UNTIMED, totals[1])]
    verdicts: dict[RequestVerdict, int] = {}
    for code, _, n in rows:
        verdicts[RequestVerdict.of(code)] = verdicts.get(RequestVerdict.of(code), 0) + n
    on_time, late = RequestVerdict.ON_TIME, RequestVerdict.LATE
    parts = [Part(word.value, n, word is on_time, word in (on_time, late)) for word, n in verdicts.items()]
    return sorted(parts, key=_order)


def _event_parts(asked: _Asked) -> list[Part]:
    found = questions.event_counts_behind(asked.mart, asked.scope, _tables(asked))
    places = {BEFORE: (True, True), AFTER: (False, True), UNSURE: (False, False), UNBOOKED: (False, False)}
    return [Part(name, found.get(name, 0), *place) for name, place in places.items()]


def _tables(asked: _Asked) -> dict[str, Any]:
    return {"live_request": asked.live.request_table, "live_step": asked.live.step_table}


def _letter_rows(asked: _Asked, name: str, size: dict[str, int]) -> pd.DataFrame:
    if asked.reference.figure is Figure.EVENT:
        if name not in (BEFORE, AFTER, UNSURE, UNBOOKED):
            raise FilterError(f'Kelompok "{name}" tidak ada.')
        return questions.events_behind(asked.mart, asked.scope, _tables(asked), name, **size)
    if asked.reference.figure is Figure.READY:
        only: dict[str, Any] = {"is_measured": name != UNTIMED}
    else:
        try:
            only = {"verdicts": (RequestVerdict(name).code,)}
        except ValueError:
            raise FilterError(f'Kelompok "{name}" tidak ada.') from None
    rows = questions.letters_behind(asked.mart, asked.scope, asked.live.request_table, **only, **size)
    ids, wanted = rows["request_id"].tolist(), [STEP_INDEX[code] for code in OFFICE_STEPS]
    found = questions.steps_of_letters(asked.mart, ids, wanted, asked.live.settled_by, asked.live.step_table)
    late = (Verdict.LATE, Verdict.OVERDUE)
    fine = (*late, Verdict.MET, Verdict.NOT_APPLICABLE)
    return rows.assign(
        late_steps=_codes(ids, found, [word.code for word in late]),
        unknown_steps=_codes(ids, found, [word.code for word in Verdict if word not in fine]),
    )


def _codes(ids: Iterable[int], found: questions.Columns, verdicts: Sequence[int]) -> list[str]:
    """For each letter the codes of its steps with one of these verdicts."""
    here = np.isin(found["verdict"], verdicts)
    pairs = list(zip(found["request_id"][here].tolist(), found["step"][here].tolist(), strict=True))
    return [" ".join(STEP_CODES[step] for letter, step in pairs if letter == one) for one in ids]
