"""One letter whole: its steps with stamps, verdicts and sources, its sessions, where every number came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_access.mart import MartError
from data_access.mart import requests as questions
from data_access.mart.requests import RequestRecords, Row
from data_access.records import reading
from data_access.records.letters import current_key
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_date, day_number
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.extract.texts import agenda_key, receipt_in
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.requests.work_list import LATE_VERDICTS, own_opd, steps_in_hand
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX


@dataclass(frozen=True)
class Source:
    """A row of a file; `sheet` None for a file without sheets, `row` counted as the spreadsheet does, from 1."""

    file: str
    sheet: str | None
    row: int


@dataclass(frozen=True)
class RequestPause:
    """Waiting for the OPD in pass `number`; `ended_at` None while it lasts."""

    started_at: int
    ended_at: int | None
    reason: str | None
    number: int = 1


@dataclass(frozen=True)
class RequestPass:
    """One pass of a step: days (since 1970-01-01) where a date is known, moments where the clock time is."""

    number: int
    started_on: int | None
    started_at: int | None
    finished_on: int | None
    finished_at: int | None
    is_done: bool
    has_output: bool | None
    instruction: str | None
    note: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class RequestStep:
    """One step of the letter, all passes together; moments are UTC seconds, None when not known.

    `is_running`: the letter is at this step now. `reason` None unless the step cannot be measured. `flags` are names
    in lower case.
    """

    step: str
    actor: str
    activity: str
    passes: tuple[RequestPass, ...]
    started_at: int | None
    taken_at: int | None
    finished_at: int | None
    finished_on: int | None
    start_rule: StartRule
    elapsed_seconds: int | None
    waiting_seconds: int | None
    paused_seconds: int | None
    handover_seconds: int | None
    target_seconds: int | None
    due_at: int | None
    verdict: Verdict
    reason: Reason | None
    flags: tuple[str, ...]
    is_running: bool
    pauses: tuple[RequestPause, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class RequestSession:
    """One use of a room; `ended_at` None while it lasts or when no end is known. `opd` and `activity` are those of the
    room log."""

    room: str | None
    started_at: int
    ended_at: int | None
    end_is_estimated: bool
    verified: int | None
    present: int | None
    opd: str | None
    activity: str | None
    activity_kind: str | None
    note: str | None
    source: Source | None


@dataclass(frozen=True)
class RequestCorrection:
    """One field of the letter that was put right, by a later row of a file or on a page.

    `kind` is that of the record, `step` and `pass_number` name a hand-over, `room` and `started_at` a session or check.
    `old` and `new` are None, a text, a number, or a stamp `{"on": day, "at": moment or None}`. `source` is the row of
    the file that corrected, or that a page corrected (`is_page`, with its `reason`); `corrected_at` when it came in.
    """

    kind: str
    field: str
    old: Any
    new: Any
    step: str | None
    pass_number: int | None
    room: str | None
    started_at: int | None
    corrected_at: int | None
    actor: str | None
    reason: str | None
    is_page: bool
    target_row_id: int
    source: Source | None


@dataclass(frozen=True)
class Request:
    """A letter at a moment. `request` has the columns of the mart's request_fact with None for "not known".

    `late_steps` of the `judged_steps`, the office's own steps of part A that have a verdict in time or late;
    `ready_seconds` receipt to ready; `sop` the version by which it goes.
    """

    as_of: int
    request: Mapping[str, Any]
    status: RequestStatus
    outcome: RequestVerdict
    needs_closing: bool
    steps: tuple[RequestStep, ...]
    sessions: tuple[RequestSession, ...]
    sources: tuple[Source, ...]
    corrections: tuple[RequestCorrection, ...]
    ready_seconds: int | None
    ready_on: int | None
    stop_at: int | None
    late_steps: int
    judged_steps: int
    sop: SopVersion

    def step(self, code: str) -> RequestStep:
        """The step with that code."""
        return self.steps[STEP_INDEX[code]]

    def stop_of(self, step: RequestStep) -> int:
        """Until when a step that is not finished runs: now, or the moment at which its part stopped."""
        stop = self.stop_at if self.sop.step(step.step).part == "A" else self.request["booked_end"]
        return self.as_of if stop is None else min(self.as_of, int(stop))

    def handed_over_at(self, step: RequestStep, index: int) -> int | None:
        """When the letter came to a step for the time `index` (from 0): the later finish of what it follows."""
        finishes = [_finish(self.step(code), index) for code in self.sop.step(step.step).follows]
        known = [finish for finish in finishes if finish is not None]
        return max(known) if known and len(known) == len(finishes) else None


def _finish(step: RequestStep, index: int) -> int | None:
    if index < len(step.passes):
        return step.passes[index].finished_at
    return step.finished_at if index == 0 else None


def request_detail(office: Office, year: int, agenda: str, as_of: int, *, opd: str | None = None) -> Request | None:
    """The letter with that number of that year, or with that receipt number, which it keeps once it is numbered; None
    when there is none by `as_of`, or not of that `opd`."""
    mart = office.mart.read()
    records = questions.request_records(mart, year, key_now(office, year, agenda), own_opd(office, opd))
    if records is None:
        return None
    live = step_facts_at(office, as_of, mart)
    at = live.position(records.request["request_id"])
    settled_at = records.request["settled_at"]
    if at is None and (settled_at is None or settled_at > live.settled_by):
        return None
    sop = office.sop.version_for(day_date(records.request["received_on"]))
    today = day_number(datetime.fromtimestamp(as_of, office.zone).date())
    in_hand = steps_in_hand(office, live, mart)[at].tolist() if at is not None else [False] * STEP_COUNT
    return _assemble(_at_moment(records, live, at, today), live.as_of, in_hand, sop)


def is_known(office: Office, year: int, agenda: str, *, opd: str | None = None) -> bool:
    """Whether there is a letter with that number or receipt number, of that `opd`; yes without a mart to ask."""
    try:
        mart = office.mart.read()
    except MartError:
        return True
    return questions.has_letter(mart, year, key_now(office, year, agenda), own_opd(office, opd))


def key_now(office: Office, year: int, agenda: str) -> str:
    """The key of a letter that is named by its number, or by its receipt number from before it had one."""
    receipt = receipt_in(agenda)
    if receipt is None:
        return agenda_key(agenda)
    with reading(office.records) as connection:
        return current_key(connection, year, receipt) or agenda_key(agenda)


def _at_moment(records: RequestRecords, live: LiveFacts, at: int | None, today: int) -> RequestRecords:
    """What lies after as-of has not happened; a letter that may still change gets the facts of that moment."""
    request, steps = records.request, records.steps
    if at is not None:
        steps = live.step_table.slice(at * STEP_COUNT, STEP_COUNT).to_pylist()
        (judged,) = live.request_table.slice(at, 1).to_pylist()
        request = {**request, **judged}
    begun = [row for row in (*records.pauses, *records.sessions) if row["started_at"] <= live.as_of]
    passes = [_past(_until(row, records.receivers, live.as_of), live.as_of, today) for row in records.passes]
    return RequestRecords(
        request=request,
        steps=steps,
        passes=[row for row in passes if row["is_done"] or row["started_on"] is not None],
        receivers=records.receivers,
        pauses=[_past(row, live.as_of, today) for row in begun if "session_id" not in row],
        pass_sources=records.pass_sources,
        sources=records.sources,
        sessions=[_past(row, live.as_of, today) for row in begun if "session_id" in row],
        corrections=records.corrections,
    )


def _until(row: Row, receivers: Iterable[Row], as_of: int) -> Row:
    """A pass to several desks with the last hand-over known by then."""
    key = ("step", "pass_number")
    mine = [one for one in receivers if all(one[name] == row[name] for name in key) and one["finished_at"] is not None]
    known = [one for one in mine if one["finished_at"] <= as_of]
    if not known or len(known) == len(mine):
        return row
    last = max(known, key=lambda one: one["finished_at"])
    return {**row, "finished_on": last["finished_on"], "finished_at": last["finished_at"]}


def _past(row: Row, as_of: int, today: int) -> Row:
    """The row without stamps after as-of."""
    shown = dict(row)
    for name in ("started", "finished", "ended"):
        at, on = row.get(f"{name}_at"), row.get(f"{name}_on")
        is_future = at > as_of if at is not None else on is not None and on > today
        if is_future:
            shown |= {key: None for key in (f"{name}_at", f"{name}_on") if key in row}
            shown |= {"is_done": False} if name == "finished" else {}
    return shown


def _assemble(records: RequestRecords, as_of: int, in_hand: Sequence[bool], sop: SopVersion) -> Request:
    request = records.request
    judged = [row["verdict"] for row in records.steps if STEP_CODES[row["step"]] in sop.judged_steps]
    return Request(
        as_of=as_of,
        request=request,
        status=RequestStatus.of(request["status"] or 0),
        outcome=RequestVerdict.of(request["ready_verdict"] or 0),
        needs_closing=bool(request["needs_closing"]),
        steps=tuple(_step(row, in_hand[row["step"]], records, sop) for row in records.steps),
        sessions=tuple(_session(row) for row in records.sessions),
        sources=_sources(records.sources),
        corrections=tuple(_correction(row) for row in records.corrections),
        ready_seconds=request["ready_seconds"],
        ready_on=request["ready_on"],
        stop_at=request["stop_at"],
        late_steps=sum(code in LATE_VERDICTS for code in judged),
        judged_steps=sum(code in (*LATE_VERDICTS, Verdict.MET.code) for code in judged),
        sop=sop,
    )


def _step(row: Row, is_running: bool, records: RequestRecords, sop: SopVersion) -> RequestStep:
    step = sop.step(STEP_CODES[row["step"]])

    def mine(rows: Iterable[Row]) -> list[Row]:
        return [one for one in rows if one["step"] == row["step"]]

    sources = mine(records.pass_sources)
    copied = ("started_at", "taken_at", "finished_at", "finished_on", "elapsed_seconds", "waiting_seconds",
              "paused_seconds", "handover_seconds", "target_seconds", "due_at")  # fmt: skip
    reason = Reason.of(row["reason"] or 0)
    return RequestStep(
        step=step.code,
        actor=step.actor,
        activity=step.activity,
        passes=tuple(_pass(one, sources) for one in mine(records.passes)),
        **{name: row[name] for name in copied},
        start_rule=StartRule.of(row["start_rule"] or 0),
        verdict=Verdict.of(row["verdict"]),
        reason=None if reason is Reason.NONE else reason,
        flags=_flags(row["flags"] or 0),
        is_running=is_running,
        pauses=tuple(
            RequestPause(p["started_at"], p["ended_at"], p["reason"], p["pass_number"]) for p in mine(records.pauses)
        ),
        sources=_sources(sources),
    )


def _pass(row: Row, sources: Iterable[Row]) -> RequestPass:
    names = ("started_on", "started_at", "finished_on", "finished_at", "has_output", "instruction", "note")
    return RequestPass(
        number=row["pass_number"],
        is_done=bool(row["is_done"]),
        sources=_sources(one for one in sources if one["pass_number"] == row["pass_number"]),
        **{name: row[name] for name in names},
    )


def _session(row: Row) -> RequestSession:
    names = ("room", "started_at", "ended_at", "verified", "present", "opd", "activity", "activity_kind", "note")
    return RequestSession(
        end_is_estimated=bool(row["end_is_estimated"]),
        source=next(iter(_sources([row])), None),
        **{name: row[name] for name in names},
    )


def _correction(row: Row) -> RequestCorrection:
    names = ("kind", "field", "pass_number", "room", "started_at", "corrected_at", "actor", "reason", "target_row_id")
    return RequestCorrection(
        old=json.loads(row["old_value"]),
        new=json.loads(row["new_value"]),
        step=None if row["step"] is None else STEP_CODES[row["step"]],
        is_page=bool(row["is_page"]),
        source=next(iter(_sources([row])), None),
        **{name: row[name] for name in names},
    )


def _sources(rows: Iterable[Row]) -> tuple[Source, ...]:
    sources = (Source(row["file"], row["sheet"], row["row"]) for row in rows if row["file"] is not None)
    return tuple(dict.fromkeys(sources))


def _flags(bits: int) -> tuple[str, ...]:
    return tuple(flag.name.lower() for flag in Flag if flag & bits and flag.name)
