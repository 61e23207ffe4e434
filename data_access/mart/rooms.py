"""What the figures of rooms ask of the mart: sessions, bookings, the days on which anything was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from data_access.mart.read import Columns, Row, Snapshot
from data_access.mart.schema import MISSING

_UNUSED = r"tidak (jadi )?(dipakai|digunakan|terpakai)|no.?show"
"""How a row says that a room was booked and then not used."""


@dataclass(frozen=True)
class RoomScope:
    """Days since 1970-01-01, both included, up to the moment `as_of`; None means all.

    With an `opd`, rows of other agencies are not read. Sessions without a letter are: they belong to nobody, and
    whether one of them used a booking is asked for every agency.
    """

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


def sessions(snapshot: Snapshot, scope: RoomScope) -> Columns:
    """One row per session that started on the days of the scope, ordered by start.

    Columns session_id, request_id, room, opd (None without a letter), started_at, ended_at, verified, present,
    next_start (of the next session in the room, only where the end is not known), is_unused (its row says that the
    room was not used). Integers are MISSING where unknown.
    """
    sql = f"""
        WITH chosen AS (
            SELECT s.*, r.opd, r.activity, r.subject, r.planned
            FROM session_fact s LEFT JOIN request_fact r USING (request_id)
            WHERE {
        scope.where(
            "s.started_on BETWEEN $first AND $last",
            "s.started_at <= $as_of",
            opd="(r.opd = $opd OR r.opd IS NULL)",
            room="s.room = $room",
        )
    }
        ), following AS (
            SELECT o.session_id, n.started_at AS next_start
            FROM (SELECT session_id, room, started_at FROM chosen WHERE ended_at IS NULL) o
            ASOF JOIN (
                SELECT room, started_at FROM session_fact
                WHERE started_on BETWEEN $first AND $last + 2 AND started_at <= $as_of
            ) n ON n.room = o.room AND n.started_at > o.started_at
        )
        SELECT {
        _or_missing(
            "session_id", "request_id", "started_at", "ended_at", "verified", "present", "planned", "next_start"
        )
    },
            room, opd, coalesce(activity, subject) AS title,
            coalesce(regexp_matches(lower(note), '{_UNUSED}'), FALSE) AS is_unused
        FROM chosen LEFT JOIN following USING (session_id) ORDER BY started_at, session_id
    """  # noqa: S608 – made of own words
    return snapshot.columns(sql, scope.parameters(as_of=scope.as_of))


def bookings(snapshot: Snapshot, scope: RoomScope, verification: int) -> Columns:
    """One row per letter received by the moment of the scope whose booking touches its days, in a known room.

    Columns request_id, year, agenda_number, room, opd, title, planned, received_on, status (code; what was said after
    the moment is not said yet), start_on, start_at, end_on, end_at, is_verified (the step `verification` was
    finished), has_session, is_unused (the letter's row says so). Integers are MISSING where unknown.
    """
    sql = f"""
        WITH letter AS (
            SELECT * FROM request_fact
            WHERE {
        scope.where(
            "room IS NOT NULL",
            "booked_start_on <= $last",
            "coalesce(booked_end_on, booked_start_on) >= $first",
            "coalesce(received_at, 0) <= $as_of",
            "received_on <= $today",
        )
    }
        )
        SELECT {
        _or_missing(
            "request_id",
            "year",
            "planned",
            "received_on",
            "booked_start_on",
            "booked_start_at",
            "booked_end_on",
            "booked_end_at",
        )
    },
            agenda_number, room, opd, coalesce(activity, subject) AS title,
            CASE WHEN coalesce(status_at > $as_of, status_on > $today, FALSE) THEN 0 ELSE coalesce(status, 0) END
                ::TINYINT AS status,
            EXISTS (
                SELECT 1 FROM step_fact f WHERE f.request_id = letter.request_id AND f.step = $verification
                    AND coalesce(f.finished_at <= $as_of, f.finished_on <= $today)
            ) AS is_verified,
            EXISTS (
                SELECT 1 FROM session_fact s WHERE s.request_id = letter.request_id AND s.started_at <= $as_of
                    AND NOT coalesce(regexp_matches(lower(s.note), '{_UNUSED}'), FALSE)
            ) AS has_session,
            coalesce(regexp_matches(lower(concat_ws(' ', status_text, note)), '{_UNUSED}'), FALSE) OR EXISTS (
                SELECT 1 FROM session_fact s WHERE s.request_id = letter.request_id AND s.started_at <= $as_of
                    AND regexp_matches(lower(s.note), '{_UNUSED}')
            ) AS is_unused
        FROM letter ORDER BY booked_start_on, booked_start_at, request_id
    """  # noqa: S608 – made of own words
    return snapshot.columns(sql, scope.parameters(as_of=scope.as_of, today=scope.today, verification=verification))


def recorded_days(snapshot: Snapshot, scope: RoomScope) -> Columns:
    """Room and local day on which any session began, whosever it was."""
    where = " AND room = $room" if scope.room is not None else ""
    sql = f"""
        SELECT DISTINCT room, CAST(started_on AS BIGINT) AS day FROM session_fact
        WHERE started_on BETWEEN $first AND $last AND started_at <= $as_of {where}
    """  # noqa: S608 – own words
    parameters = scope.parameters(as_of=scope.as_of)
    parameters.pop("opd", None)
    return snapshot.columns(sql, parameters)


def letters_by_opd(snapshot: Snapshot, scope: RoomScope, *, refused: int, waiting: tuple[int, ...]) -> list[Row]:
    """One row per agency with letters received in the days of the scope: opd, requests, refused, waiting,
    ready_seconds (median working time from receipt to ready), ready_n."""
    listed = ", ".join(str(int(code)) for code in waiting)
    sql = f"""
        SELECT opd, count(*) AS requests,
            count(*) FILTER (WHERE status = {int(refused)}) AS refused,
            count(*) FILTER (WHERE status IN ({listed}) AND coalesce(booked_end, {MISSING}) >= $as_of) AS waiting,
            median(ready_seconds) FILTER (WHERE ready_on <= $today) AS ready_seconds,
            count(ready_seconds) FILTER (WHERE ready_on <= $today) AS ready_n
        FROM request_fact
        WHERE {
        scope.where(
            "received_on BETWEEN $first AND $last", "received_on <= $today", "coalesce(received_at, 0) <= $as_of"
        )
    }
        GROUP BY opd ORDER BY requests DESC, opd
    """  # noqa: S608 – made of own words
    return snapshot.rows(sql, scope.parameters(as_of=scope.as_of, today=scope.today))


def rooms_with_records(snapshot: Snapshot) -> list[str]:
    """Every room of a session or a letter, by name."""
    sql = "SELECT DISTINCT room FROM session_fact UNION SELECT DISTINCT room FROM request_fact ORDER BY room"
    return snapshot.remember("rooms-with-records", lambda: [row[0] for row in snapshot.tuples(sql) if row[0]])
