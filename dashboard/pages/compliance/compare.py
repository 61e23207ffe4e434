"""The period beside the one before: each difference with its interval, and whether chance alone could make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, panel, pill
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, small_row, small_table, why_number
from dashboard.pages.compliance.table import office_steps
from dashboard.pages.shared.links import Behind, requests_behind, requests_of_kind, why_compare, why_requests, why_step
from dashboard.pages.shared.monitoring_rule import percent_words
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.evidence import Figure
from etl.figures.compliance.reading import READY, REQUESTS, Comparison, comparisons
from etl.figures.compliance.steps import ALL_STEPS, SlaFigures
from etl.figures.period import Period, SlaFilter
from etl.figures.requests.period import LetterKind

_HEADS = (
    ("sla.compare_what", ""),
    ("sla.compare_now", "num"),
    ("sla.compare_before", "num"),
    ("sla.compare_difference", "num"),
    ("sla.compare_interval", "sla-forest-cell"),
    ("sla.compare_verdict", ""),
)
_WHOLE = (ALL_STEPS, REQUESTS, READY)


def compare_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a step with a target, then all steps and the letters; in words when the period before has nothing."""
    f, before, rows = fmt(), figures.previous_period, comparisons(figures)
    title = t("sla.compare_title")
    note = t("sla.compare_note", before=f.period(before.first, before.last))
    if not any(one.earlier_n for one in rows):
        return panel(empty(t("sla.change_none"), icon_name="calendar-minus"), title=title, note=note)
    reach = _reach(rows)
    table = small_table(title, _HEADS, [_row(figures, one, sop, reach) for one in rows], "sla-compare")
    rule = html.P(t("sla.compare_rule", reach=f.number(reach * 100, 0)), className="sla-note")
    return panel(table, rule, title=title, note=note)


def _reach(rows: Sequence[Comparison]) -> float:
    """Half the width of the drawn scale: whole tenths that hold every interval."""
    longest = max((max(abs(end) for end in one.interval) for one in rows if one.interval), default=0.1)
    return min(max(ceil(longest * 10) / 10, 0.1), 1.0)


def _row(figures: SlaFigures, one: Comparison, sop: SopVersion, reach: float) -> html.Tr:
    period = figures.filter.period
    cells = (
        ("sla.compare_now", "num", _share(figures, one, one.part, one.n, period)),
        ("sla.compare_before", "num", _share(figures, one, one.earlier_part, one.earlier_n, figures.previous_period)),
        ("sla.compare_difference", "num", _difference(figures, one)),
        ("sla.compare_interval", "sla-forest-cell", _forest(one, reach)),
        ("sla.compare_verdict", "", verdict_of(one)),
    )
    return small_row(what_is_compared(one.what, sop), cells, "is-whole" if one.what in _WHOLE else "")


def what_is_compared(what: str, sop: SopVersion) -> list[Component | str]:
    """The name of a row."""
    if what in _WHOLE:
        return [html.Strong(t(f"sla.compare_{what}"))]
    return [html.Strong(what), " ", html.Span(sop.step(what).short_name)]


def _share(figures: SlaFigures, one: Comparison, part: int, n: int, period: Period) -> list[Component | str]:
    """Part of n, which leads to the n, and percent."""
    if not n:
        return [html.Span(t("sla.nothing"), className="p-muted")]
    words = t("sla.compare_of", part=fmt().number(part), n=fmt().number(n))
    counted = count_link(n, _address(figures, one.what, period))
    address = why_share(replace(figures.filter, period=period), one.what)
    share = why_number(percent_words(part / n), address, f"{one.what}, {fmt().period(period.first, period.last)}")
    return [html.Small([f"{words} ", counted], className="p-muted"), html.Span(share, className="sla-now")]


def _difference(figures: SlaFigures, one: Comparison) -> Component | str:
    address = why_compare(figures.filter, one.what)
    of = f"{t('sla.compare_difference')}, {one.what}"
    return why_number(points(one.difference), address, of, is_known=one.difference is not None)


def why_share(asked: SlaFilter, what: str) -> str:
    """The explanation of one of the two shares."""
    figures = {REQUESTS: Figure.REQUESTS, READY: Figure.EVENT}
    return why_requests(asked, figures[what]) if what in figures else why_step(asked, what)


def _address(figures: SlaFigures, what: str, period: Period) -> str:
    asked = figures.filter
    if what == REQUESTS:
        return requests_of_kind(asked, LetterKind.JUDGED, period=period)
    if what == READY:
        return requests_of_kind(asked, LetterKind.AGAINST_EVENT, period=period)
    steps = office_steps(figures) if what == ALL_STEPS else (what,)
    return requests_behind(asked, steps, Behind.JUDGED, period=period)


def points(difference: float | None) -> str:
    """+1,8 poin; a dash when there is nothing to compare."""
    if difference is None:
        return t("word.none")
    rounded = round(difference * 100, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return t("sla.points", n=sign + fmt().number(abs(rounded)))


def _forest(one: Comparison, reach: float) -> Component | str:
    """The interval as a line over a scale with 0 in its middle."""
    if one.interval is None or one.difference is None:
        return t("word.none")

    def place(value: float) -> float:
        return (min(max(value / reach, -1.0), 1.0) + 1) * 50

    low, high = (place(end) for end in one.interval)
    tone, span = f"is-{_tone(one)}", {"left": f"{low:.1f}%", "width": f"{high - low:.1f}%"}
    words = t("sla.compare_interval_title", low=points(one.interval[0]), high=points(one.interval[1]))
    return html.Div(
        [
            html.Span(className="sla-forest-zero"),
            html.Span(className=f"sla-forest-line {tone}", style=span),
            html.Span(className=f"sla-forest-dot {tone}", style={"left": f"{place(one.difference):.1f}%"}),
            html.Span(words, className="visually-hidden"),
        ],
        className="sla-forest",
        title=words,
    )


def _tone(one: Comparison) -> Tone:
    if one.difference is None or one.is_within_chance:
        return Tone.MUTED
    return Tone.GOOD if one.difference > 0 else Tone.LATE


def verdict_of(one: Comparison) -> Component:
    """Up, down, within chance, or not to be compared."""
    if one.difference is None:
        return pill(Tone.MUTED, "dash-lg", t("sla.compare_none"))
    if one.is_within_chance:
        return pill(Tone.MUTED, "shuffle", t("sla.within_chance"))
    is_up = one.difference > 0
    return pill(_tone(one), "arrow-up" if is_up else "arrow-down", t("sla.compare_up" if is_up else "sla.compare_down"))
