"""Languages of the screens: words from the catalogue, numbers and dates by `Formats`."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context, has_request_context

from dashboard.i18n.catalogue import (
    LANGUAGE_COOKIE,
    Language,
    catalogue,
    current_language,
    message,
    parse_language,
    script_words,
    t,
)
from dashboard.i18n.formats import NOTHING, Formats, outward
from data_access.errors import Message, PantauError, stored_message

_ZONE_KEY = "PANTAU_ZONE"
_DEFAULT_ZONE = ZoneInfo("Asia/Jakarta")


def fmt() -> Formats:
    """How this request writes numbers, dates and times: its language, the office's zone."""
    zone = current_app.config.get(_ZONE_KEY, _DEFAULT_ZONE) if has_app_context() else _DEFAULT_ZONE
    return _formats(current_language(), zone)


@cache
def _formats(language: Language, zone: ZoneInfo) -> Formats:
    return Formats(language, zone)


def sentence(error: PantauError | Message | str) -> str:
    """What an error or a message below the screens says, in the language of this request.

    A text is a message as a column keeps it, or a whole sentence that was stored as one, which is shown as it is. Where
    the records lie is told on the console only.
    """
    if isinstance(error, PantauError):
        error = error.message
        if error.code == "records.at" and has_request_context():
            error = Message("records.of_office", state=error.values["state"])
    return str(_filled(stored_message(error) if isinstance(error, str) else error))


def _quantity(name: str, value: Any) -> Any:
    """A bound (`most`) as the language writes numbers; any other value as it is."""
    return fmt().number(value) if name == "most" and isinstance(value, int) else value


def _filled(value: Any) -> Any:
    """A value as a sentence holds it: messages in words, lists with commas, dates, times of day and fractions as the
    language writes them."""
    if isinstance(value, Message):
        return t(value.code, **{name: _quantity(name, _filled(inner)) for name, inner in value.values.items()})
    if isinstance(value, list | tuple):
        return ", ".join(str(_filled(inner)) for inner in value)
    if isinstance(value, date):
        return fmt().date_short(value)
    if isinstance(value, time):
        return fmt().hour(value.hour, value.minute)
    return fmt().number(value) if isinstance(value, float) else value
