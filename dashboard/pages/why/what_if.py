"""The steps that would change if a target were another one: how many, and which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, page_head, panel
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import filtered_address, why_if
from dashboard.pages.shared.sop_links import TARGET
from dashboard.pages.sop.minutes import read_minutes
from dashboard.pages.why.rows import steps_table
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel, sop_rule
from dashboard.pages.why.scope import asked_by
from etl.figures.compliance.evidence import ROWS
from etl.figures.compliance.what_if import Turn, changing_steps
from etl.figures.period import FilterError, known_steps

if TYPE_CHECKING:
    from etl.office import Office


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The list of one turn; an agency's user is shown its own letters only."""
    f = fmt()
    codes = known_steps([query.get("langkah", "")])
    if len(codes) != 1:
        raise FilterError(t("why.one_step", step=query.get("langkah", "")))
    (step,), seconds = codes, read_minutes(query.get("menit", ""))
    turn = _turn(query.get("kelompok", ""))
    asked = asked_by(office, {**query, "bagian": ""}, as_of, user)
    page = read_page(query.get("hal"))
    rows, total = changing_steps(office, asked, step, seconds, turn, page, ROWS, as_of)
    if page > pages_of(total, ROWS):
        page = pages_of(total, ROWS)
        rows, total = changing_steps(office, asked, step, seconds, turn, page, ROWS, as_of)
    sop = office.sop.version_for(asked.period.last)
    limit = f.duration(seconds)
    words = t(f"sop.turn_{turn.name}", count=f.number(total), n=total)
    subtitle = " · ".join([t("sop.if_limit", step=step, limit=limit), f.period(asked.period.first, asked.period.last)])
    crumbs = [(t("sop.tab_target"), filtered_address(TARGET, asked)), (t("word.why"), None)]

    def address(number: int) -> str:
        return why_if(asked, step, seconds, turn, hal=number if number > 1 else None)

    listed = [
        steps_table(rows, sop, (page - 1) * ROWS + 1, is_mixed=False),
        pager(page, ROWS, total, address),
    ]
    return html.Div(
        [
            page_head(words, subtitle, crumbs=crumbs),
            panel(*(listed if total else [empty(t("sop.turn_none"))]), title=t("why.rows_title")),
            rules_panel(
                [
                    sop_rule([sop], step),
                    (t("why.rule_accounting"), [t("sop.if_rule")]),
                    calendar_rule(office, asked.period.first, asked.period.last),
                    data_rule(office, as_of),
                ]
            ),
        ]
    )


def _turn(text: str) -> Turn:
    return Turn(text) if text in {turn.value for turn in Turn} else Turn.TO_MET
