"""`pantau settings`: show and apply the office's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import common

group = typer.Typer(help="Pengaturan: kalender, ruang, OPD, sumber, pejabat.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="settings")


@group.command(help="Menampilkan pengaturan yang berlaku sebagai TOML (atau JSON).")
def show(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """Print the settings in force."""
    from etl.settings.document import to_toml

    office = common.open_office(home)
    if json:
        common.print_json(office.settings.to_document())
    else:
        common.say(to_toml(office.settings).rstrip())


@group.command(help="Menerapkan berkas pengaturan; setiap tabel di dalamnya menggantikan tabel itu seutuhnya.")
def apply(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Berkas TOML.")],
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Apply a settings file, keep the version before, judge again."""
    from etl.intake.pipeline import apply_settings
    from etl.settings.calendars import check_calendar
    from etl.settings.document import apply_file

    office = common.open_office(home)
    settings = apply_file(office.settings, file)
    warnings = [common.words(warning) for warning in check_calendar(settings, str(file))]
    with common.working("Menerapkan pengaturan dan menilai ulang", quiet=json):
        changed = apply_settings(office, settings, common.time_now(), actor="cli")
    if not changed.is_published:
        warnings.append("layar belum diperbarui; jalankan `pantau rebuild`.")
    document = {"version": changed.version, "joined": changed.joined, "warnings": warnings}
    if json:
        common.print_json(document)
    else:
        common.say(f"Pengaturan diterapkan sebagai versi {changed.version}; versi sebelumnya tetap tersimpan.")
        if changed.joined:
            common.say(f"{changed.joined} baris yang menunggu kini bergabung.")
        for warning in warnings:
            common.say(f"Perhatian: {warning}")
    raise typer.Exit(common.NEEDS_A_PERSON if warnings else 0)
