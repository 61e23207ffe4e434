"""`pantau watch` and `pantau serve` as real processes, waited for within bounds and ended at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.serving.prepared import Prepared

PATIENCE = 90.0
"""Seconds after which a test gives up waiting: a busy machine is slow, not wrong."""

PATIENCE_MS = 1000 * PATIENCE
"""The same as a browser is told it."""

PANTAU = "dashboard.commands"
"""The module that is run as `pantau`."""

QUICK = '[inbox]\nsettle = "1s"\nrescan = "1s"\n'
"""Settings by which a file need not lie still for long."""


def until(is_so: Callable[[], object], patience: float = PATIENCE) -> float:
    """Seconds until something is so; fails when it never is. A server that does not answer yet is waited for."""
    start = time.monotonic()
    while time.monotonic() - start < patience:
        with suppress(OSError):
            if is_so():
                return time.monotonic() - start
        time.sleep(0.05)
    raise AssertionError(f"not within {patience} s")


class Process:
    """One command in the background, and its output."""

    def __init__(
        self,
        log: Path,
        *words: object,
        environment: Mapping[str, str] | None = None,
        module: str = PANTAU,
        is_prepared: bool = True,
    ) -> None:
        """`is_prepared`: it has nothing to import; else Python itself is started, as a person does."""
        self.log = log
        known = {**os.environ, **(environment or {})}
        self.popen: Prepared | subprocess.Popen[bytes]
        if is_prepared:
            self.popen = Prepared(module, words, log, log, known)
            return
        with log.open("ab") as out:
            arguments = [sys.executable, "-m", module, *map(str, words)]
            self.popen = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, env=known)

    def output(self) -> str:
        """Everything so far."""
        return self.log.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Wait until it says this."""
        until(lambda: words in self.output() or self.popen.poll() is not None)
        assert words in self.output(), self.output()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.popen.kill()
        self.popen.wait()

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it politely; its exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(timeout=PATIENCE)


@contextmanager
def running(log: Path, *words: object, **how: Any) -> Iterator[Process]:
    """A command in the background (`how` as for a Process), ended at the end whatever happens."""
    process = Process(log, *words, **how)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.popen.terminate()
            try:
                process.popen.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait()


def children(number: int) -> dict[int, str]:
    """The living children of a process: number and command line."""
    processes = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            command = (status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(lines["PPid"]) == number and "Z" not in lines["State"]:
            processes[int(lines["Pid"])] = command
    return processes


def is_alive(number: int) -> bool:
    """Whether a process runs."""
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
