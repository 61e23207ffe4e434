"""A way of reading files, kept under a name so that the next file of its kind is read the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from data_access.errors import PantauError
from etl.intake.pipeline import apply_settings
from etl.settings.document import Const, Settings, SourceMap

if TYPE_CHECKING:
    from etl.office import Office

KEPT_FILE = "pemetaan kolom"
"""What a refusal calls the place of a wrong value."""


class SourceNameTakenError(PantauError):
    """Another source has that name already, and reads files in another way."""

    def __init__(self, name: str) -> None:
        super().__init__("intake.source_taken", name=name)


def keep_source(office: Office, source: SourceMap, now: int, *, actor: str, every: str | None = None) -> str:
    """Add a `[[source]]` to the settings, unless the very same one is there; its name.

    `every` is its rhythm, such as `1d`. Raises SourceNameTakenError, RuleError, RecordsError.
    """

    def added(settings: Settings) -> Settings:
        return with_source(settings, source, every)

    apply_settings(office, added, now, actor=actor, reason=f"pemetaan kolom {source.name}")
    return source.name


def with_source(settings: Settings, source: SourceMap, every: str | None) -> Settings:
    """The settings with that source too; the very same when they have it. Raises SourceNameTakenError, RuleError."""
    known = settings.source(source.name)
    if known is not None and _reads_alike(known, source):
        return settings
    if known is not None:
        raise SourceNameTakenError(source.name)
    document = settings.to_document()
    document["source"] = [*document.get("source", []), _table(source, every)]
    return Settings.from_document(document, KEPT_FILE)


def _reads_alike(one: SourceMap, other: SourceMap) -> bool:
    parts = [(s.kind, dict(s.columns), s.date_order) for s in (one, other)]
    return parts[0] == parts[1]


def _table(source: SourceMap, every: str | None) -> Mapping[str, Any]:
    """The source as a settings file writes it, without what is empty."""
    table: dict[str, Any] = {
        "name": source.name,
        "kind": source.kind,
        "columns": {n: {"const": o.value} if isinstance(o, Const) else o for n, o in source.columns.items()},
        "date_order": source.date_order,
        "files": source.files,
        "every": every,
    }
    return {key: value for key, value in table.items() if value}
