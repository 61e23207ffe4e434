"""A rejected row that names several letters, taken once for each of them, as a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message, PantauError
from data_access.records import Connection, reading
from data_access.records.intake.loads import Load, load_by_id
from data_access.records.intake.rejects import entry_apart
from data_access.records.intake.views import rejects_page
from etl.desk.screen_rows import Receipt, TypedRow, give_rows
from etl.domain.compliance.derive import is_empty
from etl.extract import Sheet, open_cells
from etl.extract.kinds import Kind
from etl.extract.texts import SEVERAL_NUMBERS, numbers_in
from etl.figures.intake.open_work import mended_in_load
from etl.intake.by_month import key_by_month
from etl.intake.classify import implausible_receipts, receipts_before_letter_year
from etl.intake.load_report import read_orders
from etl.intake.storing import plain
from etl.intake.waits import receipt_doubt
from etl.office import Office, Rulebook


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
        return _open_reject(connection, office, load, place)


def _open_reject(connection: Connection, office: Office, load: Load, place: int) -> Reject | None:
    rows = rejects_page(connection, load.id, 1, place - 1) if 0 < place <= load.counts.rejected else []
    if load.status != "loaded" or not rows or not letters_named(load.kind, rows[0]):
        return None
    here = load.id, rows[0]["sheet"], rows[0]["row"]
    return None if here in mended_in_load(connection, office, load.id) else rows[0]


def take_each(office: Office, load_id: int, place: int, actor: str, role: str, now: int) -> Receipt:
    """Take the row once for each letter that it names, as a load of the screen; `place` as `open_reject` takes it.

    Raises RejectedRowError when it is mended meanwhile, another cell of it cannot be read, or a file would hold its
    receipt back.
    """
    with reading(office.records) as connection:
        load = load_by_id(connection, load_id)
    if load is None or open_reject(office, load, place) is None:
        raise RejectedRowError("intake.number_answered")

    def rows(connection: Connection, book: Rulebook) -> Sequence[TypedRow]:
        current = load_by_id(connection, load_id)
        reject = None if current is None else _open_reject(connection, office, current, place)
        if current is None or reject is None:
            raise RejectedRowError("intake.number_answered")
        return _typed(_read_again(book, current, reject, now))

    client_id = entry_apart(load_id, place, now)
    return give_rows(office, load.kind, rows, actor=actor, role=role, client_id=client_id, now=now)


def _read_again(book: Rulebook, load: Load, reject: Reject, now: int) -> pd.DataFrame:
    """The row read once more with each of the numbers in the place of them all."""
    header, cells = list(reject["cells"]), reject["cells"]
    numbers = letters_named(load.kind, reject)
    rows = [[number if name == reject["column"] else cells[name] for name in header] for number in numbers]
    source = book.settings.source(load.source_name) if load.source_name else None
    how: dict[str, Any] = {"kind": load.kind, "date_order": read_orders(load.options.get("date_order") or ())}
    with open_cells([Sheet(None, [header, *rows])], source=source, zone=book.zone, **how) as (extraction,):
        (part,) = extraction.parts()
    wrong = [each.message for each in (*part.rejects, *part.set_aside)]
    if wrong:
        raise RejectedRowError("intake.several_unread", reason=wrong[0])
    if load.kind == Kind.PERMOHONAN:
        _refuse_odd_receipt(part.frame, book.calendar.day_of(now))
        is_monthly = "month" in (book.settings.numbering_of(source), load.options.get("numbering"))
        key_by_month(part.frame, is_monthly=is_monthly)
    return part.frame


def _refuse_odd_receipt(rows: pd.DataFrame, today: int) -> None:
    """Raises RejectedRowError where these rows of the register would wait for their receipt if a file brought them."""
    frame = plain(rows)
    received_on = frame["received_on"].to_numpy(np.int64)
    year = received_on.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    is_exchanged = frame["is_day_doubtful"].to_numpy(dtype=bool)
    is_odd = is_exchanged | receipts_before_letter_year(frame["letter_number"], year, today)
    is_odd |= implausible_receipts(received_on, year, np.zeros_like(year), frame["letter_on"].to_numpy(np.int64), today)
    if is_odd.any():
        row = frame.iloc[int(np.flatnonzero(is_odd)[0])]
        letter = {name: None if is_empty(row[name]) else row[name] for name in ("letter_on", "letter_number")}
        doubt = receipt_doubt(letter | {"received_on": row["received_on"]}, today, is_exchanged=is_exchanged.any())
        raise RejectedRowError("intake.several_receipt", doubt=Message(doubt))


def _typed(frame: pd.DataFrame) -> Sequence[TypedRow]:
    rows = frame.drop(columns=["sheet", "row"]).to_dict("records")
    return [{str(name): value for name, value in row.items() if not pd.isna(value)} for row in rows]
