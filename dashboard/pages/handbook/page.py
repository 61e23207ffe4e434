"""What does my role do on its day? The handbook: its chapters, whose they are, and the files they come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask, Response, abort

from dashboard.access import Door, Page, door
from dashboard.components import link, page_head, panel
from dashboard.components.asset_urls import ROOT
from dashboard.components.cards import Child
from dashboard.components.markdown import Places, from_markdown, sections_of, title_of
from dashboard.i18n import Language, current_language, t
from dashboard.pages.shared.page_request import PageRequest
from data_access.roles import Role
from etl.office import Office

PAGE = Page.BANTUAN
PATH = "/bantuan"
TITLE = "handbook.title"
NAV = None
PICTURES = "gambar"

_INSTALLED = ROOT / "panduan"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else ROOT.parent / "docs" / "panduan"
"""The files come with the installed product; a checkout reads them where they are written."""

CHAPTERS = ("agendaris", "meja", "kadin", "staf", "opd", "admin")
CHAPTER_OF = {
    Role.AGENDARIS: "agendaris",
    Role.SEKDIN: "meja",
    Role.KADIN: "kadin",
    Role.KABID: "meja",
    Role.KASI_LITIK: "meja",
    Role.KASI_APLIKASI: "meja",
    Role.STAF: "staf",
    Role.OPD: "opd",
    Role.KODE_INSTANSI: "opd",
    Role.ADMIN: "admin",
}


def layout(page_request: PageRequest) -> Component:
    """The chapter of the user's own role."""
    return chapter_page(CHAPTER_OF[page_request.account.role])


def register(_app: Dash, _office: Office, _now: Callable[[], int]) -> None:
    """Nothing here is asked of the server."""


@cache
def text_of(chapter: str) -> str:
    """The Markdown of a chapter."""
    return (FOLDER / f"{chapter}.md").read_text(encoding="utf-8")


def chapter_address(chapter: str) -> str:
    """The page of a chapter."""
    return f"{PATH}/{chapter}"


def chapter_page(chapter: str) -> Component:
    """A chapter beside the index of all of them."""
    text = text_of(chapter)
    body = html.Div(from_markdown(text, PLACES), className="handbook-text", lang=Language.INDONESIAN.value)
    note = "" if current_language() is Language.INDONESIAN else t("handbook.only_indonesian")
    return html.Div(
        [page_head(title_of(text), note), html.Div([_index(chapter, text), panel(body)], className="handbook")]
    )


def _index(chapter: str, text: str) -> html.Nav:
    """Every chapter, and under the open one its sections; it stays while the page moves."""
    entries = [_entry(one, is_open=one == chapter) for one in CHAPTERS]
    sections = html.Ul([html.Li(html.A(words, href=f"#{anchor}")) for anchor, words in sections_of(text)])
    entries[CHAPTERS.index(chapter)].children.append(sections)
    return html.Nav(html.Ul(entries), className="handbook-index no-print", **{"aria-label": t("handbook.index")})


def _entry(chapter: str, *, is_open: bool) -> html.Li:
    words = html.Strong(title_of(text_of(chapter))) if is_open else title_of(text_of(chapter))
    return html.Li([link(words, chapter_address(chapter))], className="is-open" if is_open else "")


def _image(address: str) -> str:
    return f"{PATH}/{address}"


def _link(words: list[Child], address: str) -> Child:
    """A link inside the handbook; the office's network may reach nothing else, so any other is words alone."""
    name, mark, anchor = address.partition("#")
    if not name:
        return html.A(words, href=address)
    chapter = name.removesuffix(".md")
    return link(words, f"{chapter_address(chapter)}{mark}{anchor}") if chapter in CHAPTERS else html.Span(words)


PLACES = Places(_image, _link)


def register_pictures(server: Flask) -> None:
    """Serve the pictures of the handbook."""

    @server.get(f"{PATH}/{PICTURES}/<name>", endpoint="handbook_picture")
    @door(Door.PAGE, Page.BANTUAN)
    def picture(name: str) -> Response:
        file = pictures().get(name)
        if file is None:
            abort(404)
        return Response(file.read_bytes(), mimetype="image/png", headers={"Cache-Control": "private, max-age=3600"})


@cache
def pictures() -> dict[str, Path]:
    """The files of the pictures by name."""
    return {file.name: file for file in sorted((FOLDER / PICTURES).glob("*.png"))}
