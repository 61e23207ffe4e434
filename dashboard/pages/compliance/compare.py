"""The period against the one before: each difference with its interval, and whether chance alone could make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, panel, pill
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, step_words, why_number
from dashboard.pages.shared.links import Behind, requests_behind, requests_of_kind, why_compare, why_requests, why_step
from dashboard.pages.shared.monitoring_rule import percent_words
from dashboard.printed.step_columns import file_columns
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import READY, REQUESTS, Comparison, comparisons
from etl.figures.compliance.steps import SlaFigures
from etl.figures.period import Period, SlaFilter
from etl.figures.requests.period import LetterKind
from etl.sheet_files import Share, share_cell

_WHOLE = (ALL_STEPS, REQUESTS, READY)


def compare_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a step with a target, then all steps and the letters; in words when the period before has nothing."""
    f, before, rows = fmt(), figures.previous_period, comparisons(figures)
    title = t("sla.compare_title")
    note = t("sla.compare_note", before=f.period(before.first, before.last))
    if not any(row.earlier_n for row in rows):
        return panel(empty(t("sla.change_none"), icon_name="calendar-minus"), title=title, note=note)
    listed = table(title, compare_columns(figures, sop), rows, "sla-coverage sla-compare", _row_properties)
    rule = html.P(t("sla.compare_rule", reach=f.number(_reach(rows) * 100, 0)), className="sla-note")
    return panel(listed, rule, title=title, note=note)


def _row_properties(row: Comparison) -> dict[str, Any]:
    return {"className": "is-whole"} if row.what in _WHOLE else {}


def compare_columns(figures: SlaFigures, sop: SopVersion) -> list[Column[Comparison]]:
    """One row a comparison, on the screen and in the file."""
    now, before, reach = figures.filter.period, figures.previous_period, _reach(comparisons(figures))
    return [
        Column(
            "what", t("sla.compare_what"), lambda row: what_is_compared(row.what, sop),
            lambda row: _name_words(row.what, sop), is_name=True,
        ),
        Column("part", t("sla.export_now_part"), value=lambda row: row.part),
        Column("n", t("sla.export_now_n"), value=lambda row: row.n),
        Column(
            "now", t("sla.compare_now"), lambda row: _share(figures, row.what, row.part, row.n, now),
            lambda row: _part(row.part, row.n), "num",
        ),
        Column("earlier_part", t("sla.export_before_part"), value=lambda row: row.earlier_part),
        Column("earlier_n", t("sla.export_before_n"), value=lambda row: row.earlier_n),
        Column(
            "before", t("sla.compare_before"),
            lambda row: _share(figures, row.what, row.earlier_part, row.earlier_n, before),
            lambda row: _part(row.earlier_part, row.earlier_n), "num",
        ),
        Column(
            "difference", t("sla.compare_difference"), lambda row: _difference(figures, row),
            lambda row: share_cell(row.difference), "num",
        ),
        Column(
            "interval", t("sla.compare_interval"), lambda row: _forest(row, reach), class_name="sla-forest-cell"
        ),
        *file_columns("low", "high"),
        Column("verdict", t("sla.compare_verdict"), verdict_of, _verdict_words),
    ]  # fmt: skip


def _part(part: int, n: int) -> Share | None:
    return Share(part / n) if n else None


def _reach(rows: Sequence[Comparison]) -> float:
    """Half the width of the drawn scale: whole tenths that hold every interval."""
    longest = max((max(abs(end) for end in row.interval) for row in rows if row.interval), default=0.1)
    return min(max(ceil(longest * 10) / 10, 0.1), 1.0)


def _name_words(what: str, sop: SopVersion) -> str:
    """The name of a row in a file."""
    return t(f"sla.compare_{what}") if what in _WHOLE else f"{what} {step_words(what, sop)}"


def what_is_compared(what: str, sop: SopVersion) -> list[Component | str]:
    """The name of a row."""
    if what in _WHOLE:
        return [html.Strong(t(f"sla.compare_{what}"))]
    return [html.Strong(what), " ", html.Span(sop.step(what).short_name)]


def _share(figures: SlaFigures, what: str, part: int, n: int, period: Period) -> list[Component | str]:
    """Part of n, which leads to the n, and percent."""
    if not n:
        return [html.Span(t("sla.nothing"), className="p-muted")]
    words = t("sla.compare_of", part=fmt().number(part), n=fmt().number(n))
    counted = count_link(n, _address(figures, what, period))
    address = why_share(replace(figures.filter, period=period), what)
    share = why_number(percent_words(part / n), address, f"{what}, {fmt().period(period.first, period.last)}")
    return [html.Small([f"{words} ", counted], className="p-muted"), html.Span(share, className="sla-now")]


def _difference(figures: SlaFigures, row: Comparison) -> Component | str:
    address = why_compare(figures.filter, row.what)
    of = f"{t('sla.compare_difference')}, {row.what}"
    return why_number(points(row.difference), address, of, is_known=row.difference is not None)


def why_share(filter_: SlaFilter, what: str) -> str:
    """The explanation of one of the two shares."""
    figures = {REQUESTS: Figure.REQUESTS, READY: Figure.EVENT}
    return why_requests(filter_, figures[what]) if what in figures else why_step(filter_, what)


def _address(figures: SlaFigures, what: str, period: Period) -> str:
    filter_ = figures.filter
    if what == REQUESTS:
        return requests_of_kind(filter_, LetterKind.JUDGED, period=period)
    if what == READY:
        return requests_of_kind(filter_, LetterKind.AGAINST_EVENT, period=period)
    steps = figures.office_steps if what == ALL_STEPS else (what,)
    return requests_behind(filter_, steps, Behind.JUDGED, period=period)


def points(difference: float | None) -> str:
    """+1,8 poin; a dash when there is nothing to compare."""
    if difference is None:
        return t("word.none")
    rounded = round(difference * 100, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return t("sla.points", n=sign + fmt().number(abs(rounded)))


def _forest(row: Comparison, reach: float) -> Component | str:
    """The interval as a line over a scale with 0 in its middle."""
    if row.interval is None or row.difference is None:
        return t("word.none")

    def place(value: float) -> float:
        return (min(max(value / reach, -1.0), 1.0) + 1) * 50

    low, high = (place(end) for end in row.interval)
    tone, span = f"is-{_tone(row)}", {"left": f"{low:.1f}%", "width": f"{high - low:.1f}%"}
    words = t("sla.compare_interval_title", low=points(row.interval[0]), high=points(row.interval[1]))
    return html.Div(
        [
            html.Span(className="sla-forest-zero"),
            html.Span(className=f"sla-forest-line {tone}", style=span),
            html.Span(className=f"sla-forest-dot {tone}", style={"left": f"{place(row.difference):.1f}%"}),
            html.Span(words, className="visually-hidden"),
        ],
        className="sla-forest",
        title=words,
    )


def _tone(row: Comparison) -> Tone:
    if row.difference is None or row.is_within_chance:
        return Tone.MUTED
    return Tone.GOOD if row.difference > 0 else Tone.LATE


def verdict_of(row: Comparison) -> Component:
    """Up, down, within chance, or not to be compared."""
    if row.difference is None:
        return pill(Tone.MUTED, "dash-lg", _verdict_words(row))
    if row.is_within_chance:
        return pill(Tone.MUTED, "shuffle", _verdict_words(row))
    return pill(_tone(row), "arrow-up" if row.difference > 0 else "arrow-down", _verdict_words(row))


def _verdict_words(row: Comparison) -> str:
    if row.difference is None:
        return t("sla.compare_none")
    if row.is_within_chance:
        return t("sla.within_chance")
    return t("sla.compare_up" if row.difference > 0 else "sla.compare_down")
