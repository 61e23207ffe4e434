"""Lists of participants into the records: of each letter the counts, of the persons nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.records.intake.loads import LETTER_MISSING, add_corrections, add_waiting
from data_access.records.requests import add_attendance, attendance_of
from etl.domain.compliance.derive import link
from etl.domain.frames import MISSING
from etl.intake.classify import Outcome
from etl.intake.storing import Taken, letters_of, no_day, year_of
from etl.judging.attendance_facts import COUNTS, folded_attendance

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook

_GROUP = ["agenda_key", "year"]


def take_peserta(connection: Connection, load_id: int, frames: Iterable[pd.DataFrame], _book: Rulebook) -> Taken:
    """Lists of persons: counted over all parts of the file, one row of counts a letter.

    A person's row ends as its letter's counts do: new, the same as known, other ones, or waiting for the letter.
    """
    lists = counted(frames)
    lists["load_id"] = load_id
    letters = letters_of(connection, lists["agenda_key"])
    lists["request_id"] = link(lists["agenda_key"], year_of(lists), no_day(lists), letters)
    linked = lists[lists["request_id"] != MISSING]
    known = folded_attendance(attendance_of(connection, linked["request_id"].unique())).set_index("request_id")
    ids = add_attendance(connection, lists)
    told = folded_attendance(linked.assign(id=ids[lists["request_id"] != MISSING]))
    outcome = dict(zip(told["request_id"].tolist(), _outcomes(told, known), strict=True))
    ends = [outcome.get(request_id, Outcome.WAITING) for request_id in lists["request_id"].tolist()]
    people = lists["people"].to_numpy()
    counts = {end.name.lower(): int(people[[one is end for one in ends]].sum()) for end in Outcome}
    waits = np.repeat(ids, np.where(lists["request_id"] == MISSING, people, 0))
    add_waiting(connection, load_id, "peserta", waits, LETTER_MISSING)
    corrected = told[[outcome[one] is Outcome.CORRECTED for one in told["request_id"].tolist()]]
    add_corrections(connection, [_correction(load_id, row, known) for row in corrected.to_dict("records")])
    return Taken(counts, set(outcome))


def counted(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One row per letter named in a list: agenda_key, agenda_number, year, where it stands first, COUNTS.

    A count is MISSING where nobody was asked, which is not the same as nobody.
    """
    parts = [_counted(frame) for frame in frames]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_GROUP, *COUNTS])
    grouped = whole.groupby(_GROUP, sort=False, dropna=False)
    first = grouped[["agenda_number", "sheet_id", "row"]].first()
    sums = grouped[list(COUNTS)].sum(min_count=1)
    return first.join(sums).reset_index().fillna(dict.fromkeys(COUNTS, MISSING)).astype(dict.fromkeys(COUNTS, np.int64))


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """The letters of one part, as sums over its persons; unknown counts are NaN."""
    persons = frame[[*_GROUP, "agenda_number", "sheet_id", "row"]].assign(
        people=1.0,
        verified=1.0,
        present=_tally(frame["is_present"]),
        screened=_tally(frame["is_screened"]),
        passed=_tally(frame["is_passed"]),
    )
    persons["failed"] = persons["screened"] - persons["passed"]
    grouped = persons.groupby(_GROUP, sort=False, dropna=False)
    first = grouped[["agenda_number", "sheet_id", "row"]].first()
    return first.join(grouped[list(COUNTS)].sum(min_count=1)).reset_index()


def _tally(answers: pd.Series) -> np.ndarray:
    return answers.astype("boolean").astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)


def _outcomes(told: pd.DataFrame, known: pd.DataFrame) -> list[Outcome]:
    """The end of each letter's list against the counts known before."""
    before = known.reindex(told["request_id"])
    is_new = before["id"].isna().to_numpy()
    is_same = (before[list(COUNTS)].to_numpy() == told[list(COUNTS)].to_numpy()).all(axis=1)
    ends = np.select([is_new, is_same], [Outcome.ACCEPTED, Outcome.UNCHANGED], Outcome.CORRECTED)
    return [Outcome(end) for end in ends.tolist()]


def _correction(load_id: int, row: dict[str, Any], known: pd.DataFrame) -> dict[str, Any]:
    old = known.loc[row["request_id"]]
    return {
        "load_id": load_id,
        "kind": "peserta",
        "target_row_id": row["id"],
        "old_row_id": old["id"],
        "request_id": row["request_id"],
        "changes": {name: [_told(old[name]), _told(row[name])] for name in COUNTS if old[name] != row[name]},
    }


def _told(count: int) -> int | None:
    return None if count == MISSING else int(count)
