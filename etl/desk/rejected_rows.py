"""A rejected row that names several letters, taken once for each of them, as a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.loads import Load, load_by_id
from data_access.records.intake.views import rejects_page
from etl.desk.screen_rows import Receipt, TypedRow, give_rows
from etl.extract import Extracted, Sheet, open_cells
from etl.extract.kinds import Kind
from etl.extract.texts import SEVERAL_NUMBERS, numbers_in
from etl.figures.intake.open_work import mended_of_load
from etl.intake.load_report import read_orders
from etl.office import Office


class RejectedRowError(PantauError):
    """The rejected row cannot be taken as answered; the sentence says why."""


Reject = Mapping[str, Any]
"""A rejected row as `rejects_page` gives it."""

_KINDS = (Kind.PERMOHONAN, Kind.DISPOSISI)


def letters_named(kind: str, reject: Reject) -> list[str]:
    """The numbers of the letters that a row was rejected for naming; none of one rejected for another reason."""
    if kind not in _KINDS or reject["code"] != SEVERAL_NUMBERS:
        return []
    return numbers_in((reject["cells"] or {}).get(reject["column"], ""))


def open_reject(office: Office, load: Load, place: int) -> Reject | None:
    """The rejected row of a load at this place among them, from 1, while it names several letters and nothing has come
    in its place; else None."""
    with reading(office.records) as connection:
        rows = rejects_page(connection, load.id, 1, place - 1) if 0 < place <= load.counts.rejected else []
    if load.status != "loaded" or not rows or not letters_named(load.kind, rows[0]):
        return None
    here = load.id, rows[0]["sheet"], rows[0]["row"]
    return None if here in mended_of_load(office, load.id) else rows[0]


def take_each(office: Office, load_id: int, place: int, actor: str, role: str, now: int) -> Receipt:
    """Take the row once for each letter that it names, as a load of the screen; `place` as `open_reject` takes it.

    Raises RejectedRowError when it is mended meanwhile, or another cell of it cannot be read.
    """
    with reading(office.records) as connection:
        load = load_by_id(connection, load_id)
    reject = None if load is None else open_reject(office, load, place)
    if load is None or reject is None:
        raise RejectedRowError("intake.number_answered")
    rows = _typed(_read_again(office, load, reject))
    return give_rows(
        office, load.kind, rows, actor=actor, role=role, client_id=f"tolakan {load_id}/{place} {now}", now=now
    )


def _read_again(office: Office, load: Load, reject: Reject) -> Extracted:
    """The row read once more with each of the numbers in the place of them all."""
    header, cells = list(reject["cells"]), reject["cells"]
    numbers = letters_named(load.kind, reject)
    rows = [[number if name == reject["column"] else cells[name] for name in header] for number in numbers]
    source = office.settings.source(load.source_name) if load.source_name else None
    how: dict[str, Any] = {"kind": load.kind, "date_order": read_orders(load.options.get("date_order") or ())}
    with open_cells([Sheet(None, [header, *rows])], source=source, zone=office.zone, **how) as (extraction,):
        (part,) = extraction.parts()
    wrong = [each.message for each in (*part.rejects, *part.set_aside)]
    if wrong:
        raise RejectedRowError("intake.several_unread", reason=wrong[0])
    return part


def _typed(part: Extracted) -> Sequence[TypedRow]:
    rows = part.frame.drop(columns=["sheet", "row"]).to_dict("records")
    return [{str(name): value for name, value in row.items() if not pd.isna(value)} for row in rows]
