"""Checks of a room as a file."""

from __future__ import annotations

from collections.abc import Sequence

VITAL = ("Jaringan", "AC", "Proyektor", "Suara", "Kebersihan")
REST = ("Disinfeksi", "Thermal gun", "Masker", "Hand sanitizer", "Sabun", "Wastafel")


def checks(*rows: str) -> str:
    """A file of checks; a row is "date;clock;occasion;item;word"."""
    return "tanggal;jam;saat;barang;kondisi;ruang\n" + "".join(f"{row};Smart Center\n" for row in rows)


def whole(day: str, clock: str, **other: str) -> Sequence[str]:
    """A complete check with everything good but the items named (blanks as _)."""
    words = {name.replace("_", " "): word for name, word in other.items()}
    return [f"{day};{clock};;{item};{words.get(item, 'Baik')}" for item in (*VITAL, *REST)]
