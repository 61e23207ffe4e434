"""`pantau serve` and `pantau demo`: the dashboard, and the child processes of one small parent that keep it running.

The parent imports nothing heavy and does nothing but look, and starts again what dies: the server's processes are
forked by the server itself, before DuckDB is used there, and the inbox has a process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from dashboard.commands import common
from data_access.home import Home

PARENT = "PANTAU_PARENT"
"""Environment variable by which a child knows the process that it must not outlive."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds until a child that died is started again: twice as long each time, up to the longest."""

STEADY_SECONDS = 60.0
"""A child that lived so long was well; when it dies, counting begins anew."""

_PR_SET_PDEATHSIG = 1

LOOK_EVERY_SECONDS = 0.5
STOP_SECONDS = 20.0
_INBOX = ("PANTAU_INBOX",)

InboxOption = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        envvar="PANTAU_INBOX",
        help="Jaga juga kotak masuk di folder ini, dan baca sumber basis data menurut iramanya (lihat `pantau watch`).",
        show_default=False,
    ),
]


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
    end_with_parent()
    chosen = common.usable_home(home)
    shows_demo = demo_when_empty and not demo and is_empty(chosen)
    if shows_demo or (inbox and not demo and not chosen.is_demo):
        address = ("--host", host, "--port", str(port), *(["--https"] if https else []))
        raise typer.Exit(Together(chosen, address, inbox, shows_demo=shows_demo).run())
    if demo:
        _serve_demo(chosen, host, port)
    else:
        _serve_real(chosen.root, host, port, https)


def is_empty(home: Home) -> bool:
    """Whether nobody has begun in the real records: nothing loaded, nobody who may sign in, no word on a page."""
    if home.is_begun:
        return False
    url = os.environ.get("PANTAU_DATABASE_URL")
    if not url and not home.records_path.exists():
        return True
    from data_access.records import SchemaState, open_records, reading, records_url, schema_state
    from data_access.records.access import has_users
    from data_access.records.intake.loads import last_load_id

    records = open_records(records_url(home, url))
    try:
        if schema_state(records) is not SchemaState.CURRENT:
            return False
        with reading(records) as connection:
            return last_load_id(connection) == 0 and not has_users(connection)
    finally:
        records.dispose()


def _serve_real(root: Path, host: str, port: int, https: bool) -> None:
    from dashboard.web.server import serve as run

    _in_its_own_process(_catch_up, root)
    run(lambda: common.open_office(root), common.say, host=host, port=port, secure_cookies=https)


def _serve_demo(home: Home, host: str, port: int) -> None:
    from dashboard.access.people import renew_demo_logins
    from dashboard.web.server import serve as run
    from etl.demo import is_fresh
    from etl.office import Office

    now = common.time_now()
    _in_its_own_process(_catch_up_demo if is_fresh(home.demo, now) else _make_demo, home.root)
    office = Office.open(home.demo, None, common.time_now)
    _tell_logins(renew_demo_logins(office, now))
    office.records.dispose()
    may_turn = PARENT in os.environ
    run(lambda: Office.open(home.demo, None, common.time_now), common.say, host=host, port=port, may_turn=may_turn)


def _in_its_own_process(work: Callable[[Path], None], root: Path) -> None:
    """Do something with the mart before serving: server processes forked after DuckDB was used here would crash.

    On Linux, where the server forks too, that process is a fork: it has imported already what the server needs.
    """
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    process = context.Process(target=work, args=(root,))
    process.start()
    process.join()
    if process.exitcode:
        raise typer.Exit(process.exitcode)


def _catch_up(root: Path) -> None:
    from data_access.mart import MartError
    from etl.judging.publishing import catch_up

    def work() -> None:
        office = common.open_office(root)
        try:
            catch_up(office, common.time_now(), common.progress("Menyusun mart"))
        except MartError as fault:  # a disk that is full, or only read: who looks is answered all the same
            common.say_aside(common.words(fault))

    common.answering(work)


def _catch_up_demo(root: Path) -> None:
    from etl.judging.publishing import catch_up
    from etl.office import Office

    common.answering(lambda: catch_up(Office.open(Home(root).demo, None, common.time_now), common.time_now()))


def _make_demo(root: Path) -> None:
    from etl.demo import make_demo

    common.say("Membuat data contoh …")
    bar = common.progress("Membuat data contoh")
    common.answering(lambda: make_demo(Home(root).demo, common.time_now(), common.time_now, bar))


def demo(home: common.HomeOption = None, as_of: common.AsOfOption = None, json: common.JsonOption = False) -> None:
    """Make the demo home and print its logins once."""
    from dashboard.access.people import renew_demo_logins
    from etl.demo import make_demo

    target = common.usable_home(home).demo
    now = common.as_of_moment(as_of)
    office, reports = make_demo(target, now, common.time_now, common.progress("Membuat data contoh", json))
    logins = renew_demo_logins(office, now)
    loads = [report.to_json(common.words) for report in reports]
    if json:
        common.print_json({"home": str(target.root), "loads": loads, "logins": logins})
        return
    for load in loads:
        common.say(
            f"{load['file']}: {load['read']} baris, {load['accepted']} diterima, {load['waiting']} menunggu, "
            f"{load['rejected']} ditolak"
        )
    common.say("Data contoh siap. Lihat dengan `pantau serve --demo`.")
    _tell_logins(logins)


def _tell_logins(logins: dict[str, str]) -> None:
    """Names and passwords, shown this once."""
    common.say("Login contoh (hanya di komputer ini, ditampilkan sekali):")
    for name, password in logins.items():
        common.say(f"  {name:<14} {password}")


def start_child(words: Sequence[str], without: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Run `pantau` with these words, without these environment variables."""
    environment: Mapping[str, str] = {k: v for k, v in os.environ.items() if k not in without}
    command = [sys.executable, "-m", "dashboard.commands", *words]
    return subprocess.Popen(command, env={**environment, PARENT: str(os.getpid())})  # noqa: S603 – our own command


def end_with_parent() -> None:
    """Ask the system to end this process when its parent dies, where the system can."""
    if PARENT not in os.environ or sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if is_orphan():
        sys.exit(0)


def is_orphan() -> bool:
    """Whether this process was started by one that is gone."""
    parent = os.environ.get(PARENT)
    return parent is not None and sys.platform != "win32" and os.getppid() != int(parent)


class Kept:
    """One child that is to run as long as its parent. `at` are seconds of a clock that never goes back."""

    def __init__(self, words: Sequence[str], without: Sequence[str] = ()) -> None:
        self._words, self._without = words, without
        self._child: subprocess.Popen[bytes] | None = None
        self._wait = FIRST_WAIT
        self._started = self._due = 0.0

    def look(self, at: float) -> None:
        """Start the child when it does not run and its time has come."""
        if self._child is not None and self._child.poll() is not None:
            self._wait = FIRST_WAIT if at - self._started > STEADY_SECONDS else min(2 * self._wait, LONGEST_WAIT)
            self._due = at + self._wait
            self._child = None
        if self._child is None and at >= self._due:
            self._child, self._started = start_child(self._words, self._without), at

    def terminate(self) -> None:
        """Tell the child to end, without waiting."""
        if self._child is not None:
            self._child.terminate()

    def stop(self, patience: float) -> None:
        """End the child: politely, and after so many seconds not."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


class Together:
    """One server, its inbox when there is one, and whether the server still shows the demo."""

    def __init__(self, home: Home, address: Sequence[str], inbox: Path | None, *, shows_demo: bool) -> None:
        self._home, self._address = home, address
        self._shows_demo, self._is_stopping = shows_demo, False
        words = ("watch", "--home", str(home.root), "--inbox", str(inbox), "--wait-turn")
        self._inbox = Kept(words, without=_INBOX) if inbox else None

    def run(self) -> int:
        """Serve until the server ends or this process is told to; the exit code."""
        if self._shows_demo:
            common.say("Belum ada catatan nyata; yang tampil adalah data contoh.")
        self._server = self._start_server()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while self._server.poll() is None:
            self._look()
            time.sleep(LOOK_EVERY_SECONDS)
        if self._inbox:
            self._inbox.stop(STOP_SECONDS)
        return 0 if self._is_stopping else self._server.returncode

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        # Nothing may wait here: the loop does, and the server's end is its news.
        self._is_stopping = True
        self._server.terminate()
        if self._inbox:
            self._inbox.terminate()

    def _look(self) -> None:
        if self._is_stopping:
            return
        if self._inbox:
            self._inbox.look(time.monotonic())
        if self._shows_demo and not is_empty(self._home):
            self._turn_to_the_real()

    def _turn_to_the_real(self) -> None:
        common.say("Catatan kantor sudah dimulai; dasbor beralih dari data contoh ke catatan kantor.")
        self._server.terminate()
        self._server.wait()
        self._shows_demo = False
        self._server = self._start_server()
        if self._is_stopping:
            self._server.terminate()

    def _start_server(self) -> subprocess.Popen[bytes]:
        which = ["--demo"] if self._shows_demo else []
        return start_child(["serve", "--home", str(self._home.root), *self._address, *which], without=_INBOX)
