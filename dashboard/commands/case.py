"""`pantau case`: one letter whole."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from dashboard.commands import common


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Satu permohonan seutuhnya, misalnya `pantau case 2026/143`.")(case)


def case(
    letter: Annotated[str, typer.Argument(metavar="TAHUN/NO_AGENDA", help="Tahun terima dan nomor agenda.")],
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print a letter with all its steps."""
    from data_access.errors import PantauError
    from etl.figures.requests.detail import request_detail
    from etl.figures.requests.documents import request_document

    match = re.fullmatch(r"\s*(\d{4})\s*/\s*(.+)", letter)
    if not match:
        raise typer.BadParameter(f'"{letter}" bukan TAHUN/NO_AGENDA; tulis seperti 2026/143')
    office = common.open_reports(home)
    whole = request_detail(office, int(match[1]), match[2], common.as_of_moment(office, as_of))
    if whole is None:
        raise PantauError("command.no_request", letter=f"{match[1]}/{match[2]}")
    document = request_document(office, whole)
    if json:
        common.print_json(document)
        return
    request = document["request"]
    common.say(f"{request['year']}/{request['agenda_number']}  {request['opd']}  {request['subject'] or ''}")
    common.say(f"diterima {request['received_at'] or request.get('received_on')}  status {request['status']}")
    for step in document["steps"]:
        seconds = "–" if step["elapsed_seconds"] is None else f"{step['elapsed_seconds']} dtk"
        reason = f" ({step['reason']})" if step["reason"] else ""
        common.say(f"  {step['step']}  {step['actor']:<28} {seconds:>10}  {step['verdict']}{reason}")
