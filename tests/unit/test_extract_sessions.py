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


def test_an_end_before_the_start_tells_about_midnight() -> None:
    assert "tgl_selesai bila melewati tengah malam" in reason(sessions({"jam_selesai": "01.00"}))


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
