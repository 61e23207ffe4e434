"""How a file is to be read, as the Data page asks for it: recognised, by a source, or by a map made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.settings.document import Const, Settings, SourceMap
from etl.settings.sources import COLUMNS, DATE_ORDERS

_LONGEST = 500
AD_HOC = "pemetaan tangan"
"""What a map is called that was not kept."""


@dataclass(frozen=True)
class Choice:
    """`source` names a kept source; `is_plain`: by its headers alone, whatever source would fit its name.

    `columns`: canonical column → header of the file, or a constant; empty unless mapped by hand.
    """

    kind: str | None = None
    order: str | None = None
    source: str | None = None
    is_plain: bool = False
    columns: Mapping[str, str | Const] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """The choice as the browser hands it back."""
        columns = {n: {"tetap": o.value} if isinstance(o, Const) else {"kolom": o} for n, o in self.columns.items()}
        document = {"jenis": self.kind, "urutan": self.order, "sumber": self.source, "polos": self.is_plain}
        return {name: value for name, value in {**document, "peta": columns}.items() if value}

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
