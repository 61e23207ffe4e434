"""Rows that correct what tells their record from another one: each is named with what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from data_access.errors import Message
from etl.domain.compliance.derive import is_empty
from etl.domain.units import day_date
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings, shown
from etl.extract.kinds import column_words
from etl.extract.texts import letter_name
from etl.intake.classify import Change
from etl.intake.same_number import has_number, is_same_cell

LETTER_CHANGED, USE_CHANGED, LIST_CHANGED = "letter_changed", "use_changed", "list_changed"
"""Codes of the warnings that a row corrected which letter, or whose use of a room, it tells of, and that a list of
participants took the place of another one."""

CHANGED = (LETTER_CHANGED, USE_CHANGED, LIST_CHANGED)

_LETTER = {"letter_number": "no_surat", "opd_name": "asal", "received_on": "tgl_terima"}
"""Columns that name a letter, and what the office calls them."""

_ABOUT = {"subject": "perihal", "activity": "nama_kegiatan"}
"""Those that tell letters without a number apart."""

_USE = {"agenda_key": "no_agenda", "opd_name": "instansi", "activity": "kegiatan"}

Cells = Mapping[str, Sequence[Any]]
"""By the office's column a cell before and after."""


def changed_letters(frame: pd.DataFrame, changes: Sequence[Change]) -> list[IntakeWarning]:
    """One warning for each row of `changes` that says another sender, letter number or day of receipt than the letter
    had, or without a number another subject or event; at most a hundred, then how many more."""
    numbers = frame["letter_number"]
    named = [
        (change.position, _named(change, _LETTER if has_number(numbers.iat[change.position]) else _LETTER | _ABOUT))
        for change in changes
    ]
    return _warnings(frame, named, LETTER_CHANGED)


def changed_uses(frame: pd.DataFrame, changes: Sequence[Change]) -> list[IntakeWarning]:
    """The same of each row of a room log that says another letter, agency or activity than the use had."""
    return _warnings(frame, ((change.position, _named(change, _USE)) for change in changes), USE_CHANGED)


def changed_lists(lists: pd.DataFrame, people: Mapping[int, tuple[int, int]]) -> list[IntakeWarning]:
    """One warning for each letter whose list of participants took the place of an earlier one; `people` by request_id:
    how many the earlier one and this one name; at most a hundred, then how many more."""
    rows = lists[lists["request_id"].isin(list(people))].drop_duplicates("request_id")
    first = [_list_warning(row, *people[row["request_id"]]) for row in rows.head(MAX_ALIKE).to_dict("records")]
    return [*first, *further_warnings({("no_agenda", LIST_CHANGED): len(rows)})]


def _list_warning(row: Mapping[str, Any], before: int, after: int) -> IntakeWarning:
    number = int(row["row"])
    counts = {"letter": row["agenda_number"], "before": before, "after": after}
    return IntakeWarning(LIST_CHANGED, number, Message(f"intake.{LIST_CHANGED}", row=number, **counts).stored())


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
