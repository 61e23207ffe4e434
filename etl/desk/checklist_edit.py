"""A new version of the checklist, as a person writes it: one item a line, its weight behind a semicolon."""

from __future__ import annotations

from datetime import date
from typing import Any

from data_access.errors import PantauError
from etl.settings.checklists import Checklists
from etl.settings.document import Settings
from etl.settings.values import room_key

_FILE = "Daftar periksa"
MOST_ITEMS = 60
LONGEST_NAME = 60


class ChecklistError(PantauError):
    """A version that cannot be used."""


def as_lines(weights: dict[str, int]) -> str:
    """A version as a person edits it."""
    return "\n".join(f"{name}; {weight}" for name, weight in weights.items())


def read_items(text: str) -> list[dict[str, Any]]:
    """The items of the lines, in order. Raises ChecklistError."""
    items: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, weight = _item(line, number)
        if room_key(name) in seen:
            raise ChecklistError("checklist.item_twice", row=number, name=name, other=seen[room_key(name)])
        seen[room_key(name)] = number
        items.append({"name": name, "weight": weight})
    if not items:
        raise ChecklistError("checklist.empty")
    if len(items) > MOST_ITEMS:
        raise ChecklistError("checklist.many_items", count=len(items), most=MOST_ITEMS)
    return items


def _item(line: str, number: int) -> tuple[str, int]:
    name, sign, weight = line.partition(";")
    name, weight = " ".join(name.split()), weight.strip()
    if not name:
        raise ChecklistError("checklist.no_item_name", row=number, line=line.strip())
    if len(name) > LONGEST_NAME:
        raise ChecklistError("checklist.long_item_name", row=number, most=LONGEST_NAME)
    if not sign or weight not in ("1", "2"):
        raise ChecklistError("checklist.bad_weight", row=number, weight=weight, name=name)
    return name, int(weight)


def with_checklist(settings: Settings, version: str, valid_from: date, text: str, today: date) -> Settings:
    """The settings with one more version, which holds from a day on; versions before stay as they are.

    Raises ChecklistError; RuleError for what the settings refuse.
    """
    name, items = " ".join(version.split()), read_items(text)
    known = Checklists.of(settings)
    if not name:
        raise ChecklistError("checklist.no_version_name")
    if any(one.version.casefold() == name.casefold() for one in known.versions):
        raise ChecklistError("checklist.version_taken", name=name)
    if valid_from < today:
        raise ChecklistError("checklist.in_the_past", today=today)
    if known.versions and valid_from <= known.versions[-1].valid_from:
        newest = known.versions[-1]
        raise ChecklistError("checklist.not_after", version=newest.version, first=newest.valid_from)
    if known.versions and {one["name"]: one["weight"] for one in items} == known.versions[-1].weights:
        raise ChecklistError("checklist.nothing_changed", version=known.versions[-1].version)
    document = settings.to_document()
    added = {"version": name, "from": valid_from.isoformat(), "items": items}
    document["checklist"] = [*document["checklist"], added]
    return Settings.from_document(document, _FILE)
