"""Writes an ODS workbook whose cells are all text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"),
    )
)  # fmt: skip
_MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
# A cell of text format stays text when somebody types into it, also what begins with "=" or with zeros.
_HEAD = (
    f'{_XML}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>'
    '<number:text-style style:name="N1"><number:text-content/></number:text-style>'
    '<style:style style:name="text" style:family="table-cell" style:data-style-name="N1"/>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RUN_OF_BLANKS = re.compile(r"^ | {2,}| $|\t")


def write_ods(target: IO[bytes], sheets: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Rows of texts by sheet. Letters that XML cannot hold are left out."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w") as content:
            for piece in _content(sheets):
                content.write(piece.encode("utf-8"))


def _content(sheets: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[str]:
    yield _HEAD
    for name, rows in sheets.items():
        yield f"<table:table table:name={quoteattr(name)}>"
        for row in rows:
            yield f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"
        yield "</table:table>"
    yield _TAIL


def _cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    lines = _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    paragraphs = "".join(f"<text:p>{_RUN_OF_BLANKS.sub(_blanks, escape(line))}</text:p>" for line in lines)
    return f'<table:table-cell table:style-name="text" office:value-type="string">{paragraphs}</table:table-cell>'


def _blanks(run: re.Match[str]) -> str:
    """Blanks as elements: a reader may take several for one, and drop those at an edge."""
    return "<text:tab/>" if run[0] == "\t" else f'<text:s text:c="{len(run[0])}"/>'
