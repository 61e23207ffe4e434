"""Do the numbers of a register begin again every month?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import account
from dashboard.components import button, panel
from dashboard.components.tables import Column
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.intake.waiting_parts import here, places, row_answered
from dashboard.pages.shared.forms import done
from dashboard.pages.shared.words import place_link
from etl.desk.second_letters import answer_numbering
from etl.figures.intake.open_work import Restart
from etl.office import Office


class Id(StrEnum):
    """Ids of the question."""

    RESTART = "waiting-restart"
    BY_MONTH = "waiting-by-month"
    BY_YEAR = "waiting-by-year"


def take_answers(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take what a person says of the numbers."""

    def decide(pressed: str, row_id: Any) -> Component:
        return settle_numbering(office, now(), row_id, is_monthly=pressed == Id.BY_MONTH)

    restart, ways = ((Id.RESTART, "data"),), (Id.BY_MONTH, Id.BY_YEAR)
    frame.take_decisions(app, "waiting", ways, restart, decide, allow_duplicate=True)


def settle_numbering(office: Office, now: int, row_id: Any, *, is_monthly: bool) -> Component:
    """The numbers of the register begin again every month, or do not; what became of its rows, in words."""
    row, user, reason = row_answered(row_id), account(), t("intake.numbering_reason")
    is_published = answer_numbering(office, row, user.name, user.role, now, reason, is_monthly=is_monthly)
    return done(t("intake.numbers_by_month" if is_monthly else "intake.numbers_by_year"), is_published=is_published)


def restart_panel(restarted: Sequence[Restart], text: str) -> Component:
    """The question whether the numbers of a register begin again every month; `text`: the id of its first row."""
    restart = next((known for known in restarted if str(known.first["id"]) == text), None)
    if restart is None:
        return frame.decision(html.P(t("intake.number_answered")))
    return frame.decision(
        dcc.Store(id=Id.RESTART, data=restart.first["id"]),
        places([restart.first], restart.rows),
        frame.hint(t("intake.numbering_hint")),
        buttons=[
            button(t("intake.numbering_month"), id=Id.BY_MONTH),
            button(t("intake.numbering_year"), id=Id.BY_YEAR, kind="quiet"),
        ],
        title=_restart_words(restart),
    )


def _restart_words(restart: Restart) -> str:
    row = restart.first
    number, received = row["agenda_number"] or t("word.none"), fmt().date_short(row["received_on"])
    return t("intake.numbers_asked", number=number, row=row["row"], received=received)


def restarts_list(restarted: Sequence[Restart], query: Mapping[str, str], may_change: bool) -> Component:
    """Registers whose numbers begin again, one question each."""
    columns: list[Column[Restart]] = [
        frame.column("question", lambda restart: html.Strong(_restart_words(restart))),
        frame.column("rows_waiting", lambda restart: fmt().number(restart.rows), "num"),
        frame.column("read_at", lambda restart: place_link(restart.first)),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(frame.column("action", lambda row: frame.way(words, here(query, mulai=row.first["id"]))))
    title = t("intake.restarted")
    return panel(frame.listed(title, columns, restarted), title=title, note=t("intake.restarted_note"))
