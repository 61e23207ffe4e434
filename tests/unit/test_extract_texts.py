"""Texts, register numbers and counts as people type them."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.i18n import sentence
from etl.domain.verdict import RequestStatus
from etl.extract.texts import agenda_key, numbers_in
from tests.books.extracted import aside, codes, letters, passes, reason, sessions


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("12", "12"), ("0012", "12"), ("\t0012", "12"), (" 12 ", "12"), ("000", "0"), ("SRM0282", "srm0282"),
        ("A  12", "a 12"), ("005/12/2026", "5/12/2026"), ("0A", "0a"),
        ("13.", "13"), ("No. 13", "13"), ("no 013", "13"), ("Nomor: 13", "13"), ("'13", "13"), ("13 .", "13"),
        ("13)", "13"), ("13*", "13"), ("13-", "13"), ("13.)", "13"), ("13^", "13"), ("#13", "13"), ("13 (A)", "13a"),
        ("13(a)", "13a"), ("13 (A) (2)", "13a (2)"), ("13/B-", "13/b"), ("13 (AB)", "13 (ab)"), ("13 (2)", "13 (2)"),
        ("1.046", "1046"), ("1.046.", "1046"), ("12.345.678", "12345678"), ("No. 1.046", "1046"), ("21.~2", "21 (2)"),
        ("13.a", "13.a"), ("13/B", "13/b"), ("28 A", "28a"), ("028  a.", "28a"), ("28 AB", "28 ab"),
        ("28 A (2)", "28a (2)"), ("1.04", "1.04"), ("1.0466", "1.0466"), ("0.046", "0.046"),
        ("1.2.3", "1.2.3"), ("12,00", "12"), ("12,0", "12"), ("12.0", "12"), ("012.00", "12"), ("12.10", "12.10"),
        ("No. 005/13/2026", "5/13/2026"), ("No. A 13", "no. a 13"), ("Nota 13", "nota 13"), ("-02/1.046", "-02/1046"),
    ],
)  # fmt: skip
def test_register_numbers_compare_without_leading_zeros_case_and_blanks(typed: str, key: str) -> None:
    assert agenda_key(typed) == key
    assert letters({"no_agenda": typed}).frame["agenda_key"].tolist() == [key]


@pytest.mark.parametrize(
    ("typed", "shown"), [("\t0012 ", "0012"), ("13.", "13."), ("No. 13", "No. 13"), ("1.046", "1.046")]
)
def test_the_number_is_kept_as_typed(typed: str, shown: str) -> None:
    assert letters({"no_agenda": typed}).frame["agenda_number"].tolist() == [shown]


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [("2026/011", "11", "011"), ("No. 2026/11.", "11", "11"), ("2026/1.046", "1046", "1.046")],
)
def test_a_number_may_name_its_year(typed: str, key: str, shown: str) -> None:
    frame = passes({"no_agenda": typed}).frame
    assert (frame["year"][0], frame["agenda_key"][0], frame["agenda_number"][0]) == (2026, key, shown)


@pytest.mark.parametrize("typed", ["005/12/2026", "12/2026", "1999/11", "2026/11/A"])
def test_other_numbers_with_slashes_name_no_year(typed: str) -> None:
    assert passes({"no_agenda": typed}).frame["year"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-11-01 00:00:00", "number_is_a_date"), ("2026-11-01", "number_is_a_date"),
        ("11 " * 40, "number_too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_register_number_rejects_its_row(typed: str, code: str) -> None:
    for taken in (letters({"no_agenda": typed}), passes({"no_agenda": typed})):
        assert [(reject.row, reject.code) for reject in taken.rejects] == [(2, code)]
    used = sessions({"no_agenda": typed})
    assert (aside(used), used.frame["agenda_key"].isna().tolist()) == ([code], [True]), "a session without a letter"


def test_a_date_cell_made_of_year_and_number_is_told_how_to_type_it() -> None:
    (reject,) = passes({"no_agenda": "2026-11-01 00:00:00"}).rejects
    assert sentence(reject.message) == (
        'Baris 2, kolom "no_agenda": "2026-11-01 00:00:00" adalah tanggal, bukan nomor agenda; '
        "jadikan selnya Teks, lalu ketik lagi, misalnya 2026/11."
    )


def test_the_year_may_have_its_own_column() -> None:
    assert passes({"tahun": "2026"}).frame["year"].tolist() == [2026]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"no_agenda": "2026/11", "tahun": "2025"}, "year_mismatch"),
        ({"no_agenda": " - "}, "missing"),
    ],
)
def test_years_and_numbers_that_cannot_be_are_rejected(cells: dict[str, str], code: str) -> None:
    assert codes(passes(cells)) == [code]


@pytest.mark.parametrize(("typed", "code"), [("26", "year_out_of_range"), ("dua ribu", "not_a_number")])
def test_a_year_that_cannot_be_read_is_set_aside(typed: str, code: str) -> None:
    taken = passes({"tahun": typed})
    assert (aside(taken), taken.frame["year"].isna().tolist()) == ([code], [True])


def test_a_letter_whose_number_names_another_year_is_rejected() -> None:
    taken = letters({"no_agenda": "2026/7"}, {"no_agenda": "2025/7"})
    assert (taken.frame["agenda_key"].tolist(), codes(taken)) == (["7"], ["year_mismatch"])


COUNTS = [
    ("45", 45), ("1.234", 1234), ("45 orang", 45), ("± 45", 45), ("+/- 45 peserta", 45), ("0045", 45), ("45.0", 45),
    ("45,00", 45), ("45 org.", 45), ("12.345.6", None), ("empat", None), ("-5", None), ("+- 45", 45),
    ("30-40", 40), ("± 40 - 50 orang", 50), ("40 s/d 50", 50), ("40 orang – 50 orang", 50), ("50-40", None),
    ("40-", None), ("1-2-3", None),
    ("1,234", None), ("1,000", None), ("2,000 orang", None),
    ("99999999999999999999", None), ("4.5", None),
]  # fmt: skip


def test_counts_are_understood_or_set_aside() -> None:
    taken = letters(*({"jumlah_peserta": typed} for typed, _ in COUNTS))
    unread = [row for row, (_, count) in enumerate(COUNTS, start=2) if count is None]
    assert aside(taken) == ["not_a_number"] * len(unread)
    assert [cell.row for cell in taken.set_aside] == unread
    planned = taken.frame["planned"].astype(object).where(taken.frame["planned"].notna(), None)
    assert dict(zip([typed for typed, _ in COUNTS], planned, strict=True)) == dict(COUNTS)


def test_of_a_range_the_larger_number_is_taken_and_told() -> None:
    taken = letters({"jumlah_peserta": "40-50 orang"})
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("people_range", 2)]
    assert sentence(taken.warnings[0].message).endswith('dari "40-50 orang" diambil angka yang lebih besar.')


def test_nobody_at_a_held_session_means_unknown_and_is_told() -> None:
    taken = sessions({"peserta_hadir": "0", "tidak_lolos": "0"})
    assert (taken.frame["present"].isna().tolist(), taken.frame["failed"].tolist()) == ([True], [0])
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("zero_participants", 2)]


STATUS_WORDS = [
    ("Disetujui", RequestStatus.APPROVED), ("FIX", RequestStatus.APPROVED), ("done", RequestStatus.APPROVED),
    ("ditolak", RequestStatus.REJECTED), ("BATAL", RequestStatus.CANCELLED), ("Cancel", RequestStatus.CANCELLED),
    ("reschedule", RequestStatus.POSTPONED), (" Menunggu ", RequestStatus.PENDING), ("", RequestStatus.UNKNOWN),
    ("-", RequestStatus.UNKNOWN), ("RESCHEDULE 4 APRIL 2", RequestStatus.OTHER),
]  # fmt: skip


def test_status_words_have_a_meaning() -> None:
    read = letters(*({"status": typed} for typed, _ in STATUS_WORDS)).frame["status"]
    for (typed, status), code in zip(STATUS_WORDS, read, strict=True):
        assert code == status.code, typed


def test_another_status_word_is_taken_and_told() -> None:
    taken = letters({"status": "Sudah di meja"})
    assert (taken.frame["status_text"].tolist(), taken.warnings[0].code) == (["Sudah di meja"], "status_unknown")


def test_texts_lose_stray_blanks_and_line_breaks() -> None:
    frame = letters({"perihal": "  Pinjam\r\n ruang\u00a0 rapat \t"}).frame
    assert frame["subject"].tolist() == ["Pinjam ruang rapat"]


def test_a_formula_is_kept_as_text() -> None:
    assert letters({"perihal": "=SUM(A1:A2)"}).frame["subject"].tolist() == ["=SUM(A1:A2)"]


@pytest.mark.parametrize(
    "typed",
    [
        "hubungi 081234567890", "hubungi 0812-3456-7890", "hubungi +62 812 3456 7890", "NIK 3503011203900001",
        "NIK 3503 0112 0390 0001", "NIK 35.0301.120390.0001", "NIK 35.03.01.120390.0001",
        "telp 8,12E+10", "telp 8,12E+09", "telp 8.12E+11", "NIP 199001012015031002",
    ],
)  # fmt: skip
def test_personal_numbers_in_free_text_are_masked(typed: str) -> None:
    subject = letters({"perihal": f"Rapat, {typed} ya"}).frame["subject"][0]
    assert subject == f"Rapat, {typed.split()[0]} [disamarkan] ya"


@pytest.mark.parametrize(
    "typed", ["Rapat 12.06.2020 - 13.06.2020", "No. 005/123/406.020/2026", "08.30 - 15.00", "Rp 25.000.000"]
)
def test_other_numbers_in_free_text_stay(typed: str) -> None:
    assert letters({"perihal": typed}).frame["subject"].tolist() == [typed]


def test_the_letter_number_is_never_masked() -> None:
    assert letters({"no_surat": "005/1234567890123456"}).frame["letter_number"].tolist() == ["005/1234567890123456"]


def test_personal_numbers_do_not_reach_rejects_or_their_sentences() -> None:
    (reject,) = letters({"tgl_terima": "081234567890", "keterangan": "WA 081234567890"}).rejects
    assert "0812" not in str(reject)


def test_a_dash_for_nothing_is_missing() -> None:
    assert pd.isna(letters({"perihal": "-"}).frame["subject"][0])


@pytest.mark.parametrize(("letter", "handover"), [("2026/11B", "11B"), ("11B", "2026/11B"), ("2026/011b", "2026/11B")])
def test_a_number_with_letters_is_the_same_with_and_without_its_year(letter: str, handover: str) -> None:
    assert letters({"no_agenda": letter}).frame["agenda_key"].tolist() == ["11b"]
    assert passes({"no_agenda": handover}).frame["agenda_key"].tolist() == ["11b"]


def test_a_number_with_letters_behind_what_is_not_the_year_of_receipt_stays_whole() -> None:
    frame = letters({"no_agenda": "2025/11B"}, {"no_agenda": "2026/12"}).frame
    assert frame["agenda_key"].tolist() == ["2025/11b", "12"]
    assert frame["agenda_number"].tolist() == ["2025/11B", "12"]


@pytest.mark.parametrize("typed", ["?", " ?? ", "? ?"])
def test_a_question_mark_in_a_required_cell_rejects_its_row(typed: str) -> None:
    assert codes(letters({"asal": typed}, {"no_agenda": typed})) == ["not_known"] * 2
    assert codes(sessions({"ruang": typed})) == ["not_known"]
    assert letters({"perihal": typed}).read == len(letters({"asal": "Dinkes?"}).frame) == 1


@pytest.mark.parametrize("typed", ["?49", "49?", "? 49"])
def test_a_number_with_a_question_mark_is_none(typed: str) -> None:
    taken = letters({"no_agenda": typed})
    assert codes(taken) == ["number_doubted"]
    assert "tulis nomornya tanpa tanda tanya" in sentence(taken.rejects[0].message)


@pytest.mark.parametrize("typed", ["22 (ralat)", "23 batal", "24 (susulan)", "21 rev.", "21rev", "47 -> 25", "47→25"])
def test_a_number_beside_a_word_of_what_became_of_it_is_asked_about(typed: str) -> None:
    taken = letters({"no_agenda": typed}, {"no_agenda": "12 bis"}, {"no_agenda": "12/REV-A"})
    assert (codes(taken), taken.frame["agenda_key"].tolist()) == (["number_with_word"], ["12 bis", "12/rev-a"])
    assert aside(sessions({"no_agenda": typed})) == ["number_with_word"]


@pytest.mark.parametrize("typed", ["tanpa no", "..", "menyusul", "belum ada", "/"])
def test_what_holds_no_number_in_its_place_rejects_the_row(typed: str) -> None:
    taken = letters({"no_agenda": typed}, {"no_agenda": "XII"}, {"no_agenda": "A"})
    assert (codes(taken), taken.frame["agenda_key"].tolist()) == (["no_number"], ["xii", "a"])
    assert aside(sessions({"no_agenda": typed})) == [], "a use without a letter"


@pytest.mark.parametrize(
    "typed",
    [
        "005/4",
        "005.1/12-2026",
        "421.3/12/DIKPORA/2026",
        "03/01/2026",
        "2026-01-03 00:00:00",
        "3 Januari 2026",
        "10:00:00",
        "08.00 WIB",
    ],
)
def test_a_sender_that_is_a_date_or_a_letter_number_rejects_its_row(typed: str) -> None:
    taken = letters({"asal": typed})
    assert codes(taken) == ["not_a_sender"]
    assert "mungkin kolomnya tertukar" in sentence(taken.rejects[0].message)


def test_a_row_whose_words_stand_in_the_columns_of_others_is_rejected() -> None:
    taken = letters(
        {"asal": "Permohonan pinjam ruang", "perihal": "Kec. Munjungan"},
        {"asal": "Dinas PU", "no_surat": "Penataan Ruang", "perihal": "005/6/2025"},
        {"asal": "Permohonan Jaya", "perihal": "Rapat"},
        {"no_surat": "Undangan", "perihal": "Dinas Kesehatan 005/6/2025"},
        {"no_surat": "", "perihal": "005/6/2025"},
        {"asal": "Rapat evaluasi triwulan", "perihal": "SMAN 1 Trenggalek"},
        {"asal": "Dinas Kesehatan", "perihal": "Dinas Kesehatan, rapat evaluasi"},
        {"no_surat": "Pelatihan admin web 29", "perihal": "045/672/406.022/2026"},
        {"no_surat": "Rapat persiapan HUT 17/8", "perihal": "045/672/406.022/2026"},
        {"no_surat": "Und/Rapat/005/12/2026", "perihal": "045/672/406.022/2026"},
        {"no_surat": "Pelatihan admin web 29", "perihal": "Rapat 045/672/406.022/2026"},
    )
    assert codes(taken) == ["sender_is_subject", "subject_is_number", "sender_is_subject", *["subject_is_number"] * 2]


@pytest.mark.parametrize(
    "typed", ["BKD\n005/856/406.012/2025", "BKD 005/856/406.012/2025", "BKD\r\nNomor : 005/856/406.012/2025 "]
)
def test_a_letter_number_behind_the_sender_in_its_cell_is_that_of_the_letter(typed: str) -> None:
    taken = letters({"asal": typed}, {"asal": typed, "no_surat": "005/7"}, {"asal": "BPBD"})
    numbers = taken.frame["letter_number"].fillna("").tolist()
    assert (taken.frame["opd"].tolist(), numbers) == (["BKD", "BKD", "BPBD"], ["005/856/406.012/2025", "005/7", ""])
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("sender_with_number", n) for n in (2, 3)]


@pytest.mark.parametrize(
    "typed", ["0806/Kodim", "SDN 1/2", "2 Desa", "Kodim 0806/05", "12", "BPBD/005/1", "1 Januari", "BKD, 05/01/2026"]
)
def test_other_senders_with_digits_stay(typed: str) -> None:
    assert letters({"asal": typed}).frame["opd"].tolist() == [typed]


@pytest.mark.parametrize(
    "typed",
    ["14 - 16", "14 – 16", "14 s.d. 16", "14 s/d 16", "14 sampai dengan 16", "14, 15, 16", "14,15,16", "14 dan 15",
     "14; 15", "14 & 15", "14, 15 dan 16", "17\n18", "17\r\n18", "14a, 14b", "014 s.d. 016"],
)  # fmt: skip
def test_a_cell_that_names_several_letters_rejects_its_row(typed: str) -> None:
    taken = letters({"no_agenda": typed}, {})
    assert (codes(taken), len(taken.frame)) == (["several_numbers"], 1)
    assert "beberapa nomor agenda; tulis satu baris untuk setiap surat" in reason(taken)


@pytest.mark.parametrize(("typed", "others", "rejected"), [
    ("14-16", ("12", "13"), 1), ("14,15", ("12", "13"), 1), ("14 15", ("12", "13"), 1), ("14 / 15", ("12", "13"), 1),
    ("14 / 5", ("12", "13"), 0), ("2026 / 14", ("12", "13"), 0), ("14 / 2026", ("12", "13"), 0),
    ("14/15", ("12", "13"), 0), ("14 / 15", ("12 / 15", "13 / 15"), 0),
    ("14-26", ("12-26", "13-26"), 0), ("14,15", ("12,15", "13,15"), 0), ("14-16", (), 0),
    ("16-14", ("12", "13"), 0), ("5-2026", ("12", "13"), 0), ("005/13/2026", ("12", "13"), 0),
])  # fmt: skip
def test_two_numbers_may_be_the_way_in_which_an_office_writes_one(
    typed: str, others: tuple[str, ...], rejected: int
) -> None:
    taken = letters({"no_agenda": typed}, *({"no_agenda": other} for other in others))
    assert codes(taken) == ["several_numbers"] * rejected


SEVERAL = ["5/6", "9 \\ 10", "13 (14)", "17.18", "21|22", "25 -26", "29. 30.", "33_34", "41 ..42", "17/ 18", "21 jo 22",
           "25 + lampiran 26", "29=30", "33:34", "41, no 42", "No 45 No 46", "13 lan 14"]  # fmt: skip
OFF = ["37 dst", "49x2", "5 (2 surat)", "9A,B", "13a-c", ".33", "-36", "+42", "44=", "46 (empat enam)", "1O", "l3",
       "S5", "005/539/35.07/2026", "12/1"]  # fmt: skip
DATES = ["07/01/2026", "12-Jan-26", "15 Januari"]
MARKED = ["13a", "13 B", "13.c", "13-d", "28 (A)", "21 (2)", "21~3", "12.1", "13/UM", "14/2026", "2026/16", "2026/14A",
          "5/I/2026", "B-13", "SC/17", "18.", "No. 19", "22 bis", "2026-03/23"]  # fmt: skip
PLAIN = [str(number) for number in range(1, 161) if number not in (3, 10, 55)]


def test_among_plain_numbers_what_is_no_single_number_is_asked_about() -> None:
    typed = [*PLAIN, *MARKED, *SEVERAL, *OFF, *DATES]
    taken = letters(*({"no_agenda": each, "tgl_terima": "05/03/2026"} for each in typed))
    expected = ["several_numbers"] * len(SEVERAL) + ["number_off_style"] * len(OFF) + ["number_is_a_date"] * len(DATES)
    assert (codes(taken), len(taken.frame)) == (expected, len(PLAIN) + len(MARKED))


@pytest.mark.parametrize(
    ("style", "others", "expected"),
    [
        ("{}/6/2026", ["8-9/6/2026"], ["several_numbers"]),
        ("005/{}/2026", ["8", "8A", "005/8/SC/2026"], []),
        ("{}/SC", ["8 & 9/SC", "8 (2)/SC"], ["several_numbers"]),
        ("{:02}/01/2026", [], []),
        ("{}/1/2026", [], []),
    ],
)
def test_a_register_keeps_its_own_style_of_numbers(style: str, others: list[str], expected: list[str]) -> None:
    typed = [*map(style.format, range(10, 41)), *others]
    assert codes(letters(*({"no_agenda": each} for each in typed))) == expected


@pytest.mark.parametrize("style", ["{:02}/01/2026", "{:02}/01/1900", "{:02}-Jan", "{}-Feb-26", "{} Maret 2026"])
def test_a_whole_column_of_dates_holds_no_register_numbers(style: str) -> None:
    taken = letters(*({"no_agenda": style.format(number)} for number in range(1, 20)))
    assert codes(taken) == ["number_is_a_date"] * 19


def test_letter_number_and_register_number_in_each_other_s_columns_are_asked_about() -> None:
    rows = [{"no_agenda": str(number), "no_surat": f"005/{number}/X/2026"} for number in range(1, 11)]
    rows += [{"no_agenda": f"005/{number}/X/2026", "no_surat": str(number)} for number in range(11, 18)]
    assert codes(letters(*rows)) == ["number_of_letter"] * 7


TWO_PAPERS = ["005/1/X/2026\n005/2/X/2026", "1. 005/1/X/2026 2. 005/2/X/2026", "005/1/X/2026; B/2/III/2026",
              "005/1/X/2026 dan 10: 005/2/X/2026", "005/1/2/2026 / 005/3/2/2026", "12 dan 13", "005/1 dan 005/2",
              "005/12 & 005/13", "005/12-13/406.1/2026", "005/9/X/2026 (2 surat)"]  # fmt: skip
ONE_PAPER = ["005/1/X/2026", "005/1/X/2026 tgl 05/03/2026", "005/1/X/2026, 5/3/26", "005/1/X/2026 (005/1/X/2026)",
             "005/1 dan 005/1", "005/1/X/2026 dan 5", "045/35-40/X/2026", "046/35-40/X/2026", "005/12-3/X/2026",
             "005/4/SMPN-2/2026", "surat no 5", "12/Und - 13", "005/7/X/2026 (1 surat)", "2 surat tugas"]  # fmt: skip


def test_two_whole_letter_numbers_in_one_cell_are_named() -> None:
    typed = [*TWO_PAPERS, *ONE_PAPER]
    taken = letters(*({"no_agenda": str(at), "no_surat": each} for at, each in enumerate(typed, start=1)))
    assert [(warning.code, warning.row) for warning in taken.warnings] == [
        ("letters_in_cell", row) for row in range(2, 2 + len(TWO_PAPERS))
    ]


@pytest.mark.parametrize(("typed", "rejected"), [("2026-02/30", 1), ("2026-03/30", 0), ("2026/30", 0), ("-02/30", 0)])
def test_a_number_of_another_month_than_its_receipt_rejects_its_row(typed: str, rejected: int) -> None:
    taken = letters({"no_agenda": typed, "tgl_terima": "05/03/2026"}, {})
    assert codes(taken) == ["month_mismatch"] * rejected


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("14 s.d. 16", "14 15 16"), ("14-16", "14 15 16"), ("14, 15 dan 17", "14 15 17"), ("34+35", "34 35"),
        ("14 / 15", "14 15"), ("53 54", "53 54"), ("14;15\n16", "14 15 16"), ("14a & 15", "14a 15"),
        ("9 sd 12, 14", "9 10 11 12 14"), ("23batal", "23"),
        ("14s/d16", "14 15 16"), ("14sd16", "14 15 16"), ("14s.d.16", "14 15 16"), ("14s, 15dan 16", "14s 15 16"),
    ],
)  # fmt: skip
def test_the_numbers_of_several_letters_are_told_apart(typed: str, numbers: str) -> None:
    assert numbers_in(typed) == numbers.split()
