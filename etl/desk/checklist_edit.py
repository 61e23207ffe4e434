"""A new version of the checklist, as a person writes it: one item a line, its weight behind a semicolon."""

from __future__ import annotations

from datetime import date
from typing import Any

from data_access.errors import PantauError
from etl.settings.checklists import Checklists
from etl.settings.document import Settings
from etl.settings.values import room_key

_FILE = "Daftar periksa"
_EXAMPLE = "tulis seperti: Jaringan; 2"
MOST_ITEMS = 60
LONGEST_NAME = 60


class ChecklistError(PantauError):
    """A version that cannot be used; the sentence names line and value and what to write."""


def as_lines(weights: dict[str, int]) -> str:
    """A version as a person edits it."""
    return "\n".join(f"{name}; {weight}" for name, weight in weights.items())


def read_items(text: str) -> list[dict[str, Any]]:
    """The items of the lines, in order. Raises ChecklistError."""
    items: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, weight = _item(line, number)
        if room_key(name) in seen:
            raise ChecklistError(
                f'Baris {number}: "{name}" sudah ada pada baris {seen[room_key(name)]}; hapus salah satu.'
            )
        seen[room_key(name)] = number
        items.append({"name": name, "weight": weight})
    if not items:
        raise ChecklistError(f"Daftar periksa masih kosong; {_EXAMPLE}.")
    if len(items) > MOST_ITEMS:
        raise ChecklistError(f"Daftar periksa memuat {len(items)} barang; paling banyak {MOST_ITEMS}.")
    return items


def _item(line: str, number: int) -> tuple[str, int]:
    name, sign, weight = line.partition(";")
    name, weight = " ".join(name.split()), weight.strip()
    if not name:
        raise ChecklistError(f'Baris {number}: "{line.strip()}" tanpa nama barang; {_EXAMPLE}.')
    if len(name) > LONGEST_NAME:
        raise ChecklistError(f"Baris {number}: nama barang lebih dari {LONGEST_NAME} huruf; persingkat.")
    if not sign or weight not in ("1", "2"):
        raise ChecklistError(
            f'Baris {number}: bobot "{weight}" untuk {name} tidak dikenal; pakai 1 atau 2, {_EXAMPLE}.'
        )
    return name, int(weight)


def with_checklist(settings: Settings, version: str, valid_from: date, text: str, today: date) -> Settings:
    """The settings with one more version, which holds from a day on; versions before stay as they are.

    Raises ChecklistError; RuleError for what the settings refuse.
    """
    name, items = " ".join(version.split()), read_items(text)
    known = Checklists.of(settings)
    if not name:
        raise ChecklistError("Versi belum diberi nama; tulis misalnya 2026-2.")
    if any(one.version.casefold() == name.casefold() for one in known.versions):
        raise ChecklistError(f'Versi "{name}" sudah ada; laporan lama memakainya, jadi beri nama lain.')
    if valid_from < today:
        raise ChecklistError(f"Versi baru tidak dapat berlaku surut; pilih {today.isoformat()} atau sesudahnya.")
    if known.versions and valid_from <= known.versions[-1].valid_from:
        raise ChecklistError(
            f"Versi {known.versions[-1].version} sudah berlaku sejak {known.versions[-1].valid_from.isoformat()}; "
            "pilih tanggal sesudahnya."
        )
    if known.versions and {one["name"]: one["weight"] for one in items} == known.versions[-1].weights:
        raise ChecklistError(f"Isinya sama dengan versi {known.versions[-1].version}; ubah sedikitnya satu barang.")
    document = settings.to_document()
    added = {"version": name, "from": valid_from.isoformat(), "items": items}
    document["checklist"] = [*document["checklist"], added]
    return Settings.from_document(document, _FILE)
