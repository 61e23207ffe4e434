"""`pantau watch`: what is dropped into the inbox is loaded, what a database source has to say is fetched."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import common, keeping
from dashboard.commands.ingest import exit_code
from data_access.errors import Message, PantauError
from data_access.home import Home
from data_access.locks import held_if_free

if TYPE_CHECKING:
    from etl.intake.load_report import LoadReport
    from etl.intake.watched.inbox_folder import InboxFolder
    from etl.intake.watched.watch import Watcher

InboxOption = Annotated[
    Path | None,
    typer.Option(
        "--inbox", envvar="PANTAU_INBOX", help="Folder kotak masuk (bawaan: masuk/ di folder catatan).",
        show_default=False,
    ),
]  # fmt: skip

HELP = """Memuat berkas yang ditaruh di kotak masuk, dan membaca sumber basis data menurut iramanya (every).

Berkas yang sudah diam selama [inbox] settle (bawaan 2s) dimuat satu kali, lalu dipindahkan ke done/ atau refused/
bersama laporannya. Berkas peserta dihapus sesudah dihitung. Nama berakhiran .part, .crdownload, .tmp, berkas kunci
~$ dan berkas tersembunyi dibiarkan."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch", help=HELP)(watch_command)


def watch_command(
    once: Annotated[bool, typer.Option("--once", help="Satu putaran, lalu selesai.")] = False,
    inbox: InboxOption = None,
    wait_turn: Annotated[bool, typer.Option("--wait-turn", hidden=True)] = False,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Watch until stopped, or look once."""
    chosen = common.usable_home(home)
    if chosen.is_demo:
        raise PantauError("command.demo_has_no_inbox")
    keeping.end_with_parent()
    stop = _stop_on_signals()
    with _alone(chosen, stop, wait_turn) as is_alone:
        if not is_alone:
            return
        say = common.say_aside if json else _say
        watcher, folder = _watcher(chosen, inbox or chosen.inbox, stop, say)
        if once:
            _tell(_one_round(watcher, folder, stop), json)
        say(f"Menjaga kotak masuk {folder.root}")
        _watch(watcher, folder, stop)


def _watcher(home: Home, inbox: Path, stop: threading.Event, say: Callable[[str], None]) -> tuple[Watcher, InboxFolder]:
    from etl.intake.watched.inbox_folder import InboxFolder
    from etl.intake.watched.watch import Watcher

    folder = InboxFolder(inbox.expanduser().absolute()).make()
    office = common.open_office(home.root)
    watcher = Watcher(
        office, folder, common.time_now, say, common.words, started=time.monotonic(), is_stopping=stop.is_set
    )
    watcher.begin()
    return watcher, folder


def _watch(watcher: Watcher, folder: InboxFolder, stop: threading.Event) -> None:
    from etl.intake.watched.watch import wakes

    for is_woken in wakes(folder.root, stop):
        if keeping.is_orphan():
            return
        watcher.look(time.monotonic(), is_woken=is_woken)


def _one_round(watcher: Watcher, folder: InboxFolder, stop: threading.Event) -> list[LoadReport]:
    """What lies there, and lies still for as long as a file must; and every source."""
    files = folder.files()
    loads = watcher.take_files(time.monotonic(), is_woken=True)
    if files:
        stop.wait(watcher.settle_seconds)
    return [*loads, *watcher.take_files(time.monotonic(), is_woken=True), *watcher.fetch_all(time.monotonic())]


def _tell(reports: list[LoadReport], json: bool) -> None:
    loads = [report.to_json(common.words) for report in reports]
    if json:
        common.print_json({"loads": loads})
    raise typer.Exit(exit_code(loads) if loads else 0)


@contextmanager
def _alone(home: Home, stop: threading.Event, is_patient: bool) -> Iterator[bool]:
    """Whether this is the one watcher of the home. Raises PantauError when it is not and would not wait for it."""
    is_said = False
    while not stop.is_set() and not keeping.is_orphan():
        with held_if_free(home.watch_lock_path) as is_ours:
            if is_ours:
                yield True
                return
        if not is_patient:
            raise PantauError("command.inbox_watched", folder=home.root)
        if not is_said:
            common.say_aside(common.words(Message("command.inbox_waits", folder=home.root)))
            is_said = True
        stop.wait(1.0)
    yield False


def _stop_on_signals() -> threading.Event:
    """An event that is set when the process is told to end; what is being loaded is finished first."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _say(line: str) -> None:
    common.say(line)
    sys.stdout.flush()
