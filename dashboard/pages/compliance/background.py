"""What stands behind the shares: how they differ from the period before, with what chance alone could make, and where
lateness comes from, waiting apart from work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from math import ceil
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, panel, pill
from dashboard.components.plots import Bar, Mark, Tick, even_ticks, plot, tick_decimals
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, outward, t
from dashboard.pages.compliance.cells import (
    count_link,
    in_points,
    only_step,
    step_name,
    step_words,
    why_number,
    with_why,
)
from dashboard.pages.shared.links import Behind, requests_behind, requests_of_kind, why_compare, why_requests, why_step
from dashboard.pages.shared.monitoring_rule import percent_words
from dashboard.printed.step_columns import file_columns, minutes_cell
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import Pair
from etl.domain.units import HOUR
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import READY, REQUESTS, Comparison, Lateness, Wait, comparisons, lateness
from etl.figures.compliance.steps import SlaFigures
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.period import LetterKind
from etl.sheet_files import Cell, Share, share_cell


class Id(StrEnum):
    """Ids of the panel."""

    CHART = "sla-lateness"


_WHOLE = (ALL_STEPS, REQUESTS, READY)


def compare_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """One row a step with a target, then all steps and the letters; in words when the period before has nothing."""
    f, before, rows = fmt(), figures.previous_period, compared(figures)
    title = t("sla.compare_title")
    note = t("sla.compare_note", before=f.period(before.first, before.last))
    if not any(row.earlier_n for row in rows):
        return panel(empty(t("sla.change_none"), icon_name="calendar-minus"), title=title, note=note)
    listed = table(title, compare_columns(figures, sop), rows, "sla-coverage sla-compare", _row_properties)
    rule = html.P(t("sla.compare_rule", reach=f.number(_reach(rows) * 100, 0)), className="sla-note")
    return panel(listed, rule, title=title, note=note, folded=_compared_line(rows))


def compared(figures: SlaFigures) -> tuple[Comparison, ...]:
    """The rows of the comparison: narrowed to one step it alone."""
    only, rows = only_step(figures), comparisons(figures)
    return tuple(row for row in rows if only is None or row.what == only.step)


def _compared_line(rows: Sequence[Comparison]) -> str:
    """How many rows went up, down, or differ by no more than chance can make."""
    counted = Counter(_outcome(row)[2] for row in rows)
    return " · ".join(f"{fmt().number(n)} {words}" for words, n in counted.most_common())


def _forest_head(reach: float) -> list[Component | str]:
    """The head of the drawn intervals with their scale: its ends and 0."""
    ticks = [
        html.Span(fmt().signed(round(end * reach * 100)) if end else "0", className="sla-tick", style={"left": at})
        for end, at in ((-1, "0%"), (0, "50%"), (1, "100%"))
    ]
    return [html.Span(t("sla.compare_interval")), html.Div(ticks, className="sla-ticks", **{"aria-hidden": "true"})]


def compare_columns(figures: SlaFigures, sop: SopVersion) -> list[Column[Comparison]]:
    """One row a comparison, on the screen and in the file."""
    now, before, reach = figures.filter.period, figures.previous_period, _reach(compared(figures))
    return [
        Column(
            "what", t("sla.compare_what"), lambda row: what_is_compared(row.what, sop),
            lambda row: name_words(row.what, sop), is_name=True,
        ),
        Column("part", t("sla.export_now_part"), value=lambda row: row.part),
        Column("n", t("sla.export_now_n"), value=lambda row: row.n),
        Column(
            "now", t("sla.compare_now"), lambda row: _share(figures, row.what, row.part, row.n, now),
            lambda row: _share_of(row.part, row.n), "num",
        ),
        Column("earlier_part", t("sla.export_before_part"), value=lambda row: row.earlier_part),
        Column("earlier_n", t("sla.export_before_n"), value=lambda row: row.earlier_n),
        Column(
            "before", t("sla.compare_before"),
            lambda row: _share(figures, row.what, row.earlier_part, row.earlier_n, before),
            lambda row: _share_of(row.earlier_part, row.earlier_n), "num",
        ),
        Column(
            "difference", t("sla.compare_difference"), lambda row: _difference(figures, row),
            lambda row: share_cell(row.difference), "num",
        ),
        Column(
            "interval", t("sla.compare_interval"), lambda row: _forest(row, reach), class_name="sla-forest-cell",
            shown_head=_forest_head(reach),
        ),
        *file_columns("low", "high"),
        Column("verdict", t("sla.compare_verdict"), verdict_of, lambda row: _outcome(row)[2]),
    ]  # fmt: skip


def lateness_panel(figures: SlaFigures, sop: SopVersion, waits: Sequence[Wait]) -> html.Section:
    """Chart and table; in words when nothing was late or nothing was judged."""
    parts, title = lateness(figures), t("sla.lateness_title")
    if not parts and not figures.all_steps.n:
        return panel(empty(t("sla.nothing")), title=title)
    if not parts:
        return panel(empty(t("sla.no_lateness"), icon_name="check2-circle"), title=title)
    addresses = [_late_cases(figures, part) for part in parts]
    drawn = _pareto(parts, sop, addresses) if only_step(figures) is None else None
    note = html.P(t("sla.wait_rule"), className="sla-note")
    listed = table(title, lateness_columns(figures, sop, waits), parts, "sla-coverage sla-pareto")
    first = parts[0]
    line = t("sla.kpi_lateness_note", name=f"{first.step} {step_words(first.step, sop)}", share=part_words(first.share))
    shown = html.Div([drawn, html.Div([listed, note])], className="sla-side") if drawn else html.Div([listed, note])
    return panel(shown, title=title, note=t("sla.lateness_note"), folded=line)


def lateness_columns(figures: SlaFigures, sop: SopVersion, waits: Sequence[Wait]) -> list[Column[Lateness]]:
    """One row a step with lateness, on the screen and in the file."""
    by_step = {wait.step: wait for wait in waits}

    def of_wait(value: Callable[[Wait], Cell]) -> Callable[[Lateness], Cell]:
        return lambda row: value(by_step[row.step]) if row.step in by_step else None

    return [
        Column("step", t("word.step"), lambda row: step_name(row.step, sop), lambda row: row.step, is_name=True),
        Column("name", t("sla.export_name"), value=lambda row: step_words(row.step, sop)),
        Column(
            "late", t("sla.late_cases"), lambda row: count_link(row.late, _late_cases(figures, row)),
            lambda row: row.late, "num",
        ),
        Column("over", t("sla.over"), lambda row: fmt().duration_short(row.over_seconds), class_name="num"),
        Column("over_minutes", t("sla.export_over"), value=lambda row: minutes_cell(row.over_seconds)),
        Column("part", t("sla.part_of_all"), lambda row: _part(figures, row), lambda row: Share(row.share), "num"),
        Column(
            "cumulative", t("sla.cumulative"), lambda row: part_words(row.cumulative),
            lambda row: Share(row.cumulative), "num",
        ),
        Column(
            "wait", t("sla.wait_work"), lambda row: _waiting(figures, by_step.get(row.step)),
            class_name="sla-wait-cell",
        ),
        Column("wait_n", t("sla.export_wait_n"), value=of_wait(lambda wait: wait.n)),
        Column(
            "waiting", t("sla.export_waiting"),
            value=of_wait(lambda wait: minutes_cell(wait.waiting_seconds / wait.n)),
        ),
        Column(
            "working", t("sla.export_working"),
            value=of_wait(lambda wait: minutes_cell(wait.working_seconds / wait.n)),
        ),
    ]  # fmt: skip


def what_is_compared(what: str, sop: SopVersion) -> list[Component | str]:
    """The name of a row."""
    if what in _WHOLE:
        return [html.Strong(t(f"sla.compare_{what}"))]
    return step_name(what, sop)


def points(difference: float | None) -> str:
    """+1,8 poin; a dash when there is nothing to compare."""
    if difference is None:
        return t("word.none")
    return t("sla.points", n=fmt().signed(in_points(difference)))


def points_between(interval: Pair) -> list[str]:
    """Both ends of the interval of a difference, rounded outward."""
    *ends, decimals = outward(*interval)
    return [t("sla.points", n=fmt().signed(end, decimals)) for end in ends]


def verdict_of(row: Comparison) -> Component:
    """Up, down, within chance, or not to be compared."""
    return pill(*_outcome(row))


def why_share(filter_: SlaFilter, what: str) -> str:
    """The explanation of one of the two shares."""
    figures = {REQUESTS: Figure.REQUESTS, READY: Figure.EVENT}
    return why_requests(filter_, figures[what]) if what in figures else why_step(filter_, what)


def _row_properties(row: Comparison) -> dict[str, Any]:
    return {"className": "is-whole"} if row.what in _WHOLE else {}


def _share_of(part: int, n: int) -> Share | None:
    return Share(part / n) if n else None


def _reach(rows: Sequence[Comparison]) -> float:
    """Half the width of the drawn scale: whole tenths that hold every interval."""
    longest = max((max(abs(end) for end in row.interval) for row in rows if row.interval), default=0.1)
    return min(max(ceil(longest * 10) / 10, 0.1), 1.0)


def name_words(what: str, sop: SopVersion) -> str:
    """The name of a row in words."""
    return t(f"sla.compare_{what}") if what in _WHOLE else f"{what} {step_words(what, sop)}"


def _share(figures: SlaFigures, what: str, part: int, n: int, period: Period) -> list[Component | str]:
    """Part of n, which leads to the n, and percent."""
    if not n:
        return [html.Span(t("sla.nothing"), className="p-muted")]
    words = t("sla.compare_of", part=fmt().number(part), n=fmt().number(n))
    counted = count_link(n, _address(figures, what, period))
    address = why_share(replace(figures.filter, period=period), what)
    share = why_number(percent_words(part / n), address, f"{what}, {fmt().period(period.first, period.last)}")
    return [html.Small([f"{words} ", counted], className="p-muted"), html.Span(share, className="sla-now")]


def _address(figures: SlaFigures, what: str, period: Period) -> str:
    filter_ = figures.filter
    if what == REQUESTS:
        return requests_of_kind(filter_, LetterKind.JUDGED, period=period)
    if what == READY:
        return requests_of_kind(filter_, LetterKind.AGAINST_EVENT, period=period)
    steps = figures.office_steps if what == ALL_STEPS else (what,)
    return requests_behind(filter_, steps, Behind.JUDGED, period=period)


def _difference(figures: SlaFigures, row: Comparison) -> Component | str:
    address = why_compare(figures.filter, row.what)
    of = f"{t('sla.compare_difference')}, {row.what}"
    return why_number(points(row.difference), address, of, is_known=row.difference is not None)


def _forest(row: Comparison, reach: float) -> Component | str:
    """The interval as a line over a scale with 0 in its middle."""
    if row.interval is None or row.difference is None:
        return t("word.none")

    def place(value: float) -> float:
        return (min(max(value / reach, -1.0), 1.0) + 1) * 50

    low, high = (place(end) for end in row.interval)
    tone, span = f"is-{_outcome(row)[0]}", {"left": f"{low:.1f}%", "width": f"{high - low:.1f}%"}
    words = t("sla.compare_interval_title", **dict(zip(("low", "high"), points_between(row.interval), strict=True)))
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


def _outcome(row: Comparison) -> tuple[Tone, str, str]:
    """Tone, sign and words of what a comparison says."""
    if row.difference is None:
        return Tone.MUTED, "dash-lg", t("sla.compare_none")
    if row.is_within_chance:
        return Tone.MUTED, "shuffle", t("sla.within_chance")
    if row.difference > 0:
        return Tone.GOOD, "arrow-up", t("sla.compare_up")
    return Tone.LATE, "arrow-down", t("sla.compare_down")


def _late_cases(figures: SlaFigures, part: Lateness) -> str:
    return requests_behind(figures.filter, part.step, Behind.LATE)


def _part(figures: SlaFigures, part: Lateness) -> Component | str:
    address = why_step(figures.filter, part.step, Figure.LATENESS)
    return with_why(part_words(part.share), part.share, address, f"{t('why.figure_LATENESS')}, {part.step}")


def _waiting(figures: SlaFigures, wait: Wait | None) -> Component | str:
    """Means of waiting and of work as two parts of one bar; a dash where no step has both stamps."""
    if wait is None:
        return html.Span(t("sla.wait_none"), className="p-muted")
    f, whole = fmt(), wait.waiting_seconds + wait.working_seconds
    part = wait.waiting_seconds / whole if whole else 0.0
    words = t(
        "sla.wait_words",
        waiting=f.minutes(wait.waiting_seconds / wait.n),
        working=f.minutes(wait.working_seconds / wait.n),
        n=f.number(wait.n),
    )
    drawn = html.Div(
        [
            html.Span(className="sla-wait-part", style={"width": f"{part * 100:.1f}%"}),
            html.Span(className="sla-work-part", style={"width": f"{(1 - part) * 100:.1f}%"}),
        ],
        className="sla-wait",
        **{"aria-hidden": "true"},
    )
    address = why_step(figures.filter, wait.step, Figure.WAITING)
    return html.Div([drawn, html.Small(why_number(words, address, f"{t('why.figure_WAITING')}, {wait.step}"))])


def part_words(share: float) -> str:
    """A part in percent; a small one is not nothing."""
    return f"<{fmt().percent(0.001)}" if share < 0.0005 else fmt().percent(share)


def _pareto(parts: Sequence[Lateness], sop: SopVersion, addresses: Sequence[str]) -> Component:
    """Hours over target by step, the largest first, with the running sum of their parts as a line."""
    f, count = fmt(), len(parts)
    hours = even_ticks(max(part.over_seconds for part in parts) / HOUR, 4)
    says = [
        f"{part.step} {sop.step(part.step).short_name}: "
        + t("sla.over_title", time=f.duration(part.over_seconds), share=f.percent(part.share))
        for part in parts
    ]
    across = [(place + 0.5) / count for place in range(count)]
    bars = [
        Bar(x, 0.65 / count, part.over_seconds / HOUR / hours[-1], "late-soft" if place else "late", words, address)
        for place, (x, part, words, address) in enumerate(zip(across, parts, says, addresses, strict=True))
    ]
    reached = [(x, min(part.cumulative, 1.0)) for x, part in zip(across, parts, strict=True)]
    marks = [
        Mark(place, "text", t("sla.cumulative_title", share=f.percent(part.cumulative)), address)
        for place, part, address in zip(reached, parts, addresses, strict=True)
    ]
    suffix, decimals = t("sla.hours_suffix"), tick_decimals(hours)
    return plot(
        Id.CHART,
        label=t("sla.lateness_label"),
        height=400,
        x=[Tick(x, part.step) for x, part in zip(across, parts, strict=True)],
        y=[Tick(at / hours[-1], f"{f.number(at, decimals)}{suffix}") for at in hours],
        right=[Tick(quarter / 4, f.percent(quarter / 4, 0)) for quarter in range(5)],
        lines=[("text", reached)],
        bars=bars,
        marks=marks,
    )
