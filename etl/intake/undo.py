"""Taking a whole load back: its rows count no more, what they had corrected returns, and that itself is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from data_access.errors import PantauError
from data_access.records import Connection, one_load, reading
from data_access.records.intake.loads import SCREEN, Load, LoadCounts, load_by_id, loads_beside, loads_of_source
from data_access.records.intake.undo import (
    UNDOING,
    agenda_keys_of_letters,
    corrected_count,
    corrections_ending,
    letters_of_load,
    mark_undone,
    row_count,
    session_count,
)
from data_access.records.letters import detach_scans, numbered_by, receipt_of_request, rename_letter, was_joined
from data_access.records.requests import rows_of
from etl.extract.texts import agenda_key, unnumbered
from etl.intake.by_month import rows_asked, take_numbering_back
from etl.intake.storing import Taken, begin_on_screen, end_on_screen, link_again
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook

LEAST_REASON = 3
KEYS_AT_A_TIME = 10_000
"""So many letters' rows are linked again at once: memory is bounded by this."""


class UndoError(PantauError):
    """The load cannot be taken back; the sentence says why."""


@dataclass(frozen=True)
class Undone:
    """What taking a load back did, or would do.

    `rows` go, `letters` and `sessions` are changed, `returning` rows of earlier loads count again as they were before
    this load corrected them, `page_corrections` on its rows are no longer in force, as no other load holds the same
    row. `undoing_id` is the number of the load that records it; `is_published`: whether the screens show it already.
    """

    load_id: int
    file: str
    kind: str
    rows: int
    letters: int
    sessions: int
    returning: int
    page_corrections: int
    undoing_id: int
    is_published: bool = True


def undo(office: Office, load_id: int, reason: str, actor: str, now: int) -> Undone:
    """Take a load back and publish what that changes; one transaction, also for the entries that were made beside it on
    the screen. It stays taken back when publishing fails.

    Raises UndoError when there is no such load, it was taken back before, it takes another one back itself, or the
    reason is shorter than three letters. The same file may be given again afterwards.
    """
    words = reason_of(reason)
    with one_load(office.records) as connection:
        book = office.book_in(connection)
        _that_can_be_undone(connection, load_id)
        beside = [_undo(connection, book, other, words, actor, now) for other in loads_beside(connection, load_id)]
        undone = _with(_undo(connection, book, load_id, words, actor, now), beside)
    office.forget_rules()
    return replace(undone, is_published=fault_of_catching_up(office, now) is None)


def undo_preview(office: Office, load_id: int) -> Undone:
    """What `undo` would do (`undoing_id` 0); only reads. Raises UndoError like it."""
    with reading(office.records) as connection:
        whole = [_preview(connection, each) for each in (load_id, *loads_beside(connection, load_id))]
        return _with(whole[0], whole[1:])


def _preview(connection: Connection, load_id: int) -> Undone:
    load, ending = _that_can_be_undone(connection, load_id), corrections_ending(connection, load_id)
    return _undone(connection, load, len(letters_of_load(connection, load_id)), ending, 0)


def _with(undone: Undone, beside: Sequence[Undone]) -> Undone:
    """What taking a load back did together with the entries beside it, which tell of the same letters."""
    every = [undone, *beside]
    return replace(
        undone,
        rows=sum(each.rows for each in every),
        sessions=sum(each.sessions for each in every),
        returning=sum(each.returning for each in every),
        page_corrections=sum(each.page_corrections for each in every),
    )


def reason_of(text: str) -> str:
    """The reason on one line. Raises UndoError when it says nothing."""
    words = " ".join(text.split())
    if len(words) < LEAST_REASON:
        raise UndoError("intake.undo_reason")
    return words


def _undo(connection: Connection, book: Rulebook, load_id: int, reason: str, actor: str, now: int) -> Undone:
    load = _that_can_be_undone(connection, load_id)
    ending = corrections_ending(connection, load_id)
    agenda_keys, letters = agenda_keys_of_letters(connection, load_id), letters_of_load(connection, load_id)
    asked = rows_asked(connection, load_id)["id"] if "register" in load.options else None
    undoing_id = begin_on_screen(connection, UNDOING, actor, now, load.file)
    mark_undone(connection, load_id, undoing_id, reason, now)
    taken = Taken({}, set(letters.tolist()))
    if asked is not None:
        moved, numbers = take_numbering_back(connection, load, asked, now, actor, reason)
        taken.requests |= moved
        agenda_keys = pd.concat([agenda_keys, numbers]).drop_duplicates()
    _take_number_back(connection, load_id)
    if loads_of_source(connection, [load_id], SCREEN):
        detach_scans(connection, load_id)
    for start in range(0, len(agenda_keys), KEYS_AT_A_TIME):
        link_again(connection, agenda_keys[start : start + KEYS_AT_A_TIME], taken)
    end_on_screen(connection, book, undoing_id, taken, LoadCounts(), now)
    return _undone(connection, load, len(taken.requests), ending, undoing_id)


def _take_number_back(connection: Connection, load_id: int) -> None:
    """A request that this load gave its number is known by its receipt number again, unless a file has named it by the
    number since, or it joined the letter that a file had brought."""
    request_id = numbered_by(connection, load_id)
    receipt = None if request_id is None else receipt_of_request(connection, request_id)
    if request_id is None or receipt is None or was_joined(connection, request_id, load_id):
        return
    loads = set(rows_of(connection, [request_id])["load_id"].tolist())
    if loads <= set(loads_of_source(connection, loads, SCREEN)):
        number = unnumbered(receipt.number)
        rename_letter(connection, request_id, agenda_key(number), number)


def _undone(connection: Connection, load: Load, letters: int, ending: int, undoing_id: int) -> Undone:
    return Undone(
        load.id,
        load.file,
        load.kind,
        rows=row_count(connection, load.kind, load.id),
        letters=letters,
        sessions=session_count(connection, load.id),
        returning=corrected_count(connection, load.id),
        page_corrections=ending,
        undoing_id=undoing_id,
    )


def _that_can_be_undone(connection: Connection, load_id: int) -> Load:
    load = load_by_id(connection, load_id)
    if load is None:
        raise UndoError("intake.undo_no_load", load=load_id)
    if load.kind == UNDOING:
        raise UndoError("intake.undo_of_undo", load=load_id)
    if load.status == "undone":
        raise UndoError("intake.undo_again", load=load_id, file=load.file)
    return load
