"""Corrections made on a page: an overlay with who, when and why; the rows of the files stay as they are.

A correction wins over files. When a file says another value afterwards it stays in force and becomes a question: keep
it, or take the file's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.records import one_load, reading
from data_access.records.intake.loads import LoadCounts, begin_load, finish_load, sources
from data_access.records.intake.undo import (
    CORRECTABLE,
    add_page_corrections,
    corrections_in_force,
    letter_numbers,
    rows_with_ids,
)
from data_access.records.requests import touch_requests
from etl.corrections.folded import Folded, folded_records
from etl.corrections.typed import Context, CorrectionError, Value, check_together, label, read_value
from etl.domain.frames import MISSING
from etl.intake.load_report import SCREEN, STAMPED
from etl.intake.storing import Taken, link_again
from etl.judging.facts_input import overlay_in_force
from etl.judging.overlay import no_overlay, values_of
from etl.judging.publishing import fault_of_catching_up

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Office, Rulebook

CORRECTING = "koreksi"

LEAST_REASON = 3


class Answer(StrEnum):
    """What becomes of a correction whose file value has changed since."""

    KEEP = "keep"
    TAKE_FILE = "take_file"


@dataclass(frozen=True)
class FieldChange:
    """One corrected field; values as JSON holds them (a stamp is `{"on": day, "at": moment or None}`)."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Corrected:
    """What was put right: the load that records it, and each field with its value before and now.

    `is_published`: whether the screens show it already.
    """

    load_id: int
    kind: str
    target_row_id: int
    request_id: int | None
    changes: tuple[FieldChange, ...]
    is_published: bool = True


@dataclass(frozen=True)
class Answered:
    """The load that records an answer; `is_published`: whether the screens show it already."""

    load_id: int
    is_published: bool


@dataclass(frozen=True)
class _Kept:
    """One correction to be stored; a revoked one takes the earlier one of that row and field back."""

    target_row_id: int
    field: str
    file_value: Value
    new_value: Value
    is_revoked: bool


@dataclass(frozen=True)
class Question:
    """A correction in force of which the files say something else than when it was made.

    `agenda` is `2026/143`, None for a session or check without a letter; `file`, `sheet`, `row` tell where the row
    addressed stands.
    """

    correction_id: int
    kind: str
    field: str
    target_row_id: int
    agenda: str | None
    mine: Value
    file_before: Value
    file_now: Value
    actor: str
    at: int
    reason: str
    file: str
    sheet: str | None
    row: int


def correct(
    office: Office, kind: str, target_row_id: int, changes: Mapping[str, Any], reason: str, actor: str, now: int
) -> Corrected:
    """Put values of one record right, and publish that.

    `target_row_id` is a row of the log of that kind and means the letter, pass, session or check it is part of.
    `changes`: field → text as typed (None or empty: nothing); the fields are those of `corrections_of`. Earlier
    corrections of the same field of the record, on whichever of its rows, end. Raises CorrectionError, whose sentence
    names field, value and what to write instead.
    """
    words = _reason(reason)
    if not changes:
        raise CorrectionError("correction.nothing")
    with one_load(office.records) as connection:
        book = office.book_in(connection)
        typed = {field: read_value(kind, field, value, Context(book, now)) for field, value in changes.items()}
        target = _target(connection, kind, target_row_id)
        files, shown = _states(connection, book, kind, target)
        new = {field: value for field, value in typed.items() if value != shown.value(0, field)}
        if not new:
            raise CorrectionError("correction.no_change", fields=[label(field) for field in typed])
        _refuse_together(connection, kind, target, shown, new)
        old = tuple(FieldChange(field, shown.value(0, field), value) for field, value in new.items())
        kept = [_Kept(target_row_id, field, files.value(0, field), value, False) for field, value in new.items()]
        ended = _of_other_rows(corrections_in_force(connection), files, shown, target_row_id, set(new))
        load_id = _record(connection, kind, target, [*ended, *kept], words, actor, now)
    is_published = fault_of_catching_up(office, now) is None
    request_id = int(target["request_id"].iloc[0])
    return Corrected(load_id, kind, target_row_id, None if request_id == MISSING else request_id, old, is_published)


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if len(words) < LEAST_REASON:
        raise CorrectionError("correction.reason")
    return words


def _target(connection: Connection, kind: str, row_id: int) -> pd.DataFrame:
    """The row addressed, as a frame of one. Raises CorrectionError when it is not there or still waits."""
    found = rows_with_ids(connection, kind, [row_id])
    if len(found) == 0:
        raise CorrectionError("correction.no_row", kind=kind, row=row_id)
    row = found.iloc[0]
    waits = row["is_waiting"] if kind == "permohonan" else pd.isna(row["room_name"]) if "room_name" in row else False
    if waits or (kind == "disposisi" and row["request_id"] == MISSING):
        raise CorrectionError("correction.row_waits")
    return found


def _states(connection: Connection, book: Rulebook, kind: str, targets: pd.DataFrame) -> tuple[Folded, Folded]:
    """The records of these rows as the files tell them, and as they are shown."""
    files = folded_records(connection, book, kind, targets, no_overlay())
    return files, folded_records(connection, book, kind, targets, overlay_in_force(connection, book))


def _refuse_together(
    connection: Connection, kind: str, target: pd.DataFrame, shown: Folded, new: Mapping[str, Value]
) -> None:
    record = shown.record(0)
    for field, value in new.items():
        record |= dict(values_of(kind, field, value))
    year = int(letter_numbers(connection, target["request_id"])["year"].iloc[0]) if kind == "permohonan" else None
    check_together(kind, record, set(new), year)
    if "pass_number" in new:
        others = shown.other_passes(0)
        if new["pass_number"] not in others:
            listed = others or Message("correction.no_other_pass")
            raise CorrectionError("correction.other_pass", value=new["pass_number"], others=listed)


def _of_other_rows(
    in_force: pd.DataFrame, files: Folded, shown: Folded, target_row_id: int, fields: set[str]
) -> list[_Kept]:
    """What ends the corrections of these fields that address other rows of the target's record.

    Left in force, such an older one would come back as soon as the target's own is taken back. The number of a pass
    is corrected as the files tell the passes, everything else as they are shown.
    """
    ended = []
    mine = in_force[(in_force["kind"] == files.kind) & in_force["field"].isin(fields)]
    for one in mine.to_dict("records"):
        record, row_id = files if one["field"] == "pass_number" else shown, int(one["target_row_id"])
        if row_id != target_row_id and row_id in record.rows(0):
            ended.append(_Kept(row_id, one["field"], files.value(0, one["field"]), one["new_value"], True))
    return ended


def _record(
    connection: Connection, kind: str, target: pd.DataFrame, kept: Sequence[_Kept], reason: str, actor: str, now: int
) -> int:
    """Add corrections of one record as one load."""
    load_id = begin_load(
        connection, file=SCREEN, sha256="", kind=CORRECTING, options={}, started_at=now, source_name=SCREEN, actor=actor
    )
    request_id = int(target["request_id"].iloc[0])
    common = {"load_id": load_id, "at": now, "actor": actor, "reason": reason, "kind": kind, "request_id": request_id}
    add_page_corrections(connection, [common | asdict(one) for one in kept])
    taken = Taken({}, set() if request_id == MISSING else {request_id})
    if any(one.field == "received" for one in kept):
        link_again(connection, letter_numbers(connection, [request_id])["agenda_key"], taken)
    touch_requests(connection, np.array(sorted(taken.requests), dtype=np.int64), load_id)
    count = sum(one.target_row_id == int(target["id"].iloc[0]) for one in kept)
    finish_load(connection, load_id, LoadCounts(count, corrected=count), finished_at=now)
    return load_id


def end_corrections(
    connection: Connection, book: Rulebook, kind: str, row_id: int, fields: set[str], load_id: int, actor: str, now: int
) -> None:
    """A row that was just given on a screen says these fields anew: what pages had corrected of them ends.

    Part of the load of that row, so that undoing it brings the corrections back.
    """
    in_force = corrections_in_force(connection)
    if not ((in_force["kind"] == kind) & in_force["field"].isin(fields)).any():
        return
    target = rows_with_ids(connection, kind, [row_id])
    files, shown = _states(connection, book, kind, target)
    ended = _of_other_rows(in_force, files, shown, row_id, fields)
    common = {"load_id": load_id, "at": now, "actor": actor, "reason": STAMPED, "kind": kind}
    rows = [common | {"request_id": int(target["request_id"].iloc[0])} | asdict(one) for one in ended]
    if rows:
        add_page_corrections(connection, rows)


def questions(office: Office) -> list[Question]:
    """The corrections in force of which a file has said another value since, in the order in which they were made."""
    book = office.book
    with reading(office.records) as connection:
        in_force = corrections_in_force(connection)
        found = [
            one for kind in CORRECTABLE for one in _asked(connection, book, kind, in_force[in_force["kind"] == kind])
        ]
        return sorted(_told(connection, found), key=lambda question: question.correction_id)


def _asked(connection: Connection, book: Rulebook, kind: str, mine: pd.DataFrame) -> list[dict[str, Any]]:
    """The corrections of a kind that are questions, each with the files' value now and its target row."""
    if len(mine) == 0:
        return []
    targets = rows_with_ids(connection, kind, mine["target_row_id"].unique())
    files = folded_records(connection, book, kind, targets, no_overlay())
    place = pd.Index(targets["id"]).get_indexer(mine["target_row_id"].astype(np.int64))
    asked = []
    for at, correction in zip(place.tolist(), mine.to_dict("records"), strict=True):
        now = files.value(at, correction["field"]) if files.has(at) else correction["file_value"]
        if now not in (correction["file_value"], correction["new_value"]):
            asked.append({**correction, "file_now": now, "target": targets.iloc[at]})
    return asked


def _told(connection: Connection, asked: Sequence[Mapping[str, Any]]) -> list[Question]:
    if not asked:
        return []
    places = sources(connection).set_index("sheet_id")
    letters = letter_numbers(connection, [int(one["target"]["request_id"]) for one in asked]).set_index("request_id")
    found = []
    for one in asked:
        target, request_id = one["target"], int(one["target"]["request_id"])
        letter = letters.loc[request_id] if request_id in letters.index else None
        place = places.loc[int(target["sheet_id"])]
        found.append(
            Question(
                correction_id=int(one["id"]),
                agenda=None if letter is None else f"{letter['year']}/{letter['agenda_key']}",
                mine=one["new_value"],
                file_before=one["file_value"],
                file_now=one["file_now"],
                at=int(one["at"]),
                file=place["file"],
                sheet=place["sheet"] if isinstance(place["sheet"], str) else None,
                row=int(target["row"]),
                target_row_id=int(one["target_row_id"]),
                **{name: one[name] for name in ("kind", "field", "actor", "reason")},
            )
        )
    return found


def answer(
    office: Office, correction_id: int, choice: Answer | str, actor: str, now: int, reason: str | None = None
) -> Answered:
    """Answer a question: keep the correction, or take it back so that the file's value counts.

    `reason` None stands for the reason of the correction, or for "nilai berkas dipakai". A correction may also be
    taken back when no file asks. Corrections of the same field on other rows of the record end. Raises
    CorrectionError.
    """
    chosen = Answer(choice)
    with one_load(office.records) as connection:
        in_force = corrections_in_force(connection)
        mine = in_force[in_force["id"] == correction_id]
        if len(mine) == 0:
            raise CorrectionError("correction.answered")
        one = {str(name): value for name, value in mine.iloc[0].items()}
        target = rows_with_ids(connection, one["kind"], [one["target_row_id"]])
        files, shown = _states(connection, office.book_in(connection), one["kind"], target)
        told = one["reason"] if chosen is Answer.KEEP else "nilai berkas dipakai"
        words = told if reason is None else _reason(reason)
        field, row_id = one["field"], int(one["target_row_id"])
        file_now = files.value(0, field) if files.has(0) else one["file_value"]
        kept = _Kept(row_id, field, file_now, one["new_value"], chosen is Answer.TAKE_FILE)
        ended = _of_other_rows(in_force, files, shown, row_id, {field})
        load_id = _record(connection, one["kind"], target, [*ended, kept], words, actor, now)
    return Answered(load_id, fault_of_catching_up(office, now) is None)
