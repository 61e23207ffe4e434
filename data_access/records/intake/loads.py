"""Loads: begun, filled with their rows, rejects, corrections and waiting rows, finished, and read again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, Row, case, exists, func, literal, or_, select, update

from data_access.records.access import ENTERED, LOADED, note_action
from data_access.records.bulk import (
    Ids,
    add_row,
    among,
    each_as,
    first_as,
    insert_rows,
    read_again,
    read_frame,
    read_ids,
)
from data_access.records.engine import one_load
from data_access.records.logs import IS_EVENT, WAITS, WHICH_LETTER, counts_still, known_columns
from data_access.records.schema import (
    LOG_OF,
    correction,
    letter_deed,
    load,
    pass_row,
    pause_row,
    reject,
    request,
    request_row,
    screen_entry,
    set_aside,
    sheet,
    waiting_row,
)
from data_access.records.types import MISSING

SCREEN = "layar"
"""The source of everything that is said on a page."""


@dataclass(frozen=True)
class LoadCounts:
    """What became of the rows of one load; the last five add up to `read`."""

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    corrected: int = 0
    waiting: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Load:
    """One file, query or screen entry; `finished_at` is None only inside its own transaction.
    `set_aside` counts cells.
    """

    id: int
    started_at: int
    finished_at: int | None
    file: str
    sha256: str
    kind: str
    options: Mapping[str, Any]
    source_name: str | None
    status: str
    counts: LoadCounts
    set_aside: int
    warnings: Sequence[Mapping[str, Any]]
    ignored_columns: Sequence[str]
    furniture: Sequence[Mapping[str, Any]] | None
    actor: str | None
    undone_at: int | None
    undoes_load_id: int | None
    undo_reason: str | None


_LOADS = select(
    load,
    select(func.count()).where(set_aside.c.load_id == load.c.id).scalar_subquery().label("set_aside"),
)


def begin_load(
    connection: Connection,
    *,
    file: str,
    sha256: str,
    kind: str,
    options: Mapping[str, Any],
    started_at: int,
    source_name: str | None = None,
    actor: str | None = None,
) -> int:
    """Open a load inside `one_load` and return its id; `finish_load` must follow in the same transaction."""
    values = {"file": file, "sha256": sha256, "kind": kind, "options": canonical(options)}
    origin = {"started_at": started_at, "source_name": source_name, "actor": actor}
    return add_row(connection, load, **values, **origin)


def add_sheets(connection: Connection, load_id: int, names: Sequence[str | None]) -> dict[str | None, int]:
    """Note the load's sheets in their order and return their ids by name (None for a CSV file)."""
    frame = pd.DataFrame({"load_id": load_id, "name": pd.Series(list(names), dtype="str")})
    return dict(zip(names, insert_rows(connection, sheet, frame).tolist(), strict=True))


def finish_load(
    connection: Connection,
    load_id: int,
    counts: LoadCounts,
    *,
    finished_at: int,
    warnings: Sequence[Mapping[str, Any]] = (),
    ignored_columns: Sequence[str] = (),
    furniture: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Close the load with what became of its rows, and note it in the audit.

    `furniture`: sheet, row and kind of those that are no records.
    """
    notes = {"warnings": list(warnings), "ignored_columns": list(ignored_columns), "furniture": list(furniture)}
    values = {**asdict(counts), **notes, "finished_at": finished_at}
    told = (load.c.kind, load.c.actor, load.c.source_name)
    kind, actor, source = connection.execute(
        update(load).where(load.c.id == load_id).values(values).returning(*told)
    ).one()
    action = ENTERED if source == SCREEN else LOADED
    note_action(connection, action, at=finished_at, actor=actor, subject=f"load {load_id}", detail={"kind": kind})


def undo_load(connection: Connection, load_id: int, undone_at: int) -> None:
    """From now on the load's rows count for nothing; they stay readable, and the file may be given again."""
    connection.execute(update(load).where(load.c.id == load_id).values(status="undone", undone_at=undone_at))


def find_same_load(connection: Connection, sha256: str, kind: str | None, options: Mapping[str, Any]) -> Load | None:
    """The newest load of the same bytes, kind (None: whatever it was) and options that was not undone."""
    loads = loads_of_file(connection, sha256, kind, options)
    return next((same for same in reversed(loads) if same.status == "loaded"), None)


def loads_of_file(connection: Connection, sha256: str, kind: str | None, options: Mapping[str, Any]) -> list[Load]:
    """Every load of the same bytes, kind (None: all kinds) and options, undone ones too, in their order."""
    same = (load.c.sha256 == sha256) & (load.c.options == canonical(options))
    if kind is not None:
        same &= load.c.kind == kind
    return [_load(row) for row in connection.execute(_LOADS.where(same).order_by(load.c.id))]


def counts_of_repeat(connection: Connection, same: Load) -> LoadCounts:
    """What to answer when the very same file is given again, as things stand now.

    Rows taken before are unchanged, so are those that waited and joined since; bad rows are still bad.
    """
    before = same.counts
    waiting = still_waiting_count(connection, same.id)
    unchanged = before.read - before.rejected - waiting
    return LoadCounts(before.read, unchanged=unchanged, waiting=waiting, rejected=before.rejected)


def load_by_id(connection: Connection, load_id: int) -> Load | None:
    """One load whole."""
    row = connection.execute(_LOADS.where(load.c.id == load_id)).first()
    return None if row is None else _load(row)


@dataclass(frozen=True)
class LoadName:
    """What a load is called by; of an entry on a screen about a letter also which (`year`, `agenda_key`), its step, and
    what was said: of a step diterima, diteruskan, dikembalikan, menunggu or lanjut, of a letter one of LETTER_DEEDS."""

    id: int
    file: str
    kind: str
    is_screen: bool
    year: int | None = None
    agenda_key: str | None = None
    step: int | None = None
    said: str | None = None


def load_names(connection: Connection, load_ids: Iterable[int]) -> dict[int, LoadName]:
    """What each of these loads is called by, as far as they are there."""
    columns = (
        load.c.id,
        load.c.file,
        load.c.kind,
        (func.coalesce(load.c.source_name, "") == SCREEN).label("is_screen"),
    )
    names = each_as(connection, select(*columns).where(among(connection, load.c.id, load_ids)), LoadName)
    named, on_screen = {name.id: name for name in names}, [name.id for name in names if name.is_screen]
    for about in (_ROWS_OF_LETTERS, _STAMPS, _DEEDS) if on_screen else ():
        for row in connection.execute(about.where(among(connection, about.selected_columns.load_id, on_screen))):
            named[row.load_id] = replace(
                named[row.load_id], **{k: v for k, v in row._mapping.items() if k != "load_id"}
            )
    return named


_ROWS_OF_LETTERS = select(request_row.c.load_id, request.c.year, request.c.agenda_key).join_from(
    request_row, request, request.c.id == request_row.c.request_id
)
_DEEDS = select(
    letter_deed.c.load_id, request.c.year, request.c.agenda_key, letter_deed.c.deed.label("said")
).join_from(letter_deed, request, request.c.id == letter_deed.c.request_id)
_STAMPS = (
    select(
        pass_row.c.load_id,
        request.c.year,
        request.c.agenda_key,
        pass_row.c.step,
        case(
            (pass_row.c.returned_to.is_not(None), "dikembalikan"),
            (pass_row.c.finished_on.is_not(None), "diteruskan"),
            (exists().where(pause_row.c.pass_row_id == pass_row.c.id, pause_row.c.ended_at.is_(None)), "menunggu"),
            (exists().where(pause_row.c.pass_row_id == pass_row.c.id), "lanjut"),
            else_="diterima",
        ).label("said"),
    )
    .join_from(pass_row, request, request.c.id == pass_row.c.request_id)
    .order_by(pass_row.c.id)
)


def loads_page(connection: Connection, limit: int, offset: int = 0, ids: Sequence[int] | None = None) -> list[Load]:
    """One page of the loads, the newest first; `ids` restricts to those."""
    statement = _LOADS.order_by(load.c.id.desc()).limit(limit).offset(offset)
    if ids is not None:
        statement = statement.where(load.c.id.in_(ids))
    return [_load(row) for row in connection.execute(statement)]


def file_loads(connection: Connection, limit: int) -> list[Load]:
    """The newest loads that brought a file or a query, without what was entered on screens."""
    is_file = load.c.source_name.is_distinct_from(SCREEN)
    statement = _LOADS.where(is_file).order_by(load.c.id.desc()).limit(limit)
    return [_load(row) for row in connection.execute(statement)]


def screen_loads(connection: Connection) -> tuple[int, int | None]:
    """How many entries came from screens, and when the newest began; None where there is none."""
    counted = select(func.count(), func.max(load.c.started_at)).where(load.c.source_name == SCREEN)
    count, newest = connection.execute(counted).one()
    return int(count), newest


def loads_of_source(connection: Connection, load_ids: Iterable[int], source_name: str) -> dict[int, str | None]:
    """Those of these loads that came from that source, with who gave them."""
    wanted = load.c.id.in_([int(load_id) for load_id in load_ids]) & (load.c.source_name == source_name)
    return {int(load_id): actor for load_id, actor in connection.execute(select(load.c.id, load.c.actor).where(wanted))}


def note_taken_links(connection: Connection) -> None:
    """Note with the load that is open that a hand-over lost its letter, or some with it."""
    newest = select(func.max(load.c.id)).scalar_subquery()
    connection.execute(update(load).where(load.c.id == newest).values(took_links=True))


def only_added(connection: Connection, after_load: int) -> bool:
    """Whether the loads after that one took nothing away: no load was undone, no hand-over lost its letter."""
    took = load.c.took_links | load.c.undoes_load_id.is_not(None)
    return connection.execute(select(load.c.id).where(load.c.id > after_load, took).limit(1)).first() is None


def last_load_id(connection: Connection) -> int:
    """The number up to which a mart can be current; 0 before the first load."""
    return connection.execute(select(func.max(load.c.id))).scalar() or 0


def load_times(connection: Connection) -> tuple[int | None, int | None]:
    """When the first load and the last one of all were begun; None before the first."""
    first, last = connection.execute(select(func.min(load.c.started_at), func.max(load.c.started_at))).one()
    return first, last


def sources(connection: Connection) -> pd.DataFrame:
    """One row per sheet of all loads: sheet_id, load_id, file, sheet (NaN for CSV), is_screen, and whether an agency
    took there the time that the office offered (`takes_offer`)."""
    return read_again(connection, _SOURCES)


_SOURCES = (
    select(
        sheet.c.id.label("sheet_id"),
        sheet.c.load_id,
        load.c.file,
        sheet.c.name.label("sheet"),
        (func.coalesce(load.c.source_name, "") == SCREEN).label("is_screen"),
        load.c.id.in_(select(letter_deed.c.load_id).where(letter_deed.c.deed == "accepted")).label("takes_offer"),
    )
    .join_from(sheet, load, load.c.id == sheet.c.load_id)
    .order_by(sheet.c.id)
)


def canonical(options: Mapping[str, Any]) -> str:
    """One text for one set of options, whatever their order."""
    return json.dumps(options, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_tally(connection: Connection) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(kind, status) → (loads, rows read, rows rejected) over everything ever loaded."""
    counts = (func.count(), func.coalesce(func.sum(load.c.read), 0), func.coalesce(func.sum(load.c.rejected), 0))
    rows = connection.execute(select(load.c.kind, load.c.status, *counts).group_by(load.c.kind, load.c.status))
    return {(kind, status): (int(n), int(read), int(rejected)) for kind, status, n, read, rejected in rows}


@dataclass(frozen=True)
class ScreenEntry:
    """One entry of a screen: what it was, who said it in which role, when the server took it, in which load."""

    client_id: str
    kind: str
    actor: str
    role: str
    at: int
    load_id: int


def entry_of(connection: Connection, client_id: str) -> ScreenEntry | None:
    """The entry that a screen gave under that id, also of a load undone since; None when it is new."""
    return _entry(connection, screen_entry.c.client_id == client_id)


def entry_of_load(connection: Connection, load_id: int) -> ScreenEntry | None:
    """The entry that a load is; None for a load of a file."""
    return _entry(connection, screen_entry.c.load_id == load_id)


def _entry(connection: Connection, is_meant: ColumnElement[bool]) -> ScreenEntry | None:
    columns = (screen_entry.c.client_id, load.c.kind, load.c.actor, screen_entry.c.role)
    statement = (
        select(*columns, load.c.started_at.label("at"), load.c.id.label("load_id"))
        .join_from(screen_entry, load, load.c.id == screen_entry.c.load_id)
        .where(is_meant)
    )
    return first_as(connection, statement, ScreenEntry)


def loads_beside(connection: Connection, load_id: int) -> list[int]:
    """The loads of the entries that were made beside that of a load, the last first: their ids go on after a blank. Not
    those that were taken back."""
    own = select(screen_entry.c.client_id).where(screen_entry.c.load_id == load_id)
    client_id = connection.execute(own).scalar()
    if client_id is None:
        return []
    beside = screen_entry.c.client_id.startswith(f"{client_id} ", autoescape=True)
    statement = select(load.c.id).join_from(screen_entry, load, load.c.id == screen_entry.c.load_id)
    loads = statement.where(beside, load.c.status != "undone").order_by(load.c.id.desc())
    return list(connection.execute(loads).scalars())


def add_entry(connection: Connection, client_id: str, load_id: int, role: str) -> None:
    """Remember the id of an entry; only inside `one_load`, where `entry_of` was asked before."""
    frame = pd.DataFrame({"client_id": [client_id], "load_id": load_id, "role": [role]})
    insert_rows(connection, screen_entry, frame)


def add_pauses(connection: Connection, pass_ids: Ids, frame: pd.DataFrame) -> None:
    """Add the pauses of pass rows: started_at, ended_at (MISSING while open), reason."""
    if len(frame):
        insert_rows(connection, pause_row, known_columns(frame, pause_row).assign(pass_row_id=pass_ids))


def add_rejects(
    connection: Connection, load_id: int, sheets: Mapping[str | None, int], rejects: Sequence[Mapping[str, Any]]
) -> None:
    """Keep the rejected rows with their reasons, in file order: sheet (name), row, column, code, message, cells."""
    if rejects:
        columns = {name: [row[name] for row in rejects] for name in ("row", "column", "code", "message", "cells")}
        frame = pd.DataFrame(columns).astype({"column": "str"})
        sheet_ids = [sheets[row["sheet"]] for row in rejects]
        insert_rows(connection, reject, frame.assign(load_id=load_id, sheet_id=sheet_ids))


def add_set_aside(
    connection: Connection, load_id: int, sheets: Mapping[str | None, int], cells: Sequence[Mapping[str, Any]]
) -> None:
    """Keep the cells that rows were taken without: sheet (name), row, field, column, text, code, message."""
    if cells:
        frame = pd.DataFrame(cells).astype({"text": "str"})
        frame["sheet_id"] = [sheets[cell["sheet"]] for cell in cells]
        insert_rows(connection, set_aside, frame.drop(columns="sheet").assign(load_id=load_id))


def add_waiting(connection: Connection, load_id: int, kind: str, row_ids: Ids, code: Any) -> None:
    """Note which stored rows a load counted as waiting, and for what: one code for all, or one each."""
    if len(row_ids):
        frame = pd.DataFrame({"load_id": load_id, "kind": kind, "target_row_id": row_ids, "code": code})
        insert_rows(connection, waiting_row, frame)


def add_corrections(connection: Connection, corrections: Iterable[Mapping[str, Any]]) -> None:
    """Note what corrected rows changed: load_id, kind, target_row_id, old_row_id, the key columns, changes."""
    rows = list(corrections)
    if not rows:
        return
    numbers = ("load_id", "target_row_id", "old_row_id", "request_id", "step", "pass_number", "started_at")
    frame = pd.DataFrame({name: [_number(row.get(name)) for row in rows] for name in numbers})
    frame["kind"] = [row["kind"] for row in rows]
    frame["room_name"] = pd.Series([row.get("room_name") for row in rows], dtype="str")
    frame["changes"] = [dict(row["changes"]) for row in rows]
    insert_rows(connection, correction, frame)


@contextmanager
def one_try(engine: Engine, *, wait_seconds: float) -> Iterator[Connection]:
    """A transaction as for a load, of which nothing is ever kept.

    Raises RecordsBusyError when a load still runs after `wait_seconds`. Other loads wait while it is open.
    """
    with one_load(engine, wait_seconds=wait_seconds) as connection:
        try:
            yield connection
        finally:
            transaction = connection.get_transaction()
            if transaction is not None:
                transaction.rollback()


def corrections_of_loads(connection: Connection, load_ids: Sequence[int], limit: int) -> pd.DataFrame:
    """The first corrections of these loads: kind, year and agenda_key (of the letter, if any), step, room_name,
    started_at, changes ({column: [old, new]})."""
    named = [correction.c[name] for name in ("kind", "step", "room_name", "started_at", "changes")]
    statement = (
        select(request.c.year, request.c.agenda_key, *named)
        .select_from(correction.outerjoin(request, request.c.id == correction.c.request_id))
        .where(correction.c.load_id.in_(load_ids))
        .order_by(correction.c.id)
        .limit(limit)
    )
    return read_frame(connection, statement)


def waiting_for(connection: Connection, load_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """How many rows of these loads wait, by load and by what they wait for."""
    code = waiting_row.c.code
    statement = (
        select(waiting_row.c.load_id, code, func.count())
        .where(waiting_row.c.load_id.in_(load_ids))
        .group_by(waiting_row.c.load_id, code)
    )
    return {(load_id, name): count for load_id, name, count in connection.execute(statement)}


def rows_counted_waiting(connection: Connection, row_ids: Collection[int], *codes: str) -> Ids:
    """Those of these register rows that some load counted as waiting for one of these reasons."""
    if len(row_ids) == 0:
        return np.empty(0, dtype=np.int64)
    counted = (waiting_row.c.kind == "permohonan") & waiting_row.c.code.in_(codes)
    statement = select(waiting_row.c.target_row_id).where(
        counted, among(connection, waiting_row.c.target_row_id, row_ids)
    )
    return read_ids(connection, statement.distinct())


LETTER_MISSING = "letter_missing"
"""Why a row waits whose letter nobody has entered."""

ROOM_UNKNOWN = "room_unknown"
"""Why a row waits that names a room nobody knows."""

ITEM_UNKNOWN = "item_unknown"
"""Why a check waits that names an item nobody knows."""

SAME_NUMBER = "same_number"
"""Why a register row waits that tells of another letter than the one that bears its number."""

RECEIPT_IMPLAUSIBLE = "receipt_implausible"
"""Why a register row waits whose receipt would be its letter's key, and is probably mistyped."""

NUMBERS_RESTART = "numbers_restart"
"""Why the rows of a register wait from that on with which its numbers begin again."""

TO_BE_ANSWERED = (SAME_NUMBER, RECEIPT_IMPLAUSIBLE, NUMBERS_RESTART)
"""Why a register row waits until a person answers, whatever else becomes known."""

_CODES = {"disposisi": LETTER_MISSING, "peserta": LETTER_MISSING}


def waiting_code(kind: str) -> ColumnElement[str]:
    """What a waiting row of the kind waits for; a check of an unknown item in an unknown room for the room first."""
    if kind == "kondisi":
        names = LOG_OF[kind].c.room_name, LOG_OF[kind].c.item_name
        unknown = zip(names, (ROOM_UNKNOWN, ITEM_UNKNOWN), strict=True)
        return case(*((name.is_(None), literal(code)) for name, code in unknown), else_=literal(WHICH_LETTER))
    if kind == "permohonan":
        return case((IS_EVENT, literal(LETTER_MISSING)), else_=literal(ROOM_UNKNOWN))
    return literal(_CODES.get(kind, ROOM_UNKNOWN))


def still_waiting_count(connection: Connection, load_id: int) -> int:
    """How many rows that this load counted as waiting wait to this day."""
    cases = [
        (waiting_row.c.kind == kind) & waiting_row.c.target_row_id.in_(select(LOG_OF[kind].c.id).where(waits))
        for kind, waits in WAITS.items()
    ]
    statement = select(func.count()).where(waiting_row.c.load_id == load_id, or_(*cases))
    return connection.execute(statement.select_from(waiting_row)).scalar_one()


def note_waiting(connection: Connection) -> None:
    """Note the rows that wait although no load counted them so: their letter or a name was taken from them."""
    for kind, waits in WAITS.items():
        log = LOG_OF[kind]
        is_noted = exists().where(waiting_row.c.kind == kind, waiting_row.c.target_row_id == log.c.id)
        times = log.c.people if kind == "peserta" else literal(1)
        code = waiting_code(kind).label("code")
        wanted = select(log.c.id.label("target_row_id"), log.c.load_id, code, times.label("times"))
        waiting = read_frame(connection, wanted.where(waits, ~is_noted, counts_still(log)).order_by(log.c.id))
        if len(waiting):
            again = np.repeat(np.arange(len(waiting)), waiting["times"].to_numpy(dtype=np.int64))
            rows: pd.DataFrame = waiting.iloc[again].drop(columns="times")
            insert_rows(connection, waiting_row, rows.assign(kind=kind))


def note_reason(connection: Connection, row_ids: Ids, code: str) -> None:
    """Note for what these register rows wait from now on."""
    target = among(connection, waiting_row.c.target_row_id, row_ids)
    connection.execute(update(waiting_row).where(waiting_row.c.kind == "permohonan", target).values(code=code))


def note_doubt(connection: Connection, kind: str, doubtful: Ids, others: Ids) -> None:
    """Note that these rows wait for a person to say which letter they belong to, and the others no more."""
    target = waiting_row.c.target_row_id
    of_kind = update(waiting_row).where(waiting_row.c.kind == kind)
    settled = of_kind.where(among(connection, target, others), waiting_row.c.code == WHICH_LETTER)
    connection.execute(settled.values(code=_CODES.get(kind, ROOM_UNKNOWN)))
    connection.execute(of_kind.where(among(connection, target, doubtful)).values(code=WHICH_LETTER))
    is_noted = exists().where(waiting_row.c.kind == kind, target == LOG_OF[kind].c.id)
    wanted = select(LOG_OF[kind].c.id.label("target_row_id"), LOG_OF[kind].c.load_id)
    new = read_frame(connection, wanted.where(among(connection, LOG_OF[kind].c.id, doubtful), ~is_noted))
    if len(new):
        insert_rows(connection, waiting_row, new.assign(kind=kind, code=WHICH_LETTER))


def _load(row: Row[Any]) -> Load:
    values = dict(row._mapping)
    del values["took_links"]
    counts = LoadCounts(**{name: values.pop(name) for name in asdict(LoadCounts())})
    options = json.loads(values.pop("options"))
    return Load(counts=counts, options=options, **values)


def _number(value: Any) -> int:
    return MISSING if value is None else int(np.int64(value))
