"""Behind nginx with TLS, as `deploy/server/nginx.conf` has it: cookies, the visitor's address, sizes, a wall."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dashboard.access.devices import device_link
from dashboard.access.limits import FAILURES_PER_PAIR
from data_access.records import reading
from etl.intake.pipeline import apply_settings
from etl.settings.document import Settings
from tests.ensure_nginx import nginx
from tests.offices.desk import PASSWORD, Desk, desk, form_token
from tests.reading.audit import recent_actions
from tests.serving.mail import certificate
from tests.serving.processes import until
from tests.serving.windows import listening

EXAMPLE = Path(__file__).parents[2] / "deploy" / "server" / "nginx.conf"
NAME = "pantau.example.go.id"
VISITOR, STRANGER = "127.0.0.2", "127.0.0.3"
"""Addresses of this machine from which a visitor may come; the proxy itself is 127.0.0.1."""

FORGED = {"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}

pytestmark = pytest.mark.skipif(nginx() is None, reason="no nginx here; tests/ensure_nginx.py fetches one")


@dataclass(frozen=True)
class Proxy:
    """An nginx before a desk, and its two ports."""

    desk: Desk
    tls: int
    plain: int

    def ask(
        self, way: str, path: str, body: str = "", sent: Mapping[str, str] | None = None, *, address: str = VISITOR
    ) -> tuple[http.client.HTTPResponse, str]:
        """The reply to a visitor who comes by TLS from that address, and what it holds."""
        context = ssl.create_default_context(cafile=certificate()[0])
        line = http.client.HTTPSConnection("127.0.0.1", self.tls, context=context, source_address=(address, 0))
        line.request(way, path, body, {"Host": NAME, **(sent or {})})
        reply = line.getresponse()
        text = reply.read().decode()
        line.close()
        return reply, text

    def sign_in(self, password: str = PASSWORD, *, address: str = VISITOR) -> tuple[int, list[str]]:
        """What a visitor who lies about where it comes from gets: status and cookies."""
        reply, page = self.ask("GET", "/masuk", address=address)
        form = urlencode({"nama": "kadin", "sandi": password, "ke": "", "csrf_token": form_token(page)})
        origin = {"Origin": f"https://{NAME}", "Referer": f"https://{NAME}/masuk"}
        cookie = {"Cookie": cookies(reply), "Content-Type": "application/x-www-form-urlencoded"}
        reply, _ = self.ask("POST", "/masuk", form, {**cookie, **origin, **FORGED}, address=address)
        return reply.status, reply.headers.get_all("Set-Cookie", [])


def cookies(reply: http.client.HTTPResponse) -> str:
    """The cookies of a reply as a browser sends them back."""
    return "; ".join(one.partition(";")[0] for one in reply.headers.get_all("Set-Cookie", []))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def configuration(folder: Path, behind: str, tls: int, plain: int) -> str:
    """The example with other ports, a certificate of this machine and its own files, else as it is."""
    text, (shown, key) = EXAMPLE.read_text(encoding="utf-8"), map(str, certificate())
    changes = {
        r"(?m)^ *listen \[::\].*\n": "", "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;", "127.0.0.1:8050": behind,
        r"/etc/ssl/pantau/fullchain\.pem": shown, r"/etc/ssl/pantau/privkey\.pem": key,
    }  # fmt: skip
    for pattern, other in changes.items():
        text, count = re.subn(pattern, other, text)
        assert count, pattern
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    who = "user root; " if os.geteuid() == 0 else ""  # else its workers are nobody, who may not write here
    main = f"{who}daemon off; worker_processes 1; pid {folder}/pid; events {{}}"
    return f"{main}\nhttp {{ access_log off; {own}\n{text}\n}}"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """An office that trusts the proxy in front of it, and that proxy."""
    folder = tmp_path_factory.mktemp("proxy")
    served = desk(folder)
    settings = Settings.model_validate(served.office.settings.to_document() | {"proxy": {"trusted": ["127.0.0.1"]}})
    apply_settings(served.office, settings, served.clock(), actor="admin")
    with listening(served.app.server) as url:
        tls, plain = free_port(), free_port()
        (folder / "nginx.conf").write_text(configuration(folder, urlsplit(url).netloc, tls, plain), encoding="utf-8")
        log = folder / "galat.log"
        running = subprocess.Popen([str(nginx()), "-e", str(log), "-c", str(folder / "nginx.conf")])
        try:
            until(lambda: running.poll() is not None or socket.create_connection(("127.0.0.1", tls)).close() is None)
            assert running.poll() is None, log.read_text(encoding="utf-8")
            yield Proxy(served, tls, plain)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()
        assert not [line for line in log.read_text(encoding="utf-8").splitlines() if "[warn]" in line]


def last_address(proxy: Proxy) -> tuple[str, str | None]:
    with reading(proxy.desk.office.records) as connection:
        seen = recent_actions(connection, 1)[0]
    return seen.action, seen.address


def test_who_signs_in_is_known_by_its_own_address_whatever_it_claims_and_gets_cookies_for_tls_only(
    proxy: Proxy,
) -> None:
    status, given = proxy.sign_in()
    assert (status, last_address(proxy)) == (303, ("login", VISITOR))
    assert given
    assert all("Secure" in one for one in given)
    reply, _ = proxy.ask("GET", "/masuk")
    assert reply.headers["Strict-Transport-Security"]
    assert reply.version == 11


def test_wrong_passwords_from_one_address_hold_up_that_address_only(proxy: Proxy) -> None:
    tried = [proxy.sign_in("salah-sekali-12", address=STRANGER)[0] for _ in range(FAILURES_PER_PAIR + 1)]
    assert tried == [401] * FAILURES_PER_PAIR + [429]
    assert proxy.sign_in()[0] == 303


def test_http_leads_pages_to_https_and_refuses_machines(proxy: Proxy) -> None:
    def ask(path: str) -> tuple[int, str | None]:
        line = http.client.HTTPConnection("127.0.0.1", proxy.plain)
        line.request("GET", path, headers={"Host": NAME})
        reply = line.getresponse()
        line.close()
        return reply.status, reply.headers["Location"]

    assert ask("/masuk?ke=/ruang") == (301, f"https://{NAME}/masuk?ke=/ruang")
    assert ask("/layar/data.json") == (403, None)


def test_a_body_of_megabytes_reaches_pantau_and_one_above_the_fence_does_not(proxy: Proxy) -> None:
    cookie = {"Cookie": "; ".join(one.partition(";")[0] for one in proxy.sign_in()[1])}
    assert proxy.ask("POST", "/tidak-ada", "x" * 2_000_000, cookie)[0].status in {400, 404, 405}
    reply, page = proxy.ask("POST", "/data/unggah", "", {**cookie, "Content-Length": "300000000"})
    assert reply.status == 413
    assert "nginx" in page


def test_a_wall_screen_is_let_in_and_asks_again_without_getting_the_same_picture_twice(proxy: Proxy) -> None:
    desk, host = proxy.desk, f"https://{NAME}"
    token = device_link(desk.office, "TV Kepala Bidang", desk.clock(), host).partition("#")[2]
    reply, page = proxy.ask("GET", "/layar/aktifkan")
    sent = {"Cookie": cookies(reply), "Content-Type": "application/json", "Origin": host, "Referer": f"{host}/layar"}
    csrf = {"X-CSRFToken": re.search(r'data-csrf="([^"]+)"', page)[1]}
    screen, _ = proxy.ask("POST", "/layar/aktifkan", json.dumps({"token": token}), sent | csrf)
    assert screen.status == 200
    first, picture = proxy.ask("GET", "/layar/data.json", "", {"Cookie": cookies(screen)})
    assert json.loads(picture)["schema"]
    known = {"Cookie": cookies(screen), "If-None-Match": first.headers["ETag"]}
    assert proxy.ask("GET", "/layar/data.json", "", known)[0].status == 304
