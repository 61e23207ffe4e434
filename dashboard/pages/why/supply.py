"""When an item that is used up will be gone, taken apart: how long it lasted each time, the middle, how long ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, page_head, panel, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.why.rules import data_rule, rules_panel
from etl.domain.units import DAY
from etl.figures.facilities.consumables import FEWEST_TIMES, Supply, supplies
from etl.figures.facilities.incidents import incidents_at

if TYPE_CHECKING:
    from etl.office import Office


def explain_supply(office: Office, query: Mapping[str, str], as_of: int, _: Account) -> Component:
    """The item of a room that `barang` and `ruang` name; in words when it is none that is used up."""
    room, item = query.get("ruang", ""), query.get("barang", "")
    crumbs = [(t("sarpras.title"), with_query("/sarpras", ruang=room)), (t("word.why"), None)]
    found = supplies([(room, item)], incidents_at(office, as_of), as_of)
    if not found:
        words = panel(empty(t("sarpras.no_supplies"), "", "box-seam"))
        return html.Div([page_head(t("word.why"), crumbs=crumbs), words])
    (one,) = found
    rule = (t("why.rule_accounting"), [t("sarpras.why_supply_rule", fewest=fmt().number(FEWEST_TIMES))])
    return html.Div(
        [
            page_head(t("word.why"), f"{one.item} · {one.room}", crumbs=crumbs),
            panel(html.P(_equation(one, as_of)), title=t("sarpras.supplies_title")),
            _times(one),
            rules_panel([rule, data_rule(office, as_of)]),
        ]
    )


def _equation(one: Supply, as_of: int) -> str:
    """The middle of the times less what has passed since it was filled."""
    f = fmt()
    if one.is_out:
        return t("sarpras.out")
    if one.days_left is None or one.filled_at is None:
        return t("sarpras.needs_more", times=f.number(len(one.lasted)), fewest=f.number(FEWEST_TIMES))
    return t(
        "sarpras.why_supply_sum",
        middle=f.number(round(float(np.median(one.lasted)), 1)),
        passed=f.number(round((as_of - one.filled_at) / DAY, 1)),
        left=f.number(round(one.days_left, 1)),
        filled=f.moment_short(one.filled_at),
    )


def _times(one: Supply) -> Component:
    f, title = fmt(), t("sarpras.why_supply_times")
    if not one.spans:
        return panel(empty(t("sarpras.not_known")), title=title)
    heads = {name: t(f"sarpras.why_supply_{name}") for name in ("filled", "gone", "days")}
    rows = [
        table_row(
            heads,
            {"filled": f.moment_short(filled), "gone": f.moment_short(gone), "days": f.number(round(days, 1))},
            ("days",),
        )
        for (filled, gone), days in zip(one.spans, one.lasted, strict=True)
    ]
    return panel(table(title, heads, rows, ("days",)), title=title)
