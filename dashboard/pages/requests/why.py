"""From the letters behind a figure to the figure's explanation."""

from __future__ import annotations

from dashboard.pages.requests.query import Asked
from dashboard.pages.shared.request_links import Behind
from dashboard.pages.shared.why_links import why_letters, why_step
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.period import SlaFilter
from etl.figures.requests.period import LetterKind

_OF_STEPS = {
    Behind.JUDGED: Figure.SHARE,
    Behind.MET: Figure.SHARE,
    Behind.LATE: Figure.SHARE,
    Behind.FINISHED: Figure.MEDIAN,
    Behind.SKIPPED: Figure.COVERAGE,
    Behind.UNJUDGED: Figure.COVERAGE,
    Behind.RUNNING: Figure.SHARE,
}
_OF_LETTERS = {
    LetterKind.ON_TIME: Figure.REQUESTS,
    LetterKind.LATE: Figure.REQUESTS,
    LetterKind.UNKNOWN: Figure.REQUESTS,
    LetterKind.JUDGED: Figure.REQUESTS,
    LetterKind.BEFORE: Figure.EVENT,
    LetterKind.AFTER: Figure.EVENT,
    LetterKind.UNSURE: Figure.EVENT,
    LetterKind.UNBOOKED: Figure.EVENT,
    LetterKind.AGAINST_EVENT: Figure.EVENT,
}


def why_behind(asked: Asked) -> str | None:
    """The explanation of the figure whose letters are listed; None for a count that is the list itself."""
    behind = asked.behind
    if behind is None or not asked.has_dates:
        return None
    of = SlaFilter(behind.period, asked.opd, asked.room)
    if behind.letters is not None:
        figure = _OF_LETTERS.get(behind.letters)
        return why_letters(of, figure) if figure else None
    if asked.which is None:
        return None
    return why_step(of, ",".join(behind.steps) or ALL_STEPS, _OF_STEPS[asked.which])
