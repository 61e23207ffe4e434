"""Names of OPD and rooms however they are typed."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.settings.document import default_settings
from etl.settings.names import OpdNames, RoomNames, Suggestion

OPD = OpdNames({"Dinas Kesehatan": ["Dinkes"], "Bappeda": [], "Kecamatan Trenggalek": ["Kec. Trenggalek"]})
ROOMS = RoomNames({"Smart Center": ["SC", "Ruang Smart Center"], "Aula": []})


@pytest.mark.parametrize(
    "typed",
    [
        "Dinas Kesehatan",
        "DINAS  KESEHATAN",
        "Dinkes",
        "dinkes.",
        "Dinas Kesehatan Kab. Trenggalek",
        "DINAS KESEHATAN KABUPATEN TRENGGALEK",
        "Dinas Kesehatan, Kab.Trenggalek",
        "Dinas\u00a0Kesehatan",
    ],
)
def test_an_opd_is_known_by_every_spelling(typed: str) -> None:
    assert OPD.one(typed) == "Dinas Kesehatan"


def test_the_district_of_the_regencys_name_keeps_its_name() -> None:
    assert OPD.one("Kec. Trenggalek Kab. Trenggalek") == "Kecamatan Trenggalek"


def test_an_unknown_opd_keeps_its_own_name_without_stray_blanks() -> None:
    assert OPD.one("  PT  Contoh\nJaya ") == "PT Contoh Jaya"


def test_a_column_of_opd_is_translated_and_missing_stays_missing() -> None:
    typed = pd.Series(["dinkes", None, "BAPPEDA KAB. TRENGGALEK", "Lain", " "], dtype="str", index=[5, 6, 7, 8, 9])
    expected = pd.Series(["Dinas Kesehatan", None, "Bappeda", "Lain", None], dtype="str", index=[5, 6, 7, 8, 9])
    pd.testing.assert_series_equal(OPD.canonical(typed), expected)


def test_an_empty_column_stays_an_empty_column_of_text() -> None:
    pd.testing.assert_series_equal(OPD.canonical(pd.Series([], dtype="str")), pd.Series([], dtype="str"))


def test_a_column_of_rooms_is_translated_and_unknown_is_missing() -> None:
    typed = pd.Series(["sc", "RUANG SMART CENTER", "smart  center", "Ruang Rapat", None], dtype="str")
    expected = pd.Series(["Smart Center", "Smart Center", "Smart Center", None, None], dtype="str")
    pd.testing.assert_series_equal(ROOMS.canonical(typed), expected)


def test_a_column_with_unknown_rooms_only_stays_a_column_of_text() -> None:
    expected = pd.Series([None], dtype="str")
    pd.testing.assert_series_equal(ROOMS.canonical(pd.Series(["Ruang Rapat"], dtype="str")), expected)


def test_names_that_the_settings_do_not_know_are_listed_once() -> None:
    typed = pd.Series(["Lain", "Dinkes", "Lain ", None, "Baru"], dtype="str")
    assert OPD.unknown(typed.dropna()) == ["Lain", "Baru"]


def test_a_close_spelling_is_suggested_and_not_merged() -> None:
    [suggestion] = OPD.suggestions(["Dinas Kesehatn", "Kantor Pos"])
    assert suggestion == Suggestion("Dinas Kesehatn", "Dinas Kesehatan", pytest.approx(0.963, abs=0.001))
    assert OPD.one("Dinas Kesehatn") == "Dinas Kesehatn"


def test_two_unknown_names_that_are_close_are_suggested_to_each_other() -> None:
    [suggestion] = OPD.suggestions(["Universitas Terbuka", "Universitas Terbukaa"])
    assert (suggestion.name, suggestion.close_to) == ("Universitas Terbukaa", "Universitas Terbuka")


@pytest.mark.parametrize(
    ("typed", "opd"),
    [
        ("Dinkes", "Dinas Kesehatan"),
        ("BAPPEDA", "Bappeda"),
        ("Badan Perencanaan Pembangunan Daerah Kab. Trenggalek", "Bappeda"),
        ("Disdikpora", "Dinas Pendidikan, Pemuda dan Olahraga"),
        ("Dinas Kominfo", "Dinas Komunikasi dan Informatika"),
        ("Kec. Watulimo", "Kecamatan Watulimo"),
    ],
)
def test_the_shipped_names_know_the_regencys_agencies(typed: str, opd: str) -> None:
    assert OpdNames.of(default_settings()).one(typed) == opd


@pytest.mark.parametrize("typed", ["SC", "R. Smart Center", "RUANG SC", "smartcenter"])
def test_the_shipped_room_is_known_by_its_usual_names(typed: str) -> None:
    assert RoomNames.of(default_settings()).one(typed) == "Smart Center"
