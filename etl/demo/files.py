"""Writes the books as the office keeps them: the register as XLSX under its letterhead, the others as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from etl.demo.model import Demo, date_of, day_of
from etl.demo.rows import Cell, Row, check_rows, handover_rows, register_rows, session_rows

LETTERHEAD = ("PEMERINTAH KABUPATEN TRENGGALEK", "DINAS KOMUNIKASI DAN INFORMATIKA", "AGENDA SURAT MASUK")
CREATED = datetime(2020, 6, 1, tzinfo=UTC)
"""Stands in every workbook, so that the same records give the same bytes."""

REGISTER_HEADERS = {
    "no_agenda": "No. Agenda",
    "tgl_terima": "Tgl. Diterima",
    "jam_terima": "Pukul",
    "no_surat": "Nomor Surat",
    "tgl_surat": "Tanggal Surat",
    "asal": "Dari",
    "perihal": "Hal",
    "nama_kegiatan": "Nama Kegiatan",
    "sifat": "Sifat",
    "diteruskan_kepada": "Diteruskan Kepada",
    "ruang": "Ruang",
    "tgl_kegiatan": "Tgl. Pelaksanaan",
    "jam_mulai": "Pukul Mulai",
    "tgl_selesai": "Tgl. Selesai",
    "jam_selesai": "s.d. Pukul",
    "jumlah_peserta": "Jml. Peserta",
    "status": "Ket. Status",
    "tgl_status": "Tgl. Status",
    "keterangan": "Keterangan",
}
UNREAD_HEADER = "Paraf"
"""A column of the paper register that nobody reads; the intake reports it as ignored."""

HANDOVER_HEADERS = {
    "no_agenda": "No. Agenda",
    "tahun": "Tahun",
    "langkah": "Langkah",
    "dari": "Dari",
    "kepada": "Diteruskan Kepada",
    "putaran": "Putaran",
    "tgl_mulai": "Tgl. Mulai",
    "jam_mulai": "Jam Mulai",
    "tgl_selesai": "Tgl. Diteruskan",
    "jam_selesai": "Jam Diteruskan",
    "isi_disposisi": "Isi Disposisi",
    "jeda_mulai": "Jeda Mulai",
    "jeda_selesai": "Jeda Selesai",
    "alasan_jeda": "Alasan Jeda",
    "dicatat_pada": "Dicatat Pada",
    "output": "Output",
    "catatan": "Catatan",
}
SESSION_HEADERS = {
    "no_agenda": "No. Agenda",
    "tahun": "Tahun",
    "ruang": "Ruangan",
    "tanggal": "Hari/Tanggal",
    "jam_mulai": "Mulai",
    "tgl_selesai": "Tgl. Selesai",
    "jam_selesai": "Selesai",
    "peserta_terverifikasi": "Peserta Terverifikasi",
    "peserta_hadir": "Hadir",
    "diperiksa": "Diperiksa",
    "lolos": "Lolos",
    "tidak_lolos": "Tidak Lolos",
    "keterangan": "Keterangan",
}

CHECK_HEADERS = {
    "ruang": "Ruangan",
    "tanggal": "Tanggal",
    "jam": "Jam",
    "saat": "Saat",
    "barang": "Nama Barang",
    "kondisi": "Keadaan",
    "uraian": "Uraian",
}


def write_books(folder: Path, demo: Demo) -> list[Path]:
    """Write every book into the folder, one file a year, today's hand-overs apart; the paths in loading order."""
    today = day_of(demo.now)
    files = [
        _write_register(folder / f"agenda-surat-masuk-{year}.xlsx", rows)
        for year, rows in _by_year(register_rows(demo)).items()
    ]
    handovers = handover_rows(demo)
    past = [row for row in handovers if day_of(row[0]) < today]
    for year, rows in _by_year(past).items():
        files.append(_write_csv(folder / f"disposisi-{year}.csv", HANDOVER_HEADERS, rows, ";", "cp1252"))
    if len(past) < len(handovers):
        name = f"disposisi-{date.fromordinal(today):%Y-%m-%d}.csv"
        files.append(_write_csv(folder / name, HANDOVER_HEADERS, handovers[len(past) :], ";", "utf-8"))
    for year, rows in _by_year(session_rows(demo)).items():
        name = f"buku-pemakaian-{year}.csv"
        files.append(_write_csv(folder / name, SESSION_HEADERS, [*rows, _total(rows)], ",", "utf-8-sig"))
    for year, rows in _by_year(check_rows(demo)).items():
        files.append(_write_csv(folder / f"pemeriksaan-sarpras-{year}.csv", CHECK_HEADERS, rows, ";", "utf-8"))
    return files


def _by_year(rows: Iterable[Row]) -> dict[int, list[Row]]:
    books: dict[int, list[Row]] = {}
    for row in rows:
        books.setdefault(date_of(row[0]).year, []).append(row)
    return books


def _total(rows: list[Row]) -> Row:
    return rows[-1][0], {"no_agenda": "JUMLAH", "keterangan": f"{len(rows)} pemakaian"}


def _write_csv(path: Path, headers: Mapping[str, str], rows: list[Row], comma: str, encoding: str) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=comma)
    writer.writerow(headers.values())
    writer.writerows([cells.get(column, "") for column in headers] for _, cells in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _write_register(path: Path, rows: list[Row]) -> Path:
    """Letterhead, headers, column numbers, then the letters with an empty row after each month."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": LETTERHEAD[-1].title(), "created": CREATED})
        sheet = book.add_worksheet("Agenda")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        for line, text in enumerate(LETTERHEAD):
            sheet.write_string(line, 0, text, bold)
        head = len(LETTERHEAD) + 1
        sheet.write_row(head, 0, [*REGISTER_HEADERS.values(), UNREAD_HEADER], bold)
        sheet.write_row(head + 1, 0, range(1, len(REGISTER_HEADERS) + 2))
        for line, cells in _with_gaps(rows, head + 2):
            for column, name in enumerate(REGISTER_HEADERS):
                _write_cell(sheet, line, column, cells.get(name, ""), day)
    return path


def _with_gaps(rows: list[Row], line: int) -> Iterable[tuple[int, Mapping[str, Cell]]]:
    month = date_of(rows[0][0]).month
    for moment, cells in rows:
        if date_of(moment).month != month:
            month, line = date_of(moment).month, line + 1
        yield line, cells
        line += 1


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, cell: Cell, day: object) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, column, cell, day)
    elif isinstance(cell, int):
        sheet.write_number(line, column, cell)
    elif cell:
        sheet.write_string(line, column, cell)
