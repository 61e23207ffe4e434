"""Reading one table of an SOP file, each refusal with its place and what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from data_access.errors import Message
from etl.domain.errors import RuleError
from etl.domain.units import HOUR, MINUTE

_ABSENT = object()
_UNITS = {"detik": 1, "menit": MINUTE, "jam": HOUR}


class SopTable:
    """A table of the document that remembers which keys were read, so that unknown ones can be refused."""

    def __init__(self, content: Mapping[str, Any], file: str, path: str = "") -> None:
        self._content = content
        self._file = file
        self._path = path
        self._known: list[str] = []

    def error(self, key: str, value: object, expected: Message) -> RuleError:
        """The refusal of `key` in this table; `expected` continues "write …"."""
        return RuleError(file=self._file, key=self._path + key, value=value, expected=expected)

    def table(self, key: str) -> SopTable:
        """The sub-table `key`, required."""
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise self.error(key, value, Message("rule.sop_table", name=self._path + key))
        return SopTable(value, self._file, f"{self._path}{key}.")

    def text(self, key: str, *, may_be_empty: bool = False, default: str | None = None) -> str:
        """Text without surrounding blanks; required unless `default` is given."""
        value = self._get(key, default)
        if not isinstance(value, str) or not (value.strip() or may_be_empty or default is not None):
            raise self.error(key, value, Message("rule.text"))
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent is empty."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, value, Message("rule.texts"))
        return tuple(item.strip() for item in value)

    def day(self, key: str) -> date:
        """A TOML date, required."""
        value = self._get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, value, Message("rule.sop_date"))
        return value

    def seconds(self, key: str) -> int | None:
        """A whole number of seconds above zero; absent is None."""
        value = self._get(key, None)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.error(key, value, Message("rule.seconds"))
        return value

    def confidence(self, key: str) -> float | None:
        """A number from 0 to 1; absent is None."""
        value = self._get(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.error(key, value, Message("rule.confidence"))
        return float(value)

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """One of the given words, required."""
        value = self._get(key)
        if value not in choices:
            raise self.error(key, value, Message("rule.one_of", choices=choices))
        return str(value)

    def refuse_others(self) -> None:
        """Refuse keys that nothing asked for: a mistyped key must not be passed over in silence."""
        for key, value in self._content.items():
            if key not in self._known:
                raise self.error(key, value, Message("rule.only_known_keys", choices=list(self._known)))

    def _get(self, key: str, default: Any = _ABSENT) -> Any:
        self._known.append(key)
        if key in self._content:
            return self._content[key]
        if default is _ABSENT:
            raise self.error(key, None, Message("rule.required", key=key))
        return default


def seconds_printed(text: str) -> int | None:
    """Seconds of a printed time such as "1 jam 30 menit"; None for anything else, also for empty text."""
    if not re.fullmatch(r"(\d+\s*(jam|menit|detik)\s*)+", text.strip().lower()):
        return None
    parts = re.findall(r"(\d+)\s*(jam|menit|detik)", text.lower())
    return sum(int(number) * _UNITS[unit] for number, unit in parts)
