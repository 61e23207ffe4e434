"""Status as colour, icon and word together."""

from __future__ import annotations

from enum import StrEnum

from dash import html

from dashboard.i18n import t
from etl.domain.verdict import RequestVerdict, Verdict


class Tone(StrEnum):
    """What a colour says; never alone, always beside an icon and a word."""

    GOOD = "good"
    NEAR = "near"
    LATE = "late"
    PLAIN = "plain"
    MUTED = "muted"


_LOOKS = {
    Verdict.MET: (Tone.GOOD, "check-lg"),
    Verdict.LATE: (Tone.LATE, "x-lg"),
    Verdict.ON_TRACK: (Tone.GOOD, "play-fill"),
    Verdict.AT_RISK: (Tone.NEAR, "hourglass-split"),
    Verdict.OVERDUE: (Tone.LATE, "exclamation-triangle-fill"),
    Verdict.NOT_STARTED: (Tone.MUTED, "circle"),
    Verdict.SKIPPED: (Tone.NEAR, "skip-forward-fill"),
    Verdict.UNMEASURABLE: (Tone.MUTED, "question-circle"),
    Verdict.NO_TARGET: (Tone.PLAIN, "dash-circle"),
    Verdict.NOT_APPLICABLE: (Tone.MUTED, "slash-circle"),
}
TONE_OF_VERDICT = {verdict: tone for verdict, (tone, _) in _LOOKS.items()}
ICON_OF_VERDICT = {verdict: icon_name for verdict, (_, icon_name) in _LOOKS.items()}
_LOOKS_OF_REQUEST = {
    RequestVerdict.RUNNING: (Tone.PLAIN, "play-fill"),
    RequestVerdict.ON_TIME: (Tone.GOOD, "check-lg"),
    RequestVerdict.LATE: (Tone.LATE, "x-lg"),
    RequestVerdict.UNKNOWN: (Tone.MUTED, "question-circle"),
}


def icon(name: str) -> html.I:
    """A Bootstrap icon, silent for screen readers: the word beside it speaks."""
    return html.I(className=f"bi bi-{name}", **{"aria-hidden": "true"})


def pill(tone: Tone | str, icon_name: str, word: str, title: str | None = None) -> html.Span:
    """A small rounded label."""
    return html.Span([icon(icon_name), html.Span(word)], className=f"p-pill is-{tone}", title=title)


def pill_word(shown: html.Span) -> str:
    """The word on a label."""
    return str(shown.children[1].children)


def verdict_pill(verdict: Verdict | int) -> html.Span:
    """The verdict of one step, given as member or as code."""
    known = verdict if isinstance(verdict, Verdict) else Verdict.of(int(verdict))
    return pill(*_LOOKS[known], t(f"verdict.{known}"))


def request_pill(verdict: RequestVerdict | int) -> html.Span:
    """The verdict of a whole request, given as member or as code."""
    known = verdict if isinstance(verdict, RequestVerdict) else RequestVerdict.of(int(verdict))
    return pill(*_LOOKS_OF_REQUEST[known], t(f"request.{known}"))
