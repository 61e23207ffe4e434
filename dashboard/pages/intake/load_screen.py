"""A load that no file brought: a correction made on a page, or the undoing of another load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel
from dashboard.i18n import t
from dashboard.pages.intake.corrections import change_of, letter_of, what_of
from dashboard.pages.shared.row_lists import load_address, table, table_row
from etl.figures.intake.corrections import corrections_of_load

if TYPE_CHECKING:
    from data_access.records.intake.loads import Load
    from etl.office import Office


def said_on_page(office: Office, load: Load) -> Component:
    """What the load says: the load it took back and why, or the values it put right."""
    if load.undoes_load_id is not None:
        undone = link(t("intake.undoes", number=load.undoes_load_id), load_address(load.undoes_load_id), "intake-more")
        return panel(html.P([t("intake.reason"), ": ", load.undo_reason or t("word.none")]), undone)
    found = corrections_of_load(office, load.id)
    if not found:
        return panel(empty(t("intake.none_corrected")))
    heads = {name: t(f"intake.{name}") for name in ("letter", "what", "change", "reason")}
    rows = [
        table_row(
            heads, {"letter": letter_of(one), "what": what_of(one), "change": change_of(one), "reason": one.reason}
        )
        for one in found
    ]
    return panel(table(t("intake.part_koreksi"), heads, rows), title=t("intake.part_koreksi"))
