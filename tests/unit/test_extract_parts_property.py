"""However a file is cut into parts, the same comes out of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.i18n import sentence
from etl.extract import SPECS, Kind, Refused, Sheet, open_cells, open_file
from etl.extract.files.delimited import is_plainly_quoted
from tests.books.examples import examples
from tests.books.extracted import JAKARTA

CELLS = st.sampled_from(
    [
        "", "", "-", "12", "0012", "2026/11", "A1", "B9", "Kadin", "07/09/2026", "01/24/2020", "24/01/2020",
        "31 Juni 2020", "2026-09-07 08:10:00", "08.30", "00:00:00", "00.00", "23.15", "45 orang", "ada", "mungkin",
        "Total", "Jumlah", "Smart Center", "Baik", "ya", "a\nb", 'kata "dikutip"', '"', "café", "=1+1", "1", "2", "3",
        "\u00a0", "a;b",
    ]
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, max_size=7), max_size=10)


def outcome(opening: Callable[[], Any]) -> Any:
    """All that comes out of a file, or the sentence of its refusal."""
    try:
        with opening() as extractions:
            return [_of(extraction) for extraction in extractions]
    except Refused as refusal:
        return sentence(refusal)


def _of(extraction: Any) -> Any:
    parts = list(extraction.parts())
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    rejects = [reject for part in parts for reject in part.rejects]
    warnings = [*extraction.warnings, *(warning for part in parts for warning in part.warnings)]
    read = sum(part.read for part in parts)
    assert read == len(frame) + len(rejects)
    return extraction.kind, frame.to_csv(), rejects, warnings, extraction.ignored_columns, read


@settings(max_examples=examples(40))
@given(
    ROWS,
    st.sampled_from(list(Kind)),
    st.integers(1, 7),
    st.sampled_from(["minimal", "all", "none"]),
    st.booleans(),
    st.sampled_from(["dmy", "mdy", None]),
)
def test_a_csv_means_the_same_in_parts_of_any_size(
    rows: list[list[str]], kind: Kind, part_rows: int, quoting: str, is_utf8: bool, date_order: str | None
) -> None:
    lines = [["KOP SURAT"], list(SPECS[kind].columns)[:6], *rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catatan.csv"
        path.write_bytes(_text(lines, quoting).encode("utf-8" if is_utf8 else "cp1252"))
        whole, cut = (
            outcome(lambda size=size: open_file(path, zone=JAKARTA, part_rows=size, date_order=date_order))
            for size in (10_000, part_rows)
        )
    assert cut == whole


def _text(lines: list[list[str]], quoting: str) -> str:
    if quoting == "none":
        return "\r\n".join(";".join(cells) for cells in lines)
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL if quoting == "all" else csv.QUOTE_MINIMAL).writerows(lines)
    return text.getvalue()


@settings(max_examples=examples(10))
@given(st.lists(st.tuples(st.sampled_from(list(Kind)), ROWS), min_size=1, max_size=4), st.integers(1, 7))
def test_sheets_mean_the_same_in_parts_of_any_size(sheets: list[tuple[Kind, list[list[str]]]], part_rows: int) -> None:
    def opening(size: int) -> Callable[[], Any]:
        named = [Sheet(str(i), [SPECS[kind].columns, *rows]) for i, (kind, rows) in enumerate(sheets)]
        return lambda: open_cells(named, zone=JAKARTA, part_rows=size, date_order="dmy")

    assert outcome(opening(part_rows)) == outcome(opening(10_000))


@given(st.text(st.sampled_from('";\n\ra '), max_size=24))
def test_text_called_plainly_quoted_reads_the_same_both_ways(text: str) -> None:
    if not text or not is_plainly_quoted(text.encode(), ";"):
        return
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    width = max(map(len, records))
    if width == 0 or any(len(record) != width for record in records):
        return
    table = pacsv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=pacsv.ReadOptions(column_names=[str(i) for i in range(width)], use_threads=False),
        parse_options=pacsv.ParseOptions(delimiter=";", newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types={str(i): pa.string() for i in range(width)}, strings_can_be_null=False
        ),
    )
    assert [list(row.values()) for row in table.to_pylist()] == records


BYTES = st.lists(
    st.sampled_from([b"12", b"A2", b";", b"\n", b"\r", b'"', b"\xe9", b"\xc3\xa9", b"\xe0\x80\x80", b"\x81", b" "])
)


@settings(max_examples=examples(25))
@given(BYTES, st.integers(1, 3))
def test_any_bytes_under_a_header_are_refused_or_read_the_same(cells: list[bytes], part_rows: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catatan.csv"
        path.write_bytes(b"no_agenda;langkah;catatan\n" + b"".join(cells))
        whole, cut = (
            outcome(lambda size=size: open_file(path, zone=JAKARTA, part_rows=size)) for size in (10_000, part_rows)
        )
    assert cut == whole
