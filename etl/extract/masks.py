"""Personal numbers are made unreadable at the border: runs of digits that look like a NIK or a phone number."""

from __future__ import annotations

import re
import unicodedata

HIDDEN = "[disamarkan]"

# Ten digits or more in a row: phone numbers have 10–13, a NIK 16, a NIP (which holds a birth date) 18.
# The same numbers written in groups, and as spreadsheets spoil them: 8,12E+10.
PERSONAL_PATTERN = "|".join(
    (
        r"\+?[0-9]{10,}",
        r"[0-9]{4}[ .-][0-9]{4}[ .-][0-9]{4}[ .-][0-9]{4}",
        r"[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{6}[ .-]?[0-9]{4}",
        r"[0-9]{8}[ .-][0-9]{6}[ .-][0-9][ .-][0-9]{3}",
        r"(?:\+?62[ .-]?|\b0)8[0-9]{1,3}[ .-]?[0-9]{3,4}[ .-]?[0-9]{3,5}",
        r"[0-9](?:[.,][0-9]+)?[eE]\+(?:0?9|1[0-9])\b",
    )
)
_PERSONAL = re.compile(PERSONAL_PATTERN)


def mask(text: str) -> str:
    """The text without what looks like a NIK, a NIP or a phone number."""
    return _PERSONAL.sub(HIDDEN, text)


_LONGEST_NAME = 200


def bare_name(name: str) -> str:
    """A file's own name: no folders, no control or invisible characters, not endless."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip()
    return visible[-_LONGEST_NAME:] if visible.strip(".") else "berkas"


def told_name(name: str) -> str:
    """A file's name as it is shown and stored: numbers that may be a person's are made unreadable."""
    return mask(bare_name(name))


def sheet_label(name: str, number: int) -> str:
    """A sheet's name as it is shown and stored; where a part is unreadable its place in the workbook, from 1, stands
    behind, so that a reader still finds it and no two sheets become one."""
    told = mask(name)
    return name if told == name else f"{told} (lembar ke-{number})"
