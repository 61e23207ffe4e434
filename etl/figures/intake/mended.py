"""Which rejected rows were mended by a later load: it took a row of the same kind that is the same thing.

A rejected row has no key in the records: what it says is read from its cells. It is the same as a later row when the
two agree in two things at least that tell such rows apart, and contradict each other in none. The cell for which it was
rejected counts for nothing, but for the first of several numbers; standing in the same place of the file of that name
counts as one agreement. A row that a person lets be taken once for each letter that it names is mended by that load.
Of lists of persons nothing is kept by which their rows could be told.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from data_access.records import Connection
from data_access.records.intake.loads import last_load_id
from data_access.records.intake.rejects import (
    files_of,
    names_of_sheets,
    newest_loads,
    register_rows,
    rejects_of,
    rows_at,
    taken_apart,
)
from data_access.records.intake.views import loads_with_rejects
from data_access.records.logs import rows_with
from data_access.records.requests import bare_number, borne_number
from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.extract.dates import DateOrder, DateReader
from etl.extract.findings import Fault
from etl.extract.headers import read_as
from etl.extract.kinds import SPECS, Kind
from etl.extract.texts import NUMBER_WITH_WORD, SEVERAL_NUMBERS, agenda, agenda_key, numbers_in
from etl.extract.times import TimeReader
from etl.extract.words import fold_header, squeeze
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from etl.settings.document import SourceMap

Row = Mapping[str, Any]
Place = tuple[int, str | None, int]
"""Number of the load, name of the sheet, number of the row."""

MOST_ROWS = 10_000
"""So many rejected rows are looked for at most, those of the newest loads first: a file with more is given again
whole."""

ENOUGH = 2

_AGREE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "permohonan": {
        "agenda_key": ("no_agenda",), "received_on": ("tgl_terima",), "opd_name": ("asal",),
        "letter_number": ("no_surat",),
    },
    "disposisi": {
        "agenda_key": ("no_agenda",), "step": ("langkah",), "started_at": ("tgl_mulai", "jam_mulai"),
        "finished_at": ("tgl_selesai", "jam_selesai"),
    },
    "pemakaian": {
        "agenda_key": ("no_agenda",), "room_name": ("ruang",), "started_at": ("tanggal", "jam_mulai"),
        "opd_name": ("instansi",),
    },
    "kondisi": {"room_name": ("ruang",), "item_name": ("barang",), "checked_at": ("tanggal", "jam")},
}  # fmt: skip
"""By kind what tells its rows apart: the column of the records, and those of the file from which it is read."""

_CONTRADICT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "permohonan": {},
    "disposisi": {"started_on": ("tgl_mulai",), "finished_on": ("tgl_selesai",)},
    "pemakaian": {"started_on": ("tanggal",)},
    "kondisi": {"checked_on": ("tanggal",), "agenda_key": ("no_agenda",)},
}
"""Columns that may differ in no two rows of one thing, though many things share them."""


@dataclass(frozen=True)
class MendedBy:
    """The load whose row came in the place of a rejected one, and its file."""

    load_id: int
    file: str


def mended_rows(connection: Connection, office: Office, loads: Sequence[Row]) -> dict[Place, MendedBy]:
    """The rejected rows of these loads (as `loads_with_rejects`) that a later load took."""
    by_kind: dict[str, dict[int, Row]] = defaultdict(dict)
    room = MOST_ROWS
    for load in sorted(loads, key=lambda load: -load["id"]):
        if load["kind"] in _AGREE and load["rejected"] <= room:
            room -= load["rejected"]
            by_kind[load["kind"]][load["id"]] = load
    newest = newest_loads(connection) if by_kind else {}
    mended: dict[Place, int] = {}
    for kind, of_kind in by_kind.items():
        mended |= _mended_of_kind(connection, office, kind, of_kind, newest)
    files = files_of(connection, {*mended.values()}) if mended else {}
    return {place: MendedBy(load_id, files[load_id]) for place, load_id in mended.items()}


def rejected_numbers(connection: Connection, office: Office) -> Sequence[tuple[str, date]]:
    """The register numbers of rejected rows of registers, each with the day of receipt, else with that of its load;
    found once a mart, as every load publishes one."""
    if office.mart.meta() is None:
        return [*_rejected_numbers(connection, office)]
    key = ("numbers rejected", last_load_id(connection), office.book.hash)
    return office.mart.read().remember(key, lambda: [*_rejected_numbers(connection, office)])


def _rejected_numbers(connection: Connection, office: Office) -> Iterator[tuple[str, date]]:
    room = MOST_ROWS
    for load in loads_with_rejects(connection):
        if load["kind"] == Kind.PERMOHONAN and load["rejected"] <= room:
            room -= load["rejected"]
            cells = _Cells(office, Kind.PERMOHONAN, load)
            loaded_on = datetime.fromtimestamp(load["finished_at"], office.zone).date()
            for row in rejects_of(connection, [load["id"]]):
                keys, day = cells.numbers_and_day(row)
                for key in keys:
                    yield key, loaded_on if day is None else day_date(day)


def _mended_of_kind(
    connection: Connection, office: Office, kind: str, loads: Mapping[int, Row], newest: Mapping[tuple[str, str], int]
) -> dict[Place, int]:
    """The number of the load that took each of the rejected rows."""
    readers = {load_id: _Cells(office, kind, load) for load_id, load in loads.items()}
    rejects = [(row, readers[row["load_id"]].said(row)) for row in rejects_of(connection, loads)]
    later = _Later(connection, kind, [said for _, said in rejects])
    numbers: dict[int, set[int]] = defaultdict(set)
    for row, _ in rejects:
        again = newest.get((loads[row["load_id"]]["file"], kind), 0)
        if again > row["load_id"]:
            numbers[again].add(row["row"])
    later.add_places(connection, numbers)
    apart, places = taken_apart(connection), Counter[int]()
    mended: dict[Place, int] = {}
    for row, said in rejects:
        places[row["load_id"]] += 1
        again = newest.get((loads[row["load_id"]]["file"], kind), 0)
        load_id = apart.get((row["load_id"], places[row["load_id"]])) or later.load_of(row, said, again)
        if load_id is not None:
            mended[row["load_id"], row["sheet"], row["row"]] = load_id
    return mended


class _Cells:
    """Reads what the kept cells of rejected rows of one load say, by the columns of the records."""

    def __init__(self, office: Office, kind: str, load: Row) -> None:
        self._office, self._kind = office, kind
        source = office.settings.source(load["source_name"]) if load["source_name"] else None
        self._source = source if source is not None and source.columns else None
        orders = json.loads(load["options"]).get("date_order") or []
        order = next((word for word in orders if word in [*DateOrder]), DateOrder.DMY)
        self._dates, self._times = DateReader(DateOrder(order)), TimeReader()
        self._columns: dict[tuple[str, ...], dict[str, str]] = {}

    def said(self, reject: Row) -> dict[str, Hashable]:
        """What the row says in the columns of `_AGREE` and `_CONTRADICT`; without the cell it was rejected for, where
        that does not name several letters, of which the first one stands for the row."""
        texts, at_fault = self._texts(reject)
        if reject["code"] == SEVERAL_NUMBERS and (numbers := numbers_in(texts.get("no_agenda", ""))):
            texts, at_fault = {**texts, "no_agenda": numbers[0]}, set()
        wanted = {**_AGREE[self._kind], **_CONTRADICT[self._kind]}
        values = {
            column: _READ[column](self, texts, names)
            for column, names in wanted.items()
            if not at_fault.intersection(names)
        }
        return {column: value for column, value in values.items() if value is not None}

    def numbers_and_day(self, reject: Row) -> tuple[list[str], int | None]:
        """Every number and the day of receipt of a row of the register, for whatever it was rejected."""
        texts, _ = self._texts(reject)
        key, day = self.number(texts, ("no_agenda",)), self.day(texts, ("tgl_terima",))
        if reject["code"] in (SEVERAL_NUMBERS, NUMBER_WITH_WORD):
            return [agenda_key(number) for number in numbers_in(texts.get("no_agenda", ""))], day
        return [] if key is None else [key], day

    def _texts(self, reject: Row) -> tuple[dict[str, str], set[str]]:
        """By canonical column the text of its cell; the columns for which the row was rejected."""
        cells = {squeeze(header): text for header, text in (reject["cells"] or {}).items()}
        headers = tuple(cells)
        if headers not in self._columns:
            self._columns[headers] = _columns(self._kind, headers, self._source)
        columns = self._columns[headers]
        at_fault = {name for name, header in columns.items() if header == squeeze(reject["column"] or "")}
        return {name: cells[header] for name, header in columns.items()}, at_fault

    def day(self, texts: Mapping[str, str], names: Sequence[str]) -> int | None:
        """The day in the first of these columns."""
        stamp = self._dates.read(texts.get(names[0], ""))
        return None if isinstance(stamp, Fault) or stamp.day == MISSING else stamp.day

    def moment(self, texts: Mapping[str, str], names: Sequence[str]) -> int | None:
        """The day of the first of these columns at the clock time of the second, else of its own."""
        stamp = self._dates.read(texts.get(names[0], ""))
        cell = self._times.read(texts.get(names[1], ""))
        if isinstance(stamp, Fault) or stamp.day == MISSING:
            return None
        typed = MISSING if isinstance(cell, Fault) else cell.start.seconds
        seconds = stamp.clock.seconds if typed == MISSING else typed
        if seconds == MISSING:
            return None
        midnight = datetime.combine(day_date(stamp.day), time(), self._office.zone)
        return int((midnight + timedelta(seconds=seconds)).timestamp())

    def number(self, texts: Mapping[str, str], names: Sequence[str]) -> str | None:
        """The register number as numbers compare."""
        return agenda(texts.get(names[0], ""))[0]

    def step(self, texts: Mapping[str, str], names: Sequence[str]) -> int | None:
        """The step by its code."""
        return STEP_INDEX.get(squeeze(texts.get(names[0], "")).upper())

    def opd(self, texts: Mapping[str, str], names: Sequence[str]) -> str | None:
        """The agency by its name in the settings."""
        return self._office.opd_names.one(texts.get(names[0], ""))

    def room(self, texts: Mapping[str, str], names: Sequence[str]) -> str | None:
        """The room by its name in the settings."""
        return self._office.room_names.one(texts.get(names[0], ""))

    def item(self, texts: Mapping[str, str], names: Sequence[str]) -> str | None:
        """The item by its name in the settings."""
        return self._office.item_names.one(texts.get(names[0], ""))

    def words(self, texts: Mapping[str, str], names: Sequence[str]) -> str | None:
        """A text, without stray blanks and case."""
        return squeeze(texts.get(names[0], "")).casefold() or None


_READ: Mapping[str, Callable[[_Cells, Mapping[str, str], Sequence[str]], Hashable]] = {
    "agenda_key": _Cells.number, "step": _Cells.step, "opd_name": _Cells.opd, "letter_number": _Cells.words,
    "room_name": _Cells.room, "item_name": _Cells.item,
    **dict.fromkeys(("received_on", "started_on", "finished_on", "checked_on"), _Cells.day),
    **dict.fromkeys(("started_at", "finished_at", "checked_at"), _Cells.moment),
}  # fmt: skip


def _columns(kind: str, headers: Sequence[str], source: SourceMap | None) -> dict[str, str]:
    """Canonical column → header of the kept cells."""
    if source is None:
        read = read_as(SPECS[Kind(kind)], 0, [*headers], []).columns
        return {name: headers[place] for name, place in read.items()}
    folded = {fold_header(header): header for header in headers}
    named = {name: fold_header(origin) for name, origin in source.columns.items() if isinstance(origin, str)}
    return {name: folded[header] for name, header in named.items() if header in folded}


class _Later:
    """Rows of the records that may be the same things as rejected ones, found by what these say."""

    def __init__(self, connection: Connection, kind: str, said: Sequence[Mapping[str, Hashable]]) -> None:
        self._kind = kind
        self._rows: list[dict[str, Any]] = []
        self._by: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
        self._at: dict[tuple[int, str | None, int], list[dict[str, Any]]] = defaultdict(list)
        for column, frame in self._candidates(connection, said):
            for row in _plain(frame, kind):
                self._by[column, row.get(column)].append(len(self._rows))
                self._rows.append(row)
        self._columns = sorted({column for column, _ in self._by})

    def _candidates(
        self, connection: Connection, said: Sequence[Mapping[str, Hashable]]
    ) -> Iterator[tuple[str, pd.DataFrame]]:
        """Rows with a number, of room logs also with a start, of checks with a day, that a rejected row says."""
        numbers = {row["agenda_key"] for row in said if "agenda_key" in row}
        if self._kind == Kind.PERMOHONAN:
            yield "agenda_key", register_rows(connection, {str(number) for number in numbers})
            return
        searched = {"disposisi": ("agenda_key",), "pemakaian": ("agenda_key", "started_at"), "kondisi": ("checked_on",)}
        for column in searched[self._kind]:
            values = {row[column] for row in said if column in row}
            if values:
                yield column, rows_with(connection, self._kind, column, values)

    def add_places(self, connection: Connection, numbers: Mapping[int, set[int]]) -> None:
        """Find as well what these loads took from rows of these numbers."""
        for load_id, rows in numbers.items():
            frame = rows_at(connection, self._kind, load_id, rows)
            sheets = names_of_sheets(connection, frame["sheet_id"].unique().tolist()) if len(frame) else {}
            for row in _plain(frame, self._kind):
                self._at[load_id, sheets.get(row["sheet_id"]), row["row"]].append(row)

    def load_of(self, reject: Row, said: Mapping[str, Hashable], again: int) -> int | None:
        """The first later load that took what a rejected row says; `again`: the newest load of its file."""
        here = self._at.get((again, reject["sheet"], reject["row"]), [])
        found = [row["load_id"] for row in here if self._is_same(said, row, is_there=True)]
        named = (self._by.get((column, said[column]), ()) for column in self._columns if column in said)
        others = (self._rows[index] for indexes in named for index in indexes)
        found += [row["load_id"] for row in others if row["load_id"] > reject["load_id"] and self._is_same(said, row)]
        return min(found, default=None)

    def _is_same(self, said: Mapping[str, Hashable], row: Mapping[str, Any], *, is_there: bool = False) -> bool:
        known = {column for column in said if row.get(column) is not None}
        if any(said[column] != row[column] for column in known):
            return False
        return is_there + len(known & _AGREE[self._kind].keys()) >= ENOUGH


def _plain(frame: pd.DataFrame, kind: str) -> Iterator[dict[str, Any]]:
    """The rows with what `_AGREE` and `_CONTRADICT` compare, None where it is not said."""
    wanted = ["load_id", "sheet_id", "row", *{**_AGREE[kind], **_CONTRADICT[kind]}]
    for row in frame[wanted].to_dict("records"):
        plain = {str(name): _known(value) for name, value in row.items()}
        if plain.get("agenda_key"):
            plain["agenda_key"] = bare_number(borne_number(plain["agenda_key"]))
        if plain.get("letter_number"):
            plain["letter_number"] = squeeze(plain["letter_number"]).casefold()
        yield plain


def _known(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return None if pd.isna(value) or value == MISSING else int(value)
