"""The versions of the checklist: which was in force on a day, and what each item weighs in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from data_access.errors import Message
from etl.settings.tables import Table
from etl.settings.values import Day, Positive, Text, refuse, refuse_twice, room_key, tables

if TYPE_CHECKING:
    from etl.settings.document import Settings


class ChecklistItem(Table):
    """One thing to look at; weight 2 is a thing without which the room cannot be used."""

    name: Text
    weight: Positive


class ListVersion(Table):
    """`[[checklist]]`: one version of the list, in use from a day on."""

    version: Text
    valid_from: Day = Field(alias="from")
    items: Annotated[tuple[ChecklistItem, ...], tables]

    @model_validator(mode="after")
    def _each_once(self) -> ListVersion:
        if not self.items:
            expected = Message("rule.some_item")
            refuse(expected, key="items", value="[]")
        refuse_twice(self.items, lambda item: room_key(item.name), "items[{}].name", lambda item: item.name)
        return self

    @cached_property
    def weights(self) -> dict[str, int]:
        """Item → weight, in the list's order."""
        return {item.name: item.weight for item in self.items}

    @property
    def total(self) -> int:
        """The weight of all items together."""
        return sum(self.weights.values())


NO_LIST = ListVersion.model_construct(version="", valid_from=date.min, items=())


@dataclass(frozen=True)
class Checklists:
    """All versions, the oldest first."""

    versions: tuple[ListVersion, ...]

    @classmethod
    def of(cls, settings: Settings) -> Checklists:
        """Those of the settings."""
        return cls(tuple(sorted(settings.checklists, key=lambda version: version.valid_from)))

    def on(self, day: date) -> ListVersion:
        """The version in force on a day; before the first one, the first; an empty one when there is none."""
        begun = [version for version in self.versions if version.valid_from <= day]
        return begun[-1] if begun else self.versions[0] if self.versions else NO_LIST

    def of_check(self, name: str | None, day: date) -> ListVersion:
        """The version that was frozen into a check, else the one in force on its day."""
        return next((version for version in self.versions if version.version == name), None) or self.on(day)
