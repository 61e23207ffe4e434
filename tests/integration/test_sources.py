"""Database sources: what is new is loaded once, whatever happens in between, and nothing is ever written there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.i18n import sentence
from data_access.records import reading, writing
from data_access.records.intake.loads import last_load_id
from data_access.records.intake.sources import current_cursor, last_loads, visits
from etl.figures.intake.freshness import Origin, source_freshness
from etl.intake.load_report import ENDS, LoadReport
from etl.intake.pipeline import apply_settings
from etl.intake.undo import undo as undo_whole
from etl.intake.watched import sources
from etl.settings.document import apply
from tests.books.foreign import ATTENDANCE, TIMELINE, Foreign, foreign_postgresql, foreign_sqlite
from tests.books.moments import seconds
from tests.offices.bureau import Bureau
from tests.serving.databases import own_database


@pytest.fixture(params=["sqlite", "postgresql"])
def foreign(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Foreign]:
    """An e-office next door, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        with foreign_sqlite(tmp_path) as made:
            monkeypatch.setenv("ESURAT_URL", made.url)
            yield made
        return
    server = request.getfixturevalue("postgresql_server")
    with own_database(server, "template1") as url, foreign_postgresql(url) as made:
        monkeypatch.setenv("ESURAT_URL", url)
        yield made


ON_ONE_KIND = pytest.mark.parametrize("foreign", ["sqlite"], indirect=True)
"""Marks a test of what is decided above the source. How its rows and cursors are read is tried on both kinds."""


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    made = Bureau(tmp_path)
    yield made
    made.close()


def settle(bureau: Bureau, settings: str) -> None:
    apply_settings(bureau.office, apply(bureau.office.settings, settings, "uji.toml"), bureau.clock(), actor="uji")


def fetch(bureau: Bureau, name: str = "e-surat") -> LoadReport:
    source = bureau.office.settings.source(name)
    assert source is not None
    return sources.fetch(bureau.office, source, bureau.clock(), actor="cli")


def told(report: LoadReport) -> tuple[str, tuple[int, ...]]:
    """Status and the counts of a report."""
    whole = report.to_json(sentence)
    return whole["status"], tuple(whole[end] for end in ENDS)


def undo(bureau: Bureau, load_id: int) -> None:
    """As the Data page undoes a load."""
    undo_whole(bureau.office, load_id, "salah berkas", "uji", bureau.clock())


def loads_so_far(bureau: Bureau) -> int:
    with reading(bureau.office.records) as connection:
        return last_load_id(connection)


def test_the_first_time_everything_is_read_then_only_what_is_new(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    foreign.letter(2, "2026-09-07 09:30:00")
    first = fetch(bureau)
    assert told(first) == ("loaded", (2, 2, 0, 0, 0, 0))
    assert bureau.case("2026/1")["request"]["received_at"] == "2026-09-07T08:00:00+07:00"
    assert bureau.case("2026/2")["request"]["sources"] == [{"file": "e-surat", "sheet": None, "row": 3}]
    foreign.letter(7, "2026-09-08 07:45:00")
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))
    assert bureau.case("2026/7")["request"]["sources"] == [{"file": "e-surat", "sheet": None, "row": 2}]


def test_without_news_no_load_is_written_but_the_source_was_reached(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    fetch(bureau)
    before = loads_so_far(bureau)
    bureau.clock.at += 3_600
    assert told(fetch(bureau)) == ("unchanged", (0, 0, 0, 0, 0, 0))
    assert loads_so_far(bureau) == before
    with reading(bureau.office.records) as connection:
        assert visits(connection)["e-surat"].reached_at == bureau.clock()


def test_an_empty_table_is_no_load(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    assert told(fetch(bureau)) == ("unchanged", (0, 0, 0, 0, 0, 0))
    assert loads_so_far(bureau) == 0


def test_a_changed_row_comes_again_by_the_moment_of_its_change(bureau: Bureau, foreign: Foreign) -> None:
    source = foreign.letters_source("updated_at > :cursor", "updated_at").replace("penginput FROM", "updated_at FROM")
    settle(bureau, source)
    foreign.letter(1)
    foreign.letter(2, updated_at=None)
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))
    foreign.run("UPDATE tbl_surat_masuk SET perihal = 'Rakor', updated_at = '2026-09-09 10:00:00' WHERE id = 1")
    assert told(fetch(bureau)) == ("loaded", (1, 0, 0, 1, 0, 0))
    assert bureau.case("2026/1")["request"]["subject"] == "Rakor"
    assert told(fetch(bureau))[0] == "unchanged"


def test_a_cursor_that_meets_its_last_row_again_ends_in_silence(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source("id >= :cursor"))
    foreign.letter(1)
    foreign.letter(2)
    assert told(fetch(bureau)) == ("loaded", (2, 2, 0, 0, 0, 0))
    assert told(fetch(bureau)) == ("loaded", (1, 0, 1, 0, 0, 0))
    before = loads_so_far(bureau)
    assert told(fetch(bureau)) == ("unchanged", (0, 0, 0, 0, 0, 0))
    assert loads_so_far(bureau) == before


NULL_SAFE = ["CAST(:cursor AS INTEGER) IS NULL OR id > :cursor", "id > COALESCE(:cursor, 0)"]


@pytest.mark.parametrize("where", NULL_SAFE)
def test_a_query_may_answer_the_first_time_by_itself(bureau: Bureau, foreign: Foreign, where: str) -> None:
    settle(bureau, foreign.letters_source(where))
    foreign.letter(1)
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))
    foreign.letter(2)
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))


def test_texts_count_as_a_cursor_from_their_beginning(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source("no_agenda > :cursor", "no_agenda"))
    foreign.letter(1)
    foreign.letter(2)
    assert told(fetch(bureau))[1][0] == 2
    foreign.letter(3)
    assert told(fetch(bureau))[1][0] == 1


def test_a_source_without_a_cursor_is_read_whole_and_loaded_when_it_differs(bureau: Bureau, foreign: Foreign) -> None:
    foreign.letter(143)
    settle(bureau, foreign.letters_source())
    fetch(bureau)
    insert = "INSERT INTO timeline_surat_masuk VALUES ({}, '143', '{}', '{}', '{}', '{}')"
    foreign.run(insert.format(1, "Agendaris", "Sekdin", "07/09/2026", "08.08"))
    settle(bureau, foreign.letters_source() + TIMELINE)
    assert told(fetch(bureau, "linimasa")) == ("loaded", (1, 1, 0, 0, 0, 0))
    assert told(fetch(bureau, "linimasa"))[0] == "unchanged"
    foreign.run(insert.format(2, "Sekdin", "Kadin", "0000-00-00", "00:00:00"))
    foreign.run(insert.format(3, "Kadin", "Bupati", "07/09/2026", "08.30"))
    assert told(fetch(bureau, "linimasa")) == ("loaded", (3, 1, 1, 0, 0, 1))
    assert bureau.step("2026/143", "A2")["verdict"] == "MET"


def test_hand_overs_join_the_letters_of_the_other_source(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source() + foreign.hand_overs_source())
    foreign.letter(143)
    foreign.hand_over(1, 143, "A2", "2026-09-07 08:08:00")
    foreign.hand_over(2, 143, "A3", None)
    assert told(fetch(bureau, "e-disposisi")) == ("loaded", (2, 0, 0, 0, 2, 0))
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))
    assert bureau.step("2026/143", "A2")["finished_at"] == "2026-09-07T08:08:00+07:00"


ODD = {
    1: ({"perihal": None}, None),
    2: ({"perihal": "  Rapat\tpenting \n kedua"}, "Rapat penting kedua"),
    3: ({"perihal": "Peringatan HUT – “Trenggalek” ke‑832"}, "Peringatan HUT – “Trenggalek” ke‑832"),
    4: ({"perihal": "=HYPERLINK(1)"}, "=HYPERLINK(1)"),
    5: ({"tgl_surat": "0000-00-00"}, "Rapat 5"),
    6: ({"tgl_surat": "-", "sifat": None}, "Rapat 6"),
}


def test_cells_as_such_systems_hold_them_are_read(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    for number, (cells, _) in ODD.items():
        foreign.letter(number, **cells)
    assert told(fetch(bureau)) == ("loaded", (6, 6, 0, 0, 0, 0))
    subjects = {number: bureau.case(f"2026/{number}")["request"]["subject"] for number in ODD}
    assert subjects == {number: subject for number, (_, subject) in ODD.items()}


@ON_ONE_KIND
def test_a_bad_row_is_rejected_with_its_row_number_and_the_cursor_goes_on(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    foreign.letter(2, None)
    report = fetch(bureau)
    assert told(report) == ("loaded", (2, 1, 0, 0, 0, 1))
    assert [reject.row for reject in report.rejects] == [3]
    assert told(fetch(bureau))[0] == "unchanged"


def test_bytes_of_an_old_encoding_are_text(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with foreign_sqlite(tmp_path) as foreign:
        monkeypatch.setenv("ESURAT_URL", foreign.url)
        settle(bureau, foreign.letters_source())
        foreign.letter(1)
        foreign.run("UPDATE tbl_surat_masuk SET perihal = CAST(x'52617061742064e9736120' AS TEXT)")
        fetch(bureau)
    assert bureau.case("2026/1")["request"]["subject"] == "Rapat désa"


def test_what_the_map_does_not_name_never_enters_the_records(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    foreign.letter(2, None)
    report = fetch(bureau)
    assert report.ignored_columns == []
    kept = (bureau.folder / "home" / "records.sqlite").read_bytes()
    assert b"Budi Contoh" not in kept


@ON_ONE_KIND
def test_a_list_of_persons_is_counted_and_needs_a_map(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source() + ATTENDANCE)
    foreign.letter(1)
    fetch(bureau)
    for number in range(1, 4):
        foreign.run("INSERT INTO daftar_hadir VALUES (:id, '001', 'Budi Contoh', '3503010101900001', 1)", id=number)
    assert told(fetch(bureau, "hadir"))[0] == "loaded"
    for path in bureau.folder.rglob("*"):
        if path.is_file() and path.name != "esurat.db":
            assert b"3503010101900001" not in path.read_bytes(), path
    whole = ATTENDANCE.split("columns")[0]
    settle(bureau, foreign.letters_source() + whole)
    assert "wajib memakai peta columns" in sentence(fetch(bureau, "hadir").reason or "")


@ON_ONE_KIND
def test_a_load_that_was_cut_off_is_read_again(
    bureau: Bureau, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    with monkeypatch.context() as patch:
        patch.setattr(sources, "note_reached", _power_cut)
        with pytest.raises(PowerCutError):
            fetch(bureau)
    assert loads_so_far(bureau) == 0
    assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))


class PowerCutError(BaseException):
    """The end of a process, in the last statement of its transaction."""


def _power_cut(*_: object) -> None:
    raise PowerCutError


@ON_ONE_KIND
def test_undoing_a_load_brings_its_rows_back(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    fetch(bureau)
    foreign.letter(2)
    second = fetch(bureau)
    undo(bureau, second.load_id or 0)
    again = fetch(bureau)
    assert told(again)[0] == "loaded"
    assert again.to_json(sentence)["read"] == 1
    undo(bureau, 1)
    undo(bureau, again.load_id or 0)
    assert fetch(bureau).to_json(sentence)["read"] == 2


@ON_ONE_KIND
def test_undoing_a_load_in_the_middle_takes_the_cursor_back_before_it(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    for number in (1, 2, 3):
        foreign.letter(number)
        fetch(bureau)
    undo(bureau, 2)
    assert fetch(bureau).to_json(sentence)["read"] == 2
    assert told(fetch(bureau))[0] == "unchanged"


@ON_ONE_KIND
def test_two_readings_at_once_store_the_rows_once(
    bureau: Bureau, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    ordinary = sources.ingest_cells
    meanwhile: list[Callable[[], object]] = [lambda: fetch(bureau)]

    def overtaken(*given: object, **named: object) -> LoadReport:
        if meanwhile:
            meanwhile.pop()()
        return ordinary(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "ingest_cells", overtaken)
    assert told(fetch(bureau)) == ("unchanged", (0, 0, 0, 0, 0, 0))
    assert loads_so_far(bureau) == 1


@ON_ONE_KIND
def test_another_cursor_column_starts_again(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    fetch(bureau)
    settle(bureau, foreign.letters_source("no_agenda > :cursor", "no_agenda"))
    assert told(fetch(bureau)) == ("loaded", (1, 0, 1, 0, 0, 0))


def test_a_query_that_gives_its_cursor_column_no_more_is_refused(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    foreign.letter(1)
    fetch(bureau)
    settle(bureau, foreign.letters_source().replace("SELECT id, no_agenda", "SELECT no_agenda"))
    report = fetch(bureau)
    assert report.status == "refused"
    assert sentence(report.reason or "").startswith(
        'Sumber "e-surat": query tidak memberi kolom cursor "id"; yang ada: no_agenda'
    )


@ON_ONE_KIND
def test_a_query_without_a_column_of_the_map_is_refused(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source().replace("SELECT id, no_agenda", "SELECT id"))
    report = fetch(bureau)
    assert report.status == "refused"
    assert sentence(report.reason or "").startswith(
        'Sumber "e-surat": query tidak memberi kolom no_agenda dari peta columns; yang ada: id'
    )


def test_many_rows_are_streamed_and_all_arrive(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    insert = "INSERT INTO tbl_surat_masuk VALUES (:id, :number, '-', NULL, :at, 'Dinkes', 'Rapat', 0, 'x', NULL)"
    with foreign.engine.begin() as connection:
        rows = [{"id": n, "number": str(n), "at": "2026-09-07 08:00:00"} for n in range(1, 2_501)]
        connection.execute(text(insert), rows)
    assert told(fetch(bureau)) == ("loaded", (2_500, 2_500, 0, 0, 0, 0))
    assert told(fetch(bureau))[0] == "unchanged"


def test_the_cursor_is_kept_in_both_kinds_of_records(records_database_url: str, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    bureau = Bureau(tmp_path, database_url=records_database_url)
    with foreign_sqlite(tmp_path) as foreign:
        monkeypatch.setenv("ESURAT_URL", foreign.url)
        settle(bureau, foreign.letters_source())
        foreign.letter(4)
        assert told(fetch(bureau)) == ("loaded", (1, 1, 0, 0, 0, 0))
        assert told(fetch(bureau))[0] == "unchanged"
        assert told(fetch(bureau))[0] == "unchanged"
    with reading(bureau.office.records) as connection:
        stored = current_cursor(connection, "e-surat")
    assert stored is not None
    assert (stored["column"], stored["position"]) == ("id", 4)
    assert last_loads(bureau.office.records, bureau.clock()) == {"e-surat": bureau.clock()}
    (surat,) = source_freshness(bureau.office, bureau.clock())
    assert (surat.level, surat.last_record_at) == ("fresh", seconds("2026-09-07 08:00"))
    bureau.close()


@ON_ONE_KIND
def test_freshness_tells_each_source_against_its_rhythm(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source() + foreign.hand_overs_source())
    foreign.letter(1)
    bureau.clock.at = seconds("2026-09-08 09:00")
    fetch(bureau)
    surat, disposisi = source_freshness(bureau.office, seconds("2026-09-08 09:05"))
    assert (surat.name, surat.origin, surat.level, surat.every_seconds) == ("e-surat", Origin.DATABASE, "fresh", 300)
    assert surat.loaded_at == seconds("2026-09-08 09:00")
    assert surat.last_record_at == seconds("2026-09-07 08:00")
    assert (disposisi.level, disposisi.loaded_at) == ("none", None)
    levels = [source_freshness(bureau.office, seconds(f"2026-09-08 {at}"))[0].level for at in ("09:11", "09:21")]
    assert levels == ["near", "late"]
    bureau.clock.at = seconds("2026-09-08 09:20")
    fetch(bureau)
    assert source_freshness(bureau.office, seconds("2026-09-08 09:21"))[0].level == "fresh"


@ON_ONE_KIND
def test_freshness_tells_a_fault_and_files_given_by_hand(
    bureau: Bureau, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(bureau, foreign.letters_source())
    bureau.give("no_agenda;ruang;tanggal;jam_mulai;jam_selesai\n1;Smart Center;08/09/2026;09.00;11.00\n", actor="inbox")
    monkeypatch.delenv("ESURAT_URL")
    fetch(bureau)
    surat, log = source_freshness(bureau.office, bureau.clock())
    assert "ESURAT_URL" in str(surat.fault)
    assert surat.failed_at == bureau.clock()
    assert (log.name, log.kind, log.origin, log.level) == (None, "pemakaian", Origin.INBOX, "none")
    assert log.last_record_at == seconds("2026-09-08 11:00")


@ON_ONE_KIND
def test_reaching_a_source_is_noted_without_waiting_for_a_load(bureau: Bureau, foreign: Foreign) -> None:
    settle(bureau, foreign.letters_source())
    with writing(bureau.office.records) as connection:
        sources.note_reached(connection, "e-surat", bureau.clock())
    assert source_freshness(bureau.office, bureau.clock())[0].loaded_at == bureau.clock()
