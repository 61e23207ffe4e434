"""`pantau figures`: the numbers of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import common
from etl.domain.units import HOUR, MINUTE

if TYPE_CHECKING:
    from etl.figures.rooms.diary import RoomsFilter

group = typer.Typer(help="Angka halaman-halaman, sama persis.", no_args_is_help=True)

FromOption = Annotated[str, typer.Option("--from", help="Hari pertama, misalnya 2026-01-01.")]
ToOption = Annotated[str, typer.Option("--to", help="Hari terakhir, ikut dihitung.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="figures")


@group.command(help="Kepatuhan terhadap Mutu Baku, per langkah.")
def sla(
    first: FromOption,
    last: ToOption,
    opd: Annotated[str | None, typer.Option("--opd", help="Hanya OPD ini.")] = None,
    room: Annotated[str | None, typer.Option("--room", help="Hanya ruang ini.")] = None,
    step: Annotated[list[str] | None, typer.Option("--step", help="Hanya langkah ini; dapat diulang.")] = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the SLA figures of a period."""
    from etl.figures.compliance.reading import sla_document
    from etl.figures.compliance.steps import SlaFilter
    from etl.figures.period import Period
    from etl.moments import parse_date

    office = common.open_reports(home)
    period = Period(parse_date(first), parse_date(last))
    wanted = SlaFilter(period, opd=opd, room=room, steps=tuple(code.upper() for code in step or ()))
    document = sla_document(office, wanted, common.as_of_moment(office, as_of))
    if json:
        common.print_json(document)
        return
    for row in [*document["steps"], {**document["all_steps"], "step": "semua"}]:
        common.say(_line(row))


@group.command(help="Kondisi ruang, gangguan sarpras, dan B5.")
def conditions(
    first: FromOption,
    last: ToOption,
    opd: Annotated[str | None, typer.Option("--opd", help="B5 hanya dari pemakaian OPD ini.")] = None,
    room: Annotated[str | None, typer.Option("--room", help="Hanya ruang ini.")] = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the condition of the rooms and the figures of a period."""
    from etl.figures.facilities.period import condition_figures, conditions_json
    from etl.figures.period import Period
    from etl.moments import parse_date

    office = common.open_reports(home)
    period, moment = Period(parse_date(first), parse_date(last)), common.as_of_moment(office, as_of)
    document = conditions_json(office, condition_figures(office, period, moment, room=room, opd=opd))
    if json:
        common.print_json(document)
        return
    for line in _condition_lines(document):
        common.say(line)


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


OpdOption = Annotated[str | None, typer.Option("--opd", help="Hanya OPD ini.")]
RoomOption = Annotated[str | None, typer.Option("--room", help="Hanya ruang ini.")]


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
    figures = rooms_figures(office, _rooms_filter(first, last, opd, room), common.as_of_moment(office, as_of))
    document = rooms_json(office, figures)
    if json:
        common.print_json(document)
        return
    for row in [*document["rooms"], {**document["all_rooms"], "room": "semua ruang"}]:
        common.say(_room_line(row))


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
    figures = participant_figures(office, _rooms_filter(first, last, opd, room), common.as_of_moment(office, as_of))
    document = participants_json(office, figures)
    if json:
        common.print_json(document)
        return
    common.say(_people_line(document))


def _rooms_filter(first: str, last: str, opd: str | None, room: str | None) -> RoomsFilter:
    from etl.figures.period import Period
    from etl.figures.rooms.diary import RoomsFilter
    from etl.moments import parse_date

    return RoomsFilter(Period(parse_date(first), parse_date(last)), opd, room)


def _room_line(row: dict) -> str:
    return (
        f"{row['room']:<28} terpakai {_percent(row['utilisation']):>7}  "
        f"terjadwal {_percent(row['scheduled_share']):>7}  realisasi {_percent(row['realised_share']):>7}  "
        f"di luar jam {_hours(row['outside_seconds'])}  "
        f"bentrok {_hours(row['clash_seconds'])}  tidak dipakai {row['no_show']}/{row['no_show'] + row['held']}  "
        f"belum tercatat {row['unrecorded']}  keterisian {_percent(row['occupancy']):>7}"
    )


def _people_line(people: dict) -> str:
    from data_access.mart import People

    parts = [
        f"{word} {_known(people[of], people['sessions'])}"
        for word, of in zip(("rencana", "terverifikasi", "hadir"), People, strict=True)
    ]
    return f"sesi {people['sessions']}  {'  '.join(parts)}  kehadiran {_percent(people['attendance_share'])}"


def _known(count: dict, sessions: int) -> str:
    return f"{'–' if count['sum'] is None else count['sum']} ({count['known']} dari {sessions} sesi)"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}%".replace(".", ",")


def _hours(seconds: int) -> str:
    return f"{seconds / HOUR:.1f} jam".replace(".", ",")


def _line(row: dict) -> str:
    target = "–" if not row.get("target_seconds") else f"{row['target_seconds'] // MINUTE} mnt"
    return (
        f"{row['step']:<6} {row.get('actor') or '':<28} target {target:>7}  n {row['n']:>5}  tepat {row['met']:>5}  "
        f"terlambat {row['late']:>4}  lewat {row['overdue']:>4}  {_percent(row['share']):>7}"
    )
