"""The colours of charts; the same as the tokens of the style sheet."""

from __future__ import annotations

from enum import StrEnum

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
