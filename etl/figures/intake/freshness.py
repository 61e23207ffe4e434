"""How old the data is in the rhythm of its sources: the office's as a whole, and each source of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np

from data_access.mart import Basis
from data_access.records import Connection, reading
from data_access.records.intake.loads import SCREEN
from data_access.records.intake.sources import CameIn, Visit, last_loads, newest_loads, newest_record, reached, visits
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.units import day_date, day_number
from etl.office import Office
from etl.settings.document import BY_HAND, SourceMap

WORKING_DAY = 27_000
"""A fifth of the 37.5 hours that Perpres 21/2023 gives a week; the rhythm of records that nothing fetches by itself."""

_EVER = 2**62, 2**31 - 1
"""A moment and a day after all others."""

_LEVELS = ("fresh", "none", "near", "late")
"""From good to bad: what never came is not good, but must not hide what is known to be old."""


@dataclass(frozen=True)
class Age:
    """Since when something is known and how old that is in its own rhythm."""

    level: str
    since: int | None


def data_ages(office: Office, newest: int | None, as_of: int) -> dict[str, Any]:
    """When the last load and the last record came, each judged by the rhythm of the sources.

    Only open hours count. A source without a rhythm is not judged; when none has one, a working day is taken.
    """
    loads = last_loads(office.records, as_of)
    rhythms = {s.name: s.every_seconds for s in office.settings.sources if s.every_seconds}
    loaded_at = max(loads.values(), default=None)
    if rhythms:
        ages = [age_in_rhythm(office.calendar, loads.get(name), every, as_of) for name, every in rhythms.items()]
    else:
        ages = [age_in_rhythm(office.calendar, loaded_at, WORKING_DAY, as_of)]
    load = max(ages, key=lambda age: _LEVELS.index(age.level))
    record = age_in_rhythm(office.calendar, newest, min(rhythms.values(), default=WORKING_DAY), as_of)
    return {
        "loaded_at": loaded_at,
        "last_record_at": newest,
        "load": {"level": load.level, "since": load.since},
        "record": {"level": record.level, "since": record.since},
    }


def age_in_rhythm(calendar: WorkCalendar, since: int | None, every: int, as_of: int) -> Age:
    """Beyond twice the rhythm it is "near", beyond four times "late"; "none" when it never came."""
    if since is None:
        return Age("none", None)
    seconds = int(calendar.working_seconds(np.array([since]), np.array([as_of]))[0])
    if seconds > 4 * every:
        return Age("late", since)
    return Age("near" if seconds > 2 * every else "fresh", since)


class Origin(StrEnum):
    """By which way records come."""

    DATABASE = "database"
    INBOX = "inbox"
    UPLOAD = "upload"
    SCREEN = "screen"
    COMMAND = "command"


@dataclass(frozen=True)
class SourceAge:
    """One source of the settings, or one kind of files given without a source (`name` None).

    `loaded_at`: when something last came, or a database was last asked and had no news. `last_record_at`: the newest
    moment among the rows of its newest loads; of rows with dates only, the beginning of the day. `level` is fresh, near
    or late in working time against `every_seconds`, and none when nothing ever came or there is no rhythm; `since` is
    what it was judged from. `fault`: why the database could not be read at `failed_at`.
    """

    name: str | None
    kind: str
    origin: Origin
    loaded_at: int | None
    last_record_at: int | None
    every_seconds: int | None
    level: str
    since: int | None
    fault: str | None = None
    failed_at: int | None = None


def source_freshness(office: Office, as_of: int) -> tuple[SourceAge, ...]:
    """Every source: those of the settings in their order, then sources no longer there and files given by hand."""
    with reading(office.records) as connection:
        loads = newest_loads(connection, as_of)
        seen, known = reached(connection, as_of), visits(connection)
        newest = {one.id: _newest(office, connection, one, as_of) for one in loads}
    sources = [source for source in office.settings.sources if source.name != BY_HAND]  # it only says how they count
    listed = [_of_source(office, source, loads, newest, seen, known, as_of) for source in sources]
    names = {source.name for source in sources}
    others = dict.fromkeys((one.source_name, one.kind) for one in reversed(loads) if one.source_name not in names)
    return (*listed, *(_unplanned(name, kind, loads, newest) for name, kind in others))


def _of_source(
    office: Office, source: SourceMap, loads: Sequence[CameIn], newest: dict[int, int | None], seen: dict[str, int],
    known: dict[str, Visit], as_of: int,
) -> SourceAge:  # fmt: skip
    own = [one for one in loads if one.source_name == source.name]
    moments = [*(one.finished_at for one in own), *(at for name, at in seen.items() if name == source.name)]
    loaded_at, every = max(moments, default=None), source.every_seconds
    age = age_in_rhythm(office.calendar, loaded_at, every, as_of) if every else Age("none", loaded_at)
    origin = Origin.DATABASE if source.url_env else _origin(own, Origin.INBOX)
    visit = known.get(source.name)
    fault, failed_at = (visit.fault, visit.failed_at) if visit and (visit.failed_at or 0) <= as_of else (None, None)
    return SourceAge(
        source.name, source.kind, origin, loaded_at, _latest(own, newest), every, age.level, age.since, fault, failed_at
    )


def _unplanned(name: str | None, kind: str, loads: Sequence[CameIn], newest: dict[int, int | None]) -> SourceAge:
    own = [one for one in loads if (one.source_name, one.kind) == (name, kind)]
    loaded_at = max(one.finished_at for one in own)
    return SourceAge(name, kind, _origin(own, Origin.COMMAND), loaded_at, _latest(own, newest), None, "none", loaded_at)


def _origin(own: Sequence[CameIn], otherwise: Origin) -> Origin:
    """By who gave the newest file: the inbox, the command line, or a user of the page; or that it was no file."""
    if not own:
        return otherwise
    if own[0].source_name == SCREEN:
        return Origin.SCREEN
    return {"inbox": Origin.INBOX, "cli": Origin.COMMAND, None: otherwise}.get(own[0].actor, Origin.UPLOAD)


def _latest(own: Sequence[CameIn], newest: dict[int, int | None]) -> int | None:
    return max((moment for one in own if (moment := newest[one.id]) is not None), default=None)


def _newest(office: Office, connection: Connection, one: CameIn, as_of: int) -> int | None:
    """The newest record of a load, whose rows stay as they were given: read once, where none lies in the future."""
    zone, mart = office.zone, office.mart.read() if office.mart.exists() else None
    today = day_number(datetime.fromtimestamp(as_of, zone).date())
    ever = partial(newest_record, connection, one.id, one.kind, *_EVER)
    moment, day = ever() if mart is None else mart.remember(("newest of load", one.id), ever, Basis.of())
    if (moment or 0) > as_of or (day or 0) > today:
        moment, day = newest_record(connection, one.id, one.kind, as_of, today)
    if moment is not None or day is None:
        return moment
    return int(datetime.combine(day_date(int(day)), datetime.min.time(), zone).timestamp())
