"""Working time by walking through the days of the calendar and cutting intervals, without its cumulative table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from etl.domain.calendar.calendar import WorkCalendar

Span = tuple[datetime, datetime]


def _seconds(spans: list[Span]) -> int:
    return sum(int((end - begin).total_seconds()) for begin, end in spans)


def without(spans: list[Span], holes: list[Span]) -> list[Span]:
    """The spans with every hole cut out."""
    for hole_begin, hole_end in holes:
        if hole_end <= hole_begin:
            continue
        cut: list[Span] = []
        for begin, end in spans:
            pieces = [(begin, min(end, hole_begin)), (max(begin, hole_end), end)]
            cut += [piece for piece in pieces if piece[0] < piece[1]]
        spans = cut
    return spans


class SlowClock:
    """Open hours of one calendar, day by day. Only for zones whose clock never changes."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar, self.zone = calendar, calendar.zone

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _open(self, day: date) -> list[Span]:
        if not self.calendar.first <= day <= self.calendar.last:
            return []
        start = datetime.combine(day, time(), self.zone)
        return [
            (start + timedelta(seconds=a), start + timedelta(seconds=b)) for a, b in self.calendar.plan(day).intervals
        ]

    def _is_known(self, day: date) -> bool:
        return self.calendar.first <= day <= self.calendar.last and self.calendar.plan(day).kind != "uncovered"

    def is_covered(self, begin: datetime, end: datetime) -> bool:
        """Whether every day of [begin, end) has hours."""
        begin, end = min(begin, end), max(begin, end)
        day, last = self._day(begin), self._day(max(begin, end - timedelta(seconds=1)))
        while day <= last:
            if not self._is_known(day):
                return False
            day += timedelta(days=1)
        return True

    def spans(self, begin: datetime, end: datetime, is_plain: bool) -> list[Span]:
        """What counts between two moments: everything, or the open hours."""
        if is_plain:
            return [(begin, end)] if begin < end else []
        intervals, day = [], self._day(begin)
        while day <= self._day(end):
            for opened, closed in self._open(day):
                if max(opened, begin) < min(closed, end):
                    intervals.append((max(opened, begin), min(closed, end)))
            day += timedelta(days=1)
        return intervals

    def count(self, spans: list[Span], pauses: list[Span]) -> int:
        """Seconds of the spans outside the pauses."""
        return _seconds(without(spans, pauses))

    def _from(self, begin: datetime, is_plain: bool) -> Iterator[Span]:
        """What counts from a moment on, a day at a time, to the end of the calendar."""
        day = self._day(begin)
        while day <= self.calendar.last:
            midnight = datetime.combine(day, time(), self.zone)
            yield from self.spans(max(begin, midnight), midnight + timedelta(days=1), is_plain)
            day += timedelta(days=1)

    def walk(
        self, begin: datetime, end: datetime | None, pauses: list[Span], left: int, is_plain: bool
    ) -> tuple[datetime | None, int]:
        """Use up `left` seconds from a moment on: the moment at which none is left, or what is left at the end."""
        for whole in self._from(begin, is_plain):
            if end is not None and whole[0] >= end:
                break
            cut = [whole] if end is None else [(whole[0], min(whole[1], end))]
            for opened, closed in without(cut, pauses):
                length = int((closed - opened).total_seconds())
                if length >= left:
                    return opened + timedelta(seconds=left), 0
                left -= length
        return None, left

    def closing_after(self, day: date, count: int) -> datetime | None:
        """Closing time of the count-th open day after a day; None beyond the calendar."""
        if day < self.calendar.first:
            return None
        while day < self.calendar.last:
            day += timedelta(days=1)
            hours = self._open(day)
            count -= bool(hours)
            if hours and count == 0:
                return hours[-1][1]
        return None
