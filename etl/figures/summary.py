"""The day at a desk: what is on today, which steps wait for a role, what has changed since a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data_access.mart import Snapshot
from data_access.mart import summary as questions
from data_access.mart.requests import letters_named, returns_of
from data_access.records import reading
from data_access.records.intake.views import first_load_after, rejected_since
from data_access.records.requests import letters_told_before, passes_of, requests_touched_after
from etl.domain.compliance.stamping import RETURN_NOTE, HeldLetter, Standing, waits_for_event
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import DAY, MINUTE
from etl.domain.verdict import LISTED, UNDER_WAY, Place, Verdict
from etl.figures.facilities.conditions import room_books
from etl.figures.facilities.incidents import incidents_at
from etl.figures.live import LiveFacts, places_at, step_facts_at
from etl.figures.report import restated
from etl.figures.requests.work_list import own_opd, undecided
from etl.figures.rooms.room_day import Booking, RoomBook, Session
from etl.judging.step_standing import standings
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX

_STAMP_COLUMNS = ["request_id", "step", "started_at", "finished_at"]


@dataclass(frozen=True)
class Today:
    """One booking of today and its use; `booking` None for a use that nobody had booked, `session` None for none yet.

    `letter` has year, agenda_number, opd, subject, activity; None for a use without a letter.
    """

    room: str
    letter: Mapping[str, Any] | None
    booking: Booking | None
    session: Session | None

    @property
    def start_at(self) -> int:
        """When it begins, or began."""
        event = self.booking or self.session
        return event.start_at if event else 0

    @property
    def opd(self) -> str | None:
        """The agency of its letter, of a use without one that of the room log."""
        if self.letter is not None:
            return self.letter["opd"]  # type: ignore[no-any-return]
        return self.session.opd if self.session else None


@dataclass(frozen=True)
class SentBack:
    """How a letter came back to a desk: from which step, why (None: nobody said), when (None: only a day is known)."""

    step: str
    reason: str | None
    at: int | None


@dataclass(frozen=True)
class MyStep:
    """One step that waits for its holder, whether or not its time can be judged.

    `place`: UNCLAIMED where no desk holds the letter, UNDECIDED where the decision alone is awaited. `is_undecided`: at
    the approving step of a request that is one of the `undecided`. `verdict` None: nothing is judged there.
    `due_at` None: none, or it waits for the agency; `event_at`: of part B and of what is to be decided. `sent_back`
    where it was returned to this step.
    """

    letter: HeldLetter
    standing: Standing
    place: Place
    year: int
    agenda_number: str
    opd: str | None
    title: str | None
    received_on: int
    verdict: Verdict | None
    due_at: int | None
    event_at: int | None = None
    sent_back: SentBack | None = None
    is_undecided: bool = False

    @property
    def is_returned(self) -> bool:
        """Whether the letter was sent back to this step and not handed on since."""
        return self.place is Place.RETURNED


@dataclass(frozen=True)
class LateStep:
    """A step that became late, or became known as late: finished late, or passed its limit, at `late_at`."""

    year: int
    agenda_number: str
    title: str | None
    step: str
    late_at: int


@dataclass(frozen=True)
class Changes:
    """What has changed since a moment; None where the role does not see it.

    `restated` counts the published reports in force of which some figure is another now, whenever that came about.
    """

    late: tuple[LateStep, ...]
    rejected: int | None
    incidents: int | None
    corrected: int
    restated: int | None = None


def today_of(office: Office, as_of: int, opd: str | None) -> list[Today]:
    """Bookings and uses of today by time; of one agency only, or of all."""
    if not office.mart.exists():
        return []
    mart, own = office.mart.read(), own_opd(office, opd)
    books = room_books(office, mart, as_of)
    pairs = [(book, *pair) for book in books.values() for pair in _pairs(book)]
    ids = {one.request_id for _, booking, session in pairs for one in (booking, session) if one and one.request_id}
    letters = letters_named(mart, ids)
    shown = [_today(book, booking, session, letters) for book, booking, session in pairs]
    mine = [one for one in shown if own in (None, one.opd)]
    return sorted(mine, key=lambda one: (one.start_at, one.room))


def _pairs(book: RoomBook) -> list[tuple[Booking | None, Session | None]]:
    """Today's bookings beside their uses, and the uses that nobody had booked."""
    first, last = book.day_span
    booked = [one for one in book.bookings if one.start_at < last and one.end_at > first]
    used = [one for one in book.sessions if first <= one.start_at < last]
    by_letter = {one.request_id: one for one in used if one.request_id is not None}
    letters = {one.request_id for one in booked}
    pairs: list[tuple[Booking | None, Session | None]] = [(one, by_letter.get(one.request_id)) for one in booked]
    return pairs + [(None, one) for one in used if one.request_id not in letters]


def _today(
    book: RoomBook, booking: Booking | None, session: Session | None, letters: Mapping[int, Mapping[str, Any]]
) -> Today:
    known = booking or session
    letter = letters.get(known.request_id) if known is not None and known.request_id is not None else None
    return Today(book.name, letter, booking, session)


def my_steps(
    office: Office, as_of: int, steps: Sequence[str], opd: str | None, most: int | None = None
) -> list[MyStep]:
    """Every open letter that is at one of these steps, judged or not: returned ones first, then by due moment; those
    without one by their event, the last by their receipt. With `most` only so many of them.

    Letters that no desk holds stand at the step that takes up what was received.
    """
    return desk_list(office, as_of, steps, opd, most)[0]


def desk_list(
    office: Office, as_of: int, steps: Sequence[str], opd: str | None, most: int | None = None
) -> tuple[list[MyStep], int]:
    """The first `most` of `my_steps`, and how many there are in all."""
    rows = _waiting(office, as_of, steps, opd)
    first = rows[:most]
    held = standings(office, sorted({key[0] for key, _ in first}), steps)
    mine = [
        MyStep(held[request_id][0], held[request_id][1][step], **row)
        for (request_id, step), row in first
        if request_id in held
    ]
    return mine, len(rows)


def letters_on_desk(office: Office, as_of: int, steps: Sequence[str], opd: str | None) -> list[int]:
    """The letters of `my_steps` in their order, each once."""
    return list(dict.fromkeys(request_id for (request_id, _), _ in _waiting(office, as_of, steps, opd)))


def _waiting(office: Office, as_of: int, steps: Sequence[str], opd: str | None) -> list[tuple[tuple[int, str], Row]]:
    """By letter and step what waits, in order."""
    if not office.mart.exists() or not steps:
        return []
    mart = office.mart.read()
    coming = _coming(office, mart, as_of, steps, opd)
    held = standings(office, sorted({request_id for request_id, _ in coming}), steps)
    rows = {key: row for key, row in coming.items() if key[0] in held and held[key[0]][1][key[1]].is_handed}
    rows |= _in_hand(office, mart, as_of, steps, opd)
    return sorted(rows.items(), key=_by_urgency)


def _by_urgency(waits: tuple[tuple[int, str], Row]) -> tuple[bool, int, int, int, tuple[int, str]]:
    key, row = waits
    until = row["due_at"] or _FAR, row.get("event_at") or _FAR
    return row["place"] is not Place.RETURNED, *until, row["received_on"], key


_FAR = 2**62

Row = dict[str, Any]
Rows = dict[tuple[int, str], Row]
"""By letter and step what `MyStep` tells beside its standing."""


def _in_hand(office: Office, mart: Snapshot, as_of: int, steps: Sequence[str], opd: str | None) -> Rows:
    """The open letters that lie at these steps."""
    live, own = step_facts_at(office, as_of, mart), own_opd(office, opd)
    where = places_at(office, as_of, mart)[:, [STEP_INDEX[step] for step in steps]]
    is_own = live.are_of(own)
    at, column = np.nonzero(np.isin(where, [place.code for place in LISTED]) & is_own[:, None])
    letters = live.requests[_TOLD].iloc[at].to_dict("records")
    back = _sent_back(mart, live.request_ids[at[where[at, column] == Place.RETURNED.code]])
    rows, approving = Rows(), office.sop_at(as_of).step_with(Meaning.APPROVED)
    is_waiting = undecided(office, live, mart)
    for letter, place, which in zip(letters, at.tolist(), column.tolist(), strict=True):
        step, id = steps[which], int(letter["request_id"])
        lies = Place.of(int(where[place, which]))
        is_decided = lies is not Place.UNDECIDED
        judged = _of_step(live, place * STEP_COUNT + STEP_INDEX[step]) if is_decided else _to_decide(letter)
        is_undecided = bool(is_waiting[place]) and (step == approving or not is_decided)
        more = {"place": lies, "sent_back": back.get((id, step)), "is_undecided": is_undecided}
        rows[id, step] = {**more, **_of_letter(letter), **judged}
    return rows


_TOLD = [
    "request_id", "year", "agenda_number", "opd", "activity", "subject", "received_on", "booked_start",
]  # fmt: skip
"""Columns of a letter that a step on a list tells."""


def _of_letter(letter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "year": int(letter["year"]),
        "agenda_number": str(letter["agenda_number"]),
        "opd": _text(letter["opd"]),
        "title": _text(letter["activity"]) or _text(letter["subject"]),
        "received_on": int(letter["received_on"]),
    }


def _of_step(live: LiveFacts, place: int) -> dict[str, Any]:
    """What is judged of a step that is in hand."""
    verdict, due = Verdict.of(int(live.steps.verdict[place])), int(live.steps.due_at[place])
    is_judged = verdict in UNDER_WAY
    return {
        "verdict": verdict if is_judged or verdict is Verdict.UNMEASURABLE else None,
        "due_at": due if is_judged and due != MISSING else None,
    }


def _to_decide(letter: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a finished step at which the request still waits for its decision: until when that has a use."""
    return {"verdict": None, "due_at": None, "event_at": int(letter["booked_start"])}


def _sent_back(mart: Snapshot, request_ids: Ints) -> dict[tuple[int, str], SentBack]:
    """By letter and step the last return to it."""
    rows = returns_of(mart, request_ids.tolist())
    return {
        (row["request_id"], STEP_CODES[row["returned_to"]]): SentBack(
            STEP_CODES[row["step"]], _without_mark(row["note"]), row["finished_at"]
        )
        for row in rows
    }


def _without_mark(note: Any) -> str | None:
    """The reason alone, as the note of a return tells it."""
    return note.removeprefix(RETURN_NOTE).strip() or None if isinstance(note, str) else None


def _coming(office: Office, mart: Snapshot, as_of: int, steps: Sequence[str], opd: str | None) -> Rows:
    """Steps of part B of approved bookings that are near and have not ended: the event hands them to their desks.

    A step that the office says not to record, or only later, is on no list. What looks at the event itself comes once
    that is booked to begin, or has begun.
    """
    part_b = [step for step in office.sop_at(as_of).part("B") if step.code in steps]
    ahead = {step.code: step.days_ahead for step in part_b}
    waiting = {step.code for step in part_b if waits_for_event(step)}
    first, today = office.rules().first_handover_on, office.calendar.day_of(as_of)
    ahead = {step: days for step, days in ahead.items() if first[STEP_INDEX[step]] <= today}
    if not ahead:
        return {}
    own, rows = own_opd(office, opd), Rows()
    booked = [(book, one) for book in room_books(office, mart, as_of).values() for one in book.bookings]
    letters = letters_named(mart, {one.request_id for _, one in booked})
    for book, one in booked:
        row = letters.get(one.request_id)
        if row is None or (own is not None and row["opd"] != own) or one.end_at <= as_of or not one.is_approved:
            continue
        has_begun = one.start_at <= as_of or any(
            use.request_id == one.request_id and use.start_at <= as_of for use in book.sessions
        )
        for step, days in ahead.items():
            if one.start_at < book.day_span[1] + days * DAY and (has_begun or step not in waiting):
                told = {"place": Place.NOWHERE, "verdict": None, "due_at": None, "event_at": one.start_at}
                rows.setdefault((one.request_id, step), _of_letter(row) | told)
    return rows


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def changes_since(
    office: Office, since: int, as_of: int, opd: str | None, *, sees_intake: bool, sees_reports: bool = False
) -> Changes:
    """What has changed between two moments; an agency sees what concerns its own letters only."""
    own = own_opd(office, opd)
    if not office.mart.exists():
        return Changes((), 0 if sees_intake else None, 0 if opd is None else None, 0, 0 if sees_reports else None)
    with reading(office.records) as connection:
        rejected = rejected_since(connection, since) if sees_intake else None
    mart = office.mart.read()
    faults = sum(at > since for at in _faults_begun(office, mart, as_of)) if opd is None else None
    corrected = questions.corrected_values(mart, since, as_of, own)
    reports = len(restated(office, as_of)) if sees_reports else None
    return Changes(_late(office, since, as_of, own), rejected, faults, corrected, reports)


def _faults_begun(office: Office, mart: Snapshot, as_of: int) -> list[int]:
    """The moments at which the faults known by then began; asked once a minute for everybody."""
    key = "faults begun", office.book.hash, as_of // MINUTE
    return mart.remember(key, lambda: [one.first_at for one in incidents_at(office, as_of)])


def _late(office: Office, since: int, as_of: int, own: str | None) -> tuple[LateStep, ...]:
    """Steps of the office that became late, or that later rows told to have been, the newest first."""
    mart = office.mart.read()
    live = step_facts_at(office, as_of, mart)
    steps = live.steps
    is_late = (steps.verdict == Verdict.LATE.code) & (steps.finished_at > since) & (steps.finished_at <= as_of)
    is_over = (steps.verdict == Verdict.OVERDUE.code) & (steps.due_at > since) & (steps.due_at <= as_of)
    places = np.flatnonzero(is_late | is_over)
    late_at = np.where(is_late, steps.finished_at, steps.due_at)
    rows = [
        (int(live.request_ids[place // STEP_COUNT]), int(place % STEP_COUNT), int(late_at[place]))
        for place in places.tolist()
        if own is None or live.opd[place // STEP_COUNT] == own
    ]
    stored = questions.late_steps(mart, since, as_of, live.settled_by, Verdict.LATE.code, own)
    rows += [(row["request_id"], row["step"], row["late_at"]) for row in stored]
    rows += _late_by_later_rows(office, since, live, own)
    own_steps = office.sop_at(as_of).office_steps
    rows = [row for row in rows if STEP_CODES[row[1]] in own_steps]
    letters = letters_named(mart, {row[0] for row in rows})
    late = [_late_step(letters[request_id], step, at) for request_id, step, at in rows if request_id in letters]
    return tuple(sorted(late, key=lambda one: -one.late_at))


def _late_by_later_rows(office: Office, since: int, live: LiveFacts, own: str | None) -> list[tuple[int, int, int]]:
    """Letter, step and moment of those that were late by `since` already, which only rows loaded since then tell."""
    with reading(office.records) as connection:
        first = first_load_after(connection, since)
    if first is None:
        return []
    steps = live.steps
    is_late, is_over = steps.verdict == Verdict.LATE.code, steps.verdict == Verdict.OVERDUE.code
    late_at = np.where(is_late, steps.finished_at, steps.due_at)
    is_own = np.repeat(live.are_of(own), STEP_COUNT)
    places = np.flatnonzero((is_late | is_over) & (late_at != MISSING) & (late_at <= since) & is_own)
    codes = Verdict.LATE.code, Verdict.OVERDUE.code
    settled = questions.late_before(office.mart.read(), since, live.settled_by, *codes, own)
    letters = np.concatenate([live.request_ids[places // STEP_COUNT], settled["request_id"]]).astype(np.int64)
    which = np.concatenate([places % STEP_COUNT, settled["step"]]).astype(np.int64)
    moments = np.concatenate([late_at[places], settled["late_at"]]).astype(np.int64)
    key = "newly recorded", first, letters.tobytes(), which.tobytes()
    is_new = office.mart.read().remember(key, lambda: newly_recorded(office, first, letters, which))
    return list(zip(letters[is_new].tolist(), which[is_new].tolist(), moments[is_new].tolist(), strict=True))


def _late_step(letter: Mapping[str, Any], step: int, at: int) -> LateStep:
    title = letter["activity"] or letter["subject"]
    return LateStep(letter["year"], letter["agenda_number"], title, STEP_CODES[step], at)


def newly_recorded(office: Office, first: int, request_ids: Ints, steps: Ints) -> Bools:
    """Of which of these steps (by letter and place in STEP_CODES) the loads from `first` on told something new.

    Something new is a pass with stamps that no earlier load gave – of the step, or of one that it follows and that
    therefore starts its time –, or the letter itself.
    """
    with reading(office.records) as connection:
        letters = np.intersect1d(request_ids, requests_touched_after(connection, first - 1))
        known = np.intersect1d(letters, letters_told_before(connection, letters.tolist(), first))
        passes = passes_of(connection, known.tolist(), "id", "load_id", *_STAMP_COLUMNS)
    recorded = _followed(_new_passes(passes, first), office.sop.current())
    is_new: Bools = np.isin(request_ids, np.setdiff1d(letters, known))
    return is_new | np.isin(request_ids * STEP_COUNT + steps, recorded)


def _new_passes(passes: pd.DataFrame, first: int) -> pd.DataFrame:
    """The passes with stamps that only loads from `first` on gave."""
    loaded = passes.groupby(_STAMP_COLUMNS, dropna=False)["load_id"].min().reset_index()
    return loaded[loaded["load_id"] >= first]


def _followed(passes: pd.DataFrame, sop: SopVersion) -> Ints:
    """The steps of these passes and those that follow them, as letter × STEP_COUNT + step."""
    letter, step = (passes[name].to_numpy(np.int64) for name in ("request_id", "step"))
    cells = [letter * STEP_COUNT + step]
    for one in sop.steps:
        follows = np.isin(step, [STEP_INDEX[code] for code in one.follows])
        cells.append(letter[follows] * STEP_COUNT + STEP_INDEX[one.code])
    return np.unique(np.concatenate(cells))
