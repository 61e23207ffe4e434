"""Which of how many rows a list shows, and the ways to its other pages."""

from __future__ import annotations

from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import link
from dashboard.components.status import icon
from dashboard.i18n import fmt, t


def pages_of(total: int, size: int) -> int:
    """How many pages so many rows fill; at least one."""
    return max(-(-total // size), 1)


def read_page(text: str | None) -> int:
    """The page number in an address; the first for anything else."""
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 7 else 1


def pager(page: int, size: int, total: int, address: Callable[[int], str]) -> html.Nav:
    """`page` counts from 1; `address` gives the address of another page."""
    f, last = fmt(), pages_of(total, size)
    first_row, last_row = (page - 1) * size + 1, min(page * size, total)
    words = t("cases.shown", first=f.number(first_row), last=f.number(last_row), total=f.number(total))
    steps = [_step(address, page - 1, "chevron-left", t("cases.previous"), page > 1)]
    steps += [_number(address, page, number) for number in _near(page, last)]
    steps.append(_step(address, page + 1, "chevron-right", t("cases.next"), page < last))
    return html.Nav(
        [html.Span(words, className="p-muted"), html.Div(steps if last > 1 else [], className="cases-pages")],
        className="cases-pager no-print",
        **{"aria-label": t("cases.pages")},
    )


def _near(page: int, last: int) -> list[int | None]:
    """1 … 6 7 8 … 30: the first, the last and those around; None stands for a gap."""
    wanted = sorted({1, last, *(number for number in range(page - 1, page + 2) if 1 <= number <= last)})
    numbers: list[int | None] = []
    for number in wanted:
        before = numbers[-1] if numbers else None
        if before is not None and number - before > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def _number(address: Callable[[int], str], page: int, number: int | None) -> Component:
    if number is None:
        return html.Span("…", className="cases-gap")
    if number == page:
        return html.Span(fmt().number(number), className="cases-page is-here", **{"aria-current": "page"})
    return link(fmt().number(number), address(number), "cases-page")


def _step(address: Callable[[int], str], number: int, icon_name: str, words: str, is_open: bool) -> Component:
    if not is_open:
        return html.Span(icon(icon_name), className="cases-page is-off", **{"aria-hidden": "true"})
    return link([icon(icon_name), html.Span(words, className="visually-hidden")], address(number), "cases-page")
