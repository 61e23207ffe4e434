"""Child processes of one small parent, started again when they die: the dashboard, its inbox, the demo before them.

The parent imports nothing heavy and does nothing but look: the server's processes are forked by the server itself,
before DuckDB is used there, and the inbox has a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from dashboard.commands import common
from data_access.home import Home

PARENT = "PANTAU_PARENT"
"""Environment variable by which a child knows the process that it must not outlive."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds until a child that died is started again: twice as long each time, up to the longest."""

STEADY_SECONDS = 60.0
"""A child that lived so long was well; when it dies, counting begins anew."""

_PR_SET_PDEATHSIG = 1


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


LOOK_EVERY_SECONDS = 0.5
STOP_SECONDS = 20.0
_INBOX = ("PANTAU_INBOX",)


class Together:
    """One server, its inbox when there is one, and whether the server still shows the demo."""

    def __init__(
        self, home: Home, address: Sequence[str], inbox: Path | None, is_empty: Callable[[Home], bool], *,
        shows_demo: bool,
    ) -> None:  # fmt: skip
        self._home, self._address, self._is_empty = home, address, is_empty
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
        if self._shows_demo and not self._is_empty(self._home):
            self._turn_to_the_real()

    def _turn_to_the_real(self) -> None:
        common.say("Catatan nyata pertama sudah dimuat; dasbor beralih dari data contoh ke data nyata.")
        self._server.terminate()
        self._server.wait()
        self._shows_demo = False
        self._server = self._start_server()
        if self._is_stopping:
            self._server.terminate()

    def _start_server(self) -> subprocess.Popen[bytes]:
        which = ["--demo"] if self._shows_demo else []
        return start_child(["serve", "--home", str(self._home.root), *self._address, *which], without=_INBOX)
