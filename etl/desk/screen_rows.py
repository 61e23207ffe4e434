"""Rows given on a screen, typed already: one entry is one load of the source "layar", taken like the rows of a file.

So links, corrections, waiting and the marts follow as for any file, and every number is traced to who said it when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from data_access.errors import PantauError
from data_access.records import Connection, one_load, reading
from data_access.records.intake.loads import LoadCounts, ScreenEntry, add_entry, entry_of, load_by_id
from data_access.records.intake.undo import letter_numbers
from etl.domain.facilities import Condition
from etl.domain.units import day_number
from etl.extract import SPECS, Extracted, Kind, Refused
from etl.extract.extraction import no_rows, typed_rows
from etl.extract.kinds import Field, Form
from etl.extract.texts import agenda_key, spelled
from etl.intake.load import TAKERS, take_in
from etl.intake.storing import begin_on_screen, end_on_screen
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook

LONGEST_CLIENT_ID = 100
LEAST_REASON, LONGEST_REASON = 3, 300
_ENTERED_AS = r"([a-z_]+)(?: a\.n\. ([a-z_]+) \((.*?)\))?"
_ENTERED_BY = re.compile(rf"{_ENTERED_AS}: (.*) #\d+")

TypedRow = Mapping[str, object]
"""Column of the typed rows, as the readers of files give them → value; a column that is left out says nothing."""


class ScreenRefusedError(PantauError):
    """An entry of a screen that cannot be taken; nothing was stored."""


class Giver(TypedDict):
    """Who gives an entry in which role (of a deputy: `acting_role`), the entry's own id, made by the screen, and the
    server's time."""

    actor: str
    role: str
    client_id: str
    now: int


@dataclass(frozen=True)
class Receipt(ScreenEntry):
    """What became of an entry: its load, the server's time, and how its rows ended.

    `is_repeat`: the same entry was taken before, and this is what was answered then. `is_published`: whether the
    screens show it already.
    """

    counts: LoadCounts
    is_repeat: bool = True
    is_published: bool = True


def give_rows(
    office: Office,
    kind: str,
    rows: Sequence[TypedRow] | Callable[[Connection, Rulebook], Sequence[TypedRow]],
    *,
    also: Callable[[Connection, int], None] | None = None,
    publishes: bool = True,
    **giver: Unpack[Giver],
) -> Receipt:
    """Store the rows of one entry and publish them: all of them or none, in one transaction.

    `kind`: permohonan, disposisi, pemakaian, kondisi, peserta. `rows` may be a function that gives them by what is
    stored by then, or refuses by raising. A `client_id` given again, also at the same moment, stores nothing, and the
    first receipt comes back.

    Inside the transaction `also` is called with the load's number, to store what belongs to these rows. Raises
    ScreenRefusedError for a row that lacks what its kind must have, RecordsError. With `publishes` False the caller
    publishes afterwards, once it has answered.
    """
    known = _valid(kind, giver["client_id"])
    with one_load(office.records) as connection:
        receipt = _receipt(connection, known)
        if receipt is None:
            book = office.book_in(connection)
            given = rows(connection, book) if callable(rows) else rows
            receipt = store_entry(connection, book, kind, given, **giver)
            if also is not None:
                also(connection, receipt.load_id)
    return replace(receipt, is_published=publishes and fault_of_catching_up(office, giver["now"]) is None)


def store_entry(
    connection: Connection, book: Rulebook, kind: str, rows: Sequence[TypedRow], **giver: Unpack[Giver]
) -> Receipt:
    """One new entry inside `one_load`; also a second one beside that of `give_rows`, so that both are taken or none.

    Raises ScreenRefusedError.
    """
    known, actor, role, now = _valid(kind, giver["client_id"]), giver["actor"], giver["role"], giver["now"]
    if not rows:
        raise ScreenRefusedError("intake.entry_empty")
    load_id = begin_on_screen(connection, kind, actor, now)
    add_entry(connection, known, load_id, role)
    try:
        taken = take_in(connection, load_id, Entered(Kind(kind), rows, sheet_name(load_id, actor, role)), book)
    except Refused as refusal:
        raise ScreenRefusedError(refusal.code, **refusal.values) from refusal
    counts = LoadCounts(**taken.counts)
    end_on_screen(connection, book, load_id, taken, counts, now)
    return Receipt(known, kind, actor, role, now, load_id, counts, is_repeat=False)


def reason_words(typed: str) -> str:
    """A reason as it is kept: one line of LONGEST_REASON characters, without the one that PostgreSQL refuses."""
    return " ".join(typed.replace("\0", "").split())[:LONGEST_REASON]


def sheet_name(load_id: int, actor: str, role: str) -> str:
    """What stands in place of a sheet's name: who said it in which role; the number keeps entries apart."""
    return f"{role}: {actor} #{load_id}"


def acting_role(role: str, post: str, title: str) -> str:
    """The role of who enters something as the deputy of a post."""
    return f"{role} a.n. {post} ({title})"


def entered_by(sheet: str | None) -> tuple[str, str] | None:
    """Role and user in such a name; None for another one."""
    match = _ENTERED_BY.fullmatch(sheet or "")
    return (match[1], match[4]) if match else None


def entered_as(role: str) -> tuple[str, str, str] | None:
    """Of the role with which something was entered: the own one of who did, the post for which it was entered as the
    deputy, empty for its own, and the title. None for no role."""
    match = re.fullmatch(_ENTERED_AS, role)
    return (match[1], match[2] or "", match[3] or "") if match else None


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
    return None if entry is None or load is None else Receipt(**vars(entry), counts=load.counts)


def stamp(name: str, at: int, zone: ZoneInfo) -> dict[str, object]:
    """The columns of a stamp at a moment."""
    return {f"{name}_on": day_number(datetime.fromtimestamp(at, zone).date()), f"{name}_at": at}


def letter(number: str) -> dict[str, object]:
    """The columns of a register number without its year."""
    plain = spelled(number)
    return {"agenda_key": agenda_key(plain), "agenda_number": plain}


def letter_with_id(office: Office, request_id: int | None) -> dict[str, object]:
    """The columns of a letter's number with its year; none for None. Raises ScreenRefusedError for one that is gone."""
    if request_id is None:
        return {}
    with reading(office.records) as connection:
        numbers = letter_numbers(connection, [request_id])
    if numbers.empty:
        raise ScreenRefusedError("lapor.letter_gone")
    return letter(numbers["agenda_key"].iloc[0]) | {"year": int(numbers["year"].iloc[0])}


@dataclass(frozen=True)
class Entered:
    """The rows of one entry, as `load.take_in` takes those of a file; `sheet` says who gave them, rows count from 1.

    Raises Refused where a row lacks what its kind must have.
    """

    kind: Kind
    rows: Sequence[TypedRow]
    sheet: str

    def __post_init__(self) -> None:
        columns = set(no_rows(self.kind).columns)
        for row in self.rows:
            if unknown := set(row) - columns:
                raise KeyError(", ".join(sorted(unknown)))
            for field in SPECS[self.kind].fields:
                _check(field, row, is_required=field.name in SPECS[self.kind].always)

    @property
    def sheet_names(self) -> Sequence[str | None]:
        """The one sheet."""
        return [self.sheet]

    def parts(self) -> Iterator[Extracted]:
        """All rows at once."""
        rows = [{"sheet": self.sheet, "row": number, **row} for number, row in enumerate(self.rows, start=1)]
        yield Extracted(self.kind, typed_rows(self.kind, rows), [], [], [], len(rows))


def _check(field: Field, row: TypedRow, *, is_required: bool) -> None:
    value = row.get(field.columns[0]) if field.columns else None
    if is_required and value in (None, ""):
        raise Refused("intake.entry_missing", column=field.name)
    if field.form is Form.CONDITION and value not in list(Condition):
        raise Refused("intake.entry_condition", column=field.name, value=str(value), known=[*Condition])
