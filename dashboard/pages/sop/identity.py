"""The SOP's identity block as the form prints it, its reading notes and gaps, and its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, link, panel, pill, with_query
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.sop_links import SOP
from dashboard.pages.shared.words import actor_words
from data_access.records.office.settings_store import SopEntry
from etl.desk.sop_edit import changed_times
from etl.domain.sop.versions import SopVersion
from etl.settings.sops import ENTERED, entry_name

if TYPE_CHECKING:
    from datetime import date

    from etl.office import Office


def identity(sop: SopVersion) -> Component:
    """Letterhead and numbers above, the six boxes of the form below."""
    block, none = sop.identity, t("word.none")
    numbers = (
        ("number", sop.number),
        ("created", block.created),
        ("revised", block.revised),
        ("effective", block.effective),
    )
    rows = [_line(t(f"sop.{name}"), words or none) for name, words in numbers]
    approved = [html.Div(block.approved_title), html.Strong(block.approved_name), html.Div(block.approved_rank)]
    rows += [_line(t("sop.approved"), approved), _line(t("sop.title"), html.Strong(sop.title))]
    boxes = (
        ("legal", block.legal_basis),
        ("qualifications", block.qualifications),
        ("related", block.related),
        ("equipment", block.equipment),
        ("warning", (block.warning,) if block.warning else ()),
        ("records", block.records),
    )
    return panel(
        html.Div(
            [
                html.Div(
                    [*(html.Strong(line) for line in block.agency), html.Span(block.address)], className="sop-agency"
                ),
                html.Dl(rows, className="sop-numbers"),
            ],
            className="sop-upper",
        ),
        html.Div([_box(t(f"sop.{name}"), lines) for name, lines in boxes], className="sop-boxes"),
        html.P(block.date_note, className="p-muted sop-source") if block.date_note else None,
        class_name="sop-identity",
    )


def _line(name: str, words: object) -> html.Div:
    return html.Div([html.Dt(name), html.Dd(words)])


def _box(name: str, lines: Sequence[str]) -> html.Div:
    items = [html.Li(line) for line in lines] or [html.Li(t("word.none"))]
    return html.Div([html.H3(name), html.Ol(items) if len(items) > 1 else html.Ul(items)], className="sop-box")


def notes(sop: SopVersion) -> Component:
    """How the cells were read, and what the SOP has no words for."""
    block = sop.identity
    reading = [html.P(t("sop.reading")), *(html.P(line) for line in block.reading_notes), html.P(block.source)]
    gaps = html.Ul(
        [html.Li([line, " ", html.Span(t("sop.outside_chip"), className="sla-chip")]) for line in block.outside]
    )
    return html.Div(
        [
            panel(*reading, title=t("sop.reading_title"), class_name="sop-words"),
            panel(gaps, title=t("sop.outside_title"), class_name="sop-words"),
        ],
        className="p-grid-2",
    )


class _VersionRow(NamedTuple):
    """A version, the one before it, and what was entered of it on the screen."""

    version: SopVersion
    before: SopVersion | None
    entry: SopEntry | None


def versions(
    office: Office, shown: SopVersion, entries: Sequence[SopEntry], query: Mapping[str, str], today: date
) -> Component:
    """Every version, the newest first: since when, what changed, where it comes from, by whom and why."""
    by_name = {entry_name(entry.id): entry for entry in entries}
    listed, in_force = office.sop.versions, office.sop.version_on(today)
    rows = [
        _VersionRow(version, before, by_name.get(version.file))
        for version, before in reversed(list(zip(listed, (None, *listed[:-1]), strict=True)))
    ]

    def since(row: _VersionRow) -> list[Component]:
        address = with_query(SOP, **{**query, "versi": row.version.effective_on.isoformat()})
        marks = [pill(Tone.GOOD, "check-lg", t("sop.in_force"))] if row.version is in_force else []
        marks += [pill(Tone.PLAIN, "eye", t("sop.shown"))] if row.version is shown else []
        return [link(fmt().date(row.version.effective_on), address, "cases-link"), *marks]

    columns: list[Column[_VersionRow]] = [
        Column("since", t("sop.version_since"), since, is_name=True),
        Column("number", t("sop.version_number"), lambda row: row.version.number),
        Column("change", t("sop.version_change"), lambda row: _changes(row.version, row.before)),
        Column("by", t("sop.version_by"), lambda row: _origin(office, row.version, row.entry)),
    ]
    title = t("sop.versions_title")
    drawn = table(
        title, columns, rows, "sop-versions", lambda row: {"className": "is-shown"} if row.version is shown else {}
    )
    replaced = len(by_name.keys() - {version.file for version in listed})
    note = html.P(t("sop.replaced", n=replaced), className="p-muted") if replaced else None
    return panel(drawn, note, title=title, note=t("sop.versions_note"))


def _changes(version: SopVersion, before: SopVersion | None) -> list[Component | str]:
    if before is None:
        return [t("sop.first")]
    changes = changed_times(before, version)
    return [html.Div(t("sop.changed", step=code, old=old, new=new)) for code, (old, new) in changes.items()] or [
        t("sop.same_times")
    ]


def _origin(office: Office, version: SopVersion, entry: SopEntry | None) -> list[Component | str]:
    if entry is None:
        return [
            t("sop.from_file", file=Path(version.file).name) if not version.file.startswith(ENTERED) else t("word.none")
        ]
    f = fmt()
    return [
        html.Div(t("sop.entered", who=actor_words(office, entry.actor), moment=f.moment_short(entry.at))),
        html.Div(entry.reason, className="p-muted"),
    ]
