"""Which time limits hold from which day on, and why: a new version of the SOP, entered by those who may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import Tone, button, date_field, empty, link, page_head, page_url, panel
from dashboard.i18n import fmt, sentence, t
from dashboard.i18n.catalogue import Language
from dashboard.i18n.formats import Formats
from dashboard.pages.shared.forms import outcome, reason_field, reason_of, text_field
from dashboard.pages.shared.links import SOP, VERSION, may_do, tabs
from dashboard.pages.shared.page_request import PageRequest
from data_access.errors import PantauError
from etl.desk.sop_edit import Entered, SopEdit, editable, enter_version
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import SopVersion

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.SOP
PATH = VERSION
TITLE = "sop.version_title"
NAV = None


class Id(StrEnum):
    """Ids of the page; each step's field has its code behind TIME."""

    NUMBER = "sop-number"
    SINCE = "sop-since"
    TIME = "sop-time-"
    REASON = "sop-reason"
    SAVE = "sop-save"
    SAID = "sop-said"


def layout(page_request: PageRequest) -> Component:
    """The form, filled with the newest version; words for those who may not change anything."""
    head = page_head(t("sop.version_title"), t("sop.version_subtitle"), crumbs=_crumbs())
    if not may_do(page_request.account):
        return html.Div([head, panel(empty(t("shell.forbidden_words"), icon_name="shield-lock"))], className="sop")
    newest = page_request.office.sop.current()
    return html.Div(
        [
            page_url("sop-version"),
            head,
            tabs(VERSION, page_request.query, page_request.account),
            html.Div(id=Id.SAID),
            panel(*_form(newest), class_name="intake"),
        ],
        className="sop",
    )


def _crumbs() -> list[tuple[str, str | None]]:
    return [(t("sop.page"), SOP), (t("sop.version_title"), None)]


def _form(newest: SopVersion) -> Sequence[Component]:
    f = fmt()
    return [
        html.P(t("sop.version_rule"), className="intake-hint"),
        html.P(t("sop.version_newest", number=newest.number, day=f.date(newest.effective_on)), className="intake-hint"),
        html.Div(
            [
                text_field(Id.NUMBER, t("sop.version_number"), newest.number),
                date_field(Id.SINCE, t("sop.version_since")),
            ],
            className="intake-form",
        ),
        html.H3(t("sop.version_times"), className="sop-h3"),
        html.Div([_field(newest.step(code)) for code in editable(newest)], className="sop-times"),
        html.P(t("sop.version_times_hint"), className="p-muted"),
        reason_field(Id.REASON, t("sop.version_example")),
        html.Div(button(t("sop.version_save"), id=Id.SAVE), className="intake-form"),
    ]


def _field(step: SopStep) -> Component:
    return text_field(f"{Id.TIME}{step.code}", f"{step.code} · {step.short_name}", step.time.text)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a version from those who may enter one."""
    steps = editable(office.sop.current())

    @app.callback(
        Output(Id.SAID, "children"),
        Input(Id.SAVE, "n_clicks"),
        State(Id.NUMBER, "value"),
        State(Id.SINCE, "value"),
        State(Id.REASON, "value"),
        *(State(f"{Id.TIME}{code}", "value") for code in steps),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def save(clicks: int | None, number: Any, since: Any, reason: Any, *times: Any) -> Any:
        if not clicks:
            return no_update
        day = _day(since)
        if day is None:
            return outcome(t("sop.no_date"))
        words = reason_of(reason if isinstance(reason, str) else "")
        if not words:
            return outcome(t("intake.reason_short"))
        written = {code: str(value or "") for code, value in zip(steps, times, strict=True)}
        edit = SopEdit(str(number or ""), day, written, words, _printed(office, day))
        return _saved(office, edit, now())


def _saved(office: Office, edit: SopEdit, now: int) -> Component:
    try:
        entered = enter_version(office, edit, now, account().name)
    except PantauError as error:
        return outcome(sentence(error))
    return html.Div([_done(entered), html.P(link(t("sop.version_look"), SOP, "cases-link"))])


def _done(entered: Entered) -> Component:
    f = fmt()
    if not entered.is_published:
        return outcome(t("intake.saved_not_shown"), Tone.NEAR)
    words = t(
        "sop.version_done",
        day=f.date(entered.version.effective_on),
        count=f.number(entered.letters),
        n=entered.letters,
    )
    return outcome(words, Tone.GOOD)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _printed(office: Office, day: date) -> str:
    """The date as the identity block prints it: the SOP is an Indonesian document in any language of the screen."""
    return Formats(Language.INDONESIAN, office.zone).date(day).partition(", ")[2]
