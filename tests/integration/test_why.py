"""Why a figure is what it is: counted again from the rows that are listed, it is the page's figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.pages.shared.links import READY, why_request_step, why_requests, why_step
from etl.domain.units import day_number
from etl.domain.verdict import RequestVerdict, Verdict
from etl.figures.compliance.definitions import ALL_STEPS, MEASURED, Figure
from etl.figures.compliance.evidence import ROWS, Reference, Why, rows_behind, why
from etl.figures.compliance.reading import lateness
from etl.figures.compliance.steps import SlaFigures, StepFigure, sla_figures
from etl.figures.filter import FilterError, Period, SlaFilter
from etl.figures.requests.detail import request_detail
from etl.figures.requests.step_days import ready_days, step_days
from etl.figures.requests.work_list import request_list
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from tests.books.moments import seconds
from tests.offices.busy_september import office_with_many_letters
from tests.offices.desk import OWN_OPD, Desk
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import components, words
from tests.reading.refusals import says
from tests.serving.callbacks import call, later

SEPTEMBER = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_many_letters(tmp_path_factory.mktemp("why"))


@pytest.fixture(scope="module", params=["2026-09-30 09:00", "2026-09-11 10:20"])
def as_of(request: pytest.FixtureRequest) -> int:
    return seconds(request.param)


@pytest.fixture(scope="module")
def figures(served: Desk, as_of: int) -> SlaFigures:
    return sla_figures(served.office, SEPTEMBER, as_of)


def listed(office: Office, explained: Why, name: str) -> pd.DataFrame:
    """All pages of a part."""
    part = explained.part(name)
    pages = range(1, -(-part.n // ROWS) + 1) if part else ()
    return pd.concat([rows_behind(office, explained.reference, name, page, explained.as_of) for page in pages])


def rows_by_part(office: Office, explained: Why) -> dict[str, pd.DataFrame]:
    return {part.name: listed(office, explained, part.name) for part in explained.parts if part.n}


def all_figures(shown: SlaFigures) -> list[StepFigure]:
    return [*shown.steps, shown.all_steps]


def test_the_listed_rows_give_every_share_of_the_page(served: Desk, figures: SlaFigures) -> None:
    for one in all_figures(figures):
        explained = why(served.office, Reference(Figure.SHARE, SEPTEMBER, one.step), figures.as_of)
        rows = rows_by_part(served.office, explained)
        verdicts = [Verdict.of(code) for frame in rows.values() for code in frame["verdict"]]
        judged = [word for word in verdicts if word in (Verdict.MET, Verdict.LATE, Verdict.OVERDUE)]
        assert (judged.count(Verdict.MET), len(judged)) == (one.met, one.n), one.step
        assert (explained.numerator, explained.denominator, explained.value) == (one.met, one.n, one.share)


def test_the_listed_rows_give_every_coverage(served: Desk, figures: SlaFigures) -> None:
    for one in all_figures(figures):
        explained = why(served.office, Reference(Figure.COVERAGE, SEPTEMBER, one.step), figures.as_of)
        assert explained.numerator == one.n
        assert explained.denominator == one.n + one.skipped + sum(one.unmeasurable.values())
        assert explained.value == one.coverage


@pytest.mark.parametrize(("figure", "q"), [(Figure.MEDIAN, 50), (Figure.P90, 90)])
def test_the_listed_durations_give_median_and_p90(served: Desk, figures: SlaFigures, figure: Figure, q: int) -> None:
    for one in figures.steps:
        explained = why(served.office, Reference(figure, SEPTEMBER, one.step), figures.as_of)
        page = one.median_seconds if q == 50 else one.p90_seconds
        assert explained.value == page, one.step
        if page is not None:
            lengths = listed(served.office, explained, MEASURED)["elapsed_seconds"].to_numpy()
            assert np.percentile(lengths, q) == pytest.approx(page)
            assert [lengths[place - 1] for place, _ in explained.around] == [s for _, s in explained.around]


def test_the_listed_letters_give_the_share_of_requests_and_receipt_to_ready(served: Desk, figures: SlaFigures) -> None:
    explained = why(served.office, Reference(Figure.REQUESTS, SEPTEMBER), figures.as_of)
    words_of = [RequestVerdict.of(v) for f in rows_by_part(served.office, explained).values() for v in f.ready_verdict]
    one = figures.requests
    counts = [words_of.count(word) for word in (RequestVerdict.ON_TIME, RequestVerdict.LATE, RequestVerdict.UNKNOWN)]
    assert counts == [one.on_time, one.late, one.unknown]
    assert (explained.value, explained.denominator) == (one.share, one.n)
    ready = why(served.office, Reference(Figure.READY, SEPTEMBER), figures.as_of)
    assert (ready.value, ready.denominator) == (one.ready_median_seconds, one.ready_n)


def test_the_listed_rows_give_the_share_from_the_hand_over(served: Desk, figures: SlaFigures) -> None:
    for one in all_figures(figures):
        explained = why(served.office, Reference(Figure.HANDOVER, SEPTEMBER, one.step), figures.as_of)
        assert (explained.denominator, explained.value) == (one.handover_n, one.handover_share), one.step
        for name, frame in rows_by_part(served.office, explained).items():
            known = frame.dropna(subset=["handover_seconds", "target_seconds"])
            within = (known["handover_seconds"] <= known["target_seconds"]).sum()
            assert within == {"handover.within": len(frame)}.get(name, 0)


def test_the_listed_rows_give_each_steps_part_of_the_lateness(served: Desk, figures: SlaFigures) -> None:
    parts = lateness(figures)
    assert len(parts) > 2
    for one in parts:
        explained = why(served.office, Reference(Figure.LATENESS, SEPTEMBER, one.step), figures.as_of)
        assert explained.value == pytest.approx(one.share)
        rows = listed(served.office, explained, f"over.{one.step}")
        over = rows["elapsed_seconds"] - rows["target_seconds"]
        assert over.sum() == explained.numerator == one.over_seconds
        assert over.tolist() == sorted(over, reverse=True)


def event_of(office: Office, row: Any, as_of: int) -> str | None:
    """Against its event, told one letter at a time; None when it was not ready in September."""
    whole = request_detail(office, row.year, row.agenda_number, as_of)
    ready, booked = whole.steps[STEP_INDEX["A8"]].finished_at, whole.request["booked_start_at"]
    if whole.ready_on is None or not day_number(SEPTEMBER.period.first) <= whole.ready_on <= day_number(
        date(2026, 9, 30)
    ):
        return None
    if whole.request["booked_start_on"] is None:
        return "unbooked"
    if ready is not None and booked is not None:
        return "before" if ready < booked else "after"
    day = whole.request["booked_start_on"]
    return "unsure" if day == whole.ready_on else "before" if whole.ready_on < day else "after"


def test_the_listed_letters_are_ready_before_their_event_or_not(served: Desk, figures: SlaFigures) -> None:
    as_of = figures.as_of
    explained = why(served.office, Reference(Figure.EVENT, SEPTEMBER), as_of)
    assert (explained.numerator, explained.denominator) == (figures.ready.before, figures.ready.n)
    assert explained.value == figures.ready.share
    told = {
        str(row.agenda_number): event_of(served.office, row, as_of)
        for row in request_list(served.office, as_of).itertuples()
    }
    for part in explained.parts:
        rows = listed(served.office, explained, part.name) if part.n else pd.DataFrame({"agenda_number": []})
        assert sorted(rows["agenda_number"]) == sorted(letter for letter, kind in told.items() if kind == part.name)
    assert explained.numerator == sum(kind == "before" for kind in told.values())


def test_a_late_letter_names_the_steps_that_made_it_late(served: Desk) -> None:
    reference = Reference(Figure.REQUESTS, SEPTEMBER)
    rows = rows_behind(served.office, reference, "late", 1, END_OF_SEPTEMBER)
    late = dict(zip(rows["agenda_number"], rows["late_steps"], strict=True))
    assert late["144"] == "A4"


def test_what_was_left_out_and_what_counts_is_everything_there_is(served: Desk, figures: SlaFigures) -> None:
    one = figures.all_steps
    explained = why(served.office, Reference(Figure.SHARE, SEPTEMBER), figures.as_of)
    others = one.on_track + one.at_risk + one.not_started + one.skipped + one.not_applicable + one.no_target
    assert sum(part.n for part in explained.parts) == one.n + others + sum(one.unmeasurable.values())


def test_a_part_or_step_that_does_not_exist_is_refused_in_words(served: Desk) -> None:
    with pytest.raises(FilterError, check=says('Langkah "A9" tidak ada')):
        why(served.office, Reference(Figure.SHARE, SEPTEMBER, "A9"), END_OF_SEPTEMBER)
    with pytest.raises(FilterError, check=says("Kelompok")):
        rows_behind(served.office, Reference(Figure.SHARE, SEPTEMBER, "A4"), "'; drop", 1, END_OF_SEPTEMBER)


def test_the_days_of_every_step_add_up_to_its_duration(served: Desk, as_of: int) -> None:
    calendar, counted = served.office.calendar, 0
    for row in request_list(served.office, as_of).itertuples():
        whole = request_detail(served.office, row.year, row.agenda_number, as_of)
        for step in whole.steps:
            passes = step_days(whole, step, calendar)
            total = sum(one.seconds for one in passes) if passes else None
            assert total == step.elapsed_seconds, (row.agenda_number, step.step)
            counted += bool(passes)
        ready = ready_days(whole, calendar)
        assert (ready and ready.seconds) == whole.ready_seconds
    assert counted > 50


def step_of(served: Desk, letter: str, code: str) -> Any:
    whole = request_detail(served.office, 2026, letter, END_OF_SEPTEMBER)
    return step_days(whole, whole.steps[STEP_INDEX[code]], served.office.calendar)


def test_a_step_over_a_weekend_shows_the_closed_days_the_break_and_the_pause(served: Desk) -> None:
    (one,) = step_of(served, "318", "A5")
    assert [(day.plan.kind, day.paused_seconds) for day in one.days] == [
        ("weekend", 0), ("open", 21_600), ("open", 18_000), ("open", 0),
    ]  # fmt: skip
    monday = one.days[1]
    assert (monday.counted, monday.breaks) == (((27_000, 43_200), (46_800, 57_600)), ((43_200, 46_800),))
    assert [day.seconds for day in one.days] == [0, 5_400, 9_000, 5_400]


def test_plain_time_is_split_at_midnight(served: Desk) -> None:
    (one,) = step_of(served, "301", "B3")
    assert [(day.counted, day.seconds) for day in one.days] == [(((77_400, 86_400),), 9_000), (((0, 900),), 900)]


def shown(served: Desk, address: str, user: str = "kadin") -> Any:
    search = address.partition("?")[2]
    inputs = [{"id": "why-url", "property": "search", "value": f"?{search}"}]
    reply = call(served.browser_of(user), "why-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["why-body"]["children"]


def test_the_page_shows_the_fraction_the_kinds_and_the_rules(served: Desk) -> None:
    told = words(shown(served, why_step(SEPTEMBER, "A2")))
    one = sla_figures(served.office, SEPTEMBER, END_OF_SEPTEMBER).steps[STEP_INDEX["A2"]]
    assert f"{one.met} tepat waktu {one.n} dinilai" in told
    assert "Belum dapat diukur: jam tidak tercatat, hanya tanggal" in told
    assert "01/SOP.SmartCenter/406.020/2020, berlaku sejak 1 Jun 2020 · batas waktu 10 menit" in told
    assert "Perpres 21/2023 (Perpres 21/2023 pasal 4)" in told


def test_the_page_of_one_step_shows_its_days_and_rows(served: Desk) -> None:
    told = words(shown(served, why_request_step(2026, "318", "A5")))
    assert "hari kerja: Perpres 21/2023 07.30–12.00, 13.00–16.00 12.00–13.00 07.30–12.00, 13.00–16.00" in told
    assert "menunggu OPD" in told
    assert "disposisi-lain.csv, baris" in told
    assert "Jumlah 5 jam 30 menit" in told


def test_every_figure_has_a_page(served: Desk) -> None:
    for figure in (Figure.COVERAGE, Figure.MEDIAN, Figure.P90, Figure.HANDOVER, Figure.LATENESS):
        assert "Apa yang dihitung" in words(shown(served, why_step(SEPTEMBER, ALL_STEPS, figure)))
    for figure in (Figure.REQUESTS, Figure.READY, Figure.EVENT):
        assert "Baris di baliknya" in words(shown(served, why_requests(SEPTEMBER, figure)))
    assert "Surat diterima sampai ruang siap" in words(shown(served, why_request_step(2026, "143", READY)))


def test_the_kepatuhan_page_has_the_button_beside_its_figures(served: Desk) -> None:
    body = later(served.browser_of("kadin"), "sla-more", "?dari=2026-09-01&sampai=2026-09-30")
    addresses = {one["href"] for one in components(body, "Link")}
    assert why_step(SEPTEMBER, "A4", Figure.LATENESS) in addresses


def test_the_steps_of_a_role_are_explained_together(served: Desk, figures: SlaFigures) -> None:
    explained = why(served.office, Reference(Figure.SHARE, SEPTEMBER, "a6,b2"), figures.as_of)
    both = [one for one in figures.steps if one.step in ("A6", "B2")]
    assert (explained.numerator, explained.denominator) == (sum(o.met for o in both), sum(o.n for o in both))


def test_an_agency_sees_only_its_own_letters(served: Desk) -> None:
    foreign = words(shown(served, why_step(SlaFilter(SEPTEMBER.period, opd="Dinas Pendidikan"), "A4"), "opd"))
    assert OWN_OPD in foreign
    assert "Dinas Pendidikan" not in foreign
    assert "tidak ada permohonan 2026/144" in words(shown(served, why_request_step(2026, "144", "A4"), "opd")).lower()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/mengapa?angka=sihir", "Angka ini tidak dikenal."),
        ("/mengapa?angka=kasus&surat=x&langkah=A4", "Tidak ada permohonan"),
        ("/mengapa?angka=kasus&surat=2026/143&langkah=A", "bukan satu langkah"),
        ("/mengapa?angka=tepat-waktu&langkah=A4&dari=2020-01-01&sampai=2020-01-31", "Belum ada data"),
        ("/mengapa?angka=tepat-waktu&dari=2026-02-01&sampai=2026-01-01", "terbalik"),
    ],
)
def test_what_cannot_be_explained_is_said_in_words(served: Desk, address: str, said: str) -> None:
    assert said in words(shown(served, address))


def test_an_address_with_a_moment_shows_the_figure_of_that_moment(served: Desk) -> None:
    then = words(shown(served, f"{why_step(SEPTEMBER, 'A4')}&pada=2026-09-08T09%3A00"))
    assert "8 Sep 2026 09.00" in then


def test_a_running_step_without_a_known_length_adds_no_seconds(served: Desk, figures: SlaFigures) -> None:
    for step in figures.steps:
        explained = why(served.office, Reference(Figure.WAITING, SEPTEMBER, step.step), figures.as_of)
        assert all((part.total or 0) >= 0 for part in explained.parts)
        assert all((part.total or 0) == 0 for part in explained.parts if not part.n)
