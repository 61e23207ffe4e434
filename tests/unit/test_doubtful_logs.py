"""A sheet that may be a register of letters is never taken for a room log without being asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from etl.extract import Kind, Refused, Sheet, open_cells, open_file
from tests.books.extracted import JAKARTA, write_csv
from tests.reading.refusals import says

CELLS = {
    "No": "{n}", "No. Agd": "{n}", "No Agenda": "{n}", "Instansi": "Dinkes", "Pemohon": "Dinkes", "Asal": "Dinkes",
    "Pengguna": "Dinkes", "Acara": "Rapat", "Perihal": "Pinjam", "Tempat": "Smart Center", "Ruang": "Smart Center",
    "Jam Selesai": "11.00", "Waktu": "09.00 - 11.00", "Jumlah Hadir": "20",
}  # fmt: skip
BARE = "No|Tgl|Instansi|Acara|Tempat|Pukul"
LOG = "No|Tanggal|Instansi|Acara|Ruang|Jam"
REGISTER = "No Agenda|Tgl Masuk|Asal|Perihal"


def sheet(heads: str, numbers: Sequence[int] = (1, 2, 3), name: str | None = None, title: str = "") -> Sheet:
    """A sheet of these headers under a title, with a row of each number."""
    names = heads.split("|")
    cells = CELLS | dict.fromkeys(("Pukul", "Jam", "Jam Mulai"), "09.00")
    rows = [
        [cells.get(head, f"0{at}/09/2026").format(n=number) for head in names]
        for at, number in enumerate(numbers, start=1)
    ]
    return Sheet(name, [*([[title]] if title else []), names, *rows])


def kinds(*sheets: Sheet) -> list[tuple[str, list[str]]]:
    """What is taken: each kind with the codes of its warnings."""
    with open_cells(sheets, zone=JAKARTA) as extractions:
        return [(str(each.kind), [warning.code for warning in each.warnings]) for each in extractions]


@pytest.mark.parametrize(
    ("heads", "title"),
    [
        (BARE, ""),
        ("No|Tgl|Pemohon|Acara|Tempat|Pukul", ""),
        ("No|Tgl|Asal|Acara|Tempat|Waktu", ""),
        ("No. Agd|Tgl|Asal|Acara|Ruang|Jam", ""),
        ("No. Agd|Tgl|Instansi|Acara|Tempat|Jam Mulai|Jam Selesai", ""),
        ("No|Tgl Masuk|Instansi|Acara|Tanggal|Ruang|Pukul", ""),
        ("No|Tgl|Instansi|Acara|Dipakai Tgl|Tempat|Jam Mulai|Jam Selesai", ""),
        (LOG, "AGENDA 2026"),
    ],
)
def test_a_sheet_without_proof_of_a_room_log_is_asked_about(heads: str, title: str) -> None:
    words = 'agenda surat masuk atau buku pemakaian ruang.*tulis "Buku Pemakaian Ruang"'
    with pytest.raises(Refused, check=says(words)):
        kinds(sheet(heads, title=title))


@pytest.mark.parametrize(
    ("heads", "title"),
    [
        (LOG, ""),
        ("No|Tgl|Instansi|Acara|Tempat|Jam Mulai|Jam Selesai", ""),
        ("No|Tanggal|Pengguna|Acara|Tempat|Waktu", ""),
        ("No|Tanggal|Instansi|Tempat|Jam|Jumlah Hadir", ""),
        ("Tanggal|Instansi|Acara|Tempat|Jam", ""),
        ("No|Tanggal|Acara|Tempat|Jam", ""),
        ("No Agenda|Instansi|Ruang|Tanggal|Jam Mulai|Jam Selesai", ""),
        (BARE, "BUKU PEMAKAIAN SMART CENTER"),
    ],
)
def test_an_ordinary_room_log_is_read_unasked(heads: str, title: str) -> None:
    assert kinds(sheet(heads, title=title)) == [(Kind.PEMAKAIAN, [])]


def test_numbers_of_an_agenda_that_few_uses_have_make_no_register() -> None:
    assert kinds(sheet("No Agenda|Instansi|Ruang|Tanggal|Jam", (7, 2, 31, 4))) == [(Kind.PEMAKAIAN, [])]


@pytest.mark.parametrize(
    ("register", "other"),
    [
        (sheet(REGISTER, (1, 2, 3), "A"), sheet(LOG, (4, 5, 6), "B")),
        (sheet(REGISTER, (4, 5, 6), "B"), sheet(LOG, (1, 2, 3), "A")),
        (sheet(REGISTER, (1, 2, 3), "JAN"), sheet(LOG, (1, 2, 3), "FEB")),
        (sheet(REGISTER, (1, 2, 3), "A"), sheet(BARE, (1, 2, 3), "B")),
    ],
)
def test_a_sheet_that_goes_on_with_a_register_is_named_beside_it(register: Sheet, other: Sheet) -> None:
    assert kinds(register, other) == [(Kind.PERMOHONAN, ["unread_sheet"])]


def test_a_room_log_beside_a_register_is_read() -> None:
    taken = kinds(sheet(REGISTER, name="Agenda"), sheet(LOG, name="Ruang"), sheet(LOG, name="Lembar3"))
    assert taken == [(Kind.PERMOHONAN, []), (Kind.PEMAKAIAN, [])]


def test_the_name_of_a_file_says_letters_and_a_given_kind_wins(tmp_path: Path) -> None:
    lines = [";".join(row) for row in sheet(LOG).rows]  # type: ignore[union-attr]
    for name, is_taken in (("Surat_Masuk-2026.csv", False), ("agenda 2026.csv", False), ("buku 2026.csv", True)):
        path = write_csv(tmp_path / name, *lines)
        with open_file(path, zone=JAKARTA, kind=Kind.PEMAKAIAN) as (given,):
            assert given.kind is Kind.PEMAKAIAN
        if is_taken:
            with open_file(path, zone=JAKARTA) as (taken,):
                assert taken.kind is Kind.PEMAKAIAN
        else:
            with pytest.raises(Refused), open_file(path, zone=JAKARTA):
                pass
