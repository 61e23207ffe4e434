"""A second table to the right of the first: it is named, and no cell of it is read as one of the first."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.extract import Sheet
from tests.books.extracted import JAKARTA, Mapped, cells_of, extract_cells

HEADER = ["No Agenda", "Tanggal Terima", "Asal Surat", "Perihal"]
OTHER = ["Nomor Agenda", "Tgl Terima", "Pengirim", "Hal"]
SENT = ["No Agenda", "Tgl Kirim", "Tujuan", "Perihal"]
LOG = ["Tanggal", "Jam Mulai", "Ruang", "Kegiatan"]


def letter(number: int) -> list[str]:
    return [str(number), f"{number:02d}/01/2026", "Bappeda", f"Surat {number}"]


LEFT = [HEADER, letter(1), letter(2)]
NOTHING = [""] * 4


def beside(right: list[list[str]], *, left: list[list[str]] = LEFT, gap: int = 1) -> list[list[str]]:
    """A sheet with these two tables side by side."""
    height = max(len(left), len(right))
    columns = [*left, *[NOTHING] * (height - len(left))], [*right, *[NOTHING] * (height - len(right))]
    return [[*one, *[""] * gap, *other] for one, other in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("right", "cell"),
    [
        ([OTHER, letter(5), letter(6)], "F1"),
        ([HEADER, letter(5), letter(6)], "F1"),  # the same headers once more
        ([SENT, letter(1)], "F1"),
        ([LOG, ["12/01/2026", "08.00", "Aula", "Rapat"]], "F1"),
        ([NOTHING, OTHER, letter(5)], "F2"),
        ([NOTHING, NOTHING, NOTHING, NOTHING, HEADER, letter(3)], "F5"),
    ],
)
@pytest.mark.parametrize("is_delimited", [False, True])
def test_a_table_beside_the_first_is_named_and_not_read(
    right: list[list[str]], cell: str, *, is_delimited: bool
) -> None:
    taken = extract_cells([Sheet("S", beside(right), is_delimited)], zone=JAKARTA)
    assert (taken.frame["agenda_key"].tolist(), taken.frame["opd"].tolist()) == (["1", "2"], ["Bappeda"] * 2)
    assert (taken.rejects, taken.frame["received_on"].diff().tolist()[1:]) == ([], [1])
    assert [(warning.code, warning.sheet) for warning in taken.warnings] == [("table_beside", "S")]
    assert f"Mulai sel {cell} ada tabel lain di samping" in sentence(taken.warnings[0].message)


def test_under_titles_and_longer_than_the_first_it_is_named_too() -> None:
    rows = [["AGENDA SURAT MASUK", "", "", "", "2026"], [""], *beside([OTHER, *map(letter, (5, 6, 7, 8))], gap=2)]
    taken = cells_of(rows)
    assert (taken.read, taken.rejects, [warning.code for warning in taken.warnings]) == (2, [], ["table_beside"])
    assert "G3" in sentence(taken.warnings[0].message)


@pytest.mark.parametrize(
    "right",
    [
        [["Ruang", "Tanggal Pelaksanaan", "Jam Mulai", "Ket"], ["Aula", "12/02/2026", "08.00", ""]],
        [["Catatan", "Paraf", "Nomor Surat", "Sifat"], ["x", "y", "005/1", "biasa"]],
        [["", "dicetak", "oleh", "agendaris"]],
    ],
)
def test_further_columns_behind_an_empty_one_are_of_the_same_table(right: list[list[str]]) -> None:
    taken = cells_of(beside(right))
    assert (taken.read, taken.warnings, taken.rejects) == (2, [], [])


def test_far_below_it_ends_what_is_read() -> None:
    rows = [HEADER, *(letter(number) for number in range(1, 29)), *(letter(number) for number in range(1, 29))]
    far = beside([*[NOTHING] * 50, OTHER, letter(5)], left=rows)
    taken = cells_of(far)
    assert (taken.read, [(warning.code, warning.row) for warning in taken.warnings]) == (49, [("other_table", 51)])


def test_a_source_says_itself_which_columns_it_means() -> None:
    source = Mapped("permohonan", {"no_agenda": "Nomor Agenda", "tgl_terima": "Tgl Terima", "asal": "Pengirim"})
    taken = cells_of(beside([OTHER, letter(5), letter(6)]), source=source)
    assert (taken.frame["agenda_key"].tolist(), taken.warnings) == (["5", "6"], [])


def pasted(*right: list[str]) -> list[list[str]]:
    """A register of which some rows have these cells behind an empty column, under no header."""
    rows = [[*letter(number), "", *cells] for number, cells in enumerate(right, start=1)]
    return [HEADER, *rows]


def test_a_line_of_a_letter_under_no_header_is_named_beside_a_record_and_alone() -> None:
    rows = pasted([], ["paraf"], ["21. DPMD, zoom"])
    rows[2:2] = [[*[""] * len(HEADER), "", text] for text in ("susulan no 13 Dinas Sosial", "lanjutan")]
    taken = extract_cells([Sheet("S", rows)], zone=JAKARTA)
    told = [(warning.code, warning.row) for warning in taken.warnings]
    assert (taken.read, told) == (3, [("cells_beside", 3), ("cells_beside", 6)])


def test_letters_pasted_beside_the_table_are_named_by_their_cells() -> None:
    other = ["3", "05/01/2026", "Dindik", "susulan"]
    taken = extract_cells([Sheet("S", pasted([], other, [], other), is_delimited=False)], zone=JAKARTA)
    assert (taken.read, taken.rejects) == (4, [])
    told = [(warning.code, warning.row, warning.sheet) for warning in taken.warnings]
    assert told == [("cells_beside", 3, "S"), ("cells_beside", 5, "S")]
    assert [cells in sentence(one.message) for cells, one in zip(("F3:I3", "F5:I5"), taken.warnings, strict=True)] == [
        True,
        True,
    ]


def test_a_day_alone_beside_the_table_is_named_far_below_as_well() -> None:
    taken = cells_of(pasted(*[[""]] * 25, ["12/01/2026"]))
    assert ["F27" in sentence(warning.message) for warning in taken.warnings] == [True]


def test_one_word_beside_the_table_is_a_remark() -> None:
    assert cells_of(pasted(["susulan"], [], ["lengkap"])).warnings == []
