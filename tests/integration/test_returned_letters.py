"""A letter that was sent back, and one handed to two desks: the same numbers however the office writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import sentence
from tests.books.typed import agenda, book, hand_overs
from tests.offices.bureau import Bureau, bureau_of
from tests.serving.command_line import Desk

PAIRS = "no_agenda;dari;kepada;tgl_diteruskan;jam_diteruskan"
DAY = "07/09/2026"
RECEIVED = agenda(f"31;{DAY};09.00;Dinas Contoh")

RETURNED = [
    ("A2", 1, "Agendaris", "Sekdin", "09.10"), ("A3", 1, "Sekdin", "Kadin", "09.15"),
    ("A4", 1, "Kadin", "Sekdin", "09.18"), ("A3", 2, "Sekdin", "Kadin", "09.22"),
    ("A4", 2, "Kadin", "Kabid", "09.24"), ("A5", 1, "Kabid", "Kasi LITIK dan Kasi Aplikasi", "10.20"),
]  # fmt: skip
"""Step, pass, giver, receiver and hour of each hand-over: Kadin sends the letter back to Sekdin at 09.18."""

WAYS_OF_WRITING = {
    "with numbers": hand_overs(*(f"31;{step};{number};;;{DAY};{at}" for step, number, _, _, at in RETURNED)),
    "without numbers": hand_overs(*(f"31;{step};;;;{DAY};{at}" for step, _, _, _, at in RETURNED)),
    "as pairs": book(PAIRS, *(f"31;{giver};{receiver};{DAY};{at}" for _, _, giver, receiver, at in RETURNED)),
    "as pairs, the last first": book(PAIRS, *(f"31;{giver};{to};{DAY};{at}" for _, _, giver, to, at in RETURNED[::-1])),
}

TWO_DESKS = [
    ("Agendaris", "Sekdin", "08.08"), ("Sekdin", "Kadin", "08.12"), ("Kadin", "Kabid IATIK", "08.16"),
    ("Kabid IATIK", "Kasi LITIK", "08.40"), ("Kabid IATIK", "Kasi Aplikasi", "08.50"), ("Kasi LITIK", "Staf", "09.30"),
    ("Kasi Aplikasi", "Staf", "09.45"), ("Staf", "", "10.30"),
]  # fmt: skip
TWO_DESKS_BOOK = book(PAIRS, *(f"31;{giver};{to};{DAY};{at}" for giver, to, at in TWO_DESKS))
EARLY = agenda(f"31;{DAY};08.00;Dinas Contoh")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path) as made:
        yield made


def spans(case: dict[str, Any], *steps: str) -> list[tuple[Any, ...]]:
    """Step, passes, start, finish, seconds and verdict of these steps."""
    told = {step["step"]: step for step in case["steps"]}
    clock = {None: None}
    return [
        (
            step,
            told[step]["passes"],
            *(clock.get(told[step][at], (told[step][at] or "")[11:16]) for at in ("started_at", "finished_at")),
            told[step]["elapsed_seconds"],
            told[step]["verdict"],
        )
        for step in steps
    ]


@pytest.mark.parametrize("text", WAYS_OF_WRITING.values(), ids=WAYS_OF_WRITING)
def test_a_letter_sent_back_is_counted_the_same_however_it_is_written_down(desk: Desk, text: str) -> None:
    desk.give(RECEIVED, "surat.csv")
    told = desk.give(text, "langkah.csv")
    assert (told.code, told.counts) == (0, (6, 6, 0, 0, 0, 0))
    case = desk.case("2026/31")
    assert spans(case, "A3", "A4", "A5") == [
        ("A3", 2, "09:10", "09:22", 540, "LATE"),
        ("A4", 2, "09:15", "09:24", 300, "MET"),
        ("A5", 1, "09:24", "10:20", 3360, "MET"),
    ]
    flags = {step["step"]: step["flags"] for step in case["steps"]}
    assert ("returned" in flags["A3"], "extra_pass" in flags["A3"] + flags["A4"]) == (True, False)


def test_two_receivers_one_row_each_are_one_hand_over(desk: Desk) -> None:
    desk.give(EARLY, "surat.csv")
    assert desk.give(TWO_DESKS_BOOK, "langkah.csv").counts == (8, 8, 0, 0, 0, 0)
    case = desk.case("2026/31")
    assert spans(case, "A5", "A6", "A7", "A8") == [
        ("A5", 1, "08:16", "08:50", 2040, "MET"),
        ("A6", 1, "08:40", "09:30", 3000, "MET"),
        ("A7", 1, "08:50", "09:45", 3300, "MET"),
        ("A8", 1, "09:45", "10:30", 2700, "MET"),
    ]
    assert case["corrections"] == []
    requests = desk.sla("2026-09-01", "2026-09-30")["requests"]
    assert (requests["on_time"], requests["late"]) == (1, 0)


def test_between_the_two_hand_overs_the_first_desk_has_the_letter_already(bureau: Bureau) -> None:
    bureau.give(EARLY, "surat.csv")
    bureau.give(TWO_DESKS_BOOK, "langkah.csv")
    assert spans(bureau.case("2026/31", "2026-09-07 08:45"), "A5", "A6", "A7") == [
        ("A5", 1, "08:16", "08:40", 1440, "MET"),
        ("A6", 0, "08:40", None, 300, "ON_TRACK"),
        ("A7", 0, "08:40", None, 300, "ON_TRACK"),
    ]


def test_rows_of_two_receivers_may_come_in_any_order_and_again(bureau: Bureau) -> None:
    bureau.give(EARLY, "surat.csv")
    head, *rows = TWO_DESKS_BOOK.splitlines()
    assert bureau.counts(book(head, *rows[::-1]), "terbalik.csv") == (8, 8, 0, 0, 0, 0)
    assert bureau.counts(TWO_DESKS_BOOK, "lagi.csv") == (8, 0, 8, 0, 0, 0)
    assert spans(bureau.case("2026/31"), "A5", "A6") == [
        ("A5", 1, "08:16", "08:50", 2040, "MET"), ("A6", 1, "08:40", "09:30", 3000, "MET"),
    ]  # fmt: skip


def test_the_hand_over_to_one_desk_is_corrected_by_a_later_row_of_that_desk(bureau: Bureau) -> None:
    bureau.give(EARLY, "surat.csv")
    numbered = "no_agenda;langkah;putaran;kepada;tgl_selesai;jam_selesai"
    bureau.give(book(numbered, f"31;A5;1;Kasi LITIK;{DAY};08.40", f"31;A5;1;Kasi Aplikasi;{DAY};08.50"), "a.csv")
    assert bureau.counts(book(numbered, f"31;A5;1;Kasi LITIK;{DAY};08.44"), "b.csv") == (1, 0, 0, 1, 0, 0)
    case = bureau.case("2026/31")
    assert spans(case, "A5", "A6", "A7")[0][1:4] == (1, None, "08:50")
    assert [(c["field"], c["old"][11:16], c["new"][11:16]) for c in case["corrections"]] == [
        ("finished", "08:40", "08:44")
    ]


def test_a_hand_over_to_the_other_desk_after_a_return_is_a_further_pass(bureau: Bureau) -> None:
    bureau.give(EARLY, "surat.csv")
    rows = [*TWO_DESKS[:4], ("Kasi LITIK", "Kabid", "08.45"), ("Kabid", "Kasi Aplikasi", "08.50")]
    bureau.give(book(PAIRS, *(f"31;{giver};{to};{DAY};{at}" for giver, to, at in rows)), "langkah.csv")
    (a5,) = spans(bureau.case("2026/31"), "A5")
    assert a5 == ("A5", 2, "08:16", "08:50", 1440 + 300, "MET")


def test_a_row_with_only_a_finish_completes_the_pass_that_was_begun(bureau: Bureau) -> None:
    bureau.give(EARLY, "surat.csv")
    rows = f"31;A2;;{DAY};08.02", f"31;A2;;;;{DAY};08.07"
    assert bureau.counts(hand_overs(*rows), "langkah.csv") == (2, 1, 0, 1, 0, 0)
    assert spans(bureau.case("2026/31"), "A2") == [("A2", 1, "08:02", "08:07", 300, "MET")]


OTHER_DAY = "08/09/2026"
TWO_LETTERS = agenda(f"31;{DAY};08.00;Dinas Contoh", f"32;{OTHER_DAY};08.00;Dinas Contoh")


@pytest.fixture
def in_series(bureau: Bureau) -> Bureau:
    """By the office's own version in force from the second day on A7 follows A6, and A8 only A7."""
    text = Path("etl/reference/sop-2020-06.toml").read_text(encoding="utf-8")
    a6, a7 = text.split("[langkah.A7]")
    a7 = a7.replace('["A5"]', '["A6"]', 1).replace('["A6", "A7"]', '["A7"]')
    bureau.office.home.sop_folder.mkdir()
    own = f"{a6}[langkah.A7]{a7}".replace("2020-06-01", "2026-09-08", 1)
    (bureau.office.home.sop_folder / "berurutan.toml").write_text(own, encoding="utf-8")
    bureau.office.forget_rules()
    return bureau


def one_after_the_other(letter: str, day: str) -> list[str]:
    """Kasi Aplikasi sends the letter back to Kasi LITIK at 09.45."""
    back = [
        ("Kasi LITIK", "Staf", "09.30"), ("Kasi Aplikasi", "Kasi LITIK", "09.45"),
        ("Kasi LITIK", "Staf", "10.00"), ("Kasi Aplikasi", "Staf", "10.20"),
    ]  # fmt: skip
    return [f"{letter};{giver};{to};{day};{at}" for giver, to, at in [*TWO_DESKS[:5], *back]]


def test_a_pair_is_a_return_by_the_version_in_force_when_the_letter_was_received(in_series: Bureau) -> None:
    in_series.give(TWO_LETTERS, "surat.csv")
    rows = [*one_after_the_other("31", DAY), *one_after_the_other("32", OTHER_DAY)]
    report = in_series.give(book(PAIRS, *rows), "langkah.csv")
    assert (report.counts["read"], report.counts["rejected"]) == (18, 1)
    (reject,) = report.rejects
    assert (reject.row, reject.code, sentence(reject.message)) == (
        8,
        "unknown_handover",
        'Baris 8, kolom "dari": pasangan ini mengembalikan surat dari A7 ke A6, tetapi menurut SOP yang berlaku saat '
        "surat diterima (7 Sep 2026) A7 tidak sesudah A6.",
    )
    assert ["returned" in in_series.step("2026/31", code)["flags"] for code in ("A6", "A7")] == [False, False]
    assert spans(in_series.case("2026/32"), "A6", "A7") == [
        ("A6", 2, "08:40", "10:00", 3000 + 900, "LATE"), ("A7", 2, "09:30", "10:20", 900 + 1200, "MET"),
    ]  # fmt: skip


def test_beside_a_step_that_is_named_such_a_pair_says_no_more(in_series: Bureau) -> None:
    in_series.give(TWO_LETTERS, "surat.csv")
    head = "no_agenda;langkah;dari;kepada;tgl_selesai;jam_selesai"
    rows = (f"{letter};A7;Kasi Aplikasi;Kasi LITIK;{day};09.45" for letter, day in (("31", DAY), ("32", OTHER_DAY)))
    assert in_series.counts(book(head, *rows), "langkah.csv") == (2, 2, 0, 0, 0, 0)
    ends = [in_series.step(letter, "A7")["flags"] for letter in ("2026/31", "2026/32")]
    assert ["returned" in flags for flags in ends] == [False, True]


def test_of_a_letter_that_comes_later_such_a_pair_is_no_return(in_series: Bureau) -> None:
    rows = book(PAIRS, *one_after_the_other("31", DAY)[:7])
    assert in_series.counts(rows, "langkah.csv") == (7, 0, 0, 0, 7, 0)
    in_series.give(TWO_LETTERS, "surat.csv")
    assert spans(in_series.case("2026/31"), "A6", "A7") == [
        ("A6", 1, "08:40", "09:30", 3000, "MET"), ("A7", 1, "08:50", "09:45", 3300, "MET"),
    ]  # fmt: skip
