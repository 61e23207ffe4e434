"""Pages as a browser shows them: what was written out as HTML is read back into the components it stands for."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_NAMES = {"class": "className", "colspan": "colSpan", "rowspan": "rowSpan", "tabindex": "tabIndex"}
_EMPTY = {"br", "hr", "img"}


class _Reader(HTMLParser):
    """A tree of components as Dash sends them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[list[Any]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        props: dict[str, Any] = {_NAMES.get(name, name): "" if value is None else value for name, value in attrs}
        one = {"type": "Link" if "data-way" in props else tag.capitalize(), "props": props}
        self.open[-1].append(one)
        if tag not in _EMPTY:
            props["children"] = []
            self.open.append(props["children"])

    def handle_endtag(self, _tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)


def read_back(part: Any) -> Any:
    """The same part of a page without written HTML."""
    if isinstance(part, list):
        return [read_back(one) for one in part]
    if not isinstance(part, dict) or "props" not in part:
        return part
    props = part["props"]
    if part["type"] != "Markup":
        return {**part, "props": {**props, "children": read_back(props["children"])}} if "children" in props else part
    reader = _Reader()
    reader.feed(props["html"])
    reader.close()
    kind = "Link" if "data-way" in props["attributes"] else props["tag"].capitalize()
    return {"type": kind, "props": {**props["attributes"], "children": reader.open[0]}}
