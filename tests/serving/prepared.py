"""`python -m MODULE …` as a process of its own that has nothing to import any more.

Half of what such a process costs is the import of what it needs, the same each time. One process imports it, does
nothing else, and forks for each one that is asked for.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_IMPORTED = ["dashboard.commands", "dashboard.web.app", "dashboard.web.pages", "etl.intake.pipeline"]
_prepared = multiprocessing.get_context("forkserver")
_prepared.set_forkserver_preload(_IMPORTED)


class Prepared:
    """A process with the names of `subprocess.Popen`; its output and its errors go into files."""

    def __init__(
        self, module: str, words: Sequence[object], out: Path, err: Path, environment: Mapping[str, str]
    ) -> None:
        given = (module, [str(word) for word in words], str(out), str(err), dict(environment))
        self._process = _prepared.Process(target=_run, args=given)
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit code, minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _run(module: str, words: list[str], out: str, err: str, environment: dict[str, str]) -> None:
    """What the process does."""
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()
