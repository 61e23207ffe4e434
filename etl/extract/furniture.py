"""What a printed register holds besides records: repeated headers, page numbers, months, averages, signatures.

A row that says enough to be a record is never one of these, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.frames import Bools
from etl.extract.files.sheet import Block, Column
from etl.extract.headers import Header, names_columns, reads_same
from etl.extract.kinds import SPECS, Form
from etl.extract.lines import begins_with_agency, line_of_letter, says_day
from etl.extract.sheets import UNREAD_LINE
from etl.extract.words import agency_words, fold, fold_header, shipped_words

_NUMBER_CELL = re.compile(r"\(?(\d{1,3})\)?\.?")
_COUNT = r"^\s*(?:[0-9]{1,4}|[-–—]+)\s*$"
_NOTHING = r"^[\s–—-]*$"
_FIRST_NUMBERS = ("1", "(1)", "1.", "(1).")
_WORD = "[A-Za-z]{3}"
_ONLY_WORDS = r"^[^0-9]*[A-Za-z]{2}[^0-9]*(?:20[0-9]{2}[\s)]*)?$"
_DIGIT = re.compile(r"\d")
_WHOLE_NUMBER = re.compile(r"(?!\d{1,2}/\d{1,2}/\d{4}$)(?=.*\d)[\w.-]+(?:/[\w.-]+)+/(?:19|20)\d\d")
_OTHER_CELLS = re.compile(r"(?=.*[a-z])\d+ *([,;|]).*\1.*")


class FurnitureKind(StrEnum):
    """What a row is that is no record. `OTHER` stands below the last record only, as does `UNREAD`, a line that reads
    like a letter, or anywhere a sum that names one and, in a list of persons, a line like a person; `OTHER_TABLE` heads
    a table of other columns, of which no row is read; `NO_PERSON` is a line of a list of persons that names none."""

    HEADER = "header"
    NUMBERS = "numbers"
    PAGE = "page"
    MONTH = "month"
    TOTAL = "total"
    AVERAGE = "average"
    PLACE_AND_DATE = "place_and_date"
    APPROVAL = "approval"
    SIGNATURE = "signature"
    OTHER_TABLE = "other_table"
    NO_PERSON = "no_person"
    UNREAD = UNREAD_LINE
    OTHER = "other"


_OPENING = frozenset({FurnitureKind.PLACE_AND_DATE, FurnitureKind.APPROVAL})
"""What a signature block begins with."""

_CLOSING = frozenset({FurnitureKind.HEADER, FurnitureKind.PAGE, FurnitureKind.MONTH})
_MOST_SIGNED = 2
"""Columns in which a signature block has lines side by side."""

_MOST_LINES = 9
"""Lines of a signature block, from the office to the number of who signs."""

_SAYING = (Form.ANSWER, Form.STEP, Form.CONDITION)


@dataclass(frozen=True)
class Furniture:
    """A row that is no record, by the spreadsheet's own number; nothing of its text."""

    sheet: str | None
    row: int
    kind: str


@dataclass
class Above:
    """What stands above a row of a sheet, as far as it matters for it: the row right above, an open signature block and
    the number of the official who signs in it, a record, and the header of another table."""

    kind: FurnitureKind | None = None
    is_signing: bool = False
    is_signed: bool = False
    has_records: bool = False
    is_over: bool = False

    def pass_row(self, kind: FurnitureKind | None, *, is_record: bool, is_official: bool = False) -> None:
        """Go on below a row of this kind, a record, the number of an official, or another row."""
        self.kind = kind
        if kind in _OPENING:
            self.is_signing, self.is_signed = True, False
        elif is_record or kind in _CLOSING:
            self.is_signing = self.is_signed = False
        self.is_signed |= self.is_signing and is_official


@dataclass(frozen=True)
class Sorted:
    """The rows of a block by position: those that hold something under a header, records for certain, furniture.

    `loose` may be records only where others follow further down; `letters` are those of them that read like a letter.
    """

    filled: Bools
    records: Bools
    loose: Bools
    letters: Bools
    kinds: Mapping[int, FurnitureKind]


def sort_rows(block: Block, header: Header, first: int, above: Above, *, is_query: bool = False) -> Sorted:
    """Sort the rows from position `first` on; `above` is brought up to the block's end.

    Of the rows of a database (`is_query`) only sums are no records. Where another table begins nothing is a record.
    """
    fills = {index: column.is_filled() for index, column in block.columns.items()}
    filled = _any_filled(fills, header.headed, block.height)
    unheaded = [index for index in fills if not header.heads(index)]
    shown = filled | _any_filled(fills, unheaded, block.height) | _months(block, header)
    beside = np.zeros(block.height, dtype=bool)
    if len(unheaded) > _MOST_SIGNED:
        beside = np.sum([fills[index] for index in unheaded], axis=0) > _MOST_SIGNED
    records, may_be_keyless = _records(block, header, fills)
    totals = _totals(block, header, fills)
    for mask in (filled, shown, records, totals, beside):
        mask[:first] = False
    records &= ~totals
    reader = _RowReader(block, header)
    end = block.height if is_query else reader.end(records, shown, beside, above)
    kinds: dict[int, FurnitureKind] = dict.fromkeys((np.flatnonzero(shown[end:]) + end).tolist(), FurnitureKind.OTHER)
    if end < block.height and not above.is_over:
        kinds[end] = FurnitureKind.OTHER_TABLE
    for mask in (shown, records, totals):
        mask[end:] = False
    doubtful = (shown & ~records) | (records & (may_be_keyless | _repeats(block, header)))
    if is_query:
        doubtful = totals & shown
    loose, letters = np.zeros(block.height, dtype=bool), np.zeros(block.height, dtype=bool)
    certain, begin = records & ~doubtful, first
    for place in np.flatnonzero(doubtful).tolist():
        if certain[begin:place].any():
            above.pass_row(None, is_record=True)
        kind = reader.total(place) if totals[place] else reader.kind(place, above, is_record=bool(records[place]))
        if kind is not None:
            kinds[place], records[place] = kind, False
        is_unknown = kind is None and not records[place]
        loose[place] = is_unknown and not reader.must_be_asked(place)
        letters[place] = loose[place] and reader.reads_like_letter(place, reader.largest(records[:place]), above)
        filled[place] = filled[place] or (is_unknown and reader.may_be_letter(place))
        above.pass_row(kind, is_record=bool(records[place]), is_official=reader.is_official(place))
        begin = place + 1
    if certain[begin:].any():
        above.pass_row(None, is_record=True)
    nobody = {} if is_query else _no_persons(block, header, first, filled)
    for place, kind in nobody.items():
        kinds.setdefault(place, kind)
        records[place] = False
    above.has_records |= bool(records.any())
    above.is_over |= end < block.height
    return Sorted(filled, records, loose, letters, kinds)


def _months(block: Block, header: Header) -> Bools:
    """Rows in whose column of running numbers, which make no record of a row, a month stands."""
    rows = np.zeros(block.height, dtype=bool)
    numbering = [index for index in block.columns if header.heads(index) and index not in header.headed]
    for column in map(block.column, numbering):
        is_worded = column.where(pc.match_substring_regex(column.texts, _WORD).to_numpy(zero_copy_only=False))
        for place in np.flatnonzero(is_worded).tolist():
            rows[place] = _named(fold(column.cell(place))) is FurnitureKind.MONTH
    return rows


def _any_filled(fills: Mapping[int, Bools], indexes: Iterable[int], height: int) -> Bools:
    filled = np.zeros(height, dtype=bool)
    for index in indexes:
        filled |= fills.get(index, False)
    return filled


def _records(block: Block, header: Header, fills: Mapping[int, Bools]) -> tuple[Bools, Bools]:
    """Rows whose key and one more column, or two required ones are filled; and those of the former whose key is words,
    so that it may be none."""
    required = header.required
    any_, needed = np.zeros(block.height, np.int16), np.zeros(block.height, np.int16)
    for index in fills.keys() & set(header.columns.values()):
        any_ += fills[index]
        needed += fills[index] if index in required else False
    key = _key(block, header)
    records = (_any_filled(fills, [_key_place(header)], block.height) & (any_ > 1)) | (needed > 1)
    doubted = records & (needed < 2)
    if doubted.any():
        doubted &= key.where(pc.match_substring_regex(key.texts, _WORD).to_numpy(zero_copy_only=False))
    return records, doubted


def _no_persons(block: Block, header: Header, first: int, filled: Bools) -> dict[int, FurnitureKind]:
    """The rows of a list of persons that name nobody: a group's heading, "and so on", a number without a name, who
    signs the list. Where most rows are numbered one without a number and with one cell that is no answer is none of
    them; one that may be a person's is `UNREAD`, as is a name below a title that may be that of who signs."""
    parts = header.person_parts
    if not parts:
        return {}
    letter = {header.columns.get(name, -1) for name in ("no_agenda", "tahun")}
    columns = [block.column(index) for index in header.headed if index not in letter]
    answers = [block.column(index) for index in header.columns.values() if index not in letter]
    count = np.sum([column.is_filled() for column in columns], axis=0)
    is_answered = np.any([*map(_answers, answers), np.zeros(block.height, dtype=bool)], axis=0)
    is_numbered = _matches(block.column(parts.get("number", -1)), r"^\s*\(?\d")
    is_listed = filled & (np.arange(block.height) >= first)
    is_lone = is_listed & ~is_answered & ~is_numbered & (count == 1)
    has_numbers = 2 * (is_numbered & is_listed).sum() >= max((is_listed & ~is_lone).sum(), 1)
    kinds = dict.fromkeys(np.flatnonzero(is_listed & is_numbered & (count == 0)).tolist(), FurnitureKind.NO_PERSON)
    last = max(np.flatnonzero(is_numbered & is_listed).tolist(), default=-1) if has_numbers else block.height
    is_open = is_listed & ~is_answered & (count > 0) & (count <= _MOST_SIGNED)
    kinds |= dict.fromkeys(np.flatnonzero(is_open & is_lone & has_numbers).tolist(), FurnitureKind.UNREAD)
    is_signing = is_certain = False
    names, is_below = block.column(parts.get("name", -1)), np.arange(block.height) > last
    is_worded = (count == 1) & np.any([_matches(column, _heading_words()) for column in columns], axis=0)
    for place in np.flatnonzero(is_open & (is_below | is_worded)).tolist():
        texts, name = list(filter(None, (fold(column.cell(place)) for column in columns))), fold(names.cell(place))
        is_signing |= place > last and _opens(texts, name)
        is_certain |= is_signing and any(_named(text) in _OPENING or text == name for text in filter(_signs, texts))
        is_agency = has_numbers and is_lone[place] and _begins(texts[0], shipped_words().agency)
        is_heading = count[place] == 1 and (is_agency or _is_group(texts[0], is_alone=not is_lone[place]))
        if is_heading or (is_signing and (is_certain or not name)):
            kinds[place] = FurnitureKind.NO_PERSON
        elif is_signing:
            kinds[place] = FurnitureKind.UNREAD
    return kinds


@cache
def _heading_words() -> str:
    """The first words of headings of groups and of what says that a list goes on; only cells with one are compared."""
    words = shipped_words()
    firsts = {word.partition(" ")[0] for word in (*words.groups, *words.and_so_on, *words.agency)}
    return rf"(?i)\b(?:{'|'.join(map(re.escape, sorted(firsts)))})"


def _answers(column: Column) -> Bools:
    """Rows that say in this column who came, or what the screening said."""
    words = shipped_words()
    known = {*words.attendance, *words.screening}
    is_dash = _matches(column, r"^[\s–—-]*[–—-][\s–—-]*$")
    return is_dash | column.where([fold(text).strip(" .") in known for text in column.strings])


def _signs(text: str) -> bool:
    """Whether a signature block begins with this text, or it is the office of who signs."""
    return _named(text) in _OPENING or _begins(text, shipped_words().signing)


def _opens(texts: Sequence[str], name: str) -> bool:
    """Whether a signature block begins with these cells. An office beside the name of who holds it is a person's, and
    so is one in the column of names alone."""
    others = [text for text in texts if text != name]
    return any(_named(text) in _OPENING for text in texts) or (any(map(_signs, others)) and (not name or _signs(name)))


def _is_group(text: str, *, is_alone: bool) -> bool:
    """Whether a line of a list of persons is a group's heading, `is_alone` without more words, or says that the list
    goes on. A group's word with a number stands for a person."""
    words, heading = shipped_words(), re.sub(r"^[a-z]{1,3}[.)] ", "", text)
    if heading[-1:].isdigit() and heading.rstrip("0123456789 .-") in words.groups:
        return False
    is_heading = heading.rstrip(" .:") in words.groups if is_alone else _begins(heading, words.groups)
    return is_heading or text.strip(" .:…") in words.and_so_on


def _begins(text: str, words: Iterable[str]) -> bool:
    return any(re.match(rf"{re.escape(word)}\b", text) for word in words)


def _matches(column: Column, pattern: str) -> Bools:
    return column.where(pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False))


def _key_place(header: Header) -> int:
    return header.columns.get(SPECS[header.kind].always[0], -1)


def _key(block: Block, header: Header) -> Column:
    return block.column(_key_place(header))


def _repeats(block: Block, header: Header) -> Bools:
    """Rows in whose key column a header stands, or the first of the column numbers below one."""
    place = _key_place(header)
    typed = {line[place] for line in header.lines if 0 <= place < len(line) and line[place]}
    column = _key(block, header)
    is_header = pc.is_in(
        pc.utf8_trim_whitespace(column.texts), value_set=pa.array([*typed, *_FIRST_NUMBERS], pa.string())
    )
    return column.where(is_header.to_numpy(zero_copy_only=False))


def _totals(block: Block, header: Header, fills: Mapping[int, Bools]) -> Bools:
    """Rows whose first filled cell says a sum or an average, with no date, register number or required cell besides."""
    words = shipped_words()
    pattern = rf"(?i)^[\s\x{{a0}}]*(?:{'|'.join((*words.total, *words.average))})\b"
    undecided = np.ones(block.height, dtype=bool)
    place = np.full(block.height, -1)
    for index, column in block.columns.items():
        says_total = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        place[undecided & column.where(says_total)] = index
        undecided &= ~fills[index]
        if not undecided.any():
            break
    is_total = place >= 0
    return is_total & ~_recorded(block, header, fills, place) if is_total.any() else is_total


def _recorded(block: Block, header: Header, fills: Mapping[int, Bools], place: NDArray[np.int64]) -> Bools:
    """Rows with a cell that only a record has, other than the one at `place`: its number in the register, or in a date
    or required column more than the small number of a count."""
    spec = SPECS[header.kind]
    recorded = np.zeros(block.height, dtype=bool)
    for name in header.columns.keys() & {"no_agenda", *spec.dates, *spec.required}:
        index = header.columns[name]
        if index not in fills:
            continue
        column = block.column(index)
        pattern = _NOTHING if name == "no_agenda" else _COUNT
        says_nothing = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        recorded |= fills[index] & ~column.where(says_nothing) & (place != index)
    return recorded


def is_numbering(cells: Sequence[str], header_count: int) -> bool:
    """Whether the cells read 1, 2, 3 … and leave no more than a few headers without a number."""
    matches = [_NUMBER_CELL.fullmatch(fold(cell)) for cell in cells if fold(cell)]
    numbers = [int(match[1]) if match else 0 for match in matches]
    return numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= min(3, header_count)


class _RowReader:
    """Says of single rows what kind of furniture they are."""

    def __init__(self, block: Block, header: Header) -> None:
        self._block, self._header = block, header
        spec = SPECS[header.kind]
        self._key = _key_place(header)
        self._is_numbered = spec.always[0] == "no_agenda"
        self._is_private = spec.is_private
        columns = header.columns
        self._read = set(columns.values())
        self._stamped = {columns[name] for name in (*spec.dates, *spec.times) if name in columns}
        self._saying = {columns[field.name] for field in spec.fields if field.form in _SAYING and field.name in columns}
        self._senders = {
            columns[field.name] for field in spec.fields if field.form is Form.OPD and field.name in columns
        }
        self._typed = [[fold_header(cell) for cell in line] for line in header.lines]

    def total(self, place: int) -> FurnitureKind:
        """Whether a row of sums says sums or averages; one that names a letter besides is a line that is not read."""
        cells = [text for _, text in self._cells(place)]
        first = cells[0]
        if not self._is_private and _letter_behind_total().search(" ".join(cells)):
            return FurnitureKind.UNREAD
        return FurnitureKind.AVERAGE if _named(first) is FurnitureKind.AVERAGE else FurnitureKind.TOTAL

    def kind(self, place: int, above: Above, *, is_record: bool) -> FurnitureKind | None:
        """What a row is; None where it is none of the kinds that may stand between records."""
        cells = dict(self._cells(place))
        if self._is_header(cells):
            return FurnitureKind.HEADER
        if above.kind is FurnitureKind.HEADER and is_numbering(list(cells.values()), len(self._header.columns)):
            return FurnitureKind.NUMBERS
        if self._is_stamped(cells) or (is_record and not self._is_keyless(cells, above)):
            return None
        if self._says_much(cells) or self._names_sender(cells) or (above.is_signed and self._is_lone_sender(cells)):
            return None
        return self._worded(list(cells.values()), above)

    def end(self, records: Bools, shown: Bools, beside: Bools, above: Above) -> int:
        """The position of the first row below a record that heads another table, of the rows `beside` also one to the
        right of all headers; the block's height without one."""
        words = self._says_words()
        begin = 0 if above.has_records else int(np.append(records & ~words, True).argmax())
        places = (np.flatnonzero((beside | (shown & (words | ~records)))[begin:]) + begin).tolist()
        ends = (place for place in places if self._heads_other(place, above))
        return 0 if above.is_over else next(ends, len(records))

    def _says_words(self) -> Bools:
        """Rows with words in the column that has a number or a day in every record."""
        spec = SPECS[self._header.kind]
        name = next(name for name in spec.always if name == "no_agenda" or name in spec.dates)
        column = self._block.column(self._header.columns.get(name, -1))
        return column.where(pc.match_substring_regex(column.texts, _ONLY_WORDS).to_numpy(zero_copy_only=False))

    def _heads_other(self, place: int, above: Above) -> bool:
        """Whether a row heads columns other than those of the header, and is no second line of that one repeated."""
        cells = dict(self._cells(place))
        if names_columns((text for index, text in cells.items() if not self._header.heads(index)), self._header):
            return True
        if self._is_header(cells) or not names_columns(cells.values(), self._header) or reads_same(cells, self._header):
            return False
        return not (self._is_header(dict(self._cells(place - 1))) if place else above.kind is FurnitureKind.HEADER)

    def must_be_asked(self, place: int) -> bool:
        """Whether a row holds a time or an answer where one belongs, a day, two cells of columns that are read, or
        cells parted by another mark; or may be a person's."""
        cells = dict(self._cells(place))
        if self._is_private or self._is_stamped(cells) or self._says_much(cells) or self.may_be_letter(place):
            return True
        return not _is_note(cells) and len(_unnamed(cells).keys() & self._read) > 1

    def may_be_letter(self, place: int) -> bool:
        """Whether a row names a day outside notes and signatures, or holds cells that another mark parts."""
        cells = dict(self._cells(place))
        texts = () if _is_note(cells) else _unnamed(cells).values()
        return any(says_day(text) or _OTHER_CELLS.fullmatch(text) for text in texts)

    def reads_like_letter(self, place: int, largest: int, above: Above) -> bool:
        """Whether a row names, among other words, a day without its year, or a number and an agency; notes, and a place
        and day over signatures, do not. Or it tells of a letter that is still to be written, also in a note, or is one
        cell of a letter. `largest`: the largest number of the records above, with the next of which a line of a letter
        may go on."""
        cells = dict(self._cells(place))
        line = " ".join(text for text in _unnamed(cells).values() if not _place_and_day().fullmatch(text))
        if line_of_letter(line) or _goes_on(line, largest) or self._is_cell_of_letter(place, largest, above):
            return True
        return not _is_note(cells) and _letter_line().search(line) is not None

    def _is_cell_of_letter(self, place: int, largest: int, above: Above) -> bool:
        """Whether a row holds nothing but an agency in the column of senders, which begins no signature block; a whole
        number of a letter in that column; or, below a signature, the next number of the register, with which no column
        of numbers printed ahead begins."""
        cells = dict(self._cells(place))
        if self._is_private or len(cells) != 1:
            return False
        [(index, text)] = cells.items()
        if self._is_lone_sender(cells):
            return not any(map(self.is_official, range(place + 1, min(place + _MOST_LINES, self._block.height))))
        if index == self._header.columns.get("no_surat"):
            return _WHOLE_NUMBER.fullmatch(text) is not None
        if index != self._key or not self._is_numbered or not above.is_signing or largest < _FEWEST_NUMBERS:
            return False
        after = [*dict(self._cells(place + 1)).values()] if place + 1 < self._block.height else []
        return text.rstrip(".") == str(largest + 1) and [cell.rstrip(".") for cell in after] != [str(largest + 2)]

    def _is_lone_sender(self, cells: Mapping[int, str]) -> bool:
        """Whether a row holds nothing but an agency in the column of senders."""
        return len(cells) == 1 and any(index in self._senders and begins_with_agency(cells[index]) for index in cells)

    def is_official(self, place: int) -> bool:
        """Whether a cell of a row holds the number of an official."""
        return any(text.startswith("nip") for _, text in self._cells(place))

    def largest(self, records: Bools) -> int:
        """The largest plain number in the key column of these rows; 0 where there is none."""
        texts = self._block.column(self._key).take(np.flatnonzero(records)).strings if self._is_numbered else ()
        return max((int(number) for text in texts if (number := text.strip().removesuffix(".")).isdecimal()), default=0)

    def _says_much(self, cells: Mapping[int, str]) -> bool:
        """Whether a row says an answer where one belongs, or more than the two columns of a signature block."""
        return not self._saying.isdisjoint(cells) or sum(_named(text) is None for text in cells.values()) > _MOST_SIGNED

    def _names_sender(self, cells: Mapping[int, str]) -> bool:
        """Whether a row has an agency where one belongs, and something in another column that is read."""
        begins = (text.partition(" ")[0] for index, text in cells.items() if index in self._senders)
        return any(word in shipped_words().agency for word in begins) and len(_unnamed(cells).keys() & self._read) > 1

    def _is_stamped(self, cells: Mapping[int, str]) -> bool:
        return any(_DIGIT.search(text) and not _named(text) for index, text in cells.items() if index in self._stamped)

    def _is_keyless(self, cells: Mapping[int, str], above: Above) -> bool:
        """Whether what stands in the key column is no key, but a line of a signature block."""
        key = cells.get(self._key, "")
        is_words = not _DIGIT.search(key) or _named(key) is FurnitureKind.SIGNATURE
        return _named(key) in _OPENING or (above.is_signing and self._is_numbered and is_words)

    def _worded(self, texts: Sequence[str], above: Above) -> FurnitureKind | None:
        named = [_named(text) for text in texts]
        opening = next((kind for kind in named if kind in _OPENING), None)
        if opening is not None or None not in named:
            return opening or next(iter(named), None)
        is_signed = above.is_signing and not any(
            kind is None and (_DIGIT.search(text) or line_of_letter(text))
            for kind, text in zip(named, texts, strict=True)
        )
        return FurnitureKind.SIGNATURE if is_signed else None

    def _is_header(self, cells: Mapping[int, str]) -> bool:
        return bool(cells) and any(
            all(index < len(line) and fold_header(text) == line[index] for index, text in cells.items())
            for line in self._typed
        )

    def _cells(self, place: int) -> Iterator[tuple[int, str]]:
        """The filled cells of a row with their columns; few rows are asked about, so that no column is made whole."""
        for index, column in self._block.columns.items():
            if text := fold(column.texts[column.codes[place]].as_py()):
                yield index, text


def _unnamed(cells: Mapping[int, str]) -> dict[int, str]:
    """The cells that say no kind by themselves and are no number of an official."""
    return {index: text for index, text in cells.items() if _named(text) is None and not text.startswith("nip")}


def _is_note(cells: Mapping[int, str]) -> bool:
    """Whether a row begins as notes on a printed page do."""
    return next(iter(cells.values()), "").startswith(shipped_words().note)


def _named(text: str) -> FurnitureKind | None:
    """What a folded text says by itself."""
    return next((kind for kind, pattern in _patterns().items() if pattern.fullmatch(text)), None)


def _goes_on(line: str, above: int) -> bool:
    """Whether a line begins with one of the next numbers behind those of a register, an agency and more words; one with
    a smaller number is of a list of those to whom a copy goes."""
    match = re.match(rf"(\d{{1,5}})[.)] *(?:{agency_words()})\b.*\w", line)
    return match is not None and above >= _FEWEST_NUMBERS and above < int(match[1]) <= above + _NEXT_NUMBERS


_FEWEST_NUMBERS, _NEXT_NUMBERS = 8, 50


@cache
def _letter_line() -> re.Pattern[str]:
    agency = agency_words()
    day = rf"\b\d{{1,2}}[-/. ]*(?:{_month_names()})\b|\b(?:tgl|tanggal)\b[. :]*\d"
    number = r"(?:no|nomor)\b[. :]*\d{1,5}[a-z]?\b(?! *(?:tahun|th)\b)"
    address = r"(?!.*\b(?:jl|jln|jalan|telp?|telepon|fax|kode pos)\b)"
    numbered = rf"^no\.? *\d{{1,5}}[a-z]?[.)]? +(?:{agency})\b|^\d{{1,5}}[a-z]? +(?:{agency})\b.*\w"  # `3.`: it goes to
    plain = rf"{numbered}|^(?:{agency})\b.*\b{number}"
    return re.compile(rf"{day}|^(?:no\.? *)?\d{{1,5}}[a-z]?[.)]? +(?:{agency})\b.*\d|{address}(?:{plain})")


@cache
def _letter_behind_total() -> re.Pattern[str]:
    """`Jumlah = 19; no 20 menyusul`, or an agency beside the number or day of a letter."""
    agency = agency_words()
    number, day = r"\b(?:no|nomor)\b[. :]*\d", r"\b\d{1,2}[-/]\d{1,2}\b"
    return re.compile(rf";.*?{number}|(?:{number}|{day}).*\b(?:{agency})\b|\b(?:{agency})\b.*(?:{number}|{day})")


@cache
def _place_and_day() -> re.Pattern[str]:
    """`Trenggalek, 31 Des`: no agency, subject or weekday with a day."""
    words = shipped_words()
    other = "|".join(map(re.escape, (*words.agency, *words.subject, *words.weekdays)))
    return re.compile(rf"(?!(?:{other})\b)[a-z][a-z .'-]{{2,40}}, *\d{{1,2}}[ -]+(?:{_month_names()})\.?")


def _month_names() -> str:
    """The months by name: behind a number a Roman numeral may be a rank, `Penata Tk. 1 / III b`, or a shelf."""
    names = (name for name in shipped_words().months if set(name) - set("ivx"))
    return "|".join(sorted(names, key=len, reverse=True))


@cache
def _patterns() -> Mapping[FurnitureKind, re.Pattern[str]]:
    words = shipped_words()
    month = "|".join(sorted(words.months, key=len, reverse=True))
    page, average, approval = ("|".join(map(re.escape, each)) for each in (words.page, words.average, words.approval))
    weekday = "|".join(map(re.escape, words.weekdays))
    place = rf"(?!(?:{weekday})\b)[a-z][a-z .'-]{{2,40}}, *(?:tanggal|tgl)?[ .…]*"
    pages = r"\d{1,4} (?:dari|of) \d{1,4}"
    other = "|".join(map(re.escape, (*words.weekdays, *words.agency, *words.subject)))
    dayless = rf"(?!(?:{other})\b)[a-z][a-z.'-]+(?: [a-z][a-z.'-]+)?, *(?:tanggal|tgl)?[ .…]*20\d\d"
    numeric = r"\d{1,2}[-/. ](?:\d{1,2}|[ivx]{1,4})[-/. ]\d{4}"
    patterns = {
        FurnitureKind.SIGNATURE: r"nip\b[ .:]*[\d .]*",
        FurnitureKind.PAGE: rf"(?:{page})\b[ .:]*\d{{1,4}}(?: *(?:/|dari|of) *\d{{1,4}})?\.?|{pages}",
        FurnitureKind.MONTH: rf"(?:bulan\b[ .:]*)?(?:{month})\.?(?: *,? *(?:tahun )?\d{{4}})?",
        FurnitureKind.AVERAGE: rf"(?:{average})\b.*",
        FurnitureKind.PLACE_AND_DATE: rf"{place}(?:(?:\d{{1,2}}[ -]+)?(?:{month})[ -]+\d{{4}}|{numeric})|{dayless}",
        FurnitureKind.APPROVAL: rf"(?:{approval})\b[ .,:;/]*(?:(?:{approval})\b[ .,:;/]*)?",
    }
    return {kind: re.compile(pattern) for kind, pattern in patterns.items()}
