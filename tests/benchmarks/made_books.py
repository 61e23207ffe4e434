"""Books of any size for the benchmarks: a register and its hand-overs, invented, in a fixed pattern."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

FIRST = date(2024, 1, 2)


def working_days(count: int) -> list[date]:
    """Weekdays from the first day on."""
    days = (FIRST + timedelta(days=i) for i in range(count * 2))
    return [day for day in days if day.weekday() < 5][:count]


def write_register(path: Path, letters: int, days: int = 480) -> Path:
    """One letter a row, spread over the days, each with a booking a week later."""
    opened = working_days(days)
    rows = ["no_agenda;tgl_terima;jam_terima;asal;perihal;ruang;tgl_kegiatan;jam_mulai;jam_selesai"]
    for i in range(letters):
        day = opened[i * days // letters]
        event = day + timedelta(days=7)
        opd = ("Dinkes", "Bappeda", "Dinas Sosial", "BKD")[i % 4]
        rows.append(f"{i + 1};{day:%d/%m/%Y};08.{i % 60:02d};{opd};Rapat {i};Smart Center;{event:%d/%m/%Y};09.00;12.00")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def write_hand_overs(path: Path, letters: int, days: int = 480) -> Path:
    """Eight rows a letter, A1 to A8, in time or late by a fixed pattern."""
    opened = working_days(days)
    rows = ["no_agenda;tahun;langkah;tgl_selesai;jam_selesai;catatan"]
    for i in range(letters):
        day = opened[i * days // letters]
        for step in range(8):
            minute = (i * 7 + step * 11) % 60
            rows.append(f"{i + 1};{day.year};A{step + 1};{day:%d/%m/%Y};{8 + step:02d}.{minute:02d};")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
