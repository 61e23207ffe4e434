"""What of a page only shows, written out as HTML: one component instead of hundreds.

Dash tells every component of every change, and of every new component: the time a page takes grows with the square of
their number. `written_out(part)` leaves the elements of a page as they are, and only spares Dash those that nothing
will ever change one by one. A component with an id, with a state of its own (a field, a form, something to unfold) or
of a library stays a component, and so does what surrounds it. Texts are escaped: a name with `<b>` in it stays a name
with `<b>` in it. Links go on without loading everything again (assets/desk/markup.js).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import escape


class Markup(Component):
    """An element whose content is finished HTML; `attributes` are those of Dash's own elements."""

    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = []
    _namespace = "pantau"
    _type = "Markup"
    _prop_names: ClassVar[list[str]] = ["tag", "attributes", "html"]
    _valid_wildcard_attributes: ClassVar[list[str]] = []

    def __init__(self, tag: str, attributes: Mapping[str, Any], html: str) -> None:
        # Dash's own would look for a package of our name's version at each property: longer than writing the HTML.
        self.tag, self.attributes, self.html = tag, dict(attributes), html


def make_elements_quickly() -> None:
    """Let Dash's own elements be made without its checks, which write the words of a refusal for every property before
    they know whether there is one: as long as all the rest of a long table takes. What they would refuse goes to them.
    """
    for kind in vars(html).values():
        if isinstance(kind, type) and issubclass(kind, Component):
            _make_quickly(kind)
    _make_quickly(dcc.Link, href="")


def _make_quickly(kind: type[Component], **needed: Any) -> None:
    by_dash = kind.__init__
    if hasattr(by_dash, "__wrapped__"):
        return  # it was done before
    told = {name: value for name, value in vars(kind(**needed)).items() if name not in ("children", *needed)}
    for name, value in told.items():
        setattr(kind, name, value)  # what Dash says of every element anew
    plain = frozenset(kind._prop_names) - {"id"}

    @wraps(by_dash)
    def make(self: Component, *children: Any, **props: Any) -> None:
        is_plain = len(children) < (1 if "children" in props else 2) and needed.keys() <= props.keys()
        for name, value in props.items():
            is_plain &= name in plain or name.startswith(("data-", "aria-"))
            is_plain &= name == "children" or not isinstance(value, Component)
        if not is_plain:
            by_dash(self, *children, **props)
            return
        given = vars(self)
        given["children"] = children[0] if children else None
        given.update(props)

    kind.__init__ = make  # type: ignore[method-assign]


def svg(inner: str, width: int, height: int, class_name: str, *, label: str = "") -> Markup:
    """A drawing that fills its place; silent for screen readers unless it has a label. `inner` is made of numbers and
    of our own class names, never of a text from outside."""
    said = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    look = {"className": class_name, "viewBox": f"0 0 {width} {height}", "preserveAspectRatio": "none"}
    return Markup("svg", {**look, **said}, inner)


_HTML = "dash_html_components"
_INLINE = frozenset((
    "A", "Abbr", "B", "Br", "Code", "Em", "I", "Img", "Kbd", "Mark", "Small", "Span", "Strong", "Sub", "Sup", "Time",
))  # fmt: skip
_LINES = frozenset(("H1", "H2", "H3", "H4", "H5", "H6", "P"))
_BLOCKS = _LINES | frozenset((
    "Article", "Aside", "Div", "Dl", "Figcaption", "Figure", "Footer", "Header", "Hr", "Nav", "Ol", "Section", "Table",
    "Ul",
))  # fmt: skip
# Where a part must stand, and what a whole may hold: elsewhere a browser that reads HTML moves elements about.
_STANDS_IN = {
    "Caption": {"Table"},
    "Thead": {"Table"},
    "Tbody": {"Table"},
    "Tfoot": {"Table"},
    "Tr": {"Thead", "Tbody", "Tfoot"},
    "Th": {"Tr"},
    "Td": {"Tr"},
    "Li": {"Ul", "Ol"},
    "Dt": {"Dl", "Div"},
    "Dd": {"Dl", "Div"},
}
_WHOLES = frozenset(part for wholes in _STANDS_IN.values() for part in wholes) - {"Div"}
_SHOWN = _INLINE | _BLOCKS | frozenset(_STANDS_IN)
_EMPTY = frozenset({"Br", "Hr", "Img"})
_FLAGS = frozenset({"hidden"})
_ATTRIBUTES = _FLAGS | frozenset((
    "alt", "colSpan", "dateTime", "dir", "height", "href", "lang", "rel", "role", "rowSpan", "scope", "src", "tabIndex",
    "target", "title", "width",
))  # fmt: skip
_OTHER_NAMES = {"className": "class", "style": "style"}
_SAFE_ADDRESS = re.compile(r"(?:[/#?]|https?://|mailto:|data:image/)", re.IGNORECASE)
_CAPITAL = re.compile(r"[A-Z]")


@dataclass(frozen=True)
class _Written:
    """A part of a page and, where it only shows, its HTML: of its content, and of all of it."""

    part: Any
    tag: str = ""
    attributes: Mapping[str, Any] | None = None
    inner: str = ""
    tags_within: frozenset[str] = frozenset()

    @property
    def is_shown(self) -> bool:
        return self.attributes is not None

    @property
    def outer(self) -> str:
        """The HTML of the whole part."""
        if not self.tag:
            return self.inner
        name = self.tag.lower()
        start = f"<{name}{''.join(_as_text(*pair) for pair in (self.attributes or {}).items())}>"
        return start if self.tag in _EMPTY else f"{start}{self.inner}</{name}>"

    def best(self) -> Any:
        """The part for Dash: one component where that spares others, else as it was."""
        if self.is_shown and self.tags_within:
            return Markup(self.tag.lower(), self.attributes or {}, self.inner)
        return self.part


def written_out(part: Any) -> Any:
    """The same page, or part of one, with all that only shows written out. What is no component comes back as it is.

    The parts that stay components are copies; `part` itself is not changed.
    """
    if isinstance(part, list | tuple):
        return type(part)(written_out(child) for child in part)
    return _write(part).best() if isinstance(part, Component) else part


def _write(part: Any) -> _Written:
    if part is None or isinstance(part, bool):
        return _Written(part, attributes={})
    if isinstance(part, str | int | float):
        return _Written(part, attributes={}, inner=str(escape(part)))
    if not isinstance(part, Component):
        return _Written(part)
    if isinstance(part, Markup):
        tag = part.tag.capitalize()
        within = frozenset({tag, "A"} if "<a " in part.html else {tag})
        return _Written(part, tag, part.attributes, part.html, within)
    children = [_write(child) for child in _flat(getattr(part, "children", None))]
    attributes = _attributes_of(part)
    tag = "A" if isinstance(part, dcc.Link) else part._type
    if attributes is None or not all(child.is_shown for child in children) or not _reads_the_same(tag, children):
        return _Written(_with_children(part, children))
    within = frozenset(child.tag for child in children if child.tag).union(*(child.tags_within for child in children))
    return _Written(part, tag, attributes, "".join(child.outer for child in children), within)


def _flat(children: Any) -> Iterator[Any]:
    """What stands in a component, lists in lists flattened."""
    if isinstance(children, list | tuple):
        for child in children:
            yield from _flat(child)
    elif children is not None:
        yield children


def _with_children(part: Component, children: Sequence[_Written]) -> Component:
    """A copy that holds the best of each child; itself where it holds none."""
    given = getattr(part, "children", None)
    if given is None:
        return part
    changed = copy(part)
    changed.children = [child.best() for child in children] if isinstance(given, list | tuple) else children[0].best()
    return changed


def _attributes_of(part: Component) -> dict[str, Any] | None:
    """Dash's names and the values; None where the part is more than its look."""
    props = dict(_props_of(part))
    if isinstance(part, dcc.Link):
        props |= {} if props.pop("refresh", False) else {"data-way": ""}
        is_known = "data-way" in props and "target" not in props
    else:
        is_known = part._namespace == _HTML and part._type in _SHOWN
    kept = {name: value for name, value in props.items() if value is not None}
    return kept if is_known and all(_is_plain(*pair) for pair in kept.items()) else None


def _props_of(part: Component) -> Iterator[tuple[str, Any]]:
    """The properties that were given, in Dash's order, without the children.

    Dash's own `to_plotly_json` asks the part for each of forty names that an element may have.
    """
    given = vars(part)
    for name in part._prop_names:
        if name in given and name != "children":
            yield name, given[name]
    for name in given:
        if name.startswith(("data-", "aria-")):
            yield name, given[name]


def _is_plain(name: str, value: Any) -> bool:
    """Whether an attribute means the same in HTML."""
    if name in ("href", "src"):
        return isinstance(value, str) and _SAFE_ADDRESS.match(value) is not None
    if name == "style":
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    is_named = name == "className" or name in _ATTRIBUTES or name.startswith(("data-", "aria-"))
    return is_named and isinstance(value, str | int)


def _as_text(name: str, value: Any) -> str:
    """One attribute as it stands in a tag."""
    if name in _FLAGS:
        return f" {name}" if value else ""
    if name == "style":
        value = ";".join(f"{_CAPITAL.sub(lambda m: '-' + m[0].lower(), key)}:{text}" for key, text in value.items())
    if isinstance(value, bool):
        value = str(value).lower()
    return f' {_OTHER_NAMES.get(name, name.lower())}="{escape(value)}"'


def _reads_the_same(tag: str, children: Sequence[_Written]) -> bool:
    """Whether a browser that reads the HTML makes of it what Dash would."""
    if not all(_fits(tag, child) for child in children):
        return False
    within = frozenset(child.tag for child in children).union(*(child.tags_within for child in children)) - {""}
    if tag == "A" and "A" in within:
        return False
    return tag not in _LINES or within <= _INLINE


def _fits(tag: str, child: _Written) -> bool:
    if tag in _WHOLES:
        return not child.outer if not child.tag else tag in _STANDS_IN.get(child.tag, ())
    return child.tag not in _STANDS_IN or tag in _STANDS_IN[child.tag]
