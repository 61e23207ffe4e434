"""Reads XLSX and XLSM workbooks, after making sure that opening them cannot exhaust the machine.

The stream of the XML tells first what the cells span and what text they repeat.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.extract.files.cell_styles import STRIKE, CellStyles, read_styles
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Places, joined_places
from etl.extract.files.workbook import MOST_NAMED, Measure, Notes, ShapedNumbers, open_archive
from etl.extract.masks import sheet_label

_TAG = b"<c "
_COMMENT = re.compile(rb"""<comment [^>]*\bref="[A-Z]+(?!1")[0-9]+\"""")
_ODD_TAGS = (b"<c>", b"<c/", b"<c\n", b"<c\r", b"<c\t", b":c>", b":c/", b":c ", b":c\n", b":c\r", b":c\t")
_CELL = (
    r'^r="(?P<letters>[A-Z]{1,9})(?P<row>[0-9]{1,9})"(?P<rest>(?: [A-Za-z:]+="[^"<>]*")*) ?(?P<empty>/?)>'
    r"(?:<v>(?P<number>[0-9]{1,9})</v>)?"
)
_UNCALCULATED = r"^[^<>]*[^/]><f\b[^<>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>"
_MOVING = r"<f\b[^<]*\b(?:TODAY|NOW)\(\)"
_SHARED = r'<f\b[^<>]* si="(?P<number>[0-9]{1,9})"'
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"[^>]*(?<!/)>""")
_STYLE = r' s="(?P<style>[0-9]{1,9})"'
_STRIKE = re.compile(STRIKE)
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_CONTENT = frozenset({"v", "is", "f"})
_END = b"</si>"
_PREFIXED_END = re.compile(rb"</\w{1,20}:si>")


class MarkedCells:
    """The cells of a sheet that are struck through, by their style or that of their text, those whose numbers are shown
    with more than the number, and those that say the day on which the workbook is opened; gathered piece by piece."""

    def __init__(self, styles: CellStyles, struck_texts: NDArray[np.int64]) -> None:
        self._struck_styles, self._shapes = styles.struck, styles.shapes
        self._struck_texts = struck_texts
        self._struck: list[Places] = []
        self._shaped: list[tuple[Places, NDArray[np.int64]]] = []
        self._moving: list[Places] = []
        self._moving_formulas: set[int] = set()
        self.has_styles = bool(styles.struck or styles.shapes)

    def look(self, cells: pa.Array, filled: pa.StructArray, piece: bytes) -> None:
        """Take cells that hold something, of this piece of the sheet, into account."""
        self._look_for_today(cells, filled, piece)
        has_strike = b"strike" in piece
        if not (self.has_styles or has_strike or len(self._struck_texts)):
            return
        style = _numbers_in(pc.extract_regex(filled.field("rest"), _STYLE).field("style"))
        is_struck = np.isin(style, list(self._struck_styles))
        if has_strike:
            is_struck |= _mask(pc.match_substring_regex(cells, STRIKE.decode()))
        if len(self._struck_texts):
            is_shared = _mask(pc.match_substring(filled.field("rest"), b't="s"'))
            is_struck |= is_shared & np.isin(_numbers_in(filled.field("number")), self._struck_texts)
        is_shaped = np.isin(style, list(self._shapes))
        if is_struck.any():
            self._struck.append(_places(filled.filter(pa.array(is_struck))))
        if is_shaped.any():
            self._shaped.append((_places(filled.filter(pa.array(is_shaped))), style[is_shaped]))

    def _look_for_today(self, cells: pa.Array, filled: pa.StructArray, piece: bytes) -> None:
        """The cells of today's day or time, those that share the formula of one before included."""
        if not (self._moving_formulas or b"TODAY()" in piece or b"NOW()" in piece):
            return
        is_moving = _mask(pc.match_substring_regex(cells, _MOVING))
        shared = _numbers_in(pc.extract_regex(cells, _SHARED).field("number"), none=b"-1")
        self._moving_formulas |= set(shared[is_moving].tolist()) - {-1}
        is_moving |= np.isin(shared, list(self._moving_formulas))
        if is_moving.any():
            self._moving.append(_places(filled.filter(pa.array(is_moving))))

    def add(self, row: int, column: int, style: str) -> None:
        """Take one cell, from 1, into account by its style alone."""
        number = int(style) if style.isdecimal() else 0
        if number in self._struck_styles:
            self._struck.append(_place(row, column))
        if number in self._shapes:
            self._shaped.append((_place(row, column), np.array([number])))

    @property
    def struck(self) -> Places | None:
        """All cells struck through; None for none."""
        return joined_places(self._struck) if self._struck else None

    @property
    def moving(self) -> Places | None:
        """All cells of today's day or time; None for none."""
        return joined_places(self._moving) if self._moving else None

    @property
    def shaped(self) -> ShapedNumbers | None:
        """All numbers that are shown with more; None for none."""
        if not self._shaped:
            return None
        numbers = sorted(self._shapes)
        codes = np.searchsorted(numbers, np.concatenate([styles for _, styles in self._shaped]))
        places = joined_places([each for each, _ in self._shaped])
        return ShapedNumbers(places, codes, [self._shapes[number] for number in numbers])


def _place(row: int, column: int) -> Places:
    return Places(np.array([row - 1]), np.array([column - 1]))


def _places(filled: pa.StructArray) -> Places:
    letters = filled.field("letters").dictionary_encode()
    numbers = np.array([column_number(each) for each in letters.dictionary.to_pylist()], np.int64)
    return Places(_integers(filled.field("row")) - 1, numbers[letters.indices.to_numpy(zero_copy_only=False)] - 1)


def _numbers_in(digits: pa.Array, *, none: bytes = b"0") -> NDArray[np.int64]:
    """The numbers, `none` where there is none; 0 is that of the style of a cell that names none."""
    return _integers(pc.if_else(pc.equal(pc.fill_null(digits, b""), b""), none, digits))


def _mask(values: pa.Array) -> NDArray[np.bool_]:
    return values.to_numpy(zero_copy_only=False).astype(bool)


class SheetExtent:
    """What a sheet's cells span and hold, fed block by block; never less than a reader would find.

    Only cells that hold something count, as the reader skips the others. `own_bytes` is the size of the texts that
    stand in the cells themselves. `is_irregular`: a cell is not written the way that all programs write it, so that
    only `CarefulExtent` can tell.
    """

    def __init__(self, marked: MarkedCells) -> None:
        self.width = 0
        self.height = 0
        self.own_bytes = 0
        self.errors = 0
        self.uncalculated = 0
        self.first_uncalculated: list[str] = []
        self.hidden_rows = 0
        self.comments = 0
        self.is_irregular = False
        self.marked = marked
        self._tail = b""

    def feed(self, block: bytes) -> NDArray[np.int64]:
        """Take the next bytes into account; the numbers of the shared texts that whole cells in them name."""
        whole = self._tail + block
        cut = max(whole.rfind(_TAG), 0) or max(whole.rfind(b"<"), 0) or len(whole)
        self._tail = whole[cut:]
        return self._look(whole[:cut])

    def close(self) -> NDArray[np.int64]:
        """The same for what is left."""
        piece, self._tail = self._tail, b""
        return self._look(piece)

    def _look(self, piece: bytes) -> NDArray[np.int64]:
        if any(odd in piece for odd in _ODD_TAGS):
            self.is_irregular = True
        if b'hidden="' in piece:
            self.hidden_rows += len(_HIDDEN_ROW.findall(piece))
        if b"<comment " in piece:
            self.comments += len(_COMMENT.findall(piece))
        if _TAG not in piece:
            return np.zeros(0, np.int64)
        cells = pc.split_pattern(pa.array([piece], pa.large_binary()), pattern=_TAG).values.slice(1)
        found = pc.extract_regex(cells, _CELL)
        self._count_signs(cells, piece)
        is_filled = pc.and_(found.is_valid(), pc.equal(found.field("empty"), b""))
        self.is_irregular |= found.null_count > 0
        cells, filled = cells.filter(is_filled), found.filter(is_filled)
        self._span(filled)
        self.marked.look(cells, filled, piece)
        return self._references(cells, filled)

    def _span(self, filled: pa.StructArray) -> None:
        if len(filled):
            letters = pc.unique(filled.field("letters")).to_pylist()
            self.width = max(self.width, *map(column_number, letters), 0)
            self.height = max(self.height, int(_integers(filled.field("row")).max()))

    def _references(self, cells: pa.Array, filled: pa.StructArray) -> NDArray[np.int64]:
        rest, number = filled.field("rest"), filled.field("number")
        is_shared = pc.match_substring(rest, b't="s"')
        own = pc.match_substring(rest, b't="inlineStr"'), pc.match_substring(rest, b't="str"')
        self.own_bytes += pc.sum(pc.binary_length(cells.filter(pc.or_(*own)))).as_py() or 0
        shared = number.filter(is_shared)
        self.is_irregular |= pc.sum(pc.equal(shared, b"")).as_py() not in (0, None)
        return _integers(shared.filter(pc.not_equal(shared, b"")))

    def _count_signs(self, cells: pa.Array, piece: bytes) -> None:
        if b't="e"' in piece:
            self.errors += _count(cells, r'^[^<>]* t="e"')
        if b"<f" in piece:
            unsaid = cells.filter(pc.match_substring_regex(cells, _UNCALCULATED))
            unsaid = unsaid.filter(pc.invert(pc.match_substring_regex(unsaid, r'^[^<>]* t="str"')))
            self.uncalculated += len(unsaid)
            cells_named = pc.extract_regex(
                unsaid.slice(0, MOST_NAMED - len(self.first_uncalculated)), _CELL
            ).to_pylist()
            self.first_uncalculated += [(each["letters"] + each["row"]).decode() for each in cells_named if each]


def _count(cells: pa.Array, pattern: str) -> int:
    return pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0


def _integers(digits: pa.Array) -> NDArray[np.int64]:
    return pc.cast(pc.cast(digits, pa.large_string()), pa.int64()).to_numpy(zero_copy_only=False)


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA; 0 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class CarefulExtent:
    """Follows the places of cells as readers do: a place given, else the one after the last.

    `check` is told what is spanned, `refer` the number of each shared text that a cell names, `mark` the row, column
    and style of each cell that holds something.
    """

    def __init__(
        self,
        check: Callable[[int, int], None],
        refer: Callable[[str], None],
        mark: Callable[[int, int, str], None] | None = None,
    ) -> None:
        self.width = 0
        self.height = 0
        self._row = 0
        self._column = 0
        self._type = ""
        self._value: list[str] | None = None
        self._check = check
        self._refer = refer
        self._mark = mark
        self._style = ""

    def read(self, blocks: Iterable[bytes]) -> None:
        """Look at a whole sheet. Raises expat.ExpatError for what is no XML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            given = attributes.get("r", "").strip()
            self._row, self._column = int(given) if given.isdigit() else self._row + 1, 0
        elif name == "c":
            self._type, self._style = attributes.get("t", ""), attributes.get("s", "")
            self._place(attributes.get("r", ""))
        elif name in _CONTENT:
            self.width, self.height = max(self.width, self._column), max(self.height, self._row)
            self._check(self.width, self.height)
            self._value = []
            if self._mark is not None and name != "f":
                self._mark(self._row, self._column, self._style)

    def _place(self, given: str) -> None:
        place = _PLACE.fullmatch(given.strip())
        if place:
            self._row, self._column = int(place[2]), column_number(place[1].encode())
        else:
            self._column += 1

    def _text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "v" and self._value is not None and self._type == "s":
            self._refer("".join(self._value).strip())
        self._value = None


class SharedStrings:
    """The sizes of a workbook's shared texts, markup included, in their order; `struck`: the numbers of those that are
    struck through, in whole or in part."""

    def __init__(self) -> None:
        self.sizes: NDArray[np.int64] = np.zeros(0, np.int64)
        self.struck: NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def total_bytes(self) -> int:
        """Size of all texts, each once."""
        return int(self.sizes.sum())

    def read(self, blocks: Iterable[bytes]) -> None:
        """Take the part that holds the texts."""
        sizes, struck, tail, count = [self.sizes], [self.struck], b"", len(self.sizes)
        for block in blocks:
            whole = _ended(tail + block)
            *texts, tail = whole.split(_END)
            sizes.append(np.fromiter(map(len, texts), np.int64, len(texts)))
            if b"strike" in whole:
                struck.append(np.array([count + at for at, each in enumerate(texts) if _STRIKE.search(each)], np.int64))
            count += len(texts)
        self.sizes, self.struck = np.concatenate(sizes), np.concatenate(struck)

    def referred_bytes(self, numbers: NDArray[np.int64]) -> int:
        """Size of the texts with these numbers, each as often as it is named."""
        return int(self.sizes[numbers[numbers < len(self.sizes)]].sum())


def _ended(text: bytes) -> bytes:
    return _PREFIXED_END.sub(_END, text) if b":si>" in text else text


_BLOCK = 1 << 22
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
BROKEN = "extract.broken_xlsx"
_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def look_through(path: Path) -> Notes:
    """What the parts of the archive tell before it is opened.

    A reader keeps a sheet as a full rectangle and every text as often as it occurs, so that one cell in the last
    corner, or one long text told a million times, is enough to need hundreds of gigabytes; the places of all cells
    are looked at first, in the stream, without keeping anything. Raises Refused for a broken or locked workbook, a zip
    bomb, and sheets with too many columns, cells or texts.
    """
    with open_archive(path, BROKEN) as archive:
        if _WORKBOOK not in archive.namelist():
            raise Refused("extract.zip_not_xlsx")
        look = _Look(archive)
        for part in archive.infolist():
            look.at(part)
        cells = look.first_uncalculated[:MOST_NAMED]
        counts = (look.errors, look.uncalculated, look.hidden_rows, look.comments)
        return Notes(*counts, look.is_from_1904, cells, struck=look.struck, shaped=look.shaped, moving=look.moving)


def _attributes(text: bytes, tag: str) -> list[dict[str, str]]:
    """The attributes of each element of this name."""
    listed: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, given: listed.append(given) if name == tag else None
    parser.Parse(text, True)
    return listed


def _part_name(target: str) -> str:
    """The name of the part to which the workbook's relations lead."""
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Look:
    """Looks at every part: any may be a sheet, since the workbook's relations decide, not the part's name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.errors = 0
        self.uncalculated = 0
        self.first_uncalculated: list[str] = []
        self.hidden_rows = 0
        self.comments = 0
        self.struck: dict[int, Places] = {}
        self.shaped: dict[int, ShapedNumbers] = {}
        self.moving: dict[int, Places] = {}
        with archive.open(_WORKBOOK) as stream:
            self.is_from_1904 = _FROM_1904.search(stream.read(_BLOCK)) is not None
        self._archive = archive
        self._strings, self._styles = SharedStrings(), CellStyles()
        for part in archive.infolist():
            with closing(self._blocks(part)) as blocks:
                if part.filename.casefold().endswith("sharedstrings.xml"):
                    self._strings.read(blocks)
                elif part.filename == _STYLES:
                    self._styles = read_styles(blocks)
        self._measure = Measure(text_bytes=self._strings.total_bytes)

    def at(self, part: zipfile.ZipInfo) -> None:
        """Measure one part."""
        extent = SheetExtent(MarkedCells(self._styles, self._strings.struck))
        with closing(self._blocks(part)) as blocks:
            for block in blocks:
                self._add(extent, extent.feed(block))
        self._add(extent, extent.close())
        marked, width, height = extent.marked, extent.width, extent.height
        if extent.is_irregular:
            marked = MarkedCells(self._styles, self._strings.struck)
            width, height = self._careful(part, marked)
        self._mark(part, marked)
        self._measure.add_sheet(width, height)
        self._measure.add_text(extent.own_bytes)
        self.errors += extent.errors
        self.uncalculated += extent.uncalculated
        if extent.uncalculated and len(self.first_uncalculated) < MOST_NAMED:
            _, sheet = self._sheets.get(part.filename, (0, part.filename))
            self.first_uncalculated += [f"{sheet}!{cell}" for cell in extent.first_uncalculated]
        self.hidden_rows += extent.hidden_rows
        self.comments += extent.comments

    def _mark(self, part: zipfile.ZipInfo, marked: MarkedCells) -> None:
        """Keep what is marked in the cells of a sheet."""
        struck, shaped, moving = marked.struck, marked.shaped, marked.moving
        if (struck or shaped or moving) and part.filename in self._sheets:
            place, _ = self._sheets[part.filename]
            self.struck |= {place: struck} if struck else {}
            self.shaped |= {place: shaped} if shaped else {}
            self.moving |= {place: moving} if moving else {}

    @cached_property
    def _sheets(self) -> dict[str, tuple[int, str]]:
        """The part of each sheet → its place in the workbook, from 0, and what that calls it."""
        with suppress(KeyError, expat.ExpatError, UnicodeError):
            listed = _attributes(self._archive.read(_WORKBOOK), "sheet")
            names = {each.get("r:id"): (n, sheet_label(each["name"], n + 1)) for n, each in enumerate(listed)}
            parts = _attributes(self._archive.read(_RELATIONS), "Relationship")
            return {_part_name(each["Target"]): names[each["Id"]] for each in parts if each["Id"] in names}
        return {}

    def _add(self, extent: SheetExtent, numbers: NDArray[np.int64]) -> None:
        self._measure.add_text(self._strings.referred_bytes(numbers))
        self._measure.check_sheet(extent.width, extent.height)

    def _careful(self, part: zipfile.ZipInfo, marked: MarkedCells) -> tuple[int, int]:
        mark = marked.add if marked.has_styles else None
        extent = CarefulExtent(self._measure.check_sheet, self._refer, mark)
        with closing(self._blocks(part)) as blocks:
            try:
                extent.read(blocks)
            except (expat.ExpatError, LookupError) as error:
                if not part.filename.casefold().endswith(_MEDIA):
                    raise Refused(BROKEN) from error
        return extent.width, extent.height

    def _refer(self, number: str) -> None:
        if number.isdigit():
            self._measure.add_text(self._strings.referred_bytes(np.array([int(number[-9:])], np.int64)))

    def _blocks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """The part to its end, so that a lie about its size shows. Text of two bytes a letter would hide its tags."""
        with self._archive.open(part) as stream:
            first = stream.read(_BLOCK)
            if first.startswith(_WIDE_STARTS):
                raise Refused(BROKEN)
            yield first
            while block := stream.read(_BLOCK):
                yield block
