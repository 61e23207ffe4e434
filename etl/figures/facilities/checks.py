"""Checks of rooms and the sessions they belong to: what B5 and the checks before the first use are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import facilities as questions
from etl.domain.facilities import Answers, Checks, Condition, Grades, Sessions, checks_of_sessions, grade
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.statistics import Pair, share, wilson
from etl.domain.units import day_date, day_number
from etl.figures.filter import Period, known_opd, known_room
from etl.judging.room_log import room_closings
from etl.office import Office
from etl.settings.checklists import Checklists


@dataclass(frozen=True)
class SessionCheck:
    """One session and its check; `checked_at` None: it has none. `is_good`: complete, and everything good.

    `check_id` is that of the check's first answer.
    """

    session_id: int
    request_id: int | None
    room: str
    opd: str | None
    start_at: int
    end_at: int
    checked_at: int | None
    is_day_only: bool
    is_good: bool
    check_id: int | None = None


@dataclass(frozen=True)
class B5:
    """Sarpras kondisi baik: `good` ÷ `checked`, and `checked` of the `held` sessions; None where there is none."""

    held: int
    checked: int
    good: int
    share: float | None
    interval: Pair | None
    coverage: float | None


@dataclass(frozen=True)
class FirstDay:
    """A day on which a room was used: when its first session began, and the first check that can have come before it
    (None: there is none that day). `check_id` is that of the check's first answer."""

    room: str
    day: int
    start_at: int
    checked_at: int | None
    check_id: int | None
    is_day_only: bool

    @property
    def is_checked(self) -> bool:
        """Whether the check came before the use."""
        return self.checked_at is not None and self.checked_at <= self.start_at


@dataclass(frozen=True)
class FirstUse:
    """Days of a room with use (`days`), and how many of them had a check of that day before the first session."""

    days: int
    checked: int
    share: float | None
    interval: Pair | None


def checks_between(
    office: Office, period: Period, as_of: int, *, room: str | None = None, opd: str | None = None
) -> tuple[tuple[SessionCheck, ...], tuple[FirstDay, ...]]:
    """The sessions of a period with their checks, by time, and the days of a room with use; none without a mart.

    FilterError for a room or agency that does not exist. The agency restricts the sessions only.
    """
    if not office.mart.exists():
        return (), ()
    room_name, agency = known_room(office, room), known_opd(office, opd)
    mart = office.mart.read()
    used = questions.sessions_between(mart, day_number(period.first), day_number(period.last))
    rows = [row for row in used if row["started_at"] <= as_of and room_name in (None, row["room"])]
    made = _made(office, mart, period, as_of)
    sessions = _with_checks(office, rows, made, as_of)
    return tuple(session for session in sessions if agency in (None, session.opd)), _first_days(rows, made)


def b5_figure(office: Office, period: Period, as_of: int, *, room: str | None = None, opd: str | None = None) -> B5:
    """B5 of a period alone; as in `condition_figures`."""
    return b5_of(checks_between(office, period, as_of, room=room, opd=opd)[0])


def b5_of(sessions: Sequence[SessionCheck]) -> B5:
    """The figure of some sessions."""
    checked = [one for one in sessions if one.checked_at is not None]
    good, n = sum(one.is_good for one in checked), len(checked)
    return B5(len(sessions), n, good, share(good, n), wilson(good, n), share(n, len(sessions)))


def b5_json(one: B5) -> dict[str, Any]:
    """B5 as documents tell it."""
    return {**vars(one), "interval": list(one.interval) if one.interval else None}


def first_use_of(days: Sequence[FirstDay]) -> FirstUse:
    """Of the days on which a room was used, how many began with a check."""
    checked = sum(one.is_checked for one in days)
    return FirstUse(len(days), checked, share(checked, len(days)), wilson(checked, len(days)))


def check_of_letter(office: Office, request_id: int, as_of: int) -> tuple[SessionCheck, ...]:
    """The sessions of one letter with their checks: what B5 says of it (good, bad or unchecked)."""
    mart = office.mart.read()
    rows = [row for row in questions.sessions_of_letter(mart, request_id) if row["started_at"] <= as_of]
    if not rows:
        return ()
    days = [day_date(row["started_on"]) for row in rows]
    made = _made(office, mart, Period(min(days), max(days)), as_of)
    return _with_checks(office, rows, made, as_of)


@dataclass(frozen=True)
class _Made:
    """One element a check, by room and time. `opens` False: it is said to have been made after an event."""

    room: list[str]
    day: Ints
    at: Ints
    check_id: Ints
    request: Ints
    is_exact: Bools
    opens: Bools
    is_good: Bools

    def first_of_day(self) -> dict[tuple[str, int], int]:
        """Where the first check of each room and day stands that can have come before its use."""
        firsts: dict[tuple[str, int], int] = {}
        for place in np.flatnonzero(self.opens)[::-1].tolist():
            firsts[self.room[place], int(self.day[place])] = place
        return firsts


def _made(office: Office, mart: Snapshot, period: Period, as_of: int) -> _Made:
    """The checks up to as-of around a period, graded."""
    answers = questions.answers_between(mart, day_number(period.first), day_number(period.last))
    rooms = np.asarray(answers["room"], dtype=object)
    day = np.asarray(answers["checked_on"], np.int64)
    exact, at = ~np.ma.getmaskarray(answers["checked_at"]), _filled(answers["checked_at"])
    at = np.where(exact, at, office.calendar.day_start(day)) if len(day) else at
    is_first = _starts(rooms, np.asarray(answers["key"], np.int64))
    check = np.cumsum(is_first) - 1
    lists = Checklists.of(office.settings)
    versions = [lists.of_check(name, day_date(int(on))) for name, on in _named(answers, is_first)]
    graded = _graded(answers, check, versions)
    request = np.full(len(versions), MISSING, np.int64)
    np.maximum.at(request, check, _filled(answers["request_id"]))
    opens = exact | (np.asarray(answers["rank"], np.int64) < 2)
    kept = at[is_first] <= as_of
    return _Made(
        room=rooms[is_first][kept].tolist(),
        day=day[is_first][kept],
        at=at[is_first][kept],
        check_id=np.asarray(answers["check_id"], np.int64)[is_first][kept],
        request=request[kept],
        is_exact=exact[is_first][kept],
        opens=opens[is_first][kept],
        is_good=graded.is_flawless[kept],
    )


def _starts(rooms: Any, keys: Ints) -> Bools:
    """Whether an answer is the first of its check."""
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (rooms[1:] != rooms[:-1]) | (keys[1:] != keys[:-1])
    return first


def _named(answers: Any, is_first: Bools) -> list[tuple[str | None, int]]:
    names = (
        np.ma.filled(answers["checklist"], None) if np.ma.isMaskedArray(answers["checklist"]) else answers["checklist"]
    )
    days = np.asarray(answers["checked_on"], np.int64)
    return list(zip(np.asarray(names, object)[is_first].tolist(), days[is_first].tolist(), strict=True))


def _graded(answers: Any, check: Ints, versions: Sequence[Any]) -> Grades:
    items, conditions = np.asarray(answers["item"], object).tolist(), np.asarray(answers["condition"], object).tolist()
    codes = {one.value: one.code for one in Condition}
    weights = [versions[of].weights.get(item, 0) for of, item in zip(check.tolist(), items, strict=True)]
    code = np.array([codes[condition] for condition in conditions], np.int8)
    totals = np.array([version.total for version in versions], np.int64)
    return grade(Answers(check, code, np.array(weights, np.int64)), totals)


def _filled(values: Any) -> Ints:
    return np.ma.filled(np.ma.asarray(values), MISSING).astype(np.int64) if len(values) else np.empty(0, np.int64)


def _with_checks(office: Office, rows: Sequence[dict[str, Any]], made: _Made, as_of: int) -> tuple[SessionCheck, ...]:
    """Each session with its check."""
    number = {name: place for place, name in enumerate(sorted({*made.room, *(row["room"] for row in rows)}))}
    start = np.array([row["started_at"] for row in rows], np.int64)
    end = _session_ends(office, rows, start, as_of)
    sessions = Sessions(
        room=np.array([number[row["room"]] for row in rows], np.int64),
        start_at=start,
        end_at=end,
        request=np.array([MISSING if row["request_id"] is None else row["request_id"] for row in rows], np.int64),
    )
    checks = Checks(np.array([number[name] for name in made.room], np.int64), made.at, made.request)
    nearest = checks_of_sessions(sessions, checks)
    return tuple(
        _session(row, int(until), int(place), made) for row, until, place in zip(rows, end, nearest, strict=True)
    )


def _session_ends(office: Office, rows: Sequence[dict[str, Any]], start: Ints, as_of: int) -> Ints:
    """The recorded end, else the room's closing time, for a use after hours the end of its day; each up to as-of."""
    ended = np.array([MISSING if row["ended_at"] is None else row["ended_at"] for row in rows], np.int64)
    closing = _closings(office, rows, start)
    unknown = np.where(closing > start, closing, office.calendar.day_end(office.calendar.local_day(start)))
    return np.maximum(start, np.minimum(np.where(ended == MISSING, unknown, ended), as_of))


def _closings(office: Office, rows: Sequence[dict[str, Any]], start: Ints) -> Ints:
    """When the room of each session closes on the day on which it begins."""
    if not len(start):
        return start
    day = office.calendar.local_day(start)
    first, last = int(day.min()), int(day.max())
    names, lane = np.unique([row["room"] for row in rows], return_inverse=True)
    closing: Ints = room_closings(office.book, names.tolist(), first, last)[lane, day - first]
    return closing


def _session(row: dict[str, Any], end: int, place: int, made: _Made) -> SessionCheck:
    has = place != MISSING
    return SessionCheck(
        session_id=row["session_id"],
        request_id=row["request_id"],
        room=row["room"],
        opd=row["opd"],
        start_at=row["started_at"],
        end_at=end,
        checked_at=int(made.at[place]) if has else None,
        is_day_only=has and not made.is_exact[place],
        is_good=bool(has and made.is_good[place]),
        check_id=int(made.check_id[place]) if has else None,
    )


def _first_days(rows: Sequence[dict[str, Any]], made: _Made) -> tuple[FirstDay, ...]:
    """One a room and day with use, by time."""
    starts: dict[tuple[str, int], int] = {}
    for row in rows:
        key = row["room"], row["started_on"]
        starts[key] = min(starts.get(key, row["started_at"]), row["started_at"])
    firsts = made.first_of_day()
    days = [_first_day(*key, start, firsts.get(key), made) for key, start in starts.items()]
    return tuple(sorted(days, key=lambda one: (one.start_at, one.room)))


def _first_day(room: str, day: int, start_at: int, place: int | None, made: _Made) -> FirstDay:
    if place is None:
        return FirstDay(room, day, start_at, None, None, is_day_only=False)
    at, check = int(made.at[place]), int(made.check_id[place])
    return FirstDay(room, day, start_at, at, check, is_day_only=not made.is_exact[place])
