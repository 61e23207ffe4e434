"""How old the data is: the last load and the last record, each in the rhythm of the office's sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.records.intake.freshness import last_loads
from etl.domain.calendar.calendar import WorkCalendar

if TYPE_CHECKING:
    from etl.office import Office

WORKING_DAY = 27_000
"""A fifth of the 37.5 hours that Perpres 21/2023 gives a week; the rhythm of records that nothing fetches by itself."""

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
