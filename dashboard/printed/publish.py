"""A report ready to be printed: its document, its words, the files made of them; and publishing it: from then on its
numbers stand, and only a newer edition takes their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.i18n import parse_language
from dashboard.printed.pdf import report_pdf
from dashboard.printed.words import Voice, Words, report_words, screen
from dashboard.printed.xlsx import report_xlsx
from data_access.errors import PantauError
from data_access.records import Connection, one_load, reading
from data_access.records.access import note_action
from data_access.records.chain import head
from data_access.records.intake.loads import last_load_id
from data_access.records.office import (
    PublishedReport,
    add_report,
    newest_edition,
    published_reports,
    report_by_id,
    report_document,
    report_file,
)
from etl.figures.report import Document, ReportPeriod, digest, is_empty, is_over
from etl.figures.report import report_document as document_now
from etl.office import Office
from etl.reference.steps import STEP_CODES

LONGEST_FOLLOWUP = 600
"""Characters of one Tindakan: what fits its cell on paper."""


class PublishError(PantauError):
    """A report that cannot be published as asked."""


@dataclass(frozen=True)
class Paper:
    """One report on paper, in the language of `voice`; `printed_at` stands at the foot of every page."""

    document: Document
    voice: Voice
    printed_at: int

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
    """The report of a period as things stand, not published, in the language of whoever asks; MartError when there is
    no mart."""
    return Paper(document_now(office, period, as_of), screen(office.zone), printed_at)


@dataclass(frozen=True)
class Seen:
    """What its publisher saw: the mark of the numbers, and the edition in force then (None: none)."""

    mark: str
    edition_id: int | None


def publish(
    office: Office,
    period: ReportPeriod,
    seen: Seen,
    *,
    followups: Mapping[str, str],
    reason: str,
    actor: str,
    now: int,
) -> PublishedReport:
    """Keep the report of a period as it stands, exactly as it was seen; a further edition needs a reason.

    `followups`: the Tindakan by step code. PublishError when the period is not over or empty, when the numbers are not
    those that were seen, or when somebody else published in between.
    """
    made = draft(office, period, now, now)
    _refuse_unready(office, made, now)
    if digest(made.document) != seen.mark:
        raise PublishError("laporan.refused_changed_since")
    with one_load(office.records) as connection:
        if last_load_id(connection) != made.document["basis"]["load_id"]:
            raise PublishError("laporan.refused_not_counted")
        former = newest_edition(connection, period.code)
        if (former.id if former else None) != seen.edition_id:
            raise PublishError("laporan.refused_just_published")
        if former is not None and not reason:
            raise PublishError("laporan.refused_no_reason")
        kept = _kept(connection, made, former, _clean(followups), reason, actor, now)
        note_action(connection, "publish_report", at=now, actor=actor, subject=f"report {kept.number}")
    return kept


def _refuse_unready(office: Office, made: Paper, now: int) -> None:
    today = datetime.fromtimestamp(now, office.zone).date()
    if not is_over(made.document, today):
        raise PublishError("laporan.refused_not_over")
    if is_empty(made.document):
        raise PublishError("laporan.refused_nothing_to_publish")


def _clean(followups: Mapping[str, str]) -> dict[str, str]:
    """Tindakan on one line each, of known steps, at most as long as fits."""
    texts = {code: " ".join(str(followups.get(code) or "").split())[:LONGEST_FOLLOWUP] for code in STEP_CODES}
    return {code: text for code, text in texts.items() if text}


def _kept(
    connection: Connection, made: Paper, former: PublishedReport | None, followups: dict[str, str], reason: str,
    actor: str, now: int,
) -> PublishedReport:  # fmt: skip
    period, edition = made.document["period"], former.edition + 1 if former else 1
    published = {
        "number": f"{period}/{edition}", "at": now, "actor": actor, "reason": reason,
        "replaces": former.number if former else None, "chain": str(head(connection) or ""),
        "language": made.voice.language.value,
    }  # fmt: skip
    final = replace(made, document=made.document | {"followups": followups, "published": published})
    first, last = (datetime.fromisoformat(made.document[name]).date() for name in ("from", "to"))
    new_id = add_report(
        connection, period=period, edition=edition, first_on=first, last_on=last, published_at=now, actor=actor,
        reason=reason or None, replaces_id=former.id if former else None, document=final.document, pdf=final.pdf(),
    )  # fmt: skip
    kept = report_by_id(connection, new_id)
    assert kept is not None  # noqa: S101 – it was just added in this transaction
    return kept


def all_published(office: Office) -> list[PublishedReport]:
    """Every edition, the newest first."""
    with reading(office.records) as connection:
        return published_reports(connection)


def editions_of(office: Office, period: ReportPeriod) -> dict[int, int]:
    """By edition its id, of one period."""
    return {edition.edition: edition.id for edition in all_published(office) if edition.period == period.code}


def in_force(office: Office, period: ReportPeriod) -> PublishedReport | None:
    """The newest edition of a period."""
    with reading(office.records) as connection:
        return newest_edition(connection, period.code)


def published_paper(office: Office, report_id: int) -> Paper | None:
    """An edition with everything it says, in the language in which it was published; None when there is none."""
    with reading(office.records) as connection:
        report = report_by_id(connection, report_id)
        document = report_document(connection, report_id) if report else None
    if report is None or document is None:
        return None
    language = parse_language(document["published"].get("language"))  # one of before did not say it: Indonesian
    return Paper(dict(document), Voice(language, office.zone), report.published_at)


def published_pdf(office: Office, report_id: int) -> bytes | None:
    """The PDF of an edition, byte for byte; None when there is none."""
    with reading(office.records) as connection:
        return report_file(connection, report_id)
