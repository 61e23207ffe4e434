"""The first answer holds the page of the address: nothing is asked in a chain before the first chart can be drawn."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.offices.desk import Desk
from tests.offices.september import office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import FAILED, later

SEPTEMBER = "?dari=2026-09-01&sampai=2026-09-30"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("first"))


def first_answer(served: Desk, address: str, user: str = "kadin") -> Any:
    """The frame with the page at an address, as the browser asks for it."""
    reply = served.browser_of(user).get(f"/_dash-layout?alamat={quote(address, safe='')}")
    assert reply.status_code == 200, reply.text
    assert FAILED not in reply.text
    return reply.json


def component_count(part: Any) -> int:
    """How many components Dash has to follow."""
    if isinstance(part, list):
        return sum(component_count(one) for one in part)
    if not isinstance(part, dict):
        return 0
    return ("namespace" in part) + sum(component_count(one) for one in part.values())


def waiting_on(served: Desk, *ids: str) -> list[str]:
    """Outputs that the server would be asked for as soon as a page with these inputs stands."""
    told = served.browser_of("kadin").get("/_dash-dependencies").json
    return [
        one["output"]
        for one in told
        if any(given["id"] in ids for given in one["inputs"])
        and not one["prevent_initial_call"]
        and not one["clientside_function"]
    ]


def test_the_table_with_its_spreads_and_the_first_chart_are_in_it(served: Desk) -> None:
    page = first_answer(served, f"/kepatuhan{SEPTEMBER}")
    assert "A4" in words(page)
    assert any("sla-spread" in one.get("className", "") for one in components(page, "Td"))
    (chart,) = (one for one in components(page, "Div") if one.get("id") == "sla-months")
    assert len(components(chart["children"], "Polyline")) == 1
    assert [one["href"].partition("?")[0] for one in components(chart["children"], "Link")] == ["/permohonan"]
    assert "5 permohonan" in words(page)


def test_nothing_else_is_asked_before_they_are_drawn(served: Desk) -> None:
    places = {one["id"]: one for one in components(first_answer(served, f"/kepatuhan{SEPTEMBER}"), "Location")}
    assert places["shell-url"]["pathname"] == "/kepatuhan"
    assert places["shell-url"]["search"] == places["sla-url"]["search"] == SEPTEMBER
    assert waiting_on(served, "shell-url", "sla-url", "sla-later") == []


def test_the_parts_below_keep_their_room_and_come_when_they_are_wanted(served: Desk) -> None:
    page = first_answer(served, f"/kepatuhan{SEPTEMBER}")
    assert sum("p-coming" in one.get("className", "") for one in components(page, "Div")) == 2
    assert "Kejituan" not in words(page)
    for name in ("sla-more", "sla-detail", "sla-control"):
        assert words(later(served.signed_in("kadin"), name, SEPTEMBER))


def test_dash_has_few_components_to_follow(served: Desk) -> None:
    """Its time grows with the square of their number; a table is one, however long."""
    assert component_count(first_answer(served, f"/kepatuhan{SEPTEMBER}")) < 150
    assert component_count(later(served.signed_in("kadin"), "sla-detail", SEPTEMBER)) < 20


@pytest.mark.parametrize(
    ("address", "prefix", "part", "said"),
    [
        ("/permohonan?q=guru", "cases", "cases-panel", "Bimbingan guru"),
        (f"/ruang{SEPTEMBER}", "room", "p-panel", "Smart Center"),
        (f"/peserta{SEPTEMBER}", "people", "p-panel", "Peserta"),
        ("/ringkasan", "summary", "p-panel", "Hari ini"),
    ],
)
def test_other_pages_stand_in_it_too(address: str, prefix: str, part: str, said: str, served: Desk) -> None:
    page = first_answer(served, address)
    assert said in words(components(page, "Main")[0]["children"])
    assert any(part in one.get("className", "") for one in components(page, "Section"))
    assert waiting_on(served, f"{prefix}-url", f"{prefix}-later") == []


def test_the_filters_stand_as_the_address_says(served: Desk) -> None:
    page = first_answer(served, f"/kepatuhan{SEPTEMBER}&bagian=A")
    chosen = {one["id"]: one["value"] for one in components(page, "Select")}
    assert (chosen["sla-period"], chosen["sla-part"]) == ("this_month", "A")
    assert not any(words(one["children"]).startswith("B3") for one in components(page, "Tr"))


def test_without_an_address_the_frame_comes_alone(served: Desk) -> None:
    for asked in ("/_dash-layout", "/_dash-layout?alamat=", "/_dash-layout?alamat=kepatuhan"):
        page = served.signed_in("kadin").get(asked).json
        assert components(page, "Main")[0].get("children") is None
        assert "pathname" not in components(page, "Location")[0]


def test_the_start_page_is_the_first_one_of_the_role(served: Desk) -> None:
    assert words(components(first_answer(served, "/"), "H1")[0]["children"]) == "Ringkasan"


@pytest.mark.parametrize(
    ("user", "address", "said"),
    [
        ("agendaris", f"/kepatuhan{SEPTEMBER}", "Halaman ini bukan untuk peran Anda"),
        ("kadin", "/entah", "Halaman tidak ditemukan"),
        ("kadin", "/kepatuhan?dari=kemarin&sampai=2026-09-01", "“kemarin” bukan tanggal"),
    ],
)
def test_a_page_that_cannot_be_shown_is_answered_in_words(user: str, address: str, said: str, served: Desk) -> None:
    assert said in words(first_answer(served, address, user))


def test_strangers_get_nothing(served: Desk) -> None:
    reply = served.browser().get(f"/_dash-layout?alamat={quote('/kepatuhan', safe='')}")
    assert reply.status_code == 401
    assert "sla-" not in reply.text
