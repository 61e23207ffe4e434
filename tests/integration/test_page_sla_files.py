"""The compliance page as files and with difficult records: texts stay texts, numbers are numbers, nothing is empty."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import words
from tests.serving.callbacks import ask, later

LONG, HTML, FORMULA = "Panjang " * 125, "<img src=x onerror=alert(1)>", "=1+1 Formula"
SEARCH = "?dari=2026-09-01&sampai=2026-09-30"
REGISTER = agenda(
    f"1;07/09/2026;08.00;{LONG};Rapat;Smart Center;10/09/2026;09.00;12.00;disetujui",
    f"2;08/09/2026;08.00;{HTML};Rapat;Smart Center;11/09/2026;09.00;12.00;disetujui",
    f"3;09/09/2026;08.00;{FORMULA};Rapat;Smart Center;14/09/2026;09.00;12.00;disetujui",
    "4;05/08/2026;;Inspektorat;Rapat;Smart Center;12/08/2026;09.00;12.00;disetujui",
)
PASSES = hand_overs(
    *part_a("1", "07/09/2026"),
    *part_a("2", "08/09/2026", a4="08.47"),
    *part_a("3", "09/09/2026"),
    "4;A2;;;;06/08/2026;",
    "4;A3;;;;06/08/2026;",
)


def fill(office: Office, folder: Path) -> None:
    """Three letters of September whose senders are hostile, and one of August of which no time is known."""
    give_books(office, folder, {"agenda.csv": REGISTER, "disposisi.csv": PASSES}, END_OF_SEPTEMBER)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("files"), fill, END_OF_SEPTEMBER, pages=PAGES)


def sheets(served: Desk, search: str = SEARCH) -> dict[str, list[list[object]]]:
    reply = served.browser_of("kadin").get(f"/kepatuhan/unduh.xlsx{search}")
    assert reply.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_says_of_what_it_is_and_by_which_rules(served: Desk) -> None:
    told = {row[0]: row[1] for row in sheets(served, f"{SEARCH}&opd=Inspektorat&bagian=A")["Keterangan"]}
    assert told["Periode"] == "1 Sep – 30 Sep 2026"
    assert told["OPD"] == "Inspektorat"
    assert told["Langkah"] == "A1, A2, A3, A4, A5, A6, A7, A8"
    assert told["Per saat"] == "Rabu, 30 September 2026 09.00 WIB"
    assert "Langkah dihitung pada periode selesainya" in str(told["Aturan pencatatan periode"])


def test_numbers_of_a_workbook_are_numbers_and_texts_are_texts(served: Desk) -> None:
    told = sheets(served)
    a4 = next(row for row in told["Langkah"] if row[0] == "A4")
    assert a4[3:9] == [5.0, 3.0, 2.0, 1.0, 0.0, pytest.approx(2 / 3)]
    names = {row[0] for row in told["OPD"][1:]}
    assert names == {LONG.strip(), HTML, FORMULA}


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_two_columns_of_a_table_have_the_same_heading(language: str, served: Desk) -> None:
    browser = served.signed_in("kadin")
    browser.set_cookie("bahasa", language)
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.get(f"/kepatuhan/unduh.xlsx{SEARCH}").data))
    heads = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names}
    assert [name for name, head in heads.items() if len(set(head)) < len(head)] == []


def test_a_csv_has_the_same_tables_and_no_formula(served: Desk) -> None:
    reply = served.signed_in("kadin").get(f"/kepatuhan/unduh.csv{SEARCH}")
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert ["Keterangan"] in rows
    assert ["Per saat", "Rabu, 30 September 2026 09.00 WIB"] in rows
    a4 = next(row for row in rows if row[0:1] == ["A4"])
    assert a4[4:9] == ["3", "2", "1", "0", "0,6666666666666666"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    assert any(row[0] == f"'{FORMULA}" for row in rows if row)


def test_an_english_csv_has_points(served: Desk) -> None:
    browser = served.signed_in("kadin")
    browser.set_cookie("bahasa", "en")
    told = browser.get(f"/kepatuhan/unduh.csv{SEARCH}").data.decode("utf-8-sig")
    assert ";0.6666666666666666;" in told


@pytest.mark.parametrize(
    ("search", "answer"),
    [("?dari=2026-09-30&sampai=2026-09-01", "terbalik"), ("?opd=Dinas+Antah", "Dinas Antah"), ("?kendali=Z9", "Z9")],
)
def test_a_file_that_cannot_be_made_is_refused_in_words(served: Desk, search: str, answer: str) -> None:
    reply = served.signed_in("kadin").get(f"/kepatuhan/unduh.xlsx{search}")
    assert reply.status_code == 422
    assert answer in reply.text


def test_roles_without_the_page_get_no_file(served: Desk) -> None:
    assert served.signed_in("agendaris").get(f"/kepatuhan/unduh.xlsx{SEARCH}").status_code == 403
    assert served.signed_in("kadin").get(f"/kepatuhan/unduh.pdf{SEARCH}").status_code == 404


def shown(served: Desk, search: str) -> str:
    """All words of the page."""
    browser, inputs = served.browser_of("kadin"), [{"id": "sla-url", "property": "search", "value": search}]
    told = ask(browser, ("sla-subtitle.children", "sla-body.children"), inputs).json["response"]["sla-body"]["children"]
    return words([told, *(later(browser, name, search) for name in ("sla-more", "sla-control", "sla-detail"))])


def test_hostile_names_are_shown_as_they_are(served: Desk) -> None:
    told = shown(served, SEARCH)
    assert HTML in told
    assert FORMULA in told
    assert LONG.strip() in told


def test_one_case_alone_is_told_without_percentiles(served: Desk) -> None:
    told = shown(served, "?dari=2026-09-08&sampai=2026-09-08")
    assert "0 dari 1 tepat waktu" in told
    assert "Kurang dari 5 langkah terukur, tanpa persentil:" in told
    assert "periode sebelumnya belum ada data" not in told
    assert "tidak dapat dibandingkan" in told
    assert "Belum cukup bulan untuk peta kendali" in told


def test_a_month_of_which_nothing_can_be_measured_has_no_shares(served: Desk) -> None:
    told = shown(served, "?dari=2026-08-01&sampai=2026-08-31")
    assert "belum ada data" in told
    assert "jam tidak tercatat, hanya tanggal (1)" in told
    assert "periode sebelumnya belum ada data" in told
    assert " 0%" not in told.partition("Menurut pelaksana")[0]
