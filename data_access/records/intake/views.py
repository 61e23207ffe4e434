"""What the Data page lists: over all loads what is still to be done, of one load its rows in file order.

Rows of a load lie together, because ids are handed out in the order of loads; so a page of 100 000 rows is found by
its ids without an index on `load_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from data_access.records.access import REJECTS_DONE, REJECTS_OPEN, AuditEntry
from data_access.records.bulk import columns_of, each_as, first_as
from data_access.records.intake.loads import SAME_NUMBER, waiting_code
from data_access.records.intake.undo import PASS_CONTENT
from data_access.records.logs import IS_EVENT, LETTER_WORDS, WAITS, counts_still, first_row_from, is_in_doubt
from data_access.records.requests import NO_YEAR
from data_access.records.schema import (
    LOG_OF,
    attendance_row,
    audit,
    check_row,
    correction,
    load,
    page_correction,
    pass_row,
    reject,
    request,
    session_row,
    set_aside,
    sheet,
    waiting_row,
)

Row = Mapping[str, Any]

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "permohonan": (
        "agenda_number", "received_on", "received_at", "opd_name", "activity", "subject", "room", "room_name",
        "is_waiting",
    ),
    "disposisi": (
        "agenda_number", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at", "is_done",
    ),
    "pemakaian": ("agenda_number", "room_text", "room_name", "started_at", "ended_at", "present"),
    "peserta": ("agenda_number", "people", "present"),
    "kondisi": (
        "agenda_number", "room_text", "room_name", "checked_on", "checked_at", "item_text", "item_name", "condition",
    ),
}  # fmt: skip
"""What a list shows of a row of each kind; never what could tell a person's health or number."""


@dataclass(frozen=True)
class Span:
    """The ids of a load's rows: from `first`, `count` of them, without a gap."""

    first: int
    count: int


def span_of(connection: Connection, kind: str, load_id: int) -> Span:
    """Where the rows of a load lie; a kind without rows of its own, such as an undo, has none."""
    table = LOG_OF.get(kind)
    if table is None:
        return Span(1, 0)
    first, after = (first_row_from(connection, table, number) for number in (load_id, load_id + 1))
    return Span(first, after - first)


def rows_of_load(connection: Connection, kind: str, span: Span, limit: int, offset: int) -> list[Row]:
    """Rows in file order: id, sheet, sheet_id, row, request_id, year and agenda_key of the letter (None: none), and
    what `_SHOWN` names of their kind."""
    if span.count == 0:
        return []
    table = LOG_OF[kind]
    first = span.first + offset
    here = table.c.id.between(first, min(first + limit, span.first + span.count) - 1)
    return _rows(connection, _placed(table, *(table.c[name] for name in _SHOWN[kind])).where(here))


def place_in_load(connection: Connection, kind: str, span: Span, row: int, sheet_name: str | None) -> int | None:
    """How many rows of the load come before the row with that number; None when it is not among them."""
    if span.count == 0:
        return None
    table = LOG_OF[kind]
    named = sheet.c.name == sheet_name if sheet_name else sheet.c.id.is_not(None)
    last = span.first + span.count - 1
    number = connection.execute(
        select(func.min(table.c.id))
        .join_from(table, sheet, sheet.c.id == table.c.sheet_id)
        .where(table.c.id.between(span.first, last), table.c.row == row, named)
    ).scalar()
    return None if number is None else int(number) - span.first


def letters_of_load(connection: Connection, kind: str, span: Span, limit: int) -> list[Row]:
    """The first letters that rows of the load belong to: year, agenda_key, `total` of all."""
    if span.count == 0:
        return []
    table = LOG_OF[kind]
    touched = (
        select(table.c.request_id)
        .where(table.c.id.between(span.first, span.first + span.count - 1), table.c.request_id.is_not(None))
        .distinct()
    )
    letters = select(request.c.year, request.c.agenda_key, func.count().over().label("total"))
    letters = letters.where(request.c.id.in_(touched), request.c.year != NO_YEAR)
    return _rows(connection, letters.order_by(request.c.id.desc()).limit(limit))


def rejects_page(connection: Connection, load_id: int, limit: int | None = None, offset: int = 0) -> list[Row]:
    """Rejected rows in file order, all without a limit: sheet, row, column, code, message, cells."""
    statement = (
        select(sheet.c.name.label("sheet"), *columns_of(reject, "row", "column", "code", "message", "cells"))
        .select_from(reject.outerjoin(sheet, sheet.c.id == reject.c.sheet_id))
        .where(reject.c.load_id == load_id)
        .order_by(reject.c.id)
    )
    return _rows(connection, statement.limit(limit).offset(offset))


def set_aside_page(connection: Connection, load_id: int, limit: int | None = None, offset: int = 0) -> list[Row]:
    """Cells that rows were taken without, in file order, all without a limit: sheet, row, field, column, text, code,
    message."""
    columns = [set_aside.c[name] for name in ("row", "field", "column", "text", "code", "message")]
    statement = (
        select(sheet.c.name.label("sheet"), *columns)
        .select_from(set_aside.outerjoin(sheet, sheet.c.id == set_aside.c.sheet_id))
        .where(set_aside.c.load_id == load_id)
        .order_by(set_aside.c.id)
    )
    return _rows(connection, statement.limit(limit).offset(offset))


def set_aside_count(connection: Connection, load_id: int) -> int:
    """How many cells those are."""
    return connection.execute(select(func.count()).where(set_aside.c.load_id == load_id)).scalar_one()


def waiting_page(connection: Connection, kind: str, load_id: int, limit: int, offset: int) -> list[Row]:
    """Rows that the load counted as waiting: code, has_joined, and place and content as `rows_of_load`."""
    table = LOG_OF.get(kind)
    if table is None:
        return []
    shown = (table.c[name] for name in _SHOWN[kind] if name != "is_waiting")
    statement = _placed(table, *shown, (~WAITS[kind]).label("has_joined"), _awaited_code(kind))
    statement = statement.join(
        waiting_row, and_(waiting_row.c.target_row_id == table.c.id, waiting_row.c.kind == kind)
    ).where(waiting_row.c.load_id == load_id)
    return _rows(connection, statement.limit(limit).offset(offset))


def rows_still_waiting(connection: Connection, kind: str, load_id: int) -> list[Row]:
    """Rows that the load counted as waiting and that wait to this day, in file order: sheet, row, code, request_id,
    agenda_number, room and item (as typed; None: names none), and of the register
    received_on, letter_on, letter_number, subject."""
    table = LOG_OF.get(kind)
    if table is None:
        return []
    room = next((table.c[name] for name in ("room_text", "room") if name in table.c), null())
    item = table.c.item_text if kind == "kondisi" else null()
    of_register = ("received_on", "letter_on", "letter_number", "subject")
    told = ((table.c[name] if kind == "permohonan" else null()).label(name) for name in of_register)
    joined = table.join(waiting_row, waiting_row.c.target_row_id == table.c.id)
    own = columns_of(table, "id", "row", "request_id", "agenda_number")
    statement = (
        select(sheet.c.name.label("sheet"), *own, room.label("room"), item.label("item"), _awaited_code(kind))
        .add_columns(*told)
        .select_from(joined.outerjoin(sheet, sheet.c.id == table.c.sheet_id))
        .where(waiting_row.c.load_id == load_id, waiting_row.c.kind == kind, WAITS[kind])
    )
    return _rows(connection, statement.distinct().order_by(table.c.id))


def repeats_of_waiting(connection: Connection, kind: str, load_id: int) -> dict[int, int]:
    """By id of a row that stands for others of its file, which say the same and wait with it, how many these are."""
    rows = func.count()
    statement = select(waiting_row.c.target_row_id, rows).where(
        waiting_row.c.load_id == load_id, waiting_row.c.kind == kind
    )
    again = connection.execute(statement.group_by(waiting_row.c.target_row_id).having(rows > 1))
    return {row_id: count - 1 for row_id, count in again}


def _awaited_code(kind: str) -> ColumnElement[str]:
    """What a row that a load counted as waiting waits for now: a check whose room became known may lack its item."""
    counted = waiting_row.c.code
    now = case((WAITS[kind], waiting_code(kind)), else_=counted) if kind == "kondisi" else counted
    return now.label("code")


def corrections_page(connection: Connection, kind: str, load_id: int, limit: int, offset: int) -> list[Row]:
    """What the load changed, in file order: changes {column: [old, new]}, step, pass_number, room_name, started_at,
    sheet, row, year, agenda_key, `total` of all."""
    table = LOG_OF.get(kind)
    place = (table.c.row, sheet.c.name.label("sheet")) if table is not None else (null().label("row"),)
    own = columns_of(correction, "kind", "step", "pass_number", "room_name", "started_at", "changes")
    letter = (request.c.year, request.c.agenda_key)
    statement = select(*own, *letter, *place, func.count().over().label("total")).select_from(_with_places(table))
    statement = statement.where(correction.c.load_id == load_id).order_by(correction.c.id)
    return _rows(connection, statement.limit(limit).offset(offset))


def rows_of_letter(connection: Connection, request_id: int) -> list[Row]:
    """Every row that speaks of a letter and still counts: kind, id, load_id, file, sheet, row; step and pass_number
    of a hand-over, started_at of a session."""
    rows: list[Row] = []
    for kind, table in LOG_OF.items():
        columns = [table.c[name] for name in ("id", "step", "pass_number", "started_at") if name in table.c]
        statement = _counting(kind, *columns).where(table.c.request_id == request_id)
        rows += _rows(connection, statement.order_by(table.c.id))
    return rows


def loads_of_rows(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, int]:
    """The load that brought each of these rows of a kind of records."""
    table = LOG_OF[kind]
    rows = connection.execute(select(table.c.id, table.c.load_id).where(table.c.id.in_(ids)))
    return {row.id: row.load_id for row in rows}


def undoing_load(connection: Connection, load_id: int) -> Row | None:
    """The load that took this one back: id, started_at, actor, undo_reason; None while it counts."""
    undoing = select(*columns_of(load, "id", "started_at", "actor", "undo_reason"))
    mine = undoing.where(load.c.undoes_load_id == load_id).order_by(load.c.id.desc()).limit(1)
    return first_as(connection, mine, dict)


def stored_rows(connection: Connection, kind: str, row_ids: Iterable[int]) -> list[Row]:
    """These rows, whether their load counts or not: id, load_id, file, sheet, row, year and agenda_key of the letter
    (None: none), and what `_SHOWN` names of their kind."""
    table = LOG_OF[kind]
    listed = [table.c[name] for name in _SHOWN[kind]]
    statement = _placed(table, table.c.load_id, load.c.file, *listed).join(load, load.c.id == table.c.load_id)
    return _rows(connection, statement.where(table.c.id.in_([int(row_id) for row_id in row_ids])))


def page_corrections_of(connection: Connection, load_id: int) -> list[Row]:
    """What one load put right on a page: kind, target_row_id, field, file_value, new_value, reason, is_revoked."""
    names = ("kind", "target_row_id", "field", "file_value", "new_value", "reason", "is_revoked")
    statement = select(*columns_of(page_correction, *names)).where(page_correction.c.load_id == load_id)
    return _rows(connection, statement.order_by(page_correction.c.id))


def loads_count(connection: Connection) -> int:
    """How many loads there are, undone ones too."""
    return connection.execute(select(func.count()).select_from(load)).scalar_one()


def loads_with_rejects(connection: Connection, also: int | None = None) -> list[Row]:
    """Loads that count, have rejected rows, and were not given again whole: id, kind, file, rejected, finished_at,
    source_name, options.

    Given again whole: the next load of the same file name and kind repeats all that this one brought; `also` is listed
    even so.
    """
    repeats = load.c.unchanged + load.c.corrected
    after: dict[str, Any] = {"partition_by": (load.c.file, load.c.kind), "order_by": load.c.id}
    counted = (
        select(*columns_of(load, "id", "kind", "file", "rejected", "finished_at", "read", "source_name", "options"))
        .add_columns((load.c.accepted + repeats).label("brought"))
        .add_columns(func.lead(load.c.read).over(**after).label("next_read"))
        .add_columns(func.lead(repeats).over(**after).label("next_repeats"))
        .where(load.c.status == "loaded")
        .subquery()
    )
    is_whole = (counted.c.next_read >= counted.c.read) & (counted.c.next_repeats >= counted.c.brought)
    is_listed = func.coalesce(is_whole, False).is_(False) | (counted.c.id == also)
    statement = select(counted).where(counted.c.rejected > 0, is_listed)
    return _rows(connection, statement.order_by(counted.c.id.desc()))


def rejected_since(connection: Connection, moment: int) -> int:
    """How many rows were rejected by loads that began after a moment and still count."""
    counted = select(func.coalesce(func.sum(load.c.rejected), 0))
    counted = counted.where(load.c.started_at > moment, load.c.status == "loaded")
    return int(connection.execute(counted).scalar_one())


def first_load_after(connection: Connection, moment: int) -> int | None:
    """The id of the first load that ended after a moment and still counts; None when there is none."""
    ended = func.coalesce(load.c.finished_at, load.c.started_at)
    first = connection.execute(select(func.min(load.c.id)).where(ended > moment, load.c.status == "loaded")).scalar()
    return None if first is None else int(first)


def loads_of_files(connection: Connection, names: Sequence[str], digests: Sequence[str | None]) -> list[Row]:
    """Loads that count of files so named or with these bytes: file, sha256, started_at."""
    is_of = load.c.file.in_(names) | load.c.sha256.in_([digest for digest in digests if digest])
    counts = (load.c.status == "loaded") & load.c.undoes_load_id.is_(None)
    return _rows(connection, select(*columns_of(load, "file", "sha256", "started_at")).where(is_of, counts))


def loads_named(connection: Connection, prefix: str) -> list[Row]:
    """Loads that count whose file name begins so: id, kind, file."""
    named = load.c.file.startswith(prefix, autoescape=True)
    statement = select(load.c.id, load.c.kind, load.c.file).where(named, load.c.status == "loaded")
    return _rows(connection, statement.order_by(load.c.id))


def marked_loads(connection: Connection) -> list[AuditEntry]:
    """What was last said of the rejects of each load that somebody marked."""
    newest = (
        select(func.max(audit.c.id)).where(audit.c.action.in_((REJECTS_DONE, REJECTS_OPEN))).group_by(audit.c.subject)
    )
    return each_as(connection, select(audit).where(audit.c.id.in_(newest)), AuditEntry)


def missing_letters(connection: Connection, limit: int, offset: int) -> list[Row]:
    """Letter numbers that hand-overs wait for, the longest waiting first: agenda_key, year, shown (as typed),
    rows, since (moment), `total` of numbers, `all_rows`.

    A row that several loads gave is counted as often as the one that gave it most often: one file alone waits with as
    many rows as its load counted, and given again with no more."""
    mentions = _letters_told()
    groups = (
        select(
            mentions.c.agenda_key,
            mentions.c.year,
            func.max(mentions.c.shown).label("shown"),
            _whole(func.sum(mentions.c.rows)).label("rows"),
            func.min(mentions.c.load_id).label("load_id"),
        )
        .group_by(mentions.c.agenda_key, mentions.c.year)
        .subquery()
    )
    statement = (
        select(groups, load.c.finished_at.label("since"), func.count().over().label("total"))
        .add_columns(_whole(func.sum(groups.c.rows).over()).label("all_rows"))
        .join_from(groups, load, load.c.id == groups.c.load_id)
        .order_by(groups.c.load_id, groups.c.agenda_key)
    )
    return _rows(connection, statement.limit(limit).offset(offset))


def rows_awaiting_letter(connection: Connection, agenda_key: str, year: int | None, limit: int) -> list[Row]:
    """The rows behind one number: kind, step (None: a list of participants), finished_on, finished_at, place,
    `total` of rows."""
    passes = _awaiting("disposisi", pass_row.c.step, pass_row.c.finished_on, pass_row.c.finished_at)
    people = _awaiting("peserta", literal(None), literal(None), literal(None))
    parts = [
        part.where(table.c.agenda_key == agenda_key, _is(table.c.year, year), ~is_in_doubt(kind))
        for kind, table, part in (("disposisi", pass_row, passes), ("peserta", attendance_row, people))
    ]
    both = union_all(*parts).subquery()
    statement = select(both, func.count().over().label("total"))
    return _rows(connection, statement.order_by(both.c.load_id, both.c.row).limit(limit))


def unknown_names(connection: Connection, what: str) -> list[Row]:
    """Names of rooms, or of items ("room", "item"), that nobody knows, as typed: text, kind, rows, since (moment)."""
    mentions = union_all(*(_names_told(what, kind) for kind in _TEXTS[what])).subquery()
    statement = (
        select(mentions.c.text, mentions.c.kind, mentions.c.rows, load.c.finished_at.label("since"))
        .join_from(mentions, load, load.c.id == mentions.c.load_id)
        .order_by(mentions.c.load_id, mentions.c.text)
    )
    return _rows(connection, statement)


def rows_awaiting_name(connection: Connection, what: str, texts: Sequence[str], limit: int) -> list[Row]:
    """The rows behind some typed names of one room or item: kind, text, place; in order of load and row."""
    typed = {kind: LOG_OF[kind].c[text] for kind, (text, *_) in _TEXTS[what].items()}
    parts = [
        _awaiting(kind, text.label("text")).where(text.in_(texts), _is_nameless(kind, what))
        for kind, text in typed.items()
    ]
    waiting = union_all(*parts).subquery()
    return _rows(connection, select(waiting).order_by(waiting.c.load_id, waiting.c.row).limit(limit))


def rows_awaiting_number(
    connection: Connection, limit: int | None = 1, offset: int = 0, row_id: int | None = None, code: str = SAME_NUMBER
) -> list[Row]:
    """Register rows that wait for that reason, the newest giving of each: id, request_id, received_on, opd, subject,
    source, place, since, agenda_number, `total`; the longest waiting letter first. `limit` None: all of them. `row_id`:
    only that one."""
    log = LOG_OF["permohonan"]
    counted = select(waiting_row.c.target_row_id).where(waiting_row.c.kind == "permohonan", waiting_row.c.code == code)
    words = [log.c[name] for name in LETTER_WORDS]
    place = func.row_number().over(partition_by=words, order_by=log.c.id.desc()).label("place")
    told = (log.c[name] for name in ("id", "request_id", "received_on", "opd", "subject"))
    source = load.c.source_name.label("source")
    waiting = _awaiting("permohonan", *told, source, place).where(log.c.id.in_(counted)).subquery()
    newest = select(waiting, func.count().over().label("total")).where(waiting.c.place == 1)
    if row_id is not None:
        newest = newest.where(waiting.c.id == row_id)
    return _rows(connection, newest.order_by(waiting.c.request_id, waiting.c.id).limit(limit).offset(offset))


def events_awaiting_letter(
    connection: Connection, limit: int = 1, offset: int = 0, row_id: int | None = None
) -> list[Row]:
    """Events of calendars that wait for a letter, by their begin: id, request_id, subject, room, booking, place, since,
    `total`. `row_id`: only that one."""
    log = LOG_OF["permohonan"]
    booking = ("booked_start_on", "booked_start_at", "booked_end_on", "booked_end_at")
    told = (log.c[name] for name in ("id", "request_id", "subject", "room", *booking))
    waiting = _awaiting("permohonan", *told).where(IS_EVENT).subquery()
    events = select(waiting, func.count().over().label("total"))
    if row_id is not None:
        events = events.where(waiting.c.id == row_id)
    order = (waiting.c.booked_start_on, waiting.c.booked_start_at, waiting.c.id)
    return _rows(connection, events.order_by(*order).limit(limit).offset(offset))


def rows_in_doubt(
    connection: Connection, limit: int = 1, offset: int = 0, row: tuple[str, int] | None = None
) -> list[Row]:
    """Rows whose number several letters bear: kind, id, agenda_key, agenda_number, step, finished_on and finished_at
    (of rows that are no hand-over when they were), place, since, `total`. `row`: only that kind and id."""
    passes: list[ColumnElement[Any]] = [pass_row.c.step, pass_row.c.finished_on, pass_row.c.finished_at]
    told: dict[str, list[ColumnElement[Any]]] = {
        "disposisi": passes,
        "pemakaian": [null(), session_row.c.started_on, session_row.c.started_at],
        "kondisi": [null(), check_row.c.checked_on, check_row.c.checked_at],
        "peserta": [null(), null(), null()],
    }
    parts = []
    for kind, columns in told.items():
        named = [column.label(wanted.name) for column, wanted in zip(columns, passes, strict=True)]
        log = LOG_OF[kind]
        parts.append(_awaiting(kind, log.c.id, log.c.agenda_key, *named).where(is_in_doubt(kind)))
    doubts = union_all(*parts).subquery()
    statement = select(doubts, func.count().over().label("total"))
    if row is not None:
        statement = statement.where(doubts.c.kind == row[0], doubts.c.id == row[1])
    return _rows(connection, statement.order_by(doubts.c.load_id, doubts.c.row).limit(limit).offset(offset))


def _with_places(table: Table | None) -> Any:
    joined = correction.outerjoin(request, request.c.id == correction.c.request_id)
    if table is None:
        return joined
    joined = joined.outerjoin(table, table.c.id == correction.c.target_row_id)
    return joined.outerjoin(sheet, sheet.c.id == table.c.sheet_id)


def _placed(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows of a table with their place and their letter, in file order."""
    return (
        select(table.c.id, sheet.c.name.label("sheet"), table.c.sheet_id, table.c.row, table.c.request_id)
        .add_columns(func.nullif(request.c.year, NO_YEAR).label("year"), request.c.agenda_key, *columns)
        .select_from(
            table.outerjoin(sheet, sheet.c.id == table.c.sheet_id).outerjoin(
                request, request.c.id == table.c.request_id
            )
        )
        .order_by(table.c.id)
    )


def _letters_told() -> Subquery:
    """Contents of rows that wait for their letter: agenda_key, year, shown, load_id (the first), rows."""
    persons = func.sum(func.coalesce(attendance_row.c.people, 1))
    is_sole = {kind: ~is_in_doubt(kind) for kind in ("disposisi", "peserta")}
    passes = _told_most("disposisi", is_sole["disposisi"], func.count(), *PASS_CONTENT, shown="agenda_number")
    people = _told_most("peserta", is_sole["peserta"], persons, "agenda_key", "year", shown="agenda_number")
    names = ("agenda_key", "year", "shown", "load_id", "rows")
    return union_all(*(select(*(part.c[name] for name in names)) for part in (passes, people))).subquery()


def _told_most(
    kind: str, condition: ColumnElement[bool], count: ColumnElement[int], *content: str, shown: str
) -> Subquery:
    """One row per content of the rows of a kind that wait, under that condition: its columns, `shown` (as typed),
    `load_id`, the first that told it, and `rows`, how often the load that told it most often did."""
    table = LOG_OF[kind]
    by_load = (
        select(*(table.c[name] for name in content), func.max(table.c[shown]).label("shown"), table.c.load_id)
        .add_columns(count.label("rows"))
        .where(WAITS[kind], condition, counts_still(table))
        .group_by(*(table.c[name] for name in content), table.c.load_id)
        .subquery()
    )
    columns = [by_load.c[name] for name in content]
    most = select(*columns, func.max(by_load.c.shown).label("shown"), func.min(by_load.c.load_id).label("load_id"))
    return most.add_columns(func.max(by_load.c.rows).label("rows")).group_by(*columns).subquery()


def _whole(number: ColumnElement[Any]) -> ColumnElement[int]:
    """Sums are decimals on PostgreSQL."""
    return number.cast(BigInteger)


_TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "room": {
        "permohonan": ("room", "request_id"),
        "pemakaian": ("room_text", "started_at"),
        "kondisi": ("room_text", "checked_on", "checked_at", "item_text"),
    },
    "item": {"kondisi": ("item_text", "checked_on", "checked_at", "room_text")},
}
"""Of rooms and of items by kind the column of the name as typed, and what tells its rows apart."""


def faults_of_unknown_items(connection: Connection, as_of: int, today: int) -> list[tuple[str, str]]:
    """Room and item, as typed, of the checks up to a moment (and its day) that wait for their item and tell a fault."""
    row = check_row.c
    is_past = row.checked_at <= as_of, row.checked_at.is_(None) & (row.checked_on <= today)
    statement = select(row.room_name, row.item_text).distinct().where(
        WAITS["kondisi"], row.room_name.is_not(None), row.item_name.is_(None), or_(*is_past),
        row.condition.in_(("LIGHT", "HEAVY", "MISSING")), counts_still(check_row),
    )  # fmt: skip
    return [(room, item) for room, item in connection.execute(statement)]


def _names_told(what: str, kind: str) -> Select[Any]:
    """Typed names of one kind with how many rows carry them, counted as in `missing_letters`."""
    text, *content = _TEXTS[what][kind]
    is_nameless = LOG_OF[kind].c[text].is_not(None) & _is_nameless(kind, what)
    most = _told_most(kind, is_nameless, func.count(), text, *content, shown=text)
    count, first = _whole(func.sum(most.c.rows)).label("rows"), func.min(most.c.load_id).label("load_id")
    return select(most.c[text].label("text"), literal(kind).label("kind"), count, first).group_by(most.c[text])


def _is_nameless(kind: str, what: str) -> ColumnElement[bool]:
    """A row names a room or item that nobody knows; an event of a calendar waits for its letter first."""
    is_unknown = LOG_OF[kind].c[f"{what}_name"].is_(None)
    return is_unknown & ~IS_EVENT if kind == "permohonan" else is_unknown


def _awaiting(kind: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows that wait and count, with where they were read."""
    more = (load.c.finished_at.label("since"), LOG_OF[kind].c.agenda_number)
    return _counting(kind, *columns).add_columns(*more).where(WAITS[kind])


def _counting(kind: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows of a kind that count, with where they were read."""
    table = LOG_OF[kind]
    return (
        select(literal(kind).label("kind"), *columns)
        .add_columns(table.c.load_id, load.c.file, sheet.c.name.label("sheet"), table.c.row)
        .join_from(table, load, load.c.id == table.c.load_id)
        .outerjoin(sheet, sheet.c.id == table.c.sheet_id)
        .where(load.c.status == "loaded")
    )


def _is(column: ColumnElement[Any], value: int | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return each_as(connection, statement, dict)
