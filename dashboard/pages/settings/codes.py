"""Which agencies without an account may ask for rooms by a code, until when, and how does one get a code?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.codes import CodeRefusedError, codes, end_code, is_good, make_code
from dashboard.components import (
    Tone,
    button,
    empty,
    icon,
    link,
    page_head,
    page_url,
    panel,
    pill,
    read_query,
    stack,
    with_query,
)
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.forms import on_press, outcome, shown_once, sure_question, text_field
from dashboard.pages.shared.links import CODES_PATH, settings_crumbs
from dashboard.pages.shared.page_request import Names, PageRequest, once_more
from data_access.records.letters import OpdCode
from etl.corrections.typed import Context, read_value
from etl.domain.units import day_date
from etl.office import Office

PAGE = Page.KODE
PATH = CODES_PATH
TITLE = "codes.title"
NAV = None

END = "akhiri"
ADDRESS_NAMES: Names = {END: None}
"""Name in the address of the code that is about to be ended."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "codes-url"
    CHANGED = "codes-changed"
    RESULT = "codes-said"
    OPD = "codes-opd"
    UNTIL = "codes-until"
    MAKE = "codes-make"
    LIST = "codes-list"
    QUESTION = "codes-question"
    CHOSEN = "codes-asked"
    END = "codes-end"
    CODE = "codes-code"


def layout(page_request: PageRequest) -> Component:
    """The form for a new code, what came of it, and the list."""
    today = datetime.fromtimestamp(page_request.now, page_request.office.zone)
    until = text_field(Id.UNTIL, t("codes.until"), f"31/12/{today.year}", placeholder=t("word.day_form"))
    make = button([icon("plus-lg"), t("codes.make")], id=Id.MAKE)
    return stack(
        page_url("codes"),
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("codes.title"), t("codes.subtitle"), crumbs=settings_crumbs(t("codes.title"))),
        panel(
            html.Div([text_field(Id.OPD, t("codes.opd")), until, make], className="intake-form"),
            html.Div(id=Id.RESULT, **{"aria-live": "polite"}),
            html.Div(id=Id.QUESTION),
            html.Div(id=Id.LIST),
        ),
        class_name="settings",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the codes; make one, end one."""

    @app.callback(Output(Id.LIST, "children"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def show(_: Any) -> Component:
        return code_list(office, codes(office), now())

    @app.callback(Output(Id.QUESTION, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def ask(search: str | None, _: Any) -> Component | None:
        return _question(office, read_query(search).get(END), now())

    def make(_pressed: str, opd: Any, until: Any, changed: Any) -> tuple[Any, ...]:
        return _made(office, now(), str(opd or ""), str(until or "")), once_more(changed), ""

    def end(_pressed: str, chosen: Any, changed: Any) -> tuple[Any, ...]:
        return _ended(office, now(), chosen), once_more(changed), ""

    words, changed = (Id.RESULT, "children"), (Id.CHANGED, "data")
    given = [(Id.OPD, "value"), (Id.UNTIL, "value"), changed]
    on_press(app, PAGE, [Id.MAKE], given, make, [words, changed, (Id.OPD, "value")])
    ended = [words, changed, (Id.URL, "search")]
    on_press(app, PAGE, [Id.END], [(Id.CHOSEN, "data"), changed], end, ended, allow_duplicate=True)


def _made(office: Office, now: int, opd: str, until: str) -> Component:
    """Make a code, which is shown this once."""
    value = read_value("permohonan", "booked_start", until, Context(office.book, now))
    if not isinstance(value, dict) or value["on"] is None:
        raise CodeRefusedError("codes.no_until")
    _, code = make_code(office, opd, day_date(value["on"]), now, account().name)
    return shown_once(Id.CODE, t("codes.made", opd=opd), t("codes.once"), code, t("codes.how"))


def _ended(office: Office, now: int, chosen: Any) -> Component:
    code = end_code(office, chosen if isinstance(chosen, int) else 0, now)
    return outcome(t("codes.ended", opd=code.opd), Tone.GOOD)


def code_list(office: Office, shown: Sequence[OpdCode], now: int) -> Component:
    """All codes as a table; words when there is none."""
    if not shown:
        return empty(t("codes.none"), t("codes.none_hint"), "key")
    return table(t("codes.title"), _columns(office, now), shown, "intake-table")


def _columns(office: Office, now: int) -> list[Column[OpdCode]]:
    cells: dict[str, Callable[[OpdCode], Component | str]] = {
        "opd": lambda code: html.Strong(code.opd),
        "state": lambda code: _state(office, code, now),
        "until": lambda code: fmt().date(day_date(code.last_on)),
        "used": lambda code: fmt().moment_short(code.last_used_at) if code.last_used_at else t("settings.never"),
        "made": lambda code: fmt().moment_short(code.created_at),
        "action": lambda code: _action(office, code, now),
    }
    return [Column(key, t(f"codes.head_{key}"), cell) for key, cell in cells.items()]


def _state(office: Office, code: OpdCode, now: int) -> Component:
    if is_good(office, code, now):
        return pill(Tone.GOOD, "check-lg", t("codes.good"))
    return pill(Tone.MUTED, "slash-circle", t("codes.over"))


def _action(office: Office, code: OpdCode, now: int) -> Component | str:
    if not is_good(office, code, now):
        return t("word.none")
    return link([icon("x-lg"), t("codes.end")], with_query(PATH, **{END: code.id}), "intake-more")


def _question(office: Office, code_id: str | None, now: int) -> Component | None:
    """Asks whether that code shall really end; None when the address names none that is good."""
    good = (code for code in codes(office) if is_good(office, code, now))
    chosen = next((code for code in good if str(code.id) == code_id), None)
    if chosen is None:
        return None
    stored, act = dcc.Store(id=Id.CHOSEN, data=chosen.id), button(t("codes.end_do"), id=Id.END)
    return sure_question(stored, t("codes.end_title", opd=chosen.opd), t("codes.end_words"), act, PATH)
