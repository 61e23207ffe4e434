"""A report as XLSX whose shares a reader can recompute: formulas where figures follow from others, with their values.

Texts are written as texts whatever they begin with, so nothing that came from data can run as a formula.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboard.printed.pdf import footer
from dashboard.printed.voice import Voice
from dashboard.printed.words import FORM_COLUMNS, FormRow, Words, assessment_words, counts_of_checks, is_by_checks
from etl.domain.sop.steps import STEP_CODES
from etl.domain.statistics import Z95
from etl.domain.units import MINUTE
from etl.domain.verdict import Assessment, Reason
from etl.figures.report import Document

_FIRST = 4
"""Row, counted from 0, of the first step on each sheet."""

_STANDARDS = {
    "code": "col_code", "activity": "x_activity", "actor": "x_actor", "target": "x_target_minutes", "met": "col_met",
    "late": "col_late", "overdue": "col_overdue", "n": "col_n", "share": "col_share", "low": "x_low",
    "high": "x_high", "unmeasurable": "x_unmeasurable", "skipped": "x_skipped", "coverage": "col_coverage",
    "median": "x_median", "p90": "x_p90",
}  # fmt: skip
"""Columns of the sheet of the Mutu Baku, with the keys of their heads."""

_PLACES = {name: place for place, name in enumerate(_STANDARDS)}
_MINUTES = ("target", "median", "p90")
_NOTHING = "–"


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
        sheet.write_string(0, 0, f"{self.words.title} – {self.t(key)}", self.title)
        sheet.write_string(1, 0, f"{self.words.subtitle} · {self.words.status}", self.muted)
        return sheet

    @cached_property
    def title(self) -> Format:
        return self.book.add_format({"bold": True, "font_size": 14})

    @cached_property
    def muted(self) -> Format:
        return self.book.add_format({"font_color": "#5B6E7F"})

    @cached_property
    def head(self) -> Format:
        return self.book.add_format(
            {
                "bold": True,
                "bg_color": "#E9EEF2",
                "border": 1,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        )

    @cached_property
    def text(self) -> Format:
        return self.book.add_format({"border": 1, "text_wrap": True, "valign": "top"})

    @cached_property
    def whole(self) -> Format:
        return self.book.add_format({"border": 1, "num_format": "#,##0", "valign": "top"})

    @cached_property
    def minutes(self) -> Format:
        return self.book.add_format({"border": 1, "num_format": "#,##0.0", "valign": "top"})

    @cached_property
    def share(self) -> Format:
        return self.book.add_format({"border": 1, "num_format": "0.0%", "valign": "top", "bg_color": "#E8F3F1"})

    @cached_property
    def sum(self) -> Format:
        return self.book.add_format({"border": 1, "num_format": "#,##0", "valign": "top", "bg_color": "#E8F3F1"})

    @cached_property
    def rule(self) -> Format:
        return self.book.add_format({"border": 1, "num_format": "0.##", "valign": "top", "align": "left"})

    @cached_property
    def computed(self) -> Format:
        return self.book.add_format({"border": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8F3F1"})


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


def _heads(book: _Book, sheet: Worksheet, keys: Sequence[str]) -> None:
    for column, key in enumerate(keys):
        sheet.write_string(_FIRST - 1, column, book.t(key), book.head)
    sheet.freeze_panes(_FIRST, 0)
    sheet.repeat_rows(_FIRST - 1)


def _form(book: _Book) -> None:
    sheet = book.sheet("x_form", (6, 46, 26, 52, 40, 10))
    _heads(book, sheet, [f"col_{name}" for name in FORM_COLUMNS])
    for row, form in enumerate(book.words.form, start=_FIRST):
        texts = (form.code, f"{form.procedure} ({form.actor})", "", " ".join(form.notes), form.followup, "")
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, book.text)
        sheet.write_formula(row, 2, _assessment_formula(book, row), book.computed, form.assessment)
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
    _heads(book, sheet, list(_STANDARDS.values()))
    sheet.write_string(2, 0, book.t("x_live"), book.muted)
    figures = book.document["figures"]
    by_checks = [figure["step"] for figure in figures["steps"] if is_by_checks(book.document, figure)]
    for row, (form, figure) in enumerate(zip(book.words.form, figures["steps"], strict=True), start=_FIRST):
        if figure["step"] in by_checks:
            _checked(book, sheet, row, form, figure)
        else:
            _standard(book, sheet, row, form, figure)
    rows = enumerate(book.document["sop"]["steps"], start=_FIRST)
    summed = [row for row, step in rows if not step["is_opd_time"] and step["code"] not in by_checks]
    _total(book, sheet, _FIRST + len(STEP_CODES), figures["all_steps"], summed)
    _letters(book, sheet, _FIRST + len(STEP_CODES) + 2, figures["requests"])


def _standard(book: _Book, sheet: Worksheet, row: int, form: FormRow, figure: Mapping[str, Any]) -> None:
    _named(book, sheet, row, form, figure)
    _counted(book, sheet, row, _counts(figure))
    _follows(book, sheet, row, figure)


def _checked(book: _Book, sheet: Worksheet, row: int, form: FormRow, figure: Mapping[str, Any]) -> None:
    """The step judged by checks, in the columns of the others: what they count stands beside its actor."""
    b5 = book.document["b5"]
    judged = counts_of_checks(b5)
    actor = f"{form.actor} · {book.voice.t('sla.counts_checks')}"
    _named(book, sheet, row, replace(form, actor=actor), figure)
    plain = {name: judged[name] for name in ("met", "late", "overdue")}
    _counted(book, sheet, row, {**plain, "unmeasurable": judged["unchecked"], "skipped": 0})
    _follows(book, sheet, row, {**b5, "n": judged["n"]})


def _named(book: _Book, sheet: Worksheet, row: int, form: FormRow, figure: Mapping[str, Any]) -> None:
    """What a row is about, and its times."""
    for column, text in enumerate((form.code, form.procedure, form.actor)):
        sheet.write_string(row, column, text, book.text)
    for name in _MINUTES:
        _minutes(book, sheet, row, name, figure[f"{name}_seconds"])


def _counts(figure: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a row by their columns."""
    plain = {name: figure[name] for name in ("met", "late", "overdue", "skipped")}
    return {**plain, "unmeasurable": sum(figure["unmeasurable"].values())}


def _counted(book: _Book, sheet: Worksheet, row: int, counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        sheet.write_number(row, _PLACES[name], count, book.whole)


def _total(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any], summed: Sequence[int]) -> None:
    """The office's steps together, each count the sum of the rows `summed`: without those of the OPD, and without the
    one that is judged by checks."""
    for column, text in enumerate(("", book.t("all_steps"), book.voice.t("sla.all_steps_note"), "")):
        sheet.write_string(row, column, text, book.text)
    for name, count in _counts(figure).items():
        cells = ",".join(_cell(line, name) for line in summed)
        sheet.write_formula(row, _PLACES[name], f"=SUM({cells})", book.sum, count)
    for name in _MINUTES[1:]:
        sheet.write_string(row, _PLACES[name], _NOTHING, book.text)
    _follows(book, sheet, row, figure)


def _minutes(book: _Book, sheet: Worksheet, row: int, name: str, seconds: float | None) -> None:
    column = _PLACES[name]
    if seconds is None:
        sheet.write_string(row, column, _NOTHING, book.text)
    else:
        sheet.write_number(row, column, seconds / MINUTE, book.minutes)


def _follows(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any]) -> None:
    """Number judged, share, interval, coverage: from the counts in the same row."""
    met, late, overdue, n, unmeasurable, skipped = (
        _cell(row, name) for name in ("met", "late", "overdue", "n", "unmeasurable", "skipped")
    )
    low, high = figure["interval"] or (_NOTHING, _NOTHING)
    spread = f"{Z95!r}*SQRT({met}*({n}-{met})/{n}+{Z95**2 / 4!r})"
    middle = f"{met}+{Z95**2 / 2!r}"
    whole = f"({n}+{Z95**2!r})"
    sheet.write_formula(row, _PLACES["n"], f"={met}+{late}+{overdue}", book.sum, figure["n"])
    for column, formula, value in (
        (_PLACES["share"], f'=IF({n}=0,"{_NOTHING}",{met}/{n})', figure["share"]),
        (_PLACES["low"], f'=IF({n}=0,"{_NOTHING}",IF({met}=0,0,({middle}-{spread})/{whole}))', low),
        (_PLACES["high"], f'=IF({n}=0,"{_NOTHING}",IF({met}={n},1,({middle}+{spread})/{whole}))', high),
        (
            _PLACES["coverage"],
            f'=IF({n}+{unmeasurable}+{skipped}=0,"{_NOTHING}",{n}/({n}+{unmeasurable}+{skipped}))',
            figure["coverage"],
        ),
    ):
        sheet.write_formula(row, column, formula, book.share, _NOTHING if value is None else value)


def _letters(book: _Book, sheet: Worksheet, row: int, figure: Mapping[str, Any]) -> None:
    """Letters judged from receipt to ready, in the same columns as the steps."""
    sheet.write_string(row, 1, book.t("x_letters"), book.text)
    sheet.write_number(row, _PLACES["met"], figure["on_time"], book.whole)
    sheet.write_number(row, _PLACES["late"], figure["late"], book.whole)
    met, late, n = (_cell(row, name) for name in ("met", "late", "n"))
    sheet.write_formula(row, _PLACES["n"], f"={met}+{late}", book.sum, figure["n"])
    share = _NOTHING if figure["share"] is None else figure["share"]
    sheet.write_formula(row, _PLACES["share"], f'=IF({n}=0,"{_NOTHING}",{met}/{n})', book.share, share)
    for line, key in ((row + 1, "unknown"), (row + 2, "received")):
        sheet.write_string(line, 1, book.t(f"x_{key}"), book.text)
        sheet.write_number(line, _PLACES["n"], figure[key], book.whole)


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
    for column, text in enumerate(heads):
        sheet.write_string(_FIRST - 1, column, text, book.head)
    sheet.freeze_panes(_FIRST, 1)
    for row, (figure, row_words) in enumerate(
        zip(book.document["figures"]["steps"], book.words.coverage, strict=True), start=_FIRST
    ):
        sheet.write_string(row, 0, figure["step"], book.text)
        counts = [figure["unmeasurable"].get(reason, 0) for reason in reasons] + [figure[name] for name in names]
        for column, count in enumerate(counts, start=1):
            sheet.write_number(row, column, count, book.whole)
        sheet.write_string(row, len(counts) + 1, row_words.cells["handover"], book.text)
        sheet.write_string(row, len(counts) + 2, row_words.cells["flags"], book.text)


def _notes(book: _Book, printed: str) -> None:
    sheet = book.sheet("x_notes", (44, 100))
    rule, words = book.document["rule"], book.words
    name = book.t("x_notes")
    limits = (("x_share_rule", "share", "bagian"), ("x_n_rule", "n", "n"), ("x_coverage_rule", "coverage", "cakupan"))
    for row, (key, value, short) in enumerate(limits, start=_FIRST):
        sheet.write_string(row, 0, book.t(key), book.text)
        sheet.write_number(row, 1, rule[value], book.rule)
        book.book.define_name(f"aturan_{short}", f"='{name}'!{xl_rowcol_to_cell(row, 1, True, True)}")
    parts: list[tuple[str, str]] = [*words.facts]
    parts += [(book.t("annex_rules"), line) for line in words.rules]
    parts += [(book.t("annex_left_out"), line) for line in words.left_out]
    parts += [(book.t("annex_flags"), line) for line in words.flags]
    parts += [("", printed)] + ([("", book.t("demo"))] if words.is_demo else [])
    for row, (what, text) in enumerate(parts, start=_FIRST + len(limits) + 1):
        sheet.write_string(row, 0, what, book.text)
        sheet.write_string(row, 1, text, book.text)
