"""The settings of the office: calendar, rooms, OPD, sources, checklist, posts; read from and written as TOML.

A file of settings replaces each table it holds as a whole (`calendar.profile`, `calendar.day` and
`calendar.holidays` are three tables); the others stay. Every refusal is a RuleError with file, key, value and
what to write. In keys, entries of a list count from 1: `calendar.profile[2].hours.mon-thu`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from data_access.errors import Message
from etl.domain.calendar.days import Profile, SpecialDay
from etl.domain.errors import RuleError
from etl.domain.verdict import MonitoringRule
from etl.reference import shipped_settings_text
from etl.settings.calendar import Calendar
from etl.settings.sources import Const, SourceMap, SourceTable
from etl.settings.tables import (
    Checklist,
    Closure,
    Holder,
    InboxTable,
    Monitoring,
    Office,
    Retention,
    Room,
    StepOff,
    StepOffTable,
    Table,
    WallTable,
    known_roles,
    rooms_apart,
)
from etl.settings.toml_text import has_password, parse_toml, read_rule_file, without_secrets
from etl.settings.values import Text, as_list, as_tables, key_name, opd_apart, refuse_twice

_LONGEST = 120
_MAP_KEY = "[key]"
_SECRET_KEYS = ("password", "passwd", "pwd", "sandi", "token", "secret")
_EXPECTED = {
    "string_type": "rule.text",
    "dict_type": "rule.table",
    "tuple_type": "rule.list",
}


def rule_error(error: ValidationError, file: str) -> RuleError:
    """The first finding as a RuleError; a required key that is missing comes after all that are wrong."""
    first = sorted(error.errors(include_url=False), key=lambda item: item["type"] == "missing")[0]
    context = first.get("ctx", {})
    path = key_path([*first["loc"]], context.get("key", ""))
    if first["type"] == "missing":
        return RuleError(file=file, key=path, value=None, expected=Message("rule.required", key=first["loc"][-1]))
    expected = context.get("expected") or Message(_EXPECTED.get(first["type"], "rule.as_documented"))
    value = "***" if _is_secret(path) else safe(context.get("value", first["input"]))
    return RuleError(file=file, key=path, value=value, expected=expected)


def refuse_passwords(document: dict[str, Any], file: str) -> None:
    """Raise RuleError for a password in an address anywhere; the message does not repeat it."""
    for path, text in _texts(document, []):
        if has_password(text):
            expected = Message("rule.address_in_variable")
            raise RuleError(file=file, key=key_path(path), value=safe(text), expected=expected)


def key_path(parts: Iterable[str | int], rest: str = "") -> str:
    """The path as people write it, entries counted from 1: `calendar.profile[2].hours` and then `rest`."""
    path = ""
    for part in parts:
        if part == _MAP_KEY:
            continue
        path += f"[{part + 1}]" if isinstance(part, int) else f".{key_name(part)}"
    path += rest if rest.startswith("[") or not rest else f".{rest}"
    return path.removeprefix(".")


def safe(value: object) -> object:
    """The value for a message: short, without passwords; of a table only its keys."""
    if isinstance(value, dict):
        return Message("rule.table_with", keys=list(map(str, value)))
    if isinstance(value, list | tuple):
        value = "[" + ", ".join(str(safe(item)) for item in value) + "]"
    if not isinstance(value, str):
        return value
    text = without_secrets(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _texts(value: object, path: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, [*path, key])
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, [*path, place])


def _is_secret(path: str) -> bool:
    """Whether the last key of the path names a secret, which no message repeats."""
    return any(word in path.rpartition(".")[2].casefold() for word in _SECRET_KEYS)


__all__ = [
    "Checklist",
    "Closure",
    "Const",
    "Holder",
    "Room",
    "RuleError",
    "Settings",
    "SourceMap",
    "StepOff",
    "apply",
    "apply_file",
    "default_settings",
    "parse_settings",
    "to_toml",
]

SHIPPED_FILE = "settings.toml (bawaan)"
STORED_FILE = "pengaturan tersimpan"

_Aliases = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
_Rooms = Annotated[tuple[Room, ...], BeforeValidator(as_tables), AfterValidator(rooms_apart)]
_Opd = Annotated[dict[Text, _Aliases], AfterValidator(opd_apart)]


class Settings(Table):
    """Every setting of the office. Immutable; `apply` makes the next one."""

    office: Office = Office()
    calendar: Calendar = Calendar()
    rooms: _Rooms = Field(default=(), alias="room")
    opd: _Opd = Field(default_factory=dict)
    source_tables: Annotated[tuple[SourceTable, ...], BeforeValidator(as_tables)] = Field(default=(), alias="source")
    checklists: Annotated[tuple[Checklist, ...], BeforeValidator(as_tables)] = Field(default=(), alias="checklist")
    step_off_tables: Annotated[tuple[StepOffTable, ...], BeforeValidator(as_tables)] = Field(
        default=(), alias="step_off"
    )
    holders: Annotated[dict[str, Holder], AfterValidator(known_roles)] = Field(default_factory=dict)
    monitoring: Monitoring = Monitoring()
    retention: Retention = Retention()
    wall: WallTable = WallTable()
    inbox: InboxTable = InboxTable()

    @model_validator(mode="after")
    def _entries_apart(self) -> Settings:
        name, version = (lambda source: source.name), (lambda checklist: checklist.version)
        refuse_twice(self.source_tables, name, "source[{}].name", name)
        refuse_twice(self.checklists, version, "checklist[{}].version", version)
        refuse_twice(self.checklists, lambda item: item.valid_from, "checklist[{}].from", lambda item: item.valid_from)
        return self

    @property
    def zone(self) -> str:
        """Name of the office's time zone."""
        return self.office.timezone

    @property
    def sources(self) -> tuple[SourceMap, ...]:
        """Where records come from."""
        return tuple(table.as_source() for table in self.source_tables)

    @property
    def step_off(self) -> tuple[StepOff, ...]:
        """Steps that are switched off: (step, first day, last day or None), both days included."""
        return tuple(StepOff(table.step, table.first, table.last) for table in self.step_off_tables)

    @property
    def monitoring_rule(self) -> MonitoringRule:
        """When a step goes well."""
        return self.monitoring.as_rule()

    @property
    def uses_holiday_package(self) -> bool:
        """Whether national holidays and collective leave count."""
        return self.calendar.holidays.package

    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of hours, weekly and Ramadan."""
        return tuple(table.as_profile() for table in self.calendar.profiles)

    def special_days(self) -> tuple[SpecialDay, ...]:
        """The one-off open and closed days of the settings."""
        return tuple(table.as_special_day() for table in self.calendar.days)

    def source(self, name: str) -> SourceMap | None:
        """The source with that name; None when there is none."""
        return next((source for source in self.sources if source.name == name), None)

    def room(self, name: str) -> Room | None:
        """The room with that name (not an alias); None when there is none."""
        return next((room for room in self.rooms if room.name == name), None)

    def to_document(self) -> dict[str, Any]:
        """The settings as JSON can hold them, with the keys of the file; `from_document` reads it back."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], file: str = STORED_FILE) -> Settings:
        """The settings a document holds; tables that are not there are empty. Raises RuleError."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise rule_error(error, file) from None

    def rules_hash(self) -> str:
        """Changes when anything here changes that judges a step: zone, calendar, steps switched off."""
        document = self.to_document()
        judging = {key: document[key] for key in ("office", "calendar", "step_off")}
        return hashlib.sha256(json.dumps(judging, sort_keys=True).encode()).hexdigest()


@cache
def default_settings() -> Settings:
    """The settings of an office that has changed nothing."""
    return Settings.from_document(parse_settings(shipped_settings_text(), SHIPPED_FILE), SHIPPED_FILE)


def parse_settings(text: str, file: str) -> dict[str, Any]:
    """The tables in a settings file, checked on their own. Raises RuleError naming `file`."""
    document = parse_toml(text, file)
    refuse_passwords(document, file)
    Settings.from_document(document, file)
    return document


def apply(current: Settings, text: str, file: str) -> Settings:
    """The settings after a file: each table present replaces that whole table. Raises RuleError."""
    tables = parse_settings(text, file)
    merged = current.to_document() | tables
    merged["calendar"] = current.to_document()["calendar"] | tables.get("calendar", {})
    return Settings.from_document(merged, file)


def apply_file(current: Settings, path: Path) -> Settings:
    """As `apply`, for a file. Raises RuleError also when it cannot be read."""
    return apply(current, read_rule_file(path), str(path))


def to_toml(settings: Settings) -> str:
    """The settings as a file that `apply` takes."""
    return tomli_w.dumps(settings.model_dump(mode="python", by_alias=True, exclude_none=True))
