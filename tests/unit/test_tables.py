"""One list of columns is a table, its cards on a phone, and a sheet of a file."""

from __future__ import annotations

from dashboard.components.tables import Column, number_column, share_column, sheet, table, table_row, text_column
from dashboard.i18n.formats import NOTHING

COLUMNS = [
    Column[dict[str, int]](
        "room", "Ruang", cell=lambda row: f"R{row['room']}", value=lambda row: row["room"], is_name=True
    ),
    Column[dict[str, int]](
        "use", "Pemakaian", cell=lambda row: row["use"], value=lambda row: row["use"], class_name="num"
    ),
    Column[dict[str, int]]("why", "Mengapa", cell=lambda _: "?"),
    Column[dict[str, int]]("seconds", "Detik", value=lambda row: row["use"] * 3600),
]
ROWS = [{"room": 1, "use": 2}, {"room": 2, "use": 0}]


def drawn() -> list[list[tuple[str, object, object]]]:
    body = table("Ruang", COLUMNS, ROWS).children.children[1].children
    return [
        [(type(cell).__name__, cell.children, getattr(cell, "data-label", None)) for cell in row.children]
        for row in body
    ]


def test_a_cell_carries_the_words_of_its_column_and_the_name_heads_its_row() -> None:
    assert drawn()[0] == [("Th", "R1", None), ("Td", 2, "Pemakaian"), ("Td", "?", "Mengapa")]


def test_a_column_without_a_cell_stands_in_the_file_only_and_one_without_a_value_on_the_screen_only() -> None:
    found = sheet("ruang", COLUMNS, ROWS)
    assert found.head == ("Ruang", "Pemakaian", "Detik")
    assert found.rows == ((1, 2, 7200), (2, 0, 0))


def test_a_sum_has_the_cells_that_are_given_by_key() -> None:
    total = table_row(COLUMNS, {"room": "Semua", "use": 2})
    assert [cell.children for cell in total.children] == ["Semua", 2, None]


def test_numbers_and_shares_are_words_on_the_screen_and_numbers_in_files() -> None:
    columns = [
        text_column("room", "Ruang", lambda _: "Smart Center", is_name=True),
        number_column("seats", "Kursi", lambda row: row),
        share_column("use", "Pemakaian", lambda row: row / 8_000),
    ]
    (row,) = table("Ruang", columns, [2_400]).children.children[1].children
    assert [cell.children for cell in row.children] == ["Smart Center", "2.400", "30%"]
    assert sheet("ruang", columns, [2_400]).rows == (("Smart Center", 2_400, 0.3),)


def test_an_empty_cell_is_marked_where_a_phone_may_leave_it_out() -> None:
    columns = [Column[str]("word", "Kata", cell=lambda word: word or NOTHING, class_name="num")]
    drawn = table("Kata", columns, ["A4", ""], hides_empty=True).children.children[1].children
    assert [row.children[0].className for row in drawn] == ["num", "num is-none"]
