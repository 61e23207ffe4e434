"""Status as colour, icon and word together; the colours of charts are the tokens of the style sheet."""

from __future__ import annotations

from enum import StrEnum

from dash import html

from dashboard.i18n import t
from etl.domain.verdict import RequestVerdict, Verdict

LIGHT = {
    "ground": "#F5F7F9",
    "panel": "#FFFFFF",
    "line": "#DDE5EB",
    "text": "#13212E",
    "muted": "#5B6E7F",
    "good": "#0A766B",
    "near": "#8F5B00",
    "late": "#C93A2E",
    "good-soft": "#BFDCD9",
    "near-soft": "#F3DFB8",
    "late-soft": "#F2C3BE",
    "track": "#E6ECF0",
}


class Tone(StrEnum):
    """What a colour says; never alone, always beside an icon and a word."""

    GOOD = "good"
    NEAR = "near"
    LATE = "late"
    PLAIN = "plain"
    MUTED = "muted"


TONE_OF_VERDICT = {
    Verdict.MET: Tone.GOOD,
    Verdict.LATE: Tone.LATE,
    Verdict.ON_TRACK: Tone.GOOD,
    Verdict.AT_RISK: Tone.NEAR,
    Verdict.OVERDUE: Tone.LATE,
    Verdict.NOT_STARTED: Tone.MUTED,
    Verdict.SKIPPED: Tone.NEAR,
    Verdict.UNMEASURABLE: Tone.MUTED,
    Verdict.NO_TARGET: Tone.PLAIN,
    Verdict.NOT_APPLICABLE: Tone.MUTED,
}
ICON_OF_VERDICT = {
    Verdict.MET: "check-lg",
    Verdict.LATE: "x-lg",
    Verdict.ON_TRACK: "play-fill",
    Verdict.AT_RISK: "hourglass-split",
    Verdict.OVERDUE: "exclamation-triangle-fill",
    Verdict.NOT_STARTED: "circle",
    Verdict.SKIPPED: "skip-forward-fill",
    Verdict.UNMEASURABLE: "question-circle",
    Verdict.NO_TARGET: "dash-circle",
    Verdict.NOT_APPLICABLE: "slash-circle",
}
_TONE_OF_REQUEST = {
    RequestVerdict.RUNNING: (Tone.PLAIN, "play-fill"),
    RequestVerdict.ON_TIME: (Tone.GOOD, "check-lg"),
    RequestVerdict.LATE: (Tone.LATE, "x-lg"),
    RequestVerdict.UNKNOWN: (Tone.MUTED, "question-circle"),
    RequestVerdict.CLOSED: (Tone.MUTED, "slash-circle"),
}


def icon(name: str) -> html.I:
    """A Bootstrap icon, silent for screen readers: the word beside it speaks."""
    return html.I(className=f"bi bi-{name}", **{"aria-hidden": "true"})


def pill(tone: Tone | str, icon_name: str, word: str, title: str | None = None) -> html.Span:
    """A small rounded label."""
    return html.Span([icon(icon_name), html.Span(word)], className=f"p-pill is-{tone}", title=title)


def verdict_pill(verdict: Verdict | int, title: str | None = None) -> html.Span:
    """The verdict of one step, given as member or as code."""
    known = verdict if isinstance(verdict, Verdict) else Verdict.of(int(verdict))
    return pill(TONE_OF_VERDICT[known], ICON_OF_VERDICT[known], t(f"verdict.{known}"), title)


def request_pill(verdict: RequestVerdict | int, title: str | None = None) -> html.Span:
    """The verdict of a whole request, given as member or as code."""
    known = verdict if isinstance(verdict, RequestVerdict) else RequestVerdict.of(int(verdict))
    tone, icon_name = _TONE_OF_REQUEST[known]
    return pill(tone, icon_name, t(f"request.{known}"), title)
