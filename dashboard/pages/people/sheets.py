"""The tables of the page of participants as sheets of a file; of the screening only what the page shows."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n import t
from dashboard.pages.people.page import three
from dashboard.pages.shared.words import opd_words
from etl.domain.people.screening import ShownScreening
from etl.figures.people.counts import Attendance, ParticipantFigures
from etl.sheet_files import Cell, Sheet, share_cell

_COUNTS = ("planned", "verified", "present")


def people_sheets(figures: ParticipantFigures) -> list[Sheet]:
    """People by month with their sum, by agency, and the screening where it may be shown."""
    months = [*figures.by_month, (t("people.screening_all"), figures.whole)]
    opds = [(opd_words(opd), one) for opd, one in figures.by_opd]
    sheets = [
        _people(t("people.by_month"), t("people.month"), months),
        _people(t("people.by_opd"), t("word.opd"), opds),
    ]
    return [*sheets, _screening(figures)] if figures.screened is not None else sheets


def _people(name: str, first: str, rows: Sequence[tuple[str, Attendance]]) -> Sheet:
    counts = [t(f"people.{count}") for count in _COUNTS]
    known = [t("people.file_known", name=count) for count in counts]
    pairs = [word for pair in zip(counts, known, strict=True) for word in pair]
    head = (first, t("people.sessions"), *pairs, t("people.attendance"), t("people.seats"))
    return Sheet(name, head, tuple((name, *_values(one)) for name, one in rows))


def _values(one: Attendance) -> tuple[Cell, ...]:
    counts = (getattr(one, name) for name in _COUNTS)
    shares = share_cell(one.attendance_share), share_cell(one.seats_share)
    return one.sessions, *(value for count in counts for value in (count.sum, count.known)), *shares


def _screening(figures: ParticipantFigures) -> Sheet:
    months: list[tuple[str, ShownScreening]] = list(figures.screened_months)
    opds = [(opd_words(opd), one) for opd, one in figures.screened_opds]
    whole = [(t("people.screening_all"), figures.screened)] if figures.screened else []
    head = (t("people.screening_of"), *(t(f"people.{name}") for name in ("screened", "passed", "failed")))
    rows = (
        (name, *(t("people.hidden_word") if value is None else value for value in three(one)))
        for name, one in [*months, *opds, *whole]
    )
    return Sheet(t("people.screening_title"), head, tuple(rows))
