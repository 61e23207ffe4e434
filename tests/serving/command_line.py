"""`pantau` as a person or a script calls it: arguments in, exit code, standard output and standard error out."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer

from dashboard.commands import main
from data_access.home import Home
from tests.serving.databases import migrated_sqlite
from tests.serving.prepared import Prepared

ROOT = Path(__file__).parents[2]
ENDS = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def load(self) -> dict[str, Any]:
        """The only entry of `loads`."""
        (only,) = self.json["loads"]
        return only

    @property
    def counts(self) -> tuple[int, ...]:
        """Read, accepted, unchanged, corrected, waiting, rejected of the only load."""
        return tuple(self.load[end] for end in ENDS)


_built = cache(typer.main.get_command)


def pantau(*arguments: object) -> Result:
    """The command line inside this process; its tree of commands is built once, which costs more than most of them."""
    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = 0
    words = patch.object(sys, "argv", ["pantau", *map(str, arguments)])
    with words, patch.object(typer.main, "get_command", _built), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Result(code if isinstance(code, int) else 0 if code is None else 1, out.getvalue(), err.getvalue())


def process(*arguments: object, environment: dict[str, str] | None = None, cwd: Path = ROOT) -> Result:
    """The command line as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.commands", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(environment or {})},
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


class Running:
    """The command line as a process of its own that goes on by itself; its words lie in that folder."""

    def __init__(self, folder: Path, *arguments: object, module: str = "dashboard.commands") -> None:
        self._out, self._err = (Path(tempfile.mkstemp(suffix=name, dir=folder)[1]) for name in (".out", ".err"))
        self._process = Prepared(module, arguments, self._out, self._err, os.environ)

    def result(self) -> Result:
        """What it left behind, once it has ended."""
        code = self._process.wait(120)
        return Result(code, *(path.read_text(encoding="utf-8") for path in (self._out, self._err)))


class Desk:
    """A home and the folder from which files are given to it; commands get `--home` by themselves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def run(self, *arguments: object) -> Result:
        """A command on this home. Before the first load it gets a copy of empty records: making them costs four loads;
        that a command makes them is seen where a process is started."""
        if arguments[0] == "ingest" and "--dry-run" not in arguments and "PANTAU_DATABASE_URL" not in os.environ:
            self._begin()
        return pantau(*arguments, "--home", self.home)

    def _begin(self) -> None:
        home = Home(self.home)
        if not home.records_path.exists() and not home.is_demo:
            shutil.copyfile(migrated_sqlite(), home.make().records_path)

    def file(self, text: str | bytes, name: str) -> Path:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def give(self, text: str | bytes, name: str = "buku.csv", *options: object) -> Result:
        """Load a file with this content."""
        return self.run("ingest", self.file(text, name), *options, "--json")

    def settle(self, text: str, name: str = "pengaturan.toml") -> Result:
        """Apply a settings file with this content."""
        return self.run("settings", "apply", self.file(text, name), "--json")

    def case(self, letter: str, as_of: str = "2026-09-30T09:00") -> dict[str, Any]:
        """A letter as it stands at that moment."""
        result = self.run("case", letter, "--as-of", as_of, "--json")
        assert result.code == 0, result.err
        return result.json

    def step(self, letter: str, code: str, as_of: str = "2026-09-30T09:00") -> dict[str, Any]:
        """One step of a letter."""
        return next(step for step in self.case(letter, as_of)["steps"] if step["step"] == code)

    def verdict(self, letter: str, code: str, as_of: str = "2026-09-30T09:00") -> tuple[str, str | None]:
        """Verdict and reason of one step."""
        step = self.step(letter, code, as_of)
        return step["verdict"], step["reason"]

    def sla(self, first: str, last: str, *options: object, as_of: str = "2026-09-30T09:00") -> dict[str, Any]:
        """The figures of a period."""
        result = self.run("figures", "sla", "--from", first, "--to", last, *options, "--as-of", as_of, "--json")
        assert result.code == 0, result.err
        return result.json
