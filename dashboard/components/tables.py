"""One list of columns is a table on the screen, its cards on a phone, and a sheet of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dash import html

from dashboard.i18n import fmt
from dashboard.i18n.formats import NOTHING
from etl.sheet_files import Cell, Sheet, share_cell

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table whose rows are of one type.

    `key`: its name among the columns of the table. `head`: its words, in the language of the request. `cell`: what the
    screen shows of a row; None: the column stands in files only. `value`: what a file holds; None: the column stands on
    the screen only. `class_name`: of its heading and cells, `num` for numbers. `is_name`: the cell names its row.
    """

    key: str
    head: str
    cell: Callable[[Row], Any] | None = None
    value: Callable[[Row], Cell] | None = None
    class_name: str | None = None
    is_name: bool = False


def text_column(key: str, head: str, of: Callable[[Row], Cell], *, is_name: bool = False) -> Column[Row]:
    """The same words on the screen and in files."""
    return Column(key, head, of, of, is_name=is_name)


def number_column(key: str, head: str, of: Callable[[Row], int | float | None]) -> Column[Row]:
    """A number: on the screen in the reader's digits, a dash where there is none."""
    return Column(key, head, lambda row: fmt().number(of(row)), of, "num")


def share_column(key: str, head: str, of: Callable[[Row], float | None]) -> Column[Row]:
    """A share 0–1: on the screen in whole percent, a dash where there is none."""
    return Column(key, head, lambda row: fmt().percent(of(row), 0), lambda row: share_cell(of(row)), "num")


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
    heads = [html.Th(column.head, scope="col", className=column.class_name) for column in shown]
    body = [html.Tr(_cells(shown, row, hides_empty), **row_properties(row)) for row in rows]
    drawn = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody([*body, *foot])], className=f"p-table {class_name}".strip()
    )
    return html.Div(drawn, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def table_row(columns: Sequence[Column[Any]], cells: dict[str, Any], **properties: Any) -> html.Tr:
    """A row that no function of the columns makes: its cells by the keys of the columns, empty where there is none."""
    shown = [column for column in columns if column.cell is not None]
    return html.Tr([_cell(column, cells.get(column.key)) for column in shown], **properties)


def sheet(name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Sheet:
    """The same table as a sheet of a file, in the order of its columns."""
    kept = [(column.head, column.value) for column in columns if column.value is not None]
    return Sheet(name, tuple(head for head, _ in kept), tuple(tuple(value(row) for _, value in kept) for row in rows))


def _cells(columns: Sequence[Column[Row]], row: Row, hides_empty: bool) -> list[html.Td | html.Th]:
    return [_cell(column, column.cell(row), hides_empty) for column in columns if column.cell is not None]


def _cell(column: Column[Any], content: Any, hides_empty: bool = False) -> html.Td | html.Th:
    if column.is_name:
        return html.Th(content, scope="row", className=column.class_name)
    is_hidden = hides_empty and content in (NOTHING, [NOTHING], [])
    class_name = f"{column.class_name or ''} is-none".strip() if is_hidden else column.class_name
    return html.Td(content, className=class_name, **{"data-label": column.head})
