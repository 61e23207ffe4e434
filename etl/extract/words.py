"""The office's own words (months, status words, hand-over pairs), read from editable data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from etl.domain.compliance.rules import Dependents, dependents_in_any, procedure_of
from etl.domain.sop.file import parse_sop
from etl.domain.units import HOUR
from etl.domain.verdict import RequestStatus
from etl.reference import reference_text, shipped_sop_texts
from etl.reference.steps import STEP_INDEX

_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff]+")
_HEADER_NOISE = re.compile(r"[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff._]+")
_WEEKDAY_BESIDE = re.compile(r"hari(?:[/,&+;–-]|dan)*(?=tgl|tanggal)")
DASHES = frozenset({"-", "--", "–", "—"})


def squeeze(text: str) -> str:
    """The text on one line: blanks of every kind (also NBSP and zero-width) become single spaces."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text  # most cells; three times as fast as looking for blanks
    return _BLANKS.sub(" ", text).strip()


def fold(text: str) -> str:
    """The form in which two words of the office are compared."""
    return squeeze(text).casefold()


def fold_header(text: str) -> str:
    """The form in which two headers are compared: without case, spaces, dots and underscores; a weekday beside a date
    is `hari/`, however it is written: "Hari, Tgl.", "Hari & Tanggal"."""
    folded = _HEADER_NOISE.sub("", text).casefold()
    return _WEEKDAY_BESIDE.sub("hari/", folded) if folded.startswith("hari") else folded


@dataclass(frozen=True)
class Handover:
    """A letter passing from one office to another finishes `step`; the names as the office shows them."""

    giver: str
    receiver: str
    step: str

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver or '(kosong)'} = {self.step}"


@dataclass(frozen=True)
class Passage:
    """What a giver and a receiver say: the step that ends, and the step of part A of the one desk that receives the
    letter (None: no desk, or several), which may be one that it goes back to."""

    step: int
    receiver: int | None = None
    is_return: bool = False


@dataclass(frozen=True)
class Offices:
    """Who hands letters to whom: every spelling of an office with its name, the words that may stand between several
    offices in one cell, the step that each giver ends, and the pairs of offices in which a letter goes on."""

    spellings: Mapping[str, str]
    between: frozenset[str]
    steps: Mapping[str, int]
    pairs: Mapping[tuple[str, str], Passage]

    def named_in(self, text: str) -> tuple[str, ...]:
        """The offices that a cell names, the empty one for an empty cell; none where anything else is in it."""
        folded = fold_role(text)
        if folded in self.spellings:
            return (self.spellings[folded],)
        named = dict.fromkeys(self.spellings[name] for name in self._names.findall(folded))
        return tuple(named) if self.between.issuperset(self._names.sub(" ", folded).split()) else ()

    def passage(self, giver: str, receiver: str, dependents: Dependents) -> Passage | None:
        """What two cells say together; several receivers must take the letter from the same step. A letter goes back
        to an office on whose step that of the giver depends."""
        givers = self.named_in(giver) if giver else ()
        if len(givers) != 1:
            return None
        receivers = self.named_in(receiver)
        passages = [self.pairs.get((givers[0], to)) or self._back(givers[0], to, dependents) for to in receivers]
        if len(passages) == 1:
            return passages[0]
        alike = {None if passage is None or passage.is_return else passage.step for passage in passages}
        [step] = alike if len(alike) == 1 else [None]
        return None if step is None else Passage(step)

    def _back(self, giver: str, receiver: str, dependents: Dependents) -> Passage | None:
        step, to = self.steps.get(giver), self.steps.get(receiver)
        if step is None or to is None or step not in dependents[to]:
            return None
        return Passage(step, to, is_return=True)

    def giver_of(self, step: int) -> str:
        """The office that ends a step; empty where none does."""
        return next((giver for (giver, _), passage in self.pairs.items() if passage.step == step), "")

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """Any of the spellings, the longest that fits."""
        names = sorted(filter(None, self.spellings), key=len, reverse=True)
        return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names))


@dataclass(frozen=True)
class Words:
    """Everything of the intake that is data; keys are folded."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    day_parts: Mapping[str, tuple[int, int]]
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
    signatures: frozenset[str]
    person_parts: Mapping[str, str]
    groups: tuple[str, ...]
    and_so_on: tuple[str, ...]
    signing: tuple[str, ...]
    total: tuple[str, ...]
    average: tuple[str, ...]
    page: tuple[str, ...]
    approval: tuple[str, ...]
    note: tuple[str, ...]
    agency: tuple[str, ...]
    subject: tuple[str, ...]
    unwritten: tuple[str, ...]
    joining: tuple[str, ...]
    numbered: tuple[str, ...]
    answering: tuple[str, ...]
    within: tuple[str, ...]
    sorts: tuple[str, ...]
    doubtful: tuple[str, ...]
    outgoing: frozenset[str]
    incoming: frozenset[str]
    senders: frozenset[str]
    receivers: frozenset[str]
    elsewhere: tuple[str, ...]
    elsewhere_headers: frozenset[str]
    ditto: tuple[str, ...]
    reference: tuple[str, ...]
    reference_to: tuple[str, ...]
    beside_number: tuple[str, ...]
    moved: tuple[str, ...]
    no_use: tuple[str, ...]
    unused: tuple[str, ...]
    use_of: tuple[str, ...]
    damage: tuple[str, ...]
    severe: tuple[str, ...]
    repaired: tuple[str, ...]
    fixed: tuple[str, ...]
    sound: tuple[str, ...]
    handovers: tuple[Handover, ...]
    offices: Offices

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
        day_parts={name: (first, last) for name, (first, last) in document["day_parts"].items()},
        zones={zone: int(hours * HOUR) for zone, hours in document["zones"].items()},
        open_end=frozenset(fold(word) for word in document["times"]["open_end"]),
        until=tuple(sorted((fold(word) for word in document["times"]["until"]), key=len, reverse=True)),
        status={word: RequestStatus(name).code for word, name in _senses(document["status"]).items()},
        output={word: sense == "yes" for word, sense in _senses(document["output"]).items()},
        **{name: _senses(document[name]) for name in ("condition", "occasion", "attendance", "screening")},
        choices={column: _choices(words) for column, words in document.get("choices", {}).items()},
        person_headers=frozenset(fold_header(name) for name in document["persons"]["headers"]),
        person_columns=frozenset(fold_header(name) for name in document["persons"]["columns"]),
        signatures=frozenset(fold_header(name) for name in document["persons"]["signatures"]),
        person_parts={
            fold_header(name): part for part, names in document["persons"]["parts"].items() for name in names
        },
        **{name: tuple(map(fold, document["persons"][name])) for name in ("groups", "and_so_on", "signing")},
        **{name: tuple(map(fold, document["rows"][name])) for name in _ROW_WORDS},
        **{name: frozenset(document["rows"][name]) for name in ("outgoing", "incoming", "senders")},
        **{name: frozenset(map(fold_header, document["rows"][name])) for name in ("receivers", "elsewhere_headers")},
        handovers=handovers,
        offices=_offices(handovers, document["roles"], document["rows"]["between"]),
    )


_ROW_WORDS = (
    "total", "average", "page", "approval", "note", "agency", "subject", "unwritten", "joining", "numbered",
    "answering", "within", "sorts", "doubtful", "ditto", "reference", "reference_to",
    "beside_number", "moved", "elsewhere", "no_use", "unused", "use_of", "damage", "severe", "repaired", "fixed",
    "sound",
)  # fmt: skip


def _senses(words_by_sense: Mapping[str, list[str]]) -> dict[str, str]:
    return {fold(word): sense for sense, words in words_by_sense.items() for word in words}


def _choices(synonyms: Mapping[str, list[str]]) -> dict[str, str]:
    return {fold(word): usual for usual, others in synonyms.items() for word in (usual, *others)}


def _offices(handovers: Sequence[Handover], roles: Mapping[str, list[str]], between: Iterable[str]) -> Offices:
    spellings = {fold_role(name): role for role, others in roles.items() for name in (role, *others)}
    steps = {handover.giver: STEP_INDEX[handover.step] for handover in handovers}
    pairs = {(h.giver, h.receiver): Passage(STEP_INDEX[h.step], steps.get(h.receiver)) for h in handovers}
    return Offices({**spellings, "": ""}, frozenset(map(fold_role, between)), steps, pairs)


@cache
def agency_words() -> str:
    """How agencies begin, the longest first, as the alternatives of a regular expression over folded text."""
    return "|".join(sorted(map(re.escape, shipped_words().agency), key=len, reverse=True))


@cache
def shipped_dependents() -> Dependents:
    """For each step those that depend on it by the SOP that ships with the product."""
    return dependents_in_any(procedure_of(parse_sop(tomllib.loads(text), name)) for name, text in shipped_sop_texts())


_ROLE_NOISE = str.maketrans(".,;/&+()", "        ")


def fold_role(text: str) -> str:
    """The form in which two names of offices are compared: without case and marks between words."""
    return fold(text.translate(_ROLE_NOISE))
