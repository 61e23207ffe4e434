"""Dates as people type them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.i18n import sentence
from etl.extract import Refused
from etl.extract.dates import DateReader, Stamp, read_stamps
from etl.extract.files.sheet import joined
from tests.books.extracted import aside, codes, day, days, letters, moments, passes, reason, sessions
from tests.reading.refusals import says


@pytest.mark.parametrize(
    "typed",
    [
        "12 Juni 2020",
        "Jum'at, 12 Juni 2020",
        "Jum’at, 12 Juni 2020",
        "Jumat/12 Juni 2020",
        "12/06/2020",
        "12-06-2020",
        "12.06.2020",
        "2020-06-12",
        "2020/06/12",
        "12-Jun-20",
        "12-VI-2020",
        "12/vi/2020",
        "12 VI 2020",
        "12 jun 2020",
        "12/6/20",
        " 12 \n Juni\u00a02020 ",
        "43994",
        "2020-06-12 00:00:00",
        "2020-06-12T00:00:00.000",
    ],
)
def test_a_date_is_understood_however_it_is_typed(typed: str) -> None:
    assert days(letters({"tgl_terima": typed}).frame["received_on"]) == ["2020-06-12"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12 Agst 2020", "2020-08-12"),
        ("12 Nopember 2020", "2020-11-12"),
        ("1 Pebruari 2021", "2021-02-01"),
        ("5 Mei 2021", "2021-05-05"),
        ("31-Des-20", "2020-12-31"),
        ("29 Februari 2024", "2024-02-29"),
        ("31 Oktober 2100", "2100-10-31"),
    ],
)
def test_months_are_understood_by_old_and_short_names(typed: str, meant: str) -> None:
    assert days(letters({"tgl_terima": typed}).frame["received_on"]) == [meant]


@pytest.mark.parametrize("typed", ["", "-", "0000-00-00", "0000-00-00 00:00:00", "  ", "NULL", "–"])
def test_an_absent_date_is_missing_and_no_fault(typed: str) -> None:
    taken = letters({"tgl_surat": typed})
    assert (days(taken.frame["letter_on"]), taken.rejects) == ([None], [])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31 Juni 2020", "no_such_date"),
        ("29/02/2023", "no_such_date"),
        ("0003-01-23", "year_out_of_range"),
        ("12/06/1999", "year_out_of_range"),
        ("12 Juni 2101", "year_out_of_range"),
        ("12/06/020", "year_out_of_range"),
        ("12345", "year_out_of_range"),
        ("Kamis, 12 Juni 2020", "weekday_mismatch"),
        ("minggu depan", "not_a_date"),
        ("Juni 2020", "not_a_date"),
        ("12 Jumi 2020", "not_a_date"),
        ("12/06", "not_a_date"),
        ("12/06/2020 s/d 14/06/2020", "not_a_date"),
    ],
)
def test_what_is_no_date_is_set_aside(typed: str, code: str) -> None:
    taken = letters({}, {"tgl_surat": typed})
    assert (aside(taken), days(taken.frame["letter_on"])) == ([code], [None, None])


def test_a_required_date_that_cannot_be_read_rejects_its_row() -> None:
    taken = letters({}, {"tgl_terima": "31 Juni 2020", "tgl_surat": "32 Mei 2020"})
    assert (codes(taken), len(taken.frame), taken.set_aside) == (["no_such_date"], 1, [])
    assert "tgl_surat" in reason(taken), "a rejected row says all that is wrong with it"


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("12-14 Oktober 2026", "2026-10-12", "2026-10-14"),
        ("5 s.d. 7 Oktober 2026", "2026-10-05", "2026-10-07"),
        ("5 sd 17 Okt 2026", "2026-10-05", "2026-10-17"),
        ("30 September – 2 Oktober 2026", "2026-09-30", "2026-10-02"),
        ("31 Desember 2026 s/d 2 Januari 2027", "2026-12-31", "2027-01-02"),
        ("12/10/2026 - 14/10/2026", "2026-10-12", "2026-10-14"),
        ("12-14/10/2026", "2026-10-12", "2026-10-14"),
        ("12-10-2026 s/d 14-10-2026", "2026-10-12", "2026-10-14"),
        ("Senin - Rabu, 12 - 14 Oktober 2026", "2026-10-12", "2026-10-14"),
        ("Senin, 12 s.d. Rabu, 14 Oktober 2026", "2026-10-12", "2026-10-14"),
    ],
)
def test_a_first_and_a_last_day_may_stand_in_one_cell(typed: str, first: str, last: str) -> None:
    booked = letters({"tgl_kegiatan": typed, "jam_mulai": "09.00", "jam_selesai": "12.00"}).frame
    assert days(booked["booked_start_on"]) + days(booked["booked_end_on"]) == [first, last]


def test_a_last_day_of_its_own_wins_over_the_one_of_a_range() -> None:
    booked = letters({"tgl_kegiatan": "12-14 Oktober 2026", "tgl_selesai": "13/10/2026"}).frame
    assert days(booked["booked_end_on"]) == ["2026-10-13"]


def test_a_night_in_a_room_may_be_two_days_in_one_cell() -> None:
    used = sessions({"tanggal": "12-13 Oktober 2026", "jam_mulai": "20.00", "jam_selesai": "01.00"}).frame
    assert moments(used["ended_at"]) == ["2026-10-13 01:00"]


@pytest.mark.parametrize(
    "typed",
    [
        "14-12 Oktober 2026",
        "12-32 Oktober 2026",
        "Selasa - Rabu, 12 - 14 Oktober 2026",
        "12-14",
        "a-" * 9000,
    ],
)
def test_what_is_no_range_of_days_is_no_booking(typed: str) -> None:
    taken = letters({"tgl_kegiatan": typed, "tgl_selesai": "14/10/2026", "jam_mulai": "09.00", "jam_selesai": "10.00"})
    assert aside(taken) == ["not_a_date"]
    assert taken.frame[["booked_start_on", "booked_start_at", "booked_end_on", "booked_end_at"]].isna().all(axis=None)


def test_two_days_where_one_is_meant_are_no_date() -> None:
    assert codes(letters({"tgl_terima": "12-14 Oktober 2026"})) == ["not_a_date"]


@pytest.mark.parametrize("zone", ["+07:00", "+0700", "+07"])
def test_a_fraction_and_an_offset_may_follow_a_moment(zone: str) -> None:
    frame = letters({"tgl_terima": f"2026-09-07T08:30:15.123{zone}", "jam_terima": ""}).frame
    assert moments(frame["received_at"])[0][:16] == "2026-09-07 08:30"


def test_the_sentence_names_row_column_and_cell() -> None:
    taken = letters({"tgl_terima": "31 Juni 2020"})
    assert reason(taken) == 'Baris 2, kolom "tgl_terima": "31 Juni 2020" bukan tanggal yang ada.'


def test_a_wrong_weekday_is_told_with_the_right_one() -> None:
    taken = letters({"tgl_terima": "Senin, 12 Juni 2020"})
    assert reason(taken).endswith('"Senin, 12 Juni 2020": 12 Juni 2020 jatuh pada hari Jumat.')


def test_spellings_may_be_mixed_in_one_column() -> None:
    taken = letters({"tgl_terima": "12 Juni 2020"}, {"tgl_terima": "13/06/2020"}, {"tgl_terima": "43996"})
    assert days(taken.frame["received_on"]) == ["2020-06-12", "2020-06-13", "2020-06-14"]


def test_an_ambiguous_date_is_read_day_first() -> None:
    assert days(letters({"tgl_terima": "02/03/2020"}).frame["received_on"]) == ["2020-03-02"]


def test_a_column_that_is_only_month_first_refuses_the_file_and_names_the_option() -> None:
    with pytest.raises(Refused, check=says(r'"tgl_terima".*"01/24/2020".*--date-order "tgl_terima=mdy"')):
        letters({"tgl_terima": "01/24/2020"}, {"tgl_terima": "02/03/2020"})


def test_with_both_orders_in_a_column_the_month_first_cells_are_rejected() -> None:
    taken = letters({"tgl_terima": "24/01/2020"}, {"tgl_terima": "01/25/2020"})
    assert (days(taken.frame["received_on"]), codes(taken)) == (["2020-01-24"], ["wrong_order"])


def test_a_date_with_a_time_is_evidence_of_the_order() -> None:
    with pytest.raises(Refused, check=says(r'"06/24/2026".*--date-order "tgl_terima=mdy"')):
        letters({"tgl_terima": "06/05/2026 08.30"}, {"tgl_terima": "06/24/2026 10:00 WIB"})
    given = letters({"tgl_terima": "06/05/2026 08.30"}, {"tgl_terima": "06/24/2026 10:00"}, date_order="mdy")
    assert days(given.frame["received_on"]) == ["2026-06-05", "2026-06-24"]


def test_a_date_within_a_text_is_no_evidence_of_the_order() -> None:
    assert codes(letters({"tgl_terima": "01/24/2020 (susulan)"})) == ["wrong_order"]


def test_a_year_of_two_digits_that_may_stand_first_is_no_date() -> None:
    taken = letters({"tgl_surat": "26-06-01"}, {"tgl_surat": "01-06-26"}, {"tgl_surat": "27-06-26"})
    assert (aside(taken), days(taken.frame["letter_on"])) == (["two_digit_year"], [None, "2026-06-01", "2026-06-27"])
    assert "2026-06-01" in sentence(taken.set_aside[0].message)


def test_in_a_column_of_such_years_no_two_digits_are_guessed() -> None:
    taken = letters({"tgl_surat": "26-06-01"}, {"tgl_surat": "26-06-24"}, {"tgl_surat": "2026-06-25"})
    assert (aside(taken), days(taken.frame["letter_on"])) == (["two_digit_year"] * 2, [None, None, "2026-06-25"])
    assert codes(letters({"tgl_terima": "26/06/01 08.30"})) == ["two_digit_year"]


@pytest.mark.parametrize(("order", "meant"), [("dmy", "2001-06-26"), ("ymd", "2026-06-01")])
def test_an_order_says_where_a_year_of_two_digits_stands(order: str, meant: str) -> None:
    assert days(letters({"tgl_surat": "26-06-01"}, date_order={"tgl_surat": order}).frame["letter_on"]) == [meant]


def test_the_order_can_be_given_for_all_columns() -> None:
    taken = letters({"tgl_terima": "02/03/2020", "tgl_surat": "01/24/2020"}, date_order="mdy")
    assert (day(taken.frame["received_on"][0]), day(taken.frame["letter_on"][0])) == ("2020-02-03", "2020-01-24")


@pytest.mark.parametrize("order", [{"tgl_surat": "mdy"}, "tgl_surat=mdy", {"Tgl. Surat": "MDY"}])
def test_the_order_can_be_given_for_one_column(order: object) -> None:
    taken = letters({"tgl_terima": "02/03/2020", "tgl_surat": "01/24/2020"}, date_order=order)
    assert (day(taken.frame["received_on"][0]), day(taken.frame["letter_on"][0])) == ("2020-03-02", "2020-01-24")


def test_day_first_cells_are_rejected_where_month_first_was_given() -> None:
    assert codes(letters({"tgl_terima": "24/01/2020"}, date_order="mdy")) == ["wrong_order"]


def test_an_iso_date_means_the_same_in_every_order() -> None:
    for order in ("dmy", "mdy", "ymd"):
        assert days(letters({"tgl_terima": "2020-06-12"}, date_order=order).frame["received_on"]) == ["2020-06-12"]


def test_year_first_is_not_guessed_into_a_date_that_ends_with_its_year() -> None:
    taken = letters({"tgl_terima": "20-06-12"}, {"tgl_terima": "12-06-2020"}, date_order="ymd")
    assert (days(taken.frame["received_on"]), codes(taken)) == (["2020-06-12"], ["wrong_order"])


@pytest.mark.parametrize("order", ["mdx", {"tgl_lahir": "mdy"}, "perihal=mdy"])
def test_an_order_that_means_nothing_is_refused(order: object) -> None:
    with pytest.raises(Refused, check=says("date-order")):
        letters({}, date_order=order)


def test_rows_that_are_not_read_are_no_evidence_of_the_order() -> None:
    taken = letters({"tgl_terima": "02/03/2020"}, {"no_agenda": "", "tgl_terima": "", "jam_terima": "", "asal": ""})
    assert taken.read == 1


@pytest.mark.parametrize(
    "typed",
    [
        "2026-09-07 08:10",
        "2026-09-07 08:10:00",
        "2026-09-07T08:10:00",
        "2026-09-07T01:10:00Z",
        "2026-09-07T09:10:00+08:00",
        "07/09/2026 08.10",
        "7 September 2026 pukul 08.10 WIB",
        "7 September 2026, 09.10 WITA",
        "Senin, 7 September 2026 8:10am",
        "46272.340277778",
    ],
)
def test_a_date_may_carry_its_time(typed: str) -> None:
    assert moments(passes({"dicatat_pada": typed}).frame["recorded_at"]) == ["2026-09-07 08:10"]


def test_a_time_in_the_date_cell_counts_where_the_time_column_is_empty() -> None:
    taken = letters({"tgl_terima": "07/09/2026 09.15", "jam_terima": ""})
    assert moments(taken.frame["received_at"]) == ["2026-09-07 09:15"]


@pytest.mark.parametrize("typed", ["07/09/2026 1.15", "07/09/2026 2:30", "Senin, 7 September 2026, pukul 1.15 WIB"])
def test_an_hour_behind_a_date_that_may_be_in_the_afternoon_or_at_night_is_asked_about(typed: str) -> None:
    taken = letters({"tgl_terima": typed}, {"tgl_kegiatan": typed}, {"tgl_terima": "07/09/2026 13.15"})
    assert [reject.column for reject in taken.rejects] == ["tgl_terima"]
    assert [aside.column for aside in taken.set_aside] == ["tgl_kegiatan"]
    assert "malam" in sentence(taken.rejects[0].message)


def test_a_time_that_does_not_exist_makes_the_date_cell_wrong() -> None:
    assert aside(passes({"dicatat_pada": "2026-09-07 25:10:00"})) == ["not_a_date"]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9999), st.integers(0, 14), st.integers(0, 33), st.sampled_from("-/."),
            st.integers(0, 26), st.integers(0, 61), st.sampled_from(["", " {h:02d}:{m:02d}", " {h}.{m:02d}:00"]),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_dates_read_all_at_once_mean_what_each_means_alone(
    parts: list[tuple[int, int, int, str, int, int, str]],
) -> None:
    typed = [
        f"{year:04d}{sep}{month:02d}{sep}{date:02d}" + clock.format(h=hour, m=minute)
        for year, month, date, sep, hour, minute, clock in parts
    ]
    column = joined([pa.array(typed, pa.string()).dictionary_encode()])
    found = read_stamps(column.texts, None)
    reader = DateReader(None)
    for index, text in enumerate(column.strings):
        alone = reader.read(text)
        assert (index in found.faults) == (not isinstance(alone, Stamp))
        if isinstance(alone, Stamp):
            assert (found.day[index], found.seconds[index]) == (alone.day, alone.clock.seconds)
