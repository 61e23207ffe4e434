"""Which cells tell of a letter by its number, and which senders are two agencies."""

from __future__ import annotations

import pytest

from etl.intake.letters_told import numbers_told, papers_told
from etl.intake.several_senders import is_several
from etl.settings.names import OpdNames

NAMES = OpdNames(
    {
        "Dinas Kesehatan": ["Dinkes"],
        "Bappeda": [],
        "Satpol PP": ["Satpol PP dan Damkar"],
        "Sekretariat Daerah": ["Setda"],
        "Sekretariat DPRD": ["Setwan", "DPRD"],
        "Bagian Umum": ["Bagian Umum Setda"],
        "Bagian Protokol dan Komunikasi Pimpinan": [],
        "Dinas Sosial": ["Dinsos"],
    }
)


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("no 25 menyusul", "25"),
        ("surat no. 26 dari Dinkes belum dicatat", "26"),
        ("Surat No.031 Disdik nyusul", "31"),
        ("agenda 30 blm masuk", "30"),
        ("no 12A tercecer", "12a"),
        ("no 27 dan 28 Dishub", "27 28"),
        ("no. 1 s.d. 3 menyusul", "1 2 3"),
        ("satu berkas dengan no 17 BPBD", "17"),
        ("no 15 dipakai Dishub", "15"),
        ("ruang no 15 dipakai Dishub", ""),
        ("agenda 30 belum diberi nomor", "30"),
        ("menindaklanjuti surat no 12", ""),
        ("menindaklanjuti surat no 40 dari Dinkes", ""),
        ("Perda no 15 menyusul", ""),
        ("no 15 tahun 2020 menyusul", ""),
        ("undangan no 005/12/2026 menyusul", ""),
        ("peserta menyusul di ruang no 3", ""),
        ("jl. Sudirman no 14, berkas menyusul", ""),
        ("hub. no 0812345678, surat menyusul", ""),
        ("lampiran no 2 menyusul", ""),
        ("nomor surat menyusul", ""),
    ],
)
def test_a_number_beside_a_missing_letter_or_an_agency_is_told(cell: str, keys: str) -> None:
    assert numbers_told(cell) == keys.split()


@pytest.mark.parametrize(
    ("note", "papers"),
    [
        ("beserta surat Bappeda 005/77/406.9/2026", ["005/77/406.9/2026"]),
        ("digabung dengan surat BKD 045/9/406.3/2026 tgl 8 Januari 2026", ["045/9/406.3/2026"]),
        ("surat kedua dari BPBD tgl 7/1 dititip", []),
        ("ada 2 surat", []),
        ("susulan BKD belum diberi nomor", []),
        ("surat BKD blm dinomori", []),
        ("surat kedua dari Kec. Panggul", None),
        ("surat Kec. Panggul belum dinomori", None),
        ("menindaklanjuti surat BKD 045/9/406.3/2026, berkas menyusul", None),
        ("surat BKD 045/9/406.3/2026", None),
        ("bersama tim 12/01/2026", None),
        ("2 surat tugas", None),
        ("lampiran 2 surat", None),
        ("berkas Dinkes menyusul", None),
        ("surat asli menyusul", None),
    ],
)
def test_a_note_tells_of_another_letter_without_its_agenda_number(note: str, papers: list[str] | None) -> None:
    assert papers_told(note, "Kec. Panggul") == papers


@pytest.mark.parametrize(
    "sender",
    [
        "SMAN 1 Karangan SMPN 2 Durenan",
        "PKK + Dharma Wanita",
        "Polres - Kodim 0806",
        "Dinkes - Bappeda",
        "BKD (titip DPMD)",
        "Dinkes 2 surat",
        "1. BKD 2. BPBD",
        "BKD dst.",
        "Dinkes, dll",
        "RSUD dr. Soedomo serta PMI",
        "Dinkes Bappeda",  # two lines in a cell
        "Dinkes / Bappeda",
        "Dinsos, Bappeda",
        "Dinas Kehutanan dan Dinas Perkebunan",
        "Dinas Kehutanan Dinas Perkebunan",
        "Satpol PP dan Damkar & Dinkes",
        "SMPN 1 dan SMPN 2 Trenggalek",
        "Setwan dan Bagian Umum",
    ],
)
def test_two_agencies_in_the_cell_of_a_sender_are_told(sender: str) -> None:
    assert is_several(sender, NAMES)


@pytest.mark.parametrize(
    "sender",
    [
        "Dinkes",
        "Dinas Pertanian - Bidang Pangan",
        "SMAN 1 - Panggul",
        "Kec. Durenan - Desa Kamulan",
        "Dinas Kesehatan - Puskesmas Karangan",
        "BKD - Badan Kepegawaian Daerah",
        "Satpol PP - Damkar",
        "Sekretariat - DPRD",
        "Dinas Pertanian serta Perikanan",
        "Kantor Urusan Agama Kecamatan Panggul",
        "Titipan Kilat Surabaya",
        "C+ Studio",
        "SMK 2 Trenggalek",
        "Satpol PP dan Damkar",
        "Dinas Pemberdayaan Perempuan dan Perlindungan Anak",
        "Dinas Perpustakaan & Kearsipan",
        "Dinas Pertanian, Pangan dan Perikanan",
        "Dinas Kesehatan dan Keluarga Berencana",
        "Badan Kesatuan Bangsa dan Politik dan Perlindungan Masyarakat",
        "Bagian Protokol dan Komunikasi Pimpinan Setda",
        "Bagian Umum, Setda",
        "DPRD / Setwan",
        "Kelurahan Kelutan / Kec. Trenggalek",
        "Desa Sukorame, Kec. Gandusari",
        "UPT Puskesmas Karangan Dinas Kesehatan",
        "PT Maju dan Rekan",
        "Komisi A dan B DPRD",
    ],
)
def test_one_agency_whose_name_joins_words_is_one(sender: str) -> None:
    assert not is_several(sender, NAMES)


def test_a_cell_of_thousands_of_signs_is_no_remark_and_takes_no_longer_than_one() -> None:
    assert numbers_told("no . : " * 20_000 + "no 25 menyusul") == []
    assert numbers_told("no 25 menyusul " + "no . : " * 20_000) == ["25"]
    assert not is_several("Dinas Kesehatan / Bappeda " * 20_000, NAMES)
