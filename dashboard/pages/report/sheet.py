"""A report on the screen as it will be on paper: letterhead, Tabel 7, signature block, annexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, icon, kpi, kpi_row, panel, why
from dashboard.pages.shared.links import why_requests, why_sarpras, why_step
from dashboard.printed.pdf import COVERAGE_HEADS, STANDARD_HEADS
from dashboard.printed.voice import Voice
from dashboard.printed.words import PARTS, CoverageRow, FormRow, StandardRow, Words
from etl.domain.compliance.monitoring import Assessment
from etl.figures.compliance.evidence import Figure
from etl.figures.compliance.steps import ALL_STEPS
from etl.figures.facilities.period import ConditionFigure
from etl.figures.period import SlaFilter
from etl.figures.rooms.diary import RoomsFilter

_TONES = {Assessment.WELL: Tone.GOOD, Assessment.NOT_WELL: Tone.LATE, Assessment.UNKNOWN: Tone.MUTED}
_ICONS = {Assessment.WELL: "check-lg", Assessment.NOT_WELL: "x-lg", Assessment.UNKNOWN: "dash-lg"}
_FORM_HEADS = ("no", "procedure", "assessment", "note", "followup", "initials")
_NUMBERS = ("target", "n", "met", "late", "overdue", "share", "interval", "coverage", "median", "p90")

_FIGURES = {"share": Figure.SHARE, "coverage": Figure.COVERAGE, "median": Figure.MEDIAN, "p90": Figure.P90}
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
    return html.Div(
        [
            panel(*_front(words, voice, fields, behind), class_name="report-paper"),
            _annex(voice.t("laporan.annex_standards"), [standards_table(words, voice, behind)], is_open=True),
            _annex(voice.t("laporan.annex_coverage"), rest, is_open=False),
        ]
    )


def _annex(title: str, parts: Sequence[Component], *, is_open: bool) -> Component:
    return panel(html.Details([html.Summary(title), *parts], open=is_open), class_name="report-annex")


def _front(words: Words, voice: Voice, fields: Fields | None, behind: SlaFilter | None) -> list[Component]:
    facts = [part for name, value in words.facts for part in (html.Dt(name), html.Dd(value))]
    ways = _ways(behind) if behind else (None,) * len(words.headlines)
    figures = [
        kpi(name, value, note=note, href=way) for (name, value, note), way in zip(words.headlines, ways, strict=True)
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
    heads = [html.Th(voice.t(f"laporan.col_{name}"), scope="col") for name in _FORM_HEADS]
    body: list[Component] = []
    for part in PARTS:
        name = html.Th(voice.t(f"laporan.part_{part}"), colSpan=len(_FORM_HEADS), scope="rowgroup")
        body.append(html.Tr(name, className="report-part"))
        body += [_form_row(row, voice, fields) for row in words.form if row.part == part]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="p-table report-table report-form")
    return _scrolling(table, voice.t("laporan.title_form"))


def _form_row(row: FormRow, voice: Voice, fields: Fields | None) -> html.Tr:
    verdict = html.Span(
        [icon(_ICONS[row.verdict]), " ", row.assessment], className=f"report-verdict is-{_TONES[row.verdict]}"
    )
    cells: dict[str, Any] = {
        "procedure": [html.Div(row.procedure), html.Div(row.actor, className="p-muted")],
        "assessment": verdict,
        "note": [html.Div(note) for note in row.notes],
        "followup": fields[row.code] if fields else row.followup,
        "initials": "",
    }
    return _row(row.code, {voice.t(f"laporan.col_{name}"): cells[name] for name in _FORM_HEADS[1:]})


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
    names = ("", "", *(name for name in _NUMBERS))
    heads = [
        html.Th(voice.t(f"laporan.col_{name}"), scope="col", className="num" if kind else None)
        for name, kind in zip(STANDARD_HEADS, names, strict=True)
    ]
    rows = [_standard_row(row, voice, behind) for row in words.standards]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="p-table report-table")
    return _scrolling(table, voice.t("laporan.annex_standards"))


def _standard_row(row: StandardRow, voice: Voice, behind: SlaFilter | None) -> html.Tr:
    cells: dict[str, Any] = {
        voice.t("laporan.col_step"): [html.Div(row.name), html.Div(row.actor, className="p-muted")]
    }
    cells |= {voice.t(f"laporan.col_{name}"): _figure(row, name, voice, behind) for name in _NUMBERS}
    return _row(row.code, cells, numbers=True, is_total=not row.code)


def _figure(row: StandardRow, name: str, voice: Voice, behind: SlaFilter | None) -> Any:
    """A figure, with the way to what it was made from beside those that have one."""
    words = getattr(row, name)
    if behind is None or name not in _FIGURES or words == voice.t("word.none"):
        return words
    of = f"{row.code or row.name}, {voice.t(f'laporan.col_{name}').lower()}"
    return [words, why(_address(row, name, behind), of)]


def _address(row: StandardRow, name: str, behind: SlaFilter) -> str:
    """Where a figure is explained; that of the checks with the sessions."""
    if row.is_by_checks and name in _OF_CHECKS:
        return why_sarpras(RoomsFilter(behind.period, behind.opd, behind.room), _OF_CHECKS[name])
    return why_step(behind, row.code or ALL_STEPS, _FIGURES[name])


def coverage_table(words: Words, voice: Voice, behind: SlaFilter | None = None) -> Component:
    """What each figure rests on; with `behind` bounds and hand-overs lead to what they were made from."""
    heads = [html.Th(voice.t(f"laporan.col_{name}"), scope="col") for name in COVERAGE_HEADS]
    rows = [
        _row(
            row.code,
            {voice.t(f"laporan.col_{name}"): _rests_on(row, name, voice, behind) for name in COVERAGE_HEADS[1:]},
        )
        for row in words.coverage
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="p-table report-table")
    return _scrolling(table, voice.t("laporan.annex_coverage"))


_BASE = {"bounds": Figure.BOUNDS, "unjudged": Figure.COVERAGE, "handover": Figure.HANDOVER}


def _rests_on(row: CoverageRow, name: str, voice: Voice, behind: SlaFilter | None) -> Any:
    words = getattr(row, name)
    if behind is None or name not in _BASE or words == voice.t("word.none"):
        return words
    of = f"{row.code}, {voice.t(f'laporan.col_{name}').lower()}"
    return [words, " ", why(why_step(behind, row.code, _BASE[name]), of)]


def _row(code: str, cells: Mapping[str, Any], *, numbers: bool = False, is_total: bool = False) -> html.Tr:
    """One row; on a phone each cell stands under the words of its column."""
    told = [
        html.Td(content, className="num" if numbers and place else None, **{"data-label": label})
        for place, (label, content) in enumerate(cells.items())
    ]
    return html.Tr([html.Th(code, scope="row"), *told], className="is-total" if is_total else None)


def _listed(title: str, items: Sequence[str]) -> Component:
    return html.Div(
        [html.H3(title, className="report-form-title"), html.Ul([html.Li(one) for one in items])],
        className="report-list",
    )


def _scrolling(table: Component, label: str) -> Component:
    return html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})
