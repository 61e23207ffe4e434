"""How large a rectangle a sheet's cells span, found in the stream of its XML without keeping anything."""

from __future__ import annotations

import re

_ROW_START = re.compile(rb"<(?:\w{1,20}:)?row[\s/>]")
_CELL_START = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
_CELL_COLUMN = re.compile(rb"""<(?:\w{1,20}:)?c\s[^<>]{0,300}?\br\s*=\s*["']([A-Za-z]{1,9})[0-9]""")
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,9}([0-9]{1,30})["']""")


class SheetExtent:
    """Columns and rows of a sheet that is fed block by block; never less than a reader would span.

    Cells usually name their place. Those that do not follow one another within their row, and are counted.
    """

    def __init__(self) -> None:
        self.width = 0
        self._last_row = 0
        self._counted_rows = 0
        self._cells_in_row = 0
        self._tail = b""

    @property
    def height(self) -> int:
        """Rows down to the last one named, and those that may follow it without a name."""
        return self._last_row + self._counted_rows

    def feed(self, block: bytes) -> None:
        """Take the next bytes into account; a tag that they cut in two waits for the following ones."""
        whole = self._tail + block
        cut = max(whole.rfind(b"<"), 0) or len(whole)
        text, self._tail = whole[:cut], whole[cut:]
        columns = _CELL_COLUMN.findall(text)
        self.width = max(self.width, *map(column_number, {b"", *columns}))
        self._last_row = max(self._last_row, *map(int, {b"0", *_ROW_NUMBER.findall(text)}))
        if len(_CELL_START.findall(text)) > len(columns):
            self._count(text)

    def _count(self, text: bytes) -> None:
        first, *others = _ROW_START.split(text)
        counts = [len(_CELL_START.findall(part)) for part in (first, *others)]
        counts[0] += self._cells_in_row
        self._cells_in_row = counts[-1]
        self._counted_rows += len(others)
        self.width = max(self.width, *counts)


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA; 0 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
