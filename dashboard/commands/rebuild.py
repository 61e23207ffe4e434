"""`pantau rebuild`: judge everything again from the records."""

from __future__ import annotations

import typer

from dashboard.commands import common


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Menyusun ulang mart dari catatan; tidak ada catatan yang berubah.")(rebuild)


def rebuild(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """Build the mart again."""
    from etl.intake.pipeline import rebuild as build_again

    office = common.open_office(home)
    meta = build_again(office, common.time_now(), progress=common.progress("Menilai ulang permohonan", json))
    document = {"load_id": meta.load_id, "generation": meta.generation}
    if json:
        common.print_json(document)
    else:
        common.say(f"Mart disusun ulang: terbitan {meta.generation}, sampai muatan nomor {meta.load_id}.")
