"""The real provider of identities on this machine, behind a line that can delay, change or cut its answers."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.serving.processes import running

CLIENT, SECRET = "pantau", "rahasia-klien"
OTHER_CLIENT = "aplikasi-lain"
SECRET_ENV = "PANTAU_OPENID_SECRET"
PUBLIC = "https://pantau.contoh.go.id"
"""Where an office behind a proxy opens the dashboard."""
RETURNS = " ".join(f"{host}/masuk/openid/kembali" for host in ("http://localhost", "http://127.0.0.1", PUBLIC))

Change = Callable[[str, bytes], bytes]
"""By path and body of an answer what comes instead."""


def as_it_is(_path: str, body: bytes) -> bytes:
    """The answer of the provider."""
    return body


@dataclass
class Line:
    """The way to the provider, which listens at the port `behind`. `asked` are the paths that went over it.

    `fails`: by path the status of a page of errors that comes instead of the answer.
    """

    url: str
    behind: int = 0
    change: Change = as_it_is
    is_cut: bool = False
    delay: float = 0
    fails: Mapping[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """What the provider calls itself."""
        return f"{self.url}/o"

    def settings(self, **more: str) -> str:
        """The table of the settings that leads here, with these lines of TOML."""
        kept = {"issuer": f'"{self.issuer}"', "client_id": f'"{CLIENT}"', "secret_env": f'"{SECRET_ENV}"'} | more
        return "[openid]\n" + "".join(f"{key} = {value}\n" for key, value in kept.items())

    def mend(self) -> None:
        """As at the beginning."""
        self.change, self.is_cut, self.delay, self.fails = as_it_is, False, 0, {}
        self.asked.clear()


class Person:
    """Somebody's browser at the provider: signed in there once, at the first time that it is asked for."""

    def __init__(self, name: str) -> None:
        self.name, self._web = name, requests.Session()

    def comes_back(self, address: str) -> str:
        """Go where pantau leads; the address to which the provider leads back."""
        while True:
            reply = self._web.get(address, allow_redirects=False, timeout=30)
            if reply.status_code == 200:
                form = re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]*)"', reply.text)
                fields = dict(form) | {"username": self.name, "password": f"sandi-{self.name}"}
                fields["next"] = fields["next"].replace("&amp;", "&")
                reply = self._web.post(reply.url, fields, allow_redirects=False, timeout=30)
            assert reply.status_code == 302, reply.text
            address = requests.compat.urljoin(reply.url, reply.headers["Location"])
            if "/masuk/openid/kembali" in address.partition("?")[0]:
                return address


@contextmanager
def provider(folder: Path) -> Iterator[Line]:
    """A provider that runs until the end."""
    with _relay() as line:
        words, module = (folder, line.issuer, RETURNS), "tests.serving.identity_provider"
        with running(folder / "sso.log", *words, module=module, is_prepared=False) as process:
            process.says("at ")
            line.behind = int(re.findall(r"at (\d+)\.", process.output())[0])
            yield line


@contextmanager
def _relay() -> Iterator[Line]:
    line: Line

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            line.asked.append(path)
            if line.is_cut:
                self.close_connection = True
                return
            time.sleep(line.delay)
            inner = http.client.HTTPConnection("127.0.0.1", line.behind, timeout=30)
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            inner.request(self.command, self.path, sent, dict(self.headers))
            reply = inner.getresponse()
            body = b"<html>" if path in line.fails else line.change(path, reply.read())
            inner.close()
            self.send_response(line.fails.get(path, reply.status))
            for name, value in reply.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    line = Line(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
