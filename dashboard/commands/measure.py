"""`pantau measure`: a whole event log against a SOP, without records and without a home."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands import common
from dashboard.commands.figures import percent, step_line

MEASURE_HELP = (
    "Mengukur log kejadian (CSV atau XES, juga .gz) terhadap satu SOP, tanpa basis data: langkah demi langkah dalam "
    "jam kerja, seperti `pantau figures sla`."
)


class Order(StrEnum):
    """How dates of three numbers are read."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


SopOption = Annotated[
    list[Path],
    typer.Option("--sop", metavar="BERKAS", help="Berkas SOP (TOML atau XLSX); dapat diulang: versi menurut tanggal."),
]
ColumnsOption = Annotated[
    str,
    typer.Option(
        "--columns", metavar="ISI=KOLOM,…", help="Nama kolom, misalnya case=Nomor,activity=Tahap,complete=Jam."
    ),
]


def measure(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Berkas .csv, .csv.gz, .xes, atau .xes.gz.")],
    sop: SopOption,
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="BERKAS", help="Kalender dan zona waktu; bawaan: milik pantau.")
    ] = None,
    columns: ColumnsOption = "",
    activities: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="BERKAS", help='TOML dengan [kegiatan] "Nama kegiatan" = "A2"; "" = bukan langkah.'
        ),
    ] = None,
    date_order: Annotated[
        Order | None, typer.Option("--date-order", help="Urutan tanggal yang ditulis dengan tiga angka.")
    ] = None,
    home: common.HomeOption = None,  # noqa: ARG001 – may stand after every command; nothing of a home is read here
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the figures of a log; exit 1 where something of it was not understood."""
    from etl.extract.dates import DateOrder
    from etl.figures.measure import measure as measure_log
    from etl.figures.measure import measure_json, rules_of

    said = said_columns(columns)
    book, names = rules_of(sop, settings, activities, common.time_now())
    moment = common.as_of_moment(as_of, book.zone)
    with common.working("Membaca dan mengukur log", quiet=json):
        measured = measure_log(log, book, names, moment, said, date_order and DateOrder(date_order))
    document = measure_json(measured, common.words)
    common.answer(json, document, *_lines(document))
    raise typer.Exit(common.NEEDS_A_PERSON if measured.needs_a_person else 0)


def said_columns(columns: str) -> dict[str, str]:
    """By field the name of its column, as `--columns` has it."""
    said = {}
    for part in filter(str.strip, columns.split(",")):
        field, equals, name = (text.strip() for text in part.partition("="))
        if not (field and equals and name):
            raise typer.BadParameter(f'"{part.strip()}" bukan ISI=KOLOM; tulis seperti case=Nomor,activity=Tahap')
        said[field] = name
    return said


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """The table of the steps, and what of the log was not understood."""
    yield f"{document['cases']} kasus, {document['events']} kejadian"
    yield from map(step_line, [*document["steps"], {**document["all_steps"], "step": "semua"}])
    whole, due = document["requests"], document["deadlines"]
    yield (
        f"Kasus tepat waktu {whole['on_time']}, terlambat {whole['late']}, belum diketahui {whole['unknown']}, "
        f"berjalan {whole['running']}: {percent(whole['share'])}"
    )
    if due:
        yield (
            f"Tenggat kasus dipenuhi {due['met']}, terlambat {due['late']}, lewat {due['overdue']}, berjalan "
            f"{due['running']}, belum diketahui {due['unknown']}: {percent(due['share'])}"
        )
    left = document["not_understood"]
    for one in left["activities"]:
        yield f"Kegiatan tidak dikenal: {one['activity'] or 'lainnya'} ({one['events']} kejadian)"
    for one in left["transitions"]:
        yield f"Peralihan tidak dibaca: {one['transition'] or 'lainnya'} ({one['events']} kejadian)"
    if left["columns"]:
        yield f"Kolom tidak dibaca: {', '.join(left['columns'])}"
    yield from (one["message"] for one in [*left["rows"], *document["warnings"]])
