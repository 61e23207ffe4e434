"""A language to write in that does not hang on the request: paper is Indonesian, the screen what its reader chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo

from dashboard.i18n import Formats, Language, current_language, message
from etl.figures.report import ReportPeriod, Span

_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Voice:
    """Words and formats of one language in one zone."""

    language: Language
    zone: tzinfo

    @property
    def f(self) -> Formats:
        """How numbers, dates and times are written."""
        return Formats(self.language, self.zone)

    def t(self, key: str, **values: object) -> str:
        """The message of the catalogue."""
        return message(key, self.language, **values)

    def period(self, period: ReportPeriod) -> str:
        """Juni 2026, Triwulan II 2026, Semester I 2026, Tahun 2026."""
        if period.span is Span.MONTH:
            return self.f.month(date(period.year, period.number, 1))
        return self.t(
            f"laporan.{period.span}", number="I" * period.number if period.number < 4 else "IV", year=period.year
        )


def paper(zone: tzinfo) -> Voice:
    """The language of what is signed."""
    return Voice(Language.INDONESIAN, zone)


def screen(zone: tzinfo) -> Voice:
    """The language of this request."""
    return Voice(current_language(), zone)
