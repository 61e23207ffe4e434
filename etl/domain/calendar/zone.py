"""A time zone as arrays: local days and wall-clock intervals as UTC seconds, gaps and folds included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from data_access.errors import Message
from etl.domain.errors import RuleError
from etl.domain.frames import MISSING, Ints
from etl.domain.units import DAY, day_number

SLOT_BITS = 16
"""Slots are 2**16 seconds (18 h 12 min): a shift finds a moment's slot, where a day would need a division."""

_NEVER = 1 << 60


def open_zone(name: str, file: str) -> ZoneInfo:
    """The time zone of that name. Raises RuleError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RuleError(file, "office.timezone", name, Message("rule.iana_zone")) from error


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """The offsets of a zone over a range of moments; outside it the nearest known offset holds.

    `offsets[i]` (seconds east of UTC) holds from `starts[i]` to `ends[i]`, half-open. `slot_offset` is the
    offset where each slot begins and `slot_change` the moment it changes inside the slot, or never.
    """

    zone: ZoneInfo
    starts: Ints
    ends: Ints
    offsets: Ints
    first_slot: int
    slot_offset: Ints
    slot_change: Ints

    def local_day(self, at: Ints) -> Ints:
        """Local day of each moment, MISSING where it is MISSING."""
        return np.where(at == MISSING, MISSING, (at + self.offset(at)) // DAY)

    def offset(self, at: Ints) -> Ints | np.int64:
        """Seconds east of UTC at each moment; one number when the zone never changes in the range."""
        if len(self.offsets) == 1:
            return np.int64(self.offsets[0])
        slot = np.clip((at >> SLOT_BITS) - self.first_slot, 0, len(self.slot_change) - 1)
        offset: Ints = self.slot_offset[slot + (at >= self.slot_change[slot])]
        return offset

    def day_start(self, day: Ints) -> Ints:
        """First moment whose local date is `day` or later, MISSING where the day is MISSING.

        That is local midnight, or the end of the gap when the clock skips midnight.
        """
        midnight = np.where(day == MISSING, 0, day) * DAY
        part = np.searchsorted(self.starts[1:], midnight - self.offsets.max(), "right")
        while True:
            moment = np.maximum(self.starts[part], midnight - self.offsets[part])
            is_later = moment >= self.ends[part]
            if not is_later.any():
                return np.where(day == MISSING, MISSING, moment)
            part = part + is_later

    def spans(self, opening: Ints, closing: Ints) -> tuple[Ints, Ints, Ints]:
        """The moments at which the wall clock lies in each local interval, as spans sorted by their start.

        `opening` and `closing` are local seconds (local day × 86 400 + second of the day). Returns the
        position of each span's interval, its start and its end; an interval in a gap has no span, one in a
        fold has two.
        """
        part = np.searchsorted(self.starts[1:], opening - self.offsets.max(), "right")
        last = np.searchsorted(self.starts[1:], closing - self.offsets.min(), "right")
        rounds = int((last - part).max(initial=-1)) + 1
        parts = [np.minimum(part + step, last) for step in range(rounds)]
        found = [self._spans_within(part, opening, closing) for part in parts]
        if rounds == 1:
            return found[0]
        return _sorted_spans(found)

    def _spans_within(self, part: Ints, opening: Ints, closing: Ints) -> tuple[Ints, Ints, Ints]:
        """The spans that lie in one stretch of constant offset per interval."""
        start = np.maximum(self.starts[part], opening - self.offsets[part])
        end = np.minimum(self.ends[part], closing - self.offsets[part])
        kept = np.flatnonzero(end > start)
        return kept, start[kept], end[kept]


def _sorted_spans(parts: list[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    """Spans of several rounds in one, sorted by start; a stretch looked at twice counts once."""
    none = (np.empty(0, np.int64),) * 3
    position, start, end = (np.concatenate(column) for column in zip(none, *parts, strict=True))
    _, order = np.unique(start, return_index=True)
    return position[order], start[order], end[order]


@lru_cache(maxsize=32)
def zone_table(zone: ZoneInfo, first: date, last: date) -> ZoneTable:
    """The offsets of a zone from two days before `first` to two days after `last`."""
    first_slot = (day_number(first) - 2) * DAY >> SLOT_BITS
    end_slot = (day_number(last) + 3) * DAY >> SLOT_BITS
    slots = np.arange(first_slot, end_slot + 2, dtype=np.int64)
    offset = np.array([_offset(zone, moment) for moment in (slots << SLOT_BITS).tolist()], np.int64)
    change = np.full(len(slots) - 1, _NEVER, np.int64)
    for index in np.flatnonzero(offset[1:] != offset[:-1]).tolist():
        change[index] = _change(zone, int(slots[index]) << SLOT_BITS)
    moments = change[change != _NEVER]
    return ZoneTable(
        zone=zone,
        starts=np.concatenate([[-_NEVER], moments]),
        ends=np.concatenate([moments, [_NEVER]]),
        offsets=np.concatenate([offset[:1], offset[1:][change != _NEVER]]),
        first_slot=first_slot,
        slot_offset=offset,
        slot_change=change,
    )


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Seconds east of UTC at a moment."""
    offset = datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()
    return offset.days * DAY + offset.seconds


def _change(zone: ZoneInfo, start: int) -> int:
    """The second within the slot that begins at `start` from which another offset holds."""
    before, low, high = _offset(zone, start), start, start + (1 << SLOT_BITS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high
