"""What a later load repeats is kept for its own sake; what the file as a whole shows is noted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select

from dashboard.i18n import sentence
from data_access.records import one_load, reading, schema
from data_access.records.intake.loads import still_waiting_count, undo_load
from etl.domain.verdict import Flag
from etl.extract import open_file
from etl.extract.masks import bare_name
from etl.intake.pipeline import ingest
from etl.reference.steps import STEP_INDEX
from tests.books.typed import AGENDA, HAND_OVERS, agenda, hand_overs, room_log
from tests.offices.bureau import LETTER, Bureau
from tests.serving.databases import ON_SQLITE

USE = "143;Smart Center;08/09/2026;09.05;11.50;42"
TWO_STEPS = ("143;A2;;;;07/09/2026;08.08", "143;A3;;;;07/09/2026;08.12")


def stored(bureau: Bureau, table: str) -> int:
    """How many rows a log holds."""
    with reading(bureau.office.records) as connection:
        return connection.execute(select(func.count()).select_from(schema.metadata.tables[table])).scalar_one()


def test_a_row_that_an_earlier_load_said_already_is_kept_and_counted_unchanged(registered: Bureau) -> None:
    registered.give(hand_overs(*TWO_STEPS), "a.csv")
    assert registered.counts(hand_overs(*TWO_STEPS, "143;A4;;;;07/09/2026;08.20"), "b.csv") == (3, 1, 2, 0, 0, 0)
    assert stored(registered, "pass_row") == 5
    assert [source["file"] for source in registered.step("2026/143", "A2")["sources"]] == ["a.csv", "b.csv"]


TWICE = {
    "request_row": agenda("143;07/09/2026;08.00;Dinkes", "143;07/09/2026;08.00;Dinkes"),
    "pass_row": hand_overs(TWO_STEPS[0], TWO_STEPS[0]),
    "session_row": room_log(USE, USE),
}
"""By log a book that says the same twice."""


def test_a_row_repeated_inside_one_load_is_kept_once(registered: Bureau) -> None:
    before = {log: stored(registered, log) for log in TWICE}
    for log, book in TWICE.items():
        registered.give(book, f"{log}.csv")
    assert {log: stored(registered, log) - before[log] for log in TWICE} == dict.fromkeys(TWICE, 1)


@ON_SQLITE
def test_what_was_not_known_before_is_null_among_corrected_texts(bureau: Bureau) -> None:
    bureau.give(agenda("143;07/09/2026;08.00;Dinkes"), "a.csv")
    bureau.give(agenda("143;07/09/2026;08.00;Dinsos;Rapat"), "b.csv")
    told = bureau.office.mart.read().rows("SELECT field, old_value FROM correction_fact")
    assert {row["field"]: row["old_value"] for row in told} == {"opd": '"Dinas Kesehatan"', "subject": "null"}


def test_a_row_that_waits_already_waits_once_more_for_the_later_load(bureau: Bureau) -> None:
    row = "999;A2;;;;07/09/2026;08.08"
    bureau.give(hand_overs(row), "a.csv")
    assert bureau.counts(hand_overs(row, row), "b.csv") == (2, 0, 0, 0, 2, 0)
    assert stored(bureau, "pass_row") == 2
    bureau.give(agenda("999;07/09/2026;08.00;Dinkes"), "agenda.csv")
    assert bureau.step("2026/999", "A2")["passes"] == 1


@ON_SQLITE
def test_rows_of_one_file_that_wait_in_the_same_words_are_told_once_with_their_number(bureau: Bureau) -> None:
    told = bureau.give(hand_overs(*[TWO_STEPS[0]] * 3, TWO_STEPS[1]), "langkah.csv")
    assert (told.counts["waiting"], [(wait.row, sentence(wait.message)) for wait in told.waits]) == (4, [
        (2, "Baris 2: menunggu surat nomor 143. Begitu pula 2 baris lain."),
        (5, "Baris 5: menunggu surat nomor 143."),
    ])  # fmt: skip
    uses = bureau.give(room_log(*["143;Aula;08/09/2026;09.05;11.50;42"] * 2), "pemakaian.csv").to_json(sentence)
    assert [wait["message"] for wait in uses["waits"]] == [
        'Baris 2: menunggu ruang "Aula" dikenal. Begitu pula 1 baris lain.'
    ]


def test_a_second_room_of_a_letter_that_nobody_knows_waits_with_its_row_until_a_later_file_says_another(
    bureau: Bureau,
) -> None:
    letter = "143;07/09/2026;08.00;Dinkes;Rapat;{};08/09/2026;09.00;12.00;disetujui"
    told = bureau.give(agenda(letter.format("Smart Center"), letter.format("Aula")), "a.csv")
    assert [sentence(wait.message) for wait in told.waits] == ['Baris 3: menunggu ruang "Aula" dikenal.']
    with reading(bureau.office.records) as connection:
        assert still_waiting_count(connection, told.load_id) == 1
    bureau.give(agenda(letter.format("Smart Center").replace("Rapat", "Rakor")), "b.csv")
    with reading(bureau.office.records) as connection:
        assert still_waiting_count(connection, told.load_id) == 0


def test_pauses_of_a_repeated_row_are_kept_with_it(registered: Bureau) -> None:
    bare = "143;A2;;07/09/2026;08.00;07/09/2026;09.00"
    paused = f"{bare};07/09/2026 08.05;07/09/2026 08.20;menunggu OPD"
    registered.give(hand_overs(bare, paused), "a.csv")
    registered.give(hand_overs(bare, paused, bare), "b.csv")
    assert (stored(registered, "pass_row"), stored(registered, "pause_row")) == (4, 2)
    assert registered.step("2026/143", "A2")["paused_seconds"] == 15 * 60


def test_undoing_a_load_takes_nothing_from_the_one_that_repeated_it(registered: Bureau) -> None:
    first = registered.give(hand_overs(*TWO_STEPS), "a.csv")
    registered.give(hand_overs(*TWO_STEPS, ""), "b.csv")
    with one_load(registered.office.records) as connection:
        undo_load(connection, first.load_id, registered.clock())
        counting = select(func.count()).select_from(schema.pass_row).where(schema.pass_row.c.load_id != first.load_id)
        assert connection.execute(counting).scalar_one() == 2


def two_kinds(folder: Path) -> Path:
    """A workbook with a register and hand-overs."""
    path = folder / "buku.xlsx"
    sheets = {"Agenda": (AGENDA, LETTER.splitlines()[1]), "Disposisi": (HAND_OVERS, TWO_STEPS[0])}
    with xlsxwriter.Workbook(path) as workbook:
        for name, lines in sheets.items():
            page = workbook.add_worksheet(name)
            for row, line in enumerate(lines):
                page.write_row(row, 0, line.split(";"))
    return path


@ON_SQLITE
def test_a_workbook_of_two_kinds_is_two_loads_and_one_is_given_again_alone(bureau: Bureau) -> None:
    path = two_kinds(bureau.folder)
    first = ingest(bureau.office, path, bureau.clock())
    assert [(one.kind, one.status, one.counts["accepted"]) for one in first] == [
        ("permohonan", "loaded", 1), ("disposisi", "loaded", 1),
    ]  # fmt: skip
    assert {one.status for one in ingest(bureau.office, path, bureau.clock())} == {"unchanged"}
    with one_load(bureau.office.records) as connection:
        undo_load(connection, first[1].load_id, bureau.clock())
    again = ingest(bureau.office, path, bureau.clock())
    assert [(one.kind, one.status) for one in again] == [("permohonan", "unchanged"), ("disposisi", "loaded")]


@ON_SQLITE
def test_a_run_goes_on_over_the_parts_of_a_file(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.intake.load_report.open_file", partial(open_file, part_rows=2))
    bureau.give(hand_overs(*(f"{number};A2;;;;07/09/2026;08.08" for number in range(1, 6))), "d.csv")
    with reading(bureau.office.records) as connection:
        assert set(connection.execute(select(schema.pass_row.c.suspicion)).scalars()) == {Flag.EQUAL_STAMPS.value}


@ON_SQLITE
def test_five_letters_under_one_moment_are_marked_and_four_are_not(bureau: Bureau) -> None:
    moments = ["08.08"] * 5 + ["08.10"] * 4
    rows = [f"{number};A2;;;;07/09/2026;{clock}" for number, clock in enumerate(moments, start=1)]
    bureau.give(hand_overs(*rows), "d.csv")
    with reading(bureau.office.records) as connection:
        found = connection.execute(select(schema.pass_row.c.suspicion).order_by(schema.pass_row.c.id)).scalars().all()
    assert found == [Flag.EQUAL_STAMPS.value] * 5 + [0] * 4


@ON_SQLITE
def test_a_run_over_a_row_that_is_not_kept_marks_the_rows_around_it(bureau: Bureau) -> None:
    rows = [f"{number};A2;;;;07/09/2026;08.08" for number in (1, 2, 2, 3, 4, 5)]
    bureau.give(hand_overs("9;A2;;;;07/09/2026;07.50", *rows, "8;A2;;;;07/09/2026;09.13"), "d.csv")
    with reading(bureau.office.records) as connection:
        found = connection.execute(select(schema.pass_row.c.suspicion).order_by(schema.pass_row.c.id)).scalars().all()
    assert found == [0, *[Flag.EQUAL_STAMPS.value] * 5, 0]


def test_a_step_whose_minutes_are_rounded_is_noted_with_its_load(bureau: Bureau) -> None:
    rounded = [f"{number};A2;;;;07/09/2026;{8 + number // 12:02d}.{number % 12 * 5:02d}" for number in range(1, 21)]
    exact = [f"{number};A3;;;;07/09/2026;{8 + number // 12:02d}.{number % 12 * 5 + 1:02d}" for number in range(1, 21)]
    report = bureau.give(hand_overs(*rounded, *exact), "d.csv")
    with reading(bureau.office.records) as connection:
        found = connection.execute(select(schema.round_stamp.c.load_id, schema.round_stamp.c.step)).all()
    assert [tuple(one) for one in found] == [(report.load_id, STEP_INDEX["A2"])]


@ON_SQLITE
def test_a_file_in_parts_is_taken_as_one(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.intake.load_report.open_file", partial(open_file, part_rows=3))
    bureau.give(LETTER, "agenda.csv")
    waiting = "999;A2;;;;07/09/2026;08.08"
    rows = [*TWO_STEPS, waiting, *TWO_STEPS, waiting, "143;A2;1;;;07/09/2026;08.30"]
    assert bureau.counts(hand_overs(*rows), "d.csv") == (7, 2, 2, 1, 2, 0)
    assert stored(bureau, "pass_row") == 4


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/agenda.csv", "agenda.csv"), ("C:\\buku\\agenda.csv", "agenda.csv"), ("a\r\nb\0.csv", "ab.csv"),
        ("..", "berkas"), ("", "berkas"), ("\u202egnp.csv", "gnp.csv"), ("Agenda Juni.xlsx", "Agenda Juni.xlsx"),
    ],
)  # fmt: skip
def test_a_stored_name_is_bare(typed: str, shown: str) -> None:
    assert bare_name(typed) == shown
