"""One name for each OPD, each room and each item of a room, however they were typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

import pandas as pd

from etl.settings.document import Settings
from etl.settings.values import opd_key, room_key

CLOSE = 0.85
"""Share of equal letters from which two spellings are probably one name (1 = equal)."""

NEAR = 0.5
"""Share of equal letters from which a name is offered to who typed one that nobody knows."""

MOST_COMPARED = 500
"""So many unknown names are compared; a list longer than that is not one of misspellings."""


@dataclass(frozen=True)
class Suggestion:
    """A name that is close to another one; a person decides whether they are the same. `score` 0–1."""

    name: str
    close_to: str
    score: float


class _Names:
    """Canonical names by the key that their spellings share."""

    _key: Callable[[str], str]

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self.all = tuple(names)
        self._canonical = {self._key(alias): name for name, aliases in names.items() for alias in aliases}
        self._canonical |= {self._key(name): name for name in names}

    def one(self, name: str) -> str | None:
        """As `canonical` for a single name, such as a filter; None for one that is not known."""
        return self._canonical.get(self._key(name))

    def canonical(self, names: pd.Series) -> pd.Series:
        """The canonical name of each typed one; missing where it is missing or `one` has none."""
        distinct = {name: self.one(name) for name in names.dropna().unique()}
        return names.map(distinct).astype("str")

    def is_known(self, name: str) -> bool:
        """Whether the name or one of its spellings is in the settings."""
        return self._key(name) in self._canonical

    def nearest(self, name: str, most: int = 3) -> list[str]:
        """The names that have a spelling close to a typed one, the closest first."""
        keys = get_close_matches(self._key(name), self._canonical, n=3 * most, cutoff=NEAR)
        return list(dict.fromkeys(self._canonical[key] for key in keys))[:most]

    def unknown(self, names: Iterable[str]) -> list[str]:
        """The distinct names that the settings do not know, in order of first appearance, without stray blanks."""
        typed = dict.fromkeys(map(_tidy, names))
        return [name for name in typed if name and not self.is_known(name)]

    def suggestions(self, names: Iterable[str]) -> list[Suggestion]:
        """For each unknown name the closest known spelling or other unknown name, if any is close.

        Nothing is merged: an alias in the settings does that.
        """
        keys = dict(self._canonical)
        close = []
        for name in self.unknown(names)[:MOST_COMPARED]:
            key = self._key(name)
            if suggestion := _closest(name, key, keys):
                close.append(suggestion)
            keys.setdefault(key, name)
        return close


class OpdNames(_Names):
    """The OPD of the settings. Case, blanks, dots, commas and a last "Kab. Trenggalek" do not count.

    One that is not known keeps its own name, without stray blanks.
    """

    _key = staticmethod(opd_key)

    @classmethod
    def of(cls, settings: Settings) -> OpdNames:
        """The names in the settings."""
        return cls(settings.opd)

    def one(self, name: str) -> str | None:
        """As `canonical` for a single name; None for a blank one."""
        return super().one(name) or _tidy(name) or None


def shortest_opd(settings: Settings, opd: str) -> str:
    """The shortest of an agency's name and its spellings."""
    return min((opd, *settings.opd.get(opd, ())), key=len)


class RoomNames(_Names):
    """The rooms of the settings. Case, blanks, dots and commas do not count."""

    _key = staticmethod(room_key)

    @classmethod
    def of(cls, settings: Settings) -> RoomNames:
        """The rooms in the settings."""
        return cls({room.name: room.aliases for room in settings.rooms})


class ItemNames(_Names):
    """The items of all checklists and of `[item]`. Case, blanks, dots and commas do not count."""

    _key = staticmethod(room_key)

    @classmethod
    def of(cls, settings: Settings) -> ItemNames:
        """The items in the settings; `[item]` adds spellings to those of the lists, and items that no list has."""
        listed = {room_key(item.name): item.name for version in settings.checklists for item in version.items}
        spelled = {listed.get(room_key(name), name): aliases for name, aliases in settings.items.items()}
        return cls(dict.fromkeys(listed.values(), ()) | spelled)


def _closest(name: str, key: str, known: Mapping[str, str]) -> Suggestion | None:
    """The name whose spelling shares the most letters with `key`, from CLOSE on."""
    matcher = SequenceMatcher(b=key, autojunk=False)
    best: Suggestion | None = None
    for other, target in known.items():
        least = best.score if best else CLOSE
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
            continue
        score = matcher.ratio()
        if score >= CLOSE and (best is None or score > best.score):
            best = Suggestion(name, target, score)
    return best


def _tidy(name: str) -> str:
    """The typed name on one line, without blanks around it."""
    return " ".join(name.split())
