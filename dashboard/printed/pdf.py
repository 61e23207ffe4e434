"""Documents as PDF: `sheet.typ` and the layout of one kind, set by Typst from its wheel, our own fonts, no network and
nothing of the machine's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import typst

from dashboard.components.asset_urls import ASSETS, build_mark
from dashboard.printed.words import COVERAGE_COLUMNS, FORM_COLUMNS, PARTS, STANDARD_COLUMNS, FormRow, Voice, Words

_FONTS = ASSETS / "vendor" / "fonts"
_IN_A_CELL, _IN_A_LINE = 20, 60
"""How long a word may be before it gets a place to break, in tables and elsewhere."""

_TO_KEEP = "a-2a"
_TABLES = ("form", "standards", "coverage", "signature", "rows", "sum", "headlines", "agency")
_LABELS = (
    "title_form", "page", "of_pages", "empty", "form_source", "annex_standards", "annex_coverage", "annex_left_out",
    "annex_flags", "annex_rules",
)  # fmt: skip


def report_pdf(words: Words, voice: Voice, printed_at: int, *, whole: bool = True) -> bytes:
    """The report on A4 pages, as PDF/A-2a, made to be kept and to be read aloud.

    `whole` False: only Tabel 7 with letterhead and signature block.
    """
    return typeset("report", source(words, voice, printed_at, whole=whole), printed_at)


def typeset(layout: str, document: Mapping[str, Any], printed_at: int) -> bytes:
    """What `<layout>.typ` makes of a document of texts, as PDF/A-2a; a longer word gets places to break."""
    inputs = {"document": json.dumps(_by_place(document), ensure_ascii=False)}
    try:
        return _pdf(layout, inputs, printed_at, [_TO_KEEP])
    except typst.TypstError:  # a sign that no font of ours draws may be printed as a box, but not be kept so
        return _pdf(layout, inputs, printed_at, [])


def _by_place(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _fitted(value, _IN_A_CELL if key in _TABLES else _IN_A_LINE) for key, value in document.items()}


def _pdf(layout: str, inputs: dict[str, str], printed_at: int, standards: list[str]) -> bytes:
    made: bytes = _compiler().compile(
        _template(layout), format="pdf", sys_inputs=inputs, timestamp=printed_at, pdf_standards=standards
    )
    return made


def source(words: Words, voice: Voice, printed_at: int, *, whole: bool) -> dict[str, Any]:
    """What the template reads: texts only."""
    t = voice.t
    labels = {name: t(f"laporan.{name}") for name in _LABELS}
    inputs = asdict(words) | {
        "whole": whole,
        "lang": voice.language.value,
        "labels": labels | {"nip_dots": t("laporan.nip", nip="." * 36)},
        "form": [[t(f"laporan.part_{part}"), _rows(words, part)] for part in PARTS],
        "form_heads": _heads(FORM_COLUMNS, voice),
        "standard_heads": _heads(STANDARD_COLUMNS, voice),
        "coverage_heads": _heads(COVERAGE_COLUMNS, voice),
        "footer": footer(words, voice, printed_at),
        "ribbon": t("laporan.demo") if words.is_demo else "",
        "title": words.title if whole else t("laporan.title_form"),
    }
    inputs["signature"]["nip"] = t("laporan.nip", nip=words.signature.nip) if words.signature.nip else ""
    return inputs


def _heads(columns: Sequence[str], voice: Voice) -> dict[str, str]:
    """The words of the columns by their names, in order."""
    return {name: voice.t(f"laporan.col_{name}") for name in columns}


def _rows(words: Words, part: str) -> list[dict[str, Any]]:
    rows: list[FormRow] = [row for row in words.form if row.part == part]
    return [asdict(row) for row in rows]


def footer(words: Words, voice: Voice, printed_at: int) -> str:
    """When it was printed, by which program, and the mark by which paper and records are compared."""
    marks = [voice.t("laporan.mark", mark=words.mark)]
    if words.chain:
        marks.append(voice.t("laporan.chain", link=words.chain))
    return foot(voice, printed_at, words.number, *marks)


def foot(voice: Voice, printed_at: int, *marks: str) -> str:
    """When a sheet was printed and by which program, with what marks it."""
    program = voice.t("laporan.program", version=f"{version('pantau')} ({build_mark()})")
    return " · ".join((voice.t("laporan.printed_at", moment=voice.f.moment(printed_at)), *marks, program))


def _fitted(value: Any, longest: int) -> Any:
    """The same with a place to break in every longer word, and without signs that no font draws."""
    if isinstance(value, dict):
        return {key: _fitted(part, longest) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_fitted(part, longest) for part in value]
    return _breakable(value, longest) if isinstance(value, str) else value


def _breakable(text: str, longest: int) -> str:
    drawn = "".join(" " if ord(sign) < ord(" ") else sign for sign in text)
    return re.sub(rf"(\S{{{longest}}})(?=\S)", "\\1\u200b", drawn)


@cache
def _template(layout: str) -> bytes:
    parts = files("dashboard.printed")
    return b"\n".join(parts.joinpath(f"{name}.typ").read_bytes() for name in ("sheet", layout))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_FONTS)])


def _compiler() -> typst.Compiler:
    """A compiler of its own for each document: it remembers the inputs of the one before."""
    return typst.Compiler(font_paths=_fonts())
