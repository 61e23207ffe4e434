"""Clock times as people type them."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from tests.books.extracted import LETTER, aside, cells_of, codes, letters, moments, passes, sessions


@pytest.mark.parametrize(
    "typed",
    [
        "13.00", "13:00", "13.00 WIB", "13.00WIB", "Pkl. 13.00", "pukul 13.00 wib", "Jam 13:00:00", "1:00pm", "1.00 PM",
        "1 pm", "14.00 WITA", "15.00 WIT", "13.00.", " 13.00\u00a0WIB ", "0.5416666667",
    ],
)  # fmt: skip
def test_a_time_is_understood_however_it_is_typed(typed: str) -> None:
    assert moments(letters({"jam_terima": typed}).frame["received_at"]) == ["2026-09-07 13:00"]


@pytest.mark.parametrize(
    ("typed", "clock"), [("0,25", "06:00"), ("0.375", "09:00"), ("0,5", "12:00"), (".75", "18:00"), ("0,4", "09:36")]
)
def test_a_part_of_a_day_is_a_time_where_all_are_below_one(typed: str, clock: str) -> None:
    frame = letters({"jam_terima": typed}, {"jam_terima": "0,5"}, {"jam_terima": ""}, {"jam_terima": "08:30:00"}).frame
    assert moments(frame["received_at"])[0] == f"2026-09-07 {clock}"


@pytest.mark.parametrize("typed", ["0,25", "0.25", "0.375", "0,5", "0.30", "0.354166667"])
def test_a_part_of_a_day_beside_typed_times_is_no_time(typed: str) -> None:
    taken = letters({"jam_terima": typed}, {"jam_terima": "08.30"})
    assert (aside(taken), moments(taken.frame["received_at"])) == (["not_a_time"], [None, "2026-09-07 08:30"])


def test_a_zero_among_parts_of_a_day_is_a_missing_time() -> None:
    frame = letters({"jam_terima": "0"}, {"jam_terima": "0,375"}).frame
    assert moments(frame["received_at"]) == [None, "2026-09-07 09:00"]


@pytest.mark.parametrize("typed", ["8.30 WIB", "08.30", "8:30am", "08,30"])
def test_a_morning_hour_may_have_one_digit(typed: str) -> None:
    assert moments(letters({"jam_terima": typed}).frame["received_at"]) == ["2026-09-07 08:30"]


@pytest.mark.parametrize("typed", ["15", "25.00", "08.61", "pagi", "8.3", "13.00 16.00 WIB", "08.30 -", "13:00am", "a"])
def test_what_is_no_time_is_set_aside(typed: str) -> None:
    taken = letters({"jam_terima": typed})
    assert (aside(taken), moments(taken.frame["received_at"])) == (["not_a_time"], [None])


@pytest.mark.parametrize(
    ("cell", "clock"), [(8.3, "08:30"), (8.25, "08:25"), (13.15, "13:15"), ("8.50", "08:50"), ("8.30", "08:30")]
)
def test_hours_and_minutes_may_be_a_number_of_a_workbook(cell: object, clock: str) -> None:
    assert moments(cells_of([[*LETTER], [*(LETTER | {"jam_terima": cell}).values()]]).frame["received_at"]) == [
        f"2026-09-07 {clock}"
    ]


@pytest.mark.parametrize("cell", [8.5, "8.5", "8,5"])
def test_an_hour_and_a_half_may_be_fifty_minutes_and_is_set_aside(cell: object) -> None:
    taken = cells_of([[*LETTER], [*(LETTER | {"jam_terima": cell}).values()]])
    assert (aside(taken), moments(taken.frame["received_at"])) == (["not_a_time"], [None])
    assert "tulis 08.30 atau 08.50" in sentence(taken.set_aside[0].message)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("12.00 siang", "12:00"), ("jam 9 pagi", "09:00"), ("Pkl. 07.30 pagi WIB", "07:30"), ("1 siang", "13:00"),
        ("01.30 siang", "13:30"), ("11 siang", "11:00"), ("3 sore", "15:00"), ("15.30 sore", "15:30"),
        ("7.15 malam", "19:15"), ("19.15 Malam.", "19:15"), ("9pagi", "09:00"),
    ],
)  # fmt: skip
def test_an_hour_may_name_the_part_of_its_day(typed: str, clock: str) -> None:
    assert moments(letters({"jam_terima": typed}).frame["received_at"]) == [f"2026-09-07 {clock}"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1.15", "tulis 13.15, atau 01.15 bila malam"), ("2:30", "14.30, atau 02.30"),
        ("5.59 WIB", "17.59, atau 05.59"),
        ("Pkl. 4,05", "16.05, atau 04.05"), ("09.00 - 1.00", "13.00, atau 01.00"),
        ("1.00 s/d 3.00", "13.00, atau 01.00"),
    ],
)  # fmt: skip
def test_an_hour_of_one_digit_may_be_in_the_afternoon_or_at_night_and_is_set_aside(typed: str, meant: str) -> None:
    taken = letters({"jam_mulai": typed})
    assert (aside(taken), moments(taken.frame["booked_start_at"])) == (["not_a_time"], [None])
    assert meant in sentence(taken.set_aside[0].message)
    assert codes(sessions({"jam_mulai": typed})) == ["not_a_time"]


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("01.15", "01:15"), ("1:15:00", "01:15"), ("1.15 siang", "13:15"), ("3.30 sore", "15:30"), ("1.15 pm", "13:15"),
        ("1:15am", "01:15"), ("6.00", "06:00"), ("13.15", "13:15"),
    ],
)  # fmt: skip
def test_other_hours_of_one_digit_are_clear(typed: str, clock: str) -> None:
    assert moments(letters({"jam_terima": typed}).frame["received_at"]) == [f"2026-09-07 {clock}"]


def test_a_range_may_name_the_parts_of_the_day() -> None:
    used = sessions({"jam_mulai": "jam 9 pagi s/d 12.00 siang", "jam_selesai": ""}).frame
    assert moments(used["started_at"]) + moments(used["ended_at"]) == ["2026-09-07 09:00", "2026-09-07 12:00"]


@pytest.mark.parametrize("typed", ["12 malam", "12.00 pagi", "5 siang", "siang", "9 pagi sekali", "8 sore", "13 pagi"])
def test_an_hour_outside_its_part_of_the_day_is_no_time(typed: str) -> None:
    assert aside(letters({"jam_terima": typed})) == ["not_a_time"]


def test_a_required_time_that_cannot_be_read_rejects_its_row() -> None:
    assert codes(sessions({"jam_mulai": "pagi"})) == ["not_a_time"]


def test_the_sentence_shows_how_to_write_a_time() -> None:
    (cell,) = letters({"jam_terima": "pagi"}).set_aside
    assert (
        sentence(cell.message)
        == 'Baris 2, kolom "jam_terima": "pagi" bukan jam; tulis misalnya 08.30 atau 08.30 - 15.00.'
    )


@pytest.mark.parametrize("typed", ["", "-", "—"])
def test_a_missing_time_is_never_midnight(typed: str) -> None:
    frame = letters({"jam_terima": typed}).frame
    assert (moments(frame["received_at"]), frame["received_on"].notna().tolist()) == ([None], [True])


@pytest.mark.parametrize(
    "typed",
    [
        "08.30 - 15.00 WIB", "08.30-15.00", "08.30 – 15.00 WIB", "08.30 WIB s/d 15.00 WIB", "08.30 s.d. 15.00",
        "08.30 sd 15.00",
        "08.30 = 15.00 WIB", "08.30 sampai dengan 15.00", "8:30am - 3:00pm", "09.30 - 16.00 WITA",
        "09.30 - 16.00  WITA",
        "Pukul 08.30 hingga 15.00",
    ],
)  # fmt: skip
def test_a_range_in_the_start_column_fills_the_end(typed: str) -> None:
    frame = sessions({"jam_mulai": typed, "jam_selesai": ""}).frame
    assert moments(frame["started_at"]) + moments(frame["ended_at"]) == ["2026-09-07 08:30", "2026-09-07 15:00"]


def test_the_end_column_wins_over_a_range_in_the_start_column() -> None:
    frame = sessions({"jam_mulai": "08.30 - 15.00", "jam_selesai": "14.00"}).frame
    assert moments(frame["ended_at"]) == ["2026-09-07 14:00"]


@pytest.mark.parametrize(
    "typed",
    ["08.30 WIB s/d selesai", "08.30 - selesai", "08.30 = selesai", "08.30 - selesai WIB", "08.30 WIB s.d. Selesai"],
)
def test_until_done_leaves_the_end_to_be_estimated(typed: str) -> None:
    frame = sessions({"jam_mulai": typed, "jam_selesai": ""}).frame
    assert (moments(frame["ended_at"]), frame["end_is_estimated"].tolist()) == ([None], [True])


@pytest.mark.parametrize("typed", ["selesai", "s/d selesai", "- Selesai"])
def test_until_done_may_stand_in_the_end_column(typed: str) -> None:
    assert sessions({"jam_selesai": typed}).frame["end_is_estimated"].tolist() == [True]


def test_an_empty_end_is_not_called_estimated() -> None:
    assert sessions({"jam_selesai": ""}).frame["end_is_estimated"].tolist() == [False]


def test_midnight_among_office_times_is_a_missing_time() -> None:
    frame = letters({"jam_terima": "00:00:00"}, {"jam_terima": "08.30"}).frame
    assert moments(frame["received_at"]) == [None, "2026-09-07 08:30"]


def test_midnight_in_every_row_is_a_missing_time() -> None:
    assert moments(letters({"jam_terima": "00:00:00"}).frame["received_at"]) == [None]


def test_midnight_among_night_times_is_midnight() -> None:
    night = {"tgl_selesai": "08/09/2026", "jam_mulai": "23.00"}
    frame = sessions(*[night | {"jam_selesai": end} for end in ("00:00:00", "01.00", "02.00")]).frame
    assert moments(frame["ended_at"])[0] == "2026-09-08 00:00"


@pytest.mark.parametrize("end", ["00.00", "00:00:00", "00.00 WIB"])
def test_an_end_at_midnight_of_a_later_day_is_midnight(end: str) -> None:
    night = {"jam_mulai": "18.00", "tgl_selesai": "08/09/2026", "jam_selesai": end}
    used = sessions(night, {"jam_selesai": "11.00"})
    assert (moments(used.frame["ended_at"])[0], used.warnings) == ("2026-09-08 00:00", [])
    booked = letters(night | {"tgl_kegiatan": "07/09/2026"}, {"jam_selesai": "11.00"}).frame
    assert moments(booked["booked_end_at"])[0] == "2026-09-08 00:00"


def test_midnight_as_the_end_of_a_booking_without_a_start_is_a_missing_time() -> None:
    days = {"tgl_kegiatan": "07/09/2026", "tgl_selesai": "09/09/2026", "jam_mulai": "", "jam_selesai": "00:00:00"}
    assert moments(letters(days).frame["booked_end_at"]) == [None]


def test_midnight_typed_by_hand_and_not_used_is_told() -> None:
    (warning,) = letters({"jam_terima": "00.00"}, {"jam_terima": "08.30"}).warnings
    assert (warning.code, warning.row) == ("midnight_as_missing", 2)


def test_twenty_four_is_the_end_of_the_day() -> None:
    frame = sessions({"jam_mulai": "20.00", "jam_selesai": "24.00"}).frame
    assert moments(frame["ended_at"]) == ["2026-09-08 00:00"]


def test_a_time_in_another_zone_may_fall_on_the_day_before() -> None:
    frame = passes({"tgl_selesai": "08/09/2026", "jam_selesai": "00.30 WITA"}, {"jam_selesai": "08.10"}).frame
    assert moments(frame["finished_at"])[0] == "2026-09-07 23:30"
    assert frame["finished_on"].diff().tolist()[1] == 0


def test_a_range_where_one_moment_is_meant_is_set_aside() -> None:
    taken = letters({"jam_terima": "08.00 - 09.00"})
    assert (aside(taken), moments(taken.frame["received_at"])) == (["range"], [None])
