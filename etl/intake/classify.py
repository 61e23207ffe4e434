"""What becomes of each good row: new, unchanged, corrected or waiting. Pure; frames in file order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.compliance.derive import PASS_DESKS, PASS_STAMPS, Pass, Returns, To, add_row, is_empty, stamps_read
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.register_order import LETTER_AHEAD_DAYS, days_meant


class Outcome(IntEnum):
    """The end of a row that was not rejected."""

    ACCEPTED = 0
    UNCHANGED = 1
    CORRECTED = 2
    WAITING = 3


@dataclass(frozen=True)
class Change:
    """One corrected row: its position in the file's frame, the row it corrects, what changed.

    `old_row_id` is None when the corrected row stands `earlier` in the same part of the file, at that position.
    """

    position: int
    old_row_id: int | None
    changes: dict[str, list[Any]]
    earlier: int | None = None


@dataclass
class Classified:
    """One outcome per row, and what the corrected ones changed."""

    outcome: NDArray[np.int8]
    changes: list[Change] = field(default_factory=list)

    @property
    def says_nothing_new(self) -> Bools:
        """Rows that are unchanged or wait: those of which the same load needs no second copy."""
        return np.isin(self.outcome, (Outcome.UNCHANGED, Outcome.WAITING))


def _plain(value: object) -> object:
    """A value as JSON can hold it."""
    return None if is_empty(value) else value.item() if isinstance(value, np.generic) else value


def classify_keyed(
    new: pd.DataFrame, known: pd.DataFrame, key: str, columns: Sequence[str], pairs: Sequence[str] = ()
) -> Classified:
    """Rows with one key each against what is known of that key (`known`: one row per key, with `id`).

    A row that says nothing new is unchanged; a cell left empty is no change. `pairs` names stamps (`x_on`, `x_at`)
    of which a new day without a clock time also drops the old clock time.
    """
    keys = new[key].to_numpy()
    result = Classified(np.zeros(len(new), dtype=np.int8))
    needs_care = pd.Series(keys).isin(known[key]).to_numpy() | pd.Series(keys).duplicated(keep=False).to_numpy()
    if not needs_care.any():
        return result
    at = {column: i for i, column in enumerate(columns)}
    days = [(at[f"{p}_on"], at[f"{p}_at"]) for p in pairs if f"{p}_on" in at]
    wanted = known[known[key].isin(keys)]
    known_keys, known_rows = wanted[key].tolist(), zip(*(wanted[c].tolist() for c in columns), strict=True)
    state: dict[Any, list[Any]] = dict(zip(known_keys, map(list, known_rows), strict=True))
    origin: dict[Any, int | None] = dict(zip(known_keys, wanted["id"].tolist(), strict=True))
    last: dict[Any, int] = {}
    positions = np.flatnonzero(needs_care)
    cells = list(zip(*(_cells(new[c].iloc[positions]) for c in columns), strict=True))
    for position, row in zip(positions.tolist(), cells, strict=True):
        mine = keys[position]
        old, earlier = state.get(mine), last.get(mine)
        last[mine] = position
        if old is None:
            state[mine], origin[mine] = list(row), None
            continue
        merged = [was if is_empty(now) else now for was, now in zip(old, row, strict=True)]
        for on, clock in days:
            if not is_empty(row[on]) and row[on] != old[on]:
                merged[clock] = row[clock]
        changed = {c: [_plain(old[i]), _plain(merged[i])] for c, i in at.items() if not _same(old[i], merged[i])}
        result.outcome[position] = Outcome.CORRECTED if changed else Outcome.UNCHANGED
        if changed:
            result.changes.append(Change(position, origin[mine], changed, earlier))
            state[mine], origin[mine] = merged, None
    return result


def _same(old: object, new: object) -> bool:
    return old == new or (is_empty(old) and is_empty(new))


_EDGE_ROWS, _FAR_DAYS, _NEAR_DAYS = 3, 180, 45
_MOST_RUNS = 20
"""Of more rows than these that differ in their year from those around them a register is in no order of days."""


def implausible_receipts(
    received_on: Ints, year: Ints, sheet: Ints, letter_on: Ints, today: int, numbers: Ints | None = None
) -> Bools:
    """Register rows whose receipt is probably mistyped: more than a day after `today`, more than 31 days before the
    date of the letter (MISSING: none), in another year than the row before and the row after, of the same sheet, where
    these agree, in a wrong year at the edge of a sheet or, two or three rows, between others of one year, or in a year
    that breaks the order of the sheet, in which `numbers` (MISSING: none) may go on."""
    is_odd = (received_on > today + 1) | (received_on + LETTER_AHEAD_DAYS < letter_on)
    same_sheet = (sheet[1:-1] == sheet[:-2]) & (sheet[1:-1] == sheet[2:])
    is_odd[1:-1] |= same_sheet & (year[:-2] == year[2:]) & (year[1:-1] != year[2:])
    is_odd |= days_meant(received_on, sheet, numbers, today + 1) != MISSING
    return is_odd | _odd_edges(received_on, year, sheet, ~is_odd) | _odd_inside(received_on, year, sheet, ~is_odd)


_YEAR = re.compile(r"\s*(20\d\d)")


def year_of_letter(number: str | None) -> int:
    """The year that a letter's number ends in, as 2026 in "005/12/2026"; MISSING of another one, also of "005/2026",
    which may be the 2026th of its class."""
    first, _, last = (number or "").rpartition("/")
    match = _YEAR.fullmatch(last)
    return int(match[1]) if match and not first.strip().isdecimal() and first.strip() else MISSING


def receipts_before_letter_year(numbers: pd.Series, year: Ints, today: int) -> Bools:
    """Register rows received in an earlier year than that in which their letter's number says it was written, no later
    than the next one."""
    last = int(np.datetime64(today, "D").astype("datetime64[Y]").astype(np.int64)) + 1971
    ends = pc.utf8_slice_codeunits(pa.array(numbers, pa.string(), from_pandas=True), -4).dictionary_encode()
    named = [int(end) if end.isdecimal() and end.isascii() else MISSING for end in ends.dictionary.to_pylist()]
    by_row = np.array([*named, MISSING], np.int64)[ends.indices.fill_null(-1).to_numpy()]
    is_earlier: Bools = (by_row > year) & (by_row <= last)
    for place in np.flatnonzero(is_earlier).tolist():
        is_earlier[place] = year_of_letter(numbers.iloc[place]) != MISSING
    return is_earlier


def _odd_inside(received_on: Ints, year: Ints, sheet: Ints, is_sure: Bools) -> Bools:
    """Two or three rows of a wrong year between rows of one year, compared with all others."""
    is_odd = np.zeros(len(sheet), dtype=bool)
    runs = _inner_runs(year, sheet)
    for run in runs if len(runs) <= _MOST_RUNS else []:
        is_rest = is_sure.copy()
        is_rest[run] = False
        rest = np.flatnonzero(is_rest)
        is_odd[run] = [_has_wrong_year(received_on, year, place, rest) for place in range(run.start, run.stop)]
    return is_odd


def _inner_runs(year: Ints, sheet: Ints) -> list[slice]:
    """Two or three rows that agree in their year, between more rows on either side of the same sheet that agree in
    another one."""
    cuts = np.flatnonzero((np.diff(year) != 0) | (np.diff(sheet) != 0)) + 1
    first, end = cuts[:-1], cuts[1:]
    lengths = np.diff(cuts, prepend=0, append=len(year))
    before, rows, after = lengths[:-2], lengths[1:-1], lengths[2:]
    is_run = (rows > 1) & (rows <= _EDGE_ROWS) & (before > rows) & (after > rows) & (year[first - 1] == year[end])
    is_run &= (sheet[first - 1] == sheet[first]) & (sheet[first] == sheet[end])
    return [slice(*bounds) for bounds in zip(first[is_run].tolist(), end[is_run].tolist(), strict=True)]


def _odd_edges(received_on: Ints, year: Ints, sheet: Ints, is_sure: Bools) -> Bools:
    """Rows at the edges of sheets whose receipt has a wrong year, compared with the sure rows that stand at none."""
    is_odd, runs, is_rest = np.zeros(len(sheet), dtype=bool), _edges(year, sheet), is_sure.copy()
    for run in runs:
        is_rest[run] = False
    rest = np.flatnonzero(is_rest)
    for place in (place for run in runs if len(rest) for place in range(run.start, run.stop)):
        is_odd[place] = _has_wrong_year(received_on, year, place, rest)
    return is_odd


def _edges(year: Ints, sheet: Ints) -> list[slice]:
    """The first and the last rows of each sheet that agree in their year and in which a year may be wrong: no more
    than three, and less than half of the sheet."""
    runs: list[slice] = []
    bounds = [0, *(np.flatnonzero(np.diff(sheet)) + 1).tolist(), len(sheet)]
    for first, end in pairwise(bounds):
        changes = np.flatnonzero(np.diff(year[first:end])) + 1 + first
        if len(changes):
            edges = slice(first, int(changes[0])), slice(int(changes[-1]), end)
            most = min(_EDGE_ROWS, (end - first - 1) // 2)
            runs += [edge for edge in edges if edge.stop - edge.start <= most]
    return runs


def _has_wrong_year(received_on: Ints, year: Ints, place: int, rest: Ints) -> bool:
    """Whether a receipt is far from the nearest row of the rest, by its day or by its place, and near it with that
    row's year. A row of its own year that is not far speaks for it."""
    away = np.abs(received_on[rest] - received_on[place])
    if (away[year[rest] == year[place]] <= _FAR_DAYS).any():
        return False
    of_year = received_on - (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    is_wrong = (away > _FAR_DAYS) & (np.abs(of_year[rest] - of_year[place]) <= _NEAR_DAYS)
    return bool(is_wrong[away.argmin()] or is_wrong[np.abs(rest - place).argmin()])


PASS_EXTRAS = ("recorded_on", "recorded_at", "instruction", "has_output", "note")


def classify_passes(new: pd.DataFrame, known: pd.DataFrame, pauses: pd.DataFrame) -> Classified:
    """Hand-over rows with their letter against the rows already known of the same letter and step.

    `new` and `known`: request_id, step, pass_number, stamps, is_done, desks, PASS_EXTRAS; `new` also pause_start_at,
    pause_end_at; `known` also id; `pauses`: pass_row_id, started_at, ended_at.
    """
    result = Classified(np.zeros(len(new), dtype=np.int8))
    group = _groups(new)
    known_group = _groups(known)
    care = np.isin(group, known_group) | pd.Series(group).duplicated(keep=False).to_numpy()
    if not care.any():
        return result
    mine = np.isin(known_group, group[care])
    table: dict[int, list[Pass]] = {}
    waits: dict[tuple[int, int], dict[int, int]] = {}
    ids = known["id"].to_numpy()[mine].tolist()
    by_row = pauses.groupby("pass_row_id") if len(pauses) else None
    has_pause = set(pauses["pass_row_id"].tolist())
    returns = Returns(known, new)
    for row_id, (g, number, stamps, done, extras, to) in zip(ids, _rows(known, known_group, mine), strict=True):
        says_done = done and not _only_pause(stamps, row_id in has_pause)
        whole, _, _ = add_row(
            table.setdefault(g, []), number, stamps, says_done, row_id, extras, to, returns.until(*divmod(g, 16))
        )
        if by_row is not None and row_id in has_pause:
            own = by_row.get_group(row_id)
            times = zip(own["started_at"].tolist(), own["ended_at"].tolist(), strict=True)
            waits.setdefault((g, id(whole)), {}).update(times)
    positions = np.flatnonzero(care)
    starts = new["pause_start_at"].to_numpy()[positions].tolist()
    ends = new["pause_end_at"].to_numpy()[positions].tolist()
    rows = zip(positions.tolist(), _rows(new, group, care), starts, ends, strict=True)
    for position, (g, number, stamps, done, extras, to), pause_start, pause_end in rows:
        passes = table.setdefault(g, [])
        before = {id(p): (p.stamps_to(to.receiver), list(p.members)) for p in passes}
        says_done = done and not _only_pause(stamps, pause_start != MISSING)
        whole, is_new, changed = add_row(
            passes, number, stamps, says_done, -1 - position, extras, to, returns.until(*divmod(g, 16))
        )
        pause = waits.setdefault((g, id(whole)), {})
        new_pause = False
        if pause_start != MISSING and (pause_start not in pause or pause_end not in (MISSING, pause[pause_start])):
            pause[pause_start] = pause_end
            new_pause = True
        if is_new:
            continue
        result.outcome[position] = Outcome.CORRECTED if changed or new_pause else Outcome.UNCHANGED
        if changed or new_pause:
            old_stamps, members = before[id(whole)]
            changes = {
                name: [_plain(was), _plain(now)]
                for name, was, now in zip(PASS_STAMPS, old_stamps, whole.stamps_to(to.receiver), strict=True)
                if was != now
            }
            if new_pause:
                changes["pause_start_at"] = [None, _plain(pause_start)]
            last = members[-1] if members else None
            is_stored = last is not None and last >= 0
            earlier = None if last is None or is_stored else -1 - last
            result.changes.append(Change(position, last if is_stored else None, changes, earlier))
    return result


def _only_pause(stamps: Sequence[int], has_pause: bool) -> bool:
    """A row that only tells of a pause does not say that the step is done."""
    return has_pause and stamps[0] == MISSING and stamps[2] == MISSING


def _groups(frame: pd.DataFrame) -> NDArray[np.int64]:
    return frame["request_id"].to_numpy(dtype=np.int64) * 16 + frame["step"].to_numpy(dtype=np.int64)


def _rows(frame: pd.DataFrame, group: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Any:
    stamps = stamps_read(frame)[chosen].tolist()
    numbers = frame["pass_number"].to_numpy(dtype=np.int64)[chosen].tolist()
    done = frame["is_done"].to_numpy(dtype=bool)[chosen].tolist()
    extras = list(zip(*(_cells(frame[c][chosen]) for c in PASS_EXTRAS), strict=True))
    desks = map(To._make, frame[list(PASS_DESKS)].to_numpy(dtype=np.int64)[chosen].tolist())
    return zip(group[chosen].tolist(), numbers, stamps, done, extras, desks, strict=True)


def first_in_the_same_words(own: pd.DataFrame, new: pd.DataFrame, words: Sequence[str]) -> Ints:
    """Where each row of `new` was first said in these columns: a position in `own` followed by `new`."""
    rows = pd.concat([own[list(words)], new[list(words)]], ignore_index=True) if len(own) else new[list(words)]
    group = rows.groupby(list(words), dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(group, return_index=True)  # groups are numbered in the order of their first rows
    return np.asarray(first[group][len(own) :], dtype=np.int64)


def _cells(series: pd.Series) -> list[object]:
    """Plain values with one word for "nothing", so that rows can be compared."""
    return [None if is_empty(value) else value for value in series.tolist()]
