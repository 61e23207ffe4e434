"""Rows that correct what tells their record from another one: each is named with what was said before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from etl.domain.compliance.derive import PASS_DESKS, is_empty
from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings, shown
from etl.extract.kinds import SPECS, STORED_AS, Field, Kind, column_words
from etl.extract.texts import letter_name
from etl.intake.classify import Change
from etl.intake.same_number import has_full_number, has_number, is_same_cell

LETTER_CHANGED, USE_CHANGED, LIST_CHANGED = "letter_changed", "use_changed", "list_changed"
"""Codes of the warnings that a row corrected which letter, or whose use of a room, it tells of, and that a list of
participants took the place of another one."""

ROW_REPLACED = "row_replaced"
"""Code of the warning that a row corrected an earlier one of its file, which a row copied and not finished does too."""

NUMBERS_SHIFTED = "numbers_shifted"
"""Code of the warning that a row corrects a letter into what the letter of the next number, or of the one before, was,
as where a row was deleted or put in and those below it were numbered again."""

LETTER_TWICE = "letter_twice"
"""Code of the warning that a row gives a letter a second agenda number, so that it, or its booking, counts twice."""
PERSONS_AGAIN, LISTS_SUMMED = "persons_again", "lists_summed"
"""Codes of the warnings that several sheets name the persons of one letter, by name or only by their number."""

CHANGED = (LETTER_CHANGED, USE_CHANGED, LIST_CHANGED, ROW_REPLACED, NUMBERS_SHIFTED, LETTER_TWICE)

_LETTER = {"letter_number": "no_surat", "opd_name": "asal", "received_on": "tgl_terima"}
"""Columns that name a letter, and what the office calls them."""

_ABOUT = {"subject": "perihal", "activity": "nama_kegiatan"}
"""Those that tell letters without a number apart."""

_DAY = {"booked_start_on": "tgl_kegiatan"}
"""The same, within one file told of when the file is read."""

_EVENT = {"subject", "activity", "room_name", "booked_start_at", "booked_end_at", "planned"}
"""What a letter asks for."""

_OWN = _EVENT | {"letter_on", "note"}
"""What one row says of its letter, which another row of the same file says otherwise only of another letter."""

_USE = {"agenda_key": "no_agenda", "opd_name": "instansi", "activity": "kegiatan"}

Cells = Mapping[str, Sequence[Any]]
"""By the office's column a cell before and after."""


def changed_letters(frame: pd.DataFrame, changes: Sequence[Change]) -> list[IntakeWarning]:
    """One warning for each row of `changes` that says another sender, letter number or day of receipt than the letter
    had, or without the same full number another subject, event or day of it, or beside another day of its event another
    subject or event, and is none of `replaced_rows`; at most a hundred, then how many more."""
    numbers = frame["letter_number"]
    named = []
    for change in (one for one in changes if not _replaced(Kind.PERMOHONAN, frame, one)):
        named.append((change.position, _named(change, _telling(change, numbers.iat[change.position]))))
    return _warnings(frame, named, LETTER_CHANGED)


def _telling(change: Change, number: Any) -> Mapping[str, str]:
    """The columns in which a row with this letter number may tell of another letter than the one it corrects."""
    if not has_full_number(number) or not is_same_cell(*change.changes.get("letter_number", (number, number))):
        return _LETTER | _ABOUT | (_DAY if change.earlier is None else {})
    return _LETTER | _ABOUT if "booked_start_on" in change.changes else _LETTER


_SHIFTED = (
    "opd_name", "letter_number", "letter_on", "received_on", "subject", "activity", "room_name",
    "booked_start_on", "booked_start_at", "booked_end_at", "planned",
)  # fmt: skip
"""What a row that is numbered again has the same as under its number before."""

_COUNTED = re.compile(r"(-\d\d/)?(\d{1,9})")


def numbers_beside(frame: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """The numbers before and behind those of the letters that rows correct in what tells letters apart: `place` of the
    row in the frame, `year`, `agenda_key`."""
    beside = [
        (change.position, int(frame["year"].iat[change.position]), f"{match[1] or ''}{int(match[2]) + step}")
        for change in changes
        if _is_rewritten(change) and (match := _COUNTED.fullmatch(frame["agenda_key"].iat[change.position]))
        for step in (1, -1)
    ]
    return pd.DataFrame(beside, columns=["place", "year", "agenda_key"])


def _is_rewritten(change: Change) -> bool:
    """Whether a row says otherwise than an earlier load what tells its letter from others."""
    pairs = (change.changes[name] for name in _SHIFTED if name in change.changes)
    return change.earlier is None and any(not any(map(is_empty, pair)) for pair in pairs)


def shifted_letters(frame: pd.DataFrame, beside: pd.DataFrame) -> list[IntakeWarning]:
    """One warning for each row that says all that a letter `beside` said before the load; `beside`: `numbers_beside`
    with what is known of these letters; at most a hundred, then how many more."""
    rows = frame.iloc[beside["place"].to_numpy()].reset_index(drop=True)
    is_same = np.ones(len(rows), dtype=bool)
    for name in _SHIFTED:
        own, other = rows[name].astype(object), beside[name].astype(object).reset_index(drop=True)
        is_same &= ((own == other) | (own.isna() & other.isna())).to_numpy(dtype=bool)
    shifted = beside[is_same].drop_duplicates("place")
    first = [
        _shifted(frame.iloc[place], letter_name(year, key))
        for place, year, key in shifted[["place", "year", "agenda_key"]].head(MAX_ALIKE).itertuples(index=False)
    ]
    return [*first, *further_warnings({("no_agenda", NUMBERS_SHIFTED): len(shifted)})]


def _shifted(row: pd.Series, other: str) -> IntakeWarning:
    number, sheet = int(row["row"]), row.get("sheet")
    letters = {"letter": letter_name(int(row["year"]), row["agenda_key"]), "other": other}
    message = Message(f"intake.{NUMBERS_SHIFTED}", row=number, **letters)
    return IntakeWarning(NUMBERS_SHIFTED, number, message.stored(), sheet if isinstance(sheet, str) else None)


def letters_twice(frame: pd.DataFrame, elsewhere: Mapping[int, str]) -> list[IntakeWarning]:
    """One warning for each row of a register whose letter has another agenda number already; `elsewhere`: by place of
    the row that number; at most a hundred, then how many more."""
    first = [_twice(frame.iloc[place], letter) for place, letter in [*elsewhere.items()][:MAX_ALIKE]]
    return [*first, *further_warnings({("no_agenda", LETTER_TWICE): len(elsewhere)})]


def _twice(row: pd.Series, letter: str) -> IntakeWarning:
    number, sheet = int(row["row"]), row.get("sheet")
    is_booked = row["booked_start_on"] != MISSING
    day = day_date(int(row["booked_start_on" if is_booked else "received_on"]))
    same = {"opd": shown(row["opd_name"]), "letter": letter, "day": day}
    message = Message("intake.letter_spelled_twice", row=number, agenda=shown(row["agenda_number"]), **same)
    if has_number(row["letter_number"]):
        code, paper = LETTER_TWICE if is_booked else "letter_received_twice", shown(row["letter_number"])
        message = Message(f"intake.{code}", row=number, number=paper, **same)
    return IntakeWarning(LETTER_TWICE, number, message.stored(), sheet if isinstance(sheet, str) else None)


def changed_uses(frame: pd.DataFrame, changes: Sequence[Change]) -> list[IntakeWarning]:
    """The same of each row of a room log that says another letter, agency or activity than the use had."""
    stored = [change for change in changes if change.earlier is None]
    return _warnings(frame, ((change.position, _named(change, _USE)) for change in stored), USE_CHANGED)


def replaced_rows(kind: Kind, frame: pd.DataFrame, changes: Sequence[Change]) -> list[IntakeWarning]:
    """One warning for each row of a kind that says something else than an earlier row of its file: for a letter what it
    is about, its date or note, or another hour, room or number of persons of its event, for a hand-over another moment
    of its pass, also to the same desk, for a use or check anything; at most a hundred, then how many more."""
    warnings: dict[tuple[Any, int], IntakeWarning] = {}
    for change in changes:
        fields = _replaced(kind, frame, change)
        if not fields or change.earlier is None:
            continue
        (sheet, row), (above, other) = (_place(frame, position) for position in (change.position, change.earlier))
        columns = [column_words(field.name) for field in fields]
        places = {"row": _on_sheet(row, sheet), "earlier": _on_sheet(other, None if above == sheet else above)}
        message = Message(f"intake.replaced_{kind}", **places, columns=columns)
        warnings.setdefault((sheet, row), IntakeWarning(ROW_REPLACED, row, message.stored(), sheet))
    first = list(warnings.values())[:MAX_ALIKE]
    return [*first, *further_warnings({("no_agenda", ROW_REPLACED): len(warnings)})]


def _on_sheet(row: int, sheet: str | None) -> Message | int:
    """A row as a sentence names it, on its sheet where that has a name."""
    return row if sheet is None else Message("intake.row_on_sheet", row=row, sheet=sheet)


def _replaced(kind: Kind, frame: pd.DataFrame, change: Change) -> list[Field]:
    """The fields that a row says otherwise than the earlier one of its file; none of the days of one row."""
    if change.earlier is None or _place(frame, change.position) == _place(frame, change.earlier):
        return []
    adds = kind in (Kind.DISPOSISI, Kind.PERMOHONAN)
    names = {name for name, pair in change.changes.items() if not adds or not any(map(is_empty, pair))}
    if kind is Kind.PERMOHONAN:
        names = set() if "booked_start_on" in names else names & _OWN  # another day was remarked when it was read
    if kind is Kind.DISPOSISI:
        desks = (frame[[*PASS_DESKS]].iloc[position].tolist() for position in (change.position, change.earlier))
        names = names if next(desks) == next(desks) else set()
    return [field for field in SPECS[kind].fields if names & {STORED_AS.get(name, name) for name in field.columns}]


def _place(frame: pd.DataFrame, position: int) -> tuple[str | None, int]:
    sheet = frame["sheet"].iat[position]
    return sheet if isinstance(sheet, str) else None, int(frame["row"].iat[position])


def changed_lists(lists: pd.DataFrame, people: Mapping[int, tuple[int, int]]) -> list[IntakeWarning]:
    """One warning for each letter whose list of participants took the place of an earlier one; `people` by request_id:
    how many the earlier one and this one name; at most a hundred, then how many more."""
    rows = lists[lists["request_id"].isin(list(people))].drop_duplicates("request_id")
    first = [_list_warning(row, *people[row["request_id"]]) for row in rows.head(MAX_ALIKE).to_dict("records")]
    return [*first, *further_warnings({("no_agenda", LIST_CHANGED): len(rows)})]


def lists_of_sheets(lists: pd.DataFrame) -> list[IntakeWarning]:
    """One warning for each letter of whose list several sheets name the same persons, each counted once, and one for
    each of which several count persons without names, who may be the same; of each a hundred, then how many more."""
    again = lists.assign(rows=lists["people"])[lists["verified"] < lists["people"]]
    summed = lists.assign(rows=lists["nameless"])[lists["nameless"] > 0]
    sorts = ((PERSONS_AGAIN, again), (LISTS_SUMMED, summed))
    first = [_sheets_warning(code, row) for code, rows in sorts for row in rows.head(MAX_ALIKE).to_dict("records")]
    return [*first, *further_warnings({("no_agenda", code): len(rows) for code, rows in sorts})]


def _sheets_warning(code: str, row: Mapping[str, Any]) -> IntakeWarning:
    counts = {"letter": row["agenda_number"], "rows": int(row["rows"]), "persons": int(row["verified"])}
    return _of_list(code, row, counts)


def _list_warning(row: Mapping[str, Any], before: int, after: int) -> IntakeWarning:
    return _of_list(LIST_CHANGED, row, {"letter": row["agenda_number"], "before": before, "after": after})


def _of_list(code: str, row: Mapping[str, Any], counts: Mapping[str, Any]) -> IntakeWarning:
    number, sheet = int(row["row"]), row.get("sheet")
    message = Message(f"intake.{code}", row=number, **counts)
    return IntakeWarning(code, number, message.stored(), sheet if isinstance(sheet, str) else None)


def _named(change: Change, names: Mapping[str, str]) -> Cells:
    """The cells that are filled both times, and otherwise."""
    pairs = {column: change.changes[name] for name, column in names.items() if name in change.changes}
    return {column: pair for column, pair in pairs.items() if not any(map(is_empty, pair)) and not is_same_cell(*pair)}


def _warnings(frame: pd.DataFrame, named: Iterable[tuple[int, Cells]], code: str) -> list[IntakeWarning]:
    changed = [(place, cells) for place, cells in named if cells]
    first = [_warning(frame.iloc[place], cells, code) for place, cells in changed[:MAX_ALIKE]]
    return [*first, *further_warnings({("no_agenda", code): len(changed)})]


def _warning(row: pd.Series, cells: Cells, code: str) -> IntakeWarning:
    changes = [
        Message("intake.cell_changed", column=column_words(column), before=_cell(pair[0]), after=_cell(pair[1]))
        for column, pair in cells.items()
    ]
    number, sheet = int(row["row"]), row.get("sheet")
    letter = {"letter": letter_name(int(row["year"]), row["agenda_key"])} if code == LETTER_CHANGED else {}
    message = Message(f"intake.{code}", row=number, changes=changes, **letter)
    return IntakeWarning(code, number, message.stored(), sheet if isinstance(sheet, str) else None)


def _cell(value: Any) -> Any:
    """A cell as a sentence shows it; days are numbers."""
    return shown(value) if isinstance(value, str) else day_date(int(value))
