"""`pantau figures`: the numbers of the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands import common

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
    from etl.figures.period import Period
    from etl.figures.sla import SlaFilter, sla_figures, sla_json
    from etl.moments import parse_date

    office = common.open_reports(home)
    period = Period(parse_date(first), parse_date(last))
    wanted = SlaFilter(period, opd=opd, room=room, steps=tuple(code.upper() for code in step or ()))
    document = sla_json(office, sla_figures(office, wanted, common.as_of_moment(office, as_of)))
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
    from etl.figures.condition_period import condition_figures, conditions_json
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


def _line(row: dict) -> str:
    share = "–" if row["share"] is None else f"{row['share'] * 100:.1f}%".replace(".", ",")
    target = "–" if not row.get("target_seconds") else f"{row['target_seconds'] // 60} mnt"
    return (
        f"{row['step']:<6} {row.get('actor') or '':<28} target {target:>7}  n {row['n']:>5}  tepat {row['met']:>5}  "
        f"terlambat {row['late']:>4}  lewat {row['overdue']:>4}  {share:>7}"
    )
