"""Clock times as people type them: one cell may hold a time, a range, or "until done"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from etl.domain.frames import MISSING
from etl.domain.units import DAY, HOUR, MINUTE
from etl.extract.findings import Fault, fault, shown
from etl.extract.texts import ABSENT
from etl.extract.words import fold, shipped_words

_OFFICE_FIRST, _OFFICE_LAST = 5 * HOUR, 22 * HOUR
HALF_DAY = 12 * HOUR
_MAX_UNREAD = 20_000

_PREFIX = re.compile(r"^(?:pukul|pkl|pk|jam)\b\s*[.:]?\s*")
_DASHES = re.compile(r"\s*[-‐‑‒–—−=~]\s*")
_CLOCK = re.compile(r"(\d{1,2})[.:,](\d{2})(?:[.:](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?(?(4)m\.?)")
_HOUR_ONLY = re.compile(r"(\d{1,2})()()\s*([ap])\.?m\.?")
_PART_OF_DAY = re.compile(r"0?[.,](\d+)|0")
_AND_A_HALF = re.compile(r"(\d{1,2})[.,]5")
_DAY_OR_NIGHT = re.compile(r"([1-5])[.:,](\d{2})\.?")
_TIME_CELL = re.compile(r"\d{1,2}:\d{2}:\d{2}(?:\.\d+)?")
_ZERO = re.compile(r"0?0[.:]00(?:[.:]00(?:[.,]0+)?)?|0(?:[.,]0+)?")


@dataclass(frozen=True)
class Clock:
    """Seconds since local midnight (86 400 for 24.00), and the offset from UTC in seconds when a zone was typed."""

    seconds: int = MISSING
    offset: int = MISSING


NO_CLOCK = Clock()


@dataclass(frozen=True)
class TimeCell:
    """What a cell says: a start, an end, and whether the end was typed as "selesai"."""

    start: Clock = NO_CLOCK
    end: Clock = NO_CLOCK
    is_until_done: bool = False


@dataclass(frozen=True)
class Times:
    """Time cells as arrays over distinct texts; seconds and offsets MISSING where not said.

    `is_zero` marks cells that are wholly 00.00, which many programs write for "no time".
    """

    start: NDArray[np.int64]
    start_offset: NDArray[np.int64]
    end: NDArray[np.int64]
    end_offset: NDArray[np.int64]
    is_until_done: NDArray[np.bool_]
    is_zero: NDArray[np.bool_]
    faults: dict[int, Fault]


def read_times(texts: Sequence[str], *, has_parts: bool = False) -> Times:
    """Every distinct text as a time, a range or "until done"; what is none of them is a fault.

    `has_parts`: the column holds parts of a day, as `TimeEvidence` tells; elsewhere `0,25` is no time.
    """
    meanings = [_meaning(text, has_parts) for text in texts]
    cells = [cell if isinstance(cell, TimeCell) else TimeCell() for cell in meanings]
    clocks = [(cell.start.seconds, cell.start.offset, cell.end.seconds, cell.end.offset) for cell in cells]
    start, start_offset, end, end_offset = np.array(clocks, np.int64).reshape(-1, 4).T
    is_zero = [
        isinstance(cell, TimeCell) and _ZERO.fullmatch(fold(text)) is not None
        for cell, text in zip(meanings, texts, strict=True)
    ]
    return Times(
        start,
        start_offset,
        end,
        end_offset,
        is_until_done=np.array([cell.is_until_done for cell in cells], bool),
        is_zero=np.array(is_zero, bool),
        faults={index: cell for index, cell in enumerate(meanings) if isinstance(cell, Fault)},
    )


@lru_cache(maxsize=4096)
def _meaning(text: str, has_parts: bool) -> TimeCell | Fault:
    """A register says the same few hundred times again and again."""
    return _reader(has_parts).read(text)


@cache
def _reader(has_parts: bool) -> TimeReader:
    return TimeReader(has_parts=has_parts)


class TimeEvidence:
    """First pass over a time column: whether 00.00 stands for "no time" in it, and whether it holds parts of a day.

    00.00 does when the column's other times, if any, are mostly between 05.00 and 22.00. A column holds parts of a
    day when every filled cell is one, a spreadsheet's time cell included: it is such a number inside.
    """

    def __init__(self) -> None:
        self._unread: Counter[str] = Counter()
        self._in_office = self._others = 0
        self._is_below_one = True

    def add(self, texts: Iterable[str], counts: Iterable[int]) -> None:
        """Take in some of the column's distinct texts, and how many rows hold each."""
        for text, count in zip(texts, counts, strict=True):
            self._unread[text] += count
        if len(self._unread) > _MAX_UNREAD:
            self._read()

    def zero_means_missing(self) -> bool:
        """The answer, from all that was taken in."""
        self._read()
        return 2 * self._in_office >= self._others

    def has_parts(self) -> bool:
        """Whether no filled cell of all that was taken in is 1 or more."""
        self._read()
        return self._is_below_one

    def _read(self) -> None:
        self._is_below_one = self._is_below_one and all(_is_below_one(fold(text)) for text in self._unread)
        times = read_times(list(self._unread), has_parts=True)
        counts = np.fromiter(self._unread.values(), np.int64, len(self._unread))
        others = np.where(times.is_zero | (times.start == MISSING), 0, counts)
        in_office = (times.start >= _OFFICE_FIRST) & (times.start <= _OFFICE_LAST)
        self._in_office += int(others[in_office].sum())
        self._others += int(others.sum())
        self._unread.clear()


class TimeReader:
    """Understands one text at a time, with the office's words for zones, "until" and "done"."""

    def __init__(self, *, has_parts: bool = False) -> None:
        words = shipped_words()
        self._has_parts = has_parts
        self._open_end = words.open_end
        self._zones = words.zones
        self._zone = re.compile(rf"\s*\b({'|'.join(words.zones)})\b\.?$|(?<=\d)({'|'.join(words.zones)})\.?$")
        self._day_parts = words.day_parts
        self._day_part = re.compile(rf"(?<=[\d ])({'|'.join(words.day_parts)})\.?$")
        until = "|".join(re.escape(word) for word in words.until)
        self._until = re.compile(rf"(?<![a-z])(?:{until})(?![a-z])")

    def read(self, text: str) -> TimeCell | Fault:
        """The meaning of a cell."""
        folded = fold(text)
        if folded in ABSENT:
            return TimeCell()
        if match := _PART_OF_DAY.fullmatch(folded):
            return TimeCell(_part_of_day(match)) if self._has_parts else fault("not_a_time", cell=shown(text))
        if (match := _AND_A_HALF.fullmatch(folded)) and int(match[1]) < 24:
            return fault("not_a_time", "half_or_fifty", cell=shown(text), hour=f"{int(match[1]):02d}")
        start_text, dash, end_text = self._halves(folded)
        if doubt := self.day_or_night(start_text, text) or self.day_or_night(end_text, text):
            return doubt
        start = self.clock(start_text) if start_text else NO_CLOCK
        is_until_done = self._zone.sub("", end_text) in self._open_end
        end = self.clock(end_text) if end_text and not is_until_done else NO_CLOCK
        if start is None or end is None or (dash and not end_text):
            return fault("not_a_time", cell=shown(text))
        return TimeCell(*_same_zone(start, end), is_until_done)

    def day_or_night(self, folded: str, text: str) -> Fault | None:
        """What is wrong with `1.15` in a cell: 13.15 where a clock has twelve hours, else 01.15; one that names its
        part of the day is neither, and so is the cell of a spreadsheet or database, which has seconds."""
        match = _DAY_OR_NIGHT.fullmatch(self._zone.sub("", _PREFIX.sub("", folded)).strip())
        if match is None or int(match[2]) > 59:
            return None
        afternoon, night = (f"{int(match[1]) + hours:02d}.{match[2]}" for hours in (12, 0))
        return fault("not_a_time", "day_or_night", cell=shown(text), afternoon=afternoon, night=night)

    def _halves(self, folded: str) -> tuple[str, str, str]:
        """What stands before and after the dash; "selesai" alone stands after it."""
        if folded in self._open_end:
            return "", "-", folded
        start, dash, end = self.dashed(folded).partition("-")
        return start.strip(), dash, end.strip()

    def dashed(self, folded: str) -> str:
        """The text with a bare dash for every dash and word that means "until"."""
        return re.sub(r"-{2,}", "-", _DASHES.sub("-", self._until.sub("-", folded)))

    def clock(self, folded: str) -> Clock | None:
        """A single time, with or without "Pkl." and a zone; None when it is not one."""
        bare, offset = _PREFIX.sub("", folded), MISSING
        if match := self._zone.search(bare):
            bare, offset = bare[: match.start()], self._zones[match[1] or match[2]]
        if match := self._day_part.search(bare):
            seconds = _seconds_in(bare[: match.start()].strip(" ."), *self._day_parts[match[1]])
        else:
            seconds = _seconds(bare.strip().rstrip("."))
        return None if seconds is None else Clock(seconds, offset)


def _same_zone(start: Clock, end: Clock) -> tuple[Clock, Clock]:
    """A zone typed on one side of a range holds for both."""
    if MISSING in (start.seconds, end.seconds) or (start.offset == MISSING) == (end.offset == MISSING):
        return start, end
    offset = max(start.offset, end.offset)
    return Clock(start.seconds, offset), Clock(end.seconds, offset)


def _is_below_one(folded: str) -> bool:
    """Whether a cell is empty, a part of a day, or a spreadsheet's time."""
    return folded in ABSENT or any(form.fullmatch(folded) for form in (_PART_OF_DAY, _TIME_CELL, _ZERO))


def _part_of_day(match: re.Match[str]) -> Clock:
    return Clock(round(float(f"0.{match[1] or 0}") * DAY) % DAY)


def _seconds(text: str) -> int | None:
    match = _CLOCK.fullmatch(text) or _HOUR_ONLY.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        hour = _hour_of_half_day(hour, match[4])
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and minute + second):
        return None
    return hour * HOUR + minute * MINUTE + second


def _seconds_in(text: str, first: int, last: int) -> int | None:
    """A time of 12 or 24 hours, or its hour alone, in the part of the day from one hour to another."""
    seconds = _seconds(f"{text}.00" if text.isdecimal() else text)
    meanings = [] if seconds is None else [seconds, seconds + HALF_DAY]
    return next((at for at in meanings if first <= at // HOUR <= last), None)


def _hour_of_half_day(hour: int, half: str) -> int:
    """The hour of 24 for an hour with am or pm; 13 and more with pm is taken as typed, with am it is no time."""
    if half == "a":
        return hour % 12 if hour <= 12 else 99
    return hour if hour >= 12 else hour + 12
