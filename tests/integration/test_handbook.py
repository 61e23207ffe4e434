"""The handbook: a page for every role, whose links and pictures resolve, written for the office alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from dash import html
from plotly.io.json import to_json_plotly

from dashboard.access.roles import Page, is_allowed
from dashboard.components.markdown import Places, addresses_in, anchor, from_markdown, sections_of
from dashboard.components.markup import written_out
from dashboard.pages.handbook.page import CHAPTER_OF, CHAPTERS, FOLDER, PICTURES, text_of
from dashboard.web.pages import PAGES
from data_access.roles import USERS, Role
from tests.offices.desk import Desk, desk
from tests.reading.layout import components, words
from tests.serving.callbacks import opened

HEAVIEST = 150 * 1_024
FILES = [*CHAPTERS, "README"]
NOT_FOR_THE_OFFICE = re.compile(
    r"/(?:home|root|tmp|usr|work|mnt|Users)/|[A-Z]:\\|\w+\.(?:py|toml|sqlite)\b|https?:|\]\(/"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("handbook"), pages=PAGES)


@pytest.mark.parametrize("role", USERS)
def test_the_menu_leads_every_role_to_its_own_page_first(served: Desk, role: Role) -> None:
    browser = served.browser_of(role.value)
    frame = browser.get("/_dash-layout").json
    assert "/bantuan" in [link["href"] for link in components(frame, "Link")]
    shown = opened(browser, "/bantuan")
    (chosen,) = [link for link in components(shown, "Link") if components(link["children"], "Strong")]
    assert chosen["href"] == f"/bantuan/{CHAPTER_OF[role]}"
    assert chosen["href"].rpartition("/")[2] in CHAPTERS


def test_everybody_but_a_wall_screen_may_read_it() -> None:
    assert [role for role in Role if not is_allowed(role, Page.BANTUAN)] == [Role.LAYAR]
    assert set(CHAPTER_OF) == set(Role) - {Role.LAYAR}
    assert set(CHAPTER_OF.values()) == set(CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_page_opens_with_its_index_and_pictures_that_the_product_serves(served: Desk, chapter: str) -> None:
    browser = served.browser_of("opd")
    shown = opened(browser, f"/bantuan/{chapter}")
    hrefs = [link["href"] for link in components(shown, "Link")]
    assert {f"/bantuan/{one}" for one in CHAPTERS} <= set(hrefs)
    pictures = components(shown, "Img")
    assert len(pictures) >= 3
    for picture in pictures:
        reply = browser.get(picture["src"])
        assert (reply.status_code, reply.mimetype, bool(picture["alt"])) == (200, "image/png", True), picture["src"]
    anchors = {link["href"] for link in components(shown, "A") if link["href"].startswith("#")}
    headings = {f"#{heading['id']}" for heading in components(shown, "H2")}
    assert len(headings) >= 4
    assert anchors == headings


def test_what_is_no_page_or_picture_of_it_is_not_there(served: Desk) -> None:
    browser = served.browser_of("staf")
    for address in ("/bantuan/gudang", "/bantuan/gambar/lain.png", "/bantuan/gambar/..%2Fadmin.md"):
        assert browser.get(address).status_code == 404, address
    assert served.browser().get("/bantuan/gambar/staf-lapor.png").status_code in (302, 401)


@pytest.mark.parametrize("name", FILES)
def test_each_link_and_picture_of_a_file_resolves(name: str) -> None:
    for kind, address in addresses_in((FOLDER / f"{name}.md").read_text(encoding="utf-8")):
        file, _, mark = address.partition("#")
        target = FOLDER / (file or f"{name}.md")
        assert target.is_file(), address
        if kind == "image":
            assert target.parent.name == PICTURES
        elif mark:
            assert mark in dict(sections_of(target.read_text(encoding="utf-8"))), address


@pytest.mark.parametrize("name", FILES)
def test_it_names_no_path_of_a_machine_and_no_file_of_the_program(name: str) -> None:
    assert NOT_FOR_THE_OFFICE.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8")) == []


def test_pictures_are_light_and_each_is_shown_somewhere() -> None:
    files = {file.name: file.stat().st_size for file in (FOLDER / PICTURES).iterdir()}
    shown = {Path(address).name for chapter in CHAPTERS for kind, address in addresses_in(text_of(chapter))
             if kind == "image"}  # fmt: skip
    assert set(files) == shown
    assert max(files.values()) <= HEAVIEST


def test_markdown_becomes_elements_and_whatever_else_it_holds_is_text() -> None:
    text = "# Judul\n\n## Satu & dua\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) **tebal**\n\n- a\n- b"
    places = Places(lambda address: address, lambda inner, _address: inner[0])
    shown = json.loads(to_json_plotly(written_out(html.Div(from_markdown(text, places)))))
    kinds = {kind: components(shown, kind) for kind in ("H1", "H2", "Script", "A", "Strong", "Li")}
    assert {kind: len(parts) for kind, parts in kinds.items()} == {
        "H1": 0, "H2": 1, "Script": 0, "A": 0, "Strong": 1, "Li": 2}  # fmt: skip
    assert "<script>alert(1)</script>" in words(shown)
    assert sections_of(text) == [(anchor("Satu & dua"), "Satu & dua")]
