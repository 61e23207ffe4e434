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
    with_paths: Annotated[
        bool, typer.Option("--paths", help="Juga jalur yang ditempuh kasus, di samping urutan SOP.")
    ] = False,
    home: common.HomeOption = None,  # noqa: ARG001 – may stand after every command; nothing of a home is read here
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Print the figures of a log; exit 1 where something of it was not understood."""
    from etl.extract.dates import DateOrder
    from etl.figures.measure import measure as measure_log
    from etl.figures.measure import measure_json, rules_of
    from etl.figures.paths import paths, paths_json

    said = said_columns(columns)
    book, names = rules_of(sop, settings, activities, common.time_now())
    moment = common.as_of_moment(as_of, book.zone)
    with common.working("Membaca dan mengukur log", quiet=json):
        measured = measure_log(log, book, names, moment, said, date_order and DateOrder(date_order))
    document = measure_json(measured, common.words)
    if with_paths:
        document["paths"] = paths_json(paths(measured))
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
    if "paths" in document:
        yield from _path_lines(document["paths"])
    left = document["not_understood"]
    for one in left["activities"]:
        yield f"Kegiatan tidak dikenal: {one['activity'] or 'lainnya'} ({one['events']} kejadian)"
    for one in left["transitions"]:
        yield f"Peralihan tidak dibaca: {one['transition'] or 'lainnya'} ({one['events']} kejadian)"
    if left["columns"]:
        yield f"Kolom tidak dibaca: {', '.join(left['columns'])}"
    yield from (one["message"] for one in [*left["rows"], *document["warnings"]])


_KINDS = {
    "sop": "menurut SOP",
    "parallel": "langkah yang sejajar",
    "left_out": "tanpa langkah yang boleh dilewati",
    "skip": "melewati langkah",
    "return": "kembali",
    "repeat": "diulang",
    "other_order": "urutan lain",
}
_MOST_LINES = 10


def _path_lines(told: dict[str, Any]) -> Iterator[str]:
    """The most frequent paths, and each step that came directly after another."""
    from dashboard.i18n import Formats, Language

    f = Formats(Language.INDONESIAN, common.HOME_ZONE)
    yield f"{told['cases']} kasus menempuh {told['variants']} jalur yang berbeda"
    for path in told["taken"][:_MOST_LINES]:
        yield f"  {path['cases']} kasus  {' → '.join(path['steps'])}"
    for one in told["arrows"]:
        waits = (f"{f.duration(one[f'{name}_waiting_seconds'])}" for name in ("median", "p90"))
        is_known = one["median_waiting_seconds"] is not None
        waiting = "; menunggu median {}, p90 {} jam kerja".format(*waits) if is_known else ""
        yield (
            f"  {one['from']} → {one['to']}  {one['count']} kali pada {one['cases']} kasus, "
            f"{_KINDS[one['kind']]}{waiting}"
        )
