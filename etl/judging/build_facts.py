"""From rows of the records to the tables of the mart: fold and judge.

Pure but for its arguments: frames in, frames out. Integers use MISSING for "nothing".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data_access.mart.facts import with_derived
from data_access.mart.requests import columns_of_steps
from data_access.mart.schema import OUTPUTS
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.derive import (
    PASS_DESKS,
    PASS_STAMPS,
    Unread,
    fold,
    passes_from,
    says_something,
    without_stale_clock,
)
from etl.domain.compliance.judge import STOPPED, judge
from etl.domain.compliance.known import finished_by
from etl.domain.compliance.returns import find_returns
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.stamping import OFFER_NOTE, ROOM_KEPT
from etl.domain.compliance.suspicion import Written, implausible_years, suspicions, with_suspicions
from etl.domain.frames import MISSING, NEVER, Bools, Ints, Passes, Pauses, Receivers, RequestFacts, Requests, StepFacts
from etl.domain.verdict import Flag, RequestStatus
from etl.judging.attendance_facts import attendance_columns
from etl.judging.correction_facts import correction_fact, no_corrections, of_letters, without_progress
from etl.judging.overlay import lay_over, no_overlay, pass_numbers
from etl.reference.steps import STEP_COUNT

REQUEST_PAIRS = ("received", "booked_start", "booked_end", "status")
POSITION = ("id", "load_id", "sheet_id", "row")
PASS_COLUMNS = (
    "id", "request_id", "sheet_id", "row", "step", "pass_number", "started_on", "started_at", "finished_on",
    "finished_at", "is_done", "unread", "receiver", "returned_to", "recorded_on", "recorded_at", "has_output",
    "instruction", "note", "suspicion",
)  # fmt: skip
"""What the facts take from a hand-over row."""

_NOT_SHOWN = {*POSITION, "opd", "room", "is_waiting"}
_SHOWN_AS = {"opd_name": "opd", "room_name": "room"}
"""What request_fact leaves out of a letter's columns, and what it calls others."""

PASS_WORDS = ("recorded_on", "recorded_at", "has_output", "instruction", "note")
PASS_STANDING = tuple(name for name in PASS_COLUMNS if name not in (*PASS_WORDS, "sheet_id", "row", "suspicion"))
"""What of a hand-over row says how its step stands."""

PASS_KEY = ["request_id", "step", "pass_number"]
RECEIVER_KEY = [*PASS_KEY, "receiver"]
_SECONDS = {name: f"{name}_seconds" for name in ("elapsed", "waiting", "paused", "target", "handover")}
"""What the mart calls the judge's lengths of time."""

Columns = dict[str, Any]
"""The columns of a table of the mart, each an array, a series or a list with a value a row."""


@dataclass(frozen=True)
class Rows:
    """Rows of the records that belong to some letters, each frame in the order in which it was given.

    `requests` and `passes` carry request_id, sheet_id, row; `pauses` pass_row_id, started_at, ended_at, reason;
    `places` maps sheet_id to load_id, file, sheet name, whether that is an entry of a screen (`is_screen`) and takes an
    offer there (`takes_offer`); `attendance` has the counts of lists of participants. `began_at` is by request_id when
    the first session with the letter's number began.
    """

    requests: pd.DataFrame
    passes: pd.DataFrame
    pauses: pd.DataFrame
    places: pd.DataFrame
    attendance: pd.DataFrame
    began_at: pd.Series = field(default_factory=lambda: pd.Series(dtype=np.int64))


@dataclass(frozen=True)
class CommonInput:
    """What besides the rows of a letter decides its facts, read once for all letters.

    `overlay`: the corrections made on pages (`overlay`). `room_corrections`: what later rows changed in rooms
    (`correction_facts`). `rounds`: load_id and step of the files whose stamps are round. `loads`: one row per
    load with load_id, finished_at, actor.
    """

    overlay: pd.DataFrame = field(default_factory=no_overlay)
    room_corrections: pd.DataFrame = field(default_factory=no_corrections)
    rounds: pd.DataFrame = field(default_factory=lambda: _empty("load_id", "step"))
    loads: pd.DataFrame = field(default_factory=lambda: _empty("load_id", "finished_at", "actor"))


def _empty(*names: str) -> pd.DataFrame:
    return pd.DataFrame({name: np.empty(0, dtype=np.int64) for name in names})


def ints(frame: pd.DataFrame, column: str) -> Ints:
    """A column of whole numbers, MISSING for nothing."""
    return frame[column].to_numpy(dtype=np.int64)


def folded_requests(rows: pd.DataFrame, calendar: WorkCalendar) -> pd.DataFrame:
    """One row per letter: what its register rows say together."""
    letters = fold(rows, ["request_id"], unfolded=POSITION)
    if len(letters) < len(rows):
        _status_with_its_date(letters, rows)
        letters = without_stale_clock(letters, REQUEST_PAIRS, calendar.local_day)
    return letters


def _status_with_its_date(letters: pd.DataFrame, rows: pd.DataFrame) -> None:
    """A status keeps the date that was given with it, not that of an earlier status.

    What a person closed stays closed, whatever a later copy of the register says.
    """
    says = rows[rows["status"] != RequestStatus.UNKNOWN.code]
    is_closing = says["status"] == RequestStatus.CLOSED.code
    says = pd.concat([says[~is_closing], says[is_closing]]) if is_closing.any() else says
    latest = says.drop_duplicates("request_id", keep="last").set_index("request_id")
    at = letters["request_id"].isin(latest.index)
    ids = letters.loc[at, "request_id"]
    for column in ("status", "status_text", "status_on", "status_at"):
        letters.loc[at, column] = latest.loc[ids, column].to_numpy()


def _with_status_before(letters: pd.DataFrame, rows: pd.DataFrame, calendar: WorkCalendar) -> pd.DataFrame:
    """The letters with `status_before` and its text, day and moment: of a closed one what was said before closing, by
    which its booking counts; nothing of the others. And `frees_room`: it was closed before its event began, and its
    room is free from then on."""
    closed = np.flatnonzero(letters["status"] == RequestStatus.CLOSED.code)
    if not len(closed):
        return letters
    is_older = ~rows["status"].isin((RequestStatus.UNKNOWN.code, RequestStatus.CLOSED.code))
    older = rows[is_older].drop_duplicates("request_id", keep="last").set_index("request_id")
    before = older.reindex(letters["request_id"].to_numpy()[closed])
    frees = np.zeros(len(letters), dtype=bool)
    frees[closed] = _frees_room(letters.iloc[closed], calendar)
    columns: dict[str, Any] = {"frees_room": frees}
    for suffix, nothing in (("", RequestStatus.UNKNOWN.code), ("_text", None), ("_on", MISSING), ("_at", MISSING)):
        said = before[f"status{suffix}"].astype(object)
        column = np.full(len(letters), None, dtype=object)
        column[closed] = said.where(said.notna(), nothing).to_numpy()
        columns[f"status_before{suffix}"] = [None if value == MISSING else value for value in column.tolist()]
    return letters.assign(**columns)


def _frees_room(closed: pd.DataFrame, calendar: WorkCalendar) -> Bools:
    """Which of these closed letters were closed before their event began, without keeping their room."""
    at, began = ints(closed, "status_at"), ints(closed, "began_at")
    is_before_use = (began == MISSING) | (began > at)
    is_kept = closed["status_text"].astype("string").str.startswith(ROOM_KEPT).fillna(False).to_numpy(dtype=bool)
    return (at != MISSING) & (booking(closed, calendar)[0] > at) & is_before_use & ~is_kept


def _moment_or_day_end(at: Ints, on: Ints, calendar: WorkCalendar) -> Ints:
    """The moment, else the last second of the day, else MISSING."""
    last_second = calendar.day_end(np.where(on == MISSING, 0, on)) - 1
    return np.where(at != MISSING, at, np.where(on != MISSING, last_second, MISSING))


def booking(requests: pd.DataFrame, calendar: WorkCalendar) -> tuple[Ints, Ints]:
    """Start and end of each letter's booking for the rules; an end not given is closing time."""
    start_on, start_at = ints(requests, "booked_start_on"), ints(requests, "booked_start_at")
    end_on, end_at = ints(requests, "booked_end_on"), ints(requests, "booked_end_at")
    end_on = np.where(end_on == MISSING, start_on, end_on)
    start = _moment_or_day_end(start_at, start_on, calendar)
    closing = np.where(end_on == MISSING, MISSING, calendar.closing(np.where(end_on == MISSING, 0, end_on)))
    open_end = (end_at == MISSING) & (start_at != MISSING) & (closing > start_at)
    end = np.where(open_end, closing, _moment_or_day_end(end_at, end_on, calendar))
    return start, np.where(start == MISSING, MISSING, np.maximum(end, start))


def to_requests(requests: pd.DataFrame, calendar: WorkCalendar) -> Requests:
    """Letters in the form the rules work on."""
    start, end = booking(requests, calendar)
    status = requests["status"].to_numpy(dtype=np.int8)
    ended_on, ended_at = ints(requests, "status_on"), ints(requests, "status_at")
    # A day alone: it may have been in the first minute, so nothing of that day is held against anybody.
    day_start = calendar.day_start(np.where(ended_on == MISSING, 0, ended_on))
    ended = np.where(ended_at != MISSING, ended_at, np.where(ended_on != MISSING, day_start, MISSING))
    return Requests(
        received_on=ints(requests, "received_on"),
        received_at=ints(requests, "received_at"),
        status=status,
        ended_at=np.where(np.isin(status, STOPPED), ended, MISSING),
        booked_start=start,
        booked_end=end,
        began_at=ints(requests, "began_at") if "began_at" in requests else np.full(len(requests), MISSING),
    )


def positions(ids: Ints, of: Ints) -> Ints:
    """Where each of `of` stands in the sorted `ids`."""
    return np.searchsorted(ids, of).astype(np.int64)


def to_passes(passes: pd.DataFrame, request_ids: Ints) -> Passes:
    """Step passes in the form the rules work on; `request_ids` sorted."""
    return Passes(
        request=positions(request_ids, ints(passes, "request_id")),
        step=passes["step"].to_numpy(dtype=np.int8),
        number=ints(passes, "pass_number"),
        is_done=passes["is_done"].to_numpy(dtype=bool),
        **{stamp: ints(passes, stamp) for stamp in PASS_STAMPS},
        returned_to=passes["returned_to"].fillna(-1).to_numpy(dtype=np.int8),
        by_tap=passes["by_tap"].to_numpy(dtype=bool),
        is_unread=passes["is_unread"].to_numpy(dtype=bool),
    )


def counted(rows: pd.DataFrame, passes: Passes) -> Passes:
    """The passes without those that are extra ones; `rows` are the passes with `is_extra`, in the same order."""
    return passes.at(~rows["is_extra"].to_numpy(dtype=bool))


def to_receivers(receivers: pd.DataFrame, passes: pd.DataFrame) -> Receivers:
    """The hand-overs to desks named on their own in the form the rules work on; `passes` are the rows of those that
    count."""
    place = pd.Index(_pass_code(passes)).get_indexer(_pass_code(receivers)).astype(np.int64)
    receivers, place = receivers[place >= 0], place[place >= 0]
    code = receivers["receiver"].to_numpy(dtype=np.int8)
    return Receivers(place, code, ints(receivers, "finished_on"), ints(receivers, "finished_at"))


def with_taps(passes: pd.DataFrame, rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """The passes with `by_tap`, whether their finish was given on a screen; `rows` have the number of their pass."""
    screens = ints(places, "sheet_id")[places["is_screen"].to_numpy(dtype=bool)]
    if not len(screens):
        return passes.assign(by_tap=False)
    is_tapped = np.isin(ints(rows, "sheet_id"), screens) & (ints(rows, "finished_on") != MISSING)
    return passes.assign(by_tap=np.isin(_pass_code(passes), _pass_code(rows)[is_tapped]))


def with_numbers(rows: pd.DataFrame, numbers: Ints, overlay: pd.DataFrame) -> pd.DataFrame:
    """Hand-over rows with the `number` of their pass, and as `pass_number` the one that a file or a page gave."""
    given = pass_numbers(rows, numbers, overlay)
    return rows.assign(number=numbers, pass_number=rows["pass_number"] if given is None else given)


def with_returns(passes: pd.DataFrame, rows: pd.DataFrame, requests: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The passes with every return and `is_extra`; `rows` are their rows with the `number` of their pass."""
    frame = to_passes(passes, ints(requests, "request_id"))
    is_typed = ints(rows, "pass_number") != MISSING
    is_numbered = np.isin(_pass_code(passes), _pass_code(rows, "number")[is_typed])
    parts = rules.by_procedure(ints(requests, "received_on"))
    by = np.max([np.where(here, at, 0) for at, (_, here) in enumerate(parts)], axis=0)
    ends = rules.calendar.moments_of(frame.finished_on, frame.finished_at)[0]
    procedures = [alike.procedure for alike, _ in parts]
    back, extra = find_returns(frame, ends, is_numbered, np.arange(len(frame)), procedures, by)
    return passes.assign(returned_to=back, is_extra=extra)


def output_columns(
    rows: pd.DataFrame, passes: Passes, letters: int, as_of: int | None = None, today: int = 0
) -> dict[str, Ints]:
    """The columns `OUTPUTS` of the steps of so many letters, thirteen a letter: of their passes finished at a moment of
    the day `today`, or ever, how many have their Output on record, say that there is none, and say nothing of it.

    `rows` are the passes with `has_output`, in the order of `passes`.
    """
    has_output = rows["has_output"].astype("boolean")
    is_empty = has_output.isna().to_numpy(dtype=bool)
    is_recorded = has_output.fillna(value=False).to_numpy(dtype=bool)
    done, step = finished_by(passes, as_of, today), passes.request * STEP_COUNT + passes.step
    kinds = (is_recorded, ~is_recorded & ~is_empty, is_empty)
    counts = (np.bincount(step[done & kind], minlength=letters * STEP_COUNT) for kind in kinds)
    return dict(zip(OUTPUTS, counts, strict=True))


def to_pauses(pauses: pd.DataFrame, request_ids: Ints) -> Pauses:
    """Pauses in the form the rules work on; `request_ids` sorted."""
    return Pauses(
        request=positions(request_ids, ints(pauses, "request_id")),
        step=pauses["step"].to_numpy(dtype=np.int8),
        number=ints(pauses, "pass_number"),
        started_at=ints(pauses, "started_at"),
        ended_at=ints(pauses, "ended_at"),
    )


def to_written(
    rows: pd.DataFrame, numbers: Ints, request_ids: Ints, places: pd.DataFrame, rounds: pd.DataFrame
) -> Written:
    """Hand-over rows in the form in which they are looked over; `numbers` is the pass of each, `rounds` tells which
    steps of which load have round stamps."""
    flags = ints(rows, "suspicion")
    if len(rounds):
        loads = places.set_index("sheet_id")["load_id"].reindex(rows["sheet_id"]).to_numpy(dtype=np.int64)
        round_steps = ints(rounds, "load_id") * 16 + ints(rounds, "step")
        is_round = np.isin(loads * 16 + ints(rows, "step"), round_steps)
        flags = flags | np.where(is_round, Flag.ROUND_STAMPS.value, 0)
    return Written(
        request=positions(request_ids, ints(rows, "request_id")),
        step=rows["step"].to_numpy(dtype=np.int8),
        number=numbers,
        file_flags=flags,
        **{stamp: ints(rows, stamp) for stamp in ("started_on", "finished_on", "finished_at", "recorded_on")},
    )


def placed(frame: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add the names of file and sheet, once each in memory."""
    return frame.assign(**places_of(frame, places))


def places_of(rows: pd.DataFrame, places: pd.DataFrame) -> Columns:
    """The names of file and sheet of each row, once each in memory."""
    at = pd.Index(places["sheet_id"]).get_indexer(rows["sheet_id"])
    return {name: places[name].astype("str").array.take(at) for name in ("file", "sheet")}


def pause_frame(pauses: pd.DataFrame, rows: pd.DataFrame, numbers: Ints) -> pd.DataFrame:
    """Pauses with the letter, step and pass they belong to; of a pause given twice the later end wins."""
    if not len(pauses):
        return _no_pauses().copy(deep=False)
    at = pd.Index(rows["id"]).get_indexer(pauses["pass_row_id"])
    frame = pd.DataFrame(
        {
            "request_id": ints(rows, "request_id")[at],
            "step": rows["step"].to_numpy(dtype=np.int8)[at],
            "pass_number": numbers[at],
            "started_at": ints(pauses, "started_at"),
            "ended_at": ints(pauses, "ended_at"),
            "reason": pauses["reason"].to_numpy(),
        }
    )
    return fold(frame, ["request_id", "step", "pass_number", "started_at"])


def _offers_ended(pauses: pd.DataFrame, requests: pd.DataFrame, calendar: WorkCalendar) -> pd.DataFrame:
    """The pauses, those of an offer of another time no longer than until the event begins."""
    if not len(pauses):
        return pauses
    is_offer = pauses["reason"].astype("string").str.startswith(OFFER_NOTE).fillna(False).to_numpy(dtype=bool)
    if not is_offer.any():
        return pauses
    starts = pd.Series(booking(requests, calendar)[0], index=requests["request_id"].to_numpy())
    event, ended = starts.reindex(pauses["request_id"]).to_numpy(np.int64), ints(pauses, "ended_at")
    is_past = is_offer & (event > ints(pauses, "started_at")) & ((ended == MISSING) | (ended > event))
    return pauses.assign(ended_at=np.where(is_past, event, ended))


@cache
def _no_pauses() -> pd.DataFrame:
    return _empty(*PASS_KEY, "started_at", "ended_at").assign(reason=pd.Series([], dtype="str"))


def facts(rows: Rows, rules: Rules, common: CommonInput) -> dict[str, pd.DataFrame | Columns]:
    """The mart's tables of these letters: request_fact, step_fact, pass_fact, receiver_fact, pause_fact, what corrected
    them, and their sources."""
    calendar, overlay = rules.calendar, common.overlay
    folded = folded_requests(rows.requests, calendar).sort_values("request_id", ignore_index=True)
    requests = lay_over(folded, ["request_id"], rows.requests, "permohonan", overlay)
    ids = ints(requests, "request_id")
    requests["began_at"] = rows.began_at.reindex(ids, fill_value=MISSING).to_numpy() if len(rows.began_at) else MISSING
    requests = _with_status_before(requests, rows.requests, calendar)
    planned = ints(requests, "planned")
    requests["planned"] = np.where(planned == 0, MISSING, planned)
    pass_rows = rows.passes.reset_index(drop=True)
    pass_rows["has_pause"] = pass_rows["id"].isin(rows.pauses["pass_row_id"]) if len(rows.pauses) else False
    passes, numbers, receivers = folded_passes(pass_rows, overlay, calendar)
    numbered = pass_rows.assign(pass_number=numbers)
    passes = with_taps(passes, numbered, rows.places)
    passes = with_returns(passes, with_numbers(pass_rows, numbers, overlay), requests, rules)
    pauses = _offers_ended(pause_frame(rows.pauses, pass_rows, numbers), requests, calendar)
    received, handed = to_requests(requests, calendar), to_passes(passes, ids)
    named = to_receivers(receivers, passes[~passes["is_extra"]]) if len(receivers) else Receivers.none()
    letters, steps = judge(received, counted(passes, handed), to_pauses(pauses, ids), rules, None, named)
    doubts = suspicions(received, handed, to_written(pass_rows, numbers, ids, rows.places, common.rounds), rules)
    doubts.passes[passes["is_extra"].to_numpy(dtype=bool)] |= Flag.EXTRA_PASS.value
    days = (ints(requests, name) for name in ("booked_start_on", "letter_on"))
    doubts.receipts[:] |= implausible_years(ints(requests, "received_on"), *days)
    steps = replace(steps, flags=with_suspicions(steps.flags, handed, doubts))
    corrections = of_letters(
        rows.requests, _by_desk(numbered, receivers), rows.attendance, common.room_corrections, ids, overlay
    )
    corrections = without_progress(corrections, rows.places)
    return {
        "request_fact": {
            **request_fact(requests, letters, steps, calendar),
            "correction_count": _count_of(corrections, ids),
            **attendance_columns(rows.attendance, ids),
        },
        "step_fact": step_fact(requests, letters, steps, output_columns(passes, handed, len(ids))),
        "pass_fact": passes,
        "receiver_fact": receivers,
        "pause_fact": pauses,
        "correction_fact": correction_fact(corrections, rows.places, common.loads),
        "pass_source": _sources(numbered, rows.places, "request_id", "step", "row", "pass_number"),
        "request_source": _sources(rows.requests, rows.places, "request_id", "load_id", "row"),
    }


def _sources(rows: pd.DataFrame, places: pd.DataFrame, *names: str) -> Columns:
    """These columns of rows with the names of their file and sheet."""
    return {name: rows[name] for name in names} | places_of(rows, places)


def _count_of(corrections: pd.DataFrame, ids: Ints) -> Ints:
    """How many corrections each letter had: a row of a file, or what was corrected on a page at once, is one."""
    if not len(corrections):
        return np.zeros(len(ids), dtype=np.int64)
    once = corrections.drop_duplicates(["kind", "target_row_id", "load_id"])
    count = once.groupby("request_id").size()
    return count.reindex(ids, fill_value=0).to_numpy(dtype=np.int64)


def folded_passes(
    pass_rows: pd.DataFrame, overlay: pd.DataFrame, calendar: WorkCalendar
) -> tuple[pd.DataFrame, Ints, pd.DataFrame]:
    """One row per pass; for each hand-over row the number of its pass; and one row per desk of a pass to several
    (RECEIVER_KEY, finished_on/at). `pass_rows` has `has_pause`."""
    passes, numbers = _passes(pass_rows)
    typed = pass_numbers(pass_rows, numbers, overlay)
    if typed is not None:
        passes, numbers = _passes(pass_rows.assign(pass_number=typed))
    numbered = pass_rows.assign(pass_number=numbers)
    _say_all_words(passes, numbered)
    passes = without_stale_clock(passes, ("started", "finished"), calendar.local_day)
    passes = lay_over(_with_unread(passes), PASS_KEY, numbered, "disposisi", overlay)
    receivers = _receivers(passes, numbered)
    if len(receivers) and len(overlay):
        corrected = lay_over(receivers, RECEIVER_KEY, numbered, "disposisi", overlay)
        corrected = corrected[corrected["finished_on"] != MISSING].reset_index(drop=True)
        if not corrected.equals(receivers):
            passes, receivers = _ending_with_the_last(passes, corrected), corrected
    return _without_unread(passes), numbers, receivers


def _with_unread(passes: pd.DataFrame) -> pd.DataFrame:
    """The passes with `started_unread`, and `is_unread` of a pause, in place of the marks in one."""
    marks = passes.pop("unread").to_numpy()
    passes["started_unread"], passes["is_unread"] = (marks & Unread.START) != 0, (marks & Unread.PAUSE) != 0
    return passes


def _without_unread(passes: pd.DataFrame) -> pd.DataFrame:
    """The passes with `is_unread` alone: a pause that nobody can read, or a start, unless it is known elsewhere."""
    is_unread = passes.pop("started_unread").to_numpy(dtype=bool) & (ints(passes, "started_at") == MISSING)
    passes["is_unread"] = passes["is_unread"].to_numpy(dtype=bool) | is_unread
    return passes


def _receivers(passes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The hand-overs of passes to several desks, each as its last row says."""
    is_named = (ints(rows, "receiver") != MISSING) & (ints(rows, "finished_on") != MISSING)
    if not is_named.any():
        return _no_receivers().copy(deep=False)
    named = rows.loc[is_named, [*RECEIVER_KEY, "finished_on", "finished_at"]]
    desks = named.drop_duplicates(RECEIVER_KEY)
    several = desks[desks.duplicated(PASS_KEY, keep=False)]
    if several.empty:
        return several
    forward = passes.loc[passes["returned_to"] < 0]
    wanted = np.isin(_pass_code(named), np.intersect1d(_pass_code(several), _pass_code(forward)))
    return fold(named[wanted], RECEIVER_KEY)


@cache
def _no_receivers() -> pd.DataFrame:
    return _empty(*RECEIVER_KEY, "finished_on", "finished_at")


def _ending_with_the_last(passes: pd.DataFrame, receivers: pd.DataFrame) -> pd.DataFrame:
    """A pass to several desks ends with the last of their hand-overs; a day without a clock time is its last."""
    last = receivers.assign(late=receivers["finished_at"].where(receivers["finished_at"] != MISSING, NEVER))
    last = last.sort_values(["finished_on", "late"], kind="stable").drop_duplicates(PASS_KEY, keep="last")
    at = pd.Index(_pass_code(passes)).get_indexer(_pass_code(last))
    passes = passes.reset_index(drop=True)
    for name in ("finished_on", "finished_at"):
        passes.loc[at, name] = last[name].to_numpy()
    return passes


def _by_desk(rows: pd.DataFrame, receivers: pd.DataFrame) -> pd.DataFrame:
    """Hand-over rows that name their receiver only where their pass went to several: no desk's moment corrects that of
    another."""
    if receivers.empty:
        return rows.assign(receiver=np.full(len(rows), MISSING))
    is_one_of_several = np.isin(_pass_code(rows), _pass_code(receivers))
    return rows.assign(receiver=np.where(is_one_of_several, rows["receiver"], MISSING))


def _passes(pass_rows: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """As `passes_from`; a row that repeats the one before of its step, as a file given again does, costs nothing."""
    group = ints(pass_rows, "request_id") * 16 + ints(pass_rows, "step")
    order = np.argsort(group, kind="stable")
    is_new = np.zeros(len(order), dtype=bool)
    is_new[:1] = True
    is_new[1:] = np.diff(group[order]) != 0
    if is_new.all():
        return passes_from(pass_rows)
    told = ("pass_number", *PASS_STAMPS, *PASS_DESKS, "is_done", "has_pause", "unread")
    for column in told:
        ordered = pass_rows[column].to_numpy()[order]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    if is_new.all():
        return passes_from(pass_rows)
    kept = np.zeros(len(order), dtype=bool)
    kept[order[is_new]] = True
    passes, some = passes_from(pass_rows[kept])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[kept] = some
    latest = np.maximum.accumulate(np.where(is_new, np.arange(len(order)), 0))
    numbers[order] = numbers[order[latest]]
    return passes, numbers


def _say_all_words(passes: pd.DataFrame, rows: pd.DataFrame) -> None:
    """A pass keeps the words of its earlier rows where the later ones say nothing."""
    shared = pd.Series(_pass_code(rows)).duplicated(keep=False).to_numpy()
    if not shared.any():
        return
    words = [word for word in PASS_WORDS if word in passes and says_something(rows.loc[shared, word]).any()]
    if not words:
        return
    said_words = fold(rows.loc[shared, [*PASS_KEY, *words]], PASS_KEY)
    at = pd.Index(_pass_code(passes)).get_indexer(_pass_code(said_words))
    for word in words:
        passes.loc[at, word] = said_words[word].to_numpy()


def _pass_code(frame: pd.DataFrame, number: str = "pass_number") -> Ints:
    return (ints(frame, "request_id") * 16 + ints(frame, "step")) * (1 << 20) + ints(frame, number)


def request_fact(requests: pd.DataFrame, judged: RequestFacts, steps: StepFacts, calendar: WorkCalendar) -> Columns:
    """One row per letter, with what is said of it as a whole."""
    start, end = booking(requests, calendar)
    return {
        **{_SHOWN_AS.get(name, name): requests[name] for name in requests.columns if name not in _NOT_SHOWN},
        "booked_start": start,
        "booked_end": end,
        "settled_at": judged.settled_at,
        **letter_columns(judged),
        **columns_of_steps(steps.verdict, steps.flags, steps.belongs_on, steps.elapsed, steps.target),
    }


def step_fact(requests: pd.DataFrame, letters: RequestFacts, steps: StepFacts, outputs: Mapping[str, Ints]) -> Columns:
    """One row per letter and step with its `output_columns`; what filters need is repeated on every row."""
    of_letters = {"request_id": ints(requests, "request_id"), "received_on": ints(requests, "received_on")}
    of_letters |= {name: requests[f"{name}_name"].array for name in ("opd", "room")}
    return with_derived({**step_columns(steps, settled_at=letters.settled_at, **of_letters), **outputs})


def letter_columns(judged: RequestFacts) -> dict[str, Any]:
    """What the judge says of letters by the columns of request_fact; all but when it was settled, which only stored
    facts say."""
    columns = {field.name: getattr(judged, field.name) for field in fields(judged) if field.name != "settled_at"}
    return {"ready_verdict": columns.pop("verdict"), **columns}


def step_columns(steps: StepFacts, **of_letters: Any) -> dict[str, Any]:
    """What the judge says of steps by the columns of step_fact, and the columns `of_letters` repeated for each step."""
    letters = len(steps.verdict) // STEP_COUNT
    again = np.repeat(np.arange(letters), STEP_COUNT)
    return {
        **{name: values[again] for name, values in of_letters.items()},
        "step": np.tile(np.arange(STEP_COUNT, dtype=np.int8), letters),
        **{_SECONDS.get(field.name, field.name): getattr(steps, field.name) for field in fields(steps)},
    }
