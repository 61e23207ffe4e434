"""What would go if this load were taken back, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import Tone, banner, button, icon, link, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.frame import UNDECIDED, UnusableAnswerError, decided, given_reason
from dashboard.pages.shared.forms import done, note, reason_field
from dashboard.pages.shared.links import DATA, load_address
from dashboard.pages.shared.page_request import record_number
from dashboard.pages.shared.words import actor_words
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.views import undoing_load
from etl.figures.intake.open_work import load_subject
from etl.intake.undo import Undone, undo, undo_preview

if TYPE_CHECKING:
    from data_access.records.intake.loads import Load
    from etl.office import Office

SURE = "sure"


class Id(StrEnum):
    """Ids of undoing, on the page of one load."""

    REASON = "load-undo-reason"
    SURE = "load-undo-sure"
    DO = "load-undo-do"
    OUTCOME = "load-undo-said"
    UNDONE = "load-undone"


def register_undo(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a load back for those who may, once they have said why and that they are sure."""

    @app.callback(
        Output(Id.OUTCOME, "children"),
        Output(Id.UNDONE, "data"),
        Output("load-url", "search"),
        Input(Id.DO, "n_clicks"),
        State("load-id", "data"),
        State(Id.REASON, "value"),
        State(Id.SURE, "value"),
        State(Id.UNDONE, "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.DATA, May.DO)
    def take_back(clicks: int | None, load_id: Any, reason: Any, sure: Any, times: Any) -> tuple[Any, Any, Any]:
        if not clicks or record_number(load_id) is None:
            return UNDECIDED
        return decided(times, lambda: _undo(office, now(), load_id, reason, is_sure=sure == [SURE]))


def _undo(office: Office, now: int, load_id: int, typed: Any, *, is_sure: bool) -> Component:
    """Take the load back; what became of it, in words."""
    reason, user = given_reason(typed), account().name
    if not is_sure:
        raise UnusableAnswerError("intake.undo_unsure")
    undone = undo(office, load_id, reason, user, now)
    note(office, now, user, "undo", load_subject(load_id), reason=reason, rows=undone.rows)
    return done(t("intake.undo_done", file=undone.file), is_published=undone.is_published)


def undone_banner(office: Office, load: Load) -> Component | None:
    """Who took the load back, when and why; None while it counts."""
    if load.status != "undone":
        return None
    with reading(office.records) as connection:
        by = undoing_load(connection, load.id)
    who = actor_words(office, by["actor"] if by else None)
    moment = fmt().moment(by["started_at"] if by else load.undone_at)
    reason = (by or {}).get("undo_reason") or t("word.none")
    words = t("intake.undone_words", moment=moment, who=who, reason=reason)
    return banner([words, " ", link(t("intake.give_again"), DATA)], Tone.NEAR, "arrow-counterclockwise")


def undo_panel(office: Office, load: Load) -> Component:
    """The question before a load is taken back: what would go, what would return, and why."""
    try:
        would = undo_preview(office, load.id)
    except PantauError as error:
        return banner(sentence(error), Tone.LATE, "exclamation-octagon")
    sure = dcc.Checklist(
        id=Id.SURE, options=[{"label": t("intake.undo_sure"), "value": SURE}], value=[], className="intake-check"
    )
    return panel(
        html.P(t("intake.undo_hint"), className="intake-hint"),
        html.Ul([html.Li(words) for words in _losses(would)], className="intake-loss"),
        reason_field(Id.REASON, t("intake.undo_example")),
        html.Div(sure, className="intake-form"),
        html.Div(
            [
                html.Button(
                    [icon("arrow-counterclockwise"), t("intake.undo_do")],
                    id=Id.DO, type="button", className="p-button is-danger",
                ),
                button(t("intake.cancel"), href=load_address(load.id), kind="quiet"),
            ],
            className="intake-form",
        ),
        title=t("intake.undo_title"),
        class_name="intake-decision",
    )  # fmt: skip


def _losses(would: Undone) -> list[str]:
    """One sentence a consequence; those that concern nothing are left out."""
    counts = {
        "rows": would.rows,
        "letters": would.letters,
        "sessions": would.sessions,
        "returning": would.returning,
        "page_corrections": would.page_corrections,
    }
    sentences = [
        t(f"intake.undo_{name}", count=fmt().number(count), n=count) for name, count in counts.items() if count
    ]
    return sentences or [t("intake.undo_nothing")]
