"""What every reply tells the browser to refuse."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from pathlib import Path

import pytest

from dashboard.access.devices import device_link
from dashboard.access.roles import Page
from dashboard.access.sessions import token_hash
from dashboard.web.app import create_app
from data_access.records.access import add_device
from data_access.records.engine import writing
from data_access.secret import SecretKeyError, secret_key
from tests.offices.desk import Desk, desk, sample_page, sign_in
from tests.reading.refusals import says
from tests.serving.callbacks import call

ADDRESSES = (
    "/masuk",
    "/mulai",
    "/sehat",
    "/layar/aktifkan",
    "/",
    "/sop",
    "/tidak-ada",
    "/_dash-layout",
    "/layar",
    "/assets/base/tokens.css",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with one page."""
    return desk(tmp_path_factory.mktemp("headers"), pages=[sample_page(Page.SOP, "/sop", "sop")])


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("who", ["", "kadin"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_reply_carries_the_policy(address: str, who: str, served: Desk) -> None:
    browser = served.signed_in(who) if who else served.browser()
    reply = browser.get(address)
    reply.close()
    policy = directives(reply.headers["Content-Security-Policy"])
    assert "unsafe" not in policy["script-src"]
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("frame-ancestors", "base-uri", "object-src")} == {"'none'"}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in reply.headers
    assert not any(name.startswith("Access-Control") for name, _ in reply.headers)
    kind = reply.headers["Content-Type"]
    assert "charset=utf-8" in kind or not kind.startswith("text/")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH"])
def test_a_method_that_nothing_here_needs_is_refused(method: str, served: Desk) -> None:
    browser = served.signed_in("kadin")
    replies = [
        browser.open(address, method=method, headers={"X-A": "rahasia"}) for address in ("/", "/masuk", "/sehat")
    ]
    assert {reply.status_code for reply in replies} <= {404, 405}
    assert "rahasia" not in "".join(reply.text for reply in replies)


def test_the_only_inline_scripts_are_those_the_policy_names(served: Desk) -> None:
    reply = served.signed_in("kadin").get("/")
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", reply.text, re.DOTALL)
    hashes = ["'sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode() + "'" for text in inline]
    assert len(hashes) == 2
    allowed = directives(reply.headers["Content-Security-Policy"])["script-src"].split()
    assert sorted(allowed) == sorted(["'self'", *hashes])


@pytest.mark.parametrize("address", ["/masuk", "/mulai", "/layar/aktifkan", "/tidak-ada"])
def test_plain_pages_hold_no_inline_script_and_no_outside_address(address: str, served: Desk) -> None:
    text = served.signed_in("kadin").get(address).text
    assert re.findall(r"<script(?![^>]*src=)", text) == []
    assert re.findall(r"\son\w+=", text) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []


@pytest.mark.parametrize(
    "address",
    [
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/dash/../../app.py",
        "/_dash-component-suites/dash/%2e%2e/%2e%2e/app.py",
        "/_dash-component-suites/dashboard/web/app.py",
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%5capp.py",
        "/assets/%00",
        "/assets/base",
    ],
)
def test_only_the_files_of_the_screens_are_sent(address: str, served: Desk) -> None:
    assert served.signed_in("kadin").get(address).status_code == 404


def test_the_desk_page_loads_everything_from_here(served: Desk) -> None:
    text = served.signed_in("kadin").get("/").text
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []
    assert "plotly.min.js" not in text


def test_data_stays_out_of_caches_and_files_with_a_mark_stay_in(served: Desk) -> None:
    browser = served.signed_in("kadin")
    for address in ("/", "/_dash-layout", "/masuk"):
        assert browser.get(address).headers["Cache-Control"] == "no-store"
    assert (
        call(browser, "shell-age.children", [{"id": "shell-tick", "property": "n_intervals", "value": 1}]).headers[
            "Cache-Control"
        ]
        == "no-store"
    )
    page = browser.get("/").text
    for address in (r"/assets/base/tokens.css\?v=\w+", r"/_dash-component-suites/[\w/-]+dash_renderer\.\w+\.min\.js"):
        with browser.get(re.search(f'"({address})"', page).group(1)) as reply:
            assert "max-age=31536000" in reply.headers["Cache-Control"]
            assert "Cookie" not in reply.headers.get("Vary", "")


@pytest.fixture(scope="module")
def encrypted(served: Desk) -> Desk:
    """The same office behind TLS."""
    return Desk(served.office, create_app(served.office, now=served.clock, pages=[], secure_cookies=True), served.clock)


HTTPS = {"base_url": "https://localhost"}


def new_screen(served: Desk) -> str:
    return device_link(served.office, "TV", served.clock(), "https://localhost").partition("#")[2]


def test_behind_https_each_cookie_travels_encrypted_only_and_is_this_hosts_own(encrypted: Desk) -> None:
    browser = encrypted.browser()
    replies = [sign_in(browser, "kadin", **HTTPS), browser.get("/", **HTTPS), browser.get("/bahasa/en", **HTTPS)]
    token = re.search(r'data-csrf="([^"]+)"', browser.get("/layar/aktifkan", **HTTPS).text).group(1)
    headers = {"X-CSRFToken": token, "Referer": "https://localhost/layar/aktifkan"}
    replies.append(browser.post("/layar/aktifkan", json={"token": new_screen(encrypted)}, headers=headers, **HTTPS))
    given = [cookie for reply in replies for cookie in reply.headers.getlist("Set-Cookie")]
    parts = [[part.strip() for part in cookie.split(";")] for cookie in given]
    assert all("Secure" in rest and "Path=/" in rest and not any("Domain" in one for one in rest) for _, *rest in parts)
    own = {first.partition("=")[0]: rest for first, *rest in parts}
    assert "HttpOnly" not in own.pop("_csrf_token")  # Dash reads it, by this name; it opens nothing without a session
    kept = [rest for rest in own.values() if "HttpOnly" in rest and any(one.startswith("SameSite") for one in rest)]
    assert len(kept) == len(own)
    account = next(name for name in own if name.startswith("__Host-pantau_kenal_"))
    assert own.keys() == {"__Host-pantau", "__Host-bahasa", "__Host-pantau_layar", account}
    year = "max-age=31536000; includeSubDomains"
    assert {reply.headers["Strict-Transport-Security"] for reply in replies} == {year}


def test_a_session_that_a_neighbour_of_the_same_domain_may_have_planted_opens_nothing(encrypted: Desk) -> None:
    browser, planted = encrypted.browser(), encrypted.browser()
    sign_in(browser, "kadin", **HTTPS)
    planted.set_cookie("pantau", browser.get_cookie("__Host-pantau").value)
    assert [one.get("/", **HTTPS).status_code for one in (browser, planted)] == [200, 302]


def test_a_screen_of_before_keeps_its_cookie_and_gets_the_hosts_own(encrypted: Desk) -> None:
    with writing(encrypted.office.records) as connection:
        add_device(connection, "TV lama", token_hash("lama"), created_at=1)
    screen = encrypted.browser()
    screen.set_cookie("pantau_layar", "lama", path="/layar")
    reply = screen.get("/layar/data.json", **HTTPS)
    assert reply.status_code == 200
    assert reply.headers["Set-Cookie"].startswith("__Host-pantau_layar=lama;")


def test_the_key_of_the_sessions_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "rumah" / "secret.key"
    first = secret_key(path)
    assert secret_key(path) == first
    assert len(first) == 96
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_a_key_cut_short_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(b"pendek")
    with pytest.raises(SecretKeyError, check=says("kunci sesi rusak")):
        secret_key(path)


def test_a_request_too_big_is_refused(served: Desk) -> None:
    browser = served.signed_in("kadin")
    reply = call(browser, "shell-age.children", state=[{"id": "x", "property": "y", "value": "z" * 3_000_000}])
    assert reply.status_code == 413
