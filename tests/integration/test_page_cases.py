"""The list of letters: searched, filtered and paged on the server; an agency sees its own only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.requests import filter as list_filter
from dashboard.pages.requests.controls import CONTROLS
from dashboard.pages.requests.filter import read_filter
from dashboard.pages.requests.page import pager
from dashboard.web.pages import PAGES
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from tests.books.moments import seconds
from tests.books.typed import room_log
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("cases"))


def listed(served: Desk, search: str = "", user: str = "kadin") -> tuple[str, Any]:
    """How many letters, and the list."""
    reply = ask(
        served.browser_of(user),
        ("cases-count.children", "cases-body.children"),
        [{"id": "cases-url", "property": "search", "value": search}, STAMPED],
    )
    assert reply.status_code == 200, reply.text
    told = reply.json["response"]
    return told["cases-count"]["children"], told["cases-body"]["children"]


def numbers(body: Any) -> list[str]:
    """The agenda numbers of the list, in order."""
    return [words(one["children"]) for one in components(body, "Link") if "cases-link" in one.get("className", "")]


def test_the_newest_letter_stands_first(served: Desk) -> None:
    count, body = listed(served)
    assert count == "5 permohonan"
    assert numbers(body) == ["2026/147", "2026/12/A", "2026/145", "2026/144", "2026/143"]


def test_a_running_letter_says_where_it_is_who_holds_it_and_until_when(served: Desk) -> None:
    told = words(listed(served, "?q=malaria")[1])
    assert "A3 Teruskan ke Kadin Sekdin hari ini 08.41 Lewat batas" in told


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("?q=imunisasi", ["2026/143"]),
        ("?q=2026/144", ["2026/144"]),
        ("?q=inspektorat", ["2026/12/A"]),
        ("?status=running", ["2026/147"]),
        ("?opd=Dinas+Pendidikan", ["2026/144"]),
        ("?posisi=A3", ["2026/147"]),
        ("?langkah=A2&putusan=belum-terukur&dari=2026-09-01&sampai=2026-09-30", ["2026/12/A"]),
    ],
)
def test_search_and_filters_narrow_the_list(search: str, expected: list[str], served: Desk) -> None:
    assert numbers(listed(served, search)[1]) == expected


def test_an_agency_sees_its_own_letters_whatever_the_address_says(served: Desk) -> None:
    own = ["2026/147", "2026/145", "2026/143"]
    assert numbers(listed(served, "", "opd")[1]) == own
    assert numbers(listed(served, "?opd=Inspektorat", "opd")[1]) == own
    assert listed(served, "?q=guru", "opd")[0] == "0 permohonan"


def test_the_file_of_an_agency_holds_its_own_letters_only(served: Desk) -> None:
    text = served.browser_of("opd").get("/permohonan/unduh.csv?opd=Inspektorat&kolom=agenda,opd").get_data(as_text=True)
    own = [f"{number};Dinas Kesehatan" for number in ("2026/147", "2026/145", "2026/143")]
    assert text.splitlines() == ["\ufeffAgenda;OPD", *own]


def test_an_agency_is_not_told_of_the_others(served: Desk) -> None:
    page = opened(served.browser_of("opd"), "/permohonan")
    options = next(one["options"] for one in components(page, "Select") if one["id"] == "cases-opd")
    assert [one["label"] for one in options] == ["Dinas Kesehatan"]


def test_nothing_found_is_said_in_words(served: Desk) -> None:
    nothing = listed(served, "?q=tidakada&status=late&urut=opd")[1]
    assert "Tidak ada permohonan yang cocok" in words(nothing)
    assert "Saringan: kata “tidakada” · Ada langkah terlambat" in words(nothing)
    assert [one["href"] for one in components(nothing, "Link")] == ["/permohonan?urut=opd"]
    assert "Tidak ada yang menunggu keputusan" in words(listed(served, "?status=undecided")[1])
    for narrowed in ("ruang=Smart Center", "langkah=A4"):
        assert "Tidak ada permohonan yang cocok" in words(listed(served, f"?status=undecided&{narrowed}")[1])
    assert 'Langkah "A9" tidak ada' in words(listed(served, "?posisi=A9")[1])


def test_an_empty_list_asks_only_who_may_load_files_to_do_so(tmp_path: Path) -> None:
    empty = desk(tmp_path, at=END_OF_SEPTEMBER, pages=PAGES)
    use = room_log(";Smart Center;11/09/2026;09.00;11.30;9")
    give_books(empty.office, tmp_path, {"pemakaian.csv": use}, empty.clock.at)
    assert "Muat buku agenda surat masuk" in words(listed(empty, user="agendaris")[1])
    for user in ("kabid", "opd"):
        told = words(listed(empty, user=user)[1])
        assert "Surat tampil di sini begitu dicatat Agendaris" in told
        assert "Muat buku" not in told


def test_an_agency_that_does_not_exist_is_told_with_what_is_near(served: Desk) -> None:
    told = words(listed(served, "?opd=Dinas Kesehatn")[1])
    assert "Dinas Kesehatn" in told
    assert 'yang mirip: "Dinas Kesehatan"' in told
    assert listed(served, "?opd=Dinas Kesehatn", "opd")[0] == "3 permohonan"


def test_an_agenda_number_with_a_slash_leads_to_its_letter(served: Desk) -> None:
    shown = components(listed(served, "?q=12/A")[1], "Link")
    links = [one["href"] for one in shown if "cases-link" in one.get("className", "")]
    assert links == ["/permohonan/2026/12/A"]
    assert "Gelar pengawasan" in words(opened(served.browser_of("kadin"), links[0]))


def test_pages_are_cut_on_the_server_and_the_last_one_stands_for_those_beyond(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_filter, "PAGE_SIZE", 2)
    assert numbers(listed(served, "?hal=2")[1]) == ["2026/145", "2026/144"]
    assert numbers(listed(served, "?hal=99")[1]) == ["2026/143"]
    assert numbers(listed(served, "?hal=x")[1]) == ["2026/147", "2026/12/A"]


def test_the_pager_keeps_the_filters() -> None:
    asked = read_filter({"q": "rapat", "hal": "3"}, date(2026, 9, 30))
    told = pager(asked, 300).to_plotly_json()
    links = [one.href for one in told["props"]["children"][1].children if getattr(one, "href", None)]
    assert links == [
        "/permohonan?q=rapat&hal=2",
        "/permohonan?q=rapat",
        "/permohonan?q=rapat&hal=2",
        "/permohonan?q=rapat&hal=4",
        "/permohonan?q=rapat&hal=12",
        "/permohonan?q=rapat&hal=4",
    ]


def changed(served: Desk, search: str, trigger: str, **values: str) -> dict[str, Any]:
    """What the controls answer after one of them has changed."""
    names = tuple(CONTROLS.values())
    given = {**dict.fromkeys(names, "*"), **dict.fromkeys(("cases-search", "cases-from", "cases-to"), ""), **values}
    inputs = [{"id": "cases-url", "property": "search", "value": search}]
    inputs += [{"id": name, "property": "value", "value": given[name]} for name in names]
    days = dict.fromkeys(("cases-from", "cases-to"), "p-input p-day")
    looks = {**dict.fromkeys(names, "p-select"), "cases-search": "p-input", **days}
    reply = ask(
        served.browser_of("kadin"),
        ("cases-url.search", *(f"{name}.value" for name in names)),
        inputs,
        state=[{"id": name, "property": "class_name", "value": look} for name, look in looks.items()],
        changedPropIds=[trigger],
    )
    assert reply.status_code in (200, 204), reply.text
    return reply.json["response"] if reply.status_code == 200 else {}


def test_another_filter_begins_at_its_first_page(served: Desk) -> None:
    told = changed(served, "?q=rapat&hal=3", "cases-status.value", **{"cases-search": "rapat", "cases-status": "late"})
    assert told["cases-url"]["search"] == "?q=rapat&status=late"


def test_opening_an_address_leaves_its_page_alone(served: Desk) -> None:
    told = changed(served, "?q=rapat&hal=3", "cases-url.search", **{"cases-search": "rapat"})
    assert "cases-url" not in told


def test_the_list_ages_with_the_clock(served: Desk) -> None:
    was = served.clock.at
    served.clock.at = seconds("2026-09-30 08:38")
    told = words(listed(served, "?q=malaria")[1])
    served.clock.at = was
    assert "hari ini 08.41 Sesuai" in told


def test_a_letter_returned_to_its_agency_is_said_so_in_the_words_of_the_start_page(tmp_path: Path) -> None:
    desk = office_with_letters(tmp_path)
    stamp = NewStamp(2026, "147", "A3", Stamp.RETURNED, reason="belum dicap", to="A1")
    give_stamp(desk.office, stamp, actor="sekdin", role="sekdin", client_id="kembali", now=desk.clock.at + 60)
    desk.clock.at += 120
    listed_words = words(listed(desk, "?q=malaria")[1])
    start_page = words(opened(desk.browser_of("agendaris"), "/ringkasan"))
    assert all("Dikembalikan ke OPD" in shown for shown in (listed_words, start_page)), listed_words
