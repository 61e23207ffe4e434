"""Reads CSV files: comma, semicolon or tab; UTF-8 with or without BOM, or cp1252."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.csv as pacsv

from etl.extract.refusal import Refused
from etl.extract.sheet import Sheet

_DELIMITERS = (",", ";", "\t")
_BLOCK = 1 << 20
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_RECORDS = 200
_MAX_CELL = 1 << 17
_BULK_BLOCK = 1 << 24


@contextmanager
def open_delimited(path: Path) -> Iterator[Iterator[Sheet]]:
    """The one sheet of a CSV file; its row numbers count records, as a spreadsheet does.

    Raises Refused for bytes that are no text, HTML, and quotation marks that do not match: a mark left open would
    swallow the rows after it.
    """
    text = _look_through(path)
    with path.open(encoding=text.encoding, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
        if sample.lstrip().casefold().startswith(("<!doctype", "<html", "<table", "<?xml")):
            raise Refused("isi berkas ini halaman HTML atau XML, bukan CSV; simpan ulang sebagai CSV atau XLSX.")
        file.seek(0)
        delimiter = _delimiter(sample)
        bulk = None if text.has_quotes else partial(_columns, path, text.encoding, delimiter)
        yield iter([Sheet(None, _records(file, delimiter), is_delimited=True, bulk=bulk)])


@dataclass(frozen=True)
class _Text:
    encoding: str
    has_quotes: bool


def _look_through(path: Path) -> _Text:
    """UTF-8 when every byte fits it, else cp1252. Raises Refused for bytes that are no text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = is_cp1252 = True
    has_quotes = False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if b"\0" in block:
                raise Refused("berkas ini memuat bita NUL, jadi bukan teks; simpan ulang sebagai CSV atau XLSX.")
            is_utf8 = is_utf8 and _decodes(decoder, block)
            is_cp1252 = is_cp1252 and len(block.translate(None, _UNDEFINED)) == len(block)
            has_quotes = has_quotes or b'"' in block
    is_utf8 = is_utf8 and _decodes(decoder, b"", is_last=True)
    if not is_utf8 and not is_cp1252:
        raise Refused("isi berkas ini bukan teks; simpan ulang sebagai CSV (UTF-8) atau XLSX.")
    return _Text("utf-8-sig" if is_utf8 else "cp1252", has_quotes)


_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, is_last: bool = False) -> bool:
    try:
        decoder.decode(block, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the first records most evenly into most cells; `sep=;` on the first line decides."""
    first = sample.partition("\n")[0].strip().casefold()
    if first.startswith("sep=") and first[4:5] in (",", ";"):
        return first[4]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> int:
    records = islice(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter), _SAMPLE_RECORDS)
    try:
        widths = Counter(len(record) for record in records if len(record) > 1)
    except csv.Error:
        return 0
    return max(((width - 1) * count for width, count in widths.items()), default=0)


def _records(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    """The records of a file, one for each row a spreadsheet would show."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused(_csv_sentence(error, reader.line_num)) from error


def _columns(path: Path, encoding: str, delimiter: str, skipped: int, width: int) -> list[pa.ChunkedArray] | None:
    """The columns of a file without quotation marks, after the first rows; None when its rows are not all as wide.

    Ten times as fast as record by record, and the same cells.
    """
    names = [str(index) for index in range(width)]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(
                skip_rows=skipped,
                column_names=names,
                block_size=_BULK_BLOCK,
                encoding="utf8" if encoding == "utf-8-sig" else encoding,
            ),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, text), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    return table.columns


def _csv_sentence(error: csv.Error, line: int) -> str:
    if "field larger" in str(error):
        return f"satu sel di sekitar baris {line} lebih panjang dari {_MAX_CELL} huruf; periksa tanda kutipnya."
    return f'tanda kutip (") di sekitar baris {line} tidak berpasangan; perbaiki lalu beri lagi.'
