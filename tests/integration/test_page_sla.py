"""The compliance page: the same numbers as the figures, filters in the address, and words where there is nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from dashboard.i18n import Formats, Language
from dashboard.pages.compliance.months import shade
from dashboard.pages.compliance.table import Scale, scale_of
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.evidence import longest_passes
from etl.figures.compliance.reading import lateness
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import Period, SlaFilter, month_period
from tests.offices.desk import Desk
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, later, opened

SEPTEMBER = "?dari=2026-09-01&sampai=2026-09-30"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("sla"))


def shown(served: Desk, search: str, user: str = "kadin") -> dict[str, Any]:
    """Subtitle and all parts of the page for an address."""
    browser = served.browser_of(user)
    reply = ask(
        browser,
        ("sla-subtitle.children", "sla-body.children"),
        [{"id": "sla-url", "property": "search", "value": search}],
    )
    assert reply.status_code == 200, reply.text
    told = {name: value["children"] for name, value in reply.json["response"].items()}
    parts = (later(browser, name, search) for name in ("sla-more", "sla-control", "sla-detail"))
    return told | {"sla-body": [told["sla-body"], *parts]}


def row(body: Any, code: str) -> str:
    """The words of one row of the table of standards."""
    rows = [words(one["children"]) for one in components(body, "Tr")]
    return next(one for one in rows if one.startswith(f"{code} "))


def test_the_table_says_what_the_figures_say(served: Desk) -> None:
    body = shown(served, SEPTEMBER)["sla-body"]
    wanted = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    figures = sla_figures(served.office, wanted, END_OF_SEPTEMBER)
    a4 = next(one for one in figures.steps if one.step == "A4")
    assert (a4.n, a4.met, a4.late) == (3, 2, 1)
    assert "2 dari 3 tepat waktu" in row(body, "A4")
    assert f"{figures.all_steps.met} dari {figures.all_steps.n} langkah" in words(body)


def test_the_subtitle_names_the_sop_the_clock_and_the_letters(served: Desk) -> None:
    told = words(shown(served, SEPTEMBER)["sla-subtitle"])
    assert told.startswith("SOP 01/SOP.SmartCenter/406.020/2020 · jam kerja kantor · 5 permohonan")


def test_fewer_than_five_durations_are_listed_instead_of_summed_up(served: Desk) -> None:
    told = row(shown(served, SEPTEMBER)["sla-body"], "A4")
    assert "tanpa persentil" in told
    assert "2026/143" in told


def test_a_step_that_nobody_could_judge_has_no_share(served: Desk) -> None:
    told = row(shown(served, SEPTEMBER)["sla-body"], "B4")
    assert "belum ada data" in told
    assert "0%" not in told


def test_the_opd_time_is_marked_as_apart(served: Desk) -> None:
    body = shown(served, SEPTEMBER)["sla-body"]
    assert "waktu OPD" in row(body, "A1")
    assert "tanpa A1 dan B1" in words(body)


def test_b5_is_told_in_words(served: Desk) -> None:
    assert "Ukurannya keluaran: Sarpras kondisi baik" in row(shown(served, SEPTEMBER)["sla-body"], "B5")


def test_what_could_not_be_measured_has_its_reason(served: Desk) -> None:
    assert "jam tidak tercatat, hanya tanggal (1)" in words(shown(served, SEPTEMBER)["sla-body"])


def test_a_row_leads_to_the_letters_behind_it(served: Desk) -> None:
    links = [one["href"] for one in components(shown(served, SEPTEMBER)["sla-body"], "Link")]
    behind = "/permohonan?langkah=A4&putusan=terlambat&dari=2026-09-01&sampai=2026-09-30&urut=-lewat"
    assert behind in links
    listed = ask(
        served.browser_of("kadin"),
        ("cases-count.children", "cases-body.children"),
        [{"id": "cases-url", "property": "search", "value": behind.partition("?")[2]}, STAMPED],
    ).json["response"]
    assert words(listed["cases-count"]["children"]) == "1 permohonan"
    assert "2026/144" in words(listed["cases-body"]["children"])


def test_an_agency_and_a_part_narrow_the_figures(served: Desk) -> None:
    body = shown(served, f"{SEPTEMBER}&opd=Dinas+Pendidikan&bagian=A")["sla-body"]
    assert "0 dari 1 tepat waktu" in row(body, "A4")
    assert not any(words(one["children"]).startswith("B3") for one in components(body, "Tr"))


def test_a_step_narrows_the_whole_page_and_says_the_way_back(served: Desk) -> None:
    """What is said of it is what its row says beside all others; its choice stands among the filters."""
    whole, one = (shown(served, SEPTEMBER + part)["sla-body"] for part in ("", "&bagian=a4"))
    name = next(way for way in components(whole, "Link") if words(way["children"]) == "Disposisi ke Kabid IATIK")
    assert name["href"] == f"/kepatuhan{SEPTEMBER}&bagian=A4"
    told = words(one)
    assert told.startswith("Hanya langkah A4 · Disposisi ke Kabid IATIK Tampilkan semua langkah")
    back = next(way["href"] for way in components(one, "Link") if "Tampilkan semua" in words(way["children"]))
    assert back == f"/kepatuhan{SEPTEMBER}"
    named = {words(part["children"]) for part in components(one, "Strong")}
    assert "A4" in named
    assert not named & {"A1", "A5", "B2", "Semua langkah kantor", "Permohonan tepat waktu seluruhnya"}
    assert "2 dari 3 langkah" in told
    figures = sla_figures(served.office, SlaFilter(month_period(2026, 9), steps=("A4",)), END_OF_SEPTEMBER)
    assert [step.step for step in figures.steps] == ["A4"]
    addresses = [way["href"] for way in components(one, "Link") if way["href"].startswith("/mengapa")]
    assert [address for address in addresses if "A4" not in address] == []


def test_the_longest_passes_of_a_step_are_named_with_their_lengths(served: Desk) -> None:
    body = shown(served, f"{SEPTEMBER}&bagian=A5")["sla-body"]
    of_card = r"Proses selesai terlama .{1,20} 2026/\d+ · hanya langkah yang selesai pada periode ini"
    assert re.search(of_card, words(body))
    wanted = SlaFilter(month_period(2026, 9), steps=("A5",))
    passes = longest_passes(served.office, sla_figures(served.office, wanted, END_OF_SEPTEMBER), 10)["A5"]
    assert passes
    (listed,) = (one for one in components(body, "Table") if "sla-long" in one.get("className", ""))
    rows = [words(one["children"]) for one in components(listed["children"], "Tr")][1:]
    f = Formats(Language.INDONESIAN, served.office.zone)
    names = [f"{one.year}/{one.agenda_number} {f.duration_short(one.seconds)}" for one in passes]
    assert [row.startswith(name) for row, name in zip(rows, names, strict=True)] == [True] * len(passes)
    first = next(one["href"] for one in components(listed["children"], "Link"))
    assert first == f"/permohonan/{names[0].split(' ')[0]}"


def test_a_row_has_one_button_for_its_explanation_and_its_other_numbers_are_ways_too(served: Desk) -> None:
    for listed in components(shown(served, SEPTEMBER)["sla-body"], "Table"):
        for line in components(listed["children"], "Tr") if listed.get("className") != "sla-heat" else ():
            looks = [way.get("className", "") for way in components(line["children"], "Link")]
            buttons = [look for look in looks if look.startswith("p-why ")]
            assert len(buttons) <= 1, words(line["children"])
    in_rows = components(shown(served, SEPTEMBER)["sla-body"], "Link")
    numbers = [way["href"] for way in in_rows if way.get("className") == "p-why-number"]
    for figure in (Figure.OUTPUT, Figure.BOUNDS):
        assert any(f"angka={figure}&" in address for address in numbers)


def test_the_map_says_its_share_and_n_in_figures_and_what_its_colours_mean(served: Desk) -> None:
    body = shown(served, SEPTEMBER)["sla-body"]
    (drawn,) = (one for one in components(body, "Table") if one.get("className") == "sla-heat")
    line = next(one for one in components(drawn["children"], "Tr") if words(one["children"]).startswith("A4"))
    assert "67% n 3" in words(line["children"])
    (legend,) = (one for one in components(body, "Ul") if "sla-heat-legend" in one.get("className", ""))
    assert words(legend["children"]).startswith("0–60% 60–70% 70–80% 80–90% 90–100%")
    assert [shade(share) for share in (0.0, 0.599, 0.6, 0.7, 0.89, 0.9, 1.0)] == [0, 0, 1, 2, 3, 4, 4]


def test_the_comparison_has_its_scale_on_its_axis(served: Desk) -> None:
    body = shown(served, "?dari=2026-09-16&sampai=2026-09-30")["sla-body"]
    heads = [words(one["children"]) for one in components(body, "Th") if one.get("className") == "sla-forest-cell"]
    assert len(heads) == 1
    low, zero, high = heads[0].removeprefix("Rentang selisih 95% ").split(" ")
    assert (low, zero, high) == (f"−{high[1:]}", "0", high)


def test_fewer_than_five_judged_steps_of_a_kind_are_not_ranked(served: Desk) -> None:
    body = shown(served, SEPTEMBER)["sla-body"]
    assert "belum cukup untuk peringkat: kurang dari 5 langkah dinilai" in words(body)
    (worst, *_) = lateness(sla_figures(served.office, SlaFilter(month_period(2026, 9)), END_OF_SEPTEMBER))
    assert f"{100 * worst.share:.1f}%".replace(".", ",") in words(body)  # its part of the time is listed all the same


def test_charts_are_plain_and_name_themselves(served: Desk) -> None:
    body = shown(served, SEPTEMBER)["sla-body"]
    charts = [one for one in components(body, "Div") if one.get("className") == "p-plot"]
    assert [one["id"] for one in charts] == ["sla-months", "sla-lateness"]
    assert all(one["aria-label"] for one in charts)


@pytest.mark.parametrize(
    ("search", "answer"),
    [
        ("?opd=Dinas+Kesehtan", 'yang mirip: "Dinas Kesehatan"'),
        ("?dari=2026-09-30&sampai=2026-09-01", "terbalik"),
        ("?dari=kemarin&sampai=2026-09-01", "“kemarin” bukan tanggal; tulis seperti 31/01/2026."),
        ("?dari=2026-09-01", "isi tanggal awal dan tanggal akhir"),
        ("?dari=2027-01-01&sampai=2027-01-31", "Periode 1 Jan – 31 Jan 2027 belum mulai"),
        ("?ruang=Aula", 'Ruang "Aula" tidak ada'),
        ("?bagian=C", 'Langkah "C" tidak ada'),
        ("?dari=2021-01-01&sampai=2021-01-31", "Belum ada data pada periode ini"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_words(search: str, answer: str, served: Desk) -> None:
    assert answer in words(shown(served, search)["sla-body"])


def test_without_dates_the_running_half_year_is_shown(served: Desk) -> None:
    assert words(shown(served, "")["sla-subtitle"]).endswith("1 Jul – 31 Des 2026")


def controls(served: Desk, changed: str, **values: str) -> dict[str, Any]:
    """What the filters answer after one of them has changed."""
    names = ("sla-period", "sla-from", "sla-to", "sla-opd", "sla-room", "sla-part", "sla-without", "sla-control-step")
    usual = {"sla-period": "this_semester", "sla-from": "2026-07-01", "sla-to": "2026-12-31"}
    given = {**dict.fromkeys(names, "*"), **usual, **values}
    search = {"id": "sla-url", "property": "search", "value": values.get("sla-url", "")}
    inputs = [search, *({"id": name, "property": "value", "value": given[name]} for name in names)]
    reply = ask(
        served.browser_of("kadin"),
        ("sla-url.search", *(f"{name}.value" for name in names), "sla-dates.hidden"),
        inputs,
        changedPropIds=[changed],
    )
    assert reply.status_code == 200, reply.text
    return reply.json["response"]


def test_a_preset_is_written_into_the_address_as_its_dates(served: Desk) -> None:
    told = controls(served, "sla-period.value", **{"sla-period": "last_month"})
    assert told["sla-url"]["search"] == "?dari=2026-08-01&sampai=2026-08-31"
    assert told["sla-from"]["value"] == "01/08/2026"


def test_an_address_sets_the_controls(served: Desk) -> None:
    told = controls(served, "sla-url.search", **{"sla-url": "?dari=2026-09-01&sampai=2026-09-30&opd=Inspektorat"})
    assert told["sla-period"]["value"] == "this_month"
    assert told["sla-opd"]["value"] == "Inspektorat"
    assert told["sla-dates"]["hidden"] is True


def test_choosing_own_dates_shows_them_and_changes_nothing_yet(served: Desk) -> None:
    told = controls(served, "sla-period.value", **{"sla-period": "custom"})
    assert told == {"sla-dates": {"hidden": False}}


def test_roles_without_the_page_get_no_figures(served: Desk) -> None:
    reply = ask(
        served.browser_of("agendaris"),
        ("sla-subtitle.children", "sla-body.children"),
        [{"id": "sla-url", "property": "search", "value": SEPTEMBER}],
    )
    assert reply.status_code == 403


def test_the_page_opens_with_the_filters_of_its_address(served: Desk) -> None:
    page = opened(served.browser_of("kadin"), "/kepatuhan", "?dari=2026-08-01&sampai=2026-08-31")
    chosen = {one["id"]: one["value"] for one in components(page, "Select")}
    assert chosen["sla-period"] == "last_month"


def test_a_share_just_below_a_limit_is_not_rounded_onto_it() -> None:
    assert percent_words(0.898) == "89,8%"
    assert percent_words(0.902) == "90,2%"
    assert percent_words(0.999) == "99,9%"
    assert percent_words(0.89996) == "89,996%"
    assert share_tone(0.898, 100) == "near"
    assert share_tone(1.0, 4) == "muted"


def test_the_scale_of_durations_is_logarithmic_from_a_minute() -> None:
    scale = Scale(4 * 3600)
    assert scale.place(60) == 0.0
    assert scale.place(10) == 0.0
    assert scale.place(4 * 3600) == 1.0
    assert scale.place(930) == pytest.approx(0.5, abs=0.001)
    assert scale_of([]).end == 4 * 3600
