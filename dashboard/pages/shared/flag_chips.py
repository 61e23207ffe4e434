"""Flags as chips, and what they mean in a sentence each."""

from __future__ import annotations

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, pill
from dashboard.i18n import t
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.verdict import Flag

_ICONS = {
    Flag.RETURNED: "arrow-counterclockwise",
    Flag.EXTRA_PASS: "plus-square-dotted",
    Flag.OUT_OF_ORDER: "shuffle",
    Flag.NEEDS_CLOSING: "box-arrow-in-down",
    Flag.ESTIMATED_CALENDAR: "calendar-week",
    Flag.ENTERED_LATE: "clock-history",
    Flag.EQUAL_STAMPS: "stack",
    Flag.ROUND_STAMPS: "record-circle",
    Flag.SWAPPED_DATE: "arrow-left-right",
    Flag.SLIPPED_DAY: "calendar-minus",
}


def flag_of(name: str) -> Flag | None:
    """The flag that figures and addresses call by that name (`entered_late`); None for another word."""
    return next((flag for flag in Flag if flag and str(flag.name).lower() == name), None)


def flag_name(flag: Flag) -> str:
    """What figures and addresses call a flag."""
    return str(flag.name).lower()


def flag_chip(flag: Flag) -> html.Span:
    """The flag's word on a chip; its sentence appears over it."""
    tone = Tone.NEAR if flag in SUSPICIONS else Tone.PLAIN
    return pill(tone, _ICONS[flag], t(f"flag.{flag.name}"), t(f"flag.why_{flag.name}"))


def flag_chips(names: Iterable[str]) -> html.Div:
    """The chips of one step."""
    flags = [flag_of(name) for name in names]
    return html.Div([flag_chip(flag) for flag in flags if flag], className="flag-chips")


def flag_meanings(names: Iterable[str]) -> Component | None:
    """What each of these flags means, for readers without a mouse and on paper; nothing without flags."""
    wanted = set(names)
    flags = [flag for flag in Flag if flag and flag_name(flag) in wanted]
    if not flags:
        return None
    rows = [html.Div([html.Dt(flag_chip(flag)), html.Dd(t(f"flag.why_{flag.name}"))]) for flag in flags]
    return html.Dl(rows, className="flag-meanings")
