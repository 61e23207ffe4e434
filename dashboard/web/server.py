"""What runs the application until it is stopped: processes of gunicorn on Linux, each with waitress's loop; that loop
alone elsewhere.

The loop reads a request whole before it gives it to a thread, and takes the reply off the thread at once: however slow
clients are, they hold lines and no threads. Gunicorn keeps the processes alive and hands them the place they listen at.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from flask import Flask
from itsdangerous import BadSignature
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, create_server
from waitress.task import ErrorTask
from waitress.utilities import Error
from waitress.wasyncore import loop
from werkzeug.http import parse_cookie

from dashboard.access.begin import start_link
from dashboard.access.http import HOST_ONLY, content_policy, fixed_headers
from dashboard.access.limits import network
from dashboard.i18n import catalogue
from dashboard.web.answers import log_to_home
from dashboard.web.app import create_app, real_now
from dashboard.web.keeper import keep_house
from data_access.errors import PantauError
from data_access.secret import secret_key
from etl.extract.files import readers
from etl.office import Office

WORKERS = 2
THREADS = 4
KEEP_SECONDS = 30
"""A line on which nothing moves stays open so long: a wall asks every three seconds."""

MOST_LINES = 400
"""Lines that one process keeps open; each takes a file, of which a process has 1024 by default."""

SPARE_LINES = 16
"""So many lines before the last one, a waiting line is closed for each new one: nobody can take all of them."""

HEADER_SECONDS = 30
"""So long the head of a request may take."""

BODY_SECONDS = 60
"""So long the rest of a request may take, and longer by what it brings at SLOWEST_BYTES a second."""

SLOWEST_BYTES = 8 * 1024

BIGGEST_BODY = readers.MAX_BYTES + 1024 * 1024
"""A file of records with its form."""

BIGGEST_ANONYMOUS_BODY = 64 * 1024
"""Of whoever has no session: a form of the login."""


class AddressRefusedError(PantauError):
    """The server cannot listen where it was told to."""


def check_address(host: str, port: int) -> None:
    """Raises AddressRefusedError when the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise AddressRefusedError("command.address_refused", host=host, port=port, reason=reason) from None


def base_url(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def greeting(office: Office, now: int, host: str, port: int) -> list[str]:
    """What the console says at the start: the address and, before there is any user, the one-time link."""
    address = base_url(host, port)
    lines = [f"Pantau berjalan di {address}"]
    link = None if office.is_demo else start_link(office, now, office.settings.proxy.address or address)
    if link:
        lines += ["Belum ada pengguna. Buat admin pertama lewat tautan sekali pakai ini (berlaku 24 jam):", link]
    return lines


def serve(
    open_office: Callable[[], Office],
    announce: Callable[[str], None],
    *,
    host: str,
    port: int,
    secure_cookies: bool = False,
    may_turn: bool = False,
) -> None:
    """Serve until stopped; `announce` gets each line for the console.

    Each server process opens its own office: database handles do not survive a fork.
    Raises AddressRefusedError, SecretKeyError, and whatever `open_office` raises.
    """
    from dashboard.web.pages import PAGES  # before the server forks: its processes share them, and the words

    check_address(host, port)
    catalogue()
    office = open_office()
    secret_key(office.home.secret_path)  # a damaged one is a sentence here, and a trace once the server has forked
    for line in greeting(office, real_now(), host, port):
        announce(line)
    office.records.dispose()

    def make() -> Flask:
        office = open_office()
        log_to_home(office.home)
        keep_house(office, real_now)
        return create_app(office, pages=PAGES, host=host, secure_cookies=secure_cookies, may_turn=may_turn).server

    _leave_imports_alone()
    if sys.platform == "linux":
        _run_gunicorn(make, host, port)
    else:
        buffering_server(make(), host=host, port=port).run()


def _leave_imports_alone() -> None:
    """Rubbish is looked for once a page or two instead of many times while one is made, and never in what is there
    before the first request."""
    gc.freeze()
    gc.set_threshold(10_000)


class UnsignedError(Error):
    """Much was sent by whoever has no session: what it needs first is the login."""

    code = 401
    reason = "Unauthorized"


def buffering_server(application: Flask, **where: Any) -> TcpWSGIServer:
    """The loop of one process, of THREADS threads; `where`: `host` and `port`, or `sockets`."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a few waiting requests are no news
    bounds = {"connection_limit": MOST_LINES, "channel_timeout": KEEP_SECONDS, "cleanup_interval": KEEP_SECONDS // 3}
    sizes = {"max_request_body_size": BIGGEST_BODY, "max_request_header_size": 64 * 1024}
    options = {"threads": THREADS, "ident": None, "asyncore_use_poll": True, "clear_untrusted_proxy_headers": False}
    server = create_server(application, **where, **bounds, **sizes, **options)
    server.channel_class = _channel_of(application)
    return server


def _channel_of(application: Flask) -> type[HTTPChannel]:
    """Lines on which only who has a session may send more than a form: anybody else could fill the disk."""

    class Request(HTTPRequestParser):  # type: ignore[misc]
        """A request that is being read."""

        def __init__(self, adj: Adjustments) -> None:
            super().__init__(adj)
            self.begun_at = time.monotonic()

        @property
        def is_late(self) -> bool:
            """Whether it takes longer than a slow line would need for it."""
            size = max(self.content_length, self.body_bytes_received)
            seconds = BODY_SECONDS + size / SLOWEST_BYTES if self.headers_finished else HEADER_SECONDS
            return time.monotonic() - self.begun_at > seconds

        def received(self, data: bytes) -> int:
            """Take in what came; how much of it belonged to this request."""
            consumed: int = super().received(data)
            is_big = max(self.content_length, self.body_bytes_received) > BIGGEST_ANONYMOUS_BODY
            if is_big and self.error is None and not self._has_session():
                self.error, self.completed = UnsignedError("sign in first"), True
            return consumed

        def _has_session(self) -> bool:
            if "has_session" not in vars(self):
                self.has_session = has_session(application, self.headers.get("COOKIE", ""))
            return self.has_session

    class Refusal(ErrorTask):  # type: ignore[misc]
        """The answer to what is no request: it never reaches the application."""

        def execute(self) -> None:
            """Give it, with the headers of every reply."""
            is_safe = application.config["SESSION_COOKIE_SECURE"]
            self.response_headers.extend(fixed_headers(content_policy(), is_safe=is_safe).items())
            super().execute()

    class Channel(HTTPChannel):  # type: ignore[misc]
        """One line. `network`: where it comes from; `asked_at`: when it last asked something whole, or was opened."""

        parser_class = Request
        error_task_class = Refusal

        def __init__(self, server: TcpWSGIServer, sock: socket.socket, addr: Any, adj: Adjustments, map: Any) -> None:
            if len(server.active_channels) >= MOST_LINES - SPARE_LINES:
                _close_slowest(server.active_channels.values())
            super().__init__(server, sock, addr, adj, map=map)
            self.network, self.asked_at = network(addr[0]), time.monotonic()

        def received(self, data: bytes) -> bool:
            """Take in what came."""
            is_taken: bool = super().received(data)
            if self.requests:
                self.asked_at = time.monotonic()
            return is_taken

        def readable(self) -> bool:
            """Whether more is to be read; what is late is not, and its line is closed at the next turn of the loop."""
            is_free = not self.requests and not self.total_outbufs_len
            if is_free and self.request is not None and self.request.is_late:
                self.will_close = True
            return bool(super().readable())

    return Channel


def _close_slowest(lines: Iterable[Any]) -> None:
    """Of the network that holds the most waiting lines, close the one that has asked nothing for the longest time."""
    waiting = [line for line in lines if not line.requests]
    held = Counter(line.network for line in waiting)
    slowest = max(waiting, key=lambda line: (held[line.network], -line.asked_at), default=None)
    if slowest is not None:
        slowest.handle_close()


def has_session(application: Flask, cookies: str) -> bool:
    """Whether somebody signed in with these cookies; the session may have ended since."""
    signer = application.session_interface.get_signing_serializer(application)
    name = application.config["SESSION_COOKIE_NAME"]
    try:
        given = parse_cookie(cookies)
        return "_user_id" in signer.loads(given.get(f"{HOST_ONLY}{name}") or given.get(name, ""))
    except (BadSignature, ValueError):
        return False


def gunicorn_options(host: str, port: int) -> dict[str, Any]:
    """Two processes of four threads: one slow question holds nobody else up; no control socket."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "bind": bind,
        "workers": WORKERS,
        "threads": THREADS,
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
    }


def _run_gunicorn(make: Callable[[], Flask], host: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.workers.base import Worker

    class BufferingWorker(Worker):  # type: ignore[misc]
        """A process of gunicorn with waitress's loop."""

        server: TcpWSGIServer | None = None

        def run(self) -> None:
            """Serve until told to stop, then finish what has begun."""
            sockets = [listener.sock for listener in self.sockets]
            self.server = buffering_server(self.wsgi, sockets=sockets)
            while self.alive and self.ppid == os.getppid():
                self._turn(1)
            finish(self.server, self.cfg.graceful_timeout, self._turn)

        def _turn(self, seconds: float) -> None:
            self.notify()
            loop(timeout=seconds, use_poll=True, map=self.server._map, count=1)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Stop soon."""
            super().handle_exit(sig, frame)
            if self.server is not None:
                self.server.pull_trigger()

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn without its command line."""

        def load_config(self) -> None:
            for name, value in gunicorn_options(host, port).items():
                self.cfg.set(name, value)
            self.cfg.set("worker_class", BufferingWorker)

        def load(self) -> Flask:
            return make()

    Server().run()


def finish(server: TcpWSGIServer, patience: float, turn: Callable[[float], None]) -> None:
    """Answer what has been asked, within so many seconds, and let go of the rest."""
    server.accepting = False
    give_up_at = time.monotonic() + patience
    while any(line.requests for line in server.active_channels.values()) and time.monotonic() < give_up_at:
        turn(0.1)
    for _ in range(10):
        if not any(line.total_outbufs_len for line in server.active_channels.values()):
            break
        turn(0.1)
    for line in list(server.active_channels.values()):
        line.handle_close()  # now: the process may take a while to end, and whoever asks would wait for it
    server.close()
    server.task_dispatcher.shutdown(timeout=1)
