"""The answer to a register row that waits because another letter bears its number: it is a correction of that letter.

The row is given once more on the page, as a load of its own: taking that load back brings the letter and the question
back.
"""

from __future__ import annotations

from data_access.errors import PantauError
from data_access.records import Connection, one_load
from data_access.records.intake.loads import SAME_NUMBER, LoadCounts, add_sheets
from data_access.records.intake.views import rows_awaiting_number
from data_access.records.requests import rows_of
from etl.desk.screen_rows import sheet_name
from etl.intake.classify import classify_keyed
from etl.intake.load import REQUEST_COLUMNS, REQUEST_PAIRS, REQUEST_WORDS
from etl.intake.storing import Own, begin_on_screen, end_on_screen, link_again, store
from etl.judging.build_facts import folded_requests
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook


class SecondLetterError(PantauError):
    """The row cannot be taken as a correction; the sentence says why."""


def take_as_correction(office: Office, row_id: int, actor: str, role: str, now: int) -> bool:
    """Let a row that waits for its number correct the letter that bears it; whether the screens show it already.

    Raises SecondLetterError when the row waits no more, or names a room that nobody knows.
    """
    with one_load(office.records) as connection:
        _take(connection, row_id, office.book_in(connection), (actor, role), now)
    return fault_of_catching_up(office, now) is None


def _take(connection: Connection, row_id: int, book: Rulebook, giver: tuple[str, str], now: int) -> None:
    waiting = rows_awaiting_number(connection, row_id=row_id)
    if not waiting:
        raise SecondLetterError("intake.number_answered")
    rows = rows_of(connection, [waiting[0]["request_id"]])
    frame = rows[rows["id"] == row_id].drop(columns="id").reset_index(drop=True)
    if frame["room"].notna().item() and frame["room_name"].isna().item():
        raise SecondLetterError("intake.room_before_number", room=frame["room"].item())
    load_id = begin_on_screen(connection, "permohonan", giver[0], now)
    name = sheet_name(load_id, *giver)
    frame = frame.assign(
        load_id=load_id, sheet_id=add_sheets(connection, load_id, [name])[name], row=1, is_waiting=False
    )
    known = folded_requests(rows[~rows["is_waiting"]], book.calendar)
    result = classify_keyed(frame, known, "request_id", REQUEST_COLUMNS, REQUEST_PAIRS)
    own = Own.of(load_id, rows, REQUEST_WORDS)
    taken = store(connection, load_id, "permohonan", frame, result, own, SAME_NUMBER).taken
    taken.requests |= set(frame["request_id"].tolist())
    link_again(connection, frame["agenda_key"], taken)
    end_on_screen(connection, load_id, taken, LoadCounts(read=1, **taken.counts), now)
