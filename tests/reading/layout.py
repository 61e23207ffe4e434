"""What stands in the layout of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.reading.html import read_back


def words(part: Any) -> str:
    """All text of a layout, parts separated by blanks."""
    return " ".join(" ".join(_texts(read_back(part))).split())


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for child in part:
            yield from _texts(child)
    elif isinstance(part, dict):
        yield from _texts(part.get("props", {}).get("children", ""))


def components(part: Any, kind: str) -> list[dict[str, Any]]:
    """Properties of all components of a kind inside a layout."""
    return _components(read_back(part), kind)


def _components(part: Any, kind: str) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [props for child in part for props in _components(child, kind)]
    if not isinstance(part, dict):
        return []
    own = [part["props"]] if part.get("type") == kind else []
    return own + _components(part.get("props", {}).get("children", []), kind)


Row = dict[str, str]


def tables(part: Any) -> list[list[Row]]:
    """The cells of each table by the words of their columns."""
    return [
        [_cells(row["children"]) for row in components(table["children"], "Tr")][1:]
        for table in components(part, "Table")
    ]


def _cells(cells: list[Any]) -> Row:
    return {cell["props"].get("data-label", ""): words(cell["props"]["children"]) for cell in cells}
