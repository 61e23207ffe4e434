"""Addresses of one letter, and of the letters behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import quote

from dashboard.components import with_query
from etl.domain.verdict import Verdict
from etl.figures.period import Period, SlaFilter
from etl.figures.requests.period import LetterKind

CASES = "/permohonan"


class Behind(StrEnum):
    """Which steps behind a figure are meant; the value stands in the address."""

    JUDGED = "dinilai"
    MET = "tepat-waktu"
    LATE = "terlambat"
    FINISHED = "selesai"
    SKIPPED = "dilewati"
    UNJUDGED = "belum-terukur"
    RUNNING = "berjalan"


VERDICTS_BEHIND: dict[Behind, tuple[Verdict, ...]] = {
    Behind.JUDGED: (Verdict.MET, Verdict.LATE, Verdict.OVERDUE),
    Behind.MET: (Verdict.MET,),
    Behind.LATE: (Verdict.LATE, Verdict.OVERDUE),
    Behind.FINISHED: (Verdict.MET, Verdict.LATE),
    Behind.SKIPPED: (Verdict.SKIPPED,),
    Behind.UNJUDGED: (Verdict.UNMEASURABLE, Verdict.SKIPPED),
    Behind.RUNNING: (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE),
}


LETTERS_BEHIND = {
    "diterima": LetterKind.RECEIVED,
    "berjalan": LetterKind.RUNNING,
    "tepat-waktu": LetterKind.ON_TIME,
    "terlambat": LetterKind.LATE,
    "belum-dinilai": LetterKind.UNKNOWN,
    "dinilai": LetterKind.JUDGED,
    "siap-sebelum": LetterKind.BEFORE,
    "siap-sesudah": LetterKind.AFTER,
    "siap-belum-pasti": LetterKind.UNSURE,
    "tanpa-jadwal": LetterKind.UNBOOKED,
    "tanpa-catatan": LetterKind.UNRECORDED,
    "siap-dinilai": LetterKind.AGAINST_EVENT,
}
"""What an address calls the letters that a figure of whole letters counts."""

_NAMES_OF_LETTERS = {kind: name for name, kind in LETTERS_BEHIND.items()}


def case_address(year: int, agenda_number: str) -> str:
    """The page of one letter; an agenda number may hold anything, slashes too."""
    return f"{CASES}/{int(year)}/{quote(agenda_number, safe='/')}"


def cases_behind(
    asked: SlaFilter,
    step: str | Sequence[str],
    which: Behind | None,
    flag: str | None = None,
    *,
    period: Period | None = None,
) -> str:
    """The list of the letters behind a figure of a step or of several; `step` a code, or A or B for a part, `flag` as
    in the figures (`entered_late`), `period` another one than that asked for."""
    period = period or asked.period
    return with_query(
        CASES,
        langkah=step if isinstance(step, str) else ",".join(step),
        putusan=which,
        tanda=flag,
        dari=period.first,
        sampai=period.last,
        opd=asked.opd,
        ruang=asked.room,
    )


def letters_behind(asked: SlaFilter, kind: LetterKind, *, period: Period | None = None) -> str:
    """The list of the letters that a figure of whole letters counts as that."""
    period = period or asked.period
    return with_query(
        CASES,
        surat=_NAMES_OF_LETTERS[kind],
        dari=period.first,
        sampai=period.last,
        opd=asked.opd,
        ruang=asked.room,
    )
