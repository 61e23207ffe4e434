"""Values that a person types into a correction: what they mean, and whether they are possible. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data_access.errors import Message, PantauError
from etl.domain.facilities import Condition
from etl.domain.frames import MISSING
from etl.domain.units import DAY, day_date, day_number
from etl.domain.verdict import RequestStatus
from etl.extract.dates import typed_day, typed_parts
from etl.extract.kinds import NUMBER_FORMS, Field, Form, corrections_of
from etl.extract.masks import mask
from etl.extract.words import shipped_words
from etl.office import Rulebook

CONDITIONS = tuple(condition.value for condition in Condition)
STATUSES = tuple(status.value for status in RequestStatus if status not in (RequestStatus.UNKNOWN, RequestStatus.OTHER))
MOST_PEOPLE = 100_000
LONGEST_SESSION = DAY
Value = dict[str, int | None] | str | int | None
"""As JSON holds it: a stamp `{"on": day, "at": moment or None}`, a word, a number, or nothing."""

_WITH_CLOCK = re.compile(r"(?P<day>.+?)[ T]+(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?::\d{2})?")


class CorrectionError(PantauError):
    """A correction that cannot be made; the sentence names field and value and says what to write."""


@dataclass(frozen=True)
class Context:
    """What besides the typed value decides whether it is possible."""

    book: Rulebook
    now: int


def read_value(kind: str, field: str, typed: Any, context: Context) -> Value:
    """The value of a typed text (stamps `07/09/2026 08.30`, `2026-09-07T08:30`, or a date alone). Raises
    CorrectionError when the kind has no such field, or the value is not possible."""
    corrections = corrections_of(kind)
    if field not in corrections:
        known = [*corrections] or Message("correction.no_field")
        raise CorrectionError("correction.unknown_field", field=field, kind=kind, known=known)
    text = "" if typed is None else " ".join(str(typed).split())
    if not text:
        if corrections[field].is_needed:
            raise CorrectionError("correction.needed", field=label(field))
        return None
    if corrections[field].is_stamp:
        return _stamp(corrections[field], text, context)
    return _word(corrections[field], text, context)


def _stamp(corrected: Field, text: str, context: Context) -> Value:
    field = corrected.corrected
    day, clock = _read_day(field, text)
    at = None
    if clock is not None:
        at = int(datetime(day.year, day.month, day.day, *clock, tzinfo=context.book.zone).timestamp())
    elif field == "ended":
        raise refused(field, text, "timed")
    today = datetime.fromtimestamp(context.now, context.book.zone).date()
    if corrected.has_happened and (day > today or (at is not None and at > context.now)):
        raise refused(field, text, "past")
    return {"on": day_number(day), "at": at}


def _read_day(field: str, text: str) -> tuple[date, tuple[int, int] | None]:
    typed = text.removesuffix(" WIB")
    match = None if typed_parts(typed) else _WITH_CLOCK.fullmatch(typed)
    parts = typed_parts(match["day"] if match else typed)
    if parts is None:
        raise refused(field, text, "moment")
    try:
        read = date(*parts)
    except ValueError:
        raise refused(field, text, "date") from None
    if not 2000 <= read.year <= 2100:
        raise refused(field, text, "in_years")
    if match is None:
        return read, None
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23 or minute > 59:
        raise refused(field, text, "time")
    return read, (hour, minute)


def check_day(field: str, text: str) -> None:
    """Raises CorrectionError, in the name of the field that was typed, for what is no day."""
    if typed_day(text) is None:
        raise refused(field, text, "day")


def _word(corrected: Field, text: str, context: Context) -> Value:
    field = corrected.corrected
    if corrected.form in NUMBER_FORMS:
        return _number(field, text, least=1 if corrected.form is Form.ORDINAL else 0)
    if corrected.form is Form.STATUS:
        return _one_of(field, text.lower(), STATUSES)
    if corrected.form is Form.CONDITION:
        return _one_of(field, text.upper(), CONDITIONS)
    if corrected.form is Form.OPD:
        return context.book.opd_names.one(text)
    if corrected.form is Form.TEXT:
        return mask(text)
    if corrected.form is Form.CHOICE:
        return shipped_words().choice(corrected.corrected_column, mask(text))
    room = context.book.room_names.one(text)
    if room is None:
        rooms = [*context.book.room_names.all] or Message("correction.other_room")
        raise refused(field, text, "room", known=rooms)
    return room


def _number(field: str, text: str, least: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= MOST_PEOPLE:
        raise refused(field, text, "number", least=least, most=MOST_PEOPLE)
    return int(text)


def _one_of(field: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise refused(field, text, "known", known=known)
    return text


def refused(field: str, value: object, why: str, **values: Any) -> CorrectionError:
    """The refusal of one value, for the reason `correction.not_…`."""
    reason = Message(f"correction.not_{why}", **values)
    return CorrectionError("correction.value", field=label(field), value=str(value), reason=reason)


def label(field: str) -> Message:
    """What a sentence calls a corrected field."""
    return Message(f"correction.field_{field}")


def check_together(kind: str, record: Mapping[str, Any], changed: set[str], year: int | None = None) -> None:
    """Refuse values that are possible one by one and not together.

    `record` has the columns of the folded record with the new values; `changed` the fields that are new; `year` that
    of the letter's number.
    """
    pairs = {"disposisi": ("started", "finished"), "permohonan": ("booked_start", "booked_end"),
             "pemakaian": ("started", "ended")}  # fmt: skip
    if kind in pairs and changed & set(pairs[kind]):
        first, last = pairs[kind]
        _in_order(kind, record, first, last)
    if "received" in changed and year is not None:
        received = day_date(int(record["received_on"])).year
        if received != year:
            raise CorrectionError("correction.other_year", year=received, own=year)


def _in_order(kind: str, record: Mapping[str, Any], first: str, last: str) -> None:
    start_on, start_at, end_on, end_at = (int(record[f"{s}_{part}"]) for s in (first, last) for part in ("on", "at"))
    both_at = MISSING not in (start_at, end_at)
    both_on = MISSING not in (start_on, end_on)
    is_reversed = end_at < start_at if both_at else both_on and end_on < start_on
    if is_reversed or (kind == "pemakaian" and both_at and end_at == start_at):
        raise CorrectionError("correction.before_start", field=label(last))
    if kind == "pemakaian" and both_at and end_at - start_at > LONGEST_SESSION:
        raise CorrectionError("correction.session_too_long")
