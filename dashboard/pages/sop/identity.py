"""The SOP's identity block as the form prints it, its reading notes and gaps, and its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, link, panel, pill, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.shared.sop_links import SOP
from dashboard.pages.shared.words import actor_words
from data_access.records.office.sop_versions import SopEntry
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


def versions(
    office: Office, shown: SopVersion, entries: Sequence[SopEntry], query: Mapping[str, str], today: date
) -> Component:
    """Every version, the newest first: since when, what changed, where it comes from, by whom and why."""
    told = {entry_name(entry.id): entry for entry in entries}
    listed, in_force = office.sop.versions, office.sop.version_on(today)
    rows = [
        _version(office, one, before, told.get(one.file), query, is_shown=one is shown, is_in_force=one is in_force)
        for one, before in reversed(list(zip(listed, (None, *listed[:-1]), strict=True)))
    ]
    replaced = [entry for entry in entries if entry_name(entry.id) not in {one.file for one in listed}]
    heads = [html.Th(t(f"sop.version_{name}"), scope="col") for name in ("since", "number", "change", "by")]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="p-table sop-versions")
    note = html.P(t("sop.replaced", n=len(replaced)), className="p-muted") if replaced else None
    return panel(
        html.Div(table, className="p-scroll"), note, title=t("sop.versions_title"), note=t("sop.versions_note")
    )


def _version(
    office: Office,
    one: SopVersion,
    before: SopVersion | None,
    entry: SopEntry | None,
    query: Mapping[str, str],
    *,
    is_shown: bool,
    is_in_force: bool,
) -> html.Tr:
    f = fmt()
    address = with_query(SOP, **{**query, "versi": one.effective_on.isoformat()})
    since: list[Component] = [link(f.date(one.effective_on), address, "cases-link")]
    since += [pill(Tone.GOOD, "check-lg", t("sop.in_force"))] if is_in_force else []
    since += [pill(Tone.PLAIN, "eye", t("sop.shown"))] if is_shown else []
    return html.Tr(
        [
            html.Th(since, scope="row"),
            html.Td(one.number, **{"data-label": t("sop.version_number")}),
            html.Td(_changes(one, before), **{"data-label": t("sop.version_change")}),
            html.Td(_origin(office, one, entry), **{"data-label": t("sop.version_by")}),
        ],
        className="is-shown" if is_shown else "",
    )


def _changes(one: SopVersion, before: SopVersion | None) -> list[Component | str]:
    if before is None:
        return [t("sop.first")]
    changes = changed_times(before, one)
    return [html.Div(t("sop.changed", step=code, old=old, new=new)) for code, (old, new) in changes.items()] or [
        t("sop.same_times")
    ]


def _origin(office: Office, one: SopVersion, entry: SopEntry | None) -> list[Component | str]:
    if entry is None:
        return [t("sop.from_file", file=Path(one.file).name) if not one.file.startswith(ENTERED) else t("word.none")]
    f = fmt()
    return [
        html.Div(t("sop.entered", who=actor_words(office, entry.actor), moment=f.moment_short(entry.at))),
        html.Div(entry.reason, className="p-muted"),
    ]
