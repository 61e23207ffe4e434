"""Days as a person types and reads them: the day first, whatever the language of the browser.

In an address and between the parts of the product a day is YYYY-MM-DD, which is read here too.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.i18n import t
from etl.extract.dates import has_year_first

LOOK = "p-input p-day"
"""The class of a field that holds a day."""

_TYPED = re.compile(r"(?P<day>\d{1,2})[-/. ]+(?P<month>\d{1,2})[-/. ]+(?P<year>\d{4}|\d{2})")
_DIGITS = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_CENTURY = 2000
_PATTERN = r"\s*(\d{1,2}[\-\/. ]+\d{1,2}[\-\/. ]+(\d{4}|\d{2})|\d{8}|\d{6}|\d{4}-\d{1,2}-\d{1,2})\s*"
"""What the browser itself lets stand; whether there is such a day is said when it is used."""


def read_day(typed: Any) -> date | None:
    """`31/08/2026`, `31-8-26`, `31 8 2026`, `31082026` or `2026-08-31`; None for what is no day.

    `26-09-07` is none, as in a file: its year may stand first or last.
    """
    text = typed.strip() if isinstance(typed, str) else ""
    match = _TYPED.fullmatch(text) or _DIGITS.fullmatch(text) or _ISO.fullmatch(text)
    if match is None or has_year_first(match["day"], match["month"], match["year"]):
        return None
    year = int(match["year"])
    try:
        return date(year + _CENTURY if year < 100 else year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def day_shown(day: date | str) -> str:
    """A day as a field shows it, `31/08/2026`; what is no day stays as it was typed."""
    read = read_day(day) if isinstance(day, str) else day
    return f"{read:%d/%m/}{read.year:04}" if read else str(day)


def day_in_address(typed: str) -> str:
    """A typed day as an address holds it; what is no day stays as it was typed, to be refused where it is used."""
    read = read_day(typed)
    return read.isoformat() if read else typed


def date_field(id: str, label: str, value: date | str = "") -> html.Label:
    """A day, typed and shown day first; it reports once the field is left or Enter is pressed."""
    field = dbc.Input(
        id=id, type="text", value=day_shown(value), placeholder=t("word.day_form"), pattern=_PATTERN, class_name=LOOK,
        debounce=True, autocomplete="off", maxlength=24,
    )  # fmt: skip
    hint = html.Span(t("word.day_hint"), className="p-day-hint")
    return html.Label([html.Span(label, className="p-field-label"), field, hint], className="p-field")
