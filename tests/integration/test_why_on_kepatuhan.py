"""Every figure of the compliance page leads to what it was made from, and the letters behind it lead there too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.pages.shared.links import COMPARE, CONTROL, WHY, why_compare, why_step
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.reading import control_chart
from etl.figures.filter import Period, SlaFilter
from tests.offices.busy_september import office_with_many_letters
from tests.offices.desk import OWN_OPD, Desk
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, call, later

SECOND_HALF = "?dari=2026-09-16&sampai=2026-09-30"
LATE_SEPTEMBER = SlaFilter(Period(date(2026, 9, 16), date(2026, 9, 30)))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_many_letters(tmp_path_factory.mktemp("why-kepatuhan"))


def parts_of(served: Desk, search: str = SECOND_HALF) -> dict[str, Any]:
    """The parts of the compliance page for an address, by their ids."""
    browser = served.browser_of("kadin")
    inputs = [{"id": "sla-url", "property": "search", "value": search}]
    reply = ask(browser, ("sla-subtitle.children", "sla-body.children"), inputs)
    parts = {"sla-body": reply.json["response"]["sla-body"]["children"]}
    return parts | {name: later(browser, name, search) for name in ("sla-more", "sla-control", "sla-detail")}


@pytest.fixture(scope="module")
def ways(served: Desk) -> dict[str, list[str]]:
    """The ways to explanations in each part of the page."""
    return {
        name: [one["href"] for one in components(part, "Link") if one["href"].startswith(f"{WHY}?")]
        for name, part in parts_of(served).items()
    }


def explained(served: Desk, address: str, user: str = "kadin") -> Any:
    inputs = [{"id": "why-url", "property": "search", "value": f"?{address.partition('?')[2]}"}]
    reply = call(served.browser_of(user), "why-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["why-body"]["children"]


def test_every_way_of_the_page_leads_to_an_explanation_with_its_rules(served: Desk, ways: dict[str, list[str]]) -> None:
    assert all(ways[name] for name in ("sla-body", "sla-more", "sla-detail"))
    every = list(dict.fromkeys(address for part in ways.values() for address in part))
    for address in every:
        said = words(explained(served, address))
        assert "Aturan yang dipakai" in said, address
        assert "Cara menghitung" in said, address


def test_all_kinds_of_figures_of_the_page_have_their_way(ways: dict[str, list[str]]) -> None:
    every = [address for part in ways.values() for address in part]
    kinds = {address.partition("angka=")[2].partition("&")[0] for address in every}
    assert {COMPARE, *(one.value for one in Figure)} - kinds <= {Figure.READY.value, Figure.WAITING.value}
    september = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    assert why_step(september, "A4") in ways["sla-more"], "a cell of the heat map"
    assert why_step(september, "all") in ways["sla-body"], "a point of the months"
    assert why_step(LATE_SEPTEMBER, "A4", Figure.BOUNDS) in ways["sla-detail"]
    assert why_step(LATE_SEPTEMBER, "A6,B2", Figure.COVERAGE) in ways["sla-detail"]


def test_a_comparison_shows_both_fractions_both_intervals_and_the_way_between(served: Desk) -> None:
    said = words(explained(served, why_compare(LATE_SEPTEMBER, "A2")))
    assert "1 Sep – 15 Sep 2026" in said
    assert "16 Sep – 30 Sep 2026" in said
    assert "Selisih = " in said
    assert "Ujung bawah = " in said
    assert "Newcombe 1998" in said


def test_without_a_period_before_the_comparison_says_so(served: Desk) -> None:
    february = SlaFilter(Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert "tidak dapat dibandingkan" in words(explained(served, why_compare(february, "all")))


def test_a_control_chart_lists_its_months_and_those_left_out(served: Desk) -> None:
    chart = control_chart(served.office, LATE_SEPTEMBER, END_OF_SEPTEMBER, "A2")
    said = words(explained(served, why_step(LATE_SEPTEMBER, "A2", CONTROL)))
    assert len(chart.points) == 1
    assert f"September 2026 {chart.points[0].n} " in said
    assert "memerlukan sedikitnya 6 bulan" in said
    assert 'Langkah "X" tidak ada' in words(explained(served, f"{WHY}?angka={CONTROL}&langkah=X"))


def test_the_bounds_show_both_fractions_and_who_stands_only_above(served: Desk) -> None:
    said = words(explained(served, why_step(LATE_SEPTEMBER, "A2", Figure.BOUNDS)))
    assert "bawah: " in said
    assert "atas: " in said
    assert "Denominator" not in said
    assert "Penyebut; pembilang hanya pada batas atas" in said


def test_an_agency_sees_the_comparison_of_nobody(served: Desk) -> None:
    said = words(explained(served, why_compare(LATE_SEPTEMBER, "all"), "opd"))
    assert "Anda tidak berwenang" in said
    assert OWN_OPD not in said


@pytest.mark.parametrize(("search", "figure"), [
    ("langkah=A4&putusan=dinilai", Figure.SHARE),
    ("langkah=A4&putusan=belum-terukur", Figure.COVERAGE),
    ("langkah=A4&putusan=selesai", Figure.MEDIAN),
    ("surat=dinilai", Figure.REQUESTS),
    ("surat=siap-sebelum", Figure.EVENT),
])  # fmt: skip
def test_the_letters_behind_a_figure_lead_to_its_explanation(served: Desk, search: str, figure: Figure) -> None:
    inputs = [{"id": "cases-url", "property": "search", "value": f"{SECOND_HALF}&{search}"}, STAMPED]
    reply = ask(served.signed_in("kadin"), ("cases-count.children", "cases-body.children"), inputs)
    body = reply.json["response"]["cases-body"]["children"]
    (way,) = [one["href"] for one in components(body, "Link") if one["href"].startswith(WHY)]
    assert f"angka={figure}&" in way
    assert "Aturan yang dipakai" in words(explained(served, way))


def test_an_explanation_leads_to_the_other_figures_and_to_the_letters(served: Desk) -> None:
    part = explained(served, why_step(LATE_SEPTEMBER, "A4"))
    hrefs = {one["href"] for one in components(part, "Link")}
    others = (Figure.COVERAGE, Figure.BOUNDS, Figure.MEDIAN, Figure.P90, Figure.HANDOVER, Figure.LATENESS)
    assert hrefs >= {why_step(LATE_SEPTEMBER, "A4", one) for one in others}
    assert any(href.startswith("/permohonan?langkah=A4&putusan=dinilai") for href in hrefs)
