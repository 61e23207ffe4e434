"""Which published reports say other figures than the records do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_access.records import reading
from data_access.records.office.published_reports import PublishedReport, published_reports
from data_access.records.office.published_reports import report_document as kept_document
from etl.figures.report.changes import differences
from etl.figures.report.document import report_document
from etl.figures.report.period import parse_report_period

if TYPE_CHECKING:
    from etl.office import Office

LOOKED_AT = 12
"""Each costs the figures of its period, so only the newest editions in force are compared."""


def restated(office: Office, now: int) -> dict[int, int]:
    """By id of each edition in force how many of its figures are others now; none of those that agree.

    Looked at once for each mart and set of editions: what only the passing of time changes is seen with the next load.
    MartError when there is no mart.
    """
    with reading(office.records) as connection:
        in_force = {one.period: one for one in reversed(published_reports(connection))}
    newest = sorted(in_force.values(), key=lambda one: -one.id)[:LOOKED_AT]
    key = ("restated", office.book.hash, tuple(one.id for one in newest))
    return office.mart.read().remember(key, lambda: _counted(office, newest, now))


def _counted(office: Office, editions: list[PublishedReport], now: int) -> dict[int, int]:
    counts = {one.id: _differing(office, one, now) for one in editions}
    return {report_id: count for report_id, count in counts.items() if count}


def _differing(office: Office, one: PublishedReport, now: int) -> int:
    with reading(office.records) as connection:
        kept = kept_document(connection, one.id)
    return len(differences(dict(kept), report_document(office, parse_report_period(one.period), now)))
