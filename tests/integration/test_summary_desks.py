"""Where letters are now: Ringkasan, the wall, the list of what lies on a desk, and the rows themselves say the same."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.summary.desks import stages_of
from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.requests import passes_of
from etl.figures.wall.snapshot import wall_snapshot
from etl.intake.pipeline import ingest
from etl.office import Office
from etl.reference.steps import STEP_CODES
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, room_log
from tests.offices.desk import OWN_OPD, Desk, desk
from tests.offices.office import MONDAY_NINE
from tests.reading.layout import components, words
from tests.serving.callbacks import opened

AT = seconds("2026-09-30 10:20")
AT_A4, LETTERS = range(1, 41), range(1, 48)
LONG = "Dinas " + "Pemberdayaan " * 80

ON_DESKS = {"A2": 5, "A4": 40, "A6": 1, "A7": 2}
"""What the rows below say, counted by hand: letters 43 to 47 were only received, 41 waits at both branches."""

OF_HEALTH = {"A2": 3, "A4": 19, "A6": 1, "A7": 1}
"""Those of an odd number, without the third, whose agency has a name of a thousand letters."""


def give_many(office: Office, folder: Path) -> None:
    """Forty letters at one desk, each a minute after the one before."""
    agencies = {number: LONG if number == 3 else OWN_OPD if number % 2 else "Dinas Sosial" for number in LETTERS}
    letters = (
        f"{number};30/09/2026;08.{number:02};{agencies[number]};Rapat {number};Smart Center;12/10/2026;09.00;12.00;"
        for number in LETTERS
    )
    stamps = [
        row
        for number in AT_A4
        for row in (f"{number};A2;;;;30/09/2026;08.{number + 2:02}", f"{number};A3;;;;30/09/2026;09.{number:02}")
    ]
    for number in (41, 42):
        clocks = {"A2": "08.50", "A3": "08.55", "A4": "09.00", "A5": "09.10"}
        stamps += [f"{number};{step};;;;30/09/2026;{clock}" for step, clock in clocks.items()]
    stamps.append("42;A6;;;;30/09/2026;09.30")
    for name, text in (("agenda.csv", agenda(*letters)), ("disposisi.csv", hand_overs(*stamps))):
        (folder / name).write_text(text, encoding="utf-8")
        ingest(office, folder / name, AT)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desks")
    made = desk(folder, pages=PAGES)
    made.clock.at = AT
    give_many(made.office, folder)
    return made


def summary(served: Desk, user: str) -> Any:
    return opened(served.signed_in(user), "/ringkasan")


def links_of(layout: Any, class_name: str) -> dict[str, str]:
    """Of the ways with that class: the address and its words."""
    return {one["href"]: words(one["children"]) for one in components(layout, "Link") if one["className"] == class_name}


def on_desks(layout: Any) -> dict[str, int]:
    """The counts on the panel, by step."""
    nodes = links_of(layout, "desk-node")
    return {re.search(r"posisi=(\w+)", address)[1]: int(told.split()[0]) for address, told in nodes.items()}  # type: ignore[index]


def listed(served: Desk, user: str, step: str) -> int:
    told = words(opened(served.signed_in(user), "/permohonan", f"?status=desk&posisi={step}"))
    return int(re.search(r"(\d+) permohonan", told)[1])  # type: ignore[index]


def in_the_rows(office: Office) -> Counter[str]:
    """By step how many letters have every step before it in a row of the hand-over book, and not the step itself."""
    with reading(office.records) as connection:
        rows = passes_of(connection, LETTERS, "id", "request_id", "step")
    before = {step.code: step.follows for step in office.sop_at(AT).part("A") if step.code != "A1"}
    counts = Counter[str]()
    for number in LETTERS:
        done = {STEP_CODES[step] for step in rows.loc[rows["request_id"] == number, "step"]} | {"A1"}
        counts.update(step for step, needed in before.items() if step not in done and {*needed} <= done)
    return counts


def test_panel_wall_list_and_rows_count_the_same_letters_at_each_desk(served: Desk) -> None:
    assert on_desks(summary(served, "kadin")) == ON_DESKS
    assert in_the_rows(served.office) == ON_DESKS
    on_wall = {one["step"]: one["count"] for one in wall_snapshot(served.office, AT)["desks"] if one["count"]}
    assert on_wall == ON_DESKS
    assert {step: listed(served, "staf", step) for step in ON_DESKS} == ON_DESKS
    assert "47 surat berjalan" in words(summary(served, "agendaris"))


def test_of_many_letters_the_longest_there_are_named_and_the_others_counted(served: Desk) -> None:
    layout = summary(served, "kadin")
    named = [*links_of(layout, "desk-number").values()]
    assert named[3:6] == ["2026/1", "2026/2", "2026/3"]  # after three of A2
    more = links_of(layout, "desk-more")
    assert more["/permohonan?status=desk&posisi=A4"] == "+37 lainnya"
    assert "79 mnt dari 5 mnt Lewat batas" in words(layout)
    assert {"/permohonan/2026/1", "/permohonan/2026/42"} <= set(links_of(layout, "desk-number"))


def test_the_minutes_of_the_oldest_are_those_of_the_wall(served: Desk) -> None:
    told = words(summary(served, "kasi_litik"))
    oldest = [one["oldest"] for one in wall_snapshot(served.office, AT)["desks"] if one["oldest"]]
    minutes = [f"{-(-one['elapsed_seconds'] // 60)} mnt dari {one['target_seconds'] // 60} mnt" for one in oldest]
    assert [each in told for each in minutes] == [True] * len(minutes)
    assert len(minutes) == 3  # A7 was never recorded: its two letters wait without a measured time
    assert "Belum dapat diukur" in told


def test_an_agency_finds_its_own_letters_only(served: Desk) -> None:
    layout = summary(served, "opd")
    assert on_desks(layout) == OF_HEALTH
    assert {step: listed(served, "opd", step) for step in OF_HEALTH} == OF_HEALTH
    assert "Dinas Sosial" not in words(layout)
    assert LONG.strip() not in words(layout)


def test_where_no_letter_is_on_its_way_it_is_a_line_and_before_the_first_load_nothing(tmp_path: Path) -> None:
    made = desk(tmp_path, pages=PAGES)
    assert "surat yang sedang berjalan" not in words(summary(made, "kadin"))
    (tmp_path / "ruang.csv").write_text(room_log(";Smart Center;07/09/2026;08.05;08.40;"), encoding="utf-8")
    ingest(made.office, tmp_path / "ruang.csv", MONDAY_NINE)
    layout = summary(made, "kadin")
    assert "Tidak ada surat yang sedang berjalan" in words(layout)
    assert links_of(layout, "desk-node") == {}


def test_it_is_wholly_english_where_english_is_asked_for(served: Desk) -> None:
    browser = served.signed_in("staf")
    browser.get("/bahasa/en")
    told = words(opened(browser, "/ringkasan"))
    assert "Where letters are now · 47 letters on their way" in told
    assert "79 min of 5 min Over the limit" in told
    assert "+37 more" in told


def test_steps_that_go_on_side_by_side_are_one_stage(served: Desk) -> None:
    stages = [[step.code for step in stage] for stage in stages_of(list(served.office.sop_at(AT).part("A")))]
    assert stages == [["A1"], ["A2"], ["A3"], ["A4"], ["A5"], ["A6", "A7"], ["A8"]]
