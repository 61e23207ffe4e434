"""From the office's books to figures, through the real intake, records and mart."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.desk.settings_edit import keep_source, with_opd
from etl.intake.pipeline import apply_settings, ingest
from etl.judging.publishing import catch_up, rebuild
from etl.office import stored_settings
from etl.settings.document import SourceMap, apply
from tests.books.typed import AGENDA, agenda, as_workbook, book, hand_overs, part_a, room_log
from tests.offices.bureau import LETTER, Bureau, full_disk, settings_of_another_process
from tests.serving.databases import ON_SQLITE


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Bureau]:
    made = Bureau(tmp_path)
    yield made
    made.close()


def test_a_register_and_its_hand_overs_become_verdicts_and_figures(registered: Bureau) -> None:
    registered.give(hand_overs(*part_a("143", "07/09/2026", a4="08.20")), "disposisi.csv")
    steps = {step["step"]: step["verdict"] for step in registered.case("2026/143")["steps"]}
    assert [steps[f"A{n}"] for n in range(1, 9)] == ["UNMEASURABLE", "MET", "MET", "LATE", "MET", "MET", "MET", "MET"]
    told = registered.sla("2026-09-01", "2026-09-30")
    assert (told["all_steps"]["n"], told["all_steps"]["met"], told["all_steps"]["late"]) == (7, 6, 1)
    assert told["requests"]["late"] == 1
    assert told["requests"]["share"] == 0.0


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    books = {
        "agenda.csv": LETTER,
        "disposisi.csv": hand_overs(*part_a("143", "07/09/2026")),
        "ruang.csv": room_log("143;Smart Center;08/09/2026;09.05;11.50;42"),
    }
    told = []
    for number, order in enumerate(itertools.permutations(books)):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = Bureau(folder)
        for name in order:
            made.give(books[name], name)
        whole = made.case("2026/143")
        told.append((made.sla("2026-09-01", "2026-09-30"), whole["steps"], whole["sessions"]))
        made.close()
    assert all(one == told[0] for one in told)
    assert told[0][2][0]["present"] == 42


def test_hand_overs_wait_for_their_letter_and_join_when_it_comes(bureau: Bureau) -> None:
    waiting = bureau.counts(hand_overs("143;A2;;;;07/09/2026;08.08"), "disposisi.csv")
    assert waiting == (1, 0, 0, 0, 1, 0)
    assert bureau.counts(LETTER, "agenda.csv") == (1, 1, 0, 0, 0, 0)
    assert bureau.step("2026/143", "A2")["verdict"] == "MET"
    again = bureau.counts(hand_overs("143;A2;;;;07/09/2026;08.08"), "disposisi.csv")
    assert again == (1, 0, 1, 0, 0, 0)


def test_the_same_file_twice_changes_nothing_even_after_a_correction(registered: Bureau) -> None:
    first = hand_overs("143;A2;;;;07/09/2026;08.08")
    registered.give(first, "disposisi.csv")
    assert registered.counts(hand_overs("143;A2;1;;;07/09/2026;08.09"), "koreksi.csv") == (1, 0, 0, 1, 0, 0)
    told = registered.give(first, "disposisi.csv")
    assert (told.status, told.counts["unchanged"]) == ("unchanged", 1)
    assert registered.step("2026/143", "A2")["elapsed_seconds"] == 540


def test_the_later_file_wins_and_an_empty_cell_erases_nothing(registered: Bureau) -> None:
    later = agenda("143;07/09/2026;;Dinas Kesehatan;Rapat imunisasi daerah")
    assert registered.counts(later, "agenda-2.csv") == (1, 0, 0, 1, 0, 0)
    request = registered.case("2026/143")["request"]
    assert request["subject"] == "Rapat imunisasi daerah"
    assert request["received_at"] == "2026-09-07T08:00:00+07:00"
    assert [source["file"] for source in request["sources"]] == ["agenda.csv", "agenda-2.csv"]


@ON_SQLITE
def test_a_key_seen_earlier_in_the_same_file_is_corrected_or_unchanged(bureau: Bureau) -> None:
    rows = ("1;07/09/2026;08.00;Dinkes", "1;07/09/2026;08.00;Dinkes", "01;07/09/2026;08.05;Dinkes")
    assert bureau.counts(agenda(*rows)) == (3, 1, 1, 1, 0, 0)


@ON_SQLITE
def test_every_row_ends_in_exactly_one_way(registered: Bureau) -> None:
    rows = ("143;A2;;;;07/09/2026;08.08", "143;A2;;;;07/09/2026;08.08", "143;;;;;07/09/2026;08.00")
    more = ("143;X9;;;;07/09/2026;08.00", "999;A2;;;;07/09/2026;08.00", ";A2;;;;07/09/2026;08.00")
    assert registered.counts(hand_overs(*rows, *more)) == (6, 1, 1, 0, 1, 3)


@ON_SQLITE
def test_a_register_with_dates_only_is_loaded_and_nothing_is_guessed(bureau: Bureau) -> None:
    bureau.give(agenda("1;07/09/2026;;Dinkes", "2;08/09/2026;;Bappeda"))
    verdicts = {step["verdict"] for step in bureau.case("2026/1")["steps"] if step["step"] != "B5"}
    assert verdicts == {"UNMEASURABLE"}
    told = bureau.sla("2026-09-01", "2026-09-30")
    assert (told["all_steps"]["n"], told["all_steps"]["share"], told["all_steps"]["interval"]) == (0, None, None)
    assert told["steps"][0]["unmeasurable"] == {"date_only": 2}


@ON_SQLITE
def test_a_hand_over_that_ends_before_it_starts_is_kept_and_judged_invalid(registered: Bureau) -> None:
    assert registered.counts(hand_overs("143;A2;;07/09/2026;09.00;07/09/2026;08.30")) == (1, 1, 0, 0, 0, 0)
    step = registered.step("2026/143", "A2")
    assert (step["verdict"], step["reason"], step["elapsed_seconds"]) == ("UNMEASURABLE", "end_before_start", None)


@ON_SQLITE
def test_rows_that_differ_only_in_their_pause_add_pauses_to_one_pass(registered: Bureau) -> None:
    one = "143;A2;;07/09/2026;08.00;07/09/2026;09.00;07/09/2026 08.05;07/09/2026 08.20;menunggu OPD"
    two = "143;A2;;07/09/2026;08.00;07/09/2026;09.00;07/09/2026 08.30;07/09/2026 09.00;menunggu OPD"
    assert registered.counts(hand_overs(one, two)) == (2, 1, 0, 1, 0, 0)
    step = registered.step("2026/143", "A2")
    assert (step["passes"], step["paused_seconds"], step["elapsed_seconds"]) == (1, 45 * 60, 15 * 60)


@ON_SQLITE
def test_a_returned_letter_has_two_passes(registered: Bureau) -> None:
    first, second = "143;A2;1;;;07/09/2026;08.06", "143;A2;2;07/09/2026;10.00;07/09/2026;10.05"
    registered.give(hand_overs(first, second))
    step = registered.step("2026/143", "A2")
    assert (step["passes"], step["elapsed_seconds"], step["verdict"]) == (2, 11 * 60, "LATE")
    assert "returned" in [flag.lower() for flag in step["flags"]]


def test_an_unknown_room_waits_until_the_settings_know_it(bureau: Bureau) -> None:
    log = room_log(";Aula Bawah;08/09/2026;09.00;11.00;20")
    assert bureau.counts(log, "ruang.csv") == (1, 0, 0, 0, 1, 0)
    room = '[[room]]\nname = "Smart Center"\n[[room]]\nname = "Aula"\naliases = ["Aula Bawah"]\n'
    done = apply_settings(bureau.office, apply(bureau.office.settings, room, "s.toml"), bureau.clock(), actor="uji")
    assert done.joined == 1
    assert bureau.counts(log, "ruang.csv") == (1, 0, 1, 0, 0, 0)


@ON_SQLITE
def test_a_letter_with_an_unknown_room_waits_and_takes_its_hand_overs_along(bureau: Bureau) -> None:
    bureau.give(agenda("7;07/09/2026;08.00;Dinkes;Rapat;Aula Bawah"), "agenda.csv")
    assert bureau.counts(hand_overs("7;A2;;;;07/09/2026;08.08"), "d.csv") == (1, 0, 0, 0, 1, 0)
    room = '[[room]]\nname = "Smart Center"\n[[room]]\nname = "Aula Bawah"\n'
    apply_settings(bureau.office, apply(bureau.office.settings, room, "s.toml"), bureau.clock(), actor="uji")
    assert bureau.step("2026/7", "A2")["verdict"] == "MET"


@ON_SQLITE
def test_opd_aliases_work_on_rows_and_on_filters(bureau: Bureau) -> None:
    bureau.give(agenda("1;07/09/2026;08.00;DINAS KESEHATAN KAB. TRENGGALEK", "2;07/09/2026;08.00;Bappeda"), "a.csv")
    bureau.give(hand_overs("1;A2;;;;07/09/2026;08.08", "2;A2;;;;07/09/2026;08.20"), "d.csv")
    assert bureau.case("2026/1")["request"]["opd"] == "Dinas Kesehatan"
    told = bureau.sla("2026-09-01", "2026-09-30", opd="dinkes")["all_steps"]
    assert (told["n"], told["met"]) == (1, 1)


def test_new_aliases_rename_what_is_stored(bureau: Bureau) -> None:
    bureau.give(agenda("1;07/09/2026;08.00;Dinkes Baru"), "a.csv")
    names = '[opd]\n"Dinas Kesehatan" = ["Dinkes Baru"]\n'
    apply_settings(bureau.office, apply(bureau.office.settings, names, "s.toml"), bureau.clock(), actor="uji")
    assert bureau.case("2026/1")["request"]["opd"] == "Dinas Kesehatan"


@ON_SQLITE
def test_a_holiday_of_the_settings_judges_everything_again(bureau: Bureau) -> None:
    bureau.give(agenda("1;07/09/2026;15.00;Dinkes"), "a.csv")
    bureau.give(hand_overs("1;A2;;;;09/09/2026;08.00"), "d.csv")
    assert bureau.step("2026/1", "A2")["elapsed_seconds"] == 32_400
    closed = '[[calendar.day]]\ndate = 2026-09-08\nname = "Libur daerah"\nsource = "SE"\nhours = []\n'
    apply_settings(bureau.office, apply(bureau.office.settings, closed, "s.toml"), bureau.clock(), actor="uji")
    assert bureau.step("2026/1", "A2")["elapsed_seconds"] == 5_400


@ON_SQLITE
def test_a_workbook_under_a_letterhead_says_where_each_row_came_from(bureau: Bureau) -> None:
    path = as_workbook(bureau.folder / "agenda.xlsx", LETTER)
    (report,) = ingest(bureau.office, path, bureau.clock())
    assert (report.kind, report.counts["accepted"]) == ("permohonan", 1)
    source = {"file": "agenda.xlsx", "sheet": "Agenda", "row": 8}
    assert bureau.case("2026/143")["request"]["sources"] == [source]


def test_the_mart_is_made_again_from_the_records(registered: Bureau) -> None:
    registered.give(hand_overs(*part_a("143", "07/09/2026")), "disposisi.csv")
    before = registered.sla("2026-09-01", "2026-09-30")
    for file in registered.office.home.marts.iterdir():
        file.unlink()
    rebuild(registered.office, registered.clock())
    assert registered.sla("2026-09-01", "2026-09-30") == before


@ON_SQLITE
def test_a_mart_left_behind_is_caught_up(registered: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("etl.judging.publishing.catch_up", lambda *_: None)
        registered.give(hand_overs("143;A2;;;;07/09/2026;08.08"), "disposisi.csv")
    catch_up(registered.office, registered.clock())
    assert registered.step("2026/143", "A2")["verdict"] == "MET"


def test_pieces_published_one_by_one_equal_the_whole(plain: Bureau) -> None:
    days = [f"{day:02d}/09/2026" for day in (1, 2, 4, 7)]
    for number, day in enumerate(days, start=1):
        plain.give(agenda(f"{number};{day};08.00;Dinkes"), f"a{number}.csv")
        plain.give(hand_overs(*part_a(str(number), day, a4="08.16" if number % 2 else "09.00")), f"d{number}.csv")
    piecewise = plain.sla("2026-09-01", "2026-09-30")
    rebuild(plain.office, plain.clock())
    assert plain.sla("2026-09-01", "2026-09-30") == piecewise
    assert piecewise["requests"]["n"] == 4


REFUSED = [
    ("foto.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    ("kosong.csv", b""),
    ("lain.csv", b"a,b,c\n1,2,3\n"),
    ("palsu.xlsx", b"ini bukan buku kerja"),
    ("dua.csv", b"no_agenda;no_agenda;tgl_terima;asal\n1;1;07/09/2026;Dinkes\n"),
]


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_what_is_not_a_table_is_refused_in_one_sentence_and_changes_nothing(
    plain: Bureau, name: str, content: bytes
) -> None:
    (plain.folder / name).write_bytes(content)
    (report,) = ingest(plain.office, plain.folder / name, plain.clock())
    assert report.status == "refused"
    assert report.reason is not None
    assert "\n" not in sentence(report.reason)
    assert set(report.counts.values()) <= {0}
    assert plain.office.mart.meta() is None


def test_a_header_without_rows_is_loaded_with_no_rows(plain: Bureau) -> None:
    assert plain.counts(book(AGENDA)) == (0, 0, 0, 0, 0, 0)


def test_a_missing_file_is_refused_with_its_name(plain: Bureau) -> None:
    (report,) = ingest(plain.office, plain.folder / "tidak-ada.csv", plain.clock())
    assert report.status == "refused"
    assert "tidak-ada.csv" in sentence(report.reason or "")


def test_a_source_map_reads_a_foreign_register(plain: Bureau) -> None:
    source = (
        '[[source]]\nname = "asing"\nkind = "permohonan"\ndate_order = "mdy"\n'
        'columns = { no_agenda = "id_surat", tgl_terima = "tgl_catat", asal = { const = "tidak disebut" } }\n'
    )
    apply_settings(plain.office, apply(plain.office.settings, source, "s.toml"), plain.clock(), actor="uji")
    text = "id_surat,tgl_catat,sifat\nSM-1,01/24/2026,Biasa\nSM-2,02/03/2026,Penting\n"
    assert plain.counts(text, source="asing") == (2, 2, 0, 0, 0, 0)
    assert plain.case("2026/sm-2")["request"]["received_on"] == "2026-02-03"
    assert plain.case("2026/SM-1")["request"]["opd"] == "tidak disebut"


def test_a_load_counts_with_the_settings_of_now(bureau: Bureau) -> None:
    settings_of_another_process(bureau)
    assert bureau.counts(room_log(";Aula Bawah;08/09/2026;09.00;11.00;20"), "ruang.csv") == (1, 1, 0, 0, 0, 0)


def test_two_edits_of_the_same_settings_both_survive(bureau: Bureau) -> None:
    start = threading.Barrier(2)

    def add(name: str) -> None:
        start.wait(10)
        apply_settings(bureau.office, lambda settings: with_opd(settings, name), bureau.clock(), actor="uji")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add, ["Dinas Angkasa", "Dinas Samudra"]))
    assert {"Dinas Angkasa", "Dinas Samudra"} <= set(stored_settings(bureau.office.records)[0].opd)


@ON_SQLITE
def test_a_kept_map_leaves_the_room_that_was_added_meanwhile(bureau: Bureau) -> None:
    settings_of_another_process(bureau)
    source = SourceMap("peta", "permohonan", {"no_agenda": "nomor", "tgl_terima": "masuk"}, "dmy")
    keep_source(bureau.office, source, bureau.clock(), actor="uji")
    settings, version = stored_settings(bureau.office.records)
    assert ([room.name for room in settings.rooms][-1], settings.sources[-1].name) == ("Aula", "peta")
    keep_source(bureau.office, source, bureau.clock(), actor="uji")
    assert stored_settings(bureau.office.records)[1] == version


@ON_SQLITE
def test_settings_stay_in_force_when_the_screens_cannot_be_brought_up_to_them(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        full_disk(fault)
        settings = with_opd(bureau.office.settings, "Dinas Angkasa")
        applied = apply_settings(bureau.office, settings, bureau.clock(), actor="uji")
    assert (applied.version, applied.is_published) == (1, False)
    assert "Dinas Angkasa" in bureau.office.settings.opd
