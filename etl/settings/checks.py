"""Checks that the tables of the settings share; each refusal continues the words "write …"."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data_access.errors import Message
from etl.domain.verdict import STEP_CODES
from etl.settings.values import opd_key, refuse

Item = TypeVar("Item")


def is_empty(value: object) -> bool:
    """Whether a value need not be written out."""
    return not value


def as_list(value: object) -> object:
    """Refuse what is not a list, above all a text where a list of one is meant."""
    if not isinstance(value, list | tuple):
        refuse(Message("rule.texts"))
    return value


def as_tables(value: object) -> object:
    """Refuse what is not a list of tables, above all [x] where [[x]] is meant."""
    if not isinstance(value, list | tuple):
        refuse(Message("rule.tables"))
    return value


def refuse_twice(
    items: Iterable[Item], same: Callable[[Item], Hashable], key: str, shown: Callable[[Item], object]
) -> None:
    """Refuse the second of two items that are the same; `key` has a place for its number."""
    seen: dict[Hashable, int] = {}
    for number, item in enumerate(items, start=1):
        if same(item) in seen:
            expected = Message("rule.other_value", number=seen[same(item)])
            refuse(expected, key=key.format(number), value=shown(item))
        seen[same(item)] = number


def opd_apart(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Refuse a name or alias that two OPD share."""
    owner: dict[str, str] = {}
    for name in names:
        if owner.get(opd_key(name)):
            refuse_shared(key_name(name), name, owner[opd_key(name)])
        owner[opd_key(name)] = name
    for name, aliases in names.items():
        for place, alias in enumerate(aliases, start=1):
            if owner.setdefault(opd_key(alias), name) != name:
                refuse_shared(f"{key_name(name)}[{place}]", alias, owner[opd_key(alias)])
    return names


def refuse_shared(key: str, name: str, other: str) -> None:
    """Refuse a name that already points to another."""
    refuse(Message("rule.other_name", name=name, other=other), key=key, value=name)


def known_instead(key: str, known: Sequence[str], code: str = "rule.one_of") -> Message:
    """The key that was probably meant, else all that there are."""
    close = get_close_matches(key, known, n=1, cutoff=0.7)
    return Message("rule.quoted", text=close[0]) if close else Message(code, choices=known)


def known_zone(zone: str) -> str:
    """Refuse a time zone that does not exist."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(Message("rule.zone"))
    return zone


def known_step(code: str) -> str:
    """Refuse a step that the SOP does not have."""
    return code if code in STEP_CODES else refuse(Message("rule.one_of", choices=STEP_CODES))


def key_name(key: str) -> str:
    """A key of a path, in quotes when TOML would need them."""
    is_bare = key.replace("_", "").replace("-", "").isalnum() and key.isascii()
    return key if is_bare else f'"{key}"'
