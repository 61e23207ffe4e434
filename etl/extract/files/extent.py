"""What reading an XLSX part costs, seen in the stream of its XML: what its cells span, what text they repeat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_TAG = b"<c "
_ODD_TAGS = (b"<c>", b"<c/", b"<c\n", b"<c\r", b"<c\t", b":c>", b":c/", b":c ", b":c\n", b":c\r", b":c\t")
_CELL = (
    r'^r="(?P<letters>[A-Z]{1,9})(?P<row>[0-9]{1,9})"(?P<rest>(?: [A-Za-z:]+="[^"<>]*")*) ?(?P<empty>/?)>'
    r"(?:<v>(?P<number>[0-9]{1,9})</v>)?"
)
_UNCALCULATED = r"^[^<>]*[^/]><f\b[^<>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>"
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_CONTENT = frozenset({"v", "is", "f"})
_END = b"</si>"
_PREFIXED_END = re.compile(rb"</\w{1,20}:si>")


class SheetExtent:
    """What a sheet's cells span and hold, fed block by block; never less than a reader would find.

    Only cells that hold something count, as the reader skips the others. `own_bytes` is the size of the texts that
    stand in the cells themselves. `is_irregular`: a cell is not written the way that all programs write it, so that
    only `CarefulExtent` can tell.
    """

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self.own_bytes = 0
        self.errors = 0
        self.uncalculated = 0
        self.is_irregular = False
        self._tail = b""

    def feed(self, block: bytes) -> NDArray[np.int64]:
        """Take the next bytes into account; the numbers of the shared texts that whole cells in them name."""
        whole = self._tail + block
        cut = max(whole.rfind(_TAG), 0) or max(whole.rfind(b"<"), 0) or len(whole)
        self._tail = whole[cut:]
        return self._look(whole[:cut])

    def close(self) -> NDArray[np.int64]:
        """The same for what is left."""
        piece, self._tail = self._tail, b""
        return self._look(piece)

    def _look(self, piece: bytes) -> NDArray[np.int64]:
        if any(odd in piece for odd in _ODD_TAGS):
            self.is_irregular = True
        if _TAG not in piece:
            return np.zeros(0, np.int64)
        cells = pc.split_pattern(pa.array([piece], pa.large_binary()), pattern=_TAG).values.slice(1)
        found = pc.extract_regex(cells, _CELL)
        self._count_signs(cells, piece)
        is_filled = pc.and_(found.is_valid(), pc.equal(found.field("empty"), b""))
        self.is_irregular |= found.null_count > 0
        self._span(found.filter(is_filled))
        return self._references(cells.filter(is_filled), found.filter(is_filled))

    def _span(self, filled: pa.StructArray) -> None:
        if len(filled):
            letters = pc.unique(filled.field("letters")).to_pylist()
            self.width = max(self.width, *map(column_number, letters), 0)
            self.height = max(self.height, int(_integers(filled.field("row")).max()))

    def _references(self, cells: pa.Array, filled: pa.StructArray) -> NDArray[np.int64]:
        rest, number = filled.field("rest"), filled.field("number")
        is_shared = pc.match_substring(rest, b't="s"')
        own = pc.match_substring(rest, b't="inlineStr"'), pc.match_substring(rest, b't="str"')
        self.own_bytes += pc.sum(pc.binary_length(cells.filter(pc.or_(*own)))).as_py() or 0
        shared = number.filter(is_shared)
        self.is_irregular |= pc.sum(pc.equal(shared, b"")).as_py() not in (0, None)
        return _integers(shared.filter(pc.not_equal(shared, b"")))

    def _count_signs(self, cells: pa.Array, piece: bytes) -> None:
        if b't="e"' in piece:
            self.errors += _count(cells, r'^[^<>]* t="e"')
        if b"<f" in piece:
            unsaid = cells.filter(pc.match_substring_regex(cells, _UNCALCULATED))
            self.uncalculated += len(unsaid) - _count(unsaid, r'^[^<>]* t="str"')


def _count(cells: pa.Array, pattern: str) -> int:
    return pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0


def _integers(digits: pa.Array) -> NDArray[np.int64]:
    return pc.cast(pc.cast(digits, pa.large_string()), pa.int64()).to_numpy(zero_copy_only=False)


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA; 0 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


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


class SharedStrings:
    """The sizes of a workbook's shared texts, markup included, in their order."""

    def __init__(self) -> None:
        self.sizes: NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def total_bytes(self) -> int:
        """Size of all texts, each once."""
        return int(self.sizes.sum())

    def read(self, blocks: Iterable[bytes]) -> None:
        """Take the part that holds the texts."""
        found, tail = [self.sizes], b""
        for block in blocks:
            *texts, tail = _ended(tail + block).split(_END)
            found.append(np.fromiter(map(len, texts), np.int64, len(texts)))
        self.sizes = np.concatenate(found)

    def referred_bytes(self, numbers: NDArray[np.int64]) -> int:
        """Size of the texts with these numbers, each as often as it is named."""
        return int(self.sizes[numbers[numbers < len(self.sizes)]].sum())


def _ended(text: bytes) -> bytes:
    return _PREFIXED_END.sub(_END, text) if b":si>" in text else text
