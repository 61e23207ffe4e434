"""`python -m tests.gallery FOLDER`: each page on seven screens and at double size, in both themes and languages, of the
invented office in a working hour and on a quiet Sunday, and of an office with nothing in it; as pictures and as a table
of what is wrong. Ends with 1 when anything is."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from dashboard.access.roles import is_allowed
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from data_access.home import Home
from data_access.roles import Role
from etl.demo import make_demo
from etl.judging.publishing import catch_up
from tests.books.moments import seconds
from tests.ensure_browser import installed
from tests.gallery.measured import measure, settled, watch
from tests.offices.desk import Desk, add_everybody, desk
from tests.offices.office import Clock
from tests.serving.windows import ARGUMENTS, Site, running, signed_in

MOMENTS = {"kerja": "2026-11-17 10:20", "minggu": "2026-11-22 10:20", "kosong": "2026-11-17 10:20"}
"""A working hour, a quiet Sunday, and an office in which nothing is recorded."""

EMPTY = "kosong"
LANGUAGES, THEMES = ("id", "en"), ("light", "dark")
WHO = (Role.ADMIN, Role.KADIN, Role.STAF, Role.AGENDARIS, Role.OPD)
"""The first of these that may see a page opens it."""

FOUND = {
    "permohonan-satu": ("/permohonan", "a[href^='/permohonan/2']", Role.KADIN),
    "muatan-satu": ("/data/muatan", "a[href^='/data/muatan/']", Role.ADMIN),
    "mengapa-langkah": ("/kepatuhan", "a[href^='/mengapa?']", Role.KADIN),
    "mengapa-ruang": ("/ruang", "a[href^='/mengapa?']", Role.KADIN),
}
"""Pages of one record: a name, the page that leads to one, and the way there."""

WALL, WALL_FROM = "layar", 1_024
"""The wall is no page for a hand."""

OTHERS = {"masuk": ("/masuk", None), "lapor": ("/lapor", Role.STAF), WALL: ("/layar", Role.KADIN)}
"""Pages that are none of the desk's."""


class Screen(NamedTuple):
    """A screen of that many pixels; `scale` 2 is the browser's zoom of 200 %."""

    name: str
    width: int
    height: int
    scale: float = 1.0

    @property
    def is_phone(self) -> bool:
        """Held in a hand, touched by a finger."""
        return self.width < 500


SCREENS = (
    Screen("360", 360, 780), Screen("412", 412, 892), Screen("768", 768, 1024), Screen("1024", 1024, 768),
    Screen("1366", 1366, 768), Screen("1920", 1920, 1080), Screen("3840", 3840, 2160), Screen("zoom200", 683, 384, 2.0),
)  # fmt: skip
WITH_AXE = {"360", "1366"}
"""The screens on which barriers are looked for as well: between them stand all forms of a page."""


class Address(NamedTuple):
    """A page by a name for its pictures, and who opens it."""

    name: str
    path: str
    role: Role | None


@dataclass
class Gallery:
    """Where pictures go, and what was found wrong so far: (office, page, screen, language) → faults."""

    folder: Path | None
    languages: Sequence[str]
    themes: Sequence[str]
    screens: Sequence[Screen]
    names: Sequence[str]
    faults: dict[tuple[str, str, str, str], list[str]] = field(default_factory=dict)
    looked_at: int = 0

    def walk(self, browser: Browser, site: Site, office: str) -> None:
        """All pages of an office, screen by screen."""
        addresses = self._addresses(browser, site)
        for screen in self.screens:
            for language in self.languages:
                for role in {one.role: None for one in addresses}:
                    with _window(browser, site, screen, language, role) as (page, told):
                        for address in (one for one in addresses if one.role is role):
                            if address.name == WALL and screen.width < WALL_FROM:
                                continue
                            self._look(page, told, office, address, screen, language)

    def _addresses(self, browser: Browser, site: Site) -> list[Address]:
        """The pages that this office has."""
        fixed = [page for page in PAGES if "<" not in page.PATH]
        all_ = [
            Address(page.PATH.strip("/").replace("/", "-"), page.PATH, next(r for r in WHO if is_allowed(r, page.PAGE)))
            for page in fixed
        ]
        all_ += [Address(name, path, role) for name, (path, role) in OTHERS.items()]
        all_ += [Address(f"bantuan-{chapter}", f"/bantuan/{chapter}", Role.ADMIN) for chapter in ("kadin",)]
        asked = [one for one in all_ if not self.names or one.name in self.names]
        for name, (source, selector, role) in FOUND.items():
            if self.names and name not in self.names:
                continue
            with _window(browser, site, SCREENS[4], "id", role) as (page, _):
                page.goto(source)
                ways = settled(page).locator(selector)
                path = ways.first.get_attribute("href") if ways.count() else None
            asked += [Address(name, path, role)] if path else []
        return asked

    def _look(self, page: Page, told: list[str], office: str, address: Address, screen: Screen, language: str) -> None:
        told.clear()
        try:
            page.emulate_media(color_scheme="light")
            page.goto(address.path)
            settled(page)
            measured = measure(page)
        except Error as error:
            found = [f"not shown: {str(error).splitlines()[0]}"]
        else:
            found = measured.faults(is_phone=screen.is_phone)
            for theme in self.themes:
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                found += _barriers(page, theme) if screen.name in WITH_AXE else []
                self._keep(page, f"{office}-{address.name}-{screen.name}-{language}-{theme}.png")
        found += [f"console: {line}" for line in told]
        self.looked_at += 1
        if found:
            self.faults[office, address.name, screen.name, language] = found
            print(f"{office} {address.name} {screen.name} {language}", *found, sep="\n    ", flush=True)

    def _keep(self, page: Page, name: str) -> None:
        if self.folder is not None:
            page.screenshot(path=self.folder / name, full_page=True)

    def table(self) -> str:
        """What was found, most frequent first, with how many pages have it and where it was seen first."""
        counts, first = Counter[str](), dict[str, str]()
        for place, found in self.faults.items():
            for fault in found:
                counts[fault] += 1
                first.setdefault(fault, " ".join(place))
        rows = [f"| {count} | {fault.replace('|', '/')} | {first[fault]} |" for fault, count in counts.most_common()]
        head = f"{self.looked_at} pages looked at, {len(self.faults)} with something wrong."
        return "\n".join([head, "", "| times | what | first seen |", "|---|---|---|", *rows, ""])


def _barriers(page: Page, theme: str) -> list[str]:
    """What axe finds, of whatever weight."""
    found = Axe().run(page).response["violations"]
    return [
        f"axe {theme}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:110]} ({len(one['nodes'])}x)"
        for one in found
    ]


@contextmanager
def _window(
    browser: Browser, site: Site, screen: Screen, language: str, role: Role | None
) -> Iterator[tuple[Page, list[str]]]:
    """A window on such a screen and what its console tells; `role` None: nobody has signed in."""
    size = {"width": screen.width, "height": screen.height}
    context = browser.new_context(base_url=site.url, viewport=size, device_scale_factor=screen.scale)  # type: ignore[arg-type]
    context.add_cookies([{"name": "bahasa", "value": language, "url": site.url}])
    page, told = watch(context.new_page()), list[str]()
    if role is not None:
        signed_in(page, site, role)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda line: told.append(line.text) if line.type in ("error", "warning") else None)
    try:
        yield page, told
    finally:
        context.close()


@contextmanager
def _office(name: str, folder: Path) -> Iterator[Desk]:
    """One of the offices of MOMENTS."""
    now = seconds(MOMENTS[name])
    if name == EMPTY:
        served = desk(folder, at=now, pages=PAGES)
        catch_up(served.office, now)
    else:
        clock = Clock(now)
        office, _ = make_demo(Home(folder / "demo"), now, clock)
        add_everybody(office, is_demo=True)
        served = Desk(office, create_app(office, now=clock, pages=PAGES), clock)
    try:
        yield served
    finally:
        served.office.records.dispose()


def main(words: Sequence[str]) -> int:
    """Walk what was asked for; everything unless told otherwise."""
    asked = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--offices", nargs="+", choices=MOMENTS, default=list(MOMENTS))
    asked.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    asked.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    asked.add_argument("--screens", nargs="+", choices=[screen.name for screen in SCREENS])
    asked.add_argument("--pages", nargs="+", default=(), help="names as in the pictures: peserta, permohonan-satu")
    asked.add_argument("--no-pictures", action="store_true")
    given = asked.parse_args(words)
    given.folder.mkdir(parents=True, exist_ok=True)
    screens = [screen for screen in SCREENS if not given.screens or screen.name in given.screens]
    folder = None if given.no_pictures else given.folder
    gallery = Gallery(folder, given.languages, given.themes, screens, given.pages)
    with tempfile.TemporaryDirectory() as homes, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        for name in given.offices:
            with _office(name, Path(homes) / name) as served, running(served) as site:
                gallery.walk(browser, site, name)
        browser.close()
    (given.folder / "tabel.md").write_text(gallery.table(), encoding="utf-8")
    print(gallery.table())
    return int(bool(gallery.faults))


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:]))
