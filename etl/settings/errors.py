"""From what the validation refuses to a RuleError with file, key, value and what to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from data_access.errors import Message
from etl.domain.errors import RuleError
from etl.settings.checks import key_name
from etl.settings.toml_text import has_password, without_secrets

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
