"""The page of one letter: head, time line, papers, sources, and only for those who may see it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.pages.requests.axis import GAPS, Axis, Band, build_axis
from dashboard.pages.requests.timeline import Kind, spans_of
from dashboard.pages.shared.words import source_lines
from etl.domain.calendar.days import Holiday
from etl.figures.requests.detail import Source, request_detail
from tests.books.letters import perpres
from tests.books.moments import seconds
from tests.offices.desk import Desk
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, opened

AGEING = ("case-head.children", "case-body.children")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("case"))


def page(served: Desk, letter: str, user: str = "kadin") -> Any:
    return opened(served.browser_of(user), f"/permohonan/{letter}")


def bars(layout: Any, id: str) -> list[str]:
    """What the stretches of a time line say."""
    (line,) = [one for one in components(layout, "Div") if one.get("id") == id]
    drawn = [one for one in components(line["children"], "Span") if "case-bar" in one.get("className", "")]
    return [one["aria-label"] for one in drawn]


def spread(axis: Axis, band: Band) -> float:
    """Pixels of a gap."""
    return axis.place(band.end).less(axis.place(band.begin)).pixels


def test_the_head_says_who_asked_for_what_and_how_it_went(served: Desk) -> None:
    told = words(page(served, "2026/144"))
    assert told.startswith("Permohonan / 2026 / 144 Bimbingan guru Dinas Pendidikan")
    assert "diterima Selasa, 8 September 2026 08.00 WIB · kegiatan Jumat, 11 September 2026 09.00–12.00" in told
    assert "1 dari 7 langkah terlambat, termasuk lewat batas" in told


def test_the_time_line_has_every_step_of_part_a_with_its_target(served: Desk) -> None:
    told = words(page(served, "2026/143"))
    assert "A4 Disposisi ke Kabid IATIK Kadin · target 5 mnt" in told
    assert "A8 Sterilisasi ruang Staf bidang IATIK · target 1 j" in told


def test_a_bar_is_cut_where_the_target_ends(served: Desk) -> None:
    whole = request_detail(served.office, 2026, "144", END_OF_SEPTEMBER)
    spans = [span for span in spans_of(whole, whole.steps) if span.step == "A4"]
    assert [(span.kind, span.begin, span.end) for span in spans] == [
        (Kind.WITHIN, seconds("2026-09-08 08:12"), seconds("2026-09-08 08:17")),
        (Kind.BEYOND, seconds("2026-09-08 08:17"), seconds("2026-09-08 08:47")),
    ]


def test_the_chart_draws_as_many_bars_as_there_are_stretches(served: Desk) -> None:
    whole = request_detail(served.office, 2026, "144", END_OF_SEPTEMBER)
    steps = [step for step in whole.steps if step.step[0] == "A"]
    said = bars(page(served, "2026/144"), "case-part-a")
    assert len(said) == len(spans_of(whole, steps))
    assert "A4 · melewati batas waktu. 8 Sep 2026 08.17 – 8 Sep 2026 08.47" in " | ".join(said)


def test_part_b_appears_when_something_of_it_is_recorded(served: Desk) -> None:
    assert "Bagian B · pemakaian ruang" in words(page(served, "2026/143"))
    assert "Bagian B · pemakaian ruang" not in words(page(served, "2026/144"))


def test_the_use_and_the_sources_are_named(served: Desk) -> None:
    told = words(page(served, "2026/143")).replace(" , ", ", ")
    assert "Kamis, 10 September 2026 09.05–11.50" in told
    assert "hadir 42" in told
    assert "agenda.csv, baris 2" in told
    assert "disposisi.csv, baris 2–8, 25" in told


def test_a_step_without_a_clock_time_says_why_it_has_no_length(served: Desk) -> None:
    layout = page(served, "2026/12/A")
    assert "jam tidak tercatat, hanya tanggal" in words(layout)


def test_a_running_step_shows_its_due_moment_and_ages(served: Desk) -> None:
    browser = served.signed_in("kadin")
    layout = opened(browser, "/permohonan/2026/147")
    assert "Sekarang di A3 · Sekdin · batas 30 Sep 2026 08.41" in words(layout)
    assert next(one["data-renew-every"] for one in components(layout, "Div") if "data-renew-every" in one) == "30"
    served.clock.at = END_OF_SEPTEMBER + 600
    reply = ask(
        browser,
        AGEING,
        [{"id": "case-tick", "property": "n_intervals", "value": 1}, STAMPED],
        state=[{"id": "case-letter", "property": "data", "value": [2026, "147"]}],
    )
    served.clock.at = END_OF_SEPTEMBER
    assert "34 mnt" in words(reply.json["response"]["case-body"]["children"])


def test_a_finished_letter_does_not_ask_again_and_again(served: Desk) -> None:
    assert next(one["disabled"] for one in components(page(served, "2026/143"), "Interval")) is True


def test_an_agency_finds_its_own_letter_and_no_other(served: Desk) -> None:
    assert "Rapat imunisasi" in words(page(served, "2026/143", "opd"))
    told = words(page(served, "2026/144", "opd"))
    assert "Permohonan tidak ditemukan" in told
    assert "Bimbingan guru" not in told


def test_an_agency_cannot_ask_for_another_letter_through_the_ageing(served: Desk) -> None:
    reply = ask(
        served.signed_in("opd"),
        AGEING,
        [{"id": "case-tick", "property": "n_intervals", "value": 1}, STAMPED],
        state=[{"id": "case-letter", "property": "data", "value": [2026, "144"]}],
    )
    told = words(reply.json["response"]["case-body"]["children"])
    assert "Permohonan tidak ditemukan" in told
    assert "Bimbingan guru" not in told


def test_a_letter_that_does_not_exist_is_said_in_words(served: Desk) -> None:
    assert "Tidak ada permohonan 2026/999 yang dapat Anda lihat" in words(page(served, "2026/999"))


def test_open_hours_keep_their_length_and_nights_are_pressed_together() -> None:
    axis = build_axis(perpres(), [seconds("2026-09-07 08:00"), seconds("2026-09-08 08:00")])
    morning = axis.place(seconds("2026-09-07 11:00")).less(axis.place(seconds("2026-09-07 08:00")))
    assert (morning.share * axis.hours[-1], morning.pixels) == (pytest.approx(3.0), 0)
    (night,) = [band for band in axis.bands if band.kind == "night"]
    assert (night.begin, night.end) == (seconds("2026-09-07 16:30"), seconds("2026-09-08 07:00"))
    assert spread(axis, night) == GAPS["night"]
    assert [band.kind for band in axis.bands].count("off") == 6


def test_a_weekend_and_a_holiday_are_one_band_that_names_them() -> None:
    monday = Holiday(date(2026, 9, 14), "Hari Libur", "public")
    axis = build_axis(perpres(holidays=(monday,)), [seconds("2026-09-11 08:00"), seconds("2026-09-15 08:00")])
    (closed,) = [band for band in axis.bands if band.kind == "closed"]
    assert [plan.kind for plan in closed.plans] == ["weekend", "weekend", "holiday"]
    assert closed.plans[-1].note == "Hari Libur"


def test_weeks_of_waiting_leave_out_the_days_on_which_nothing_happened() -> None:
    axis = build_axis(perpres(), [seconds("2026-09-07 08:00"), seconds("2026-10-05 09:00")])
    assert len(axis.days) == 2
    (gap,) = [band for band in axis.bands if band.kind == "skipped"]
    assert spread(axis, gap) == GAPS["skipped"]
    assert sum(bool(plan.intervals) for plan in gap.plans) == 19


def test_what_happened_on_a_closed_day_is_drawn_on_that_day() -> None:
    axis = build_axis(perpres(), [seconds("2026-09-11 15:00"), seconds("2026-09-12 10:00")])
    assert [day.date.day for day in axis.days] == [11, 12]
    assert axis.place(seconds("2026-09-12 10:00")) > axis.place(axis.days[1].begin)


def test_rows_that_follow_each_other_are_told_together() -> None:
    rows = [Source("d.csv", None, row) for row in (3, 6, 5, 7, 9)] + [Source("a.xlsx", "Agenda", 4)]
    told = [words(one.to_plotly_json()) for one in source_lines(rows, {})]
    assert told == ["d.csv, baris 3, 5–7, 9", "a.xlsx, lembar Agenda, baris 4"]


def test_what_one_person_entered_on_screens_is_one_line_that_leads_to_each_entry() -> None:
    by = {load: Source("layar", f"sekdin: sekdin #{load}", 1) for load in (1, 2, 3)} | {
        4: Source("layar", "kadin: kadin #4", 1)
    }
    places = {source: SimpleNamespace(load_id=load) for load, source in by.items()}
    told = [words(one.to_plotly_json()) for one in source_lines(by.values(), {})]
    assert told == ["layar, Sekdin (sekdin)", "layar, Kadin (kadin)"]
    ways = [part for part in source_lines(by.values(), places)[0].children if part != ", "]
    assert [way.children for way in ways] == ["layar, Sekdin (sekdin)", "catatan ke-2", "catatan ke-3"]
    assert [load for load in (1, 2, 3) if f"/data/muatan/{load}?" in ways[load - 1].href] == [1, 2, 3]
