"""The time line of a request: every step against its target, in working time, as a chart beside its row names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import LIGHT, TONE_OF_VERDICT, Tone, graph, stack
from dashboard.i18n import fmt, t
from dashboard.pages.requests.axis import Axis, build_axis, names, now_line, now_name, shading, shape
from dashboard.pages.shared.words import dotted, pause_reason
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import UNDER_WAY, Verdict
from etl.figures.requests.detail import Request, RequestPass, RequestPause, RequestStep

_THIN = 0.06


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


_FILL = {
    Kind.WITHIN: LIGHT["good-soft"],
    Kind.BEYOND: LIGHT["late-bar"],
    Kind.WAITING: "rgba(0,0,0,0)",
    Kind.PAUSED: LIGHT["paused"],
    Kind.UNJUDGED: LIGHT["unjudged"],
}

ROW, TOP, BOTTOM, RIGHT = 48, 54, 8, 92
"""Pixels of a row, above the first one, below the last one, and for words right of the axis."""


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
    rows = [_name(step, sop) for step in steps]
    height, label = TOP + ROW * len(steps) + BOTTOM, t("case.timeline_label")
    drawn = graph(id, figure(detail, steps, spans, axis), label=label, height=height)
    beside = html.Div(rows, className="case-names", style={"paddingTop": f"{TOP}px"})
    return html.Div([beside, drawn], className="case-timeline")


def _name(step: RequestStep, sop: SopVersion) -> Component:
    of_sop = sop.step(step.step)
    target = t("case.target", time=fmt().duration_short(step.target_seconds)) if step.target_seconds else ""
    words = dotted(step.actor, target)
    return stack(
        html.Span(step.step, className="case-code"),
        html.Div([html.Strong(of_sop.short_name), html.Span(words)], className="case-name"),
        class_name="case-row",
        style={"height": f"{ROW}px"},
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


def figure(detail: Request, steps: Sequence[RequestStep], spans: Sequence[Span], axis: Axis) -> dict[str, Any]:
    """The chart: one row a step, bars within and beyond the target, a line at the due moment."""
    rows = {step.step: row for row, step in enumerate(steps)}
    bars = _bars(spans, rows, {step.step: step for step in steps}, axis)
    now = detail.as_of if _is_under_way(detail, steps) else None
    shapes = [*shading(axis), *now_line(axis, now)]
    shapes += [_dashes(span, rows, axis) for span in spans if span.kind in (Kind.WAITING, Kind.PAUSED)]
    shapes += [_due(step, rows, axis) for step in steps if step.due_at is not None]
    return {
        "data": [bars, _lone_stamps(steps, spans, rows, axis), _words(detail, steps, spans, rows, axis)],
        "layout": {
            "shapes": shapes,
            "annotations": [*names(axis), *now_name(axis, now)],
            "barmode": "overlay",
            "barcornerradius": 3,
            "margin": {"l": 2, "r": RIGHT, "t": TOP, "b": BOTTOM, "pad": 0},
            "dragmode": False,
            "xaxis": _hour_axis(axis),
            "yaxis": {"range": [len(steps) - 0.5, -0.5], "visible": False, "fixedrange": True, "automargin": False},
        },
    }


def _hour_axis(axis: Axis) -> dict[str, Any]:
    every = 2 if len(axis.days) <= 3 else 4
    ticks = axis.hours(every) if len(axis.days) <= 5 else []
    f = fmt()
    return {
        "range": [0, axis.width],
        "side": "top",
        "tickvals": [at for _, at in ticks],
        "ticktext": [f.clock(moment) for moment, _ in ticks],
        "tickangle": 0,
        "tickfont": {"size": 12, "color": LIGHT["muted"]},
        "gridcolor": LIGHT["hairline"],
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "ticks": "",
    }


def _bars(
    spans: Sequence[Span], rows: Mapping[str, int], by_code: Mapping[str, RequestStep], axis: Axis
) -> dict[str, Any]:
    left = [axis.place(span.begin) for span in spans]
    length = [max(axis.place(span.end) - at, _THIN) for span, at in zip(spans, left, strict=True)]
    return {
        "type": "bar",
        "orientation": "h",
        "base": left,
        "x": length,
        "y": [rows[span.step] for span in spans],
        "width": 0.42,
        "marker": {
            "color": [_FILL[span.kind] for span in spans],
            "pattern": {
                "shape": ["/" if span.kind is Kind.PAUSED else "" for span in spans],
                "bgcolor": [_FILL[span.kind] for span in spans],
                "fgcolor": LIGHT["line-strong"],
                "fillmode": "replace",
                "size": 6,
            },
            "line": {"width": 0},
        },
        "hovertext": [_hover(span, by_code[span.step]) for span in spans],
        "hoverinfo": "text",
    }


def _hover(span: Span, step: RequestStep) -> str:
    f = fmt()
    head = f"<b>{span.step} · {t(f'case.span_{span.kind}')}</b>"
    if len(step.passes) > 1:
        head += " · " + t("case.pass", n=span.number)
    lines = [head, f"{f.moment_short(span.begin)} – {f.moment_short(span.end)}"]
    lines += [span.note] if span.note else []
    if step.elapsed_seconds is not None and span.kind is not Kind.WAITING:
        spent, target = f.duration(step.elapsed_seconds), f.duration(step.target_seconds)
        lines.append(t("case.elapsed_of", time=spent, target=target))
    if step.due_at is not None:
        lines.append(t("case.due", moment=f.moment_short(step.due_at)))
    return "<br>".join(lines)


def _lone_stamps(
    steps: Sequence[RequestStep], spans: Sequence[Span], rows: Mapping[str, int], axis: Axis
) -> dict[str, Any]:
    """Recorded moments of steps of which no stretch could be drawn."""
    drawn = {span.step for span in spans}
    lone = [(step.step, moment) for step in steps if step.step not in drawn for moment in _stamps(step) if moment]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [axis.place(moment) for _, moment in lone],
        "y": [rows[code] for code, _ in lone],
        "marker": {"symbol": "diamond-open", "size": 11, "color": LIGHT["muted"], "line": {"width": 2}},
        "hovertext": [f"<b>{code}</b> {t('case.stamp')}<br>{fmt().moment_short(moment)}" for code, moment in lone],
        "hoverinfo": "text",
    }


def _words(
    detail: Request, steps: Sequence[RequestStep], spans: Sequence[Span], rows: Mapping[str, int], axis: Axis
) -> dict[str, Any]:
    """Behind each bar its length; in a row without one why there is none."""
    words = [(step, *_word(detail, step, spans, axis)) for step in steps]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [at + 0.012 * axis.width for _, at, _, _ in words],
        "y": [rows[step.step] for step, _, _, _ in words],
        "text": [words for _, _, words, _ in words],
        "textposition": "middle right",
        "textfont": {"size": 13, "color": [colour for _, _, _, colour in words]},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _word(detail: Request, step: RequestStep, spans: Sequence[Span], axis: Axis) -> tuple[float, str, str]:
    """(position, words, colour) of one row."""
    f = fmt()
    ends = [axis.place(span.end) for span in spans if span.step == step.step]
    ends += [axis.place(step.due_at)] if step.due_at is not None else []
    tone = TONE_OF_VERDICT[step.verdict]
    if ends and step.elapsed_seconds is not None and step.verdict is not Verdict.UNMEASURABLE:
        words = f"<b>{f.duration_short(step.elapsed_seconds)}</b>"
        words += " ▸" if step.verdict in UNDER_WAY and detail.stop_of(step) == detail.as_of else ""
        return max(ends), words, LIGHT["text"] if tone is Tone.PLAIN else LIGHT[tone]
    return _place_without(step, ends, axis), why(step), LIGHT["muted"]


def _place_without(step: RequestStep, ends: Sequence[float], axis: Axis) -> float:
    """Where a row without a length has its words: behind what is drawn, else at its day, else at the beginning."""
    stamps = [axis.place(moment) for moment in _stamps(step) if moment is not None]
    if ends or stamps:
        return max([*ends, *stamps])
    days = [on for pass_ in step.passes for on in (pass_.finished_on, pass_.started_on) if on is not None]
    drawn = {day_number(day.date): day.left for day in axis.days}
    return next((drawn[on] for on in days if on in drawn), 0.0)


def why(step: RequestStep) -> str:
    """Verdict and reason of a step in words."""
    words = t(f"verdict.{step.verdict}")
    return f"{words} · {t(f'reason.{step.reason}')}" if step.reason else words


def _dashes(span: Span, rows: Mapping[str, int], axis: Axis) -> dict[str, Any]:
    """The dashed frame of waiting."""
    row, left, right = rows[span.step], axis.place(span.begin), axis.place(span.end)
    line = {"color": LIGHT["faint"], "width": 1.5, "dash": "4px,3px"}
    return shape("rect", (left, max(right, left + _THIN)), (row - 0.21, row + 0.21), line=line, layer="above")


def _due(step: RequestStep, rows: Mapping[str, int], axis: Axis) -> dict[str, Any]:
    at, row = axis.place(step.due_at or 0), rows[step.step]
    line = {"color": LIGHT["text"], "width": 2.5}
    return shape("line", (at, at), (row - 0.36, row + 0.36), line=line, layer="above")


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
