"""What who leads finds on Ringkasan: the figures of Kepatuhan, the step that needs a word, this month and the last."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import t
from dashboard.pages.compliance.background import points
from dashboard.pages.compliance.headlines import change_words
from dashboard.pages.summary.leading import month_words
from dashboard.web.pages import PAGES
from etl.domain.verdict import Flag, MonitoringRule
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.reading import comparison, decider, in_need_of_a_word, is_any_assessed, month_change
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.filter import Period, SlaFilter
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs
from tests.offices.desk import Desk, desk
from tests.offices.office import give
from tests.offices.semester import FIRST, LAST, semester_desk
from tests.reading.layout import components, words
from tests.serving.callbacks import opened

END_OF_JUNE, JULY = seconds("2026-06-30 10:00"), seconds("2026-07-10 09:00")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return semester_desk(tmp_path_factory.mktemp("leading"))


def page(served: Desk, user: str, at: int, path: str = "/ringkasan", search: str = "") -> Any:
    served.clock.at = at
    return opened(served.signed_in(user), path, search)


def headlines(layout: Any) -> list[str]:
    """The words of the cards, each with its number."""
    cards = [*components(layout, "Link"), *components(layout, "A"), *components(layout, "Div")]
    return sorted(words(one["children"]) for one in cards if one.get("className") == "p-kpi")


def of_half_year(office: Office, at: int) -> SlaFigures:
    return sla_figures(office, SlaFilter(Period(date.fromisoformat(FIRST), date.fromisoformat(LAST))), at)


def test_the_four_figures_are_those_of_kepatuhan_word_by_word(served: Desk) -> None:
    for user in ("kadin", "kabid"):
        told = headlines(page(served, user, END_OF_JUNE))
        assert len(told) == 4
        assert told == headlines(page(served, user, END_OF_JUNE, "/kepatuhan"))
    assert headlines(page(served, "sekdin", END_OF_JUNE)) == []


def test_a_semester_without_a_judged_step_is_a_line_with_the_way_to_the_one_before(served: Desk) -> None:
    layout = page(served, "kadin", JULY)
    assert headlines(layout) == []
    assert "Semester ini (1 Jul – 31 Des 2026) belum ada langkah yang dinilai." in words(layout)
    ways = {one["href"]: words(one["children"]) for one in components(layout, "Link")}
    assert ways["/kepatuhan?dari=2026-01-01&sampai=2026-06-30"] == "Lihat 1 Jan – 30 Jun 2026"


def test_a_month_that_has_only_begun_leaves_the_word_to_the_one_before(served: Desk) -> None:
    told = words(page(served, "kadin", JULY))
    assert re.search(r"Juni 2026: [\d,]+% dari \d+ langkah tepat waktu; Mei 2026: ", told)
    assert "Juli 2026 sejauh ini: belum ada langkah yang dinilai." in told
    assert "sejauh ini" not in words(page(served, "kadin", END_OF_JUNE))


def test_the_month_is_counted_as_on_the_wall(served: Desk) -> None:
    for at in (END_OF_JUNE, seconds("2026-02-12 09:00"), seconds("2026-01-20 09:00")):
        served.clock.at = at
        wall = wall_snapshot(served.office, at)["compliance"]
        compared = month_change(of_half_year(served.office, at), date.fromisoformat(f"{wall['month']}-15"))
        assert (compared.n, compared.part, compared.earlier_n) == (wall["n"], wall["met"], wall["previous"]["n"])
        if compared.earlier_n:
            assert compared.is_within_chance == wall["is_change_chance"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((95, 100, 70, 100), "Naik 25 poin (rentang +14,8 sampai +35): lebih dari kebetulan."),
        ((70, 100, 95, 100), "Turun 25 poin (rentang −35 sampai −14,8): lebih dari kebetulan."),
        ((90, 100, 88, 100), "dalam batas kebetulan."),
        ((3, 4, 50, 60), "Belum dapat dikatakan apakah berubah: salah satunya kurang dari 5 langkah."),
        ((0, 0, 5, 6), "belum ada langkah yang dinilai; Mei 2026: 83,3% dari 6 langkah tepat waktu."),
    ],
)
def test_a_change_is_told_with_its_n_and_interval_or_that_nobody_can_say(
    counts: tuple[int, int, int, int], told: str, served: Desk
) -> None:
    with served.app.server.test_request_context("/"):
        said = month_words(comparison(ALL_STEPS, *counts), date(2026, 6, 30))
    assert said.startswith("Juni 2026: ")
    assert told in said


def test_the_step_that_needs_a_word_leads_to_as_many_requests_as_are_late(served: Desk) -> None:
    layout = page(served, "kadin", END_OF_JUNE)
    step = in_need_of_a_word(of_half_year(served.office, END_OF_JUNE), MonitoringRule())
    assert step is not None
    assert f"Yang perlu dibahas: {step.step} " in words(layout)
    late = step.late + step.overdue
    assert f"{late} dari {step.n} terlambat, termasuk lewat batas" in words(layout)
    way = next(one["href"] for one in components(layout, "Link") if words(one["children"]).startswith("Lihat "
               f"{late} permohonannya"))  # fmt: skip
    path, search = way.split("?")
    assert re.search(rf"\b{late} permohonan\b", words(page(served, "kadin", END_OF_JUNE, path, f"?{search}")))


def test_what_rests_on_one_doubtful_letter_says_so_in_both_languages(tmp_path: Path) -> None:
    """A8 of one letter was typed with day and month exchanged: without it another step would be the largest."""
    made = semester_desk(tmp_path)
    letter = agenda("13;02/02/2026;08.00;Dinas Kesehatan;Rapat 13;Smart Center;05/02/2026;09.00;12.00;disetujui")
    give(made.office, tmp_path, "agenda-13.csv", letter, made.clock())
    steps = {"A2": "08.08", "A3": "08.12", "A4": "08.16", "A5": "08.46", "A6": "09.36", "A7": "09.46"}
    rows = [f"13;{step};;;;02/02/2026;{clock}" for step, clock in steps.items()]
    give(made.office, tmp_path, "disposisi-13.csv", hand_overs(*rows, "13;A8;;;;02/03/2026;10.30"), made.clock())
    made.clock.at = END_OF_JUNE
    decided = decider(made.office, of_half_year(made.office, END_OF_JUNE))
    assert decided is not None
    assert (decided.agenda_number, decided.doubts) == ("13", (("A8", Flag.SWAPPED_DATE),))
    said = {
        "id": ("Yang perlu dibahas: A8 ", ", yang meragukan di A8: tanggal dan bulan mungkin tertukar; tanpa itu "),
        "en": ("What needs a word: A8 ", ", doubtful at A8: day and month may be swapped; without it "),
    }
    for language, (word, doubt) in said.items():
        browser = made.signed_in("kadin")
        browser.set_cookie("bahasa", language)
        summary = words(opened(browser, "/ringkasan"))
        assert word in summary
        assert summary.count(doubt + str(decided.step)) == 2  # the card and the sentence
        assert summary.count("2026/13 (") == 2
        assert words(opened(browser, "/kepatuhan")).count(doubt + str(decided.step)) == 1


def test_a_difference_has_one_rounding_wherever_it_stands(served: Desk) -> None:
    figures = of_half_year(served.office, END_OF_JUNE)
    with served.app.server.test_request_context("/"):
        for part, said, listed in ((190, "naik 1,5 poin", "+1,5 poin"), (184, "turun 1,5 poin", "−1,5 poin")):
            compared = comparison(ALL_STEPS, part, 200, 187, 200)
            assert change_words(figures, compared).startswith(f"{said} dari ")
            assert points(compared.difference) == listed
        assert change_words(figures, comparison(ALL_STEPS, 187, 200, 187, 200)).startswith(
            t("sla.change_same", before="")
        )


def test_the_longest_pass_of_a_row_says_that_it_is_finished(served: Desk) -> None:
    layout = page(served, "kadin", END_OF_JUNE, "/kepatuhan")
    rows = [words(one["children"]) for one in components(layout, "Div") if one.get("className") == "sla-longest"]
    assert rows
    assert [one for one in rows if not one.startswith("selesai terlama 2026/")] == []


def test_where_all_goes_well_or_nobody_can_say_it_says_that(served: Desk) -> None:
    figures = of_half_year(served.office, END_OF_JUNE)
    lenient, strict = MonitoringRule(share=0.1, coverage=0.1), MonitoringRule(n=10_000)
    assert in_need_of_a_word(figures, lenient) is None
    assert is_any_assessed(figures, lenient)
    assert in_need_of_a_word(figures, strict) is None
    assert not is_any_assessed(figures, strict)


def test_before_the_first_load_there_are_no_figures(tmp_path: Path) -> None:
    made = desk(tmp_path, pages=PAGES)
    told = words(opened(made.signed_in("kadin"), "/ringkasan"))
    assert "Semester ini" not in told
    assert "perlu dibahas" not in told
