"""From the records to the screens: judge what changed, publish the mart.

A mart left behind the records, by a kill or a fault, is caught up at the next start or load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd

from data_access.errors import PantauError
from data_access.mart import Change, MartError, MartMeta, Questions
from data_access.mart.rooms import UNUSED, days_of, shown_with
from data_access.records import Connection, Engine, RecordsError, reading, refuse_newer_form
from data_access.records.intake.loads import last_load_id, only_added, sources
from data_access.records.intake.undo import (
    RoomRows,
    load_marks,
    room_rows_to_publish,
    round_stamps,
    sessions_of_letters,
)
from data_access.records.logs import rows_with
from data_access.records.requests import (
    first_finish_days,
    last_request_id,
    passes_of,
    pauses_of,
    requests_touched_after,
    rows_of,
)
from data_access.records.rooms import checklists_of_loads, has_room_rows, session_starts
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Ints
from etl.judging.build_facts import PASS_COLUMNS, Columns, CommonInput, Rows, facts
from etl.judging.overlay import overlay_in_force
from etl.judging.room_facts import check_fact, room_corrections, session_fact
from etl.judging.room_log import events_begun
from etl.judging.step_standing import mistyped
from etl.office import Office, Rulebook
from etl.reference.steps import STEP_COUNT

CHUNK = 4000
"""Letters judged at a time: memory is bounded by this, not by the number of letters."""

MOST_NAMED = 10_000
"""Of more letters than these the days are not asked one by one."""

Progress = Callable[[int, int], None]
Days = tuple[int, int]
"""The first and the last of some days since 1970-01-01."""
Shown = tuple[Sequence[int], Sequence[int]]
"""Starts of sessions and days of checks that the mart shows with some letters."""


def _silent(_done: int, _total: int) -> None:
    """No progress shown."""


def catch_up(office: Office, now: int, progress: Progress = _silent, *, from_scratch: bool = False) -> MartMeta | None:
    """Publish everything that the mart lacks: what came since its load, or all of it when the rules have changed.

    Raises MartError, and RecordsError: also when a newer pantau has migrated the records, whose mart this is then.
    """
    book = office.book

    def change(meta: MartMeta | None) -> Change | None:
        with reading(office.records) as connection:
            refuse_newer_form(connection)
            last = last_load_id(connection)
            since = None if meta is None or from_scratch or meta.rules_hash != book.hash else meta.load_id
            if since is not None and since >= last:
                return None
            return _change(office, connection, meta, since, last, progress)

    return office.mart.publish(change, 0, book.hash, built_at=now)


def fault_of_catching_up(office: Office, now: int) -> PantauError | None:
    """`catch_up` behind something that is stored by now: what keeps the screens behind it, None when they show it."""
    try:
        catch_up(office, now)
    except (MartError, RecordsError) as fault:
        return fault
    return None


def rebuild(office: Office, now: int, progress: Progress = _silent) -> MartMeta:
    """Judge everything again from the records."""
    meta = catch_up(office, now, progress, from_scratch=True)
    if meta is None:
        raise PantauError("mart.not_built")
    return meta


IsMistyped = Callable[[pd.DataFrame], pd.Series]
"""Which of some finishes (request_id, step, finished_on) were probably mistyped."""


def _first_handovers(
    connection: Connection, is_mistyped: IsMistyped, meta: MartMeta | None, since: int | None, ids: Ints
) -> tuple[int, ...]:
    """The day on which each step was first recorded by a date that is not mistyped; letters untouched since the mart's
    load cannot change it, unless something was taken away."""
    known = meta.first_handovers if meta is not None else ()
    if since is not None and known and only_added(connection, since):
        is_most = 2 * len(ids) > last_request_id(connection)  # of all letters is as good, and one plain scan
        told, sure = first_finish_days(
            connection, None if is_most else ids, partial(_mistyped_before, is_mistyped, known)
        )
        if all(known[step] != day or sure.get(step) == day for step, day in told.items()):
            return _earliest(known, sure)
    _, days = first_finish_days(connection, None, is_mistyped)
    return tuple(days.get(step, MISSING) for step in range(STEP_COUNT))


def _mistyped_before(is_mistyped: IsMistyped, known: Sequence[int], finishes: pd.DataFrame) -> pd.Series:
    """As `is_mistyped`, asked only of the finishes that could move the known first day of their step."""
    before = np.array(known)[finishes["step"]]
    decides = (before == MISSING) | (finishes["finished_on"] <= before)
    wrong = pd.Series(False, index=finishes.index)
    if decides.any():
        wrong[decides] = is_mistyped(finishes[decides])
    return wrong


def _earliest(known: Sequence[int], days: Mapping[int, int]) -> tuple[int, ...]:
    """Of each step the earlier of the known day and the new one, MISSING where there is neither."""
    pairs = [(before, days.get(step, MISSING)) for step, before in enumerate(known)]
    return tuple(min((day for day in pair if day != MISSING), default=MISSING) for pair in pairs)


def _change(
    office: Office, connection: Connection, meta: MartMeta | None, since: int | None, last: int, progress: Progress
) -> Change:
    """The letters touched since a load, or all of them (`since` None), judged."""
    book = office.book
    ids = requests_touched_after(connection, since or 0)
    overlay = overlay_in_force(connection, book)
    first = _first_handovers(connection, partial(mistyped, connection, book, overlay), meta, since, ids)
    is_full = since is None or meta is None or first != meta.first_handovers
    is_full = is_full or 2 * len(ids) > last_request_id(connection)
    if is_full and since is not None:
        ids, since = requests_touched_after(connection, 0), None
    places, is_used = sources(connection), has_room_rows(connection)
    shown = shown_with(office.mart.read(), ids.tolist()) if is_used and since is not None else ([], [])
    rooms, room_frames, common = room_facts(connection, book, overlay, since, ids, places, shown)
    rules = book.rules(np.array(first, dtype=np.int64))
    judged = _judged(_read(connection, ids, places), rules, common, lambda done: progress(done, len(ids)))
    more = _beside(ids, judged)
    touched = None if is_full or len(ids) > MOST_NAMED else ids.tolist(), rooms.session_ids.tolist()
    before = days_of(office.mart.read(), *touched) if is_used and not is_full else None

    def then(mart: Questions) -> Change | None:
        if not is_used:
            return None  # no event has begun anywhere
        return _begun(office.records, book, rules, last, _both(before, days_of(mart, *touched)), mart)

    if is_full:
        return Change(room_frames, is_full=True, load_id=last, first_handovers=first, more=more, then=then)
    return Change(
        room_frames, requests=ids.tolist(), sessions=rooms.session_ids.tolist(), checks=rooms.check_ids.tolist(),
        load_id=last, first_handovers=first, more=more, then=then,
    )  # fmt: skip


def _both(*spans: Days | None) -> Days | None:
    known = [span for span in spans if span is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def _begun(
    records: Engine, book: Rulebook, rules: Rules, last: int, days: Days | None, mart: Questions
) -> Change | None:
    """Letters booked on these days, judged again where their events began at another moment than the mart says: which
    session holds a booking depends on all bookings of the room."""
    began = events_begun(book, mart, *days) if days is not None else ()
    if len(began) == 0:
        return None
    ids = began.index.to_numpy()
    with reading(records) as connection:
        places = sources(connection)
        *_, common = room_facts(connection, book, overlay_in_force(connection, book), last, ids, places)
        read = (replace(rows, began_at=began) for rows in _read(connection, ids, places))
    return Change({}, requests=ids.tolist(), more=_beside(ids, _judged(read, rules, common, lambda _: None)))


def _read(connection: Connection, ids: Ints, places: pd.DataFrame) -> Iterator[Rows]:
    """What is known of the letters, some thousand letters at a time; the connection may be closed meanwhile."""
    if len(ids) <= CHUNK:
        return iter([letter_rows(connection, ids, places)] if len(ids) else [])
    return ahead(_read_in_parts(connection.engine, ids, places))


def _read_in_parts(records: Engine, ids: Ints, places: pd.DataFrame) -> Iterator[Rows]:
    with reading(records) as connection:
        for start in range(0, len(ids), CHUNK):
            yield letter_rows(connection, ids[start : start + CHUNK], places)


def _judged(
    read: Iterator[Rows], rules: Rules, common: CommonInput, progress: Callable[[int], None]
) -> Iterator[dict[str, pd.DataFrame | Columns]]:
    """The mart's tables of the same letters."""
    done = 0
    for rows in read:
        yield facts(rows, rules, common)
        done += rows.requests["request_id"].nunique()
        progress(done)


def room_facts(
    connection: Connection, book: Rulebook, overlay: pd.DataFrame, since: int | None, request_ids: Iterable[int],
    places: pd.DataFrame, shown: Shown = ((), ()),
) -> tuple[RoomRows, dict[str, pd.DataFrame], CommonInput]:  # fmt: skip
    """Sessions and checks of which something changed after the load `since`, or all of them (None): their rows, the
    mart's tables of them, and what the letters' facts need besides."""
    rows = room_rows_to_publish(connection, since, request_ids, shown)
    frames = {}
    if len(rows.sessions):
        letters = rows.sessions.loc[rows.sessions["request_id"] != MISSING, "request_id"].unique()
        lists = rows_with(connection, "peserta", "request_id", letters)
        number = sessions_of_letters(connection, lists["request_id"].unique())
        frames["session_fact"] = session_fact(rows.sessions, places, book.calendar, lists, overlay, number)
    if len(rows.checks):
        frames["check_fact"] = check_fact(rows.checks, places, overlay, checklists_of_loads(connection))
    corrections = room_corrections(rows.sessions, rows.checks, overlay)
    common = CommonInput(overlay, corrections, round_stamps(connection), load_marks(connection))
    return rows, frames, common


def letter_rows(connection: Connection, ids: Ints, places: pd.DataFrame) -> Rows:
    """What is known of these letters; a register row whose room is unknown counts only later."""
    rows, passes = rows_of(connection, ids), passes_of(connection, ids, *PASS_COLUMNS)
    registered, pauses = rows[~rows["is_waiting"]], pauses_of(connection, ids)
    lists = rows_with(connection, "peserta", "request_id", ids)
    return Rows(registered, passes, pauses, places, lists, _own_starts(session_starts(connection, ids)))


def _own_starts(sessions: pd.DataFrame) -> pd.Series:
    """By request_id the start of its first session; one whose row says that the room was not used is none."""
    if not len(sessions):
        return pd.Series(dtype=np.int64)
    is_unused = sessions["note"].str.contains(UNUSED, case=False, na=False)
    return sessions[~is_unused].groupby("request_id")["started_at"].min()


Part = TypeVar("Part")


def _beside(ids: Ints, parts: Iterator[Part]) -> Iterator[Part]:
    """Parts of so many letters, made ahead; beside the only one there is nothing else to do."""
    return parts if len(ids) <= CHUNK else ahead(parts)


def ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same parts, each next one made while the one before is used; none of them may be None."""
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = worker.submit(next, parts, None)
            yield part
