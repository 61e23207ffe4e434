"""A provider of identities that is away, slow, set up wrongly, or whose answers were forged on the way."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from functools import cache, reduce
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from dashboard.access.openid_provider import PAUSE_SECONDS
from data_access.records.engine import reading
from data_access.records.logins import bound_users
from tests.offices.desk import sign_in
from tests.offices.sso import Door, door_at, is_in, told
from tests.serving.identity import CLIENT, OTHER_CLIENT, SECRET, SECRET_ENV, Change, Line

AWAY = "penyedianya tidak menjawab"
DOUBTFUL = "tidak dapat dipercaya, maka Anda tidak dimasukkan"
TOKEN, KEYS, PERSON, ABOUT = "/o/token/", "/o/.well-known/jwks.json", "/o/userinfo/", "openid-configuration"
NAME = "kunci-palsu"

Document = dict[str, Any]


@cache
def key(name: str = NAME) -> RSAKey:
    """A key of whoever stands on the line."""
    made = RSAKey.generate_key(2048, private=True)
    return RSAKey.import_key(made.as_dict(private=True) | {"kid": name})


def changed(end: str, change: Callable[[Document], Any]) -> Change:
    """The answers to addresses with this end, changed."""

    def answer(path: str, body: bytes) -> bytes:
        return json.dumps(change(json.loads(body))).encode() if path.endswith(end) else body

    return answer


def forged(more: Mapping[str, Any] = {}, header: Mapping[str, str] = {}, by: Any = None) -> Change:
    """ID tokens with other claims (None: without it), signed by a key that the provider is made to call its own."""

    def answer(path: str, body: bytes) -> bytes:
        if path == KEYS:
            return json.dumps({"keys": [key().as_dict(private=False)]}).encode()
        if path != TOKEN:
            return body
        token = json.loads(body)
        middle = token["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "==")) | more
        head = {"alg": "RS256", "kid": NAME} | header
        kept = {name: value for name, value in claims.items() if value is not None}
        token["id_token"] = unsigned(kept) if head["alg"] == "none" else jwt.encode(head, kept, by or key())
        return json.dumps(token).encode()

    return answer


def in_turn(*changes: Change) -> Change:
    """One change after another."""
    return lambda path, body: reduce(lambda answer, change: change(path, answer), changes, body)


def unsigned(claims: Document) -> str:
    """A token that nobody has signed."""
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def test_a_token_signed_anew_is_taken_where_everything_in_it_is_right(door: Door) -> None:
    door.line.change = forged()
    assert door.comes("kadin")[1].status_code == 303


def test_keys_that_the_provider_has_changed_are_fetched_anew(door: Door) -> None:
    door.comes("kadin")
    door.line.change = forged()
    assert door.comes("kadin")[1].status_code == 303


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sso: Line) -> Door:
    """One office for all that changes nothing in it."""
    return door_at(tmp_path_factory.mktemp("kantor"), sso)


@pytest.fixture
def shared(office: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """That office, at a line that is in order again."""
    monkeypatch.setenv(SECRET_ENV, SECRET)
    office.line.mend()
    return office


def from_elsewhere(door: Door) -> FlaskClient:
    """A browser at an address of its own, from where nothing has failed yet."""
    browser = door.served.browser()
    browser.environ_base["REMOTE_ADDR"] = f"10.0.0.{next(_NUMBERS)}"
    return browser


_NUMBERS = count(1)
PAST = 1_700_000_000
FORGERIES: dict[str, Change] = {
    "nonce of another": forged({"nonce": "lain"}),
    "no nonce": forged({"nonce": None}),
    "another issuer": forged({"iss": "https://lain.example"}),
    "another client": forged({"aud": OTHER_CLIENT}),
    "two clients, none named": forged({"aud": [CLIENT, OTHER_CLIENT]}),
    "two clients, the other named": forged({"aud": [CLIENT, OTHER_CLIENT], "azp": OTHER_CLIENT}),
    "over": forged({"exp": PAST}),
    "no end": forged({"exp": None}),
    "of tomorrow": forged({"iat": 4_000_000_000}),
    "nobody": forged({"sub": None}),
    "no text for somebody": forged({"sub": 7}),
    "another access token": forged({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "unsigned": forged(header={"alg": "none"}),
    "signed by the client's secret": forged(
        header={"alg": "HS256"}, by=OctKey.import_key(SECRET.ljust(32, "x"), {"kid": NAME})
    ),
    "signed by a stranger": forged(by=RSAKey.generate_key(2048)),
    "broken": changed(TOKEN, lambda token: token | {"id_token": token["id_token"][:-8] + "AAAAAAAA"}),
    "no token": changed(TOKEN, lambda token: {"access_token": token["access_token"], "token_type": "Bearer"}),
    "no text for a token": changed(TOKEN, lambda token: token | {"id_token": None}),
    "a list for an answer": changed(TOKEN, lambda _: ["x"]),
    "no JSON": lambda path, body: b"<html>" if path == TOKEN else body,
    "signed by a key that is not told": in_turn(forged(), changed(KEYS, lambda _: {"keys": []})),
    "no list of keys": in_turn(forged(), changed(KEYS, lambda _: {"keys": 5})),
    "told of somebody else": changed(PERSON, lambda told: told | {"sub": "4711"}),
    "told nothing": changed(PERSON, lambda _: ["x"]),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_was_forged_lets_nobody_in(forgery: str, shared: Door) -> None:
    shared.line.change = FORGERIES[forgery]
    browser, reply = shared.comes("kadin", from_elsewhere(shared))
    assert DOUBTFUL in told(browser, reply)
    assert not is_in(browser)
    assert shared.actions(1) == [("openid_refused", None)]
    with reading(shared.served.office.records) as connection:
        assert bound_users(connection) == {}


@pytest.mark.parametrize("part", ["nonce", "code_challenge"])
def test_what_was_changed_on_the_way_there_lets_nobody_in(part: str, shared: Door, monkeypatch: Any) -> None:
    browser, leads = from_elsewhere(shared), shared.leads
    value = "x" * 43

    def other(*way: Any) -> str:
        address = leads(*way)
        return address.replace(parse_qs(urlsplit(address).query)[part][0], value)

    monkeypatch.setattr(shared, "leads", other)
    told(*shared.comes("kadin", browser))
    assert not is_in(browser)


def test_an_answer_of_another_provider_lets_nobody_in(shared: Door) -> None:
    browser = from_elsewhere(shared)
    answer = shared.back(browser, "kadin")
    shared.line.asked.clear()
    assert DOUBTFUL in told(browser, browser.get(f"{answer}&iss=https://lain.example"))
    assert (is_in(browser), shared.line.asked) == (False, [])


WRONG_SETUPS: dict[str, Change] = {
    "calls itself otherwise": changed(ABOUT, lambda about: about | {"issuer": "https://lain.example"}),
    "not encrypted": changed(ABOUT, lambda about: about | {"token_endpoint": "http://lain.example/token"}),
    "says nothing of its keys": changed(ABOUT, lambda about: {k: v for k, v in about.items() if k != "jwks_uri"}),
    "is a page": lambda _path, _body: b"<html>",
    "is a text": lambda _path, _body: b'"halo"',
}


@pytest.mark.parametrize("fault", WRONG_SETUPS)
def test_a_provider_that_is_set_up_wrongly_is_not_believed(fault: str, shared: Door) -> None:
    shared.line.change, shared.served.clock.at = WRONG_SETUPS[fault], shared.served.clock.at + 3_601
    browser = from_elsewhere(shared)
    assert DOUBTFUL in told(browser, browser.get("/masuk/openid"))
    shared.line.mend()
    assert shared.leads(browser).startswith(shared.line.url)


def test_while_the_provider_is_away_the_password_lets_in_and_nobody_waits_long(door: Door) -> None:
    browser = door.served.browser()
    door.line.is_cut = True
    for _ in range(3):
        assert AWAY in told(browser, browser.get("/masuk/openid?ke=/sop"))
    assert len(door.line.asked) == 1
    assert sign_in(browser, "kadin", back="/sop").headers["Location"] == "/sop"
    door.line.mend()
    door.served.clock.at += PAUSE_SECONDS
    assert door.comes("kadin")[1].status_code == 303


@pytest.mark.parametrize(("path", "status"), [(TOKEN, 500), (PERSON, 401)])
def test_an_error_for_what_somebody_brought_counts_against_it_and_keeps_nobody_else_out(
    path: str, status: int, shared: Door
) -> None:
    browser = from_elsewhere(shared)
    answer = shared.back(browser, "kadin")
    shared.line.fails = {path: status}
    assert DOUBTFUL in told(browser, browser.get(answer))
    assert shared.actions(1) == [("openid_refused", None)]
    assert shared.leads(from_elsewhere(shared)).startswith(shared.line.url)


def test_a_provider_that_has_only_an_error_to_tell_of_itself_is_away(shared: Door) -> None:
    shared.served.clock.at += 3_601
    shared.line.fails = {f"/o/.well-known/{ABOUT}": 503}
    browser = from_elsewhere(shared)
    assert AWAY in told(browser, browser.get("/masuk/openid"))
    shared.line.mend()
    assert shared.leads(browser).startswith(shared.line.url)


def test_a_provider_that_goes_away_on_the_way_back_leaves_nobody_in(door: Door) -> None:
    browser = door.served.browser()
    answer = door.back(browser, "kadin")
    door.line.is_cut = True
    reply = browser.get(answer)
    browser.get("/bahasa/en?ke=/masuk")
    assert "the provider does not answer" in told(browser, reply)
    assert not is_in(browser)
    assert "openid_refused" not in [action for action, _ in door.actions(3)]


def test_a_code_that_the_provider_stumbles_over_keeps_nobody_else_from_it(door: Door) -> None:
    browser = door.served.browser()
    way = door.leads(browser)
    state = parse_qs(urlsplit(way).query)["state"][0]
    door.line.change = lambda path, body: b"<html>" if path == TOKEN else body
    assert DOUBTFUL in told(browser, browser.get(f"/masuk/openid/kembali?state={state}&code=x"))
    door.line.mend()
    assert door.comes("kadin")[1].status_code == 303


def test_a_provider_that_hangs_is_not_waited_for(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.openid_provider.TIMEOUTS", (0.1, 0.1))
    browser = door.served.browser()
    door.line.delay = 0.4
    assert AWAY in told(browser, browser.get("/masuk/openid"))
    time.sleep(0.4)  # its answer to that is nobody's any more


@pytest.mark.parametrize(("secret", "words"), [("", AWAY), ("salah", DOUBTFUL)])
def test_without_the_right_secret_nobody_comes_in(
    secret: str, words: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.served.browser()
    answer = door.back(browser, "kadin")
    monkeypatch.setenv(SECRET_ENV, secret)
    assert words in told(browser, browser.get(answer))
    assert secret == "" or secret not in browser.get("/masuk").text
