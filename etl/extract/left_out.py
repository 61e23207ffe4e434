"""Whether a sheet that is left out, since its header cannot be read, may hold letters: in rows, on cards of one line a
cell, or in sentences. What its name, title or headers say that it is decides where its rows prove nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from etl.extract.doubtful_logs import plain_number
from etl.extract.files.sheet import Grid
from etl.extract.headers import FEWEST_HEADERS, read_as
from etl.extract.kinds import SPECS, Kind, columns_under
from etl.extract.lines import (
    NUMBER_FIRST,
    WORDS,
    agency_in,
    begins_with_agency,
    is_label,
    line_of_letter,
    row_says_day,
    says_day,
    says_day_within,
    width_of,
    words_of,
)
from etl.extract.words import fold, fold_header, shipped_words

_LETTER_NUMBER = re.compile(r"\b(?:no|nomor)\b[. :]*\d|^\d{1,5}[a-z]?[.)]? ")
_MESSAGE = re.compile(r"\[?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}[, ]+\d{1,2}[.:]\d\d(?:[.:]\d\d)?\]?[ -]+[^:]+: *(.+)")
_PERIOD = re.compile(r"\bper(?:iode)?\b(?: *(?:tanggal|tgl))?[ :.]*\d")
_TITLE_ROWS, _FEWEST_NUMBERS, _NEXT_NUMBERS = 5, 2, 3
_BARE_HEADERS = frozenset({"no", "nomor", "tanggal", "tgl", "hari", "jam", "waktu", "keterangan", "ket"})
_MATTER = frozenset({"perihal", "no_surat", "nama_kegiatan"})
_RECEIVED = frozenset({"no_agenda", "tgl_terima"})
_AGENCIES = "opd"
_NAMES = frozenset({"nama", "namaopd"})

Rows = Sequence[Sequence[str]]


def count_of_letters(grid: Grid, largest: Callable[[], int]) -> int:
    """How many letters a left-out sheet seems to hold; 0 where it has none, or says that it holds something else.

    `largest`: the largest number of the registers of the file, 0 without one; looked up where it matters only.
    """
    return _in_rows(grid, largest) or _on_cards(grid) or _in_sentences(grid)


def _in_rows(grid: Grid, largest: Callable[[], int]) -> int:
    """The rows like letters, unless the sheet's name or title, or its headers, say that it holds something else."""
    places = [place for place, row in enumerate(grid.head) if is_like_letter(row)]
    if not places:
        return 0
    heads, rows = [row for row in grid.head[: places[0]] if width_of(row) > 1], [grid.head[place] for place in places]
    if is_outgoing(grid, [cell for row in heads for cell in row]) or _is_elsewhere(grid, heads, rows, largest):
        return 0
    return len(places)


def is_outgoing(grid: Grid, typed: Sequence[str]) -> bool:
    """Whether a sheet holds letters that are sent, by its name or title, or by headers that say to whom and not by
    whom; none that speaks of such as come in, or has agencies as those who sent something on a day."""
    words, title = shipped_words(), words_of([str(grid.name), *_titles(grid)])
    if not words.incoming.isdisjoint(title.union(words_of(typed))):
        return False
    if not words.outgoing.isdisjoint(title):
        return not _came_from_agencies(grid.head)
    return _says_receiver(typed) and not any(map(_says_sender, typed))


def _came_from_agencies(head: Rows) -> bool:
    """Whether most of the dated rows below a header of senders have an agency there, and more than have one below that
    of receivers: a book of what is sent names the desk that wrote it."""
    heads = ((place, row) for place, row in enumerate(head) if width_of(row) > 1 and any(map(_says_sender, row)))
    place, typed = next(heads, (0, ()))
    dated = [row for row in head[place + 1 :] if row_says_day(row)]
    senders, receivers = (
        _count_of_agencies(dated, [column for column, cell in enumerate(typed) if says(cell)])
        for says in (_says_sender, lambda cell: _says_receiver([cell]))
    )
    return senders > receivers and 2 * senders >= len(dated)


def _count_of_agencies(rows: Rows, columns: Sequence[int]) -> int:
    """How many rows begin with an agency in one of these columns."""
    return sum(any(begins_with_agency(row[column]) for column in columns if column < len(row)) for row in rows)


def _titles(grid: Grid) -> list[str]:
    """The first rows of one cell, folded."""
    rows = (list(filter(None, map(fold, row))) for row in grid.head[:_TITLE_ROWS])
    return [row[0] for row in rows if len(row) == 1]


def _says_receiver(cells: Iterable[str]) -> bool:
    return not shipped_words().receivers.isdisjoint(map(fold_header, cells))


def _says_sender(cell: str) -> bool:
    return not shipped_words().senders.isdisjoint(words_of([cell])) and not _says_receiver([cell])


def _is_elsewhere(grid: Grid, heads: Rows, rows: Rows, largest: Callable[[], int]) -> bool:
    """Whether a sheet holds something other than letters, by its name, its title or its headers; one that says who sent
    something on which day does not. Headers say nothing over agencies in the place of names, or numbers that go on."""
    cells = [cell for row in heads for cell in row]
    typed = set(filter(None, map(fold_header, cells)))
    if any(map(_says_sender, cells)) and any(map(row_says_day, rows)):
        return False
    if any(map(_elsewhere().match, (fold(str(grid.name)), *_titles(grid)))):
        return True
    is_bare = bool(typed) and typed <= _BARE_HEADERS and not any(agency_in().search(fold(" ".join(r))) for r in rows)
    others = shipped_words().elsewhere_headers & typed
    if others == {_AGENCIES} and _says_matter(cells):
        return False
    return (is_bare or bool(others)) and not (_names_agencies(heads, rows) or _numbers_go_on(rows, largest))


def _says_matter(cells: Sequence[str]) -> bool:
    """Whether headers name what a letter is about, or its number."""
    return not _MATTER.isdisjoint(read_as(SPECS[Kind.PERMOHONAN], 0, list(cells), []).columns)


def _names_agencies(heads: Rows, rows: Rows) -> bool:
    """Whether most rows have an agency beside a day in the column of names."""
    typed = {column: fold_header(cell) for row in heads for column, cell in enumerate(row)}
    columns = [column for column, name in typed.items() if name in _NAMES]
    return 2 * _count_of_agencies([row for row in rows if row_says_day(row)], columns) >= max(len(rows), 1)


def _numbers_go_on(rows: Rows, largest: Callable[[], int]) -> bool:
    """Whether the rows bear the next numbers behind those of a register."""
    firsts = (next(filter(None, map(str.strip, row)), "") for row in rows)
    numbers = {number for first in firsts if (number := plain_number(first)) is not None}
    if len(numbers) < _FEWEST_NUMBERS or 1 in numbers:
        return False  # most lists begin with 1, and no register is looked through for them
    return 0 < largest() < min(numbers) <= largest() + _NEXT_NUMBERS


def is_like_letter(row: Sequence[str]) -> bool:
    """Whether a row says words beside a day, beside a running number at its beginning and something else, or an agency
    beside such a number; in one cell all of them. A label, a note and a line over a signature say none."""
    cells = list(filter(None, map(fold, row)))
    if not cells or _is_note(cells[0]) or is_label(cells[0]):
        return False
    if len(cells) == 1:
        return bool(agency_in().search(cells[0]) and _LETTER_NUMBER.search(cells[0]))
    texts = [cell for cell in cells if WORDS.search(cell) and not _is_time(cell)]
    if any(map(says_day, cells)) and any(not says_day(text) for text in texts):
        return True
    is_numbered = NUMBER_FIRST.fullmatch(cells[0].removesuffix(".0")) is not None
    return is_numbered and (len(texts) > 1 or any(map(agency_in().search, texts)))


def _is_note(line: str) -> bool:
    return line.startswith((*shipped_words().note, *shipped_words().approval))


def _is_time(cell: str) -> bool:
    """Whether a folded cell says a day, a month, a weekday or a clock time and nothing else."""
    names = shipped_words().months.keys() | shipped_words().weekdays.keys() | {"wib"}
    return words_of([cell]) <= names


@cache
def _elsewhere() -> re.Pattern[str]:
    words = "|".join(map(re.escape, shipped_words().elsewhere))
    return re.compile(rf"(?:(?:daftar|data|tabel|buku|nomor) )*(?:{words})\b")


def _on_cards(grid: Grid) -> int:
    """The cards of letters on which each cell is a line, `No Agenda : 11`, `Asal Surat : BKD`: some say who sent a
    letter, and its number in the register or when it came. A form without anything filled in is none."""
    lines = (line.partition(":") for row in grid.head for cell in row if ":" in cell for line in cell.splitlines())
    filled = ((label, fold(value)) for label, _, value in lines if re.search(r"\w", value))
    said = Counter(
        column
        for label, value in filled
        for column, _ in columns_under(Kind.PERMOHONAN, label.strip())
        if column not in _RECEIVED or re.search(r"\d", value)
    )
    if not said["asal"] or _RECEIVED.isdisjoint(said) or _is_named_elsewhere(grid, []):
        return 0
    return max(said[column] for column in ("asal", *_RECEIVED))


def _in_sentences(grid: Grid) -> int:
    """The lines of one cell that tell an agency and a day, or of a message that asks for something, where no table
    stands below them; of such a sheet all lines count that name a day."""
    last = max((place for place, row in enumerate(grid.head) if width_of(row) >= FEWEST_HEADERS), default=-1)
    lines = [fold("".join(row)) for row in grid.head[last + 1 :] if width_of(row) == 1]
    letters = [line for line in lines if _tells_of_letter(line)]
    if not letters or _is_named_elsewhere(grid, letters):
        return 0
    return max(sum(map(says_day_within, lines)), len(letters))


def _tells_of_letter(line: str) -> bool:
    """Whether a folded line tells an agency and a day, as `Dishub 9/1` or a message `[20/01/2026 09:12] BKD: …`, or is
    a message that asks as a letter does; a note, and a title with the day up to which something is counted, do not."""
    if _is_note(line) or is_label(line) or _PERIOD.search(line):
        return False
    if agency_in().search(line) and says_day_within(line):
        return True
    message = _MESSAGE.fullmatch(line)
    is_asking = message is not None and not words_of(shipped_words().subject).isdisjoint(words_of([message[1]]))
    return is_asking or line_of_letter(line)


def _is_named_elsewhere(grid: Grid, lines: Sequence[str]) -> bool:
    """Whether a sheet's name, or a title that is none of these lines, says that it holds something else."""
    told = [fold(str(grid.name)), *(title for title in _titles(grid) if title not in lines and ":" not in title)]
    return any(map(_elsewhere().match, told)) or not shipped_words().outgoing.isdisjoint(words_of(told))
