"""Which rows of a load wait to this day, and what each waits for, in a sentence that names the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data_access.errors import Message
from data_access.records import Connection
from data_access.records.intake.loads import (
    ITEM_UNKNOWN,
    LETTER_MISSING,
    NUMBERS_RESTART,
    RECEIPT_IMPLAUSIBLE,
    ROOM_UNKNOWN,
    SAME_NUMBER,
    load_by_id,
)
from data_access.records.intake.views import repeats_of_waiting, rows_still_waiting
from data_access.records.logs import WHICH_LETTER, rows_with
from data_access.records.requests import first_letters, further_letters, letters_with_keys, monthly_keys, rows_of
from etl.domain.compliance.derive import fold, is_empty
from etl.domain.register_order import LETTER_AHEAD_DAYS
from etl.domain.units import day_date, day_number
from etl.extract.dates import DAYS_DOUBTED, OUT_OF_ORDER, TITLE_YEAR
from etl.intake.classify import year_of_letter
from etl.judging.build_facts import POSITION
from etl.office import settings_in
from etl.settings.names import ItemNames, RoomNames

Row = Mapping[str, Any]
_UNKNOWN = {"room": ROOM_UNKNOWN, "item": ITEM_UNKNOWN}


@dataclass(frozen=True)
class Wait:
    """One row that waits: where it stands, the code of what it waits for, and the sentence."""

    sheet: str | None
    row: int
    code: str
    message: Message


def waits_of_load(connection: Connection, kind: str, load_id: int) -> list[Wait]:
    """The rows that the load counted as waiting and that wait still, in file order."""
    rows = rows_still_waiting(connection, kind, load_id)
    letters = letters_in_doubt(connection, [row for row in rows if row["code"] == SAME_NUMBER])
    close, doubts = _close_names(connection, rows), _doubts(connection, load_id, rows)
    again = repeats_of_waiting(connection, kind, load_id) if rows else {}
    sentences = (_with_repeats(_sentence(row, letters, close, doubts), again.get(row["id"], 0)) for row in rows)
    return [
        Wait(row["sheet"], row["row"], row["code"], sentence) for row, sentence in zip(rows, sentences, strict=True)
    ]


def _with_repeats(sentence: Message, rows: int) -> Message:
    """The sentence of a row, and how many more rows wait as it does."""
    return Message("intake.row_and_repeats", sentence=sentence, n=rows) if rows else sentence


def _doubts(connection: Connection, load_id: int, rows: Sequence[Row]) -> dict[int, Message]:
    """By id of a register row that waits for its receipt, what speaks against that day."""
    doubted = [row for row in rows if row["code"] == RECEIPT_IMPLAUSIBLE]
    load = load_by_id(connection, load_id) if doubted else None
    if load is None:
        return {}
    zone = ZoneInfo(settings_in(connection)[0].zone)
    today = day_number(datetime.fromtimestamp(load.started_at, zone).date())
    exchanged = {warning.get("sheet") for warning in load.warnings if warning["code"] in DAYS_DOUBTED}
    breaking, titled = (_rows_warned_of(load.warnings, code) for code in (OUT_OF_ORDER, TITLE_YEAR))
    unnamed = {sheet for sheet, _ in titled if (None, None) in titled}  # behind a hundred no row is named any more
    doubts = {
        row["id"]: receipt_doubt(
            row, today, is_exchanged=row["sheet"] in exchanged,
            is_titled=(row["sheet"], row["row"]) in titled or row["sheet"] in unnamed,
        )
        for row in doubted
    }  # fmt: skip
    by_others = {row["id"] for row in doubted if (row["sheet"], row["row"]) in breaking}
    in_disorder = [row_id for row_id, code in doubts.items() if row_id in by_others and code in _BY_OTHER_ROWS]
    doubts |= dict.fromkeys(in_disorder, "intake.receipt_out_of_order")
    return {row_id: Message(code) for row_id, code in doubts.items()}


def _rows_warned_of(warnings: Iterable[Row], code: str) -> set[tuple[str | None, int | None]]:
    """The rows, by sheet, of which a load has a warning of this code; None, None where there are more of them."""
    return {(warning.get("sheet"), warning["row"]) for warning in warnings if warning["code"] == code}


_BY_OTHER_ROWS = ("intake.receipt_exchanged", "intake.receipt_of_other_year")


def receipt_doubt(row: Row, today: int, *, is_exchanged: bool, is_titled: bool = False) -> str:
    """What speaks against the receipt of a register row that is held back for it: received_on, letter_on and
    letter_number (None: names none)."""
    received, letter = row["received_on"], row["letter_on"]
    if received > today + 1:
        return "intake.receipt_ahead"
    if letter is not None and letter > received + LETTER_AHEAD_DAYS:
        return "intake.receipt_before_letter"
    if year_of_letter(row["letter_number"]) > day_date(received).year:
        return "intake.receipt_before_letter_year"
    if is_titled:
        return "intake.receipt_of_titled_year"
    return "intake.receipt_exchanged" if is_exchanged else "intake.receipt_of_other_year"


def _close_names(connection: Connection, rows: Sequence[Row]) -> dict[str, str]:
    """By unknown room or item the known name, or other unknown one, that is spelled nearly alike."""
    unknown = {field: [row[field] or "" for row in rows if row["code"] == code] for field, code in _UNKNOWN.items()}
    if not any(unknown.values()):
        return {}
    book, _ = settings_in(connection)
    close = [*RoomNames.of(book).suggestions(unknown["room"]), *ItemNames.of(book).suggestions(unknown["item"])]
    return {one.name: one.close_to for one in close}


def letters_in_doubt(connection: Connection, rows: Iterable[Row]) -> dict[int, tuple[Row, Row]]:
    """By id of a register row that waits for its number (`id`, `request_id`): the row, and the letter at which it
    stands, else the first of that number, as the register tells it without such rows; an empty one where neither counts
    any more."""
    wanted = {row["id"]: row["request_id"] for row in rows}
    if not wanted:
        return {}
    mine = rows_with(connection, "permohonan", "id", list(wanted)).to_dict("records")
    first = first_letters(connection, wanted.values())
    counting = rows_of(connection, {*first, *first.values()})
    letters = fold(counting[~counting["is_waiting"]], ["request_id"], unfolded=POSITION).to_dict("records")
    known = {letter["request_id"]: letter for letter in letters}
    letters_of = {own: known.get(own) or known.get(plain, {}) for own, plain in first.items()}
    return {row["id"]: (row, letters_of[row["request_id"]]) for row in mine}


def letters_of_number(connection: Connection, number: str) -> list[Row]:
    """The letters that bear a number, of all years, as the register tells them, those of the latest year first."""
    named = [number, *monthly_keys(connection, [number])]
    keys = {*named, *further_letters(connection, named)["agenda_key"]}
    counting = rows_of(connection, letters_with_keys(connection, keys)["request_id"])
    letters = fold(counting[~counting["is_waiting"]], ["request_id"], unfolded=POSITION)
    return letters.sort_values(["year", "request_id"], ascending=[False, True]).to_dict("records")


def letter_words(letter: Row) -> Message:
    """A letter by its number and sender, as far as it names them."""
    number, sender = (letter.get(name) for name in ("letter_number", "opd_name"))
    has_number, has_sender = not is_empty(number), not is_empty(sender)
    if has_number and has_sender:
        return Message("intake.letter_of", number=number, opd=sender)
    return Message("intake.letter_named", name=number if has_number else sender if has_sender else "–")


def _told_apart(mine: Row, earlier: Row) -> list[Message]:
    """Two letters in words, with subject and receipt where number and sender do not tell them apart."""
    words = [letter_words(letter) for letter in (mine, earlier)]
    is_told = words[0] != words[1] or not earlier
    return words if is_told else [_in_detail(letter) for letter in (mine, earlier)]


def _in_detail(letter: Row) -> Message:
    subject = "–" if is_empty(letter["subject"]) else letter["subject"]
    told = {"letter": letter_words(letter), "received": day_date(letter["received_on"])}
    return Message("intake.letter_about", subject=subject, **told)


def _sentence(
    row: Row, letters: Mapping[int, tuple[Row, Row]], close: Mapping[str, str], doubts: Mapping[int, Message]
) -> Message:
    number, place = row["agenda_number"] or "–", row["row"]
    if row["code"] == SAME_NUMBER:
        mine, earlier = _told_apart(*letters[row["id"]])
        return Message("intake.row_same_number", row=place, number=number, mine=mine, earlier=earlier)
    if row["code"] == LETTER_MISSING and row["request_id"] is not None:  # it stands at an event of a calendar
        return Message("intake.row_without_number", row=place, event=row["subject"] or "–")
    if row["code"] in (RECEIPT_IMPLAUSIBLE, NUMBERS_RESTART):
        received = {"number": number, "received": day_date(row["received_on"])}
        doubt = {"doubt": doubts[row["id"]]} if row["code"] == RECEIPT_IMPLAUSIBLE else {}
        return Message(f"intake.row_{row['code']}", row=place, **received, **doubt)
    if row["code"] == WHICH_LETTER:
        return Message("intake.row_which_letter", row=place, number=number)
    for field, code in _UNKNOWN.items():
        if row["code"] == code:
            name = " ".join((row[field] or "–").split())
            near = [Message("intake.close_name", name=close[name])] if name in close else []
            return Message(f"intake.row_awaits_{field}", row=place, name=name, close=near)
    return Message("intake.row_waits_letter", row=place, number=number)
