"""What the figures of rooms ask of the mart: sessions, bookings, the days on which anything was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data_access.mart.publish import Basis, Questions
from data_access.mart.read import Columns, Row, Snapshot
from data_access.mart.schema import MISSING, People

_LAST_ON = "coalesce(booked_end_on, booked_start_on)"
_NEVER = 2**30
UNUSED = r"tidak (?:jadi )?(?:dipakai|digunakan|terpakai)|no.?show"
"""What a row says of a room that was booked and then not used, in small letters."""


OWN_OPD = "coalesce(r.opd, s.opd)"
"""The agency of a session `s`: that of its letter `r`, else the one that the room log names."""


def says_unused(note: str) -> str:
    """The condition that a row says that its room was booked and then not used; `note` is the column of its words."""
    return f"coalesce(regexp_matches(lower({note}), '{UNUSED}'), FALSE)"


@dataclass(frozen=True)
class RoomScope:
    """Days since 1970-01-01, both included, up to the moment `as_of`; None means all. With an `opd`, letters of other
    agencies are not read."""

    first: int
    last: int
    as_of: int
    today: int
    opd: str | None = None
    room: str | None = None

    def where(self, *conditions: str, opd: str = "opd = $opd", room: str = "room = $room") -> str:
        """The conditions, with those of agency and room where they are chosen."""
        chosen = [opd] * (self.opd is not None) + [room] * (self.room is not None)
        return " AND ".join([*conditions, *chosen])

    def parameters(self, **more: object) -> dict[str, object]:
        """The values of the conditions."""
        given: dict[str, object] = {"first": self.first, "last": self.last, "opd": self.opd, "room": self.room, **more}
        return {name: value for name, value in given.items() if value is not None}


def _or_missing(*names: str) -> str:
    return ", ".join(f"coalesce(CAST({name} AS BIGINT), {MISSING}) AS {name.rpartition('.')[2]}" for name in names)


def _place(names: str, column: str) -> str:
    """Where a text stands in a list that is handed in, from 0; -1 where it does not."""
    return f"coalesce(list_position({names}, {column}), 0) - 1"


_BASIS = Basis.of("request_fact", "session_fact", "step_fact")
_LONGEST_KEPT = 120
"""Days of a scope whose rows are kept for the next question."""

_HAPPENED = """
    SELECT greatest(
        (SELECT max(received_at) FROM request_fact WHERE received_at <= $until),
        (SELECT max(status_at) FROM request_fact WHERE status_at <= $until),
        (SELECT max(status_before_at) FROM request_fact WHERE status_before_at <= $until),
        (SELECT max(finished_at) FROM step_fact WHERE finished_at <= $until),
        (SELECT max(started_at) FROM session_fact WHERE started_at <= $until)
    )
"""
_EVER = 2**62


def _last_happened(snapshot: Questions, as_of: int) -> int:
    """The last moment up to `as_of` at which anything happened that rows of sessions and bookings are told by: asked as
    of it or of a later moment up to `as_of` they are the same."""

    def asked(until: int) -> int | None:
        key, scope = ("last happened in rooms", until), {"until": until}
        found: int | None = snapshot.remember(key, lambda: snapshot.tuples(_HAPPENED, scope)[0][0], _BASIS)
        return found

    newest = asked(_EVER)
    happened = newest if newest is None or newest <= as_of else asked(as_of)
    return as_of if happened is None else happened


def _kept(snapshot: Questions, scope: RoomScope, sql: str, parameters: Mapping[str, Any]) -> Columns:
    """What a statement gives of the scope; its arrays cannot be changed."""

    def make() -> Columns:
        columns = snapshot.columns(sql, parameters)
        for values in columns.values():
            values.flags.writeable = False
        return columns

    if scope.last - scope.first > _LONGEST_KEPT:
        return make()
    return snapshot.remember((sql, repr(sorted(parameters.items()))), make, _BASIS)


def sessions(snapshot: Questions, scope: RoomScope, rooms: Sequence[str], opds: Sequence[str]) -> Columns:
    """One row per session that started on the days of the scope, in any order.

    Columns session_id, request_id, started_at, ended_at (MISSING too where the log says "until done"), each of
    People, room and opd as places in the lists given (that of its letter, else the one that its row names, else -1),
    is_unused (its row says that the room was not used). Integers are MISSING where unknown.
    """
    where = scope.where(
        "s.started_on BETWEEN $first AND $last",
        "s.started_at <= $as_of",
        opd=f"{OWN_OPD} = $opd",
        room="s.room = $room",
    )
    people = (f"r.{of}" if of is People.PLANNED else f"s.{of}" for of in People)
    numbers = _or_missing("session_id", "s.request_id", "started_at", *people)
    sql = f"""
        SELECT {numbers}, CASE WHEN end_is_estimated THEN {MISSING} ELSE coalesce(ended_at, {MISSING}) END AS ended_at,
            {_place("$rooms", "s.room")} AS room, {_place("$opds", OWN_OPD)} AS opd,
            {says_unused("s.note")} AS is_unused
        FROM session_fact s LEFT JOIN request_fact r USING (request_id) WHERE {where}
    """  # noqa: S608 – made of own words
    more = {"as_of": _last_happened(snapshot, scope.as_of), "rooms": list(rooms), "opds": list(opds)}
    return _kept(snapshot, scope, sql, scope.parameters(**more))


def next_starts(snapshot: Questions, scope: RoomScope) -> Columns:
    """One row per session without an end that another one follows in its room: session_id, next_start."""
    room = "AND room = $room" if scope.room is not None else ""
    sql = f"""
        SELECT open.session_id, later.started_at AS next_start
        FROM (
            SELECT session_id, room, started_at FROM session_fact
            WHERE (ended_at IS NULL OR end_is_estimated)
                AND started_on BETWEEN $first AND $last AND started_at <= $as_of {room}
        ) open ASOF JOIN (
            SELECT room, started_at FROM session_fact
            WHERE started_on BETWEEN $first AND $last + 2 AND started_at <= $as_of {room}
        ) later ON later.room = open.room AND later.started_at > open.started_at
    """  # noqa: S608 – made of own words
    return _kept(snapshot, scope, sql, scope.parameters(as_of=_last_happened(snapshot, scope.as_of)))


def bookings(
    snapshot: Questions, scope: RoomScope, verification: int, cancelled: int, rooms: Sequence[str], opds: Sequence[str]
) -> Columns:
    """One row per letter received by the moment of the scope whose booking touches its days, in a known room.

    Columns request_id, planned, received_on, received_at, booked_start_on, booked_start_at, booked_end_on,
    booked_end_at, status (code; what was said after the moment is not said yet, and `cancelled` is said of what was
    closed by then before its event), is_verified (the step `verification`
    was finished), has_session, has_list and has_marks (its list of participants, one on which somebody is present or
    screened), is_unused (the letter's row, or that of its session, says so), room and opd as places in the lists given.
    Integers are MISSING where unknown.
    """
    where = scope.where(
        "room IS NOT NULL",
        "booked_start_on <= $last",
        f"{_LAST_ON} >= $first",
        "coalesce(received_at, 0) <= $as_of",
        "received_on <= $today",
    )
    numbers = _or_missing(
        "r.request_id",
        "planned",
        "received_on",
        "received_at",
        "booked_start_on",
        "booked_start_at",
        "booked_end_on",
        "booked_end_at",
    )
    sql = f"""
        WITH verified AS (
            SELECT DISTINCT request_id FROM step_fact
            WHERE step = $verification AND coalesce(finished_at <= $as_of, finished_on <= $today)
        ), session AS (
            SELECT request_id, {says_unused("note")} AS says_unused FROM session_fact
            WHERE request_id IS NOT NULL AND started_at <= $as_of
        )
        SELECT {numbers}, {_place("$rooms", "room")} AS room, {_place("$opds", "opd")} AS opd,
            CASE WHEN coalesce({_status("_at")} > $as_of, {_status("_on")} > $today, FALSE) THEN 0
                ELSE coalesce({_status()}, 0) END::TINYINT AS status,
            verified.request_id IS NOT NULL AS is_verified,
            r.request_id IN (SELECT request_id FROM session WHERE NOT says_unused) AS has_session,
            people IS NOT NULL AS has_list, coalesce(greatest(present, screened) > 0, FALSE) AS has_marks,
            r.request_id IN (SELECT request_id FROM session WHERE says_unused)
                OR {says_unused(f"concat_ws(' ', {_status('_text')}, r.note)")} AS is_unused
        FROM request_fact r
        LEFT JOIN verified ON verified.request_id = r.request_id AND coalesce({_status()}, 0) = 0
        WHERE {where}
    """  # noqa: S608 – made of own words
    more = {"as_of": _last_happened(snapshot, scope.as_of), "today": scope.today, "verification": verification}
    lists = {"rooms": list(rooms), "opds": list(opds)}
    return _kept(snapshot, scope, sql, scope.parameters(**more, **lists, cancelled=cancelled))


def _status(part: str = "") -> str:
    """The status by which a booking counts at `$as_of`, or its "_text", "_on" or "_at": `$cancelled` once its letter is
    closed before its event; any other closing ends no booking."""
    freed = f"r.status{part}" if part else "$cancelled"
    return f"CASE WHEN r.frees_room AND r.status_at <= $as_of THEN {freed} ELSE {_status_said(part)} END"


def _status_said(part: str = "") -> str:
    """What was said of a letter before it was closed, or its "_text", "_on" or "_at"."""
    return f"CASE WHEN r.status_before IS NULL THEN r.status{part} ELSE r.status_before{part} END"


def with_bookings(snapshot: Questions, scope: RoomScope) -> RoomScope:
    """The scope with all days of the bookings that touch its days, up to today: what became of a booking is told by
    the use on any of them."""
    where = scope.where("room IS NOT NULL", "booked_start_on <= $last", f"{_LAST_ON} >= $first")
    sql = f"""
        SELECT min(booked_start_on), least(max({_LAST_ON}), (SELECT max(started_on) + 1 FROM session_fact))
        FROM request_fact WHERE {where}
    """  # noqa: S608 – own words
    asked = scope.parameters()
    key = (sql, repr(sorted(asked.items())))
    ((first, last),) = snapshot.remember(key, lambda: snapshot.tuples(sql, asked), _BASIS)
    if first is None:
        return scope
    return replace(scope, first=min(first, scope.first), last=max(min(last, scope.today), scope.last))


def first_approval(snapshot: Questions, approving: int, approved: int) -> int:
    """The first day on which an approval stands anywhere: that of a status `approved`, of the finish of the step
    `approving`, else of the receipt; a day after all others when there is none."""
    sql = f"""
        SELECT coalesce(min(least(s.finished_on,
            CASE WHEN {_status_said()} = $approved
                THEN coalesce({_status_said("_on")}, s.finished_on, r.received_on) END)), {_NEVER})
        FROM step_fact s JOIN request_fact r USING (request_id)
        WHERE s.step = $approving AND ({_status_said()} = $approved OR s.finished_on IS NOT NULL)
    """  # noqa: S608 – own words
    scope, basis = {"approving": approving, "approved": approved}, Basis.of("request_fact", "step_fact")
    return snapshot.remember(("first-approval", approving), lambda: int(snapshot.tuples(sql, scope)[0][0]), basis)


def days_of(snapshot: Questions, requests: Sequence[int] | None, sessions: Sequence[int]) -> tuple[int, int] | None:
    """The first and the last day on which one of these letters is booked or one of these sessions without a letter
    began, None where there is no such day; of `requests` None, of all sessions without a letter."""
    sql = f"""
        SELECT min(first), max(last) FROM (
            SELECT started_on AS first, started_on AS last FROM session_fact
            WHERE request_id IS NULL AND ($is_all OR session_id IN (SELECT unnest($sessions::BIGINT[])))
            UNION ALL SELECT booked_start_on, {_LAST_ON} FROM request_fact
            WHERE request_id IN (SELECT unnest($requests::BIGINT[]))
        )
    """  # noqa: S608 – own words
    scope = {"is_all": requests is None, "requests": list(requests or ()), "sessions": list(sessions)}
    ((first, last),) = snapshot.tuples(sql, scope)
    return None if first is None else (first, last)


def shown_with(snapshot: Questions, requests: Sequence[int]) -> tuple[list[int], list[int]]:
    """The starts of the sessions and the days of the checks that the mart shows with one of these letters."""
    mine = "WHERE request_id IN (SELECT unnest($requests::BIGINT[]))"
    tables = {"started_at": "session_fact", "checked_on": "check_fact"}
    starts, days = (
        [value for (value,) in snapshot.tuples(f"SELECT DISTINCT {name} FROM {table} {mine}", {"requests": requests})]  # noqa: S608 – own names
        for name, table in tables.items()
    )
    return starts, days


def has_loose_sessions(snapshot: Questions, first: int, last: int) -> bool:
    """Whether any session without a letter began on these days."""
    sql = """
        SELECT count(*) > 0 FROM session_fact WHERE request_id IS NULL AND started_on BETWEEN $first AND $last
    """
    return bool(snapshot.tuples(sql, {"first": first, "last": last})[0][0])


def begun(snapshot: Questions, first: int, last: int) -> Columns:
    """One row per letter that is booked on these days: request_id, when its event began by the mart (`stored_at`) and
    by the first session with its number (`own_at`), MISSING where it did not."""
    sql = f"""
        SELECT r.request_id, coalesce(r.began_at, {MISSING}) AS stored_at,
            coalesce(min(s.started_at) FILTER (NOT {says_unused("s.note")}), {MISSING}) AS own_at
        FROM request_fact r LEFT JOIN session_fact s USING (request_id)
        WHERE booked_start_on <= $last AND {_LAST_ON} >= $first GROUP BY ALL ORDER BY r.request_id
    """  # noqa: S608 – own words
    return snapshot.columns(sql, {"first": first, "last": last})


def session_words(snapshot: Snapshot, session_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """The activity and the kind of activity that the room log says, by session_id, of sessions that have either."""
    sql = """
        SELECT session_id, activity, activity_kind FROM session_fact
        WHERE coalesce(activity, activity_kind) IS NOT NULL AND session_id IN (SELECT unnest($ids))
    """
    rows = snapshot.tuples(sql, {"ids": [int(one) for one in session_ids]})
    return {session_id: (activity, kind) for session_id, activity, kind in rows}


def letters_by_opd(
    snapshot: Snapshot, scope: RoomScope, *, refused: int, waiting: tuple[int, ...], silent: int, approving: int,
    first_approval: int,
) -> list[Row]:  # fmt: skip
    """One row per agency with letters received in the days of the scope: opd, requests, refused, waiting,
    ready_seconds (median working time from receipt to ready), ready_n.

    Of the status `silent`, which says nothing, those wait that no booking counts as approved: the step `approving` is
    not finished, no use is recorded, and they were received from the day `first_approval` on.
    """
    listed = ", ".join(str(int(code)) for code in waiting)
    sql = f"""
        WITH answered AS (
            SELECT request_id FROM step_fact
            WHERE step = {int(approving)} AND coalesce(finished_at <= $as_of, finished_on <= $today)
            UNION SELECT request_id FROM session_fact
            WHERE request_id IS NOT NULL AND started_at <= $as_of AND NOT {says_unused("note")}
        )
        SELECT opd, count(*) AS requests,
            count(*) FILTER (WHERE status = {int(refused)}) AS refused,
            count(*) FILTER (WHERE status IN ({listed}) AND coalesce(booked_end, {MISSING}) >= $as_of
                AND NOT (status = {int(silent)} AND (received_on < {int(first_approval)}
                    OR answered.request_id IS NOT NULL))) AS waiting,
            median(ready_seconds) FILTER (WHERE ready_on <= $today) AS ready_seconds,
            count(ready_seconds) FILTER (WHERE ready_on <= $today) AS ready_n
        FROM request_fact LEFT JOIN answered USING (request_id)
        WHERE {
        scope.where(
            "received_on BETWEEN $first AND $last", "received_on <= $today", "coalesce(received_at, 0) <= $as_of"
        )
    }
        GROUP BY opd ORDER BY requests DESC, opd
    """  # noqa: S608 – made of own words
    return snapshot.rows(sql, scope.parameters(as_of=scope.as_of, today=scope.today))


def rooms_with_records(snapshot: Questions) -> list[str]:
    """Every room of a session or a letter, by name."""
    sql = "SELECT DISTINCT room FROM session_fact UNION SELECT DISTINCT room FROM request_fact ORDER BY room"
    basis = Basis.of("session_fact", "request_fact")
    return snapshot.remember("rooms-with-records", lambda: [row[0] for row in snapshot.tuples(sql) if row[0]], basis)


def screened(snapshot: Snapshot, off: Sequence[tuple[int, int]]) -> list[Row]:
    """One row per month and agency (None: nobody said) with anything recorded: year, month, opd, n, passed, failed.

    `off`: spans of days, both included, in which nobody was to be screened; their rows do not count.
    """
    days = " ".join(f"AND NOT started_on BETWEEN {int(first)} AND {int(last)}" for first, last in off)
    sql = f"""
        SELECT year(DATE '1970-01-01' + started_on)::INTEGER AS year,
            month(DATE '1970-01-01' + started_on)::INTEGER AS month, {OWN_OPD} AS opd,
            coalesce(sum(s.screened), 0)::BIGINT AS n, coalesce(sum(s.passed), 0)::BIGINT AS passed,
            coalesce(sum(s.failed), 0)::BIGINT AS failed
        FROM session_fact s LEFT JOIN request_fact r USING (request_id)
        WHERE s.screened IS NOT NULL {days}
        GROUP BY ALL
    """  # noqa: S608 – made of numbers
    basis = Basis.of("session_fact", "request_fact")
    return snapshot.remember(("screened", tuple(off)), lambda: snapshot.rows(sql), basis)
