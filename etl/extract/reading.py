"""The columns of a table read as values; what cannot be read is noted against its rows.

Local days and clock times become moments: a day without a time never becomes midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.domain.compliance.rules import Dependents
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, MINUTE, day_number
from etl.extract.dates import FIRST_YEAR, LAST_YEAR, DateOrder, Stamps, exchanged_beside, exchanged_days, read_stamps
from etl.extract.ditto import is_ditto, names_other_row
from etl.extract.files.sheet import Column
from etl.extract.findings import SAID_TWICE, TIME_WITHOUT_DATE, Fault, Findings, fault, shown
from etl.extract.kinds import SPECS, TEXT_FORMS, Field, Form, Kind
from etl.extract.number_style import off_style
from etl.extract.table import Table
from etl.extract.texts import agenda_faults, agendas, read_counts, read_largest, tidy_texts, wordy_numbers
from etl.extract.times import read_times
from etl.extract.words import shipped_dependents, shipped_words

_YEARS = {"first": FIRST_YEAR, "last": LAST_YEAR}
_RECEIPT_DAY = "tgl_terima"
_NAMING = frozenset({"asal", "instansi", "perihal", "no_surat", "nama_kegiatan", "kegiatan"})
"""Columns that name what a row is about; a note may refer to another row."""
NOT_KNOWN = r"^\s*\?[\s?]*$"


@dataclass(frozen=True)
class DateColumn:
    """A date column by row; `seconds` and `offset` are of a time typed in the same cell, `last` of several days."""

    day: Ints
    seconds: Ints
    offset: Ints
    last: Ints

    @cached_property
    def is_known(self) -> Bools:
        """Rows with a date."""
        return self.day != MISSING


@dataclass(frozen=True)
class TimeColumn:
    """A time column by row: a start, the end of a range, and whether the end was typed as "selesai"."""

    start: Ints
    start_offset: Ints
    end: Ints
    end_offset: Ints
    is_until_done: Bools


@dataclass(frozen=True)
class Agenda:
    """Register numbers by row: the key as texts, the number as typed, the year named in it."""

    key: pa.Array
    number: pa.Array
    year: Ints


@dataclass(frozen=True)
class Reading:
    """A table being read: its cells, and the findings so far.

    `orders` are the orders of date columns, `blank_zeros` the time columns in which 00.00 is no time: decided once
    for the whole file. So are `part_columns`, the time columns that hold parts of a day, and `year_first`, the date
    columns in which a year of two digits may stand first.
    `is_from_1904`: numbers of days count from 1904-01-01. `is_workbook`: a spreadsheet may have made dates of texts.
    `dependents`: the order of the steps, against which a hand-over is a return.
    """

    table: Table
    findings: Findings
    orders: Mapping[str, DateOrder]
    blank_zeros: Collection[str]
    part_columns: Collection[str]
    year_first: Collection[str]
    zone: ZoneInfo
    is_from_1904: bool = False
    is_workbook: bool = False
    dependents: Dependents = field(default_factory=shipped_dependents)

    def require(self, name: str) -> None:
        """Reject the rows whose cell in a required column is empty, or says no more than that nobody knows: `?`."""
        self.findings.reject(self.is_empty(name), name, "missing")
        column = self.table.column(name)
        is_unknown = pc.match_substring_regex(column.texts, NOT_KNOWN).to_numpy(zero_copy_only=False)
        self.findings.reject(column.where(is_unknown), name, "not_known", quotes=True)

    def is_empty(self, name: str) -> Bools:
        """Rows without a text in this column."""
        column = self.table.column(name)
        return column.where(tidy_texts(column.texts, is_masked=False).is_null().to_numpy(zero_copy_only=False))

    def text(self, name: str, *, is_masked: bool = True) -> pa.Array:
        """Free text by row, null where absent."""
        column = self.table.column(name)
        return tidy_texts(column.texts, is_masked=is_masked).take(pa.array(column.codes))

    def tidied(self, name: str, *, is_masked: bool = True) -> pa.StringArray:
        """The distinct texts of a column, null where absent; a mark for the cell above that says nothing is a fault,
        and so is a reference to another row where something is named."""
        column = self.table.column(name)
        tidied, marks = tidy_texts(column.texts, is_masked=is_masked), is_ditto(column.texts, name)
        others = names_other_row(column.texts) & ~marks if name in _NAMING else np.zeros(len(marks), dtype=bool)
        if not marks.any() and not others.any():
            return tidied
        faults = {at: fault("ditto", cell=shown(column.strings[at])) for at in np.flatnonzero(marks).tolist()}
        for at in np.flatnonzero(others).tolist():
            faults[at] = fault("ditto", "ditto_elsewhere", cell=shown(column.strings[at]))
        self.findings.note_texts(name, column, faults)
        return pc.if_else(pa.array(marks | others), None, tidied)

    def word(self, name: str) -> list[str]:
        """The distinct texts of a column, folded, in the order of its codes; empty where absent."""
        column = self.table.column(name)
        tidied = tidy_texts(column.texts, is_masked=False).to_pylist()
        return [(text or "").casefold() for text in tidied]

    def date(self, name: str, *, is_required: bool = False, has_ranges: bool = False) -> DateColumn:
        """A date column; cells that are no date are faults, and so are absent ones where one is required.

        `has_ranges`: a cell may say a first and a last day.
        """
        column = self.table.column(name)
        stamps = self._stamps(name, column)
        if is_required:
            stamps.faults.update(_absences(stamps.day, stamps.faults))
        if not has_ranges:
            several = np.flatnonzero(stamps.last != MISSING)
            stamps.faults.update((at, fault("not_a_date", cell=shown(column.strings[at]))) for at in several.tolist())
            stamps.day[several] = MISSING
        self.findings.note_texts(name, column, stamps.faults)
        day, *others = (values[column.codes] for values in (stamps.day, stamps.seconds, stamps.offset, stamps.last))
        return DateColumn(np.where(self._note_exchanged(name), MISSING, day), *others)

    def _note_exchanged(self, name: str) -> Bools:
        """Note date cells in which day and month were exchanged; those of receipts are asked about."""
        if name == _RECEIPT_DAY:
            return np.zeros(len(self.table), dtype=bool)
        own, beside = self.exchanged(name)
        self.findings.note(own, name, "days_exchanged", "days_exchanged_unused", quotes=True)
        self.findings.note(beside, name, "days_exchanged", "days_exchanged_beside_unused", quotes=True)
        return own | beside

    def exchanged(self, name: str) -> tuple[Bools, Bools]:
        """Date cells of a workbook in which day and month were exchanged, by row: as their own column shows, and as
        only another date column of their sheet shows."""
        nothing, sheet = np.zeros(len(self.table), dtype=bool), self.table.sheet
        own = self._exchanged.get(name, nothing)
        proven = np.unique(sheet[np.any([nothing, *self._exchanged.values()], axis=0)])
        beside = exchanged_beside(self.table.column(name), sheet, proven) if len(proven) else nothing
        return own, beside & ~own

    @cached_property
    def _exchanged(self) -> Mapping[str, Bools]:
        """The date columns of a workbook → the rows in which the column itself shows that they were exchanged."""
        spec, columns = SPECS[self.table.kind], self.table.columns
        names = [name for name in (*spec.dates, *spec.stamps) if name in columns and self.is_workbook]
        return {name: exchanged_days(self.table.column(name), self.table.sheet) for name in names}

    def _stamps(self, name: str, column: Column) -> Stamps:
        """Cells read as dates, as the file has them in the date column of that name."""
        has_year_first = name in self.year_first
        order = self.orders.get(name)
        return read_stamps(column.texts, order, is_from_1904=self.is_from_1904, has_year_first=has_year_first)

    def time(self, name: str, *, is_required: bool = False, at_midnight: Bools | None = None) -> TimeColumn:
        """A time column; 00.00 among office times is no time and noted when a person may have typed it.

        Where a time is required, rows without one have a fault. In the rows `at_midnight` 00.00 is a time all the same.
        """
        column = self.table.column(name)
        if self.table.shares_day(name):
            return self._time_of_day(name, column, is_required=is_required)
        times = read_times(column.strings, has_parts=name in self.part_columns)
        start, meant = times.start, np.zeros(len(self.table), bool) if at_midnight is None else at_midnight
        if times.is_zero.any() and name in self.blank_zeros:
            start = np.where(times.is_zero, MISSING, start)
            by_hand = times.is_zero & np.array([text.count(":") < 2 for text in column.strings])
            self.findings.remark(column.where(by_hand) & ~meant, name, "midnight_as_missing", quotes=True)
        if is_required:
            times.faults.update(_absences(start, times.faults))
        self.findings.note_texts(name, column, times.faults)
        parts = (start, times.start_offset, times.end, times.end_offset, times.is_until_done)
        by_row = TimeColumn(*(values[column.codes] for values in parts))
        return replace(by_row, start=np.where(meant & column.where(times.is_zero), 0, by_row.start))

    def _time_of_day(self, name: str, column: Column, *, is_required: bool) -> TimeColumn:
        """The times of a column that says the day as well; what is no date there is told of the day."""
        stamps = self._stamps(SPECS[self.table.kind].day_of[name], column)
        if is_required:
            self.findings.note_texts(name, column, _absences(stamps.seconds, stamps.faults))
        nothing = np.full(len(self.table), MISSING)
        start, offset = stamps.seconds[column.codes], stamps.offset[column.codes]
        return TimeColumn(start, offset, nothing, nothing, np.zeros(len(self.table), bool))

    def single_time(self, name: str) -> TimeColumn:
        """A time column in which a range makes no sense: it is a fault."""
        column = self.time(name)
        is_range = (column.end != MISSING) | column.is_until_done
        self.findings.note(is_range, name, "range", quotes=True)
        return replace(column, start=np.where(is_range, MISSING, column.start))

    def check_twice(self, name: str, other: Ints, values: Ints, unit: int = 1) -> None:
        """Note the rows whose cell in this column, which counts, says another thing than a cell beside it: both in days
        or in seconds, which differ by no less than the `unit` to which they are written."""
        if name in self.table.columns:
            differs = (other != MISSING) & (values != MISSING) & (other // unit != values // unit)
            self.findings.remark(differs, name, SAID_TWICE, quotes=True)

    def check_time_twice(self, name: str, date: DateColumn, time: TimeColumn) -> None:
        """The same of a time column beside the times in the cells of its dates, to the minute and each in its zone."""
        if name in self.table.columns and (date.seconds != MISSING).any():
            in_date = self.at(date.day, date.seconds, date.offset)
            self.check_twice(name, in_date.at, self.at(date.day, time.start, time.start_offset).at, MINUTE)

    def moment(self, date: DateColumn, time: TimeColumn | None = None, name: str | None = None) -> Moments:
        """A date with the time from its time column, else from its own cell.

        `name` is the time column, to note the rows that have a time and no date.
        """
        if time is None:
            return self.at(date.day, date.seconds, date.offset)
        if name is not None:
            lost = ~date.is_known & (time.start != MISSING)
            self.findings.remark(lost, name, TIME_WITHOUT_DATE, quotes=True)
        own = time.start == MISSING
        seconds = np.where(own, date.seconds, time.start)
        offset = np.where(own, date.offset, time.start_offset)
        return self.at(date.day, seconds, offset)

    def at(self, day: Ints, seconds: Ints, offset: Ints) -> Moments:
        """Days and seconds of the day as moments of this office."""
        return moments(day, seconds, offset, self.zone)

    def count(self, name: str) -> Ints:
        """Numbers of persons by row, MISSING where absent; of a range the larger one, which is noted."""
        column = self.table.column(name)
        values, is_range, faults = read_largest(column.strings)
        self.findings.note_texts(name, column, faults)
        self.findings.remark(column.where(is_range), name, "people_range", quotes=True)
        return values[column.codes]

    def agenda(self, name: str = "no_agenda", *, is_judged: bool = False) -> Agenda:
        """The register number by row; cells that cannot be one are faults, unless they were judged before."""
        column = self.table.column(name)
        faults = agenda_faults(column.strings)
        if name in SPECS[self.table.kind].required:
            faults = wordy_numbers(column.strings) | faults
        if self.table.kind is Kind.PERMOHONAN:
            faults = off_style(column.strings, set(faults)) | faults
        self.findings.note_texts(name, column, {} if is_judged else faults)
        key, number, year = agendas(column.strings, set(faults))
        codes = pa.array(column.codes)
        return Agenda(key.take(codes), number.take(codes), year[column.codes])

    def year(self, agenda: Agenda, *, is_quoted: bool = True) -> Ints:
        """The year from `tahun`, else the one named in the register number; that they differ rejects the row of a kind
        that must name its letter.

        Not `is_quoted`: no fault quotes the cell, which may be a person's.
        """
        column = self.table.column("tahun")
        values, faults = read_counts(column.strings)
        outside = np.flatnonzero((values != MISSING) & ((values < FIRST_YEAR) | (values > LAST_YEAR))).tolist()
        if is_quoted:
            cells = {index: shown(column.strings[index]) for index in outside}
            faults |= {
                index: fault("year_out_of_range", "year_outside", cell=cells[index], **_YEARS) for index in cells
            }
        else:
            unquoted = fault("year_out_of_range", "persons_year_outside", **_YEARS)
            faults = dict.fromkeys([*faults, *outside], unquoted)
        self.findings.note_texts("tahun", column, faults)
        values[outside] = MISSING
        typed = values[column.codes]
        differ = (typed != MISSING) & (agenda.year != MISSING) & (typed != agenda.year)
        sentence = "" if is_quoted else "persons_year_differs"
        is_needed = "no_agenda" in SPECS[self.table.kind].always
        note = self.findings.reject if is_needed else self.findings.note
        note(differ, "tahun", "year_mismatch", sentence, quotes=is_quoted)
        return np.where(differ | (typed == MISSING), agenda.year, typed)


def _absences(values: Ints, faults: Mapping[int, Fault]) -> dict[int, Fault]:
    """Faults for the distinct texts that say nothing."""
    empty = np.flatnonzero(values == MISSING).tolist()
    return {index: fault("missing") for index in empty if index not in faults}


def end_of(start: TimeColumn, end: TimeColumn) -> TimeColumn:
    """When something ended: the end column's time (the second one of a range), else the end of a range in the start.

    "Selesai" counts only where neither column holds an end.
    """
    own = np.where(end.end != MISSING, end.end, end.start)
    own_offset = np.where(end.end != MISSING, end.end_offset, end.start_offset)
    has_own = own != MISSING
    seconds = np.where(has_own, own, start.end)
    offset = np.where(has_own, own_offset, start.end_offset)
    is_until_done = (start.is_until_done | end.is_until_done) & (seconds == MISSING)
    nothing = np.full(len(seconds), MISSING)
    return TimeColumn(seconds, offset, nothing, nothing, is_until_done)


def plain_fields(reading: Reading) -> dict[str, pd.Series]:
    """The columns of the fields that are read by their form alone: texts, numbers, and people of a session."""
    fields = [field for field in SPECS[reading.table.kind].fields if field.columns and field.form in _PLAIN]
    return {field.columns[0]: _PLAIN[field.form](reading, field) for field in fields}


def _text(reading: Reading, field: Field) -> pd.Series:
    column = reading.table.column(field.name)
    return texts(reading.tidied(field.name, is_masked=field.is_masked).take(pa.array(column.codes)))


def _choice(reading: Reading, field: Field) -> pd.Series:
    """A word of a short list by its usual spelling, any other as typed."""
    column, (name,) = reading.table.column(field.name), field.columns
    typed = reading.tidied(field.name).to_pylist()
    chosen = [None if text is None else shipped_words().choice(name, text) for text in typed]
    return texts(pa.array(chosen, pa.string()).take(pa.array(column.codes)))


def _number(reading: Reading, field: Field) -> pd.Series:
    return numbers(reading.count(field.name))


def _people(reading: Reading, field: Field) -> pd.Series:
    """Numbers of persons in a held session: nobody at all means that nobody counted."""
    values = reading.count(field.name)
    reading.findings.remark(values == 0, field.name, "zero_participants")
    return numbers(np.where(values == 0, MISSING, values))


_PLAIN: Mapping[Form, Callable[[Reading, Field], pd.Series]] = {
    **dict.fromkeys(TEXT_FORMS, _text),
    Form.CHOICE: _choice,
    Form.NUMBER: _number,
    Form.PEOPLE: _people,
}


def numbers(values: Ints) -> pd.Series:
    """Nullable integers from an array with MISSING."""
    return pd.Series(pd.arrays.IntegerArray(values.astype(np.int64), values == MISSING))


def texts(values: pa.Array) -> pd.Series:
    """A text column from texts with nulls."""
    return pd.Series(pd.StringDtype(na_value=np.nan).__from_arrow__(values))


@dataclass(frozen=True)
class Moments:
    """`on`: local days since 1970-01-01; `at`: UTC seconds. MISSING where not known; `at` is known only with `on`."""

    on: Ints
    at: Ints


def moments(day: Ints, seconds: Ints, offset: Ints, zone: ZoneInfo) -> Moments:
    """Days and seconds of the day as moments; a typed offset from UTC takes the place of the office's zone."""
    known = (day != MISSING) & (seconds != MISSING)
    at = np.full(len(day), MISSING)
    wall = day[known] * DAY + seconds[known]
    typed = offset[known]
    at[known] = wall - np.where(typed != MISSING, typed, _zone_offsets(wall, zone))
    on = day.copy()
    foreign = known & (offset != MISSING)
    if foreign.any():
        on[foreign] = _local_days(at[foreign], zone)
    return Moments(on, at)


def _zone_offsets(wall: Ints, zone: ZoneInfo) -> Ints:
    """The zone's offset at local wall times: one question a day, more only on days when clocks are turned."""
    if not len(wall):
        return wall
    days = wall // DAY
    codes = days - days.min()
    occurring = np.flatnonzero(np.bincount(codes))
    edges = np.zeros((int(codes.max()) + 1, 2), np.int64)
    edges[occurring] = [_day_offsets(day, zone) for day in (occurring + days.min()).tolist()]
    first, last = edges.T
    offsets = first[codes]
    turning = np.flatnonzero((first != last)[codes])
    offsets[turning] = [_offset(second, zone) for second in wall[turning].tolist()]
    return offsets


@lru_cache(maxsize=40_000)
def _day_offsets(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """Offsets at the first and the last second of a local day."""
    return _offset(day * DAY, zone), _offset(day * DAY + DAY - 1, zone)


def _offset(wall: int, zone: ZoneInfo) -> int:
    local = dt.datetime(1970, 1, 1, tzinfo=zone) + dt.timedelta(seconds=wall)
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _local_days(at: Ints, zone: ZoneInfo) -> Ints:
    instants, codes = np.unique(at, return_inverse=True)
    days = [day_number(dt.datetime.fromtimestamp(second, zone).date()) for second in instants.tolist()]
    return np.array(days, np.int64)[codes]
