"""Sessions in a room, and bookings in the register."""

from __future__ import annotations

import pytest

from tests.books.extracted import aside, codes, days, letters, moments, reason, sessions

BOOKED = {"tgl_kegiatan": "14/09/2026", "jam_mulai": "09.00", "jam_selesai": "12.00"}


def test_a_session_may_pass_midnight_when_its_last_day_is_given() -> None:
    frame = sessions({"jam_mulai": "22.00", "tgl_selesai": "08/09/2026", "jam_selesai": "02.00"}).frame
    assert moments(frame["started_at"]) + moments(frame["ended_at"]) == ["2026-09-07 22:00", "2026-09-08 02:00"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"jam_mulai": "15.00", "jam_selesai": "09.00"}, "end_before_start"),
        ({"jam_mulai": "15.00 - 09.00", "jam_selesai": ""}, "end_before_start"),
        ({"jam_selesai": "09.00"}, "end_before_start"),
        ({"tgl_selesai": "06/09/2026"}, "end_before_start"),
        ({"tgl_selesai": "08/09/2026", "jam_selesai": "09.01"}, "longer_than_a_day"),
        ({"jam_mulai": ""}, "missing"),
        ({"jam_mulai": "selesai"}, "missing"),
        ({"tanggal": "0000-00-00"}, "missing"),
        ({"ruang": " "}, "missing"),
    ],
)
def test_a_session_that_cannot_be_is_rejected(cells: dict[str, str], code: str) -> None:
    assert codes(sessions(cells)) == [code]


def test_a_session_of_exactly_a_day_is_taken() -> None:
    assert len(sessions({"tgl_selesai": "08/09/2026", "jam_selesai": "09.00"}).frame) == 1


@pytest.mark.parametrize(
    ("days", "hours", "expected"),
    [
        (
            "5-7 Oktober 2026",
            ("08.00", "12.00"),
            [(5, "08:00", 5, "12:00"), (6, "08:00", 6, "12:00"), (7, "08:00", 7, "12:00")],
        ),
        ("5 s.d. 7 Oktober 2026", ("20.00", "02.00"), [(5, "20:00", 6, "02:00"), (6, "20:00", 7, "02:00")]),
        ("5-6 Oktober 2026", ("20.00", "02.00"), [(5, "20:00", 6, "02:00")]),
        ("5-6 Oktober 2026", ("08.00 - 12.00 WIB", ""), [(5, "08:00", 5, "12:00"), (6, "08:00", 6, "12:00")]),
    ],
)
def test_a_use_over_several_days_has_its_hours_on_each(
    days: str, hours: tuple[str, str], expected: list[tuple[int, str, int, str]]
) -> None:
    taken = sessions({"tanggal": days, "jam_mulai": hours[0], "jam_selesai": hours[1]}, {})
    frame = taken.frame[taken.frame["row"] == 2]
    ends = [(f"2026-10-{first:02} {start}", f"2026-10-{last:02} {end}") for first, start, last, end in expected]
    assert list(zip(moments(frame["started_at"]), moments(frame["ended_at"]), strict=True)) == ends
    assert (taken.read, len(taken.rejects), len(taken.frame) - len(frame)) == (2, 0, 1)


def test_without_an_end_each_day_of_a_use_has_an_unknown_one() -> None:
    taken = sessions({"tanggal": "5-6 Oktober 2026", "jam_selesai": "selesai"})
    assert (moments(taken.frame["ended_at"]), taken.frame["end_is_estimated"].tolist()) == ([None] * 2, [True] * 2)
    assert taken.warnings == []


def test_a_use_of_more_than_31_days_is_asked_for_in_several_rows() -> None:
    assert len(sessions({"tanggal": "1-31 Oktober 2026"}).frame) == 31
    assert codes(sessions({"tanggal": "1 Oktober s.d. 1 November 2026"})) == ["too_many_days"]


def test_an_end_before_the_start_tells_about_midnight() -> None:
    assert "tanggal selesai bila melewati tengah malam" in reason(sessions({"jam_selesai": "01.00"}))


def test_a_session_needs_no_letter() -> None:
    frame = sessions({}, {"no_agenda": "2026/12", "tahun": ""}).frame
    assert (frame["agenda_key"].isna().tolist(), frame["year"].tolist()[1]) == ([True, False], 2026)


def test_participants_are_counted_as_typed() -> None:
    frame = sessions(
        {"peserta_terverifikasi": "± 40", "peserta_hadir": "38 orang", "diperiksa": "38", "lolos": "37"}
    ).frame
    assert frame.loc[0, ["verified", "present", "screened", "passed"]].tolist() == [40, 38, 38, 37]


def test_a_booking_runs_from_its_first_start_to_its_last_end() -> None:
    frame = letters(BOOKED | {"tgl_selesai": "16/09/2026"}).frame
    assert moments(frame["booked_start_at"]) + moments(frame["booked_end_at"]) == [
        "2026-09-14 09:00",
        "2026-09-16 12:00",
    ]


def test_a_booking_of_one_day_ends_on_that_day() -> None:
    frame = letters(BOOKED | {"jam_selesai": ""}).frame
    assert (days(frame["booked_end_on"]), moments(frame["booked_end_at"])) == (["2026-09-14"], [None])


def test_a_booking_until_done_has_an_estimated_end() -> None:
    frame = letters(BOOKED | {"jam_mulai": "09.00 s/d selesai", "jam_selesai": ""}).frame
    assert (frame["booked_end_is_estimated"].tolist(), moments(frame["booked_end_at"])) == ([True], [None])


@pytest.mark.parametrize("cells", [{"jam_selesai": "08.00"}, {"tgl_selesai": "13/09/2026"}])
def test_a_booking_that_ends_before_it_starts_has_an_unknown_end(cells: dict[str, str]) -> None:
    taken = letters(BOOKED | cells)
    assert (aside(taken), moments(taken.frame["booked_end_at"])) == (["end_before_start"], [None])
    assert moments(taken.frame["booked_start_at"]) == ["2026-09-14 09:00"]


@pytest.mark.parametrize("cells", [{"jam_selesai": "siang"}, {"tgl_selesai": "32/09/2026"}])
def test_an_end_that_cannot_be_read_is_unknown(cells: dict[str, str]) -> None:
    booked, used = letters(BOOKED | cells), sessions(cells)
    assert moments(booked.frame["booked_end_at"]) + moments(used.frame["ended_at"]) == [None, None]
    assert (len(aside(booked)), len(aside(used))) == (1, 1)


def test_a_booking_whose_start_cannot_be_read_has_its_day() -> None:
    taken = letters(BOOKED | {"jam_mulai": "pagi"})
    assert (days(taken.frame["booked_start_on"]), moments(taken.frame["booked_start_at"])) == (["2026-09-14"], [None])
    assert (aside(taken), moments(taken.frame["booked_end_at"])) == (["not_a_time"], ["2026-09-14 12:00"])


def test_a_booking_time_without_a_day_is_told_and_not_used() -> None:
    taken = letters(BOOKED | {"tgl_kegiatan": ""})
    assert moments(taken.frame["booked_start_at"]) == [None]
    assert "time_without_date" in [warning.code for warning in taken.warnings]


def test_the_day_of_a_status_is_kept() -> None:
    frame = letters({"status": "ditolak", "tgl_status": "08/09/2026 10.00"}).frame
    assert (days(frame["status_on"]), moments(frame["status_at"])) == (["2026-09-08"], ["2026-09-08 10:00"])
