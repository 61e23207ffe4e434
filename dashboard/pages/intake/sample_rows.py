"""Sample rows of a file: each cell as typed, beneath it what was understood or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import icon
from dashboard.i18n import fmt, sentence, t
from etl.extract.kinds import NUMBER_FORMS, Form
from etl.intake.offered.preview import Block
from etl.intake.offered.preview_rows import Cell, Column, SampleRow

_WRITTEN: Mapping[Form, Callable[[Any], str]] = {
    Form.DAY: lambda value: fmt().date(int(value)),
    Form.CLOCK: lambda value: fmt().clock(int(value)),
    Form.MOMENT: lambda value: fmt().moment_short(int(value)),
    **dict.fromkeys(NUMBER_FORMS, lambda value: fmt().number(int(value))),
    Form.CONDITION: lambda value: t(f"data.condition_{value}"),
}


def rows_table(block: Block) -> Component:
    """One table row a sample row; on a phone each becomes a card."""
    has_sheets = len(block.sheets) > 1
    heads = [html.Th(t("data.row"), scope="col"), *(_head(column) for column in block.columns)]
    body: list[Component] = []
    before = None
    for row in block.rows:
        if before is not None and (row.sheet, row.row) != (before.sheet, before.row + 1):
            body.append(html.Tr(html.Td("⋯", colSpan=len(heads)), className="data-gap", **{"aria-hidden": "true"}))
        body.append(_row(row, block, has_sheets=has_sheets))
        before = row
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="p-table data-rows")
    place = {"role": "region", "aria-label": t("data.rows_label"), "tabIndex": 0}
    return html.Div(table, className="p-scroll data-scroll", **place)


def _head(column: Column) -> Component:
    header = t("data.constant") if column.is_constant else column.header
    return html.Th([html.Span(header), html.Small(column.name)], scope="col")


def _row(row: SampleRow, block: Block, *, has_sheets: bool) -> Component:
    number = f"{row.sheet} · {row.row}" if has_sheets and row.sheet else str(row.row)
    label = t("data.row")
    cells = [html.Td(_number(row, number), className="data-row-number", **{"data-label": label})]
    cells += [_cell(cell, column) for cell, column in zip(row.cells, block.columns, strict=True)]
    state = "is-rejected" if row.is_rejected else "is-remarkable" if row.is_remarkable else ""
    return html.Tr(cells, className=state)


def _number(row: SampleRow, number: str) -> list[Any]:
    """The row's number, and what is wrong with the row as a whole."""
    if not row.fault:
        return [number]
    return [number, html.Small([icon("x-circle-fill"), f" {sentence(row.fault)}"], className="data-fault")]


def _cell(cell: Cell, column: Column) -> Component:
    typed = cell.typed if cell.typed is not None else _written(cell, column)
    beneath = _beneath(cell, column)
    parts = [html.Span(typed or "–", className="data-typed"), beneath]
    class_name = "data-cell" + (" is-bad" if cell.fault else "")
    return html.Td(parts, className=class_name, **{"data-label": column.header})


def _beneath(cell: Cell, column: Column) -> Component | None:
    """Why the row is rejected, what follows from the cell, or how it was understood."""
    if cell.fault:
        return html.Small([icon("x-circle-fill"), f" {_without_cell(sentence(cell.fault))}"], className="data-fault")
    if cell.remark:
        words = t(f"data.remark_{cell.remark}", step=cell.subject)
        return html.Small([icon("exclamation-triangle-fill"), f" {words}"], className="data-remark")
    understood = _written(cell, column) if cell.typed is not None else ""
    return html.Small(understood) if understood and understood != cell.typed else None


def _written(cell: Cell, column: Column) -> str:
    if cell.value is None:
        return ""
    return _WRITTEN.get(column.form, str)(cell.value)


def _without_cell(reason: str) -> str:
    """A reason without the cell it quotes, which stands above it."""
    return re.sub(r'^"[^"]*":? ', "", reason)
