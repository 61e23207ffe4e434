"""The list of letters: where each one is, who holds it, until when."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data_access.mart import Snapshot
from data_access.mart import requests as questions
from data_access.mart.compliance import step_counts
from data_access.mart.facts import ALL_FACTS, as_table
from data_access.mart.requests import (
    ORDERS,
    Order,
    RequestScope,
    StepsWanted,
    digit,
    digits,
    over_and_took,
    verdicts_of_steps,
)
from data_access.records import reading
from data_access.records.letters import open_offers
from etl.domain.frames import MISSING, NEVER, Bools, Ints
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import LISTED, OVER, UNDER_WAY, Flag, Place, Reason, RequestStatus, RequestVerdict, Verdict
from etl.figures.filter import FilterError, Period, SlaFilter, flag_bits, known_room, known_steps, scope_of
from etl.figures.live import LiveFacts, facts_at, places_at, step_facts_at
from etl.figures.requests.period import LetterKind, letter_ids
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX

LATE_VERDICTS = (Verdict.LATE.code, Verdict.OVERDUE.code)
LIMIT = 2_000
"""Letters in one list; the rest is found by searching."""

MOST_WORDS = 12
"""Words of a search that are looked for."""

_WORST_FIRST = (Verdict.OVERDUE, Verdict.AT_RISK, Verdict.ON_TRACK, Verdict.UNMEASURABLE)
_OUTCOMES_WORST_FIRST = (RequestVerdict.LATE, RequestVerdict.RUNNING, RequestVerdict.UNKNOWN, RequestVerdict.ON_TIME)
_OF_STEP_WORST_FIRST = (
    Verdict.OVERDUE, Verdict.LATE, Verdict.AT_RISK, Verdict.ON_TRACK, Verdict.UNMEASURABLE, Verdict.SKIPPED,
    Verdict.NOT_STARTED, Verdict.MET, Verdict.NO_TARGET, Verdict.NOT_APPLICABLE,
)  # fmt: skip
_RANKS = (
    tuple(word.code for word in _WORST_FIRST),
    tuple(word.code for word in _OUTCOMES_WORST_FIRST),
    tuple(word.code for word in _OF_STEP_WORST_FIRST),
)
_TIMED = tuple(verdict.code for verdict in UNDER_WAY)
_INTEGERS = ("received_on", "received_at", "booked_start_on", "booked_start_at", "due_at", "over_seconds",
             "took_seconds")  # fmt: skip
SORTED_BY = tuple(ORDERS)
"""Columns by which the list can be ordered."""

_OUTCOMES = {"all": (), "late": (), "closed": (), "running": (RequestVerdict.RUNNING.code,)}


class RequestRow(NamedTuple):
    """The columns of the list, one row per letter; integers are nullable, texts None when not known.

    `at_step` and `holder` name all steps at which the letter is ("A6, A7"), None for none. `verdict` is that of the
    worst of them that runs, else of the letter as a whole (a value of `RequestVerdict`), which `outcome` always is.
    `due_at` is the earliest due moment of the running steps. `late_steps` counts late and overdue steps of the office.
    `is_undecided` as in `undecided`. `over_seconds`: by how much `over_step` exceeded its target in working time, the
    step of those asked for (else of the office's own) that did so most; None where none did. `took_seconds`: how long
    the one step asked for took, else the letter from receipt to ready. `step_verdict` is that of the one step
    asked for, None where none or several are.
    """

    request_id: int
    year: int
    agenda_number: str
    opd: str
    subject: str | None
    activity: str | None
    received_on: int
    received_at: int | None
    room: str | None
    booked_start_at: int | None
    booked_start_on: int | None
    status: str
    at_step: str | None
    holder: str | None
    verdict: str
    due_at: int | None
    late_steps: int
    needs_closing: bool
    outcome: str
    is_undecided: bool
    over_seconds: int | None
    over_step: str | None
    took_seconds: int | None
    step_verdict: str | None


@dataclass(frozen=True)
class OfFigure:
    """The letters behind a figure: those with a step of these verdicts in the period that carries the flag, empty and
    None mean all; or, with `letters`, those that a figure of whole letters counts as that. `without` as in
    `SlaFilter`."""

    period: Period
    steps: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    flag: Flag | None = None
    letters: LetterKind | None = None
    without: tuple[str, ...] = ()


def request_list(
    office: Office,
    as_of: int,
    *,
    opd: str | None = None,
    room: str | None = None,
    search: str | None = None,
    status: str = "all",
    step: str | None = None,
    needs_closing: bool | None = None,
    received: Period | None = None,
    of_figure: OfFigure | None = None,
    letters: Sequence[int] | None = None,
    holder: str | None = None,
    least_over: int | None = None,
    order: Order | None = None,
    limit: int = LIMIT,
    offset: int = 0,
) -> pd.DataFrame:
    """Letters received by `as_of`, columns as in `RequestRow`, newest first or in another `order`; `attrs["total"]`
    counts all that fit.

    `opd` restricts to one agency inside the query, unknown or blank ones to nothing. `status` is "all", "running",
    "late" (any late step) or "closed"; `step` a step code at which the letter is now; words of `search` must all occur
    in number, agency, subject, activity or letter number. Of `letters` only these come, in their order. `of_figure`
    restricts them too. `holder` is the role at one of whose steps the letter is now, `least_over` the least
    `over_seconds`. FilterError for an unknown status, room or step.
    """
    mart = office.mart.read()
    live, sop = step_facts_at(office, as_of, mart), office.sop_at(as_of)
    places = [known_steps([step])[:1] if step else None, sop.steps_of(holder) if holder else None]
    scope = RequestScope(
        settled_by=live.settled_by,
        opd=own_opd(office, opd),
        room=known_room(office, room),
        words=tuple((search or "").split()[:MOST_WORDS]),
        outcomes=_outcomes(status),
        is_late=True if status == "late" else None,
        at_steps=tuple(tuple(STEP_INDEX[code] for code in steps) for steps in places if steps is not None),
        needs_closing=needs_closing,
        status=RequestStatus.CLOSED.code if status == "closed" else None,
        received=received and (day_number(received.first), day_number(received.last)),
        with_steps=_wanted(of_figure) if of_figure and of_figure.letters is None else None,
        letter_ids=_among(_letter_ids(office, of_figure, as_of, opd, room), letters),
        in_order=letters is not None,
        measured=measured_steps(sop, of_figure),
        least_over=least_over,
    )
    rows = questions.listed_requests(
        mart,
        scope,
        mart.remember(("live_case", as_of), lambda: _live_cases(office, live, mart, sop)),
        live.step_table,
        late=LATE_VERDICTS,
        frozen=(Verdict.OVERDUE.code, Flag.NEEDS_CLOSING.value),
        apart=_opd_places(sop),
        limit=limit,
        offset=offset,
        order=order,
        worst_first=_RANKS,
    )
    waiting = live.request_ids[undecided(office, live, mart)]
    return _shown(rows.assign(is_undecided=rows["request_id"].isin(waiting)), office.sop.current())


def measured_steps(sop: SopVersion, figure: OfFigure | None) -> tuple[int, ...]:
    """The steps of which the list tells by how much they were late: those asked for, else the office's own."""
    if figure is not None and figure.steps:
        return tuple(STEP_INDEX[code] for code in known_steps(figure.steps))
    return tuple(step for step in range(STEP_COUNT) if step not in _opd_places(sop))


def is_any_to_close(office: Office, as_of: int) -> bool:
    """Whether `request_list` has a letter that needs closing, which takes a fraction of listing them."""
    mart = office.mart.read()
    live = step_facts_at(office, as_of, mart)
    first = questions.first_settled_to_close(mart)
    return bool(live.letters.needs_closing.any()) or (first is not None and first <= live.settled_by)


def steps_behind(office: Office, as_of: int, figure: OfFigure, *, opd: str | None, room: str | None) -> int:
    """How many steps a figure counts; letters may have several of them."""
    facts = facts_at(office, as_of)
    steps = known_steps(figure.steps)
    filter_ = SlaFilter(figure.period, own_opd(office, opd), known_room(office, room), steps, figure.without)
    kind = ALL_FACTS.also(verdict=[verdict.code for verdict in figure.verdicts or Verdict])
    flags = 0 if figure.flag is None else figure.flag.value
    rows = step_counts(facts, scope_of(filter_), kind, by=(), flags=flags)
    return int(rows["n"].sum())


def _letter_ids(office: Office, figure: OfFigure | None, as_of: int, opd: str | None, room: str | None) -> Ints | None:
    """The letters that a figure of whole letters counts; None for any other figure."""
    if figure is None or figure.letters is None:
        return None
    return letter_ids(office, SlaFilter(figure.period, opd, room, without=figure.without), figure.letters, as_of)


def _among(counted: Ints | None, letters: Sequence[int] | None) -> Ints | None:
    """The letters that both name, in the order of `letters`; None names all."""
    if letters is None:
        return counted
    ids = np.array(letters, np.int64)
    return ids if counted is None else ids[np.isin(ids, counted)]


def own_opd(office: Office, opd: str | None) -> str | None:
    """The agency's own name; a name that nobody knows stays as it is, so that it can only match itself."""
    return None if opd is None else (office.opd_names.one(opd) or opd)


def steps_in_hand(office: Office, live: LiveFacts, mart: Snapshot) -> Bools:
    """At which steps each letter is, (letters, 13), whether or not their time can be measured.

    Of a letter that is over, those in which it got stuck without ever being closed.
    """
    verdict = live.steps.verdict.reshape(-1, STEP_COUNT)
    timed = np.isin(verdict, _TIMED)
    unproven = np.isin(live.steps.reason.reshape(-1, STEP_COUNT), (Reason.DATE_ONLY.code, Reason.START_UNKNOWN.code))
    unfinished = (live.steps.finished_on == MISSING).reshape(-1, STEP_COUNT)
    stuck = timed | (unproven & unfinished & (verdict == Verdict.UNMEASURABLE.code))
    lies = np.isin(places_at(office, live.as_of, mart), (Place.HERE.code, Place.RETURNED.code))
    return lies | (stuck & live.letters.needs_closing[:, None])


def steps_holding(office: Office, request_id: int, as_of: int) -> tuple[str, ...]:
    """The steps at which an open letter lies for somebody to act, judged or not; none for one that is over."""
    mart = office.mart.read()
    at = step_facts_at(office, as_of, mart).position(request_id)
    if at is None:
        return ()
    lies = np.isin(places_at(office, as_of, mart)[at], [place.code for place in LISTED if place is not Place.UNCLAIMED])
    return tuple(itertools.compress(STEP_CODES, lies))


def undecided(office: Office, live: LiveFacts, mart: Snapshot) -> Bools:
    """Which letters wait for a decision that can still be given: at the approving step or past it, neither approved nor
    refused, their event to come or unknown, and no offer of another time that their agency has yet to answer."""
    places = places_at(office, live.as_of, mart)
    lying = places[:, STEP_INDEX[office.sop_at(live.as_of).step_with(Meaning.APPROVED)]]
    start = live.requests["booked_start"].to_numpy()
    is_pending = live.requests["status"].to_numpy() == RequestStatus.PENDING.code
    is_pending &= np.isin(lying, (Place.HERE.code, Place.RETURNED.code))
    is_pending &= (start == MISSING) | (start > live.as_of)
    is_awaited = is_pending | (places == Place.UNDECIDED.code).any(axis=1)
    return np.asarray(is_awaited & ~_is_offered(office, live)) if is_awaited.any() else np.asarray(is_awaited)


def _is_offered(office: Office, live: LiveFacts) -> Bools:
    """To which letters another time is offered that nobody has answered."""
    with reading(office.records) as connection:
        return np.isin(live.request_ids, open_offers(connection))


def offered_letters(office: Office, as_of: int, opd: str) -> list[int]:
    """The letters of an agency, open and their event to come, whose offer of another time it has yet to answer."""
    if not office.mart.exists():
        return []
    mart, own = office.mart.read(), own_opd(office, opd)
    live = step_facts_at(office, as_of, mart)
    start, status = (live.requests[name].to_numpy(np.int64) for name in ("booked_start", "status"))
    is_open = ((start == MISSING) | (start > as_of)) & ~np.isin(status, [over.code for over in OVER])
    return [int(id) for id in live.request_ids[is_open & live.are_of(own) & _is_offered(office, live)]]


def awaits_decision(office: Office, request_id: int, as_of: int) -> bool:
    """Whether a letter is one of the `undecided`."""
    mart = office.mart.read()
    live = step_facts_at(office, as_of, mart)
    at = live.position(request_id)
    return at is not None and bool(undecided(office, live, mart)[at])


def undecided_letters(office: Office, as_of: int, opd: str | None = None) -> list[int]:
    """The letters that are `undecided`: those whose event is near first, those without a booking last."""
    if not office.mart.exists():
        return []
    mart, own = office.mart.read(), own_opd(office, opd)
    live = step_facts_at(office, as_of, mart)
    mine = np.flatnonzero(undecided(office, live, mart) & live.are_of(own))
    start = live.requests["booked_start"].to_numpy(np.int64)[mine]
    order = np.lexsort((live.received_on[mine], start, start == MISSING))
    return [int(id) for id in live.request_ids[mine[order]]]


def letters_before_recording(office: Office, as_of: int, opd: str | None = None) -> list[int]:
    """The open letters that came before the day from which their step is recorded, so that no desk has them on its
    list; the newest first."""
    if not office.mart.exists():
        return []
    mart, own = office.mart.read(), own_opd(office, opd)
    live = step_facts_at(office, as_of, mart)
    is_old = (places_at(office, as_of, mart) == Place.OLD.code).any(axis=1)
    mine = np.flatnonzero(is_old & live.are_of(own))
    return [int(id) for id in live.request_ids[mine[np.argsort(-live.received_on[mine], kind="stable")]]]


def _opd_places(sop: SopVersion) -> tuple[int, ...]:
    return tuple(STEP_INDEX[code] for code in sop.opd_steps)


def _outcomes(status: str) -> tuple[int, ...]:
    if status not in _OUTCOMES:
        raise FilterError("period.no_status", status=status, statuses=list(_OUTCOMES))
    return _OUTCOMES[status]


def _wanted(figure: OfFigure) -> StepsWanted:
    return StepsWanted(
        steps=tuple(STEP_INDEX[code] for code in known_steps(figure.steps)),
        verdicts=tuple(verdict.code for verdict in figure.verdicts),
        first_on=day_number(figure.period.first),
        last_on=day_number(figure.period.last),
        flags=0 if figure.flag is None else figure.flag.value,
        without=flag_bits(figure.without),
    )


def _live_cases(office: Office, live: LiveFacts, mart: Snapshot, sop: SopVersion) -> Any:
    """The letters that are not settled as an Arrow table; see `listed_requests`."""
    runs = steps_in_hand(office, live, mart)
    awaited = places_at(office, live.as_of, mart) == Place.UNDECIDED.code
    verdict = live.steps.verdict.reshape(-1, STEP_COUNT)
    late = np.isin(verdict, LATE_VERDICTS)
    late[:, list(_opd_places(sop))] = False
    return as_table(
        {
            "request_id": live.request_ids,
            "outcome": live.letters.verdict,
            "at_steps": digits(runs | awaited),
            "verdict": _worst(verdict, runs),
            "due_at": _earliest(live.steps.due_at.reshape(-1, STEP_COUNT), runs & np.isin(verdict, _TIMED)),
            "late_steps": late.sum(axis=1),
            "needs_closing": live.letters.needs_closing,
            "ready_seconds": live.letters.ready_seconds,
            **verdicts_of_steps(live.steps.verdict),
            **over_and_took(live.steps.elapsed, live.steps.target),
        },
        "request_fact",
    )


def _worst(verdict: np.ndarray, runs: Bools) -> Ints:
    """The code of the worst verdict of each letter's running steps, MISSING when none runs."""
    choices = [((verdict == word.code) & runs).any(axis=1) for word in _WORST_FIRST]
    return np.select(choices, [word.code for word in _WORST_FIRST], MISSING).astype(np.int64)


def _earliest(due: Ints, runs: Bools) -> Ints:
    first = np.where(runs & (due != MISSING), due, NEVER).min(axis=1, initial=NEVER)
    return np.where(first == NEVER, MISSING, first)


def _shown(rows: pd.DataFrame, sop: SopVersion) -> pd.DataFrame:
    """Codes into words."""
    actors = {step.code: step.actor for step in sop.steps}
    steps = {mask: _codes(mask) for mask in rows["at_steps"].unique().tolist()}
    names = {mask: ", ".join(codes) or None for mask, codes in steps.items()}
    holders = {mask: ", ".join(dict.fromkeys(actors[c] for c in codes)) or None for mask, codes in steps.items()}
    outcome = rows["outcome"].map(dict(enumerate(word.value for word in RequestVerdict)))
    running = rows["verdict"].map(dict(enumerate(word.value for word in Verdict)))
    shown = rows.assign(
        status=rows["status"].map(dict(enumerate(word.value for word in RequestStatus))),
        at_step=rows["at_steps"].map(names),
        holder=rows["at_steps"].map(holders),
        verdict=running.where(running.notna(), outcome),
        outcome=outcome,
        over_seconds=rows["over"].where(rows["over"] > 0),
        over_step=rows["over_step"].map(dict(enumerate(STEP_CODES))),
        took_seconds=rows["took"],
        step_verdict=rows["step_verdict"].map(dict(enumerate(word.value for word in Verdict))),
    ).astype(dict.fromkeys(_INTEGERS, "Int64"))
    listed = shown[list(RequestRow._fields)]
    listed.attrs["total"] = int(rows["total"].iloc[0]) if len(rows) else 0
    return listed


def _codes(mask: int) -> list[str]:
    return [code for index, code in enumerate(STEP_CODES) if mask & digit(index)]
