"""`pantau clock`: working time between two moments, or the moment at which it has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from etl.domain.units import MINUTE, clock_text

if TYPE_CHECKING:
    from etl.office import Office


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Jam kerja antara dua waktu, hari demi hari; atau saat jatuh tempo dengan --add.")(clock)


def clock(
    start: Annotated[str, typer.Argument(help="Mulai, misalnya 2026-09-07T09:00.")],
    end: Annotated[str | None, typer.Argument(help="Selesai; tanpa ini gunakan --add.")] = None,
    add: Annotated[str | None, typer.Option("--add", help="Lama kerja, misalnya 1h30m.")] = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,  # noqa: ARG001 – may stand after every command; here nothing depends on it
    json: common.JsonOption = False,
) -> None:
    """Print working seconds with their days, or the due moment."""
    office = common.open_office(home)
    if (end is None) == (add is None):
        raise typer.BadParameter("tulis waktu selesai, atau --add LAMA, salah satu saja")
    document = due(office, start, add) if add is not None else span(office, start, end or "")
    if json:
        common.print_json(document)
    else:
        _tell(document)


def span(office: Office, start_text: str, end_text: str) -> dict[str, Any]:
    """Working and elapsed seconds with the intervals of each day."""
    import numpy as np

    from etl.moments import MomentError, parse_moment

    start, end = parse_moment(start_text, office.zone), parse_moment(end_text, office.zone)
    if end < start:
        raise MomentError("command.end_before_start", start=start_text, end=end_text)
    ends = np.array([start]), np.array([end])
    if not office.calendar.is_covered(*ends)[0]:
        raise MomentError("command.no_calendar_until", start=start_text, end=end_text)
    lines = office.calendar.breakdown(start, end)
    return {
        "working_seconds": int(office.calendar.working_seconds(*ends)[0]),
        "elapsed_seconds": end - start,
        "days": [
            {
                "date": line.date.isoformat(),
                "intervals": [[_hhmm(a), _hhmm(b)] for a, b in line.intervals],
                "working_seconds": line.working_seconds,
                "note": line.note,
            }
            for line in lines
        ],
    }


def due(office: Office, start_text: str, duration: str) -> dict[str, Any]:
    """The earliest moment at which that much working time has passed."""
    import numpy as np

    from etl.domain.frames import MISSING
    from etl.moments import MomentError, iso, parse_duration, parse_moment

    start = np.array([parse_moment(start_text, office.zone)])
    moment = int(office.calendar.due(start, np.array([parse_duration(duration)]))[0])
    if moment == MISSING or not office.calendar.is_covered(start, np.array([moment]))[0]:
        raise MomentError("command.no_calendar_after", start=start_text, duration=duration)
    return {"due_at": iso(moment, office.zone)}


def _hhmm(seconds: int) -> str:
    text = clock_text(seconds)
    return text + (f":{seconds % MINUTE:02d}" if seconds % MINUTE else "")


def _tell(document: dict[str, Any]) -> None:
    if "due_at" in document:
        common.say(document["due_at"])
        return
    common.say(f"Jam kerja {document['working_seconds']} detik, waktu berjalan {document['elapsed_seconds']} detik")
    for day in document["days"]:
        spans = ", ".join(f"{a}–{b}" for a, b in day["intervals"]) or "tutup"
        common.say(f"  {day['date']}  {spans}  {day['working_seconds']} detik  {day['note']}".rstrip())
