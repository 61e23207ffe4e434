"""`pantau ingest`: load the office's files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands import common


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Memuat berkas: agenda surat masuk, disposisi, buku pemakaian.")(ingest)


def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="BERKAS…", help="Berkas CSV atau XLSX.")],
    kind: Annotated[str | None, typer.Option("--kind", help="permohonan, disposisi, atau pemakaian.")] = None,
    date_order: Annotated[
        list[str] | None, typer.Option("--date-order", help="dmy, mdy, ymd; atau KOLOM=URUTAN, dapat diulang.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Nama [[source]] dalam pengaturan.")] = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Load files one by one; each whole or not at all."""
    from etl.pipeline import ingest_file

    office = common.open_office(home)
    reports = []
    for file in files:
        with common.working(f"Memuat {file.name}", quiet=json):
            reports.append(
                ingest_file(office, file, common.time_now(), kind=kind, date_order=date_order or [], source=source)
            )
        if not json:
            _tell(reports[-1].to_json())
    if json:
        common.print_json({"loads": [report.to_json() for report in reports]})
    raise typer.Exit(exit_code([report.to_json() for report in reports]))


def exit_code(loads: list[dict[str, Any]]) -> int:
    """0 all well, 1 rejected or waiting rows or some files refused, 2 all refused."""
    refused = sum(load["status"] == "refused" for load in loads)
    if refused == len(loads):
        return common.REFUSED
    unwell = refused or any(load["rejected"] or load["waiting"] for load in loads)
    return common.NEEDS_A_PERSON if unwell else 0


def _tell(load: dict[str, Any]) -> None:
    if load["status"] == "refused":
        common.say_error(f"Ditolak: {load['reason']}")
        return
    counts = (
        f"{load['read']} baris dibaca: {load['accepted']} baru, {load['unchanged']} sama, "
        f"{load['corrected']} koreksi, {load['waiting']} menunggu, {load['rejected']} ditolak"
    )
    known = "sudah pernah dimuat; " if load["status"] == "unchanged" else ""
    common.say(f"{load['file']} ({load['kind']}): {known}{counts}.")
    for reject in load["rejects"][:20]:
        common.say(f"  {reject['message']}")
    if len(load["rejects"]) > 20:
        common.say(f"  … dan {len(load['rejects']) - 20} baris lagi; gunakan --json untuk semuanya.")
    for warning in load["warnings"][:5]:
        common.say(f"  Perhatian: {warning['message']}")
    if len(load["warnings"]) > 5:
        common.say(f"  … dan {len(load['warnings']) - 5} catatan lagi; gunakan --json untuk semuanya.")
    if load["ignored_columns"]:
        common.say(f"  Kolom yang tidak dipakai: {', '.join(load['ignored_columns'])}")
