"""`pantau clock`: the office's working time, told day by day, and the moment at which it has passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.command_line import Desk, pantau

TUESDAY_CLOSED = '[[calendar.day]]\ndate = 2026-09-08\nname = "Libur daerah"\nsource = "SE Bupati"\nhours = []\n'
TUESDAY_SHORT = TUESDAY_CLOSED.replace("[]", '["07:30-10:00"]').replace("Libur daerah", "Upacara")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office that never changed a setting."""
    return Desk(tmp_path_factory.mktemp("jam"))


def working(desk: Desk, start: str, end: str) -> int:
    told = desk.run("clock", start, end, "--json")
    assert told.code == 0, told.err
    return told.json["working_seconds"]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-09-07T09:00", "2026-09-07T09:05", 300),
        ("2026-09-07T11:58", "2026-09-07T13:02", 240),
        ("2026-09-07T12:20", "2026-09-07T13:10", 600),
        ("2026-09-07T16:30", "2026-09-08T07:40", 600),
        ("2026-09-11T16:00", "2026-09-14T08:00", 3600),
        ("2026-09-11T11:00", "2026-09-11T13:30", 3600),
        ("2026-09-12T10:00", "2026-09-12T11:00", 0),
        ("2026-09-07T15:00", "2026-09-09T08:00", 32_400),
        ("2026-03-02T15:30", "2026-03-03T08:30", 1800),
        ("2026-09-07T09:00:00", "2026-09-07T09:05:59", 359),
        ("2026-09-07T09:00", "2026-09-07T09:00", 0),
    ],
)
def test_working_time_between_two_moments(desk: Desk, start: str, end: str, seconds: int) -> None:
    assert working(desk, start, end) == seconds


@pytest.mark.parametrize(("day", "seconds"), [(TUESDAY_CLOSED, 5400), (TUESDAY_SHORT, 14_400)])
def test_a_one_off_day_of_the_settings_closes_or_shortens_tuesday(tmp_path: Path, day: str, seconds: int) -> None:
    office = Desk(tmp_path)
    assert office.settle(day).code == 0
    assert working(office, "2026-09-07T15:00", "2026-09-09T08:00") == seconds


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-09-10T15:00", "1h", "2026-09-10T16:00:00+07:00"),
        ("2026-09-10T15:30", "1h", "2026-09-11T08:00:00+07:00"),
        ("2026-09-11T16:00", "1h", "2026-09-14T08:00:00+07:00"),
        ("2026-09-12T10:00", "5m", "2026-09-14T07:35:00+07:00"),
        ("2026-09-07T11:30", "1h", "2026-09-07T13:30:00+07:00"),
        ("2026-09-07T07:30", "265m", "2026-09-07T11:55:00+07:00"),
        ("2026-09-07T07:30", "4h25m", "2026-09-07T11:55:00+07:00"),
        ("2026-09-07T09:00", "90s", "2026-09-07T09:01:30+07:00"),
    ],
)
def test_the_due_moment_is_the_earliest_at_which_the_time_has_passed(
    desk: Desk, start: str, duration: str, due: str
) -> None:
    told = desk.run("clock", start, "--add", duration, "--json")
    assert (told.code, told.json) == (0, {"due_at": due})


def test_every_day_says_its_open_intervals_and_why_it_was_closed(desk: Desk) -> None:
    told = desk.run("clock", "2026-08-14T16:00", "2026-08-18T08:00", "--json").json
    assert set(told) >= {"working_seconds", "elapsed_seconds", "days"}
    assert (told["working_seconds"], told["elapsed_seconds"]) == (3600, 3 * 86_400 + 16 * 3600)
    days = {day["date"]: day for day in told["days"]}
    assert list(days) == ["2026-08-14", "2026-08-15", "2026-08-16", "2026-08-17", "2026-08-18"]
    assert days["2026-08-14"]["intervals"] == [["16:00", "16:30"]]
    assert days["2026-08-17"]["intervals"] == []
    assert "Kemerdekaan" in days["2026-08-17"]["note"]
    assert sum(day["working_seconds"] for day in told["days"]) == told["working_seconds"]


def test_lunch_parts_the_intervals_of_a_day(desk: Desk) -> None:
    (day,) = desk.run("clock", "2026-09-07T09:00", "2026-09-07T15:00", "--json").json["days"]
    assert day["intervals"] == [["09:00", "12:00"], ["13:00", "15:00"]]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-09-07 09:00", "2026-09-07 09:05"),
        ("2026-09-07T09:00:00", "2026-09-07 09:05:00"),
        ("2026-09-07T02:00:00Z", "2026-09-07T02:05:00+00:00"),
        ("2026-09-07T09:00+07:00", "2026-09-07T10:05+08:00"),
    ],
)
def test_moments_may_have_a_blank_seconds_or_an_offset(desk: Desk, start: str, end: str) -> None:
    assert working(desk, start, end) == 300


def test_options_may_stand_before_or_after_the_arguments(desk: Desk) -> None:
    before = pantau("clock", "--json", "--home", desk.home, "2026-09-07T09:00", "2026-09-07T09:05")
    after = pantau("clock", "2026-09-07T09:00", "2026-09-07T09:05", "--json", "--home", desk.home)
    assert before == after


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("2026-09-07T09:00", "2026-09-07T08:59"), "lebih awal"),
        (("2026-09-07T09:00",), "--add"),
        (("2026-09-07T09:00", "2026-09-07T10:00", "--add", "1h"), "--add"),
        (("besok", "2026-09-07T10:00"), '"besok" bukan waktu'),
        (("2026-09-07", "2026-09-07T10:00"), "tidak memuat jam"),
        (("2026-09-31T09:00", "2026-10-01T10:00"), '"2026-09-31T09:00" bukan waktu'),
        (("2026-09-07T09:00", "--add", "sejam"), '"sejam" bukan lama waktu'),
        (("2026-09-07T09:00", "--add", ""), '"" bukan lama waktu'),
        (("2026-09-07T09:00", "--add", "-5m"), "-5m"),
        (("1890-09-07T09:00", "1890-09-08T09:00"), "Kalender kerja tidak mencakup"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_with_exit_two(desk: Desk, arguments: tuple[str, ...], words: str) -> None:
    told = desk.run("clock", *arguments, "--json")
    assert (told.code, told.out) == (2, "")
    assert words in told.err


def test_people_get_words_and_scripts_get_one_document(desk: Desk) -> None:
    words = desk.run("clock", "2026-09-07T09:00", "2026-09-07T09:05")
    assert words.code == 0
    assert "300" in words.out
    assert not words.out.startswith("{")
