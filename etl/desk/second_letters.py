"""The answers to rows that wait because several letters bear their number.

A register row is a correction of the letter that bears it, or a letter of its own under the first free mark of the
number, "21 (2)"; it is given once more on the page. Of another row a person says which letter it belongs to. Each
answer is a load of its own: taking that load back brings the letter and the question back.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import PantauError
from data_access.records import Connection, one_load
from data_access.records.intake.loads import (
    RECEIPT_IMPLAUSIBLE,
    SAME_NUMBER,
    LoadCounts,
    add_sheets,
    rows_counted_waiting,
)
from data_access.records.intake.undo import add_page_corrections, letter_numbers
from data_access.records.intake.views import rows_awaiting_number, rows_in_doubt
from data_access.records.logs import LETTER, link_rows
from data_access.records.requests import (
    bare_number,
    borne_number,
    first_letters,
    further_letters,
    rows_of,
    upsert_requests,
)
from etl.corrections.page import CORRECTING
from etl.desk.screen_rows import sheet_name
from etl.domain.frames import MISSING
from etl.domain.units import DAY
from etl.intake.classify import classify_keyed
from etl.intake.load import REQUEST_COLUMNS, REQUEST_PAIRS, REQUEST_WORDS, take_permohonan
from etl.intake.same_number import WORDS, alike, said_in
from etl.intake.storing import Own, Taken, begin_on_screen, end_on_screen, link_again, store
from etl.judging.build_facts import folded_requests
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook


class SecondLetterError(PantauError):
    """The row cannot be taken as answered; the sentence says why."""


def answer_number(office: Office, row_id: int, actor: str, role: str, now: int, *, is_letter: bool) -> bool:
    """Let a row that waits for its number correct the letter that bears it, or be a letter of its own; whether the
    screens show it already.

    Raises SecondLetterError when the row waits no more, or names a room that nobody knows.
    """
    with one_load(office.records) as connection:
        rows = _rows_of_number(connection, row_id)
        row = rows[rows["id"] == row_id]
        if row["room"].notna().item() and row["room_name"].isna().item():
            raise SecondLetterError("intake.room_before_number", room=row["room"].item())
        frame = _as_letter(connection, rows, row) if is_letter else _as_correction(rows, row)
        _store(connection, office.book_in(connection), rows, frame, (actor, role), now)
    return fault_of_catching_up(office, now) is None


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
        end_on_screen(connection, load_id, taken, LoadCounts(1, corrected=1), now)
    return fault_of_catching_up(office, now) is None


def answer_receipt(office: Office, row_id: int, received_on: int | None, actor: str, role: str, now: int) -> bool:
    """Take a register row whose receipt waits as it is, or as received on another day; whether the screens show it
    already.

    Raises SecondLetterError when the row waits no more.
    """
    with one_load(office.records) as connection:
        waiting = rows_awaiting_number(connection, row_id=row_id, code=RECEIPT_IMPLAUSIBLE)
        if not waiting:
            raise SecondLetterError("intake.number_answered")
        rows = rows_of(connection, [waiting[0]["request_id"]])
        load_id = begin_on_screen(connection, "permohonan", actor, now)
        frame = _on_page(connection, rows[rows["id"] == row_id], load_id, (actor, role))
        if received_on is not None:
            moved = (received_on - frame["received_on"]) * DAY
            at = frame["received_at"].where(frame["received_at"] == MISSING, frame["received_at"] + moved)
            frame = frame.assign(received_on=received_on, received_at=at)
        taken = take_permohonan(connection, load_id, frame, office.book_in(connection))
        said = {"file_value": waiting[0]["received_on"], "new_value": int(frame["received_on"].item())}
        _note(connection, load_id, ("permohonan", row_id, int(frame["request_id"].item())), said, actor, now)
        end_on_screen(connection, load_id, taken, LoadCounts(read=1, **taken.counts), now)
    return fault_of_catching_up(office, now) is None


def _note(
    connection: Connection, load_id: int, row: tuple[str, int, int], said: dict[str, Any], actor: str, now: int
) -> None:
    """Note to which letter a row of a kind belongs (kind, id, letter)."""
    named = dict(zip(("kind", "target_row_id", "request_id"), row, strict=True))
    by = {"load_id": load_id, "at": now, "actor": actor, "reason": "surat dipilih", "field": LETTER}
    add_page_corrections(connection, [by | named | said | {"is_revoked": False}])


def _on_page(connection: Connection, rows: pd.DataFrame, load_id: int, giver: tuple[str, str]) -> pd.DataFrame:
    """Stored rows as rows of a load of the page."""
    name = sheet_name(load_id, *giver)
    sheet_id = add_sheets(connection, load_id, [name])[name]
    rows = rows.reset_index(drop=True).drop(columns="id")
    return rows.assign(load_id=load_id, sheet_id=sheet_id, row=rows.index + 1, is_waiting=False)


def _rows_of_number(connection: Connection, row_id: int) -> pd.DataFrame:
    """All register rows of the waiting row's number and year, with `first_id`, the letter that bears it plainly."""
    waiting = rows_awaiting_number(connection, row_id=row_id)
    if not waiting:
        raise SecondLetterError("intake.number_answered")
    own = int(waiting[0]["request_id"])
    first = first_letters(connection, [own])[own]
    number = letter_numbers(connection, [first])
    further = further_letters(connection, number["agenda_key"])
    here = further.loc[further["year"] == number["year"].item(), "request_id"]
    return rows_of(connection, {own, first, *here.tolist()}).assign(first_id=first)


def _as_correction(rows: pd.DataFrame, row: pd.DataFrame) -> pd.DataFrame:
    """The row as one of the letter at which it stands, or of the first of its number where that one is gone."""
    stands = row["request_id"].isin(rows.loc[~rows["is_waiting"], "request_id"])
    return row.assign(request_id=row["request_id"].where(stands, row["first_id"]))


def _as_letter(connection: Connection, rows: pd.DataFrame, row: pd.DataFrame) -> pd.DataFrame:
    """The row, and what else waits and does not contradict it, as the rows of a new letter."""
    counting = rows[~rows["is_waiting"]]
    taken, number = set(counting["agenda_key"]), borne_number(row["agenda_key"].item())
    mark = next(mark for mark in map(" ({})".format, count(2)) if number + mark not in taken)
    doubted = rows_counted_waiting(connection, rows.loc[rows["is_waiting"], "id"], SAME_NUMBER)
    waiting = rows[rows["id"].isin(doubted) & ~said_in(rows, counting)]
    waiting = waiting[alike(row, waiting) & (waiting["room"].isna() | waiting["room_name"].notna())]
    frame = waiting.drop_duplicates(WORDS, keep="last").assign(agenda_key=number + mark)
    typed = frame["agenda_number"].fillna(number).map(borne_number) + mark
    return frame.assign(agenda_number=typed, request_id=upsert_requests(connection, frame))


def _store(
    connection: Connection, book: Rulebook, rows: pd.DataFrame, frame: pd.DataFrame, giver: tuple[str, str], now: int
) -> None:
    """Give these rows of a number once more, as a load of the page; the same rows of files stand at their letter."""
    again = rows.loc[rows["is_waiting"] & said_in(rows, frame), "id"].to_numpy()
    link_rows(connection, "permohonan", again, request_id=np.full(len(again), frame["request_id"].iloc[0]))
    load_id = begin_on_screen(connection, "permohonan", giver[0], now)
    frame = _on_page(connection, frame, load_id, giver)
    known = folded_requests(rows[~rows["is_waiting"]], book.calendar)
    result = classify_keyed(frame, known, "request_id", REQUEST_COLUMNS, REQUEST_PAIRS)
    own = Own.of(load_id, rows, REQUEST_WORDS)
    taken = store(connection, load_id, "permohonan", frame, result, own, SAME_NUMBER).taken
    taken.requests |= set(frame["request_id"].tolist())
    link_again(connection, frame["agenda_key"], taken)
    end_on_screen(connection, load_id, taken, LoadCounts(read=len(frame), **taken.counts), now)
