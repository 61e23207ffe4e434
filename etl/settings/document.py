"""The settings of the office as a whole, read from and written as TOML; the keys of its tables are in `tables`.

A file of settings replaces each table it holds as a whole (`calendar.profile`, `calendar.day` and
`calendar.holidays` are three tables); the others stay. Every refusal is a RuleError with file, key, value and
what to write. In keys, entries of a list count from 1: `calendar.profile[2].hours.mon-thu`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import AfterValidator, Field, ValidationError, model_validator

from etl.domain.calendar.days import Profile, SpecialDay
from etl.domain.verdict import MonitoringRule
from etl.reference import shipped_settings_text
from etl.settings.checklists import ListVersion
from etl.settings.openid import OpenIdTable
from etl.settings.rooms import Room, rooms_apart
from etl.settings.sources import SourceMap, SourceTable
from etl.settings.tables import (
    AlertsTable,
    BackupTable,
    Calendar,
    Holder,
    InboxTable,
    Mandate,
    Monitoring,
    Office,
    Privacy,
    ProxyTable,
    Recording,
    Retention,
    StepOff,
    Table,
    WallTable,
    items_apart,
    known_roles,
    mandates_apart,
    opd_apart,
)
from etl.settings.toml_text import parse_toml, read_rule_file, refuse_passwords, rule_error
from etl.settings.values import Text, a_list, is_empty, refuse_twice, tables

REGISTER = "permohonan"
"""The kind of records whose numbers may begin again."""

BY_HAND = "agenda langsung"
"""What the source is called that says how registers count which are given without one."""

SHIPPED_FILE = "settings.toml (bawaan)"
STORED_FILE = "pengaturan tersimpan"

_Aliases = Annotated[tuple[Text, ...], a_list]
_Rooms = Annotated[tuple[Room, ...], tables, AfterValidator(rooms_apart)]
_Items = Annotated[dict[Text, _Aliases], AfterValidator(items_apart)]
_Opd = Annotated[dict[Text, _Aliases], AfterValidator(opd_apart)]


class Settings(Table):
    """Every setting of the office. Immutable; `apply` makes the next one."""

    office: Office = Office()
    calendar: Calendar = Calendar()
    rooms: _Rooms = Field(default=(), alias="room")
    opd: _Opd = Field(default_factory=dict)
    source_tables: Annotated[tuple[SourceTable, ...], tables] = Field(default=(), alias="source")
    checklists: Annotated[tuple[ListVersion, ...], tables] = Field(default=(), alias="checklist")
    items: _Items = Field(default_factory=dict, alias="item")
    step_off: Annotated[tuple[StepOff, ...], tables] = ()
    holders: Annotated[dict[str, Holder], AfterValidator(known_roles)] = Field(default_factory=dict)
    recording: Recording = Recording()
    mandates: Annotated[tuple[Mandate, ...], tables, AfterValidator(mandates_apart)] = Field(
        default=(), alias="mandate", exclude_if=is_empty
    )
    monitoring: Monitoring = Monitoring()
    retention: Retention = Retention()
    privacy: Privacy = Privacy()
    wall: WallTable = WallTable()
    inbox: InboxTable = InboxTable()
    backup: BackupTable = BackupTable()
    proxy: ProxyTable = ProxyTable()
    openid: OpenIdTable = OpenIdTable()
    alerts: AlertsTable = AlertsTable()

    @model_validator(mode="after")
    def _entries_apart(self) -> Settings:
        refuse_twice(self.source_tables, lambda source: source.name, "source[{}].name")
        refuse_twice(self.checklists, lambda version: version.version, "checklist[{}].version")
        refuse_twice(self.checklists, lambda version: version.valid_from, "checklist[{}].from")
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
    def monitoring_rule(self) -> MonitoringRule:
        """When a step goes well."""
        return MonitoringRule(**self.monitoring.model_dump())

    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of hours, weekly and Ramadan."""
        return tuple(table.as_profile() for table in self.calendar.profiles)

    def special_days(self) -> tuple[SpecialDay, ...]:
        """The one-off open and closed days of the settings."""
        return tuple(SpecialDay(day.on, day.name, day.source, day.hours) for day in self.calendar.days)

    def source(self, name: str) -> SourceMap | None:
        """The source with that name; None when there is none."""
        return next((source for source in self.sources if source.name == name), None)

    def numbering_of(self, source: SourceMap | None) -> str | None:
        """Within what the numbers of a register count that comes from this source, "year" or "month"; None: not said.

        What comes from no source of the settings counts as the one for registers that names no files and no address.
        """
        if source is not None and (source.numbering or self.source(source.name) is not None):
            return source.numbering
        return next((known.numbering for known in self.sources if _is_by_hand(known)), None)

    def with_numbering(self, name: str | None, numbering: str | None) -> Settings:
        """The settings in which that source (None: what is given without one) counts its numbers so.

        A source is added where there is none, and goes when it says nothing any more.
        """
        named = name or next((known.name for known in self.sources if _is_by_hand(known)), BY_HAND)
        bare = SourceTable(name=named, kind=REGISTER)
        known = self.source_tables if self.source(named) else (*self.source_tables, bare)
        tables = [t.model_copy(update={"numbering": numbering}) if t.name == named else t for t in known]
        kept = tuple(table for table in tables if table != bare)
        return self if kept == self.source_tables else self.model_copy(update={"source_tables": kept})

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
        judging = {"timezone": self.zone, **{key: document[key] for key in ("calendar", "step_off", "recording")}}
        return hashlib.sha256(json.dumps(judging, sort_keys=True).encode()).hexdigest()


def _is_by_hand(source: SourceMap) -> bool:
    return source.kind == REGISTER and not (source.files or source.url_env)


@cache
def default_settings() -> Settings:
    """The settings of an office that has changed nothing."""
    return Settings.from_document(parse_settings(shipped_settings_text(), SHIPPED_FILE), SHIPPED_FILE)


def with_shipped_lists(settings: Settings) -> Settings:
    """The settings with every shipped version of the checklist where they hold none but the first of them; an office
    with a list of its own keeps to that."""
    shipped, lists = default_settings().checklists, settings.checklists
    is_own = not lists or lists != shipped[: len(lists)]
    return settings if is_own else settings.model_copy(update={"checklists": shipped})


def parse_settings(text: str, file: str) -> dict[str, Any]:
    """The tables in a settings file, checked on their own. Raises RuleError naming `file`."""
    document = parse_toml(text, file)
    refuse_passwords(document, file)
    Settings.from_document(document, file)
    return document


def from_edited(document: Mapping[str, Any], file: str) -> Settings:
    """The settings of a document that a person edited. Raises RuleError, also for a password in an address."""
    refuse_passwords(dict(document), file)
    return Settings.from_document(document, file)


def apply(current: Settings, text: str, file: str) -> Settings:
    """The settings after a file: each table in it replaces that whole table. Raises RuleError."""
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
