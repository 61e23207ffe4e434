"""Which language a request is answered in."""

from __future__ import annotations

from enum import StrEnum

from flask import g, has_request_context, request

LANGUAGE_COOKIE = "bahasa"


class Language(StrEnum):
    """The languages of the screens."""

    INDONESIAN = "id"
    ENGLISH = "en"

    @property
    def locale(self) -> str:
        """The locale by which Babel writes numbers and dates: day before month in both."""
        return "id_ID" if self is Language.INDONESIAN else "en_GB"


def parse_language(text: str | None) -> Language:
    """The language with that code; Indonesian for anything else."""
    return Language.ENGLISH if text == Language.ENGLISH else Language.INDONESIAN


def current_language() -> Language:
    """The language chosen in the browser; Indonesian outside a request."""
    if not has_request_context():
        return Language.INDONESIAN
    chosen: Language | None = g.get("language")
    if chosen is None:
        chosen = g.language = parse_language(request.cookies.get(LANGUAGE_COOKIE))
    return chosen
