"""What the Data page lists over all loads: the runs, rejects still to be repaired, and what waits for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    cast,
    func,
    literal,
    select,
    union_all,
)

from data_access.records.access.audit import REJECTS_DONE, REJECTS_OPEN, AuditEntry
from data_access.records.intake.loads import counts_still
from data_access.records.intake.page_corrections import PASS_CONTENT
from data_access.records.schema import (
    attendance_row,
    audit,
    check_row,
    load,
    pass_row,
    request_row,
    session_row,
    sheet,
)

Row = Mapping[str, Any]


def loads_count(connection: Connection) -> int:
    """How many loads there are, undone ones too."""
    return connection.execute(select(func.count()).select_from(load)).scalar_one()


def loads_with_rejects(connection: Connection) -> list[Row]:
    """Loads that count, have rejected rows, and were not given again whole: id, kind, file, rejected, finished_at.

    Given again whole: the next load of the same file name and kind repeats all that this one brought.
    """
    brought = load.c.accepted + load.c.unchanged + load.c.corrected
    name = (load.c.file, load.c.kind)
    columns = [load.c[name] for name in ("id", "kind", "file", "rejected", "finished_at", "read")]
    counted = (
        select(
            *columns,
            brought.label("brought"),
            func.lead(load.c.read).over(partition_by=name, order_by=load.c.id).label("next_read"),
            func.lead(load.c.unchanged + load.c.corrected)
            .over(partition_by=name, order_by=load.c.id)
            .label("next_repeats"),
        )
        .where(load.c.status == "loaded")
        .subquery()
    )
    is_whole = (counted.c.next_read >= counted.c.read) & (counted.c.next_repeats >= counted.c.brought)
    statement = select(counted).where(counted.c.rejected > 0, func.coalesce(is_whole, False).is_(False))
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
    rows = connection.execute(select(audit).where(audit.c.id.in_(newest)))
    return [AuditEntry(**row._mapping) for row in rows]


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


def _letters_told() -> Subquery:
    """Contents of rows that wait for their letter: agenda_key, year, shown, load_id (the first), rows."""
    passes = _told_most(pass_row, pass_row.c.request_id.is_(None), func.count(), *PASS_CONTENT, shown="agenda_number")
    people = _told_most(
        attendance_row, attendance_row.c.request_id.is_(None), func.sum(func.coalesce(attendance_row.c.people, 1)),
        "agenda_key", "year", shown="agenda_number",
    )  # fmt: skip
    names = ("agenda_key", "year", "shown", "load_id", "rows")
    return union_all(*(select(*(part.c[name] for name in names)) for part in (passes, people))).subquery()


def _told_most(
    table: Table, waits: ColumnElement[bool], count: ColumnElement[int], *content: str, shown: str
) -> Subquery:
    """One row per content of the rows that wait: its columns, `shown` (as typed), `load_id`, the first that told it,
    and `rows`, how often the load that told it most often did."""
    by_load = (
        select(*(table.c[name] for name in content), func.max(table.c[shown]).label("shown"), table.c.load_id)
        .add_columns(count.label("rows"))
        .where(waits, counts_still(table))
        .group_by(*(table.c[name] for name in content), table.c.load_id)
        .subquery()
    )
    columns = [by_load.c[name] for name in content]
    most = select(*columns, func.max(by_load.c.shown).label("shown"), func.min(by_load.c.load_id).label("load_id"))
    return most.add_columns(func.max(by_load.c.rows).label("rows")).group_by(*columns).subquery()


def _whole(number: ColumnElement[Any]) -> ColumnElement[int]:
    """Sums are decimals on PostgreSQL."""
    return cast(number, BigInteger)


def rows_awaiting_letter(connection: Connection, agenda_key: str, year: int | None, limit: int) -> list[Row]:
    """The rows behind one number: kind, step (None: a list of participants), finished_on, finished_at, place,
    `total` of rows."""
    passes = _placed(pass_row, "disposisi", pass_row.c.step, pass_row.c.finished_on, pass_row.c.finished_at)
    people = _placed(attendance_row, "peserta", literal(None), literal(None), literal(None))
    both = union_all(
        *(
            part.where(table.c.agenda_key == agenda_key, _is(table.c.year, year), table.c.request_id.is_(None))
            for table, part in ((pass_row, passes), (attendance_row, people))
        )
    ).subquery()
    statement = select(both, func.count().over().label("total"))
    return _rows(connection, statement.order_by(both.c.load_id, both.c.row).limit(limit))


def unknown_rooms(connection: Connection) -> list[Row]:
    """Names of rooms that nobody knows, as typed: text, kind, rows, since (moment)."""
    parts = [
        _rooms_told("permohonan", request_row, "room", request_row.c.is_waiting, "request_id"),
        _rooms_told("pemakaian", session_row, "room_text", session_row.c.room_name.is_(None), "started_at"),
        _rooms_told(
            "kondisi", check_row, "room_text", check_row.c.room_name.is_(None), "checked_on", "checked_at", "item_text"
        ),
    ]  # fmt: skip
    mentions = union_all(*parts).subquery()
    statement = (
        select(mentions.c.text, mentions.c.kind, mentions.c.rows, load.c.finished_at.label("since"))
        .join_from(mentions, load, load.c.id == mentions.c.load_id)
        .order_by(mentions.c.load_id, mentions.c.text)
    )
    return _rows(connection, statement)


def _rooms_told(kind: str, table: Table, text: str, waits: ColumnElement[bool], *content: str) -> Select[Any]:
    """Typed names of one kind with how many rows carry them, counted as in `missing_letters`."""
    most = _told_most(table, waits & table.c[text].is_not(None), func.count(), text, *content, shown=text)
    count, first = _whole(func.sum(most.c.rows)).label("rows"), func.min(most.c.load_id).label("load_id")
    return select(most.c[text].label("text"), literal(kind).label("kind"), count, first).group_by(most.c[text])


def rows_awaiting_room(connection: Connection, texts: Sequence[str], limit: int) -> list[Row]:
    """The rows behind some typed names of one room: kind, text, place; in order of load and row."""
    chosen = (
        ("permohonan", request_row, request_row.c.room, request_row.c.is_waiting),
        ("pemakaian", session_row, session_row.c.room_text, session_row.c.room_name.is_(None)),
        ("kondisi", check_row, check_row.c.room_text, check_row.c.room_name.is_(None)),
    )
    parts = [
        _placed(table, kind, text.label("text")).where(waits, text.in_(texts)) for kind, table, text, waits in chosen
    ]
    waiting = union_all(*parts).subquery()
    return _rows(connection, select(waiting).order_by(waiting.c.load_id, waiting.c.row).limit(limit))


def _placed(table: Table, kind: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows that count, with where they were read."""
    return (
        select(literal(kind).label("kind"), *columns)
        .add_columns(table.c.load_id, load.c.file, sheet.c.name.label("sheet"), table.c.row)
        .add_columns(load.c.finished_at.label("since"), table.c.agenda_number)
        .join_from(table, load, load.c.id == table.c.load_id)
        .outerjoin(sheet, sheet.c.id == table.c.sheet_id)
        .where(load.c.status == "loaded")
    )


def _is(column: ColumnElement[Any], value: int | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]
