"""What waits for a person on the Data page: rejected rows, hand-overs without a letter, unknown rooms and names, flags;
and the corrections made on pages.

A row that was given in several loads waits once; one that stands twice in a file waits twice, as its load counted it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_access.mart import requests as facts
from data_access.records import Connection, reading
from data_access.records.access import REJECTS_DONE
from data_access.records.intake import views
from data_access.records.intake.loads import (
    NUMBERS_RESTART,
    RECEIPT_IMPLAUSIBLE,
    Load,
    file_loads,
    last_load_id,
    loads_page,
    screen_loads,
)
from data_access.records.intake.rejects import Told, cells_still_unread
from data_access.records.intake.undo import CORRECTABLE, corrections_in_force
from data_access.records.intake.views import page_corrections_of, stored_rows
from data_access.records.logs import rows_with
from etl.corrections.page import Question, folded_records, questions
from etl.corrections.typed import Value
from etl.domain.units import day_number
from etl.domain.verdict import Flag
from etl.extract.kinds import SPECS, Field, Kind, KindSpec, corrections_of
from etl.figures.filter import SlaFilter
from etl.figures.intake.mended import MendedBy, Place, mended_rows
from etl.intake.load_report import REPAIR_PREFIX
from etl.intake.waits import letters_in_doubt, letters_of_number
from etl.judging.overlay import overlay_in_force
from etl.office import Office
from etl.settings.names import Suggestion
from etl.settings.values import room_key

Row = Mapping[str, Any]

PAGE_ROWS = 50
"""Rows on one page of a list."""

SUSPICIOUS = (
    Flag.EXTRA_PASS, Flag.ENTERED_LATE, Flag.EQUAL_STAMPS, Flag.ROUND_STAMPS, Flag.SWAPPED_DATE, Flag.SLIPPED_DAY,
    Flag.IMPLAUSIBLE_YEAR,
)  # fmt: skip
"""Flags that may be a slip of the pen, in the order in which the page shows them."""

_REPAIR = re.compile(r"tolakan-(\d{1,18})-")


@dataclass(frozen=True)
class UnknownName:
    """One room or item that the settings do not know: its spellings as typed, rows by kind, since when."""

    key: str
    texts: tuple[str, ...]
    rows: Mapping[str, int]
    since: int
    close_to: str | None

    @property
    def count(self) -> int:
        """Rows of all kinds."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class UnknownOpd:
    """One agency's name that the settings do not know; `close_to` is a known or another unknown name, or None."""

    name: str
    letters: int
    close_to: str | None


@dataclass(frozen=True)
class UnusedRows:
    """How many rows say nothing yet: rejected ones, and those that wait for their letter or their room."""

    rejects: int
    missing_letters: int
    unknown_room_rows: int


@dataclass(frozen=True)
class Attention(UnusedRows):
    """How much waits for a person."""

    unread_cells: int
    unknown_item_rows: int
    unknown_opds: int
    same_numbers: int
    which_letters: int
    odd_receipts: int
    events: int
    restarted: int
    flags: Mapping[Flag, int] = field(default_factory=dict)


def unused_rows(office: Office) -> UnusedRows:
    """What of `attention` a report tells."""
    with reading(office.records) as connection:
        return _unused_rows(connection, office)


def _unused_rows(connection: Connection, office: Office) -> UnusedRows:
    letters = views.missing_letters(connection, 1, 0)
    return UnusedRows(
        rejects=sum(_open_rejects(connection, office).values()),
        missing_letters=int(letters[0]["all_rows"]) if letters else 0,
        unknown_room_rows=_nameless_rows(connection, "room"),
    )


def _nameless_rows(connection: Connection, what: str) -> int:
    return sum(int(row["rows"]) for row in views.unknown_names(connection, what))


def attention(office: Office) -> Attention:
    """Everything that waits for a person, counted."""
    with reading(office.records) as connection:
        unused = _unused_rows(connection, office)
        items = _nameless_rows(connection, "item")
        numbers, doubts = views.rows_awaiting_number(connection), views.rows_in_doubt(connection)
        receipts = views.rows_awaiting_number(connection, code=RECEIPT_IMPLAUSIBLE)
        events = views.events_awaiting_letter(connection)
        restarted = views.rows_awaiting_number(connection, code=NUMBERS_RESTART)
    return Attention(
        **vars(unused),
        unread_cells=len(unread_cells(office)),
        unknown_item_rows=items,
        unknown_opds=len(unknown_opds(office)),
        same_numbers=int(numbers[0]["total"]) if numbers else 0,
        which_letters=int(doubts[0]["total"]) if doubts else 0,
        odd_receipts=int(receipts[0]["total"]) if receipts else 0,
        events=int(events[0]["total"]) if events else 0,
        restarted=int(restarted[0]["total"]) if restarted else 0,
        flags=flag_counts(office),
    )


def open_rejects(office: Office) -> dict[int, int]:
    """How many rejected rows wait for repair, by the number of their load, the newest first.

    They wait no more when the load was undone; when the next load of the same file name and kind repeats all that it
    brought, for what is still bad is rejected there again; when the file of its rejected rows, whose name carries the
    load's number, was loaded; or when a person said that they are done with. Single rows wait no more when a later
    load mended them.
    """
    with reading(office.records) as connection:
        return _open_rejects(connection, office)


def _open_rejects(connection: Connection, office: Office) -> dict[int, int]:
    closed = {entry.subject for entry in views.marked_loads(connection) if entry.action == REJECTS_DONE}
    repaired = {
        (int(match[1]), row["kind"])
        for row in views.loads_named(connection, REPAIR_PREFIX)
        if (match := _REPAIR.match(row["file"])) and int(match[1]) < row["id"]
    }
    loads = [
        row
        for row in views.loads_with_rejects(connection)
        if (row["id"], row["kind"]) not in repaired and load_subject(row["id"]) not in closed
    ]
    mended = Counter(load_id for load_id, _, _ in _mended(connection, office, loads))
    return {row["id"]: left for row in loads if (left := row["rejected"] - mended[row["id"]]) > 0}


def _mended(connection: Connection, office: Office, loads: Sequence[Row]) -> Mapping[Place, MendedBy]:
    """The rejected rows of these loads that later ones mended; found once a mart, as every load publishes one."""
    ids = tuple(row["id"] for row in loads)
    if not ids or office.mart.meta() is None:
        return mended_rows(connection, office, loads)
    key = ("rows mended", last_load_id(connection), office.book.hash, ids)
    return office.mart.read().remember(key, lambda: mended_rows(connection, office, loads))


def mended_of_load(office: Office, load_id: int) -> Mapping[Place, MendedBy]:
    """The rejected rows of one load that later ones mended; of an undone one none."""
    with reading(office.records) as connection:
        return mended_in_load(connection, office, load_id)


def mended_in_load(connection: Connection, office: Office, load_id: int) -> Mapping[Place, MendedBy]:
    """The same by what this connection sees, as inside `one_load`."""
    loads = [row for row in views.loads_with_rejects(connection, also=load_id) if row["id"] == load_id]
    return _mended(connection, office, loads)


def unread_cells(office: Office) -> list[Row]:
    """The cells that were set aside and wait to be put right: load_id, kind, field, request_id."""
    if office.mart.meta() is None:
        return []
    with reading(office.records) as connection:
        key = ("cells set aside", last_load_id(connection))  # whatever puts one right is a load
        return office.mart.read().remember(key, lambda: cells_still_unread(connection, _TOLD))


def letters_with_unread_start(office: Office) -> frozenset[int]:
    """The letters of which the hour of the event was written and cannot be read: request_id."""
    cells = (cell for cell in unread_cells(office) if (cell["kind"], cell["field"]) == (Kind.PERMOHONAN, "jam_mulai"))
    return frozenset(cell["request_id"] for cell in cells)


def _told_in(spec: KindSpec, field: Field) -> Field:
    """The field in whose columns a field is kept: a day without its own is kept with its clock time."""
    return field if field.columns else next((clock for clock in spec.fields if clock.day == field.name), field)


_TOLD: Told = {
    kind: {field.name: ((kept := _told_in(spec, field)).columns, kept.corrected) for field in spec.fields}
    for kind, spec in SPECS.items()
}


def load_subject(load_id: int) -> str:
    """How the access log names a load."""
    return f"load {load_id}"


def runs(office: Office, page: int, only: Collection[int] | None = None) -> tuple[list[Load], int]:
    """One page of the loads, the newest first, and how many there are; `only` these when given."""
    with reading(office.records) as connection:
        ids = None if only is None else list(only)
        total = views.loads_count(connection) if ids is None else len(ids)
        return loads_page(connection, PAGE_ROWS, (page - 1) * PAGE_ROWS, ids), total


def last_runs(office: Office, count: int) -> list[Load]:
    """The newest loads."""
    with reading(office.records) as connection:
        return loads_page(connection, count)


@dataclass(frozen=True)
class LastRuns:
    """The newest loads of files and queries; `taps`: how many entries came from screens, the newest at `tapped_at`."""

    files: Sequence[Load]
    taps: int
    tapped_at: int | None


def tap_count(office: Office) -> int:
    """How many entries came from screens."""
    with reading(office.records) as connection:
        return screen_loads(connection)[0]


def files_and_taps(office: Office, count: int) -> LastRuns:
    """The newest `count` loads of files, and the entries of the screens as one sum."""
    with reading(office.records) as connection:
        return LastRuns(file_loads(connection, count), *screen_loads(connection))


@dataclass(frozen=True)
class SecondLetter:
    """A register row that waits as a second letter of its number (`place`: where it was read), and what it says, beside
    the letter that bears the number. `of_load`: how many rows of its load wait so, where that was asked for."""

    place: Row
    mine: Row
    earlier: Row
    of_load: int = 1


def second_letters(office: Office, page: int) -> tuple[list[SecondLetter], int]:
    """One page of the rows that wait as a second letter of their number, and how many there are."""
    with reading(office.records) as connection:
        rows = views.rows_awaiting_number(connection, PAGE_ROWS, (page - 1) * PAGE_ROWS)
        letters = letters_in_doubt(connection, rows)
    return [SecondLetter(row, *letters[row["id"]]) for row in rows], int(rows[0]["total"]) if rows else 0


def second_letter(office: Office, row_id: int) -> SecondLetter | None:
    """One row that waits as a second letter of its number; None when it waits no more."""
    with reading(office.records) as connection:
        every = views.rows_awaiting_number(connection, None)
        rows = [row for row in every if row["id"] == row_id]
        letters = letters_in_doubt(connection, rows)
    if not rows:
        return None
    return SecondLetter(rows[0], *letters[row_id], sum(row["load_id"] == rows[0]["load_id"] for row in every))


@dataclass(frozen=True)
class Restart:
    """The register of one source whose numbers begin again: the first row that waits, and how many do."""

    first: Row
    rows: int


def restarts(office: Office) -> list[Restart]:
    """The registers of which a person must say whether their numbers begin again every month."""
    with reading(office.records) as connection:
        rows = views.rows_awaiting_number(connection, None, code=NUMBERS_RESTART)
    by_source: dict[str | None, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["id"]):
        by_source.setdefault(row["source"], []).append(row)
    return [Restart(waiting[0], len(waiting)) for waiting in by_source.values()]


def odd_receipts(office: Office, page: int) -> tuple[list[Row], int]:
    """One page of the register rows whose receipt is probably mistyped, and how many there are."""
    with reading(office.records) as connection:
        start = (page - 1) * PAGE_ROWS
        rows = views.rows_awaiting_number(connection, PAGE_ROWS, start, code=RECEIPT_IMPLAUSIBLE)
    return rows, int(rows[0]["total"]) if rows else 0


def odd_receipt(office: Office, row_id: int) -> Row | None:
    """One such row; None when it waits no more."""
    with reading(office.records) as connection:
        rows = views.rows_awaiting_number(connection, row_id=row_id, code=RECEIPT_IMPLAUSIBLE)
    return rows[0] if rows else None


def waiting_events(office: Office, page: int) -> tuple[list[Row], int]:
    """One page of the events of calendars that wait for a letter, and how many there are."""
    with reading(office.records) as connection:
        rows = views.events_awaiting_letter(connection, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    return rows, int(rows[0]["total"]) if rows else 0


def waiting_event(office: Office, row_id: int) -> Row | None:
    """One such event; None when it waits no more."""
    with reading(office.records) as connection:
        rows = views.events_awaiting_letter(connection, row_id=row_id)
    return rows[0] if rows else None


def rows_in_doubt(office: Office, page: int) -> tuple[list[Row], int]:
    """One page of the rows whose number several letters bear, and how many there are."""
    with reading(office.records) as connection:
        rows = views.rows_in_doubt(connection, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    return rows, int(rows[0]["total"]) if rows else 0


def row_in_doubt(office: Office, kind: str, row_id: int) -> tuple[Row, list[Row]] | None:
    """One such row and the letters that bear its number, as the register tells them; None when it waits no more."""
    with reading(office.records) as connection:
        rows = views.rows_in_doubt(connection, row=(kind, row_id))
        return (rows[0], letters_of_number(connection, rows[0]["agenda_key"])) if rows else None


def unknown_rooms(office: Office) -> list[UnknownName]:
    """Rooms that rows wait for, the longest waiting first; spellings that differ in case and blanks are one."""
    with reading(office.records) as connection:
        return _unknown_names(connection, office, "room")


def unknown_items(office: Office) -> list[UnknownName]:
    """Items that checks wait for, as `unknown_rooms`."""
    with reading(office.records) as connection:
        return _unknown_names(connection, office, "item")


def _unknown_names(connection: Connection, office: Office, what: str) -> list[UnknownName]:
    names = office.room_names if what == "room" else office.item_names
    told: dict[str, list[Row]] = {}
    for row in views.unknown_names(connection, what):
        told.setdefault(room_key(row["text"]), []).append(row)
    close = _closest(names.suggestions(rows[0]["text"] for rows in told.values()))
    return [_unknown(key, rows, close) for key, rows in told.items()]


def _unknown(key: str, rows: Sequence[Row], close: Mapping[str, str]) -> UnknownName:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["kind"]] = counts.get(row["kind"], 0) + int(row["rows"])
    texts = tuple(dict.fromkeys(row["text"] for row in rows))
    return UnknownName(key, texts, counts, min(row["since"] for row in rows), close.get(" ".join(texts[0].split())))


def _closest(found: Sequence[Suggestion]) -> dict[str, str]:
    return {one.name: one.close_to for one in found}


def unknown_opds(office: Office) -> list[UnknownOpd]:
    """Agencies in the records that the settings do not know, those with the most letters first."""
    if office.mart.meta() is None:
        return []
    mart = office.mart.read()
    return mart.remember(("unknown opds", office.book.hash), lambda: _unknown_opds(office))


def _unknown_opds(office: Office) -> list[UnknownOpd]:
    counts = [
        (name, count) for name, count in facts.letters_by_opd(office.mart.read()) if not office.opd_names.is_known(name)
    ]
    close = _closest(office.opd_names.suggestions(name for name, _ in counts))
    return [UnknownOpd(name, count, close.get(name)) for name, count in counts]


def flag_counts(office: Office) -> dict[Flag, int]:
    """How many steps of a letter carry each suspicious flag; those that none carries are left out."""
    if office.mart.meta() is None:
        return {}
    mart = office.mart.read()
    found = mart.remember("steps by flags", lambda: facts.steps_by_flags(mart))
    counts = {flag: sum(count for bits, count in found if bits & flag) for flag in SUSPICIOUS}
    return {flag: count for flag, count in counts.items() if count}


def flagged_steps(office: Office, flag: Flag, page: int) -> tuple[list[Row], int]:
    """One page of the steps with that flag, those of the newest letters first, and how many there are.

    A step has year, agenda_number, opd, step, finished_on, finished_at; `places` are its source rows: pass_number,
    file, sheet, row.
    """
    mart = office.mart.read()
    rows = facts.flagged_steps(mart, int(flag), PAGE_ROWS, (page - 1) * PAGE_ROWS)
    places: dict[tuple[int, int], list[Row]] = {}
    for place in facts.places_of_steps(mart, {row["request_id"] for row in rows}):
        places.setdefault((place["request_id"], place["step"]), []).append(place)
    steps = [{**row, "places": places.get((row["request_id"], row["step"]), ())} for row in rows]
    return steps, int(rows[0]["total"]) if rows else 0


def corrections_behind(office: Office, asked: SlaFilter) -> int:
    """How many values of the letters received in a period were corrected, by later files or on pages."""
    first, last = day_number(asked.period.first), day_number(asked.period.last)
    return facts.correction_count(office.mart.read(), first, last, asked.opd, asked.room)


@dataclass(frozen=True)
class RowNow:
    """One stored row (place, letter, content) and what its record says now, corrections included, by field."""

    kind: str
    row: Row
    values: Mapping[str, Value]


@dataclass(frozen=True)
class PageCorrection:
    """One value put right on a page; `row` is the row addressed, None when its load was undone.

    `question` is set when a file has said something else since.
    """

    id: int
    load_id: int
    at: int | None
    actor: str | None
    reason: str
    kind: str
    target_row_id: int
    field: str
    file_value: Value
    new_value: Value
    row: Row | None
    question: Question | None = None
    is_revoked: bool = False


def row_now(office: Office, kind: str, row_id: int) -> RowNow | None:
    """A row that may be corrected; None when there is none, or its load was undone, or it still waits."""
    if kind not in CORRECTABLE:
        return None
    book = office.book
    with reading(office.records) as connection:
        targets = rows_with(connection, kind, "id", [row_id])
        stored = stored_rows(connection, kind, [row_id])
        if len(targets) == 0 or not stored:
            return None
        shown = folded_records(connection, book, kind, targets, overlay_in_force(connection, book))
    if not shown.has(0):
        return None
    return RowNow(kind, stored[0], {field: shown.value(0, field) for field in corrections_of(kind)})


def corrections_listed(office: Office, page: int) -> tuple[list[PageCorrection], int]:
    """One page of the corrections in force, questions first and then the newest, and how many there are."""
    asked = {question.correction_id: question for question in questions(office)}
    with reading(office.records) as connection:
        found = corrections_in_force(connection).to_dict("records")
        found.sort(key=lambda one: (one["id"] not in asked, -one["id"]))
        here = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        rows = _addressed(connection, here)
    return [_listed(one, rows, asked.get(int(one["id"]))) for one in here], len(found)


def corrections_of_load(office: Office, load_id: int) -> list[PageCorrection]:
    """What one correction on a page, a load of its own, put right."""
    with reading(office.records) as connection:
        found = [{**one, "id": 0, "load_id": load_id} for one in page_corrections_of(connection, load_id)]
        rows = _addressed(connection, found)
    return [_listed(one, rows, None) for one in found]


def question_count(office: Office) -> int:
    """How many corrections a file has questioned; asked once for each mart, as every change publishes one."""
    mart = office.mart.meta() and office.mart.read()
    return mart.remember("open questions", lambda: len(questions(office))) if mart else 0


def _addressed(connection: Connection, found: Sequence[Row]) -> dict[tuple[str, int], Row]:
    """The rows that corrections address, by kind and id."""
    ids: dict[str, set[int]] = {}
    for one in found:
        ids.setdefault(one["kind"], set()).add(int(one["target_row_id"]))
    return {(kind, row["id"]): row for kind, mine in ids.items() for row in stored_rows(connection, kind, mine)}


def _listed(one: Row, rows: Mapping[tuple[str, int], Row], question: Question | None) -> PageCorrection:
    names = ("reason", "kind", "field", "file_value", "new_value")
    return PageCorrection(
        id=int(one["id"]),
        load_id=int(one["load_id"]),
        at=None if one.get("at") is None else int(one["at"]),
        actor=one.get("actor"),
        target_row_id=int(one["target_row_id"]),
        row=rows.get((one["kind"], int(one["target_row_id"]))),
        question=question,
        is_revoked=bool(one["is_revoked"]),
        **{name: one[name] for name in names},
    )
