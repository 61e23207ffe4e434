"""Languages of the screens: words from the catalogue, numbers and dates by `Formats`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

from dashboard.i18n.catalogue import catalogue, message, t
from dashboard.i18n.formats import NOTHING, Formats
from dashboard.i18n.language import LANGUAGE_COOKIE, Language, current_language, parse_language

_ZONE_KEY = "PANTAU_ZONE"
_DEFAULT_ZONE = ZoneInfo("Asia/Jakarta")


def fmt() -> Formats:
    """How this request writes numbers, dates and times: its language, the office's zone."""
    zone = current_app.config.get(_ZONE_KEY, _DEFAULT_ZONE) if has_app_context() else _DEFAULT_ZONE
    return Formats(current_language(), zone)


__all__ = [
    "LANGUAGE_COOKIE",
    "NOTHING",
    "Formats",
    "Language",
    "catalogue",
    "current_language",
    "fmt",
    "message",
    "parse_language",
    "t",
]
