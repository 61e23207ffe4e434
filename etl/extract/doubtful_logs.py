"""Whether a sheet that reads as a log of uses of a room may be a register of letters: then its kind is asked.

Day, sender, event, place and hour stand in both. A book of letters that nobody asked about would lose all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import PurePath

from etl.extract.files.refusal import Refused, quoted
from etl.extract.files.sheet import Grid
from etl.extract.headers import Header, bare_number, count_of_marks, first_records, told_headers
from etl.extract.kinds import SPECS, Kind, columns_under
from etl.extract.words import fold, fold_header, shipped_words

_LETTER_TITLE = re.compile(r"\b(?:agenda surat|surat masuk)\b")
_AGENDA_TITLE = re.compile(r"^(?:buku )?agenda\b(?!.*\b(?:kegiatan|rapat|acara|peserta|hadir|keluar)\b)")
_LOG_TITLE = re.compile(r"\b(?:pemakaian|peminjaman|penggunaan|pinjam|log|jadwal|ruang|ruangan)\b")
_USE_HEADER = re.compile(r"hadir|pakai|guna|verifikasi|periksa|lolos|penyelenggara")
_NUMBER = re.compile(r"\s*(?:no\.? *)?(\d{1,8})(?:\.0)?[.)]?\s*", re.IGNORECASE)
_ROWS, _NEXT_NUMBERS, _FEWEST_NUMBERS = 10_000, 50, 2

Sheets = Sequence[tuple[Grid, Header]]


def check_log(grid: Grid, header: Header, registers: Sheets, file: str | None) -> None:
    """Raises Refused, offering both readings, where a sheet that was taken for a room log without being asked for may
    be a register. `registers`: those of the same workbook; `file`: what the file is called."""
    if header.kind is not Kind.PEMAKAIAN or not _may_be_register(grid, header, registers, file):
        return
    listed = quoted(told_headers(filter(None, header.typed), is_private=False))
    missing = SPECS[Kind.PERMOHONAN].missing(set().union(*_meanings(header)))
    raise Refused("extract.register_or_log", headers=listed, missing=missing)


def _may_be_register(grid: Grid, header: Header, registers: Sheets, file: str | None) -> bool:
    """Whether a sheet has numbers and senders as a register has, and neither its title, nor columns of the use, nor a
    room with start or end prove it a log; signs of a register outweigh room, start and end."""
    meanings = _meanings(header)
    columns: set[str] = set().union(*meanings)
    if "asal" not in columns or _number_place(header) < 0:
        return False
    heads = zip(header.typed, meanings, strict=True)
    if any(_USE_HEADER.search(fold_header(name)) and not known for name, known in heads):
        return False
    for titles in (_titles(grid, header), [fold(re.sub(r"[_-]+", " ", PurePath(file or "").stem))]):
        if any(map(_LETTER_TITLE.search, titles)):
            return True
        if any(map(_LOG_TITLE.search, titles)):
            return False
        if any(map(_AGENDA_TITLE.search, titles)):
            return True
    if any("tgl_kegiatan" in known and place != header.columns["tanggal"] for place, known in enumerate(meanings)):
        return True
    numbers = plain_numbers(grid, header)
    if any(_go_on(numbers, plain_numbers(*register)) or _is_month_beside(grid, register[0]) for register in registers):
        return True
    says_room, has_end = "ruang" in fold(header.name_of("ruang")), "jam_selesai" in header.columns
    if "no_agenda" in columns and _is_consecutive(grid, header):
        return not (says_room and has_end)
    return not (has_end or (says_room and not count_of_marks(header.typed)))


def _meanings(header: Header) -> list[set[str]]:
    """What each header says in a register."""
    return [{column for column, _ in columns_under(Kind.PERMOHONAN, name)} for name in header.typed]


def _titles(grid: Grid, header: Header) -> list[str]:
    """The sheet's name and the cells above its header, folded."""
    return [fold(str(grid.name or "")), *(fold(cell) for row in grid.head[: header.row] for cell in row if cell)]


def plain_numbers(grid: Grid, header: Header) -> set[int]:
    """The plain numbers of a sheet's letters, or in its column `No`."""
    place = _number_place(header)
    texts = (text for block in grid.blocks(_ROWS) for text in block.column(place).strings)
    return {number for text in texts if (number := plain_number(text)) is not None}


def plain_number(text: str) -> int | None:
    """The number of a cell that holds one and nothing else, `12`, `No. 12`; None of another cell."""
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _number_place(header: Header) -> int:
    """The column of the number that a letter has in the agenda, else of `No`; -1 without either."""
    places = (place for place, known in enumerate(_meanings(header)) if "no_agenda" in known)
    bare = bare_number(header.typed)
    return next(places, -1 if bare is None else bare)


def _go_on(numbers: set[int], others: set[int]) -> bool:
    """Whether the numbers of a sheet go on with those of a register, or those of the register with its own."""
    if len(numbers) < _FEWEST_NUMBERS or not others or numbers & others:
        return False
    return any(
        0 < min(later) - max(earlier) <= _NEXT_NUMBERS for earlier, later in ((others, numbers), (numbers, others))
    )


def _is_month_beside(grid: Grid, register: Grid) -> bool:
    """Whether both sheets are called by a month and nothing else."""
    return all(_month().fullmatch(fold(str(sheet.name or ""))) is not None for sheet in (grid, register))


@cache
def _month() -> re.Pattern[str]:
    months = "|".join(name for name in shipped_words().months if set(name) - set("ivx"))
    return re.compile(rf"(?:bulan )?(?:{months})\.?(?: ?'?\d{{2,4}})?")


def _is_consecutive(grid: Grid, header: Header) -> bool:
    """Whether the first records all have plain numbers of the agenda that mostly rise one by one."""
    place = _number_place(header)
    rows = [row for row in first_records(grid, header) if 0 <= place < len(row)]
    numbers = [number for row in rows if (number := plain_number(row[place])) is not None]
    if len(numbers) < _FEWEST_NUMBERS or len(numbers) < len(rows):
        return False
    return 2 * sum(later - earlier == 1 for earlier, later in pairwise(numbers)) >= len(numbers)
