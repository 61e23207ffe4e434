"""The error of a rule: a value in the SOP, the calendar or the settings that cannot be used."""

from __future__ import annotations

from datetime import date

from data_access.errors import Message, PantauError


class RuleError(PantauError):
    """A value that cannot be used: where it stands, what it is and what to write instead.

    `expected` continues the words "write …" and needs no full stop.
    """

    def __init__(self, file: str, key: str | Message, value: object, expected: Message) -> None:
        super().__init__("rule.unusable", file=file, key=key, value=_shown(value), expected=expected)
        self.file = file
        self.key = key
        self.value = value
        self.expected = expected


def _shown(value: object) -> str | Message:
    """The value as a settings file spells it."""
    if isinstance(value, str | Message):
        return Message("rule.quoted", text=value)
    if isinstance(value, date):
        return value.isoformat()
    return Message("rule.empty") if value is None else repr(value)
