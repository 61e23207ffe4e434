"""Columns mapped by hand: what each column of the records is in this file, or which value stands in every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.i18n import catalogue, t
from dashboard.pages.intake.reading_choice import Choice
from etl.extract import SPECS, Kind
from etl.extract.files.refusal import Refused
from etl.extract.kinds import KindSpec
from etl.intake.offered.preview_heads import RawSheet, guessed_columns, likely_kind, raw_sheets
from etl.intake.offered.uploads import Upload
from etl.settings.document import Const
from etl.settings.sources import DATE_ORDERS

CONSTANT = "="
ABSENT = "-"
AUTOMATIC = "*"
"""Values of a native choice, which cannot hold the empty one."""

_HEADER = "k:"
_RHYTHMS = ("1d", "7d", "31d")


def map_form(upload: Upload, kind: str | None, choice: Choice) -> Component:
    """The whole form; its script hands on what stands in it after every change."""
    try:
        sheets = raw_sheets(upload.path)
    except Refused:
        sheets = ()
    headers = list(dict.fromkeys(header for sheet in sheets for header in sheet.headers))
    wanted = Kind(kind) if kind in list(Kind) else Kind(choice.kind) if choice.kind else likely_kind(headers)
    return html.Div(
        [
            html.P(_where(sheets), className="p-muted"),
            html.Div([_kind_field(wanted), _order_field(choice.order)], className="data-map-top"),
            *_columns(SPECS[wanted], headers, choice),
            _remember(upload),
        ],
        id="data-map-form",
        className="data-map-form",
        **{"data-token": upload.token, "data-kind": str(wanted)},
    )


def _where(sheets: Sequence[RawSheet]) -> str:
    return t("data.map_headers", rows=", ".join(str(sheet.row) for sheet in sheets))


def _kind_field(kind: Kind) -> Component:
    options = {str(known): t(f"data.kind_{known}") for known in Kind}
    return _field(t("data.map_kind"), _select("jenis", options, str(kind)))


def _order_field(order: str | None) -> Component:
    options = {AUTOMATIC: t("data.order_auto"), **{order: t(f"data.order_{order}") for order in DATE_ORDERS}}
    return _field(t("data.map_order"), _select("urutan", options, order or AUTOMATIC))


def _columns(spec: KindSpec, headers: Sequence[str], choice: Choice) -> list[Component]:
    """One line a column of the records: required ones and those that the file has; the others can be unfolded."""
    either = [name for group in spec.either for name in group]
    needed = list(dict.fromkeys([*spec.always, *either]))
    is_mapped = choice.is_mapped and choice.kind == spec.kind
    chosen = choice.columns if is_mapped else guessed_columns(spec.kind, headers)
    first = [*needed, *(name for name in spec.columns if name in chosen and name not in needed)]
    others = [name for name in spec.columns if name not in first]
    lines = {
        name: _column(spec, name, headers, chosen.get(name), is_either=name in either) for name in (*first, *others)
    }
    more = html.Details(
        [html.Summary(t("data.map_more", n=len(others))), *(lines[name] for name in others)], className="data-map-more"
    )
    shown = html.Div([lines[name] for name in first], className="data-map-columns")
    return [shown, more] if others else [shown]


def _column(
    spec: KindSpec, name: str, headers: Sequence[str], origin: str | Const | None, *, is_either: bool
) -> Component:
    constant = origin.value if isinstance(origin, Const) else None
    value = CONSTANT if constant is not None else f"{_HEADER}{origin}" if origin in headers else ABSENT
    options = {ABSENT: t("data.map_absent"), **{f"{_HEADER}{h}": h for h in headers}, CONSTANT: t("data.map_constant")}
    is_required = name in spec.always
    note = t("data.map_required") if is_required else t("data.map_either") if is_either else ""
    words = [html.Strong(name), html.Em(note) if note else None, html.Small(_explained(spec.kind, name))]
    constant_field = dbc.Input(
        name=f"tetap-{name}",
        value=constant or "",
        placeholder=t("data.map_constant_hint"),
        class_name="p-input",
        maxlength=200,
    )
    return html.Div(
        [
            html.Label([html.Span(words, className="data-map-words"), _select(f"kolom-{name}", options, value)]),
            html.Label(
                [html.Span(t("data.map_constant"), className="visually-hidden"), constant_field],
                className="data-map-constant",
                hidden=value != CONSTANT,
            ),
        ],
        className="data-map-column" + (" is-required" if is_required else ""),
    )


def _explained(kind: Kind, name: str) -> str:
    """What belongs into a column; some names mean something else in one kind."""
    own = f"data.col_{kind}_{name}"
    return t(f"data.col_{kind}_{name}") if own in catalogue() else t(f"data.col_{name}")


def _remember(upload: Upload) -> Component:
    """Keep the map under a name, so that the next file is read by it without a question."""
    rhythms = {AUTOMATIC: t("data.rhythm_none"), **{every: t(f"data.rhythm_{every}") for every in _RHYTHMS}}
    fields = [
        _field(t("data.source_name"), dbc.Input(name="nama", class_name="p-input", maxlength=80)),
        _field(t("data.source_files"), dbc.Input(name="pola", value=_pattern(upload.name), class_name="p-input")),
        _field(t("data.source_every"), _select("irama", rhythms, AUTOMATIC)),
    ]
    return html.Div(
        [
            dbc.Checkbox(id="data-remember", label=t("data.remember"), value=False),
            html.Div(fields, id="data-remember-fields", className="data-map-top", hidden=True),
            html.P(t("data.remember_hint"), className="p-muted"),
        ],
        className="data-remember",
    )


def _pattern(name: str) -> str:
    """agenda-2026-06.xlsx → agenda-*.xlsx: what changes from file to file is mostly a date."""
    stem, dot, suffix = name.rpartition(".")
    head = (stem if dot else name).rstrip("0123456789-_. ()")
    is_changing = head and head != (stem if dot else name)
    return f"{head}*{dot}{suffix}" if dot and is_changing else name


def _field(label: str, control: Component) -> Component:
    return html.Label([html.Span(label, className="p-field-label"), control], className="p-field")


def _select(name: str, options: Mapping[str, str], value: str) -> Component:
    choices = [{"value": option, "label": words} for option, words in options.items()]
    return dbc.Select(name=name, options=choices, value=value, class_name="p-select")
