"""Requests that begin on the screen: receipt numbers, what is said of a request as a whole, and codes of agencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from data_access.records.bulk import add_row, change_rows, each_as, first_as, insert_row, insert_rows, note_gone
from data_access.records.intake.loads import SCREEN, note_taken_links
from data_access.records.logs import counts_still
from data_access.records.schema import (
    LOG_OF,
    condition_report,
    correction,
    letter_deed,
    letter_receipt,
    load,
    opd_code,
    page_correction,
    request,
    request_row,
    scan,
)


@dataclass(frozen=True)
class LetterReceipt:
    """The receipt number of a request, `number` of its `year`; `code_id`: the agency's code with which it was sent."""

    request_id: int
    year: int
    number: int
    code_id: int | None


_RECEIPT = select(*(letter_receipt.c[name] for name in ("request_id", "year", "number", "code_id")))


def next_receipt_number(connection: Connection, year: int) -> int:
    """The receipt number that comes next in a year; only inside `one_load`."""
    last = select(func.max(letter_receipt.c.number)).where(letter_receipt.c.year == year)
    return (connection.execute(last).scalar() or 0) + 1


def keys_beginning(connection: Connection, year: int, start: str) -> list[str]:
    """The keys of a year that begin so, of letters with rows that count or without."""
    mine = (request.c.year == year) & request.c.agenda_key.startswith(start, autoescape=True)
    return list(connection.execute(select(request.c.agenda_key).where(mine)).scalars())


def add_receipt(connection: Connection, load_id: int, receipt: LetterReceipt) -> None:
    """Keep the receipt of a request that was sent; only inside `one_load`."""
    add_row(connection, letter_receipt, load_id=load_id, **vars(receipt))


def receipt_of_request(connection: Connection, request_id: int) -> LetterReceipt | None:
    """The receipt of a request; None for one that came another way."""
    return first_as(connection, _RECEIPT.where(letter_receipt.c.request_id == request_id), LetterReceipt)


def receipts_page(
    connection: Connection, limit: int, *, letters: Sequence[int] | None = None, code_id: int | None = None
) -> list[LetterReceipt]:
    """The newest receipts: of these letters, those made with a code, or all."""
    statement = _RECEIPT.where(counts_still(letter_receipt)).order_by(letter_receipt.c.id.desc()).limit(limit)
    if code_id is not None:
        statement = statement.where(letter_receipt.c.code_id == code_id)
    if letters is not None:
        statement = statement.where(letter_receipt.c.request_id.in_(letters))
    return each_as(connection, statement, LetterReceipt)


def _is(year: int, number: int) -> ColumnElement[bool]:
    return (letter_receipt.c.year == year) & (letter_receipt.c.number == number)


def letter_with_key(connection: Connection, year: int, agenda_key: str) -> int | None:
    """The letter of that key, with rows that count or without."""
    known = select(request.c.id).where(request.c.agenda_key == agenda_key, request.c.year == year)
    return connection.execute(known).scalars().first()


def current_key(connection: Connection, year: int, receipt: int) -> str | None:
    """The key that the request with that receipt number bears now; None where there is no such receipt."""
    own = select(request.c.agenda_key).join_from(letter_receipt, request, request.c.id == letter_receipt.c.request_id)
    return connection.execute(own.where(_is(year, receipt))).scalars().first()


def rename_letter(connection: Connection, request_id: int, agenda_key: str, agenda_number: str) -> str:
    """Let a letter, and all rows that tell of it, bear another number of its year; the key it had.

    A letter that bears the new number, of which no row counts any more, takes the old one.
    """
    mine = connection.execute(select(request.c.year, request.c.agenda_key).where(request.c.id == request_id)).one()
    other = letter_with_key(connection, mine.year, agenda_key)
    _set_key(connection, request_id, f"#{request_id}")
    if other is not None and other != request_id:
        _set_key(connection, other, mine.agenda_key)
    _set_key(connection, request_id, agenda_key)
    for kind, log in LOG_OF.items():
        named = {"agenda_number": agenda_number}
        if kind != "permohonan":
            named |= {"agenda_key": agenda_key}
        connection.execute(update(log).where(log.c.request_id == request_id).values(named))
    return str(mine.agenda_key)


def join_letter(connection: Connection, request_id: int, other: int, agenda_key: str, agenda_number: str) -> None:
    """Let everything that is recorded of a request belong to another letter, which bears that number; nothing tells of
    the request any more."""
    for kind, log in LOG_OF.items():
        named: dict[str, Any] = {"request_id": other, "agenda_number": agenda_number}
        if kind != "permohonan":
            named |= {"agenda_key": agenda_key}
        connection.execute(update(log).where(log.c.request_id == request_id).values(named))
    for table in (letter_receipt, letter_deed, scan, page_correction, correction, condition_report):
        change_rows(connection, table, table.c.request_id == request_id, request_id=other)
    note_taken_links(connection)


def _set_key(connection: Connection, request_id: int, agenda_key: str) -> None:
    connection.execute(update(request).where(request.c.id == request_id).values(agenda_key=agenda_key))


@dataclass(frozen=True)
class LetterDeed:
    """What was said of a request as a whole, by whom; `room_name`, `start_at`, `end_at`: what an offer of
    another time offers, and what its acceptance replaces where that was known."""

    request_id: int
    load_id: int
    deed: str
    at: int
    actor: str
    role: str
    reason: str | None = None
    room_name: str | None = None
    start_at: int | None = None
    end_at: int | None = None


def add_deed(connection: Connection, deed: LetterDeed) -> None:
    """Add a deed; only inside `one_load`."""
    insert_rows(connection, letter_deed, pd.DataFrame([_typed(vars(deed))]))


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def deeds_of(connection: Connection, request_id: int) -> list[LetterDeed]:
    """The deeds of a request that count, in order."""
    names = [letter_deed.c[name] for name in LetterDeed.__dataclass_fields__]
    mine = select(*names).where(letter_deed.c.request_id == request_id, counts_still(letter_deed))
    return each_as(connection, mine.order_by(letter_deed.c.id), LetterDeed)


def offers_since(connection: Connection, at: int) -> list[LetterDeed]:
    """Offers of another time that were made since that moment and count, in order."""
    names = [letter_deed.c[name] for name in LetterDeed.__dataclass_fields__]
    lately = (letter_deed.c.deed == "offered") & (letter_deed.c.at >= at) & counts_still(letter_deed)
    return each_as(connection, select(*names).where(lately).order_by(letter_deed.c.id), LetterDeed)


ANSWERS = ("accepted", "declined", "changed", "withdrawn", "approved", "rejected")
"""The deeds that answer an offer of another time."""


def open_offers(connection: Connection) -> list[int]:
    """The requests to which another time was offered since the last answer."""
    is_of_offer = letter_deed.c.deed.in_(("offered", *ANSWERS)) & counts_still(letter_deed)
    last = select(func.max(letter_deed.c.id)).where(is_of_offer).group_by(letter_deed.c.request_id)
    waiting = select(letter_deed.c.request_id).where(letter_deed.c.id.in_(last), letter_deed.c.deed == "offered")
    return list(connection.execute(waiting).scalars())


def numbered_by(connection: Connection, load_id: int) -> int | None:
    """The request that a load gave its number; None for any other load."""
    mine = select(letter_deed.c.request_id).where(letter_deed.c.load_id == load_id, letter_deed.c.deed == "numbered")
    return connection.execute(mine).scalars().first()


def was_joined(connection: Connection, request_id: int, load_id: int) -> bool:
    """Whether a file told of that letter before that load, in rows that count or not."""
    is_older = (request_row.c.request_id == request_id) & (request_row.c.load_id < load_id)
    of_file = select(request_row.c.id).join_from(request_row, load, load.c.id == request_row.c.load_id)
    of_file = of_file.where(is_older, load.c.source_name.is_distinct_from(SCREEN))
    return connection.execute(of_file.limit(1)).first() is not None


@dataclass(frozen=True)
class OpdCode:
    """A code of an agency: good up to and with the day `last_on` (since 1970-01-01), unless it was ended before."""

    id: int
    opd: str
    created_at: int
    created_by: str | None
    last_on: int
    ended_at: int | None
    last_used_at: int | None
    email: str | None = None

    def is_good_on(self, day: int) -> bool:
        """Whether it opens anything on that day."""
        return self.ended_at is None and day <= self.last_on


_CODE = select(*(opd_code.c[name] for name in OpdCode.__dataclass_fields__))


def add_code(
    connection: Connection, opd: str, code_hash: str, *, created_at: int, created_by: str | None, last_on: int
) -> int:
    """Add a code; its id."""
    values = {"opd": opd, "code_hash": code_hash, "created_at": created_at, "created_by": created_by}
    return insert_row(connection, opd_code, last_on=last_on, **values)


def code_of_hash(connection: Connection, code_hash: str) -> OpdCode | None:
    """The code that hashes so, good or ended."""
    return first_as(connection, _CODE.where(opd_code.c.code_hash == code_hash), OpdCode)


def code_by_id(connection: Connection, code_id: int) -> OpdCode | None:
    """The code with that number."""
    return first_as(connection, _CODE.where(opd_code.c.id == code_id), OpdCode)


def all_codes(connection: Connection) -> Sequence[OpdCode]:
    """Every code, the newest first."""
    return each_as(connection, _CODE.order_by(opd_code.c.id.desc()), OpdCode)


def set_code_email(connection: Connection, code_id: int, email: str | None) -> None:
    """Give the address to which alerts for the bearer of a code go; None: none do."""
    change_rows(connection, opd_code, opd_code.c.id == code_id, email=email)


def end_code(connection: Connection, code_id: int, at: int) -> None:
    """End a code; the first end stays."""
    still_open = (opd_code.c.id == code_id) & opd_code.c.ended_at.is_(None)
    change_rows(connection, opd_code, still_open, ended_at=at)


def note_code_used(connection: Connection, code_id: int, at: int) -> None:
    """Remember when somebody last came in with it."""
    change_rows(connection, opd_code, opd_code.c.id == code_id, last_used_at=at)


@dataclass(frozen=True)
class Scan:
    """A scan of a letter: `file` is its name in the home, `kind` pdf or jpeg; `request_id` None while its letter is
    being entered."""

    request_id: int | None
    file: str
    kind: str
    sha256: str
    bytes: int
    at: int
    actor: str
    role: str


_SCAN = select(*(scan.c[name] for name in Scan.__dataclass_fields__))


def add_scan(connection: Connection, kept: Scan) -> None:
    """Keep a scan."""
    insert_row(connection, scan, **vars(kept))


def attach_scans(connection: Connection, files: Sequence[str], request_id: int, actor: str) -> None:
    """Let scans that this person gave, and that have no letter yet, belong to one."""
    mine = scan.c.file.in_(files) & scan.c.request_id.is_(None) & (scan.c.actor == actor)
    change_rows(connection, scan, mine, request_id=request_id)


def scans_of(connection: Connection, request_id: int) -> list[Scan]:
    """The scans of a letter, in the order in which they came."""
    return each_as(connection, _SCAN.where(scan.c.request_id == request_id).order_by(scan.c.id), Scan)


def detach_scans(connection: Connection, load_id: int) -> None:
    """Let the scans of the letters that a load tells of, and of which no row of the register counts any more, belong
    to none."""
    of_load = select(request_row.c.request_id).where(request_row.c.load_id == load_id)
    alive = select(request_row.c.request_id).where(counts_still(request_row), request_row.c.request_id.is_not(None))
    gone = scan.c.request_id.in_(of_load) & scan.c.request_id.not_in(alive.where(request_row.c.request_id.in_(of_load)))
    change_rows(connection, scan, gone, request_id=None)


def scan_named(connection: Connection, file: str) -> Scan | None:
    """The scan of that name."""
    return first_as(connection, _SCAN.where(scan.c.file == file), Scan)


def remove_scan(connection: Connection, file: str) -> None:
    """Drop the scan of that name."""
    _remove_scans(connection, scan.c.file == file)


def forget_scans_before(connection: Connection, at: int) -> list[str]:
    """Drop the scans without a letter that were given before that moment; their files."""
    return _remove_scans(connection, scan.c.request_id.is_(None) & (scan.c.at < at))


def forget_scans_of_letters(connection: Connection, at: int) -> list[str]:
    """Drop every scan that was given before that moment; their files."""
    return _remove_scans(connection, scan.c.at < at)


def _remove_scans(connection: Connection, which: ColumnElement[bool]) -> list[str]:
    rows = connection.execute(delete(scan).where(which).returning(scan.c.id, scan.c.file)).all()
    note_gone(connection, scan, (row.id for row in rows))
    return [row.file for row in rows]
