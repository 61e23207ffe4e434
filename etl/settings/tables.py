"""The base of every table of the settings file, and the small tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data_access.errors import Message
from etl.domain.units import HOUR
from etl.domain.verdict import MonitoringRule
from etl.settings.values import (
    Day,
    Duration,
    Fraction,
    Hours,
    LocalMoment,
    Positive,
    Switch,
    Text,
    Whole,
    as_list,
    as_tables,
    is_empty,
    key_name,
    known_instead,
    known_step,
    known_zone,
    read_duration,
    refuse,
    refuse_shared,
    refuse_twice,
    room_key,
)

ROLES = ("kadin", "sekdin", "kabid", "kasi_litik", "kasi_aplikasi", "agendaris", "staf")
"""Posts that have a holder."""

SHORTEST_VIEW, LONGEST_VIEW = 5, HOUR
"""Bounds of the wall's views, in seconds."""

_HINTS = {
    "url": Message("rule.url_in_variable"),
    "password": Message("rule.password_in_variable"),
}


class Table(BaseModel):
    """A table that knows its keys and refuses others, naming the ones it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_known_keys(cls, content: Any) -> Any:
        if isinstance(content, BaseModel):
            return content
        known = cls.keys()
        if not isinstance(content, Mapping):
            refuse(Message("rule.table_of", keys=known))
        for key, value in content.items():
            if key not in known:
                refuse(_HINTS.get(key) or known_instead(key, known, "rule.known_keys"), key=key_name(key), value=value)
        return content

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys of the table as the file spells them."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class Office(Table):
    """`[office]`."""

    timezone: Annotated[Text, AfterValidator(known_zone)] = "Asia/Jakarta"


class Closure(Table):
    """`[[room.closure]]`: office time, from included, to excluded."""

    start: LocalMoment = Field(alias="from")
    end: LocalMoment = Field(alias="to")
    reason: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Closure:
        if self.start >= self.end:
            refuse(Message("rule.after_from"), key="to", value=self.end.isoformat())
        return self


class Room(Table):
    """`[[room]]`. `capacity` None or 0: unknown; `hours` None: the office's hours."""

    name: Text
    aliases: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = ()
    capacity: Whole | None = None
    hours: Hours | None = None
    closures: Annotated[tuple[Closure, ...], BeforeValidator(as_tables)] = Field(
        default=(), alias="closure", exclude_if=is_empty
    )


class ChecklistItem(Table):
    """One thing to look at; weight 2 is a thing without which the room cannot be used."""

    name: Text
    weight: Positive


class Checklist(Table):
    """`[[checklist]]`: one version of the list, in use from a day on."""

    version: Text
    valid_from: Day = Field(alias="from")
    items: Annotated[tuple[ChecklistItem, ...], BeforeValidator(as_tables)]

    @model_validator(mode="after")
    def _each_once(self) -> Checklist:
        if not self.items:
            expected = Message("rule.some_item")
            refuse(expected, key="items", value="[]")
        refuse_twice(self.items, lambda item: room_key(item.name), "items[{}].name", lambda item: item.name)
        return self


class StepOffTable(Table):
    """`[[step_off]]`: a step that is not done in a time; both days included."""

    step: Annotated[Text, AfterValidator(known_step)]
    first: Day = Field(alias="from")
    last: Day | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> StepOffTable:
        if self.last is not None and self.last < self.first:
            refuse(Message("rule.to_after_from"), key="to", value=self.last)
        return self


class StepOff(NamedTuple):
    """A step that is switched off from `first` to `last`, both included; `last` None: until further notice."""

    step: str
    first: date
    last: date | None


class Holder(Table):
    """Who holds a post now; printed in the signature block."""

    name: Text
    title: str = ""
    nip: str = ""


class Monitoring(Table):
    """`[monitoring]`: when a step goes well, on the monitoring form, the pages and the wall."""

    share: Fraction = 0.9
    n: Positive = 5
    coverage: Fraction = 0.7
    near: Fraction = 0.7

    @model_validator(mode="after")
    def _in_order(self) -> Monitoring:
        if self.near > self.share:
            refuse(Message("rule.not_above_share"), key="near", value=self.near)
        return self

    def as_rule(self) -> MonitoringRule:
        """The rule as the figures use it."""
        return MonitoringRule(self.share, self.n, self.coverage, self.near)


class Retention(Table):
    """`[retention]`: how long things about people are kept."""

    access_log: Duration = "365d"

    @property
    def access_log_seconds(self) -> int:
        """How long the access log is kept."""
        return read_duration(self.access_log)


class WallTable(Table):
    """`[wall]`: what the wall shows. With `mask_activity` only who uses the room, not for what.

    Its views change every `rotate`; an alert stays for `hold` before it takes turns with them.
    """

    mask_activity: Switch = False
    rotate: Duration = "20s"
    hold: Duration = "2m"

    @model_validator(mode="after")
    def _in_bounds(self) -> WallTable:
        for key, value in (("rotate", self.rotate), ("hold", self.hold)):
            if not SHORTEST_VIEW <= read_duration(value) <= LONGEST_VIEW:
                refuse(Message("rule.view_time"), key=key, value=value)
        return self

    @property
    def rotate_seconds(self) -> int:
        """How long a view stays."""
        return read_duration(self.rotate)

    @property
    def hold_seconds(self) -> int:
        """How long an alert holds."""
        return read_duration(self.hold)


class InboxTable(Table):
    """`[inbox]`: the rhythm in which the watched folder is looked at.

    A file is taken once its size and its time have not changed for `settle`; without any news the folder is looked
    through every `rescan`, for network folders that tell nothing.
    """

    settle: Duration = "2s"
    rescan: Duration = "30s"

    @property
    def settle_seconds(self) -> int:
        """How long a file must lie still."""
        return read_duration(self.settle)

    @property
    def rescan_seconds(self) -> int:
        """How long the folder is left alone at most."""
        return read_duration(self.rescan)


def rooms_apart(rooms: tuple[Room, ...]) -> tuple[Room, ...]:
    """Refuse a name or alias that two rooms share."""
    owner: dict[str, str] = {}
    for number, room in enumerate(rooms, start=1):
        if owner.get(room_key(room.name)):
            refuse_shared(f"[{number}].name", room.name, owner[room_key(room.name)])
        owner[room_key(room.name)] = room.name
    for number, room in enumerate(rooms, start=1):
        for place, alias in enumerate(room.aliases, start=1):
            if owner.setdefault(room_key(alias), room.name) != room.name:
                refuse_shared(f"[{number}].aliases[{place}]", alias, owner[room_key(alias)])
    return rooms


def known_roles(holders: Mapping[str, Holder]) -> Mapping[str, Holder]:
    """Refuse a post that the office does not have."""
    for role in holders:
        if role not in ROLES:
            refuse(known_instead(role, ROLES), key=key_name(role), value=holders[role].name)
    return holders
