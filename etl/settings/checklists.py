"""The versions of the checklist: which was in force on a day, and what each item weighs in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.settings.document import Settings


@dataclass(frozen=True)
class ListVersion:
    """One version: item → weight, in the list's order."""

    version: str
    valid_from: date
    weights: dict[str, int]

    @property
    def total(self) -> int:
        """The weight of all items together."""
        return sum(self.weights.values())


NO_LIST = ListVersion("", date.min, {})


@dataclass(frozen=True)
class Checklists:
    """All versions, the oldest first."""

    versions: tuple[ListVersion, ...]

    @classmethod
    def of(cls, settings: Settings) -> Checklists:
        """Those of the settings."""
        versions = (
            ListVersion(checklist.version, checklist.valid_from, {item.name: item.weight for item in checklist.items})
            for checklist in settings.checklists
        )
        return cls(tuple(sorted(versions, key=lambda version: version.valid_from)))

    def on(self, day: date) -> ListVersion:
        """The version in force on a day; before the first one, the first; an empty one when there is none."""
        begun = [version for version in self.versions if version.valid_from <= day]
        return begun[-1] if begun else self.versions[0] if self.versions else NO_LIST

    def of_check(self, name: str | None, day: date) -> ListVersion:
        """The version that was frozen into a check, else the one in force on its day."""
        return next((version for version in self.versions if version.version == name), None) or self.on(day)
