"""Rows given on a screen: one entry is one load of the source "layar", taken by the same takers as a file's rows.

So links, corrections, waiting and the marts follow as for any file, and every number is traced to who said it when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from data_access.errors import PantauError
from data_access.records import one_load, reading
from data_access.records.intake.loads import LoadCounts, add_entry, begin_load, entry_of, finish_load, load_by_id
from data_access.records.requests import touch_requests
from etl.extract import Kind, Refused
from etl.intake.entered import Entered, TypedRow
from etl.intake.load import TAKERS, take_in
from etl.intake.load_report import SCREEN
from etl.judging.publishing import fault_of_catching_up

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office, Rulebook

LONGEST_CLIENT_ID = 100
_ENTERED_BY = re.compile(r"([a-z_]+): (.*) #\d+")


class ScreenRefusedError(PantauError):
    """An entry of a screen that cannot be taken; nothing was stored."""


@dataclass(frozen=True)
class Receipt:
    """What became of an entry: its load, the server's time, and how its rows ended.

    `is_repeat`: the same entry was taken before, and this is what was answered then. `is_published`: whether the
    screens show it already.
    """

    client_id: str
    kind: str
    load_id: int
    at: int
    actor: str
    role: str
    counts: LoadCounts
    is_repeat: bool = True
    is_published: bool = True


def give_row(
    office: Office, kind: str, values: TypedRow, *, actor: str, role: str, client_id: str, now: int
) -> Receipt:
    """`give_rows` with one row."""
    return give_rows(office, kind, [values], actor=actor, role=role, client_id=client_id, now=now)


def give_rows(
    office: Office,
    kind: str,
    rows: Sequence[TypedRow] | Callable[[Connection, Rulebook], Sequence[TypedRow]],
    *,
    actor: str,
    role: str,
    client_id: str,
    now: int,
    check: Callable[[Connection, Rulebook], None] | None = None,
    also: Callable[[Connection, int], None] | None = None,
    publishes: bool = True,
) -> Receipt:
    """Store the rows of one entry and publish them: all of them or none, in one transaction.

    `kind`: permohonan, disposisi, pemakaian, kondisi, peserta. `rows` are typed (`etl.intake.entered`); or a function
    that gives them by what is stored by then.
    `now` is the server's time. `client_id` is the entry's own id, made by the screen: given again, also at the same
    moment, nothing is stored and the first receipt comes back.

    Inside the transaction `check` is called before anything is stored and may refuse by raising; `also` is called
    afterwards with the load's number, to store what belongs to these rows. Raises ScreenRefusedError for a row that
    lacks what its kind must have, RecordsError. With `publishes` False the caller publishes afterwards, once it has
    answered.
    """
    known = _valid(kind, client_id)
    with one_load(office.records) as connection:
        receipt = _receipt(connection, known)
        if receipt is None:
            book = office.book_in(connection)
            if check is not None:
                check(connection, book)
            given = rows(connection, book) if callable(rows) else rows
            receipt = store_entry(connection, book, kind, given, actor=actor, role=role, client_id=known, now=now)
            if also is not None:
                also(connection, receipt.load_id)
    return replace(receipt, is_published=publishes and fault_of_catching_up(office, now) is None)


def store_entry(
    connection: Connection,
    book: Rulebook,
    kind: str,
    rows: Sequence[TypedRow],
    *,
    actor: str,
    role: str,
    client_id: str,
    now: int,
) -> Receipt:
    """One new entry inside `one_load`; also a second one beside that of `give_rows`, so that both are taken or none.

    Raises ScreenRefusedError.
    """
    known = _valid(kind, client_id)
    load_id = _begin(connection, kind, known, actor, role, now)
    counts = _take(connection, load_id, kind, rows, book, now, sheet_name(load_id, actor, role))
    return Receipt(known, kind, load_id, now, actor, role, counts, is_repeat=False)


def sheet_name(load_id: int, actor: str, role: str) -> str:
    """What stands in place of a sheet's name: who said it in which role; the number keeps entries apart."""
    return f"{role}: {actor} #{load_id}"


def entered_by(sheet: str | None) -> tuple[str, str] | None:
    """Role and user in such a name; None for another one."""
    match = _ENTERED_BY.fullmatch(sheet or "")
    return (match[1], match[2]) if match else None


def receipt_of(office: Office, client_id: str) -> Receipt | None:
    """What was answered to an entry; None when there is none of that id."""
    with reading(office.records) as connection:
        return _receipt(connection, client_id)


def _valid(kind: str, client_id: str) -> str:
    """The entry's id. Raises ScreenRefusedError for an entry that no screen of ours makes."""
    if kind not in TAKERS:
        raise ScreenRefusedError("intake.entry_kind", kind=kind, kinds=list(TAKERS))
    if not 0 < len(client_id.strip()) <= LONGEST_CLIENT_ID:
        raise ScreenRefusedError("intake.entry_without_id")
    return client_id.strip()


def _receipt(connection: Connection, client_id: str) -> Receipt | None:
    entry = entry_of(connection, client_id)
    load = None if entry is None else load_by_id(connection, entry.load_id)
    if entry is None or load is None:
        return None
    return Receipt(client_id, entry.kind, entry.load_id, entry.at, entry.actor, entry.role, load.counts)


def _begin(connection: Connection, kind: str, client_id: str, actor: str, role: str, now: int) -> int:
    load_id = begin_load(
        connection, file=SCREEN, sha256="", kind=kind, options={}, started_at=now, source_name=SCREEN, actor=actor
    )
    add_entry(connection, client_id, load_id, role)
    return load_id


def _take(
    connection: Connection, load_id: int, kind: str, rows: Sequence[TypedRow], book: Rulebook, now: int, sheet: str
) -> LoadCounts:
    if not rows:
        raise ScreenRefusedError("intake.entry_empty")
    try:
        taken = take_in(connection, load_id, Entered(Kind(kind), rows, sheet), book)
    except Refused as refusal:
        raise ScreenRefusedError(refusal.code, **refusal.values) from refusal
    touch_requests(connection, np.array(sorted(taken.requests), dtype=np.int64), load_id)
    counts = LoadCounts(**taken.counts)
    finish_load(connection, load_id, counts, finished_at=now)
    return counts
