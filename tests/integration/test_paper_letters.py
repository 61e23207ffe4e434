"""A letter that came on paper is entered once, under a number of its own, and is judged from its receipt."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from data_access.errors import PantauError
from etl.desk.letters import Entry, NumberTakenError, PaperLetter, enter_letter, next_number
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.figures.intake.freshness import Origin, source_freshness
from etl.figures.intake.open_work import files_and_taps
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import MONDAY_NINE, give_books

REGISTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui")
NINE = "2026-09-07 09:00"
TYPED: dict[str, Any] = {
    "number": "144", "opd": "Dinkes", "activity": "Rapat gizi", "room": "Smart Center", "day": "14/09/2026",
    "begin": "9", "end": "12.00", "people": "40",
}  # fmt: skip


def fill(office: Office, folder: Path) -> None:
    give_books(office, folder, {"agenda.csv": REGISTER}, MONDAY_NINE)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    """On SQLite; what locks, joins and asks the logs is tried on PostgreSQL too (`either`)."""
    with bureau_of(Bureau, tmp_path, None, fill, NINE) as made:
        yield made


@pytest.fixture
def either(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill, NINE) as made:
        yield made


def enter(bureau: Bureau, client_id: str = "a-1", **typed: Any) -> Entry:
    giver = {"actor": "ani", "role": "agendaris", "client_id": client_id, "now": bureau.clock()}
    return enter_letter(bureau.office, PaperLetter(**(TYPED | typed)), **giver)


def test_the_letter_is_received_now_and_its_receiving_step_begins_with_its_number(either: Bureau) -> None:
    assert next_number(either.office, either.clock()) == "144"
    entered = enter(either)
    assert (entered.year, entered.agenda_number) == (2026, "144")
    case = either.case("2026/144")

    assert (case["request"]["opd"], case["request"]["received_at"]) == ("Dinas Kesehatan", "2026-09-07T09:00:00+07:00")
    step = either.step("2026/144", "A2")
    assert (step["started_at"], step["start_rule"]) == (
        "2026-09-07T09:00:00+07:00",
        "recorded",
    )
    assert either.step("2026/144", "A1")["reason"] == "start_unknown"
    assert next_number(either.office, either.clock()) == "145"


def test_what_is_entered_on_a_screen_is_summed_and_is_no_upload(either: Bureau) -> None:
    enter(either)
    enter(either, "a-2", number="145")
    last = files_and_taps(either.office, 6)  # each letter is a row of the register and its receiving step
    assert ([load.file for load in last.files], last.taps, last.tapped_at) == (["agenda.csv"], 4, either.clock())
    origins = {source.name: source.origin for source in source_freshness(either.office, either.clock())}
    assert origins["layar"] is Origin.SCREEN


def test_handing_on_finishes_the_step(office: Bureau) -> None:
    enter(office)
    office.clock.at += 240
    give_stamp(
        office.office, NewStamp(2026, "144", "A2", Stamp.FORWARDED), actor="ani", role="agendaris", client_id="b",
        now=office.clock(),
    )  # fmt: skip
    step = office.step("2026/144", "A2")
    assert (step["verdict"], step["elapsed_seconds"]) == ("MET", 240)


def test_a_double_submit_makes_one_letter(either: Bureau) -> None:
    with ThreadPoolExecutor(2) as both:
        entries = list(both.map(lambda _: enter(either), range(2)))
    assert sorted(entry.receipt.is_repeat for entry in entries) == [False, True]
    assert {entry.agenda_number for entry in entries} == {"144"}


def test_two_clerks_who_take_one_number_get_it_once_and_the_next(either: Bureau) -> None:
    enter(either)
    with pytest.raises(NumberTakenError) as refused:
        enter(either, "a-2", opd="Bappeda")
    assert sentence(refused.value) == "Nomor 2026/144 sudah dipakai surat dari Dinas Kesehatan. Nomor berikutnya: 145."
    assert enter(either, "a-2", opd="Bappeda", number=refused.value.next_number).agenda_number == "145"
    with pytest.raises(NumberTakenError):
        enter(either, "a-3", number="2026/0143")


def test_a_receipt_that_is_typed_counts_and_an_earlier_day_alone_has_no_hour(office: Bureau) -> None:
    enter(office, received_clock="0810")
    assert office.case("2026/144")["request"]["received_at"] == "2026-09-07T08:10:00+07:00"
    enter(office, "a-2", number="145", received_day="04/09/2026")
    assert office.case("2026/145")["request"]["received_at"] is None
    enter(office, "a-3", number="146", received_day="7/9/2026")
    assert office.case("2026/146")["request"]["received_at"] == "2026-09-07T09:00:00+07:00"


def test_an_unknown_agency_is_taken_as_typed(office: Bureau) -> None:
    enter(office, opd="Perkumpulan  Radio Amatir")
    assert office.case("2026/144")["request"]["opd"] == "Perkumpulan Radio Amatir"


IMPOSSIBLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"number": "-"}, "bukan nomor agenda"),
    ({"number": "2025/12"}, "menyebut tahun lain"),
    ({"opd": " "}, "OPD"),
    ({"activity": ""}, "paling sedikit tiga huruf"),
    ({"day": "31/09/2026"}, 'Tanggal kegiatan: "31/09/2026" bukan tanggal'),
    ({"day": "26-09-07"}, 'Tanggal kegiatan: "26-09-07" bukan tanggal'),
    ({"received_day": "26-09-07"}, "26-09-07"),
    ({"day": "12/31/2026"}, 'Tanggal kegiatan: "12/31/2026" bukan tanggal'),
    ({"day": ""}, "tanpa tanggal"),
    ({"begin": "25.00"}, "25.00"),
    ({"begin": "pagi"}, "pagi"),
    ({"begin": "12.00", "end": "09.00"}, "mulai"),
    ({"room": "Ruang Angkasa"}, "Ruang Angkasa"),
    ({"people": "banyak"}, "banyak"),
    ({"received_clock": "23.00"}, "23.00"),
    ({"received_day": "08/09/2026"}, "08/09/2026"),
)


def test_what_cannot_be_is_said_in_one_sentence_and_nothing_is_stored(office: Bureau) -> None:
    for typed, words in IMPOSSIBLE:
        with pytest.raises(PantauError) as refused:
            enter(office, **typed)
        assert words in sentence(refused.value), typed
        assert next_number(office.office, office.clock()) == "144", typed


def test_a_register_that_brings_the_letter_later_joins_it_and_asks_where_it_contradicts(either: Bureau) -> None:
    enter(either)
    same = agenda("144;07/09/2026;09.00;Dinkes;Rapat gizi;Smart Center;14/09/2026;09.00;12.00;disetujui")
    assert either.give(same, "lagi.csv").counts["corrected"] == 1
    assert either.case("2026/144")["request"]["status"] == "approved"
    other = agenda("144;05/09/2026;09.00;Bappeda;Musrenbang;Smart Center;15/09/2026;09.00;12.00;disetujui")
    assert [wait.code for wait in either.give(other, "lain.csv").waits] == ["same_number"]


def test_a_number_that_a_row_bears_which_waits_or_was_rejected_is_not_offered(
    either: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.desk.letters._LOOKED_AT", 1)  # beyond the first block the records are asked, too
    rows = (
        "144;31/09/2026;08.00;Dinkes;Rapat gizi;Smart Center;;;;",
        "145;07/09/2026;08.00;Dinkes;Rapat jiwa;Ruang Antah;09/09/2026;09.00;10.00;",
        "146;;08.00;Dinkes;Rapat bidan;Smart Center;;;;",
    )
    counts = either.give(agenda(*rows), "lagi.csv").counts
    assert (counts["waiting"], counts["rejected"]) == (1, 2)
    assert next_number(either.office, either.clock()) == "147"
    with pytest.raises(NumberTakenError) as refused:
        enter(either, number="143")
    assert refused.value.next_number == "147"
    enter(either, number="147")
    assert next_number(either.office, either.clock()) == "148"
    letters = ("148 s.d. 150", "151 (ralat)", "152batal")  # every number of a cell is borne
    again = agenda(*(f"{number};07/09/2026;08.00;Dinkes;Rapat desa;Smart Center;;;;" for number in letters))
    assert either.give(again, "dua.csv").counts["rejected"] == 3
    assert next_number(either.office, either.clock()) == "153"
    monkeypatch.delattr("etl.figures.intake.mended.rejects_of")  # they are read once a mart
    assert next_number(either.office, either.clock()) == "153"


def test_numbers_that_count_within_the_month_go_on_so(office: Bureau) -> None:
    monthly = "no_agenda;tgl_terima;jam_terima;asal\n2026-09/1;07/09/2026;08.20;Bappeda\n"
    office.give(monthly, "bulanan.csv")
    assert next_number(office.office, office.clock()) == "2026-09/2"
    assert enter(office, number="2").agenda_number == "-09/2"
    assert next_number(office.office, office.clock()) == "2026-09/3"
    office.give(monthly.replace("2026-09/1;07/09/2026", "2026-09/3;31/09/2026"), "salah.csv")
    assert next_number(office.office, office.clock()) == "2026-09/4"
    assert seconds("2026-09-07 09:00") == office.clock()
