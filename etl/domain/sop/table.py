"""A table of an SOP's document, read key by key: what cannot be used is noted with its place and what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from data_access.errors import Message
from etl.domain.errors import RuleError

_ABSENT = object()


class SopTable:
    """A table of the document that remembers which keys were read, so that unknown ones can be refused.

    Each reader notes among `problems` what it refuses, and gives something harmless in its place, so that the rest can
    be read as well.
    """

    def __init__(self, content: object, file: str, path: str = "", problems: list[RuleError] | None = None) -> None:
        self._content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self._is_there = isinstance(content, Mapping)
        self._file = file
        self._path = path
        self._known: list[str] = []
        self.problems: list[RuleError] = [] if problems is None else problems

    def refuse(self, key: str, value: object, expected: Message) -> None:
        """Note that `key` of this table cannot be used; `expected` continues "write …". Of a key the first is told, and
        nothing of a table that is missing: that has been said."""
        place = self._path + key
        is_told = "*" not in key and any(problem.key == place for problem in self.problems)
        if self._is_there and not is_told:
            self.problems.append(RuleError(file=self._file, key=place, value=value, expected=expected))

    def keys(self) -> tuple[str, ...]:
        """Its keys, in order."""
        return tuple(self._content)

    def table(self, key: str, *, may_be_absent: bool = False) -> SopTable:
        """The sub-table `key`, required unless it may be absent."""
        value = self._get(key, {} if may_be_absent else _ABSENT)
        if value is not None and not isinstance(value, Mapping):
            self.refuse(key, value, Message("rule.sop_table", name=self._path + key))
        return SopTable(value, self._file, f"{self._path}{key}.", self.problems)

    def has(self, key: str) -> bool:
        """Whether the key, which may be there, is written."""
        self._known.append(key)
        return key in self._content

    def holds_text(self, key: str) -> bool:
        """Whether the key holds text rather than a table."""
        return isinstance(self._content.get(key), str)

    def text(self, key: str, *, may_be_empty: bool = False, default: str | None = None) -> str:
        """Text without surrounding blanks; required unless `default` is given."""
        value = self._get(key, _ABSENT if default is None else default)
        if value is None:
            return ""
        if not isinstance(value, str) or not (value.strip() or may_be_empty or default is not None):
            self.refuse(key, value, Message("rule.text"))
            return ""
        return value.strip()

    def texts(self, key: str, default: Sequence[str] | None = ()) -> tuple[str, ...]:
        """A list of texts; absent is `default`, required where that is None."""
        value = self._get(key, _ABSENT if default is None else list(default))
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, value, Message("rule.texts"))
            return ()
        return tuple(item.strip() for item in value)

    def day(self, key: str, default: date | None = None) -> date:
        """A TOML date; required unless `default` is given."""
        value = self._get(key, _ABSENT if default is None else default)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self.refuse(key, value, Message("rule.sop_date"))
        return default or date.min

    def seconds(self, key: str) -> int | None:
        """A whole number of seconds above zero; absent is None."""
        value = self._get(key, None)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        self.refuse(key, value, Message("rule.seconds"))
        return None

    def confidence(self, key: str) -> float | None:
        """A number from 0 to 1; absent is None."""
        value = self._get(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.refuse(key, value, Message("rule.confidence"))
            return None
        return float(value)

    def count(self, key: str, default: int, most: int) -> int:
        """A whole number from zero to `most`; absent is `default`."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            self.refuse(key, value, Message("rule.sop_count", most=most))
            return default
        return value

    def is_true(self, key: str, *, default: bool) -> bool:
        """True or false; absent is `default`."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, value, Message("rule.switch"))
            return default
        return value

    def some_of(self, key: str, choices: Iterable[str], default: Sequence[str] | None) -> tuple[str, ...]:
        """Some of the given words, in the order of `choices`; absent is `default`, required where that is None."""
        known, words = tuple(choices), self.texts(key, default)
        if len(set(words)) != len(words) or not set(words) <= set(known):
            self.refuse(key, list(words), Message("rule.sop_some_of", choices=known))
        return tuple(word for word in known if word in words)

    def one_of(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of the given words; required unless `default` is given."""
        value, choices = self._get(key, _ABSENT if default is None else default), tuple(choices)
        if value in choices:
            return str(value)
        if value is not None:
            self.refuse(key, value, Message("rule.one_of", choices=choices))
        return default or choices[0]

    def maybe_one_of(self, key: str, choices: Iterable[str], default: str = "") -> str:
        """As `one_of`; absent is `default`, which need not be one of them."""
        return self.one_of(key, choices) if self.has(key) else default

    def refuse_others(self) -> None:
        """Refuse keys that nothing asked for: a mistyped key must not be passed over in silence."""
        for key, value in self._content.items():
            if key not in self._known:
                self.refuse(key, value, Message("rule.only_known_keys", choices=list(self._known)))

    def _get(self, key: str, default: Any = _ABSENT) -> Any:
        """The value of a key, its default, or None where it is required and missing."""
        self._known.append(key)
        if key in self._content:
            return self._content[key]
        if default is _ABSENT:
            self.refuse(key, None, Message("rule.required", key=key))
            return None
        return default
