"""Corrections made on a page: an overlay with who, when and why; the rows of the files stay as they are.

A correction wins over files. When a file says another value afterwards it stays in force and becomes a question: keep
it, or take the file's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.records import Connection, one_load, reading
from data_access.records.intake.loads import LoadCounts, sources
from data_access.records.intake.undo import CORRECTABLE, add_page_corrections, corrections_in_force, letter_numbers
from data_access.records.logs import rows_with
from etl.corrections.typed import Context, CorrectionError, Value, check_together, label, read_value
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.derive import fold, is_empty
from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import Form, corrections_of
from etl.extract.texts import letter_name
from etl.intake.load_report import STAMPED
from etl.intake.storing import Taken, begin_on_screen, end_on_screen, link_again
from etl.judging.build_facts import PASS_KEY, POSITION
from etl.judging.overlay import lay_over, no_overlay, overlay_in_force, values_of
from etl.judging.publishing import fault_of_catching_up
from etl.judging.room_facts import CHECK_KEY, SESSION_KEY, keyed_checks, known_rooms
from etl.judging.step_standing import letters_as_shown, passes_as_shown
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
        load_id = _record(connection, book, kind, target, [*ended, *kept], words, actor, now)
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
    rows = rows_with(connection, kind, "id", [row_id])
    if len(rows) == 0:
        raise CorrectionError("correction.no_row", kind=kind, row=row_id)
    row = rows.iloc[0]
    waits = row["is_waiting"] if kind == "permohonan" else pd.isna(row["room_name"]) if "room_name" in row else False
    if waits or (kind == "disposisi" and row["request_id"] == MISSING):
        raise CorrectionError("correction.row_waits")
    return rows


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
    for field, addressed, value in zip(mine["field"], mine["target_row_id"], mine["new_value"], strict=True):
        record, row_id = files if field == "pass_number" else shown, int(addressed)
        if row_id != target_row_id and row_id in record.rows(0):
            ended.append(_Kept(row_id, field, files.value(0, field), value, True))
    return ended


def _record(
    connection: Connection, book: Rulebook, kind: str, target: pd.DataFrame, kept: Sequence[_Kept], reason: str,
    actor: str, now: int,
) -> int:  # fmt: skip
    """Add corrections of one record as one load."""
    load_id = begin_on_screen(connection, CORRECTING, actor, now)
    request_id = int(target["request_id"].iloc[0])
    common = {"load_id": load_id, "at": now, "actor": actor, "reason": reason, "kind": kind, "request_id": request_id}
    add_page_corrections(connection, [common | asdict(correction) for correction in kept])
    taken = Taken({}, set() if request_id == MISSING else {request_id})
    if any(correction.field == "received" for correction in kept):
        link_again(connection, letter_numbers(connection, [request_id])["agenda_key"], taken)
    count = sum(correction.target_row_id == int(target["id"].iloc[0]) for correction in kept)
    end_on_screen(connection, book, load_id, taken, LoadCounts(count, corrected=count), now)
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
    target = rows_with(connection, kind, "id", [row_id])
    files, shown = _states(connection, book, kind, target)
    ended = _of_other_rows(in_force, files, shown, row_id, fields)
    common = {"load_id": load_id, "at": now, "actor": actor, "reason": STAMPED, "kind": kind}
    rows = [common | {"request_id": int(target["request_id"].iloc[0])} | asdict(correction) for correction in ended]
    if rows:
        add_page_corrections(connection, rows)


def questions(office: Office) -> list[Question]:
    """The corrections in force of which a file has said another value since, in the order in which they were made."""
    book = office.book
    with reading(office.records) as connection:
        in_force = corrections_in_force(connection)
        by_kind = (_changed_since(connection, book, kind, in_force[in_force["kind"] == kind]) for kind in CORRECTABLE)
        changed = [*chain.from_iterable(by_kind)]
        return sorted(_questions(connection, changed), key=lambda question: question.correction_id)


def _changed_since(connection: Connection, book: Rulebook, kind: str, mine: pd.DataFrame) -> list[dict[str, Any]]:
    """The corrections of a kind that are questions, each with the files' value now and its target row."""
    if len(mine) == 0:
        return []
    targets = rows_with(connection, kind, "id", mine["target_row_id"].unique())
    files = folded_records(connection, book, kind, targets, no_overlay())
    place = pd.Index(targets["id"]).get_indexer(mine["target_row_id"].astype(np.int64))
    changed = []
    for at, correction in zip(place.tolist(), mine.to_dict("records"), strict=True):
        now = files.value(at, correction["field"]) if files.has(at) else correction["file_value"]
        if now not in (correction["file_value"], correction["new_value"]):
            changed.append({**correction, "file_now": now, "target": targets.iloc[at]})
    return changed


def _questions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Question]:
    if not rows:
        return []
    places = sources(connection).set_index("sheet_id")
    letters = letter_numbers(connection, [int(row["target"]["request_id"]) for row in rows]).set_index("request_id")
    questions = []
    for row in rows:
        target, request_id = row["target"], int(row["target"]["request_id"])
        letter = letters.loc[request_id] if request_id in letters.index else None
        place = places.loc[int(target["sheet_id"])]
        questions.append(
            Question(
                correction_id=int(row["id"]),
                agenda=None if letter is None else letter_name(letter["year"], letter["agenda_key"]),
                mine=row["new_value"],
                file_before=row["file_value"],
                file_now=row["file_now"],
                at=int(row["at"]),
                file=place["file"],
                sheet=place["sheet"] if isinstance(place["sheet"], str) else None,
                row=int(target["row"]),
                target_row_id=int(row["target_row_id"]),
                **{name: row[name] for name in ("kind", "field", "actor", "reason")},
            )
        )
    return questions


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
        correction = {str(name): value for name, value in mine.iloc[0].items()}
        target = rows_with(connection, correction["kind"], "id", [correction["target_row_id"]])
        book = office.book_in(connection)
        files, shown = _states(connection, book, correction["kind"], target)
        earlier = correction["reason"] if chosen is Answer.KEEP else "nilai berkas dipakai"
        words = earlier if reason is None else _reason(reason)
        field, row_id = correction["field"], int(correction["target_row_id"])
        file_now = files.value(0, field) if files.has(0) else correction["file_value"]
        kept = _Kept(row_id, field, file_now, correction["new_value"], chosen is Answer.TAKE_FILE)
        ended = _of_other_rows(in_force, files, shown, row_id, {field})
        load_id = _record(connection, book, correction["kind"], target, [*ended, kept], words, actor, now)
    return Answered(load_id, fault_of_catching_up(office, now) is None)


@dataclass(frozen=True)
class Folded:
    """Records of one kind; `place[i]` is where the record of the i-th target stands in `folded`, -1 for none.

    `row_places`: the same by id of every row that the records were folded from.
    """

    kind: str
    folded: pd.DataFrame
    place: tuple[int, ...]
    row_places: pd.Series
    calendar: WorkCalendar

    def has(self, target: int) -> bool:
        """Whether the target is part of a record."""
        return self.place[target] >= 0

    def rows(self, target: int) -> list[int]:
        """The ids of all rows of the target's record; none when it is part of no record."""
        if not self.has(target):
            return []
        return [int(row_id) for row_id in self.row_places.index[self.row_places == self.place[target]]]

    def record(self, target: int) -> dict[str, Any]:
        """All columns of a target's record."""
        return {str(name): value for name, value in self.folded.iloc[self.place[target]].items()}

    def value(self, target: int, field: str) -> Value:
        """What the record says of a field, in the form of `etl.corrections.typed.Value`."""
        record = self.record(target)
        corrected = corrections_of(self.kind)[field]
        if corrected.is_stamp:
            return self._stamp(int(record[f"{field}_on"]), int(record[f"{field}_at"]))
        value = record[corrected.corrected_column]
        if corrected.form is Form.STATUS:
            return RequestStatus.of(int(value)).value
        return None if is_empty(value) else value.item() if isinstance(value, np.generic) else value

    def _stamp(self, on: int, at: int) -> Value:
        day = on if on != MISSING or at == MISSING else self.calendar.day_of(at)
        return None if day == MISSING else {"on": day, "at": None if at == MISSING else at}

    def other_passes(self, target: int) -> list[int]:
        """The numbers of the other passes of the same step."""
        mine = self.record(target)
        step = self.folded[(self.folded["request_id"] == mine["request_id"]) & (self.folded["step"] == mine["step"])]
        return [int(number) for number in step["pass_number"] if number != mine["pass_number"]]


def folded_records(
    connection: Connection, book: Rulebook, kind: str, targets: pd.DataFrame, overlay: pd.DataFrame
) -> Folded:
    """The records that these rows are part of, with the corrections of `overlay` laid over them."""
    rows, folded, key = _FOLDS[kind](connection, book, targets, overlay)
    keys = pd.MultiIndex.from_frame(folded[key])
    at = keys.get_indexer(pd.MultiIndex.from_frame(rows[key])) if len(rows) else np.empty(0, dtype=np.int64)
    places = pd.Series(at, index=rows["id"].to_numpy(np.int64))
    return Folded(kind, folded, tuple(places.reindex(targets["id"], fill_value=-1).tolist()), places, book.calendar)


_Fold = tuple[pd.DataFrame, pd.DataFrame, list[str]]


def _letters(connection: Connection, book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows, letters = letters_as_shown(connection, book, targets["request_id"].unique(), overlay)
    return rows, letters, ["request_id"]


def _hand_overs(connection: Connection, book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    letters = targets["request_id"].unique()
    rows, _, passes = passes_as_shown(connection, book, letters[letters != MISSING], overlay)
    return rows, passes, PASS_KEY


def _sessions(connection: Connection, _book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows = known_rooms(rows_with(connection, "pemakaian", "started_at", targets["started_at"].unique()))
    return _of_room("pemakaian", rows, SESSION_KEY, overlay)


def _checks(connection: Connection, _book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows = keyed_checks(rows_with(connection, "kondisi", "checked_on", targets["checked_on"].unique()))
    return _of_room("kondisi", rows, CHECK_KEY, overlay)


def _of_room(kind: str, rows: pd.DataFrame, key: list[str], overlay: pd.DataFrame) -> _Fold:
    return rows, lay_over(fold(rows, key, unfolded=POSITION), key, rows, kind, overlay), key


_FOLDS = {"permohonan": _letters, "disposisi": _hand_overs, "pemakaian": _sessions, "kondisi": _checks}
