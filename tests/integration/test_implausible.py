"""A receipt that would be the key of its letter, and is probably mistyped, waits; a year that cannot be is flagged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from etl.desk.second_letters import SecondLetterError, answer_receipt
from etl.domain.units import day_date, day_number
from etl.figures.intake.open_work import attention, odd_receipt, odd_receipts
from etl.intake.pipeline import ingest
from etl.intake.undo import undo
from etl.reference.steps import STEP_INDEX
from tests.books.extracted import write_xlsx
from tests.books.typed import book
from tests.offices.bureau import Bureau
from tests.serving.databases import ON_SQLITE

HEADER = "no_agenda;tgl_terima;asal;perihal;tgl_surat;tgl_kegiatan"
BEFORE = "20;03/09/2026;Bappeda;Rapat anggaran;;"
AFTER = "22;04/09/2026;Dinas Sosial;Rapat bansos;;"


OTHER_YEAR = "tahunnya lain dari baris di sekitarnya"


def given_to(bureau: Bureau, name: str, *rows: str) -> dict[str, Any]:
    """What `ingest --json` tells of a register with these rows."""
    return bureau.give(book(HEADER, *rows), name).to_json(sentence)


def ends(told: dict[str, Any]) -> tuple[int, ...]:
    """Accepted, unchanged, corrected, waiting."""
    return tuple(told[end] for end in ("accepted", "unchanged", "corrected", "waiting"))


@pytest.mark.parametrize(
    ("receipt", "waits"),
    [
        ("01/10/2026", 0),  # a day after the load
        ("02/10/2026", 1),
        ("03/09/2016", 1),  # the year of neither neighbour
        ("31/12/2027", 1),
    ],
)
@ON_SQLITE
def test_a_receipt_in_the_future_or_of_another_year_than_both_neighbours_waits(
    bureau: Bureau, receipt: str, waits: int
) -> None:
    told = given_to(bureau, "a.csv", BEFORE, f"21;{receipt};Dinkes;Rapat;;", AFTER)
    assert ends(told) == (3 - waits, 0, 0, waits)
    assert [(wait["row"], wait["code"]) for wait in told["waits"]] == [(3, "receipt_implausible")] * waits
    reason = OTHER_YEAR if receipt.endswith("2016") else "tanggal itu di masa depan"
    assert all(f": {reason}. Baris ini menunggu" in wait["message"] for wait in told["waits"])
    assert attention(bureau.office).odd_receipts == waits


@pytest.mark.parametrize("rows", [(BEFORE, "21;03/09/2025;Dinkes;Rapat;;"), ("21;03/09/2025;Dinkes;Rapat;;", AFTER)])
@ON_SQLITE
def test_a_row_with_one_neighbour_waits_for_nothing(bureau: Bureau, rows: tuple[str, ...]) -> None:
    assert ends(given_to(bureau, "a.csv", *rows)) == (2, 0, 0, 0)


@ON_SQLITE
def test_a_wrong_year_in_the_first_rows_waits_and_so_does_a_receipt_long_before_its_letter(bureau: Bureau) -> None:
    more = ("23;07/09/2026;Dinkes;Rapat;;", "24;07/09/2026;Dinkes;Rapat;03/12/2026;")
    told = given_to(bureau, "a.csv", "19;02/09/2025;Dinkes;Rapat;;", BEFORE, AFTER, *more)
    assert [(wait["row"], wait["code"]) for wait in told["waits"]] == [
        (place, "receipt_implausible") for place in (2, 6)
    ]
    reasons = [wait["message"].split(": ")[-1].split(".")[0] for wait in told["waits"]]
    assert reasons == [OTHER_YEAR, "tanggal itu lebih dari 31 hari sebelum tanggal suratnya"]


@ON_SQLITE
def test_days_that_a_spreadsheet_exchanged_wait_and_are_settled(bureau: Bureau) -> None:
    header, texts = ["no_agenda", "tgl_terima", "asal"], [[3, "13/01/2026", "Bappeda"], [4, "14/01/2026", "Bappeda"]]
    cells = [[1, date(2026, 5, 1), "Bappeda"], [2, date(2026, 6, 1), "Bappeda"]]
    path = write_xlsx(bureau.folder / "a.xlsx", {"Januari": [header, *cells, *texts]})
    (report,) = ingest(bureau.office, path, bureau.clock())
    assert ends(report.to_json(sentence)) == (2, 0, 0, 2)
    assert {wait.code for wait in report.waits} == {"receipt_implausible"}
    assert all(": hari dan bulannya mungkin tertukar. " in sentence(wait.message) for wait in report.waits)
    assert [(warning.row, warning.code) for warning in report.warnings] == [
        (2, "days_exchanged"),
        (3, "days_exchanged"),
    ]
    for row in odd_receipts(bureau.office, 1)[0]:
        received_on = day_number(date(2026, 1, 4 + int(row["agenda_number"])))
        assert answer_receipt(bureau.office, row["id"], received_on, "agendaris", "agendaris", bureau.clock())
    assert bureau.case("2026/1")["request"]["received_on"] == "2026-01-05"
    path = write_xlsx(bureau.folder / "b.xlsx", {"Januari": [header, *cells, *texts, [5, "15/01/2026", "Bappeda"]]})
    (report,) = ingest(bureau.office, path, bureau.clock())
    assert ends(report.to_json(sentence)) == (1, 4, 0, 0)


NUMBERED = "no_agenda;tgl_terima;asal;no_surat;perihal"
YEARS = "nomor suratnya menyebut tahun yang lebih kemudian"


EARLIER_YEARS = ("005/91/2025", "005/91/2024", "005/2026", "005/91/2028", "005/91/12026", "2026", "/2026", "")
"""Letter numbers that name no year after 2025, or none at all."""


@ON_SQLITE
def test_a_receipt_before_the_year_of_its_letter_number_waits(bureau: Bureau) -> None:
    numbers = ("005/91/2026", "005/91/DKK/ 2026", "B-91/2026", *EARLIER_YEARS, "005/92")
    rows = [f"{place};05/01/2025;Dinkes;{number};Rapat" for place, number in enumerate(numbers, start=1)]
    told = bureau.give(book(NUMBERED, *rows), "a.csv").to_json(sentence)
    assert [(wait["row"], YEARS in wait["message"]) for wait in told["waits"]] == [(2, True), (3, True), (4, True)]
    assert ends(told) == (9, 0, 0, 3)
    assert all(f": {YEARS}. Baris ini menunggu" in wait["message"] for wait in told["waits"])


@pytest.mark.parametrize(
    ("title", "waits"),
    [
        ("AGENDA SURAT MASUK TAHUN 2026", 2), ("Bulan Januari 2026", 2), ("AGENDA SURAT MASUK TAHUN 2025", 0),
        ("AGENDA TAHUN 2025/2026", 0), ("Perbup Nomor 5 Tahun 2016", 0), ("Dicetak Januari 2026", 0),
        ("Trenggalek, 5 Januari 2026", 0), ("Kode 2026", 0),
    ],
)  # fmt: skip
@ON_SQLITE
def test_receipts_of_another_year_than_the_title_names_wait(bureau: Bureau, title: str, waits: int) -> None:
    rows = ("91;05/01/2025;Dinkes;;Rapat", "92;06/01/2025;Dinsos;;Rapat")
    told = bureau.give(book(title, NUMBERED, *rows), "a.csv").to_json(sentence)
    assert ends(told) == (2 - waits, 0, 0, waits)
    assert all(
        ": judul atau nama lembarnya menyebut tahun atau bulan lain. Baris" in wait["message"] for wait in told["waits"]
    )


@ON_SQLITE
def test_a_row_below_another_title_waits_for_its_own_reason(bureau: Bureau) -> None:
    days = ("05/01/2025", "06/01/2025", "05/02/2025", "06/02/2026", "07/02/2025")
    rows = [f"{number};{day};Dinkes;;Rapat" for number, day in enumerate(days, start=91)]
    text = book(NUMBERED, "BULAN JANUARI 2026", *rows[:2], "BULAN FEBRUARI 2025", *rows[2:])
    told = bureau.give(text, "a.csv").to_json(sentence)
    reasons = [wait["message"].split(": ")[2].split(".")[0] for wait in told["waits"]]
    title = "judul atau nama lembarnya menyebut tahun atau bulan lain"
    assert reasons == [title, title, "tahunnya lain dari baris di sekitarnya"]


@ON_SQLITE
def test_the_name_of_a_sheet_is_a_title_of_the_receipts_of_that_sheet(bureau: Bureau) -> None:
    header = ["no_agenda", "tgl_terima", "asal"]
    sheets = {
        f"{name} 2026": [header, *([number, f"0{number}/{month}/{year}", "Bappeda"] for number, year in rows)]
        for name, month, rows in (("JAN", "01", [(1, 2025), (2, 2025)]), ("FEB", "02", [(3, 2026), (4, 2025)]))
    }
    (report,) = ingest(bureau.office, write_xlsx(bureau.folder / "a.xlsx", sheets), bureau.clock())
    assert [(wait.sheet, wait.row) for wait in report.waits] == [("JAN 2026", 2), ("JAN 2026", 3)]


ODD = "21;03/09/2016;Dinkes;Rapat;;"


def answer(bureau: Bureau, received_on: int | None) -> bool:
    """Settle the one row that waits for its receipt."""
    (row,), _ = odd_receipts(bureau.office, 1)
    assert odd_receipt(bureau.office, row["id"]) is not None
    return answer_receipt(bureau.office, row["id"], received_on, "agendaris", "agendaris", bureau.clock())


def test_on_another_day_it_counts_there_and_undone_it_waits_again(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", BEFORE, ODD, AFTER)
    assert answer(bureau, day_number(date(2026, 9, 3)))
    assert (bureau.case("2026/21")["request"]["subject"], odd_receipts(bureau.office, 1)) == ("Rapat", ([], 0))
    assert ends(given_to(bureau, "a.csv", BEFORE, ODD, AFTER)) == (0, 3, 0, 0)
    assert ends(given_to(bureau, "b.csv", BEFORE, ODD, AFTER.replace("bansos", "sosial"))) == (0, 2, 1, 0)
    with pytest.raises(ValueError, match="not enough values"):
        answer(bureau, None)
    with reading(bureau.office.records) as connection:
        answered = last_load_id(connection) - 1
    undo(bureau.office, answered, "salah jawab", "admin", bureau.clock())
    assert odd_receipts(bureau.office, 1)[1] == 1


def test_taken_as_it_is_it_counts_and_given_again_too(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", BEFORE, ODD, AFTER)
    (row,), _ = odd_receipts(bureau.office, 1)
    assert answer(bureau, None)
    assert bureau.case("2016/21")["request"]["subject"] == "Rapat"
    assert ends(given_to(bureau, "b.csv", BEFORE, ODD, AFTER, AFTER)) == (0, 4, 0, 0)
    with pytest.raises(SecondLetterError):
        answer_receipt(bureau.office, row["id"], None, "agendaris", "agendaris", bureau.clock())


YEARS_APART = {
    ("01/09/2026", "08/10/2027"): [],  # 400 days
    ("", "09/10/2027"): ["implausible_year"],
    ("29/07/2025", ""): ["implausible_year"],
    ("30/07/2025", ""): [],
    ("", ""): [],
}
"""The flags of a letter of 3 September 2026 by its own day and that of its event."""


@ON_SQLITE
def test_an_event_or_letter_date_more_than_400_days_from_the_receipt_is_flagged(bureau: Bureau) -> None:
    rows = [f"{number};03/09/2026;Dinkes;Rapat;{days[0]};{days[1]}" for number, days in enumerate(YEARS_APART)]
    given_to(bureau, "a.csv", *rows[:1])
    assert attention(bureau.office).flags == {}
    given_to(bureau, "b.csv", *rows)
    flags = [bureau.step(f"2026/{number}", "A1")["flags"] for number in range(len(rows))]
    assert flags == list(YEARS_APART.values())
    assert {flag.word: count for flag, count in attention(bureau.office).flags.items()} == {"implausible_year": 2}


STEPS = "no_agenda;langkah;tgl_selesai;jam_selesai"
"""The header of a book of hand-overs."""


def first_day_of_a2(bureau: Bureau) -> date:
    """The day from which A2 is recorded, as the records tell it."""
    return day_date(bureau.office.mart.read().meta.first_handovers[STEP_INDEX["A2"]])


REGISTER = ("23;01/09/2026;Dinkes;Rapat;;", "24;07/09/2026;Dinkes;Rapat;;")
SLIPPED = ("23;A3;02/09/2026;09.10", "23;A4;02/09/2026;09.20", "23;A5;02/09/2026;09.30")
"""Hand-overs of the day before that on which A2 of letter 23 is said to be finished."""


@ON_SQLITE
def test_a_slipped_day_never_decides_from_when_a_step_is_recorded(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *REGISTER)
    bureau.give(book(STEPS, "23;A2;03/09/2026;09.00", *SLIPPED, "24;A2;07/09/2026;09.00"), "l.csv")
    assert bureau.step("2026/23", "A2")["flags"] == ["slipped_day"]
    assert first_day_of_a2(bureau) == date(2026, 9, 7)


def test_a_finish_that_turns_out_to_be_mistyped_decides_nothing_any_more(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *REGISTER)
    bureau.give(book(STEPS, "23;A2;03/09/2026;09.00", "24;A2;07/09/2026;09.00"), "l.csv")
    assert first_day_of_a2(bureau) == date(2026, 9, 3)
    bureau.give(book(STEPS, *SLIPPED), "m.csv")
    assert first_day_of_a2(bureau) == date(2026, 9, 7)
