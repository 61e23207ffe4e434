"""A calendar file (.ics) as rows of the register that a clerk completes.

A booking is a letter with an agenda number; a calendar has neither, and inventing one would put a letter into the
books that never came. So an event becomes a register row with room, day, hours and words, whose number, receipt and
agency are left to be filled in, on the page or in a file. Organisers, attendees and descriptions are left out: they
name persons.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vRecur
from icalendar.timezone import tzp
from recurring_ical_events import of

from data_access.errors import Message
from etl.domain.units import HOUR, day_number
from etl.domain.verdict import RequestStatus
from etl.extract.dates import FIRST_YEAR, LAST_YEAR
from etl.extract.extraction import Extracted, typed_rows
from etl.extract.files.refusal import EVENT_LEFT_OUT, IntakeWarning, Refused
from etl.extract.files.sheet import HEAD_ROWS
from etl.extract.headers import Header
from etl.extract.kinds import Kind
from etl.extract.masks import mask
from etl.extract.words import fold, shipped_words

SINGLE_DATE = "tanggal tunggal"
"""What is noted of a date that stands alone: the other dates of its series are as an earlier calendar says them."""

CANCELLED = "event_cancelled"
"""Code of the warning that the calendar has cancelled an event."""

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
AHEAD = timedelta(days=366)
"""So far beyond today a series is followed."""

MIDNIGHT = time(0)
COLUMNS = (
    "no_agenda", "tgl_terima", "jam_terima", "asal", "perihal", "ruang", "tgl_kegiatan", "jam_mulai", "tgl_selesai",
    "jam_selesai", "status",
)  # fmt: skip
_STATUS = {"CONFIRMED": "disetujui", "TENTATIVE": "menunggu", "CANCELLED": "dibatalkan"}
_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE")
_REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")
_SEVERAL_A_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_ZONE = re.compile(rb'TZID=("[^"\r\n]*"|[^;:\r\n]*)')
_FOLD = re.compile(rb"\r?\n[ \t]")
_DISPLAYED = re.compile(r"\((?:utc|gmt)\+0?(\d{1,2}):00\).*")


class ScheduleError(Refused):
    """A calendar file that cannot be read."""


@dataclass(frozen=True)
class Skipped:
    """An event that makes no row, and why."""

    words: str
    reason: Message


@dataclass(frozen=True)
class EventRow:
    """An event as a row of the register: its cells under COLUMNS and the same as columns of typed rows.

    In place of a number `agenda_key` names the event itself, whatever becomes of it, and `letter_on` (of a series) the
    day for which a date of it was first set: so that a row of a later calendar is known again. `note` is SINGLE_DATE
    where the file holds changed dates of a series and not the series.
    """

    cells: tuple[str, ...]
    typed: dict[str, Any]


@dataclass(frozen=True)
class ReadSchedule:
    """Rows in the order of their begin, and what was left out."""

    rows: tuple[EventRow, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class CalendarRows:
    """The events of a calendar that is opened, as `Extraction` gives the rows of a table: the first stands in row 2."""

    schedule: ReadSchedule
    is_calendar: ClassVar[bool] = True
    kind: ClassVar[Kind] = Kind.PERMOHONAN
    sheet_names: ClassVar[Sequence[str | None]] = (None,)
    ignored_columns: ClassVar[Sequence[str]] = ()

    @property
    def headers(self) -> Sequence[Header]:
        """The columns of the rows."""
        return [Header(self.kind, 0, {name: place for place, name in enumerate(COLUMNS)}, COLUMNS, {})]

    @property
    def heads(self) -> Sequence[Sequence[Sequence[str]]]:
        """The first rows, for previews."""
        return [[COLUMNS, *(row.cells for row in self.schedule.rows[: HEAD_ROWS - 1])]]

    @property
    def warnings(self) -> list[IntakeWarning]:
        """What was left out."""
        messages = [
            Message("intake.event_left_out", event=mask(event.words) or "–", reason=event.reason)
            for event in self.schedule.skipped
        ]
        return [IntakeWarning(EVENT_LEFT_OUT, None, message.stored()) for message in messages]

    def parts(self) -> Iterator[Extracted]:
        """All rows at once."""
        rows = [{"row": place, **row.typed} for place, row in enumerate(self.schedule.rows, start=2)]
        frame = typed_rows(self.kind, rows)
        off = frame[frame["status"] == RequestStatus.CANCELLED.code]
        told = [
            IntakeWarning(CANCELLED, row, Message("intake.event_cancelled", row=row, event=event or "–").stored())
            for row, event in zip(off["row"].tolist(), off["subject"].fillna("").tolist(), strict=True)
        ]
        yield Extracted(self.kind, frame, [], told, [], len(rows))


def open_calendar(path: Path, zone: ZoneInfo, today: date) -> CalendarRows:
    """A calendar file opened. ScheduleError when it is none."""
    return CalendarRows(read_schedule(path.read_bytes(), zone, today))


def read_schedule(content: bytes, zone: ZoneInfo, today: date) -> ReadSchedule:
    """The events of a calendar file in office time; a series from its first date to twelve months after `today`.

    Of an event given several times the one with the highest SEQUENCE counts. ScheduleError when it is no calendar.
    """
    rows: list[tuple[str, EventRow]] = []
    skipped: list[Skipped] = []
    for series in _series(_events(content)):
        newest, older = _newest(series)
        skipped += [Skipped(_text(event, "summary"), Message("intake.event_outdated")) for event in older]
        dates = _dates(newest, zone, today)
        if isinstance(dates, Message):
            skipped.append(Skipped(_text(newest[0], "summary"), dates))
        else:
            rows += _rows(dates, zone, newest)
        if len(rows) > MAX_ROWS:
            raise ScheduleError("intake.calendar_too_long", most=MAX_ROWS)
    return ReadSchedule(tuple(row for _, row in sorted(rows, key=lambda row: (row[0], row[1].cells))), tuple(skipped))


def _events(content: bytes) -> list[Event]:
    if len(content) > MAX_BYTES:
        raise ScheduleError("intake.calendar_too_large", most=MAX_BYTES // 1_000_000)
    tzp.use_default()  # the library keeps zones that another file defined
    try:
        with warnings.catch_warnings(action="ignore"):  # it guesses that /vendor/Asia/Jakarta is Asia/Jakarta
            calendars = Calendar.from_ical(_with_known_zones(content), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, AttributeError, IndexError) as fault:
        raise ScheduleError("intake.no_calendar") from fault
    if not calendars:
        raise ScheduleError("intake.no_calendar")
    return events


def _with_known_zones(content: bytes) -> bytes:
    """The same with usual names for WIB, WITA, WIT and for zones as Outlook shows them, unless the file defines them.

    Of the shown ones only those with the hours of a zone of the country: none of these turns its clocks.
    """
    unfolded = _FOLD.sub(b"", content)
    hours = {name: offset // HOUR for name, offset in shipped_words().zones.items()}

    def usual(match: re.Match[bytes]) -> bytes:
        typed = match[1].strip(b'"')
        name = fold(typed.decode("utf-8", "replace"))
        shown = _DISPLAYED.fullmatch(name)
        ahead = int(shown[1]) if shown else hours.get(name)
        is_own = b"TZID:" + typed in unfolded
        return match[0] if is_own or ahead not in hours.values() else f"TZID=Etc/GMT-{ahead}".encode()

    return _ZONE.sub(usual, unfolded)


def _series(events: list[Event]) -> list[list[Event]]:
    """Events that are told by one UID; one without it stands alone."""
    series: dict[object, list[Event]] = {}
    for event in events:
        series.setdefault(_text(event, "uid") or id(event), []).append(event)
    return list(series.values())


def _newest(series: list[Event]) -> tuple[list[Event], list[Event]]:
    """The events of one UID that count, the series itself in front, and those that newer ones replace."""
    newest: dict[object, Event] = {}
    for event in series:
        number = _sequence(event)
        event["SEQUENCE"] = number  # without one the library takes a moved date for older than its series
        which = _text(event, "recurrence-id") and event["RECURRENCE-ID"].to_ical()
        if which not in newest or number >= newest[which]["SEQUENCE"]:
            newest[which] = event
    least = newest[""]["SEQUENCE"] if "" in newest else 0
    counting = [event for event in newest.values() if event["SEQUENCE"] >= least]
    kept = {id(event) for event in counting}
    older = [event for event in series if id(event) not in kept]
    return sorted(counting, key=lambda event: "RECURRENCE-ID" in event), older


def _sequence(event: Event) -> int:
    text = _text(event, "sequence")
    return int(text) if text.isdecimal() else 0


def _dates(series: list[Event], zone: ZoneInfo, today: date) -> list[Event] | Message:
    """Every date of a series as an event of its own, or why there are none: half of a series would mislead."""
    calendar = Calendar()
    repeats = any("RRULE" in event for event in series)
    try:
        for event in series:
            if obstacle := _obstacle(event, zone):
                return obstacle
            calendar.add_component(event)
        dates = of(calendar).between(_FIRST, today + AHEAD if repeats else _LAST)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        return Message("intake.event_unreadable")
    return dates or Message("intake.event_without_date")


def _obstacle(event: Event, zone: ZoneInfo) -> Message | None:
    """Why an event cannot be read."""
    if "DTSTART" not in event:
        return Message("intake.event_without_start")
    if any(name in _TIMES for name, _ in event.errors):
        return Message("intake.event_unreadable")
    times = [value for name in _TIMES if name in event for value in _listed(event[name])]
    if any(map(_is_lost, times)):
        return Message("intake.event_zone_unknown")
    if any(isinstance(value, vRecur) and _is_several_a_day(value) for value in times):
        return Message("intake.event_repeats")
    begin, end = event["DTSTART"].dt, _end(event)
    if end is not None and type(end) is type(begin) and _local(end, zone) <= _local(begin, zone):
        return Message("intake.event_ends_early")
    return None


def _is_several_a_day(rule: vRecur) -> bool:
    return bool({"HOURLY", "MINUTELY", "SECONDLY"}.intersection(rule["FREQ"]) or _SEVERAL_A_DAY.intersection(rule))


def _listed(value: object) -> list[object]:
    """One property of a name, or several."""
    return value if isinstance(value, list) else [value]


def _is_lost(value: object) -> bool:
    """Whether times name a zone that nobody knows."""
    moments = [part.dt for part in getattr(value, "dts", [value]) if hasattr(part, "dt")]
    return "TZID" in getattr(value, "params", {}) and any(isinstance(m, datetime) and not m.tzinfo for m in moments)


def _rows(dates: list[Event], zone: ZoneInfo, series: list[Event]) -> Iterator[tuple[str, EventRow]]:
    """The moment by which each date of an event is sorted, and its row."""
    is_series = len(series) > 1 or any(name in series[0] for name in _REPEATS)
    note = SINGLE_DATE if "RECURRENCE-ID" in series[0] else None
    same_day: Counter[date | None] = Counter()
    for event in dates:
        day = _local(event["RECURRENCE-ID"].dt, zone).date() if is_series else None
        own = _text(event, "uid") or f"{_text(event, 'summary')} {event['DTSTART'].dt}"
        name = f"{own} {same_day[day] or ''}"
        same_day[day] += 1
        first = None if day is None else day_number(day)
        key = f"@{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        yield _row(event, zone, {"agenda_key": key, "letter_on": first, "note": note})


def _row(event: Event, zone: ZoneInfo, identity: dict[str, Any]) -> tuple[str, EventRow]:
    """The library lets an event without an end end as it starts."""
    begin, end = event["DTSTART"].dt, _end(event)
    end = None if end == begin else end
    status = _STATUS.get(_text(event, "status").upper(), "")
    subject, room = _text(event, "summary"), _text(event, "location")
    cells = ("", "", "", "", subject, room, *_stamps(begin, end, zone), status)
    words = {"subject": subject, "room": room, "status_text": status, "status": shipped_words().status.get(status, 0)}
    return _local(begin, zone).isoformat(), EventRow(cells, identity | words | _booking(begin, end, zone))


def _booking(begin: date | datetime, end: date | datetime | None, zone: ZoneInfo) -> dict[str, int | None]:
    """Days and moments of start and end, as a register with these cells gives them."""
    first, last = _local(begin, zone), _local(begin if end is None else end, zone)
    is_day_end = end is not None and last.time() == MIDNIGHT
    return {
        "booked_start_on": day_number(first.date()),
        "booked_start_at": int(first.timestamp()) if isinstance(begin, datetime) else None,
        "booked_end_on": day_number(last.date()) - is_day_end,
        "booked_end_at": int(last.timestamp()) if isinstance(end, datetime) else None,
    }


def _end(event: Event) -> date | datetime | None:
    """The end as written, or the start and the duration."""
    end, length = event.get("DTEND"), event.get("DURATION")
    if end is not None:
        return end.dt
    return event["DTSTART"].dt + length.dt if length is not None else None


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


def _text(event: Event, name: str) -> str:
    """A property as one line."""
    value = event.get(name)
    return " ".join(str(value).split()) if value is not None else ""
