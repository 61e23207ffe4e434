"""Invented SOPs as Hypothesis strategies: chains, steps side by side, choices, steps that may be left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from etl.domain.compliance.rules import Rules, StepOff, rules_from
from etl.domain.sop.steps import START, Cell, Clock, Meaning, SopStep
from etl.domain.sop.versions import Sop, SopIdentity, SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import RequestStatus
from tests.books.drawn_letters import BACK, CARES, ENDED, FIRST_DAYS, MINUTES, REFUSED, a_pause, calendars, shaped
from tests.books.letter_records import LetterRecord, Pass, Pause
from tests.books.letters import LONG_AGO
from tests.books.moments import JAKARTA

TARGETS = st.sampled_from([300, 600, 3_600, 3_600, 7_200, 27_000, None])
DAY = date(2026, 9, 7)


@dataclass
class _Draft:
    """An SOP being written: its steps, and the codes of those after which the next one comes."""

    steps: list[SopStep] = field(default_factory=list)
    ends: tuple[str, ...] = ()

    def add(self, follows: tuple[str, ...], **more: object) -> str:
        code = str(len(self.steps) + 1)
        blank = Cell("", None)
        step = SopStep(code, "A", "k", "k", "p", "p", blank, blank, None, blank, follows, Clock.OFFICE, False)
        self.steps.append(replace(step, **more))  # type: ignore[arg-type]
        return code


@st.composite
def sop_versions(draw: st.DrawFn, first_on: date = date(2020, 6, 1)) -> SopVersion:
    """A version of two to a dozen steps."""
    draft = _Draft()
    if draw(st.booleans()):
        draft.ends = (draft.add((), meanings=(Meaning.RECEIVED,), is_opd_time=draw(st.booleans())),)
    elif draw(st.integers(0, 3)) == 0:
        draft.ends = tuple(draft.add((), chosen_from=START) for _ in range(2))
    for kind in draw(st.lists(st.sampled_from(["one", "one", "maybe", "beside", "choice"]), min_size=1, max_size=5)):
        _grow(draw, draft, kind)
    if draw(st.booleans()):
        draft.steps[-1] = replace(draft.steps[-1], meanings=(*draft.steps[-1].meanings, Meaning.READY))
    steps = tuple(
        replace(step, target_seconds=draw(TARGETS), clock=draw(st.sampled_from([Clock.OFFICE] * 4 + [Clock.ELAPSED])))
        for step in draft.steps
    )
    return SopVersion("", "Contoh", first_on, SopIdentity(), steps)


def _grow(draw: st.DrawFn, draft: _Draft, kind: str) -> None:
    """A step more, or several side by side, or several of which one is taken."""
    if kind in ("one", "maybe") or not draft.ends:
        draft.ends = (draft.add(draft.ends, is_optional=kind == "maybe" and bool(draft.ends)),)
        return
    several, before = draw(st.integers(2, 3)), draft.ends
    if kind == "choice" and len(before) > 1:
        before = (draft.add(before),)
    deciding, ends = before[-1] if kind == "choice" else "", []
    for _ in range(several):
        end = draft.add(before, chosen_from=deciding)
        if draw(st.integers(0, 2)) == 0:
            end = draft.add((end,), is_optional=draw(st.integers(0, 3)) == 0)
        if kind == "choice" and draw(st.integers(0, 5)) == 0:
            inner = [draft.add((end,), chosen_from=end) for _ in range(2)]
            end = draft.add(tuple(inner)) if draw(st.booleans()) else inner[0]
        ends.append(end)
    draft.ends = tuple(ends)


@dataclass(frozen=True)
class SopScene:
    """A letter of an SOP, its rules and the moment from which it is looked at."""

    version: SopVersion
    record: LetterRecord
    rules: Rules
    as_of: datetime | None


@st.composite
def sop_letters(draw: st.DrawFn, version: SopVersion) -> LetterRecord:
    """A letter that goes some way through the steps, with every fault that records have."""
    clock = draw(st.sampled_from(["07:30", "08:00", "11:20", "15:55"]))
    received = datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=JAKARTA)
    later = st.builds(lambda a, b: received + timedelta(minutes=a + b), MINUTES, MINUTES)
    passes: list[Pass] = []
    pauses: list[Pause] = []
    now, care = received, draw(CARES)
    for step in version.steps[: draw(st.integers(0, len(version.steps)))]:
        if draw(st.integers(0, 2)) == 0:
            continue
        begin = now + timedelta(minutes=draw(care.back) + draw(care.spent))
        now = begin + timedelta(minutes=draw(care.spent) + draw(care.back))
        passes.append(replace(shaped(step.code, 1, draw(care.shape), begin, now), by_tap=draw(st.integers(0, 3)) == 0))
        if draw(st.integers(0, 5)) == 0:
            pauses += draw(st.lists(a_pause(step.code, 1, begin), min_size=1, max_size=2))
    status = draw(st.sampled_from([RequestStatus.UNKNOWN] * 5 + [*ENDED]))
    booked = draw(st.one_of(st.none(), st.tuples(later, st.integers(0, 600))))
    return LetterRecord(
        received_on=DAY,
        received_at=received if draw(st.integers(0, 4)) else None,
        status=status,
        ended_at=draw(st.one_of(later, later, st.none())) if status in ENDED else None,
        booked=(booked[0], booked[0] + timedelta(minutes=booked[1])) if booked else None,
        began_at=draw(st.one_of(st.none(), st.none(), later)) if status not in REFUSED else None,
        passes=tuple(passes),
        pauses=tuple(pauses),
    )


@st.composite
def sop_rules(draw: st.DrawFn, version: SopVersion) -> Rules:
    """The rules of one version; now and then recorded since lately, or with a step that is not practised."""
    received = day_number(DAY)
    first = [draw(FIRST_DAYS) if draw(st.integers(0, 3)) == 0 else LONG_AGO for _ in version.steps]
    days = np.array([received + day if day in (0, 1) else day for day in first], dtype=np.int64)
    sure = [at for at, step in enumerate(version.steps) if not step.chosen_from]
    off = [StepOff(draw(st.sampled_from(sure)), received, None)] if sure and draw(st.integers(0, 5)) == 0 else []
    return rules_from(Sop((version,)), draw(st.sampled_from(calendars())), days, off)


@st.composite
def sop_scenes(draw: st.DrawFn) -> SopScene:
    """A letter with its SOP and a moment."""
    version = draw(sop_versions())
    record = draw(sop_letters(version))
    begin = record.received_at or datetime(2026, 9, 7, tzinfo=JAKARTA)
    after = [one for p in record.passes for one in (p.started_at, p.finished_at) if one and one > begin]
    moments = st.integers(0, 20 * 1_440).map(lambda minutes: begin + timedelta(minutes=minutes))
    around = st.builds(lambda at, add: at + timedelta(seconds=add), st.sampled_from(after or [begin]), BACK.map(abs))
    return SopScene(version, record, draw(sop_rules(version)), draw(st.one_of(st.none(), around, moments)))
