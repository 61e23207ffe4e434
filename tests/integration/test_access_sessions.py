"""A session is a row: it ends on the server; and attempts are counted where every worker counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from dashboard.access import store as store_module
from dashboard.access.known import KNOWN_SECONDS
from dashboard.access.limits import (
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_DEVICE,
    FAILURES_PER_PEER,
    Limit,
    Throttle,
    network,
)
from dashboard.web.app import create_app
from data_access.records import logins
from data_access.records.access import add_user, set_password, set_role, user_by_name
from data_access.records.engine import one_load, reading, writing
from data_access.records.schema import failed_login, login_session
from tests.offices.desk import CHEAP, PASSWORD, Desk, desk, password_hash, sign_in

PATIENCE = 0.02


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office with everybody and without pages, whose doors are impatient."""
    monkeypatch.setattr(store_module, "_PATIENCE_SECONDS", PATIENCE)
    monkeypatch.setattr(store_module, "_SEEN_PATIENCE_SECONDS", PATIENCE)
    return desk(tmp_path)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/_dash-layout").status_code == 200


def sign_out(browser: FlaskClient) -> None:
    assert browser.post("/keluar", data={"csrf_token": browser.get_cookie("_csrf_token").value}).status_code == 303


def copy_of(served: Desk, browser: FlaskClient) -> FlaskClient:
    """Another browser with the same session cookie."""
    thief = served.browser()
    thief.set_cookie("pantau", browser.get_cookie("pantau").value)
    return thief


def worker(served: Desk) -> Desk:
    """Another process that serves the same office."""
    return Desk(served.office, create_app(served.office, now=served.clock, pages=[]), served.clock)


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """A load that holds the records."""
    with one_load(engine):
        yield


def rows(served: Desk) -> list[logins.LoginSession]:
    with reading(served.office.records) as connection:
        return [logins.LoginSession(**row) for row in connection.execute(select(login_session)).mappings()]


def test_a_session_begun_by_a_clock_that_stood_ahead_is_over_once_it_is_right(served: Desk) -> None:
    served.clock.at += 400 * 86_400
    browser = served.signed_in("kadin")
    served.clock.at -= 400 * 86_400
    assert not is_in(browser)


def test_two_failures_at_once_are_counted_once_each() -> None:
    counted: Counter[str] = Counter()

    class Slow:
        """Records that a second failure meets while the first is being written."""

        def failures(self, _keys: Sequence[str]) -> dict[str, logins.Failures]:
            return {}

        def add_failures(self, failures: Mapping[str, logins.Failures], moment: int, _window: int) -> bool:
            if not counted:
                counted["begun"] += 1
                throttle.fail([Limit("pair b", 5)], moment)
            counted.update({key: one.failures for key, one in failures.items()})
            return True

        def forget_failures(self, _keys: Sequence[str]) -> None:
            raise AssertionError

    throttle = Throttle(Slow(), b"k")
    throttle.fail([Limit("pair a", 5)], 1_800_000_000)
    del counted["begun"]
    assert list(counted.values()) == [1, 1]


def test_a_copied_cookie_is_dead_once_its_owner_has_signed_out(served: Desk) -> None:
    browser = served.signed_in("kadin")
    thief = copy_of(served, browser)
    assert is_in(thief)
    sign_out(browser)
    assert not is_in(thief)
    assert [(row.ended_why, row.ended_at) for row in rows(served)] == [("logout", served.clock())]


def test_each_login_begins_a_session_of_its_own(served: Desk) -> None:
    browser = served.signed_in("kadin")
    before = copy_of(served, browser)
    sign_out(browser)
    sign_in(browser, "kadin")
    assert (is_in(browser), is_in(before)) == (True, False)
    assert len({row.token_hash for row in rows(served)}) == 2


def test_another_role_ends_the_sessions(served: Desk) -> None:
    browser = served.signed_in("sekdin")
    with writing(served.office.records) as connection:
        set_role(connection, user_by_name(connection, "sekdin").id, "kabid")
    assert not is_in(browser)


def test_a_cookie_of_before_sessions_were_written_down_leads_to_the_login(served: Desk) -> None:
    browser = served.browser()
    with browser.session_transaction() as cookie:
        cookie.update(_user_id="1:0123456789abcdef01234567", since=served.clock(), seen=served.clock(), _fresh=True)
    assert browser.get("/sop").headers["Location"] == "/masuk?ke=/sop"
    assert "Sesi Anda" in browser.get("/masuk?ke=/sop").text
    assert sign_in(browser, "kadin").status_code == 303


@pytest.mark.parametrize(
    "forged", [{"key": 7}, {"key": "x"}, {"unwritten": "x"}, {"_user_id": "999:1"}, {"_user_id": "x"}]
)
def test_a_cookie_with_odd_parts_opens_nothing(forged: dict[str, object], served: Desk) -> None:
    browser = served.signed_in("kadin")
    with browser.session_transaction() as cookie:
        cookie.update(forged | ({"key": "x"} if "unwritten" in forged else {}))
    assert not is_in(browser)


def test_when_a_user_was_last_there_is_written_once_a_minute(served: Desk) -> None:
    browser, start = served.signed_in("kadin"), served.clock()
    served.clock.at += 59
    assert is_in(browser)
    assert rows(served)[0].seen_at == start
    served.clock.at += 1
    assert is_in(browser)
    assert rows(served)[0].seen_at == start + 60


def test_who_comes_in_while_a_load_runs_is_in_and_gets_a_session_that_ends(served: Desk) -> None:
    with held(served.office.records):
        browser = served.signed_in("kadin")
        assert is_in(browser)
        assert rows(served) == []
    assert is_in(browser)
    assert len(rows(served)) == 1
    thief = copy_of(served, browser)
    sign_out(browser)
    assert not is_in(thief)


def test_who_goes_while_a_load_runs_is_out_and_stays_out(served: Desk) -> None:
    with held(served.office.records):
        browser = served.signed_in("kadin")
        thief = copy_of(served, browser)
        sign_out(browser)
        assert not is_in(thief)
    sign_in(served.browser(), "sekdin")
    assert sorted(str(row.ended_why) for row in rows(served)) == ["None", "logout"]
    assert not is_in(copy_of(worker(served), thief))


def from_address(browser: FlaskClient, address: str) -> FlaskClient:
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def attack(served: Desk, times: int, name: str = "kadin") -> list[int]:
    """Wrong passwords, each from an address of its own."""
    attacker = served.browser()
    return [
        sign_in(from_address(attacker, f"10.9.{number // 250}.{number % 250 + 1}"), name, "salah-sekali").status_code
        for number in range(times)
    ]


def test_an_attack_from_many_addresses_holds_up_strangers_only(served: Desk) -> None:
    desk_of_kadin = served.signed_in("kadin")
    sign_out(desk_of_kadin)
    assert attack(served, FAILURES_PER_ACCOUNT + 1) == [401] * FAILURES_PER_ACCOUNT + [429]
    assert sign_in(from_address(served.browser(), "10.0.0.7"), "kadin").status_code == 429
    assert sign_in(from_address(desk_of_kadin, "10.0.0.8"), "kadin").status_code == 303
    assert sign_in(served.browser(), "sekdin").status_code == 303


def test_a_name_that_nobody_has_is_held_up_alike(served: Desk) -> None:
    assert attack(served, FAILURES_PER_ACCOUNT + 1, "siapa") == [401] * FAILURES_PER_ACCOUNT + [429]


def test_a_neighbour_behind_the_same_address_locks_no_known_device_out(served: Desk) -> None:
    known, neighbour = served.signed_in("kadin"), served.browser()
    sign_out(known)
    for number in range(FAILURES_PER_PEER):
        sign_in(neighbour, f"nama{number}", "salah-sekali")
    assert sign_in(served.browser(), "sekdin").status_code == 429
    assert sign_in(known, "kadin").status_code == 303


def test_whoever_guesses_at_a_known_device_is_a_stranger_there_after_a_while(served: Desk) -> None:
    known = served.signed_in("kadin")
    sign_out(known)
    replies = [sign_in(known, "kadin", "salah-sekali").status_code for _ in range(FAILURES_PER_DEVICE + 6)]
    assert replies == [401] * (FAILURES_PER_DEVICE + 5) + [429]


def test_a_new_password_makes_devices_unknown(served: Desk) -> None:
    known = served.signed_in("kadin")
    with writing(served.office.records) as connection:
        set_password(connection, user_by_name(connection, "kadin").id, CHEAP.hash(PASSWORD))
    attack(served, FAILURES_PER_ACCOUNT)
    assert sign_in(known, "kadin").status_code == 429


@pytest.mark.parametrize("seconds", [KNOWN_SECONDS, -3600], ids=["long ago", "while the clock was ahead"])
def test_a_device_is_known_for_a_time(served: Desk, seconds: int) -> None:
    known = served.signed_in("kadin")
    sign_out(known)
    served.clock.at += seconds
    attack(served, FAILURES_PER_ACCOUNT)
    assert sign_in(known, "kadin").status_code == 429


def test_the_cookie_of_a_known_device_is_signed_and_goes_to_the_login_only(served: Desk) -> None:
    browser = served.browser()
    given = next(c for c in sign_in(browser, "kadin").headers.getlist("Set-Cookie") if c.startswith("pantau_kenal_"))
    name, value = given.partition(";")[0].split("=", 1)
    assert all(part in given for part in ("Path=/masuk", "HttpOnly", "SameSite=Lax"))
    attack(served, FAILURES_PER_ACCOUNT)
    for forged in (value[:-2] + "xx", "", "x.y", "é"):
        stranger = served.browser()
        stranger.set_cookie(name, forged, path="/masuk")
        assert sign_in(stranger, "kadin").status_code == 429


def test_workers_share_what_failed_and_a_restart_forgets_nothing(served: Desk) -> None:
    workers = [worker(served) for _ in range(2)]
    replies = [sign_in(worker.browser(), "kadin", "salah-sekali").status_code for worker in workers * 3]
    assert replies == [401] * 5 + [429]
    again = worker(served)
    assert sign_in(again.browser(), "kadin").status_code == 429
    served.clock.at += 15 * 60
    assert sign_in(again.browser(), "kadin").status_code == 303


def test_while_a_load_runs_a_process_counts_by_itself_and_tells_it_later(served: Desk) -> None:
    with held(served.office.records):
        replies = [sign_in(served.browser(), "kadin", "salah-sekali").status_code for _ in range(6)]
    assert replies == [401] * 5 + [429]
    sign_in(served.browser(), "sekdin", "salah-sekali")
    other = worker(served)
    assert sign_in(other.browser(), "kadin").status_code == 429


def test_a_success_forgets_what_failed_before_it(served: Desk) -> None:
    browser = served.browser()
    for _ in range(2):
        for _ in range(4):
            sign_in(browser, "kadin", "salah-sekali")
        assert sign_in(browser, "kadin").status_code == 303
        sign_out(served.signed_in("sekdin"))
        browser.delete_cookie("pantau")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
     ("10.0.0.1", "10.0.0.2", False), ("::ffff:10.0.0.1", "10.0.0.1", True), ("", "", True)],
)  # fmt: skip
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def test_what_failed_a_quarter_of_an_hour_ago_is_dropped(served: Desk) -> None:
    attack(served, FAILURES_PER_ACCOUNT)
    served.clock.at += 15 * 60
    attack(served, 1)
    with reading(served.office.records) as connection:
        assert connection.execute(select(func.count()).select_from(failed_login)).scalar_one() == 3


def test_only_the_newest_failures_are_kept(records_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "MOST_FAILURE_KEYS", 20)
    with writing(records_engine) as connection:
        for at in range(100, 160):
            logins.add_failures(connection, {f"kunci {at}": logins.Failures(1, at)}, at, 900)
        logins.prune_failures(connection, 100)
        kept = connection.execute(select(failed_login.c.since_at).order_by(failed_login.c.since_at)).scalars().all()
    assert kept == list(range(140, 160))


def test_failures_add_up_within_their_window(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        for at, times in ((1_000, 1), (1_899, 2), (1_950, 4), (1_000, 8)):
            logins.add_failures(connection, {"a": logins.Failures(times, at)}, at, 900)
            kept = logins.failures_of(connection, ["a", "b"])["a"]
            assert (kept.failures, kept.since_at) == {
                (1_000, 1): (1, 1_000), (1_899, 2): (3, 1_000), (1_950, 4): (4, 1_950), (1_000, 8): (8, 1_000),
            }[at, times]  # fmt: skip


def test_a_session_is_kept_once_ends_once_and_is_forgotten(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        id = add_user(connection, "kadin", "kadin", created_at=1, password_hash=password_hash())
        begun = logins.LoginSession("a", id, None, 1, 100, 100, "Firefox · Linux", "10.0.0.1")
        for _ in range(2):
            logins.keep_session(connection, begun)
        assert [row.browser for row in logins.open_sessions(connection, id)] == ["Firefox · Linux"]
        logins.end_session(connection, begun, 150, "logout")
        logins.end_session(connection, begun, 160, "other")
        row = logins.session_by_token(connection, "a")
        assert (row.ended_at, row.ended_why) == (150, "logout")
        late = logins.LoginSession("b", id, None, 1, 101 + logins.KEEP_SESSIONS_SECONDS, 0, None, None)
        logins.keep_session(connection, late)
        assert logins.session_by_token(connection, "a") is None
        logins.end_all_sessions(connection, id, 200, "everywhere")
        assert logins.open_sessions(connection, id) == []
