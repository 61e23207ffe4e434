"""The records that corrections address, folded from their rows: as the files tell them, or as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.records.requests import passes_of, pauses_of, rows_of
from data_access.records.rooms import checks_on_days, sessions_starting_at
from etl.corrections.typed import Value
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.derive import fold, is_empty
from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import Form, corrections_of
from etl.judging.build_facts import PASS_COLUMNS, PASS_KEY, POSITION, folded_passes, folded_requests
from etl.judging.overlay import lay_over
from etl.judging.room_facts import CHECK_KEY, SESSION_KEY, keyed_checks

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook


@dataclass(frozen=True)
class Folded:
    """Records of one kind; `place[i]` is where the record of the i-th target stands in `one`, -1 for none.

    `row_places`: the same by id of every row that the records were folded from.
    """

    kind: str
    one: pd.DataFrame
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
        return {str(name): value for name, value in self.one.iloc[self.place[target]].items()}

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
        day = on if on != MISSING or at == MISSING else int(self.calendar.local_day(np.array([at]))[0])
        return None if day == MISSING else {"on": day, "at": None if at == MISSING else at}

    def other_passes(self, target: int) -> list[int]:
        """The numbers of the other passes of the same step."""
        mine = self.record(target)
        step = self.one[(self.one["request_id"] == mine["request_id"]) & (self.one["step"] == mine["step"])]
        return [int(number) for number in step["pass_number"] if number != mine["pass_number"]]


def folded_records(
    connection: Connection, book: Rulebook, kind: str, targets: pd.DataFrame, overlay: pd.DataFrame
) -> Folded:
    """The records that these rows are part of, with the corrections of `overlay` laid over them."""
    rows, one, key = _FOLDS[kind](connection, book, targets, overlay)
    keys = pd.MultiIndex.from_frame(one[key])
    found = keys.get_indexer(pd.MultiIndex.from_frame(rows[key])) if len(rows) else np.empty(0, dtype=np.int64)
    places = pd.Series(found, index=rows["id"].to_numpy(np.int64))
    return Folded(kind, one, tuple(places.reindex(targets["id"], fill_value=-1).tolist()), places, book.calendar)


_Fold = tuple[pd.DataFrame, pd.DataFrame, list[str]]


def _letters(connection: Connection, book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows = rows_of(connection, targets["request_id"].unique())
    rows = rows[~rows["is_waiting"]]
    one = lay_over(folded_requests(rows, book.calendar), ["request_id"], rows, "permohonan", overlay)
    return rows, one, ["request_id"]


def _hand_overs(connection: Connection, book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    letters = targets["request_id"].unique()
    rows = passes_of(connection, letters[letters != MISSING], *PASS_COLUMNS)
    rows["has_pause"] = rows["id"].isin(pauses_of(connection, letters[letters != MISSING])["pass_row_id"])
    one, numbers = folded_passes(rows, overlay, book.calendar)
    return rows.assign(pass_number=numbers), one, PASS_KEY


def _sessions(connection: Connection, _book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows = sessions_starting_at(connection, targets["started_at"].unique())
    rows = rows[rows["room_name"].notna()]
    one = fold(rows, SESSION_KEY, unfolded=POSITION)
    return rows, lay_over(one, SESSION_KEY, rows, "pemakaian", overlay), SESSION_KEY


def _checks(connection: Connection, _book: Rulebook, targets: pd.DataFrame, overlay: pd.DataFrame) -> _Fold:
    rows = keyed_checks(checks_on_days(connection, targets["checked_on"].unique()))
    one = fold(rows, CHECK_KEY, unfolded=POSITION)
    return rows, lay_over(one, CHECK_KEY, rows, "kondisi", overlay), CHECK_KEY


_FOLDS = {"permohonan": _letters, "disposisi": _hand_overs, "pemakaian": _sessions, "kondisi": _checks}
