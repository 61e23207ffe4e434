"""Sixteen small books that an office gives, each in a home of its own, and what each must give: by the command line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.web.pages import PAGES
from etl.figures.requests.detail import request_detail
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from tests.books.moments import seconds
from tests.offices.desk import desk
from tests.offices.office import open_office
from tests.serving.command_line import Desk, Result
from tests.serving.windows import running, windows

BOOKS = Path(__file__).parent / "small_books"
LATER = "2026-12-01T08:00"
PICTURES = "PICTURES"
"""The variable that asks for a picture of each stop, in the test's folder (`--basetemp`)."""


class SmallOffice(Desk):
    """A home to which small books are given on the command line."""

    def load(self, name: str) -> Result:
        """Load one of the books, by the beginning of its name."""
        (book,) = BOOKS.glob(f"{name}*")
        return self.run("ingest", book, "--json")

    def figures(self, kind: str, first: str, last: str) -> dict[str, Any]:
        """The figures of some days."""
        words = ("figures", kind, "--from", first, "--to", last, "--as-of", LATER, "--json")
        return self.run(*words).json

    def rooms(self, day: str) -> dict[str, Any]:
        """How the room was used on a day."""
        (room,) = self.figures("rooms", day, day)["rooms"]
        return room

    def wall(self, moment: str) -> dict[str, Any]:
        """What the wall says at a moment (`2026-09-08 10:00`)."""
        at = seconds(moment)
        with kept(self) as office:
            return wall_snapshot(office, at)


@contextmanager
def kept(small: SmallOffice) -> Iterator[Office]:
    """The office as the product reads it."""
    office = open_office(small.folder, lambda: seconds("2026-12-01 08:00"))
    try:
        yield office
    finally:
        office.records.dispose()


class OfficeWithWindow(SmallOffice):
    """The same home, to which somebody gives the books on the Data page."""

    def __init__(self, folder: Path, page: Page) -> None:
        super().__init__(folder)
        self.page = page

    def load(self, name: str) -> Result:
        """Give a book on the page and save it; what the command line says of the same file then."""
        (book,) = BOOKS.glob(f"{name}*")
        self.page.locator(".p-nav-link[href='/data']").click()
        self.page.wait_for_selector(".data-result", state="detached")
        self.page.wait_for_selector("#data-file", state="attached")
        self.page.set_input_files("#data-file", book)
        self.page.wait_for_selector("#data-save")
        self.picture(f"{name}-pratinjau")
        self.page.click("#data-save")
        self.page.wait_for_selector(".data-result")
        self.picture(f"{name}-dimuat")
        again = super().load(name)
        assert again.load["status"] == "unchanged"
        return again

    def complete(self, event: str, number: str, day: str, opd: str) -> None:
        """Give the first event of that name the letter of that number, from the list of what waits."""
        self.page.locator(".p-nav-link[href='/data']").click()
        self.page.wait_for_selector(".data-result", state="detached")
        self.page.get_by_role("link", name=re.compile("acara kalender menunggu")).click()
        self.picture("acara-menunggu")
        self.page.get_by_role("row", name=re.compile(event)).first.get_by_role("link", name="Lengkapi").click()
        for field, text in (("number", number), ("event-day", day), ("opd", opd)):
            self.page.fill(f"#waiting-{field}", text)
        self.picture("acara-dilengkapi")
        self.page.click("#waiting-complete")
        self.page.wait_for_selector("#waiting-said .is-good")

    def picture(self, name: str) -> None:
        """The page as it is seen, in the test's folder, when somebody wants to look at it."""
        if PICTURES in os.environ:
            self.page.screenshot(path=self.folder / f"{name}.png", full_page=True)


@pytest.fixture(params=["command", "window"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallOffice]:
    """An office with nothing in it."""
    if request.param == "command":
        yield SmallOffice(tmp_path)
        return
    browser = request.getfixturevalue("browser")
    with running(desk(tmp_path, pages=PAGES, at=seconds("2026-12-01 08:00"))) as site, windows(browser, site) as opened:
        yield OfficeWithWindow(tmp_path, opened("/data", "agendaris"))


def step(office: SmallOffice, letter: str, code: str) -> tuple[Any, ...]:
    """Passes, day and time of start and finish, seconds and verdict of a step."""
    one = office.step(letter, code, LATER)
    clock = [moment and moment[11:16].replace(":", ".") for moment in (one["started_at"], one["finished_at"])]
    return one["passes"], *clock, one["elapsed_seconds"], one["verdict"]


def test_01_a_letter_for_two_sections_is_one_pass_with_two_hand_overs(office: SmallOffice) -> None:
    assert (office.load("01_dua_kasi_surat").code, office.load("01_dua_kasi_langkah").code) == (0, 0)
    assert step(office, "2026/31", "A5") == (1, "08.16", "08.50", 2040, "MET")
    assert step(office, "2026/31", "A6")[1:] == ("08.40", "09.30", 3000, "MET")
    assert step(office, "2026/31", "A7")[1:] == ("08.50", "09.45", 3300, "MET")
    assert step(office, "2026/31", "A8")[3:] == (2700, "MET")
    requests = office.sla("2026-09-01", "2026-09-30", as_of=LATER)["requests"]
    assert (requests["on_time"], requests["late"]) == (1, 0)


def test_02_a_second_letter_under_a_number_waits(office: SmallOffice) -> None:
    result = office.load("02")
    assert (result.code, result.load["accepted"] + result.load["unchanged"], result.load["waiting"]) == (1, 2, 1)
    (wait,) = result.load["waits"]
    assert (wait["row"], wait["code"]) == (3, "same_number")
    request = office.case("2026/21", LATER)["request"]
    assert (request["booked_start_at"][:16], request["booked_end_at"][:16]) == ("2026-10-12T08:00", "2026-10-12T10:00")
    assert request["opd"].startswith("Dinas Pertanian")


def test_03_an_evening_without_an_end_fills_no_other_day(office: SmallOffice) -> None:
    assert office.load("03").code == 0
    next_day, evening = office.rooms("2026-09-08"), office.rooms("2026-09-07")
    assert (next_day["used_seconds"], next_day["utilisation"]) == (0, 0)
    assert evening["outside_seconds"] <= 18_000
    assert evening["estimated_ends"] == 1
    assert office.wall("2026-09-08 10:00")["room"]["state"] != "in_use"


def test_04_an_end_at_midnight_of_the_next_day_is_midnight(office: SmallOffice) -> None:
    assert office.load("04").code == 0
    evening, next_day = office.rooms("2026-09-07"), office.rooms("2026-09-08")
    assert evening["used_seconds"] + evening["outside_seconds"] == 21_600
    assert (next_day["used_seconds"], next_day["outside_seconds"]) == (0, 0)


def test_05_a_header_of_two_rows_is_read_as_one(office: SmallOffice, tmp_path: Path) -> None:
    register = office.load("05_judul_dua_baris_agenda")
    assert (register.code, register.load["read"]) == (0, 2)
    assert register.load["accepted"] + register.load["unchanged"] == 2
    with kept(office) as opened:
        letters = [request_detail(opened, 2026, number, seconds("2026-12-01 08:00")) for number in ("1", "2")]
    assert all(letter and letter.request["letter_number"] and letter.request["letter_on"] for letter in letters)
    small = SmallOffice(tmp_path / "langkah")
    small.folder.mkdir()
    small.load("05_surat")
    steps = small.load("05_judul_dua_baris_langkah").load
    assert (steps["read"], steps["rejected"]) == (2, 0)
    taken = [step(small, letter, "A2")[3:] for letter in ("2026/1", "2026/2")]
    assert taken == [(540, "MET"), (900, "LATE")]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("06", ["08/09/2026 09.00 11.00", "15/09/2026 09.00 11.00", "22/09/2026 09.00 11.00"]),
        ("07", ["* 13.00 15.00"]),
        ("08", ["* 08.00 09.00", "* 08.00 10.00"]),
    ],
)
def test_06_to_08_a_calendar_gives_its_events_once_in_office_time(
    tmp_path: Path, name: str, rows: list[str], read_rows: Callable[[Path], list[str]]
) -> None:
    office = SmallOffice(tmp_path)
    (calendar,) = BOOKS.glob(f"{name}*")
    result = office.run("schedule", calendar, "--out", office.folder / "rows.csv", "--json")
    assert result.code == (name == "07"), result.err
    shown = read_rows(office.folder / "rows.csv")
    assert [want.replace("*", got.split()[0]) for want, got in zip(rows, shown, strict=True)] == shown
    assert len(result.json["skipped"]) == (name == "07")


def test_06_to_08_the_events_of_a_calendar_wait_until_each_is_given_its_letter(office: SmallOffice) -> None:
    results = [office.load(name) for name in ("06", "07", "08")]
    assert [(result.code, result.load["kind"], result.load["waiting"]) for result in results] == [
        (1, "permohonan", 3), (1, "permohonan", 1), (1, "permohonan", 2),
    ]  # fmt: skip
    assert {wait["code"] for result in results for wait in result.load["waits"]} == {"letter_missing"}
    assert office.rooms("2026-09-08")["scheduled_seconds"] == 0
    if isinstance(office, OfficeWithWindow):
        office.complete("Rapat tiga kali", "31", "2026-09-01", "Bappeda")
        assert office.rooms("2026-09-08")["scheduled_seconds"] == 7200
        assert office.case("2026/31", LATER)["request"]["booked_start_at"][:16] == "2026-09-08T09:00"


@pytest.fixture
def read_rows() -> Callable[[Path], list[str]]:
    """Day, start and end of each row of a register made from a calendar."""

    def read(path: Path) -> list[str]:
        header, *rows = [line.split(";") for line in path.read_text(encoding="utf-8-sig").splitlines()]
        places = [header.index(name) for name in ("tgl_kegiatan", "jam_mulai", "jam_selesai")]
        return [" ".join(row[place] for place in places) for row in rows]

    return read


def test_09_an_item_of_another_name_waits_until_it_is_mapped(office: SmallOffice) -> None:
    result = office.load("09")
    assert result.code == 1
    (wait,) = result.load["waits"]
    assert wait["code"] == "item_unknown"
    assert "LCD Proyektor" in wait["message"]
    assert "“Proyektor”" in wait["message"]
    assert condition(office)["status"] in ("ATTENTION", "DISRUPTED", "UNKNOWN")
    assert office.settle('[item]\n"Proyektor" = ["LCD Proyektor"]\n').code == 0
    assert (condition(office)["status"], condition(office)["score"]) == ("DISRUPTED", 87.5)


def condition(office: SmallOffice) -> dict[str, Any]:
    """How the room stood after its check."""
    words = ("--from", "2026-09-07", "--to", "2026-09-07", "--as-of", "2026-09-07T09:00", "--json")
    (room,) = office.run("figures", "conditions", *words).json["rooms"]
    return room


def test_10_days_are_counted_from_1904_where_the_workbook_counts_so(office: SmallOffice) -> None:
    assert office.load("10").code == 0
    days = [office.case(letter, LATER)["request"]["received_at"][:10] for letter in ("2026/1", "2026/2")]
    assert days == ["2026-06-08", "2026-06-09"]


def test_11_parts_of_a_day_are_times(office: SmallOffice) -> None:
    assert office.load("11").code == 0
    letters = [office.case(f"2026/{number}", LATER)["request"] for number in (1, 2, 3, 4)]
    assert [letter["received_at"][11:16] for letter in letters] == ["06:00", "09:00", "12:00", "18:00"]


def test_12_a_check_without_a_time_shows_none(office: SmallOffice) -> None:
    assert office.load("12").code == 0
    words = ("--from", "2026-09-07", "--to", "2026-09-08", "--as-of", "2026-09-09T09:00", "--json")
    shown = office.run("figures", "conditions", *words)
    assert shown.code == 0
    assert "T00:00" not in shown.out


def checked(office: SmallOffice, moment: str) -> bool:
    """Whether the wall takes the room as checked for what comes next, and warns of nothing else."""
    wall = office.wall(moment)
    return wall["readiness"]["is_checked"] and "unchecked" not in [alert["kind"] for alert in wall["alerts"]["entries"]]


def test_13_a_use_without_an_end_leaves_the_check_of_the_next_morning_fresh(office: SmallOffice) -> None:
    for book in ("13_permohonan", "13_pemakaian", "13_kondisi"):
        assert office.load(book).code == 0
    assert checked(office, "2026-09-17 08:10")


def test_14_a_session_begun_early_is_its_own_booking(office: SmallOffice) -> None:
    for book in ("14_permohonan", "14_pemakaian", "14_kondisi"):
        assert office.load(book).code == 0
    wall = office.wall("2026-09-24 08:50")
    assert (wall["room"]["state"], wall["room"]["now"]["opd"], wall["room"]["next"]) == ("in_use", "Dinas 6", None)
    assert "unchecked" not in [alert["kind"] for alert in wall["alerts"]["entries"]]


def test_15_two_uses_at_once_are_both_shown_and_counted_together(office: SmallOffice) -> None:
    assert office.run("settings", "apply", BOOKS / "15_settings.toml").code == 0
    assert office.load("15_pemakaian").code == 0
    wall = office.wall("2026-10-29 09:30")
    assert wall["people"]["present"] == 72
    assert [alert["kind"] for alert in wall["alerts"]["entries"]].count("crowded") == 1


def test_16_each_count_stands_beside_the_other_in_either_order(office: SmallOffice, tmp_path: Path) -> None:
    other = SmallOffice(tmp_path / "lain")
    other.folder.mkdir()
    orders = (("16_permohonan", "16_peserta", "16_pemakaian"), ("16_pemakaian", "16_permohonan", "16_peserta"))
    for small, order in zip((office, other), orders, strict=True):
        for name in order:
            small.load(name)
        people = small.figures("participants", "2026-09-01", "2026-09-30")
        assert [(people[name]["sum"], people[name]["known"]) for name in ("verified", "present")] == [(25, 1), (24, 1)]
