"""The error of a rule: a value in the SOP, the calendar or the settings that cannot be used."""

from __future__ import annotations

from datetime import date

from data_access.errors import PantauError


class RuleError(PantauError):
    """A value that cannot be used: where it stands, what it is and what to write instead.

    `expected` continues the words "tulis …" and needs no full stop, e.g. `'jam seperti "07:30-12:00"'`.
    """

    def __init__(self, file: str, key: str, value: object, expected: str) -> None:
        super().__init__(file, key, value, expected)
        self.file = file
        self.key = key
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.file}: {self.key} = {_shown(self.value)} tidak dapat dipakai; tulis {self.expected}."


def _shown(value: object) -> str:
    """The value as a settings file spells it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, date):
        return value.isoformat()
    return "(kosong)" if value is None else repr(value)
