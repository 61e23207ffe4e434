"""The tables of the settings file: `[office]`, `[wall]`, the calendar and other small ones; rooms, sources and
checklists have modules of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data_access.errors import Message
from data_access.roles import POSTS
from etl.domain.alerts import RULES, Kind
from etl.domain.calendar.days import Profile
from etl.domain.units import DAY, HOUR
from etl.settings.values import (
    Day,
    DayHours,
    DayOrNever,
    Duration,
    Email,
    Fraction,
    Hours,
    Positive,
    Spell,
    Step,
    Switch,
    Text,
    Variable,
    Whole,
    Zone,
    a_list,
    is_empty,
    key_name,
    known_instead,
    must,
    names_apart,
    opd_key,
    refuse,
    refuse_twice,
    room_key,
    tables,
)

SHORTEST_VIEW, LONGEST_VIEW = 5, HOUR
"""Bounds of the wall's views, in seconds."""

LONGEST_BETWEEN_BACKUPS = 31 * DAY
"""Seconds between two backups that the server makes."""

_HINTS = {
    "url": Message("rule.url_in_variable"),
    "password": Message("rule.password_in_variable"),
    "client_secret": Message("rule.secret_in_variable"),
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
    """`[office]`. `name` None: as the product calls its office."""

    name: Text | None = None
    timezone: Zone = "Asia/Jakarta"


class StepOff(Table):
    """`[[step_off]]`: a step that is not done in a time, both days included; `last` None: until further notice."""

    step: Step
    first: Day = Field(alias="from")
    last: Day | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> StepOff:
        if self.last is not None and self.last < self.first:
            refuse(Message("rule.to_after_from"), key="to", value=self.last)
        return self


class Recording(Table):
    """`[recording]`: the day from which steps are recorded, all of them or one; false: that one never.

    Where nothing is said it is the day of the first finish in the records.
    """

    first: Day | None = Field(default=None, alias="from")
    steps: dict[Step, DayOrNever] = Field(default_factory=dict)

    def day_of(self, step: str) -> date | Literal[False] | None:
        """The day of one step; False: it is not recorded, None: nothing is said."""
        return self.steps.get(step, self.first)


class Holder(Table):
    """Who holds a post now; printed in the signature block."""

    name: Text
    title: str = ""
    nip: str = ""


class Mandate(Table):
    """`[[mandate]]`: who does the work of a post in a time, both days included; `last` None: until further notice.

    `user` is the deputy: a post, or the name of a user. `title` stands before the post on paper ("Plh.", "Plt.").
    """

    role: Text
    user: Text
    title: Text = "Plh."
    first: Day = Field(alias="from")
    last: Day | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _makes_sense(self) -> Mandate:
        if self.role not in POSTS:
            refuse(known_instead(self.role, POSTS), key="role", value=self.role)
        if self.user == self.role:
            refuse(Message("rule.mandate_self"), key="user", value=self.user)
        if self.last is not None and self.last < self.first:
            refuse(Message("rule.to_after_from"), key="to", value=self.last)
        return self

    def holds_on(self, day: date) -> bool:
        """Whether it is in force that day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def is_of(self, name: str, role: str) -> bool:
        """Whether the user of that name and role is the deputy."""
        return self.user == role if self.user in POSTS else self.user.casefold() == name.casefold()

    def overlaps(self, other: Mandate) -> bool:
        """Whether both are of one post and share a day."""
        ends = (self.last or date.max, other.last or date.max)
        return self.role == other.role and max(self.first, other.first) <= min(ends)


def mandates_apart(mandates: tuple[Mandate, ...]) -> tuple[Mandate, ...]:
    """Refuse two deputies of one post on one day, naming the other."""
    for number, mandate in enumerate(mandates, start=1):
        other = next((one for one in mandates[: number - 1] if one.overlaps(mandate)), None)
        if other is not None:
            named = {"role": other.role, "title": other.title, "user": other.user}
            days = {"first": other.first, "last": other.last or "…"}
            refuse(Message("rule.mandate_overlap", **named, **days), key=f"[{number}].from", value=mandate.first)
    return mandates


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


class Retention(Table):
    """`[retention]`: how long things about people are kept; what is None stays.

    `rejects`: rejected rows of loads that somebody is done with. None of it is what figures are made of.
    """

    access_log: Duration = Spell("365d")
    scans: Duration | None = None
    photos: Duration | None = None
    rejects: Duration | None = None


class Privacy(Table):
    """`[privacy]`: what the notice says of who answers for the records and why they are kept; None: the usual words."""

    controller: Text | None = None
    contact: Text | None = None
    purposes: Text | None = None


class BackupTable(Table):
    """`[backup]`: how often the server makes a backup, and how many of them stay; `keep` 0: it makes none."""

    every: Duration = Spell("1d")
    keep: Whole = 14

    @model_validator(mode="after")
    def _in_bounds(self) -> BackupTable:
        if not HOUR <= self.every.seconds <= LONGEST_BETWEEN_BACKUPS:
            refuse(Message("rule.backup_time"), key="every", value=self.every)
        return self


def _is_network(value: str) -> bool:
    try:
        return bool(ip_network(value))
    except ValueError:
        return False


def _is_web_address(value: str) -> bool:
    return re.fullmatch(r"https?://[^/\s]+(/\S*)?", value) is not None


class ProxyTable(Table):
    """`[proxy]`: who stands before the server, each an address or a network, and is believed where a request comes
    from. `address`: where the office opens the dashboard, for links made on the console; None: on this machine."""

    trusted: Annotated[tuple[Annotated[Text, AfterValidator(must(_is_network, "rule.network"))], ...], a_list] = ()
    address: Annotated[Text, AfterValidator(must(_is_web_address, "rule.web_address"))] | None = None

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted ones."""
        return tuple(ip_network(one) for one in self.trusted)


_KINDS = tuple(kind.value for kind in Kind)
_AlertKind = Annotated[Text, AfterValidator(must(_KINDS.__contains__, "rule.one_of", choices=_KINDS))]
_Language = Annotated[Text, AfterValidator(must(("id", "en").__contains__, "rule.one_of", choices=("id", "en")))]


class LeadTable(Table):
    """`[[alerts.lead]]`: the time of one kind of alerts, in hours of work."""

    alert: _AlertKind
    time: Duration


class AlertsTable(Table):
    """`[alerts]`: which environment variables hold the way out by e-mail and to the webhook; without either, nothing
    is sent. `sender` is the address that stands on the e-mail; `off` has the kinds that are switched off."""

    smtp_env: Variable | None = None
    sender: Email | None = None
    webhook_env: Variable | None = None
    language: _Language = "id"
    off: Annotated[tuple[_AlertKind, ...], a_list] = ()
    leads: Annotated[tuple[LeadTable, ...], tables] = Field(default=(), alias="lead")

    @model_validator(mode="after")
    def _makes_sense(self) -> AlertsTable:
        if self.smtp_env and not self.sender:
            refuse(Message("rule.email"), key="sender", value=None)
        refuse_twice(self.leads, lambda lead: lead.alert, "lead[{}].alert")
        return self

    @property
    def is_on(self) -> bool:
        """Whether there is any way out."""
        return bool(self.smtp_env or self.webhook_env)

    @property
    def times(self) -> dict[Kind, int]:
        """The time of each kind that is switched on, in seconds of work."""
        said = {lead.alert: lead.time.seconds for lead in self.leads}
        return {kind: said.get(kind, rule.lead) for kind, rule in RULES.items() if kind not in self.off}


class WallTable(Table):
    """`[wall]`: what the wall shows. With `mask_activity` only who uses the room, not for what.

    Its views change every `rotate`; an alert stays for `hold` before it takes turns with them.
    """

    mask_activity: Switch = False
    rotate: Duration = Spell("20s")
    hold: Duration = Spell("2m")

    @model_validator(mode="after")
    def _in_bounds(self) -> WallTable:
        for key, value in (("rotate", self.rotate), ("hold", self.hold)):
            if not SHORTEST_VIEW <= value.seconds <= LONGEST_VIEW:
                refuse(Message("rule.view_time"), key=key, value=value)
        return self


class InboxTable(Table):
    """`[inbox]`: the rhythm in which the watched folder is looked at.

    A file is taken once its size and its time have not changed for `settle`; without any news the folder is looked
    through every `rescan`, for network folders that tell nothing.
    """

    settle: Duration = Spell("2s")
    rescan: Duration = Spell("30s")


def opd_apart(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Refuse a name or alias that two OPD share."""
    names_apart([(key_name(name), key_name(name), name, aliases) for name, aliases in names.items()], opd_key)
    return names


def items_apart(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Refuse a name or alias that two items share."""
    names_apart([(key_name(name), key_name(name), name, aliases) for name, aliases in names.items()], room_key)
    return names


def known_roles(holders: Mapping[str, Holder]) -> Mapping[str, Holder]:
    """Refuse a post that the office does not have."""
    for role in holders:
        if role not in POSTS:
            refuse(known_instead(role, POSTS), key=key_name(role), value=holders[role].name)
    return holders


_Kind = Annotated[
    Literal["weekly", "ramadan"], BeforeValidator(must(("weekly", "ramadan").__contains__, "rule.profile_kind"))
]


def _pairs(value: object) -> object:
    """Refuse a range that is not two days in order, naming it."""
    if not isinstance(value, list | tuple):
        refuse(Message("rule.ranges"))
    for place, pair in enumerate(value, start=1):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            refuse(Message("rule.two_days"), key=f"[{place}]", value=pair)
        if str(pair[0]) > str(pair[1]):
            refuse(Message("rule.first_day_first"), key=f"[{place}]", value=f"[{pair[0]}, {pair[1]}]")
    return value


def _shown(ranges: tuple[tuple[date, date], ...]) -> str:
    return ", ".join(f"[{first}, {last}]" for first, last in ranges)


class ProfileTable(Table):
    """`[[calendar.profile]]`. `estimated` marks hours or dates that no decree states."""

    name: Text
    source: str = ""
    kind: _Kind = "weekly"
    valid_from: Day | None = Field(default=None, alias="from")
    valid_to: Day | None = Field(default=None, alias="to")
    ranges: Annotated[tuple[tuple[Day, Day], ...], BeforeValidator(_pairs)] = Field(default=(), exclude_if=is_empty)
    estimated: Switch = Field(default=False, exclude_if=is_empty)
    hours: Hours

    @model_validator(mode="after")
    def _dates_make_sense(self) -> ProfileTable:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            refuse(Message("rule.to_after_from"), key="to", value=self.valid_to)
        if self.kind == "ramadan" and not self.ranges:
            refuse(Message("rule.ranges"), key="ranges", value=None)
        if self.kind == "weekly" and self.ranges:
            refuse(Message("rule.ramadan_or_weekly"), key="ranges", value=_shown(self.ranges))
        return self

    def as_profile(self) -> Profile:
        """The profile as the calendar takes it."""
        alike = {name: value for name, value in self if name != "estimated"}
        return Profile(**alike, is_estimated=self.estimated)


def _some_profile(profiles: tuple[ProfileTable, ...]) -> tuple[ProfileTable, ...]:
    """Without any profile nothing could be judged."""
    return profiles or refuse(Message("rule.some_profile"), value="[]")


class DayTable(Table):
    """`[[calendar.day]]`: a one-off day; no hours: closed."""

    on: Day = Field(alias="date")
    name: Text
    source: str = ""
    hours: DayHours = ()


class HolidaysTable(Table):
    """`[calendar.holidays]`: whether the national holidays and collective leave count."""

    package: Switch = True


class Calendar(Table):
    """`[calendar]`, whose three tables are replaced each on its own."""

    profiles: Annotated[tuple[ProfileTable, ...], tables, AfterValidator(_some_profile)] = Field(
        default=(), alias="profile"
    )
    days: Annotated[tuple[DayTable, ...], tables] = Field(default=(), alias="day")
    holidays: HolidaysTable = HolidaysTable()

    @model_validator(mode="after")
    def _entries_apart(self) -> Calendar:
        refuse_twice(self.days, lambda day: day.on, "day[{}].date")
        _refuse_same_start(self.profiles)
        _refuse_overlapping_ranges(self.profiles)
        return self


def _refuse_same_start(profiles: tuple[ProfileTable, ...]) -> None:
    """Two weekly profiles from one day: which is the latest would be chance."""
    seen: dict[date | None, str] = {}
    for number, profile in enumerate(profiles, start=1):
        if profile.kind == "weekly" and profile.valid_from in seen:
            expected = Message("rule.other_start", profile=seen[profile.valid_from])
            refuse(expected, key=f"profile[{number}].from", value=profile.valid_from)
        if profile.kind == "weekly":
            seen[profile.valid_from] = profile.name


def _refuse_overlapping_ranges(profiles: tuple[ProfileTable, ...]) -> None:
    ranges = sorted(
        (days, f"profile[{number}].ranges[{place}]")
        for number, profile in enumerate(profiles, start=1)
        for place, days in enumerate(profile.ranges, start=1)
    )
    for (before, other), (after, key) in pairwise(ranges):
        if after[0] <= before[1]:
            refuse(Message("rule.ranges_apart", other=f"calendar.{other}"), key=key, value=_shown((after,)))
