"""Dates as people type them, with or without a time after them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_access.errors import Message
from etl.domain.frames import MISSING
from etl.domain.units import DAY, HOUR, MINUTE, day_date, day_number
from etl.extract.files.sheet import Column
from etl.extract.findings import Fault, fault, shown
from etl.extract.texts import ABSENT
from etl.extract.times import NO_CLOCK, Clock, TimeReader
from etl.extract.words import fold, shipped_words

FIRST_YEAR, LAST_YEAR = 2000, 2100
_LONGEST_RANGE = 100
_SERIAL_DAY_ZERO, _DAY_ZERO_1904 = day_number(dt.date(1899, 12, 30)), day_number(dt.date(1904, 1, 1))

_NUMERIC = re.compile(r"(\d{1,4}) ?([-/.]| ) ?(\d{1,2}) ?\2 ?(\d{1,4})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[ \-/.,]*([a-z]+)\.?[ \-/.,]*(\d{2,4})(?!\d)")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? ?(\d{1,2}),? (\d{4})(?!\d)")
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
_WEEKDAY = re.compile(r"([a-z']+)\.?[ ,/]+(?=\d)")
_ZERO_DATE = re.compile(r"0000[-/.]00[-/.]00|00[-/.]00[-/.](?:00)?00|0?0[.:]00(?:[.:]00)?")
_WEEKDAYS = re.compile(r"([a-z']+)\.?-([a-z']+)\.?[ ,/]+(?=\d)")
_UTC_OFFSET = re.compile(r"(?:z|([+-])(\d{2}):?(\d{2})|(\+)(\d{2}))$")
_THREE_NUMBERS = r"(?s)^[\s\x{a0}]*(?P<day>\d{1,2}\D{1,3}\d{1,2}\D{1,3}\d{1,4})(?P<rest>\D.*)?$"
_PLAIN_CLOCK = r"^(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?$"
_DAY_OR_NIGHT = r"^[1-5][:.]\d{2}$"
_CLOCK_PARTS = r"^(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?$"
_DATE_CELL = r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?: [\d:]{8})?$"
_TYPED_DATE = r"^\s*(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{2,4})(?:\s.*)?$"
_MONTHS, _MOST_DAYS = 12, 31
_FEWEST_DAYS, _FEWEST_ON_ONE_DAY, _DIGITS = 3, 4, 10
_MOST_BACK = 3
"""Exchanged days bring rows into order where more than three times as many go back as typed."""
_MUCH_CLOSER = 3
"""Days are as typed where exchanged they would lie more than three times as far from row to row."""
TITLE_YEAR = "title_year"
"""Code of the remark that the title or name of a sheet names another year than its receipts."""
OUT_OF_ORDER = "receipt_out_of_order"
"""Code of the remark that a receipt breaks the order of the rows around it."""
DAYS_DOUBTED = frozenset({"days_exchanged", "month_first_likely"})
"""Codes of the remarks that day and month of a receipt may be exchanged."""
_PLAIN_STAMP = r"^(?P<day>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?:[ T](?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?))?$"


class DateOrder(StrEnum):
    """In which order a date of three numbers is read."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True)
class Stamp:
    """A day since 1970-01-01 and the clock time typed after it; both MISSING for an absent date.

    `last` is the last day of `12-14 Oktober 2026`, MISSING where one day is typed.
    """

    day: int = MISSING
    clock: Clock = NO_CLOCK
    last: int = MISSING


@dataclass(frozen=True)
class Stamps:
    """Date cells as arrays over distinct texts: days, seconds of the day, typed offsets and last days of ranges,
    MISSING where not said."""

    day: NDArray[np.int64]
    seconds: NDArray[np.int64]
    offset: NDArray[np.int64]
    last: NDArray[np.int64]
    faults: dict[int, Fault]


@dataclass(frozen=True)
class OrderEvidence:
    """Examples of dates that can be read in one order only, of one whose year may stand first and of one whose year
    cannot; empty texts when there are none."""

    day_first: str = ""
    month_first: str = ""
    year_first: str = ""
    year_last: str = ""

    @property
    def is_year_doubtful(self) -> bool:
        """Whether a year of two digits may stand first in the whole column."""
        return bool(self.year_first and not self.year_last)


NO_EVIDENCE = OrderEvidence()


def order_evidence(texts: pa.StringArray, known: OrderEvidence = NO_EVIDENCE) -> OrderEvidence:
    """First pass over a date column, or some of its texts: only cells that are wholly a date of three numbers count,
    with or without a time.

    `known` is what the column's earlier texts showed.
    """
    day_first, month_first = known.day_first, known.month_first
    year_first, year_last = known.year_first, known.year_last
    for text in _numeric_days(texts):
        match = _NUMERIC.fullmatch(fold(text))
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first < 20 <= int(match[4]):
            year_last = year_last or text
        if has_year_first(match[1], match[3], match[4]):
            year_first = year_first or text
        elif 1 <= first <= 12 < second <= 31:
            month_first = month_first or text
        elif 1 <= second <= 12 < first <= 31:
            day_first = day_first or text
    return OrderEvidence(day_first, month_first, year_first, year_last)


def _numeric_days(texts: pa.StringArray) -> list[str]:
    """The distinct dates of three numbers, the first one below 100, of cells that hold nothing else but a time."""
    parts = pc.extract_regex(texts, _THREE_NUMBERS)
    parts = parts.filter(pc.is_valid(parts))
    rests, codes = _distinct(parts.field("rest"))
    is_clock = pc.match_substring_regex(rests, _PLAIN_CLOCK).to_numpy(zero_copy_only=False).astype(bool)
    reader = DateReader(None)
    for place in np.flatnonzero(~is_clock).tolist():
        is_clock[place] = reader.clock(fold(rests[place].as_py())) is not None
    days, _ = _distinct(parts.field("day").filter(pa.array(is_clock[codes])))
    return days.to_pylist()


def exchanged_days(column: Column, sheet: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Date cells of which a spreadsheet of another country exchanged day and month, by row: in a sheet where all date
    cells have a day up to 12 and all dates left as text a day above 12, two or more of each.

    `sheet`: by row the sheet in which it stands. Where day and month are the same nothing was exchanged.
    """
    (day, month, _), (typed, _, _) = (_parts_by_row(column, form) for form in (_DATE_CELL, _TYPED_DATE))
    is_exchanged = np.zeros(len(column), dtype=bool)
    for here in (sheet == one for one in np.unique(sheet)):
        cells, texts = (days[here & (days > 0)] for days in (day, typed))
        if min(len(cells), len(texts)) > 1 and cells.max() <= _MONTHS < texts.min():
            is_exchanged |= here
    return is_exchanged & (day != month)


def exchanged_beside(column: Column, sheet: NDArray[np.int64], proven: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The same in the sheets where another column shows it (`proven`), unless something in this one speaks against it:
    a date cell with a day above 12, a text with one up to 12, or days that lie much closer together as typed."""
    cells, texts = (_parts_by_row(column, form) for form in (_DATE_CELL, _TYPED_DATE))
    day, month, year = (of_cell + of_text for of_cell, of_text in zip(cells, texts, strict=True))
    is_cell, is_text = cells[0] > 0, texts[0] > 0
    as_typed = np.stack([year, month, day])
    exchanged = np.stack([year, np.where(is_cell, day, month), np.where(is_cell, month, day)])
    is_exchanged = np.zeros(len(column), dtype=bool)
    for here in (sheet == one for one in proven):
        dated = here & (is_cell | is_text)
        is_open = day[here & is_cell].max(initial=0) <= _MONTHS < day[here & is_text].min(initial=_MOST_DAYS)
        if is_open and _day_steps(*exchanged[:, dated]) <= _MUCH_CLOSER * _day_steps(*as_typed[:, dated]):
            is_exchanged |= here & is_cell
    return is_exchanged & (day != month)


def _day_steps(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> int:
    """The days from each row to the next, added up; of a year only its last two digits count, and months have 31."""
    return int(np.abs(np.diff((year % 100 * _MONTHS + month) * _MOST_DAYS + day)).sum())


def exchanged_in_part(column: Column, sheet: NDArray[np.int64], keys: pa.StringArray) -> NDArray[np.bool_]:
    """The same where others typed the rest of the sheet: of rows that follow one another, two or more date cells have a
    day up to 12 and two or more texts one above, none below, and under rising numbers (`keys`) the days go back, but
    with day and month of those cells exchanged hardly.
    """
    (cell, *in_cell), (text, *in_text) = (_parts_by_row(column, form) for form in (_DATE_CELL, _TYPED_DATE))
    is_exchanged, known = np.zeros(len(column), dtype=bool), np.flatnonzero(cell + text)
    if not ((text > _MONTHS).any() and (cell > 0).any()):
        return is_exchanged
    day, month, year = (
        of_cell[known] + of_text[known] for of_cell, of_text in zip((cell, *in_cell), (text, *in_text), strict=True)
    )
    is_open, is_text = (cell[known] > 0) & (day <= _MONTHS) & (day != month), text[known] > 0
    begins = (np.diff(sheet[known], prepend=-1) != 0) | (~is_text & (day > _MONTHS))
    part = np.cumsum(begins)
    as_typed = _goes_back(year, month, day)
    exchanged = _goes_back(year, np.where(is_open, day, month), np.where(is_open, month, day))
    signs = (is_open, is_text, is_text & (day <= _MONTHS), as_typed & ~begins, exchanged & ~begins)
    opened, texts, low, back, back_exchanged = (np.bincount(part, weights=rows) for rows in signs)
    likely = (opened > 1) & (texts > 1) & (low == 0) & (back > _MOST_BACK * back_exchanged)
    for each in np.flatnonzero(likely).tolist():
        rows = known[part == each]
        is_exchanged[rows] = _rise(keys.take(pa.array(rows)).to_pylist())
    is_exchanged[known] &= is_open
    return is_exchanged


def _goes_back(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows with an earlier day than the row before."""
    order = (year * 100 + month) * 100 + day
    return np.diff(order, prepend=order[:1]) < 0


def month_first_days(column: Column, sheet: NDArray[np.int64], keys: pa.StringArray) -> NDArray[np.bool_]:
    """Dates probably typed with the month first, by row: in a sheet of which none has a day or month above 12, and
    under whose rising numbers (`keys`) the days go back, but never where the month is read first.

    `sheet`: by row the sheet in which it stands. Where day and month are the same nothing is doubtful.
    """
    day, month, year = _typed_parts(column)
    is_open = ((day > 0) & (np.maximum(day, month) <= _MONTHS))[column.codes]
    as_typed, exchanged = ((year * 100 + first) * 100 + second for first, second in ((month, day), (day, month)))
    is_likely = np.zeros(len(column), dtype=bool)
    for here in (np.flatnonzero(sheet == one) for one in np.unique(sheet)):
        codes = column.codes[here]
        if is_open[here].all() and (np.diff(as_typed[codes]) < 0).any() and (np.diff(exchanged[codes]) >= 0).all():
            is_likely[here] = len(here) >= _FEWEST_DAYS and _rise(keys.take(pa.array(here)).to_pylist())
    return is_likely & (day != month)[column.codes]


def days_of_one_month(column: Column, sheet: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Dates probably typed with the month first, by row: of a sheet with four or more, which all fall on one day of
    three or more months of a year, and on days of one month where that is read first."""
    day, month, year = _typed_parts(column)
    is_likely = np.zeros(len(column), dtype=bool)
    for here in (np.flatnonzero(sheet == one) for one in np.unique(sheet)):
        codes = np.unique(column.codes[here])
        is_alike = len(np.unique(day[codes])) == len(np.unique(year[codes])) == 1 and 0 < day[codes[0]] <= _MONTHS
        if is_alike and len(here) >= _FEWEST_ON_ONE_DAY and month[codes].max() <= _MONTHS:
            is_likely[here] = len(np.unique(month[codes])) >= _FEWEST_DAYS
    return is_likely & (day != month)[column.codes]


def _typed_parts(
    column: Column, form: str = _TYPED_DATE
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each distinct text that is typed as a date day, month and year as it stands, 0 of another one."""
    parts = pc.extract_regex(column.texts, form)
    day, month, year = (_integers(pc.fill_null(pc.struct_field(parts, name), "0")) for name in ("day", "month", "year"))
    return day, month, year


def _rise(keys: list[str | None]) -> bool:
    """Whether the keys are numbers of which each is greater than the one before."""
    if not all(key is not None and key.isdecimal() and len(key) < _DIGITS for key in keys):
        return False
    return bool((np.diff([int(key or 0) for key in keys]) > 0).all())


def _parts_by_row(column: Column, form: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """By row day, month and year of texts of this form, 0 for another one."""
    day, month, year = _typed_parts(column, form)
    return day[column.codes], month[column.codes], year[column.codes]


def read_stamps(
    texts: pa.StringArray, order: DateOrder | None, *, is_from_1904: bool = False, has_year_first: bool = False
) -> Stamps:
    """Second pass: every distinct text as a date, with its time if one is typed.

    Without an order three numbers are read day first. Dates of digits, of which a column may hold a million
    different ones when they have times, are split and their parts understood once each; all others one by one.
    `is_from_1904`: a spreadsheet's number of a day counts from 1904-01-01. `has_year_first`: as `DateReader` takes it.
    """
    parts = pc.extract_regex(texts, _PLAIN_STAMP)
    is_plain = pc.is_valid(parts).to_numpy(zero_copy_only=False)
    reader = DateReader(order, is_from_1904=is_from_1904, has_year_first=has_year_first)
    stamps = Stamps(*(np.full(len(texts), MISSING) for _ in range(4)), faults={})
    _read_singly(stamps, texts, np.flatnonzero(~is_plain), reader)
    positions = np.flatnonzero(is_plain)
    is_read = _read_plain(stamps, parts.take(pa.array(positions)), positions, reader)
    _read_singly(stamps, texts, positions[~is_read], reader)
    return stamps


def _read_singly(stamps: Stamps, texts: pa.StringArray, positions: NDArray[np.int64], reader: DateReader) -> None:
    for position in positions.tolist():
        meaning = reader.read(texts[position].as_py())
        if isinstance(meaning, Fault):
            stamps.faults[position] = meaning
        else:
            stamps.day[position] = meaning.day
            stamps.seconds[position] = meaning.clock.seconds
            stamps.offset[position] = meaning.clock.offset
            stamps.last[position] = meaning.last


def _read_plain(
    stamps: Stamps, parts: pa.StructArray, positions: NDArray[np.int64], reader: DateReader
) -> NDArray[np.bool_]:
    """Read stamps split into day and time; the mask says which of them are sound, the others stay as they were."""
    days, day_codes = _distinct(parts.field("day"))
    clocks, clock_codes = _distinct(parts.field("time"))
    read_days = [reader.day(fold(text)) for text in days.to_pylist()]
    day = np.array([day if isinstance(day, int) else MISSING for day in read_days], np.int64)[day_codes]
    seconds = _plain_seconds(clocks)[clock_codes]
    sound = (day != MISSING) & (seconds != MISSING)
    stamps.day[positions[sound]] = day[sound]
    # Midnight is what programs add to a bare date.
    stamps.seconds[positions[sound]] = np.where(seconds[sound] == 0, MISSING, seconds[sound])
    return sound


def _plain_seconds(clocks: pa.StringArray) -> NDArray[np.int64]:
    """Seconds of the day of texts like 08:30:15 or 08.30, 0 for an empty one; MISSING for times that do not exist, or
    may be in the afternoon as well as at night."""
    parts = pc.extract_regex(pc.if_else(pc.equal(clocks, ""), "00:00", clocks), _CLOCK_PARTS)
    hour, minute, second = (_integers(parts.field(name)) for name in ("hour", "minute", "second"))
    is_doubtful = pc.match_substring_regex(clocks, _DAY_OR_NIGHT).to_numpy(zero_copy_only=False)
    sound = (hour < 24) & (minute < 60) & (second < 60) & ~is_doubtful
    return np.where(sound, hour * HOUR + minute * MINUTE + second, MISSING)


def _integers(digits: pa.Array) -> NDArray[np.int64]:
    filled = pc.if_else(pc.equal(digits, ""), "0", digits)
    return pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)


def _distinct(texts: pa.Array) -> tuple[pa.StringArray, NDArray[np.int64]]:
    encoded = texts.dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype(np.int64)


class DateReader:
    """Understands one text at a time, in one order of day, month and year; without an order day first.

    Without an order `26-06-01` is no date, since its year may stand first; nor is `26-06-24` in a column with such
    dates (`has_year_first`).
    """

    def __init__(self, order: DateOrder | None, *, is_from_1904: bool = False, has_year_first: bool = False) -> None:
        self._order, self._has_year_first = order, has_year_first
        self._day_zero = _DAY_ZERO_1904 if is_from_1904 else _SERIAL_DAY_ZERO
        self._months, self._weekdays = shipped_words().months, shipped_words().weekdays
        self._times = TimeReader()

    def read(self, text: str) -> Stamp | Fault:
        """The date of a cell, and its time if there is one; of several days the first and the last one."""
        folded = fold(text).replace("’", "'").replace("`", "'").replace("‘", "'")
        if _is_absent(folded):
            return Stamp()
        if match := _SERIAL.fullmatch(folded):
            return self._serial(match, text)
        stamp = self._single(folded, text)
        days = self._days(folded) if isinstance(stamp, Fault) and stamp.code == "not_a_date" else None
        return stamp if days is None else Stamp(days[0], last=days[1])

    def _single(self, folded: str, text: str) -> Stamp | Fault:
        weekday, rest = self._split_weekday(folded)
        day, rest = self._split_day(rest, text)
        if isinstance(day, Fault):
            return day
        if weekday is not None and (day + 3) % 7 != weekday:
            return fault("weekday_mismatch", cell=shown(text), date=_date_words(day), weekday=_day_name(day))
        if doubt := self._times.day_or_night(rest.strip(" ,."), text):
            return doubt
        clock = self.clock(rest)
        return _not_a_date(text) if clock is None else Stamp(day, clock)

    def _days(self, folded: str) -> tuple[int, int] | None:
        """First and last day of `12-14 Oktober 2026` or `30 September s.d. 2 Oktober 2026`; None for anything else."""
        if len(folded) > _LONGEST_RANGE:
            return None
        dashed = self._times.dashed(folded)
        names = _WEEKDAYS.match(dashed)
        bare = dashed[names.end() :] if names else dashed
        for dash in re.finditer("-", bare):
            last = self._named_day(bare[dash.end() :])
            first = None if last is None else self._first_day(bare[: dash.start()], last)
            if first is not None and last is not None and first < last:
                is_meant = names is None or (self._falls_on(names[1], first) and self._falls_on(names[2], last))
                return (first, last) if is_meant else None
        return None

    def _named_day(self, folded: str) -> int | None:
        """The day of a text that is wholly a date, with or without the right weekday."""
        weekday, rest = self._split_weekday(folded)
        day = self.day(rest)
        return day if isinstance(day, int) and weekday in (None, (day + 3) % 7) else None

    def _first_day(self, folded: str, last: int) -> int | None:
        """The first day of a range, of which the last one may say the year, or the month and the year."""
        end = day_date(last)
        month = next(name for name, number in self._months.items() if number == end.month)
        days = (self._named_day(folded + rest) for rest in ("", f" {end.year}", f" {month} {end.year}"))
        return next((day for day in days if day is not None), None)

    def _falls_on(self, name: str, day: int) -> bool:
        return self._weekdays.get(name) == (day + 3) % 7

    def day(self, folded: str) -> int | Fault:
        """The day of a text that is wholly a date; a fault otherwise, also for an absent date."""
        day, rest = self._split_day(folded, folded)
        return _not_a_date(folded) if rest else day

    def clock(self, folded: str) -> Clock | None:
        """The time after a date; midnight without a typed zone is what programs add to a bare date."""
        bare = folded.strip(" ,.")
        bare = bare[1:] if bare[:1] == "t" and bare[1:2].isdigit() else bare
        if not bare:
            return NO_CLOCK
        offset = MISSING
        if (match := _UTC_OFFSET.search(bare)) and ":" in bare[: match.start()]:
            bare, offset = bare[: match.start()].strip(), _offset_seconds(match)
        clock = self._times.clock(bare)
        if clock is None:
            return None
        clock = clock if offset == MISSING else Clock(clock.seconds, offset)
        return NO_CLOCK if clock == Clock(0) else clock

    def _split_weekday(self, folded: str) -> tuple[int | None, str]:
        match = _WEEKDAY.match(folded)
        if match is None or match[1] not in self._weekdays:
            return None, folded
        return self._weekdays[match[1]], folded[match.end() :]

    def _split_day(self, folded: str, text: str) -> tuple[int | Fault, str]:
        """The day at the start of the text, and what follows it."""
        if match := _NUMERIC.match(folded):
            return self._numeric(match, text), folded[match.end() :]
        if match := _DAY_FIRST.match(folded):
            day, month, year = match.groups()
        elif match := _MONTH_FIRST.match(folded):
            month, day, year = match.groups()
        else:
            return _not_a_date(text), ""
        if month not in self._months:
            return _not_a_date(text), ""
        return _day_number(year, self._months[month], int(day), text), folded[match.end() :]

    def _numeric(self, match: re.Match[str], text: str) -> int | Fault:
        first, _, second, third = match.groups()
        if len(first) == 4:
            return _day_number(first, int(second), int(third), text) if len(third) <= 2 else _not_a_date(text)
        if len(first) > 2:
            return _not_a_date(text)
        if self._order == DateOrder.YMD:
            return self._year_first(first, second, third, text)
        if self._order == DateOrder.MDY:
            return _in_order(third, first, second, text, "only_day_first")
        is_doubtful = has_year_first(first, second, third, is_column_doubtful=self._has_year_first)
        if self._order is None and is_doubtful:
            meant = f"20{first}-{int(second):02d}-{third}"
            return fault("two_digit_year", cell=shown(text), date=meant)
        return _in_order(third, second, first, text, "only_month_first")

    def _year_first(self, first: str, second: str, third: str, text: str) -> int | Fault:
        if len(first) < 2 or len(third) > 2:
            return fault("wrong_order", "not_year_first", cell=shown(text))
        return _day_number(first, int(second), int(third), text)

    def _serial(self, match: re.Match[str], text: str) -> Stamp | Fault:
        """A spreadsheet's own number for a day, counted from 1899-12-30 or 1904-01-01; its fraction is the time."""
        day = int(match[1]) + self._day_zero
        if not FIRST_YEAR <= day_date(day).year <= LAST_YEAR:
            return _bad_year(text)
        seconds = round(float(f"0.{match[2] or 0}") * DAY)
        return Stamp(day, Clock(seconds) if 0 < seconds < DAY else NO_CLOCK)


def _is_absent(folded: str) -> bool:
    if folded in ABSENT:
        return True
    date, _, time = folded.partition(" ")
    return _ZERO_DATE.fullmatch(date) is not None and (not time or _ZERO_DATE.fullmatch(time) is not None)


def has_year_first(first: str, second: str, third: str, *, is_column_doubtful: bool = False) -> bool:
    """Whether of three numbers the first may be a year of two digits as well as a day, 20 to 31.

    Then the third is a day; up to 19 it can hardly be a year of these records, above only a doubtful column has such.
    """
    days = range(1, 32 if is_column_doubtful else 20)
    is_short = len(first) == len(third) == 2 and 1 <= int(second) <= 12
    return is_short and int(first) in range(20, 32) and int(third) in days


def _in_order(year: str, month: str, day: str, text: str, other: str) -> int | Fault:
    if int(month) > 12 and int(day) <= 12 and int(month) <= 31:
        return fault("wrong_order", other, cell=shown(text))
    return _day_number(year, int(month), int(day), text)


def _day_number(year_text: str, month: int, day: int, text: str) -> int | Fault:
    year = int(year_text) + (2000 if len(year_text) == 2 else 0)
    if len(year_text) not in (2, 4) or not FIRST_YEAR <= year <= LAST_YEAR:
        return _bad_year(text)
    try:
        return day_number(dt.date(year, month, day))
    except ValueError:
        return fault("no_such_date", cell=shown(text))


def _bad_year(text: str) -> Fault:
    return fault("year_out_of_range", cell=shown(text), first=FIRST_YEAR, last=LAST_YEAR)


def _not_a_date(text: str) -> Fault:
    return fault("not_a_date", cell=shown(text))


def _offset_seconds(match: re.Match[str]) -> int:
    if match[4]:
        return int(match[5]) * HOUR
    if match[1] is None:
        return 0
    seconds = int(match[2]) * HOUR + int(match[3]) * MINUTE
    return -seconds if match[1] == "-" else seconds


def _date_words(day: int) -> Message:
    date = day_date(day)
    return Message("extract.date", day=date.day, month=Message(f"extract.month_name_{date.month}"), year=date.year)


def _day_name(day: int) -> Message:
    return Message(f"extract.weekday_name_{(day + 3) % 7}")


_TYPED = re.compile(r"(?P<day>\d{1,2})[-/. ]+(?P<month>\d{1,2})[-/. ]+(?P<year>\d{4})")
_TYPED_SHORT = re.compile(r"(?P<day>\d{1,2}) *(?P<mark>[-/.]+| ) *(?P<month>\d{1,2}) *(?P=mark) *(?P<year>\d{2})")
_TYPED_DIGITS = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})")
_TYPED_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_CENTURY = 2000


def typed_parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a day typed on a screen, whether there is such a day or not: `31/08/2026`, `31-8-26`,
    `31 8 2026`, `31082026` or `2026-08-31`; None for what has no such form.

    `26-09-07` is none, as in a file: its year may stand first or last. Nor is `07 08.30`, which may end with a time.
    """
    forms = (_TYPED, _TYPED_SHORT, _TYPED_DIGITS, _TYPED_ISO)
    match = next(filter(None, (form.fullmatch(text) for form in forms)), None)
    if match is None or has_year_first(match["day"], match["month"], match["year"]):
        return None
    year = int(match["year"])
    return year + _CENTURY if len(match["year"]) == 2 else year, int(match["month"]), int(match["day"])


def typed_day(text: str) -> dt.date | None:
    """A day as `typed_parts` reads it; None for what is no day."""
    parts = typed_parts(text)
    try:
        return None if parts is None else dt.date(*parts)
    except ValueError:
        return None
