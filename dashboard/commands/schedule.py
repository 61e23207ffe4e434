"""`pantau schedule`: a calendar file as register rows that a clerk completes and loads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import common
from data_access.errors import cause_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        help="Mengubah kalender (.ics) menjadi baris agenda: lengkapi no_agenda, tgl_terima, dan asal, lalu `ingest`."
    )(schedule)


def schedule(
    file: Annotated[Path, typer.Argument(help="Berkas .ics.")],
    out: Annotated[Path, typer.Option("--out", help="Berkas CSV yang ditulis.")],
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,  # noqa: ARG001 – may stand after every command; here nothing depends on it
    json: common.JsonOption = False,
) -> None:
    """Write the rows; exit 1 when an event was left out."""
    from etl.intake.offered.schedule_import import COLUMNS, ScheduleError, read_schedule
    from etl.sheet_files import Sheet, csv_table

    office = common.open_office(home)
    try:
        events = read_schedule(file.read_bytes(), office.zone)
        out.write_bytes(csv_table(Sheet("permohonan", COLUMNS, events.rows), decimal=","))
    except OSError as error:
        raise ScheduleError("command.file_error", file=error.filename, cause=cause_of(error)) from error
    skipped = [{"words": event.words, "reason": common.words(event.reason)} for event in events.skipped]
    document = {"rows": len(events.rows), "skipped": skipped, "out": str(out)}
    if json:
        common.print_json(document)
    else:
        common.say(f"{document['rows']} baris ditulis ke {out}; lengkapi no_agenda, tgl_terima, dan asal.")
        for event in skipped:
            common.say(f"  dilewati: {event['words'] or '(tanpa judul)'} – {event['reason']}")
    if events.skipped:
        raise typer.Exit(common.NEEDS_A_PERSON)
