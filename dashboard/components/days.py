"""Days as a person types and reads them: the day first, whatever the language of the browser.

In an address and between the parts of the product a day is YYYY-MM-DD, which is read here too.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.i18n import t
from etl.extract.dates import typed_day

LOOK = "p-input p-day"
"""The class of a field that holds a day."""

_PATTERN = r"\s*(\d{1,2}[\-\/. ]+\d{1,2}[\-\/. ]+(\d{4}|\d{2})|\d{8}|\d{6}|\d{4}-\d{1,2}-\d{1,2})\s*"
"""What the browser itself lets stand; whether there is such a day is said when it is used."""


def read_day(typed: Any) -> date | None:
    """What a field holds as a day, as `typed_day` reads it; None for what is no day."""
    return typed_day(typed.strip()) if isinstance(typed, str) else None


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
