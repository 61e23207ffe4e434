"""`pantau ingest`: every row ends in exactly one way, whatever comes first and however often."""

from __future__ import annotations

import itertools
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.books.extracted import write_xlsx
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.serving.command_line import ENDS, Desk, pantau

LOAD_KEYS = {
    "file", "sha256", "kind", "status", "reason", *ENDS, "rejects", "warnings", "ignored_columns", "furniture",
}  # fmt: skip
LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat;Smart Center;08/09/2026;09.00;12.00;disetujui")
PAIRS = "no_agenda;dari;kepada;tgl_diteruskan;jam_diteruskan"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def folder_of_letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office to which letter 143 was given, to be copied."""
    made = Desk(tmp_path_factory.mktemp("surat"))
    assert made.give(LETTER, "agenda.csv").code == 0
    return made.folder


@pytest.fixture
def lettered(folder_of_letter: Path, tmp_path: Path) -> Desk:
    """An office of the test's own with letter 143."""
    shutil.copytree(folder_of_letter, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One office for tests that use letters of their own, or load nothing."""
    return Desk(tmp_path_factory.mktemp("bersama"))


def test_a_load_is_told_with_the_keys_of_its_contract(shared: Desk) -> None:
    told = shared.give(agenda("9001;07/09/2026;08.00;Dinkes", "9002;31/09/2026;08.00;Dinkes"), "kontrak.csv")
    assert told.code == 1
    assert set(told.json) == {"loads"}
    assert set(told.load) >= LOAD_KEYS
    assert (told.load["file"], told.load["kind"], told.load["status"]) == ("kontrak.csv", "permohonan", "loaded")
    assert len(told.load["sha256"]) == 64
    assert (told.load["reason"], told.load["warnings"], told.load["ignored_columns"]) == (None, [], [])


def test_an_hour_without_its_day_needs_a_person_only_of_a_hand_over(shared: Desk) -> None:
    booked = shared.give(agenda("9591;07/09/2026;08.00;Dinkes;Rapat;;;09.00"), "waktu.csv")
    handed = shared.give(hand_overs("9591;A2;;;;;08.05"), "jam.csv")
    codes = [(told.code, [warning["code"] for warning in told.load["warnings"]]) for told in (booked, handed)]
    assert codes == [(0, ["time_without_date"]), (1, ["time_without_date"])]


def test_accepted_unchanged_corrected_waiting_and_rejected_add_up_to_read(lettered: Desk) -> None:
    rows = (
        "143;A2;;;;07/09/2026;08.08", "143;A2;;;;07/09/2026;08.08", "143;A2;1;;;07/09/2026;08.09",
        "999;A2;;;;07/09/2026;08.08", "999;A2;;;;07/09/2026;08.08", ";A2;;;;07/09/2026;08.08", ";;;;;;",
    )  # fmt: skip
    told = lettered.give(hand_overs(*rows), "disposisi.csv")
    assert told.counts == (6, 1, 1, 1, 2, 1)
    assert sum(told.counts[1:]) == told.counts[0]
    assert [reject["row"] for reject in told.load["rejects"]] == [7]


def test_rows_that_are_no_records_are_told_by_row_and_kind_also_when_given_again(desk: Desk) -> None:
    text = agenda("51;07/09/2026;08.00;Dinkes", ";;;;Halaman 2") + "Mengetahui,\nOrang Contoh\n"
    told, again = (desk.give(text, "halaman.csv") for _ in range(2))
    kinds = [(row["row"], row["kind"]) for row in told.load["furniture"]]
    assert (told.code, told.counts[:2], kinds) == (0, (1, 1), [(3, "page"), (4, "approval"), (5, "signature")])
    assert again.load["furniture"] == told.load["furniture"]
    assert "3 baris bukan catatan: nomor halaman (baris 3)" in desk.run("ingest", desk.file(text + "\n", "b.csv")).out


def test_the_letters_that_a_register_corrects_are_named_five_at_most(shared: Desk) -> None:
    letters = [f"{number};07/09/2026;08.00;Dinkes" for number in range(9101, 9108)]
    shared.give(agenda(*letters), "agenda.csv")
    one = shared.run("ingest", shared.file(agenda(f"{letters[0]};Rapat"), "satu.csv")).out
    assert "1 koreksi: 2026/9101 (baris 2)\n" in one
    all_of_them = shared.run("ingest", shared.file(agenda(*(f"{row};Lagi" for row in letters)), "semua.csv")).out
    assert "7 koreksi: 2026/9101 (baris 2), " in all_of_them
    assert "2026/9105 (baris 6), dan 2 lagi\n" in all_of_them


def test_a_letter_that_a_register_says_otherwise_is_named_with_both_numbers(shared: Desk) -> None:
    first, second = (
        book("no_agenda;tgl_terima;asal;no_surat", f"9301;07/09/2026;Dinkes;{number}") for number in ("005/1", "005/2")
    )
    shared.give(first, "nomor.csv")
    told = shared.give(second, "nomor2.csv")
    assert told.load["corrections"] == [{"sheet": None, "row": 2, "letter": "2026/9301"}]
    (warning,) = told.load["warnings"]
    assert (told.code, warning["code"], warning["row"]) == (1, "letter_changed", 2)
    assert 'Baris 2 mengoreksi surat 2026/9301: No. Surat "005/1" menjadi "005/2". ' in warning["message"]
    out = shared.run("ingest", shared.file(first + "\n", "nomor3.csv")).out
    assert 'Perhatian: Baris 2 mengoreksi surat 2026/9301: No. Surat "005/2" menjadi "005/1". ' in out
    without, about = (agenda(f"9302;07/09/2026;08.00;Dinkes;{event}") for event in ("Rapat", "Pelatihan"))
    shared.give(without, "nomor4.csv")
    (warning,) = shared.give(about, "nomor5.csv").load["warnings"]
    assert 'Perihal "Rapat" menjadi "Pelatihan". ' in warning["message"]


def test_cells_that_cannot_all_be_right_need_a_person(shared: Desk) -> None:
    told = shared.give(book("ruang;tanggal;hari;jam_mulai;jam_selesai", "SC;05/10/2026;Jumat;09.00;11.00"), "hari.csv")
    codes = [warning["code"] for warning in told.load["warnings"]]
    assert (told.code, told.load["accepted"], "cells_disagree" in codes) == (1, 1, True)


def test_a_hidden_sheet_that_was_not_taken_needs_a_person(desk: Desk) -> None:
    header, rows = ("no_agenda", "tgl_terima", "asal"), [(str(number), "07/09/2026", "Dinkes") for number in (1, 2)]
    sheets = {"Agenda": [header, rows[0]], "Lama": [header, rows[1]]}
    path = write_xlsx(desk.folder / "agenda.xlsx", sheets, hidden=("Lama",))
    told = desk.run("ingest", path, "--json")
    assert (told.code, told.counts[:2]) == (1, (1, 1))
    assert [warning["code"] for warning in told.load["warnings"]] == ["hidden_sheet"]


def test_a_sheet_or_table_that_could_not_be_read_needs_a_person(desk: Desk) -> None:
    header, rows = ("no_agenda", "tgl_terima", "asal"), [(str(number), "07/09/2026", "Dinkes") for number in range(4)]
    path = write_xlsx(desk.folder / "agenda.xlsx", {"Juni": [header, *rows[:2]], "Juli": rows[2:]})
    told = desk.run("ingest", path, "--json")
    assert (told.code, told.counts[:2]) == (1, (2, 2))
    ((code, words),) = [(warning["code"], warning["message"]) for warning in told.load["warnings"]]
    assert (code, 'Lembar "Juli"' in words) == ("unread_sheet", True)
    text = agenda("51;07/09/2026;08.00;Dinkes") + "no_agenda;tgl_kirim;asal;perihal\n52;08/09/2026;Bappeda;Jawaban\n"
    told = desk.give(text, "dua.csv")
    assert (told.code, told.counts[:2]) == (1, (1, 1))
    assert [(warning["code"], warning["row"]) for warning in told.load["warnings"]] == [("other_table", 3)]
    assert desk.give(text, "dua.csv").code == 1
    pasted = [*rows[:2], ("3", "07/09/2026", "Bappeda", "", "4", "08/09/2026", "Dinsos")]
    told = desk.run("ingest", write_xlsx(desk.folder / "susulan.xlsx", {"Juni": [header, *pasted]}), "--json")
    assert (told.code, [warning["code"] for warning in told.load["warnings"]]) == (1, ["cells_beside"])


def test_a_file_whose_rows_are_all_bad_is_loaded_with_none_accepted(shared: Desk) -> None:
    told = shared.give(agenda("9101;besok;;Dinkes"), "buruk.csv")
    assert (told.code, told.load["status"], told.counts) == (1, "loaded", (1, 0, 0, 0, 0, 1))
    again = shared.give(agenda("9101;besok;;Dinkes"), "buruk.csv")
    assert (again.load["status"], again.counts) == ("unchanged", (1, 0, 0, 0, 0, 1))
    assert again.load["rejects"] == told.load["rejects"]
    assert again.code == 1


def test_the_same_bytes_change_nothing_even_after_a_later_correction(desk: Desk) -> None:
    first = agenda("1;07/09/2026;08.00;Dinkes;Lama")
    desk.give(first, "satu.csv")
    assert desk.give(agenda("1;07/09/2026;08.00;Dinkes;Baru"), "dua.csv").counts == (1, 0, 0, 1, 0, 0)
    again = desk.give(first, "nama lain.csv")
    assert (again.code, again.load["status"], again.counts) == (0, "unchanged", (1, 0, 1, 0, 0, 0))
    assert desk.case("2026/1")["request"]["subject"] == "Baru"


def test_the_same_bytes_with_another_option_are_read_again(shared: Desk) -> None:
    text = agenda("9201;02/03/2026;08.00;Dinkes")
    shared.give(text, "urutan.csv")
    told = shared.give(text, "urutan.csv", "--date-order", "mdy")
    assert (told.load["status"], told.counts) == ("loaded", (1, 0, 0, 1, 0, 0))
    assert shared.case("2026/9201")["request"]["received_on"] == "2026-02-03"


def test_waiting_rows_given_again_still_wait_and_joined_ones_are_unchanged(desk: Desk) -> None:
    rows = hand_overs("1;A2;;;;07/09/2026;08.08", "2;A2;;;;07/09/2026;08.08")
    told = desk.give(rows, "d.csv")
    assert (told.code, told.counts) == (1, (2, 0, 0, 0, 2, 0))
    assert desk.give(rows, "d.csv").counts == (2, 0, 0, 0, 2, 0)
    desk.give(agenda("1;07/09/2026;08.00;Dinkes"), "a.csv")
    again = desk.give(rows, "d.csv")
    assert (again.code, again.load["status"], again.counts) == (1, "unchanged", (2, 0, 1, 0, 1, 0))


BOOKS = {
    "agenda.csv": LETTER,
    "disposisi.csv": hand_overs(*part_a("143", "07/09/2026")),
    "koreksi.csv": book("no_agenda;langkah;catatan;output", "143;A5;lewat telepon;ada"),
    "ruang.csv": room_log("143;SC;08/09/2026;09.05;11.50;42"),
}


ORDERS = [order for order in itertools.permutations(BOOKS) if order[-1] in ("agenda.csv", "disposisi.csv")][::4]


def test_the_order_of_files_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = []
    for order in ORDERS:
        office = Desk(tmp_path_factory.mktemp("urutan"))
        paths = [office.file(BOOKS[name], name) for name in order]
        assert office.run("ingest", *paths, "--json").code in (0, 1)
        whole = office.case("2026/143")
        for step in whole["steps"]:
            step["sources"].sort(key=str)
        for correction in whole["corrections"]:
            del correction["at"]  # when it was loaded
        told.append(whole)
    assert all(one == told[0] for one in told)
    assert [step["verdict"] for step in told[0]["steps"][1:8]] == ["MET"] * 7
    assert told[0]["sessions"][0]["present"] == 42


YEARS = agenda(
    "1;10/12/2025;08.00;Dinkes",
    "2;10/12/2025;08.00;Dinkes",
    "3;10/12/2025;08.00;Dinkes",
    "1;05/03/2026;08.00;Dinkes",
)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Letter 1 exists in two years, 2 and 3 in one."""
    made = Desk(tmp_path_factory.mktemp("tahun"))
    made.give(YEARS, "agenda.csv")
    return made


LINKED = [
    ("1;;A2;10/12/2025;08.05", "2025/1", "A2"),
    ("1;;A3;04/03/2026;09.00", "2025/1", "A3"),
    ("1;;A2;05/03/2026;08.05", "2026/1", "A2"),
    ("2026/01;;A3;05/03/2026;08.09", "2026/1", "A3"),
    ("1;2025;A4;05/03/2026;10.00", "2025/1", "A4"),
    ("2;;A2;08/06/2026;08.00", "2025/2", "A2"),
    ("3;;A2;;", "2025/3", "A2"),
]
WAITS = ["2;;A3;09/06/2026;08.00", "2;;A4;09/12/2025;08.00", "1;;A5;;", "2;2026;A5;11/12/2025;08.00"]


def test_a_hand_over_finds_the_latest_letter_at_most_180_days_back(years: Desk) -> None:
    told = years.give(book("no_agenda;tahun;langkah;tgl_selesai;jam_selesai", *(row for row, _, _ in LINKED)), "d.csv")
    assert told.counts == (7, 7, 0, 0, 0, 0)
    for number, (_, letter, code) in enumerate(LINKED, start=2):
        assert years.step(letter, code)["sources"] == [{"file": "d.csv", "sheet": None, "row": number}]


@pytest.mark.parametrize("row", WAITS)
def test_a_hand_over_that_names_no_letter_clearly_waits(years: Desk, row: str) -> None:
    told = years.give(book("no_agenda;tahun;langkah;tgl_selesai;jam_selesai", row), f"tunggu {WAITS.index(row)}.csv")
    assert (told.code, told.counts) == (1, (1, 0, 0, 0, 1, 0))


def test_a_newer_letter_takes_over_the_hand_overs_that_belong_to_it(desk: Desk) -> None:
    desk.give(agenda("1;10/12/2025;08.00;Dinkes"), "lama.csv")
    desk.give(hand_overs("1;A2;;;;05/03/2026;08.05"), "d.csv")
    assert desk.step("2025/1", "A2")["passes"] == 1
    desk.give(agenda("1;05/03/2026;08.00;Dinkes"), "baru.csv")
    assert desk.step("2025/1", "A2")["passes"] == 0
    assert desk.step("2026/1", "A2")["verdict"] == "MET"


GIVEN = [
    ("OPD", "Agendaris", "A1"), ("Agendaris", "Sekdin", "A2"), ("Sekdin", "Kadin", "A3"), ("Kadin", "Kabid", "A4"),
    ("Kabid", "Kasi LITIK", "A5"), ("Kasi LITIK", "OPD", "A6"), ("Kasi Aplikasi", "Staf", "A7"), ("Staf", "", "A8"),
]  # fmt: skip


def test_who_gave_to_whom_names_the_step(desk: Desk) -> None:
    desk.give(agenda("1;07/09/2026;08.00;Dinkes"), "a.csv")
    rows = (f"1;{giver};{receiver};07/09/2026;09.{n}0" for n, (giver, receiver, _) in enumerate(GIVEN[:6]))
    more = (f"1;{giver};{receiver};07/09/2026;10.{n}0" for n, (giver, receiver, _) in enumerate(GIVEN[6:]))
    told = desk.give(book(PAIRS, *rows, *more), "d.csv")
    assert (told.load["kind"], told.counts) == ("disposisi", (8, 8, 0, 0, 0, 0))
    for step in desk.case("2026/1")["steps"][:8]:
        assert len(step["sources"]) == 1, step["step"]


@pytest.mark.parametrize(
    ("giver", "receiver", "code"), [("kabid", "KASI APLIKASI", "A5"), ("Kasi LITIK", "staf", "A6")]
)
def test_the_other_receivers_of_a_step(shared: Desk, giver: str, receiver: str, code: str) -> None:
    number = 9300 + int(code[1])
    shared.give(agenda(f"{number};07/09/2026;08.00;Dinkes"), f"a{number}.csv")
    assert shared.give(book(PAIRS, f"{number};{giver};{receiver};07/09/2026;09.00"), f"d{number}.csv").code == 0
    assert len(shared.step(f"2026/{number}", code)["sources"]) == 1


def test_another_pair_is_rejected_with_the_list_of_known_ones(shared: Desk) -> None:
    told = shared.give(book(PAIRS, "1;Kadin;Staf;07/09/2026;09.00"), "pasangan.csv")
    assert told.counts == (1, 0, 0, 0, 0, 1)
    message = told.load["rejects"][0]["message"]
    for giver, receiver, code in GIVEN:
        assert f"{giver} → {receiver or '(kosong)'} = {code}" in message


def test_a_row_of_a_known_pass_corrects_it_and_another_one_is_a_further_pass(lettered: Desk) -> None:
    lettered.give(hand_overs("143;A2;;07/09/2026;08.02;07/09/2026;08.08"), "d1.csv")
    assert lettered.give(hand_overs("143;A2;;07/09/2026;08.03;07/09/2026;08.08"), "d2.csv").counts[3] == 1
    assert lettered.give(hand_overs("143;A2;;07/09/2026;08.03;07/09/2026;08.07"), "d3.csv").counts[3] == 1
    assert lettered.step("2026/143", "A2")["elapsed_seconds"] == 240
    assert lettered.give(hand_overs("143;A2;;07/09/2026;10.00;07/09/2026;10.01"), "d4.csv").counts[1] == 1
    step = lettered.step("2026/143", "A2")
    assert (step["passes"], step["elapsed_seconds"], step["flags"]) == (2, 240, ["extra_pass"])


def test_the_pass_number_says_which_pass_is_meant(lettered: Desk) -> None:
    lettered.give(hand_overs("143;A2;1;;;07/09/2026;08.08", "143;A2;2;07/09/2026;10.00;07/09/2026;10.02"), "d1.csv")
    assert lettered.give(hand_overs("143;A2;2;;;07/09/2026;10.03"), "d2.csv").counts == (1, 0, 0, 1, 0, 0)
    step = lettered.step("2026/143", "A2")
    assert (step["passes"], step["elapsed_seconds"]) == (2, 480 + 180)


def test_rows_that_differ_only_in_their_pause_add_pauses(lettered: Desk) -> None:
    pauses = (
        "07/09/2026 08.10;07/09/2026 08.20",
        "07/09/2026 08.30;07/09/2026 08.35",
        "07/09/2026 08.30;07/09/2026 08.35",
    )
    rows = (f"143;A2;;07/09/2026;08.00;07/09/2026;09.00;{pause};berkas kurang" for pause in pauses)
    assert lettered.give(hand_overs(*rows), "d.csv").counts == (3, 1, 1, 1, 0, 0)
    step = lettered.step("2026/143", "A2")
    assert (step["passes"], step["paused_seconds"], step["elapsed_seconds"]) == (1, 900, 2700)


def test_a_pause_told_before_the_finish_belongs_to_the_same_pass(lettered: Desk) -> None:
    pause = "143;A2;;;;;;07/09/2026 08.10;07/09/2026 08.20;berkas kurang"
    assert lettered.give(hand_overs(pause), "d1.csv").counts == (1, 1, 0, 0, 0, 0)
    assert lettered.give(hand_overs("143;A2;;;;07/09/2026;08.25"), "d2.csv").counts == (1, 0, 0, 1, 0, 0)
    step = lettered.step("2026/143", "A2")
    assert (step["passes"], step["paused_seconds"], step["elapsed_seconds"]) == (1, 600, 900)


def test_a_pause_without_a_clock_time_is_set_aside(shared: Desk) -> None:
    told = shared.give(hand_overs("143;A2;;;;07/09/2026;09.00;07/09/2026;07/09/2026 08.20"), "jeda.csv")
    assert (told.counts[0], told.counts[-1]) == (1, 0)
    assert [cell["field"] for cell in told.load["set_aside"]] == ["jeda_mulai"]


def test_a_session_counts_without_its_letter_and_is_linked_when_it_comes(desk: Desk) -> None:
    log = room_log("143;SC;08/09/2026;09.05;11.50;42")
    assert desk.give(log, "ruang.csv").counts == (1, 1, 0, 0, 0, 0)
    desk.give(LETTER, "a.csv")
    (session,) = desk.case("2026/143")["sessions"]
    assert set(session) >= {"room", "started_at", "ended_at", "verified", "present"}
    assert (session["room"], session["present"], session["verified"]) == ("Smart Center", 42, None)


SESSION = "no_agenda;ruang;tanggal;jam_mulai;tgl_selesai;jam_selesai;peserta_hadir"
SESSIONS = [
    (";SC;08/09/2026;09.00;;08.30;1", "rejected"),
    (";SC;08/09/2026;09.00;;09.00;1", "rejected"),
    (";SC;08/09/2026;;;09.00;1", "rejected"),
    (";;08/09/2026;09.00;;10.00;1", "rejected"),
    (";SC;;09.00;;10.00;1", "rejected"),
    (";SC;08/09/2026;22.00;09/09/2026;02.00;1", "accepted"),
    (";SC;10/09/2026;09.00;11/09/2026;09.00;1", "accepted"),
    (";SC;12/09/2026;09.00;13/09/2026;09.01;1", "rejected"),
    (";SC;14/09/2026;09.00;;;1", "accepted"),
    (";SC;08/09/2026;22.00;09/09/2026;02.30;1", "corrected"),
    (";Ruang SC;08/09/2026;22.00;09/09/2026;02.30;1", "unchanged"),
]


def test_a_session_is_known_by_room_and_start_and_must_end_after_it(shared: Desk) -> None:
    told = shared.give(book(SESSION, *(row for row, _ in SESSIONS)), "sesi.csv")
    ends = [end for _, end in SESSIONS]
    assert told.counts == (11, *(ends.count(end) for end in ENDS[1:]))
    bad = [number for number, (_, end) in enumerate(SESSIONS, start=2) if end == "rejected"]
    assert [reject["row"] for reject in told.load["rejects"]] == bad


def test_a_row_with_an_unknown_room_waits_until_the_room_is_added(desk: Desk) -> None:
    log = room_log(";Aula Bawah;08/09/2026;09.00;11.00;20", ";SC;08/09/2026;09.00;11.00;20")
    told = desk.give(log, "ruang.csv")
    assert (told.code, told.counts) == (1, (2, 1, 0, 0, 1, 0))
    assert desk.give(agenda("7;07/09/2026;08.00;Dinkes;Rapat;Aula Bawah"), "a.csv").counts == (1, 0, 0, 0, 1, 0)
    rooms = '[[room]]\nname = "Smart Center"\naliases = ["SC"]\n[[room]]\nname = "Aula"\naliases = ["aula bawah"]\n'
    told = desk.settle(rooms)
    assert (told.code, told.json["joined"]) == (0, 2)
    assert desk.give(log, "ruang.csv").counts == (2, 0, 2, 0, 0, 0)
    assert desk.case("2026/7")["request"]["room"] == "Aula"


def test_agencies_are_merged_by_the_alias_table_only(shared: Desk) -> None:
    names = ["Dinkes", "Dinas Kesehatan", "DINAS KESEHATAN KAB. TRENGGALEK", "  dinas   kesehatan ", "Dinas Kesehatann"]
    shared.give(agenda(*(f"{9400 + n};07/09/2026;08.00;{name}" for n, name in enumerate(names))), "opd.csv")
    found = [shared.case(f"2026/{9400 + n}")["request"]["opd"] for n in range(len(names))]
    assert found == ["Dinas Kesehatan"] * 4 + ["Dinas Kesehatann"]


HEADERS = [
    ("no_agenda;tgl_terima;asal", "permohonan"),
    ("NO. AGENDA;Tanggal  Terima;Surat Dari", "permohonan"),
    ("No. Urut;Tgl_Catat;PENGIRIM", "permohonan"),
    ("no_agenda;tahap;tgl disposisi", "disposisi"),
    ("no_agenda;pemberi disposisi;Kpd Yth;tanggal disposisi", "disposisi"),
    ("lokasi ruangan;hari/tanggal;mulai", "pemakaian"),
]


@pytest.mark.parametrize(("header", "kind"), HEADERS)
def test_the_kind_is_recognised_from_the_headers(shared: Desk, header: str, kind: str) -> None:
    told = shared.give(book(header), f"judul {HEADERS.index((header, kind))}.csv")
    assert (told.code, told.load["kind"], told.counts) == (0, kind, (0, 0, 0, 0, 0, 0))


def test_a_canonical_name_beats_a_synonym_and_the_other_is_ignored(shared: Desk) -> None:
    told = shared.give(book("no_agenda;agenda;tgl_terima;asal;dari", "9501;1;07/09/2026;Dinkes;Bappeda"), "dua.csv")
    assert told.load["ignored_columns"] == ["agenda", "dari"]
    assert shared.case("2026/9501")["request"]["opd"] == "Dinas Kesehatan"


def test_the_running_number_is_used_only_when_nothing_else_names_the_letter(shared: Desk) -> None:
    told = shared.give(book("No. Urut;Agenda;tgl terima;asal", "1;9502;07/09/2026;Dinkes"), "urut.csv")
    assert told.load["ignored_columns"] == ["No. Urut"]
    assert shared.case("2026/9502")["request"]["opd"] == "Dinas Kesehatan"


@pytest.mark.parametrize("letterhead", [0, 1, 10])
def test_the_header_is_found_under_a_letterhead(shared: Desk, letterhead: int) -> None:
    head = "PEMERINTAH KABUPATEN TRENGGALEK;;\n" * letterhead
    text = head + book("no_agenda;tgl_terima;asal", "1;2;3", f"{9600 + letterhead};07/09/2026;Dinkes", ";;", "Total;;1")
    assert shared.give(text, f"kop {letterhead}.csv").counts == (1, 1, 0, 0, 0, 0)
    source = shared.case(f"2026/{9600 + letterhead}")["request"]["sources"][0]
    assert source["row"] == letterhead + 3


def archive_only(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("surat.txt", "bukan lembar kerja")


def wide(path: Path) -> None:
    path.write_text(";".join(f"k{n}" for n in range(1_000_000)) + "\n", encoding="utf-8")


REFUSED: list[tuple[str, bytes | Callable[[Path], None]]] = [
    ("foto.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    ("kosong.csv", b""),
    ("kosong.xlsx", b""),
    ("spasi.csv", b"\n \n;;\n"),
    ("lain.csv", b"nama,alamat,telepon\nA,B,C\n"),
    ("palsu.xlsx", b"no_agenda;tgl_terima;asal\n1;07/09/2026;Dinkes\n"),
    ("terkunci.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ("surat.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    ("agenda.docx", b"PK\x03\x04"),
    ("agenda", b"no_agenda;tgl_terima;asal\n1;07/09/2026;Dinkes\n"),
    ("dua.csv", b"no_agenda;No. Agenda;tgl_terima;asal\n1;1;07/09/2026;Dinkes\n"),
    ("dua asal.csv", b"no_agenda;tgl_terima;asal;Asal\n1;07/09/2026;Dinkes;Dinkes\n"),
    ("kurang.csv", b"no_agenda;tgl_terima;perihal\n1;07/09/2026;Rapat\n"),
    ("arsip.xlsx", archive_only),
    ("lebar.csv", wide),
]


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=[name for name, _ in REFUSED])
def test_what_is_no_table_of_ours_is_refused_in_one_sentence(
    shared: Desk, name: str, content: bytes | Callable[[Path], None]
) -> None:
    path = shared.folder / name
    content(path) if callable(content) else path.write_bytes(content)
    told = shared.run("ingest", path, "--json")
    assert (told.code, told.load["status"], told.counts) == (2, "refused", (0, 0, 0, 0, 0, 0))
    reason = told.load["reason"]
    assert name in reason
    assert "\n" not in reason
    assert len(reason) < 1500


def test_a_missing_column_is_named_with_the_headers_found_and_expected(shared: Desk) -> None:
    told = shared.give(book("no_agenda;tgl_terima;perihal", "1;07/09/2026;Rapat"), "kurang.csv", "--kind", "permohonan")
    reason = told.load["reason"]
    assert "Asal Surat" in reason
    assert '"perihal"' in reason
    assert "No. Agenda, Tanggal Terima, Asal Surat" in reason


def test_a_folder_and_a_missing_file_are_refused(shared: Desk) -> None:
    told = shared.run("ingest", shared.folder, shared.folder / "tidak ada.csv", "--json")
    assert (told.code, [load["status"] for load in told.json["loads"]]) == (2, ["refused", "refused"])


def test_what_is_no_plain_file_is_refused_unread(shared: Desk) -> None:
    told = shared.run("ingest", "/dev/zero", "--json")
    assert (told.code, told.load["reason"]) == (2, "zero bukan berkas biasa; sebutkan berkas CSV atau XLSX.")


def test_of_several_files_the_good_ones_are_loaded(desk: Desk) -> None:
    good = desk.file(agenda("1;07/09/2026;08.00;Dinkes"), "baik.csv")
    bad = desk.file("", "kosong.csv")
    told = desk.run("ingest", good, bad, "--json")
    assert (told.code, [load["status"] for load in told.json["loads"]]) == (1, ["loaded", "refused"])
    told = desk.run("ingest", good, bad)
    assert (told.code, "1 sama" in told.out, "kosong.csv" in told.err) == (1, True, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--kind", "rapat"), 'jenis "rapat" tidak dikenal'),
        (("--date-order", "dym"), '"dym" tidak dikenal'),
        (("--date-order", "tgl_terima=xyz"), '"xyz" tidak dikenal'),
        (("--date-order", "Tgl. Antah=mdy"), "Tgl. Antah"),
        (("--source", "e-surat"), 'Sumber "e-surat" tidak ada'),
        (("--kind", "pemakaian"), "Ruang, Tanggal, Jam Mulai"),
    ],
)
def test_options_that_do_not_fit_refuse_the_file(shared: Desk, options: tuple[str, ...], words: str) -> None:
    told = shared.give(agenda("9701;07/09/2026;08.00;Dinkes"), "pilihan.csv", *options)
    assert (told.code, told.load["status"]) == (2, "refused")
    assert words in told.load["reason"]


SOURCES = """
[[source]]
name = "asing"
kind = "permohonan"
columns = { no_agenda = "id_surat", tgl_terima = "tgl_catat", asal = { const = "tidak disebut" }, perihal = "Isi" }
date_order = "mdy"
[[source]]
name = "tamu"
kind = "pemakaian"
columns = { ruang = { const = "Smart Center" }, tanggal = "day", jam_mulai = "from", jam_selesai = "till" }
date_order = { tanggal = "ymd" }
"""


def test_a_source_maps_foreign_columns_constants_and_date_orders(desk: Desk) -> None:
    assert desk.settle(SOURCES).code == 0
    text = "id_surat,tgl_catat,sifat,isi\nSM-1,01/24/2026,Biasa,Satu\nSM-2,02/03/2026,Penting,Dua\nSM-3,13/13/2026,,\n"
    told = desk.give(text, "surat.csv", "--source", "asing")
    assert (told.load["kind"], told.counts) == ("permohonan", (3, 2, 0, 0, 0, 1))
    assert told.load["ignored_columns"] == ["sifat"]
    request = desk.case("2026/sm-2")["request"]
    assert (request["received_on"], request["opd"], request["subject"]) == ("2026-02-03", "tidak disebut", "Dua")
    log = desk.give("day;from;till\n26-09-08;09.00;10.00\n", "tamu.csv", "--source", "tamu")
    assert (log.load["kind"], log.counts) == ("pemakaian", (1, 1, 0, 0, 0, 0))
    other = desk.give("id_surat,tanggal\n1,2\n", "lain.csv", "--source", "asing")
    assert (other.code, '"tgl_catat"' in other.load["reason"]) == (2, True)


def test_people_read_counts_and_reasons(shared: Desk) -> None:
    told = shared.run("ingest", shared.file(agenda("9801;31/06/2026;;Dinkes"), "kata.csv"))
    assert told.code == 1
    assert "1 baris dibaca" in told.out
    assert 'Baris 2, kolom "Tgl. Diterima": "31/06/2026" bukan tanggal yang ada.' in told.out


# Trying


def test_a_dry_run_says_what_a_load_would_and_stores_nothing(desk: Desk) -> None:
    letters = desk.file(agenda("1;07/09/2026;08.00;Dinkes", "2;31/09/2026;08.00;Dinkes"), "agenda.csv")
    passes = desk.file(hand_overs("1;A2;;;;07/09/2026;08.08", "9;A2;;;;07/09/2026;08.08"), "disposisi.csv")
    empty = desk.file("", "kosong.csv")
    before = {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()}
    tried = desk.run("ingest", letters, passes, empty, "--dry-run", "--json")
    assert {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()} == before
    told = desk.run("ingest", letters, passes, empty, "--json")
    assert (tried.code, tried.json) == (told.code, told.json) == (1, told.json)
    again = desk.run("ingest", letters, "--dry-run", "--json")
    assert (again.code, again.json) == (1, desk.run("ingest", letters, "--json").json)


def test_a_dry_run_says_that_nothing_was_stored(shared: Desk) -> None:
    good = shared.file(agenda("9801;07/09/2026;08.00;Dinkes"), "coba.csv")
    for _ in range(2):
        told = shared.run("ingest", good, "--dry-run")
        assert (told.code, "1 baru" in told.out, "tidak ada yang disimpan" in told.out) == (0, True, True)
    assert shared.run("ingest", shared.file("", "kosong.csv"), "--dry-run").code == 2


def test_a_dry_run_does_not_make_a_home(tmp_path: Path) -> None:
    file = tmp_path / "agenda.csv"
    file.write_text(agenda("1;07/09/2026;08.00;Dinkes"), encoding="utf-8")
    told = pantau("ingest", file, "--dry-run", "--home", tmp_path / "kantor", "--json")
    assert (told.code, told.counts[:2], (tmp_path / "kantor").exists()) == (0, (1, 1), False)


def test_a_dry_run_is_of_files(shared: Desk) -> None:
    told = shared.run("ingest", "--source", "e-surat", "--dry-run")
    assert (told.code, "--dry-run hanya untuk berkas" in told.err) == (2, True)
