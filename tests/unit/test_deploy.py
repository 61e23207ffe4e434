"""The files that bring a wall screen up: units that fit together, a start that hides the link, a watchdog; and those
that put the server on a machine of its own."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import typer

from dashboard.commands import app
from dashboard.web.server import BIGGEST_BODY

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "layar"
SERVER = ROOT / "deploy" / "server"
TOKEN = "rahasia-sekali_123"
INSTALLED = "/usr/local/lib/pantau-layar/"


class Units(configparser.RawConfigParser):
    """A unit file, its keys as written."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(path: Path) -> Units:
    parsed = Units(strict=False)
    parsed.read(path, encoding="utf-8")
    return parsed


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """Answers whatever `said` is; used as Pantau's health and as the browser's list of pages."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.said.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.said = ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_every_unit_names_programs_and_units_that_are_there() -> None:
    services = {path.name for path in FOLDER.glob("*.service")}
    for path in FOLDER.glob("*.service"):
        start = unit(path)["Service"]["ExecStart"].split()[0]
        assert start == "/usr/bin/systemctl" or (FOLDER / start.removeprefix(INSTALLED)).exists(), path.name
    for path in FOLDER.glob("*.timer"):
        assert f"{path.stem}.service" in services
        assert unit(path)["Install"]["WantedBy"] == "timers.target"
    main = unit(FOLDER / "pantau-layar.service")
    assert (main["Service"]["Restart"], main["Unit"]["StartLimitIntervalSec"]) == ("always", "0")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing_wrong() -> None:
    units = sorted(str(path) for path in FOLDER.iterdir() if path.suffix in {".service", ".timer"})
    told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    faults = [line for line in told.stderr.splitlines() if "pantau-layar" in line and "is not executable" not in line]
    assert faults == []


def start(folder: Path, link: str, browser: Path, **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "tautan").write_text(f"{link}\n", encoding="utf-8")
    env = {
        "PATH": "/usr/bin:/bin",
        "CREDENTIALS_DIRECTORY": str(folder),
        "STATE_DIRECTORY": str(folder),
        "LAYAR_JENDELA": "",
        "LAYAR_PERAMBAN": str(browser),
        **more,
    }
    return subprocess.run([FOLDER / "mulai"], env=env, capture_output=True, text=True, timeout=20, check=False)


def test_the_browser_gets_the_link_in_a_file_of_its_own_and_not_as_an_argument(
    tmp_path: Path, server: HTTPServer
) -> None:
    link = f"http://127.0.0.1:{server.server_port}/layar/aktifkan#{TOKEN}"
    told = start(tmp_path, link, program(tmp_path, "peramban", 'echo "$@"'))
    assert "--kiosk" in told.stdout
    assert TOKEN not in told.stdout + told.stderr
    page = tmp_path / "mulai.html"
    assert f"url={link}" in page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


@pytest.mark.parametrize("link", ["", "http://server:8050/layar", "javascript:alert(1)#x", "http://s/layar/aktifkan#"])
def test_what_is_no_link_of_a_screen_is_refused_in_words(link: str, tmp_path: Path) -> None:
    told = start(tmp_path, link, program(tmp_path, "peramban", "echo terbuka"))
    assert (told.returncode, told.stdout) == (1, "")
    assert "salin tautan utuh" in told.stderr


def watch(folder: Path, port: int, now: int) -> bool:
    """One look of the watchdog; whether it started the browser anew."""
    program(folder, "systemctl", f'echo "$@" >> {folder}/perintah')
    env = {
        "PATH": f"{folder}:/usr/bin:/bin",
        "STATE_DIRECTORY": str(folder),
        "LAYAR_PORTA_PERIKSA": str(port),
        "LAYAR_KINI": str(now),
    }
    subprocess.run([FOLDER / "penjaga"], env=env, capture_output=True, text=True, timeout=20, check=True)
    orders = folder / "perintah"
    was_restarted = orders.exists()
    orders.unlink(missing_ok=True)
    return was_restarted


def page(title: str) -> str:
    return f'[ {{\n   "id": "1",\n   "title": "{title}",\n   "type": "page"\n}} ]'


def test_the_watchdog_leaves_a_page_alone_whose_title_moves(tmp_path: Path, server: HTTPServer) -> None:
    for minute in range(8):
        server.said = page(f"Layar · Smart Center · 10.{40 + minute}")
        assert not watch(tmp_path, server.server_port, 1_000 + 60 * minute)


def test_the_watchdog_starts_a_browser_anew_that_stands_still(tmp_path: Path, server: HTTPServer) -> None:
    server.said = page("Layar · Smart Center · 10.41")
    looks = [watch(tmp_path, server.server_port, 1_000 + 60 * minute) for minute in range(6)]
    assert looks == [False, False, False, False, True, False]


def test_the_watchdog_bites_too_when_the_page_is_another_or_the_browser_is_gone(
    tmp_path: Path, server: HTTPServer
) -> None:
    server.said = page("Masuk · Smart Center")
    assert [watch(tmp_path, server.server_port, now) for now in (1_000, 1_239, 1_240)] == [False, False, True]
    assert [watch(tmp_path, 1, now) for now in (1_300, 1_600)] == [False, True]


def test_what_was_noted_before_the_machine_was_switched_off_does_not_count(tmp_path: Path, server: HTTPServer) -> None:
    server.said = page("Layar · Smart Center · 10.41")
    watch(tmp_path, server.server_port, 90_000)
    assert not watch(tmp_path, server.server_port, 400)


def test_the_guide_names_files_and_tests_that_exist() -> None:
    guide = (ROOT / "docs" / "layar.md").read_text(encoding="utf-8")
    tests = (ROOT / "tests" / "browser" / "test_wall_faults.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", guide))
    there = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))
    assert named == there
    for name in re.findall(r"deploy/layar/([\w.*-]+)", guide):
        assert list(FOLDER.glob(name)), name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_of_the_server_is_sound_and_shut_in() -> None:
    path = str(SERVER / "pantau.service")
    told = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    faults = [line for line in told.stderr.splitlines() if "pantau.service" in line and "not executable" not in line]
    assert faults == []
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", path]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_examples_of_a_server_agree_with_the_product() -> None:
    words = unit(SERVER / "pantau.service")["Service"]["ExecStart"].split()
    assert words[0] == "/opt/pantau/bin/pantau"
    parse_serve(words[1:])
    container = (SERVER / "Containerfile").read_text(encoding="utf-8")
    parse_serve(json.loads(container.rpartition("\nCMD ")[2])[1:])
    for copied in re.findall(r"^COPY (?!--)(.+) \S+$", container, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split()), copied
    for proxy in ("nginx.conf", "Caddyfile"):
        text = (SERVER / proxy).read_text(encoding="utf-8")
        limit = re.search(r"(?:client_max_body_size|max_size) (\d+)", text)
        assert limit is not None
        assert int(limit[1]) * 1_000_000 > BIGGEST_BODY
        assert f"127.0.0.1:{words[words.index('--port') + 1]}" in text
        assert {"X-Forwarded-For", "X-Forwarded-Host"} <= {*re.findall(r"X-Forwarded-\w+", text)}


def test_the_command_of_a_server_runs_as_its_service_does() -> None:
    service = unit(SERVER / "pantau.service")["Service"]
    command = SERVER / "pantau"
    text = command.read_text(encoding="utf-8")
    assert subprocess.run(["sh", "-n", command], check=False).returncode == 0
    assert command.stat().st_mode & stat.S_IXUSR
    for word in (service["ExecStart"].split()[0], service["EnvironmentFile"], service["Environment"]):
        assert word in text, word
    assert f"runuser -u {service['User']} -- " in text
    assert f"umask {service['UMask'][1:]}" in text


def test_the_command_of_a_server_takes_each_line_of_its_environment_as_the_service_does(tmp_path: Path) -> None:
    address = "postgresql://pantau:a$b'c;d@db/pantau?sslmode=verify-full&sslrootcert=/etc/pantau/ca.pem"
    lines = [
        "# nama",
        "; nama",
        "#PANTAU_A=1",
        f"PANTAU_DATABASE_URL={address}",
        '  PANTAU_B="dua kata" ',
        "C D=1",
        "E=''",
    ]
    (tmp_path / "pantau.env").write_text("\n".join(lines), encoding="utf-8")
    for name, does in (("id", "echo 0"), ("install", ":"), ("runuser", 'printf "%s\\n" "$@" && env')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o700)
    text = (SERVER / "pantau").read_text(encoding="utf-8").replace("/etc/pantau/pantau.env", f"{tmp_path}/pantau.env")
    run = ["sh", "-c", text, "pantau", "load", "dua kata.csv"]
    told = subprocess.run(run, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True)
    given = told.stdout.splitlines()
    assert given[:6] == ["-u", "pantau", "--", "/opt/pantau/bin/pantau", "load", "dua kata.csv"]
    assert {f"PANTAU_DATABASE_URL={address}", "PANTAU_B=dua kata", "E=", "HOME=/var/lib/pantau"} <= {*given}
    assert not any(line.startswith(("PANTAU_A", "sslrootcert", "C D")) for line in given)


def test_the_guides_name_files_of_a_server_that_exist() -> None:
    guides = "".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("pemasangan", "cadangan"))
    named = set(re.findall(r"deploy/server/([\w.]+\w)", guides))
    assert {"pantau", "pantau.service", "pantau.env", "nginx.conf"} <= named
    assert [name for name in named if not (SERVER / name).exists()] == []


def test_the_examples_of_a_proxy_offer_modern_tls_and_send_pages_only_on_from_http() -> None:
    nginx, caddy = ((SERVER / name).read_text(encoding="utf-8") for name in ("nginx.conf", "Caddyfile"))
    assert re.search(r"ssl_protocols ([^;]+);", nginx)[1] == "TLSv1.2 TLSv1.3"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(re.search(r"ssl_ciphers ([^;]+);", nginx)[1])
    kinds = {(one["aead"], one["kea"], one["strength_bits"] >= 128) for one in context.get_ciphers()}
    assert kinds <= {(True, "kx-ecdhe", True), (True, "kx-any", True)}
    assert "tls " not in re.sub(r"(?m)#.*", "", caddy)  # its own choice is TLS 1.2 and 1.3 with such ciphers
    refused = [
        re.search(pattern, text)[1] for text, pattern in ((nginx, r"location ~ (\S+) "), (caddy, r"path_regexp (\S+)"))
    ]
    assert refused[0] == refused[1]
    machines = ("/_dash-update-component", "/kalender/x.ics", "/metrik", "/sehat", "/layar/data.json", "/pindaian")
    assert all(re.search(refused[0], path) for path in machines)
    assert not any(
        re.search(refused[0], path) for path in ("/", "/masuk", "/layar", "/layar/aktifkan", "/data", "/lapor")
    )


def parse_serve(words: list[str]) -> None:
    """Raises when the command line does not know one of these words."""
    command = typer.main.get_command(app).commands[words[0]]
    command.make_context("serve", words[1:], resilient_parsing=False)


def test_the_compose_file_runs_the_container_on_its_database() -> None:
    text = (SERVER / "compose.yaml").read_text(encoding="utf-8")
    assert "dockerfile: deploy/server/Containerfile" in text
    assert re.search(r"PANTAU_DATABASE_URL: postgresql://pantau:\$\{POSTGRES_PASSWORD:\?[^}]+\}@database/pantau", text)
    assert '- "127.0.0.1:8050:8050"' in text
