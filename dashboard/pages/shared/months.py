"""Months beside each other, as the charts of all areas draw them: their places, names and points in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import link
from dashboard.components.plots import Tick
from dashboard.i18n import fmt, t
from etl.figures.filter import Period, month_period

MOST_NAMED = 24
"""Of more months than these only the years have a name."""


def month_of(month: str) -> Period:
    """ "2026-09" as its days."""
    return month_period(int(month[:4]), int(month[5:]))


def hover_head(month: str, running: str) -> str:
    """The first words at a point; of the month not yet over it says so."""
    return f"{fmt().month(month_of(month).first)}{t('sla.running_month') if month == running else ''}: "


def month_places(count: int) -> list[float]:
    """Where so many months stand beside each other."""
    return [(place + 0.5) / count for place in range(count)]


def month_ticks(months: Sequence[str], every: int) -> list[Tick]:
    """An axis of months; on a phone each second or third has its name, the last one included, so that the words fit.
    The year stands where it begins; of more than two years it stands alone."""
    f, ticks, year = fmt(), list[Tick](), ""
    for place, (at, month) in enumerate(zip(month_places(len(months)), months, strict=True)):
        if len(months) > MOST_NAMED:
            ticks += [Tick(at, month[:4], is_minor=int(month[:4]) % 2 > 0)] if month.endswith("-01") else []
            continue
        name, _, of_year = f.month_short(month_of(month).first).partition(" ")
        is_minor = len(months) > 6 and (len(months) - 1 - place) % every > 0
        ticks.append(Tick(at, name if of_year == year else f"{name}\n{of_year}", is_minor))
        year = of_year
    return ticks


def listed_points(rows: Iterable[tuple[str, str]]) -> Component:
    """The points of a chart in words with their addresses, folded away: the chart is above them."""
    items = [html.Li(link(words, address, "sla-quiet-link")) for words, address in rows]
    return html.Details([html.Summary(t("sla.points_title")), html.Ul(items)], className="sla-points")
