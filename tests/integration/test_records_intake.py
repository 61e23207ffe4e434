"""The questions of the Data page, asked of both databases."""

from __future__ import annotations

from sqlalchemy import Engine

from data_access.records import Connection, one_load, reading, writing
from data_access.records.access import REJECTS_DONE, REJECTS_OPEN, forget_actions_before, note_action
from data_access.records.intake.loads import add_waiting, loads_page, undo_load
from data_access.records.intake.views import (
    Span,
    letters_of_load,
    loads_named,
    loads_with_rejects,
    marked_loads,
    missing_letters,
    place_in_load,
    rows_awaiting_letter,
    rows_awaiting_name,
    rows_of_letter,
    rows_of_load,
    span_of,
    stored_rows,
    unknown_names,
    waiting_page,
)
from tests.books.record_rows import (
    NINE_O_CLOCK,
    add_attendance,
    add_letter,
    add_passes,
    add_session,
    end_load,
    start_load,
)


def file_of(connection: Connection, file: str, **counts: int) -> int:
    """A load without rows."""
    load_id = start_load(connection, file=file)["load_id"]
    end_load(connection, load_id, **counts)
    return load_id


def test_the_rows_of_a_load_are_found_among_those_of_others_in_file_order(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        for _ in range(3):
            origin = start_load(connection)
            add_letter(connection, origin, agenda_key=str(origin["load_id"]))
            add_passes(connection, origin, *[{"request_id": origin["load_id"]}] * 5)
            end_load(connection, origin["load_id"])
    with reading(records_engine) as connection:
        assert [span_of(connection, "disposisi", load_id) for load_id in (1, 2, 3, 4)] == [
            Span(1, 5),
            Span(6, 5),
            Span(11, 5),
            Span(16, 0),
        ]
        span = span_of(connection, "disposisi", 2)
        assert [row["row"] for row in rows_of_load(connection, "disposisi", span, 2, 2)] == [4, 5]
        assert place_in_load(connection, "disposisi", span, 5, None) == 3
        assert place_in_load(connection, "disposisi", span, 99, None) is None
        assert [row["agenda_key"] for row in letters_of_load(connection, "disposisi", span, 10)] == ["2"]
        assert span_of(connection, "pembatalan", 2) == Span(1, 0)


def test_a_hand_over_that_waits_in_two_loads_is_one_row_until_its_letter_comes(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        for file in ("a.csv", "b.csv"):
            origin = start_load(connection, file=file)
            ids = add_passes(connection, origin, {}, {"step": 2})
            add_waiting(connection, origin["load_id"], "disposisi", ids, "letter_missing")
            end_load(connection, origin["load_id"], read=2, waiting=2)
    with reading(records_engine) as connection:
        (group,) = missing_letters(connection, 10, 0)
        assert (group["agenda_key"], group["rows"], group["all_rows"], group["total"]) == ("11", 2, 2, 1)
        assert group["since"] == NINE_O_CLOCK + 1
        places = [(row["file"], row["row"]) for row in rows_awaiting_letter(connection, "11", None, 10)]
        assert places == [("a.csv", 2), ("a.csv", 3), ("b.csv", 2), ("b.csv", 3)]
        assert [row["has_joined"] for row in waiting_page(connection, "disposisi", 2, 10, 0)] == [False, False]
    with one_load(records_engine) as connection:
        undo_load(connection, 1, NINE_O_CLOCK)
        undo_load(connection, 2, NINE_O_CLOCK)
    with reading(records_engine) as connection:
        assert missing_letters(connection, 10, 0) == []


def test_rows_that_stand_twice_in_a_load_wait_as_often_as_the_load_counted_them(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        for file, rows in (("a.csv", [{}, {}, {"step": 2}]), ("b.csv", [{}, {"step": 2}, {"step": 2}])):
            origin = start_load(connection, file=file)
            add_passes(connection, origin, *rows)
            end_load(connection, origin["load_id"], read=3, waiting=3)
        people = start_load(connection, "peserta", "hadir.csv")
        add_attendance(connection, people, agenda_key="12", people=45)
        end_load(connection, people["load_id"], read=45, waiting=45)
        log = start_load(connection, "pemakaian", "log.csv")
        for row in (2, 3):
            add_session(connection, log, room_text="Aula", room_name=None, row=row)
        end_load(connection, log["load_id"], read=2, waiting=2)
    with reading(records_engine) as connection:
        first, second = missing_letters(connection, 10, 0)
        assert (first["agenda_key"], first["rows"]) == ("11", 4)
        assert (second["agenda_key"], second["rows"], second["all_rows"]) == ("12", 45, 49)
        assert [row["rows"] for row in unknown_names(connection, "room")] == [2]
    with one_load(records_engine) as connection:
        undo_load(connection, 2, NINE_O_CLOCK)
    with reading(records_engine) as connection:
        assert [row["rows"] for row in missing_letters(connection, 10, 0)] == [3, 45]


def test_unknown_rooms_are_counted_as_typed_and_by_kind(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection, "pemakaian", "log.csv")
        add_session(connection, origin, room_text="Aula", room_name=None)
        add_session(connection, origin, room_text="Aula", room_name=None, row=3, started_at=NINE_O_CLOCK + 60)
        add_letter(connection, origin, room="Aula", is_waiting=True)
        end_load(connection, origin["load_id"])
    with reading(records_engine) as connection:
        counts = {(row["text"], row["kind"]): row["rows"] for row in unknown_names(connection, "room")}
        assert counts == {("Aula", "pemakaian"): 2, ("Aula", "permohonan"): 1}
        assert len(rows_awaiting_name(connection, "room", ["Aula"], 10)) == 3


def test_rejected_rows_wait_until_the_same_file_comes_again_whole(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        file_of(connection, "agenda.csv", read=5, accepted=3, rejected=2)
        file_of(connection, "agenda.csv", read=2, accepted=1, rejected=1)
        file_of(connection, "lain.csv", read=5, accepted=3, rejected=2)
        file_of(connection, "lain.csv", read=5, accepted=1, unchanged=3, rejected=1)
        file_of(connection, "tolakan-1-agenda.csv", read=2, accepted=2)
    with reading(records_engine) as connection:
        assert [row["id"] for row in loads_with_rejects(connection)] == [4, 2, 1]
        assert [row["id"] for row in loads_named(connection, "tolakan-")] == [5]
        assert [load.id for load in loads_page(connection, 2, 1)] == [4, 3]
        assert [load.id for load in loads_page(connection, 9, 0, [1, 3])] == [3, 1]


def test_the_newest_word_about_rejected_rows_counts_and_outlives_the_access_log(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        for action in (REJECTS_DONE, REJECTS_OPEN, REJECTS_DONE):
            note_action(connection, action, at=NINE_O_CLOCK, actor="agendaris", subject="load 1")
        note_action(connection, REJECTS_OPEN, at=NINE_O_CLOCK, actor="agendaris", subject="load 2")
        note_action(connection, "login", at=NINE_O_CLOCK, actor="agendaris")
        assert forget_actions_before(connection, NINE_O_CLOCK + 1) == 1
    with reading(records_engine) as connection:
        told = {entry.subject: entry.action for entry in marked_loads(connection)}
    assert told == {"load 1": REJECTS_DONE, "load 2": REJECTS_OPEN}


def test_every_row_that_speaks_of_a_letter_is_told_with_its_load(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection, file="d.csv")
        letter = add_letter(connection, origin)
        (row_id,) = add_passes(connection, origin, {"request_id": letter, "row": 7})
        end_load(connection, origin["load_id"])
    with reading(records_engine) as connection:
        told = {(row["kind"], row["file"], row["row"], row["load_id"]) for row in rows_of_letter(connection, letter)}
        (stored,) = stored_rows(connection, "disposisi", [row_id])
    assert told == {("permohonan", "d.csv", 2, 1), ("disposisi", "d.csv", 7, 1)}
    assert (stored["file"], stored["row"], stored["year"], stored["agenda_key"]) == ("d.csv", 7, 2026, "11")
