"""Registers whose numbers begin again every month: the key of a letter is year, month and number, "2026-02/1"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_access.records import Connection
from data_access.records.intake.loads import SAME_NUMBER, load_by_id, note_taken_links, rows_counted_waiting
from data_access.records.logs import link_rows
from data_access.records.requests import bare_number, letters_known, month_of, rows_of, upsert_requests


def counts_by_month(connection: Connection, load_id: int) -> bool:
    """Whether the source of a load says that its numbers begin again every month."""
    load = load_by_id(connection, load_id)
    return load is not None and load.options.get("numbering") == "month"


def key_by_month(frame: pd.DataFrame, *, is_monthly: bool) -> None:
    """Put the month of their receipt into the numbers of register rows: of all of them, or of those that name one."""
    is_named = (frame["agenda_key"].map(month_of) > 0) | is_monthly
    if is_named.any():
        days = frame["received_on"].to_numpy(np.int64).astype("datetime64[D]")
        month = pd.Series(np.datetime_as_string(days, unit="M"), index=frame.index).str[4:] + "/"
        for name in ("agenda_key", "agenda_number"):
            frame[name] = frame[name].where(~is_named, month + frame[name].map(bare_number))


def move_to_months(connection: Connection, frame: pd.DataFrame) -> tuple[set[int], pd.Series]:
    """Let the register rows that bear the bare numbers of these rows, in their years, tell of the letters of their
    months; the letters that this touches, and their numbers.

    One that waited as another letter of its number waits no more where no other one bears it in its month.
    """
    bare = frame.assign(agenda_key=frame["agenda_key"].map(bare_number))
    before = letters_known(connection, bare)
    rows = rows_of(connection, before)
    if rows.empty:
        return set(), bare["agenda_key"][:0]
    key_by_month(rows, is_monthly=True)
    ids, letters = rows["id"].to_numpy(np.int64), upsert_requests(connection, rows)
    was_waiting = rows["is_waiting"].to_numpy(dtype=bool)
    is_other = np.isin(ids, rows_counted_waiting(connection, ids[was_waiting], SAME_NUMBER))
    is_alone = is_other & ~np.isin(letters, letters[~was_waiting])
    nowhere = (rows["room"].notna() & rows["room_name"].isna()).to_numpy(dtype=bool)
    waits = np.where(is_alone, nowhere, was_waiting)
    numbers = rows["agenda_number"]
    link_rows(connection, "permohonan", ids, request_id=letters, agenda_number=numbers, is_waiting=waits)
    note_taken_links(connection)
    return {*before, *letters.tolist()}, pd.concat([bare["agenda_key"], rows["agenda_key"]])
