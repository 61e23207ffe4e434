"""The office's own words (months, status words, hand-over pairs), read from editable data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from etl.domain.sop.steps import STEP_INDEX
from etl.domain.units import HOUR
from etl.domain.verdict import RequestStatus
from etl.reference import reference_text

_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff]+")
_HEADER_NOISE = re.compile(r"[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff._]+")


def squeeze(text: str) -> str:
    """The text on one line: blanks of every kind (also NBSP and zero-width) become single spaces."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text  # most cells; three times as fast as looking for blanks
    return _BLANKS.sub(" ", text).strip()


def fold(text: str) -> str:
    """The form in which two words of the office are compared."""
    return squeeze(text).casefold()


def fold_header(text: str) -> str:
    """The form in which two headers are compared: without case, spaces, dots and underscores."""
    return _HEADER_NOISE.sub("", text).casefold()


@dataclass(frozen=True)
class Handover:
    """A letter passing from one office to another finishes `step`; the names as the office shows them."""

    giver: str
    receiver: str
    step: str

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver or '(kosong)'} = {self.step}"


@dataclass(frozen=True)
class Words:
    """Everything of the intake that is data; keys are folded."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    zones: Mapping[str, int]
    open_end: frozenset[str]
    until: tuple[str, ...]
    status: Mapping[str, int]
    output: Mapping[str, bool]
    condition: Mapping[str, str]
    occasion: Mapping[str, str]
    attendance: Mapping[str, str]
    screening: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    person_headers: frozenset[str]
    person_columns: frozenset[str]
    total: tuple[str, ...]
    handovers: tuple[Handover, ...]
    steps: Mapping[tuple[str, str], int]

    def choice(self, column: str, text: str) -> str:
        """The usual word of a column for a text; one that is not in its list stays as typed."""
        return self.choices[column].get(fold(text), text)


@cache
def shipped_words() -> Words:
    """The words that ship with the product, `etl/reference/words.toml`."""
    return parse_words(tomllib.loads(reference_text("words.toml")))


def parse_words(document: Mapping[str, Any]) -> Words:
    """Words from a document of the shape of `words.toml`; a key or step it does not know raises KeyError."""
    handovers = tuple(
        Handover(entry["from"], receiver, entry["step"]) for entry in document["handover"] for receiver in entry["to"]
    )
    return Words(
        months=document["months"],
        weekdays=document["weekdays"],
        zones={zone: int(hours * HOUR) for zone, hours in document["zones"].items()},
        open_end=frozenset(fold(word) for word in document["times"]["open_end"]),
        until=tuple(sorted((fold(word) for word in document["times"]["until"]), key=len, reverse=True)),
        status={word: RequestStatus(name).code for word, name in _senses(document["status"]).items()},
        output={word: sense == "yes" for word, sense in _senses(document["output"]).items()},
        **{name: _senses(document[name]) for name in ("condition", "occasion", "attendance", "screening")},
        choices={column: _choices(words) for column, words in document.get("choices", {}).items()},
        person_headers=frozenset(fold_header(name) for name in document["persons"]["headers"]),
        person_columns=frozenset(fold_header(name) for name in document["persons"]["columns"]),
        total=tuple(fold(word) for word in document["rows"]["total"]),
        handovers=handovers,
        steps=_steps(handovers, document["roles"]),
    )


def _senses(words_by_sense: Mapping[str, list[str]]) -> dict[str, str]:
    return {fold(word): sense for sense, words in words_by_sense.items() for word in words}


def _choices(synonyms: Mapping[str, list[str]]) -> dict[str, str]:
    return {fold(word): usual for usual, others in synonyms.items() for word in (usual, *others)}


def _steps(handovers: Iterable[Handover], roles: Mapping[str, list[str]]) -> dict[tuple[str, str], int]:
    """Step codes by every spelling of (giver, receiver), folded without dots."""
    spellings = {role: [role, *others] for role, others in roles.items()} | {"": [""]}
    return {
        (fold_role(giver), fold_role(receiver)): STEP_INDEX[handover.step]
        for handover in handovers
        for giver in spellings[handover.giver]
        for receiver in spellings[handover.receiver]
    }


def fold_role(text: str) -> str:
    """The form in which two names of offices are compared."""
    return fold(text.replace(".", " "))
