"""Registers as an office prints them, drawn from a number; whoever draws one knows what is to become of each row.

Headers of two rows under a letterhead, pages with their furniture, merged cells, dates and times in every spelling,
numbers borne twice, letters that come back. Nobody in them is real.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import xlsxwriter

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
WORKING_DAYS = tuple(day for day in (dt.date(2026, 9, 1) + dt.timedelta(n) for n in range(30)) if day.weekday() < 4)
SENDERS = ("Dinas Kesehatan", "Bappeda", "Dinas Sosial", "Kecamatan Tugu", "BKD")
ROWS_OF_PAGE = 6

REGISTER_HEAD = (
    ("No. Agenda", "Diterima", "", "Surat", "", "Asal Surat", "Perihal", "Jumlah Peserta"),
    ("", "Tanggal", "Pukul", "Nomor", "Tanggal", "", "", ""),
)
STEPS_HEAD = (
    ("No Agenda", "Tahap", "Putaran", "Mulai", "", "Selesai", "", "Catatan"),
    ("", "", "", "Tgl", "Jam", "Tgl", "Jam", ""),
)


@dataclass
class Book:
    """Cells from the first row of the sheet on; by row number, from 1, what must become of each row under the header.

    `merged`: first and last row of key cells merged downwards.
    """

    rows: list[list[str]] = field(default_factory=list)
    fates: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    furniture: list[tuple[int, str]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)

    def add(self, cells: list[str], fate: str = "") -> None:
        """One row more: a record (accepted, waiting, rejected), or nothing."""
        self.rows.append(cells)
        if fate:
            self.fates[fate].append(len(self.rows))

    def add_furniture(self, kind: str, cells: list[str]) -> None:
        """One row more that is no record."""
        self.rows.append(cells)
        self.furniture.append((len(self.rows), kind))

    def write(self, path: Path) -> Path:
        """The book as XLSX."""
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet("Buku")
            for number, cells in enumerate(self.rows):
                for place, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(number, place, cell)
            for first, last in self.merged:
                sheet.merge_range(first - 1, 0, last - 1, 0, self.rows[first - 1][0])
        return path


@dataclass
class PrintedOffice:
    """The register of a month and its steps; `worked`: seconds that each step of a letter took, over all its passes."""

    register: Book
    steps: Book
    worked: dict[str, dict[str, int]] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)


def printed_office(seed: int) -> PrintedOffice:
    """The office of that number."""
    draw = Random(seed)  # noqa: S311 - drawn again from its number
    days = sorted(draw.choices(WORKING_DAYS, k=draw.randint(8, 16)))
    office = PrintedOffice(_headed(draw, REGISTER_HEAD), _headed(draw, STEPS_HEAD))
    page = 1
    for number, day in enumerate(days, start=1):
        received = dt.datetime.combine(day, dt.time(7, 30)) + dt.timedelta(minutes=draw.randint(0, 30))
        office.register.add(_letter(draw, str(number), received, number), "accepted")
        if draw.random() < 0.2:
            office.register.add(_letter(draw, str(number), received, number + 500), "waiting")
        if draw.random() < 0.1:
            office.register.add(_letter(draw, "", received, number), "rejected")
        _add_steps(draw, office, str(number), received)
        if number % ROWS_OF_PAGE == 0 and number < len(days):
            _turn_page(office.register, page, REGISTER_HEAD)
            _turn_page(office.steps, page, STEPS_HEAD)
            page += 1
    _close(draw, office.register)
    _close(draw, office.steps)
    return office


def _headed(draw: Random, head: tuple[tuple[str, ...], ...]) -> Book:
    """A book with letterhead, header, and perhaps column numbers and a month."""
    book, width = Book(), len(head[0])
    for _ in range(draw.choice((0, 1, 5, 30))):
        book.add(["PEMERINTAH KABUPATEN CONTOH"])
    for line in head:
        book.add(list(line))
    if draw.random() < 0.5:
        book.add([str(place + 1) for place in range(width)])
    if draw.random() < 0.5:
        book.add_furniture("month", ["SEPTEMBER 2026"])
    return book


def _letter(draw: Random, number: str, received: dt.datetime, letter: int) -> list[str]:
    """A letter of another `letter` differs in sender and number of the letter from all others."""
    sender = SENDERS[letter % len(SENDERS)] if letter < 500 else f"Kecamatan Contoh {letter}"
    written = received.date() - dt.timedelta(days=draw.randint(1, 5))
    told = [_day(draw, received.date()), _clock(draw, received), f"005/{letter}/2026", _day(draw, written)]
    return [number, *told, sender, "Peminjaman ruang", draw.choice(("", "40", "45 orang"))]


def _add_steps(draw: Random, office: PrintedOffice, number: str, received: dt.datetime) -> None:
    """A2, A3 and A4 one after another; a letter that comes back has two passes of A2 and A3."""
    passes = [("A2", 1), ("A3", 1), ("A4", 1)]
    if draw.random() < 0.25:
        passes[2:2] = [("A2", 2), ("A3", 2)]
        office.returned.add(number)
    first, begin = len(office.steps.rows) + 1, received
    worked: dict[str, int] = defaultdict(int)
    is_merged = draw.random() < 0.5
    for place, (step, turn) in enumerate(passes):
        end = begin + dt.timedelta(minutes=draw.randint(1, 40))
        stamps = [_day(draw, begin.date()), _clock(draw, begin), _day(draw, end.date()), _clock(draw, end)]
        shown = "" if is_merged and place else number
        office.steps.add([shown, step, str(turn), *stamps, ""], "accepted")
        worked[step] += int((end - begin).total_seconds())
        begin = end
    if is_merged:
        office.steps.merged.append((first, len(office.steps.rows)))
    office.worked[number] = dict(worked)


def _turn_page(book: Book, page: int, head: tuple[tuple[str, ...], ...]) -> None:
    book.add_furniture("page", ["", "", f"Halaman {page}"])
    book.add([])
    for line in head:
        book.add_furniture("header", list(line))


def _close(draw: Random, book: Book) -> None:
    """Sums, place and date, and the signatures; on the left as on the right."""
    if draw.random() < 0.5:
        book.add_furniture("total", ["Jumlah", "", "", "", "", "", "", "85"])
        book.add_furniture("average", ["Rata-rata", "", "", "", "", "", "", "42,5"])
    left = draw.choice(("", "Mengetahui,"))
    kind = "approval" if left else "place_and_date"
    book.add([])
    book.add_furniture(kind if not left else "approval", [left, "", "", "", "", "", "", "Contoh, 30 September 2026"])
    for title, other in (("Kepala Dinas", "Agendaris"), ("Orang Contoh", "Orang Lain"), ("NIP. 1970", "NIP. 1980")):
        book.add_furniture("signature", [title if left else "", "", "", "", "", "", "", other])


def _day(draw: Random, day: dt.date) -> str:
    """A day as people type it, the day first."""
    month = MONTHS[day.month - 1]
    return draw.choice(
        (
            f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}",
            f"{day.day} {month} {day.year}", f"{DAY_NAMES[day.weekday()]}, {day.day} {month} {day.year}",
            f"{day.day}-{('VIII', 'IX')[day.month - 8]}-{day.year}",
        )
    )  # fmt: skip


def _clock(draw: Random, moment: dt.datetime) -> str:
    clock = f"{moment:%H.%M}"
    return draw.choice((clock, f"{moment:%H:%M}", f"{clock} WIB", f"Pkl. {clock}", f"{moment.hour}.{moment:%M}"))
