"""A calendar file (.ics) as rows of the register that a clerk completes.

A booking is a letter with an agenda number; a calendar has neither, and inventing one would put a letter into the
books that never came. So an event becomes a register row with room, day, hours and words, whose number, receipt and
agency are left to be filled in; the completed file is then loaded like any other register. Organisers, attendees and
descriptions are left out: they name persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from icalendar import Calendar

from data_access.errors import Message, PantauError

MAX_BYTES = 5_000_000
MIDNIGHT = time(0)
COLUMNS = (
    "no_agenda", "tgl_terima", "jam_terima", "asal", "perihal", "ruang", "tgl_kegiatan", "jam_mulai", "tgl_selesai",
    "jam_selesai", "status",
)  # fmt: skip
_STATUS = {"CONFIRMED": "disetujui", "TENTATIVE": "menunggu", "CANCELLED": "dibatalkan"}


class ScheduleError(PantauError):
    """A calendar file that cannot be read."""


@dataclass(frozen=True)
class Skipped:
    """An event that makes no row, and why."""

    words: str
    reason: Message


@dataclass(frozen=True)
class ReadSchedule:
    """Rows with the columns COLUMNS, by day, and what was left out."""

    rows: tuple[tuple[str, ...], ...]
    skipped: tuple[Skipped, ...]


def read_schedule(content: bytes, zone: ZoneInfo) -> ReadSchedule:
    """The events of a calendar file in office time. ScheduleError when it is none."""
    if len(content) > MAX_BYTES:
        raise ScheduleError("intake.calendar_too_large", most=MAX_BYTES // 1_000_000)
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, AttributeError, IndexError) as fault:
        raise ScheduleError("intake.no_calendar") from fault
    if not calendars:
        raise ScheduleError("intake.no_calendar")
    read = [_read(event, zone) for event in events]
    rows = sorted(row for row in read if isinstance(row, tuple))
    return ReadSchedule(tuple(row for _, row in rows), tuple(event for event in read if isinstance(event, Skipped)))


def _read(event: object, zone: ZoneInfo) -> tuple[str, tuple[str, ...]] | Skipped:
    """The moment by which a row is sorted and the row, or why there is none."""
    words = _text(event, "summary")
    try:
        start, end = event.get("dtstart"), _end(event)  # type: ignore[attr-defined]
        begin = None if start is None else start.dt
    except (ValueError, TypeError, AttributeError):
        return Skipped(words, Message("intake.event_unreadable"))
    if event.get("rrule") is not None:  # type: ignore[attr-defined]
        return Skipped(words, Message("intake.event_repeats"))
    if begin is None:
        return Skipped(words, Message("intake.event_without_start"))
    if end is not None and type(end) is type(begin) and _local(end, zone) <= _local(begin, zone):
        return Skipped(words, Message("intake.event_ends_early"))
    days = list(_stamps(begin, end, zone))
    status = _STATUS.get(_text(event, "status").upper(), "")
    row = ("", "", "", "", words, _text(event, "location"), *days, status)
    return _local(begin, zone).isoformat(), row


def _end(event: object) -> date | datetime | None:
    """The end as written, or the start and the duration."""
    end, length = event.get("dtend"), event.get("duration")  # type: ignore[attr-defined]
    if end is not None:
        return end.dt  # type: ignore[no-any-return]
    start = event.get("dtstart")  # type: ignore[attr-defined]
    return start.dt + length.dt if start is not None and length is not None else None


def _stamps(begin: date | datetime, end: date | datetime | None, zone: ZoneInfo) -> Iterator[str]:
    """Day and time of start and end; an event of whole days ends the day before its exclusive end.

    One that ends at midnight ends at 24.00 of the day before, since 00.00 stands for "no time" in registers.
    """
    first = _local(begin, zone)
    yield f"{first:%d/%m/%Y}"
    yield f"{first:%H.%M}" if isinstance(begin, datetime) else ""
    if end is None:
        yield from ("", "")
        return
    last = _local(end, zone)
    is_timed, is_day_end = isinstance(end, datetime), last.time() == MIDNIGHT
    if is_day_end:
        last = last.fromordinal(last.toordinal() - 1)
    yield f"{last:%d/%m/%Y}" if last.date() != first.date() else ""
    yield ("24.00" if is_day_end else f"{last:%H.%M}") if is_timed else ""


def _local(at: date | datetime, zone: ZoneInfo) -> datetime:
    """The office's clock at a moment; one without a zone is office time."""
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day, tzinfo=zone)
    return at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)


def _text(event: object, name: str) -> str:
    """A property as one line."""
    value = event.get(name)  # type: ignore[attr-defined]
    return " ".join(str(value).split()) if value is not None else ""
