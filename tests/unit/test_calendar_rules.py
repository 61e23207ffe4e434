"""What a calendar refuses, and what it warns of."""

from datetime import date

import pytest

from dashboard.i18n import sentence
from etl.domain.calendar.days import Holiday, Interval, Profile, SpecialDay
from etl.domain.errors import RuleError
from tests.books.calendars import RAMADAN_2026, calendar, hours, ramadan, week, weekly
from tests.reading.refusals import says

NEW_YEAR = [Holiday(date(year, 1, 1), "Tahun Baru", "public") for year in (2025, 2026, 2027)]


def test_overlapping_hours_are_refused_with_profile_day_and_hours() -> None:
    broken = weekly(week(mon=["07:30-12:00", "11:00-16:00"]), "Perbup")
    with pytest.raises(RuleError) as refusal:
        calendar(broken)
    assert sentence(refusal.value) == (
        'kalender: calendar.profile "Perbup".hours.mon = "07:30-12:00, 11:00-16:00" tidak dapat dipakai; tulis '
        'jam yang berurutan dan tidak tumpang tindih, misalnya ["07:30-12:00", "13:00-16:00"].'
    )


@pytest.mark.parametrize(
    "interval",
    [
        pytest.param((43_200, 27_000), id="reversed"),
        pytest.param((27_000, 27_000), id="empty"),
        pytest.param((80_000, 86_401), id="past midnight"),
        pytest.param((-1, 3_600), id="before midnight"),
    ],
)
def test_hours_that_cannot_be_are_refused(interval: Interval) -> None:
    with pytest.raises(RuleError, check=says(r"calendar\.day 2026-09-08\.hours")):
        calendar(days=[SpecialDay(date(2026, 9, 8), "Libur", "SE", (interval,))])


def test_hours_that_touch_are_accepted() -> None:
    office = calendar(weekly(week(mon=["08:00-12:00", "12:00-16:00"])))
    assert len(office.plan(date(2026, 9, 7)).intervals) == 2


def test_a_day_that_is_not_of_the_week_is_refused() -> None:
    with pytest.raises(RuleError, check=says("0 \\(Senin\\)")):
        calendar(weekly({7: hours("08:00-12:00")}))


@pytest.mark.parametrize(
    "profile",
    [
        weekly(valid_from=date(2026, 5, 2), valid_to=date(2026, 5, 1)),
        ramadan((date(2026, 3, 20), date(2026, 2, 19))),
    ],
)
def test_reversed_dates_are_refused(profile: Profile) -> None:
    with pytest.raises(RuleError, check=says("tanggal awal")):
        calendar(weekly(), profile)


def test_a_ramadan_profile_needs_its_ranges() -> None:
    with pytest.raises(RuleError, check=says("ranges")):
        calendar(weekly(), ramadan())


def test_a_profile_that_never_opens_is_refused_even_for_later_years() -> None:
    with pytest.raises(RuleError, check=says(r'calendar\.profile "Kosong"\.hours')):
        calendar(weekly(), weekly({}, "Kosong", valid_from=date(2090, 1, 1)))


def test_fourteen_days_without_an_open_one_are_refused_with_their_dates() -> None:
    leave = [Holiday(date(2026, 9, day), "Cuti", "government") for day in range(7, 19)]
    with pytest.raises(RuleError, check=says("dari 5 Sep 2026 sampai 18 Sep 2026")):
        calendar(weekly(), holidays=leave)


def test_thirteen_days_without_an_open_one_are_accepted() -> None:
    leave = [Holiday(date(2026, 9, day), "Cuti", "government") for day in range(7, 18)]
    assert calendar(weekly(), holidays=leave).plan(date(2026, 9, 17)).kind == "leave"


def test_days_without_a_profile_are_not_a_closure() -> None:
    assert calendar(weekly(valid_from=date(2026, 9, 7))).warnings == ()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(RuleError, check=says(r'office\.timezone = "Asia/Trenggalek"')):
        calendar(zone="Asia/Trenggalek")


def test_the_hours_of_the_decree_give_no_warning() -> None:
    assert calendar(weekly(), RAMADAN_2026).warnings == ()


def test_another_length_of_the_week_is_warned_of() -> None:
    short = weekly(week(mon=["08:00-12:00"], tue=["08:00-12:00"]), "Perbup")
    ramadan_short = ramadan((date(2026, 2, 19), date(2026, 3, 20)), hours=week(mon=["08:00-12:30"]))
    assert tuple(map(sentence, calendar(short, ramadan_short).warnings)) == (
        'Profil "Perbup" berjumlah 480 menit seminggu, seharusnya 2.250 menit.',
        'Profil "Ramadan" berjumlah 270 menit seminggu, seharusnya 1.950 menit.',
    )


def test_years_with_holidays_but_without_collective_leave_are_named() -> None:
    leave = Holiday(date(2026, 3, 20), "Cuti Bersama", "government")
    office = calendar(holidays=[*NEW_YEAR, leave], first=date(2026, 1, 1), last=date(2027, 6, 30))
    assert office.years_without_leave == (2027,)


def test_years_without_any_holiday_are_not_named() -> None:
    assert calendar().years_without_leave == ()
