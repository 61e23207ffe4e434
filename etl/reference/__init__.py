"""Data that ships with the product: the SOP and the default settings. The only reader of these files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def shipped_sop_texts() -> tuple[tuple[str, str], ...]:
    """File name and TOML text of every shipped SOP version, by name."""
    found = (item for item in files(__name__).iterdir() if item.name.startswith("sop-"))
    return tuple(sorted((item.name, item.read_text(encoding="utf-8")) for item in found))


def shipped_settings_text() -> str:
    """The default settings as TOML text, in the format of `pantau settings apply`."""
    return reference_text("settings.toml")


def reference_text(name: str) -> str:
    """The text of one shipped file."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def fields_document() -> Mapping[str, Any]:
    """`reference/fields.toml` as it stands."""
    return tomllib.loads(reference_text("fields.toml"))
