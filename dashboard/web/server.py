"""Runs the dashboard until it is stopped: gunicorn on Linux, waitress elsewhere."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dashboard.access.login import start_link
from dashboard.web.app import create_app, real_now
from data_access.errors import PantauError

if TYPE_CHECKING:
    from flask import Flask

    from etl.office import Office

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8050
WORKERS = 2
THREADS = 4
KEEP_SECONDS = 10
"""An idle line stays open longer than the three seconds between two questions of a wall."""

OpenOffice = Callable[[], "Office"]


class AddressRefusedError(PantauError):
    """The server cannot listen where it was told to."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__("command.address_refused", host=host, port=port, reason=reason)


def say(line: str) -> None:
    """One line on the console, at once also when it is not a terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def check_address(host: str, port: int) -> None:
    """Raises AddressRefusedError when the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise AddressRefusedError(host, port, fault.strerror or str(fault)) from None


def base_url(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def greeting(office: Office, now: int, host: str, port: int) -> list[str]:
    """What the console says at the start: the address and, before there is any user, the one-time link."""
    address = base_url(host, port)
    lines = [f"Pantau berjalan di {address}"]
    link = None if office.is_demo else start_link(office, now, address)
    if link:
        lines += ["Belum ada pengguna. Buat admin pertama lewat tautan sekali pakai ini (berlaku 24 jam):", link]
    return lines


def serve(
    open_office: OpenOffice,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    secure_cookies: bool = False,
    announce: Callable[[str], None] = say,
) -> None:
    """Serve until stopped. Each server process opens its own office: database handles do not survive a fork.

    Raises AddressRefusedError, and whatever `open_office` raises.
    """
    check_address(host, port)
    office = open_office()
    for line in greeting(office, real_now(), host, port):
        announce(line)
    office.records.dispose()

    def make() -> Flask:
        return create_app(open_office(), host=host, secure_cookies=secure_cookies).server

    if sys.platform == "linux":
        _run_gunicorn(make, host, port)
    else:
        _run_waitress(make(), host, port)


def gunicorn_options(host: str, port: int) -> dict[str, Any]:
    """Two processes of four threads: one slow question holds nobody else up; no control socket."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "bind": bind,
        "workers": WORKERS,
        "threads": THREADS,
        "keepalive": KEEP_SECONDS,
        "worker_class": "gthread",
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
    }


def _run_gunicorn(make: Callable[[], Flask], host: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn without its command line."""

        def load_config(self) -> None:
            for name, value in gunicorn_options(host, port).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return make()

    Server().run()


def _run_waitress(server: Flask, host: str, port: int) -> None:
    from waitress import serve as run

    run(server, host=host, port=port, threads=2 * THREADS, ident=None)
