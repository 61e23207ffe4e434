"""The apostrophe that keeps a spreadsheet from taking a CSV cell for a formula; a file given again loses it."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from etl.extract.files.column import Column

_STARTS = r"'*[=+\-@\t\r]"
_AT_RISK = re.compile(_STARTS)
_NO_ANSWER = re.compile(r"-+")
_GUARDED = f"^'({_STARTS})"
_GUARDED_TEXT = re.compile(_GUARDED)


def guarded(text: str) -> str:
    """The cell as it may stand in a CSV file: what a spreadsheet would calculate begins with an apostrophe."""
    if _AT_RISK.match(text) and not _NO_ANSWER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """The cell that `guarded` made this of; `unguarded(guarded(text)) == text` for every text."""
    return _GUARDED_TEXT.sub(r"\1", text)


def unguarded_column(column: Column) -> Column:
    """The same for a column."""
    is_suspect = pc.starts_with(column.texts, "'")
    if not pc.any(is_suspect).as_py():
        return column
    texts = pc.replace_substring_regex(column.texts, _GUARDED, r"\1")
    return Column(texts.cast(pa.string()), column.codes)
