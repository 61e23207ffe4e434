"""The place where files are dropped or chosen, and those that were given and not saved."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components import icon, with_query
from dashboard.i18n import catalogue, current_language, fmt, t
from etl.extract import Kind
from etl.extract.files.readers import MAX_BYTES
from etl.intake.offered.uploads import Upload

TEMPLATES = "/data/templat"
_WORDS = (
    "uploading", "checking", "saving", "saving_long", "cancel", "too_big", "empty_file", "signed_out", "sign_in",
    "forbidden", "offline", "failed", "dropped_folder",
)  # fmt: skip


def drop_zone() -> Component:
    """The label of the file field that the script puts before it; files may be dropped anywhere on the page."""
    words = html.Span(
        [
            icon("cloud-arrow-up"),
            html.Strong(t("data.drop_first"), className="data-first"),
            html.Strong(t("data.drop_next"), className="data-next"),
            html.Span([f" {t('data.drop_or')} ", html.Span(t("data.drop_choose"), className="data-choose")]),
            html.Span([html.Span(" · ", className="data-dot"), t("data.drop_formats")], className="data-formats"),
        ],
        className="data-drop-words",
    )
    zone = html.Label([words], id="data-drop", className="data-drop", htmlFor="data-file")
    return html.Section(
        [
            zone,
            _templates(),
        ],
        className="data-upload",
        **{"aria-label": t("data.drop_label")},
    )


def states() -> Component:
    """How far an upload or a load is, and what went wrong; filled by the script, always in sight."""
    return html.Div(
        [
            html.Div(id="data-progress", className="data-progress", hidden=True, role="status"),
            html.Div(id="data-message", className="data-message", hidden=True, role="alert"),
        ],
        className="data-states",
    )


def _templates() -> Component:
    """A ready sheet for each kind of records."""
    links = [html.A(t(f"data.kind_{kind}"), href=f"{TEMPLATES}/{kind}.xlsx", download="") for kind in Kind]
    parts = [part for one in links for part in (one, html.Span(" · ", className="p-muted"))][:-1]
    return html.P([icon("file-earmark-spreadsheet"), f" {t('data.templates')} ", *parts], className="data-templates")


def script_words() -> Component:
    """What the script of the page says, in the language of the request, and what it must know."""
    messages, language = catalogue(), current_language()
    words = {f"data-{name.replace('_', '-')}": messages[f"data.js_{name}"][language] for name in _WORDS}
    limits = {"data-max": str(MAX_BYTES), "data-mb": fmt().number(MAX_BYTES // 1024**2)}
    return html.Div(id="data-words", hidden=True, **words, **limits)


def unsaved(uploads: Sequence[Upload], current: str) -> Component | None:
    """The user's other files that wait to be saved."""
    others = [upload for upload in uploads if upload.token != current]
    if not others:
        return None
    chips = [
        html.Li(
            dcc.Link(
                [icon("file-earmark"), html.Span(upload.name), html.Small(fmt().clock(upload.at))],
                href=with_query("/data", berkas=upload.token),
            )
        )
        for upload in others
    ]
    return html.Div([html.P(t("data.unsaved", n=len(others)), className="p-muted"), html.Ul(chips)])
