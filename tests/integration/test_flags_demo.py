"""The demo's books through the real intake: every special case is found, and no ordinary letter is suspected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data_access.home import Home
from etl.demo import compose, write_demo
from etl.domain.compliance.suspicion import MARKS, SUSPICIONS
from etl.domain.units import day_number
from etl.domain.verdict import Flag, Verdict
from etl.extract.texts import agenda_key
from etl.figures.compliance.steps import sla_figures, sla_json
from etl.figures.filter import FilterError, Period, SlaFilter
from etl.figures.live import facts_at
from etl.figures.measure import measure, measure_json, rules_of
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_json
from etl.figures.requests.period import LetterKind, letter_ids
from etl.figures.requests.work_list import OfFigure, request_list
from etl.intake.pipeline import ingest
from etl.keeping.xes_export import export_xes
from etl.office import Office
from etl.reference.steps import STEP_CODES
from tests.books.demo_cases import places_of_cases

SOP = Path(__file__).parents[2] / "etl" / "reference" / "sop-2020-06.toml"
NOW = datetime(2026, 11, 24, 10, 42, tzinfo=ZoneInfo("Asia/Jakarta"))
AT = int(NOW.timestamp())
ALWAYS = Period(date(2024, 1, 1), date(2026, 11, 24))
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


@dataclass(frozen=True)
class Told:
    """The demo's office, and its letters by special case."""

    office: Office
    cases: dict[str, list[str]]

    def flagged(self, flag: Flag, period: Period = ALWAYS, steps: tuple[str, ...] = ()) -> set[str]:
        """The letters in the list behind a flag."""
        rows = request_list(self.office, AT, of_figure=OfFigure(period, steps, flag=flag))
        numbers = (agenda_key(number) for number in rows["agenda_number"])
        return {f"{year}/{number}" for year, number in zip(rows["year"], numbers, strict=True)}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("flags")
    office = Office.open(Home(folder / "home"), None, lambda: AT)
    for book in write_demo(folder / "books", NOW):
        if book.name.startswith(("agenda-", "disposisi-")):
            ingest(office, book, AT)
    return Told(office, places_of_cases(compose(NOW, 2020)))


def in_the_mart(told: Told) -> dict[str, Counter[str]]:
    """How many steps of letters carry each suspicion, by step."""
    rows = told.office.mart.read().tuples("SELECT step, flags FROM step_fact WHERE flags <> 0")
    found: dict[str, Counter[str]] = {str(flag.name): Counter() for flag in SUSPICIONS}
    for step, bits in rows:
        for flag in SUSPICIONS:
            found[str(flag.name)][STEP_CODES[step]] += bool(bits & flag)
    return {name: +counts for name, counts in found.items()}


def test_the_demo_holds_so_many_suspicious_steps_and_no_others(told: Told) -> None:
    assert in_the_mart(told) == {
        "ENTERED_LATE": {"A1": 36, "A2": 36, "A3": 36, "A4": 36, "A5": 36, "A6": 36, "A7": 36, "A8": 36},
        "EQUAL_STAMPS": {"A4": 6},
        "ROUND_STAMPS": {"B4": 339},
        "SWAPPED_DATE": {"A3": 4},
        "SLIPPED_DAY": {"A4": 7},
        "EXTRA_PASS": {"A5": 7},
        "IMPLAUSIBLE_YEAR": {},
    }


@pytest.mark.parametrize(
    ("special", "flag"),
    [
        ("late_entry", Flag.ENTERED_LATE),
        ("equal_stamps", Flag.EQUAL_STAMPS),
        ("slipped_day", Flag.SLIPPED_DAY),
        ("extra_round", Flag.EXTRA_PASS),
    ],
)
def test_every_letter_bent_on_purpose_is_found_and_only_those(told: Told, special: str, flag: Flag) -> None:
    assert told.flagged(flag) == set(told.cases[special])


def test_every_date_that_could_be_swapped_is_found(told: Told) -> None:
    found = told.flagged(Flag.SWAPPED_DATE)
    assert found == {"2025/187", "2025/287", "2026/147", "2026/247"}
    assert found < set(told.cases["swapped_date"])
    unswapped = sorted(set(told.cases["swapped_date"]) - found)
    days = [request_detail(told.office, int(one[:4]), one[5:], AT).request["received_on"] for one in unswapped]
    assert all(date.fromordinal(date(1970, 1, 1).toordinal() + day).day > 12 for day in days)


def test_ordinary_letters_are_suspected_of_rounding_only(told: Told) -> None:
    special = {letter for letters in told.cases.values() for letter in letters}
    others = [flag for flag in SUSPICIONS if flag is not Flag.ROUND_STAMPS and told.flagged(flag) - special]
    assert others == []


def test_the_extra_pass_of_a_letter_is_no_return(told: Told) -> None:
    year, number = told.cases["extra_round"][0].split("/")
    shown = request_json(told.office, request_detail(told.office, int(year), number, AT))
    flags = {step["step"]: step["flags"] for step in shown["steps"] if step["flags"]}
    assert flags["A5"] == ["extra_pass"]


def test_returned_letters_are_no_extra_passes(told: Told) -> None:
    year, number = told.cases["returned"][0].split("/")
    shown = request_json(told.office, request_detail(told.office, int(year), number, AT))
    assert next(step["flags"] for step in shown["steps"] if step["step"] == "A5") == ["returned"]


def test_the_figures_count_the_suspicions_of_a_period_by_step(told: Told) -> None:
    found = sla_json(told.office, sla_figures(told.office, SlaFilter(YEAR), AT))
    for step in found["steps"]:
        assert step["flags"].pop("taken_late", 0) == len(told.flagged(Flag.TAKEN_LATE, YEAR, (step["step"],)))
    assert found["all_steps"]["flags"].pop("taken_late") > 0
    flags = {step["step"]: step["flags"] for step in found["steps"]}
    late = {"entered_late": 17}
    assert flags == {
        "A1": late, "A2": late, "A3": late | {"swapped_date": 2}, "A4": late | {"slipped_day": 3},
        "A5": late | {"extra_pass": 4}, "A6": late, "A7": late, "A8": late,
        "B1": {}, "B2": {}, "B3": {}, "B4": {"round_stamps": 316}, "B5": {},
    }  # fmt: skip
    assert found["all_steps"]["flags"] == {
        "entered_late": 119, "round_stamps": 316, "swapped_date": 2, "slipped_day": 3, "extra_pass": 4,
    }  # fmt: skip


@pytest.mark.parametrize("without", [(), ("taken_late",), ("round_stamps", "entered_late"), ("all",)])
def test_the_figures_without_flagged_steps_are_those_of_the_other_steps(told: Told, without: tuple[str, ...]) -> None:
    gone = {word for word in (flag.word for flag in MARKS) if word in without or "all" in without}
    figures = sla_figures(told.office, SlaFilter(YEAR, without=without), AT)
    first, last = day_number(YEAR.first), day_number(YEAR.last)
    facts = facts_at(told.office, AT).frame("SELECT step, verdict, flags, belongs_on, request_id FROM fact", {})
    bits = sum(flag.value for flag in MARKS if flag.word in gone)
    marked = set(facts.loc[(facts["flags"].fillna(0).astype(int) & bits) != 0, "request_id"])
    for place, step in enumerate(figures.steps):
        counts = Counter(
            Verdict.of(int(row.verdict)).value
            for row in facts[facts["step"] == place].itertuples()
            if first <= row.belongs_on <= last and not int(row.flags or 0) & bits
        )
        assert (step.met, step.late, step.overdue) == (counts["MET"], counts["LATE"], counts["OVERDUE"]), step.step
        if without == ("all",):
            whole = next(one for one in sla_figures(told.office, SlaFilter(YEAR), AT).steps if one.step == step.step)
            assert whole.without_flagged["n"] == step.n
    behind = OfFigure(YEAR, ("A5",), (Verdict.MET, Verdict.LATE, Verdict.OVERDUE), without=without)
    assert request_list(told.office, AT, of_figure=behind).attrs["total"] == figures.steps[4].n
    letters = letter_ids(told.office, SlaFilter(YEAR, without=without), LetterKind.JUDGED, AT)
    assert (len(letters), marked & set(letters.tolist())) == (figures.requests.n, set())


def test_a_flag_that_does_not_exist_is_refused(told: Told) -> None:
    with pytest.raises(FilterError) as refused:
        sla_figures(told.office, SlaFilter(YEAR, without=("salah",)), AT)
    assert refused.value.message.code == "period.no_flag"


def test_the_list_behind_a_count_has_as_many_letters(told: Told) -> None:
    assert len(told.flagged(Flag.ENTERED_LATE, YEAR, ("A5",))) == 17
    assert told.flagged(Flag.ENTERED_LATE, YEAR, ("B3",)) == set()


def test_the_whole_register_read_back_from_its_log_has_the_figures_of_the_office(told: Told, tmp_path: Path) -> None:
    counts = export_xes(told.office, tmp_path / "contoh.xes.gz", AT)
    book, names = rules_of([SOP], None, None, AT)
    again = measure_json(measure(tmp_path / "contoh.xes.gz", book, names, AT), str)
    own = sla_json(told.office, sla_figures(told.office, SlaFilter(Period(date(2020, 1, 1), date(2026, 12, 31))), AT))
    assert counts["requests"] == again["cases"] > 500
    assert [{name: row[name] for name in own["all_steps"]} for row in again["steps"]] == own["steps"]
    assert {name: again["all_steps"][name] for name in own["all_steps"]} == own["all_steps"]
