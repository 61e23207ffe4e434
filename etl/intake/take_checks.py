"""Checks of a room into the records: one answer a key (room, time, item)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.records.intake.loads import ROOM_UNKNOWN, add_corrections, add_waiting
from data_access.records.rooms import add_checks, checks_on_days
from etl.domain.compliance.derive import fold, link
from etl.domain.frames import MISSING, Bools, Ints
from etl.extract.kinds import SPECS, Kind
from etl.intake.classify import Change, Outcome, classify_keyed
from etl.intake.storing import Taken, check_day, letters_of, year_of
from etl.judging.build_facts import POSITION
from etl.judging.room_facts import CHECK_KEY, keyed_checks, said_when
from etl.settings.values import room_key

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook
    from etl.settings.document import Settings

CHECK_COLUMNS = (*SPECS[Kind.KONDISI].compared, "agenda_key")
_CONTENT = ["room_text", "checked_on", "checked_at", "item_text", *CHECK_COLUMNS, "year"]


def take_kondisi(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Checks: they count without a letter and are linked when it comes; one of an unknown room waits."""
    frame["room_text"], frame["item_text"] = frame["room"], frame["item"]
    frame["room_name"] = book.room_names.canonical(frame["room"])
    frame["item_name"] = item_names(frame["item"], book.settings)
    letters = letters_of(connection, frame["agenda_key"])
    frame["request_id"] = link(frame["agenda_key"], year_of(frame), check_day(frame), letters)
    waits: Bools = frame["room_name"].isna().to_numpy(dtype=bool)
    rows = checks_on_days(connection, frame["checked_on"].unique())
    earlier = keyed_checks(rows)
    known = fold(earlier, CHECK_KEY, unfolded=POSITION)
    frame["said_when"] = said_when(frame)
    frame["key"], known["key"] = _keys(frame), _keys(known)
    result = classify_keyed(frame, known, "key", CHECK_COLUMNS)
    result.outcome[waits] = Outcome.WAITING
    ids = _stored(connection, frame, rows[rows["load_id"] == load_id], result.outcome)
    add_waiting(connection, load_id, "kondisi", ids[waits], ROOM_UNKNOWN)
    changes = [change for change in result.changes if not waits[change.position]]
    add_corrections(connection, (_correction(load_id, frame, ids, change) for change in changes))
    shared = earlier["request_id"][pd.Index(_keys(earlier)).isin(frame["key"][~waits])]
    touched = {*frame["request_id"][~waits].tolist(), *shared.tolist()} - {MISSING}
    return Taken({outcome.name.lower(): result.count(outcome) for outcome in Outcome}, touched)


def item_names(typed: pd.Series, settings: Settings) -> pd.Series:
    """Items under the names of the checklists; one that no list has keeps its own, without stray blanks."""
    listed = {room_key(item.name): item.name for version in settings.checklists for item in version.items}
    found = {name: listed.get(room_key(name), " ".join(name.split())) for name in typed.dropna().unique()}
    return typed.map(found).astype("str")


def _keys(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(zip(*(frame[name].tolist() for name in CHECK_KEY), strict=True))


def _stored(connection: Connection, frame: pd.DataFrame, own: pd.DataFrame, outcome: np.ndarray) -> Ints:
    """Add all rows but those that repeat this very load; the id of each row, or of the one that it repeats."""
    said = pd.concat([own[_CONTENT], frame[_CONTENT]], ignore_index=True)
    first = said.groupby(_CONTENT, dropna=False, sort=False).ngroup().to_numpy()
    new = ~said.duplicated().to_numpy()[len(own) :] | ~np.isin(outcome, (Outcome.UNCHANGED, Outcome.WAITING))
    ids = np.full(len(frame), MISSING, dtype=np.int64)
    ids[new] = add_checks(connection, frame[new])
    known = pd.Series([*own["id"], *ids[new]], index=[*first[: len(own)], *first[len(own) :][new]], dtype=np.int64)
    latest = known[~known.index.duplicated(keep="last")]
    ids[~new] = latest.loc[first[len(own) :][~new]].to_numpy()
    return ids


def _correction(load_id: int, frame: pd.DataFrame, ids: Ints, change: Change) -> dict[str, Any]:
    row = frame.iloc[change.position]
    return {
        "load_id": load_id,
        "kind": "kondisi",
        "target_row_id": ids[change.position],
        "old_row_id": change.old_row_id,
        "request_id": None if row["request_id"] == MISSING else row["request_id"],
        "room_name": row["room_name"],
        "started_at": None if row["checked_at"] == MISSING else row["checked_at"],
        "changes": {"item": [row["item_name"], row["item_name"]], **change.changes},
    }
