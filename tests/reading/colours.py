"""The colours of the screens as their style sheets name them."""

from __future__ import annotations

import re

from dashboard.components.asset_urls import ASSETS
from dashboard.components.theme import DARK_TOKENS, TOKENS


def colours(sheet: str) -> dict[str, str]:
    """The colours that a style sheet names, "#rrggbb" by name without the dashes."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (ASSETS / sheet).read_text(encoding="utf-8")))


LIGHT = colours(TOKENS)
DARK = LIGHT | colours(DARK_TOKENS)
