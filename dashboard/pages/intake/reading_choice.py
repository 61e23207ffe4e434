"""How a file is to be read, as the Data page asks for it: recognised, by a source, or by a map made by hand.

The form of that map says what each column of the records is in this file, or which value stands in every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.components.filters import labelled
from dashboard.i18n import catalogue, sentence, t
from etl.extract import SPECS, Kind
from etl.extract.files.refusal import Refused
from etl.extract.kinds import KindSpec, column_words
from etl.intake.offered.preview_heads import (
    RawSheet,
    guessed_columns,
    likely_kind,
    raw_sheets,
    recognised_kind,
    source_by_headers,
    source_by_name,
)
from etl.intake.offered.uploads import Upload
from etl.settings.document import Settings, SourceMap
from etl.settings.sources import COLUMNS, DATE_ORDERS, Const

_LONGEST = 500
AD_HOC = "pemetaan tangan"
"""What a map is called that was not kept."""

CONSTANT, ABSENT, AUTOMATIC = "=", "-", "*"
"""Values of a native choice, which cannot hold the empty one."""

_HEADER = "k:"
_RHYTHMS = ("1d", "7d", "31d")


@dataclass(frozen=True)
class Choice:
    """`source` names a kept source; `is_plain`: by its headers alone, whatever source would fit its name.

    `columns`: canonical column → header of the file, or a constant; empty unless mapped by hand. `with_hidden`: hidden
    sheets as well.
    """

    kind: str | None = None
    order: str | None = None
    source: str | None = None
    is_plain: bool = False
    with_hidden: bool = False
    columns: Mapping[str, str | Const] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """The choice as the browser hands it back."""
        columns = {n: {"tetap": o.value} if isinstance(o, Const) else {"kolom": o} for n, o in self.columns.items()}
        document = {"jenis": self.kind, "urutan": self.order, "sumber": self.source, "polos": self.is_plain}
        document |= {"sembunyi": self.with_hidden, "peta": columns}
        return {name: value for name, value in document.items() if value}

    @property
    def is_mapped(self) -> bool:
        """Whether columns were mapped by hand."""
        return bool(self.kind and self.columns)

    @property
    def orders(self) -> tuple[str, ...]:
        """The date order as a load takes it; a map brings its own."""
        return (self.order,) if self.order and not self.is_mapped else ()

    def source_map(self, settings: Settings, name: str = AD_HOC, files: str | None = None) -> SourceMap | None:
        """The map by which to read; None: by the office's own words."""
        if self.is_mapped:
            return SourceMap(name, str(self.kind), dict(self.columns), self.order, files=files)
        return settings.source(self.source) if self.source else None


@dataclass(frozen=True)
class Remember:
    """Under which name a map is to be kept, for files named how, coming how often."""

    name: str
    files: str | None
    every: str | None


def read_choice(document: object) -> Choice:
    """The choice in a document from a browser; what makes no sense is left out."""
    if not isinstance(document, Mapping):
        return Choice()
    kind, order = document.get("jenis"), document.get("urutan")
    known = kind if isinstance(kind, str) and kind in COLUMNS else None
    return Choice(
        kind=known,
        order=order if isinstance(order, str) and order in DATE_ORDERS else None,
        source=_text(document.get("sumber")),
        is_plain=document.get("polos") is True,
        with_hidden=document.get("sembunyi") is True,
        columns=_columns(known, document.get("peta")),
    )


def _columns(kind: str | None, given: object) -> dict[str, str | Const]:
    if kind is None or not isinstance(given, Mapping):
        return {}
    origins = {name: _origin(given[name]) for name in COLUMNS[kind] if name in given}
    return {name: origin for name, origin in origins.items() if origin is not None}


def _origin(given: object) -> str | Const | None:
    if not isinstance(given, Mapping):
        return None
    header, constant = _text(given.get("kolom")), _text(given.get("tetap"))
    return header if header else Const(constant) if constant else None


def read_remember(document: object) -> Remember | None:
    """What to keep the map as; None: not at all."""
    given = document.get("ingat") if isinstance(document, Mapping) else None
    name = _text(given.get("nama")) if isinstance(given, Mapping) else None
    return Remember(name, _text(given.get("pola")), _text(given.get("irama"))) if name else None


def _text(given: object) -> str | None:
    return given.strip()[:_LONGEST] or None if isinstance(given, str) else None


def map_form(
    upload: Upload, kind: str | None, choice: Choice, settings: Settings, before: Sequence[Choice]
) -> Component:
    """The whole form; its script hands on what stands in it after every change. `before`: the maps of other files."""
    try:
        sheets = raw_sheets(upload.path)
    except Refused:
        sheets = ()
    headers = list(dict.fromkeys(header for sheet in sheets for header in sheet.headers))
    read = _read_by(upload, choice, settings, before, sheets)
    wanted = Kind(kind) if kind in list(Kind) else _kind_shown(upload, read, headers)
    rows = ", ".join(dict.fromkeys(str(sheet.row) for sheet in sheets))
    kinds = {str(known): t(f"data.kind_{known}") for known in Kind}
    orders = {AUTOMATIC: t("data.order_auto"), **{order: t(f"data.order_{order}") for order in DATE_ORDERS}}
    fields = [
        labelled(t("data.map_kind"), _select("jenis", kinds, str(wanted))),
        labelled(t("data.map_order"), _select("urutan", orders, read.order or AUTOMATIC)),
    ]
    return html.Div(
        [
            html.P(t("data.map_headers", rows=rows), className="p-muted"),
            html.Div(fields, className="data-map-top"),
            *_column_lines(SPECS[wanted], headers, read),
            _remember(upload, [source.name for source in settings.sources]),
        ],
        id="data-map-form",
        className="data-map-form",
        **{"data-token": upload.token, "data-kind": str(wanted), "data-mapped": "1" if read.is_mapped else ""},
    )


def _read_by(
    upload: Upload, choice: Choice, settings: Settings, before: Sequence[Choice], sheets: Sequence[RawSheet]
) -> Choice:
    """The choice; without one, the map of the source or of the file before by which this one is read."""
    if choice != Choice() and not choice.source:
        return choice
    named = settings.source(choice.source) if choice.source else source_by_name(settings.sources, upload.name)
    if named is not None and source_by_headers([named], sheets):
        return Choice(named.kind, columns=named.columns)
    return next((mapped for mapped in before if fits(mapped, sheets)), choice)


def fits(mapped: Choice, sheets: Sequence[RawSheet]) -> bool:
    """Whether one of the sheets has all headers of a map by hand."""
    by_hand = SourceMap(AD_HOC, str(mapped.kind), dict(mapped.columns), mapped.order)
    return mapped.is_mapped and source_by_headers([by_hand], sheets) is not None


def _kind_shown(upload: Upload, choice: Choice, headers: Sequence[str]) -> Kind:
    """The kind that was chosen; else the one that is recognised; else the likeliest."""
    return Kind(choice.kind) if choice.kind else recognised_kind(upload.path) or likely_kind(headers)


def _column_lines(spec: KindSpec, headers: Sequence[str], choice: Choice) -> list[Component]:
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
    words = [
        html.Strong(sentence(column_words(name))),
        html.Em(note) if note else None,
        html.Small(_explained(spec.kind, name)),
    ]
    hint = {"placeholder": t("data.map_constant_hint"), "maxlength": 200}
    constant_field = dbc.Input(name=f"tetap-{name}", value=constant or "", class_name="p-input", **hint)
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


def _remember(upload: Upload, taken: Sequence[str]) -> Component:
    """Keep the map under an offered name, so that the next file is read by it without a question."""
    rhythms = {AUTOMATIC: t("data.rhythm_none"), **{every: t(f"data.rhythm_{every}") for every in _RHYTHMS}}
    fields = [
        labelled(
            t("data.source_name"),
            dbc.Input(name="nama", value=_offered_name(upload.name, taken), class_name="p-input", maxlength=80),
        ),
        labelled(t("data.source_files"), dbc.Input(name="pola", value=_pattern(upload.name), class_name="p-input")),
        labelled(t("data.source_every"), _select("irama", rhythms, AUTOMATIC)),
    ]
    return html.Div(
        [
            dbc.Checkbox(id="data-remember", label=t("data.remember"), value=True),
            html.Div(fields, id="data-remember-fields", className="data-map-top"),
            html.P(t("data.remember_hint"), className="p-muted"),
        ],
        className="data-remember",
    )


def _offered_name(file: str, taken: Sequence[str]) -> str:
    """buku lama-2026-06.csv → buku lama; with a number where a source has that name already."""
    name = _pattern(file).rpartition(".")[0].rstrip("0123456789-_.* ()") or t("data.map_name")
    names = chain([name], (f"{name} {number}" for number in count(2)))
    return next(free for free in names if free not in taken)


def _pattern(name: str) -> str:
    """agenda-2026-06.xlsx → agenda-*.xlsx: what changes from file to file is mostly a date."""
    stem, dot, suffix = name.rpartition(".")
    head = (stem if dot else name).rstrip("0123456789-_. ()")
    is_changing = head and head != (stem if dot else name)
    return f"{head}*{dot}{suffix}" if dot and is_changing else name


def _select(name: str, options: Mapping[str, str], value: str) -> Component:
    choices = [{"value": option, "label": words} for option, words in options.items()]
    return dbc.Select(name=name, options=choices, value=value, class_name="p-select")
