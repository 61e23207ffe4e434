"""Every word a user reads, Indonesian and English beside each other, one TOML file an area; which one is chosen."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from flask import g, has_request_context, request

LANGUAGE_COOKIE = "bahasa"
LANGUAGE_HEADER = "X-Bahasa"
"""In which language the page was drawn whose script asks: another window may have chosen another one since."""
_MESSAGES = files("dashboard.i18n").joinpath("messages")


class Language(StrEnum):
    """The languages of the screens."""

    INDONESIAN = "id"
    ENGLISH = "en"

    @property
    def locale(self) -> str:
        """The locale by which Babel writes numbers and dates: day before month in both."""
        return "id_ID" if self is Language.INDONESIAN else "en_GB"

    @property
    def own_name(self) -> str:
        """Its name in itself: who looks for it cannot read another."""
        return "Indonesia" if self is Language.INDONESIAN else "English"


def parse_language(text: str | None) -> Language:
    """The language with that code; Indonesian for anything else."""
    return Language.ENGLISH if text == Language.ENGLISH else Language.INDONESIAN


def current_language() -> Language:
    """The language of the page that asks, else the one chosen in the browser; Indonesian outside a request."""
    if not has_request_context():
        return Language.INDONESIAN
    chosen: Language | None = g.get("language")
    if chosen is None:
        chosen = g.language = parse_language(
            request.headers.get(LANGUAGE_HEADER)
            or request.cookies.get(f"__Host-{LANGUAGE_COOKIE}")
            or request.cookies.get(LANGUAGE_COOKIE)
        )
    return chosen


Forms = Mapping[str, str]
"""One message in all languages; `en_one` is English for one."""


class CatalogueError(ValueError):
    """A message file that breaks its own rules: met by the tests, never by a user."""


def read_area(area: str, text: str) -> dict[str, Forms]:
    """The messages of one file, whose keys all start with the area's name."""
    messages = tomllib.loads(text)
    for key, message in messages.items():
        if not key.startswith(f"{area}."):
            raise CatalogueError(f"{area}.toml: {key}: the key must start with '{area}.'")
        if not {"id", "en"} <= message.keys() <= {"id", "en", "en_one"}:
            raise CatalogueError(f"{area}.toml: {key}: needs id and en, may have en_one")
    return messages


@cache
def _messages_of(area: str) -> Mapping[str, Forms]:
    """The messages of an area, empty for none, read once a process and not before a word of it is wanted."""
    file = _MESSAGES.joinpath(f"{area}.toml")
    return read_area(area, file.read_text(encoding="utf-8")) if file.is_file() else {}


@cache
def catalogue() -> Mapping[str, Forms]:
    """All messages by key."""
    entries: dict[str, Forms] = {}
    for file in _MESSAGES.iterdir():
        if file.name.endswith(".toml"):
            entries |= _messages_of(file.name.removesuffix(".toml"))
    return MappingProxyType(entries)


def message(key: str, language: Language, /, **values: object) -> str:
    """The message in that language with its {placeholders} filled; KeyError for an unknown key.

    English has a second form when `n` is 1, where the catalogue gives one.
    """
    forms = _messages_of(key.partition(".")[0])[key]
    is_one = language is Language.ENGLISH and values.get("n") == 1 and "en_one" in forms
    return forms["en_one" if is_one else language].format(**values)


def t(key: str, /, **values: object) -> str:
    """The message in the language of this request."""
    return message(key, current_language(), **values)


def script_words(prefix: str) -> dict[str, str]:
    """The messages under a prefix in the language of this request, holes unfilled, by their keys without it.

    A second form for n = 1 stands under the key with `_one` behind it.
    """
    language = current_language()
    words: dict[str, str] = {}
    for key, forms in catalogue().items():
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            words[name] = forms[language]
            if f"{language}_one" in forms:
                words[f"{name}_one"] = forms[f"{language}_one"]
    return words
