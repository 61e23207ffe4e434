"""What files and sheets are called where they are shown and stored: no folders, no personal numbers."""

from __future__ import annotations

import re
import unicodedata

from etl.extract.masks import mask

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
