"""TOML text to a document, and text files to text, each refusal with its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from data_access.errors import Message
from etl.domain.errors import RuleError

_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_CREDENTIALS = re.compile(r"(://[^\s:/@]*:)\S*@")
_SECRET = re.compile(r"(?i)((?:password|passwd|pwd|sandi)[\"']?\s*[=:]\s*)[^&]+")

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
