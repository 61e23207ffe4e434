"""A calendar given to the records: its events wait as rows of the register until each is given its letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from dashboard.i18n import sentence
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from etl.desk.second_letters import LetterAsTyped, answer_event, dismiss_event
from etl.desk.settings_edit import with_room
from etl.figures.filter import month_period
from etl.figures.intake.open_work import attention, unknown_rooms, waiting_events
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.use import rooms_figures
from etl.intake.offered.preview import preview
from etl.intake.pipeline import apply_settings
from etl.intake.undo import undo
from tests.books.typed import agenda
from tests.offices.bureau import Bureau, fresh_bureau, settings_of_another_process
from tests.reading.refusals import says

ZONE = ";TZID=Asia/Jakarta"
MEETING = f"UID:m\nDTSTART{ZONE}:20260914T090000\nDTEND{ZONE}:20260914T110000\nSUMMARY:Rapat stunting\nSTATUS:CONFIRMED"
SERIES = f"UID:s\nDTSTART{ZONE}:20260908T130000\nDURATION:PT1H\nSUMMARY:Rapat rutin\nRRULE:FREQ=WEEKLY;COUNT=3"
LETTER = LetterAsTyped("21", "2026-09-02 08.00", "Dinkes")


@pytest.fixture
def small() -> Iterator[Bureau]:
    """A bureau without a book, on SQLite alone."""
    with fresh_bureau() as made:
        yield made


def calendar(*events: str, room: str = "Smart Center") -> str:
    """A calendar file with these events."""
    parts = [f"BEGIN:VEVENT\n{event}\nLOCATION:{room}\nEND:VEVENT" for event in events]
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""])


def given_to(bureau: Bureau, text: str, name: str = "a.ics") -> dict[str, Any]:
    """What `ingest --json` tells of it."""
    return bureau.give(text, name).to_json(sentence)


def ends(told: dict[str, Any]) -> tuple[int, ...]:
    """Read, accepted, unchanged, corrected, waiting, rejected."""
    return tuple(told[end] for end in ("read", "accepted", "unchanged", "corrected", "waiting", "rejected"))


def waiting(bureau: Bureau) -> list[tuple[str, str]]:
    """Name and begin of the events that wait."""
    rows, total = waiting_events(bureau.office, 1)
    assert total == len(rows) == attention(bureau.office).events
    begins = (datetime.fromtimestamp(row["booked_start_at"], bureau.office.zone) for row in rows)
    return [(row["subject"], f"{begin:%d/%m %H.%M}") for row, begin in zip(rows, begins, strict=True)]


def complete(bureau: Bureau, place: int = 0, letter: LetterAsTyped = LETTER) -> int:
    """Give the event at that place its letter; the number of the load."""
    rows, _ = waiting_events(bureau.office, 1)
    assert answer_event(bureau.office, rows[place]["id"], letter, "agendaris", "agendaris", bureau.clock())
    return newest_load(bureau)


def newest_load(bureau: Bureau) -> int:
    with reading(bureau.office.records) as connection:
        return last_load_id(connection)


def booked(bureau: Bureau) -> float:
    """Hours booked in September."""
    period = RoomsFilter(month_period(2026, 9))
    return rooms_figures(bureau.office, period, bureau.clock()).all_rooms.scheduled_seconds / 3600


def test_events_wait_for_their_letter_and_count_nowhere(bureau: Bureau) -> None:
    bureau.give(agenda("20;01/09/2026;08.00;Bappeda;Rapat anggaran"))
    told = given_to(bureau, calendar(MEETING, SERIES, "UID:x\nDTSTART;TZID=Entah:20260914T090000\nSUMMARY:Kabur"))
    assert (told["kind"], ends(told)) == ("permohonan", (4, 0, 0, 0, 4, 0))
    assert [(wait["row"], wait["code"]) for wait in told["waits"]] == [(row, "letter_missing") for row in (2, 3, 4, 5)]
    assert "“Rapat rutin”" in told["waits"][0]["message"]
    (warning,) = told["warnings"]
    assert (warning["code"], "“Kabur”" in warning["message"]) == ("event_left_out", True)
    assert waiting(bureau) == [
        ("Rapat rutin", "08/09 13.00"), ("Rapat stunting", "14/09 09.00"), ("Rapat rutin", "15/09 13.00"),
        ("Rapat rutin", "22/09 13.00"),
    ]  # fmt: skip
    assert booked(bureau) == 0
    assert bureau.sla("2026-09-01", "2026-09-30")["requests"]["received"] == 1


def test_a_moved_event_changes_its_row_and_one_taken_out_leaves(bureau: Bureau) -> None:
    given_to(bureau, calendar(MEETING, SERIES))
    moved = MEETING.replace("20260914T09", "20260916T10").replace("20260914T11", "20260916T12")
    out = f"{SERIES}\nEXDATE{ZONE}:20260915T130000"
    assert ends(given_to(bureau, calendar(moved, out), "b.ics")) == (3, 0, 0, 0, 3, 0)
    later = [("Rapat rutin", "08/09 13.00"), ("Rapat stunting", "16/09 10.00"), ("Rapat rutin", "22/09 13.00")]
    assert waiting(bureau) == later
    off = calendar(moved.replace("CONFIRMED", "CANCELLED"))
    told = given_to(bureau, off, "c.ics")
    assert (ends(told), [warning["code"] for warning in told["warnings"]]) == ((1, 0, 1, 0, 0, 0), ["event_cancelled"])
    assert [name for name, _ in waiting(bureau)] == ["Rapat rutin", "Rapat rutin"]
    undo(bureau.office, newest_load(bureau), "salah kalender", "admin", bureau.clock())
    assert waiting(bureau) == later


def test_completed_an_event_is_the_booking_of_its_letter_and_the_calendar_given_again_brings_no_second_row(
    bureau: Bureau,
) -> None:
    text = calendar(MEETING, SERIES)
    assert [ends(given_to(bureau, text)) for _ in (1, 2)] == [(4, 0, 0, 0, 4, 0)] * 2
    load_id = complete(bureau, 1)
    letter = bureau.case("2026/21")["request"]
    stamps = [letter[name][:16] for name in ("received_at", "booked_start_at", "booked_end_at")]
    assert stamps == ["2026-09-02T08:00", "2026-09-14T09:00", "2026-09-14T11:00"]
    assert letter["opd"] == "Dinas Kesehatan"
    assert (booked(bureau), len(waiting(bureau))) == (2, 3)
    assert ends(given_to(bureau, text)) == (4, 0, 1, 0, 3, 0)
    assert ends(given_to(bureau, text.replace("VERSION", "PRODID:x\nVERSION"), "b.ics")) == (4, 0, 1, 0, 3, 0)
    undo(bureau.office, load_id, "salah surat", "admin", bureau.clock())
    assert (booked(bureau), len(waiting(bureau))) == (0, 4)


def test_what_a_calendar_says_anew_of_a_completed_event_corrects_its_letter(small: Bureau) -> None:
    given_to(small, calendar(MEETING, SERIES))
    complete(small, 1)
    moved = MEETING.replace("20260914T09", "20260916T08").replace("20260914T11", "20260916T11")
    assert ends(given_to(small, calendar(moved, SERIES), "b.ics")) == (4, 0, 0, 1, 3, 0)
    assert small.case("2026/21")["request"]["booked_start_at"][:16] == "2026-09-16T08:00"
    assert (booked(small), len(waiting(small))) == (3, 3)
    given_to(small, calendar(moved.replace("CONFIRMED", "CANCELLED"), SERIES), "c.ics")
    assert small.case("2026/21")["request"]["status"] == "cancelled"
    assert (booked(small), len(waiting(small))) == (0, 3)


NO_LETTERS = [
    (LetterAsTyped("", "2026-09-02", "Dinkes"), "bukan nomor"),
    (LetterAsTyped("2025/21", "2026-09-02", "Dinkes"), "tahun lain"),
    (LetterAsTyped("21", "", "Dinkes"), "Diterima"),
    (LetterAsTyped("21", "2026-10-02", "Dinkes"), "belum terjadi"),
    (LetterAsTyped("21", "2026-09-02", ""), "OPD"),
    (LetterAsTyped("20", "2026-09-02", "Dinkes"), "sudah dipakai surat lain"),
    (LetterAsTyped("19", "2026-09-02", "Dinkes"), "acara lain dari kalender"),
]


def test_a_letter_that_cannot_be_or_has_an_event_already_is_refused_and_the_event_waits_on(small: Bureau) -> None:
    small.give(agenda("20;01/09/2026;08.00;Bappeda;Rapat anggaran"))
    given_to(small, calendar(MEETING, SERIES))
    before = complete(small, letter=LetterAsTyped("19", "2026-09-02", "Dinkes"))
    for letter, words in NO_LETTERS:
        with pytest.raises(PantauError, check=says(words)):
            complete(small, letter=letter)
    assert (newest_load(small), len(waiting(small))) == (before, 3)


def test_an_event_waits_for_its_letter_first_and_then_for_its_room(small: Bureau) -> None:
    given_to(small, calendar(MEETING, room="Zoom"))
    assert (unknown_rooms(small.office), attention(small.office).unknown_room_rows) == ([], 0)
    settings_of_another_process(small)
    complete(small)
    assert (waiting(small), [room.texts for room in unknown_rooms(small.office)]) == ([], [("Zoom",)])
    moved = MEETING.replace("20260914T09", "20260916T08").replace("20260914T11", "20260916T11")
    assert ends(given_to(small, calendar(moved, room="Zoom"), "b.ics")) == (1, 0, 0, 0, 1, 0)
    apply_settings(small.office, lambda now: with_room(now, "Zoom", None, ["Zoom"]), 0, actor="admin")
    assert small.case("2026/21")["request"]["booked_start_at"][:16] == "2026-09-16T08:00"


def test_a_changed_date_that_comes_alone_leaves_the_other_dates_of_its_series(small: Bureau) -> None:
    given_to(small, calendar(SERIES))
    alone = (
        f"UID:s\nRECURRENCE-ID{ZONE}:20260915T130000\nDTSTART{ZONE}:20260916T080000\nDURATION:PT1H\nSUMMARY:Rapat rutin"
    )
    given_to(small, calendar(alone), "b.ics")
    assert [begin for _, begin in waiting(small)] == ["08/09 13.00", "16/09 08.00", "22/09 13.00"]
    given_to(small, calendar(alone.replace("SUMMARY", "STATUS:CANCELLED\nSUMMARY")), "c.ics")
    assert [begin for _, begin in waiting(small)] == ["08/09 13.00", "22/09 13.00"]


def test_an_event_that_is_no_request_waits_no_more_until_that_is_undone(small: Bureau) -> None:
    given_to(small, calendar(MEETING, SERIES))
    (_, meeting, *_), _ = waiting_events(small.office, 1)
    assert dismiss_event(small.office, meeting["id"], "agendaris", small.clock())
    dismissed = newest_load(small)
    assert ends(given_to(small, calendar(MEETING, SERIES, "UID:n\nDTSTART:20260930T010000Z"), "b.ics")) == (
        5, 0, 1, 0, 4, 0,
    )  # fmt: skip
    assert (len(waiting(small)), booked(small)) == (4, 0)
    undo(small.office, dismissed, "salah tekan", "admin", small.clock())
    assert len(waiting(small)) == 5


def test_a_room_that_becomes_known_makes_no_letter_of_an_event(small: Bureau) -> None:
    given_to(small, calendar(MEETING, room="Aula"))
    applied = apply_settings(small.office, lambda now: with_room(now, "Aula", None, ["Aula"]), 0, actor="admin")
    assert (applied.joined, len(waiting(small)), booked(small)) == (0, 1, 0)


def test_a_preview_names_the_events_and_what_is_left_out(small: Bureau) -> None:
    path = small.folder / "a.ics"
    path.write_text(calendar(MEETING, "UID:x\nSUMMARY:Kabur"), encoding="utf-8")
    tried = preview(small.office, path, small.clock(), name="a.ics")
    (block,) = tried.blocks
    assert (block.kind, block.counts["waiting"], dict(block.waiting)) == ("permohonan", 1, {"letter_missing": 1})
    cells = [cell.typed for cell in block.rows[0].cells]
    assert cells[4:] == ["Rapat stunting", "Smart Center", "14/09/2026", "09.00", "", "11.00", "disetujui"]
    assert "“Kabur”" in sentence(block.warnings[0].message)
    assert attention(small.office).events == 0


def test_what_is_no_calendar_or_is_given_another_kind_is_refused(small: Bureau) -> None:
    assert "iCalendar" in given_to(small, "halo")["reason"]
    told = small.give(calendar(MEETING), "b.ics", kind="disposisi").to_json(sentence)
    assert (told["status"], "kalender" in told["reason"]) == ("refused", True)
