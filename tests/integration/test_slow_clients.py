"""Slow clients hold lines and no threads: while 64 of them are at it, the server answers at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from waitress.wasyncore import loop

from dashboard.web import server as server_module
from dashboard.web.server import HEADER_SECONDS, buffering_server, finish, has_session
from tests.offices.desk import desk
from tests.serving.processes import Process, running, until
from tests.serving.visitor import free_port

HEADERS = b"GET /sehat HTTP/1.1\r\nHost: x\r\nX-A: "
BODY = b"POST /masuk HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\na"
UNREAD = b"GET /assets/vendor/bootstrap/bootstrap.min.css HTTP/1.1\r\nHost: x\r\n\r\n" * 32
BIG = b"POST /masuk HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"
CLIENTS = 64
SECONDS = 4.0


@contextmanager
def slow_clients(port: int) -> Iterator[list[tuple[socket.socket, bytes]]]:
    """Lines on which a request has begun: headers, a body, replies that nobody reads."""
    with ExitStack() as lines:
        clients = []
        for number in range(CLIENTS):
            start, more = ((HEADERS, b"a"), (BODY, b"a"), (UNREAD, b""))[number % 3]
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.connect(("127.0.0.1", port))
            line.sendall(start)
            clients.append((line, more))
        yield clients


def seconds_to_health(port: int) -> float:
    start = time.monotonic()
    with urlopen(f"http://127.0.0.1:{port}/sehat", timeout=10) as reply:
        assert reply.status == 200
    return time.monotonic() - start


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Process]]:
    port = free_port()
    with running(tmp_path / "kata.txt", "serve", "--home", tmp_path, "--port", port) as process:
        until(lambda: seconds_to_health(port))
        yield port, process


def test_64_slow_clients_hold_nobody_up_from_the_first_second(server: tuple[int, Process]) -> None:
    port, process = server
    with slow_clients(port) as clients:
        slowest, end = [], time.monotonic() + SECONDS
        while time.monotonic() < end:
            slowest.append(seconds_to_health(port))
            for line, more in clients:
                with suppress(OSError):  # the server may have had enough of it
                    line.sendall(more)
            time.sleep(0.1)
    assert max(slowest) < HEADER_SECONDS / 10, slowest  # nobody waits until a slow line is cut off
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
        stranger.sendall(BIG)
        assert stranger.recv(100).startswith(b"HTTP/1.1 401 ")
    assert process.end() == 0


@contextmanager
def small_server() -> Iterator[int]:
    """The loop alone, in a thread, with one address; its port."""
    application, is_over = Flask("small"), threading.Event()
    application.secret_key = "k" * 48
    application.add_url_rule("/sehat", view_func=lambda: "ok")
    served = buffering_server(application, host="127.0.0.1", port=0)

    def turn(seconds: float) -> None:
        loop(timeout=seconds, use_poll=True, map=served._map, count=1)

    def run() -> None:
        while not is_over.is_set():
            turn(0.05)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield served.effective_port
    finally:
        is_over.set()
        thread.join()
        finish(served, 0, turn)


@contextmanager
def trickling(port: int, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as lines:
        yield [lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(count)]


def sent(lines: list[socket.socket]) -> None:
    for line in lines:
        with suppress(OSError):
            line.sendall(b"a")


def is_open(line: socket.socket) -> bool:
    line.settimeout(0.01)
    try:
        return line.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_lines_that_only_trickle_give_way_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MOST_LINES", 24)
    with small_server() as port, trickling(port, 40) as lines:
        for line in lines:
            with suppress(OSError):
                line.sendall(HEADERS)
        for _ in range(5):
            sent(lines)
            assert seconds_to_health(port) < 2
        assert sum(map(is_open, lines)) <= 24


def test_a_head_that_takes_too_long_loses_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEADER_SECONDS", 0.2)
    with small_server() as port, trickling(port, 1) as lines:
        lines[0].sendall(HEADERS)
        end = time.monotonic() + 5
        while is_open(lines[0]) and time.monotonic() < end:
            sent(lines)
        assert not is_open(lines[0])
        assert seconds_to_health(port) < 2


ASKED = b"GET /sehat HTTP/1.1\r\nHost: x\r\n"
AMBIGUOUS = {
    b"Content-Length: 4\r\nContent-Length: 40": b"400",
    b"Content-Length: +4": b"400",
    b"Content-Length: 4, 4": b"400",
    b"Transfer-Encoding: gzip, chunked": b"501",
    b"Transfer-Encoding: \x0bchunked": b"400",
    b"Transfer-Encoding : chunked": b"400",
    b"X-A: a\nContent-Length: 4": b"400",
    b"X-A: a\r\n\r b": b"400",
}
"""Headers of which two servers may read two ends of a request, and how they are refused."""


def answer(port: int, request: bytes) -> bytes:
    """All that the server says until it closes the line."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(4096), b""))


def test_a_request_whose_end_is_ambiguous_is_refused_with_the_headers_of_every_reply() -> None:
    with small_server() as port:
        told = {head: answer(port, ASKED + head + b"\r\n\r\nabcd") for head in AMBIGUOUS}
        both = ASKED + b"Content-Length: 200\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        chunked = answer(port, both + ASKED + b"Connection: close\r\n\r\n")
    assert {head: text[9:12] for head, text in told.items()} == AMBIGUOUS
    assert [head for head, text in told.items() if text.count(b"HTTP/1.") != 1] == []
    for name in (b"Content-Security-Policy: default-src 'none'", b"X-Content-Type-Options: nosniff"):
        assert all(name in text for text in told.values())
    assert chunked.count(b"HTTP/1.1 200 OK") == 2  # the chunks end the first, whatever else it says of its length


def test_only_who_has_signed_in_may_send_much(tmp_path: Path) -> None:
    served = desk(tmp_path)
    application: Flask = served.app.server
    anonymous = served.browser()
    anonymous.get("/masuk")
    signed = served.signed_in("kadin").get_cookie("pantau").value
    cookies = {f"a=b; pantau={signed}": True, f"pantau={anonymous.get_cookie('pantau').value}": False,
               f"__Host-pantau={signed}": True, f"pantau={signed[:-3]}xyz": False,
               "pantau=\xe9": False, "": False}  # fmt: skip
    assert {cookie: has_session(application, cookie) for cookie in cookies} == cookies
