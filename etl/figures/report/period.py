"""The periods that are reported on: a month, a quarter, a half-year, a year, each with a code of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from etl.figures.period import FIRST_DAY, LAST_DAY, FilterError, Period


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months it has."""
        return {Span.MONTH: 1, Span.QUARTER: 3, Span.SEMESTER: 6, Span.YEAR: 12}[self]


_CODE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)|-Q(?P<quarter>[1-4])|-S(?P<semester>[12]))?", re.IGNORECASE)


@dataclass(frozen=True)
class ReportPeriod:
    """The `number`-th span of a year: June is number 6 of the months, April to June number 2 of the quarters."""

    span: Span
    year: int
    number: int

    @property
    def code(self) -> str:
        """As the command line and addresses write it: 2026-06, 2026-Q2, 2026-S1, 2026."""
        ends = {Span.MONTH: f"-{self.number:02}", Span.QUARTER: f"-Q{self.number}", Span.SEMESTER: f"-S{self.number}"}
        return f"{self.year}{ends.get(self.span, '')}"

    @property
    def days(self) -> Period:
        """Its first and last day."""
        months = self.year * 12 + (self.number - 1) * self.span.months
        return Period(_month_first(months), _month_first(months + self.span.months) - timedelta(days=1))

    def before(self) -> ReportPeriod:
        """The period of the same length just before."""
        return period_of(self.days.first - timedelta(days=1), self.span)


def parse_report_period(text: str) -> ReportPeriod:
    """The period of a code; FilterError for anything else."""
    match = _CODE.fullmatch(text.strip())
    if match is None or not FIRST_DAY.year <= int(match["year"]) <= LAST_DAY.year:
        raise FilterError("period.no_report_period", text=text[:40])
    year = int(match["year"])
    for span in (Span.MONTH, Span.QUARTER, Span.SEMESTER):
        if match[span]:
            return _known(text, ReportPeriod(span, year, int(match[span])))
    return ReportPeriod(Span.YEAR, year, 1)


def _known(text: str, period: ReportPeriod) -> ReportPeriod:
    if not 1 <= period.number <= 12 // period.span.months:
        raise FilterError("period.no_month", text=text)
    return period


def period_of(day: date, span: Span) -> ReportPeriod:
    """The period of that length in which the day lies."""
    return ReportPeriod(span, day.year, (day.month - 1) // span.months + 1)


def last_ended(today: date, span: Span) -> ReportPeriod:
    """The newest period of that length whose last day is over."""
    return period_of(today, span).before()


def newest_periods(today: date, span: Span, first: date) -> list[ReportPeriod]:
    """The periods of that length from the one of `today` back to the one of `first`, the newest first."""
    periods = [period_of(today, span)]
    while periods[-1].days.first > first:
        periods.append(periods[-1].before())
    return periods


def _month_first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
