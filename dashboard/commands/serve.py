"""`pantau serve`: the dashboard."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import common, keeping
from data_access.home import Home

InboxOption = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        envvar="PANTAU_INBOX",
        help="Jaga juga kotak masuk di folder ini, dan baca sumber basis data menurut iramanya (lihat `pantau watch`).",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Menjalankan dasbor sampai dihentikan.")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Alamat yang didengar.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Porta.")] = 8050,
    demo: Annotated[bool, typer.Option("--demo", help="Tampilkan data contoh.")] = False,
    demo_when_empty: Annotated[
        bool, typer.Option("--demo-when-empty", help="Data contoh selama belum ada catatan nyata.")
    ] = False,
    https: Annotated[bool, typer.Option("--https", help="Di balik TLS: kuki hanya lewat HTTPS.")] = False,
    inbox: InboxOption = None,
    home: common.HomeOption = None,
) -> None:
    """Serve the real home, or the demo."""
    keeping.end_with_parent()
    chosen = common.usable_home(home)
    shows_demo = demo_when_empty and not demo and is_empty(chosen)
    if shows_demo or (inbox and not demo and not chosen.is_demo):
        from dashboard.commands.keeping import Together

        address = ("--host", host, "--port", str(port), *(["--https"] if https else []))
        raise typer.Exit(Together(chosen, address, inbox, is_empty, shows_demo=shows_demo).run())
    if demo:
        _serve_demo(chosen, host, port)
    else:
        _serve_real(chosen.root, host, port, https)


def is_empty(home: Home) -> bool:
    """Whether no file was ever loaded into the real records."""
    url = os.environ.get("PANTAU_DATABASE_URL")
    if not url and not home.records_path.exists():
        return True
    from data_access.records import SchemaState, open_records, reading, records_url, schema_state
    from data_access.records.intake.loads import last_load_id

    records = open_records(records_url(home, url))
    try:
        if schema_state(records) is not SchemaState.CURRENT:
            return False
        with reading(records) as connection:
            return last_load_id(connection) == 0
    finally:
        records.dispose()


def _serve_real(root: Path, host: str, port: int, https: bool) -> None:
    from dashboard.web.server import serve as run

    _in_its_own_process(_catch_up, root)
    run(lambda: common.open_office(root), host=host, port=port, secure_cookies=https, announce=common.say)


def _serve_demo(home: Home, host: str, port: int) -> None:
    from dashboard.access.people import renew_demo_logins
    from dashboard.commands.demo import tell_logins
    from dashboard.web.server import serve as run
    from etl.demo import is_fresh
    from etl.office import Office

    now = common.time_now()
    _in_its_own_process(_catch_up_demo if is_fresh(home.demo, now) else _make_demo, home.root)
    office = Office.open(home.demo, None, common.time_now)
    tell_logins(renew_demo_logins(office, now))
    office.records.dispose()
    run(lambda: Office.open(home.demo, None, common.time_now), host=host, port=port, announce=common.say)


def _in_its_own_process(work: Callable[[Path], None], root: Path) -> None:
    """Do something with the mart before serving: server processes forked after DuckDB was used here would crash."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(root,))
    process.start()
    process.join()
    if process.exitcode:
        raise typer.Exit(process.exitcode)


def _told(work: Callable[[], object]) -> None:
    """Run work as a command is run: a refusal is told in its sentence, a crash by its reference in the log."""
    from dashboard.commands import answering

    answering(work)


def _catch_up(root: Path) -> None:
    from etl.judging.publishing import catch_up

    _told(lambda: catch_up(common.open_office(root), common.time_now(), common.progress("Menyusun mart")))


def _catch_up_demo(root: Path) -> None:
    from etl.judging.publishing import catch_up
    from etl.office import Office

    _told(lambda: catch_up(Office.open(Home(root).demo, None, common.time_now), common.time_now()))


def _make_demo(root: Path) -> None:
    from etl.demo import make_demo

    common.say("Membuat data contoh …")
    bar = common.progress("Membuat data contoh")
    _told(lambda: make_demo(Home(root).demo, common.time_now(), common.time_now, bar))
