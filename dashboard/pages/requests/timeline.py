"""The time line of a request: every step against its target, in working time, as a chart beside its row names.

Drawn on the server in the colours of the style sheet. What is pressed together bears a number, explained in words below
the chart: no words stand where a bar may be. Each stretch can be reached by keyboard and says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dash import html
from dash.development.base_component import Component

from dashboard.components import TONE_OF_VERDICT, Tone, stack
from dashboard.i18n import fmt, t
from dashboard.pages.requests.axis import Axis, Band, Day, Place, build_axis
from dashboard.pages.shared.words import dotted, pause_reason
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import UNDER_WAY, Verdict
from etl.figures.requests.detail import Request, RequestPass, RequestPause, RequestStep

_LETTER, _AROUND = 7.5, 8
"""Pixels of a letter of the words behind a bar, and between both."""

_LEAST_WIDTH, _RIGHT = 460, 92
"""Pixels of the narrowest line, and kept free right of every line for words."""


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


def has_anything(steps: Sequence[RequestStep]) -> bool:
    """Whether any of these steps has a stamp or runs."""
    return any(step.passes or step.started_at is not None for step in steps)


def timeline(
    id: str, detail: Request, steps: Sequence[RequestStep], sop: SopVersion, calendar: WorkCalendar
) -> html.Div | None:
    """Names of the rows beside the chart; None when no step has a moment that could be drawn."""
    spans = spans_of(detail, steps)
    axis = _axis(detail, steps, spans, calendar)
    if axis is None:
        return None
    names = html.Div([_name(step, sop) for step in steps], className="case-names")
    field = html.Div(_line(detail, steps, spans, axis), className="case-field")
    label = t("case.timeline_label")
    chart = html.Div([names, field], id=id, role="group", className="case-timeline", **{"aria-label": label})
    return stack(chart, _gap_words(axis))


def _name(step: RequestStep, sop: SopVersion) -> Component:
    of_sop = sop.step(step.step)
    target = t("case.target", time=fmt().duration_short(step.target_seconds)) if step.target_seconds else ""
    words = dotted(step.actor, target)
    return stack(
        html.Span(step.step, className="case-code"),
        html.Div([html.Strong(of_sop.short_name), html.Span(words)], className="case-name"),
        class_name="case-row",
    )


def _is_under_way(detail: Request, steps: Sequence[RequestStep]) -> bool:
    """Whether one of them ages right now."""
    return any(step.is_running and detail.stop_of(step) == detail.as_of for step in steps)


def _axis(detail: Request, steps: Sequence[RequestStep], spans: Sequence[Span], calendar: WorkCalendar) -> Axis | None:
    """From the first to the last moment of these steps, their due moments, and now while something runs."""
    moments = [moment for span in spans for moment in (span.begin, span.end)]
    moments += [step.due_at for step in steps if step.due_at is not None]
    stamps = [stamp for step in steps for stamp in (*_stamps(step), step.started_at)]
    moments += [moment for moment in stamps if moment is not None]
    if _is_under_way(detail, steps):
        moments.append(detail.as_of)
    received_at = detail.request["received_at"]
    if not moments and received_at is not None and steps[0].step == detail.sop.step_with(Meaning.RECEIVED):
        moments.append(received_at)
    return build_axis(calendar, moments) if moments else None


def _stamps(step: RequestStep) -> list[int | None]:
    return [moment for pass_ in step.passes for moment in (pass_.started_at, pass_.finished_at)]


def _line(detail: Request, steps: Sequence[RequestStep], spans: Sequence[Span], axis: Axis) -> Component:
    """Days and hours above, what is no working time behind, one row a step over it."""
    ends = [day.begin for day in axis.days[1:]] + [axis.days[-1].end]
    silent = [
        *(_shade(band, axis) for band in axis.bands),
        *(_day_name(day, end, axis) for day, end in zip(axis.days, ends, strict=True)),
        *(_hours(day, axis) for day in axis.days),
        *(_gap_number(number, band, axis) for number, band in enumerate(_named(axis), 1)),
        _now(detail.as_of, axis) if _is_under_way(detail, steps) else None,
    ]
    tracks = [
        html.Div(_row(detail, step, spans, axis, is_high=2 * row < len(steps)), className="case-track")
        for row, step in enumerate(steps)
    ]
    least = max(_LEAST_WIDTH, axis.least_width)
    return html.Div(
        [html.Div(silent, **{"aria-hidden": "true"}), *tracks],
        className="case-line",
        style={"minWidth": f"{least}px", "marginRight": f"{_RIGHT}px"},
    )


def _between(begin: int, end: int, axis: Axis) -> dict[str, str]:
    """Left and width of a stretch of time."""
    left = axis.place(begin)
    return {"left": axis.css(left), "width": axis.css(axis.place(end).less(left))}


def _shade(band: Band, axis: Axis) -> Component:
    return html.Span(className=f"case-shade is-{band.kind}", style=_between(band.begin, band.end, axis))


def _day_name(day: Day, end: int, axis: Axis) -> Component:
    """The name of a day, as long as the room up to the next one allows: the style sheet shows one of four."""
    f = fmt()
    words = {
        "long": f.date(day.date),
        "middle": f"{f.weekday_short(day.date).split()[0]}, {f.day_month(day.date)}",
        "short": f.day_month(day.date),
        "least": str(day.date.day),
    }
    names = [html.Span(name, className=f"is-{length}") for length, name in words.items()]
    return html.Div(names, className="case-day", style=_between(day.begin, end, axis))


def _hours(day: Day, axis: Axis) -> Component:
    """The even hours of a day with their lines; every other one is left out where the day is narrow."""
    f = fmt()
    marks = [
        html.Span(f.hour(hour), className="case-hour" + (" is-minor" if hour % 4 else ""), style={"left": _share(at)})
        for hour, at in axis.ticks(day)
    ]
    return html.Div(marks, className="case-hours", style=_between(day.begin, day.end, axis))


def _named(axis: Axis) -> list[Band]:
    """The gaps that have a number: all but nights and the hours around a working day."""
    return [band for band in axis.bands if band.kind in ("closed", "skipped")]


def _gap_number(number: int, band: Band, axis: Axis) -> Component:
    return html.Span(html.B(str(number)), className="case-gap", style=_between(band.begin, band.end, axis))


def _gap_words(axis: Axis) -> Component | None:
    """What each numbered gap is: its days, and why nobody worked on them or what was left out."""
    bands = _named(axis)
    items = [html.Li([html.B(str(number)), _gap_word(band)]) for number, band in enumerate(bands, 1)]
    return html.Ul(items, className="case-gaps") if items else None


def _gap_word(band: Band) -> str:
    f, first, last = fmt(), band.plans[0].date, band.plans[-1].date
    closed = [plan for plan in band.plans if not plan.intervals]
    names = list(dict.fromkeys(plan.note for plan in closed if plan.kind in ("holiday", "leave", "special")))
    names += [t("case.weekend")] if any(plan.kind == "weekend" for plan in closed) else []
    if band.kind == "skipped":
        names.insert(0, t("case.working_days", n=sum(bool(plan.intervals) for plan in band.plans)))
    return dotted(f.date_short(first) if first == last else f.period(first, last), *names)


def _now(now: int, axis: Axis) -> Component:
    """The line of this moment, its clock below it."""
    words = html.Span(t("case.now", clock=fmt().clock(now)))
    return html.Div(words, className="case-now", style={"left": axis.css(axis.place(now))})


def _row(
    detail: Request, step: RequestStep, spans: Sequence[Span], axis: Axis, *, is_high: bool
) -> list[Component | None]:
    """The stretches of one step, its limit, recorded moments of which no stretch could be drawn, and words."""
    own = [span for span in spans if span.step == step.step]
    lone = [] if own else [moment for moment in _stamps(step) if moment]
    side = " is-under" if is_high else ""
    due = html.Span(className="case-due", style={"left": axis.css(axis.place(step.due_at))}) if step.due_at else None
    return [
        *(_bar(span, step, axis, side) for span in own),
        due,
        *(_stamp(moment, step, axis, side) for moment in lone),
        _words(detail, step, own, axis),
    ]


def _bar(span: Span, step: RequestStep, axis: Axis, side: str) -> Component:
    said = _says(_says_of(span, step), axis.place(span.begin), side)
    said.style = _between(span.begin, span.end, axis)
    said.className = f"case-bar is-{span.kind}"
    return said


def _stamp(moment: int, step: RequestStep, axis: Axis, side: str) -> Component:
    place = axis.place(moment)
    said = _says([f"{step.step} · {t('case.stamp')}", fmt().moment_short(moment)], place, side)
    said.style, said.className = {"left": axis.css(place)}, "case-stamp"
    return said


def _says(lines: Sequence[str], place: Place, side: str) -> html.Span:
    """What is drawn there, said to whoever points at it, reaches it by keyboard or hears it."""
    edge = " is-early" if place.share < 0.3 else " is-last" if place.share > 0.7 else ""
    words = [html.Strong(lines[0]), *(part for line in lines[1:] for part in (html.Br(), line))]
    box = html.Span(words, className=f"p-plot-says{edge}{side}", **{"aria-hidden": "true"})
    return html.Span(box, role="img", tabIndex=0, **{"aria-label": ". ".join(lines)})


def _says_of(span: Span, step: RequestStep) -> list[str]:
    f = fmt()
    head = f"{span.step} · {t(f'case.span_{span.kind}')}"
    if len(step.passes) > 1:
        head += " · " + t("case.pass", n=span.number)
    lines = [head, f"{f.moment_short(span.begin)} – {f.moment_short(span.end)}"]
    lines += [span.note] if span.note else []
    if step.elapsed_seconds is not None and span.kind is not Kind.WAITING:
        spent, target = f.duration(step.elapsed_seconds), f.duration(step.target_seconds)
        lines.append(t("case.elapsed_of", time=spent, target=target))
    if step.due_at is not None:
        lines.append(t("case.due", moment=f.moment_short(step.due_at)))
    return lines


def _words(detail: Request, step: RequestStep, own: Sequence[Span], axis: Axis) -> Component:
    """Behind what is drawn its length; in a row without one why there is none, where there is room for it."""
    drawn = [moment for span in own for moment in (span.begin, span.end)]
    drawn += [step.due_at] if step.due_at is not None else []
    words, tone = _word(detail, step, is_drawn=bool(drawn))
    drawn += [moment for moment in _stamps(step) if moment is not None]
    drawn = drawn or [_day_without_time(step, axis)]
    first, last = axis.place(min(drawn)), axis.place(max(drawn))
    width = _LETTER * len(words) + _AROUND
    look = f"case-word is-{tone}"
    if width <= (1 - last.share) * _LEAST_WIDTH + _RIGHT:
        return html.Span(words, className=look, style={"left": axis.css(last)})
    if width <= first.share * _LEAST_WIDTH:
        whole = Place(1, axis.pixels[-1])
        return html.Span(words, className=look, style={"right": axis.css(whole.less(first))})
    left = f"min({axis.css(first)}, calc(100% + {_RIGHT - width:.0f}px))"
    return html.Span(words, className=f"{look} is-below", style={"left": left})


def _word(detail: Request, step: RequestStep, *, is_drawn: bool) -> tuple[str, Tone]:
    """The words of one row and their tone."""
    if is_drawn and step.elapsed_seconds is not None and step.verdict is not Verdict.UNMEASURABLE:
        words = fmt().duration_short(step.elapsed_seconds)
        words += " ▸" if step.verdict in UNDER_WAY and detail.stop_of(step) == detail.as_of else ""
        return words, TONE_OF_VERDICT[step.verdict]
    return why(step), Tone.MUTED


def _day_without_time(step: RequestStep, axis: Axis) -> int:
    """Where a row without any moment has its words: at its day, else at the beginning."""
    days = [on for pass_ in step.passes for on in (pass_.finished_on, pass_.started_on) if on is not None]
    drawn = {day_number(day.date): day.begin for day in axis.days}
    return next((drawn[on] for on in days if on in drawn), axis.moments[0])


def why(step: RequestStep) -> str:
    """Verdict and reason of a step in words."""
    words = t(f"verdict.{step.verdict}")
    return f"{words} · {t(f'reason.{step.reason}')}" if step.reason else words


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
    is_open = step.verdict in UNDER_WAY and (pass_ is None or not pass_.is_done)
    return detail.stop_of(step) if is_open else None


def _judged(step: RequestStep, begin: int, end: int, number: int) -> Iterable[Span]:
    """A stretch cut at the due moment; whole where there is no verdict of time."""
    if step.verdict not in (Verdict.MET, Verdict.LATE, *UNDER_WAY):
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
            yield Span(step, first, last, Kind.PAUSED, number, pause_reason(pause.reason))


def _share(at: float) -> str:
    return f"{at * 100:.2f}%"
