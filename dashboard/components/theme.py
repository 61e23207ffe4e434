"""Light or dark: what was chosen in this browser, and how a page takes it on.

A page is light; a dark one links one style sheet more, which lays other colours over the same names. When the theme
follows the device, the browser decides by the link itself: nothing flashes, no script is needed, and paper stays light.
"""

from __future__ import annotations

from enum import StrEnum

from flask import has_request_context
from markupsafe import Markup

from dashboard.access.http import cookie
from dashboard.components.asset_urls import asset

THEME_COOKIE = "tampilan"
TOKENS, DARK_TOKENS = "base/tokens.css", "base/dark.css"


class Theme(StrEnum):
    """What can be chosen, as the cookie and the address say it."""

    DEVICE = "perangkat"
    LIGHT = "terang"
    DARK = "gelap"


_DARK_WHERE = {Theme.DEVICE: "screen and (prefers-color-scheme: dark)", Theme.DARK: "screen"}
_SCHEMES = {Theme.DEVICE: "light dark", Theme.LIGHT: "light", Theme.DARK: "dark"}


def parse_theme(text: str | None) -> Theme:
    """The theme with that name; that of the device for anything else."""
    return Theme(text) if text in set(Theme) else Theme.DEVICE


def current_theme() -> Theme:
    """The theme chosen in this browser."""
    return parse_theme(cookie(THEME_COOKIE) if has_request_context() else None)


def theme_head() -> Markup:
    """What the head of a page holds for its theme, behind the style sheet of the colours."""
    theme = current_theme()
    scheme = Markup('<meta name="color-scheme" content="{}">').format(_SCHEMES[theme])
    if theme is Theme.LIGHT:
        return scheme
    sheet = Markup('<link rel="stylesheet" href="{}" media="{}">').format(asset(DARK_TOKENS), _DARK_WHERE[theme])
    return Markup("\n").join((scheme, sheet))
