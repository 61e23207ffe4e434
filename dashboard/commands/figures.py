"""What is read from the records: `pantau figures`, the numbers of the pages; `case`, `clock` and `report`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from data_access.errors import Message, PantauError, cause_of
from etl.domain.units import HOUR, MINUTE, clock_text

if TYPE_CHECKING:
    from dashboard.printed.publish import Paper
    from etl.figures.filter import Period
    from etl.figures.report import ReportPeriod
    from etl.figures.rooms.diary import RoomsFilter
    from etl.office import Office

group = typer.Typer(help="Angka halaman-halaman, sama persis.", no_args_is_help=True)

FromOption = Annotated[str, typer.Option("--from", help="Hari pertama, misalnya 2026-01-01.")]
ToOption = Annotated[str, typer.Option("--to", help="Hari terakhir, ikut dihitung.")]
OpdOption = Annotated[str | None, typer.Option("--opd", help="Hanya OPD ini.")]
RoomOption = Annotated[str | None, typer.Option("--room", help="Hanya ruang ini.")]


@group.command(help="Kepatuhan terhadap Mutu Baku, per langkah.")
def sla(
    first: FromOption,
    last: ToOption,
    opd: OpdOption = None,
    room: RoomOption = None,
    step: Annotated[list[str] | None, typer.Option("--step", help="Hanya langkah ini; dapat diulang.")] = None,
    without: Annotated[
        str, typer.Option("--without-flags", help="Tanpa langkah yang ditandai: entered_late,round_stamps atau all.")
    ] = "",
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the SLA figures of a period."""
    from etl.figures.compliance.reading import sla_document
    from etl.figures.filter import SlaFilter

    office = common.open_reports(home)
    steps, flags = tuple(code.upper() for code in step or ()), tuple(part for part in without.split(",") if part)
    wanted = SlaFilter(_period(first, last), opd, room, steps, flags)
    document = sla_document(office, wanted, common.as_of_moment(as_of, office.zone))
    rows = [*document["steps"], {**document["all_steps"], "step": "semua"}]
    common.answer(json, document, *map(step_line, rows))


@group.command(help="Kondisi ruang, gangguan sarpras, dan B5.")
def conditions(
    first: FromOption,
    last: ToOption,
    opd: Annotated[str | None, typer.Option("--opd", help="B5 hanya dari pemakaian OPD ini.")] = None,
    room: RoomOption = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the condition of the rooms and the figures of a period."""
    from etl.figures.facilities.period import condition_figures, conditions_json

    office = common.open_reports(home)
    period, moment = _period(first, last), common.as_of_moment(as_of, office.zone)
    document = conditions_json(office, condition_figures(office, period, moment, room=room, opd=opd))
    common.answer(json, document, *_condition_lines(document))


def _condition_lines(document: dict) -> list[str]:
    words = {"READY": "Siap", "ATTENTION": "Perlu perhatian", "DISRUPTED": "Terganggu", "EXPIRED": "Kedaluwarsa",
             "UNCHECKED": "Belum dicek"}  # fmt: skip
    faults, b5 = document["incidents"], document["b5"]
    rooms = [
        f"{room['room']:<28} {words[room['status']]:<16} dicek {room['checked_at'] or '–'}"
        for room in document["rooms"]
    ]
    return [
        *rooms,
        f"Gangguan terbuka {faults['open']}, dipulihkan {faults['restored']}",
        f"B5: {b5['good']} baik dari {b5['checked']} pemakaian yang dicek; {b5['held']} pemakaian",
    ]


@group.command(help="Pemakaian ruang: terpakai, terjadwal, bentrok, tidak dipakai, keterisian.")
def rooms(
    first: FromOption,
    last: ToOption,
    opd: OpdOption = None,
    room: RoomOption = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the figures of rooms in a period."""
    from etl.figures.rooms.use import rooms_figures, rooms_json

    office = common.open_reports(home)
    moment = common.as_of_moment(as_of, office.zone)
    document = rooms_json(office, rooms_figures(office, _rooms_filter(first, last, opd, room), moment))
    rows = [*document["rooms"], {**document["all_rooms"], "room": "semua ruang"}]
    common.answer(json, document, *map(_room_line, rows))


@group.command(help="Peserta: direncanakan, terverifikasi, hadir, dan skrining sebagai jumlah.")
def participants(
    first: FromOption,
    last: ToOption,
    opd: OpdOption = None,
    room: RoomOption = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the figures of participants in a period."""
    from etl.figures.people import participant_figures, participants_json

    office = common.open_reports(home)
    moment = common.as_of_moment(as_of, office.zone)
    document = participants_json(office, participant_figures(office, _rooms_filter(first, last, opd, room), moment))
    common.answer(json, document, _people_line(document))


def _rooms_filter(first: str, last: str, opd: str | None, room: str | None) -> RoomsFilter:
    from etl.figures.rooms.diary import RoomsFilter

    return RoomsFilter(_period(first, last), opd, room)


def _period(first: str, last: str) -> Period:
    from etl.figures.filter import Period
    from etl.moments import parse_date

    return Period(parse_date(first), parse_date(last))


def _room_line(row: dict) -> str:
    return (
        f"{row['room']:<28} terpakai {percent(row['utilisation']):>7}  "
        f"terjadwal {percent(row['scheduled_share']):>7}  realisasi {percent(row['realised_share']):>7}  "
        f"di luar jam {_hours(row['outside_seconds'])}  "
        f"bentrok {_hours(row['clash_seconds'])}  tidak dipakai {row['no_show']}/{row['no_show'] + row['held']}  "
        f"belum tercatat {row['unrecorded']}  jadwal bentrok {row['clashed']}  "
        f"keterisian {percent(row['occupancy']):>7}  "
        f"jumlah per OPD {_hours(sum(use['seconds'] for use in row['by_opd']))}"
    )


def _people_line(people: dict) -> str:
    from data_access.mart import People

    parts = [
        f"{word} {_known(people[of], people['sessions'])}"
        for word, of in zip(("rencana", "terverifikasi", "hadir"), People, strict=True)
    ]
    return f"sesi {people['sessions']}  {'  '.join(parts)}  kehadiran {percent(people['attendance_share'])}"


def _known(count: dict, sessions: int) -> str:
    return f"{'–' if count['sum'] is None else count['sum']} ({count['known']} dari {sessions} sesi)"


def percent(share: float | None) -> str:
    """A share as a line shows it."""
    return "–" if share is None else f"{share * 100:.1f}%".replace(".", ",")


def _hours(seconds: int) -> str:
    return f"{seconds / HOUR:.1f} jam".replace(".", ",")


def step_line(row: dict) -> str:
    """A step of a document of figures in one line."""
    target = "–" if not row.get("target_seconds") else f"{row['target_seconds'] // MINUTE} mnt"
    left = row["without_flagged"]
    few = "belum cukup" if left["share"] is None else f"{percent(left['share'])} dari {left['n']}"
    return (
        f"{row['step']:<6} {row.get('actor') or '':<28} target {target:>7}  n {row['n']:>5}  tepat {row['met']:>5}  "
        f"terlambat {row['late']:>4}  lewat batas {row['overdue']:>4}  {percent(row['share']):>7}  "
        f"cakupan {percent(row['coverage']):>7}" + (f"  tanpa yang ditandai {few}" if row["flags"] and row["n"] else "")
    )


def case(
    letter: Annotated[str, typer.Argument(metavar="TAHUN/NO_AGENDA", help="Tahun terima dan nomor agenda.")],
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print a letter with all its steps."""
    from etl.extract.texts import letter_name, letter_named
    from etl.figures.requests.detail import request_detail
    from etl.figures.requests.documents import request_document

    named = letter_named(letter)
    if named is None:
        raise typer.BadParameter(f'"{letter}" bukan TAHUN/NO_AGENDA; tulis seperti 2026/143')
    office = common.open_reports(home)
    whole = request_detail(office, *named, common.as_of_moment(as_of, office.zone))
    if whole is None:
        raise PantauError("command.no_request", letter=letter_name(*named))
    document = request_document(office, whole)
    request = document["request"]
    common.answer(
        json,
        document,
        f"{letter_name(request['year'], request['agenda_number'])}  {request['opd']}  {request['subject'] or ''}",
        f"diterima {_received(office, whole.request)}  status {request['status']}",
        *map(_case_line, document["steps"]),
    )


def _received(office: Office, request: Mapping[str, Any]) -> str:
    """When a letter was received, as the office writes it; its day alone where no clock time is known."""
    formats, at = common.written_in(office), request["received_at"]
    return formats.date_short(request["received_on"]) if at is None else formats.moment_short(at)


def _case_line(step: dict[str, Any]) -> str:
    seconds = "–" if step["elapsed_seconds"] is None else f"{step['elapsed_seconds']} dtk"
    reason = f" ({step['reason']})" if step["reason"] else ""
    return f"  {step['step']}  {step['actor']:<28} {seconds:>10}  {step['verdict']}{reason}"


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
    document = _due(office, start, add) if add is not None else _span(office, start, end or "")
    common.answer(json, document, *_clock_lines(document))


def _span(office: Office, start_text: str, end_text: str) -> dict[str, Any]:
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


def _due(office: Office, start_text: str, duration: str) -> dict[str, Any]:
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


def _clock_lines(document: dict[str, Any]) -> Iterator[str]:
    if "due_at" in document:
        yield document["due_at"]
        return
    yield f"Jam kerja {document['working_seconds']} detik, waktu berjalan {document['elapsed_seconds']} detik"
    for day in document["days"]:
        spans = ", ".join(f"{a}–{b}" for a, b in day["intervals"]) or "tutup"
        yield f"  {day['date']}  {spans}  {day['working_seconds']} detik  {day['note']}".rstrip()


SUFFIXES = (".pdf", ".xlsx")


class ReportKind(StrEnum):
    """What is printed: everything, or the form of Tabel 7 alone."""

    SLA = "sla"
    TABEL7 = "tabel7"


class ReportError(PantauError):
    """A report that cannot be made or written."""


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
        made, kept = _draft(office, wanted, common.as_of_moment(as_of, office.zone)), None
    else:
        made, kept = _edition(office, wanted, edition)
    whole = kind is ReportKind.SLA
    content = made.xlsx() if suffix == ".xlsx" else (kept if whole else None) or made.pdf(whole=whole)
    _write(out, content)
    common.note(office, "export", f"report {made.document['period']}{suffix}")
    _tell_report(out, kind, made, json=json)


def _draft(office: Office, wanted: ReportPeriod, moment: int) -> Paper:
    from datetime import datetime

    from dashboard.printed.publish import draft

    if wanted.days.first > datetime.fromtimestamp(moment, office.zone).date():
        raise ReportError("command.period_not_begun", period=wanted.code)
    return draft(office, wanted, moment, printed_at=common.time_now())


def _edition(office: Office, wanted: ReportPeriod, edition: int) -> tuple[Paper, bytes | None]:
    """An edition, and its PDF byte for byte."""
    from dashboard.printed.publish import editions_of, published_paper, published_pdf

    editions = editions_of(office, wanted)
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


def _tell_report(out: Path, kind: ReportKind, made: Paper, *, json: bool) -> None:
    published = made.document.get("published")
    number, period = published["number"] if published else None, made.document["period"]
    document = {"file": str(out), "kind": kind.value, "period": period, "edition": number, "mark": made.words.mark}
    what = f"terbitan {number}" if number else f"{period} (draf, belum diterbitkan)"
    common.answer(json, document, f"Laporan {what} ditulis ke {out}.")
