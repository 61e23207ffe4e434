"""Where the header of a sheet is, and which column of the file holds what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Protocol

from data_access.errors import Message
from etl.extract.files.refusal import Refused, all_of, quoted
from etl.extract.files.sheet import HEAD_ROWS, MAX_COLUMNS, Grid, column_letters
from etl.extract.kinds import (
    COMPARED,
    SPECS,
    Field,
    Kind,
    KindSpec,
    column_words,
    columns_under,
    kind_named,
    known_headers,
    known_to_all,
)
from etl.extract.masks import mask
from etl.extract.words import fold, fold_header, shipped_words, squeeze

MAX_LETTERHEAD = 30
_RUNNING_NUMBERS = ("no", "nomor", "nourut", "nomorurut")
_BARE_NUMBERS = frozenset({"no", "nomor"})
_MAX_HEADER = 100
_NUMBER_CELL = re.compile(r"[\d\s.,:/-]+")
_AGENDA_LINE = re.compile(
    r"\bno(?:mor)?[\s.]*agenda\b(?: surat(?: masuk)?)?[\s.:=]*(\d+[a-z]{0,2}(?:/[\w.]+)*(?: ?\(\d\))?)"
    r"(?:[\s,;]*tahun[\s:]*(20\d\d))?(?!\w)",
    re.IGNORECASE,
)
_YEAR_LINE = re.compile(r"tahun(?: agenda)?[\s:]*(20\d\d)", re.IGNORECASE)
_TITLE_YEAR = re.compile(r"[^\d/,]*(20\d\d)[\s.)]*")
_NO_TITLE = frozenset({"dicetak", "cetak", "diunduh", "peraturan", "perbup", "perda", "undang"})
_NUMBER_OF_YEAR = re.compile(r"(\d+[a-z]{0,2})/(20\d\d)", re.IGNORECASE)
_HEADER_WORD = re.compile(r"(?:no|nomor|tgl|tanggal|hari|jam|pukul|waktu|nama|jml|jumlah)\b")
_YEAR_AFTER = re.compile(r"(?<=[a-z.]) *\(?20\d\d\)?$")
FEWEST_HEADERS = 3
_FEWEST_GROUPS = 2
_DAY_WORD = re.compile(r"\b(?:tgl|tanggal)\b")
_WEEKDAY, _UNKNOWN_DAY = "hari", "?"
_BARE_DAYS = frozenset({"tanggal", "tgl"})
_BARE_CLOCKS = frozenset({"jam", "pukul"})
_RECEIPT_DAY, _LETTER_DAY, _EVENT_DAY = "tgl_terima", "tgl_surat", "tgl_kegiatan"
_OF_LETTER = frozenset({"no_surat", "tgl_surat", "asal", "perihal"})
_BARE_RANK = 50
"""Rank of a bare clock time: any header that says more wins."""

_REGISTER_MARKS = frozenset({"no_surat", "tgl_surat", "tgl_terima", "perihal"})
_SENDER_WORDS = frozenset({"surat", "pengirim", "dari"})
_FEWEST_MARKS = 2
_REGISTER_TITLE = re.compile(r"\b(?:agenda surat|surat masuk)\b|^buku agenda\b")
_OTHER_TITLE = re.compile(
    r":|(?<!\d)(?!20\d\d\b)\d|\b(?:pemakaian|peminjaman|penggunaan|ruang|kegiatan|rapat|acara|peserta|hadir)\b"
)
_MOSTLY_RISING = 0.75
_RISING_NUMBER = re.compile(r"0*(\d+) ?([a-z]?)[.)]?")


class Const(Protocol):
    """A value that a source gives to every row in place of a column."""

    @property
    def value(self) -> object: ...


class ColumnMap(Protocol):
    """A source's own names for the columns, as the settings hold them."""

    @property
    def kind(self) -> str | None: ...
    @property
    def columns(self) -> Mapping[str, str | Const]: ...
    @property
    def values(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def date_order(self) -> str | Mapping[str, str] | None: ...


@dataclass(frozen=True)
class Header:
    """The header of one sheet: its place, and for each canonical column the index of the file's column.

    `row` is that of the lowest line of the header and counts from 0. `typed` holds every header as the office typed it,
    of two lines joined; `lines` the cells as they stand, to know them again further down. `constants`: the values a
    source adds.
    """

    kind: Kind
    row: int
    columns: Mapping[str, int]
    typed: Sequence[str]
    constants: Mapping[str, str]
    lines: Sequence[Sequence[str]] = ()

    @property
    def ignored(self) -> list[str]:
        """Headers whose columns are not read."""
        used = set(self.columns.values())
        return [name for index, name in enumerate(self.typed) if name and index not in used]

    @property
    def compared(self) -> dict[str, int]:
        """The columns that are not read and only compared with others, by their names; of persons none."""
        used = {*self.columns.values()}
        if SPECS[self.kind].is_private:
            return {}
        named = ((COMPARED.get(fold_header(name)), index) for index, name in enumerate(self.typed))
        return {name: index for name, index in named if name and index not in used}

    @property
    def person_parts(self) -> dict[str, int]:
        """Where a list of persons has what tells one from another, which is not read: number, name, agency."""
        if not SPECS[self.kind].is_private:
            return {}
        parts, used = shipped_words().person_parts, {*self.columns.values()}
        named = [(parts.get(fold_header(name)), index) for index, name in enumerate(self.typed)]
        return {part: index for part, index in reversed(named) if part and index not in used}

    @property
    def headed(self) -> list[int]:
        """The columns that are read or have at least a header: a row with nothing in any of them is empty.

        Running numbers are often filled in ahead of time and make no record of a row by themselves.
        """
        headed = (i for i, name in enumerate(self.typed) if name and fold_header(name) not in _RUNNING_NUMBERS)
        return sorted({*self.columns.values(), *headed})

    @property
    def required(self) -> set[int]:
        """Where the columns stand that a record of this kind needs."""
        return {self.columns[name] for name in SPECS[self.kind].required if name in self.columns}

    def heads(self, index: int) -> bool:
        """Whether a header stands over this column."""
        return index < len(self.typed) and bool(self.typed[index])

    def name_of(self, column: str) -> str:
        """The header the office typed over a canonical column, or over one that is only compared."""
        index = self.columns.get(column, -1)
        index = self.compared.get(column, -1) if index < 0 else index
        return column if index < 0 else self.typed[index]


def find_header(head: Sequence[Sequence[str]], kind: Kind | None, source: ColumnMap | None) -> Header:
    """The header among the first rows of a sheet.

    A source without names of its own is read by the known headers. Raises Refused, naming the headers found and those
    expected, when no row under 0–30 letterhead rows has the required columns, when two columns have the same name, or
    when two kinds fit equally well.
    """
    rows = _candidates(head)
    if source is not None and source.columns:
        return _mapped_header(rows, kind, source)
    specs = [SPECS[kind]] if kind else list(SPECS.values())
    is_known = KindSpec.is_complete if kind else KindSpec.is_recognised
    for place in _header_places(specs, rows, is_known):
        fits = [_richest(_readings(spec, rows, place), is_known) for spec in specs]
        complete = [header for header in fits if header is not None]
        if complete:
            chosen = _best(_of_persons(complete) or _hand_overs(complete) or complete)
            if kind is None:
                chosen = _register_instead(rows, place, chosen, complete)
            _check_twins(chosen)
            _check_times(chosen)
            _check_numbers(head, chosen)
            if kind is None:
                _check_senders(head, chosen)
            if SPECS[chosen.kind].is_private and any(header.kind is Kind.PERMOHONAN for header in complete):
                listed = quoted(told_headers(filter(None, chosen.typed), is_private=True))
                raise Refused("extract.two_kinds", headers=listed, first=str(Kind.PERMOHONAN), second=str(chosen.kind))
            return chosen
    if SPECS[Kind.PESERTA] in specs and (header := _persons_of_one_letter(rows, is_known)):
        return header
    raise _unrecognised(rows, specs)


Line = tuple[int, list[str]]
"""A row that may be the header, and its place in the sheet."""

_RECEIPT = frozenset({"no_agenda", "tgl_terima", "jam_terima", "asal", "diteruskan_kepada", "keterangan"})
_HANDED_ON = frozenset({"dari", "kepada", "tgl_selesai"})

IsKnown = Callable[[KindSpec, Collection[str]], bool]


def _candidates(head: Sequence[Sequence[str]]) -> list[Line]:
    """The rows that may be the header: the first 31 filled ones and one more that may be the lower line of the last."""
    filled = [(index, [squeeze(cell) for cell in row]) for index, row in enumerate(head[:HEAD_ROWS])]
    return [(index, row) for index, row in filled if any(row)][: MAX_LETTERHEAD + 2]


def _header_places(specs: list[KindSpec], rows: list[Line], is_known: IsKnown) -> Iterable[int]:
    """The first row that is a header by itself; where none is, each that may be the upper line of one."""
    uppermost = rows[: MAX_LETTERHEAD + 1]
    for place, (row, typed) in enumerate(uppermost):
        if any(is_known(spec, read_as(spec, row, typed, []).columns) for spec in specs):
            return [place]
    return range(len(uppermost))


def _readings(spec: KindSpec, rows: list[Line], place: int) -> list[Header]:
    """The row read as a header by itself, then together with the row below it and with the one above it."""
    row, typed = rows[place]
    single = read_as(spec, row, typed, [typed])
    return [single, *_double_readings(spec, rows, place), *_double_readings(spec, rows, place - 1)]


def _double_readings(spec: KindSpec, rows: list[Line], place: int) -> list[Header]:
    """The row and the one right below it read as a header of two lines, unless that one cannot be a line of it."""
    if not 0 <= place < len(rows) - 1:
        return []
    (above, upper), (row, lower) = rows[place : place + 2]
    if row != above + 1 or any(map(str.isdigit, "".join(lower))):
        return []
    grouped = _grouped(spec, upper)
    uppers = [upper] if grouped == upper else [upper, grouped]
    return [read_as(spec, row, _joined(spec, cells, lower), [upper, lower]) for cells in uppers]


def _grouped(spec: KindSpec, upper: list[str]) -> list[str]:
    """The upper line with the first of the kind's group words for all that mean the same: "Surat" for "Surat Masuk". A
    line that says one thing only is a title, and stays."""
    if len({*upper} - {""}) < _FEWEST_GROUPS:
        return upper
    same = {fold_header(name): spec.groups[0] for name in spec.groups}
    return [same.get(fold_header(name), name) for name in upper]


def _richest(readings: list[Header], is_known: IsKnown) -> Header | None:
    """The reading with the most columns, of equals one whose lower line only says day or time, else the earliest; None
    where none has those that a kind needs."""
    complete = [header for header in readings if is_known(SPECS[header.kind], header.columns)]
    return max(complete, key=lambda header: (len({*header.columns.values()}), _ends_bare(header)), default=None)


def _ends_bare(header: Header) -> bool:
    """Whether the lower of two lines says only "Tanggal" or "Jam", so that it is no record."""
    return len(header.lines) > 1 and {*map(fold_header, header.lines[-1])} <= {"", *_BARE_DAYS, *_BARE_CLOCKS}


def _joined(spec: KindSpec, upper: list[str], lower: list[str]) -> list[str]:
    """The headers of two lines, where a cell of the upper one stands over all up to the next one.

    Both words say a column together, in either order; else the lower one alone, where it stands once; else the upper
    one, where nobody knows the lower.
    """
    known, times = known_headers(spec.kind), Counter(map(fold_header, lower))
    joined, over = [], ""
    for own, under in zip_longest(upper, lower, fillvalue=""):
        over = own or over
        if not under or fold_header(own) == fold_header(under):
            joined.append(own)
            continue
        pairs = (f"{over} {under}", f"{under} {over}")
        alone = [under] if times[fold_header(under)] == 1 else [own] if fold_header(under) not in known else []
        joined.append(next((name for name in (*pairs, *alone) if fold_header(name) in known), pairs[0].strip()))
    return joined


def read_as(spec: KindSpec, row: int, typed: list[str], lines: Sequence[Sequence[str]]) -> Header:
    """The row read as a header of this kind: of several columns for one thing the lowest rank wins."""
    meanings = [columns_under(spec.kind, name) for name in typed]
    for place, day in _bare_days(spec, typed, meanings).items():
        meanings[place] = [(day, _BARE_RANK)]
    for place, clock in _bare_times(spec, typed, meanings).items():
        meanings[place] = [(clock, _BARE_RANK)] if clock else []
    best = _lowest(meanings) | _signatures(spec, typed, meanings)
    best |= _register_number(spec, typed, best)
    if lent := [field for field in spec.fields if field.needs and field.name in best and field.needs not in best]:
        unread = {field.name: [place for place, name in enumerate(typed) if _is_lent(field, name)] for field in lent}
        known = enumerate(meanings)
        best = _lowest([[one for one in names if place not in unread.get(one[0], ())] for place, names in known])
    ordered = {column: best[column] for column in spec.columns if column in best}
    return Header(spec.kind, row, ordered, typed, {}, lines)


def _signatures(spec: KindSpec, typed: Sequence[str], meanings: Sequence[Sequence[tuple[str, int]]]) -> dict[str, int]:
    """The place of the first column under which the persons of a list sign, where none says who came. A book of letters
    or of their hand-overs is signed, too: beside a column of such a book, or without names, it is no list."""
    folded, words = [fold_header(name) for name in typed], shipped_words()
    signed = [place for place, name in enumerate(folded) if name in words.signatures]
    if not spec.is_private or not signed or any(column == "hadir" for names in meanings for column, _ in names):
        return {}
    has_names = any(words.person_parts.get(name) == "name" for name in folded)
    read = {column for kind in _SIGNED_BOOKS for name in typed for column, _ in columns_under(kind, name)}
    is_sent = any(word in words.outgoing for name in typed for word in fold(name).split())
    return {"hadir": signed[0]} if has_names and read <= _OF_LISTS and not is_sent else {}


_SIGNED_BOOKS = (Kind.PERMOHONAN, Kind.DISPOSISI)
_OF_LISTS = frozenset({"no_agenda", "tahun", "asal", "keterangan", "catatan", "nama_kegiatan"})
"""Columns of these books that a list of persons may have as well."""


def _register_number(spec: KindSpec, typed: Sequence[str], columns: Collection[str]) -> dict[str, int]:
    """The first column, where it says "No" and nothing else and all other columns make a register of letters: its
    numbers are those of the letters."""
    has_letter = not {"no_surat", "perihal"}.isdisjoint(columns) and count_of_marks(typed) >= _FEWEST_MARKS
    if spec.kind is not Kind.PERMOHONAN or "no_agenda" in columns or not has_letter:
        return {}
    place = bare_number(typed)
    return {} if place is None or spec.missing({*columns, "no_agenda"}) else {"no_agenda": place}


def bare_number(typed: Sequence[str]) -> int | None:
    """The place of the first header, where it says "No" and nothing else."""
    first = next((place for place, name in enumerate(typed) if name), None)
    return first if first is not None and fold_header(typed[first]) in _BARE_NUMBERS else None


def count_of_marks(typed: Iterable[str]) -> int:
    """How many headers say what only a register of letters has: who sent the letter, its number, day and subject, and
    the day of its receipt. Of the sender those count that no room log has; beside one of these its number of the agenda
    is another, which a room log has as well."""
    columns = {(column, name) for name in typed for column, _ in columns_under(Kind.PERMOHONAN, name)}
    senders = (name for column, name in columns if column == "asal")
    is_sent = any(not _SENDER_WORDS.isdisjoint(re.findall("[a-z]+", fold(name))) for name in senders)
    marks = len({column for column, _ in columns} & _REGISTER_MARKS) + is_sent
    is_numbered = any(column == "no_agenda" for column, _ in columns)
    return marks + (is_numbered and marks > 0)


def is_bare_number(header: Header) -> bool:
    """Whether the register numbers of letters stand under "No" and nothing else."""
    return header.kind is Kind.PERMOHONAN and fold_header(header.name_of("no_agenda")) in _BARE_NUMBERS


def _register_instead(rows: list[Line], place: int, chosen: Header, complete: list[Header]) -> Header:
    """The reading as a register, where one as a room log or list of persons was chosen over columns or under a title of
    a register of letters. Raises Refused, naming what is missing, where it cannot be read as one."""
    spec, words = SPECS[Kind.PERMOHONAN], shipped_words()
    names_persons = any(words.person_parts.get(fold_header(name)) == "name" for name in chosen.typed)
    if chosen.kind not in (Kind.PEMAKAIAN, Kind.PESERTA) or names_persons or _of_persons([chosen]):
        return chosen
    letters = _readings(spec, rows, place)
    has_marks = max(count_of_marks(header.typed) for header in letters) >= _FEWEST_MARKS
    if not has_marks and not _is_titled_register(rows, chosen):
        return chosen
    if registers := [header for header in complete if header.kind is Kind.PERMOHONAN]:
        return registers[0]
    likely = max(letters, key=lambda header: len(header.columns))
    raise _register_lacks(likely, chosen.kind)


def _is_titled_register(rows: list[Line], header: Header) -> bool:
    """Whether a title above the header says that a register of letters is below, and nothing else."""
    titles = [fold(cell) for row, cells in rows if row < header.row for cell in cells if cell]
    return any(_REGISTER_TITLE.search(title) and not _OTHER_TITLE.search(title) for title in titles)


def _register_lacks(header: Header, other: Kind) -> Refused:
    """The refusal of a register whose required columns are not all known; "No" in front may be its number."""
    given = {*header.columns, *(() if bare_number(header.typed) is None else ("no_agenda",))}
    spec = SPECS[Kind.PERMOHONAN]
    missing = spec.missing(given) or spec.missing(header.columns)
    listed = quoted(told_headers(filter(None, header.typed), is_private=other is Kind.PESERTA))
    return Refused("extract.register_lacks", missing=missing, headers=listed, other=str(other))


def _check_numbers(head: Sequence[Sequence[str]], header: Header) -> None:
    """Raises Refused where the column that says only "No" does not hold mostly rising numbers beside the senders of a
    register's first letters."""
    if not is_bare_number(header):
        return
    number, sender = header.columns["no_agenda"], header.columns["asal"]
    filled = [row for row in head[header.row + 1 :] if max(number, sender) < len(row)]
    cells = [fold(row[number]).removesuffix(".0") for row in filled if any(map(str.isalpha, row[sender]))]
    cells = [cell for cell in cells if cell and fold_header(cell) not in _BARE_NUMBERS]
    matches = [_RISING_NUMBER.fullmatch(cell) for cell in cells]
    numbers = [(int(match[1]), match[2]) for match in matches if match]
    rising = sum(earlier < later for earlier, later in pairwise(numbers)) + bool(numbers)
    if rising < len(cells) * _MOSTLY_RISING:
        raise Refused("extract.number_unclear", column=header.name_of("no_agenda"))


def _bare_days(spec: KindSpec, typed: Sequence[str], meanings: Sequence[Sequence[tuple[str, int]]]) -> dict[int, str]:
    """The place of the only header of a register that says "Tanggal" and nothing else, with its field where the others
    leave no doubt: the day of the letter next to its number, or that of the event among what is said of both, where the
    days of receipt and of the letter have columns of their own."""
    bare = [place for place, name in enumerate(typed) if fold_header(name) in _BARE_DAYS and not meanings[place]]
    known = {column for columns in meanings for column, _ in columns}
    if spec.kind is not Kind.PERMOHONAN or len(bare) != 1 or _RECEIPT_DAY not in known:
        return {}
    (place,) = bare
    folded = map(fold_header, typed)
    roles = [
        columns[0][0] if columns and name not in _BARE_CLOCKS else name
        for name, columns in zip(folded, meanings, strict=True)
    ]
    left = next((role for role in reversed(roles[:place]) if role not in ("", _WEEKDAY)), "")
    right = next(filter(None, roles[place + 1 :]), left)
    if _LETTER_DAY not in known:
        return {place: _LETTER_DAY} if left == "no_surat" else {}
    is_among = {left, right} <= {*_OF_LETTER, *_BARE_CLOCKS, *spec.event, "jam_mulai"}
    return {place: _EVENT_DAY} if is_among and _EVENT_DAY not in known else {}


def unread_days(header: Header) -> list[str]:
    """The headers of a register that say "Tanggal" and nothing else and are not read, though the day of the letter or
    that of the event has no column."""
    if header.kind is not Kind.PERMOHONAN or header.columns.keys() >= {_LETTER_DAY, _EVENT_DAY}:
        return []
    return [name for name in header.ignored if fold_header(name) in _BARE_DAYS]


def _is_lent(field: Field, header: str) -> bool:
    """Whether a header is also that of something else, so that it means this field only beside another one."""
    return any(word in fold_header(header) for word in field.lent)


def _bare_times(
    spec: KindSpec, typed: Sequence[str], meanings: Sequence[Sequence[tuple[str, int]]]
) -> dict[int, str | None]:
    """The places of headers that name a clock time and nothing else, with the field each stands for: the one of the
    day beside which it stands, "" where nobody knows that day or another column bears it, None where it is unclear."""
    clocks = {field.day: field for field in spec.fields if field.bare}
    bare = {place for place, name in enumerate(typed) if any(fold_header(name) in f.bare for f in clocks.values())}
    if not bare:
        return {}
    others = _lowest([[] if place in bare else names for place, names in enumerate(meanings)])
    lent = [field for field in spec.fields if field.needs and field.needs not in others]
    roles = ["" if place in bare else _role(name, meanings[place], lent) for place, name in enumerate(typed)]
    of_event = next((field.name for day, field in clocks.items() if day in spec.event), "")
    fields = dict.fromkeys(spec.event, of_event) | {day: field.name for day, field in clocks.items()}
    elsewhere = _time_elsewhere(spec, clocks, others)
    times: dict[int, str | None] = {}
    for place in bare:
        day = _day_of(spec, roles, place)
        times[place] = "" if day == _UNKNOWN_DAY else fields.get(day, elsewhere)
    return times


def _time_elsewhere(spec: KindSpec, clocks: Mapping[str, Field], others: Collection[str]) -> str | None:
    """What a bare clock time is beside no day of its own, as `_bare_times` says it: of a letter that of the receipt,
    where the event has its own; else that of the only day that has none yet."""
    free = {day: field.name for day, field in clocks.items() if field.name not in others}
    if spec.event:
        return None if len(free) == len(clocks) else "".join(free[day] for day in free if day not in spec.event)
    dated = [free[day] for day in free if day in others] or list(free.values())[-1:]
    return None if len(dated) > 1 else "".join(dated)


def _role(typed: str, meaning: Sequence[tuple[str, int]], lent: Iterable[Field]) -> str:
    """What a column is to a clock time near it: its field, or a day that nobody knows, as one that is `lent` to a field
    without the other that this needs."""
    is_unknown = not meaning and _DAY_WORD.search(fold(typed)) is not None
    if is_unknown or any(field.name == column and _is_lent(field, typed) for field in lent for column, _ in meaning):
        return _UNKNOWN_DAY
    return meaning[0][0] if meaning else fold_header(typed)


def _day_of(spec: KindSpec, roles: Sequence[str], place: int) -> str:
    """The day beside which a bare clock time stands: right of it, else left of it; "" where it stands beside none, or
    between two and next to the right one at most."""
    left, right = _day_along(spec, roles[:place][::-1]), _day_along(spec, roles[place + 1 :])
    is_next = place > 0 and roles[place - 1] == left
    return "" if left and right and left != right and not is_next else left or right


def _day_along(spec: KindSpec, roles: Sequence[str]) -> str:
    """The first day in this direction, up to a column of something else; what is said of an event may stand between
    its day and its time, a weekday between any."""
    days, is_event = {*spec.dates, _UNKNOWN_DAY}, False
    for role in roles:
        if role in days:
            return role if role in spec.event or role == _UNKNOWN_DAY or not is_event else ""
        if role and role != _WEEKDAY and role not in spec.event:
            return ""
        is_event = is_event or role in spec.event
    return ""


def _check_times(header: Header) -> None:
    """Raises Refused where nobody can say which day a bare clock time is of."""
    spec = SPECS[header.kind]
    meanings = [columns_under(header.kind, name) for name in header.typed]
    unclear = [place for place, clock in _bare_times(spec, header.typed, meanings).items() if clock is None]
    if unclear:
        names = quoted(header.typed[place] for place in sorted(unclear))
        sentence = "extract.unclear_time" if spec.event else "extract.unclear_time_of_step"
        raise Refused(sentence, columns=names, headers=quoted(filter(None, header.typed)))


def _lowest(meanings: Sequence[Sequence[tuple[str, int]]]) -> dict[str, int]:
    """For each column the place of the header that stands for it, of several the one of the lowest rank."""
    best: dict[str, tuple[int, int]] = {}
    for index, columns in enumerate(meanings):
        for column, rank in columns:
            best[column] = min(best.get(column, (rank, index)), (rank, index))
    return {column: index for column, (_, index) in best.items()}


def _of_persons(headers: list[Header]) -> list[Header]:
    """The readings as a list of persons, when a header says that each row is one: no other kind may have them."""
    if not any(fold_header(name) in shipped_words().person_headers for name in headers[0].typed):
        return []
    return [header for header in headers if SPECS[header.kind].is_private]


def _hand_overs(headers: list[Header]) -> list[Header]:
    """The reading as hand-overs, where giver, receiver and the day of handing on are named and the other reading, as a
    register, knows nothing of a letter but its receipt and sender."""
    letters = [header for header in headers if header.kind is Kind.PERMOHONAN]
    says_letter = any(not _RECEIPT.issuperset(header.columns) for header in letters)
    return [
        header
        for header in headers
        if header.kind is Kind.DISPOSISI and not says_letter and header.columns.keys() >= _HANDED_ON
    ]


def _check_senders(head: Sequence[Sequence[str]], header: Header) -> None:
    """Raises Refused where most senders of a register's first letters are desks of the office: those are hand-overs."""
    if header.kind is not Kind.PERMOHONAN:
        return
    place, offices = header.columns["asal"], shipped_words().offices
    senders = [squeeze(row[place]) for row in head[header.row + 1 :] if place < len(row) and row[place].strip()]
    # The office that asks ends the first step, so that its place is 0.
    desks = [name for name in senders if any(map(offices.steps.get, offices.named_in(name)))]
    if desks and len(desks) * 2 > len(senders):
        raise Refused("extract.desks_send", column=header.name_of("asal"), desks=quoted(dict.fromkeys(desks)))


def _persons_of_one_letter(rows: list[Line], is_known: IsKnown) -> Header | None:
    """A list of persons without a column of the letter's number, which its letterhead says once for all rows.

    Raises Refused where the letterhead does not say one number; None where there is no list of persons.
    """
    spec, words = SPECS[Kind.PESERTA], shipped_words()
    names, usual = {*words.person_headers, fold_header("nama")}, words.person_headers | words.person_columns
    places = range(len(rows[: MAX_LETTERHEAD + 1]))
    headers = [
        header
        for header in (header for place in places for header in _readings(spec, rows, place))
        if is_known(spec, {*header.columns, *spec.always}) and _count(header.typed, names)
    ]
    if not headers:
        return None
    chosen = max(headers, key=lambda header: len(header.columns) + _count(header.typed, usual))
    number = _number_above([" ".join(filter(None, cells)) for row, cells in rows if row < chosen.row])
    if not number:
        raise Refused("extract.list_without_number")
    _check_twins(chosen)
    return replace(chosen, constants={name: text for name, text in number.items() if name not in chosen.columns})


def title_year(name: str | None, lines: Iterable[Sequence[str]]) -> int | None:
    """The one year that a sheet's name and the lines above its header give its records, as in "JAN 2026" and "AGENDA
    TAHUN 2026"; None where they name none or several."""
    matches = map(_TITLE_YEAR.fullmatch, _titles(name, lines))
    named = {int(match[1]) for match in matches if match}
    return named.pop() if len(named) == 1 else None


def title_month(name: str | None, lines: Iterable[Sequence[str]]) -> int | None:
    """The one month that they give, as in "JAN 2026", "MARET" and "PEMAKAIAN BULAN MARET"; None where they name none
    or several."""
    titles = [text for text in _titles(name, lines) if not re.search(r"\d", _YEAR_AFTER.sub("", text))]
    known = shipped_words().months
    words = {word for text in titles for word in re.findall("[a-z]+", text)}
    named = {known[word] for word in words if word in known and set(word) - set("ivx")}
    return named.pop() if len(named) == 1 else None


def _titles(name: str | None, lines: Iterable[Sequence[str]]) -> list[str]:
    """The name of a sheet, and the cells above its header that say a month or year of its records."""
    known = {"tahun", "thn", "th", *shipped_words().months}
    titles = [fold(name or "")]
    for text in (fold(cell) for cells in lines for cell in cells if cell):
        words = set(re.findall("[a-z]+", text))
        is_dated = "20" in text or "bulan" in words
        if is_dated and not words.isdisjoint(known) and words.isdisjoint(_NO_TITLE):
            titles.append(text)
    return titles


def _count(headers: Iterable[str], names: Collection[str]) -> int:
    """How many of the headers are among these."""
    return sum(fold_header(name) in names for name in headers)


def _number_above(lines: Sequence[str]) -> dict[str, str]:
    """The number, and the year where it is said, that these lines give the letter; nothing where they do not say
    exactly one."""
    matches = [match for line in lines if (match := _AGENDA_LINE.search(re.sub(r"\s*/\s*", "/", line)))]
    years = [match[1] for line in lines if (match := _YEAR_LINE.fullmatch(line.strip()))]
    numbers = {_of_year(match[1], match[2] or (years or [""])[0]) for match in matches}
    if len(numbers) != 1 or len({*years}) > 1:
        return {}
    ((number, year),) = numbers
    return {"no_agenda": number, **({"tahun": year} if year else {})}


def _of_year(number: str, year: str) -> tuple[str, str]:
    """Number and year; "21/2026" in a letterhead is the number 21 of 2026."""
    match = _NUMBER_OF_YEAR.fullmatch(number)
    return (match[1], match[2]) if match else (number, year)


def _own_columns(header: Header) -> int:
    """How many columns speak for a kind: each once, and none by a synonym that holds only beside another column."""
    fields = [field for field in SPECS[header.kind].fields if field.name in header.columns]
    places = ((field, header.columns[field.name]) for field in fields)
    return len({place for field, place in places if not _is_lent(field, header.typed[place])})


def _best(headers: list[Header]) -> Header:
    ranked = sorted(headers, key=_own_columns, reverse=True)
    if len(ranked) > 1 and _own_columns(ranked[0]) == _own_columns(ranked[1]):
        headers_typed = quoted(filter(None, ranked[0].typed))
        raise Refused("extract.two_kinds", headers=headers_typed, first=str(ranked[0].kind), second=str(ranked[1].kind))
    return ranked[0]


def _check_twins(header: Header) -> None:
    spec = SPECS[header.kind]
    known = known_headers(spec.kind)
    seen: set[str] = set()
    for name in map(fold_header, header.typed):
        if name in known and name in seen:
            raise _twins(header.typed, known[name][0], spec, known)
        seen.add(name)


def _twins(typed: Sequence[str], column: str, spec: KindSpec, names: Collection[str]) -> Refused:
    listed = quoted(name for name in typed if name and (not spec.is_private or fold_header(name) in names))
    return Refused(
        "extract.twins", column=column_words(column), headers=listed, kind=str(spec.kind), expected=spec.expected
    )


def _mapped_header(rows: list[Line], kind: Kind | None, source: ColumnMap) -> Header:
    """The header of a source with its own names: the first row that has them all."""
    spec = _mapped_spec(kind, source)
    constants = {name: str(given.value) for name, given in source.columns.items() if not isinstance(given, str)}
    wanted = {name: given for name, given in source.columns.items() if isinstance(given, str)}
    for row, typed in rows[: MAX_LETTERHEAD + 1]:
        folded = [fold_header(name) for name in typed]
        if all(fold_header(given) in folded for given in wanted.values()):
            _check_mapped_twins(folded, typed, wanted, spec)
            columns = {name: folded.index(fold_header(given)) for name, given in wanted.items()}
            return Header(spec.kind, row, columns, typed, constants, [typed])
    _, listed = _likely(rows, {fold_header(given) for given in wanted.values()}, is_private=spec.is_private)
    raise Refused("extract.map_unmatched", headers=listed, expected=quoted(wanted.values()))


def _mapped_spec(kind: Kind | None, source: ColumnMap) -> KindSpec:
    if kind is None and source.kind is None:
        raise Refused("extract.source_without_kind")
    spec = SPECS[kind or kind_named(str(source.kind))]
    unknown = [name for name in source.columns if name not in spec.columns]
    if unknown:
        raise Refused(
            "extract.map_unknown",
            names=quoted(unknown),
            kind=str(spec.kind),
            columns=[*map(column_words, spec.columns)],
        )
    if missing := spec.missing(source.columns):
        raise Refused("extract.map_missing", kind=str(spec.kind), missing=missing)
    return spec


def _check_mapped_twins(folded: list[str], typed: list[str], wanted: Mapping[str, str], spec: KindSpec) -> None:
    for column, given in wanted.items():
        if folded.count(fold_header(given)) > 1:
            raise _twins(typed, column, spec, {fold_header(name) for name in wanted.values()})


def _unrecognised(rows: list[Line], specs: list[KindSpec]) -> Refused:
    names = {name for spec in specs for name in known_headers(spec.kind)}
    likely, listed = _likely(rows, names, is_private=all(spec.is_private for spec in specs))
    if len(specs) == 1:
        (spec,) = specs
        columns = {"missing": spec.missing(read_as(spec, 0, likely, []).columns), "expected": spec.expected}
        return Refused("extract.columns_missing", kind=str(spec.kind), headers=listed, **columns)
    kinds = [Message("extract.kind_by", kind=str(spec.kind), columns=spec.recognised_by) for spec in specs]
    return Refused("extract.headers_unknown", headers=listed, expected=all_of(kinds))


def _likely(rows: list[Line], names: set[str], *, is_private: bool) -> tuple[list[str], Message | str]:
    """The row that looks most like headers (known names first, then filled cells; the earliest of equals), and what is
    said of it: its cells, or how many they are when none is a header we know.

    Of a row that may be a person's only the known headers are quoted.
    """
    cells = [cells for _, cells in rows]
    row = max(cells, key=lambda row: (sum(fold_header(cell) in names for cell in row), sum(map(bool, row))), default=[])
    words = shipped_words()
    known = names | known_to_all() | words.person_headers | words.person_columns
    known_cells = [cell for cell in row if fold_header(cell) in known]
    if any(row) and not known_cells:
        return row, Message("extract.no_known_header", count=sum(map(bool, row)))
    is_quotable = not is_private and not any(_is_data(cell) for cell in row)
    return row, quoted(filter(None, row) if is_quotable else known_cells)


def _is_data(cell: str) -> bool:
    """Whether a cell is an answer or a number, so that its row is no header and may be a person's."""
    words = shipped_words()
    is_answer = fold(cell) in words.attendance or fold(cell) in words.screening
    return is_answer or mask(cell) != cell or bool(_NUMBER_CELL.fullmatch(cell))


def unheaded(grid: Grid, header: Header) -> list[str]:
    """Columns without a header in which one of the first records holds something, by their place: "kolom H"."""
    filled = {place for row in first_records(grid, header) for place, cell in enumerate(row) if cell.strip()}
    width = len(header.typed) if grid.is_delimited else MAX_COLUMNS
    return [f"kolom {column_letters(place)}" for place in sorted(filled) if place < width and not header.heads(place)]


def names_columns(cells: Iterable[str], header: Header) -> bool:
    """Whether a row reads as headers: at least three are known, words of `header`, or begin as headers do, and not
    fewer than others; no digit in any but a year after words. A word that is also an answer tells nothing."""
    names, words = [_YEAR_AFTER.sub("", fold(cell)) for cell in cells if fold(cell)], shipped_words()
    own = known_to_all().union(map(fold_header, header.typed))
    own -= set(map(fold_header, (*words.attendance, *words.screening)))
    known = sum(fold_header(name) in own or _HEADER_WORD.match(name) is not None for name in names)
    return known >= max(FEWEST_HEADERS, len(names) / 2) and not any(map(str.isdigit, "".join(names)))


def reads_same(cells: Mapping[int, str], header: Header) -> bool:
    """Whether a row has a header for the same columns in the same places, in whatever words."""
    typed = [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]
    return read_as(SPECS[header.kind], 0, typed, []).columns == header.columns


def first_records(grid: Grid, header: Header) -> list[Sequence[str]]:
    """Those of the first rows under a header whose key is filled."""
    key = header.columns.get(SPECS[header.kind].always[0], -1)
    return [row for row in grid.head[header.row + 1 :] if 0 <= key < len(row) and row[key].strip()]


def told_headers(names: Iterable[str], *, is_private: bool) -> list[str]:
    """Headers of columns that are not read, each once, as they may be listed: without personal numbers.

    Of a list of persons only the usual ones and canonical names are listed, and the others counted: a list without
    headers of its own has persons in that place.
    """
    distinct = dict.fromkeys(names)
    canonical = {fold_header(column) for spec in SPECS.values() for column in spec.columns}
    words = shipped_words()
    usual = words.person_headers | words.person_columns | canonical
    listed = [name for name in distinct if not is_private or fold_header(name) in usual]
    others = len(distinct) - len(listed)
    masked = dict.fromkeys(mask(name)[:_MAX_HEADER] for name in listed)
    return [*masked, *([f"kolom lain ({others})"] if others else [])]
