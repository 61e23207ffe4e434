"""Letters: their identity (year of receipt and agenda number), register rows, hand-overs and lists of participants."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, true, update

from data_access.records.bulk import (
    Ids,
    among,
    columns_of,
    insert_rows,
    is_any,
    keys,
    no_rows,
    read_again,
    read_frame,
    read_ids,
    read_of,
)
from data_access.records.logs import counts_still
from data_access.records.schema import (
    MARKED,
    document_row,
    load,
    pass_row,
    pause_row,
    request,
    request_row,
    round_stamp,
)

_KEY = ["year", "agenda_key"]
NO_YEAR = 0
"""The year of what bears no register number yet: an event of a calendar."""

_FURTHER = re.compile(r"(.+) \([1-9]\d?\)")
_OF_MONTH = re.compile(r"-(?:0[1-9]|1[0-2])/(.+)")


def borne_number(agenda_key: str) -> str:
    """The register number that a letter bears: "21" for "21" and for "21 (2)", a further letter of that number."""
    match = _FURTHER.fullmatch(agenda_key)
    return match[1] if match else agenda_key


def bare_number(agenda_key: str) -> str:
    """A number without the month within which it counts: "1" for "-02/1", "1" of February."""
    match = _OF_MONTH.fullmatch(agenda_key)
    return match[1] if match else agenda_key


def month_of(agenda_key: str) -> int:
    """The month within which a number counts; 0 for one that counts within the year."""
    return int(agenda_key[1:3]) if _OF_MONTH.fullmatch(agenda_key) else 0


def monthly_keys(connection: Connection, agenda_keys: Iterable[str]) -> set[str]:
    """The keys of letters that bear one of these numbers in some month."""
    marked = connection.execute(select(request.c.agenda_key).where(MARKED)).scalars()
    monthly = {key for key in marked if _OF_MONTH.fullmatch(key)}
    numbers = {bare_number(borne_number(key)) for key in agenda_keys} if monthly else set()
    return {key for key in monthly if bare_number(borne_number(key)) in numbers}


def further_letters(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """Letters after the first that bear the number of one of these keys: request_id, year, agenda_key, and its parts
    `number` and `mark` (" (2)")."""
    letters = read_again(connection, _MARKED_LETTERS)
    if letters.empty:
        return letters.assign(number=letters["agenda_key"], mark=letters["agenda_key"])
    letters = letters.sort_values("request_id", ignore_index=True)
    letters["number"] = letters["agenda_key"].map(borne_number)
    letters["mark"] = letters["agenda_key"].map(lambda key: key.removeprefix(borne_number(key)))
    numbers = set(map(borne_number, agenda_keys))
    is_further = letters["number"].isin(numbers) & (letters["mark"] != "")
    return letters[is_further].reset_index(drop=True)


_LETTERS = select(request.c.id.label("request_id"), request.c.year, request.c.agenda_key)
_MARKED_LETTERS = _LETTERS.where(MARKED)


def first_letters(connection: Connection, request_ids: Iterable[int]) -> dict[int, int]:
    """By letter that which bears its number plainly: nearly always itself."""
    ids = keys(connection, request_ids, int)
    letters = read_frame(connection, _LETTERS.where(request.c.id.in_(ids)))
    letters["agenda_key"] = letters["agenda_key"].map(borne_number)
    first = letters[["request_id", *_KEY]].merge(_known(connection, letters["agenda_key"]), on=_KEY, how="left")
    ids_of = first["request_id_y"].fillna(first["request_id_x"]).astype(np.int64)
    return dict(zip(first["request_id_x"].tolist(), ids_of.tolist(), strict=True))


def upsert_requests(connection: Connection, frame: pd.DataFrame) -> Ids:
    """The request_id of every row of a frame with `year` and `agenda_key`; unknown letters are added."""
    wanted = [*zip(frame["year"].astype(np.int64).tolist(), frame["agenda_key"].tolist(), strict=True)]
    known = _known(connection, {key for _, key in wanted})
    stored = zip(*(known[name].tolist() for name in _KEY), strict=True)
    ids = dict(zip(stored, known["request_id"].tolist(), strict=True))
    new = [letter for letter in dict.fromkeys(wanted) if letter not in ids]
    ids |= zip(new, insert_rows(connection, request, pd.DataFrame(new, columns=_KEY)).tolist(), strict=True)
    return np.array([ids[letter] for letter in wanted], dtype=np.int64)


def touch_requests(connection: Connection, request_ids: Ids, load_id: int) -> None:
    """Note that a load changed what is known of these letters, so that the facts derived from them are renewed."""
    touched = update(request).where(among(connection, request.c.id, request_ids))
    connection.execute(touched.values(touched_load_id=load_id))


def requests_touched_after(connection: Connection, load_id: int) -> Ids:
    """Letters of which something changed after that load, ascending; all of them for 0."""
    statement = select(request.c.id).order_by(request.c.id)
    if load_id:
        statement = statement.where(request.c.touched_load_id > load_id)
    return read_ids(connection, statement)


def touched_loads(connection: Connection, request_ids: Iterable[int]) -> dict[int, int]:
    """By letter the last load that changed what is known of it; those that no load touched are left out."""
    statement = select(request.c.id, request.c.touched_load_id).where(among(connection, request.c.id, request_ids))
    touched = connection.execute(statement.where(request.c.touched_load_id.is_not(None)))
    return {int(request_id): int(load_id) for request_id, load_id in touched}


def letters_told_before(connection: Connection, request_ids: Iterable[int], load_id: int) -> Ids:
    """Those of these letters of which a row of the register was loaded before that load."""
    is_older = among(connection, request_row.c.request_id, request_ids) & (request_row.c.load_id < load_id)
    statement = select(request_row.c.request_id).where(is_older, counts_still(request_row)).distinct()
    return read_ids(connection, statement)


def letters_known(connection: Connection, frame: pd.DataFrame) -> list[int]:
    """The letters of these years and numbers (`year`, `agenda_key`) that stand in the records, with rows or without."""
    known = _known(connection, frame["agenda_key"].unique())
    return [*map(int, known.merge(frame[_KEY].drop_duplicates(), on=_KEY)["request_id"])]


def letters_booked_by(connection: Connection, opds: Iterable[str]) -> Ids:
    """The letters of which a row of the register names a booked day and one of these agencies."""
    row = request_row.c
    is_theirs = row.booked_start_on.is_not(None) & row.opd_name.in_(keys(connection, opds, str))
    return read_ids(connection, select(row.request_id).where(is_theirs).distinct())


def last_request_id(connection: Connection) -> int:
    """The id of the newest letter, which is their number: they count from 1 and none is ever removed."""
    return connection.execute(select(func.max(request.c.id))).scalar() or 0


def letters_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """One row per letter with one of these agenda keys, by latest word of the register.

    Columns: request_id, year, agenda_key, received_on, received_at. A row that waits for its room says nothing yet, so
    a letter that has no other one is not there yet.
    """
    # Two plain questions: as one, PostgreSQL looks for each letter's newest row from the table's end.
    known = _known(connection, agenda_keys)
    counts = request_row.c.received_on.is_not(None) & ~request_row.c.is_waiting & counts_still(request_row)
    columns = columns_of(request_row, "request_id", "received_on", "received_at")
    rows = select(*columns).where(among(connection, request_row.c.request_id, known["request_id"]), counts)
    latest = read_frame(connection, rows.order_by(request_row.c.id)).drop_duplicates("request_id", keep="last")
    at = pd.Index(latest["request_id"]).get_indexer(known["request_id"])
    receipts = {name: latest[name].to_numpy()[at[at >= 0]] for name in ("received_on", "received_at")}
    return known[at >= 0].assign(**receipts).sort_values("request_id", ignore_index=True)


def waiting_keys(connection: Connection, agenda_keys: Collection[str], year: int) -> set[str]:
    """Which of these keys of a year register rows bear that wait."""
    waits = request_row.c.is_waiting & counts_still(request_row)
    known = select(request.c.agenda_key).join_from(request_row, request, request.c.id == request_row.c.request_id)
    mine = (request.c.year == year) & request.c.agenda_key.in_(agenda_keys)
    return set(connection.execute(known.where(waits, mine)).scalars())


def request_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per register row, in order: year, agenda_key and every column of `request_row`."""
    return read_frame(connection, _in_register(condition))


def _in_register(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(request.c.year, request.c.agenda_key, *columns_of(request_row))
        .join_from(request_row, request, request.c.id == request_row.c.request_id)
        .where(condition, counts_still(request_row))
        .order_by(request_row.c.id)
    )


def rows_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """The register rows of these letters, waiting ones too, as `request_rows`."""
    return read_of(connection, _in_register, request_row.c.request_id, request_ids)


def letters_with_numbers(connection: Connection, letter_numbers: Iterable[str]) -> set[int]:
    """The letters of which a row of the register that counts bears one of these letter numbers."""
    wanted = request_row.c.letter_number.in_(keys(connection, letter_numbers, str))
    counting = ~request_row.c.is_waiting, counts_still(request_row)
    return set(connection.execute(select(request_row.c.request_id).where(wanted, *counting)).scalars())


def letter_numbers_known(connection: Connection, letter_numbers: Iterable[str]) -> set[str]:
    """Which of these letter numbers rows of the register bear, waiting ones too."""
    wanted = request_row.c.letter_number.in_(keys(connection, letter_numbers, str))
    statement = select(request_row.c.letter_number).where(wanted, counts_still(request_row)).distinct()
    return set(connection.execute(statement).scalars())


def letters_with_signs(connection: Connection, years: Iterable[int]) -> pd.DataFrame:
    """The letters of these years whose number is more than digits: request_id, year, agenda_key."""
    has_signs = func.ltrim(request.c.agenda_key, "0123456789") != ""
    return read_frame(connection, _LETTERS.where(request.c.year.in_([*years]), has_signs))


def letters_booked(connection: Connection, start: int, end: int) -> list[int]:
    """The letters of which a row of the register that counts asks for a time that overlaps this one."""
    overlaps = (request_row.c.booked_start_at < end) & (request_row.c.booked_end_at > start)
    statement = select(request_row.c.request_id).where(overlaps, counts_still(request_row)).distinct()
    return list(connection.execute(statement).scalars())


def rows_of_source(connection: Connection, source_name: str | None) -> pd.DataFrame:
    """The register rows with a receipt of the loads of a source (None: given without one), as `request_rows`."""
    loads = select(load.c.id).where(load.c.source_name.is_not_distinct_from(source_name))
    return request_rows(connection, request_row.c.load_id.in_(loads) & request_row.c.received_on.is_not(None))


def all_request_names(connection: Connection) -> pd.DataFrame:
    """One row per register row: id, agenda_key, received_on, opd and room as typed, opd_name, room_name, is_waiting."""
    names = columns_of(request_row, "id", "received_on", "opd", "room", "opd_name", "room_name", "is_waiting")
    statement = select(request.c.agenda_key, *names).join_from(
        request_row, request, request.c.id == request_row.c.request_id
    )
    return read_frame(connection, statement.order_by(request_row.c.id))


def pass_rows(connection: Connection, condition: ColumnElement[bool], *columns: str) -> pd.DataFrame:
    """One row per hand-over row, in order; the named columns of `pass_row`, `id` among them, or all of them."""
    return _by_id(read_frame(connection, _by_letter(condition, *columns)))


def _by_letter(condition: ColumnElement[bool], *columns: str) -> Select[Any]:
    """In the order of the letters an index gives them as they are; files mostly follow their letters, too."""
    statement = select(*columns_of(pass_row, *columns)).where(condition, counts_still(pass_row))
    return statement.order_by(pass_row.c.request_id, pass_row.c.id)


def _by_id(rows: pd.DataFrame) -> pd.DataFrame:
    return rows if rows["id"].is_monotonic_increasing else rows.sort_values("id", ignore_index=True)


def passes_of(connection: Connection, request_ids: Iterable[int], *columns: str) -> pd.DataFrame:
    """The hand-over rows of these letters, as `pass_rows`."""
    return _by_id(read_of(connection, _by_letter, pass_row.c.request_id, request_ids, *columns))


def pauses_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """The pauses of these letters, as `pause_rows`."""
    return pause_rows(connection, among(connection, pass_row.c.request_id, request_ids))


def passes_with_keys(connection: Connection, agenda_keys: Iterable[str], *columns: str) -> pd.DataFrame:
    """Hand-over rows with one of these agenda keys, linked or waiting, as `pass_rows`: those a new letter may claim.

    A linked row has the key of its letter; only those that wait have an index of their keys.
    """
    wanted = keys(connection, agenda_keys, str)
    letters = select(request.c.id).where(request.c.agenda_key.in_(wanted))
    linked = pass_rows(connection, pass_row.c.request_id.in_(letters), *columns)
    waiting = waiting_with_keys(connection, agenda_keys, *columns)
    return pd.concat([linked, waiting]).sort_values("id", ignore_index=True) if len(waiting) else linked


def waiting_with_keys(connection: Connection, agenda_keys: Iterable[str], *columns: str) -> pd.DataFrame:
    """Hand-over rows with one of these agenda keys that wait for their letter, as `pass_rows`."""
    wanted = pass_row.c.agenda_key.in_(keys(connection, agenda_keys, str))
    return pass_rows(connection, pass_row.c.request_id.is_(None) & wanted, *columns)


def first_finish_days(
    connection: Connection, request_ids: Iterable[int] | None, is_mistyped: Callable[[pd.DataFrame], pd.Series]
) -> tuple[dict[int, int], dict[int, int]]:
    """By step the day of the first finish that was recorded and belongs to one of these letters (None: to any), and the
    first of those of which `is_mistyped` says no: rows of request_id, step, finished_on. A finish before its own start
    or before the receipt of its letter is mistyped in any case."""
    column = pass_row.c.request_id
    of_letter = column.is_not(None) if request_ids is None else among(connection, column, request_ids)
    is_backwards = (pass_row.c.started_on > pass_row.c.finished_on) | (pass_row.c.started_at > pass_row.c.finished_at)
    good = of_letter & pass_row.c.finished_on.is_not(None) & counts_still(pass_row) & is_backwards.is_not(true())
    told: dict[int, int] = {}
    sure: dict[int, int] = {}
    days, span = _first_days(connection, good), _FEW_DAYS
    while days:
        rows = _finishes_after_receipt(connection, good, days, span)
        told = _earliest(rows) | told
        sure |= _earliest(rows[~is_mistyped(rows)] if len(rows) else rows)
        left = {step: day + span for step, day in days.items() if step not in sure}
        days, span = _first_days(connection, good & _from(left)) if left else {}, 2 * span
    return told, sure


def _first_days(connection: Connection, good: ColumnElement[bool]) -> dict[int, int]:
    first = select(pass_row.c.step, func.min(pass_row.c.finished_on)).where(good).group_by(pass_row.c.step)
    return {int(step): int(day) for step, day in connection.execute(first)}


def _earliest(rows: pd.DataFrame) -> dict[int, int]:
    first: dict[int, int] = {}
    for step, day in zip(rows["step"].tolist(), rows["finished_on"].tolist(), strict=True):
        first[step] = min(day, first.get(step, day))
    return first


def _from(days: Mapping[int, int]) -> ColumnElement[bool]:
    """Finishes of these steps on their day or later."""
    return or_(*((pass_row.c.step == step) & (pass_row.c.finished_on >= day) for step, day in days.items()))


def _finishes_after_receipt(
    connection: Connection, good: ColumnElement[bool], days: Mapping[int, int], span: int
) -> pd.DataFrame:
    """The finishes of each step on its day and the days after it, `span` in all, of letters that had been received by
    then: request_id, step, finished_on."""
    finished_on = pass_row.c.finished_on
    wanted = or_(*((pass_row.c.step == step) & finished_on.between(day, day + span - 1) for step, day in days.items()))
    receipt = select(func.min(request_row.c.received_on)).where(
        request_row.c.request_id == pass_row.c.request_id, counts_still(request_row)
    )
    columns = columns_of(pass_row, "request_id", "step", "finished_on")
    near = finished_on.between(min(days.values()), max(days.values()) + span)  # looked at first: it leaves few rows
    statement = select(*columns).where(near, good, wanted, receipt.scalar_subquery() <= finished_on)
    return read_frame(connection, statement.distinct())


_FEW_DAYS = 3
"""So many days of a step are looked at together, then twice as many: the first is right unless somebody mistyped a
date."""


def mark_suspicious(connection: Connection, spans: Iterable[tuple[int, int]], flag: int) -> None:
    """Set a flag on the hand-over rows in these half-open spans of ids."""
    marked = update(pass_row).values(suspicion=pass_row.c.suspicion.op("|")(flag))
    marked = marked.where(pass_row.c.id >= bindparam("first"), pass_row.c.id < bindparam("last"))
    many = [{"first": first, "last": last} for first, last in spans]
    if many:
        connection.execute(marked, many)


def add_round_stamps(connection: Connection, load_id: int, steps: Ids) -> None:
    """Note the steps (codes) of which a load's stamps are rounded."""
    if len(steps):
        insert_rows(connection, round_stamp, pd.DataFrame({"load_id": load_id, "step": steps}))


def pause_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per pause of the pass rows under that condition: request_id and every column of `pause_row`."""
    statement = (
        select(*columns_of(pass_row, "request_id"), *columns_of(pause_row))
        .join_from(pass_row, pause_row, pause_row.c.pass_row_id == pass_row.c.id)
        .where(condition, counts_still(pass_row))
    )
    if not is_any(connection, pause_row):
        return no_rows(statement)  # the many hand-over rows need not be looked at
    return read_frame(connection, statement.order_by(pause_row.c.id))


def pauses_of_passes(connection: Connection, pass_ids: Iterable[int]) -> pd.DataFrame:
    """The pauses of these pass rows, as `pause_rows`."""
    return pause_rows(connection, among(connection, pass_row.c.id, pass_ids))


def add_documents(
    connection: Connection, load_id: int, pass_row_id: int, ticked: Sequence[tuple[str, str, bool]]
) -> None:
    """Add what was ticked with one hand-over row: (part, name, whether it is there)."""
    if ticked:
        parts, names, is_present = zip(*ticked, strict=True)
        columns = {"part": list(parts), "name": list(names), "is_present": list(is_present)}
        insert_rows(connection, document_row, pd.DataFrame({"load_id": load_id, "pass_row_id": pass_row_id, **columns}))


def documents_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per tick of these letters' hand-overs that counts, in order: request_id, step, pass_row_id, part, name,
    is_present."""
    statement = (
        select(
            *columns_of(pass_row, "request_id", "step"),
            *columns_of(document_row, "pass_row_id", "part", "name", "is_present"),
        )
        .join_from(document_row, pass_row, pass_row.c.id == document_row.c.pass_row_id)
        .where(among(connection, pass_row.c.request_id, request_ids), counts_still(document_row))
        .order_by(document_row.c.id)
    )
    return read_frame(connection, statement)


def _known(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    return read_frame(connection, _LETTERS.where(request.c.agenda_key.in_(keys(connection, agenda_keys, str))))
