"""Light and dark: one list of names for both, words that can be read in either, and no colour beside the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from dashboard.components.asset_urls import ASSETS, ROOT
from dashboard.components.theme import DARK_TOKENS, TOKENS, Theme, current_theme, theme_head
from tests.reading.colours import DARK, LIGHT, colours

SAME_IN_BOTH = re.compile(r"cover|paper")
"""The cover of the pages before one has signed in is dark in either theme; a camera reads from white."""

COLOURS = """
        ground  panel   line    text    muted   good    near    late
light   #f5f7f9 #ffffff #dde5eb #13212e #5b6e7f #0a766b #8f5b00 #c93a2e
dark    #0b1520 #122131 #22384d #eaf2f8 #93a9bc #2fc6b4 #f5b544 #ff6b5e
"""

LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|:\s*(?:white|black)\b")
SHEETS = sorted(file for area in ("desk", "lapor", "access") for file in (ASSETS / area).glob("*.css"))

WORDS = ("text", "text-soft", "muted", "hint", "good", "near", "late", "info")
TONES = ("good", "near", "late")
GROUNDS = ("ground", "panel", "panel-soft")
ON_BOTH_KINDS = [
    *((words, ground) for words, ground in product(WORDS, GROUNDS) if (words, ground) != ("hint", "ground")),
    *((words, f"share-{share}") for words in ("text",) for share in (0, 60, 80, 90, 100)),
    *(("text", f"use-{use}") for use in range(4)),
    *(("on-use", f"use-{use}") for use in (4, 5)),
    *((f"{tone}-ink", f"{tone}-tint") for tone in ("good", "near", "late")),
    *((tone, f"{tone}-tint") for tone in ("good", "near", "late", "info")),
    *(("text", f"{tone}-tint") for tone in ("good", "near", "late", "info")),
    *(("muted", f"{tone}-tint") for tone in ("good", "near", "late", "info")),
    *((words, ground) for words in ("text", "muted") for ground in ("off", "night", "skipped", "track")),
    ("near-ink", "near-soft"), ("on-fill", "fill"), ("on-fill", "fill-stripe"), ("ink-near", "ink-panel"),
    ("cover-text", "cover"), ("cover-text", "cover-high"), ("cover-muted", "cover"), ("cover-muted", "cover-high"),
]  # fmt: skip
"""Words and what they stand on where two rules say it, which no reader of style sheets can see."""

SHAPES = ("good", "near", "late", "muted", "frame", "good-bar", "late-bar", "info-bar", "fill")
"""What tells something by its shape alone: three to one is enough."""


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, by WCAG: from 1 to 21."""

    def light(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def pairs_of_rules() -> Iterator[tuple[str, str]]:
    """The words and grounds that one rule of a style sheet sets together."""
    for sheet in SHEETS:
        for body in re.findall(r"\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
            said = dict(re.findall(r"^\s*(color|background(?:-color)?): var\(--([\w-]+)\);", body, re.MULTILINE))
            ground = said.get("background") or said.get("background-color")
            if "color" in said and ground:
                yield tuple("good" if name == "accent" else name for name in (said["color"], ground))  # type: ignore[misc]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_the_offices(theme: str) -> None:
    names, *rows = (line.split() for line in COLOURS.strip().splitlines())
    wanted = dict(zip(names, next(row[1:] for row in rows if row[0] == theme), strict=True))
    have = LIGHT if theme == "light" else DARK
    assert {name: have[name] for name in wanted} == wanted


def test_both_themes_know_the_same_colours() -> None:
    assert set(colours(DARK_TOKENS)) == {name for name in LIGHT if not SAME_IN_BOTH.match(name)}


@pytest.mark.parametrize("have", [LIGHT, DARK], ids=["light", "dark"])
def test_all_words_can_be_read_on_what_they_stand_on(have: dict[str, str]) -> None:
    pairs = {*pairs_of_rules(), *ON_BOTH_KINDS}
    assert len(pairs) > len(ON_BOTH_KINDS)
    weak = {(w, g): round(contrast(have[w], have[g]), 2) for w, g in pairs if contrast(have[w], have[g]) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("have", [LIGHT, DARK], ids=["light", "dark"])
def test_all_shapes_can_be_seen_on_a_panel(have: dict[str, str]) -> None:
    weak = {name: round(contrast(have[name], have["panel"]), 2) for name in SHAPES}
    assert {name: told for name, told in weak.items() if told < 3 and name not in ("good-bar", "late-bar")} == {}
    assert min(weak.values()) >= 2.8


def test_the_wall_can_be_read_while_it_is_dimmed() -> None:
    sheet = (ASSETS / "wall" / "wall.css").read_text(encoding="utf-8")
    share = float(re.findall(r'\[data-light="dim"\] \.stage \{ opacity: ([\d.]+); \}', sheet)[0])
    dimmed = {name: _over(DARK[name], DARK["ground"], share) for name in (*TONES, "text", "muted", "panel")}
    weak = {name: contrast(of, dimmed["panel"]) for name, of in dimmed.items() if name != "panel"}
    assert min(weak.values()) > 3.5  # three to one is enough for words of this size
    assert weak["text"] > 7


def _over(colour: str, ground: str, share: float) -> str:
    """A colour of which only a share is laid over a ground."""
    pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.relative_to(ASSETS).as_posix())
def test_no_style_sheet_has_a_colour_of_its_own(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert LITERAL.findall(text) == []
    assert {name for name in re.findall(r"var\(--([\w-]+)", text) if name not in _known(sheet)} == set()


def _known(sheet: Path) -> set[str]:
    """The names that a sheet may use: of the tokens, of Bootstrap, its own, and those that a page sets."""
    text = sheet.read_text(encoding="utf-8")
    own = re.findall(r"--([\w-]+):", (ASSETS / TOKENS).read_text(encoding="utf-8") + text)
    return {*own, *_set_by_pages(), *re.findall(r"var\(--(bs-[\w-]+)", text)}


@cache
def _set_by_pages() -> frozenset[str]:
    """By pages, and by the scripts that run in them."""
    scripts = (file.read_text(encoding="utf-8") for file in (ASSETS / "desk").glob("*.js"))
    return frozenset(name for text in (*_pages().values(), *scripts) for name in re.findall(r'"--([\w-]+)[":]', text))


@cache
def _pages() -> dict[str, str]:
    """What pages are made of, by its place."""
    files = (file for folder in ("pages", "components", "web", "access") for file in (ROOT / folder).rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in sorted(files)}


def test_no_page_has_a_colour_of_its_own() -> None:
    own = {file: re.findall(r'"(#[0-9A-Fa-f]{6}|rgba?\(\d[^"]*)"', text) for file, text in _pages().items()}
    assert {file: found for file, found in own.items() if found} == {}


@pytest.mark.parametrize(
    ("cookie", "theme", "where"),
    [
        ("", Theme.DEVICE, 'media="screen and (prefers-color-scheme: dark)"'),
        ("tampilan=perangkat", Theme.DEVICE, 'media="screen and (prefers-color-scheme: dark)"'),
        ("tampilan=gelap", Theme.DARK, 'media="screen"'),
        ("tampilan=terang", Theme.LIGHT, None),
        ("tampilan=%00<script>", Theme.DEVICE, 'media="screen and (prefers-color-scheme: dark)"'),
    ],
)
def test_a_page_links_the_dark_sheet_for_what_was_chosen(cookie: str, theme: Theme, where: str | None) -> None:
    server = Flask(__name__)
    server.config["SESSION_COOKIE_SECURE"] = False
    with server.test_request_context(headers={"Cookie": cookie}):
        head = theme_head()
        assert current_theme() is theme
    assert ("base/dark.css" in head) is (where is not None)
    assert where is None or where in head
