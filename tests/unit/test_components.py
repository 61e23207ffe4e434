"""Building blocks of pages: filters and the address, status, small drawings, routes."""

from __future__ import annotations

from types import ModuleType

import pytest
from dash import no_update

from dashboard.access.accounts import Account
from dashboard.access.passwords import weakness
from dashboard.access.people import hash_password, is_password, random_password
from dashboard.access.roles import Page
from dashboard.access.sessions import local_path
from dashboard.components.drawings import bar, rangebar, spark
from dashboard.components.filters import (
    ALL,
    _new_search,
    _shown_values,
    read_query,
    select,
    with_query,
)
from dashboard.components.plots import even_ticks, tick_decimals
from dashboard.components.status import ICON_OF_VERDICT, TONE_OF_VERDICT, request_pill, verdict_pill
from dashboard.web.router import Router
from data_access.origin import is_loopback
from data_access.roles import Role
from etl.domain.verdict import RequestVerdict, Verdict


def test_filters_are_read_from_the_address_and_written_back() -> None:
    assert read_query("?opd=Dinas+Kesehatan&dari=2026-01-01&opd=lain&kosong=") == {
        "opd": "Dinas Kesehatan",
        "dari": "2026-01-01",
    }
    assert read_query(None) == {}
    assert with_query("/kepatuhan", opd="Dinas Kesehatan", ruang="", dari=None) == "/kepatuhan?opd=Dinas+Kesehatan"
    assert with_query("/kepatuhan") == "/kepatuhan"


def test_a_choice_goes_into_the_address_and_everything_else_stays_there() -> None:
    usual = {"dari": "2026-01-01"}
    assert _new_search({"halaman": "2"}, {"opd": "Dinkes", "dari": "2026-01-01"}, usual) == "?halaman=2&opd=Dinkes"
    query = {"opd": "Dinkes", "halaman": "2"}
    assert _new_search(query, {"opd": "", "dari": "2026-02-01"}, usual) == "?halaman=2&dari=2026-02-01"
    assert _new_search(query, {"opd": "", "dari": "2026-02-01"}, usual, ["halaman"]) == "?dari=2026-02-01"
    assert _new_search({"opd": "Dinkes"}, {"opd": "Dinkes"}, usual) is no_update


def test_going_back_changes_the_controls_that_differ() -> None:
    looks = ["p-select", "p-select", "p-input"]
    shown = _shown_values({"opd": "Dinkes"}, {"opd": "", "ruang": "SC", "cari": "rapat"}, looks)
    assert shown == ["Dinkes", ALL, ""]
    assert _shown_values({}, {"opd": ""}, ["p-select"]) == [no_update]


def test_a_choice_outside_the_list_shows_the_first_of_it() -> None:
    chosen = select("s", "OPD", [("", "Semua OPD"), ("Dinkes", "Dinkes")], "tidak ada").children[1]
    assert chosen.value == ALL
    assert [option["value"] for option in chosen.options] == [ALL, "Dinkes"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_colour_icon_and_word_together(verdict: Verdict) -> None:
    pill = verdict_pill(verdict.code)
    assert f"is-{TONE_OF_VERDICT[verdict]}" in pill.className
    assert ICON_OF_VERDICT[verdict] in pill.children[0].className
    assert pill.children[1].children


def test_no_two_verdicts_share_an_icon() -> None:
    assert len(set(ICON_OF_VERDICT.values())) == len(Verdict)


@pytest.mark.parametrize("verdict", list(RequestVerdict))
def test_a_letters_verdict_has_a_word(verdict: RequestVerdict) -> None:
    assert request_pill(verdict).children[1].children


def test_a_share_that_is_not_known_draws_no_bar() -> None:
    assert bar(None).children == []
    assert [part.style for part in bar(0.62, 0.5, 0.75, "late").children] == [
        {"width": "62.00%"},
        {"left": "50.00%", "width": "25.00%"},
    ]


def test_a_spread_turns_red_beyond_its_target() -> None:
    band, over, target, dot = rangebar(0.1, 0.3, 0.8, 0.4).children
    assert (band.style, over.style) == ({"left": "10.00%", "width": "30.00%"}, {"left": "40.00%", "width": "40.00%"})
    assert (target.style, dot.style) == ({"left": "40.00%"}, {"left": "30.00%"})
    assert len(rangebar(0.1, 0.3, 0.8, None).children) == 2


def test_a_month_without_data_breaks_the_line() -> None:
    drawing = spark([0.5, 0.6, None, 0.7], "late", target=0.9).html
    assert drawing.count("<polyline") == 1
    assert drawing.count("<circle") == 1
    assert drawing.count("p-spark-target") == 1


def test_an_axis_has_round_numbers_at_equal_distances_up_to_the_highest() -> None:
    assert even_ticks(41.0) == [0, 10, 20, 30, 40, 50]
    assert even_ticks(0.7, 4) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    assert tick_decimals(even_ticks(0.7, 4)) == 1
    assert tick_decimals(even_ticks(2500)) == 0
    for highest in (1e-4, 0.3, 1, 7, 99.9, 100, 8760, 3e6):
        ticks = even_ticks(highest)
        assert ticks[-2] < highest <= ticks[-1] * (1 + 1e-9)
        assert 2 <= len(ticks) <= 6


def page(path: str, key: Page, nav: str | None = "word.step") -> ModuleType:
    module = ModuleType(path)
    module.PATH, module.PAGE, module.NAV, module.TITLE = path, key, nav, "word.step"
    return module


def test_an_address_leads_to_its_page_with_its_placeholders() -> None:
    router = Router(
        [page("/permohonan", Page.PERMOHONAN), page("/permohonan/<int:year>/<path:agenda>", Page.PERMOHONAN, None)]
    )
    assert router.find("/permohonan").path == {}
    assert router.find("/permohonan/").page.PATH == "/permohonan"
    assert router.find("/permohonan/2026/005%2F12").path == {"year": 2026, "agenda": "005/12"}
    assert router.find("/permohonan/2026-02/1").path == {"year": 2026, "agenda": "-02/1"}
    assert router.find("/permohonan/dua/1") is None
    assert router.find("/lain") is None


def test_each_role_begins_at_the_first_page_it_may_see() -> None:
    router = Router([page("/kepatuhan", Page.KEPATUHAN), page("/permohonan", Page.PERMOHONAN)])
    homes = {role: router.home_of(Account(1, "a", role, None, 1)) for role in (Role.KADIN, Role.AGENDARIS, Role.OPD)}
    assert homes == {Role.KADIN: "/kepatuhan", Role.AGENDARIS: "/permohonan", Role.OPD: "/permohonan"}


def test_an_opd_is_always_filtered_and_nobody_else_is() -> None:
    assert Account(1, "a", Role.OPD, "Dinas Kesehatan", 1).opd_filter == "Dinas Kesehatan"
    assert Account(1, "a", Role.OPD, None, 1).opd_filter == ""
    assert Account(1, "a", Role.KADIN, None, 1).opd_filter is None


def test_passwords_are_kept_as_argon2_hashes() -> None:
    hashed = hash_password("gamelan-di-alun")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # dear on purpose: 64 MB, three rounds
    assert is_password(hashed, "gamelan-di-alun")
    assert not is_password(hashed, "gamelan-di-alur")
    assert not is_password(None, "gamelan-di-alun")
    assert not is_password("bukan hash", "gamelan-di-alun")


def test_made_up_passwords_are_long_and_never_the_same() -> None:
    made = {random_password() for _ in range(50)}
    assert len(made) == 50
    assert not any(weakness(password, ["kadin"]) or set("0O1lI") & set(password) for password in made)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback_is_this_machine_only(host: str | None, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    ("target", "path"),
    [("/sop?a=1", "/sop?a=1"), ("//x", "/"), ("/\\x", "/"), ("x", "/"), ("", "/"), (None, "/"), ("/a\tb", "/")],
)
def test_only_paths_of_this_server_are_gone_back_to(target: str | None, path: str) -> None:
    assert local_path(target) == path
