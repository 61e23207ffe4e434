"""A report on the screen as it will be on paper: letterhead, Tabel 7, signature block, annexes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Kpi, Tone, icon, kpi_row, panel, stack, why
from dashboard.components.tables import Column, table, table_row
from dashboard.pages.shared.links import why_requests, why_sarpras, why_step
from dashboard.printed.words import (
    COVERAGE_COLUMNS,
    FORM_COLUMNS,
    PARTS,
    STANDARD_COLUMNS,
    AnnexRow,
    FormRow,
    Voice,
    Words,
)
from etl.domain.verdict import Assessment
from etl.figures.compliance.definitions import ALL_STEPS, STEP_VALUES, Figure
from etl.figures.facilities.period import ConditionFigure
from etl.figures.filter import SlaFilter
from etl.figures.rooms.diary import RoomsFilter

_TONES = {Assessment.WELL: Tone.GOOD, Assessment.NOT_WELL: Tone.LATE, Assessment.UNKNOWN: Tone.MUTED}
_ICONS = {Assessment.WELL: "check-lg", Assessment.NOT_WELL: "x-lg", Assessment.UNKNOWN: "dash-lg"}
_EXPLAINED = {name: value.figure for name, value in STEP_VALUES.items() if value.figure} | {"unjudged": Figure.COVERAGE}
"""What a column of an annex leads to."""

_OF_CHECKS = {"share": ConditionFigure.B5, "coverage": ConditionFigure.COVERAGE}

Fields = Mapping[str, Component]
"""By step code where its Tindakan is typed."""


def sheet(words: Words, voice: Voice, fields: Fields | None = None, behind: SlaFilter | None = None) -> Component:
    """The report; with `fields` its Tindakan can be typed, with `behind` its figures lead to what they were made from.

    Only the figures of now can be taken apart: of a published report they may be others.
    """
    rest = [
        coverage_table(words, voice, behind),
        _listed(voice.t("laporan.annex_left_out"), words.left_out),
        _listed(voice.t("laporan.annex_flags"), words.flags),
        _listed(voice.t("laporan.annex_rules"), words.rules),
    ]
    return stack(
        panel(*_front(words, voice, fields, behind), class_name="report-paper"),
        _annex(voice.t("laporan.annex_standards"), [standards_table(words, voice, behind)], is_open=True),
        _annex(voice.t("laporan.annex_coverage"), rest, is_open=False),
    )


def _annex(title: str, parts: Sequence[Component], *, is_open: bool) -> Component:
    return panel(html.Details([html.Summary(title), *parts], open=is_open), class_name="report-annex")


def _front(words: Words, voice: Voice, fields: Fields | None, behind: SlaFilter | None) -> list[Component]:
    facts = [part for name, value in words.facts for part in (html.Dt(name), html.Dd(value))]
    ways = _ways(behind) if behind else (None,) * len(words.headlines)
    figures = [
        Kpi(name, value, note=note, href=way) for (name, value, note), way in zip(words.headlines, ways, strict=True)
    ]
    return [
        html.Div(
            [*(html.P(name) for name in words.agency), html.P(words.address, className="report-address")],
            className="report-letterhead",
        ),
        html.H2(words.title, className="report-title"),
        html.P(words.subtitle, className="report-subtitle"),
        html.P(words.status, className=f"report-status is-{'draft' if words.is_draft else 'published'}"),
        html.Dl(facts, className="intake-terms report-facts"),
        kpi_row(*figures),
        html.H3(voice.t("laporan.title_form"), className="report-form-title"),
        form_table(words, voice, fields),
        html.P(words.rule, className="report-note"),
        html.P(voice.t("laporan.form_source"), className="report-note p-muted"),
        _signature(words, voice),
    ]


def _ways(behind: SlaFilter) -> tuple[str, str, str]:
    """From each headline figure to what it was made from."""
    return why_step(behind, ALL_STEPS), why_requests(behind), why_requests(behind, Figure.READY)


def form_table(words: Words, voice: Voice, fields: Fields | None = None) -> Component:
    """Tabel 7."""
    columns = _form_columns(voice, fields)
    body: list[html.Tr] = []
    for part in PARTS:
        name = html.Th(voice.t(f"laporan.part_{part}"), colSpan=len(columns), scope="rowgroup")
        body.append(html.Tr(name, className="report-part"))
        body += [table_row(columns, _cells(columns, row)) for row in words.form if row.part == part]
    return table(voice.t("laporan.title_form"), columns, (), "report-table report-form", foot=body)


def _cells(columns: Sequence[Column[FormRow]], row: FormRow) -> dict[str, Any]:
    return {column.key: column.cell(row) for column in columns if column.cell is not None}


def _form_columns(voice: Voice, fields: Fields | None) -> list[Column[FormRow]]:
    cells: dict[str, Callable[[FormRow], Any]] = {
        "no": lambda row: row.code,
        "procedure": lambda row: [html.Div(row.procedure), html.Div(row.actor, className="p-muted")],
        "assessment": _verdict,
        "note": lambda row: [html.Div(note) for note in row.notes],
        "followup": lambda row: fields[row.code] if fields else row.followup,
        "initials": lambda _: "",
    }
    return [Column(name, voice.t(f"laporan.col_{name}"), cells[name], is_name=name == "no") for name in FORM_COLUMNS]


def _verdict(row: FormRow) -> Component:
    name = f"report-verdict is-{_TONES[row.verdict]}"
    return html.Span([icon(_ICONS[row.verdict]), " ", row.assessment], className=name)


def _signature(words: Words, voice: Voice) -> Component:
    signature = words.signature
    name = signature.name or "." * 40
    nip = voice.t("laporan.nip", nip=signature.nip or "." * 30)
    hint = None if signature.name else html.P(voice.t("laporan.holder_hint"), className="report-hint no-print")
    lines = [
        html.P(signature.place),
        html.P(signature.title, className="report-strong"),
        html.Div(className="report-space"),
        html.P(name, className="report-strong"),
        html.P(nip),
        hint,
    ]
    return html.Div(lines, className="report-signature")


def standards_table(words: Words, voice: Voice, behind: SlaFilter | None = None) -> Component:
    """The Mutu Baku table with results."""
    columns = [_annex_column(name, voice, behind) for name in STANDARD_COLUMNS]
    code, step, *figures = columns
    step = replace(step, cell=lambda row: [html.Div(row.cells["step"]), html.Div(row.actor, className="p-muted")])
    columns = [code, step, *(replace(column, class_name="num") for column in figures)]
    return table(voice.t("laporan.annex_standards"), columns, words.standards, "report-table", _row_properties)


def coverage_table(words: Words, voice: Voice, behind: SlaFilter | None = None) -> Component:
    """What each figure rests on; with `behind` bounds and hand-overs lead to what they were made from."""
    columns = [_annex_column(name, voice, behind, gap=" ") for name in COVERAGE_COLUMNS]
    return table(voice.t("laporan.annex_coverage"), columns, words.coverage, "report-table")


def _row_properties(row: AnnexRow) -> dict[str, Any]:
    return {} if row.code else {"className": "is-total"}


def _annex_column(name: str, voice: Voice, behind: SlaFilter | None, gap: str = "") -> Column[AnnexRow]:
    """A column of an annex, on the screen with the way to what its figures were made from, after a gap."""
    head = voice.t(f"laporan.col_{name}")

    def cell(row: AnnexRow) -> Any:
        words = row.cells[name]
        if behind is None or name not in _EXPLAINED or words == voice.t("word.none"):
            return words
        of = f"{row.code or row.cells['step']}, {head.lower()}"
        return [words + gap, why(_address(row, name, behind), of)]

    return Column(name, head, cell, is_name=name == "code")


def _address(row: AnnexRow, name: str, behind: SlaFilter) -> str:
    """Where a figure is explained; that of the checks with the sessions."""
    if row.is_by_checks and name in _OF_CHECKS:
        return why_sarpras(RoomsFilter(behind.period, behind.opd, behind.room), _OF_CHECKS[name])
    return why_step(behind, row.code or ALL_STEPS, _EXPLAINED[name])


def _listed(title: str, items: Sequence[str]) -> Component:
    return html.Div(
        [html.H3(title, className="report-form-title"), html.Ul([html.Li(item) for item in items])],
        className="report-list",
    )
