"""Rows of a file that tell of what cannot be, though their own cells can be read.

A day that has not come when the file is loaded is named; a row that contradicts an earlier one about the same use or
check, and a return that is none by the SOP of its letter, are not taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from data_access.records import Connection
from etl.domain.frames import MISSING, Bools
from etl.domain.units import day_date
from etl.extract import Extracted, Reject
from etl.extract.files.refusal import IntakeWarning
from etl.extract.findings import MAX_ALIKE, Fault, Sort, fault, further_warnings, shown
from etl.extract.kinds import Kind
from etl.extract.texts import letter_name
from etl.extract.words import fold
from etl.intake.storing import plain, receipts
from etl.office import Rulebook
from etl.reference.steps import STEP_CODES
from etl.settings.names import ItemNames, RoomNames

IN_THE_FUTURE = "in_the_future"

_DAYS: Mapping[Kind, Sequence[tuple[str, str]]] = {
    Kind.PEMAKAIAN: [("tanggal", "started_on")],
    Kind.KONDISI: [("tanggal", "checked_on")],
    Kind.DISPOSISI: [("tgl_mulai", "started_on"), ("tgl_selesai", "finished_on")],
}
"""By kind the columns of days that are past when they are written down, and those of the typed rows."""

Row = Any
"""A named tuple of what `_Comparison.told` gives of a row, None for nothing."""


@dataclass(frozen=True)
class _Comparison:
    """A kind of which two rows may contradict each other. `told` of a frame: its columns `key` name the record of a
    row, the others what it says. `differs` gives the column in which a row contradicts another one and what is wrong
    with it, None where it does not."""

    key: Sequence[str]
    told: Callable[[pd.DataFrame, Rulebook], dict[str, pd.Series]]
    differs: Callable[[Row, Row], tuple[str, Fault] | None]


def with_future_named(kind: Kind, parts: Iterator[Extracted], today: int | None) -> Iterator[Extracted]:
    """The parts of a file; a row of a day after tomorrow or later is named in a warning. None is named where no day is
    given.

    Such a row is taken as written, as a figure is asked as of a moment.
    """
    days, alike = _DAYS.get(kind), Counter[Sort]()
    return parts if days is None or today is None else (_future_named(part, days, today + 1, alike) for part in parts)


def _future_named(part: Extracted, days: Sequence[tuple[str, str]], last: int, alike: Counter[Sort]) -> Extracted:
    """The part with its warnings, at most a hundred of a column in the whole file; the others are counted."""
    if part.refuse is None:
        return part
    columns = {name: part.frame[own].to_numpy(np.int64, na_value=MISSING) for name, own in days}
    named: dict[tuple[str | None, int], IntakeWarning] = {}
    more: Counter[Sort] = Counter()
    for name, column in columns.items():
        places, sort = np.flatnonzero(column > last).tolist(), (name, IN_THE_FUTURE)
        first = places[: max(MAX_ALIKE - alike[sort], 0)]
        alike[sort] += len(places)
        if len(places) > len(first):
            more[sort] = MAX_ALIKE + len(places) - len(first)
        for place in first:
            row = part.refuse(place, name, fault(IN_THE_FUTURE, date=day_date(int(column[place]))))
            named.setdefault((row.sheet, row.row), IntakeWarning(IN_THE_FUTURE, row.row, row.message, row.sheet))
    return replace(part, warnings=[*part.warnings, *named.values(), *further_warnings(more)]) if named or more else part


def without_doubled(kind: Kind, parts: Iterator[Extracted], book: Rulebook) -> Iterator[Extracted]:
    """The parts of a file without the rows that contradict an earlier one of them, which are rejected.

    A use has one letter, or without letters one agency and one activity, and a check of an item one answer. In a later
    file such a row corrects the earlier one.
    """
    if comparison := _COMPARISONS.get(kind):
        return _compared(comparison, parts, book)
    is_asked_later = kind is Kind.DISPOSISI and book.has_several_orders
    return parts if is_asked_later else map(_without_cells, parts)


def _without_cells(part: Extracted) -> Extracted:
    """The part alone: the cells of which it was read need not be kept while it is taken."""
    return replace(part, refuse=None)


def _compared(comparison: _Comparison, parts: Iterator[Extracted], book: Rulebook) -> Iterator[Extracted]:
    seen = None
    for part in parts:
        if part.refuse is None:
            yield part
            continue
        where = part.frame[["sheet", "row"]]
        source = where.groupby(["sheet", "row"], dropna=False, sort=False).ngroup()
        rows = pd.DataFrame({**where, "source": source, **comparison.told(part.frame, book)})
        seen = rows[:0] if seen is None else seen
        doubled = _doubled(comparison, seen, rows)
        rejects = [part.refuse(*wrong) for wrong in doubled.values()]
        is_gone = source.isin(list(doubled))
        seen = pd.concat([seen, rows[~is_gone]], ignore_index=True)
        yield _without_rejected(part, rejects, part.frame[~is_gone]) if rejects else part


def _doubled(comparison: _Comparison, seen: pd.DataFrame, rows: pd.DataFrame) -> dict[int, tuple[int, str, Fault]]:
    """By source row of a part the place, column and fault of one that contradicts an earlier row, of the part or of
    those seen before."""
    whole = pd.concat([seen, rows], ignore_index=True)
    is_shared = whole.duplicated([*comparison.key], keep=False).to_numpy(copy=True)
    is_shared[: len(seen)] &= is_shared[len(seen) :].any()
    shared = whole[is_shared].astype(object)
    kept: dict[tuple[Any, ...], list[Row]] = {}
    doubled: dict[int, tuple[int, str, Fault]] = {}
    for row in shared.where(shared.notna(), None).itertuples(name="Told"):
        mine = kept.setdefault(tuple(getattr(row, name) for name in comparison.key), [])
        wrong = next(filter(None, (comparison.differs(row, other) for other in mine)), None)
        if wrong is None:
            mine.append(row)
        else:
            doubled.setdefault(row.source, (row.Index - len(seen), *wrong))
    return doubled


def _without_rejected(part: Extracted, rejects: Sequence[Reject], frame: pd.DataFrame) -> Extracted:
    """The part with these rejects more, and the rows that are left in `frame`."""
    gone = {(reject.sheet, reject.row) for reject in rejects}
    return replace(
        part,
        frame=frame.reset_index(drop=True),
        rejects=[*part.rejects, *rejects],
        warnings=[warning for warning in part.warnings if (warning.sheet, warning.row) not in gone],
        set_aside=[cell for cell in part.set_aside if (cell.sheet, cell.row) not in gone],
    )


def _named(typed: pd.Series, names: RoomNames | ItemNames) -> pd.Series:
    """The names by the settings, as typed where these know none."""
    canonical = names.canonical(typed)
    return canonical.where(canonical.notna(), typed)


def _uses(frame: pd.DataFrame, book: Rulebook) -> dict[str, pd.Series]:
    return {
        "room": _named(frame["room"], book.room_names),
        "at": frame["started_at"],
        "letter": frame["agenda_key"],
        "year": frame["year"],
        "opd": book.opd_names.canonical(frame["opd"]),
        "activity": frame["activity"],
    }


def _other_use(row: Row, other: Row) -> tuple[str, Fault] | None:
    if row.letter and other.letter:
        is_other_year = None not in (row.year, other.year) and row.year != other.year
        if row.letter == other.letter and not is_other_year:
            return None
        return "no_agenda", _wrong("same_start", row, other, _letter(row), _letter(other))
    if None not in (row.opd, other.opd) and row.opd != other.opd:
        return "instansi", _wrong("same_start", row, other, row.opd, other.opd)
    if None in (row.activity, other.activity) or fold(row.activity) == fold(other.activity):
        return None
    return "kegiatan", _wrong("same_start", row, other, row.activity, other.activity)


def _letter(row: Row) -> str:
    return str(row.letter) if row.year is None else letter_name(row.year, row.letter)


def _checks(frame: pd.DataFrame, book: Rulebook) -> dict[str, pd.Series]:
    return {
        "room": _named(frame["room"], book.room_names),
        "on": frame["checked_on"],
        "at": frame["checked_at"],
        "when": frame["occasion"].where(frame["checked_at"].isna()),
        "item": _named(frame["item"], book.item_names),
        "condition": frame["condition"],
    }


def _other_answer(row: Row, other: Row) -> tuple[str, Fault] | None:
    if row.condition == other.condition:
        return None
    mine, theirs = (Message(f"intake.condition_{one.condition}") for one in (row, other))
    return "kondisi", _wrong("same_item", row, other, mine, theirs, item=row.item)


def _wrong(code: str, row: Row, other: Row, mine: Message | str, theirs: Message | str, **values: str) -> Fault:
    """What both rows say, as a fault of the later one; `values`: what else its sentence names."""
    sheet = [] if row.sheet == other.sheet else [Message("extract.of_sheet", sheet=other.sheet)]
    said = (shown(words) if isinstance(words, str) else words for words in (mine, theirs))
    return fault(code, row=other.row, sheet=sheet, **dict(zip(("mine", "other"), said, strict=True)), **values)


_COMPARISONS: Mapping[Kind, _Comparison] = {
    Kind.PEMAKAIAN: _Comparison(("room", "at"), _uses, _other_use),
    Kind.KONDISI: _Comparison(("room", "on", "at", "when", "item"), _checks, _other_answer),
}


def with_returns_in_force(connection: Connection, load_id: int, part: Extracted, book: Rulebook) -> Extracted:
    """The part of a file of hand-overs without the returns that are none for their letter.

    A return that giver and receiver tell of is one only by the version of the SOP in force when the letter was
    received; a file is read with the returns of every version. A row whose letter has not come yet is taken as it is:
    the judge goes by the version of the letter.

    A row that names its step goes on without one; of any other row nothing is left to be taken, and it is rejected.
    """
    if part.kind is not Kind.DISPOSISI or part.refuse is None or not book.has_several_orders:
        return part
    places = np.flatnonzero(part.frame["returned_to"].notna())
    rows = plain(part.frame.iloc[places]).assign(load_id=load_id)
    received = receipts(connection, Kind.DISPOSISI, rows) if len(rows) else np.empty(0, dtype=np.int64)
    sender, to = (rows[name].to_numpy(dtype=np.int64) for name in ("step", "returned_to"))
    returns = zip(places.tolist(), sender.tolist(), to.tolist(), received.tolist(), strict=True)
    wrong = {place: _other_version(*row) for place, *row in returns if not _is_return(book, *row)}
    if not wrong:
        return part
    is_wrong: Bools = np.isin(np.arange(len(part.frame)), [*wrong])
    is_pair = part.frame["is_pair"].to_numpy(dtype=bool)
    frame = part.frame.assign(returned_to=part.frame["returned_to"].mask(pd.Series(is_wrong, part.frame.index)))
    rejects = [part.refuse(place, "dari", defect) for place, defect in wrong.items() if is_pair[place]]
    return _without_rejected(part, rejects, frame[~(is_wrong & is_pair)])


def _is_return(book: Rulebook, sender: int, to: int, received_on: int) -> bool:
    """Whether the sender's step depends on the other one, by the version of the letter."""
    if received_on == MISSING:
        return True
    version = book.sop.version_for(day_date(received_on))
    return sender in book.procedures[book.sop.versions.index(version)].dependents[to]


def _other_version(sender: int, to: int, received_on: int) -> Fault:
    steps = {"sender": STEP_CODES[sender], "to": STEP_CODES[to]}
    return fault("unknown_handover", "return_of_other_version", **steps, received=day_date(received_on))
