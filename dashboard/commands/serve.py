"""`pantau serve`: the dashboard."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from dashboard.commands import common
from data_access.home import Home

LOOK_EVERY_SECONDS = 1.0


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
    home: common.HomeOption = None,
) -> None:
    """Serve the real home, or the demo."""
    chosen = common.usable_home(home)
    if demo_when_empty and not demo and is_empty(chosen):
        _serve_demo_until_real(chosen, host, port, https)
    elif demo:
        _serve_demo(chosen, host, port)
    else:
        _serve_real(chosen.root, host, port, https)


def is_empty(home: Home) -> bool:
    """Whether no file was ever loaded into the real records."""
    url = os.environ.get("PANTAU_DATABASE_URL")
    if not url and not home.records_path.exists():
        return True
    from data_access.records import SchemaState, open_records, reading, records_url, schema_state
    from data_access.records.loads import last_load_id

    records = open_records(records_url(home, url))
    try:
        if schema_state(records) is not SchemaState.CURRENT:
            return False
        with reading(records) as connection:
            return last_load_id(connection) == 0
    finally:
        records.dispose()


def _serve_real(root: Path, host: str, port: int, https: bool) -> None:
    from dashboard.server import serve as run

    _in_its_own_process(_catch_up, root)
    run(lambda: common.open_office(root), host=host, port=port, secure_cookies=https, announce=common.say)


def _serve_demo(home: Home, host: str, port: int) -> None:
    from dashboard.access.people import renew_demo_logins
    from dashboard.commands.demo import tell_logins
    from dashboard.server import serve as run
    from etl.demo_home import is_fresh
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
    from etl.pipeline import catch_up

    _told(lambda: catch_up(common.open_office(root), common.time_now(), common.progress("Menyusun mart")))


def _catch_up_demo(root: Path) -> None:
    from etl.office import Office
    from etl.pipeline import catch_up

    _told(lambda: catch_up(Office.open(Home(root).demo, None, common.time_now), common.time_now()))


def _make_demo(root: Path) -> None:
    from etl.demo_home import make_demo

    common.say("Membuat data contoh …")
    bar = common.progress("Membuat data contoh")
    _told(lambda: make_demo(Home(root).demo, common.time_now(), common.time_now, bar))


def _serve_demo_until_real(home: Home, host: str, port: int, https: bool) -> None:
    """The demo in a child process; with the first real load the real records take its place."""
    common.say("Belum ada catatan nyata; yang tampil adalah data contoh.")
    child = _start(home, host, port, "--demo")
    is_demo, is_stopping = True, False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Nothing may wait here: the loop below does, and the child's end is its news.
        nonlocal is_stopping
        is_stopping = True
        child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while child.poll() is None:
        time.sleep(LOOK_EVERY_SECONDS)
        if is_demo and not is_stopping and not is_empty(home):
            common.say("Catatan nyata pertama sudah dimuat; dasbor beralih dari data contoh ke data nyata.")
            child.terminate()
            child.wait()
            child = _start(home, host, port, *(["--https"] if https else []))
            is_demo = False
            if is_stopping:
                child.terminate()
    raise typer.Exit(0 if is_stopping else child.returncode)


def _start(home: Home, host: str, port: int, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dashboard.commands", "serve", "--home", str(home.root), "--host", host]
    return subprocess.Popen([*command, "--port", str(port), *more])  # noqa: S603 – our own command
