"""Whole letters: wholly on time, and ready before the event, each with its interval and the cases behind it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import panel
from dashboard.i18n import t
from dashboard.pages.compliance.cells import count_link, share_bar, with_why
from dashboard.pages.shared.links import requests_of_kind, why_requests
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures
from etl.figures.requests.period import LetterKind


def letters_panel(figures: SlaFigures) -> html.Section:
    """Two shares with what they are made of."""
    letters, ready = figures.requests, figures.ready
    on_time = (
        (LetterKind.ON_TIME, letters.on_time),
        (LetterKind.LATE, letters.late),
        (LetterKind.UNKNOWN, letters.unknown),
    )
    before = (
        (LetterKind.BEFORE, ready.before),
        (LetterKind.AFTER, ready.after),
        (LetterKind.UNSURE, ready.unknown),
        (LetterKind.UNBOOKED, ready.unbooked),
        (LetterKind.UNRECORDED, ready.unrecorded),
    )
    come_in = ((LetterKind.RECEIVED, letters.received), (LetterKind.RUNNING, letters.running))
    return panel(
        _block(
            figures,
            t("sla.kpi_requests"),
            t("sla.letters_rule"),
            with_why(
                share_bar(letters.share, letters.interval, letters.on_time, letters.n),
                letters.share,
                why_requests(figures.filter),
                t("sla.kpi_requests"),
            ),
            on_time,
        ),
        _block(
            figures,
            t("sla.ready_title"),
            t("sla.ready_rule"),
            with_why(
                share_bar(ready.share, ready.interval, ready.before, ready.n),
                ready.share,
                why_requests(figures.filter, Figure.EVENT),
                t("sla.ready_title"),
            ),
            before,
        ),
        _block(figures, t("sla.received_title"), "", None, come_in),
        title=t("sla.letters_title"),
        note=t("sla.letters_note"),
        class_name="sla-letters",
    )


def _block(
    figures: SlaFigures,
    title: str,
    rule: str,
    share: Component | str | None,
    counts: tuple[tuple[LetterKind, int], ...],
) -> html.Div:
    items = [
        html.Li(count_link(count, requests_of_kind(figures.filter, kind), f"sla.letters_{kind.name}"))
        for kind, count in counts
        if count or kind in (LetterKind.ON_TIME, LetterKind.BEFORE, LetterKind.AFTER, LetterKind.RECEIVED)
    ]
    return html.Div(
        [
            html.H3(title),
            html.P(rule, className="sla-note") if rule else None,
            html.Div(share, className="sla-letters-share") if share is not None else None,
            html.Ul(items, className="sla-counts"),
        ],
        className="sla-letters-block",
    )
