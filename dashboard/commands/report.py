"""`pantau report`: printed reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import common
from data_access.errors import Message, PantauError, cause_of

if TYPE_CHECKING:
    from dashboard.printed.publish import Paper
    from etl.figures.report import ReportPeriod
    from etl.office import Office

SUFFIXES = (".pdf", ".xlsx")


class ReportKind(StrEnum):
    """What is printed: everything, or the form of Tabel 7 alone."""

    SLA = "sla"
    TABEL7 = "tabel7"


class ReportError(PantauError):
    """A report that cannot be made or written."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="report", help="Mencetak laporan satu periode sebagai PDF atau XLSX.")(report)


def report(
    kind: Annotated[ReportKind, typer.Argument(metavar="JENIS", help="sla (lengkap) atau tabel7 (Tabel 7 saja).")],
    period: Annotated[str, typer.Option("--period", help="2026-06, 2026-Q2, 2026-S1, atau 2026.")],
    out: Annotated[Path, typer.Option("--out", help="Berkas .pdf atau .xlsx yang ditulis.")],
    edition: Annotated[int | None, typer.Option("--edition", help="Terbitan ini, seperti diterbitkan.")] = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the report of a period: as things stand (a draft), or one edition as it was published."""
    from etl.figures.report import parse_report_period

    wanted, suffix = parse_report_period(period), out.suffix.lower()
    if suffix not in SUFFIXES:
        raise ReportError("command.report_suffix", file=out.name)
    office = common.open_reports(home)
    if edition is None:
        made, kept = _draft(office, wanted, common.as_of_moment(office, as_of)), None
    else:
        made, kept = _edition(office, wanted, edition)
    whole = kind is ReportKind.SLA
    content = made.xlsx() if suffix == ".xlsx" else (kept if whole else None) or made.pdf(whole=whole)
    _write(out, content)
    _tell(out, kind, made, json=json)


def _draft(office: Office, wanted: ReportPeriod, moment: int) -> Paper:
    from datetime import datetime

    from dashboard.printed.publish import draft

    if wanted.days.first > datetime.fromtimestamp(moment, office.zone).date():
        raise ReportError("command.period_not_begun", period=wanted.code)
    return draft(office, wanted, moment, printed_at=common.time_now())


def _edition(office: Office, wanted: ReportPeriod, edition: int) -> tuple[Paper, bytes | None]:
    """An edition, and its PDF byte for byte."""
    from dashboard.printed.publish import all_published, published_paper, published_pdf

    editions = {
        published.edition: published.id for published in all_published(office) if published.period == wanted.code
    }
    made = published_paper(office, editions[edition]) if edition in editions else None
    if made is None:
        known = sorted(editions) or Message("command.no_edition_yet")
        raise ReportError("command.no_edition", edition=edition, period=wanted.code, known=known)
    return made, published_pdf(office, editions[edition])


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ReportError("command.not_written", path=out, cause=cause_of(error)) from error


def _tell(out: Path, kind: ReportKind, made: Paper, *, json: bool) -> None:
    published = made.document.get("published")
    number = published["number"] if published else None
    if json:
        document = {"file": str(out), "kind": kind.value, "period": made.document["period"], "edition": number}
        common.print_json(document | {"mark": made.words.mark})
    else:
        what = f"terbitan {number}" if number else f"{made.document['period']} (draf, belum diterbitkan)"
        common.say(f"Laporan {what} ditulis ke {out}.")
