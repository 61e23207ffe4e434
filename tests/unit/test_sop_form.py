"""SOPs from workbooks in the form of Permenpan-RB 35/2012: the same as their files; what is guessed is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from dashboard.i18n import sentence
from etl.domain.sop.steps import SopStep
from etl.extract.files.refusal import Refused
from etl.extract.sop_notes import Told, told_by
from etl.sop_files import SopRead, read_sop_file
from tests.books.sop_files import NAMES, sop_file, version_of

ROLES = ("Loket", "Verifikator", "Kepala Dinas")
HEAD = ("No", "Kegiatan", *ROLES, "Kelengkapan", "Waktu", "Output", "Keterangan")


def form(
    folder: Path, rows: Sequence[Sequence[object]], *, above: Mapping[str, str] | None = None, unit: str = ""
) -> Path:
    """A workbook in the form: the head merged over two rows, a row a step (No, Kegiatan, mark's role, Waktu, note)."""
    path = folder / "izin.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("SOP")
    for at, (label, value) in enumerate((above or {"Nama SOP": "Izin", "Tgl Efektif": "1 Juli 2025"}).items()):
        sheet.write_row(at, 4, (label, value))
    for column, head in ((0, "No"), (1, "Kegiatan"), (8, "Keterangan")):
        sheet.merge_range(5, column, 6, column, head)
    sheet.merge_range(5, 2, 5, 4, "Pelaksana")
    sheet.merge_range(5, 5, 5, 7, "Mutu Baku")
    sheet.write_row(6, 2, (*ROLES, "Kelengkapan", f"Waktu{unit}", "Output"))
    for at, (number, activity, role, time, note) in enumerate(rows, start=7):
        marks = ["x" if role == one else "" for one in ROLES]
        sheet.write_row(at, 0, (number, activity, *marks, "", time, "", note))
    book.close()
    return path


def read(folder: Path, *rows: Sequence[object], **more: object) -> SopRead:
    return read_sop_file(form(folder, rows, **more))  # type: ignore[arg-type]


def said(read: SopRead) -> list[tuple[str | None, str]]:
    return [(note.step, sentence(note.message)) for note in read.notes]


FIRST = (1, "Menerima berkas", "Loket", "15 menit", "")
SECOND = (2, "Memeriksa berkas", "Verifikator", "1 jam", "")
THIRD = (3, "Menandatangani", "Kepala Dinas", "1 hari", "")


@pytest.mark.parametrize("name", NAMES)
def test_the_form_and_the_file_of_an_sop_are_the_same(name: str) -> None:
    form = read_sop_file(sop_file(name, ".xlsx"))
    assert (form.problems, form.notes) == ((), ())
    told = version_of(name)
    assert (form.version.title, form.version.number, form.version.effective_on, form.version.closing_days) == (
        told.title, told.number, told.effective_on, told.closing_days,
    )  # fmt: skip

    def plain(step: SopStep) -> SopStep:
        """Without what only the file says, or only the form."""
        return replace(step, meanings=(), note="")

    assert [plain(step) for step in form.version.steps] == [plain(step) for step in told.steps]


def test_the_printed_block_is_read_with_it() -> None:
    identity = read_sop_file(sop_file("surat-masuk", ".xlsx")).version.identity
    assert (identity.created, identity.effective) == ("5 Januari 2024", "1 Februari 2024")
    assert identity.legal_basis == ("Peraturan Daerah Nomor 17 Tahun 2016",)
    assert identity.warning == "Surat yang tidak dicatat tidak dapat ditelusuri"


def test_steps_come_one_after_the_other(tmp_path: Path) -> None:
    found = read(tmp_path, FIRST, SECOND, THIRD)
    assert (found.problems, said(found)) == ((), [])
    assert [(step.code, step.actor, step.target_seconds, step.follows) for step in found.version.steps] == [
        ("1", "Loket", 900, ()),
        ("2", "Verifikator", 3_600, ("1",)),
        ("3", "Kepala Dinas", 27_000, ("2",)),
    ]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Bila tidak lengkap dikembalikan ke langkah 2", Told(returns_to=("2",))),
        ("Ya: ke langkah 4; tidak: kembali ke no. 2", Told(goes_to=("4",), returns_to=("2",))),
        ("Jika disetujui lanjut ke langkah 5, jika ditolak ke langkah 7", Told(goes_to=("5", "7"))),
        ("Setelah langkah 4 dan 5", Told(after=("4", "5"))),
        ("Bersamaan dengan langkah no. 6", Told(beside=("6",))),
        ("Pilihan dari langkah 3", Told(chosen_from=("3",))),
        ("Bila diperlukan", Told(is_optional=True)),
        ("Selesai", Told(is_end=True)),
        ("Lihat langkah 4", Told(is_doubtful=True)),
        ("Format lampiran 2 rangkap", Told()),
        ("", Told()),
    ],
)
def test_a_note_says_where_a_letter_goes(note: str, told: Told) -> None:
    assert told_by(note) == told


def test_several_ways_are_a_choice_and_an_end_is_followed_by_nothing(tmp_path: Path) -> None:
    decides = (2, "Memutuskan", "Kepala Dinas", "1 jam", "Ya: langkah 3; tidak: langkah 4")
    refuses = (4, "Menolak", "Loket", "1 jam", "Selesai")
    found = read(tmp_path, FIRST, decides, THIRD, refuses, (5, "Menyerahkan", "Loket", "5 menit", ""))
    assert [(s.code, s.follows, s.chosen_from) for s in found.version.steps[2:]] == [
        ("3", ("2",), "2"),
        ("4", ("2",), "2"),
        ("5", ("3",), ""),
    ]


def test_a_way_that_leaps_ahead_makes_the_steps_between_optional_and_says_so(tmp_path: Path) -> None:
    decides = (1, "Memilah", "Loket", "5 menit", "Bila lengkap langsung ke langkah 3")
    found = read(tmp_path, decides, SECOND, THIRD)
    assert [step.is_optional for step in found.version.steps] == [False, True, False]
    assert said(found) == [
        (
            "1",
            "Sesudah langkah 1 permohonan dapat langsung ke langkah yang disebut; langkah 2 dibaca sebagai langkah "
            "yang boleh dilewati.",
        )
    ]


def test_steps_after_a_choice_are_said_to_wait_for_both(tmp_path: Path) -> None:
    decides = (1, "Memutuskan", "Kepala Dinas", "1 jam", "Ya: langkah 2; tidak: langkah 3")
    found = read(tmp_path, decides, SECOND, THIRD, (4, "Menyerahkan", "Loket", "5 menit", ""))
    assert found.version.steps[3].follows == ("2", "3")
    assert said(found) == [
        ("4", 'Langkah 4 dibaca menunggu langkah 2, 3; bila tidak demikian, tulis "setelah langkah …" pada Keterangan.')
    ]


def test_each_step_has_a_code_of_its_own_whatever_numbers_are_written(tmp_path: Path) -> None:
    found = read(tmp_path, ("3", *FIRST[1:]), ("X3", *SECOND[1:]), ("3", *THIRD[1:]), ("?", "Menyimpan", *THIRD[2:]))
    assert [step.code for step in found.version.steps] == ["3", "X3", "X4", "4"]


def test_a_note_that_is_not_understood_and_a_step_that_is_not_there_are_said(tmp_path: Path) -> None:
    found = read(
        tmp_path, (1, "Menerima", "Loket", "5 menit", "Lihat langkah 2"), (*SECOND[:4], "Kembali ke langkah 9")
    )
    assert [(step, text[:45]) for step, text in said(found)] == [
        ("2", "Keterangan langkah 2 menyebut langkah 9, yang"),
        ("1", 'Keterangan "Lihat langkah 2" menyebut langkah'),
    ]


def test_a_step_without_a_mark_is_refused_and_says_what_to_write(tmp_path: Path) -> None:
    found = read(tmp_path, (1, "Menerima", "", "5 menit", ""))
    assert [str(problem.key) for problem in found.problems] == ["langkah.1.pelaksana"]
    assert "bentuk yang digambar di atas sel tidak terbaca" in said(found)[0][1]


def test_a_bare_number_is_read_in_the_unit_of_its_column(tmp_path: Path) -> None:
    found = read(tmp_path, (1, "Menerima", "Loket", 15, ""), unit=" (menit)")
    assert found.version.steps[0].target_seconds == 900
    assert said(found) == [("1", 'Waktu langkah 1 hanya "15"; dibaca sebagai menit menurut judul kolomnya.')]


def test_a_bare_number_without_a_unit_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, (1, "Menerima", "Loket", 15, ""))
    assert [(str(one.key), one.value) for one in found.problems] == [("langkah.1.waktu", "15")]


def test_a_step_goes_on_in_the_row_below(tmp_path: Path) -> None:
    found = read(tmp_path, FIRST, ("", "dan memberi tanda terima", "", "", ""), SECOND)
    assert [step.activity for step in found.version.steps] == [
        "Menerima berkas dan memberi tanda terima",
        "Memeriksa berkas",
    ]


def test_sections_are_read_one_after_the_other(tmp_path: Path) -> None:
    begin, use = ("", "A. Pendaftaran", "", "", ""), ("", "B. Penerbitan", "", "", "")
    found = read(tmp_path, begin, FIRST, SECOND, use, (1, "Menandatangani", "Kepala Dinas", "1 hari", ""))
    assert [(step.code, step.follows) for step in found.version.steps] == [("A1", ()), ("A2", ("A1",)), ("B1", ("A2",))]
    assert said(found)[0][1].startswith("Bagian A, B dibaca berurutan")


def test_an_sop_without_name_and_date_is_named_after_its_file(tmp_path: Path) -> None:
    found = read(tmp_path, FIRST, above={"Bidang": "Perizinan"})
    assert found.version.title == "izin"
    assert [step for step, _ in said(found)] == [None, None]


def test_a_month_is_its_first_day(tmp_path: Path) -> None:
    found = read(tmp_path, FIRST, above={"Nama SOP": "Izin", "Tgl Efektif": "Juli 2025"})
    assert found.version.effective_on.isoformat() == "2025-07-01"
    assert said(found) == [(None, 'Tanggal efektif hanya menyebut "Juli 2025"; dipakai 1 Jul 2025.')]


def test_a_workbook_without_the_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ("No", "Nama"))
    with pytest.raises(Refused) as caught:
        read_sop_file(path)
    assert caught.value.code == "sop_form.no_table"
