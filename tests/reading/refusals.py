"""What refusals say, as people read them: `pytest.raises(FilterError, check=says("terbalik"))`."""

from __future__ import annotations

import re
from collections.abc import Callable

from dashboard.i18n import sentence
from data_access.errors import PantauError


def says(pattern: str) -> Callable[[BaseException], bool]:
    """Whether the sentence of a refusal holds the pattern."""
    return lambda error: isinstance(error, PantauError) and re.search(pattern, sentence(error)) is not None
