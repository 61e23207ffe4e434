"""Addresses of one letter, and of the letters behind a figure."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import quote

from dashboard.components import with_query
from etl.domain.verdict import Verdict
from etl.figures.period import SlaFilter

CASES = "/permohonan"


class Behind(StrEnum):
    """Which steps behind a figure are meant; the value stands in the address."""

    JUDGED = "dinilai"
    LATE = "terlambat"
    UNJUDGED = "belum-terukur"
    RUNNING = "berjalan"


VERDICTS_BEHIND: dict[Behind, tuple[Verdict, ...]] = {
    Behind.JUDGED: (Verdict.MET, Verdict.LATE, Verdict.OVERDUE),
    Behind.LATE: (Verdict.LATE, Verdict.OVERDUE),
    Behind.UNJUDGED: (Verdict.UNMEASURABLE, Verdict.SKIPPED),
    Behind.RUNNING: (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE),
}


def case_address(year: int, agenda_number: str) -> str:
    """The page of one letter; an agenda number may hold anything, slashes too."""
    return f"{CASES}/{int(year)}/{quote(agenda_number, safe='/')}"


def cases_behind(asked: SlaFilter, step: str, which: Behind | None, flag: str | None = None) -> str:
    """The list of the letters behind a figure of a step; `step` a code, or A or B for a part, `flag` as in the
    figures (`entered_late`)."""
    return with_query(
        CASES,
        langkah=step,
        putusan=which,
        tanda=flag,
        dari=asked.period.first,
        sampai=asked.period.last,
        opd=asked.opd,
        ruang=asked.room,
    )
