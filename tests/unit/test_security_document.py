"""`docs/keamanan.md` says what the program does: each point of the standard once, tests that exist, rights and limits
as they are; so do the tables of `docs/keandalan.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from dashboard.access import limits, passwords, people, roles, sessions
from dashboard.web import server
from etl.desk import images, photos, scans
from etl.domain.units import DAY, HOUR, MINUTE
from etl.extract.files import readers, workbook

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "keamanan.md"

POINTS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""By section of ASVS 5.0.0 how many points are of level 1 or 2; in each section they come before those of level 3."""


class Row(NamedTuple):
    """A line of the tables of the standard."""

    points: str
    state: str
    words: str
    tests: str


@cache
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@cache
def rows() -> list[Row]:
    lines = [line for line in text().splitlines() if re.match(r"\| \d+\.\d+\.\d", line)]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def points_of(row: Row) -> Iterator[str]:
    """Each point of a row; "10.4.1–10.4.11" are eleven."""
    for part in row.points.split(", "):
        first, _, last = part.partition("–")
        section, _, number = first.rpartition(".")
        for one in range(int(number), int(last.rpartition(".")[2] or number) + 1):
            yield f"{section}.{one}"


def test_every_point_of_levels_one_and_two_is_answered_once() -> None:
    wanted = [f"{section}.{number}" for section, most in POINTS.items() for number in range(1, most + 1)]
    assert len(wanted) == 253
    assert sorted(point for row in rows() for point in points_of(row)) == sorted(wanted)


def test_what_is_said_to_hold_is_proved_by_a_test_or_a_document_that_is_there() -> None:
    states = {row.state for row in rows()}
    assert states == {"ya", "sebagian", "belum", "–"}
    unproved = [row.points for row in rows() if row.state != "–" and "::" not in row.tests and "](" not in row.words]
    assert unproved == []


@pytest.mark.parametrize(("document", "least"), [("keamanan.md", 150), ("keandalan.md", 40)])
def test_every_test_that_is_named_exists(document: str, least: int) -> None:
    named = set(re.findall(r"`(\w+/test_\w+\.py)::(test_\w+)`", DOCUMENT.with_name(document).read_text("utf-8")))
    assert len(named) > least
    there = {
        (file, name)
        for file in {file for file, _ in named}
        if (path := ROOT / "tests" / file).is_file()
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named - there == set()


@pytest.mark.parametrize("document", ["keamanan.md", "keandalan.md"])
def test_every_link_leads_somewhere(document: str) -> None:
    here = DOCUMENT.with_name(document).read_text("utf-8")
    for target in re.findall(r"\]\((?!https:)([^)]+)\)", here):
        name, _, part = target.partition("#")
        there = (DOCUMENT.parent / name).read_text(encoding="utf-8") if name else here
        headings = {
            re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"(?m)^#+ (.+)", there)
        }
        assert not part or part in headings, target


def table_after(mark: str) -> list[list[str]]:
    """The cells of the table behind a mark, its head first."""
    lines = text().partition(f"<!-- {mark} -->\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]


def test_the_table_of_rights_is_that_of_the_program() -> None:
    head, *granted = table_after("hak")
    assert head[1:] == [page.value for page in roles.Page]
    told = {row[0]: row[1:] for row in granted}
    assert told == {role.value: [may.value for may in pages.values()] for role, pages in roles.WHO_MAY.items()}


def test_the_limits_are_those_of_the_program() -> None:
    figures = [re.sub(r"(?<=\d) (?=\d)", "", cell) for _, cell in table_after("batas")[1:]]
    megabyte = 1_024**2
    assert figures == [
        str(limits.FAILURES_PER_PAIR), str(limits.FAILURES_PER_PEER), str(limits.FAILURES_PER_ACCOUNT),
        str(limits.FAILURES_PER_DEVICE), str(limits.ASKED_PER_ACCOUNT), f"{server.BIGGEST_ANONYMOUS_BODY // 1_024} KB",
        f"{readers.MAX_BYTES // megabyte} MB; {workbook.MAX_UNPACKED_BYTES // megabyte} MB",
        f"{workbook.MAX_CELLS}; {workbook.MAX_SHEETS}", f"{photos.MAX_BYTES // megabyte} MB; {photos.MAX_PHOTOS}",
        f"{scans.MAX_BYTES // megabyte} MB", f"{images.MAX_PIXELS // 1_000_000} juta piksel; {images.MAX_SCANS}",
        f"{server.HEADER_SECONDS} detik; {server.MOST_LINES}",
    ]  # fmt: skip
    assert limits.WINDOW_SECONDS == 15 * MINUTE
    idle, longest = sessions.IDLE_SECONDS // HOUR, sessions.LONGEST_SECONDS // DAY
    for words in (
        f"setelah {idle} jam ditinggalkan dan paling lama {longest} hari",
        f"paling sedikit {passwords.MINIMUM_LENGTH} huruf",
        f"256 bit, {people.LINK_SECONDS // HOUR} jam, sekali",
    ):
        assert words in text()


@pytest.mark.parametrize("template", ["login.html", "password.html", "start.html"])
def test_fields_of_passwords_hide_what_is_typed_and_let_a_manager_fill_them(template: str) -> None:
    form = (ROOT / "dashboard" / "access" / "templates" / template).read_text(encoding="utf-8")
    fields = [field for field in re.findall(r"<input [^>]*>", form) if re.search(r'name="(sandi|ulang)"', field)]
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field
    assert 'autocomplete="username"' in form
