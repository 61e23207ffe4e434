"""Suspicious records on the pages: chips and their meaning at the steps, counts on Kepatuhan, the letters behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.web.pages import PAGES
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import SlaFilter, month_period
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_json
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, later, opened

END_OF_SEPTEMBER = seconds("2026-09-30 09:00")
SEPTEMBER = "dari=2026-09-01&sampai=2026-09-30"

LETTERS = agenda(
    "201;08/09/2026;08.00;Dinas Kesehatan;Rapat imunisasi;Smart Center;20/10/2026;09.00;12.00;",
    "202;09/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;21/10/2026;09.00;12.00;",
    "203;10/09/2026;08.00;Inspektorat;Gelar pengawasan;Smart Center;22/10/2026;09.00;12.00;",
)
ROWS = (
    "no_agenda;tahun;langkah;tgl_selesai;jam_selesai;dicatat_pada",
    "201;2026;A2;08/09/2026;08.06;08/09/2026 08.10",
    "201;2026;A3;09/08/2026;08.10;",
    "201;2026;A4;08/09/2026;08.14;08/09/2026 08.15",
    "202;2026;A2;09/09/2026;08.06;11/09/2026 07.35",
    "202;2026;A3;09/09/2026;08.09;10/09/2026 15.55",
    "202;2026;A4;09/09/2026;08.13;",
    "202;2026;A4;09/09/2026;08.17;",
    "203;2026;A2;10/09/2026;08.06;",
)


def fill(office: Office, folder: Path) -> None:
    books = {"agenda.csv": LETTERS, "disposisi.csv": "\n".join(ROWS) + "\n"}
    give_books(office, folder, books, END_OF_SEPTEMBER)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("flags"), fill, END_OF_SEPTEMBER, pages=PAGES)


def flags(served: Desk, letter: str, as_of: int = END_OF_SEPTEMBER) -> dict[str, list[str]]:
    """The flags of a letter's steps as `pantau case --json` prints them."""
    shown = json.loads(json.dumps(request_json(served.office, request_detail(served.office, 2026, letter, as_of))))
    return {step["step"]: step["flags"] for step in shown["steps"] if step["flags"]}


def list_of(served: Desk, query: str, user: str = "kadin") -> Any:
    reply = ask(
        served.browser_of(user),
        ("cases-count.children", "cases-body.children"),
        [{"id": "cases-url", "property": "search", "value": query}, STAMPED],
    )
    return reply.json["response"]


def figures_page(served: Desk) -> Any:
    return later(served.browser_of("kadin"), "sla-detail", f"?{SEPTEMBER}")


def test_a_letter_tells_its_flags(served: Desk) -> None:
    assert flags(served, "201") == {"A3": ["swapped_date"]}
    assert flags(served, "202") == {"A2": ["entered_late"], "A4": ["extra_pass"]}
    assert flags(served, "203") == {}


def test_a_flag_is_not_there_before_the_stamp(served: Desk) -> None:
    assert flags(served, "202", seconds("2026-09-09 08:10")) == {"A2": ["entered_late"]}


def test_the_steps_carry_chips_and_the_page_says_what_they_mean(served: Desk) -> None:
    page = opened(served.signed_in("kadin"), "/permohonan/2026/202")
    told = words(page)
    assert told.count("Putaran tambahan tanpa pengembalian") == 2
    assert "Dicatat lebih dari satu hari kerja setelah kejadiannya." in told
    chips = [one for one in components(page, "Span") if "is-near" in (one.get("className") or "")]
    assert "Dicatat lebih dari satu hari kerja setelah kejadiannya." in [one.get("title") for one in chips]


def test_a_letter_without_flags_has_no_list_of_meanings(served: Desk) -> None:
    page = opened(served.signed_in("kadin"), "/permohonan/2026/203")
    assert components(page, "Dl") == []


def test_compliance_counts_the_flags_by_step_and_by_kind(served: Desk) -> None:
    page = figures_page(served)
    told = words(page)
    assert "1 dicatat menyusul" in told
    assert "Putaran tambahan tanpa pengembalian 1 langkah Langkah ini dicatat selesai sekali lagi" in told
    links = {one["href"] for one in components(page, "Link")}
    assert f"/permohonan?langkah=A2&tanda=entered_late&{SEPTEMBER}" in links
    assert f"/permohonan?tanda=extra_pass&{SEPTEMBER}" in links


def test_the_figures_count_the_flags_of_the_period(served: Desk) -> None:
    found = sla_figures(served.office, SlaFilter(month_period(2026, 9)), END_OF_SEPTEMBER)
    assert {one.step: one.flags for one in found.steps if one.flags} == {
        "A2": {"entered_late": 1},
        "A4": {"extra_pass": 1},
    }
    assert found.all_steps.flags == {"entered_late": 1, "extra_pass": 1}
    august = sla_figures(served.office, SlaFilter(month_period(2026, 8)), END_OF_SEPTEMBER)
    assert august.all_steps.flags == {"swapped_date": 1}


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("?tanda=swapped_date", ["2026/201"]),
        ("?tanda=entered_late", ["2026/202"]),
        (f"?tanda=extra_pass&langkah=A4&{SEPTEMBER}", ["2026/202"]),
        (f"?tanda=extra_pass&langkah=A3&{SEPTEMBER}", []),
        (f"?tanda=swapped_date&{SEPTEMBER}", []),
        ("?tanda=tidak_ada", ["2026/203", "2026/202", "2026/201"]),
    ],
)
def test_the_list_shows_the_letters_with_a_flag(served: Desk, query: str, letters: list[str]) -> None:
    body = list_of(served, query)["cases-body"]["children"]
    listed = [words(one["children"]) for one in components(body, "Link") if "cases-link" in one.get("className", "")]
    assert listed == letters


def test_the_list_says_which_flag_it_is_about_and_the_way_back_to_all(served: Desk) -> None:
    body = list_of(served, "?tanda=entered_late")["cases-body"]["children"]
    assert "Permohonan di balik angka: Semua langkah · Dicatat menyusul" in words(body)
    assert "/permohonan" in [one["href"] for one in components(body, "Link")]


def test_an_agency_finds_only_its_own_letters_behind_a_flag(served: Desk) -> None:
    assert "2026/202" not in words(list_of(served, "?tanda=extra_pass", "opd"))


def test_the_page_leaves_flagged_steps_out_and_says_so(served: Desk) -> None:
    address = f"?{SEPTEMBER}&tanpa=entered_late"
    page = opened(served.signed_in("kadin"), "/kepatuhan", address)
    chosen = {one["id"]: one["value"] for one in components(page, "Select")}
    assert chosen["sla-without"] == "entered_late"
    told = words(page)
    assert "tanpa yang ditandai: dicatat menyusul" in told
    assert "belum cukup tanpa yang ditandai" in told  # fewer than five steps are left
    links = {one["href"] for one in components(page, "Link") if one["href"].startswith("/permohonan?langkah=")}
    assert links
    assert all("tanpa=entered_late" in href for href in links)
    whole, left = (
        sla_figures(served.office, SlaFilter(month_period(2026, 9), without=without), END_OF_SEPTEMBER).steps[1]
        for without in ((), ("entered_late",))
    )
    assert (whole.without_flagged["n"], whole.n - 1) == (left.n, left.n)
    listed = list_of(served, f"?langkah=A2&putusan=dinilai&{SEPTEMBER}&tanpa=entered_late")
    assert words(listed["cases-body"]["children"]).count("2026/202") == 0


def test_a_flag_that_nobody_knows_is_answered_in_words(served: Desk) -> None:
    assert "Tanda “salah”" in words(
        opened(served.signed_in("kadin"), "/kepatuhan", f"?{SEPTEMBER}&tanpa=salah")
    ).replace('"salah"', "“salah”")
