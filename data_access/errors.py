"""What a person is told, as a code and values: the sentence stands in the catalogue of the screens."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

STORAGE_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""What the system says when there is no room: a full disk, a quota, a file as long as it may be."""

_STORED_START = '{"code": '
_DAY = "day"
"""The only key of a date within a stored message."""


@dataclass(frozen=True, init=False)
class Message:
    """A sentence, or a part of one: `code` is its key in the catalogue, `values` fill its places.

    A value is a text, a number, a date, another Message, or a list of these. `str()` is for logs.
    """

    code: str
    values: Mapping[str, Any]

    def __init__(self, code: str, /, **values: Any) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", values)

    def __hash__(self) -> int:
        return hash(self.stored())

    def __str__(self) -> str:
        return self.stored() if self.values else self.code

    def stored(self) -> str:
        """The message as a column of text keeps it; `stored_message` reads it back."""
        return json.dumps(_plain(self), ensure_ascii=False, default=str)


Words = Callable[["Message | str"], str]
"""How an entry point puts a message, or one as a column keeps it, into words for what `etl` writes for people."""


class PantauError(Exception):
    """Something a person can put right; its message says what is wrong and what to do.

    The command line answers it with exit code 2 ("refused, nothing changed"), a page with a message.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.message = Message(code, **values)

    @property
    def code(self) -> str:
        """The key of the sentence in the catalogue."""
        return self.message.code

    @property
    def values(self) -> Mapping[str, Any]:
        """What fills the places of the sentence."""
        return self.message.values

    def __str__(self) -> str:
        return str(self.message)


def cause_of(fault: OSError) -> Message | str:
    """What the system says about a file, in a few words."""
    if fault.errno in STORAGE_FULL:
        return Message("word.storage_full")
    return fault.strerror or Message("word.file_fault")


def stored(message: Message | str) -> str:
    """A message, or a sentence, as a column of text keeps it."""
    return message.stored() if isinstance(message, Message) else message


def stored_message(text: str) -> Message | str:
    """The message that `Message.stored` wrote; a text that was stored as a whole sentence stays that sentence."""
    return _read(json.loads(text)) if text.startswith(_STORED_START) else text


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"code": value.code, "values": {name: _plain(inner) for name, inner in value.values.items()}}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return {_DAY: value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and _DAY in value:
        return date.fromisoformat(value[_DAY])
    if isinstance(value, dict):
        return Message(value["code"], **{name: _read(inner) for name, inner in value["values"].items()})
    return [_read(inner) for inner in value] if isinstance(value, list) else value
