"""What a proxy with TLS passes on, through a real one: cookies, the visitor's address, forged headers."""

from __future__ import annotations

import http.client
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from data_access.records import reading
from etl.intake.pipeline import apply_settings
from etl.settings.document import Settings
from tests.offices.desk import PASSWORD, desk, form_token
from tests.reading.audit import recent_actions

NAME, VISITOR = "pantau.example.go.id", "198.51.100.7"
SENT = {"Host": NAME, "X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https", "X-Forwarded-Host": NAME}
"""The headers that `nginx.conf` and `Caddyfile` of deploy/server set, whatever the visitor sent."""


@contextmanager
def running(server: BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def proxy_to(port: int, certificate: Path, key: Path) -> ThreadingHTTPServer:
    """A proxy with TLS before that port."""

    class Pass(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept = {name: value for name, value in self.headers.items() if name.title() not in SENT}
            behind = http.client.HTTPConnection("127.0.0.1", port)
            behind.request(self.command, self.path, body, kept | SENT)
            reply = behind.getresponse()
            content = reply.read()
            self.send_response_only(reply.status)
            for name, value in reply.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            behind.close()

        do_POST = do_GET  # noqa: N815 – the name is the server's

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pass)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing here makes a certificate")
def test_who_signs_in_through_tls_is_known_by_its_own_address_and_gets_cookies_for_tls_only(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(["openssl", "req", "-x509", *kind, *subject, *files], check=True, capture_output=True)
    served = desk(tmp_path)
    settings = Settings.model_validate(served.office.settings.to_document() | {"proxy": {"trusted": ["127.0.0.1"]}})
    apply_settings(served.office, settings, served.clock(), actor="admin")
    behind = make_server("127.0.0.1", 0, served.app.server, threaded=True)
    proxy = proxy_to(behind.server_port, certificate, key)
    with running(behind), running(proxy):
        line = http.client.HTTPSConnection(
            "127.0.0.1", proxy.server_port, context=ssl.create_default_context(cafile=certificate)
        )
        line.request("GET", "/masuk")
        page = line.getresponse()
        cookie, text = page.getheader("Set-Cookie", "").partition(";")[0], page.read().decode()
        form = urlencode({"nama": "kadin", "sandi": PASSWORD, "ke": "", "csrf_token": form_token(text)})
        origin = f"https://{NAME}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Origin": origin,
            "Referer": f"{origin}/masuk", "X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "http",
        }  # fmt: skip
        line.close()
        line.request("POST", "/masuk", form, headers)
        reply = line.getresponse()
        reply.read()
        line.close()
    with reading(served.office.records) as connection:
        seen = recent_actions(connection, 1)[0]
    assert (reply.status, seen.action, seen.address) == (303, "login", VISITOR)
    assert reply.getheader("Strict-Transport-Security")
    cookies = [value for name, value in reply.getheaders() if name == "Set-Cookie"]
    assert cookies
    assert all("Secure" in value for value in cookies)
