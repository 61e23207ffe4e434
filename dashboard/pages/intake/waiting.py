"""Which rows cannot count yet, what do they wait for, and what can a person do about it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import button, date_field, empty, panel, read_day, select
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake import (
    frame,
    waiting_calendar,
    waiting_names,
    waiting_parts,
    waiting_refused,
    waiting_restarts,
)
from dashboard.pages.intake.waiting_parts import (
    DOUBTS_PAGE,
    EVENTS_PAGE,
    MOST_ROWS,
    NUMBERS_PAGE,
    PAGE_NAMES,
    RECEIPTS_PAGE,
    REQUESTS_PAGE,
    here,
    places,
    row_words,
)
from dashboard.pages.shared.forms import done, may_do, note
from dashboard.pages.shared.links import WAITING
from dashboard.pages.shared.page_request import Names, is_page
from dashboard.pages.shared.words import dotted, place_link
from data_access.records import reading
from data_access.records.intake.views import missing_letters, rows_awaiting_letter
from etl.desk.second_letters import (
    answer_letter,
    answer_number,
    answer_numbers,
    answer_receipt,
)
from etl.domain.units import day_number
from etl.extract.texts import letter_name
from etl.figures.intake.open_work import (
    PAGE_ROWS,
    SecondLetter,
    odd_receipt,
    odd_receipts,
    restarts,
    row_in_doubt,
    rows_in_doubt,
    second_letter,
    second_letters,
    unknown_items,
    unknown_rooms,
    waiting_events,
)
from etl.figures.intake.refused import refused_files
from etl.intake.waits import letter_words
from etl.office import Office

PAGE = Page.DATA
PATH = WAITING
TITLE = "intake.waiting_title"
NAV = None
ADDRESS_NAMES: Names = {
    **dict.fromkeys(PAGE_NAMES, is_page),
    **dict.fromkeys(("ruang", "barang", "surat", "nomor", "milik", "terima", "acara", "mulai", "ditolak")),
}


class Id(StrEnum):
    """Ids of the page."""

    SECOND = "waiting-second"
    CORRECTION = "waiting-correction"
    LETTER = "waiting-letter"
    LETTERS = "waiting-letters"
    DOUBTED = "waiting-doubted"
    WHICH = "waiting-which"
    CHOSEN = "waiting-chosen"
    RECEIPT = "waiting-receipt"
    RECEIVED = "waiting-received"
    AS_IT_IS = "waiting-as-it-is"
    ON_THAT_DAY = "waiting-on-that-day"


layout = partial(frame.list_page, "waiting")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what waits; take what a person says of an unknown room or item, and of a second letter under one number."""

    frame.show_lists(app, "waiting", lambda query, user: lists(office, query, may_change=may_do(user)))
    waiting_names.take_answers(app, office, now)

    def decide_number(pressed: str, row_id: Any) -> Component:
        return settle_number(office, now(), row_id, is_letter=pressed == Id.LETTER)

    numbers, asked = (Id.CORRECTION, Id.LETTER), ((Id.SECOND, "data"),)
    frame.take_decisions(app, "waiting", numbers, asked, decide_number, allow_duplicate=True)

    def decide_numbers(_pressed: str, row_id: Any) -> Component:
        return settle_numbers(office, now(), row_id)

    frame.take_decisions(app, "waiting", (Id.LETTERS,), asked, decide_numbers, allow_duplicate=True)

    def decide_letter(_pressed: str, row: Any, letter: Any) -> Component:
        return choose_letter(office, now(), row, letter)

    def decide_receipt(pressed: str, row_id: Any, day: Any) -> Component:
        return settle_receipt(office, now(), row_id, None if pressed == Id.AS_IT_IS else day)

    receipt, ways = ((Id.RECEIPT, "data"), (Id.RECEIVED, "value")), (Id.AS_IT_IS, Id.ON_THAT_DAY)
    frame.take_decisions(app, "waiting", ways, receipt, decide_receipt, allow_duplicate=True)

    which = (Id.DOUBTED, "data"), (Id.WHICH, "value")
    frame.take_decisions(app, "waiting", (Id.CHOSEN,), which, decide_letter, allow_duplicate=True)
    waiting_calendar.take_answers(app, office, now)
    waiting_restarts.take_answers(app, office, now)
    waiting_refused.take_answers(app, office, now)


def settle_number(office: Office, now: int, row_id: Any, *, is_letter: bool) -> Component:
    """The row that waits for its number corrects the letter that bears it, or is a letter of its own; what became of
    it, in words."""
    row, user = waiting_parts.row_answered(row_id), account()
    is_published = answer_number(office, row, user.name, user.role, now, is_letter=is_letter)
    note(office, now, user.name, "correct", f"permohonan {row}", field="no_agenda")
    return done(t("intake.number_parted" if is_letter else "intake.number_corrected"), is_published=is_published)


def settle_numbers(office: Office, now: int, row_id: Any) -> Component:
    """All rows that wait for their numbers beside this one are letters of their own; what became of them, in words."""
    row, user = waiting_parts.row_answered(row_id), account()
    is_published = answer_numbers(office, row, user.name, user.role, now)
    note(office, now, user.name, "correct", f"permohonan {row}", field="no_agenda")
    return done(t("intake.numbers_parted"), is_published=is_published)


def settle_receipt(office: Office, now: int, row_id: Any, day: Any) -> Component:
    """The row whose receipt waits counts as it is (`day` None), or as received on that day; what became of it, in
    words."""
    row, user = waiting_parts.row_answered(row_id), account()
    typed = read_day(day)
    if day is not None and typed is None:
        raise frame.UnusableAnswerError("intake.receipt_day")
    received_on = None if typed is None else day_number(typed)
    is_published = answer_receipt(office, row, received_on, user.name, user.role, now)
    note(office, now, user.name, "correct", f"permohonan {row}", field="tgl_terima")
    return done(t("intake.receipt_settled"), is_published=is_published)


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
    return waiting_parts.row_named(number, lambda row_id: row_in_doubt(office, kind, row_id))


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
        waiting_names.name_panel(office, what, name, may_change)
        for what, names in unknown.items()
        for name in names
        if name.key == query.get(waiting_names.ASKED[what])
    ]
    refused = refused_files(office)
    others = (missing, second, doubts, receipts, events, restarted, refused)
    if not any(unknown.values()) and not any(others):
        return panel(empty(t("intake.none_waits"), t("intake.none_waits_hint"), "check2-circle"))
    return html.Div(
        [
            *opened[:1],
            _request_panel(office, query["surat"]) if query.get("surat") else None,
            _number_panel(office, query["nomor"]) if may_change and query.get("nomor") else None,
            _letter_panel(office, query["milik"]) if may_change and query.get("milik") else None,
            _receipt_panel(office, query["terima"]) if may_change and query.get("terima") else None,
            waiting_calendar.event_panel(office, query["acara"]) if may_change and query.get("acara") else None,
            waiting_restarts.restart_panel(restarted, query["mulai"]) if may_change and query.get("mulai") else None,
            waiting_refused.dismiss_panel(refused, query["ditolak"]) if may_change and query.get("ditolak") else None,
            waiting_refused.refused_list(refused, query, may_change) if refused else None,
            waiting_restarts.restarts_list(restarted, query, may_change) if restarted else None,
            _receipts_list(receipts, receipt_count, query, may_change) if receipts else None,
            _second_letters(second, total, query, may_change) if second else None,
            _doubts_list(doubts, doubt_count, query, may_change) if doubts else None,
            waiting_calendar.events_list(events, event_count, query, may_change) if events else None,
            *(waiting_names.names_list(what, names, query, may_change) for what, names in unknown.items() if names),
            _missing_list(missing, page, query) if missing else None,
        ]
    )


def _number_panel(office: Office, text: str) -> Component:
    """A row that waits for its number beside the letter that bears it, and the answer; `text`: the row's id."""
    row = waiting_parts.row_named(text, partial(second_letter, office))
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    sides = [("earlier_letter", row.earlier), ("second_letter", row.mine)]
    all_words = t("intake.numbers_letters_do", count=fmt().number(row.of_load))
    all_of_load = [button(all_words, id=Id.LETTERS, kind="quiet")] if row.of_load > 1 else []
    both = [html.Div([html.H3(t(f"intake.{name}")), *_letter_in_words(letter)]) for name, letter in sides]
    return frame.decision(
        dcc.Store(id=Id.SECOND, data=row.place["id"]),
        html.Div(both, className="p-grid-2 intake-answers"),
        frame.hint(t("intake.number_correction_hint")),
        buttons=[
            button(t("intake.number_correction_do"), id=Id.CORRECTION),
            button(t("intake.number_letter_do"), id=Id.LETTER, kind="quiet"),
            *all_of_load,
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
        columns.append(frame.column("action", lambda row: frame.way(words, here(query, nomor=row.place["id"]))))
    title, page = t("intake.same_number"), read_page(query.get(NUMBERS_PAGE))
    ways = frame.pages(page, total, lambda number: here(query, **{NUMBERS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.same_number_note"))


def _receipt_panel(office: Office, text: str) -> Component:
    """A row whose receipt is probably mistyped, and the two answers; `text`: the row's id."""
    row = waiting_parts.row_named(text, partial(odd_receipt, office))
    if row is None:
        return frame.decision(html.P(t("intake.number_answered")))
    return frame.decision(
        dcc.Store(id=Id.RECEIPT, data=row["id"]),
        places([row], 1),
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
        columns.append(frame.column("action", lambda row: frame.way(words, here(query, terima=row["id"]))))
    title, page = t("intake.odd_receipts"), read_page(query.get(RECEIPTS_PAGE))
    ways = frame.pages(page, total, lambda number: here(query, **{RECEIPTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.odd_receipts_note"))


def _letter_panel(office: Office, text: str) -> Component:
    """A row whose number several letters bear, and the choice among them; `text` as `_doubted` takes it."""
    known = _doubted(office, text)
    if known is None:
        return frame.decision(html.P(t("intake.number_answered")))
    row, letters = known
    options = [(str(letter["request_id"]), _letter_option(letter)) for letter in letters]
    return frame.decision(
        dcc.Store(id=Id.DOUBTED, data=text),
        places([row], 1),
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
        frame.column("content", row_words),
        frame.column("read_at", place_link),
        frame.column("since", lambda row: fmt().moment_short(row["since"])),
    ]
    if may_change:
        words = t("intake.decide_room")
        columns.append(
            frame.column("action", lambda row: frame.way(words, here(query, milik=f"{row['kind']} {row['id']}")))
        )
    title, page = t("intake.which_letter"), read_page(query.get(DOUBTS_PAGE))
    ways = frame.pages(page, total, lambda number: here(query, **{DOUBTS_PAGE: number}))
    return panel(frame.listed(title, columns, rows), ways, title=title, note=t("intake.which_letter_note"))


def _letter_in_words(letter: Mapping[str, Any]) -> list[Component | str]:
    """Number and sender, then what it is about; a dash for a letter of which nothing counts any more."""
    about = [letter.get(name) for name in ("activity", "subject")]
    told = dotted(*(text for text in about if isinstance(text, str)))
    return [sentence(letter_words(letter)), html.Div(told, className="p-muted")]


def _missing_list(missing: Sequence[Mapping[str, Any]], page: int, query: Mapping[str, str]) -> Component:
    f, total = fmt(), int(missing[0]["total"])
    columns: list[Column[Mapping[str, Any]]] = [
        frame.column("letter_number", lambda row: html.Strong(_number(row))),
        frame.column("rows_waiting", lambda row: f.number(row["rows"]), "num"),
        frame.column("since", lambda row: f.moment_short(row["since"])),
        frame.column("action", lambda row: frame.way(t("intake.see_rows"), here(query, surat=_key(row)))),
    ]
    title = t("intake.missing_letters", count=f.number(total), n=total)
    return panel(
        frame.hint(t("intake.missing_letters_hint")),
        frame.listed(title, columns, missing),
        frame.pages(page, total, lambda number: here(query, **{REQUESTS_PAGE: number})),
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
    return frame.decision(places(rows, int(rows[0]["total"])), title=t("intake.letter_asked", number=number))
