"""How fresh each source is against its rhythm: those of the settings, and files that were given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data_access.records import reading
from data_access.records.intake.cursors import Visit, visits
from data_access.records.intake.freshness import CameIn, newest_loads, newest_record, reached
from etl.domain.units import day_date, day_number
from etl.figures.intake.data_age import Age, age_in_rhythm

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office
    from etl.settings.document import SourceMap


class Origin(StrEnum):
    """By which way records come."""

    DATABASE = "database"
    INBOX = "inbox"
    UPLOAD = "upload"
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
        newest = {one.id: _newest(connection, one, as_of, office.zone) for one in loads}
    listed = [_of_source(office, source, loads, newest, seen, known, as_of) for source in office.settings.sources]
    names = {source.name for source in office.settings.sources}
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
    """By who gave the newest file: the inbox, the command line, or a user of the page."""
    if not own:
        return otherwise
    return {"inbox": Origin.INBOX, "cli": Origin.COMMAND, None: otherwise}.get(own[0].actor, Origin.UPLOAD)


def _latest(own: Sequence[CameIn], newest: dict[int, int | None]) -> int | None:
    return max((moment for one in own if (moment := newest[one.id]) is not None), default=None)


def _newest(connection: Connection, one: CameIn, as_of: int, zone: ZoneInfo) -> int | None:
    today = day_number(datetime.fromtimestamp(as_of, zone).date())
    moment, day = newest_record(connection, one.id, one.kind, as_of, today)
    if moment is not None or day is None:
        return moment
    return int(datetime.combine(day_date(int(day)), datetime.min.time(), zone).timestamp())
