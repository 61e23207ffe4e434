"""Markdown as components: only what is listed here becomes an element, everything else is text, raw HTML among it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dash import html
from dash.development.base_component import Component
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from dashboard.components.cards import Child

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ELEMENTS: dict[str, Callable[..., Component]] = {
    "paragraph": html.P, "strong": html.Strong, "em": html.Em, "blockquote": html.Blockquote, "bullet_list": html.Ul,
    "ordered_list": html.Ol, "list_item": html.Li, "table": html.Table, "thead": html.Thead, "tbody": html.Tbody,
    "tr": html.Tr, "th": html.Th, "td": html.Td,
}  # fmt: skip
_HEADINGS = {"h2": html.H2, "h3": html.H3}


@dataclass(frozen=True)
class Places:
    """What the addresses inside a text lead to: `image` gives a picture's source, `link` a link with its words."""

    image: Callable[[str], str]
    link: Callable[[list[Child], str], Child]


def title_of(text: str) -> str:
    """The words of the first heading; empty without one."""
    return next((_words(node) for node in _nodes(text) if node.type == "heading"), "")


def sections_of(text: str) -> list[tuple[str, str]]:
    """Anchor and words of each heading of the second level, in order."""
    heads = [_words(node) for node in _nodes(text) if node.tag == "h2"]
    return [(anchor(words), words) for words in heads]


def anchor(words: str) -> str:
    """The part of an address that leads to a heading."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def from_markdown(text: str, places: Places) -> list[Child]:
    """The components of a text without its first heading, which stands in the page's own head."""
    return [part for node in _nodes(text) if node.tag != "h1" for part in _parts(node, places)]


def addresses_in(text: str) -> Iterator[tuple[str, str]]:
    """Each (image or link, address) of a text."""
    for node in SyntaxTreeNode(_PARSER.parse(text)).walk():
        if node.type in ("image", "link"):
            yield node.type, str(node.attrs["src" if node.type == "image" else "href"])


@cache
def _nodes(text: str) -> list[SyntaxTreeNode]:
    """The parts of a text, read once: a page of the handbook asks for its own and for the heads of all others."""
    return SyntaxTreeNode(_PARSER.parse(text)).children


def _words(node: SyntaxTreeNode) -> str:
    return "".join(child.content for child in node.walk() if child.type in ("text", "code_inline"))


def _parts(node: SyntaxTreeNode, places: Places) -> list[Child]:
    """A node as components; several where the node itself has no element, as a paragraph of a close list."""
    if node.type == "image":
        look: dict[str, Any] = {"src": places.image(str(node.attrs["src"])), "alt": node.content}
        return [html.Img(**look, className="handbook-picture")]
    if not node.children:
        return [_leaf(node)]
    inner = [part for child in node.children for part in _parts(child, places)]
    if node.type == "link":
        return [places.link(inner, str(node.attrs["href"]))]
    if node.tag in _HEADINGS:
        return [_HEADINGS[node.tag](inner, id=anchor(_words(node)))]
    element = _ELEMENTS.get(node.type)
    return inner if element is None or node.hidden else [element(inner)]


def _leaf(node: SyntaxTreeNode) -> Child:
    if node.type == "code_inline":
        return html.Code(node.content)
    return " " if node.type in ("softbreak", "hardbreak") else node.content
