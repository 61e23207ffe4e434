"""Two rows of one file that tell of one use or one check and contradict each other: the later one is not taken.

A use has one letter, or without letters one agency and one activity, and a check of an item one answer. In a later
file such a row corrects the earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from data_access.errors import Message
from etl.extract import Extracted, Reject
from etl.extract.findings import Fault, fault, shown
from etl.extract.kinds import Kind
from etl.extract.texts import letter_name
from etl.extract.words import fold
from etl.office import Rulebook
from etl.settings.names import ItemNames, RoomNames

Row = Any
"""A named tuple of what `_Sort.told` gives of a row, None for nothing."""


@dataclass(frozen=True)
class _Sort:
    """A kind of which two rows may contradict each other. `told` of a frame: its columns `key` name the record of a
    row, the others what it says. `differs` gives the column in which a row contradicts another one and what is wrong
    with it, None where it does not."""

    key: Sequence[str]
    told: Callable[[pd.DataFrame, Rulebook], dict[str, pd.Series]]
    differs: Callable[[Row, Row], tuple[str, Fault] | None]


def without_doubled(kind: Kind, parts: Iterator[Extracted], book: Rulebook) -> Iterator[Extracted]:
    """The parts of a file without the rows that contradict an earlier one of them, which are rejected."""
    if sort := _SORTS.get(kind):
        return _compared(sort, parts, book)
    is_asked_later = kind is Kind.DISPOSISI and book.has_several_orders
    return parts if is_asked_later else map(_without_cells, parts)


def _without_cells(part: Extracted) -> Extracted:
    """The part alone: the cells of which it was read need not be kept while it is taken."""
    return replace(part, refuse=None)


def _compared(sort: _Sort, parts: Iterator[Extracted], book: Rulebook) -> Iterator[Extracted]:
    seen = None
    for part in parts:
        if part.refuse is None:
            yield part
            continue
        where = part.frame[["sheet", "row"]]
        source = where.groupby(["sheet", "row"], dropna=False, sort=False).ngroup()
        rows = pd.DataFrame({**where, "source": source, **sort.told(part.frame, book)})
        seen = rows[:0] if seen is None else seen
        doubled = _doubled(sort, seen, rows)
        rejects = [part.refuse(*wrong) for wrong in doubled.values()]
        is_gone = source.isin(list(doubled))
        seen = pd.concat([seen, rows[~is_gone]], ignore_index=True)
        yield without_rejected(part, rejects, part.frame[~is_gone]) if rejects else part


def _doubled(sort: _Sort, seen: pd.DataFrame, rows: pd.DataFrame) -> dict[int, tuple[int, str, Fault]]:
    """By source row of a part the place, column and fault of one that contradicts an earlier row, of the part or of
    those seen before."""
    whole = pd.concat([seen, rows], ignore_index=True)
    is_shared = whole.duplicated([*sort.key], keep=False).to_numpy(copy=True)
    is_shared[: len(seen)] &= is_shared[len(seen) :].any()
    shared = whole[is_shared].astype(object)
    kept: dict[tuple[Any, ...], list[Row]] = {}
    doubled: dict[int, tuple[int, str, Fault]] = {}
    for row in shared.where(shared.notna(), None).itertuples(name="Told"):
        mine = kept.setdefault(tuple(getattr(row, name) for name in sort.key), [])
        wrong = next(filter(None, (sort.differs(row, other) for other in mine)), None)
        if wrong is None:
            mine.append(row)
        else:
            doubled.setdefault(row.source, (row.Index - len(seen), *wrong))
    return doubled


def without_rejected(part: Extracted, rejects: Sequence[Reject], frame: pd.DataFrame) -> Extracted:
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


_SORTS: Mapping[Kind, _Sort] = {
    Kind.PEMAKAIAN: _Sort(("room", "at"), _uses, _other_use),
    Kind.KONDISI: _Sort(("room", "on", "at", "when", "item"), _checks, _other_answer),
}
