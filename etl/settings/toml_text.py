"""TOML text to a document, and text files to text; what is wrong in one, with its place and without passwords."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data_access.errors import Message
from etl.domain.errors import RuleError
from etl.settings.values import key_name

_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_CREDENTIALS = re.compile(r"(://[^\s:/@]*:)\S*@")
_SECRET = re.compile(r"(?i)((?:password|passwd|pwd|sandi)[\"']?\s*[=:]\s*)[^&]+")

_LONGEST = 120
_MAP_KEY = "[key]"
_SECRET_KEYS = ("password", "passwd", "pwd", "sandi", "token", "secret")
_EXPECTED = {
    "string_type": "rule.text",
    "dict_type": "rule.table",
    "tuple_type": "rule.list",
}

MAX_BYTES = 1_000_000
"""A rule file larger than this is something else given by mistake."""

_MEANINGS = {
    "Cannot overwrite": "rule.key_once",
    "Cannot declare": "rule.table_once",
    "Cannot redefine": "rule.table_once",
    "Cannot mutate": "rule.table_once",
    "Duplicate inline": "rule.key_once",
    "Expected '='": "rule.key_value",
    "Expected ']'": "rule.closing_bracket",
    "Unclosed array": "rule.closing_list",
    "Unclosed inline": "rule.closing_table",
    "Invalid date": "rule.real_date",
    "Unterminated": "rule.closing_quote",
    "Illegal character": "rule.one_line",
    "Unescaped": "rule.backslash",
    "Expected newline": "rule.key_a_line",
    "Invalid value": "rule.any_value",
}
"""By the start of what the TOML reader says."""


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """The document in `text`. Raises RuleError naming `file`, line, column, that line and what to write."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, file) from None
    except RecursionError:
        raise RuleError(file, Message("rule.file"), "", Message("rule.less_nested")) from None


def read_rule_file(path: Path) -> str:
    """UTF-8 text of a rule file, with or without BOM. Raises RuleError when it is not there or not text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _file_error(path, Message("rule.bytes", count=path.stat().st_size), "rule.smaller_file")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _file_error(path, Message("rule.not_utf8"), "rule.as_utf8") from None
    except OSError as error:
        raise _file_error(path, error.strerror or "", "rule.readable_file") from None


def has_password(text: str) -> bool:
    """Whether the text holds an address with a password, before the @ or as a parameter."""
    return "://" in text and without_secrets(text) != text


def without_secrets(text: str) -> str:
    """The text with passwords in addresses and after "password =" replaced by ***."""
    return _SECRET.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))


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
    if isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value):
        return Message("rule.list_with", count=len(value), first=safe(value[0]))
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


def _syntax_error(message: str, text: str, file: str) -> RuleError:
    lines = text.splitlines() or [""]
    place = _PLACE.search(message)
    line, column = (int(place[1]), place[2]) if place and place[1] else (len(lines), None)
    key = Message("rule.line_column", line=line, column=column) if column else Message("rule.line", line=line)
    written = lines[min(line, len(lines)) - 1].strip()
    return RuleError(file, key, without_secrets(written), Message(_meaning(message)))


def _meaning(message: str) -> str:
    return next((code for start, code in _MEANINGS.items() if message.startswith(start)), "rule.toml")


def _file_error(path: Path, value: str | Message, expected: str) -> RuleError:
    return RuleError(str(path), Message("rule.file"), value, Message(expected))
