"""Numbers, dates, times and lengths of time as the office writes them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.i18n.catalogue import Language
from dashboard.i18n.formats import Formats
from etl.domain.frames import MISSING

JAKARTA = ZoneInfo("Asia/Jakarta")
ID = Formats(Language.INDONESIAN, JAKARTA)
EN = Formats(Language.ENGLISH, JAKARTA)
FRIDAY_HALF_PAST_EIGHT = 1_591_925_400
FRIDAY = 18_425


def test_numbers_have_a_point_for_thousands_and_a_comma_for_decimals() -> None:
    assert ID.number(1234.5) == "1.234,5"
    assert ID.number(1_300_000) == "1.300.000"
    assert ID.number(2, 1) == "2,0"
    assert ID.number(2.5, 0) == "2"
    assert EN.number(1234.5) == "1,234.5"


def test_percents_lose_a_zero_after_the_comma() -> None:
    assert ID.percent(0.925) == "92,5%"
    assert ID.percent(0.93) == "93%"
    assert ID.percent(0.925, 0) == "92%"
    assert ID.percent(1) == "100%"
    assert ID.interval(0.8351, 0.8899) == "84–88%"
    assert ID.interval(0.64612, 0.98514) == "65–98%"
    assert ID.interval(0.56552, 1.0) == "57–100%"
    assert ID.interval(0.8333, 0.8333) == "83,3%"
    assert ID.interval(0.8312, 0.8388) == "83,1%–83,9%"
    assert EN.percent(0.925) == "92.5%"


def test_dates_begin_with_the_day_of_the_week() -> None:
    assert ID.date(date(2020, 6, 12)) == "Jumat, 12 Juni 2020"
    assert ID.date(FRIDAY) == "Jumat, 12 Juni 2020"
    assert ID.date(np.int64(FRIDAY)) == "Jumat, 12 Juni 2020"
    assert ID.date_short(FRIDAY) == "12 Jun 2020"
    assert ID.day_month(FRIDAY) == "12 Jun"
    assert ID.weekday_short(FRIDAY) == "Jum 12"
    assert ID.month(FRIDAY) == "Juni 2020"
    assert ID.month_short(FRIDAY) == "Jun 2020"
    assert EN.date(FRIDAY) == "Friday, 12 June 2020"


def test_a_period_names_its_year_once_when_it_can() -> None:
    assert ID.period(date(2026, 1, 1), date(2026, 6, 30)) == "1 Jan – 30 Jun 2026"
    assert ID.period(date(2025, 7, 1), date(2026, 6, 30)) == "1 Jul 2025 – 30 Jun 2026"


def test_times_are_the_offices_and_say_which_zone() -> None:
    assert ID.time(FRIDAY_HALF_PAST_EIGHT) == "08.30 WIB"
    assert ID.clock(FRIDAY_HALF_PAST_EIGHT) == "08.30"
    assert EN.time(FRIDAY_HALF_PAST_EIGHT) == "08:30 WIB"
    assert ID.moment(FRIDAY_HALF_PAST_EIGHT) == "Jumat, 12 Juni 2020 08.30 WIB"
    assert ID.moment_short(FRIDAY_HALF_PAST_EIGHT) == "12 Jun 2020 08.30"


@pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Makassar", "09.30 WITA"), ("Asia/Jayapura", "10.30 WIT"), ("UTC", "01.30 UTC")]
)
def test_other_zones_have_their_own_names(zone: str, shown: str) -> None:
    assert Formats(Language.INDONESIAN, ZoneInfo(zone)).time(FRIDAY_HALF_PAST_EIGHT) == shown


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        (12_300, "3 jam 25 menit", "3 j 25 mnt"),
        (3_600, "1 jam", "1 j"),
        (300, "5 menit", "5 mnt"),
        (301, "5 menit 1 detik", "5 mnt 1 dtk"),
        (359, "5 menit 59 detik", "5 mnt 59 dtk"),
        (45, "45 detik", "45 dtk"),
        (0, "0 menit", "0 mnt"),
        (629, "10 menit", "10 mnt"),
        (3_599, "1 jam", "1 j"),
        (360_000, "100 jam", "100 j"),
        (-300, "−5 menit", "−5 mnt"),
    ],
)
def test_lengths_of_time_show_seconds_only_where_they_decide(seconds: int, long: str, short: str) -> None:
    assert ID.duration(seconds) == long
    assert ID.duration_short(seconds) == short


def test_english_lengths_know_one_from_many() -> None:
    assert EN.duration(3_660) == "1 hour 1 minute"
    assert EN.duration(7_320) == "2 hours 2 minutes"


def test_medians_keep_a_decimal_of_a_minute() -> None:
    assert ID.minutes(276) == "4,6 mnt"
    assert ID.minutes(180.0) == "3 mnt"
    assert ID.minutes(5_280) == "1 j 28 mnt"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (12, "12 detik lalu"),
        (60, "1 menit lalu"),
        (7_199, "1 jam lalu"),
        (172_800, "2 hari lalu"),
        (0, "0 detik lalu"),
        (-3, "0 detik lalu"),
    ],
)
def test_ages_are_told_in_the_largest_whole_unit(seconds: int, shown: str) -> None:
    assert ID.age(seconds) == shown


@pytest.mark.parametrize("nothing", [None, MISSING, float("nan"), np.float64("nan"), np.int64(MISSING)])
def test_what_is_not_there_is_a_dash_and_never_a_zero(nothing: object) -> None:
    writers = (
        ID.number, ID.percent, ID.date, ID.date_short, ID.month, ID.time, ID.clock, ID.moment, ID.moment_short,
        ID.duration, ID.duration_short, ID.minutes, ID.age,
    )  # fmt: skip
    assert {write(nothing) for write in writers} == {"–"}
    assert ID.interval(nothing, 0.5) == ID.period(nothing, FRIDAY) == "–"
