"""`pantau sop check`: whether the file of an SOP can be used, with everything that cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.books.sop_files import NAMES, sop_file
from tests.serving.command_line import pantau

CIRCLE = """
judul = "Izin"
[langkah.1]
kegiatan = "Menerima berkas"
pelaksana = "Loket"
waktu = "sebentar"
mengikuti = ["2"]
[langkah.2]
kegiatan = "Memeriksa berkas"
pelaksana = "Verifikator"
waktu = "1 jam"
"""


@pytest.mark.parametrize("suffix", [".toml", ".xlsx"])
@pytest.mark.parametrize("name", NAMES)
def test_an_sop_that_can_be_used_is_all_well(name: str, suffix: str) -> None:
    told = pantau("sop", "check", sop_file(name, suffix), "--json")
    assert (told.code, told.json) == (0, {"status": "ok", "problems": [], "uncertain": []})


def test_a_person_is_told_how_long_it_takes() -> None:
    told = pantau("sop", "check", sop_file("surat-masuk"))
    assert told.out == (
        'SOP "Pengelolaan Surat Masuk" dapat dipakai: 7 langkah, jalur terpanjang 9 jam 35 menit, '
        "berurutan 11 jam 5 menit.\n"
    )


def test_every_problem_is_told_with_its_step_and_a_code(tmp_path: Path) -> None:
    file = tmp_path / "izin.toml"
    file.write_text(CIRCLE, encoding="utf-8")
    told = pantau("sop", "check", file, "--json")
    assert (told.code, told.json["status"]) == (2, "refused")
    assert [(one["step"], one["code"]) for one in told.json["problems"]] == [("1", "sop_time"), ("1", "sop_circle")]
    assert told.json["problems"][0]["message"].startswith(
        f'{file}: langkah.1.waktu = "sebentar" tidak dapat dipakai; tulis'
    )


def test_a_role_that_nobody_holds_is_a_problem_where_the_roles_are_given() -> None:
    told = pantau("sop", "check", sop_file("surat-masuk"), "--roles", "Arsiparis, Sekretaris,Kepala Bidang", "--json")
    assert told.code == 2
    assert [(one["step"], one["code"]) for one in told.json["problems"]] == [
        ("1", "one_of"), ("3", "one_of"), ("6", "one_of"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("rusak.toml", "judul = ", "any_value"), ("kosong.toml", "", "required"), ("surat.docx", "x", "sop_file_kind")],
)
def test_a_file_that_is_no_sop_is_one_problem(tmp_path: Path, name: str, text: str, code: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    told = pantau("sop", "check", file, "--json")
    assert (told.code, told.json["problems"][0]["step"]) == (2, None)
    assert told.json["problems"][0]["code"] in (code, "toml")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in ("tidak-ada.toml", "tidak-ada.xlsx"):
        assert pantau("sop", "check", tmp_path / name, "--json").code == 2


def test_what_was_guessed_needs_a_person(tmp_path: Path) -> None:
    file = tmp_path / "izin.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu (menit)", "Output", "Ket"))
        sheet.write_row(1, 0, (1, "Menerima berkas", "Loket", "Berkas", 15, "Tanda terima", ""))
    told = pantau("sop", "check", file, "--json")
    assert (told.code, told.json["status"]) == (1, "ok")
    assert [(one["step"], one["code"]) for one in told.json["uncertain"]] == [
        (None, "no_title"), (None, "no_date"), ("1", "unit"),
    ]  # fmt: skip
