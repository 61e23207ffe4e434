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

from etl.domain.calendar.zone import ZoneTable
from etl.domain.compliance.logs import DAY_ONLY, UNREAD
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, HOUR, MINUTE
from etl.extract.dates import FIRST_YEAR, LAST_YEAR, NO_EVIDENCE, DateOrder, OrderEvidence, order_evidence, read_stamps

_OFFSET = re.compile(r"([+-])(\d{2})(?::?(\d{2}))?")
_FRACTION = r"^[.,]\d+"
_MINUTES, _SECONDS = len("2026-09-07T09:00"), len("2026-09-07T09:00:00")
_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15])
_ZERO = ord("0")
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
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    is_iso = lengths >= _MINUTES
    rows = np.flatnonzero(is_iso)
    if not len(rows):
        return is_iso
    letters = _letters(texts, rows, _MINUTES)
    digits = letters[:, _DIGITS].astype(np.int16) - _ZERO
    sound = ((digits >= 0) & (digits <= 9)).all(axis=1)
    sound &= (letters[:, 4] == letters[:, 7]) & np.isin(letters[:, 4], (ord("-"), ord("/")))
    sound &= np.isin(letters[:, 10], (ord("T"), ord("t"), ord(" "))) & (letters[:, 13] == ord(":"))
    rows, digits = rows[sound], digits[sound].astype(np.int64)
    is_iso[:] = False
    year = digits[:, :4] @ (1000, 100, 10, 1)
    month, day, hour, minute = (digits[:, at] * 10 + digits[:, at + 1] for at in (4, 6, 8, 10))
    second, tail = _seconds_and_tail(texts.take(pa.array(rows)))
    shift, has_tail = _offsets(tail)
    start, length = _months(year, month)
    is_real = (month >= 1) & (month <= 12) & (day >= 1) & (day <= length) & (second < MINUTE)
    is_real &= (hour < 24) & (minute < 60) & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & has_tail & (second >= 0)
    seconds = (start + day - 1) * DAY + hour * HOUR + minute * MINUTE + second
    local[rows[is_real]], offset[rows[is_real]] = seconds[is_real], shift[is_real]
    is_iso[rows[is_real]] = True
    return is_iso


def _letters(texts: pa.StringArray, rows: Ints, width: int) -> np.ndarray:
    """The first bytes of each of these texts, a row each."""
    _, ends, data = texts.buffers()
    starts = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts)].astype(np.int64)[rows]
    return np.frombuffer(data, np.uint8)[starts[:, None] + np.arange(width)]


def _seconds_and_tail(texts: pa.StringArray) -> tuple[Ints, pa.StringArray]:
    """The seconds of a minute, 0 where none are typed and −1 where it is no number; and what follows them."""
    parts = pc.extract_regex(pc.utf8_slice_codeunits(texts, _MINUTES), r"^(?::(?P<second>\d{2}))?(?P<tail>.*)$")
    encoded = pc.if_else(pc.equal(parts.field("second"), ""), "00", parts.field("second"))
    second = pc.fill_null(pc.cast(encoded, pa.int64()), -1).to_numpy(zero_copy_only=False)
    return second, pc.fill_null(parts.field("tail"), "?")


def _offsets(tails: pa.StringArray) -> tuple[Ints, Bools]:
    """Seconds east of UTC behind a clock time, MISSING where none are typed; and whether the text is nothing else."""
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(tails, _FRACTION, "")).dictionary_encode()
    read = [_offset(text) for text in bare.dictionary.to_pylist()]
    codes = bare.indices.to_numpy(zero_copy_only=False)
    shift = np.array([MISSING if one is None else one for one in read], np.int64)[codes]
    return shift, np.array([one is not None for one in read], bool)[codes]


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
