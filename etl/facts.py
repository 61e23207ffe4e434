"""From rows of the records to the tables of the mart: fold, link, judge.

Pure but for its arguments: frames in, frames out. Integers use MISSING for "nothing".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.domain.calendar import WorkCalendar
from etl.domain.derive import fold, passes_from, without_stale_clock
from etl.domain.frames import MISSING, Ints, Passes, Pauses, RequestFacts, Requests, StepFacts
from etl.domain.judge import ENDED, judge
from etl.domain.rules import Rules
from etl.domain.verdict import STEP_COUNT, RequestStatus

REQUEST_PAIRS = ("received", "booked_start", "booked_end", "status")
POSITION = ("id", "load_id", "sheet_id", "row")
PASS_COLUMNS = (
    "id", "request_id", "sheet_id", "row", "step", "pass_number", "started_on", "started_at", "finished_on",
    "finished_at", "is_done", "recorded_at", "has_output", "instruction", "note",
)  # fmt: skip
"""What the facts take from a hand-over row."""


@dataclass(frozen=True)
class Rows:
    """Rows of the records that belong to some letters, each frame in the order in which it was given.

    `requests`, `passes` and `sessions` carry request_id, load_id, sheet_id, row; `pauses` pass_row_id, started_at,
    ended_at, reason; `places` maps sheet_id to file and sheet name.
    """

    requests: pd.DataFrame
    passes: pd.DataFrame
    pauses: pd.DataFrame
    places: pd.DataFrame


def _ints(frame: pd.DataFrame, column: str) -> Ints:
    return frame[column].to_numpy(dtype=np.int64)


def folded_requests(rows: pd.DataFrame, calendar: WorkCalendar) -> pd.DataFrame:
    """One row per letter: what its register rows say together."""
    one = fold(rows, ["request_id"], unfolded=POSITION)
    if len(one) < len(rows):
        _status_with_its_date(one, rows)
        one = without_stale_clock(one, REQUEST_PAIRS, calendar.local_day)
    return one


def _status_with_its_date(one: pd.DataFrame, rows: pd.DataFrame) -> None:
    """A status keeps the date that was given with it, not that of an earlier status."""
    says = rows[rows["status"] != RequestStatus.UNKNOWN.code].drop_duplicates("request_id", keep="last")
    latest = says.set_index("request_id")
    at = one["request_id"].isin(latest.index)
    ids = one.loc[at, "request_id"]
    for column in ("status", "status_text", "status_on", "status_at"):
        one.loc[at, column] = latest.loc[ids, column].to_numpy()


def _moment_or_day_end(at: Ints, on: Ints, calendar: WorkCalendar) -> Ints:
    """The moment, else the last second of the day, else MISSING."""
    last_second = calendar.day_end(np.where(on == MISSING, 0, on)) - 1
    return np.where(at != MISSING, at, np.where(on != MISSING, last_second, MISSING))


def booking(requests: pd.DataFrame, calendar: WorkCalendar) -> tuple[Ints, Ints]:
    """Start and end of each letter's booking for the rules; an end not given is closing time."""
    start_on, start_at = _ints(requests, "booked_start_on"), _ints(requests, "booked_start_at")
    end_on, end_at = _ints(requests, "booked_end_on"), _ints(requests, "booked_end_at")
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
    ended_on, ended_at = _ints(requests, "status_on"), _ints(requests, "status_at")
    # A day alone: it may have been in the first minute, so nothing of that day is held against anybody.
    day_start = calendar.day_start(np.where(ended_on == MISSING, 0, ended_on))
    ended = np.where(ended_at != MISSING, ended_at, np.where(ended_on != MISSING, day_start, MISSING))
    return Requests(
        received_on=_ints(requests, "received_on"),
        received_at=_ints(requests, "received_at"),
        status=status,
        ended_at=np.where(np.isin(status, ENDED), ended, MISSING),
        booked_start=start,
        booked_end=end,
    )


def positions(ids: Ints, of: Ints) -> Ints:
    """Where each of `of` stands in the sorted `ids`."""
    return np.searchsorted(ids, of).astype(np.int64)


def to_passes(passes: pd.DataFrame, request_ids: Ints) -> Passes:
    """Step passes in the form the rules work on; `request_ids` sorted."""
    return Passes(
        request=positions(request_ids, _ints(passes, "request_id")),
        step=passes["step"].to_numpy(dtype=np.int8),
        number=_ints(passes, "pass_number"),
        started_on=_ints(passes, "started_on"),
        started_at=_ints(passes, "started_at"),
        finished_on=_ints(passes, "finished_on"),
        finished_at=_ints(passes, "finished_at"),
        is_done=passes["is_done"].to_numpy(dtype=bool),
    )


def to_pauses(pauses: pd.DataFrame, request_ids: Ints) -> Pauses:
    """Pauses in the form the rules work on; `request_ids` sorted."""
    return Pauses(
        request=positions(request_ids, _ints(pauses, "request_id")),
        step=pauses["step"].to_numpy(dtype=np.int8),
        number=_ints(pauses, "pass_number"),
        started_at=_ints(pauses, "started_at"),
        ended_at=_ints(pauses, "ended_at"),
    )


def _placed(frame: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add the names of file and sheet, once each in memory."""
    order = places.set_index("sheet_id")
    at = order.index.get_indexer(frame["sheet_id"])
    for name in ("file", "sheet"):
        frame[name] = order[name].to_numpy(dtype=object)[at]
    return frame


def pause_frame(pauses: pd.DataFrame, rows: pd.DataFrame, numbers: Ints) -> pd.DataFrame:
    """Pauses with the letter, step and pass they belong to; of a pause given twice the later end wins."""
    at = pd.Index(rows["id"]).get_indexer(pauses["pass_row_id"])
    frame = pd.DataFrame(
        {
            "request_id": _ints(rows, "request_id")[at],
            "step": rows["step"].to_numpy(dtype=np.int8)[at],
            "pass_number": numbers[at],
            "started_at": _ints(pauses, "started_at"),
            "ended_at": _ints(pauses, "ended_at"),
            "reason": pauses["reason"].to_numpy(),
        }
    )
    return fold(frame, ["request_id", "step", "pass_number", "started_at"])


def facts(rows: Rows, rules: Rules) -> dict[str, pd.DataFrame]:
    """The mart's tables for the letters of `rows`: request_fact, step_fact, pass_fact, pause_fact and their sources."""
    requests = folded_requests(rows.requests, rules.calendar).sort_values("request_id", ignore_index=True)
    ids = _ints(requests, "request_id")
    pass_rows = rows.passes.reset_index(drop=True)
    pass_rows["has_pause"] = pass_rows["id"].isin(rows.pauses["pass_row_id"])
    passes, numbers = passes_from(pass_rows)
    passes = without_stale_clock(passes, ("started", "finished"), rules.calendar.local_day)
    pauses = pause_frame(rows.pauses, pass_rows, numbers)
    judged = judge(to_requests(requests, rules.calendar), to_passes(passes, ids), to_pauses(pauses, ids), rules, None)
    sources = pass_rows[["request_id", "step", "sheet_id", "row"]].assign(pass_number=numbers)
    return {
        "request_fact": request_fact(requests, rows.requests, judged[0], rules.calendar),
        "step_fact": step_fact(requests, *judged),
        "pass_fact": passes,
        "pause_fact": pauses,
        "pass_source": _placed(sources, rows.places).drop(columns="sheet_id"),
        "request_source": _placed(
            rows.requests[["request_id", "load_id", "sheet_id", "row"]].reset_index(drop=True), rows.places
        ).drop(columns="sheet_id"),
    }


def request_fact(
    requests: pd.DataFrame, given: pd.DataFrame, judged: RequestFacts, calendar: WorkCalendar
) -> pd.DataFrame:
    """One row per letter, with what is said of it as a whole."""
    dropped = [c for c in (*POSITION, "opd", "room", "is_waiting") if c in requests]
    frame = requests.drop(columns=dropped).rename(columns={"opd_name": "opd", "room_name": "room"})
    frame["ended_at"] = to_requests(requests, calendar).ended_at
    start, end = booking(requests, calendar)
    frame["booked_start"], frame["booked_end"] = start, end
    count = given.groupby("request_id").size()
    frame["correction_count"] = count.loc[frame["request_id"]].to_numpy() - 1
    frame["stop_at"] = judged.stop_at
    frame["settled_at"] = judged.settled_at
    frame["ready_seconds"] = judged.ready_seconds
    frame["ready_on"] = judged.ready_on
    frame["ready_verdict"] = judged.verdict
    frame["needs_closing"] = judged.needs_closing
    return frame


def step_fact(requests: pd.DataFrame, letters: RequestFacts, steps: StepFacts) -> pd.DataFrame:
    """One row per letter and step; what filters need is repeated on every row."""
    again = np.repeat(np.arange(len(requests)), STEP_COUNT)
    columns: dict[str, object] = {
        "request_id": _ints(requests, "request_id")[again],
        "step": np.tile(np.arange(STEP_COUNT, dtype=np.int8), len(requests)),
        "opd": requests["opd_name"].astype(object).to_numpy()[again],
        "room": requests["room_name"].astype(object).to_numpy()[again],
        "received_on": _ints(requests, "received_on")[again],
        "settled_at": letters.settled_at[again],
        "belongs_on": steps.belongs_on,
        "verdict": steps.verdict,
        "reason": steps.reason,
        "start_rule": steps.start_rule,
        "started_at": steps.started_at,
        "finished_at": steps.finished_at,
        "finished_on": steps.finished_on,
        "passes": steps.passes,
        "elapsed_seconds": steps.elapsed,
        "waiting_seconds": steps.waiting,
        "paused_seconds": steps.paused,
        "target_seconds": steps.target,
        "due_at": steps.due_at,
        "handover_seconds": steps.handover,
        "flags": steps.flags,
    }
    return pd.DataFrame(columns)


def session_fact(rows: pd.DataFrame, places: pd.DataFrame, calendar: WorkCalendar) -> pd.DataFrame:
    """One row per session in a known room: what the log's rows with the same room and start say together.

    A session without an end lasts to closing time when the log says "selesai"; else its end is not known.
    """
    known = rows[rows["room_name"].notna()]
    one = fold(known, ["room_name", "started_at"], unfolded=POSITION)
    closing = calendar.closing(_ints(one, "started_on"))
    ended, started = _ints(one, "ended_at"), _ints(one, "started_at")
    open_end = one["end_is_estimated"].to_numpy(dtype=bool) & (ended == MISSING) & (closing > started)
    one["ended_at"] = np.where(open_end, closing, ended)
    one["end_is_estimated"] = open_end
    frame = _placed(one.reset_index(drop=True), places)
    return frame.rename(columns={"id": "session_id", "room_name": "room"}).drop(columns=["room_text", "sheet_id"])
