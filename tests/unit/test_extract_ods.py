"""ODS workbooks: what their cells mean, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.extract import Extracted, Refused
from tests.books.extracted import JAKARTA, days, extract, moments
from tests.books.workbooks import HEADERS, ods_cell, ods_row, write_ods_xml

EMPTY_TAIL = ods_row(
    '<table:table-cell table:number-columns-repeated="16384"/>', attributes='table:number-rows-repeated="1048000"'
)
LETTER = ods_row("0012", "07/09/2026", "08.30", "Dinas Contoh")


def read(path: Path) -> Extracted:
    return extract(path, zone=JAKARTA)


def book(tmp_path: Path, *rows: str) -> Path:
    return write_ods_xml(tmp_path / "a.ods", {"Agenda": ods_row(*HEADERS) + "".join(rows)})


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    return sentence(caught.value)


def test_texts_are_read_with_their_sheet_and_row(tmp_path: Path) -> None:
    taken = read(book(tmp_path, LETTER))
    assert taken.frame[["sheet", "row", "agenda_number", "opd"]].values.tolist() == [
        ["Agenda", 2, "0012", "Dinas Contoh"]
    ]


def test_date_time_and_number_cells_mean_what_they_show(tmp_path: Path) -> None:
    cells = (
        ods_cell("12", 'office:value-type="float" office:value="12"'),
        ods_cell("07/09/26", 'office:value-type="date" office:date-value="2026-09-07"'),
        ods_cell("08.30", 'office:value-type="time" office:time-value="PT08H30M00S"'),
        "Dinas",
    )
    frame = read(book(tmp_path, ods_row(*cells))).frame
    assert (frame["agenda_key"].tolist(), moments(frame["received_at"])) == (["12"], ["2026-09-07 08:30"])


@pytest.mark.parametrize(("first_day", "number"), [("1904-01-01", 44810), ("1899-12-30", 46272)])
def test_a_number_of_a_day_counts_from_the_day_that_the_workbook_says(
    tmp_path: Path, first_day: str, number: int
) -> None:
    day = ods_cell(str(number), f'office:value-type="float" office:value="{number}"')
    rows = ods_row(*HEADERS) + ods_row("12", day, "08.30", "Dinas")
    settings = f'<table:null-date table:date-value="{first_day}"/>'
    settings = f"<table:calculation-settings>{settings}</table:calculation-settings>"
    path = write_ods_xml(tmp_path / "a.ods", {"A": rows}, settings=settings)
    assert moments(read(path).frame["received_at"]) == ["2026-09-07 08:30"]


def test_a_formula_counts_as_what_it_resulted_in(tmp_path: Path) -> None:
    day = ods_cell("x", 'table:formula="of:=TODAY()" office:value-type="date" office:date-value="2026-09-07"')
    assert days(read(book(tmp_path, ods_row("12", day, "", "Dinas"))).frame["received_on"]) == ["2026-09-07"]


def test_formulas_that_failed_or_were_never_calculated_are_empty_and_told(tmp_path: Path) -> None:
    failed = 'table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"'
    row = ods_row("12", "07/09/2026", ods_cell("#N/A", failed), "Dinas", '<table:table-cell table:formula="of:=A1"/>')
    taken = read(book(tmp_path, row))
    assert moments(taken.frame["received_at"]) == [None]
    assert [(warning.row, sentence(warning.message).split(" dan ")[0]) for warning in taken.warnings] == [
        (None, "1 sel berisi galat rumus (seperti #N/A atau #REF!)"),
        (None, "1 sel berisi rumus yang belum dihitung"),
    ]
    assert (taken.warnings[1].code, "dianggap kosong: Agenda!E2;" in sentence(taken.warnings[1].message)) == (
        "cells_uncalculated",
        True,
    )


def test_a_million_empty_cells_behind_the_table_are_nothing(tmp_path: Path) -> None:
    assert read(book(tmp_path, LETTER, EMPTY_TAIL)).read == 1


def test_rows_that_are_repeated_are_rows(tmp_path: Path) -> None:
    repeated = ods_row("12", "07/09/2026", "", "Dinas", attributes='table:number-rows-repeated="3"')
    assert read(book(tmp_path, repeated, LETTER)).frame["row"].tolist() == [2, 3, 4, 5]


def test_a_merged_title_above_the_headers_does_no_harm(tmp_path: Path) -> None:
    title = (
        '<table:table-cell office:value-type="string" table:number-columns-spanned="4"><text:p>AGENDA</text:p>'
        '</table:table-cell><table:covered-table-cell table:number-columns-repeated="3"/>'
    )
    path = write_ods_xml(tmp_path / "a.ods", {"A": ods_row(title) + ods_row(*HEADERS) + LETTER})
    assert read(path).frame["row"].tolist() == [3]


def test_lines_of_a_cell_become_one(tmp_path: Path) -> None:
    two = (
        '<table:table-cell office:value-type="string"><text:p>Dinas</text:p><text:p>Contoh</text:p></table:table-cell>'
    )
    assert read(book(tmp_path, ods_row("12", "07/09/2026", "", two))).frame["opd"].tolist() == ["Dinas Contoh"]


def test_a_locked_workbook_is_refused(tmp_path: Path) -> None:
    locked = '<file-entry full-path="content.xml"><encryption-data/></file-entry>'
    path = write_ods_xml(tmp_path / "a.ods", {"A": ods_row(*HEADERS)}, manifest=locked)
    assert "kata sandi" in refusal(path)


def test_a_workbook_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_ods_xml(tmp_path / "a.ods", {"A": ods_row(*HEADERS) + "<table:table-row>"})
    assert "rusak" in refusal(path)


def test_a_document_type_of_its_own_is_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert "rusak" in refusal(write_ods_xml(tmp_path / "a.ods", {"A": ods_row("&b;")}, before=laughs))


def test_a_text_document_named_like_a_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert "dokumen OpenDocument lain" in refusal(tmp_path / "a.ods")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ods_row(ods_cell("x", 'office:value-type="string" table:number-columns-repeated="1000000"')), "1000000 kolom"),
        (ods_row('<table:table-cell table:number-columns-repeated="600"/>', "x"), "601 kolom"),
        (ods_row("x", attributes='table:number-rows-repeated="99999999999"'), "simpan sebagai CSV"),
        (ods_row("", attributes='table:number-rows-repeated="4000000"') + ods_row("x"), "simpan sebagai CSV"),
        (ods_row("x" * 100_000, attributes='table:number-rows-repeated="1100"'), "simpan tabelnya sebagai CSV"),
    ],
)
def test_cells_that_repeat_themselves_beyond_measure_are_refused_unread(tmp_path: Path, row: str, words: str) -> None:
    assert words in refusal(book(tmp_path, row))


def test_what_is_struck_through_is_not_used(tmp_path: Path) -> None:
    line = '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    styles = f'<style:style style:name="ce1">{line}<style:style style:name="T1">{line}<style:style style:name="ce2"/>'
    struck = (
        '<table:table-cell table:style-name="ce1" office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    )
    spans = '<text:span text:style-name="T1">Dinkes</text:span><text:span>Dinsos</text:span>'
    replaced = f'<table:table-cell office:value-type="string"><text:p>{spans}</text:p></table:table-cell>'
    rows = [
        ods_row("no_agenda", "tgl_terima", "asal", "perihal"),
        ods_row(*(struck.format(text) for text in ("1", "07/09/2026", "Dinkes", "Rapat"))),
        ods_row("2", "07/09/2026", replaced, "Rapat"),
        ods_row("3", "07/09/2026", "Dinkes", struck.format("Rapat")),
        ods_row(struck.format("4").replace("ce1", "ce2"), "07/09/2026", "Dinkes", "Rapat"),
    ]
    taken = extract(write_ods_xml(tmp_path / "a.ods", {"A": "".join(rows)}, settings=styles), zone=JAKARTA)
    assert [(reject.row, reject.code) for reject in taken.rejects] == [(2, "struck_row"), (3, "struck")]
    assert [(cell.row, cell.field) for cell in taken.set_aside] == [(4, "perihal")]
    assert taken.frame["agenda_key"].tolist() == ["3", "4"]
