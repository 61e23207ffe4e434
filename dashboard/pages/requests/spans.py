"""What is drawn of each step of a request: stretches of waiting, work, pauses and time beyond the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from etl.domain.verdict import Verdict
from etl.figures.requests.detail import Request, RequestPass, RequestPause, RequestStep


class Kind(StrEnum):
    """What a stretch of time is."""

    WITHIN = "within"
    BEYOND = "beyond"
    WAITING = "waiting"
    PAUSED = "paused"
    UNJUDGED = "unjudged"


@dataclass(frozen=True)
class Span:
    """A stretch of one step, moments in UTC seconds; `note` is the reason of a pause, `number` the pass."""

    step: str
    begin: int
    end: int
    kind: Kind
    number: int = 1
    note: str = ""


_UNDER_WAY = (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)


def awaits_opd(step: RequestStep) -> bool:
    """Whether the step stands still until the agency answers: nothing is due before that."""
    return step.is_running and step.due_at is None and any(pause.ended_at is None for pause in step.pauses)


def spans_of(detail: Request, steps: Sequence[RequestStep]) -> list[Span]:
    """The stretches of these steps, in order."""
    return [span for step in steps for span in _of_step(detail, step)]


def _of_step(detail: Request, step: RequestStep) -> Iterable[Span]:
    passes = step.passes or ((None,) if step.started_at is not None else ())
    for index, pass_ in enumerate(passes):
        handed = detail.handed_over_at(step, index)
        begin, end = _begin(step, pass_, index, handed), _end(detail, step, pass_)
        if begin is None or end is None or end < begin:
            continue
        number = index + 1
        if pass_ is not None and pass_.started_at is not None and handed is not None and handed < pass_.started_at:
            yield Span(step.step, handed, pass_.started_at, Kind.WAITING, number)
        yield from _judged(step, begin, end, number)
        yield from _paused(step.pauses, step.step, begin, end, number)


def _begin(step: RequestStep, pass_: RequestPass | None, index: int, handed: int | None) -> int | None:
    if pass_ is not None and pass_.started_at is not None:
        return pass_.started_at
    return step.started_at if index == 0 else handed


def _end(detail: Request, step: RequestStep, pass_: RequestPass | None) -> int | None:
    if pass_ is not None and pass_.finished_at is not None:
        return pass_.finished_at
    is_open = step.verdict in _UNDER_WAY and (pass_ is None or not pass_.is_done)
    return detail.stop_of(step) if is_open else None


def _judged(step: RequestStep, begin: int, end: int, number: int) -> Iterable[Span]:
    """A stretch cut at the due moment; whole where there is no verdict of time."""
    if step.verdict not in (Verdict.MET, Verdict.LATE, *_UNDER_WAY):
        yield Span(step.step, begin, end, Kind.UNJUDGED, number)
        return
    due = step.due_at
    cut = end if due is None or step.verdict is Verdict.MET else min(max(due, begin), end)
    if cut > begin or cut == end:
        yield Span(step.step, begin, cut, Kind.WITHIN, number)
    if end > cut:
        yield Span(step.step, cut, end, Kind.BEYOND, number)


def _paused(pauses: Iterable[RequestPause], step: str, begin: int, end: int, number: int) -> Iterable[Span]:
    for pause in pauses:
        first, last = max(pause.started_at, begin), min(pause.ended_at or end, end)
        if last > first:
            yield Span(step, first, last, Kind.PAUSED, number, pause.reason or "")
