"""Registers whose numbers begin again every month: the key of a letter is year, month and number, "2026-02/1".

Whether a register does so is said by its source, or asked where its numbers begin again.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access.records import Connection
from data_access.records.intake.loads import (
    NUMBERS_RESTART,
    SAME_NUMBER,
    SCREEN,
    Load,
    load_by_id,
    note_reason,
    note_taken_links,
    rows_counted_waiting,
)
from data_access.records.logs import link_rows, rows_with
from data_access.records.office import Edit, save_settings
from data_access.records.requests import (
    bare_number,
    further_letters,
    letters_known,
    month_of,
    rows_of,
    rows_of_source,
    upsert_requests,
)
from etl.domain.frames import Bools, Ints
from etl.intake.same_number import said_in
from etl.office import settings_in

_LEAST = 2
"""So many numbers of other letters must rise again; one alone is a slip of the pen."""

_SURE = 5
"""So many where the numbers then go on as before."""

_STEP = 10
"""Numbers of a register that follow each other differ by no more."""


def numbering_of(connection: Connection, load_id: int) -> str | None:
    """Within what the numbers of a load count, "year" or "month"; None: its source does not say, and is asked. What is
    said on a page is asked nothing."""
    load = load_by_id(connection, load_id)
    by_default = "year" if load is None or load.source_name == SCREEN else None
    return by_default if load is None else load.options.get("numbering", by_default)


def begins_again(frame: pd.DataFrame, counting: pd.DataFrame, is_other: Bools) -> int:
    """The position of the register row with which the numbers begin again, and rise again; the number of rows where
    they do not.

    `counting`: the stored rows of these numbers; `is_other`: which rows tell of another letter than those that bear
    their number (`first_id`). Those of a later month than the first letter of their number are looked at.
    """
    if is_other.sum() < _LEAST:
        return len(frame)
    letters = pd.concat([counting, frame])[["first_id", "received_on"]].drop_duplicates("first_id")
    first_on = frame["first_id"].map(letters.set_index("first_id")["received_on"])
    months = _month(frame["received_on"])
    is_repeated = is_other & (months > _month(first_on))
    numbers = [int(key) if key.isdecimal() and len(key) < _DIGITS else None for key in frame["agenda_key"]]
    return _restart(numbers, months.tolist(), is_repeated.tolist())


_DIGITS = 10


def _month(days: pd.Series) -> Ints:
    return days.to_numpy(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _restart(numbers: list[int | None], months: list[int], is_repeated: list[bool]) -> int:
    """As `begins_again`. A stretch of rising numbers ends where they fall, or go on from where they were before it; the
    restart is where its month begins."""
    start, repeats, last, highest = 0, 0, 0, 0
    for place, number in enumerate(numbers):
        if number is None:
            continue
        if number <= last or _goes_on(number, last, highest):
            if repeats >= (_LEAST if number <= last else _SURE):
                return start
            start, repeats, highest = place, 0, max(highest, last)
        elif not repeats and months[place] != months[start]:
            start = place
        repeats, last = repeats + is_repeated[place], number
    return start if repeats >= _LEAST else len(numbers)


def _goes_on(number: int, last: int, highest: int) -> bool:
    return number > last + _STEP or 0 < 2 * (number - highest) < number - last


def key_by_month(frame: pd.DataFrame, *, is_monthly: bool) -> None:
    """Put the month of their receipt into the numbers of register rows: of all of them, or of those that name one."""
    if not (is_monthly or frame["agenda_key"].str.startswith("-").any()):
        return
    is_named = (frame["agenda_key"].map(month_of) > 0) | is_monthly
    if is_named.any():
        days = frame["received_on"].to_numpy(np.int64).astype("datetime64[D]")
        month = pd.Series(np.datetime_as_string(days, unit="M"), index=frame.index).str[4:] + "/"
        for name in ("agenda_key", "agenda_number"):
            frame[name] = frame[name].where(~is_named, month + frame[name].map(bare_number))


Moved = tuple[set[int], pd.Series]
"""The letters that a move touches, and their numbers."""


def move_to_months(connection: Connection, frame: pd.DataFrame) -> Moved:
    """Let the register rows that bear the bare numbers of these rows, in their years, tell of the letters of their
    months.

    One that waited as another letter of its number waits no more where no other one bears it in its month.
    """
    bare = frame.assign(agenda_key=frame["agenda_key"].map(bare_number))
    rows = rows_of(connection, letters_known(connection, bare))
    if rows.empty:
        return set(), bare["agenda_key"][:0]
    before = rows[["request_id", "agenda_key"]].copy()
    key_by_month(rows, is_monthly=True)
    ids, letters = rows["id"].to_numpy(np.int64), upsert_requests(connection, rows)
    was_waiting = rows["is_waiting"].to_numpy(dtype=bool)
    is_other = np.isin(ids, rows_counted_waiting(connection, ids[was_waiting], SAME_NUMBER))
    is_alone = is_other & ~np.isin(letters, letters[~was_waiting])
    nowhere = (rows["room"].notna() & rows["room_name"].isna()).to_numpy(dtype=bool)
    return _move(connection, rows, before, letters, np.where(is_alone, nowhere, was_waiting))


def move_source_to_months(connection: Connection, source: str | None) -> Moved:
    """As `move_to_months`, for all letters of a source (None: given without one)."""
    letters = rows_of_source(connection, source)[["year", "agenda_key"]]
    further = further_letters(connection, letters["agenda_key"])[["year", "agenda_key"]]
    return move_to_months(connection, pd.concat([letters, further]).drop_duplicates())


def _move_to_years(connection: Connection, source: str | None, before_load: int) -> Moved:
    """Let the rows of a source that the load found under bare numbers stand under these again; those wait again that
    waited there as another letter."""
    letters = rows_of_source(connection, source)["request_id"].unique()
    rows = rows_of(connection, letters)
    earlier = [load_id for load_id in rows["load_id"].unique().tolist() if load_id < before_load]
    bare = [load_id for load_id in earlier if numbering_of(connection, load_id) != "month"]
    rows = rows[rows["load_id"].isin(bare) & (rows["agenda_key"].map(month_of) > 0)].reset_index(drop=True)
    before = rows[["request_id", "agenda_key"]].copy()
    for name in ("agenda_key", "agenda_number"):
        rows[name] = rows[name].map(bare_number)
    is_other = rows["id"].isin(rows_counted_waiting(connection, rows["id"], SAME_NUMBER))
    waits = (rows["is_waiting"] | is_other).to_numpy(dtype=bool)
    return _move(connection, rows, before, upsert_requests(connection, rows), waits)


def _move(connection: Connection, rows: pd.DataFrame, before: pd.DataFrame, letters: Ints, waits: Bools) -> Moved:
    """Let rows tell of these letters."""
    ids, numbers = rows["id"].to_numpy(np.int64), rows["agenda_number"]
    link_rows(connection, "permohonan", ids, request_id=letters, agenda_number=numbers, is_waiting=waits)
    note_taken_links(connection)
    return {*before["request_id"].tolist(), *letters.tolist()}, pd.concat([before["agenda_key"], rows["agenda_key"]])


def keep_numbering(
    connection: Connection, source: str | None, numbering: str | None, now: int, actor: str, reason: str
) -> None:
    """Let the settings say, in a new version, within what the numbers of a source count."""
    before, _ = settings_in(connection)
    after = before.with_numbering(source, numbering)
    if after is not before:
        save_settings(connection, after.to_document(), at=now, actor=actor, reason=reason, edit=Edit("source"))


def rows_asked(connection: Connection, load_id: int) -> pd.DataFrame:
    """The register rows in the words of those that a load took, stored before it and waiting."""
    answer = rows_with(connection, "permohonan", "load_id", [load_id])
    rows = rows_of(connection, answer["request_id"].unique())
    waiting = rows[rows["is_waiting"] & (rows["load_id"] < load_id)]
    return waiting[said_in(waiting, answer)]


def take_numbering_back(
    connection: Connection, load: Load, asked: pd.Series, now: int, actor: str, reason: str
) -> Moved:
    """What the answer to numbers that begin again (`load`, undone) did besides its own rows: its source says no more
    within what its numbers count, unless it was told otherwise since, its letters stand where they stood, and the rows
    that were asked about wait again."""
    source, (settings, _) = load.options["register"], settings_in(connection)
    if settings.numbering_of(settings.source(source) if source else None) == load.options["numbering"]:
        keep_numbering(connection, source, None, now, actor, reason)
    moved = _move_to_years(connection, source, load.id)
    note_reason(connection, asked.to_numpy(np.int64), NUMBERS_RESTART)
    return moved
