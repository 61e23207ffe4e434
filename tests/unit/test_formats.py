"""Numbers, dates, times and lengths of time as the office writes them."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.i18n.catalogue import Language
from dashboard.i18n.formats import Formats
from dashboard.pages.compliance.background import points_between
from etl.domain.frames import MISSING
from etl.domain.statistics import wilson

JAKARTA = ZoneInfo("Asia/Jakarta")
ID = Formats(Language.INDONESIAN, JAKARTA)
EN = Formats(Language.ENGLISH, JAKARTA)
FRIDAY_HALF_PAST_EIGHT = 1_591_925_400
FRIDAY = 18_425


def test_a_year_is_written_with_four_digits() -> None:
    first = date(1, 1, 1)
    assert (ID.date_short(first), EN.date_long(first)) == ("1 Jan 0001", "1 January 0001")
    assert (ID.month(first), EN.month_short(first)) == ("Januari 0001", "Jan 0001")
    assert ID.period(first, date(2026, 6, 30)) == "1 Jan 0001 – 30 Jun 2026"


def test_numbers_have_a_point_for_thousands_and_a_comma_for_decimals() -> None:
    assert ID.number(1234.5) == "1.234,5"
    assert ID.number(1_300_000) == "1.300.000"
    assert ID.number(2, 1) == "2,0"
    assert ID.number(2.5, 0) == "2"
    assert EN.number(1234.5) == "1,234.5"


def test_a_size_of_a_small_file_is_never_nothing() -> None:
    assert ID.size(12_340_000) == "12,3 MB"
    assert ID.size(100_000) == "0,1 MB"
    assert ID.size(99_400) == "99 kB"
    assert EN.size(1_200_000_000) == "1,200.0 MB"


def test_percents_lose_a_zero_after_the_comma() -> None:
    assert ID.percent(0.925) == "92,5%"
    assert ID.percent(0.93) == "93%"
    assert ID.percent(0.925, 0) == "92%"
    assert ID.percent(1) == "100%"
    assert EN.percent(0.925) == "92.5%"


@pytest.mark.parametrize(
    ("part", "n", "shown"),
    [(5, 5, "56–100%"), (11, 12, "64–99%"), (90, 100, "82–95%"), (1504, 1661, "89,0–91,9%"), (0, 5, "0–44%")],
)
def test_an_interval_is_rounded_outward(part: int, n: int, shown: str) -> None:
    ends = wilson(part, n)
    assert ends is not None
    assert ID.interval(*ends) == shown


def test_every_printed_interval_holds_its_ends_and_no_more_than_the_next_step_of_its_decimals() -> None:
    for n in (*range(1, 60), 97, 250, 1_661, 40_003):
        for part in {0, 1, n // 3, n // 2, n - 1, n}:
            low, high = wilson(part, n) or (0.0, 0.0)
            printed = EN.interval(low, high).removesuffix("%").split("–")
            step = 1 if (high - low) * 100 >= 10 else 0.1
            assert {len(end.partition(".")[2]) for end in printed} == {0 if step == 1 else 1}
            first, last = (float(end.replace(",", "")) for end in printed)
            assert low * 100 - step < first <= low * 100 + 1e-6
            assert first <= round(part / n * 100, 1) <= last
            assert high * 100 - 1e-6 <= last < high * 100 + step


def test_an_interval_without_width_is_one_share_and_just_below_ten_points_it_has_a_decimal() -> None:
    assert ID.interval(0.8333, 0.8333) == "83,3%"
    assert ID.interval(0.8, 0.9) == "80–90%"
    assert ID.interval(0.8, 0.8999) == "80,0–90,0%"


def test_the_ends_of_a_difference_are_rounded_outward_with_the_same_decimals() -> None:
    assert points_between((-0.0312, 0.0688)) == ["−4 poin", "+7 poin"]
    assert points_between((-0.0312, 0.0488)) == ["−3,2 poin", "+4,9 poin"]


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
    assert (ID.hour(8, 30), EN.hour(8, 30)) == ("08.30", "08:30")
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
        (606, "10 menit 6 detik", "10 mnt 6 dtk"),
        (3_599, "59 menit 59 detik", "59 mnt 59 dtk"),
        (3_601, "1 jam 1 menit", "1 j 1 mnt"),
        (360_000, "100 jam", "100 j"),
        (-300, "−5 menit", "−5 mnt"),
    ],
)
def test_lengths_of_time_show_seconds_only_where_they_decide(seconds: int, long: str, short: str) -> None:
    assert ID.duration(seconds) == long
    assert ID.duration_short(seconds) == short


def test_no_length_that_is_over_a_limit_of_whole_minutes_reads_as_within_it() -> None:
    for limit in (60, 300, 600, 900, 3_540, 3_600, 3_660, 36_000):
        for seconds in (limit - 59, limit - 1, limit, limit + 1, limit + 6, limit + 29, limit + 31, limit + 59):
            hours, minutes, rest = (
                re.search(rf"(\d+) {unit}", ID.duration_short(seconds)) for unit in ("j", "mnt", "dtk")
            )
            parts = zip((hours, minutes, rest), (3_600, 60, 1), strict=True)
            read = sum(int(match[1]) * size for match, size in parts if match)
            assert (read > limit) == (seconds > limit), seconds
            assert 0 <= read - seconds < 60


def test_english_lengths_know_one_from_many() -> None:
    assert EN.duration(3_660) == "1 hour 1 minute"
    assert EN.duration(7_320) == "2 hours 2 minutes"


def test_medians_keep_a_decimal_of_a_minute() -> None:
    assert ID.minutes(276) == "4,6 mnt"
    assert ID.minutes(180.0) == "3 mnt"
    assert ID.minutes(606.0) == "10,1 mnt"
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
