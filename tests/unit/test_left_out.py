"""Sheets beside a register that are left out: those that may hold letters are asked about, the others not."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.extract import Sheet
from tests.books.extracted import JAKARTA, extract_cells

REGISTER = [
    ["No Agenda", "Tgl Terima", "Asal Surat", "No Surat", "Perihal", "Ruang", "Jumlah Peserta", "Keterangan"],
    *[[f"{n}", f"{n:02d}/06/2026", f"Dinas {n}", f"005/{n}", "Rapat", "Smart Center", "40", "x"] for n in range(1, 11)],
]


def told(name: str, rows: list[list[str]]) -> tuple[str, str]:
    """Code and sentence of what is told of such a sheet beside a register."""
    taken = extract_cells([Sheet("Juni", REGISTER), Sheet(name, rows)], zone=JAKARTA)
    (warning,) = taken.warnings
    assert (taken.read, warning.sheet) == (10, name)
    return warning.code, sentence(warning.message)


PERSONS = [["1", "05/07/2026", "Orang Contoh", "Bagian Umum"], ["2", "06/07/2026", "Orang Lain", "Sekretariat"]]
CARD = [["No Agenda : 11"], ["Tgl Terima : 20/01/2026"], ["Asal Surat : BKD"], ["Perihal : Rapat"]]
FORM = [["No Agenda : ......"], ["Tgl Terima : "], ["Asal Surat : BKD / OPD"], ["Perihal : "]]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Susulan", [["Tanggal", "OPD", "Hal"], ["20/01/2026", "Bagian Hukum", "Sosialisasi"]]),
        ("Jadwal", [["OPD", "Tgl Kegiatan", "Acara"], ["Satpol PP", "28/01/2026", "Rapat"]]),
        ("Susulan Maret", [["No", "OPD", "Hal"], ["1", "Kec. Durenan", "Rapat"]]),
        ("Titipan", [["Kode", "Tanggal", "Nama", "Keperluan"], ["a", "19/01/2026", "Dinas PUPR", "Rapat"]]),
        ("Petugas", [["Tanggal", "Nama", "Petugas", "Jumlah"], ["19/01/2026", "BKD", "Orang Contoh", "1"]]),
        ("Lanjutan", [["No", "Nama", "Keperluan"], ["11", "Kejaksaan", "Rapat"], ["12", "Dharma Wanita", "Zoom"]]),
        ("Lanjutan", [["No", "Tanggal", "Keterangan"], ["11", "1/7/2026", "Rapat"], ["12", "2/7/2026", "Zoom"]]),
        ("Lembar Disposisi", CARD),
        ("Kartu", [["\n".join(line for [line] in CARD)]]),
        ("Pesan", [["BKD pinjam ruang 26 Januari 2026 jam 09.00-11.00"]]),
        ("Pesan", [["Pesan"], ["SMPN 1 Trenggalek, 900/726/406.030/2026, pinjam ruang 26 Jan"]]),
        ("Pesan", [["Dishub 9/1"]]),
        ("WA", [["[20/01/2026 09:12] Admin Dinas PUPR: mohon pinjam ruang Rapat"]]),
        ("WA", [["20/01/26 09.12 - Ibu Contoh: mohon pinjam ruang untuk zoom"]]),
        ("Surat Keluar", [["No", "Tgl", "Kepada", "Asal", "Hal"], ["1", "20/01/2026", "Kabid IATIK", "BPBD", "Rapat"]]),
    ],
)
def test_a_sheet_that_may_hold_letters_is_asked_about(name: str, rows: list[list[str]]) -> None:
    assert told(name, rows)[0] == "unread_sheet"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Lembar1", [["No", "OPD", "Alamat"], ["1", "Dinas Kesehatan", "Jalan Contoh"]]),
        ("Daftar OPD", [["No", "OPD", "Hal"], ["1", "Dinas Kesehatan", "Layanan"]]),
        ("Lembar1", [["OPD", "Jumlah"], ["Dinas Kesehatan", "12"]]),
        ("Lembar1", [["No", "Tanggal", "Nama", "Jabatan"], *PERSONS]),
        ("Lembar1", [["No", "Nama Barang", "Tanggal", "Pemegang"], ["1", "Meja", "01/07/2026", "Bagian Umum"]]),
        ("Lembar1", [["No", "Nama", "Keperluan"], ["1", "Orang Contoh", "Magang"], ["2", "Orang Lain", "Magang"]]),
        ("Lembar1", [["No", "Nama", "Keperluan"], ["101", "Orang Contoh", "x y"], ["102", "Orang Lain", "x y"]]),
        ("Piket", [["No", "Tanggal", "Nama"], ["11", "01/07/2026", "Bagian Umum"]]),
        ("Lembar Disposisi", FORM),
        ("Petunjuk", CARD),
        ("Nota", [["Nomor : 005/1"], ["Kepada : Kepala Dinas"], ["Dari : Sekretaris"], ["Tanggal : 1/7/2026"]]),
        ("Pesan", [["Buku baru mulai 2 Juni 2026"], ["Kunci ruang dititip di Bagian Umum"]]),
        ("Pesan", [["Catatan: rapat dengan Bappeda tgl 5 Januari 2026"], ["Dinas Kominfo per 31 Januari 2026"]]),
        ("Pesan", [["20/01/26 09.12 - Ibu Contoh: terima kasih"]]),
        ("Catatan", [["BKD pinjam ruang 26 Januari 2026"]]),
        ("Lembar1", [["Apel Dinas Kominfo 5 Januari 2026"], ["Nama", "Jabatan", "Paraf"], ["Orang", "Staf", "v"]]),
        ("Surat Keluar", [["No", "Tgl", "Kepada", "Asal", "Hal"], ["1", "20/01/2026", "BPBD", "Bagian Umum", "Rapat"]]),
        (
            "Surat Keluar",
            [["No", "Tgl", "Tujuan", "Asal", "Hal"], ["1", "20/01/2026", "Bupati", "Kabid IATIK", "Rapat"]],
        ),
    ],
)
def test_a_sheet_that_says_something_else_is_left_out_quietly(name: str, rows: list[list[str]]) -> None:
    assert told(name, rows)[0] == "sheet_ignored"


def test_cards_and_sentences_are_counted() -> None:
    cards = [*CARD, [], ["No Agenda : 12"], ["Tgl Terima : 21/01/2026"], ["Asal Surat : Dharma Wanita"]]
    messages = [["BKD pinjam ruang 26 Januari 2026"], ["Diskoperindag pinjam 28 Jan 2026"], ["terima kasih"]]
    sentences = [told(name, rows)[1] for name, rows in (("Kartu", cards), ("Pesan", messages))]
    assert [told for told in sentences if " 2 baris" not in told] == []
