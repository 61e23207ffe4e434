"""Books as the office types them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import xlsxwriter

AGENDA = "No. Agenda;Tgl. Diterima;Pukul;Dari;Hal;Ruang;Tgl Kegiatan;Mulai;Selesai;Status;tgl_status"
HAND_OVERS = "no_agenda;langkah;putaran;tgl_mulai;jam_mulai;tgl_selesai;jam_selesai;jeda_mulai;jeda_selesai;alasan_jeda"
SESSIONS = "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_hadir"


def book(header: str, *rows: str) -> str:
    """A CSV text."""
    return "\n".join([header, *rows]) + "\n"


def agenda(*rows: str) -> str:
    """A register: `143;07/09/2026;08.00;Dinkes;Rapat;;;;;;`, cells missing at the end may be left out."""
    return book(AGENDA, *(_padded(row, AGENDA) for row in rows))


def hand_overs(*rows: str) -> str:
    """A hand-over book: `143;A2;;;;07/09/2026;08.08`."""
    return book(HAND_OVERS, *(_padded(row, HAND_OVERS) for row in rows))


def room_log(*rows: str) -> str:
    """A room log: `143;Smart Center;08/09/2026;09.00;11.00;40`."""
    return book(SESSIONS, *(_padded(row, SESSIONS) for row in rows))


def _padded(row: str, header: str) -> str:
    return row + ";" * (header.count(";") - row.count(";"))


def part_a(number: str, day: str, *, a4: str = "08.16") -> list[str]:
    """Hand-overs A2–A8 of a letter, all in time unless `a4` is late."""
    times = {"A2": "08.08", "A3": "08.12", "A4": a4, "A5": "09.00", "A6": "09.50", "A7": "10.00", "A8": "10.50"}
    return [f"{number};{code};;;;{day};{clock}" for code, clock in times.items()]


def as_workbook(path: Path, text: str, letterhead: int = 4, sheet: str = "Agenda") -> Path:
    """The same book as XLSX under a letterhead, with a column-number row."""
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet(sheet)
        for line in range(letterhead):
            page.write(line, 0, "PEMERINTAH KABUPATEN TRENGGALEK")
        numbers = [str(i + 1) for i in range(len(rows[0]))]
        for line, cells in enumerate([rows[0], numbers, *rows[1:]], start=letterhead + 1):
            page.write_row(line, 0, cells)
    return path
