"""Addresses that explain a figure: the same link shows the same explanation."""

from __future__ import annotations

from dashboard.components import with_query
from etl.domain.units import MINUTE
from etl.figures.compliance.evidence import OF_LETTERS, Figure, Reference
from etl.figures.compliance.what_if import Turn
from etl.figures.period import SlaFilter

WHY = "/mengapa"
CASE = "kasus"
"""The figure of one letter's step, or of its way from receipt to ready."""

WHAT_IF = "andai"
"""The steps that would change with another target."""

READY = "siap"
"""Stands where a step code stands, for receipt to ready."""


def why_address(figure: str, **query: object) -> str:
    """The explanation of a figure by the name of its explainer."""
    return with_query(WHY, angka=figure, **query)


COMPARE = "beda"
"""A share beside that of the period before."""

CONTROL = "kendali"
"""The control chart of a step: its points, centre and limits."""


def why_compare(asked: SlaFilter, what: str) -> str:
    """The comparison of a step, of all steps, or of letters (`etl.figures.sla_reading`) with the period before."""
    return why_address(COMPARE, tentang=what, **_filter(asked))


def why_control(asked: SlaFilter, step: str) -> str:
    """The control chart of a step up to the month of the period's last day."""
    return why_address(CONTROL, langkah=step, **_filter(asked))


def why_step(asked: SlaFilter, step: str, figure: Figure = Figure.SHARE) -> str:
    """A figure of a step, or of all steps of the office (`ALL_STEPS`)."""
    return why_address(figure, langkah=step, **_filter(asked))


def why_letters(asked: SlaFilter, figure: Figure = Figure.REQUESTS) -> str:
    """A figure of whole letters: share on time, or receipt to ready."""
    return why_address(figure, **_filter(asked))


def why_case(year: int, agenda_number: str, step: str) -> str:
    """One letter's step, day by day; `READY` instead of a step code for receipt to ready."""
    return why_address(CASE, surat=f"{int(year)}/{agenda_number}", langkah=step)


def why_if(asked: SlaFilter, step: str, seconds: int, turn: Turn, **more: object) -> str:
    """The steps that would change if the target of a step were so many seconds."""
    return why_address(
        WHAT_IF, langkah=step, menit=minutes_text(seconds), kelompok=turn.value, **_filter(asked), **more
    )


def minutes_text(seconds: int) -> str:
    """Seconds as minutes, as an address holds them: 5, or 0.5."""
    return f"{seconds / MINUTE:g}"


def why_of(reference: Reference, **more: object) -> str:
    """The explanation of a reference, with the part and page of it that are shown."""
    step = "" if reference.figure in OF_LETTERS else reference.step
    return why_address(reference.figure, langkah=step, **_filter(reference.filter), **more)


def filtered_address(path: str, asked: SlaFilter) -> str:
    """A page that takes the same filters."""
    return with_query(path, **_filter(asked))


def _filter(asked: SlaFilter) -> dict[str, object]:
    """Period, agency, room and part as the pages name them in their addresses."""
    part = asked.steps[0][0] if asked.steps and len({step[0] for step in asked.steps}) == 1 else ""
    return {
        "dari": asked.period.first,
        "sampai": asked.period.last,
        "opd": asked.opd,
        "ruang": asked.room,
        "bagian": part,
    }
