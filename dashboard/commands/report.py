"""`pantau report`: printed reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import common
from data_access.errors import PantauError

if TYPE_CHECKING:
    from etl.figures.report_period import ReportPeriod
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
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the report of a period."""
    from etl.figures.report_period import parse_report_period

    asked = parse_report_period(period)
    if out.suffix.lower() not in SUFFIXES:
        raise ReportError(f"Berkas {out.name} harus berakhiran .pdf atau .xlsx.")
    office = common.open_reports(home)
    moment = common.as_of_moment(office, as_of)
    _refuse_future(office, asked, moment)
    _write(out, _content(office, asked, kind, out.suffix.lower(), moment))
    document = {"file": str(out), "kind": kind.value, "period": asked.code}
    if json:
        common.print_json(document)
    else:
        common.say(f"Laporan {asked.code} ditulis ke {out}.")


def _refuse_future(office: Office, asked: ReportPeriod, moment: int) -> None:
    from datetime import datetime

    if asked.days.first > datetime.fromtimestamp(moment, office.zone).date():
        raise ReportError(f"Periode {asked.code} belum mulai; pilih periode yang sudah berjalan.")


def _content(office: Office, asked: ReportPeriod, kind: ReportKind, suffix: str, moment: int) -> bytes:
    from dashboard.printed.paper import draft

    made = draft(office, asked, moment, printed_at=common.time_now())
    return made.pdf(whole=kind is ReportKind.SLA) if suffix == ".pdf" else made.xlsx()


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ReportError(f"{out} tidak dapat ditulis ({error.strerror}); pilih tempat lain.") from error
