"""`pantau schedule`: events of a calendar become register rows that only lack what a calendar does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.command_line import Desk

CALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//uji//",
        "BEGIN:VEVENT", "UID:1", "DTSTART:20260910T020000Z", "DTEND:20260910T050000Z", "SUMMARY:Rapat imunisasi",
        "LOCATION:Smart Center", "STATUS:CONFIRMED", "ORGANIZER;CN=Nama Orang:mailto:orang@contoh.invalid",
        "DESCRIPTION:dihubungi Nama Orang", "END:VEVENT",
        "BEGIN:VEVENT", "UID:2", "DTSTART;VALUE=DATE:20260911", "DTEND;VALUE=DATE:20260913", "SUMMARY:=HYPERLINK(1)",
        "END:VEVENT",
        "BEGIN:VEVENT", "UID:3", "DTSTART:20260914T090000", "DURATION:PT2H", "SUMMARY:Tanpa zona", "END:VEVENT",
        "BEGIN:VEVENT", "UID:4", "DTSTART:20260914T090000Z", "DTEND:20260914T080000Z", "SUMMARY:Terbalik", "END:VEVENT",
        "BEGIN:VEVENT", "UID:5", "DTSTART:20260914T090000Z", "RRULE:FREQ=WEEKLY", "SUMMARY:Tiap minggu", "END:VEVENT",
        "END:VCALENDAR", "",
    ]
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_events_become_rows_without_number_and_agency(desk: Desk) -> None:
    out = desk.folder / "agenda.csv"
    told = desk.run("schedule", desk.file(CALENDAR, "jadwal.ics"), "--out", out, "--json")
    assert told.code == 1
    assert told.json["rows"] == 3
    assert {one["words"] for one in told.json["skipped"]} == {"Terbalik", "Tiap minggu"}
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == ";;;;Rapat imunisasi;Smart Center;10/09/2026;09.00;;12.00;disetujui"
    assert lines[2] == ";;;;'=HYPERLINK(1);;11/09/2026;;12/09/2026;;"
    assert lines[3] == ";;;;Tanpa zona;;14/09/2026;09.00;;11.00;"
    assert "Nama Orang" not in out.read_text(encoding="utf-8-sig")


def test_an_event_until_midnight_ends_at_24_and_is_taken_so(desk: Desk) -> None:
    evening = "SUMMARY:Malam\r\nDTSTART:20260910T180000\r\nDTEND:20260911T000000"
    event = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:9\r\n{evening}\r\nLOCATION:Smart Center\r\nSTATUS:CONFIRMED"
    out = desk.folder / "malam.csv"
    desk.run("schedule", desk.file(f"{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "malam.ics"), "--out", out)
    head, row = out.read_text(encoding="utf-8-sig").splitlines()
    assert row == ";;;;Malam;Smart Center;10/09/2026;18.00;;24.00;disetujui"
    desk.give(f"{head}\n7;01/09/2026;08.00;Dinkes{row[3:]}", "lengkap.csv")
    day = ("--from", "2026-09-10", "--to", "2026-09-11")
    told = desk.run("figures", "rooms", *day, "--as-of", "2026-12-01T09:00", "--json").json
    assert told["all_rooms"]["ended_seconds"] == 6 * 3600


def test_a_completed_row_is_a_booking(desk: Desk) -> None:
    out = desk.folder / "agenda.csv"
    desk.run("schedule", desk.file(CALENDAR, "jadwal.ics"), "--out", out)
    text = out.read_text(encoding="utf-8-sig")
    assert desk.give(text, "kosong.csv").counts == (3, 0, 0, 0, 0, 3), (
        "nothing is loaded as long as it is not completed"
    )
    filled = "\n".join([text.splitlines()[0], "7;01/09/2026;08.00;Dinkes" + text.splitlines()[1][3:]])
    assert desk.give(filled, "lengkap.csv").counts == (1, 1, 0, 0, 0, 0)
    day = ("--from", "2026-09-10", "--to", "2026-09-10")
    told = desk.run("figures", "rooms", *day, "--as-of", "2026-09-09T09:00", "--json").json
    assert told["all_rooms"]["scheduled_seconds"] == 3 * 3600


@pytest.mark.parametrize("content", [b"", b"halo", b"PK\x03\x04\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused_in_words(desk: Desk, content: bytes) -> None:
    told = desk.run("schedule", desk.file(content, "bukan.ics"), "--out", desk.folder / "x.csv")
    assert (told.code, told.out) == (2, "")
    assert "iCalendar" in told.err
    assert desk.run("schedule", desk.folder / "tidak-ada.ics", "--out", desk.folder / "x.csv").code == 2
