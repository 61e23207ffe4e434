"""What the styles of an XLSX workbook say of its cells: which are struck through, and how a number is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

STRIKE = rb"""<(?:\w+:)?strike(?:\s+val=["'](?:1|true)["'])?\s*/?>"""
"""A font that strikes its text through, in the cell or shared text that bears it."""

_MOST_STYLES = 65_536
"""Styles that spreadsheet programs allow; a workbook that claims more is not followed further."""

_LONGEST_CODE = 255
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
_NO_LITERAL = re.compile(r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|\$-[0-9a-f]+)\]|[_*].", re.IGNORECASE)
_PIECE = re.compile(
    r"""(?P<digit>General|[0#?](?:,(?=[0#?]))?)|"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<bare>[-+ :])"""
)


@dataclass(frozen=True)
class NumberShape:
    """How a whole number is shown: its digits in the places of `template`, from the right, the first place taking all
    that are left; a place without a digit shows what `fill` says of it."""

    template: str
    fill: tuple[str, ...]

    def text(self, number: int) -> str:
        """The number as a person sees it."""
        digits, missing = str(number), len(self.fill) - len(str(number))
        if missing > 0:
            return self.template.format(*self.fill[:missing], *digits)
        return self.template.format(digits[: 1 - missing], *digits[1 - missing :])


def number_shape(code: str) -> NumberShape | None:
    """The shape of a number format that shows words, marks or zeros which are not in the number itself, as `0"a"`,
    `"AG-"000` and `000`; None for one that shows the number alone, or more than a whole number."""
    section = _SECTION.match(code)
    bare = _NO_LITERAL.sub("", section[0] if section and len(code) <= _LONGEST_CODE else ".")
    template, fill, at = "", [], 0
    while at < len(bare):
        piece = _PIECE.match(bare, at)
        if piece is None:
            return None
        at = piece.end()
        if piece["digit"]:
            template, fill = template + "{}", [*fill, "0" if piece["digit"][0] == "0" else ""]
        else:
            literal = piece["quoted"] or piece["escaped"] or piece["bare"] or ""
            template += literal.replace("{", "{{").replace("}", "}}")
    says_more = bool(template.replace("{}", "").strip()) or fill[:1] == ["0"] != fill
    return NumberShape(template, tuple(fill)) if fill and says_more else None


@dataclass
class CellStyles:
    """The styles that matter, by their number: those that strike through, and those that show more than the number."""

    struck: set[int] = field(default_factory=set)
    shapes: dict[int, NumberShape] = field(default_factory=dict)


def read_styles(blocks: Iterable[bytes]) -> CellStyles:
    """The styles of a workbook's part that holds them; what cannot be read there says nothing."""
    reader = _StyleReader()
    with suppress(expat.ExpatError, LookupError):
        reader.read(blocks)
    return reader.styles


class _StyleReader:
    """Follows fonts and number formats up to the cell styles that name them."""

    def __init__(self) -> None:
        self.styles = CellStyles()
        self._path: list[str] = []
        self._fonts = self._count = 0
        self._struck_fonts: set[int] = set()
        self._shapes: dict[str, NumberShape] = {}

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the whole part. Raises expat.ExpatError for what is no XML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = lambda _: self._path.pop()
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._path.append(tag.rpartition(":")[2])
        match self._path[1:]:
            case ["numFmts", "numFmt"]:
                self._number_format(attributes)
            case ["fonts", "font"]:
                self._fonts += 1
            case ["fonts", "font", "strike"] if attributes.get("val", "1") in ("1", "true"):
                self._struck_fonts.add(self._fonts - 1)
            case ["cellXfs", "xf"]:
                self._style(attributes)

    def _number_format(self, attributes: Mapping[str, str]) -> None:
        shape = number_shape(attributes.get("formatCode", ""))
        if shape is not None and len(self._shapes) < _MOST_STYLES:
            self._shapes[attributes.get("numFmtId", "")] = shape

    def _style(self, attributes: Mapping[str, str]) -> None:
        number, font = self._count, attributes.get("fontId", "")
        self._count += 1
        if number >= _MOST_STYLES:
            return
        if font.isdecimal() and int(font) in self._struck_fonts:
            self.styles.struck.add(number)
        if shape := self._shapes.get(attributes.get("numFmtId", "")):
            self.styles.shapes[number] = shape
