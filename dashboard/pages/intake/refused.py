"""Why nothing of a file can be taken, and what can be done about it here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, banner, panel
from dashboard.i18n import sentence, t
from dashboard.pages.intake.preview import drop_button
from dashboard.pages.intake.reading_choice import Choice
from etl.extract import Kind
from etl.intake.offered.preview import Preview
from etl.intake.offered.uploads import Upload

_COMMAND_WORDS = ("--", "[[source]]")
"""Advice for the command line; here there are buttons for it."""


def refusal_notice(upload: Upload, found: Preview, choice: Choice) -> Component:
    """The refusal as a sentence, with the ways out of it that fit."""
    words = sentence(found.refusal) if found.refusal else ""
    ways = _ways_out(words)
    if found.sheets:
        hint = t("data.map_hint") if not choice.is_mapped else t("data.map_hint_more")
    else:
        hint = t("data.refused_hint")
    return panel(
        banner(plain_words(words), Tone.LATE, "file-earmark-x"),
        html.P(hint, className="p-muted"),
        html.Div(
            [*ways, drop_button(upload, t("data.give_up"))],
            className="data-actions",
            **{"data-choice": json.dumps(choice.to_document())},
        ),
        title=t("data.refused_title", file=found.file),
        class_name="data-refused",
    )


def plain_words(told: str) -> str:
    """The sentence without its advice for the command line."""
    parts = [part for part in told.split("; ") if not any(word in part for word in _COMMAND_WORDS)]
    words = "; ".join(parts).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."


def _ways_out(told: str) -> list[Component]:
    """Buttons for what the refusal asks: a date order, or one of several kinds."""
    if "--date-order" in told:
        return [quick(t("data.read_mdy"), {"urutan": "mdy"})]
    if "--kind" in told:
        named = [kind for kind in Kind if re.search(rf"\b{kind}\b", told)]
        return [quick(t("data.read_as", kind=t(f"data.kind_{kind}")), {"jenis": str(kind)}) for kind in named]
    return []


def quick(words: str, change: Mapping[str, Any]) -> Component:
    """A button that changes how the file is read."""
    return html.Button(
        words, type="button", className="p-button is-primary data-quick", **{"data-quick": json.dumps(change)}
    )
