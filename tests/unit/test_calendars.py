"""The office's calendar from settings, holidays and the office's own days."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.i18n import sentence
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import SpecialDay
from etl.domain.errors import RuleError
from etl.settings.calendars import calendar_from, check_calendar, load_office_days, national_holidays, parse_office_days
from etl.settings.document import apply, default_settings
from tests.reading.refusals import says

HOUR = 3600
OFFICE_ZONE = ZoneInfo("Asia/Jakarta")


@cache
def office_calendar(text: str = "") -> WorkCalendar:
    settings = apply(default_settings(), text, "kantor.toml")
    return calendar_from(settings, date(2018, 1, 1), date(2030, 12, 31))


def worked(calendar: WorkCalendar, start: str, end: str) -> int:
    moments = [
        np.array([int(datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE).timestamp())]) for text in (start, end)
    ]
    return int(calendar.working_seconds(*moments)[0])


def test_the_shipped_calendar_has_no_warnings() -> None:
    assert office_calendar().warnings == ()
    assert check_calendar(default_settings()) == ()


@pytest.mark.parametrize(
    ("day", "kind", "note"),
    [
        (date(2020, 6, 15), "open", "SE Bupati 30-12-2020 (diperkirakan)"),
        (date(2021, 1, 4), "open", "SE Bupati 30-12-2020"),
        (date(2023, 4, 11), "ramadan", "Ramadan"),
        (date(2023, 5, 2), "open", "Perpres 21/2023"),
        (date(2026, 3, 2), "ramadan", "Ramadan"),
        (date(2026, 3, 23), "leave", "Cuti Bersama Hari Raya Idul Fitri"),
        (date(2026, 8, 17), "holiday", "Hari Kemerdekaan Republik Indonesia"),
        (date(2026, 9, 12), "weekend", "Perpres 21/2023"),
        (date(2027, 2, 9), "ramadan", "Ramadan 2027 (perkiraan)"),
    ],
)
def test_each_day_says_what_decided_its_hours(day: date, kind: str, note: str) -> None:
    plan = office_calendar().plan(day)
    assert (plan.kind, plan.note) == (kind, note)


def test_hours_before_the_first_known_decree_are_marked_as_estimated() -> None:
    plans = office_calendar().plans(date(2020, 12, 30), date(2021, 1, 5))
    assert [(plan.date.day, plan.is_estimated) for plan in plans if plan.intervals] == [
        (30, True),
        (4, False),
        (5, False),
    ]


def test_years_whose_collective_leave_is_not_decreed_are_named() -> None:
    assert office_calendar().years_without_leave == (2028, 2029, 2030)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-09-07 09:00", "2026-09-07 09:05", 300),
        ("2026-09-07 11:58", "2026-09-07 13:02", 240),
        ("2026-09-07 16:30", "2026-09-08 07:40", 600),
        ("2026-09-11 16:00", "2026-09-14 08:00", 3600),
        ("2026-09-12 10:00", "2026-09-12 11:00", 0),
        ("2026-09-07 15:00", "2026-09-09 08:00", 32400),
        ("2026-03-02 15:30", "2026-03-03 08:30", 1800),
    ],
)
def test_working_time_with_the_shipped_settings(start: str, end: str, seconds: int) -> None:
    assert worked(office_calendar(), start, end) == seconds


@pytest.mark.parametrize(("hours", "seconds"), [("[]", 5400), ('["07:30-10:00"]', 14400)])
def test_a_one_off_day_of_the_settings_changes_its_hours(hours: str, seconds: int) -> None:
    calendar = office_calendar(f'[[calendar.day]]\ndate = 2026-09-08\nname = "Libur daerah"\nhours = {hours}\n')
    assert worked(calendar, "2026-09-07 15:00", "2026-09-09 08:00") == seconds


def test_without_the_package_and_one_off_days_there_are_no_holidays() -> None:
    assert office_calendar("[calendar.holidays]\npackage = false\n").plan(date(2026, 8, 17)).kind == "open"


def test_the_offices_own_days_count_and_those_of_the_settings_win() -> None:
    own = [
        SpecialDay(date(2026, 9, 8), "Dari berkas", "", ()),
        SpecialDay(date(2026, 9, 9), "Dari berkas", "", ()),
    ]
    settings = apply(
        default_settings(), '[[calendar.day]]\ndate = 2026-09-08\nname = "Dari pengaturan"\n', "kantor.toml"
    )
    calendar = calendar_from(settings, date(2026, 1, 1), date(2026, 12, 31), own)
    assert [plan.note for plan in calendar.plans(date(2026, 9, 8), date(2026, 9, 9))] == [
        "Dari pengaturan",
        "Dari berkas",
    ]


def test_a_week_of_another_length_gives_a_warning() -> None:
    text = '[[calendar.profile]]\nname = "Pendek"\nfrom = 2023-01-01\nhours = { mon-fri = ["08:00-12:00"] }\n'
    [warning] = check_calendar(apply(default_settings(), text, "kantor.toml"))
    assert '"Pendek" berjumlah 1.200 menit' in sentence(warning)


def test_a_profile_without_a_first_day_is_checked_too() -> None:
    text = '[[calendar.profile]]\nname = "Pendek"\nhours = { mon-fri = ["08:00-12:00"] }\n'
    assert len(check_calendar(apply(default_settings(), text, "kantor.toml"))) == 1


def test_two_closed_weeks_are_refused_in_the_name_of_the_file() -> None:
    days = "".join(f'[[calendar.day]]\ndate = 2026-09-{day:02}\nname = "Tutup"\nhours = []\n' for day in range(7, 19))
    settings = apply(default_settings(), days, "kantor.toml")
    with pytest.raises(RuleError, check=says(r"^kantor\.toml: .*5 Sep 2026 sampai 18 Sep 2026")):
        check_calendar(settings, "kantor.toml")


def test_holidays_have_indonesian_names_and_their_category() -> None:
    found = {holiday.date: (holiday.name, holiday.category) for holiday in national_holidays(2026, 2026)}
    assert found[date(2026, 1, 1)] == ("Tahun Baru Masehi", "public")
    assert found[date(2026, 12, 24)] == ("Cuti Bersama Hari Raya Natal", "government")
    assert {day.year for day in found} == {2026}


def test_office_days_are_closed_without_hours_and_may_have_two_ranges() -> None:
    text = (
        "tanggal;nama;sumber;jam\n"
        "2026-09-08;Libur daerah;SE Bupati;\n"
        "\n"
        "09/09/2026;Setengah hari;;07:30-10:00\n"
        "10-9-2026;Dua rentang;;13.00-15.00+07.30-10.00\n"
    )
    assert parse_office_days(text, "hari_kantor.csv") == (
        SpecialDay(date(2026, 9, 8), "Libur daerah", "SE Bupati", ()),
        SpecialDay(date(2026, 9, 9), "Setengah hari", "", ((7 * HOUR + 1800, 10 * HOUR),)),
        SpecialDay(date(2026, 9, 10), "Dua rentang", "", ((7 * HOUR + 1800, 10 * HOUR), (13 * HOUR, 15 * HOUR))),
    )


def test_office_days_may_be_separated_by_commas_and_have_their_columns_in_any_order() -> None:
    assert parse_office_days('Nama,Tanggal\n"Libur, daerah",2026-09-08\n', "hari_kantor.csv") == (
        SpecialDay(date(2026, 9, 8), "Libur, daerah", "", ()),
    )


def test_office_days_are_read_as_spreadsheet_programs_save_them(tmp_path: Path) -> None:
    path = tmp_path / "hari_kantor.csv"
    path.write_bytes("\ufefftanggal;nama\r\n08/09/2026;Libur Jum’at\r\n".encode())
    assert load_office_days(path)[0].name == "Libur Jum’at"
    path.write_bytes("tanggal;nama\r\n08/09/2026;Libur Jum’at\r\n".encode("cp1252"))
    assert load_office_days(path)[0].name == "Libur Jum’at"


def test_an_office_without_own_days_has_none(tmp_path: Path) -> None:
    assert load_office_days(tmp_path / "hari_kantor.csv") == ()


@pytest.mark.parametrize(
    ("rows", "key", "value"),
    [
        ("", 'baris 1, kolom "judul"', ""),
        ("tanggal;keterangan\n", 'baris 1, kolom "judul"', "keterangan"),
        ("tanggal;jam\n", 'baris 1, kolom "judul"', "tanggal;jam"),
        ("tanggal;nama;nama\n", 'baris 1, kolom "judul"', "tanggal;nama;nama"),
        ("tanggal;nama\n31/06/2026;Libur\n", 'baris 2, kolom "tanggal"', "31/06/2026"),
        ("tanggal;nama\n\nbesok;Libur\n", 'baris 3, kolom "tanggal"', "besok"),
        ("tanggal;nama\n;Libur\n", 'baris 2, kolom "tanggal"', None),
        ("tanggal;nama\n2026-09-08;\n", 'baris 2, kolom "nama"', None),
        ("tanggal;nama\n2026-09-08;Libur;lebih\n", 'baris 2, kolom "tanpa judul"', "lebih"),
        ("tanggal;nama;jam\n2026-09-08;Libur;tutup\n", 'baris 2, kolom "jam"', "tutup"),
        ("tanggal;nama;jam\n2026-09-08;Libur;10:00-09:00\n", 'baris 2, kolom "jam"', "10:00-09:00"),
        ("tanggal;nama;jam\n2026-09-08;A;08:00-10:00+09:00-11:00\n", 'baris 2, kolom "jam"', "08:00-10:00+09:00-11:00"),
        ("tanggal;nama\n2026-09-08;A\n08/09/2026;B\n", 'baris 3, kolom "tanggal"', "08/09/2026"),
    ],
)
def test_office_days_that_cannot_be_read_are_refused_with_row_and_column(
    rows: str, key: str, value: str | None
) -> None:
    with pytest.raises(RuleError) as caught:
        parse_office_days(rows, "hari_kantor.csv")
    assert (caught.value.file, sentence(caught.value.key), caught.value.value) == ("hari_kantor.csv", key, value)
