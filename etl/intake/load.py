"""One kind of one file into the records, part by part, inside one transaction: everything of it or nothing.

What each row becomes is decided by the pure functions of `etl.intake.classify`; links between hand-overs, sessions,
checks, lists and letters are derived again for every agenda number that the file touches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access.records import Connection
from data_access.records.intake.loads import (
    ITEM_UNKNOWN,
    LETTER_MISSING,
    NUMBERS_RESTART,
    RECEIPT_IMPLAUSIBLE,
    ROOM_UNKNOWN,
    SAME_NUMBER,
    SCREEN,
    add_corrections,
    add_rejects,
    add_set_aside,
    add_sheets,
    add_waiting,
    load_by_id,
    rows_counted_waiting,
    waiting_for,
)
from data_access.records.intake.undo import letters_answered
from data_access.records.logs import LETTER_WORDS, WHICH_LETTER, add_rows, rows_with
from data_access.records.requests import (
    further_letters,
    letters_known,
    letters_with_numbers,
    letters_with_signs,
    rows_of,
    upsert_requests,
)
from etl.domain.compliance.derive import fold
from etl.domain.frames import MISSING, Bools
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.extract import Extracted, IntakeWarning
from etl.extract.contradictions import NOT_HELD
from etl.extract.kinds import SPECS, Form, Kind
from etl.extract.texts import letter_name, loose_key, plain_numbers
from etl.intake.by_month import begins_again, key_by_month, move_to_months, numbering_of
from etl.intake.changed_records import (
    changed_letters,
    changed_lists,
    changed_uses,
    letters_twice,
    lists_of_sheets,
    numbers_beside,
    replaced_rows,
    shifted_letters,
)
from etl.intake.classify import (
    Classified,
    Outcome,
    classify_keyed,
    implausible_receipts,
    receipts_before_letter_year,
)
from etl.intake.doubtful_uses import cancelled_of_uses, doubtful_uses, letters_of_other_uses
from etl.intake.impossible_rows import with_future_named, with_returns_in_force, without_doubled
from etl.intake.letters_told import LettersTold, letters_told
from etl.intake.missing_numbers import RegisterNumbers, missing_numbers
from etl.intake.same_number import (
    WORDS,
    has_number,
    letters_elsewhere,
    letters_written_otherwise,
    placed_letters,
    said_in,
)
from etl.intake.several_senders import several_senders
from etl.intake.storing import (
    Own,
    Take,
    Taken,
    each_part,
    letter_ids,
    link_again,
    mark_waiting,
    plain,
    store,
    with_waiting,
)
from etl.intake.take_passes import take_disposisi
from etl.judging.attendance_facts import COUNTS, folded_attendance
from etl.judging.build_facts import POSITION, folded_requests
from etl.judging.overlay import overlay_in_force
from etl.judging.publishing import ahead
from etl.judging.room_facts import CHECK_KEY, SESSION_KEY, keyed_checks, known_rooms, said_when
from etl.judging.step_standing import letters_as_shown
from etl.office import Rulebook
from etl.settings.document import Settings
from etl.settings.names import RoomNames
from etl.settings.rooms import rooms_between


class Opened(Protocol):
    """Rows of one kind that can be read in parts: those of an open file, or those given on a screen."""

    @property
    def kind(self) -> Kind:
        """What the rows are."""

    @property
    def sheet_names(self) -> Sequence[str | None]:
        """What the sheets are called, in their order."""

    def parts(self) -> Iterator[Extracted]:
        """All rows in their order."""


def take_in(
    connection: Connection, load_id: int, extraction: Opened, book: Rulebook, take: Take | None = None
) -> Taken:
    """Store the good rows of one kind of a file, and its rejects, under an open load; part by part. `take`: by another
    taker than that of their kind."""
    sheets = add_sheets(connection, load_id, list(dict.fromkeys(extraction.sheet_names)) or [None])
    whole = Taken({"read": 0, "rejected": 0})
    today = _day_of_file(connection, load_id, book)
    past = with_future_named(extraction.kind, extraction.parts(), today)
    register = RegisterNumbers(is_monthly=numbering_of(connection, load_id) == "month")
    told = LettersTold(register)
    if extraction.kind is Kind.PERMOHONAN and take is None and today is not None:
        past = told.passing(register.passing(past))
    parts = without_doubled(extraction.kind, past, book)
    frames = _frames(connection, load_id, sheets, parts, whole, book)
    whole.add((take or TAKERS[str(extraction.kind)])(connection, load_id, frames, book))
    whole.warnings += missing_numbers(connection, load_id, register)
    whole.warnings += letters_told(connection, load_id, told)
    return whole


def _day_of_file(connection: Connection, load_id: int, book: Rulebook) -> int | None:
    """The office's day on which a load began; None of one from a screen, where what is said is meant."""
    load = load_by_id(connection, load_id)
    if load is None or load.source_name == SCREEN:
        return None
    return book.calendar.day_of(load.started_at)


def _frames(
    connection: Connection,
    load_id: int,
    sheets: Mapping[str | None, int],
    parts: Iterator[Extracted],
    whole: Taken,
    book: Rulebook,
) -> Iterator[pd.DataFrame]:
    """The good rows of each part, ready to be stored; the rejected ones are stored on the way."""
    for read in ahead(parts):
        part = with_returns_in_force(connection, load_id, read, book)
        add_rejects(connection, load_id, sheets, [*map(vars, part.rejects)])
        add_set_aside(connection, load_id, sheets, [*map(vars, part.set_aside)])
        counts = {"read": part.read, "rejected": len(part.rejects)}
        rejects = [replace(reject, cells={}) for reject in part.rejects]
        notes = list(part.warnings), list(part.set_aside), list(part.furniture)
        whole.add(Taken(counts, set(), rejects, *notes))
        frame = plain(part.frame)
        frame["load_id"] = load_id
        codes, names = pd.factorize(frame["sheet"], use_na_sentinel=False)
        sheet_ids = [sheets[name if isinstance(name, str) else None] for name in names]
        frame["sheet_id"] = np.array(sheet_ids, dtype=np.int64)[codes]
        yield frame


REQUEST_COLUMNS = SPECS[Kind.PERMOHONAN].compared
REQUEST_PAIRS = ("received", "booked_start", "booked_end")
REQUEST_WORDS = ("request_id", "opd", "room", *REQUEST_COLUMNS)


def take_permohonan(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Register rows, one letter a key (year of receipt or, where the source counts so, year and month, and agenda
    number); one with an unknown room waits, and so does one that tells of another letter than those that bear its
    number, and what comes after the numbers began again."""
    frame["opd_name"] = book.opd_names.canonical(frame["opd"])
    frame["room_name"] = letter_rooms(frame, book.settings, book.room_names)
    received = frame["received_on"].to_numpy(np.int64).astype("datetime64[D]")
    frame["year"] = received.astype("datetime64[Y]").astype(np.int64) + 1970
    numbering = numbering_of(connection, load_id)
    is_monthly = numbering == "month"
    moved, numbers = move_to_months(connection, frame) if is_monthly else (set(), frame["agenda_key"][:0])
    key_by_month(frame, is_monthly=is_monthly)
    frame["request_id"] = upsert_requests(connection, frame)
    further = further_letters(connection, frame["agenda_key"])
    rows = rows_of(connection, {*frame["request_id"].tolist(), *further["request_id"].tolist()})
    is_odd, is_settled = _odd_receipts(connection, load_id, frame, rows, book)
    is_other = _placed(connection, frame, rows, further, ~is_odd)
    is_again = _again(connection, load_id, frame, rows, is_other) if numbering is None else np.zeros_like(is_odd)
    stays: Bools = is_odd | is_other | is_again
    waits: Bools = stays | (frame["room"].notna() & frame["room_name"].isna()).to_numpy(dtype=bool)
    frame["is_waiting"] = waits
    is_closing = rows["status"] == RequestStatus.CLOSED.code  # no register contradicts what a person closed
    known = folded_requests(rows[~rows["is_waiting"] & ~is_closing], book.calendar)
    result = with_waiting(classify_keyed(frame[~stays], known, "request_id", REQUEST_COLUMNS, REQUEST_PAIRS), stays)
    mark_waiting(result, waits)
    result.outcome[is_settled] = Outcome.UNCHANGED
    reasons = [RECEIPT_IMPLAUSIBLE, NUMBERS_RESTART, SAME_NUMBER]
    codes = np.select([is_odd, is_again, is_other], reasons, ROOM_UNKNOWN)
    elsewhere = _elsewhere(connection, load_id, frame, result, book)
    shifted = _shifted(connection, load_id, frame, result, book)
    stored = store(connection, load_id, "permohonan", frame, result, Own.of(load_id, rows, REQUEST_WORDS), codes)
    counting = stored.is_added & ~waits
    stored.taken.requests |= {*frame["request_id"].to_numpy()[counting].tolist(), *moved}
    stored.taken.warnings += changed_letters(frame, result.changes)
    stored.taken.warnings += replaced_rows(Kind.PERMOHONAN, frame, result.changes)
    stored.taken.warnings += [*shifted, *letters_twice(frame, elsewhere)]
    stored.taken.warnings += several_senders(frame[_is_news(result)], book.opd_names)
    link_again(connection, pd.concat([frame["agenda_key"][counting], numbers]), stored.taken)
    is_told = counting & np.isin(result.outcome, (Outcome.ACCEPTED, Outcome.CORRECTED))
    stored.taken.warnings += cancelled_of_uses(connection, frame, book)
    stored.taken.warnings += letters_of_other_uses(connection, frame[is_told], book)
    return stored.taken


def _shifted(
    connection: Connection, load_id: int, frame: pd.DataFrame, result: Classified, book: Rulebook
) -> list[IntakeWarning]:
    """`shifted_letters` of the rows that correct a letter, by what earlier loads say of the numbers beside."""
    beside = numbers_beside(frame, result.changes)
    ids = letters_known(connection, beside) if len(beside) else []
    if not ids:
        return []
    rows = rows_of(connection, ids)
    known = folded_requests(rows[~rows["is_waiting"] & (rows["load_id"] != load_id)], book.calendar)
    known = known.drop(columns=["place"], errors="ignore")
    return shifted_letters(frame, beside.merge(known, on=["year", "agenda_key"]))


def _elsewhere(
    connection: Connection, load_id: int, frame: pd.DataFrame, result: Classified, book: Rulebook
) -> dict[int, str]:
    """The rows of a file that say something new of a letter which bears another agenda number already, by their place
    in the frame, with that number; of letters that are off neither. Letters are what they are with their corrections.
    """
    places = np.flatnonzero(_is_news(result) & ~frame["status"].isin(_OFF).to_numpy(dtype=bool))
    load = load_by_id(connection, load_id)
    if not len(places) or load is None or load.source_name == SCREEN:
        return {}
    new = frame.iloc[places]
    papers = new[new["letter_number"].map(has_number).astype(bool)]
    spelled = _spelled_otherwise(connection, new)
    ids = letters_with_numbers(connection, papers["letter_number"].unique()) if len(papers) else set()
    ids = (ids | {*map(int, spelled)}) - {*new["request_id"].tolist()}
    known = letters_as_shown(connection, book, ids, overlay_in_force(connection, book))[1] if ids else new[:0]
    known = known[~known["status"].isin(_OFF)]
    elsewhere = letters_elsewhere(papers, known).reindex(new.index)
    if len(spelled):
        elsewhere = elsewhere.fillna(letters_written_otherwise(new, known))
    elsewhere = elsewhere.set_axis(places).dropna()
    if elsewhere.empty:
        return {}
    letters = pd.concat([known, new]).drop_duplicates("request_id").set_index("request_id")
    keys = letters.loc[elsewhere, ["year", "agenda_key"]].itertuples(index=False)
    return {int(at): letter_name(int(year), key) for at, (year, key) in zip(elsewhere.index, keys, strict=True)}


def _spelled_otherwise(connection: Connection, new: pd.DataFrame) -> list[int]:
    """The letters that may bear a number of these rows in another spelling, those of the rows too."""
    signed = letters_with_signs(connection, new["year"].unique().tolist())
    if signed.empty:
        return []
    rows = pd.concat([signed, new[["request_id", "year", "agenda_key"]]], ignore_index=True).drop_duplicates()
    loose = [loose_key(key, year) for key, year in zip(rows["agenda_key"], rows["year"], strict=True)]
    plain = pd.DataFrame({"year": rows["year"], "agenda_key": loose})
    rows["loose"] = loose
    same = rows[rows.duplicated(["year", "loose"], keep=False)]["request_id"].tolist()
    return [*same, *letters_known(connection, plain[plain["agenda_key"].str.isdecimal()])]


def _is_news(result: Classified) -> Bools:
    return np.isin(result.outcome, (Outcome.ACCEPTED, Outcome.CORRECTED))


_OFF = [*NOT_HELD, RequestStatus.CLOSED.code]


def _odd_receipts(
    connection: Connection, load_id: int, frame: pd.DataFrame, rows: pd.DataFrame, book: Rulebook
) -> tuple[Bools, Bools]:
    """Which register rows wait for their receipt, not one that was taken as it is before; and which of them a person
    has settled meanwhile. What is said on a page is meant."""
    today, nothing = _day_of_file(connection, load_id, book), np.zeros(len(frame), dtype=bool)
    if today is None:
        return nothing, nothing
    numbers = plain_numbers(pa.array(frame["agenda_key"], pa.string(), from_pandas=True))
    is_odd = implausible_receipts(*(frame[name].to_numpy(np.int64) for name in _RECEIPT), today, numbers)
    is_odd |= frame["is_day_doubtful"].to_numpy(dtype=bool)
    is_odd |= receipts_before_letter_year(frame["letter_number"], frame["year"].to_numpy(np.int64), today)
    if not is_odd.any():
        return is_odd, nothing
    is_odd &= ~said_in(frame, rows[~rows["is_waiting"]], LETTER_WORDS)
    return is_odd, is_odd & said_in(frame, letters_answered(connection, "permohonan"), ["agenda_number", *WORDS])


_RECEIPT = ("received_on", "year", "sheet_id", "letter_on")


def _placed(
    connection: Connection, frame: pd.DataFrame, rows: pd.DataFrame, further: pd.DataFrame, is_sure: Bools
) -> Bools:
    """Give register rows the letter of their number to which they belong, those whose receipt is sure; which of them
    wait as another letter than those of the stored rows."""
    first = _first_of(frame, further)
    for part in (frame, rows):
        part["first_id"] = part["request_id"].replace(first)
        part["file_id"] = part.get("file_id", part["load_id"])
    waiting = rows.loc[rows["is_waiting"], "id"]
    doubted = rows["id"].isin(rows_counted_waiting(connection, waiting, SAME_NUMBER))
    silent = rows["id"].isin(rows_counted_waiting(connection, waiting, RECEIPT_IMPLAUSIBLE, NUMBERS_RESTART))
    ids, is_other = frame["request_id"].to_numpy(dtype=np.int64, copy=True), np.zeros(len(frame), dtype=bool)
    sure = frame if is_sure.all() else frame[is_sure]
    ids[is_sure], is_other[is_sure] = placed_letters(sure, rows[~doubted & ~silent], rows[doubted])
    moved = (ids != frame["request_id"].to_numpy()) & ~is_other
    frame["request_id"] = ids
    if moved.any():
        letters = further.set_index("request_id").loc[ids[moved]]
        frame.loc[moved, "agenda_key"] = letters["agenda_key"].to_numpy()
        frame.loc[moved, "agenda_number"] += letters["mark"].to_numpy()
    return is_other


def _again(connection: Connection, load_id: int, frame: pd.DataFrame, rows: pd.DataFrame, is_other: Bools) -> Bools:
    """The register rows from that on with which the numbers begin again, in this part or in one before; those that were
    taken before are not among them."""
    counting = rows[~rows["is_waiting"]]
    is_begun = (load_id, NUMBERS_RESTART) in waiting_for(connection, [load_id])
    start = 0 if is_begun else begins_again(frame, counting, is_other)
    is_after: Bools = np.arange(len(frame)) >= start
    return is_after & ~said_in(frame, counting, LETTER_WORDS) if is_after.any() else is_after


def _first_of(frame: pd.DataFrame, further: pd.DataFrame) -> dict[int, int]:
    """By further letter that which bears its number plainly, where these rows name it."""
    if further.empty:
        return {}
    plain = dict(zip(zip(frame["year"], frame["agenda_key"], strict=True), frame["request_id"], strict=True))
    rows = zip(*(further[name] for name in ("request_id", "year", "number")), strict=True)
    return {own: plain[year, number] for own, year, number in rows if (year, number) in plain}


def letter_rooms(rows: pd.DataFrame, settings: Settings, rooms: RoomNames) -> pd.Series:
    """Canonical names of the rooms of letters (`room` as typed, `received_on`); a room left empty is the one that was
    the only room when the letter was received, if it was."""
    names, is_empty = rooms.canonical(rows["room"]), rows["room"].isna()
    days = rows.loc[is_empty, "received_on"]
    only = {day: _only_room(settings, int(day)) for day in days.dropna().unique()}
    return names.where(~is_empty, days.map(only).reindex(rows.index)) if any(only.values()) else names


def _only_room(settings: Settings, day: int) -> str | None:
    """The room that was the only one that day; None for none and more, and on an unknown day unless there is one room
    at all."""
    there = settings.rooms if day == MISSING else rooms_between(settings.rooms, day_date(day), day_date(day))
    return there[0].name if len(there) == 1 else None


@dataclass(frozen=True)
class _RoomLog:
    """A kind of rows that tell of a room: one record a `key`, which is among the rows with the same value of `times`.

    `names`: the columns without which a row waits. `known` keeps the others, with all columns of `key`. `words`: what
    besides the kind's compared columns tells a row from one that repeats it.
    """

    kind: Kind
    names: Sequence[str]
    key: Sequence[str]
    times: str
    known: Callable[[pd.DataFrame], pd.DataFrame]
    words: Sequence[str]

    def keys(self, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
        """The key of each row."""
        return list(zip(*(frame[name].tolist() for name in self.key), strict=True))


_SESSIONS = _RoomLog(
    Kind.PEMAKAIAN, ("room_name",), SESSION_KEY, "started_at", known_rooms, ("room_text", "started_at")
)
_CHECKS = _RoomLog(
    Kind.KONDISI, ("room_name", "item_name"), CHECK_KEY, "checked_on", keyed_checks,
    ("room_text", "checked_on", "checked_at", "item_text"),
)  # fmt: skip


def take_pemakaian(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Room log rows: one session a room and start."""
    frame["opd_name"] = book.opd_names.canonical(frame["opd"])
    taken, result = _take_room_log(connection, load_id, frame, book, _SESSIONS)
    is_news = result.outcome != Outcome.UNCHANGED
    taken.warnings += [*changed_uses(frame, result.changes), *doubtful_uses(connection, frame, is_news, book)]
    return taken


def take_kondisi(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Checks of a room: one answer a room, time and item."""
    frame["item_text"], frame["item_name"] = frame["item"], book.item_names.canonical(frame["item"])
    frame["said_when"], frame["started_at"] = said_when(frame), frame["checked_at"]
    return _take_room_log(connection, load_id, frame, book, _CHECKS)[0]


def _take_room_log(
    connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook, log: _RoomLog
) -> tuple[Taken, Classified]:
    """Rows that tell of a room: they count without a letter and are linked when it comes; one of an unknown room or
    item waits, and one whose number several letters bear, which counts meanwhile. Also what each of them is."""
    frame["room_text"], frame["room_name"] = frame["room"], book.room_names.canonical(frame["room"])
    roomless: Bools = frame["room_name"].isna().to_numpy(dtype=bool)
    waits: Bools = frame[[*log.names]].isna().any(axis=1).to_numpy(dtype=bool)
    frame["request_id"], is_doubtful = letter_ids(connection, log.kind, frame)
    rows = rows_with(connection, log.kind, log.times, frame[log.times].unique())
    earlier = log.known(rows)
    known = fold(earlier, log.key, unfolded=POSITION)
    frame["key"], known["key"] = log.keys(frame), log.keys(known)
    columns = (*SPECS[log.kind].compared, "agenda_key")
    result = classify_keyed(frame, known, "key", columns)
    mark_waiting(result, waits | is_doubtful)
    own = Own.of(load_id, rows, [*log.words, *columns, "year"])
    codes = np.where(roomless, ROOM_UNKNOWN, np.where(waits, ITEM_UNKNOWN, WHICH_LETTER))
    stored = store(connection, load_id, str(log.kind), frame, result, own, codes)
    stored.taken.warnings += replaced_rows(log.kind, frame, result.changes)
    counting = frame[stored.is_added & ~waits]
    shared = earlier["request_id"][pd.Index(log.keys(earlier)).isin(counting["key"])]
    stored.taken.requests |= {*counting["request_id"].tolist(), *shared.tolist()} - {MISSING}
    return stored.taken, result


_LETTER = ["agenda_key", "year"]
_TALLIES = [name for name in COUNTS if name != "people"]
_ANSWERS = [name for field in SPECS[Kind.PESERTA].fields if field.form is Form.ANSWER for name in field.columns]
"""Columns `is_x` of a list of participants: whether a person was x, nothing where nobody was asked."""


def take_peserta(connection: Connection, load_id: int, frames: Iterable[pd.DataFrame], _book: Rulebook) -> Taken:
    """Lists of persons: counted over all parts of the file, one row of counts a letter, of the persons nothing.

    A person's row ends as its letter's counts do: new, the same as known, other ones, or waiting for the letter.
    """
    lists = counted(frames)
    lists["load_id"] = load_id
    lists["request_id"], is_doubtful = letter_ids(connection, Kind.PESERTA, lists)
    waits = (lists["request_id"] == MISSING).to_numpy(dtype=bool)
    requests = lists.loc[~waits, "request_id"].unique()
    known = folded_attendance(rows_with(connection, "peserta", "request_id", requests)).set_index("request_id")
    lists["id"] = add_rows(connection, "peserta", lists)
    new = folded_attendance(lists[~waits])
    outcomes = dict(zip(new["request_id"].tolist(), _list_outcomes(new, known), strict=True))
    ends = np.array([outcomes.get(request_id, Outcome.WAITING) for request_id in lists["request_id"].tolist()])
    people = lists["people"].to_numpy()
    times = np.where(waits, people, 0)
    codes = np.repeat(np.where(is_doubtful, WHICH_LETTER, LETTER_MISSING), times)
    add_waiting(connection, load_id, "peserta", np.repeat(lists["id"].to_numpy(), times), codes)
    is_corrected = [outcomes[request_id] is Outcome.CORRECTED for request_id in new["request_id"].tolist()]
    corrected = new[np.array(is_corrected, dtype=bool)]
    add_corrections(connection, [_list_correction(load_id, row, known) for row in corrected.to_dict("records")])
    taken = Taken({end.name.lower(): int(people[ends == end].sum()) for end in Outcome}, set(outcomes))
    sizes = zip(corrected["request_id"].tolist(), corrected["people"].tolist(), strict=True)
    taken.warnings = lists_of_sheets(lists) + changed_lists(
        lists, {letter: (int(known.loc[letter, "people"]), size) for letter, size in sizes}
    )
    return taken


def counted(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One row per letter named in a list: agenda_key, agenda_number, year, where it stands first, COUNTS, and how many
    rows without the name of a person it has on several sheets (`nameless`; 0 where on no more than one).

    A count is MISSING where nobody was asked, which is not the same as nobody.
    """
    parts = [_summed(_counts_of_persons(frame), [*_LETTER, "sheet_id", "person"]) for frame in frames]
    persons = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_LETTER, *COUNTS])
    whole = _summed(_each_once(persons) if parts else persons, _LETTER)
    nameless = persons[persons["person"] == MISSING] if parts else persons.assign(sheet_id=MISSING)
    by_letter = nameless.groupby(_LETTER)
    nameless = by_letter["people"].sum()[by_letter["sheet_id"].nunique() > 1].rename("nameless")
    whole = whole.join(nameless, on=_LETTER)
    unknown = dict.fromkeys(COUNTS, MISSING) | {"nameless": 0}
    return whole.fillna(unknown).astype(dict.fromkeys(unknown, np.int64))


def _each_once(persons: pd.DataFrame) -> pd.DataFrame:
    """Who stands on several sheets of a letter is one person there, who came if on one of them, and did not pass if on
    one of them; `people` are all rows, as are those without a name. Rows of one sheet are different persons."""
    by_sheet = _summed(persons, [*_LETTER, "sheet_id", "person"])
    is_named = by_sheet["person"] != MISSING
    named = by_sheet[is_named]
    once = named.groupby([*_LETTER, "person"], sort=False, dropna=False)[list(_TALLIES)].transform("max")
    once["passed"] = once["screened"] - once["failed"]
    is_again = named.duplicated([*_LETTER, "person"])
    once[is_again] = np.nan
    by_sheet.loc[is_named, list(_TALLIES)] = once
    return by_sheet


def _summed(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The rows that are alike in these columns as one, with the sum of each count; unknown counts are NaN."""
    grouped = rows.groupby([*by], sort=False, dropna=False)
    names = [name for name in ("agenda_number", "sheet_id", "sheet", "row") if name not in by]
    return grouped[names].first().join(grouped[list(COUNTS)].sum(min_count=1)).reset_index()


def _counts_of_persons(frame: pd.DataFrame) -> pd.DataFrame:
    """COUNTS of each person: 1, 0, or NaN where nobody was asked. Whoever stands in a list is verified."""
    tallies = {name.removeprefix("is_"): frame[name].astype("boolean").astype("Float64") for name in _ANSWERS}
    plain = {name: tally.to_numpy(dtype=np.float64, na_value=np.nan) for name, tally in tallies.items()}
    columns = [*_LETTER, "agenda_number", "sheet_id", "sheet", "row", "person"]
    persons = frame[columns].assign(people=1.0, verified=1.0, **plain)
    return persons.assign(failed=persons["screened"] - persons["passed"])


def _list_outcomes(new: pd.DataFrame, known: pd.DataFrame) -> list[Outcome]:
    """The end of each letter's list against the counts known before; a count that it does not give changes none."""
    before = known.reindex(new["request_id"])
    is_new = before["id"].isna().to_numpy()
    counts = new[list(COUNTS)].to_numpy()
    is_same = ((counts == MISSING) | (before[list(COUNTS)].to_numpy() == counts)).all(axis=1)
    ends = np.select([is_new, is_same], [Outcome.ACCEPTED, Outcome.UNCHANGED], Outcome.CORRECTED)
    return [Outcome(end) for end in ends.tolist()]


def _list_correction(load_id: int, row: Mapping[str, Any], known: pd.DataFrame) -> dict[str, Any]:
    request_id = row["request_id"]
    pairs = {name: (known.loc[request_id, name], row[name]) for name in COUNTS}
    changes = {
        name: [None if count == MISSING else int(count) for count in pair]
        for name, pair in pairs.items()
        if pair[1] not in (MISSING, pair[0])
    }
    return {
        "load_id": load_id, "kind": "peserta", "target_row_id": row["id"], "old_row_id": known.loc[request_id, "id"],
        "request_id": request_id, "changes": changes,
    }  # fmt: skip


TAKERS: Mapping[str, Take] = {
    "permohonan": each_part(take_permohonan),
    "disposisi": take_disposisi,
    "pemakaian": each_part(take_pemakaian),
    "kondisi": each_part(take_kondisi),
    "peserta": take_peserta,
}
