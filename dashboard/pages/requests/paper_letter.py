"""Which letter came on paper just now, and under which number does it stand?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import entering
from dashboard.components import Tone, banner, button, icon, page_head, panel, stack
from dashboard.components.filters import labelled
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.requests.scans import scan_field
from dashboard.pages.shared.forms import outcome
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.page_request import PageRequest, office_today
from dashboard.pages.shared.words import held_words, too_small_words
from data_access.errors import PantauError
from data_access.roles import Role
from etl.corrections.typed import Context, read_value
from etl.desk.letters import (
    NumberTakenError,
    PaperLetter,
    before_recording,
    booking,
    enter_letter,
    known_agencies,
    next_number,
    room_named,
)
from etl.desk.scans import take_scans
from etl.domain.units import MINUTE, day_date
from etl.figures.rooms.free_times import Slot, room_times
from etl.office import Office

PAGE = Page.SURAT_BARU
PATH = "/surat-baru"
TITLE = "paper.title"
NAV = "paper.title"

_LONGEST = 300


class Id(StrEnum):
    """Ids of the page."""

    GO = "paper-go"
    ENTRY = "paper-entry"
    NUMBER = "paper-number"
    RECEIVED_DAY = "paper-received-day"
    RECEIVED_CLOCK = "paper-received-clock"
    OPD = "paper-opd"
    ACTIVITY = "paper-activity"
    ROOM = "paper-room"
    DAY = "paper-day"
    BEGIN = "paper-begin"
    END = "paper-end"
    PEOPLE = "paper-people"
    LETTER_NUMBER = "paper-letter-number"
    SUBJECT = "paper-subject"
    SAVE = "paper-save"
    OUTCOME = "paper-said"
    HELD = "paper-held"
    SCANS = "paper-scans"


_FIELDS = {
    "number": Id.NUMBER, "received_day": Id.RECEIVED_DAY, "received_clock": Id.RECEIVED_CLOCK, "opd": Id.OPD,
    "activity": Id.ACTIVITY, "room": Id.ROOM, "day": Id.DAY, "begin": Id.BEGIN, "end": Id.END, "people": Id.PEOPLE,
    "letter_number": Id.LETTER_NUMBER, "subject": Id.SUBJECT,
}  # fmt: skip
"""The fields of a letter and the controls in which they are typed."""


def layout(page_request: PageRequest) -> Component:
    """The form, with the next number and, where there is only one, the room."""
    office, now = page_request.office, page_request.now
    rooms = [room.name for room in office.settings.rooms]
    rows = (
        _receipt(next_number(office, now), office_today(office, now)),
        _letter(known_agencies(office)),
        _event(rooms),
    )
    save = button([icon("check-lg"), t("paper.save")], id=Id.SAVE)
    return stack(
        dcc.Location(id=Id.GO, refresh="callback-nav"),
        dcc.Store(id=Id.ENTRY, data=secrets.token_hex(12)),
        dcc.Store(id=Id.SCANS),
        page_head(t("paper.title"), t("paper.subtitle")),
        html.Div(id=Id.OUTCOME, **{"aria-live": "assertive"}),
        panel(
            *(html.Div(row, className="letter-row") for row in rows),
            html.Div(id=Id.HELD, **{"aria-live": "polite"}),
            html.Details([html.Summary(t("paper.more")), html.Div(_more(), className="letter-row")]),
            scan_field(),
            html.Div([save, html.Span(t("paper.hint"), className="p-muted")], className="letter-save"),
        ),
        class_name="letter-page",
    )


def _receipt(number: str, today: date) -> Sequence[Component]:
    day = t("paper.today", day=f"{today:%d/%m/%Y}")
    return (
        field(Id.NUMBER, t("paper.number"), number, class_name="is-short"),
        field(Id.RECEIVED_DAY, t("paper.received_day"), placeholder=day, class_name="is-middle"),
        field(Id.RECEIVED_CLOCK, t("paper.received_clock"), placeholder=t("paper.now"), class_name="is-short"),
    )


def _letter(agencies: Sequence[str]) -> Sequence[Component]:
    return (
        field(Id.OPD, t("paper.opd"), known=agencies, autofocus=True, class_name="is-wide"),
        field(Id.ACTIVITY, t("paper.activity"), placeholder=t("paper.activity_example"), class_name="is-wide"),
    )


def _event(rooms: Sequence[str]) -> Sequence[Component]:
    return (
        field(Id.DAY, t("paper.day"), placeholder=t("word.day_form"), class_name="is-middle"),
        field(Id.BEGIN, t("paper.begin"), placeholder=fmt().hour(9), class_name="is-short"),
        field(Id.END, t("paper.end"), placeholder=fmt().hour(12), class_name="is-short"),
        field(Id.PEOPLE, t("paper.people"), kind="number", class_name="is-short"),
        field(Id.ROOM, t("paper.room"), rooms[0] if len(rooms) == 1 else "", known=rooms, class_name="is-middle"),
    )


def _more() -> Sequence[Component]:
    return (
        field(Id.LETTER_NUMBER, t("paper.letter_number"), class_name="is-middle"),
        field(Id.SUBJECT, t("paper.subject"), class_name="is-wide"),
    )


def field(
    id: str,
    label: str,
    value: str = "",
    *,
    kind: str = "text",
    placeholder: str = "",
    known: Sequence[str] = (),
    autofocus: bool = False,
    debounce: float | bool = False,
    class_name: str = "",
) -> Component:
    """A field of one line under its words; with `known`, names that typing ahead offers."""
    more: dict[str, Any] = {"list": f"{id}-known"} if known else {}
    control = dbc.Input(
        id=id, type=kind, value=value, placeholder=placeholder, class_name="p-input", maxlength=_LONGEST,
        autocomplete="off", autofocus=autofocus, debounce=debounce, **more,
    )  # fmt: skip
    options = [html.Datalist([html.Option(value=name) for name in known], id=f"{id}-known")] if known else []
    return html.Div([labelled(label, control), *options], className=f"letter-field {class_name}".strip())


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a letter, once however often the button is pressed, and lead to its page; say beforehand whether its room is
    held, and what is measured of one from before the day of recording."""

    @app.callback(
        Output(Id.HELD, "children"),
        *(Input(id, "value") for id in (Id.ROOM, Id.DAY, Id.BEGIN, Id.END, Id.PEOPLE, Id.RECEIVED_DAY)),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def warn(*values: Any) -> list[Component]:
        room, day, begin, end, people, received = map(text_of, values)
        warnings = (
            _old(office, now(), received),
            _held(office, now(), room, day, begin, end),
            _too_small(office, now(), room, people, day),
        )
        return [warning for warning in warnings if warning is not None]

    # What was refused is forgotten while one mends it; the number is put right by the refusal itself.
    app.clientside_callback(
        ClientsideFunction("pantau", "emptied"),
        Output(Id.OUTCOME, "children", allow_duplicate=True),
        *(Input(id, "value") for id in _FIELDS.values() if id is not Id.NUMBER),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Id.OUTCOME, "children"),
        Output(Id.NUMBER, "value"),
        Output(Id.GO, "href"),
        Input(Id.SAVE, "n_clicks"),
        State(Id.ENTRY, "data"),
        State(Id.SCANS, "data"),
        *(State(id, "value") for id in _FIELDS.values()),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def save(pressed: int | None, entry: Any, scans: Any, *values: Any) -> tuple[Any, Any, Any]:
        if not pressed or not isinstance(entry, str):
            raise PreventUpdate
        typed = PaperLetter(**{name: text_of(value) for name, value in zip(_FIELDS, values, strict=True)})
        user = account()
        try:
            entered = enter_letter(
                office, typed, actor=user.name, role=entering(user, Role.AGENDARIS), client_id=entry, now=now()
            )
            take_scans(office, _names(scans), entered.request_id, user.name)
        except NumberTakenError as error:
            return outcome(sentence(error)), error.next_number, no_update
        except PantauError as error:
            return outcome(sentence(error)), no_update, no_update
        return no_update, no_update, request_address(entered.year, entered.agenda_number)


def _old(office: Office, now: int, received: str) -> Component | None:
    """That the letter came before its steps were recorded, and what is measured of it all the same."""
    known = before_recording(office, received, now)
    if known is None:
        return None
    words = t("paper.before_recording", step=known[0], day=fmt().date(known[1]))
    return banner(words, Tone.NEAR, "calendar-minus")


def _held(office: Office, now: int, room: str, day: str, begin: str, end: str) -> Component | None:
    """That the room is taken or asked for at that hour, which refuses no letter; None while no hour is typed."""
    context = Context(office.book, now)
    try:
        columns, name = booking(day, begin, end, context), room_named(room, context)
    except PantauError:
        return None
    start = columns.get("booked_start_at")
    if name is None or start is None or start <= now:
        return None
    on = columns["booked_start_on"]
    slot = Slot(name, start, columns.get("booked_end_at", start + MINUTE))
    held = room_times(office, now, on, on).holding(slot)
    return None if held is None else banner(held_words(held, name), Tone.NEAR, "people")


def _too_small(office: Office, now: int, room: str, people: str, day: str) -> Component | None:
    """That the room holds fewer people on the day that was typed, else today, which refuses no letter."""
    context = Context(office.book, now)
    try:
        on = booking(day, "", "", context).get("booked_start_on", office.calendar.day_of(now))
        name, planned = room_named(room, context), read_value("permohonan", "planned", people, context)
    except PantauError:
        return None
    people_planned = planned if isinstance(planned, int) else None
    words = too_small_words(office.settings.rooms, name, people_planned, day_date(on))
    return None if words is None else banner(words, Tone.NEAR, "people")


def _names(scans: Any) -> list[str]:
    """The scans that were given beside the letter."""
    return [name for name in scans if isinstance(name, str)] if isinstance(scans, list) else []


def text_of(value: Any) -> str:
    """What stands in a field, as text, without the character that PostgreSQL refuses."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return str(value)[:_LONGEST].replace("\0", "")
