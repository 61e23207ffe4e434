"""A letter that came on paper, entered on a screen as one row of the register, with the next number of the register.

Receipt and numbering are two moments: the receipt is now or what was typed, the numbering is the recorded start of the
step that receives it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Unpack

import numpy as np

from data_access.errors import PantauError
from data_access.mart import requests as questions
from data_access.mart.compliance import opd_names
from data_access.records import Connection, reading
from data_access.records.intake.undo import letter_numbers
from data_access.records.logs import rows_with
from data_access.records.requests import bare_number, letters_with_keys, month_of, passes_of, rows_of, waiting_keys
from etl.corrections.typed import Context, CorrectionError, check_day, label, read_value, refused
from etl.desk.screen_rows import (
    Giver,
    Receipt,
    ScreenRefusedError,
    TypedRow,
    give_rows,
    letter,
    stamp,
    store_entry,
)
from etl.desk.stamps import NewStamp, finish_step
from etl.domain.compliance.rules import NEVER_RECORDED
from etl.domain.compliance.stamping import Stamp
from etl.domain.frames import MISSING
from etl.domain.sop.steps import Meaning
from etl.domain.units import day_date, day_number
from etl.extract.dates import typed_day
from etl.extract.texts import agenda, agenda_faults, letter_name
from etl.figures.intake.mended import rejected_numbers
from etl.office import Office, Rulebook
from etl.reference.steps import STEP_COUNT, STEP_INDEX

HALF_A_YEAR = timedelta(days=183)
"""So far ahead a day that was typed without its year is taken for the next such day."""
_YEARLESS = re.compile(r"(\d{1,2})[/.-](\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?(?: WIB)?")
_LEAST_WORDS = 3
_LOOKED_AT = 100
"""So many numbers at a time are looked for among the letters and the rows that wait."""


@dataclass(frozen=True)
class PaperLetter:
    """A letter as it is typed: days day first, clock times `08.30`. Of the receipt an empty day is today, an empty hour
    of today is now; an earlier day without an hour has none."""

    number: str
    opd: str
    activity: str
    received_day: str = ""
    received_clock: str = ""
    subject: str = ""
    letter_number: str = ""
    room: str = ""
    day: str = ""
    begin: str = ""
    end: str = ""
    people: str = ""


class Entry(NamedTuple):
    """A letter that was entered: its year and number, its id in the records, and the receipt of the entry."""

    year: int
    agenda_number: str
    request_id: int
    receipt: Receipt


class NumberTakenError(PantauError):
    """The number is borne by another letter, `request_id`; `next_number` is free."""

    def __init__(self, number: str, opd: str, next_number: str, request_id: int) -> None:
        super().__init__("paper.number_taken", number=number, opd=opd, next=next_number)
        self.next_number, self.request_id = next_number, request_id


@dataclass(frozen=True)
class Numbering:
    """How the register goes on: the largest number so far, and the month within which it counts, 0 for the year."""

    year: int
    month: int
    largest: int

    def key(self, place: int) -> str:
        """The key of a number after the largest, from 0."""
        number = str(self.largest + 1 + place)
        return f"-{self.month:02d}/{number}" if self.month else number

    def key_of(self, key: str, day: date) -> str | None:
        """The key in this register of a number received on that day; None for one of another year or month."""
        if day.year != self.year or self.month not in (0, day.month):
            return None
        return f"-{self.month:02d}/{bare_number(key)}" if self.month else key

    def shown(self, place: int) -> str:
        """The same as it is typed: "23", "2026-11/3"."""
        return letter_name(self.year, self.key(place)) if self.month else self.key(place)


def numbering_on(office: Office, day: date) -> Numbering:
    """How the register of that day goes on, by what the screens show."""
    if not office.mart.exists():
        return Numbering(day.year, 0, 0)
    of_year, of_month, is_monthly = questions.largest_numbers(office.mart.read(), day.year, day.month)
    return Numbering(day.year, day.month, of_month) if is_monthly else Numbering(day.year, 0, of_year)


def next_number(office: Office, now: int) -> str:
    """The number that is offered: the next after the largest of the year, of the month where the office counts so, that
    no letter and no row bears which waits or was rejected."""
    register = numbering_on(office, local_day(office.book, now))
    with reading(office.records) as connection:
        return _offered_number(connection, office, register)


def known_agencies(office: Office) -> tuple[str, ...]:
    """The agencies of the settings and of the records, in alphabetical order."""
    recorded = opd_names(office.mart.read()) if office.mart.exists() else ()
    return tuple(sorted({*office.settings.opd, *recorded}))


def enter_letter(office: Office, typed: PaperLetter, *, publishes: bool = True, **giver: Unpack[Giver]) -> Entry:
    """Store the letter under its number and publish it; the same `client_id` again gives the first answer.

    With `publishes` False the caller publishes afterwards.

    Raises NumberTakenError, ScreenRefusedError, CorrectionError with what to write instead, RecordsError.
    """

    def rows(connection: Connection, book: Rulebook) -> list[TypedRow]:
        context = Context(book, giver["now"])
        received = _receipt(typed, context)
        register = numbering_on(office, day_date(received["received_on"]))
        number = free_number(connection, office, typed.number, register)
        return [{**number, **received, **_said(typed, context)}]

    letters: list[tuple[int, str, int]] = []

    def also(connection: Connection, load_id: int) -> None:
        letters.append(_letter_of(connection, load_id))
        begin_receipt(connection, office.book_in(connection), *letters[0], **giver)

    receipt = give_rows(office, "permohonan", rows, also=also, publishes=publishes, **giver)
    if not letters:  # the same entry came before
        with reading(office.records) as connection:
            letters.append(_letter_of(connection, receipt.load_id))
    return Entry(*letters[0], receipt)


def begin_receipt(
    connection: Connection, book: Rulebook, year: int, number: str, request_id: int, **giver: Unpack[Giver]
) -> None:
    """Inside the transaction that numbers a letter: the recorded start of the step that receives it.

    How a letter stands is looked at only where something is recorded of it, or a step is not practised.
    """
    step = receiving_step(book, local_day(book, giver["now"]))
    by: Giver = {**giver, "client_id": f"{giver['client_id'].strip()} {step}"}
    if len(passes_of(connection, [request_id], "id")) or book.settings.step_off:
        finish_step(connection, book, NewStamp(year, number, step, Stamp.RECEIVED, is_sure=True), **by)
        return
    begun = stamp("started", giver["now"], book.zone)
    row = letter(number) | {"year": year, "step": STEP_INDEX[step], "pass_number": 1} | begun
    store_entry(connection, book, "disposisi", [row], **by)


def receiving_step(book: Rulebook, on: date) -> str:
    """The step that takes up what was received: the one that follows the receipt."""
    sop = book.sop.version_for(on)
    received = sop.step_with(Meaning.RECEIVED)
    return next(step.code for step in sop.part("A") if received in step.follows)


def before_recording(office: Office, day: str, now: int) -> tuple[str, date] | None:
    """Of a letter received on a day, as typed, that came before its first step was recorded: that step, and from when
    it is. None for any other, and for what is no day."""
    try:
        on = _day(day.strip(), "received", Context(office.book, now)) if day.strip() else MISSING
    except CorrectionError:
        return None
    step = receiving_step(office.book, local_day(office.book, now))
    rules = office.rules() if office.mart.exists() else office.book.rules(np.full(STEP_COUNT, MISSING))
    first = int(rules.first_handover_on[STEP_INDEX[step]])
    return (step, day_date(first)) if MISSING < on < first < NEVER_RECORDED else None


def _letter_of(connection: Connection, load_id: int) -> tuple[int, str, int]:
    """Year, number and id of the letter of an entry."""
    letters = letter_numbers(connection, rows_with(connection, "permohonan", "load_id", [load_id])["request_id"])
    own = letters.iloc[0]
    return int(own["year"]), str(own["agenda_key"]), int(own["request_id"])


def local_day(book: Rulebook, now: int) -> date:
    """The office's date."""
    return datetime.fromtimestamp(now, book.zone).date()


def _said(typed: PaperLetter, context: Context) -> dict[str, object]:
    """What the letter says, in the columns of the register. Raises ScreenRefusedError, CorrectionError."""
    words = {name: " ".join(getattr(typed, name).split()) for name in ("activity", "subject", "letter_number")}
    if len(words["activity"]) < _LEAST_WORDS and len(words["subject"]) < _LEAST_WORDS:
        raise ScreenRefusedError("paper.no_activity")
    said = {name: value for name, value in words.items() if value} | {"opd": agency(typed.opd, context)}
    room, planned = room_named(typed.room, context), read_value("permohonan", "planned", typed.people, context)
    named = {name: value for name, value in (("room", room), ("planned", planned)) if value is not None}
    return {**said, **named, **booking(typed.day, typed.begin, typed.end, context)}


def _receipt(typed: PaperLetter, context: Context) -> dict[str, int]:
    """Day and moment of receipt: now where nothing is typed."""
    today = local_day(context.book, context.now)
    day, clock = typed.received_day.strip(), clock_time(typed.received_clock, "received")
    if not clock and (not day or _day(day, "received", context) == day_number(today)):
        return {"received_on": day_number(today), "received_at": context.now}
    value = read_value("permohonan", "received", f"{day or f'{today:%d/%m/%Y}'} {clock}", context)
    return {"received_on": value["on"], **({} if value["at"] is None else {"received_at": value["at"]})}


def _day(typed: str, field: str, context: Context) -> int:
    """The day alone that was typed."""
    return int(read_value("permohonan", field, typed, context)["on"])


def clock_time(typed: str, field: str) -> str:
    """A clock time as the readers of moments take it: `8`, `08.30`, `0830`, `8:30`; empty for none. Raises
    CorrectionError for anything else."""
    words = " ".join(typed.split())
    if not words:
        return ""
    match = _CLOCK.fullmatch(words)
    if match is None:
        raise refused(field, words, "time")
    return f"{match[1]}.{match[2] or '00'}"


def agency(typed: str, context: Context) -> str:
    """The agency by its own name; an unknown one as typed. Raises CorrectionError for none."""
    return str(read_value("permohonan", "opd", typed, context))


def room_named(typed: str, context: Context) -> str | None:
    """The room by its own name, None for none. Raises CorrectionError for one that nobody knows."""
    room = read_value("permohonan", "room", typed, context)
    return None if room is None else str(room)


def _with_year(day: str, context: Context) -> str:
    """A day and month without a year as the next such day, within half a year; else ScreenRefusedError. What is no such
    day stays as it is."""
    match, today = _YEARLESS.fullmatch(day), local_day(context.book, context.now)
    if match is None:
        return day
    nearest = (f"{match[1]}/{match[2]}/{year}" for year in (today.year, today.year + 1))
    days = [(read, typed) for typed in nearest if (read := typed_day(typed)) is not None and read >= today]
    if days and days[0][0] - today <= HALF_A_YEAR:
        return days[0][1]
    raise ScreenRefusedError("paper.no_year", day=day)


def booking(day: str, begin: str, end: str, context: Context) -> dict[str, int]:
    """The columns of an event on one day, none without a day. Raises ScreenRefusedError for hours without a day,
    CorrectionError for what is no day or time, and for an end that is not after its start."""
    start_clock, end_clock = clock_time(begin, "booked_start"), clock_time(end, "booked_end")
    if not day.strip():
        if start_clock or end_clock:
            raise ScreenRefusedError("paper.no_day")
        return {}
    day = _with_year(day.strip(), context)
    check_day("booked_day", day)
    columns: dict[str, int] = {}
    for name, clock in (("booked_start", start_clock), ("booked_end", end_clock)):
        value = read_value("permohonan", name, f"{day} {clock}", context)
        columns |= {f"{name}_on": value["on"]} | ({} if value["at"] is None else {f"{name}_at": value["at"]})
    both = {f"{name}_at": columns.get(f"{name}_at", MISSING) for name in ("booked_start", "booked_end")}
    if MISSING not in both.values() and both["booked_end_at"] <= both["booked_start_at"]:
        raise CorrectionError("correction.before_start", field=label("booked_end"))
    return columns


def free_number(connection: Connection, office: Office, typed: str, register: Numbering) -> dict[str, str]:
    """The columns of a typed number that no letter bears yet. Raises NumberTakenError, ScreenRefusedError for what is
    no number, or names another year."""
    key, number, year = agenda(typed)
    if key is None or number is None or agenda_faults([typed]):
        raise ScreenRefusedError("paper.no_number", number=typed.strip()[:40])
    if year not in (MISSING, register.year):
        raise ScreenRefusedError("paper.other_year", number=typed.strip(), year=register.year)
    if register.month and not month_of(key):
        key, number = f"-{register.month:02d}/{key}", f"-{register.month:02d}/{number}"
    if letters := _bearing(connection, [key], register.year):
        raise _taken(connection, office, letters[key], letter_name(register.year, number), register)
    return {"agenda_key": key, "agenda_number": number}


def _bearing(connection: Connection, keys: Sequence[str], year: int) -> dict[str, int]:
    """By number the letter of the year that bears it, of those that are borne."""
    letters = letters_with_keys(connection, keys)
    mine = letters[letters["year"] == year]
    return dict(zip(mine["agenda_key"].tolist(), mine["request_id"].tolist(), strict=True))


def _taken(
    connection: Connection, office: Office, request_id: int, number: str, register: Numbering
) -> NumberTakenError:
    names = rows_of(connection, [request_id])["opd_name"].dropna()
    free = _offered_number(connection, office, register)
    return NumberTakenError(number, names.iloc[-1] if len(names) else "–", free, request_id)


def _offered_number(connection: Connection, office: Office, register: Numbering) -> str:
    """The first number after the largest that nothing in the records bears."""
    rejected = {register.key_of(key, day) for key, day in rejected_numbers(connection, office)}
    blocks = (range(first, first + _LOOKED_AT) for first in itertools.count(0, _LOOKED_AT))
    free = (place for block in blocks for place in _free_places(connection, register, block))
    return register.shown(next(place for place in free if register.key(place) not in rejected))


def _free_places(connection: Connection, register: Numbering, places: range) -> list[int]:
    """Those of these places after the largest whose number no letter bears and no row that waits."""
    keys = [register.key(place) for place in places]
    borne = {*_bearing(connection, keys, register.year), *waiting_keys(connection, keys, register.year)}
    return [place for place, key in zip(places, keys, strict=True) if key not in borne]
