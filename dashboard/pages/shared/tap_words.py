"""A tap on the desk pages: the button that carries what it says, and the band that tells what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, button, icon


def tap_button(payload: dict[str, Any], words: Sequence[Component], kind: str, label: str) -> Component:
    """A button whose payload assets/desk/stamps.js hands on, with what was ticked and written beside it."""
    data = {"data-stamp": json.dumps(payload, ensure_ascii=False), "aria-label": label}
    return button([*words], kind=kind, class_name="stamp-button", **data)


def band(words: Any, tone: Tone, *more: Component) -> Component:
    """What became of a tap."""
    name = {Tone.GOOD: "check-circle", Tone.NEAR: "question-circle"}.get(tone, "exclamation-octagon")
    return html.Div([icon(name), html.Span(words), *more], className=f"p-banner is-{tone}")
