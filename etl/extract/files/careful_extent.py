"""What a sheet's cells span when they are written in an unusual way: an exact and slow look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat

from etl.extract.files.extent import column_number

_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_CONTENT = frozenset({"v", "is", "f"})


class CarefulExtent:
    """Follows the places of cells as readers do: a place given, else the one after the last.

    `check` is told what is spanned, `refer` the number of each shared text that a cell names.
    """

    def __init__(self, check: Callable[[int, int], None], refer: Callable[[str], None]) -> None:
        self.width = 0
        self.height = 0
        self._row = 0
        self._column = 0
        self._type = ""
        self._value: list[str] | None = None
        self._check = check
        self._refer = refer

    def read(self, blocks: Iterable[bytes]) -> None:
        """Look at a whole sheet. Raises expat.ExpatError for what is no XML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            given = attributes.get("r", "").strip()
            self._row, self._column = int(given) if given.isdigit() else self._row + 1, 0
        elif name == "c":
            self._type = attributes.get("t", "")
            self._place(attributes.get("r", ""))
        elif name in _CONTENT:
            self.width, self.height = max(self.width, self._column), max(self.height, self._row)
            self._check(self.width, self.height)
            self._value = []

    def _place(self, given: str) -> None:
        place = _PLACE.fullmatch(given.strip())
        if place:
            self._row, self._column = int(place[2]), column_number(place[1].encode())
        else:
            self._column += 1

    def _text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "v" and self._value is not None and self._type == "s":
            self._refer("".join(self._value).strip())
        self._value = None
