"""Books of any size for the benchmarks: a register and its hand-overs, invented, in a fixed pattern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from etl.reference.steps import STEP_CODES

FIRST = date(2024, 1, 2)


def working_days(count: int) -> list[date]:
    """Weekdays from the first day on."""
    days = (FIRST + timedelta(days=i) for i in range(count * 2))
    return [day for day in days if day.weekday() < 5][:count]


def write_register(path: Path, letters: int, days: int = 480) -> Path:
    """One letter a row, spread over the days, each with a booking a week later."""
    return _written(path, _register(letters, days))


def write_hand_overs(path: Path, letters: int, days: int = 480, steps: int = 8, first: int = 0) -> Path:
    """The first steps (of thirteen, A1 to B5) of so many letters from the `first` on, a row each, in time or late by a
    fixed pattern. `days` and the letters' order must be those of their register."""
    return _written(path, _hand_overs(range(first, first + letters), letters + first, days, steps))


def _written(path: Path, rows: Iterable[str]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(row + "\n" for row in rows)
    return path


def _register(letters: int, days: int) -> Iterator[str]:
    yield "no_agenda;tgl_terima;jam_terima;asal;perihal;ruang;tgl_kegiatan;jam_mulai;jam_selesai"
    opened = working_days(days)
    for i in range(letters):
        day = opened[i * days // letters]
        event = day + timedelta(days=7)
        opd = ("Dinkes", "Bappeda", "Dinas Sosial", "BKD")[i % 4]
        yield f"{i + 1};{day:%d/%m/%Y};08.{i % 60:02d};{opd};Rapat {i};Smart Center;{event:%d/%m/%Y};09.00;12.00"


def _hand_overs(chosen: range, letters: int, days: int, steps: int) -> Iterator[str]:
    yield "no_agenda;tahun;langkah;tgl_selesai;jam_selesai;catatan"
    opened = working_days(days)
    for i in chosen:
        day = opened[i * days // letters]
        for step, code in enumerate(STEP_CODES[:steps]):
            hour, minute = 8 + step * 8 // steps, (i * 7 + step * 11) % 60
            yield f"{i + 1};{day.year};{code};{day:%d/%m/%Y};{hour:02d}.{minute:02d};"
