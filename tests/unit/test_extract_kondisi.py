"""Checks of rooms: one row an answer about one item."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from etl.extract import Extracted, Kind
from tests.books.extracted import codes, days, moments, reason, table

CHECK = {
    "ruang": "Smart Center", "tanggal": "07/09/2026", "jam": "08.30", "saat": "sebelum", "barang": "AC",
    "kondisi": "Baik",
}  # fmt: skip


def checks(*rows: Mapping[str, str], **options: object) -> Extracted:
    """Answers that differ from a sound one."""
    return table(CHECK, *rows, **options)


def test_an_answer_is_recognised_by_its_headers() -> None:
    taken = checks({})
    assert taken.kind is Kind.KONDISI
    assert taken.frame[["room", "occasion", "item", "condition"]].values.tolist() == [
        ["Smart Center", "before", "AC", "GOOD"]
    ]
    assert moments(taken.frame["checked_at"]) == ["2026-09-07 08:30"]


def test_other_headers_stand_for_the_columns() -> None:
    headers = {"ruang": "Ruangan", "tanggal": "Hari/Tanggal", "barang": "Nama Barang", "kondisi": "Keadaan"}
    row = {headers[name]: CHECK[name] for name in headers} | {"Keterangan": "bocor"}
    assert table({}, row).frame["note"].tolist() == ["bocor"]


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ("Baik", "GOOD"), ("baik.", "GOOD"),
        ("Rusak ringan", "LIGHT"), ("Kurang baik", "LIGHT"), ("KB", "LIGHT"), ("RR", "LIGHT"),
        ("RUSAK  BERAT", "HEAVY"), ("RB", "HEAVY"),
        ("Hilang", "MISSING"), ("Tidak ada", "MISSING"),
        ("Tidak berlaku", "NOT_APPLICABLE"), ("TB", "NOT_APPLICABLE"), ("N/A", "NOT_APPLICABLE"),
    ],
)  # fmt: skip
def test_conditions_are_understood_as_the_office_writes_them(typed: str, condition: str) -> None:
    assert checks({"kondisi": typed}).frame["condition"].tolist() == [condition]


@pytest.mark.parametrize(
    ("typed", "occasion"), [("Sesudah", "after"), ("setelah kegiatan", "after"), ("RUTIN", "routine")]
)
def test_occasions_are_understood_as_the_office_writes_them(typed: str, occasion: str) -> None:
    assert checks({"saat": typed}).frame["occasion"].tolist() == [occasion]


def test_an_unknown_condition_is_rejected_with_the_known_ones() -> None:
    assert reason(checks({"kondisi": "lumayan"})) == (
        'Baris 2, kolom "kondisi": "lumayan" bukan kondisi; pakai Baik, Rusak ringan (KB, RR), Rusak berat (RB), '
        "Hilang, Tidak berlaku (TB, N/A)."
    )


@pytest.mark.parametrize("cells", [{"kondisi": ""}, {"kondisi": "-"}, {"barang": " "}, {"ruang": ""}, {"tanggal": "-"}])
def test_what_is_not_answered_is_no_answer(cells: dict[str, str]) -> None:
    assert codes(checks(cells)) == ["missing"]


def test_a_check_without_a_time_has_its_day() -> None:
    frame = checks({"jam": ""}).frame
    assert (days(frame["checked_on"]), moments(frame["checked_at"])) == (["2026-09-07"], [None])


def test_an_unknown_occasion_is_told_and_not_used() -> None:
    taken = checks({"saat": "entah"})
    assert taken.frame["occasion"].isna().tolist() == [True]
    assert [warning.code for warning in taken.warnings] == ["occasion_unknown"]


def test_a_check_may_name_its_letter() -> None:
    frame = checks({"no_agenda": "2026/0012"}).frame
    assert frame[["agenda_key", "agenda_number", "year"]].values.tolist() == [["12", "0012", 2026]]


@pytest.mark.parametrize(
    ("condition", "note", "is_named"),
    [
        *(("Baik", note, True) for note in ("mati", "tidak dingin", "Bocor sedikit", "rusak", "remote hilang")),
        *(("Baik", note, True) for note in ("perlu servis", "perlu diganti", "lampu mati, belum diganti")),
        *(("Baik", note, False) for note in ("hidup normal", "tidak rusak", "tidak ada kendala", "mati, diganti")),
        *(("Baik", note, False) for note in ("servis rutin", "sempat mati", "AC dimatikan", "mati lampu PLN")),
        *(("Baik", note, False) for note in ("AC dan lampu sudah mati", "meja tanam, tidak bisa dipindah")),
        *(("Baik", note, True) for note in ("AC sudah mati total", "tdk bisa dilepas dan bocor", "tidak bisa zoom")),
        ("Baik", "kabel putus, sudah disambung", False),
        ("Rusak Ringan", "sudah diperbaiki, masih kurang dingin", False), ("Rusak Ringan", "masih sudah baik", True),
        ("Rusak Ringan", "rusak berat, tidak bisa dipakai", True), ("Rusak Ringan", "bocor, remote hilang", False),
        ("Rusak Berat", "sudah baik kembali", True), ("Rusak Berat", "belum sudah diperbaiki", False),
        ("Rusak Berat", "mati total", False), ("Tidak berlaku", "rusak", False),
    ],
)  # fmt: skip
def test_a_note_that_contradicts_the_condition_is_named(condition: str, note: str, is_named: bool) -> None:
    taken = checks({"kondisi": condition, "uraian": note})
    assert [warning.code for warning in taken.warnings] == ["cells_disagree"] * is_named
    assert taken.read == len(taken.frame) == 1


def test_an_item_that_is_sound_and_whose_damage_is_told_is_named() -> None:
    taken = checks({"uraian": "Rusak berat"}, {"uraian": "sudah diganti"}, {"kondisi": "RB", "uraian": "rusak berat"})
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("cells_disagree", 2)]
