"""What goes wrong around a television, in a real browser against a real server: never a broken page, never old figures
that look fresh. docs/layar.md lists the same faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dashboard import wall as routes
from dashboard.access.people import all_screens, revoke_screen
from etl.figures.wall.screens import screens
from tests.offices.office import give
from tests.offices.thursday import moment
from tests.serving.wall_server import HALF_PAST, WallServer, age_of, ask_by, open_frozen, run, settle, until, words

TITLE = "Rapat koordinasi imunisasi daerah"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WallServer]:
    """The Thursday office half a minute before 10.42, behind a wire that can be spoilt."""
    server = WallServer.of_thursday(tmp_path_factory.mktemp("wall"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def tv(browser: Browser, server: WallServer) -> Iterator[Page]:
    """One television for all that it can outlive; the module fails when a script of the page does."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_frozen(page, server)
    yield page
    context.close()
    assert errors == []


@pytest.fixture(autouse=True)
def sound(server: WallServer) -> Iterator[None]:
    """Whatever a test spoilt is whole again after it."""
    yield
    server.wire.fault = ""
    server.wire.let_go.set()
    server.start()
    server.clock.at = HALF_PAST


def is_well(tv: Page) -> bool:
    return tv.locator("#band").is_hidden() and words(tv, "#now-title") == TITLE


def fall_silent(tv: Page) -> None:
    """A minute and more without a good answer: two failures, then amber, then red, the picture still there."""
    run(tv, 29)
    assert tv.locator("#band").is_hidden()
    run(tv, 6)
    assert (age_of(tv), words(tv, "#now-title")) == ("near", TITLE)
    run(tv, 30)
    assert (age_of(tv), words(tv, "#now-title")) == ("late", TITLE)
    assert words(tv, "#band-title") == "DATA TIDAK DIPERBARUI sejak 10.41"


def recover(tv: Page) -> None:
    """The next good answer makes it whole."""
    ask_by(tv, "online")
    until(tv, "document.getElementById('band').hidden")
    assert is_well(tv)


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        ("html", "tidak dapat dibaca"),
        ("error", "tidak terjangkau"),
        ("empty", "tidak dapat dibaca"),
        ("truncated", "tidak terjangkau"),
        ("half", "tidak dapat dibaca"),
        ("foreign", "tidak dapat dibaca"),
        ("login", "menolak layar ini"),
        ("slow", "tidak terjangkau"),
    ],
)
def test_a_wrong_answer_leaves_the_last_picture_and_ages_it(
    fault: str, hint: str, tv: Page, server: WallServer
) -> None:
    recover(tv)
    server.wire.let_go.clear()
    server.wire.fault = fault
    if fault == "slow":
        tv.clock.run_for(65_000)  # asks; nothing comes within its eight seconds
        assert (age_of(tv), words(tv, "#now-title")) == ("late", TITLE)
    else:
        fall_silent(tv)
    assert hint in words(tv, "#band-hint")
    server.wire.fault = ""
    server.wire.let_go.set()
    recover(tv)


def test_a_server_that_is_stopped_for_minutes_and_comes_back(tv: Page, server: WallServer) -> None:
    recover(tv)
    server.stop()
    fall_silent(tv)
    run(tv, 240)
    assert words(tv, ".desk[data-step=A2] .minutes") == "4 / 10 mnt"
    assert words(tv, "#clock") != "10.41"
    server.start()
    run(tv, 300)  # no event tells: the next try of its own, at most five minutes later
    assert is_well(tv)


def test_a_network_that_is_off_and_on(tv: Page, server: WallServer) -> None:
    recover(tv)
    tv.context.set_offline(True)
    fall_silent(tv)
    before = tv.evaluate("PantauWall.alive.answers")
    tv.context.set_offline(False)
    until(tv, f"PantauWall.alive.answers > {before} && document.getElementById('band').hidden")
    assert is_well(tv)


def test_a_window_that_is_hidden_and_shown_asks_at_once(tv: Page, server: WallServer) -> None:
    recover(tv)
    tv.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.isAway })")
    tv.evaluate("window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")
    server.clock.at += 180
    before = tv.evaluate("PantauWall.alive.answers")
    tv.clock.set_system_time(9_000_000)  # the machine slept
    tv.evaluate("window.isAway = false")
    ask_by(tv, "visibilitychange")
    assert tv.evaluate("PantauWall.alive.answers") == before + 1
    assert (words(tv, "#clock"), tv.locator("#band").is_hidden()) == ("10.44", True)
    tv.evaluate("delete document.hidden")


def test_a_television_whose_clock_jumps_a_day_shows_the_servers_time(tv: Page, server: WallServer) -> None:
    recover(tv)
    tv.clock.set_system_time(90_000_000)
    run(tv, 3.1)
    assert (words(tv, "#clock"), words(tv, "#date")) == ("10.41", "Kamis, 19 November 2026")
    assert is_well(tv)


def test_records_that_another_process_locks_do_not_stop_the_wall(tv: Page, server: WallServer) -> None:
    recover(tv)
    with sqlite3.connect(server.office.home.records_path, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        server.clock.at += 120  # the screen is due to be written down as seen
        run(tv, 3.1)
        run(tv, 3.1)
        assert (words(tv, "#clock"), tv.locator("#band").is_hidden()) == ("10.43", True)
        holder.execute("ROLLBACK")


def test_loading_that_stands_still_while_the_server_runs_is_told(tv: Page, server: WallServer) -> None:
    recover(tv)
    server.clock.at = moment("12:00", "2026-11-23")
    run(tv, 3.1)
    assert (age_of(tv), words(tv, "#band-title")) == ("near", "DATA TIDAK DIPERBARUI sejak Kam, 19 Nov, 10.41")
    server.clock.at = moment("12:00", "2026-11-25")
    run(tv, 3.1)
    assert age_of(tv) == "late"
    assert "Belum ada berkas atau sumber baru" in words(tv, "#band-hint")
    assert "saturate" in tv.evaluate("getComputedStyle(document.getElementById('tiles')).filter")


def test_midnight_comes_by_itself_even_without_a_server(tv: Page, server: WallServer) -> None:
    server.clock.at = moment("23:59") + 50
    ask_by(tv, "online")
    assert words(tv, "#date") == "Kamis, 19 November 2026"
    server.stop()
    run(tv, 20)
    assert (words(tv, "#clock"), words(tv, "#date")) == ("00.00", "Jumat, 20 November 2026")
    server.start()
    server.clock.at = moment("00:01", "2026-11-20")
    ask_by(tv, "online")
    assert words(tv, ".day.is-today .bar-name") == "Jum"


def test_outside_office_hours_the_wall_is_dimmed_and_moves_on_the_panel(tv: Page, server: WallServer) -> None:
    server.clock.at = moment("18:30")
    ask_by(tv, "online")
    assert tv.evaluate("document.body.dataset.light") == "dim"
    before = tv.evaluate("document.getElementById('stage').style.transform")
    server.clock.at += 60
    ask_by(tv, "online")
    assert tv.evaluate("document.getElementById('stage').style.transform") != before


def test_views_take_turns_and_an_alert_jumps_the_queue_and_holds(tv: Page, server: WallServer) -> None:
    def view() -> str:
        return tv.evaluate("document.body.dataset.view")

    recover(tv)
    seen = []
    for _ in range(2):
        seen.append(view())
        server.clock.at += 21
        run(tv, 20.5)
    assert sorted(seen) == ["sop", "use"]
    server.clock.at = moment("12:05")
    ask_by(tv, "online")
    assert (view(), words(tv, ".alert-what >> nth=0")) == ("alert", "Ruang belum dicek untuk 13.00")
    run(tv, 115)
    assert view() == "alert"
    run(tv, 10)
    assert view() == "sop"


def test_a_page_whose_ticking_breaks_is_loaded_anew_once_the_server_gives_it(
    browser: Browser, server: WallServer
) -> None:
    context = browser.new_context()
    page = context.new_page()
    open_frozen(page, server)
    page.evaluate("Object.defineProperty(PantauWall.alive, 'tick', { get: () => -1e9, set: () => {} })")
    page.evaluate("window.isOld = true")
    server.stop()
    run(page, 60)
    assert page.evaluate("window.isOld")
    server.start()
    page.clock.run_for(16_000)
    until(page, "!window.isOld && document.body.dataset.state === 'live'")
    context.close()


def test_a_new_build_loads_the_page_anew_once_even_when_it_cannot_be_read(
    browser: Browser, server: WallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = browser.new_context()
    page = context.new_page()
    open_frozen(page, server)
    page.evaluate("window.isOld = true")
    server.wire.fault = "newer"
    page.clock.run_for(3_100)
    until(page, "!window.isOld")
    until(page, "window.PantauWall && PantauWall.alive && PantauWall.alive.answers > 0")
    page.evaluate("window.isOld = true")
    run(page, 3.1)
    assert page.evaluate("window.isOld")  # not twice within ten minutes
    server.wire.fault = ""
    run(page, 3.1)
    assert words(page, "#now-title") == TITLE
    monkeypatch.setattr(routes, "build_mark", lambda: "0ther")
    page.clock.fast_forward(600_000)
    settle(page)
    run(page, 6)
    until(page, "!window.isOld && document.body.dataset.state === 'live'")
    context.close()


def test_after_six_hours_the_page_is_loaded_anew_but_only_after_a_good_answer(
    browser: Browser, server: WallServer
) -> None:
    context = browser.new_context()
    page = context.new_page()
    open_frozen(page, server)
    page.evaluate("window.isOld = true")
    server.wire.fault = "error"
    page.clock.fast_forward(7 * 3_600_000)
    settle(page)
    assert page.evaluate("window.isOld")
    server.wire.fault = ""
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(page, "!window.isOld && document.body.dataset.state === 'live'")
    context.close()


def test_a_script_that_stumbles_is_told_without_its_words(browser: Browser, server: WallServer) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    open_frozen(page, server)
    page.evaluate("window.dispatchEvent(new ErrorEvent('error', { error: new TypeError('Rapat rahasia'), lineno: 7 }))")
    server.clock.at += 60
    for _ in range(40):  # a heartbeat a minute; its answer is waited for by nobody
        run(page, 3)
        if screens(server.office, server.clock())[0].error_count:
            break
    screen = screens(server.office, server.clock())[0]
    assert (screen.viewport, screen.last_error, screen.error_count >= 1) == ("1366×768", "TypeError", True)
    context.close()


def test_a_loaded_file_and_a_revoked_screen(browser: Browser, server: WallServer) -> None:
    context = browser.new_context()
    page = context.new_page()
    open_frozen(page, server)
    text = "no_agenda;tgl_terima;jam_terima;asal\n8;19/11/2026;10.40;Bappeda\n"
    give(server.office, server.folder, "tambahan.csv", text, server.clock())
    run(page, 3.1)
    assert words(page, ".desk[data-step=A2] .count") == "2"
    revoke_screen(server.office, all_screens(server.office)[-1]["id"], server.clock())
    fall_silent(page)
    assert "menolak layar ini" in words(page, "#band-hint")
    assert page.url.endswith("/layar")
    context.close()
