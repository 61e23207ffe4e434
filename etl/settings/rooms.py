"""`[[room]]` of the settings file: names, seats and hours of a room, from which day to which, its closures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, SerializationInfo, model_validator

from data_access.errors import Message
from etl.settings.tables import Table
from etl.settings.values import (
    Day,
    Hours,
    LocalMoment,
    Text,
    WeekHours,
    Whole,
    a_list,
    is_empty,
    names_apart,
    read_week,
    refuse,
    refuse_twice,
    room_key,
    tables,
    write_week,
)


class Closure(Table):
    """`[[room.closure]]`: office time, from included, to excluded."""

    start: LocalMoment = Field(alias="from")
    end: LocalMoment = Field(alias="to")
    reason: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Closure:
        if self.start >= self.end:
            refuse(Message("rule.after_from"), key="to", value=self.end.isoformat())
        return self


class Term(Table):
    """`[[room.hours]]`: hours and seats of a room from a day on; what is None stays as it was before that day. Without
    a day it has the hours from the beginning."""

    first: Day | None = Field(default=None, alias="from")
    capacity: Whole | None = None
    hours: Hours | None = None

    @model_validator(mode="after")
    def _has_its_day(self) -> Term:
        if self.first is None and self.capacity is not None:
            refuse(Message("rule.date"), key="from", value=None)
        return self


def _as_terms(value: object) -> object:
    """Hours of the week alone, `hours = { mon-fri = […] }`, are those from the beginning."""
    return [{"hours": value}] if isinstance(value, Mapping) and read_week(value) else tables.func(value)


def _as_written(terms: tuple[Term, ...], info: SerializationInfo) -> Any:
    """As the file has them: hours that never change as a week."""
    if len(terms) == 1 and terms[0].first is None and terms[0].hours is not None:
        return write_week(terms[0].hours)
    return [term.model_dump(mode=info.mode, by_alias=True, exclude_none=True) for term in terms]


class Room(Table):
    """`[[room]]`, which is there from one day to another, both included; None: always was, and until further notice.

    `capacity` is that before the first day of the `terms`, None or 0: unknown. Without hours in force those of the
    office count.
    """

    name: Text
    aliases: Annotated[tuple[Text, ...], a_list] = ()
    capacity: Whole | None = None
    terms: Annotated[tuple[Term, ...], BeforeValidator(_as_terms), PlainSerializer(_as_written)] = Field(
        default=(), alias="hours", exclude_if=is_empty
    )
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    closures: Annotated[tuple[Closure, ...], tables] = Field(default=(), alias="closure", exclude_if=is_empty)

    @model_validator(mode="after")
    def _in_order(self) -> Room:
        refuse_twice(self.terms, lambda term: term.first, "hours[{}].from")
        if self.first is not None and self.last is not None and self.last < self.first:
            refuse(Message("rule.to_after_from"), key="to", value=self.last)
        return self

    def is_there_on(self, day: date) -> bool:
        """Whether the office has the room that day."""
        return (self.first or date.min) <= day <= (self.last or date.max)

    def capacity_on(self, day: date) -> int | None:
        """Its seats that day; None when unknown."""
        said = [self.capacity, *(term.capacity for term in self._until(day))]
        return next((seats for seats in reversed(said) if seats is not None), None) or None

    def hours_on(self, day: date) -> WeekHours | None:
        """Its own hours of the week that day; None: those of the office."""
        return next((term.hours for term in reversed(self._until(day)) if term.hours is not None), None)

    @property
    def changes(self) -> tuple[date, ...]:
        """The days on which its hours or seats change, or it comes or goes, in order."""
        days = {self.first, *(term.first for term in self.terms)}
        gone = {self.last + timedelta(days=1)} if self.last is not None and self.last < date.max else set()
        return tuple(sorted({day for day in days if day is not None} | gone))

    def _until(self, day: date) -> list[Term]:
        """What holds by that day, the newest last."""
        begun = [term for term in self.terms if (term.first or date.min) <= day]
        return sorted(begun, key=lambda term: term.first or date.min)


def rooms_apart(rooms: tuple[Room, ...]) -> tuple[Room, ...]:
    """Refuse a name or alias that two rooms share."""
    numbered = enumerate(rooms, start=1)
    names_apart([(f"[{n}].name", f"[{n}].aliases", room.name, room.aliases) for n, room in numbered], room_key)
    return rooms


def rooms_between(rooms: tuple[Room, ...], first: date, last: date) -> tuple[Room, ...]:
    """Those that the office has on one of these days, both included."""
    return tuple(room for room in rooms if (room.first or date.min) <= last and first <= (room.last or date.max))
