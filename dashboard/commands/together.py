"""The dashboard and the inbox as two child processes of one small parent, and the change from the demo to the real.

The parent imports nothing heavy and does nothing but look: the server's processes are forked by the server itself,
before DuckDB is used there, and the inbox is looked after in a process of its own that is started again when it dies.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from dashboard.commands import common
from dashboard.commands.keeping import Kept, start_child
from data_access.home import Home

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
