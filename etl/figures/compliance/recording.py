"""What another day of recording would judge anew: steps whose verdict would change, from which to which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_access.mart import Snapshot
from data_access.mart.compliance import letters_by_day
from data_access.mart.facts import Days
from data_access.mart.requests import letters_named
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import Verdict
from etl.figures.live import step_facts_by
from etl.office import Office
from etl.settings.document import Settings

CHUNK = 4000
"""Letters judged at a time, or those of one day where it has more: memory is bounded by this."""

SHOWN = 5
"""So many letters of a turn are named, the newest ones."""


@dataclass(frozen=True)
class VerdictTurn:
    """Steps that would have the verdict `then` instead of `now`, of how many letters, and some of these (year and
    agenda number)."""

    now: Verdict
    then: Verdict
    steps: int
    letters: int
    shown: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class JudgedAnew:
    """All steps and letters that would change, and the turns, the one with most steps first."""

    steps: int
    letters: int
    turns: tuple[VerdictTurn, ...]


def recording_if(office: Office, settings: Settings, as_of: int) -> JudgedAnew:
    """What would change at `as_of` if steps were recorded from the days that these settings say."""
    if not office.mart.exists():
        return JudgedAnew(0, 0, ())
    mart, rules = office.mart.read(), (office.rules(), office.rules_recording(settings))
    parts = [_changes(mart, rules, as_of, days) for days in _parts(mart, _days_between(*rules, as_of))]
    changes = pd.concat(parts) if parts else _NO_CHANGES
    turns = [_turn(mart, now, then, rows) for (now, then), rows in changes.groupby(["now", "then"])]
    ordered = sorted(turns, key=lambda turn: (-turn.steps, turn.now.code, turn.then.code))
    return JudgedAnew(len(changes), changes["request_id"].nunique(), tuple(ordered))


_NO_CHANGES = pd.DataFrame({"request_id": [], "now": [], "then": []}, dtype=np.int64)


def _days_between(now: Rules, then: Rules, as_of: int) -> Days | None:
    """Days of receipt of the letters for which a step is recorded by one of the rules only; None where there are none.

    Up to today: a letter of a later day is not here yet.
    """
    today = int(now.calendar.local_day(np.array([as_of]))[0])
    days = [
        (min(pair, default=today + 1), max(pair) - 1 if len(pair) == 2 else today)
        for pair in map(_known, now.first_handover_on, then.first_handover_on)
    ]
    spans = [(first, min(last, today)) for first, last in days if first <= min(last, today)]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _known(*days: np.int64) -> list[int]:
    return [int(day) for day in days if day != MISSING]


def _parts(mart: Snapshot, days: Days | None) -> Iterator[Days]:
    """The days in parts of about CHUNK letters each; days without a letter are left out."""
    if days is None:
        return
    letters = letters_by_day(mart, days)
    part = np.cumsum(letters["n"]) // CHUNK
    for number in np.unique(part):
        own = letters["received_on"][part == number]
        yield int(own[0]), int(own[-1])


def _changes(mart: Snapshot, rules: tuple[Rules, Rules], as_of: int, received: Days) -> pd.DataFrame:
    """One row a step that changes: request_id, codes of the verdicts `now` and `then`."""
    now, then = step_facts_by(mart, rules, as_of, received)
    ids = np.repeat(now.request_ids, STEP_COUNT)
    rows = pd.DataFrame({"request_id": ids, "now": now.steps.verdict, "then": then.steps.verdict})
    return rows[rows["now"] != rows["then"]]


def _turn(mart: Snapshot, now: int, then: int, rows: pd.DataFrame) -> VerdictTurn:
    ids = np.unique(rows["request_id"])
    named = letters_named(mart, ids[-SHOWN:].tolist())
    shown = tuple((int(row["year"]), str(row["agenda_number"])) for _, row in sorted(named.items(), reverse=True))
    return VerdictTurn(Verdict.of(int(now)), Verdict.of(int(then)), len(rows), len(ids), shown)
