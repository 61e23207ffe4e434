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
        "BEGIN:VEVENT", "UID:5", "DTSTART:20260914T090000Z", "RRULE:FREQ=HOURLY", "SUMMARY:Tiap jam", "END:VEVENT",
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
    assert {one["words"] for one in told.json["skipped"]} == {"Terbalik", "Tiap jam"}
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


ZONE = ";TZID=SE Asia Standard Time"
"""The office's zone as Windows names it."""


def rows_of(desk: Desk, *events: str) -> tuple[list[str], list[str], int]:
    """Days and hours of the rows of a calendar as of 1 September 2026, the reasons of what was left out, the code."""
    lines = [f"BEGIN:VEVENT\n{event}\nLOCATION:Smart Center\nEND:VEVENT" for event in events]
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])
    out = desk.folder / "rows.csv"
    told = desk.run(
        "schedule", desk.file(text, "acara.ics"), "--out", out, "--as-of", "2026-09-01T08:00", "--json"
    )  # fmt: skip
    cells = [line.split(";") for line in out.read_text(encoding="utf-8-sig").splitlines()[1:]]
    rows = [f"{row[6]} {row[7]}-{row[9]} {row[10]}".strip() for row in cells]
    return rows, [skipped["reason"] for skipped in told.json["skipped"]], told.code


def test_a_series_has_a_row_a_date_without_those_taken_out_and_with_those_moved(desk: Desk) -> None:
    series = f"UID:s\nSUMMARY:Rutin\nDTSTART{ZONE}:20260902T090000\nDTEND{ZONE}:20260902T100000"
    rule = f"RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE{ZONE}:20260909T090000"
    moved = f"UID:s\nSUMMARY:Rutin\nRECURRENCE-ID{ZONE}:20260916T090000\nDTSTART{ZONE}:20260917T130000\nDURATION:PT1H"
    off = f"UID:s\nRECURRENCE-ID{ZONE}:20260923T090000\nDTSTART{ZONE}:20260923T090000\nDURATION:PT1H\nSTATUS:CANCELLED"
    assert rows_of(desk, f"{series}\n{rule}", moved, off) == (
        ["02/09/2026 09.00-10.00", "17/09/2026 13.00-14.00", "23/09/2026 09.00-10.00 dibatalkan"], [], 0,
    )  # fmt: skip


def test_a_series_without_an_end_runs_to_twelve_months_after_as_of(desk: Desk) -> None:
    rows, skipped, code = rows_of(desk, "UID:s\nDTSTART;VALUE=DATE:20260701\nRRULE:FREQ=MONTHLY")
    assert (rows[0], rows[-1], len(rows), skipped, code) == ("01/07/2026 -", "01/09/2027 -", 15, [], 0)


def test_further_dates_are_rows_and_the_newest_version_of_an_event_counts(desk: Desk) -> None:
    several = f"UID:r\nDTSTART{ZONE}:20260902T090000\nDURATION:PT1H\nRDATE{ZONE}:20260904T090000,20260903T090000"
    old, new = (f"UID:v\nSEQUENCE:{n}\nDTSTART:20260907T{hour}0000\nDURATION:PT1H" for n, hour in ((0, "09"), (2, 13)))
    days = [f"0{day}/09/2026 09.00-10.00" for day in (2, 3, 4)]
    reasons = ["diganti oleh versi yang lebih baru dari acara yang sama"]
    assert rows_of(desk, several, new, old) == ([*days, "07/09/2026 13.00-14.00"], reasons, 1)


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("WITA", "08.00-09.00"),
        ("WIT", "07.00-08.00"),
        ('"(UTC+07:00) Bangkok, Hanoi, Jakarta"', "09.00-10.00"),
        ("Singapore Standard Time", "08.00-09.00"),
        ("/mozilla.org/20050126_1/Asia/Makassar", "08.00-09.00"),
    ],
)
def test_a_zone_is_known_by_its_usual_names(desk: Desk, zone: str, clock: str) -> None:
    event = f"UID:z\nDTSTART;TZID={zone}:20260902T090000\nDTEND;TZID={zone}:20260902T100000"
    assert rows_of(desk, event) == ([f"02/09/2026 {clock}"], [], 0)


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ("DTSTART;TZID=Entah di mana:20260902T090000", "zona waktunya tidak dikenal"),
        ('DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20260902T090000', "zona waktunya tidak dikenal"),
        ("DTSTART:20260902T090000\nRDATE;TZID=Entah di mana:20260903T090000", "zona waktunya tidak dikenal"),
        ("DTSTART:20260902T090000\nRECURRENCE-ID:kemarin", "tidak terbaca"),
        ("DTSTART:20260902T090000\nDTSTART:20260903T090000", "tidak terbaca"),
        ("DTSTART:20260902T090000\nRRULE:FREQ=SERING", "tidak terbaca"),
        ("DTSTART:20260902T090000\nRRULE:FREQ=DAILY\nEXDATE:kemarin", "tidak terbaca"),
        ("DTSTART:20260902T090000\nRRULE:FREQ=MINUTELY", "beberapa kali sehari"),
        ("DTSTART:20280902T090000\nRRULE:FREQ=DAILY", "tidak ada tanggal"),
    ],
)
def test_what_cannot_be_read_is_named_and_left_out(desk: Desk, event: str, word: str) -> None:
    rows, reasons, code = rows_of(desk, f"UID:x\n{event}", "UID:y\nDTSTART:20260905T090000\nDURATION:PT1H")
    assert (rows, code) == (["05/09/2026 09.00-10.00"], 1)
    assert word in reasons[0]


def test_a_zone_that_another_file_defined_is_not_known(desk: Desk) -> None:
    own = "BEGIN:VTIMEZONE\nTZID:Kantor\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800"
    zone, event = f"{own}\nEND:STANDARD\nEND:VTIMEZONE", "UID:k\nDTSTART;TZID=Kantor:20260902T090000\nDURATION:PT1H"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{zone}\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    out = desk.folder / "own.csv"
    assert desk.run("schedule", desk.file(text, "own.ics"), "--out", out).code == 0
    assert "08.00;;09.00" in out.read_text(encoding="utf-8-sig")
    assert rows_of(desk, event)[2] == 1
