"""Moments of event logs: ISO 8601 with or without fraction and offset, and whatever else the intake reads as a date.

A moment is one number: UTC seconds, a day without a clock time, or none that can be read. Fractions of seconds are cut
off. What a log writes as midnight of the office is a day without a clock time: so programs write dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.calendar.zone import ZoneTable
from etl.domain.compliance.logs import DAY_ONLY, UNREAD
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, HOUR, MINUTE
from etl.extract.dates import FIRST_YEAR, LAST_YEAR, NO_EVIDENCE, DateOrder, OrderEvidence, order_evidence, read_stamps

_OFFSET = re.compile(r"([+-])(\d{2})(?::?(\d{2}))?")
_MINUTES, _SECONDS = len("2026-09-07T09:00"), len("2026-09-07T09:00:00")
_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15])
_ZERO, _COLON, _BLANK = np.uint8(ord("0")), ord(":"), ord(" ")
_LONGEST = 64
Letters = NDArray[np.uint8]
_FARTHEST = 18 * HOUR
"""No zone is farther from UTC."""


@dataclass(frozen=True)
class Moments:
    """Texts as moments, an array each: `packed` as `domain.compliance.logs` keeps them; whether a clock time with an
    offset, or without one, was typed; whether that clock time comes twice on its day, or not at all. `evidence` of all
    texts so far."""

    packed: Ints
    has_offset: Bools
    is_local: Bools
    is_repeated: Bools
    is_skipped: Bools
    evidence: OrderEvidence


def read_moments(
    texts: pa.StringArray, clock: ZoneTable, order: DateOrder | None = None, evidence: OrderEvidence = NO_EVIDENCE
) -> Moments:
    """Every distinct text as a moment; three numbers are read day first where no order is given.

    `evidence` is what texts read before showed of their order.
    """
    count = len(texts)
    local, offset = np.full(count, UNREAD), np.full(count, MISSING)
    iso = _read_iso(texts, local, offset)
    rest = np.flatnonzero(~iso)
    is_day = np.zeros(count, dtype=bool)
    if len(rest):
        others = texts.take(pa.array(rest))
        stamps, evidence = read_stamps(others, order), order_evidence(others, evidence)
        known, has_clock = stamps.day != MISSING, stamps.seconds != MISSING
        local[rest] = np.where(known, stamps.day * DAY + np.where(has_clock, stamps.seconds, 0), MISSING)
        local[rest[[*stamps.faults]]] = UNREAD
        local[rest[(stamps.offset != MISSING) & (np.abs(stamps.offset) > _FARTHEST)]] = UNREAD
        offset[rest], is_day[rest] = stamps.offset, known & ~has_clock
    return _placed(local, offset, is_day, clock, evidence)


def _placed(local: Ints, offset: Ints, is_day: Bools, clock: ZoneTable, evidence: OrderEvidence) -> Moments:
    """Wall clocks as moments of the zone, or of the offset that was typed."""
    known = (local != UNREAD) & (local != MISSING)
    wall = np.where(known, local, 0)
    typed = known & (offset != MISSING) & ~is_day
    own, repeated, skipped = utc_of(wall, clock)
    at = np.where(typed, wall - np.where(typed, offset, 0), own)
    is_midnight = (at + clock.offset(at)) % DAY == 0
    day = np.where(is_day, wall // DAY, clock.local_day(at))
    packed = np.where(is_day | is_midnight, DAY_ONLY + day, at)
    is_local = known & ~typed & ~is_day
    odd = is_local & repeated, is_local & skipped
    return Moments(np.where(known, packed, local), typed, is_local, *odd, evidence)


def utc_of(local: Ints, clock: ZoneTable) -> tuple[Ints, Bools, Bools]:
    """The moments at which the wall clock of a zone shows these seconds, the first one of two; whether there are two,
    and whether there is none (then it is the moment as if the clock had not been put forward)."""
    before, after = (local - clock.offset(local + shift) for shift in (-DAY, DAY))
    holds_before, holds_after = (at + clock.offset(at) == local for at in (before, after))
    repeated = holds_before & holds_after & (before != after)
    skipped = ~holds_before & ~holds_after
    moment = np.where(holds_before | skipped, before, after)
    return moment, repeated, skipped


def _read_iso(texts: pa.StringArray, local: Ints, offset: Ints) -> Bools:
    """Read year, month, day and clock in the order of ISO 8601 into the arrays; which of the texts are sound so."""
    lengths = np.asarray(pc.binary_length(texts).to_numpy(zero_copy_only=False))
    is_iso = np.zeros(len(texts), dtype=bool)
    for length in np.unique(lengths).tolist():
        if _MINUTES <= length <= _LONGEST:
            rows = np.flatnonzero(lengths == length)
            sound, seconds, shift = _iso_seconds(_letters(texts, rows, length))
            local[rows[sound]], offset[rows[sound]] = seconds[sound], shift[sound]
            is_iso[rows[sound]] = True
    return is_iso


def _letters(texts: pa.StringArray, rows: Ints, length: int) -> Letters:
    """The bytes of these texts, all of one length, a row each."""
    _, ends, data = texts.buffers()
    starts = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts)]
    if len(rows) == len(texts):
        first = int(starts[0])
        return np.frombuffer(data, np.uint8)[first : first + len(rows) * length].reshape(-1, length)
    return np.frombuffer(data, np.uint8)[starts[rows].astype(np.int64)[:, None] + np.arange(length)]


def _iso_seconds(letters: Letters) -> tuple[Bools, Ints, Ints]:
    """Which rows are moments, their seconds on the wall clock, and the offset that is typed behind."""
    digits = letters[:, :_MINUTES] - _ZERO
    between, clock = letters[:, 4], letters[:, 10]
    sound = (digits[:, _DIGITS] <= 9).all(axis=1) & (between == letters[:, 7]) & (letters[:, 13] == _COLON)
    sound &= ((between == ord("-")) | (between == ord("/"))) & ((clock | 32 == ord("t")) | (clock == _BLANK))

    def number(at: int) -> Ints:
        return np.asarray(digits[:, at] * np.int64(10) + digits[:, at + 1])

    year, month, day = number(0) * 100 + number(2), number(5), number(8)
    hour, minute = number(11), number(14)
    second, tail = _seconds_and_tail(letters)
    shift, is_offset = _offsets(tail)
    start, length = _months(year, month)
    sound &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= length) & (hour < 24) & (minute < 60)
    sound &= (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (second < MINUTE) & is_offset
    return sound, (start + day - 1) * DAY + hour * HOUR + minute * MINUTE + second, shift


def _seconds_and_tail(letters: Letters) -> tuple[Ints, Letters]:
    """The seconds of a minute, 0 where none are typed and more than a minute has where it is no number; and what
    stands behind them, without a fraction."""
    length = letters.shape[1]
    has_seconds = letters[:, _MINUTES] == _COLON if length >= _SECONDS else np.zeros(len(letters), dtype=bool)
    second, tail = np.zeros(len(letters), dtype=np.int64), np.full((len(letters), length - _MINUTES), _BLANK, np.uint8)
    tail[~has_seconds] = letters[~has_seconds, _MINUTES:]
    if has_seconds.any():
        digits = letters[:, _MINUTES + 1 : _SECONDS] - _ZERO
        typed = np.where((digits <= 9).all(axis=1), digits[:, 0] * np.int64(10) + digits[:, 1], DAY)
        second = np.where(has_seconds, typed, 0)
        tail[has_seconds, : length - _SECONDS] = letters[has_seconds, _SECONDS:]
    return second, _without_fraction(tail)


def _without_fraction(tail: Letters) -> Letters:
    """The bytes with a point or comma at their begin, and the digits behind it, made blanks."""
    if not tail.shape[1]:
        return tail
    begins = (tail[:, 0] == ord(".")) | (tail[:, 0] == ord(","))
    if not begins.any():
        return tail
    is_digit = (tail - _ZERO) <= 9
    is_digit[:, 0] = begins
    has_digit = begins if tail.shape[1] == 1 else begins & is_digit[:, 1]
    fraction = np.logical_and.accumulate(is_digit, axis=1) & has_digit[:, None]
    return np.where(fraction, np.uint8(_BLANK), tail)


def _offsets(tail: Letters) -> tuple[Ints, Bools]:
    """Seconds east of UTC behind a clock time, MISSING where none are typed; and whether the text is nothing else."""
    if not len(tail) or (tail == tail[0]).all():
        kinds, codes = tail[:1], np.zeros(len(tail), dtype=np.int64)
    else:
        kinds, codes = np.unique(tail, axis=0, return_inverse=True)
    read = [_offset(kind.tobytes().decode("ascii", "replace").strip()) for kind in kinds]
    shift = np.array([MISSING if one is None else one for one in read], dtype=np.int64)
    return shift[codes], np.array([one is not None for one in read], dtype=bool)[codes]


def _offset(text: str) -> int | None:
    """Seconds of `+07:00`, 0 of `Z`, MISSING of nothing; None of anything else."""
    if text in ("", "Z", "z", "UTC"):
        return MISSING if not text else 0
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2]) * HOUR + int(match[3] or 0) * MINUTE
    return None if seconds > _FARTHEST else -seconds if match[1] == "-" else seconds


def _months(year: Ints, month: Ints) -> tuple[Ints, Ints]:
    """The first day of each month since 1970-01-01, and how many days it has."""
    number = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first, following = (at.astype("M8[M]").astype("M8[D]").astype(np.int64) for at in (number, number + 1))
    return first, following - first
