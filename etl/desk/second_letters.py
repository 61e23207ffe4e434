"""The answers to rows that wait for a person to say which letter they tell of.

A register row is a correction of the letter that bears it, or a letter of its own under the first free mark of the
number, "21 (2)"; it is given once more on the page. Of another row a person says which letter it belongs to, of a
register whose numbers begin again whether they do so every month. An event of a calendar gets number, receipt and
agency. Each answer is a load of its own: taking that load back brings the letter and the question back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import PantauError
from data_access.records import Connection, one_load
from data_access.records.intake.loads import (
    NUMBERS_RESTART,
    RECEIPT_IMPLAUSIBLE,
    ROOM_UNKNOWN,
    SAME_NUMBER,
    LoadCounts,
    add_sheets,
    note_reason,
    rows_counted_waiting,
    waiting_for,
)
from data_access.records.intake.undo import add_page_corrections, letter_numbers, letters_of_events
from data_access.records.intake.views import events_awaiting_letter, rows_awaiting_number, rows_in_doubt
from data_access.records.logs import LETTER, LETTER_WORDS, link_rows, rows_with
from data_access.records.requests import (
    bare_number,
    borne_number,
    first_letters,
    further_letters,
    rows_of,
    rows_of_source,
    upsert_requests,
)
from etl.corrections.page import CORRECTING
from etl.corrections.typed import Context, read_value
from etl.desk.screen_rows import sheet_name
from etl.domain.frames import MISSING
from etl.domain.units import DAY, day_date
from etl.extract.texts import agenda, agenda_faults
from etl.intake.by_month import keep_numbering, move_source_to_months, rows_asked
from etl.intake.classify import classify_keyed
from etl.intake.load import REQUEST_COLUMNS, REQUEST_PAIRS, REQUEST_WORDS, take_permohonan
from etl.intake.same_number import WORDS, alike, said_in
from etl.intake.storing import Own, Taken, begin_on_screen, end_on_screen, link_again, store
from etl.judging.build_facts import folded_requests
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook

Row = Mapping[str, Any]


class SecondLetterError(PantauError):
    """The row cannot be taken as answered; the sentence says why."""


@dataclass(frozen=True)
class LetterAsTyped:
    """Number, day or moment of receipt, and agency of a letter, as a person types them."""

    number: str
    received: str
    opd: str


def answer_number(office: Office, row_id: int, actor: str, role: str, now: int, *, is_letter: bool) -> bool:
    """Let a row that waits for its number correct the letter that bears it, or be a letter of its own; whether the
    screens show it already.

    Raises SecondLetterError when the row waits no more, or names a room that nobody knows.
    """
    with one_load(office.records) as connection:
        rows = _rows_of_numbers(connection, rows_awaiting_number(connection, row_id=row_id))
        row = rows[rows["id"] == row_id]
        if row["room"].notna().item() and row["room_name"].isna().item():
            raise SecondLetterError("intake.room_before_number", room=row["room"].item())
        frame = _with_letters(connection, _as_letter(rows, row, set())) if is_letter else _as_correction(rows, row)
        _stand_at(connection, rows, frame)
        _store(connection, office.book_in(connection), rows, frame, (actor, role), now)
    return fault_of_catching_up(office, now) is None


def answer_numbers(office: Office, row_id: int, actor: str, role: str, now: int) -> bool:
    """Let every row that waits for its number beside this one, of the same load, be a letter of its own, in one load of
    the page; whether the screens show it already. Rows that name a room nobody knows wait on.

    Raises SecondLetterError when the row waits no more, or all of them name such a room.
    """
    with one_load(office.records) as connection:
        waiting = waiting_beside(connection, row_id)
        rows = _rows_of_numbers(connection, waiting)
        parts = list(_as_letters(rows, [row["id"] for row in waiting]))
        if not parts:
            raise SecondLetterError("intake.number_answered")
        frame = _with_letters(connection, pd.concat(parts, ignore_index=True))
        _stand_at(connection, rows, frame)
        _store(connection, office.book_in(connection), rows, frame, (actor, role), now)
    return fault_of_catching_up(office, now) is None


def waiting_beside(connection: Connection, row_id: int) -> list[Row]:
    """The rows that wait for their number and came with the load of this one, itself among them, as
    `rows_awaiting_number`; none when it waits no more."""
    waiting = {row["id"]: row for row in rows_awaiting_number(connection, None)}
    load_id = waiting[row_id]["load_id"] if row_id in waiting else None
    return [waiting[other] for other in sorted(waiting) if waiting[other]["load_id"] == load_id]


def _as_letters(rows: pd.DataFrame, row_ids: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Of each of these rows that no one before it told of: those of the rows of its number that tell of its letter."""
    numbers = dict(list(rows.groupby("first_id")))
    first_ids = rows.set_index("id")["first_id"]
    answered, borne = set[int](), set[str]()
    for row_id in row_ids:
        here = numbers[first_ids[row_id]]
        here = here[~here["words"].isin(answered)]
        row = here[here["id"] == row_id]
        if row.empty or (row["room"].notna().item() and row["room_name"].isna().item()):
            continue
        frame = _as_letter(here, row, borne)
        answered |= set(frame["words"])
        borne |= set(frame["agenda_key"])
        yield frame


def answer_letter(office: Office, kind: str, row_id: int, request_id: int, actor: str, now: int) -> bool:
    """Let a row whose number several letters bear belong to this one of them; whether the screens show it already.

    Raises SecondLetterError when the row waits no more, or the letter does not bear its number.
    """
    with one_load(office.records) as connection:
        rows = rows_in_doubt(connection, row=(kind, row_id))
        letters = letter_numbers(connection, [request_id])
        borne = letters["agenda_key"].map(borne_number)
        if not rows or rows[0]["agenda_key"] not in {*borne, *borne.map(bare_number)}:
            raise SecondLetterError("intake.number_answered")
        load_id = begin_on_screen(connection, CORRECTING, actor, now)
        said = {"file_value": rows[0]["agenda_number"], "new_value": letters["agenda_key"].item()}
        _note(connection, load_id, (kind, row_id, request_id), said, actor, now)
        taken = Taken({}, {request_id})
        link_again(connection, letters["agenda_key"], taken)
        end_on_screen(connection, office.book_in(connection), load_id, taken, LoadCounts(1, corrected=1), now)
    return fault_of_catching_up(office, now) is None


def answer_receipt(office: Office, row_id: int, received_on: int | None, actor: str, role: str, now: int) -> bool:
    """Take a register row whose receipt waits as it is, or as received on another day; whether the screens show it
    already.

    Raises SecondLetterError when the row waits no more.
    """
    with one_load(office.records) as connection:
        waiting = rows_awaiting_number(connection, row_id=row_id, code=RECEIPT_IMPLAUSIBLE)
        load_id, frame = _given_on_page(connection, waiting, row_id, (actor, role), now)
        if received_on is not None:
            moved = (received_on - frame["received_on"]) * DAY
            at = frame["received_at"].where(frame["received_at"] == MISSING, frame["received_at"] + moved)
            frame = frame.assign(received_on=received_on, received_at=at)
        said = {"file_value": waiting[0]["received_on"], "new_value": int(frame["received_on"].item())}
        _take_answered(connection, office.book_in(connection), load_id, frame, (row_id, said), (actor, now))
    return fault_of_catching_up(office, now) is None


def answer_event(office: Office, row_id: int, typed: LetterAsTyped, actor: str, role: str, now: int) -> bool:
    """Take an event of a calendar as the booking of that letter; whether the screens show it already.

    Raises SecondLetterError when the event waits no more, the number is none, names another year than the receipt, or
    is borne by a letter that has an event already or differs from this one; CorrectionError for receipt or agency.
    """
    with one_load(office.records) as connection:
        book = office.book_in(connection)
        letter = _as_columns(typed, Context(book, now))
        waiting = events_awaiting_letter(connection, row_id=row_id)
        load_id, frame = _given_on_page(connection, waiting, row_id, (actor, role), now)
        said = {"file_value": waiting[0]["subject"], "new_value": letter["agenda_number"]}
        others = set(letters_of_events(connection).values())
        letter_id = _take_answered(connection, book, load_id, frame.assign(**letter), (row_id, said), (actor, now))
        is_contradicted = (load_id, SAME_NUMBER) in waiting_for(connection, [load_id])
        if letter_id in others or is_contradicted:
            raise SecondLetterError("intake.event_number_borne", number=letter["agenda_number"])
    return fault_of_catching_up(office, now) is None


def dismiss_event(office: Office, row_id: int, actor: str, now: int) -> bool:
    """Let an event of a calendar wait no more without a letter, as a load that can be taken back; whether the screens
    show it already. Raises SecondLetterError when it waits no more."""
    with one_load(office.records) as connection:
        waiting = events_awaiting_letter(connection, row_id=row_id)
        if not waiting:
            raise SecondLetterError("intake.number_answered")
        load_id = begin_on_screen(connection, CORRECTING, actor, now)
        said = {"file_value": waiting[0]["subject"], "new_value": None}
        _note(connection, load_id, ("permohonan", row_id, waiting[0]["request_id"]), said, actor, now)
        end_on_screen(connection, office.book_in(connection), load_id, Taken({}), LoadCounts(1, corrected=1), now)
    return fault_of_catching_up(office, now) is None


def _as_columns(typed: LetterAsTyped, context: Context) -> dict[str, Any]:
    """The columns of a register row that these say; it bears no day of its own letter."""
    key, number, year = agenda(typed.number)
    if key is None or agenda_faults([typed.number]):
        raise SecondLetterError("intake.event_number", number=typed.number)
    received = read_value("permohonan", "received", typed.received, context)
    own_year = day_date(received["on"]).year
    if year not in (MISSING, own_year):
        raise SecondLetterError("intake.event_year", number=typed.number, year=own_year)
    at = MISSING if received["at"] is None else received["at"]
    opd = read_value("permohonan", "opd", typed.opd, context)
    named = {"agenda_key": key, "agenda_number": number, "opd": opd, "letter_on": MISSING, "note": None}
    return named | {"received_on": received["on"], "received_at": at}


def _given_on_page(
    connection: Connection, waiting: Sequence[Mapping[str, Any]], row_id: int, giver: tuple[str, str], now: int
) -> tuple[int, pd.DataFrame]:
    """A waiting register row as the row of a load of the page that is begun. Raises SecondLetterError when it waits no
    more."""
    if not waiting:
        raise SecondLetterError("intake.number_answered")
    rows = rows_of(connection, [waiting[0]["request_id"]])
    load_id = begin_on_screen(connection, "permohonan", giver[0], now)
    return load_id, _on_page(connection, rows[rows["id"] == row_id], load_id, giver)


def _take_answered(
    connection: Connection, book: Rulebook, load_id: int, frame: pd.DataFrame, answered: tuple[int, dict[str, Any]],
    by: tuple[str, int],
) -> int:  # fmt: skip
    """Take that row, note that it answers the waiting one (id, what was said), and close the load; its letter."""
    (row_id, said), (actor, now) = answered, by
    taken = take_permohonan(connection, load_id, frame, book)
    letter_id = int(frame["request_id"].item())
    _note(connection, load_id, ("permohonan", row_id, letter_id), said, actor, now)
    end_on_screen(connection, book, load_id, taken, LoadCounts(read=1, **taken.counts), now)
    return letter_id


def answer_numbering(
    office: Office, row_id: int, actor: str, role: str, now: int, reason: str, *, is_monthly: bool
) -> bool:
    """Let the numbers of the register of this row, with others waiting as they begin again, count within the month or
    the year: its source keeps that, its letters stand under their months, and all the rows that wait are taken; whether
    the screens show it already.

    Raises SecondLetterError when the row waits no more.
    """
    numbering = "month" if is_monthly else "year"
    with one_load(office.records) as connection:
        waiting = rows_awaiting_number(connection, row_id=row_id, code=NUMBERS_RESTART)
        if not waiting:
            raise SecondLetterError("intake.number_answered")
        source, book = waiting[0]["source"], office.book_in(connection)
        keep_numbering(connection, source, numbering, now, actor, reason)
        load_id = begin_on_screen(connection, "permohonan", actor, now, numbering=numbering, register=source)
        moved, numbers = move_source_to_months(connection, source) if is_monthly else (set(), None)
        frame, taken = _take_waiting(connection, load_id, source, book, (actor, role))
        taken.requests |= moved
        if numbers is not None:
            link_again(connection, numbers, taken)
        end_on_screen(connection, book, load_id, taken, LoadCounts(read=len(frame), **taken.counts), now)
    office.forget_rules()
    return fault_of_catching_up(office, now) is None


def _take_waiting(
    connection: Connection, load_id: int, source: str | None, book: Rulebook, giver: tuple[str, str]
) -> tuple[pd.DataFrame, Taken]:
    """Give the rows of a source that wait for its numbering once more, each in its words once; those of files stand at
    their letters and wait on for what they wait for now."""
    rows = rows_of_source(connection, source)
    rows = rows[rows["id"].isin(rows_counted_waiting(connection, rows.loc[rows["is_waiting"], "id"], NUMBERS_RESTART))]
    words = rows.groupby([*LETTER_WORDS], dropna=False).ngroup()
    frame = _on_page(connection, rows[~words.duplicated(keep="last")], load_id, giver)
    taken = take_permohonan(connection, load_id, frame, book)
    letters = dict(zip(words[~words.duplicated(keep="last")], frame["request_id"], strict=True))
    link_rows(connection, "permohonan", rows["id"].to_numpy(), request_id=words.map(letters).to_numpy())
    again = rows_with(connection, "permohonan", "load_id", [load_id])
    asked = rows_asked(connection, load_id)
    for code in (SAME_NUMBER, ROOM_UNKNOWN):
        waiting = again[again["id"].isin(rows_counted_waiting(connection, again["id"], code))]
        note_reason(connection, asked.loc[said_in(asked, waiting, LETTER_WORDS), "id"].to_numpy(), code)
    return frame, taken


def _note(
    connection: Connection, load_id: int, row: tuple[str, int, int], said: dict[str, Any], actor: str, now: int
) -> None:
    """Note to which letter a row of a kind belongs (kind, id, letter)."""
    named = dict(zip(("kind", "target_row_id", "request_id"), row, strict=True))
    by = {"load_id": load_id, "at": now, "actor": actor, "reason": "surat dipilih", "field": LETTER}
    add_page_corrections(connection, [by | named | said | {"is_revoked": False}])


def _on_page(connection: Connection, rows: pd.DataFrame, load_id: int, giver: tuple[str, str]) -> pd.DataFrame:
    """Stored rows as rows of a load of the page; `file_id`: the load with which each came."""
    name = sheet_name(load_id, *giver)
    sheet_id = add_sheets(connection, load_id, [name])[name]
    rows = rows.reset_index(drop=True).drop(columns="id")
    rows = rows.assign(file_id=rows["load_id"])
    return rows.assign(load_id=load_id, sheet_id=sheet_id, row=rows.index + 1, is_waiting=False)


def _rows_of_numbers(connection: Connection, waiting: Sequence[Row]) -> pd.DataFrame:
    """All register rows of the waiting rows' numbers and years, with `first_id`, the letter that bears it plainly,
    `words`, the same number for rows of one number in the same words, and `may_part`: it waits as another letter."""
    if not waiting:
        raise SecondLetterError("intake.number_answered")
    first_of = _letters_of_numbers(connection, [int(row["request_id"]) for row in waiting])
    rows = rows_of(connection, first_of)
    rows = rows.assign(first_id=rows["request_id"].map(first_of), file_id=rows["load_id"])
    words = rows.groupby(["first_id", *WORDS], dropna=False).ngroup()
    doubted = rows_counted_waiting(connection, rows.loc[rows["is_waiting"], "id"], SAME_NUMBER)
    is_told = words.isin(words[~rows["is_waiting"]])
    is_placed = rows["room"].isna() | rows["room_name"].notna()
    return rows.assign(words=words, may_part=rows["id"].isin(doubted) & ~is_told & is_placed)


def _letters_of_numbers(connection: Connection, request_ids: Sequence[int]) -> dict[int, int]:
    """All letters that bear the numbers of these in their years, each with the one that bears its number plainly."""
    first = first_letters(connection, request_ids)
    own = letter_numbers(connection, {*first, *first.values()})
    own["number"] = own["agenda_key"].map(borne_number)
    periods = own[["year", "number"]].drop_duplicates()
    letters = pd.concat([own, further_letters(connection, own["number"])]).drop_duplicates("request_id").merge(periods)
    letters = letters.sort_values(["agenda_key", "request_id"])  # "21" comes before "21 (2)"
    plain = letters.groupby(["year", "number"])["request_id"].transform("first")
    return dict(zip(letters["request_id"].tolist(), plain.tolist(), strict=True))


def _as_correction(rows: pd.DataFrame, row: pd.DataFrame) -> pd.DataFrame:
    """The row as one of the letter at which it stands, or of the first of its number where that one is gone."""
    stands = row["request_id"].isin(rows.loc[~rows["is_waiting"], "request_id"])
    return row.assign(request_id=row["request_id"].where(stands, row["first_id"]))


def _as_letter(rows: pd.DataFrame, row: pd.DataFrame, borne: set[str]) -> pd.DataFrame:
    """The row, and what else waits and does not contradict it, as the rows of a new letter; `rows`: those of its
    number, `borne`: numbers of other new ones."""
    taken, number = {*rows.loc[~rows["is_waiting"], "agenda_key"], *borne}, borne_number(row["agenda_key"].item())
    mark = next(mark for mark in map(" ({})".format, count(2)) if number + mark not in taken)
    waiting = rows[rows["may_part"]]
    frame = waiting[alike(row, waiting)].drop_duplicates("words", keep="last").assign(agenda_key=number + mark)
    return frame.assign(agenda_number=frame["agenda_number"].fillna(number).map(borne_number) + mark)


def _with_letters(connection: Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with the letters of their new numbers."""
    return frame.assign(request_id=upsert_requests(connection, frame))


def _stand_at(connection: Connection, rows: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Let the waiting rows of files in the words of these rows of letters stand at them."""
    letters = frame[["words", "request_id"]].drop_duplicates("words")
    again = rows.loc[rows["is_waiting"], ["id", "words"]].merge(letters, on="words")
    link_rows(
        connection, "permohonan", again["id"].to_numpy(np.int64), request_id=again["request_id"].to_numpy(np.int64)
    )


def _store(
    connection: Connection, book: Rulebook, rows: pd.DataFrame, frame: pd.DataFrame, giver: tuple[str, str], now: int
) -> None:
    """Give these rows of letters once more, as a load of the page; `rows`: all of their numbers."""
    load_id = begin_on_screen(connection, "permohonan", giver[0], now)
    frame = _on_page(connection, frame, load_id, giver)
    known = folded_requests(rows[~rows["is_waiting"]], book.calendar)
    result = classify_keyed(frame, known, "request_id", REQUEST_COLUMNS, REQUEST_PAIRS)
    own = Own.of(load_id, rows, REQUEST_WORDS)
    taken = store(connection, load_id, "permohonan", frame, result, own, SAME_NUMBER).taken
    taken.requests |= set(frame["request_id"].tolist())
    link_again(connection, frame["agenda_key"], taken)
    end_on_screen(connection, book, load_id, taken, LoadCounts(read=len(frame), **taken.counts), now)
