"""The figures of rooms once more, minute by minute, by other means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

Span = tuple[int, int]
"""Start and end in minutes."""


@dataclass(frozen=True)
class SlowRoom:
    """One room as lists of spans; `ended` are those bookings that are over."""

    opened: list[Span]
    closed: list[Span]
    booked: list[Span]
    ended: list[Span]
    used: list[Span]


def minutes(spans: list[Span], first: int, last: int) -> Counter[int]:
    """How many spans hold each minute of `[first, last)`."""
    return Counter(minute for a, b in spans for minute in range(max(a, first), min(b, last)))


def slow_held(bookings: list[list[Span]], own: list[bool], sessions: list[Span]) -> tuple[list[bool], list[bool]]:
    """Which approved bookings of one room are held and which clash.

    `bookings` are the hours of each in order of receipt, `own` whether one has a session with its letter, `sessions`
    those without a letter.
    """
    hours = [{minute for a, b in spans for minute in range(a, b)} for spans in bookings]
    held = list(own)
    for start, end in sessions:
        shared = [len(mine & set(range(start, end))) for mine in hours]
        if any(shared):
            held[shared.index(max(shared))] = True
    taken = set().union(*(mine for mine, is_held in zip(hours, held, strict=True) if is_held))
    return held, [not is_held and bool(mine & taken) for mine, is_held in zip(hours, held, strict=True)]


def slow_ends(
    bookings: list[list[Span]], days: list[Span], own: list[bool], lists: list[bool | None], sessions: list[Span],
    others: list[Span],
) -> list[str]:  # fmt: skip
    """What became of the approved bookings of one room, all over: held, clashed, no_show or unrecorded.

    As `slow_held`; `days` from the first to past the last minute of the days of each, `lists` whether the list of its
    letter has marks (None: there is none), `others` the sessions with a letter.
    """
    held, clashed = slow_held(bookings, [mine or bool(marks) for mine, marks in zip(own, lists, strict=True)], sessions)
    used = {minute for start, end in (*sessions, *others) for minute in range(start, end)}

    def end(place: int) -> str:
        if held[place] or clashed[place]:
            return "held" if held[place] else "clashed"
        is_unused = lists[place] is None and bool(used & set(range(*days[place])))
        return "no_show" if is_unused else "unrecorded"

    return [end(place) for place in range(len(bookings))]


def slow_until(start: int, as_of: int, booked: int, closing: int, following: int, day_end: int) -> int:
    """Up to which minute a use without an end counts, going on minute by minute."""
    is_night = closing <= start
    minute = start
    while minute < as_of:
        if is_night and minute > start and minute in (booked, following, day_end):
            return minute
        if not is_night and minute == closing:
            return min(end for end in (booked, following, closing) if end > start)
        minute += 1
    return min(end for end in (booked, following, closing) if end > start) if minute == closing > start else minute


def slow_sums(room: SlowRoom, first: int, last: int, as_of: int) -> dict[str, int]:
    """Minutes by name, as `etl.domain.room_metrics.RoomSums` names them."""
    opened, closed = set(minutes(room.opened, first, last)), set(minutes(room.closed, first, last))
    open_time = opened - closed
    available = {minute for minute in open_time if minute < as_of}
    used, booked = minutes(room.used, first, last), minutes(room.booked, first, last)
    ended = set(minutes(room.ended, first, last))
    return {
        "open": len(open_time),
        "available": len(available),
        "lost": len(opened & closed),
        "used": len(available & set(used)),
        "in_use": len(used),
        "scheduled": len(open_time & set(booked)),
        "ended": len(ended),
        "realised": len(ended & set(used)),
        "unscheduled": len(set(used) - set(booked)),
        "clash": sum(count - 1 for count in used.values()),
        "booking_clash": sum(count - 1 for count in booked.values()),
        "outside": len(set(used) - available),
    }


def slow_free(
    opened: list[list[Span]], approved: list[list[Span]], asked: list[list[Span]], first: int, last: int
) -> tuple[list[set[int]], list[set[int]]]:
    """The minutes of each room that can be asked for, and those of them for which somebody asked already."""
    free = [
        {minute for minute in range(first, last) if _holds(hours, minute) and not _holds(taken, minute)}
        for hours, taken in zip(opened, approved, strict=True)
    ]
    wanted = [{minute for minute in mine if _holds(spans, minute)} for mine, spans in zip(free, asked, strict=True)]
    return free, wanted


def _holds(spans: list[Span], minute: int) -> bool:
    return any(start <= minute < end for start, end in spans)


def slow_nearest(free: list[set[int]], start: int, end: int) -> dict[int, tuple[int, int]]:
    """By room the distance of the nearest start from which all minutes are free, and that start; the earlier of two."""
    length = end - start
    nearest = {}
    for place, minutes in enumerate(free):
        starts = [minute for minute in minutes if all(minute + step in minutes for step in range(length))]
        if starts:
            nearest[place] = min((abs(minute - start), minute) for minute in starts)
    return nearest
