"""One list of columns is a table on the screen, its cards on a phone, and a sheet of a file; a long one has pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import link, scrolled
from dashboard.components.status import icon
from dashboard.i18n import fmt, t
from dashboard.i18n.formats import NOTHING
from etl.sheet_files import Cell, Sheet, share_cell

Row = TypeVar("Row")


@dataclass(frozen=True)
class Sorting:
    """That a table can be ordered by a column: `address` orders it so, or the other way round when it is already;
    `state` is `ascending`, `descending` or `none`, as screen readers are told."""

    address: str
    state: str = "none"


_SORT_ICONS = {"ascending": "arrow-up", "descending": "arrow-down", "none": "chevron-expand"}


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table whose rows are of one type.

    `key`: its name among the columns of the table. `head`: its words, in the language of the request. `cell`: what the
    screen shows of a row; None: the column stands in files only. `value`: what a file holds; None: the column stands on
    the screen only. `class_name`: of its heading and cells, `num` for numbers. `is_name`: the cell names its row.
    `sorting`: its heading orders the table.
    `shown_head`: what stands above it on a wide screen instead of `head`, say with a scale.
    """

    key: str
    head: str
    cell: Callable[[Row], Any] | None = None
    value: Callable[[Row], Cell] | None = None
    class_name: str | None = None
    is_name: bool = False
    sorting: Sorting | None = None
    shown_head: Any = None


def text_column(key: str, head: str, of: Callable[[Row], Cell], *, is_name: bool = False) -> Column[Row]:
    """The same words on the screen and in files."""
    return Column(key, head, of, of, is_name=is_name)


def number_column(key: str, head: str, of: Callable[[Row], int | float | None]) -> Column[Row]:
    """A number: on the screen in the reader's digits, a dash where there is none."""
    return Column(key, head, lambda row: fmt().number(of(row)), of, "num")


def share_column(key: str, head: str, of: Callable[[Row], float | None]) -> Column[Row]:
    """A share 0–1: on the screen in whole percent, a dash where there is none."""
    return Column(key, head, lambda row: fmt().percent(of(row)), lambda row: share_cell(of(row)), "num")


def table(
    label: str,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    class_name: str = "",
    row_properties: Callable[[Row], dict[str, Any]] = lambda _: {},
    foot: Sequence[html.Tr] = (),
    hides_empty: bool = False,
) -> html.Div:
    """A table that scrolls sideways, also by keyboard; on a phone each cell stands under the words of its column.

    `foot`: rows that are none of the list, such as sums (see `table_row`). `hides_empty`: a cell with
    nothing in it is marked `is-none`, so that a phone, where each cell takes a line, can leave it out.
    """
    shown = [column for column in columns if column.cell is not None]
    heads = [_head(column) for column in shown]
    body = [html.Tr(_cells(shown, row, hides_empty), **row_properties(row)) for row in rows]
    drawn = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody([*body, *foot])], className=f"p-table {class_name}".strip()
    )
    return scrolled(drawn, label)


def table_row(columns: Sequence[Column[Any]], cells: dict[str, Any], **properties: Any) -> html.Tr:
    """A row that no function of the columns makes: its cells by the keys of the columns, empty where there is none."""
    shown = [column for column in columns if column.cell is not None]
    return html.Tr([_cell(column, cells.get(column.key)) for column in shown], **properties)


def sheet(name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Sheet:
    """The same table as a sheet of a file, in the order of its columns."""
    kept = [(column.head, column.value) for column in columns if column.value is not None]
    return Sheet(name, tuple(head for head, _ in kept), tuple(tuple(value(row) for _, value in kept) for row in rows))


def _head(column: Column[Any]) -> html.Th:
    if column.sorting is None:
        return html.Th(column.shown_head or column.head, scope="col", className=column.class_name)
    sorting = column.sorting
    words = [html.Span(column.head), icon(_SORT_ICONS[sorting.state])]
    order = link(words, sorting.address, f"p-sort is-{sorting.state}")
    return html.Th(order, scope="col", className=column.class_name, **{"aria-sort": sorting.state})


def _cells(columns: Sequence[Column[Row]], row: Row, hides_empty: bool) -> list[html.Td | html.Th]:
    return [_cell(column, column.cell(row), hides_empty) for column in columns if column.cell is not None]


def _cell(column: Column[Any], content: Any, hides_empty: bool = False) -> html.Td | html.Th:
    if column.is_name and content not in ("", [], None):  # an empty head names nothing
        return html.Th(content, scope="row", className=column.class_name)
    is_hidden = hides_empty and content in (NOTHING, [NOTHING], [], "")
    class_name = f"{column.class_name or ''} is-none".strip() if is_hidden else column.class_name
    return html.Td(content, className=class_name, **{"data-label": column.head})


def pages_of(total: int, size: int) -> int:
    """How many pages so many rows fill; at least one."""
    return max(-(-total // size), 1)


def read_page(text: str | None) -> int:
    """The page number in an address; the first for anything else."""
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 7 else 1


def pager(page: int, size: int, total: int, address: Callable[[int], str]) -> Component:
    """Which of how many rows are shown, and the ways to the other pages, by `address`; `page` counts from 1."""
    f, last = fmt(), pages_of(total, size)
    first_row, last_row = (page - 1) * size + 1, min(page * size, total)
    words = t("cases.shown", first=f.number(first_row), last=f.number(last_row), total=f.number(total))
    told = html.Span(words, className="p-muted")
    if last == 1:
        return html.Div(told, className="cases-pager no-print")
    steps = [_step(address, page - 1, "chevron-left", t("cases.previous"), page > 1)]
    steps += [_number(address, page, number) for number in _near(page, last)]
    steps.append(_step(address, page + 1, "chevron-right", t("cases.next"), page < last))
    return html.Nav(
        [told, html.Div(steps, className="cases-pages")],
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
