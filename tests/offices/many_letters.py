"""Any number of invented letters with hand-overs, judged and published, for the figures' tests and benchmarks."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access.mart import Change, Mart
from data_access.records import open_records
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.judge import judge
from etl.domain.compliance.rules import Rules, rules_from
from etl.domain.frames import MISSING, Ints
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import Flag, RequestStatus
from etl.judging.build_facts import output_columns, request_fact, step_fact, to_passes, to_pauses, to_requests
from etl.reference.steps import STEP_COUNT
from etl.settings.calendars import calendar_from
from etl.settings.document import Settings, default_settings
from etl.settings.names import OpdNames, RoomNames
from etl.settings.sops import load_sop
from tests.serving.databases import migrated_sqlite

OPD = ("Dinas Kesehatan", "Dinas Pendidikan", "Bappedalitbang", "Kecamatan Panggul")
FIRST, LAST = date(2024, 7, 1), date(2026, 6, 30)
SPREAD = np.array([4, 8, 4, 9, 45, 45, 45, 45, 12, 8, 25, 45, 90], dtype=np.float64) * 60
"""Median seconds of each step."""


@cache
def _untouched() -> Engine:
    engine = open_records(f"sqlite:///{migrated_sqlite()}")
    atexit.register(engine.dispose)
    return engine


@dataclass(frozen=True)
class SmallOffice:
    """What the figures need of an office: rules and a mart."""

    mart: Mart
    settings: Settings
    sop: Sop
    calendar: WorkCalendar
    zone: ZoneInfo
    opd_names: OpdNames
    room_names: RoomNames
    hash: str = "small"

    @property
    def records(self) -> Engine:
        """Records in which nobody has done anything."""
        return _untouched()

    @property
    def book(self) -> SmallOffice:
        """Its rules, which it holds itself."""
        return self

    def sop_at(self, moment: int) -> SopVersion:
        """The version by which the day of a moment is told."""
        return self.sop.version_for(datetime.fromtimestamp(moment, self.zone).date())

    def rules(self) -> Rules:
        """The rules with what the mart holds of each step."""
        mart = self.mart.read()
        first = np.array(mart.meta.first_handovers, dtype=np.int64)
        return mart.remember("rules", lambda: rules_from(self.sop, self.calendar, first))


def small_office(folder: Path) -> SmallOffice:
    """An office with the shipped settings and an empty mart folder."""
    settings = default_settings()
    calendar = calendar_from(settings, date(2020, 1, 1), date(2029, 12, 31))
    return SmallOffice(
        Mart(folder),
        settings,
        load_sop(None),
        calendar,
        calendar.zone,
        OpdNames.of(settings),
        RoomNames.of(settings),
    )


@dataclass(frozen=True)
class Letters:
    """Rows in the form of the mart's tables, before they are judged."""

    requests: pd.DataFrame
    passes: pd.DataFrame
    pauses: pd.DataFrame


def invented(count: int, calendar: WorkCalendar, seed: int = 1, first: date = FIRST, last: date = LAST) -> Letters:
    """Letters over two years: late steps, missing times, unfinished ones, pauses, returned ones, rejected ones."""
    chance = np.random.default_rng(seed)
    requests = _requests(count, calendar, chance, (day_number(first), day_number(last) + 1))
    passes = _passes(requests, calendar, chance)
    return Letters(requests, passes, _pauses(passes, chance))


def _requests(count: int, calendar: WorkCalendar, chance: np.random.Generator, span: tuple[int, int]) -> pd.DataFrame:
    day = np.sort(chance.integers(*span, count))
    at = calendar.due(calendar.day_start(day), chance.integers(1, 25_000, count))
    on = calendar.local_day(at)
    start = calendar.day_start(on + chance.integers(1, 8, count)) + 9 * 3600
    booked = chance.random(count) < 0.85
    rejected = chance.random(count) < 0.04
    return pd.DataFrame(
        {
            "request_id": np.arange(1, count + 1, dtype=np.int64),
            "year": (day // 365.25 + 1970).astype(np.int64),
            "agenda_number": [f"{number:04d}" for number in range(1, count + 1)],
            "agenda_key": [str(number) for number in range(1, count + 1)],
            "opd_name": np.array(OPD, dtype=object)[chance.integers(0, len(OPD), count)],
            "room_name": np.where(chance.random(count) < 0.9, "Smart Center", None),
            "subject": "Pinjam ruang",
            "activity": np.where(chance.random(count) < 0.5, "Rapat koordinasi", "Bimbingan teknis"),
            "received_on": on,
            "received_at": _sometimes(at, chance, 0.08),
            "booked_start_on": np.where(booked, calendar.local_day(start), MISSING),
            "booked_start_at": np.where(booked, start, MISSING),
            "booked_end_on": np.where(booked, calendar.local_day(start), MISSING),
            "booked_end_at": np.where(booked, start + 3 * 3600, MISSING),
            "planned": np.where(booked, 45, MISSING),
            "status": np.where(rejected, RequestStatus.REJECTED.code, RequestStatus.APPROVED.code).astype(np.int8),
            "status_on": np.where(rejected, on + 1, MISSING),
            "status_at": np.full(count, MISSING, dtype=np.int64),
            "true_received_at": at,
        }
    )


def _sometimes(values: Ints, chance: np.random.Generator, share: float) -> Ints:
    """Some values not recorded."""
    return np.where(chance.random(len(values)) < share, MISSING, values)


def _passes(requests: pd.DataFrame, calendar: WorkCalendar, chance: np.random.Generator) -> pd.DataFrame:
    """Steps one after the other from receipt on; each letter stops somewhere, most after the last one."""
    count = len(requests)
    reached = np.where(chance.random(count) < 0.9, STEP_COUNT, chance.integers(1, STEP_COUNT, count))
    moment = requests["true_received_at"].to_numpy()
    parts = []
    for step in range(1, STEP_COUNT):
        spent = (SPREAD[step] * chance.lognormal(0.0, 0.6, count)).astype(np.int64)
        finish = calendar.due(moment, spent)
        begun = calendar.due(moment, (spent * chance.random(count) * 0.4).astype(np.int64))
        there = (step < reached) & (chance.random(count) < 0.96)
        parts.append(_pass_rows(requests, step, begun, finish, there, calendar, chance))
        moment = finish
    return pd.concat(parts, ignore_index=True)


FORWARD = {"returned_to": -1, "by_tap": False, "is_extra": False, "is_unread": False}
"""What stands beside a pass by which a letter was handed on in a book."""


def _pass_rows(
    requests: pd.DataFrame, step: int, begun: Ints, finish: Ints, there: np.ndarray, calendar: WorkCalendar,
    chance: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    count = len(requests)
    own_start = chance.random(count) < (0.3 if step < 9 else 0.9)
    finished_at = _sometimes(finish, chance, 0.04)
    again = there & (chance.random(count) < 0.01)
    rows = pd.DataFrame(
        {
            "request_id": requests["request_id"],
            "step": np.full(count, step, dtype=np.int8),
            "pass_number": np.ones(count, dtype=np.int64),
            "started_on": np.where(own_start, calendar.local_day(begun), MISSING),
            "started_at": np.where(own_start, begun, MISSING),
            "finished_on": calendar.local_day(finish),
            "finished_at": finished_at,
            "is_done": True,
            **FORWARD,
        }
    )
    second = rows[again].assign(pass_number=2, started_on=MISSING, started_at=MISSING)
    return pd.concat([rows[there], second], ignore_index=True)


def _pauses(passes: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    timed = passes[(passes["started_at"] != MISSING) & (passes["finished_at"] != MISSING)]
    some = timed[chance.random(len(timed)) < 0.02]
    return pd.DataFrame(
        {
            "request_id": some["request_id"],
            "step": some["step"],
            "pass_number": some["pass_number"],
            "started_at": some["started_at"] + 60,
            "ended_at": some["started_at"] + 600,
            "reason": "menunggu data peserta",
        }
    )


def publish(office: SmallOffice, letters: Letters) -> None:
    """Judge the letters as they end and make a mart of them."""
    first = first_handovers(letters)
    frames = judged(office, letters, rules_from(office.sop, office.calendar, first))
    office.mart.publish(Change(frames, is_full=True, first_handovers=tuple(first.tolist())), 1, "rules", built_at=0)


def doubted(count: int, shares: Mapping[Flag, float], seed: int = 1) -> Ints:
    """Flags of the steps of so many letters, each on that share of the steps."""
    chance = np.random.default_rng(seed)
    flags = np.zeros(count * STEP_COUNT, dtype=np.int64)
    for flag, share in shares.items():
        flags |= np.where(chance.random(len(flags)) < share, flag.value, 0)
    return flags


def first_handovers(letters: Letters) -> Ints:
    """The day of the first finish of each step (13,)."""
    first = np.full(STEP_COUNT, MISSING, dtype=np.int64)
    done = letters.passes.groupby("step")["finished_on"].min()
    first[done.index.to_numpy()] = done.to_numpy()
    return first


def judged(office: SmallOffice, letters: Letters, rules: Rules, doubts: Ints | None = None) -> dict[str, pd.DataFrame]:
    """The mart's tables; `doubts` are flags that the steps carry beside the judge's own."""
    requests = letters.requests.drop(columns="true_received_at")
    ids = requests["request_id"].to_numpy()
    passes = to_passes(letters.passes, ids)
    facts = judge(to_requests(requests, office.calendar), passes, to_pauses(letters.pauses, ids), rules, None)
    if doubts is not None:
        facts = facts[0], replace(facts[1], flags=facts[1].flags | doubts)
    said_nothing = pd.DataFrame({"has_output": pd.array([pd.NA] * len(passes), "boolean")})
    return {
        "request_fact": pd.DataFrame(request_fact(requests, *facts, office.calendar)),
        "step_fact": pd.DataFrame(step_fact(requests, *facts, output_columns(said_nothing, passes, len(ids)))),
        "pass_fact": letters.passes,
        "pause_fact": letters.pauses,
    }
