"""A real mail server and a real address for webhooks on this machine, which keep what they get."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.serving.databases import process_folder

USER, PASSWORD = "pantau", "kata-sandi-surel"


@cache
def certificate() -> tuple[Path, Path]:
    """The certificate of this machine, signed by itself, and its key."""
    paths = process_folder() / "mail.crt", process_folder() / "mail.key"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
    files = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", "req", "-x509", *kind, *names, *files], check=True, capture_output=True)
    return paths


class MailServer:
    """Takes mail over STARTTLS from whoever knows the password; `answers`: by recipient what it says instead."""

    def __init__(self, port: int = 0) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.before_data: Callable[[], object] = lambda: None
        self.before_answer: Callable[[], object] = lambda: None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate())
        options: dict[str, Any] = {"tls_context": context, "require_starttls": True, "auth_required": True}
        self._controller = _AnyPort(self, "127.0.0.1", port, authenticator=_knows, **options)

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, to: str, ___: list[str]) -> str:
        if to in self.answers:
            return self.answers[to]
        self.before_data()
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.before_answer()
        return "250 kept"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    @property
    def url(self) -> str:
        """Its address with user and password, as the environment holds it."""
        return f"smtp://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        """What the mails say."""
        return [mail.get_content() for mail in self.mails]

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Be gone."""
        self._controller.stop(no_assert=True)


class _AnyPort(Controller):
    """Knows its port once it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _knows(_: SMTP, __: Session, ___: Any, ____: str, given: object) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """A server that listens until the end."""
    server = MailServer(port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Webhook:
    """An address that takes JSON; `statuses` are its next answers, then 204; `location`: where it sends on to."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.statuses: list[int] = []
        self.location = ""


@contextmanager
def webhook() -> Iterator[tuple[str, Webhook]]:
    """Its URL, and what it got."""
    kept = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = kept.statuses.pop(0) if kept.statuses else 204
            if status < 300:
                kept.documents.append(json.loads(body))
                kept.keys.append(self.headers["Idempotency-Key"])
            self.send_response(status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/masuk", kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
