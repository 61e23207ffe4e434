"""The wall in a real browser against a real server: it lives, it ages, and it never looks fresher than it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.access.devices import device_link
from dashboard.access.people import choose_for_screen
from dashboard.web.app import create_app
from data_access.records.access import ScreenChoice
from etl.office import Office
from tests.offices.office import Clock, give, open_office
from tests.offices.thursday import moment, thursday_office
from tests.serving.wall_server import HALF_PAST, be_still, until
from tests.serving.windows import listening

DATA = "**/layar/data.json"


@dataclass
class Served:
    """A running server, its office and clock, and the link of one wall screen."""

    office: Office
    clock: Clock
    link: str
    folder: Path


@pytest.fixture
def serve() -> Iterator[Callable[[Office, Clock, Path], Served]]:
    """Serve an office on a port of its own."""
    with ExitStack() as servers:

        def start(office: Office, clock: Clock, folder: Path) -> Served:
            url = servers.enter_context(listening(create_app(office, now=clock).server))
            return Served(office, clock, device_link(office, "TV Kepala Bidang", clock(), url), folder)

        yield start


@pytest.fixture
def served(serve: Callable[[Office, Clock, Path], Served], tmp_path: Path) -> Served:
    """The Thursday office half a minute before 10.42, this test's own."""
    clock = Clock(HALF_PAST)
    return serve(thursday_office(tmp_path, clock), clock, tmp_path)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A television that has never been here; the test fails when a script of the page does."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = be_still(context.new_page())
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def open_wall(screen: Page, served: Served) -> None:
    """Open the screen's link and wait for the first picture."""
    screen.goto(served.link)
    screen.wait_for_selector("body[data-state=live]")


def open_frozen(screen: Page, served: Served) -> None:
    """The same, with the page's timers in the test's hands."""
    screen.goto(served.link)
    screen.wait_for_selector("body[data-state=live]")
    screen.clock.install(time=0)
    screen.reload()
    screen.wait_for_selector("body[data-state=live]")


def cut_off(screen: Page) -> None:
    """No answer comes any more."""
    screen.route(DATA, lambda route: route.abort())


def desk(screen: Page, step: str, part: str) -> str:
    return screen.locator(f".desk[data-step={step}] {part}").text_content() or ""


def test_the_wall_shows_the_room_the_participants_and_the_desks(screen: Page, served: Served) -> None:
    open_wall(screen, served)
    expect(screen.locator("#now-kicker")).to_have_text("Sedang dipakai sampai 12.00")
    expect(screen.locator("#now-title")).to_have_text("Rapat koordinasi imunisasi daerah")
    expect(screen.locator("#people-big")).to_have_text("42")
    expect(screen.locator("#clock")).to_have_text("10.41")
    expect(screen.locator("#date")).to_have_text("Kamis, 19 November 2026")
    assert desk(screen, "A4", ".minutes") == "11 / 5 mnt"
    assert desk(screen, "A4", ".verdict-word") == "lewat batas"
    assert desk(screen, "A2", ".minutes") == "4 / 10 mnt"
    assert desk(screen, "A6", ".minutes") == "9 j 12 mnt"
    assert desk(screen, "A3", ".minutes") == "target 5 mnt"


def test_items_that_nobody_checked_say_so_and_are_not_green(screen: Page, served: Served) -> None:
    open_wall(screen, served)
    expect(screen.locator(".chip:visible .chip-text").first).to_have_text("Belum dicek")
    assert screen.locator(".chip[data-tone=good]").count() == 0


def test_running_steps_grow_between_two_answers(screen: Page, served: Served) -> None:
    open_frozen(screen, served)
    cut_off(screen)
    screen.clock.run_for(45_000)
    assert desk(screen, "A2", ".minutes") == "5 / 10 mnt"


def test_a_running_step_turns_amber_at_four_fifths_of_its_target(screen: Page, served: Served) -> None:
    served.clock.at = moment("10:45") + 50
    open_frozen(screen, served)
    cut_off(screen)
    assert desk(screen, "A2", ".verdict-word") == "sesuai"
    screen.clock.run_for(15_000)
    assert desk(screen, "A2", ".verdict-word") == "mendekati batas"
    assert screen.locator(".desk[data-step=A2]").get_attribute("data-tone") == "near"


def test_the_number_of_nodes_stays_through_many_pictures(screen: Page, served: Served) -> None:
    open_frozen(screen, served)
    count = (
        "() => { let n = 0; const w = document.createTreeWalker(document, -1); while (w.nextNode()) n += 1; return n; }"
    )
    before = screen.evaluate(count)
    for minute in range(4):
        served.clock.at += 60
        row = f"no_agenda;tgl_terima;jam_terima;asal\n{20 + minute};19/11/2026;10.4{minute % 3};Bappeda\n"
        give(served.office, served.folder, f"{minute}.csv", row, served.clock())
        with screen.expect_response(DATA):
            screen.clock.run_for(3_000)
    assert screen.evaluate(count) == before


def test_without_records_the_wall_says_so_in_words(
    screen: Page, serve: Callable[[Office, Clock, Path], Served], tmp_path: Path
) -> None:
    clock = Clock(HALF_PAST)
    served = serve(open_office(tmp_path, clock), clock, tmp_path)
    screen.goto(served.link)
    screen.wait_for_selector("body[data-state=nothing]")
    expect(screen.locator("#nothing")).to_contain_text("Belum ada data")
    expect(screen.locator("#age-text")).to_have_text("Belum ada data")


SPILLS = """() => [...document.querySelectorAll('.tile')].filter(
    (tile) => tile.scrollHeight > tile.clientHeight + 1 || tile.scrollWidth > tile.clientWidth + 1
).map((tile) => tile.className)"""


FULLEST = """async () => {
  const config = JSON.parse(document.getElementById("wall-config").textContent);
  const snapshot = await (await fetch(config.url)).json(), previous = { month: "2026-09", n: 1400, share: 0.898 };
  const share = { share: 0.89, met: 1342, n: 1384, interval: [0.856, 0.914], is_change_chance: true, previous };
  Object.assign(snapshot.compliance, share);
  const about = { items: ["Proyektor", "Jaringan"], start_at: snapshot.as_of + 3000, label: "Disdik" };
  const alert = (id) => Object.assign({ id, kind: "broken", tone: "late" }, about);
  snapshot.alerts = { entries: ["a", "b", "c"].map(alert), more: 2 };
  snapshot.desks.forEach((desk) => Object.assign(desk, { count: 12, oldest: snapshot.desks[3].oldest }));
  PantauWall.makePainter(PantauWall.makeFormat(config.words, config.lang)).paint(snapshot);
}"""
"""Paints a picture in which every place is taken."""

CUT = """() => ["sla-range", "sla-met", "sla-change"].filter((id) => {
  const line = document.getElementById(id).closest("p");
  return line.scrollWidth > line.clientWidth + 1;
})"""


SHAVED = """() => [...document.querySelectorAll('.stage *')].filter((box) => {
  const style = getComputedStyle(box);
  if (style.overflowY === 'visible' || !box.offsetParent || !box.textContent.trim()) return false;
  if ([...box.children].some((child) => getComputedStyle(child).display !== 'inline')) return false;
  const mark = box.appendChild(document.createElement('i'));
  mark.style.cssText = 'display: inline-block; width: 0; height: 0';
  const room = box.getBoundingClientRect().bottom - mark.getBoundingClientRect().bottom;
  mark.remove();
  const paper = document.createElement('canvas').getContext('2d');
  paper.font = [style.fontWeight, style.fontSize, style.fontFamily].join(' ');
  return room < paper.measureText('gjpqy').actualBoundingBoxDescent - 0.5;
}).map((box) => box.id || box.className)"""
"""Lines whose letters lose what hangs below them."""


def fit(screen: Page, width: int, height: int) -> None:
    """Make the screen that large and wait until the page knows."""
    screen.set_viewport_size({"width": width, "height": height})
    until(screen, f"innerWidth === {width} && innerHeight === {height}")


def faults(screen: Page, found: str) -> list[str]:
    """What is found on the page once it stands; a page of a new size is laid out anew within some frames."""
    for _ in range(40):
        if not (names := screen.evaluate(found)):
            break
        screen.wait_for_timeout(50)
    return names


def test_letters_keep_what_hangs_below_their_line(screen: Page, served: Served) -> None:
    open_frozen(screen, served)
    screen.evaluate(FULLEST)
    expect(screen.locator("#sla-range")).to_contain_text("89,8%")  # not 90%, which it did not reach
    for width, height in ((1920, 1080), (3840, 2160), (390, 844)):
        fit(screen, width, height)
        assert (width, faults(screen, SHAVED)) == (width, [])


def test_nothing_is_cut_off_on_any_screen_in_any_view(screen: Page, served: Served) -> None:
    open_frozen(screen, served)
    screen.evaluate(FULLEST)
    for width, height in ((1366, 768), (1920, 1080), (3840, 2160), (390, 844), (360, 740), (768, 1024)):
        fit(screen, width, height)
        assert (width, faults(screen, SPILLS), faults(screen, CUT)) == (width, [], [])
        assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


MUST_BE_READ = (
    "#clock", "#date", "#demo", "#age-text", "#band-title", "#now-kicker", "#now-title", "#now-sub", ".block-text",
    "#people-big", "#sla-big", "#sla-word", ".fact b", ".has-letters .minutes", ".name", ".count", ".bar-value",
    ".chip-name", "#ready", "#letters", "#items-state", ".use-name", ".use-step:not([data-tone=none]) .use-minutes",
    ".booking-when", ".booking-opd", ".booking-title", ".alert-what", ".alert-about", "#alert-more",
)  # fmt: skip
"""What the wall is there for; all other words are secondary."""

SMALL = """(must) => [...document.querySelectorAll('.stage *')].flatMap((box) => {
  const hasWords = [...box.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.nodeValue.trim());
  const size = parseFloat(getComputedStyle(box).fontSize), least = box.matches(must) ? 28 : 24;
  return hasWords && size < least ? [`${box.id || box.className} ${size}`] : [];
})"""
"""Words, in all views, that are too small to be read from four metres."""

OUTSIDE = """(margin) => [...document.querySelectorAll('.top *, .tile, .dots, .nothing')].flatMap((box) => {
  const at = box.getBoundingClientRect(), free = margin - 0.5;
  const isIn = at.left >= free && at.top >= free && at.right <= innerWidth - free && at.bottom <= innerHeight - free;
  return at.width && at.height && !isIn ? [box.id || box.className] : [];
})"""
"""Parts that reach into the margin which a television may cut off."""

CLASHES = """() => {
  const all = [...document.querySelectorAll('.top h1, .top p')];
  const parts = all.filter((part) => part.offsetParent && part.textContent.trim());
  const places = parts.map((part) => part.getBoundingClientRect());
  return parts.flatMap((part, i) => places.slice(i + 1).flatMap((other, j) => {
    const at = places[i], isApart = at.right <= other.left + 1 || other.right <= at.left + 1 ||
      at.bottom <= other.top + 1 || other.bottom <= at.top + 1;
    return isApart ? [] : [`${part.id || part.className} ${parts[i + 1 + j].id || parts[i + 1 + j].className}`];
  }));
}"""
"""Parts of the top bar that lie over each other."""


FULL_BAR = """(isStale) => {
  const node = (id) => document.getElementById(id), { words } = JSON.parse(node("wall-config").textContent);
  node("demo").hidden = false;
  node("band").hidden = !isStale;
  node("band-hint").textContent = words["stale.reply"];
}"""
"""The top bar of invented records, also while they are not renewed."""


@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_can_be_read_from_four_metres_and_keeps_its_margin(
    language: str, screen: Page, served: Served
) -> None:
    screen.context.add_cookies([{"name": "bahasa", "value": language, "url": served.link.split("/layar")[0]}])
    open_frozen(screen, served)
    for clock, is_stale in (("10:41", False), ("10:41", True), ("19:30", False), ("23:59", True)):
        served.clock.at = moment(clock)
        with screen.expect_response(DATA):
            screen.clock.run_for(3_000)
        screen.evaluate(FULLEST)
        screen.evaluate(FULL_BAR, is_stale)
        for move in ("0.25rem, 0.25rem", "-0.25rem, -0.25rem"):  # as far as the picture ever moves
            screen.evaluate(f"document.getElementById('stage').style.transform = 'translate({move})'")
            assert (clock, move, faults(screen, f"({OUTSIDE})(40)")) == (clock, move, [])
        assert (clock, faults(screen, f"({SMALL})({', '.join(MUST_BE_READ)!r})")) == (clock, [])
        assert (clock, faults(screen, CLASHES), faults(screen, SPILLS), faults(screen, CUT)) == (clock, [], [], [])


def test_a_lobby_shows_the_programme_alone(screen: Page, served: Served) -> None:
    choose_for_screen(served.office, 1, ScreenChoice("en", ("lobby",)), served.clock())
    open_frozen(screen, served)
    expect(screen.locator(".entry:visible .entry-what")).to_have_text(
        ["Rapat koordinasi imunisasi daerah", "Pelatihan operator sekolah"]
    )
    expect(screen.locator(".entry-text").first).to_have_text("going on now")
    expect(screen.locator(".entry-time").first).to_have_text("09:30–12:00")
    for hidden in (".front", "#age", "#age-detail", ".desks-tile"):
        expect(screen.locator(hidden)).not_to_be_visible()
    screen.evaluate("document.getElementById('demo').hidden = false")
    assert (faults(screen, f"({OUTSIDE})(40)"), faults(screen, f"({SMALL})('.entry *')")) == ([], [])
    screen.evaluate(FULL_PROGRAMME)
    for width, height in ((1920, 1080), (3840, 2160), (390, 844)):
        fit(screen, width, height)
        assert (width, faults(screen, SHAVED), faults(screen, SPILLS)) == (width, [], [])


FULL_PROGRAMME = """async () => {
  const config = JSON.parse(document.getElementById("wall-config").textContent);
  const snapshot = await (await fetch(config.url)).json(), [entry] = snapshot.programme.entries;
  const entries = Array.from({ length: 7 }, () => ({ ...entry, title: entry.title.repeat(9), room: "Aula" }));
  snapshot.programme = { entries, more: 4, later: entry, is_of_several: true };
  PantauWall.makePainter(PantauWall.makeFormat(config.words, config.lang)).paint(snapshot);
}"""
"""Paints a programme in which every place is taken."""


def test_the_wall_is_english_when_the_browser_chose_english(screen: Page, served: Served) -> None:
    origin = served.link.split("/layar")[0]
    screen.context.add_cookies([{"name": "bahasa", "value": "en", "url": origin}])
    open_wall(screen, served)
    expect(screen.locator("#now-kicker")).to_have_text("In use until 12:00")
