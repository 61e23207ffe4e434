"""The SOP's table of standards with what became of them in a period: one row a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, bar, icon, link, rangebar, spark, why, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import TONE_ICON
from dashboard.pages.shared.monitoring_rule import percent_words, rule_words, share_tone
from dashboard.pages.shared.request_links import Behind, cases_behind
from dashboard.pages.shared.room_links import why_sarpras
from dashboard.pages.shared.why_links import why_step
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.steps import SlaFigures, StepFigure, TrendPoint
from etl.figures.facilities.period import B5, ConditionFigure
from etl.figures.rooms.diary import RoomsFilter

_ENDS = (4 * HOUR, 8 * HOUR, 24 * HOUR, 80 * HOUR)
_TICKS = (MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR, 80 * HOUR)

SmallCases = Mapping[str, Sequence[tuple[str, str]]]
"""By step the letters (words, address) behind fewer durations than a percentile needs."""


class Scale(NamedTuple):
    """Lengths of time as positions 0–1, logarithmic from one minute to `end`."""

    end: int

    def place(self, seconds: float) -> float:
        """Where a length of time stands; what lies outside stands at the edge."""
        return min(max(log(max(seconds, 1) / MINUTE) / log(self.end / MINUTE), 0.0), 1.0)

    def ticks(self) -> list[int]:
        """The lengths written above the column."""
        return [tick for tick in _TICKS if tick <= self.end]


def scale_of(figures: Sequence[StepFigure]) -> Scale:
    """One scale for all rows, long enough for the longest of them."""
    longest = max((one.p90_seconds or 0 for one in figures), default=0)
    return Scale(next((end for end in _ENDS if longest <= end), _ENDS[-1]))


def trend_floor(trend: Mapping[str, Sequence[TrendPoint]]) -> float:
    """Where the small lines begin, the same for all rows: a whole tenth below the lowest month, at most a half."""
    lowest = min((one.share for points in trend.values() for one in points if one.share is not None), default=0.0)
    return min(int(lowest * 10) / 10, 0.5)


def standards_table(figures: SlaFigures, sop: SopVersion, few: SmallCases, checks: B5) -> html.Div:
    """The table; `few` are the letters listed where there are too few for percentiles, `checks` the result of B5."""
    scale, floor = scale_of(figures.steps), trend_floor(figures.trend)
    rows = [
        _output_row(figures, one, sop, checks)
        if one.target_seconds is None
        else _row(figures, one, sop, scale, floor, few.get(one.step, ()))
        for one in figures.steps
    ]
    rows.append(_total(figures, floor))
    table = html.Table([_head(scale, floor), html.Tbody(rows)], className="p-table sla-table")
    return html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("sla.table")})


def _head(scale: Scale, floor: float) -> html.Thead:
    ticks = [
        html.Span(_tick(seconds), style={"left": f"{scale.place(seconds) * 100:.1f}%"}, className="sla-tick")
        for seconds in scale.ticks()
    ]
    spread = [html.Span(t("sla.spread")), html.Div(ticks, className="sla-ticks", **{"aria-hidden": "true"})]
    cells = (
        ("sla-code", html.Span(t("word.step"), className="visually-hidden")),
        ("sla-name", t("sla.step_actor")),
        ("num", t("sla.target")),
        ("num", t("sla.count")),
        ("sla-share", t("sla.share_interval")),
        ("sla-percent", html.Span(t("sla.share"), className="visually-hidden")),
        ("sla-spread", spread),
        ("num", t("sla.median")),
        ("num", t("sla.p90")),
        ("sla-trend", [t("sla.trend"), html.Br(), html.Small(f"{fmt().interval(floor, 1)}")]),
        ("sla-output", t("sla.output_recorded")),
    )
    return html.Thead(html.Tr([html.Th(words, className=name, scope="col") for name, words in cells]))


def _tick(seconds: int) -> str:
    """Short words above the scale: the unit once, then bare numbers."""
    if seconds < HOUR:
        return t("sla.tick_minute") if seconds == MINUTE else str(seconds // MINUTE)
    return t("sla.tick_hour", n=seconds // HOUR)


def _row(
    figures: SlaFigures, one: StepFigure, sop: SopVersion, scale: Scale, floor: float, few: Sequence[tuple[str, str]]
) -> html.Tr:
    cells = [
        *_named(figures, one, sop),
        *_share_cells(figures, one),
        *_spread_cells(figures, one, scale, few),
        _trend(figures.trend[one.step], one, floor),
        _outputs(figures, one),
    ]
    return html.Tr(cells, className="sla-row is-opd" if sop.step(one.step).is_opd_time else "sla-row")


def _output_row(figures: SlaFigures, one: StepFigure, sop: SopVersion, checks: B5) -> html.Tr:
    """The row of a step whose standard is its output, in words that lead to the sessions behind them."""
    asked = figures.filter
    period = asked.period
    address = with_query("/sarpras", dari=period.first, sampai=period.last, opd=asked.opd, ruang=asked.room)
    beside = why(why_sarpras(RoomsFilter(period, asked.opd, asked.room), ConditionFigure.B5), one.step)
    words = [f"{_words_without_target(one, sop.step(one.step).output.text)} ", _result(checks, address), " ", beside]
    cells = [*_named(figures, one, sop), html.Td(words, colSpan=7, className="sla-words"), _outputs(figures, one)]
    return html.Tr(cells, className="sla-row")


def _named(figures: SlaFigures, one: StepFigure, sop: SopVersion) -> list[Component]:
    """Code, step with actor, standard."""
    step = sop.step(one.step)
    name = link(step.short_name, cases_behind(figures.filter, one.step, Behind.JUDGED), "sla-step-link")
    actor: list[Component | str] = [step.actor]
    if step.is_opd_time:
        actor.append(html.Span(t("sla.opd_time"), className="sla-chip"))
    return [
        html.Th(one.step, className="sla-code", scope="row"),
        html.Td([html.Div(name, className="sla-step"), html.Div(actor, className="sla-actor")], className="sla-name"),
        _cell(fmt().duration_short(one.target_seconds) if one.target_seconds else t("sla.no_time"), t("sla.target")),
    ]


def _total(figures: SlaFigures, floor: float) -> html.Tr:
    one = figures.all_steps
    name = [
        html.Div(t("sla.all_steps"), className="sla-step"),
        html.Div(t("sla.all_steps_note"), className="sla-actor"),
    ]
    cells = [
        html.Th("", className="sla-code", scope="row"),
        html.Td(name, className="sla-name"),
        _cell("", t("sla.target")),
        *_share_cells(figures, one),
        html.Td("", className="sla-spread"),
        _cell("", t("sla.median")),
        _cell("", t("sla.p90")),
        _trend(figures.trend[ALL_STEPS], one, floor),
        _outputs(figures, one),
    ]
    return html.Tr(cells, className="sla-row is-total")


def _cell(words: str | list[Component | str], label: str) -> html.Td:
    return html.Td(words, className="num", **{"data-label": label})


def _share_cells(figures: SlaFigures, one: StepFigure) -> list[html.Td]:
    """Count, bar with interval, percent; in words where nothing was judged."""
    f, tone = fmt(), share_tone(one.share, one.n)
    if one.share is None or one.interval is None:
        nothing = html.Td(t("sla.nothing"), colSpan=2, className="sla-nothing")
        return [_cell(f.number(0), t("sla.count")), nothing]
    words = t("sla.share_title", met=f.number(one.met), n=f.number(one.n), interval=f.interval(*one.interval))
    percent = [
        icon(TONE_ICON[tone]),
        html.Span(percent_words(one.share)),
        html.Span(f". {words}. {_tone_words(tone)}", className="visually-hidden"),
    ]
    return [
        html.Td(_count(figures, one), className="num", **{"data-label": t("sla.count")}),
        html.Td(bar(one.share, *one.interval, tone), className="sla-share", title=words),
        html.Td(
            [html.Span(percent, className=f"sla-value is-{tone}", title=words), _why(figures, one, Figure.SHARE)],
            className="sla-percent",
        ),
    ]


def _outputs(figures: SlaFigures, one: StepFigure) -> html.Td:
    """Share of the finished passes whose Output is on record, of how many, and how many say that there is none."""
    f, counts = fmt(), one.output_recorded
    words = t("sla.output_recorded_of", n=f.number(counts["n"]), absent=f.number(counts["absent"]))
    share = f.percent(counts["share"], 0) if counts["recorded"] else t("sla.output_recorded_none")
    shown = [share, _why(figures, one, Figure.OUTPUT), html.Br(), html.Small(words)]
    label = {"data-label": t("sla.output_recorded")}
    return html.Td(shown if counts["n"] else t("word.none"), className="sla-output", **label)


def _why(figures: SlaFigures, one: StepFigure, figure: Figure) -> Component:
    """The button that takes a figure of this row apart."""
    code = t("sla.all_steps") if one.step == ALL_STEPS else one.step
    return why(why_step(figures.filter, one.step, figure), f"{t(f'why.figure_{figure.name}')}, {code}")


def _count(figures: SlaFigures, one: StepFigure) -> Component:
    """The number judged leads to its letters, and so do the late ones, when there are any."""
    steps = figures.office_steps if one.step == ALL_STEPS else one.step
    judged = link(fmt().number(one.n), cases_behind(figures.filter, steps, Behind.JUDGED), "sla-quiet-link")
    count = one.late + one.overdue
    if not count:
        return judged
    words = t("sla.late_of", n=fmt().number(count))
    late = link(words, cases_behind(figures.filter, steps, Behind.LATE), "sla-late-link")
    return html.Span([judged, html.Br(), late])


def _tone_words(tone: Tone) -> str:
    limits = rule_words()
    words: dict[Tone, Callable[[], str]] = {
        Tone.GOOD: lambda: t("sla.tone_good", **limits),
        Tone.NEAR: lambda: t("sla.tone_near", **limits),
        Tone.LATE: lambda: t("sla.tone_late", **limits),
    }
    return words.get(tone, lambda: t("sla.tone_few", **limits))()


def _spread_cells(figures: SlaFigures, one: StepFigure, scale: Scale, few: Sequence[tuple[str, str]]) -> list[html.Td]:
    """Spread, median and 90th percentile; the letters themselves where they are fewer than five."""
    f = fmt()
    if one.median_seconds is None or one.p10_seconds is None or one.p90_seconds is None:
        return [html.Td(_few_words(few), colSpan=3, className="sla-few")]
    spread = (one.p10_seconds, one.median_seconds, one.p90_seconds)
    words = t("sla.spread_title", low=f.minutes(spread[0]), middle=f.minutes(spread[1]), high=f.minutes(spread[2]))
    low, middle, high = (scale.place(seconds) for seconds in spread)
    target = None if one.target_seconds is None else scale.place(one.target_seconds)
    return [
        html.Td(rangebar(low, middle, high, target), className="sla-spread", title=words),
        _cell([f.minutes(one.median_seconds), _why(figures, one, Figure.MEDIAN)], t("sla.median")),
        _cell([f.minutes(one.p90_seconds), _why(figures, one, Figure.P90)], t("sla.p90")),
    ]


def _few_words(few: Sequence[tuple[str, str]]) -> list[Component | str]:
    if not few:
        return [t("sla.no_durations")]
    links = [link(words, address) for words, address in few]
    separated = [part for one in links for part in (" · ", one)][1:]
    return [t("sla.few", n=len(few)), " ", *separated]


def _trend(points: Sequence[TrendPoint], one: StepFigure, floor: float) -> html.Td:
    known = [point for point in points if point.share is not None]
    if not known:
        return html.Td(t("word.none"), className="sla-trend p-muted")
    f = fmt()
    words = t("sla.trend_title", first=f.percent(known[0].share, 0), last=f.percent(known[-1].share, 0), n=len(known))
    tone = share_tone(one.share, one.n)
    drawn = spark([point.share for point in points], tone, low=floor, label=words)
    return html.Td(drawn, className="sla-trend", title=words)


def _words_without_target(one: StepFigure, output: str) -> str:
    """What such a step is judged by, and how long it took."""
    words = t("sla.output_step", output=output)
    if one.median_seconds is not None:
        words += " " + t("sla.output_median", median=fmt().minutes(one.median_seconds))
    return words


def _result(checks: B5, address: str) -> Component | str:
    """Share of the checked sessions with all in good condition; without a check no share."""
    if checks.share is None or checks.interval is None:
        return t("sla.output_unchecked")
    f = fmt()
    words = t(
        "sla.output_result",
        share=percent_words(checks.share),
        good=f.number(checks.good),
        checked=f.number(checks.checked),
        interval=f.interval(*checks.interval),
    )
    return link(words, address, "sla-quiet-link")
