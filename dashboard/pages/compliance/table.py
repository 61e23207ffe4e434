"""The SOP's table of standards with what became of them in a period: one row a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, bar, icon, link, rangebar, scrolled, spark, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import TONE_ICON, is_too_few, only_step, why_number
from dashboard.pages.shared.links import (
    SARPRAS,
    Behind,
    filtered_address,
    one_step,
    request_address,
    requests_behind,
    why_button,
    why_sarpras,
    why_step,
)
from dashboard.pages.shared.monitoring_rule import monitoring_rule, percent_words, rule_words, share_tone, share_words
from dashboard.printed.step_columns import STEP_COLUMNS, basis_words
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.evidence import LongPass
from etl.figures.compliance.steps import SlaFigures, StepFigure, TrendPoint
from etl.figures.facilities.checks import B5
from etl.figures.facilities.period import ConditionFigure
from etl.figures.rooms.diary import RoomsFilter

_ENDS = (4 * HOUR, 8 * HOUR, 24 * HOUR, 80 * HOUR)
_TICKS = (MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR, 80 * HOUR)

_PERCENTILES = (Figure.MEDIAN, Figure.P90)
"""Those with a column of their own."""

Longest = Mapping[str, Sequence[LongPass]]
"""By step its longest passes."""

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
    longest = max((step.p90_seconds or 0 for step in figures), default=0)
    return Scale(next((end for end in _ENDS if longest <= end), _ENDS[-1]))


def trend_floor(trend: Mapping[str, Sequence[TrendPoint]]) -> float:
    """Where the small lines begin, the same for all rows: a whole tenth below the lowest month, at most a half."""
    lowest = min((point.share for points in trend.values() for point in points if point.share is not None), default=0.0)
    return min(int(lowest * 10) / 10, 0.5)


def standards_table(
    figures: SlaFigures, sop: SopVersion, few: SmallCases, checks: B5, longest: Longest | None = None
) -> html.Div:
    """The table; `few` are the letters listed where there are too few for percentiles, `checks` the result of B5,
    `longest` the passes that are named beside the spread. Narrowed to one step it has no row of all of them."""
    scale, floor = scale_of(figures.steps), trend_floor(figures.trend)
    rows = [
        _output_row(figures, step, sop, checks)
        if step.target_seconds is None
        else _row(figures, step, sop, (scale, floor), few.get(step.step, ()), (longest or {}).get(step.step, ()))
        for step in figures.steps
    ]
    if only_step(figures) is None:
        rows.append(_total(figures, floor))
    table = html.Table([_head(scale, floor), html.Tbody(rows)], className="p-table sla-table")
    return scrolled(table, t("sla.table"))


def _head(scale: Scale, floor: float) -> html.Thead:
    ticks = [
        html.Span(_tick(seconds), style={"left": f"{scale.place(seconds) * 100:.1f}%"}, className="sla-tick")
        for seconds in scale.ticks()
    ]
    spread = [html.Span(t("sla.spread")), html.Div(ticks, className="sla-ticks", **{"aria-hidden": "true"})]
    cells = (
        ("sla-code", html.Span(t("word.step"), className="visually-hidden")),
        ("sla-name", t("sla.step_actor")),
        ("num", STEP_COLUMNS["target"].head),
        ("num", [STEP_COLUMNS["n"].head, html.Br(), html.Small(t("sla.late_head"))]),
        ("sla-share", t("sla.share_interval")),
        ("sla-percent", html.Span(STEP_COLUMNS["share"].head, className="visually-hidden")),
        ("sla-spread", spread),
        *(("num", STEP_COLUMNS[name].head) for name in _PERCENTILES),
        ("sla-trend", [t("sla.trend"), html.Br(), html.Small(f"{fmt().interval(floor, 1)}")]),
        ("sla-output", STEP_COLUMNS["output"].head),
    )
    return html.Thead(html.Tr([html.Th(words, className=name, scope="col") for name, words in cells]))


def _tick(seconds: int) -> str:
    """Short words above the scale: the unit once, then bare numbers."""
    if seconds < HOUR:
        return t("sla.tick_minute") if seconds == MINUTE else str(seconds // MINUTE)
    return t("sla.tick_hour", n=seconds // HOUR)


def _row(
    figures: SlaFigures,
    step: StepFigure,
    sop: SopVersion,
    scales: tuple[Scale, float],
    few: Sequence[tuple[str, str]],
    longest: Sequence[LongPass],
) -> html.Tr:
    scale, floor = scales
    cells = [
        *_named(figures, step, sop),
        *_share_cells(figures, step),
        *_spread_cells(figures, step, scale, few, longest),
        _trend(figures.trend[step.step], step, floor),
        _outputs(figures, step),
    ]
    return html.Tr(cells, className="sla-row is-opd" if sop.step(step.step).is_opd_time else "sla-row")


def _output_row(figures: SlaFigures, step: StepFigure, sop: SopVersion, checks: B5) -> html.Tr:
    """The row of a step whose standard is its output, in words that lead to the sessions behind them."""
    sessions = RoomsFilter(figures.filter.period, figures.filter.opd, figures.filter.room)
    button = why(why_sarpras(sessions, ConditionFigure.B5), step.step)
    judged_by = _words_without_target(step, sop.step(step.step).output.text)
    words = [f"{judged_by} ", _result(checks, filtered_address(SARPRAS, sessions)), " ", button]
    cells = [*_named(figures, step, sop), html.Td(words, colSpan=7, className="sla-words"), _outputs(figures, step)]
    return html.Tr(cells, className="sla-row")


def _named(figures: SlaFigures, step: StepFigure, sop: SopVersion) -> list[Component]:
    """Code, step with actor, standard."""
    written = sop.step(step.step)
    name: Component | str = written.short_name
    if only_step(figures) is None:
        name = link(name, one_step(figures.filter, step.step), "sla-step-link")
    actor: list[Component | str] = [written.actor]
    if written.is_opd_time:
        actor.append(html.Span(t("sla.opd_time"), className="sla-chip"))
    return [
        html.Th(step.step, className="sla-code", scope="row"),
        html.Td([html.Div(name, className="sla-step"), html.Div(actor, className="sla-actor")], className="sla-name"),
        _number("target", STEP_COLUMNS["target"].words(step, fmt()) if step.target_seconds else t("sla.no_time")),
    ]


def _total(figures: SlaFigures, floor: float) -> html.Tr:
    together = figures.all_steps
    name = [
        html.Div(t("sla.all_steps"), className="sla-step"),
        html.Div(t("sla.all_steps_note"), className="sla-actor"),
    ]
    cells = [
        html.Th(html.Span(t("sla.all_steps"), className="visually-hidden"), className="sla-code", scope="row"),
        html.Td(name, className="sla-name"),
        _number("target", ""),
        *_share_cells(figures, together),
        html.Td("", className="sla-spread"),
        *(_number(name, "") for name in _PERCENTILES),
        _trend(figures.trend[ALL_STEPS], together, floor),
        _outputs(figures, together),
    ]
    return html.Tr(cells, className="sla-row is-total")


def _number(name: str, content: Component | str | list[Component | str]) -> html.Td:
    """A cell of that column, whose head a phone writes before it."""
    return html.Td(content, className="num", **{"data-label": STEP_COLUMNS[name].head})


def _share_cells(figures: SlaFigures, step: StepFigure) -> list[html.Td]:
    """Count, bar with interval, percent; in words where nothing was judged."""
    f, tone = fmt(), share_tone(step.share, step.n)
    if step.share is None or step.interval is None or is_too_few(figures, step.n):
        words = t("sla.unflagged_few" if step.n else "sla.nothing")
        return [
            _number("n", _count(figures, step) if step.n else f.number(0)),
            html.Td(words, colSpan=2, className="sla-nothing"),
        ]
    words, basis = share_words(step.met, step.n, step.interval), basis_words(step, f)
    percent = [
        icon(TONE_ICON[tone]),
        html.Span(percent_words(step.share)),
        html.Span(f". {words}. {_tone_words(tone)}", className="visually-hidden"),
    ]
    value = html.Span(percent, className=f"sla-value is-{tone}", title=words)
    return [
        _number("n", _count(figures, step)),
        html.Td([bar(step.share, *step.interval, tone), html.Small(basis)], className="sla-share", title=words),
        html.Td([value, why_button(figures.filter, step.step, Figure.SHARE)], className="sla-percent"),
    ]


def _outputs(figures: SlaFigures, step: StepFigure) -> html.Td:
    """Share of the finished passes whose Output is on record, of how many, and how many say that there is none."""
    f, counts = fmt(), step.output_recorded
    words = t("sla.output_recorded_of", n=f.number(counts["n"]), absent=f.number(counts["absent"]))
    share = f.percent(counts["share"]) if counts["recorded"] else t("sla.output_recorded_none")
    shown = [_taken_apart(figures, step, share, Figure.OUTPUT), html.Br(), html.Small(words)]
    label = {"data-label": STEP_COLUMNS["output"].head}
    return html.Td(shown if counts["n"] else t("word.none"), className="sla-output", **label)


def _taken_apart(figures: SlaFigures, step: StepFigure, words: str, figure: Figure) -> Component | str:
    """A number of a row that is itself the way to what it was made from: the row has one button, beside its share."""
    code = t("sla.all_steps") if step.step == ALL_STEPS else step.step
    return why_number(words, why_step(figures.filter, step.step, figure), f"{t(f'why.figure_{figure.name}')}, {code}")


def _count(figures: SlaFigures, step: StepFigure) -> Component:
    """The number judged leads to its letters, and so do the late ones, when there are any."""
    steps = figures.office_steps if step.step == ALL_STEPS else step.step
    judged = link(fmt().number(step.n), requests_behind(figures.filter, steps, Behind.JUDGED), "sla-quiet-link")
    count = step.late + step.overdue
    if not count:
        return judged
    words = t("sla.late_of", n=fmt().number(count))
    late = link(words, requests_behind(figures.filter, steps, Behind.LATE), "sla-late-link")
    more = html.Span(f", {t('sla.late_more')}", className="visually-hidden")
    return html.Span([judged, html.Br(), late, more])


def _tone_words(tone: Tone) -> str:
    return t(f"sla.tone_{'few' if tone is Tone.MUTED else tone}", **rule_words())


def _spread_cells(
    figures: SlaFigures,
    step: StepFigure,
    scale: Scale,
    few: Sequence[tuple[str, str]],
    longest: Sequence[LongPass],
) -> list[html.Td]:
    """The spread with the longest pass by its letter, and the percentiles; the letters themselves where they are fewer
    than five."""
    f = fmt()
    if step.percentiles is None:
        return [html.Td(_few_words(few), colSpan=3, className="sla-few")]

    def percentile(figure: Figure) -> html.Td:
        return _number(figure, _taken_apart(figures, step, STEP_COLUMNS[figure].words(step, f), figure))

    low, middle, high = (f.minutes(seconds) for seconds in step.percentiles)
    words = t("sla.spread_title", low=low, middle=middle, high=high)
    target = None if step.target_seconds is None else scale.place(step.target_seconds)
    beyond = [scale.place(one.seconds) for one in longest if one.seconds > step.percentiles[-1]]
    drawn = [rangebar(*(scale.place(seconds) for seconds in step.percentiles), target, beyond)]
    if longest:
        drawn.append(_longest_words(longest[0]))
    return [html.Td(drawn, className="sla-spread", title=words), *(percentile(figure) for figure in _PERCENTILES)]


def _longest_words(one: LongPass) -> html.Div:
    """The longest pass: its letter and how long it took."""
    letter, length = letter_name(one.year, one.agenda_number), fmt().duration_short(one.seconds)
    way = link(letter, request_address(one.year, one.agenda_number), "sla-quiet-link")
    return html.Div([f"{t('sla.longest')} ", way, f" {length}"], className="sla-longest")


def _few_words(few: Sequence[tuple[str, str]]) -> list[Component | str]:
    if not few:
        return [t("sla.no_durations")]
    links = [link(words, address) for words, address in few]
    separated = [part for letter in links for part in (" · ", letter)][1:]
    return [t("sla.few", n=len(few)), " ", *separated]


def _trend(points: Sequence[TrendPoint], step: StepFigure, floor: float) -> html.Td:
    known = [point for point in points if point.share is not None]
    if not known:
        return html.Td(t("word.none"), className="sla-trend p-muted")
    f = fmt()
    words = t("sla.trend_title", first=f.percent(known[0].share), last=f.percent(known[-1].share), n=len(known))
    tone = share_tone(step.share, step.n)
    drawn = spark([point.share for point in points], tone, low=floor, label=words, target=monitoring_rule().share)
    return html.Td(drawn, className="sla-trend", title=words)


def _words_without_target(step: StepFigure, output: str) -> str:
    """What such a step is judged by, and how long it took."""
    words = t("sla.output_step", output=output)
    if step.percentiles is not None:
        words += " " + t("sla.output_median", median=STEP_COLUMNS[Figure.MEDIAN].words(step, fmt()))
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
