"""Which rows cannot count yet, what do they wait for, and what can a person do about it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import button, date_field, empty, panel, select, with_query
from dashboard.components.filters import ALL
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake import frame
from dashboard.pages.shared.forms import done, may_do, note, text_field
from dashboard.pages.shared.links import WAITING
from dashboard.pages.shared.words import dotted, kind_words, place_link, stamp_words, step_words
from data_access.records import reading
from data_access.records.intake.views import missing_letters, rows_awaiting_letter, rows_awaiting_name
from etl.desk.second_letters import (
    LetterAsTyped,
    answer_event,
    answer_letter,
    answer_number,
    answer_numbering,
    answer_receipt,
    dismiss_event,
)
from etl.desk.settings_edit import with_item, with_room, with_room_spellings
from etl.domain.units import day_number
from etl.extract.texts import letter_name
from etl.figures.intake.open_work import (
    PAGE_ROWS,
    Restart,
    SecondLetter,
    UnknownName,
    odd_receipt,
    odd_receipts,
    restarts,
    row_in_doubt,
    rows_in_doubt,
    second_letter,
    second_letters,
    unknown_items,
    unknown_rooms,
    waiting_event,
    waiting_events,
)
from etl.intake.pipeline import apply_settings
from etl.intake.waits import letter_words
from etl.office import Office
from etl.settings.document import Settings

PAGE = Page.DATA
PATH = WAITING
TITLE = "intake.waiting_title"
NAV = None

MOST_ROWS = 100
MOST_SPELLINGS = 5
REQUESTS_PAGE, ROOMS_PAGE, ITEMS_PAGE = "hal", "hal_ruang", "hal_barang"
NUMBERS_PAGE, DOUBTS_PAGE, RECEIPTS_PAGE, EVENTS_PAGE = "hal_nomor", "hal_surat", "hal_terima", "hal_acara"
"""Names in the address of the pages of the lists."""

ASKED = {"room": "ruang", "item": "barang"}
"""How the address names the unknown room or item that was opened."""

_OF_ITEM = "barang|"
"""Before the key of what is decided where it is an item."""

_BIGGEST_ROOM = 100_000
_ID_DIGITS = 19
_BIGGEST_ID = 2**63


class Id(StrEnum):
    """Ids of the page."""

    KEY = "waiting-key"
    ROOM = "waiting-room"
    SAME = "waiting-same"
    NAME = "waiting-name"
    CAPACITY = "waiting-capacity"
    ADD = "waiting-add"
    SECOND = "waiting-second"
    CORRECTION = "waiting-correction"
    LETTER = "waiting-letter"
    DOUBTED = "waiting-doubted"
    WHICH = "waiting-which"
    CHOSEN = "waiting-chosen"
    RECEIPT = "waiting-receipt"
    RECEIVED = "waiting-received"
    AS_IT_IS = "waiting-as-it-is"
    ON_THAT_DAY = "waiting-on-that-day"
    EVENT = "waiting-event"
    NUMBER = "waiting-number"
    EVENT_DAY = "waiting-event-day"
    EVENT_TIME = "waiting-event-time"
    OPD = "waiting-opd"
    COMPLETE = "waiting-complete"
    DISMISS = "waiting-dismiss"
    RESTART = "waiting-restart"
    BY_MONTH = "waiting-by-month"
    BY_YEAR = "waiting-by-year"


layout = partial(frame.list_page, "waiting")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what waits; take what a person says of an unknown room or item, and of a second letter under one number."""

    frame.show_lists(app, "waiting", lambda query, user: lists(office, query, may_change=may_do(user)))

    def decide_number(pressed: str, row_id: Any) -> Component:
        return settle_number(office, now(), row_id, is_letter=pressed == Id.LETTER)

    def decide(pressed: str, key: Any, room: Any, name: Any, capacity: Any) -> Component:
        if str(key).startswith(_OF_ITEM):
            word = str((name if pressed == Id.ADD else room) or "")
            return decide_item(office, now(), str(key).removeprefix(_OF_ITEM), word, is_new=pressed == Id.ADD)
        if pressed == Id.ADD:
            return add_room(office, now(), str(key), str(name or ""), str(capacity or ""))
        return same_room(office, now(), str(key), str(room or ""))

    given = ((Id.KEY, "data"), (Id.ROOM, "value"), (Id.NAME, "value"), (Id.CAPACITY, "value"))
    frame.take_decisions(app, "waiting", (Id.SAME, Id.ADD), given, decide)
    numbers, asked = (Id.CORRECTION, Id.LETTER), ((Id.SECOND, "data"),)
    frame.take_decisions(app, "waiting", numbers, asked, decide_number, allow_duplicate=True)

    def decide_letter(_pressed: str, row: Any, letter: Any) -> Component:
        return choose_letter(office, now(), row, letter)

    def decide_receipt(pressed: str, row_id: Any, day: Any) -> Component:
        return settle_receipt(office, now(), row_id, None if pressed == Id.AS_IT_IS else day)

    receipt, ways = ((Id.RECEIPT, "data"), (Id.RECEIVED, "value")), (Id.AS_IT_IS, Id.ON_THAT_DAY)
    frame.take_decisions(app, "waiting", ways, receipt, decide_receipt, allow_duplicate=True)

    def decide_numbering(pressed: str, row_id: Any) -> Component:
        return settle_numbering(office, now(), row_id, is_monthly=pressed == Id.BY_MONTH)

    restart, ways = ((Id.RESTART, "data"),), (Id.BY_MONTH, Id.BY_YEAR)
    frame.take_decisions(app, "waiting", ways, restart, decide_numbering, allow_duplicate=True)
    which = (Id.DOUBTED, "data"), (Id.WHICH, "value")
    frame.take_decisions(app, "waiting", (Id.CHOSEN,), which, decide_letter, allow_duplicate=True)

    def decide_event(pressed: str, row_id: Any, number: Any, day: Any, clock: Any, opd: Any) -> Component:
        letter = LetterAsTyped(str(number or ""), f"{day or ''} {clock or ''}", str(opd or ""))
        return settle_event(office, now(), row_id, letter if pressed == Id.COMPLETE else None)

    fields = ((Id.NUMBER, "value"), (Id.EVENT_DAY, "value"), (Id.EVENT_TIME, "value"), (Id.OPD, "value"))
    event, deeds = ((Id.EVENT, "data"), *fields), (Id.COMPLETE, Id.DISMISS)
    frame.take_decisions(app, "waiting", deeds, event, decide_event, allow_duplicate=True)


def settle_number(office: Office, now: int, row_id: Any, *, is_letter: bool) -> Component:
    """The row that waits for its number corrects the letter that bears it, or is a letter of its own; what became of
    it, in words."""
    if not isinstance(row_id, int) or not 0 < row_id < _BIGGEST_ID:
        raise frame.UnusableAnswerError("intake.number_answered")
    user = account()
    is_published = answer_number(office, row_id, user.name, user.role, now, is_letter=is_letter)
    note(office, now, user.name, "correct", f"permohonan {row_id}", field="no_agenda")
    return done(t("intake.number_parted" if is_letter else "intake.number_corrected"), is_published=is_published)


def settle_numbering(office: Office, now: int, row_id: Any, *, is_monthly: bool) -> Component:
    """The numbers of the register begin again every month, or do not; what became of its rows, in words."""
    if not isinstance(row_id, int) or not 0 < row_id < _BIGGEST_ID:
        raise frame.UnusableAnswerError("intake.number_answered")
    user, reason = account(), t("intake.numbering_reason")
    is_published = answer_numbering(office, row_id, user.name, user.role, now, reason, is_monthly=is_monthly)
    note(office, now, user.name, "settings", "source", reason=reason)
    return done(t("intake.numbers_by_month" if is_monthly else "intake.numbers_by_year"), is_published=is_published)


def settle_receipt(office: Office, now: int, row_id: Any, day: Any) -> Component:
    """The row whose receipt waits counts as it is (`day` None), or as received on that day; what became of it, in
    words."""
    if not isinstance(row_id, int) or not 0 < row_id < _BIGGEST_ID:
        raise frame.UnusableAnswerError("intake.number_answered")
    try:
        received_on = None if day is None else day_number(date.fromisoformat(str(day)))
    except ValueError:
        raise frame.UnusableAnswerError("intake.receipt_day") from None
    user = account()
    is_published = answer_receipt(office, row_id, received_on, user.name, user.role, now)
    note(office, now, user.name, "correct", f"permohonan {row_id}", field="tgl_terima")
    return done(t("intake.receipt_settled"), is_published=is_published)


def settle_event(office: Office, now: int, row_id: Any, letter: LetterAsTyped | None) -> Component:
    """The event of a calendar is the booking of that letter, or (None) of no letter; what became of it, in words."""
    if not isinstance(row_id, int) or not 0 < row_id < _BIGGEST_ID:
        raise frame.UnusableAnswerError("intake.number_answered")
    user = account()
    if letter is None:
        words, is_published = t("intake.event_dismissed"), dismiss_event(office, row_id, user.name, now)
    else:
        words = t("intake.event_completed", number=letter.number.strip())
        is_published = answer_event(office, row_id, letter, user.name, user.role, now)
    note(office, now, user.name, "correct", f"permohonan {row_id}", field="no_agenda")
    return done(words, is_published=is_published)


def choose_letter(office: Office, now: int, row: Any, letter: Any) -> Component:
    """The row belongs to that letter of its number; what became of it, in words. `row`: kind and id, as `_doubted`."""
    known, letter_id = _doubted(office, str(row)), str(letter)
    if known is None or letter_id not in {str(one["request_id"]) for one in known[1]}:
        raise frame.UnusableAnswerError("intake.number_answered")
    user, kind, row_id = account().name, str(known[0]["kind"]), int(known[0]["id"])
    is_published = answer_letter(office, kind, row_id, int(letter_id), user, now)
    note(office, now, user, "correct", f"{kind} {row_id}", field="no_agenda")
    return done(t("intake.letter_chosen"), is_published=is_published)


def _doubted(office: Office, text: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]] | None:
    """The row and the letters of its number; `text`: its kind and id, "disposisi 12"."""
    kind, _, number = text.partition(" ")
    return row_in_doubt(office, kind, int(number)) if number.isdecimal() and len(number) < _ID_DIGITS else None


def same_room(office: Office, now: int, key: str, name: str) -> Component:
    """The waiting name is a spelling of that room; what became of it, in words."""
    room = _waiting_room(office, key)
    if name in ("", ALL):
        raise frame.UnusableAnswerError("intake.choose_room")
    reason = t("intake.same_room_reason", text=room.texts[0], room=name)
    return _apply(office, now, lambda settings: with_room_spellings(settings, name, room.texts), reason)


def add_room(office: Office, now: int, key: str, name: str, capacity: str) -> Component:
    """The waiting name is a room of its own; what became of it, in words."""
    room, plain = _waiting_room(office, key), " ".join(name.split())
    if not plain:
        raise frame.UnusableAnswerError("intake.name_room")
    seats, reason = _capacity(capacity), t("intake.new_room_reason", text=room.texts[0], room=plain)
    return _apply(office, now, lambda settings: with_room(settings, plain, seats, room.texts), reason)


def decide_item(office: Office, now: int, key: str, name: str, *, is_new: bool) -> Component:
    """The waiting name is a spelling of that item, or with `is_new` an item of its own; what became of it, in words."""
    item, plain = next((item for item in unknown_items(office) if item.key == key), None), " ".join(name.split())
    if item is None:
        raise frame.UnusableAnswerError("intake.item_gone")
    if plain in ("", ALL):
        raise frame.UnusableAnswerError("intake.name_item" if is_new else "intake.choose_item")
    reason = t("intake.new_item_reason" if is_new else "intake.same_item_reason", text=item.texts[0], item=plain)
    return _apply(office, now, lambda settings: with_item(settings, plain, item.texts), reason, "item")


def _waiting_room(office: Office, key: str) -> UnknownName:
    room = next((room for room in unknown_rooms(office) if room.key == key), None)
    if room is None:
        raise frame.UnusableAnswerError("intake.room_gone")
    return room


def _capacity(text: str) -> int | None:
    """None for an empty field."""
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal() or not 0 < int(plain) < _BIGGEST_ROOM:
        raise frame.UnusableAnswerError("intake.capacity_wrong", text=plain[:20])
    return int(plain)


def _apply(
    office: Office, now: int, edit: Callable[[Settings], Settings], reason: str, what: str = "room"
) -> Component:
    """Put edited settings in force, and say how many rows have joined."""
    applied = apply_settings(office, edit, now, actor=account().name, reason=reason)
    note(office, now, account().name, "settings", what, reason=reason)
    words = t("intake.joined", count=fmt().number(applied.joined), n=applied.joined)
    return done(words, is_published=applied.is_published)


def lists(office: Office, query: Mapping[str, str], *, may_change: bool) -> Component:
    """Second letters under one number, events of calendars, unknown rooms and items, then numbers of requests that are
    not there; what was opened stands first."""
    unknown = {"room": unknown_rooms(office), "item": unknown_items(office)}
    page = read_page(query.get(REQUESTS_PAGE))
    with reading(office.records) as connection:
        missing = missing_letters(connection, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    second, total = second_letters(office, read_page(query.get(NUMBERS_PAGE)))
    receipts, receipt_count = odd_receipts(office, read_page(query.get(RECEIPTS_PAGE)))
    restarted = restarts(office)
    doubts, doubt_count = rows_in_doubt(office, read_page(query.get(DOUBTS_PAGE)))
    events, event_count = waiting_events(office, read_page(query.get(EVENTS_PAGE)))
    opened = [
        _name_panel(office, what, name, may_change)
        for what, names in unknown.items()
        for name in names
        if name.key == query.get(ASKED[what])
    ]
    if not any(unknown.values()) and not missing and not (second or doubts or receipts or events or restarted):
        return panel(empty(t("intake.none_waits"), t("intake.none_waits_hint"), "check2-circle"))
    return html.Div(
        [
            *opened[:1],
            _request_panel(office, query["surat"]) if query.get("surat") else None,
            _number_panel(office, query["nomor"]) if may_change and query.get("nomor") else None,
            _letter_panel(office, query["milik"]) if may_change and query.get("milik") else None,
            _receipt_panel(office, query["terima"]) if may_change and query.get("terima") else None,
            _event_panel(office, query["acara"]) if may_change and query.get("acara") else None,
            _restart_panel(restarted, query["mulai"]) if may_change and query.get("mulai") else None,
            _restarts_list(restarted, query, may_change) if restarted else None,
            _receipts_list(receipts, receipt_count, query, may_change) if receipts else None,
            _second_letters(second, total, query, may_change) if second else None,
            _doubts_list(doubts, doubt_count, query, may_change) if doubts else None,
            _events_list(events, event_count, query, may_change) if events else None,
            *(_names_list(what, names, query, may_change) for what, names in unknown.items() if names),
            _missing_list(missing, page, query) if missing else None,
        ]
    )


def _here(query: Mapping[str, str], **changed: Any) -> str:
    """The address of this page with its lists at their pages; a first page is left out."""
    names = (REQUESTS_PAGE, ROOMS_PAGE, ITEMS_PAGE, NUMBERS_PAGE, DOUBTS_PAGE, RECEIPTS_PAGE, EVENTS_PAGE)
    numbers = {name: read_page(query.get(name)) for name in names}
    kept = {name: number if number != 1 else None for name, number in numbers.items()}
    return with_query(WAITING, **{**kept, **changed})


def _number_panel(office: Office, text: str) -> Component:
    """A row that waits for its number beside the letter that bears it, and the answer; `text`: the row's id."""
    row = second_letter(office, int(text)) if text.isdecimal() and len(text) < _ID_DIGITS else None
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    sides = [("earlier_letter", row.earlier), ("second_letter", row.mine)]
    both = [html.Div([html.H3(t(f"intake.{name}")), *_letter_in_words(letter)]) for name, letter in sides]
    return frame.decision(
        dcc.Store(id=Id.SECOND, data=row.place["id"]),
        html.Div(both, className="p-grid-2 intake-answers"),
        frame.hint(t("intake.number_correction_hint")),
        buttons=[
            button(t("intake.number_correction_do"), id=Id.CORRECTION),
            button(t("intake.number_letter_do"), id=Id.LETTER, kind="quiet"),
        ],
        title=t("intake.letter_asked", number=row.place["agenda_number"] or t("word.none")),
    )


def _second_letters(rows: Sequence[SecondLetter], total: int, query: Mapping[str, str], may_change: bool) -> Component:
    """Rows that tell of another letter than the one of their number, each beside that letter."""
    columns: list[Column[SecondLetter]] = [
        frame.column("letter_number", lambda row: html.Strong(row.place["agenda_number"] or t("word.none"))),
        frame.column("earlier_letter", lambda row: _letter_in_words(row.earlier)),
        frame.column("second_letter", lambda row: _letter_in_words(row.mine)),
        frame.column("read_at", lambda row: place_link(row.place)),
        frame.column("since", lambda row: fmt().moment_short(row.place["since"])),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(frame.column("action", lambda row: frame.way(words, _here(query, nomor=row.place["id"]))))
    title, page = t("intake.same_number"), read_page(query.get(NUMBERS_PAGE))
    ways = frame.pages(page, total, lambda number: _here(query, **{NUMBERS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.same_number_note"))


def _receipt_panel(office: Office, text: str) -> Component:
    """A row whose receipt is probably mistyped, and the two answers; `text`: the row's id."""
    row = odd_receipt(office, int(text)) if text.isdecimal() and len(text) < _ID_DIGITS else None
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    return frame.decision(
        dcc.Store(id=Id.RECEIPT, data=row["id"]),
        _places([row], 1),
        date_field(Id.RECEIVED, t("intake.receipt_right")),
        buttons=[
            button(t("intake.receipt_move"), id=Id.ON_THAT_DAY),
            button(t("intake.receipt_keep"), id=Id.AS_IT_IS, kind="quiet"),
        ],
        title=_receipt_words(row),
    )


def _receipt_words(row: Mapping[str, Any]) -> str:
    number, received = row["agenda_number"] or t("word.none"), fmt().date_short(row["received_on"])
    return t("intake.receipt_asked", number=number, received=received)


def _receipts_list(
    rows: Sequence[Mapping[str, Any]], total: int, query: Mapping[str, str], may_change: bool
) -> Component:
    """Register rows whose receipt is probably mistyped."""
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("letter_number", lambda row: html.Strong(_receipt_words(row))),
        frame.column("content", lambda row: dotted(row["opd"] or "", row["subject"] or "")),
        frame.column("read_at", place_link),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(frame.column("action", lambda row: frame.way(words, _here(query, terima=row["id"]))))
    title, page = t("intake.odd_receipts"), read_page(query.get(RECEIPTS_PAGE))
    ways = frame.pages(page, total, lambda number: _here(query, **{RECEIPTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.odd_receipts_note"))


def _event_panel(office: Office, text: str) -> Component:
    """An event of a calendar, and the fields that make it a row of the register; `text`: the row's id."""
    row = waiting_event(office, int(text)) if text.isdecimal() and len(text) < _ID_DIGITS else None
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    fields = [
        text_field(Id.NUMBER, t("intake.event_agenda")),
        date_field(Id.EVENT_DAY, t("intake.event_received")),
        text_field(Id.EVENT_TIME, t("intake.event_time"), kind="time"),
        text_field(Id.OPD, t("intake.event_opd")),
    ]
    return frame.decision(
        dcc.Store(id=Id.EVENT, data=row["id"]),
        html.P(dotted(_event_time(row), row["room"] or "")),
        html.Div(fields, className="intake-form"),
        frame.hint(t("intake.event_hint")),
        buttons=[
            button(t("intake.event_do"), id=Id.COMPLETE),
            button(t("intake.event_dismiss"), id=Id.DISMISS, kind="quiet"),
        ],
        title=_event_name(row),
    )


def _event_name(row: Mapping[str, Any]) -> str:
    return row["subject"] or t("word.none")


def _event_time(row: Mapping[str, Any]) -> str:
    """Day and hours of an event, as far as it has them; its last day where that is another one."""
    f, end_at = fmt(), row["booked_end_at"]
    start, end = (
        f.date_short(row[f"{name}_on"]) if row[f"{name}_at"] is None else f.moment_short(row[f"{name}_at"])
        for name in ("booked_start", "booked_end")
    )
    if row["booked_end_on"] == row["booked_start_on"]:
        end = "" if end_at is None else f.clock(end_at)
    return f"{start} – {end}" if end else start


def _events_list(
    rows: Sequence[Mapping[str, Any]], total: int, query: Mapping[str, str], may_change: bool
) -> Component:
    """Events of calendars that nobody has given a letter yet."""
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("event", lambda row: html.Strong(_event_name(row))),
        frame.column("event_when", lambda row: dotted(_event_time(row), row["room"] or "")),
        frame.column("read_at", place_link),
    ]
    if may_change:
        words = t("intake.event_complete")
        columns.append(frame.column("action", lambda row: frame.way(words, _here(query, acara=row["id"]))))
    title, page = t("intake.waiting_events"), read_page(query.get(EVENTS_PAGE))
    ways = frame.pages(page, total, lambda number: _here(query, **{EVENTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.waiting_events_note"))


def _restart_panel(restarted: Sequence[Restart], text: str) -> Component:
    """The question whether the numbers of a register begin again every month; `text`: the id of its first row."""
    restart = next((known for known in restarted if str(known.first["id"]) == text), None)
    if restart is None:
        return frame.decision(html.P(t("intake.number_answered")))
    return frame.decision(
        dcc.Store(id=Id.RESTART, data=restart.first["id"]),
        _places([restart.first], restart.rows),
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


def _restarts_list(restarted: Sequence[Restart], query: Mapping[str, str], may_change: bool) -> Component:
    """Registers whose numbers begin again, one question each."""
    columns: list[Column[Restart]] = [
        frame.column("question", lambda restart: html.Strong(_restart_words(restart))),
        frame.column("rows_waiting", lambda restart: fmt().number(restart.rows), "num"),
        frame.column("read_at", lambda restart: place_link(restart.first)),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(frame.column("action", lambda row: frame.way(words, _here(query, mulai=row.first["id"]))))
    title = t("intake.restarted")
    return panel(frame.listed(title, columns, restarted), title=title, note=t("intake.restarted_note"))


def _letter_panel(office: Office, text: str) -> Component:
    """A row whose number several letters bear, and the choice among them; `text` as `_doubted` takes it."""
    known = _doubted(office, text)
    if known is None:
        return frame.decision(html.P(t("intake.number_answered")))
    row, letters = known
    options = [(str(letter["request_id"]), _letter_option(letter)) for letter in letters]
    return frame.decision(
        dcc.Store(id=Id.DOUBTED, data=text),
        _places([row], 1),
        select(Id.WHICH, t("intake.which_letter_choice"), options),
        buttons=[button(t("intake.which_letter_do"), id=Id.CHOSEN)],
        title=t("intake.letter_asked", number=row["agenda_number"] or t("word.none")),
    )


def _letter_option(letter: Mapping[str, Any]) -> str:
    received = fmt().date_short(letter["received_on"])
    return dotted(letter_name(letter["year"], letter["agenda_key"]), sentence(letter_words(letter)), received)


def _doubts_list(
    rows: Sequence[Mapping[str, Any]], total: int, query: Mapping[str, str], may_change: bool
) -> Component:
    """Rows whose number several letters bear."""
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("letter_number", lambda row: html.Strong(row["agenda_number"] or row["agenda_key"])),
        frame.column("content", _row_words),
        frame.column("read_at", place_link),
        frame.column("since", lambda row: fmt().moment_short(row["since"])),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(
            frame.column("action", lambda row: frame.way(words, _here(query, milik=f"{row['kind']} {row['id']}")))
        )
    title, page = t("intake.which_letter"), read_page(query.get(DOUBTS_PAGE))
    ways = frame.pages(page, total, lambda number: _here(query, **{DOUBTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.which_letter_note"))


def _letter_in_words(letter: Mapping[str, Any]) -> list[Component | str]:
    """Number and sender, then what it is about; a dash for a letter of which nothing counts any more."""
    about = [letter.get(name) for name in ("activity", "subject")]
    told = dotted(*(text for text in about if isinstance(text, str)))
    return [sentence(letter_words(letter)), html.Div(told, className="p-muted")]


def _names_list(what: str, names: Sequence[UnknownName], query: Mapping[str, str], may_change: bool) -> Component:
    number_at = ROOMS_PAGE if what == "room" else ITEMS_PAGE
    page, here = frame.page_of(names, query.get(number_at))
    title, words = t(f"intake.unknown_{what}s"), t("intake.decide_room") if may_change else t("intake.see_rows")
    columns: list[Column[UnknownName]] = [
        frame.column(f"typed_{what}", lambda name: html.Strong(_spellings(name))),
        frame.column("rows_waiting", _rows_by_kind, "num"),
        frame.column("since", lambda name: fmt().moment_short(name.since)),
        frame.column("close_to", lambda name: name.close_to or t("word.none")),
        frame.column("action", lambda name: frame.way(words, _here(query, **{ASKED[what]: name.key}))),
    ]
    ways = frame.pages(page, len(names), lambda number: _here(query, **{number_at: number}))
    return panel(frame.listed(title, columns, here), ways, title=title, note=t("intake.unknown_rooms_note"))


def _spellings(name: UnknownName) -> str:
    """The first ways in which the name was typed, and how many more there are."""
    more = len(name.texts) - MOST_SPELLINGS
    rest = [t("intake.more_spellings", count=fmt().number(more), n=more)] if more > 0 else []
    return " / ".join([*name.texts[:MOST_SPELLINGS], *rest])


def _rows_by_kind(name: UnknownName) -> list[Component | str]:
    f = fmt()
    kinds = " · ".join(f"{kind_words(kind)} {f.number(count)}" for kind, count in name.rows.items())
    return [f.number(name.count), html.Div(kinds, className="p-muted")]


def _name_panel(office: Office, what: str, name: UnknownName, may_change: bool) -> Component:
    """The rows behind an unknown room or item, and the two answers for those who may give them."""
    with reading(office.records) as connection:
        rows = rows_awaiting_name(connection, what, name.texts, MOST_ROWS)
    key = name.key if what == "room" else _OF_ITEM + name.key
    answers = [dcc.Store(id=Id.KEY, data=key), _answers(office, what, name)] if may_change else []
    note = t("intake.rows", count=fmt().number(name.count), n=name.count)
    title = t(f"intake.{what}_asked", **{what: _spellings(name)})
    return frame.decision(*answers, _places(rows, name.count), title=title, note=note)


def _answers(office: Office, what: str, name: UnknownName) -> Component:
    is_room = what == "room"
    names = [known.name for known in office.settings.rooms] if is_room else list(office.item_names.all)
    chosen = name.close_to if name.close_to in names else ""
    options = [("", t("intake.choose")), *((known, known) for known in names)]
    label = t("word.room") if is_room else t("sarpras.head_item")
    same = _answer(
        f"same_{what}",
        select(Id.ROOM, label, options, chosen or ""),
        button(t(f"intake.same_{what}_do"), id=Id.SAME),
    )
    capacity = text_field(Id.CAPACITY, t("intake.capacity"), "", kind="number", placeholder=t("intake.unknown"))
    fields = [
        text_field(Id.NAME, t(f"intake.{what}_name"), " ".join(name.texts[0].split())),
        capacity if is_room else html.Div(capacity, hidden=True),
    ]
    new = _answer(
        f"new_{what}",
        html.Div(fields, className="intake-fields"),
        button(t(f"intake.new_{what}_do"), id=Id.ADD, kind="quiet"),
    )
    return html.Div([same, new], className="p-grid-2 intake-answers")


def _answer(name: str, *parts: Component) -> Component:
    """One of the two answers under its words."""
    return html.Div([html.H3(t(f"intake.{name}")), html.P(t(f"intake.{name}_hint"), className="p-muted"), *parts])


def _places(rows: Sequence[Mapping[str, Any]], total: int) -> Component:
    """Where the rows were read, each leading to its load."""
    words = [f" · {_row_words(row)} · {fmt().moment_short(row['since'])}" for row in rows]
    notes = [html.Span(text, className="p-muted") for text in words]
    items = [html.Li([place_link(row), note]) for row, note in zip(rows, notes, strict=True)]
    rest = frame.left_out("intake.more_rows", total - len(rows))
    return html.Div([html.Ul(items, className="intake-places"), *rest])


def _row_words(row: Mapping[str, Any]) -> str:
    if row.get("step") is not None:
        return f"{step_words(row['step'])} {stamp_words(row['finished_on'], row['finished_at'])}"
    number = t("intake.agenda", number=row["agenda_number"]) if row["agenda_number"] else ""
    return dotted(kind_words(row["kind"]), number)


def _missing_list(missing: Sequence[Mapping[str, Any]], page: int, query: Mapping[str, str]) -> Component:
    f, total = fmt(), int(missing[0]["total"])
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("letter_number", lambda row: html.Strong(_number(row))),
        frame.column("rows_waiting", lambda row: f.number(row["rows"]), "num"),
        frame.column("since", lambda row: f.moment_short(row["since"])),
        frame.column("action", lambda row: frame.way(t("intake.see_rows"), _here(query, surat=_key(row)))),
    ]
    title = t("intake.missing_letters", count=f.number(total), n=total)
    return panel(
        frame.hint(t("intake.missing_letters_hint")),
        frame.listed(title, columns, missing),
        frame.pages(page, total, lambda number: _here(query, **{REQUESTS_PAGE: number})),
        title=title,
    )


def _key(row: Mapping[str, Any]) -> str:
    """A missing request as the address names it: "2026/143", or "/143" where no year is known."""
    return f"{row['year'] or ''}/{row['agenda_key']}"


def _number(row: Mapping[str, Any]) -> str:
    shown = row["shown"] or row["agenda_key"]
    is_bare = "/" not in shown or shown.startswith("-")
    return letter_name(row["year"], shown) if row["year"] and is_bare else str(shown)


def _request_panel(office: Office, name: str) -> Component | None:
    """The rows behind a missing request; `name` as `_key` writes it."""
    year, _, key = name.partition("/")
    if not key or (year and not (year.isdecimal() and len(year) == 4)):
        return None
    with reading(office.records) as connection:
        rows = rows_awaiting_letter(connection, key, int(year) if year else None, MOST_ROWS)
    if not rows:
        return frame.decision(html.P(t("intake.letter_came", number=key)))
    number = rows[0]["agenda_number"] or key
    return frame.decision(_places(rows, int(rows[0]["total"])), title=t("intake.letter_asked", number=number))
