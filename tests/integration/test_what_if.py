"""What if a target were another one: the answer is what a real judgement by that target says."""

from __future__ import annotations

import re
import shutil
from datetime import date
from typing import Any

import pytest

from dashboard.pages.shared.links import why_if
from data_access.home import Home
from etl.figures.compliance.steps import sla_figures
from etl.figures.compliance.what_if import Turn, changing_steps, what_if
from etl.figures.filter import Period, SlaFilter
from etl.judging.publishing import catch_up
from etl.office import Office
from etl.reference import shipped_sop_texts
from tests.books.moments import seconds
from tests.offices.busy_september import office_with_many_letters
from tests.offices.desk import Desk
from tests.offices.office import Clock
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import components, words
from tests.serving.callbacks import call

SEPTEMBER = SlaFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
TARGETS = {"A2": 120, "A3": 1_800, "A4": 2_400, "A5": 5_400, "A7": 600, "A8": 86_400, "B2": 7_200}
MOMENTS = ("2026-09-30 09:00", "2026-09-11 10:20")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_many_letters(tmp_path_factory.mktemp("andai"))


@pytest.fixture(scope="module")
def judged_otherwise(served: Desk, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The same records in another home whose SOP has those targets."""
    home = Home(tmp_path_factory.mktemp("lain") / "home")
    shutil.copytree(served.office.home.root, home.root)
    home.sop_folder.mkdir()
    (home.sop_folder / "lain.toml").write_text(with_targets(), encoding="utf-8")
    office = Office.open(home, None, Clock(seconds(MOMENTS[0])))
    catch_up(office, END_OF_SEPTEMBER)
    return office


def with_targets() -> str:
    [(_, text)] = shipped_sop_texts()
    head, *steps = text.split("[langkah.")
    written = [head]
    for step in steps:
        target = TARGETS.get(step[:2])
        printed = re.sub(
            r'waktu = \{ teks = "[^"]*"', f'waktu = {{ teks = "{(target or 0) // 60} menit"', step, count=1
        )
        written.append(step if target is None else re.sub(r"waktu_detik = \d+", f"waktu_detik = {target}", printed))
    return "[langkah.".join(written)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_answer_is_that_of_a_real_judgement(served: Desk, judged_otherwise: Office, moment: str) -> None:
    as_of = seconds(moment)
    found_if = what_if(served.office, SEPTEMBER, TARGETS, as_of)
    before, after = (sla_figures(office, SEPTEMBER, as_of) for office in (served.office, judged_otherwise))
    for one in found_if.steps:
        now, then = (next(row for row in figures.steps if row.step == one.step) for figures in (before, after))
        assert (one.now.met, one.now.n) == (now.met, now.n), one.step
        assert (one.then.met, one.then.n) == (then.met, then.n), one.step
    assert (found_if.requests_now.met, found_if.requests_now.n) == (before.requests.on_time, before.requests.n)
    assert (found_if.requests_then.met, found_if.requests_then.n) == (after.requests.on_time, after.requests.n)
    assert found_if.ready_median_seconds == before.requests.ready_median_seconds


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_steps_that_change_are_listed(served: Desk, moment: str) -> None:
    as_of = seconds(moment)
    for one in what_if(served.office, SEPTEMBER, TARGETS, as_of).steps:
        for turn in Turn:
            rows, total = changing_steps(served.office, SEPTEMBER, one.step, one.seconds, turn, 1, 500, as_of)
            assert len(rows) == total == one.turns[turn]
            if turn is Turn.TO_MET:
                assert (rows["elapsed_seconds"] <= one.seconds).all()


def test_one_step_always_in_time_saves_the_letters_late_by_it_alone(served: Desk) -> None:
    found_if = what_if(served.office, SEPTEMBER, {}, END_OF_SEPTEMBER)
    a4 = next(one for one in found_if.always if one.step == "A4")
    late = what_if(served.office, SEPTEMBER, {"A4": 10**7}, END_OF_SEPTEMBER)
    assert a4.requests == late.requests_then
    assert a4.saved >= 1
    assert a4.ready_median_seconds <= found_if.ready_median_seconds


def shown(served: Desk, output: str, search: str, user: str = "kadin") -> Any:
    inputs = [{"id": f"{output.rpartition('-')[0]}-url", "property": "search", "value": search}]
    reply = call(served.browser_of(user), f"{output}.children", inputs)
    assert reply.status_code == 200, reply.text
    return reply.json["response"][output]["children"]


def target_page(served: Desk, search: str, user: str = "kadin") -> tuple[Any, Any]:
    return tuple(shown(served, f"sop-target-{part}", search, user) for part in ("body", "if"))  # type: ignore[return-value]


PERIOD = "?dari=2026-09-01&sampai=2026-09-30"


def test_the_page_judges_every_target_by_its_numbers(served: Desk) -> None:
    told, _ = (words(part) for part in target_page(served, PERIOD))
    one = next(row for row in sla_figures(served.office, SEPTEMBER, END_OF_SEPTEMBER).steps if row.step == "A3")
    assert f"{one.met} dari {one.n} tepat waktu" in told
    assert "Kurang dari 20 langkah yang dinilai: belum cukup" in told


def test_the_page_shows_what_another_target_changes_and_leads_there(served: Desk) -> None:
    _, part = target_page(served, f"{PERIOD}&A4=40")
    told = words(part)
    one = what_if(served.office, SEPTEMBER, {"A4": 2_400}, END_OF_SEPTEMBER).steps[0]
    assert f"({one.now.met}/{one.now.n})" in told
    assert f"({one.then.met}/{one.then.n})" in told
    address = why_if(SEPTEMBER, "A4", 2_400, Turn.TO_MET)
    assert address in [link["href"] for link in components(part, "Link")]
    listed = words(shown(served, "why-body", "?" + address.partition("?")[2]))
    assert f"{one.turns[Turn.TO_MET]} langkah menjadi tepat waktu" in listed
    assert "2026/144" in listed


def test_without_another_target_nothing_is_assumed(served: Desk) -> None:
    _, part = target_page(served, f"{PERIOD}&A4=5")
    assert "Semua batas waktu masih seperti SOP." in words(part)


@pytest.mark.parametrize(
    ("search", "said"),
    [
        (f"{PERIOD}&A4=sebentar", "“sebentar” bukan jumlah menit"),
        (f"{PERIOD}&A4=0", "bukan jumlah menit"),
        (f"{PERIOD}&A4=nan", "bukan jumlah menit"),
        (f"{PERIOD}&A4=1e300", "bukan jumlah menit"),
        (f"{PERIOD}&opd=Dinas+Sihir", "tidak ada dalam catatan"),
        ("?dari=2020-01-01&sampai=2020-12-31&A4=40", "belum ada data"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(served: Desk, search: str, said: str) -> None:
    assert said in words(target_page(served, search)[1])


def test_a_period_that_has_not_begun_is_said_in_words(served: Desk) -> None:
    assert "belum mulai" in words(target_page(served, "?dari=2027-01-01&sampai=2027-12-31")[0])


def test_an_agency_is_answered_for_its_own_letters(served: Desk) -> None:
    told, part = target_page(served, f"{PERIOD}&A4=40&opd=Dinas+Pendidikan", "opd")
    assert "2 dari 2 tepat waktu" in words(told)
    addresses = [link["href"] for link in components(part, "Link")]
    assert not [address for address in addresses if "Pendidikan" in address]
    foreign = why_if(SlaFilter(SEPTEMBER.period, "Dinas Pendidikan"), "A4", 2_400, Turn.TO_MET)
    assert "2026/144" not in words(shown(served, "why-body", "?" + foreign.partition("?")[2], "opd"))
