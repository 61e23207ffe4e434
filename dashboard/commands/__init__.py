"""The command line `pantau`: parse, ask, print. Heavy imports stay inside the commands."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from dashboard.commands import figures, intake, keeping, measure, office, serve, sop
from dashboard.commands.common import answering, say
from data_access.origin import ORIGIN, Origin

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("demo", serve.demo, "Membuat (ulang) data contoh dua tahun, terpisah dari data nyata."),
    ("serve", serve.serve, "Menjalankan dasbor sampai dihentikan."),
    ("ingest", intake.ingest_command, intake.INGEST_HELP),
    ("watch", intake.watch_command, intake.WATCH_HELP),
    ("case", figures.case, "Satu permohonan seutuhnya, misalnya `pantau case 2026/143`."),
    ("clock", figures.clock, "Jam kerja antara dua waktu, hari demi hari; atau saat jatuh tempo dengan --add."),
    ("measure", measure.measure, measure.MEASURE_HELP),
    ("report", figures.report, "Mencetak laporan satu periode sebagai PDF atau XLSX."),
    ("backup", keeping.backup, keeping.BACKUP_HELP),
    ("restore", keeping.restore, keeping.RESTORE_HELP),
    ("export", keeping.export, keeping.EXPORT_HELP),
    ("rebuild", keeping.rebuild, "Menyusun ulang mart dari catatan; tidak ada catatan yang berubah."),
    ("check", keeping.check, "Memeriksa pengaturan, kalender, SOP, basis data, dan mart."),
    ("schedule", intake.schedule, intake.SCHEDULE_HELP),
)
GROUPS = {
    "figures": figures.group,
    "condition": intake.condition,
    "settings": office.settings,
    "sop": sop.group,
    "user": office.user,
    "screen": office.screen,
    "opd-code": office.opd_code,
}

app = typer.Typer(
    name="pantau",
    help="Mengukur, langkah demi langkah dan dalam jam kerja, apakah SOP Smart Center dipatuhi.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def tell_version(is_wanted: bool) -> None:
    """Print the version and the mark of the build, and end."""
    if is_wanted:
        from dashboard.components.asset_urls import build_mark

        say(f"pantau {version('pantau')} ({build_mark()})")
        raise typer.Exit


@app.callback()
def begin(
    _: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Versi dan tanda bangunan.")
    ] = False,
) -> None:
    """What every command does is noted as done on the command line, by nobody's name."""
    ORIGIN.set(Origin("cli"))


for _name, _command, _help in COMMANDS:
    app.command(_name, help=_help)(_command)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """The entry point: exit code 0 well, 1 somebody must look, 2 refused, 70 internal error."""
    os.umask(0o077)  # what is written here is for its owner only: records hold password hashes
    _keep_imports()
    answering(lambda: app(prog_name="pantau"))


def _keep_imports() -> None:
    """Imports make a million objects that stay. Looking through them for rubbish, again and again while they are made
    and once more at the end, finds none and is a third of the time of a short command."""
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
