"""Whether the quotation marks of a CSV text leave no doubt, so that every reader takes the same cells from it."""

from __future__ import annotations

import numpy as np

_QUOTE, _NEWLINE, _RETURN = 34, 10, 13


def is_plainly_quoted(text: bytes, delimiter: str) -> bool:
    """Whether each quotation mark opens a cell at its start, closes it at its end, or is doubled inside one.

    Also for a text without any. A cell that is still open at the end is a doubt, too.
    """
    if b'"' not in text:
        return True
    letters = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero(letters == _QUOTE)
    if len(marks) % 2:
        return False
    opening, closing = marks[::2], marks[1::2]
    edges = np.zeros(256, dtype=bool)
    edges[[ord(delimiter), _NEWLINE, _RETURN]] = True
    is_first, is_last = opening == 0, closing == len(letters) - 1
    at_start = is_first | edges[letters[opening - (~is_first).astype(np.int64)]]
    at_end = is_last | edges[letters[closing + (~is_last).astype(np.int64)]]
    # A mark that closes and one that opens right behind it are one doubled mark.
    is_doubled = opening[1:] == closing[:-1] + 1
    return bool((at_start[1:] | is_doubled).all() and at_start[0] and (at_end[:-1] | is_doubled).all() and at_end[-1])
