"""A report as XLSX whose shares a reader can recompute: formulas where figures follow from others, with their values.

Texts are written as texts whatever they begin with, so nothing that came from data can run as a formula.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboard.printed.pdf import footer
from dashboard.printed.step_columns import STEP_COLUMNS, counts_of_checks
from dashboard.printed.words import FORM_COLUMNS, FormRow, Voice, Words, assessment_words, is_by_checks
from etl.domain.statistics import Z95
from etl.domain.units import MINUTE
from etl.domain.verdict import Assessment, Reason
from etl.figures.compliance.definitions import STEP_VALUES, Figure
from etl.figures.report import Document
from etl.reference.steps import STEP_CODES

_FIRST = 4
"""Row, counted from 0, of the first step on each sheet."""

_NAMED = {"code": "laporan.col_code", "activity": "laporan.x_activity", "actor": "laporan.x_actor"}
_FIGURES = (
    "target", "met", "late", "overdue", "n", "share", "low", "high", "unmeasurable", "skipped", "coverage",
    Figure.MEDIAN, Figure.P90,
)  # fmt: skip
"""Columns of the sheet of the Mutu Baku: the counts stand before what follows from them."""

_PLACES = {name: place for place, name in enumerate((*_NAMED, *_FIGURES))}
_COUNTS = ("met", "late", "overdue", "skipped", "unmeasurable")
_MINUTES = ("target", Figure.MEDIAN, Figure.P90)
_NOTHING = "–"

_TOP = {"border": 1, "valign": "top"}
_FOLLOWS = {**_TOP, "bg_color": "#E8F3F1"}
_STYLES: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "muted": {"font_color": "#5B6E7F"},
    "head": {
        "bold": True, "bg_color": "#E9EEF2", "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter",
    },
    "text": {**_TOP, "text_wrap": True},
    "whole": {**_TOP, "num_format": "#,##0"},
    "minutes": {**_TOP, "num_format": "#,##0.0"},
    "rule": {**_TOP, "num_format": "0.##", "align": "left"},
    "share": {**_FOLLOWS, "num_format": "0.0%"},
    "sum": {**_FOLLOWS, "num_format": "#,##0"},
    "computed": {**_FOLLOWS, "text_wrap": True},
}  # fmt: skip
"""How cells look; what follows from others has a ground of its own."""


@dataclass
class _Book:
    """The workbook with its formats."""

    book: Workbook
    words: Words
    voice: Voice
    document: Document

    def t(self, key: str) -> str:
        """A word of the catalogue."""
        return self.voice.t(f"laporan.{key}")

    def sheet(self, key: str, widths: Sequence[float]) -> Worksheet:
        """A new sheet for A4, with what it is about above."""
        sheet = self.book.add_worksheet(self.t(key))
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, f"{self.words.title} – {self.t(key)}", self.styles["title"])
        sheet.write_string(1, 0, f"{self.words.subtitle} · {self.words.status}", self.styles["muted"])
        return sheet

    @cached_property
    def styles(self) -> dict[str, Format]:
        """The formats by name."""
        return {name: self.book.add_format(properties) for name, properties in _STYLES.items()}

    def texts(self, sheet: Worksheet, row: int, texts: Iterable[str], style: str = "text") -> None:
        """One text a cell, from the first column on."""
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, self.styles[style])

    def heads(self, sheet: Worksheet, heads: Iterable[str], columns: int = 0) -> None:
        """The heads above the first step, which stay in sight as do the first so many columns."""
        self.texts(sheet, _FIRST - 1, heads, "head")
        sheet.freeze_panes(_FIRST, columns)


def report_xlsx(document: Document, words: Words, voice: Voice, printed_at: int) -> bytes:
    """Four sheets: Tabel 7, the Mutu Baku table, what each figure rests on, notes with the rule."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        book = _Book(workbook, words, voice, document)
        workbook.set_properties(
            {
                "title": f"{words.title} – {words.subtitle}",
                "author": ", ".join(words.agency),
                "created": dt.datetime.fromtimestamp(printed_at, dt.UTC).replace(tzinfo=None),
            }
        )
        _form(book)
        _standards(book)
        _base(book)
        _notes(book, footer(words, voice, printed_at))
    return target.getvalue()


def _form(book: _Book) -> None:
    sheet = book.sheet("x_form", (6, 46, 26, 52, 40, 10))
    book.heads(sheet, [book.t(f"col_{name}") for name in FORM_COLUMNS])
    sheet.repeat_rows(_FIRST - 1)
    for row, form in enumerate(book.words.form, start=_FIRST):
        texts = (form.code, f"{form.procedure} ({form.actor})", "", " ".join(form.notes), form.followup, "")
        book.texts(sheet, row, texts)
        sheet.write_formula(row, 2, _assessment_formula(book, row), book.styles["computed"], form.assessment)
    sheet.write_string(_FIRST + len(book.words.form) + 1, 0, book.words.rule)
    _signature(book, sheet, _FIRST + len(book.words.form) + 3)


def _assessment_formula(book: _Book, row: int) -> str:
    """The third column from the shares on the second sheet and the rule on the last one."""
    n, share, coverage = (_on_standards(book, row, name) for name in ("n", "share", "coverage"))
    well, not_well, unknown = (
        assessment_words(verdict, book.voice) for verdict in (Assessment.WELL, Assessment.NOT_WELL, Assessment.UNKNOWN)
    )
    is_unknown = f"{n}=0,{n}<aturan_n,{coverage}<aturan_cakupan"
    return f'=IF(OR({is_unknown}),"{unknown}",IF({share}>=aturan_bagian,"{well}","{not_well}"))'


def _on_standards(book: _Book, row: int, name: str) -> str:
    return f"'{book.t('x_standards')}'!{_cell(row, name)}"


def _cell(row: int, name: str) -> str:
    """The address of a cell on the sheet of the Mutu Baku."""
    return xl_rowcol_to_cell(row, _PLACES[name])


def _signature(book: _Book, sheet: Worksheet, row: int) -> None:
    signature = book.words.signature
    nip = book.voice.t("laporan.nip", nip=signature.nip or "." * 30)
    for line, text in enumerate((signature.place, signature.title, "", "", signature.name or "." * 40, nip)):
        sheet.write_string(row + line, 3, text)


def _standards(book: _Book) -> None:
    sheet = book.sheet("x_standards", (7, 46, 24, *(11,) * 13))
    keys = [*_NAMED.values(), *(STEP_COLUMNS[name].book for name in _FIGURES)]
    book.heads(sheet, [book.voice.t(key) for key in keys])
    sheet.repeat_rows(_FIRST - 1)
    sheet.write_string(2, 0, book.t("x_live"), book.styles["muted"])
    figures = book.document["figures"]
    by_checks = [figure["step"] for figure in figures["steps"] if is_by_checks(book.document, figure)]
    for row, (form, figure) in enumerate(zip(book.words.form, figures["steps"], strict=True), start=_FIRST):
        named, counted = _of_checks(book, form) if figure["step"] in by_checks else (form, figure)
        _named(book, sheet, row, named, figure)
        _counted(book, sheet, row, _counts(counted))
        _follows(book, sheet, row, counted)
    rows = enumerate(book.document["sop"]["steps"], start=_FIRST)
    summed = [row for row, step in rows if not step["is_opd_time"] and step["code"] not in by_checks]
    _total(book, sheet, _FIRST + len(STEP_CODES), figures["all_steps"], summed)
    _letters(book, sheet, _FIRST + len(STEP_CODES) + 2, figures["requests"])


def _of_checks(book: _Book, form: FormRow) -> tuple[FormRow, dict[str, Any]]:
    """The step judged by checks, in the columns of the others: what they count stands beside its actor."""
    judged = counts_of_checks(book.document["b5"])
    named = replace(form, actor=f"{form.actor} · {book.voice.t('sla.counts_checks')}")
    return named, judged | {"unmeasurable": judged["unchecked"], "skipped": 0}


def _named(book: _Book, sheet: Worksheet, row: int, form: FormRow, figure: Mapping[str, Any]) -> None:
    """What a row is about, and its times."""
    book.texts(sheet, row, (form.code, form.procedure, form.actor))
    for name in _MINUTES:
        seconds = STEP_VALUES[name].of(figure)
        if seconds is None:
            sheet.write_string(row, _PLACES[name], _NOTHING, book.styles["text"])
        else:
            sheet.write_number(row, _PLACES[name], seconds / MINUTE, book.styles["minutes"])


def _counts(figure: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a row by their columns."""
    return {name: STEP_VALUES[name].of(figure) for name in _COUNTS}


def _counted(book: _Book, sheet: Worksheet, row: int, counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        sheet.write_number(row, _PLACES[name], count, book.styles["whole"])


def _total(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any], summed: Sequence[int]) -> None:
    """The office's steps together, each count the sum of the rows `summed`: without those of the OPD, and without the
    one that is judged by checks."""
    book.texts(sheet, row, ("", book.t("all_steps"), book.voice.t("sla.all_steps_note"), ""))
    for name, count in _counts(figure).items():
        cells = ",".join(_cell(line, name) for line in summed)
        sheet.write_formula(row, _PLACES[name], f"=SUM({cells})", book.styles["sum"], count)
    for name in _MINUTES[1:]:
        sheet.write_string(row, _PLACES[name], _NOTHING, book.styles["text"])
    _follows(book, sheet, row, figure)


def _follows(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any]) -> None:
    """Number judged, share, interval, coverage: from the counts in the same row."""
    met, late, overdue, n, unmeasurable, skipped = (
        _cell(row, name) for name in ("met", "late", "overdue", "n", "unmeasurable", "skipped")
    )
    spread = f"{Z95!r}*SQRT({met}*({n}-{met})/{n}+{Z95**2 / 4!r})"
    middle = f"{met}+{Z95**2 / 2!r}"
    whole = f"({n}+{Z95**2!r})"
    known = f"{n}+{unmeasurable}+{skipped}"
    sheet.write_formula(row, _PLACES["n"], f"={met}+{late}+{overdue}", book.styles["sum"], figure["n"])
    for name, formula in (
        ("share", f'=IF({n}=0,"{_NOTHING}",{met}/{n})'),
        ("low", f'=IF({n}=0,"{_NOTHING}",IF({met}=0,0,({middle}-{spread})/{whole}))'),
        ("high", f'=IF({n}=0,"{_NOTHING}",IF({met}={n},1,({middle}+{spread})/{whole}))'),
        ("coverage", f'=IF({known}=0,"{_NOTHING}",{n}/({known}))'),
    ):
        value = STEP_VALUES[name].of(figure)
        sheet.write_formula(row, _PLACES[name], formula, book.styles["share"], _NOTHING if value is None else value)


def _letters(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any]) -> None:
    """Letters judged from receipt to ready, in the same columns as the steps."""
    sheet.write_string(row, 1, book.t("x_letters"), book.styles["text"])
    _counted(book, sheet, row, {"met": figure["on_time"], "late": figure["late"]})
    met, late, n = (_cell(row, name) for name in ("met", "late", "n"))
    sheet.write_formula(row, _PLACES["n"], f"={met}+{late}", book.styles["sum"], figure["n"])
    share = _NOTHING if figure["share"] is None else figure["share"]
    sheet.write_formula(row, _PLACES["share"], f'=IF({n}=0,"{_NOTHING}",{met}/{n})', book.styles["share"], share)
    for line, key in ((row + 1, "unknown"), (row + 2, "received")):
        sheet.write_string(line, 1, book.t(f"x_{key}"), book.styles["text"])
        sheet.write_number(line, _PLACES["n"], figure[key], book.styles["whole"])


def _base(book: _Book) -> None:
    """What each figure rests on, as counts: reasons, running ones, starts, order, flags."""
    sheet = book.sheet("x_base", (7, *(16,) * 12))
    reasons = [reason for reason in Reason if reason is not Reason.NONE]
    names = (
        "on_track", "at_risk", "not_started", "not_applicable", "no_target", "recorded_starts", "handover_starts",
        "out_of_order", "returned",
    )  # fmt: skip
    t = book.voice.t
    heads = [t("laporan.col_code"), *(t(f"reason.{reason}") for reason in reasons)]
    heads += [t(f"verdict.{name.upper()}") for name in names[:5]] + [t(f"laporan.{name}") for name in names[5:]]
    heads += [t("laporan.col_handover"), t("laporan.col_flags")]
    book.heads(sheet, heads, columns=1)
    for row, (figure, row_words) in enumerate(
        zip(book.document["figures"]["steps"], book.words.coverage, strict=True), start=_FIRST
    ):
        sheet.write_string(row, 0, figure["step"], book.styles["text"])
        counts = [figure["unmeasurable"].get(reason, 0) for reason in reasons] + [figure[name] for name in names]
        for column, count in enumerate(counts, start=1):
            sheet.write_number(row, column, count, book.styles["whole"])
        sheet.write_string(row, len(counts) + 1, row_words.cells["handover"], book.styles["text"])
        sheet.write_string(row, len(counts) + 2, row_words.cells["flags"], book.styles["text"])


def _notes(book: _Book, printed: str) -> None:
    sheet = book.sheet("x_notes", (44, 100))
    rule, words = book.document["rule"], book.words
    name = book.t("x_notes")
    limits = (("x_share_rule", "share", "bagian"), ("x_n_rule", "n", "n"), ("x_coverage_rule", "coverage", "cakupan"))
    for row, (key, value, short) in enumerate(limits, start=_FIRST):
        sheet.write_string(row, 0, book.t(key), book.styles["text"])
        sheet.write_number(row, 1, rule[value], book.styles["rule"])
        book.book.define_name(f"aturan_{short}", f"='{name}'!{xl_rowcol_to_cell(row, 1, True, True)}")
    parts: list[tuple[str, str]] = [*words.facts]
    parts += [(book.t("annex_rules"), line) for line in words.rules]
    parts += [(book.t("annex_left_out"), line) for line in words.left_out]
    parts += [(book.t("annex_flags"), line) for line in words.flags]
    parts += [("", printed)] + ([("", book.t("demo"))] if words.is_demo else [])
    for row, (what, text) in enumerate(parts, start=_FIRST + len(limits) + 1):
        book.texts(sheet, row, (what, text))
