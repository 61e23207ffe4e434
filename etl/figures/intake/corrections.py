"""Corrections made on pages as the Data page lists them, and one stored row as it counts now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_access.records import reading
from data_access.records.intake.undo import CORRECTABLE, corrections_in_force, rows_with_ids
from data_access.records.intake.views import page_corrections_of, stored_rows
from etl.corrections.folded import folded_records
from etl.corrections.page import Question, questions
from etl.corrections.typed import Value
from etl.extract.kinds import corrections_of
from etl.figures.intake.open_work import PAGE_ROWS
from etl.judging.facts_input import overlay_in_force

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office

Row = Mapping[str, Any]


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
        targets = rows_with_ids(connection, kind, [row_id])
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
