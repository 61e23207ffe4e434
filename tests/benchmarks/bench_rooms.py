"""How long the figures of rooms take: ten rooms, one year of 5 000 sessions, ten years of a million."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np

from data_access.mart import Change
from etl.domain.units import day_number
from etl.figures.filter import Period
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.use import rooms_figures
from etl.settings.document import Room
from tests.offices.many_letters import OPD, SmallOffice, small_office

ROOMS = tuple(f"Ruang {letter}" for letter in "ABCDEFGHIJ")
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
TEN_YEARS = Period(date(2016, 1, 1), date(2025, 12, 31))


def run() -> dict[str, float]:
    """Milliseconds of questions never asked before; `cpu` is processor time, which other work does not stretch."""
    year, year_cpu = measured(5_000, YEAR, 9)
    decade, decade_cpu = measured(1_000_000, TEN_YEARS, 3)
    return {
        "sessions_year": 5_000,
        "year_ms": year,
        "year_cpu_ms": year_cpu,
        "sessions_ten_years": 1_000_000,
        "ten_years_ms": decade,
        "ten_years_cpu_ms": decade_cpu,
    }


def measured(sessions: int, period: Period, rounds: int) -> tuple[float, float]:
    """Medians for the figures of all rooms in the period that holds so many sessions, half of them with a letter."""
    with tempfile.TemporaryDirectory() as folder:
        office = filled(Path(folder), sessions, period)
        at = int(datetime(2026, 6, 24, 10, tzinfo=office.zone).timestamp())
        office.mart.read().tuples("SELECT 1")
        rooms_figures(office, RoomsFilter(Period(date(2015, 1, 1), date(2015, 1, 2))), at)
        spent = []
        for step in range(rounds):
            began, worked = time.perf_counter(), time.process_time()
            figures = rooms_figures(office, RoomsFilter(period), at + step)
            spent.append(((time.perf_counter() - began) * 1_000, (time.process_time() - worked) * 1_000))
        assert figures.all_rooms.used_seconds
        wall, cpu = (sorted(values)[rounds // 2] for values in zip(*spent, strict=True))
        return wall, cpu


def filled(folder: Path, sessions: int, period: Period) -> SmallOffice:
    """An office whose mart holds invented sessions and a booking for each second one."""
    office = small_office(folder)
    rooms = tuple(Room(name=name, capacity=50) for name in ROOMS)
    office = replace(office, settings=office.settings.model_copy(update={"rooms": rooms}))
    chance = np.random.default_rng(5)
    day = np.sort(chance.integers(day_number(period.first), day_number(period.last) + 1, sessions))
    start = office.calendar.day_start(day) + chance.integers(14, 30, sessions) * 1_800
    end = start + chance.integers(2, 8, sessions) * 1_800
    ids = np.arange(1, sessions + 1, dtype=np.int64)
    has_letter = ids % 2 == 0
    room = np.array(ROOMS, dtype=object)[chance.integers(0, len(ROOMS), sessions)]
    session = {
        "session_id": ids, "request_id": np.where(has_letter, ids, np.iinfo(np.int64).min), "room": room,
        "started_on": day, "started_at": start, "ended_at": end, "present": chance.integers(5, 60, sessions),
    }  # fmt: skip
    letter = {
        "request_id": ids[has_letter], "year": np.full(has_letter.sum(), 2025), "received_on": day[has_letter] - 7,
        "opd": np.array(OPD, dtype=object)[chance.integers(0, len(OPD), int(has_letter.sum()))],
        "room": room[has_letter], "booked_start_on": day[has_letter], "booked_start_at": start[has_letter],
        "booked_end_on": day[has_letter], "booked_end_at": end[has_letter] + 1_800,
        "status": np.full(has_letter.sum(), 2, np.int8),
    }  # fmt: skip
    steps = np.tile(np.arange(13, dtype=np.int8), int(has_letter.sum()))
    facts = {"request_id": np.repeat(ids[has_letter], 13), "step": steps}
    frames = {"session_fact": session, "request_fact": letter, "step_fact": facts}
    office.mart.publish(Change(frames, is_full=True), 1, "rules", built_at=0)
    return office


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:22} {value:12.2f}")
