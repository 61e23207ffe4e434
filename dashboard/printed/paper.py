"""A report ready to be printed: its document, its words, and the files made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from dashboard.printed.pdf import report_pdf
from dashboard.printed.voice import Voice, paper
from dashboard.printed.words import Words, report_words
from dashboard.printed.xlsx import report_xlsx
from etl.figures.report import Document, digest, report_document

if TYPE_CHECKING:
    from etl.figures.report import ReportPeriod
    from etl.office import Office


@dataclass(frozen=True)
class Paper:
    """One report on paper; `printed_at` stands at the foot of every page."""

    document: Document
    zone: tzinfo
    printed_at: int

    @property
    def voice(self) -> Voice:
        """Paper is Indonesian, whatever its reader chose for the screen."""
        return paper(self.zone)

    @property
    def words(self) -> Words:
        """Everything it says."""
        return report_words(self.document, self.voice, digest(self.document))

    def pdf(self, *, whole: bool = True) -> bytes:
        """On A4; `whole` False: Tabel 7 only."""
        return report_pdf(self.words, self.voice, self.printed_at, whole=whole)

    def xlsx(self) -> bytes:
        """As a workbook with formulas."""
        return report_xlsx(self.document, self.words, self.voice, self.printed_at)


def draft(office: Office, period: ReportPeriod, as_of: int, printed_at: int) -> Paper:
    """The report of a period as things stand, not published; MartError when there is no mart."""
    return Paper(report_document(office, period, as_of), office.zone, printed_at)
