"""`pantau ingest`: load the office's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from data_access.errors import Message, PantauError

if TYPE_CHECKING:
    from etl.intake.load_report import LoadReport
    from etl.office import Office


SHOWN_REJECTS, SHOWN_WARNINGS = 20, 5
HELP = "Memuat berkas: agenda surat masuk, disposisi, buku pemakaian, daftar peserta, kondisi sarpras."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest", help=HELP)(ingest_command)


def ingest_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[BERKAS…]", help="Berkas CSV, XLSX, XLS, atau ODS; tanpa berkas: sumber basis data --source."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="permohonan, disposisi, pemakaian, peserta, atau kondisi.")
    ] = None,
    date_order: Annotated[
        list[str] | None, typer.Option("--date-order", help="dmy, mdy, ymd; atau KOLOM=URUTAN, dapat diulang.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Nama [[source]] dalam pengaturan.")] = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Load files one by one; each whole or not at all. Without files, what a database source has to say."""
    from etl.intake.pipeline import ingest

    _check_given(files, source, kind, date_order)
    office = common.open_office(home)
    reports = [] if files else [_fetch(office, str(source), json)]
    for file in files or []:
        with common.working(f"Memuat {file.name}", quiet=json):
            loaded = ingest(office, file, common.time_now(), kind=kind, date_order=date_order or [], source=source)
        reports += loaded
        if not json:
            for report in loaded:
                _tell(report)
    if json:
        common.print_json({"loads": [report.to_json(common.words) for report in reports]})
    raise typer.Exit(exit_code([report.to_json(common.words) for report in reports]))


def _check_given(files: list[Path] | None, source: str | None, kind: str | None, orders: list[str] | None) -> None:
    if not files and source is None:
        raise PantauError("command.nothing_to_load")
    if not files and (kind or orders):
        raise PantauError("command.options_of_files")


def _fetch(office: Office, name: str, json: bool) -> LoadReport:
    from etl.intake.load_report import find_source
    from etl.intake.watched.sources import fetch, is_database

    source = find_source(office, name)
    if source is None or not is_database(source):
        raise PantauError("command.no_database", source=name)
    with common.working(f"Membaca {name}", quiet=json):
        report = fetch(office, source, common.time_now(), actor="cli")
    if not json:
        _tell(report)
    return report


def exit_code(loads: list[dict[str, Any]]) -> int:
    """0 all well, 1 when a person must look (rows, files, screens), 2 all refused. One entry a file and kind."""
    from etl.intake.load_report import NOT_PUBLISHED

    refused = sum(load["status"] == "refused" for load in loads)
    if refused == len(loads):
        return common.REFUSED
    is_behind = any(warning["code"] == NOT_PUBLISHED for load in loads for warning in load["warnings"])
    unwell = refused or is_behind or any(load["rejected"] or load["waiting"] for load in loads)
    return common.NEEDS_A_PERSON if unwell else 0


def _tell(report: LoadReport) -> None:
    load = report.to_json(common.words)
    if report.status == "refused":
        common.say_error(common.words(report.summary()))
        return
    if report.status == "unchanged" and not load["read"] and report.sha256 is None:
        common.say(common.words(Message("load.no_news", file=report.file, kind=report.kind or "")))
        return
    below = [reject["message"] for reject in load["rejects"][:SHOWN_REJECTS]]
    below += _more("load.more_rejects", len(load["rejects"]) - SHOWN_REJECTS)
    below += [Message("load.warning", message=warning["message"]) for warning in load["warnings"][:SHOWN_WARNINGS]]
    below += _more("load.more_warnings", len(load["warnings"]) - SHOWN_WARNINGS)
    below += [Message("load.ignored", columns=load["ignored_columns"])] if load["ignored_columns"] else []
    common.say(common.words(report.summary()))
    for line in below:
        common.say(f"  {common.words(line)}")


def _more(code: str, count: int) -> list[Message]:
    return [Message(code, count=count)] if count > 0 else []
