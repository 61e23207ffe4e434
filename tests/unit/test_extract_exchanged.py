"""A spreadsheet of another country exchanges day and month of the dates that it can read, and leaves the rest as text.

Native cells with days up to 12 only, beside texts with days above 12 only, tell of it.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.extract import Sheet
from tests.books.extracted import JAKARTA, cells_of, extract, extract_cells, write_csv, write_xlsx

HEADER = ["No Agenda", "Tgl Terima", "Asal"]
CELLS = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 9, 1))
TEXTS = ("13/01/2026", "14/01/2026")


def register(*receipts: object) -> list[list[object]]:
    """A register with these receipts."""
    return [HEADER, *([number, receipt, "Bappeda"] for number, receipt in enumerate(receipts, start=1))]


@pytest.mark.parametrize(
    ("receipts", "rows"),
    [
        ((*CELLS, *TEXTS), [2, 3, 4]),
        (("13-01-2026", datetime(2026, 5, 1, 8, 30), *CELLS, "14.1.26 09.00"), [3, 4, 5, 6]),  # noqa: DTZ001
        ((*CELLS, date(2026, 7, 7), *TEXTS), [2, 3, 4]),  # the same exchanged
        ((*CELLS, date(2026, 1, 15), *TEXTS), []),
        ((*CELLS, *TEXTS, "09/01/2026"), []),
        ((*CELLS, TEXTS[0]), []),
        ((CELLS[0], *TEXTS), []),
        (CELLS, []),
        ((*TEXTS, "12/01/2026"), []),
    ],
)
def test_date_cells_up_to_12_beside_texts_above_12_were_exchanged(
    receipts: tuple[object, ...], rows: list[int]
) -> None:
    taken = cells_of(register(*receipts))
    assert taken.frame["row"][taken.frame["is_day_doubtful"]].tolist() == rows
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(row, "days_exchanged") for row in rows]
    assert all("mungkin tertukar" in sentence(warning.message) for warning in taken.warnings)


def test_exchanged_days_of_other_columns_are_not_used() -> None:
    heads = ["No Agenda", "Langkah", "Tgl Selesai", "Jam Selesai"]
    taken = cells_of([heads, *([n, "A2", day, "08.10"] for n, day in enumerate((*CELLS, *TEXTS), 1))])
    assert [(cell.row, cell.code) for cell in taken.set_aside] == [(row, "days_exchanged") for row in (2, 3, 4)]
    assert taken.frame["finished_on"].isna().tolist() == [True] * 3 + [False] * 2


EXCHANGED = (*CELLS, *TEXTS)
"""Days of letters by which a sheet shows that it was exchanged; of these five the first three are."""


@pytest.mark.parametrize(
    ("receipts", "rows"),
    [
        ((*CELLS, date(2026, 12, 1), TEXTS[0]), [2, 3, 4, 5]),
        ((*CELLS, date(2026, 11, 1), date(2026, 12, 1)), [2, 3, 4, 5, 6]),
        (("5 Januari 2026", date(2026, 6, 1), "", "", ""), [3]),
        ((*CELLS, date(2026, 1, 15), TEXTS[0]), []),
        ((*CELLS, "09/01/2026", TEXTS[0]), []),
        (tuple(date(2026, 2, day) for day in (3, 4, 5, 9, 10)), []),  # all in February as typed
    ],
)
def test_what_one_column_of_a_sheet_shows_counts_for_its_receipts(
    receipts: tuple[object, ...], rows: list[int]
) -> None:
    heads = [*HEADER, "Tgl Surat"]
    numbered = enumerate(zip(receipts, EXCHANGED, strict=True), start=1)
    taken = cells_of([heads, *([number, receipt, "Bappeda", day] for number, (receipt, day) in numbered)])
    warnings = [warning for warning in taken.warnings if warning.code == "days_exchanged"]
    assert [warning.row for warning in warnings] == rows
    assert all("seperti pada kolom tanggal lain" in sentence(warning.message) for warning in warnings)
    assert taken.frame["row"][taken.frame["is_day_doubtful"]].tolist() == rows


def test_what_the_receipts_of_a_sheet_show_counts_for_its_events() -> None:
    heads, events = [*HEADER, "Tgl Kegiatan"], (date(2026, 10, 1), date(2026, 11, 1), "", TEXTS[1], "")
    numbered = enumerate(zip(EXCHANGED, events, strict=True), start=1)
    taken = cells_of([heads, *([number, receipt, "Bappeda", event] for number, (receipt, event) in numbered)])
    aside = [(cell.row, cell.field, cell.code) for cell in taken.set_aside]
    assert aside == [(row, "tgl_kegiatan", "days_exchanged") for row in (2, 3)]


SURE = (date(2026, 1, 4), date(2026, 1, 15), date(2026, 2, 5), date(2026, 2, 20))


@pytest.mark.parametrize(
    ("receipts", "rows"),
    [
        ((*SURE, date(2026, 3, 7), "15/07/2026", "24/07/2026", date(2026, 9, 8), "21/08/2026"), [6, 9]),
        ((*SURE, date(2026, 3, 7), "15/07/2026", date(2026, 9, 8), "21/08/2026", date(2026, 9, 25)), [6, 8]),
        ((*SURE, date(2026, 3, 2), date(2026, 3, 5), "14/03/2026", "17/03/2026", date(2026, 3, 20)), []),
        ((*SURE, date(2026, 3, 5), date(2026, 3, 3), "14/03/2026", "17/03/2026", date(2026, 3, 20)), []),
        ((*SURE, date(2026, 3, 7), "15/07/2026", "24/07/2026", date(2026, 9, 8), "09/08/2026"), []),
    ],
)
def test_dates_of_one_clerk_were_exchanged_under_those_of_another(
    receipts: tuple[object, ...], rows: list[int]
) -> None:
    taken = cells_of(register(*receipts))
    assert taken.frame["row"][taken.frame["is_day_doubtful"]].tolist() == rows
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(row, "days_exchanged") for row in rows]
    assert all("mungkin tertukar" in sentence(warning.message) for warning in taken.warnings)


def test_each_sheet_of_a_workbook_is_looked_at_by_itself(tmp_path: Path) -> None:
    sheets = {"A": register(*CELLS, *TEXTS), "B": register(date(2026, 2, 20), date(2026, 2, 5), *TEXTS)}
    taken = extract(write_xlsx(tmp_path / "a.xlsx", sheets), zone=JAKARTA)
    assert taken.frame["is_day_doubtful"].tolist() == [True] * 3 + [False] * 6


def test_days_of_a_csv_and_of_a_database_are_as_they_were_written(tmp_path: Path) -> None:
    lines = [f"{number};{receipt};Bappeda" for number, receipt in enumerate((*CELLS, *TEXTS))]
    table = extract(write_csv(tmp_path / "a.csv", ";".join(HEADER), *lines), zone=JAKARTA)
    rows = extract_cells([Sheet(None, register(*CELLS, *TEXTS), is_query=True)], zone=JAKARTA)
    assert not table.frame["is_day_doubtful"].any()
    assert not rows.frame["is_day_doubtful"].any()


@pytest.mark.parametrize(
    ("receipts", "rows"),
    [
        (("01/11/2026", "01/12/2026", "02/02/2026", "02/03/2026"), [2, 3, 5]),  # in January and February
        (("1-11-26", "1-12-26", "2-3-26"), [2, 3, 4]),
        (("01/12/2025", "02/03/2025", "01/03/2026"), [2, 3, 4]),
        (("01/05/2026", "01/06/2026", "01/07/2026"), []),  # as good with the day first
        (("05/03/2026", "06/03/2026", "04/02/2026"), []),  # going back either way
        (("01/12/2026", "02/01/2026"), []),
        (("01/11/2026", "01/12/2026", "02/02/2026", "13/02/2026"), []),
        (("01/11/2026", "2026-01-12", "02/02/2026", "02/03/2026"), []),
        (("03/01/2026", "03/04/2026", "03/04/2026", "03/06/2026"), [2, 3, 4, 5]),  # all on the third, or in March
        (("03/01/2026", "03/04/2026", "03/06/2026"), []),
        (("03/04/2026", "03/04/2026", "03/05/2026", "03/05/2026"), []),
        (("03/01/2026", "03/04/2026", "04/06/2026", "03/08/2026"), []),
    ],
)
def test_only_with_the_month_first_days_do_not_go_back_under_rising_numbers(
    receipts: tuple[str, ...], rows: list[int]
) -> None:
    taken = cells_of(register(*receipts))
    assert taken.frame["row"][taken.frame["is_day_doubtful"]].tolist() == rows
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(row, "month_first_likely") for row in rows]
    assert cells_of(register(*receipts), date_order="dmy").warnings == []


def test_under_numbers_that_do_not_rise_days_may_go_back() -> None:
    rows = register("01/11/2026", "01/12/2026", "02/02/2026")
    rows[2][0] = "1"
    assert cells_of(rows).warnings == []
