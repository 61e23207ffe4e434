"""The five daily jobs by keyboard alone: every stop can be seen, none is a trap, and what is drawn anew, be it by one's
own tap, by somebody else's or by a step back, leaves the keyboard where it was or where one goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.web.pages import PAGES
from etl.office import Office
from tests.books.typed import agenda, hand_overs, part_a
from tests.offices.desk import desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER
from tests.serving.windows import Open, Site, running, windows

LETTERS = agenda(
    "144;08/09/2026;08.00;Dinas Pendidikan;Bimbingan guru;Smart Center;11/09/2026;09.00;12.00;disetujui",
    "145;09/09/2026;08.00;Dinas Kesehatan;Pelatihan bidan;Smart Center;14/10/2026;10.00;12.00;disetujui",
    "147;30/09/2026;08.02;Dinas Kesehatan;Rapat malaria;Smart Center;12/10/2026;09.00;12.00;",
    "148;30/09/2026;08.05;Bappeda;Musrenbang;Smart Center;13/10/2026;09.00;12.00;",
    "149;30/09/2026;08.07;BKD;Ujian dinas;Smart Center;14/10/2026;09.00;11.00;",
)
LATER = "146;30/09/2026;08.01;Inspektorat;Reviu kinerja;Smart Center;16/10/2026;09.00;11.00;"
HAND_OVERS = hand_overs(
    *part_a("144", "08/09/2026", a4="08.47"),
    *part_a("145", "09/09/2026"),
    *(f"{number};A2;;;;30/09/2026;08.1{number[-1]}" for number in ("147", "148", "149")),
    "149;A3;;;;30/09/2026;08.22",
    "149;A4;;;;30/09/2026;08.25",
)

_STOP = """async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const shows = (part) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
        return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
    };
    const marked = [here, here.nextElementSibling, here.closest("label")].filter(Boolean).find(shows);
    const box = (marked ?? here).getBoundingClientRect();
    const at = document.elementFromPoint(
        Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1),
        Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 1),
    );
    const label = here.closest("label") ?? here.labels?.[0];
    const isOnTop = at && (here.contains(at) || at.contains(here) || label?.contains(at) || marked?.contains(at));
    const words = here.ariaLabel || here.labels?.[0]?.textContent || here.textContent || here.id;
    const told = `${here.tagName} ${here.id || here.name || ""} ${words.trim().slice(0, 60)}`;
    return { is_seen: Boolean(marked && isOnTop), told };
}"""
"""Where the keyboard is: whether an eye finds it, on top of whatever else is there, and what it says."""

MOST_STOPS = 90


class Keys:
    """Somebody at the keyboard alone, who looks at each stop."""

    def __init__(self, page: Page) -> None:
        self.page, self.stops, self.unseen = page, list[str](), list[str]()
        page.emulate_media(reduced_motion="reduce")  # a stop is looked at where it stands, not on the way there

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go(self, place: Locator, key: str = "Tab") -> None:
        """To that place by Tab; every stop on the way is noted."""
        expect(place).to_be_attached()
        for _ in range(MOST_STOPS):
            self.press(key)
            stop = self.page.evaluate(_STOP)
            if stop is not None:
                assert [stop["told"]] * 3 != [*self.stops[-2:], stop["told"]], f"trapped at {stop['told']}"
                self.stops.append(stop["told"])
                self.unseen += [] if stop["is_seen"] else [stop["told"]]
            if place.evaluate("part => part === document.activeElement"):
                return
        raise AssertionError(f"not reached; the stops were {self.stops[-MOST_STOPS:]}")

    def activate(self, place: Locator, key: str = "Enter") -> None:
        self.go(place)
        self.press(key)

    def fill(self, label: str, text: str) -> None:
        self.go(self.page.get_by_label(label, exact=True))
        self.type(text)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name)

    def is_at(self, place: Locator) -> None:
        """The keyboard is there, and every stop before was seen."""
        expect(place).to_be_focused()
        assert self.unseen == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two letters lie on the secretary's desk, one on the head of division's: another has its room then."""
    with running(desk(tmp_path_factory.mktemp("keys"), _give, END_OF_SEPTEMBER, pages=PAGES)) as site:
        yield site


def _give(office: Office, folder: Path) -> None:
    give_books(office, folder, {"agenda.csv": LETTERS, "disposisi.csv": HAND_OVERS}, END_OF_SEPTEMBER)


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    with windows(browser, site) as opened:
        yield opened


def test_a_clerk_enters_a_paper_letter_and_numbers_it(open_page: Open) -> None:
    clerk = Keys(open_page("/surat-baru", "agendaris"))
    for label, text in (
        ("Dari (OPD)", "Dinas Kesehatan"), ("Kegiatan", "Rapat gizi"), ("Tanggal kegiatan", "15/10/2026"),
        ("Mulai", "9"), ("Selesai", "12"), ("Jumlah peserta", "40"),
    ):  # fmt: skip
        clerk.fill(label, text)
    clerk.activate(clerk.button("Simpan surat"))
    expect(clerk.page).to_have_url(re.compile("/permohonan/2026/150$"))
    clerk.is_at(clerk.page.locator("h1"))
    clerk.activate(clerk.button("Teruskan A2, surat 2026/150"))
    expect(clerk.page.locator("#case-head")).to_contain_text("Sekarang di A3")
    clerk.is_at(clerk.page.locator("#stamp-said"))


def test_a_desk_takes_and_hands_on_from_its_work_list_into_which_another_letter_comes(
    open_page: Open, site: Site, tmp_path: Path
) -> None:
    desk = Keys(open_page("/permohonan?status=mine&urut=agenda", "sekdin"))
    link = {number: desk.page.get_by_role("link", name=f"2026/{number}", exact=True) for number in (146, 147, 148)}
    expect(link[148]).to_be_visible()
    desk.press("/")
    desk.is_at(desk.page.locator("#cases-search"))
    desk.press("ArrowDown")
    desk.is_at(link[147])
    more = {"agenda.csv": agenda(LATER), "disposisi.csv": hand_overs("146;A2;;;;30/09/2026;08.09")}
    give_books(site.desk.office, tmp_path, more, END_OF_SEPTEMBER + 60)
    expect(link[146]).to_be_visible()
    desk.is_at(link[147])
    desk.activate(desk.button("Teruskan A3, surat 2026/147"))
    expect(link[147]).to_have_count(0)
    desk.is_at(link[148])
    desk.press("ArrowUp", "Enter")
    expect(desk.page).to_have_url(re.compile("/permohonan/2026/146$"))
    desk.is_at(desk.page.locator("h1"))


def test_the_head_of_division_approves_and_is_asked_about_the_room(open_page: Open) -> None:
    kabid = Keys(open_page("/", "kabid"))
    kabid.activate(kabid.page.get_by_role("link", name="Ujian dinas"))
    expect(kabid.page).to_have_url(re.compile("/permohonan/2026/149$"))
    kabid.is_at(kabid.page.locator("h1"))
    kabid.activate(kabid.button("Setujui dan teruskan A5"))
    expect(kabid.page.locator("#stamp-said")).to_contain_text('Pilih "tetap" bila memang demikian')
    kabid.is_at(kabid.page.locator("#decide-forward"))
    kabid.go(kabid.page.locator("#decide-sure"), "Shift+Tab")
    kabid.press("Space")
    kabid.activate(kabid.button("Setujui dan teruskan A5"))
    expect(kabid.page.locator("#stamp-said")).to_contain_text("2026/149 disetujui.")
    kabid.is_at(kabid.page.locator("#stamp-said"))


def test_staff_gives_a_report_of_a_room(open_page: Open, site: Site) -> None:
    staff = Keys(open_page("/ringkasan", "staf", 390, 844))
    staff.page.clock.set_fixed_time(site.desk.clock.at)
    staff.activate(staff.page.locator(".p-head-actions a"))
    staff.page.wait_for_selector("html[data-ready]")
    staff.activate(staff.page.locator("#all"))
    fault = staff.page.locator('[data-item="AC"]')
    staff.go(fault.locator("input[type=radio]:checked"))
    staff.press("ArrowRight")
    staff.go(fault.locator(".words"))
    staff.type("Tidak dingin")
    staff.activate(staff.page.locator("#send"))
    expect(staff.page.locator("#receipt")).to_have_text(re.compile(r"LK-2026-\d{5}"))
    staff.is_at(staff.page.locator(".receipt"))


def test_the_head_of_office_reads_narrows_looks_into_a_letter_and_comes_back(open_page: Open) -> None:
    kadin = Keys(open_page("/ringkasan", "kadin"))
    kadin.activate(kadin.page.locator(".p-nav-link[href^='/kepatuhan']"))
    expect(kadin.page.locator("#sla-detail .sla-coverage").first).to_be_attached()
    kadin.activate(kadin.page.locator(".sla-step-link", has_text="Disposisi ke Kabid").first)
    expect(kadin.page.locator(".sla-narrowed")).to_contain_text("Hanya langkah A4")
    late = kadin.page.locator(".sla-late-link").first
    kadin.activate(late)
    letter = kadin.page.locator(".cases-link")
    expect(letter).to_have_text(["2026/144"])
    kadin.is_at(kadin.page.locator("h1"))
    kadin.activate(letter)
    expect(kadin.page.locator("h1")).to_have_text("Bimbingan guru")
    kadin.is_at(kadin.page.locator("h1"))
    kadin.page.go_back()  # Alt+← is a key of the browser's own window, which this one does not have
    kadin.is_at(letter)
    kadin.page.go_back()
    kadin.is_at(late)
