"""Settings after a person said that two names are one: a further spelling, a new room, a new agency, or one taken back.

Pure: each function returns the next settings, to be put in force by `etl.pipeline.apply_settings`. A name that already
points elsewhere is refused (RuleError).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data_access.errors import PantauError
from etl.settings.document import Settings
from etl.settings.values import opd_key, room_key

_FILE = "Pengaturan"


class UnknownNameError(PantauError):
    """A name was chosen that the settings do not have any more."""

    def __init__(self, name: str) -> None:
        super().__init__("settings.name_gone", name=name)


def with_room_spellings(settings: Settings, room: str, texts: Sequence[str]) -> Settings:
    """The room is also written so. Raises UnknownNameError, RuleError."""
    document = settings.to_document()
    for table in document["room"]:
        if table["name"] == room:
            table["aliases"] = _with_new(table["aliases"], [room], texts, room_key)
            return Settings.from_document(document, _FILE)
    raise UnknownNameError(room)


def with_room(settings: Settings, name: str, capacity: int | None, texts: Sequence[str]) -> Settings:
    """A new room, with the spellings under which rows wait for it; capacity None: not known. Raises RuleError."""
    document = settings.to_document()
    room: dict[str, Any] = {"name": name, "aliases": _with_new([], [name], texts, room_key)}
    if capacity is not None:
        room["capacity"] = capacity
    document["room"] = [*document["room"], room]
    return Settings.from_document(document, _FILE)


def with_opd_spelling(settings: Settings, opd: str, name: str) -> Settings:
    """The agency is also written so; an agency that the settings do not have is added. Raises RuleError."""
    document = settings.to_document()
    document["opd"][opd] = _with_new(document["opd"].get(opd, []), [opd], [name], opd_key)
    return Settings.from_document(document, _FILE)


def with_opd(settings: Settings, name: str) -> Settings:
    """A new agency under its own name. Raises RuleError."""
    document = settings.to_document()
    document["opd"].setdefault(name, [])
    return Settings.from_document(document, _FILE)


def without_opd_spelling(settings: Settings, opd: str, alias: str) -> Settings:
    """The agency is no longer written so; rows go back to their own name. Raises UnknownNameError."""
    document = settings.to_document()
    aliases = document["opd"].get(opd, [])
    if alias not in aliases:
        raise UnknownNameError(alias)
    document["opd"][opd] = [one for one in aliases if one != alias]
    return Settings.from_document(document, _FILE)


def _with_new(aliases: Sequence[str], known: Sequence[str], texts: Sequence[str], key: Any) -> list[str]:
    """The spellings with those added that no other one covers."""
    found, seen = list(aliases), {key(one) for one in (*aliases, *known)}
    for text in (" ".join(text.split()) for text in texts):
        if key(text) not in seen:
            seen.add(key(text))
            found.append(text)
    return found
