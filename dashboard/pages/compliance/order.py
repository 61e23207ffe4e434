"""Were the steps done in the order of the SOP: passed over, begun too early, done again; apart from time."""

from __future__ import annotations

from typing import Any, NamedTuple

from dash import html

from dashboard.components import empty, panel
from dashboard.components.tables import Column, table
from dashboard.i18n import t
from dashboard.pages.compliance.cells import count_link, step_name, step_words
from dashboard.pages.shared.links import Behind, requests_behind
from dashboard.pages.shared.words import flag_name
from etl.domain.sop.steps import STEP_CODES
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Flag
from etl.figures.compliance.reading import Order
from etl.figures.compliance.steps import SlaFigures


class OrderRow(NamedTuple):
    """Passes of one step that were not in order, or all letters with such a pass (`step` "")."""

    step: str
    skipped: int
    early: int
    repeated: int


def order_rows(figures: SlaFigures, order: Order) -> list[OrderRow]:
    """The steps, then the letters concerned: one letter may have several steps."""
    steps = [OrderRow(step.step, step.skipped, step.out_of_order, step.returned) for step in figures.steps]
    return [*steps, OrderRow("", order.skipped, order.out_of_order, order.repeated)]


def order_panel(figures: SlaFigures, sop: SopVersion, order: Order) -> html.Section:
    """Counts by step, below them the letters concerned; in words when all went in order."""
    title, note = t("sla.order_title"), t("sla.order_note")
    if not order.letters:
        return panel(empty(t("sla.order_none"), icon_name="check2-circle"), title=title, note=note)
    rows = [row for row in order_rows(figures, order) if not row.step or row.skipped + row.early + row.repeated]
    listed = table(title, order_columns(figures, sop), rows, "sla-coverage", _row_properties)
    rule = html.P(t("sla.order_rule", count=order.letters), className="sla-note")
    return panel(listed, rule, title=title, note=note)


def _row_properties(row: OrderRow) -> dict[str, Any]:
    return {} if row.step else {"className": "is-whole"}


def order_columns(figures: SlaFigures, sop: SopVersion) -> list[Column[OrderRow]]:
    """One row a step and one of the letters, on the screen and in the file."""

    def cases(row: OrderRow, verdict: Behind | None, flag: Flag | None = None) -> str:
        steps = row.step or figures.filter.steps or STEP_CODES
        return requests_behind(figures.filter, steps, verdict, flag_name(flag) if flag else None)

    return [
        Column(
            "step", t("word.step"),
            lambda row: step_name(row.step, sop) if row.step else html.Strong(t("sla.order_letters")),
            lambda row: row.step, is_name=True,
        ),
        Column(
            "name", t("sla.export_name"),
            value=lambda row: step_words(row.step, sop) if row.step else t("sla.order_letters"),
        ),
        Column(
            "skipped", t("sla.order_skipped"), lambda row: count_link(row.skipped, cases(row, Behind.SKIPPED)),
            lambda row: row.skipped, "num",
        ),
        Column(
            "early", t("sla.order_early"), lambda row: count_link(row.early, cases(row, None, Flag.OUT_OF_ORDER)),
            lambda row: row.early, "num",
        ),
        Column(
            "repeated", t("sla.order_repeated"),
            lambda row: count_link(row.repeated, cases(row, None, Flag.RETURNED)), lambda row: row.repeated, "num",
        ),
    ]  # fmt: skip
