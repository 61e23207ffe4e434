"""What all loads share: storing rows with their ends, linking rows to letters again, noting which letters change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_access.records import Connection
from data_access.records.intake.loads import (
    SCREEN,
    LoadCounts,
    add_corrections,
    add_waiting,
    begin_load,
    finish_load,
    load_by_id,
    loads_of_source,
    note_doubt,
    note_taken_links,
    note_waiting,
)
from data_access.records.intake.undo import PASS_CONTENT, corrected_receipts, letters_answered
from data_access.records.logs import add_rows, link_rows, rows_with
from data_access.records.requests import (
    bare_number,
    borne_number,
    further_letters,
    letters_booked_by,
    letters_with_keys,
    month_of,
    monthly_keys,
    passes_with_keys,
    touch_requests,
)
from data_access.records.rooms import sessions_with_agency
from etl.domain.compliance.derive import fold, link, part
from etl.domain.frames import MISSING, Bools, Ints
from etl.extract import IntakeWarning, Reject, SetAside
from etl.extract.furniture import Furniture
from etl.intake.classify import Change, Classified, Outcome, first_in_the_same_words
from etl.judging.build_facts import POSITION
from etl.judging.overlay import lay_over, overlay_in_force
from etl.judging.room_facts import SESSION_KEY, known_rooms
from etl.judging.room_log import letters_of_agencies
from etl.judging.step_standing import letters_as_shown
from etl.office import Rulebook

DAYS: Mapping[str, Sequence[str]] = {
    "disposisi": ("finished_on", "started_on"), "pemakaian": ("started_on",), "kondisi": ("checked_on",), "peserta": (),
}  # fmt: skip
"""By kind the days by which a row finds its letter: the first that it has; a list of participants names none."""

CONTENT: Mapping[str, Sequence[str]] = {
    "disposisi": PASS_CONTENT[2:],
    "pemakaian": ("room_text", "started_at", "ended_at"),
    "kondisi": ("room_text", "checked_on", "checked_at", "item_text"),
    "peserta": ("people", "verified", "present", "screened", "passed", "failed"),
}
"""By kind the columns in which rows are alike, whatever letter they name."""

_WITHOUT_BOOKING = ("disposisi", "kondisi", "peserta")
"""Kinds of loads that tell of no booking and no use."""

LINKING = ("id", "request_id", "agenda_key", "year", "started_on", "finished_on")
"""What decides to which letter a hand-over belongs."""


@dataclass
class Taken:
    """What a load did: counts of the five ends, the letters that are judged again, what is to be told of it.

    `changed`: letters of which a row says something new; `repeated`: those of which a row says again what is known.
    """

    counts: dict[str, int]
    requests: set[int] = field(default_factory=set)
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[IntakeWarning] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    furniture: list[Furniture] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)

    def add(self, other: Taken) -> None:
        """Add what another part of the same load did."""
        for end, count in other.counts.items():
            self.counts[end] = self.counts.get(end, 0) + count
        self.requests |= other.requests
        self.changed |= other.changed
        self.repeated |= other.repeated
        self.rejects += other.rejects
        self.warnings += other.warnings
        self.set_aside += other.set_aside
        self.furniture += other.furniture


Take = Callable[["Connection", int, "Iterable[pd.DataFrame]", "Rulebook"], Taken]
"""Stores the parts of one load of one kind, in file order, under an open load. It may store each part as it comes
or look at all of them first; the counts it returns add up to the rows of all parts."""


def each_part(take: Callable[[Connection, int, pd.DataFrame, Rulebook], Taken]) -> Take:
    """A taker that stores each part as it comes."""

    def take_all(connection: Connection, load_id: int, frames: Iterable[pd.DataFrame], book: Rulebook) -> Taken:
        whole = Taken({})
        for frame in frames:
            whole.add(take(connection, load_id, frame, book))
        return whole

    return take_all


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable integers as int64 with MISSING, the form of everything behind the intake."""
    integers = [c for c in frame.columns if isinstance(frame[c].dtype, pd.Int64Dtype)]
    return frame.assign(**{c: frame[c].to_numpy(dtype=np.int64, na_value=MISSING) for c in integers})


def begin_on_screen(
    connection: Connection, kind: str, actor: str, now: int, file: str = SCREEN, **options: str | None
) -> int:
    """Open the load of something that is said on a page; its id."""
    return begin_load(
        connection, file=file, sha256="", kind=kind, options=options, started_at=now, source_name=SCREEN, actor=actor
    )


def end_on_screen(
    connection: Connection, book: Rulebook, load_id: int, taken: Taken, counts: LoadCounts, now: int
) -> None:
    """Close it; the letters whose figures change are judged again."""
    touch(connection, book, load_id, taken)
    finish_load(connection, load_id, counts, finished_at=now)


def touch(connection: Connection, book: Rulebook, load_id: int, taken: Taken) -> None:
    """Note the letters whose figures a load changes, those too that gain or lose a use of their agency."""
    load = load_by_id(connection, load_id)
    if load is None or load.kind not in _WITHOUT_BOOKING:
        taken.requests |= join_agencies(connection, book)
    touch_requests(connection, np.array(sorted(taken.requests), dtype=np.int64), load_id)


@dataclass(frozen=True)
class Own:
    """Rows that the same load has stored already, with `id`, and the columns in which a row is told from another."""

    rows: pd.DataFrame
    words: Sequence[str]

    @classmethod
    def of(cls, load_id: int, rows: pd.DataFrame, words: Sequence[str]) -> Own:
        """Those of the stored rows that came with this load."""
        return cls(rows[rows["load_id"] == load_id], words)


@dataclass(frozen=True)
class Stored:
    """What became of the rows of a part: of each its row in the records, and whether that was added for it."""

    ids: Ints
    is_added: Bools
    taken: Taken


def store(
    connection: Connection,
    load_id: int,
    kind: str,
    frame: pd.DataFrame,
    result: Classified,
    own: Own,
    code: str | NDArray[np.str_],
) -> Stored:
    """Add the rows of a part, note what waits (for the reason `code`, one for all or one each) and what was corrected.

    A row that says nothing new is added all the same, so that undoing the load that said it first loses nothing. Only
    one that repeats a row of this very load (`own`: those with which it may be the same) stands for that one.
    """
    first = None if not result.says_nothing_new.any() else first_in_the_same_words(own.rows, frame, own.words)
    is_added = ~result.says_nothing_new
    if first is not None:
        is_added |= first == len(own.rows) + np.arange(len(frame))
    ids = np.full(len(frame), MISSING, dtype=np.int64)
    ids[is_added] = add_rows(connection, kind, frame if is_added.all() else frame[is_added])
    if first is not None:
        known = np.concatenate([own.rows["id"].to_numpy(np.int64), ids])
        ids = np.where(is_added, ids, known[first])
    ends = _ends_of_source(frame, result.outcome)
    waits = np.flatnonzero(result.outcome == Outcome.WAITING)
    waits = waits[~frame.iloc[waits].duplicated([*_SOURCE]).to_numpy()]
    add_waiting(connection, load_id, kind, ids[waits], np.broadcast_to(code, len(frame))[waits])
    add_corrections(connection, (_correction(load_id, kind, frame, ids, change) for change in result.changes))
    taken = Taken({outcome.name.lower(): int((ends == outcome).sum()) for outcome in Outcome})
    taken.repeated |= _letters_in(frame, result.outcome == Outcome.UNCHANGED)
    taken.changed |= _letters_in(frame, np.isin(result.outcome, (Outcome.ACCEPTED, Outcome.CORRECTED)))
    return Stored(ids, is_added, taken)


def _letters_in(frame: pd.DataFrame, chosen: Bools) -> set[int]:
    """The letters of these rows, where they are of one."""
    ids = frame["request_id"].to_numpy()[chosen] if "request_id" in frame else ()
    return {int(id) for id in ids} - {MISSING}


_SOURCE = ("sheet_id", "row")
_STRENGTH = (Outcome.UNCHANGED, Outcome.ACCEPTED, Outcome.CORRECTED, Outcome.WAITING)
"""Ends in the order in which they go before others, where the days of one source row end differently."""


def _ends_of_source(frame: pd.DataFrame, outcome: NDArray[np.int8]) -> NDArray[np.int8]:
    """The end of each source row, which may tell of several days."""
    sheet, row = (np.diff(frame[name].to_numpy(np.int64)) for name in _SOURCE)
    if ((sheet > 0) | ((sheet == 0) & (row > 0))).all() or not frame.duplicated([*_SOURCE]).any():
        return outcome
    strength = pd.Series(np.argsort(_STRENGTH)[outcome])
    strongest = strength.groupby([frame[name].to_numpy() for name in _SOURCE]).max()
    return np.array(_STRENGTH, dtype=np.int8)[strongest.to_numpy()]


def _correction(load_id: int, kind: str, frame: pd.DataFrame, ids: Ints, change: Change) -> dict[str, Any]:
    row = frame.iloc[change.position]
    key = {name: row[name] for name in ("request_id", "step", "pass_number", "room_name", "started_at") if name in row}
    item = {"item": [row["item_name"], row["item_name"]]} if "item_name" in row else {}  # tells a check from others
    return {
        **key, "load_id": load_id, "kind": kind, "target_row_id": ids[change.position],
        "old_row_id": change.old_row_id, "changes": item | change.changes,
    }  # fmt: skip


def mark_waiting(result: Classified, waits: Bools) -> None:
    """Let rows wait, whatever else they would have become."""
    result.outcome[waits] = Outcome.WAITING
    result.changes = [change for change in result.changes if not waits[change.position]]


def with_waiting(others: Classified, waits: Bools) -> Classified:
    """The ends of all rows, from those of the rows that do not wait."""
    whole = Classified(np.full(len(waits), Outcome.WAITING, dtype=np.int8))
    place = np.flatnonzero(~waits)
    whole.outcome[place] = others.outcome
    whole.changes = [_placed(change, place) for change in others.changes]
    return whole


def _placed(change: Change, place: Ints) -> Change:
    """The change with its positions among all rows."""
    earlier = None if change.earlier is None else int(place[change.earlier])
    return replace(change, position=int(place[change.position]), earlier=earlier)


def _letters_of(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """The letters that rows with these numbers may belong to, with the day of receipt as it is shown; with `number`,
    which several may share, where one is a further letter of its number, and `period`, the year or month within which
    it counts. A letter of a month stands a second time under its bare number."""
    months = monthly_keys(connection, agenda_keys)
    named = {*agenda_keys, *months, *(map(bare_number, agenda_keys) if months else ())}
    further = further_letters(connection, named)
    letters = letters_with_keys(connection, {*named, *further["agenda_key"], *further["number"]})
    if months or len(further):
        letters["number"] = letters["agenda_key"].map(borne_number)
        letters["period"] = letters["year"] * 100 + letters["agenda_key"].map(month_of).astype(np.int64)
    if corrected := corrected_receipts(connection):
        on_page = letters["request_id"].map(corrected)
        letters["received_on"] = on_page.fillna(letters["received_on"]).astype(np.int64)
    by_month = letters[letters["agenda_key"].isin([*months])]
    if by_month.empty:
        return letters
    number = by_month["number"].map(bare_number)  # most rows do not name the month
    return pd.concat([letters, by_month.assign(number=number, agenda_key=number)], ignore_index=True)


def letter_ids(connection: Connection, kind: str, frame: pd.DataFrame) -> tuple[Ints, Bools]:
    """The letter that each row of the kind belongs to, MISSING for none; and which may belong to several."""
    return _linked(connection, kind, frame, _letters_of(connection, frame["agenda_key"].dropna().unique()))


def receipts(connection: Connection, kind: str, frame: pd.DataFrame) -> Ints:
    """The day on which the letter of each row was received, MISSING for none."""
    letters = _letters_of(connection, frame["agenda_key"].dropna().unique())
    ids, _ = _linked(connection, kind, frame, letters)
    received = letters.drop_duplicates("request_id").set_index("request_id")["received_on"]
    return received.reindex(ids).fillna(MISSING).to_numpy(dtype=np.int64)


def _linked(connection: Connection, kind: str, frame: pd.DataFrame, letters: pd.DataFrame) -> tuple[Ints, Bools]:
    day = np.full(len(frame), MISSING, dtype=np.int64)
    for column in DAYS[kind]:
        day = np.where(day != MISSING, day, frame[column].to_numpy(np.int64))
    named = frame["agenda_key"], frame["year"].to_numpy(np.int64), day, letters
    ids = link(*named)
    if "number" not in letters:
        return ids, np.zeros(len(frame), dtype=bool)
    parted, is_doubtful = part(ids, *named)
    settled = _settled(connection, kind, frame, ids, parted, is_doubtful)
    settled[~np.isin(settled, letters["request_id"])] = MISSING
    return settled, is_doubtful & (settled == MISSING)


def _settled(
    connection: Connection, kind: str, frame: pd.DataFrame, plain: Ints, ids: Ints, is_doubtful: Bools
) -> Ints:
    """The links `ids`, but a row of a screen belongs to the letter on whose page it was given (`plain`), and one that
    was answered to the letter that a person chose, in whatever file its words come again."""
    if not is_doubtful.any():
        return ids
    screens = loads_of_source(connection, set(frame["load_id"].tolist()), SCREEN)
    of_screen = frame["load_id"].isin(screens).to_numpy(dtype=bool)
    words = ["agenda_key", *CONTENT[kind]]
    answers = letters_answered(connection, kind).drop_duplicates(words, keep="last")
    chosen = frame[words].merge(answers[[*words, "request_id"]], on=words, how="left")["request_id"]
    answered = chosen.fillna(MISSING).to_numpy(dtype=np.int64)
    return np.where(is_doubtful, np.where(of_screen, plain, answered), ids)


def link_again(connection: Connection, agenda_keys: pd.Series, taken: Taken) -> None:
    """Derive the links of all rows that name one of these agenda numbers once more."""
    numbers = agenda_keys.dropna().unique()
    if len(numbers) == 0:
        return
    letters = _letters_of(connection, numbers)
    is_shared = "number" in letters
    if is_shared:
        numbers = np.unique([*numbers, *letters["agenda_key"], *map(borne_number, numbers)])
    kinds = (
        ("disposisi", passes_with_keys(connection, numbers, *(() if is_shared else LINKING))),
        ("pemakaian", rows_with(connection, "pemakaian", "agenda_key", numbers)),
        ("kondisi", rows_with(connection, "kondisi", "agenda_key", numbers)),
        ("peserta", rows_with(connection, "peserta", "agenda_key", numbers)),
    )
    has_lost = False
    doubts: list[tuple[str, Ints, Bools]] = []
    for kind, rows in kinds:
        (now, is_doubtful), before = _linked(connection, kind, rows, letters), rows["request_id"].to_numpy(np.int64)
        doubts.append((kind, rows["id"].to_numpy(np.int64), is_doubtful))
        moved = now != before
        if moved.any():
            link_rows(connection, kind, rows["id"].to_numpy(np.int64)[moved], request_id=now[moved])
            taken.requests |= (set(now[moved].tolist()) | set(before[moved].tolist())) - {MISSING}
            if (now[moved] == MISSING).any():
                note_taken_links(connection)
                has_lost = True
    if has_lost:
        note_waiting(connection)
    if is_shared:
        for kind, ids, is_doubtful in doubts:
            note_doubt(connection, kind, ids[is_doubtful], ids[~is_doubtful])


def join_agencies(connection: Connection, book: Rulebook) -> set[int]:
    """Derive once more the letters of the uses that name no number but an agency, by its bookings; the letters that
    gain or lose one."""
    rows = sessions_with_agency(connection)
    mine = rows[rows["agenda_key"].isna()]
    if mine.empty:
        return set()
    joined = _letters_by_agency(connection, book, known_rooms(rows))
    letter = mine[SESSION_KEY].merge(joined, on=SESSION_KEY, how="left")["letter"]
    now, before = letter.fillna(MISSING).to_numpy(dtype=np.int64), mine["request_id"].to_numpy(np.int64)
    moved = now != before
    link_rows(connection, "pemakaian", mine["id"].to_numpy(np.int64)[moved], request_id=now[moved])
    return {*now[moved].tolist(), *before[moved].tolist()} - {MISSING}


def _letters_by_agency(connection: Connection, book: Rulebook, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per use, as its rows and corrections say together, that names an agency and no number: SESSION_KEY and
    its `letter`, MISSING for none."""
    overlay = overlay_in_force(connection, book)
    uses = lay_over(fold(rows, SESSION_KEY, unfolded=POSITION), SESSION_KEY, rows, "pemakaian", overlay)
    uses = uses[uses["agenda_key"].isna() & uses["opd_name"].notna()]
    if uses.empty:
        return uses.assign(letter=MISSING)[[*SESSION_KEY, "letter"]]
    corrected = overlay.loc[overlay["kind"] == "permohonan", "request_id"]
    ids = {*letters_booked_by(connection, uses["opd_name"].unique()).tolist(), *corrected.tolist()}
    _, letters = letters_as_shown(connection, book, ids, overlay)
    return uses[SESSION_KEY].assign(letter=letters_of_agencies(book, uses, letters))
