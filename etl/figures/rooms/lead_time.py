"""How long agencies wait for a room, and who got how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import rooms as questions
from data_access.mart.rooms import RoomScope
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.statistics import FEWEST_FOR_PERCENTILE, percentiles, share
from etl.domain.units import day_number
from etl.domain.verdict import RequestStatus
from etl.figures.rooms.diary import Diary
from etl.office import Office


@dataclass(frozen=True)
class Lead:
    """Working days from a letter's receipt to its booked day, of bookings that begin in the period and were not called
    off: `counts` by class (0, 1, 2, 3–5, 6–10, more), percentiles None for fewer than five; `backwards` were received
    after the event."""

    n: int
    p10: float | None
    p50: float | None
    p90: float | None
    counts: tuple[int, ...]
    backwards: int


LEAD_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, None))
"""Classes of working days ahead, both ends included."""


def lead_time(office: Office, diary: Diary) -> Lead:
    """How long ahead the rooms are asked for."""
    _, ahead, is_back = _ahead(office, diary)
    known = ahead[~is_back]
    counts = tuple(int(((known >= a) & (known <= (b if b is not None else 10**9))).sum()) for a, b in LEAD_CLASSES)
    return Lead(len(known), *percentiles(known, (10, 50, 90)), counts, int(is_back.sum()))


def _ahead(office: Office, diary: Diary) -> tuple[Ints, Ints, Bools]:
    """Bookings that begin in the period and were not called off, as places in the diary; the working days from receipt
    to event; which were received after it."""
    booked = diary.bookings
    place = np.flatnonzero(diary.booked_here & ~booked.is_called_off & (booked.received_on != MISSING))
    received, start = booked.received_on[place], booked.booked.start_on[place]
    open_days = np.unique(office.calendar.spans.day)
    ahead = np.searchsorted(open_days, start, "right") - np.searchsorted(open_days, received, "right")
    return place, np.asarray(ahead, np.int64), start < received


@dataclass(frozen=True)
class LeadRow:
    """One booking: days since 1970 of receipt and event, and the working days between them."""

    request_id: int
    opd: str | None
    received_on: int
    start_on: int
    working_days: int


def lead_rows(office: Office, diary: Diary, place: int) -> list[LeadRow]:
    """The bookings of one of LEAD_CLASSES, by event."""
    low, high = LEAD_CLASSES[place]
    at, ahead, is_back = _ahead(office, diary)
    mine = ~is_back & (ahead >= low) & (ahead <= (high if high is not None else 10**9))
    booked = diary.bookings
    rows = [
        LeadRow(
            int(booked.request_id[one]),
            diary.opd_name(int(booked.opd[one])),
            int(booked.received_on[one]),
            int(booked.booked.start_on[one]),
            int(days),
        )
        for one, days in zip(at[mine].tolist(), ahead[mine].tolist(), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.start_on, row.request_id))


@dataclass(frozen=True)
class Fairness:
    """One agency in the period: letters received, refused, still waiting for an answer by the rule of bookings; working
    time from receipt to ready (the middle one of `ready_n`, None for fewer than five); hours of use and its part of
    all."""

    opd: str
    requests: int
    refused: int
    waiting: int
    ready_seconds: float | None
    ready_n: int
    used_seconds: int
    used_share: float | None
    sessions: int


def fairness(mart: Snapshot, diary: Diary, used: Mapping[str, tuple[int, int]]) -> list[Fairness]:
    """Every agency with a letter or use in the period; `used` are seconds and sessions by agency."""
    period, filter_ = diary.filter.period, diary.filter
    today = int(np.searchsorted(diary.days.starts, diary.as_of, "right")) - 1 + diary.days.first
    today = today if diary.as_of < diary.days.starts[-1] else day_number(period.last) + 10**6
    scope = RoomScope(day_number(period.first), day_number(period.last), diary.as_of, today, filter_.opd, filter_.room)
    waiting = tuple(one.code for one in (RequestStatus.UNKNOWN, RequestStatus.PENDING, RequestStatus.OTHER))
    by_opd = questions.letters_by_opd(
        mart,
        scope,
        refused=RequestStatus.REJECTED.code,
        waiting=waiting,
        silent=RequestStatus.UNKNOWN.code,
        approving=diary.approving,
        first_approval=questions.first_approval(mart, diary.approving, RequestStatus.APPROVED.code),
    )
    rows = {row["opd"]: row for row in by_opd}
    whole = sum(seconds for seconds, _ in used.values())
    found = [_fair(name, rows.get(name, {}), *used.get(name, (0, 0)), whole) for name in {*rows, *used} if name]
    return sorted(found, key=lambda one: (-one.used_seconds, -one.requests, one.opd))


def _fair(opd: str, row: Mapping[str, Any], seconds: int, sessions: int, whole: int) -> Fairness:
    ready_n = int(row.get("ready_n", 0))
    return Fairness(
        opd=opd,
        requests=int(row.get("requests", 0)),
        refused=int(row.get("refused", 0)),
        waiting=int(row.get("waiting", 0)),
        ready_seconds=float(row["ready_seconds"]) if ready_n >= FEWEST_FOR_PERCENTILE else None,
        ready_n=ready_n,
        used_seconds=seconds,
        used_share=share(seconds, whole),
        sessions=sessions,
    )
