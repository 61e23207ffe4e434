"""An SOP from a workbook in the form of Permenpan-RB 35/2012: No, Kegiatan, Pelaksana with a mark in one column a
role, Mutu Baku (Kelengkapan, Waktu, Output), Keterangan.

What comes out is the document that an SOP's file holds. Steps come one after the other unless Keterangan says
otherwise; shapes that are drawn over the cells are not read. Whatever had to be guessed is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_access.errors import Message
from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.extract.dates import DateReader, Stamp
from etl.extract.files.readers import open_sheets
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import cell_text
from etl.extract.sop_notes import Told, told_by
from etl.extract.words import fold, squeeze

Cells = Sequence[str]

_HEADS = {
    "number": ("no", "no.", "nomor", "no urut"),
    "activity": (
        "kegiatan",
        "uraian kegiatan",
        "uraian prosedur",
        "aktivitas",
        "uraian",
        "prosedur",
        "uraian aktivitas",
    ),
    "actor": ("pelaksana", "pelaksana kegiatan", "aktor"),
    "requires": ("kelengkapan", "persyaratan/kelengkapan", "persyaratan / kelengkapan", "kelengkapan/persyaratan"),
    "time": ("waktu", "waktu (menit)", "waktu (jam)", "waktu (hari)", "waktu penyelesaian"),
    "output": ("output", "keluaran", "hasil"),
    "note": ("keterangan", "ket", "ket."),
}
_HEAD_OF = {name: head for head, names in _HEADS.items() for name in names}
_LABELS = {
    "nomor sop": "nomor", "no sop": "nomor", "no. sop": "nomor", "nama sop": "judul", "judul sop": "judul",
    "tgl efektif": "efektif", "tanggal efektif": "efektif", "tgl. efektif": "efektif",
    "tgl pembuatan": "dibuat", "tanggal pembuatan": "dibuat", "tgl. pembuatan": "dibuat",
    "tgl revisi": "revisi", "tanggal revisi": "revisi", "tgl. revisi": "revisi",
    "dasar hukum": "dasar_hukum", "kualifikasi pelaksana": "kualifikasi", "keterkaitan": "keterkaitan",
    "peralatan/perlengkapan": "peralatan", "peralatan / perlengkapan": "peralatan", "peringatan": "peringatan",
    "pencatatan dan pendataan": "pencatatan",
}  # fmt: skip
_BESIDE = ("nomor", "judul", "efektif", "dibuat", "revisi")
"""What stands to the right of its label; the rest stands below."""

_SECTION = re.compile(r"([A-Z])[.)]\s+(\S.*)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CODE = re.compile(r"[a-zA-Z]?\d{1,3}[a-zA-Z]?")


@dataclass(frozen=True)
class Note:
    """Something that was not certain: the code of the step, if it is one's, and what was taken."""

    step: str | None
    message: Message


@dataclass(frozen=True)
class SopForm:
    """The document of the SOP, and what was not certain of it."""

    document: dict[str, Any]
    notes: tuple[Note, ...]


@dataclass
class _Row:
    """One step as the form has it; `marks` by role."""

    section: str
    number: str
    activity: str
    marks: dict[str, str]
    cells: dict[str, str]
    unit: str
    code: str = ""


@dataclass
class _Step:
    """What its row and the notes of all rows say of a step."""

    row: _Row
    told: Told
    follows: list[str] = field(default_factory=list)
    chosen_from: str = ""
    returns_to: str = ""
    is_optional: bool = False


def read_sop_form(path: Path) -> SopForm:
    """The SOP in a workbook. Raises Refused where no sheet has the table of the form."""
    with open_sheets(path) as sheets:
        grids = [[[squeeze(cell_text(cell)) for cell in row] for row in sheet.rows] for sheet in sheets]
    rows = [row for grid in grids for row in _rows(grid)]
    if not rows:
        raise Refused("sop_form.no_table")
    notes: list[Note] = []
    document = _identity(grids, path, notes)
    _give_codes(rows, notes)
    steps = _linked([_Step(row, told_by(row.cells.get("note", ""))) for row in rows], notes)
    document["langkah"] = {step.row.code: _step_table(step, notes) for step in steps}
    return SopForm(document, tuple(notes))


# The tables of the steps


@dataclass(frozen=True)
class _Columns:
    """Where the columns of a table stand; `roles` by column, empty where Pelaksana is one column of names."""

    heads: dict[str, int]
    roles: dict[int, str]
    first: int
    unit: str


def _rows(grid: Sequence[Cells]) -> Iterator[_Row]:
    """The steps of all tables of a sheet."""
    heads = [at for at, row in enumerate(grid) if {"activity", "actor"} <= {*map(_head, row)}]
    above = 0
    for place, at in enumerate(heads):
        if at and at - 1 in heads:
            continue
        columns = _columns(grid, at)
        section = _title_above(grid[above:at])
        above = heads[place + 1] if place + 1 < len(heads) else len(grid)
        yield from _steps_of(grid[columns.first : above], columns, section)


def _head(cell: str) -> str:
    return _HEAD_OF.get(fold(cell), "")


def _columns(grid: Sequence[Cells], at: int) -> _Columns:
    """The columns of the table whose head begins in that row and may go on in the next."""
    below: Cells = grid[at + 1] if at + 1 < len(grid) else ()
    upper, lower = [_head(cell) for cell in grid[at]], [_head(cell) for cell in below]
    heads: dict[str, int] = {}
    for line in (upper, lower):
        for column, head in enumerate(line):
            if head:
                heads.setdefault(head, column)
    begin = heads["actor"]
    end = min((column for column in heads.values() if column > begin), default=len(grid[at]))
    end = min([end, *(column for column in range(begin + 1, len(grid[at])) if grid[at][column])])
    names = {
        column: below[column] for column in range(begin, min(end, len(below))) if below[column] and not lower[column]
    }
    has_lower = bool(names) or any(lower)
    activity = heads["activity"]
    is_step = has_lower and not any(lower) and activity < len(below) and bool(below[activity])
    roles = {} if is_step else names
    unit = re.search(r"\((menit|jam|hari)\)", fold(" ".join([*grid[at], *below])))
    return _Columns(heads, roles, at + 2 if has_lower and not is_step else at + 1, unit[1] if unit else "")


def _title_above(rows: Sequence[Cells]) -> str:
    """The letter of the section that a table is headed by, if any."""
    for row in reversed(rows):
        filled = [cell for cell in row if cell]
        if filled:
            found = _SECTION.fullmatch(filled[0])
            return found[1] if found and len({*filled}) == 1 else ""
    return ""


def _steps_of(rows: Iterable[Cells], columns: _Columns, section: str) -> Iterator[_Row]:
    """The steps of one table; a row that goes on with the step above is joined to it."""
    held: _Row | None = None
    for cells in rows:
        row = _row(cells, columns, section)
        is_heading = _SECTION.fullmatch(row.activity or row.number)
        if is_heading and not row.marks and not row.cells.get("time"):
            section = is_heading[1]
            continue
        if not row.activity or _head(row.activity) or row.activity.isdigit():
            continue
        if held is not None and _goes_on(held, row):
            _join(held, row)
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def _row(cells: Cells, columns: _Columns, section: str) -> _Row:
    def at(head: str) -> str:
        column = columns.heads.get(head, len(cells))
        return cells[column] if column < len(cells) else ""

    marks = {role: cells[column] for column, role in columns.roles.items() if column < len(cells) and cells[column]}
    if not columns.roles and at("actor"):
        marks = {at("actor"): "x"}
    rest = {head: at(head) for head in ("requires", "time", "output", "note")}
    return _Row(section, at("number").rstrip(".)"), at("activity"), marks, rest, columns.unit)


def _goes_on(held: _Row, row: _Row) -> bool:
    """Whether a row belongs to the step above: it has the same number, or neither number nor mark nor time."""
    if row.number:
        return row.number == held.number
    return not row.marks and not row.cells["time"]


def _join(held: _Row, row: _Row) -> None:
    if row.activity not in held.activity:
        held.activity += " " + row.activity
    held.marks |= row.marks
    for head, text in row.cells.items():
        if text and text not in held.cells[head]:
            held.cells[head] = f"{held.cells[head]} {text}".strip()


def _give_codes(rows: Sequence[_Row], notes: list[Note]) -> None:
    """The number of a step is its code, behind the letter of its section where there are several."""
    sections = dict.fromkeys(row.section for row in rows)
    names = {section: section or chr(ord("A") + at) for at, section in enumerate(sections)}
    used: set[str] = set()
    for at, row in enumerate(rows, start=1):
        is_usable = bool(_CODE.fullmatch(row.number))
        code = (names[row.section] if len(sections) > 1 else "") + (row.number if is_usable else str(at))
        others = (str(at), *(f"X{number}" for number in range(at, at + len(rows))))
        code = next(one for one in (code, *others) if one not in used)
        used.add(code)
        row.code = code
        if not is_usable:
            notes.append(Note(code, Message("sop_form.no_number", step=code, number=row.number)))
    if len(sections) > 1:
        notes.append(Note(None, Message("sop_form.sections", names=list(names.values()))))


# The order of the steps


def _linked(steps: list[_Step], notes: list[Note]) -> list[_Step]:
    """The steps with what they follow, by what the rows say and where they stand."""
    by_code = {step.row.code: step for step in steps}
    order = list(by_code)

    def named(step: _Step, numbers: Iterable[str]) -> list[str]:
        """The codes of steps that a note names by their numbers; what there is not is said."""
        found = []
        for number in numbers:
            same = [s.row.code for s in steps if number.upper() in (s.row.code.upper(), s.row.number.upper())]
            mine = [code for code in same if by_code[code].row.section == step.row.section] or same
            if mine:
                found.append(mine[0])
            else:
                notes.append(Note(step.row.code, Message("sop_form.no_such_step", step=step.row.code, number=number)))
        return found

    for step in steps:
        _decide(step, named(step, step.told.goes_to), by_code, order, notes)
        back = named(step, step.told.returns_to)
        step.returns_to = back[0] if back else step.returns_to
        step.is_optional |= step.told.is_optional
        for chosen in named(step, step.told.chosen_from)[:1]:
            step.chosen_from = chosen
    ends: list[str] = []
    for step in steps:
        after, beside = named(step, step.told.after), named(step, step.told.beside)
        _place(step, after, beside, ends, by_code, notes)
        if step.told.is_doubtful:
            notes.append(Note(step.row.code, Message("sop_form.not_understood", text=step.row.cells["note"])))
    return steps


def _decide(step: _Step, goes_to: list[str], by_code: dict[str, _Step], order: list[str], notes: list[Note]) -> None:
    """A step that names where a letter goes next: several ways are a choice, an earlier step a return, a later one
    alone means that those between may be left out."""
    own = order.index(step.row.code)
    ahead = [code for code in goes_to if order.index(code) > own]
    step.returns_to = next((code for code in goes_to if order.index(code) < own), "")
    if len(ahead) > 1:
        for code in ahead:
            by_code[code].chosen_from = step.row.code
    elif ahead and order.index(ahead[0]) > own + 1:
        between = order[own + 1 : order.index(ahead[0])]
        for code in between:
            by_code[code].is_optional = True
        notes.append(Note(step.row.code, Message("sop_form.skips", step=step.row.code, between=between)))


def _place(
    step: _Step, after: list[str], beside: list[str], ends: list[str], by_code: dict[str, _Step], notes: list[Note]
) -> None:
    """Let the step follow what its row says, else those after which nothing comes yet (`ends`)."""
    code = step.row.code
    if step.chosen_from:
        others = [one for one in by_code.values() if one.chosen_from == step.chosen_from and one is not step]
        step.follows = [step.chosen_from]
        is_first = not any(one.follows for one in others)
        ends[:] = [code] if is_first else [*ends, code]
    elif beside:
        step.follows = list(by_code[beside[0]].follows)
        ends.append(code)
    else:
        step.follows = after or list(ends)
        if len(ends) > 1 and not after:
            notes.append(Note(code, Message("sop_form.joins", step=code, follows=list(ends))))
        ends[:] = [one for one in ends if one not in step.follows] + [code] if after else [code]
    if step.told.is_end:
        ends.remove(code)


# The cells of a step


def _step_table(step: _Step, notes: list[Note]) -> dict[str, Any]:
    row = step.row
    table: dict[str, Any] = {"kegiatan": row.activity}
    actor = _actor(row, notes)
    table |= {"pelaksana": actor} if actor else {}
    table["kelengkapan"], table["output"] = row.cells["requires"], row.cells["output"]
    table["waktu"] = _time(row, notes)
    if "kalender" in fold(table["waktu"]):
        table["jam"] = "berjalan"
    table["mengikuti"] = step.follows
    maybe = {"catatan": row.cells["note"], "pilihan_dari": step.chosen_from, "kembali_ke": step.returns_to}
    table |= {key: text for key, text in maybe.items() if text}
    return table | ({"boleh_dilewati": True} if step.is_optional else {})


def _actor(row: _Row, notes: list[Note]) -> str:
    """Who does the step: the role whose column is marked."""
    roles = list(row.marks)
    if len(roles) > 1:
        notes.append(Note(row.code, Message("sop_form.several_marks", step=row.code, actor=roles[0], others=roles[1:])))
    if not roles:
        notes.append(Note(row.code, Message("sop_form.no_mark", step=row.code)))
    return roles[0] if roles else ""


def _time(row: _Row, notes: list[Note]) -> str:
    """The time as it is printed; a clock or a bare number in the unit of the head."""
    text = row.cells["time"]
    if clock := _CLOCK.fullmatch(text):
        hours, minutes = int(clock[1]), int(clock[2])
        return " ".join(f"{count} {unit}" for count, unit in ((hours, "jam"), (minutes, "menit")) if count) or text
    if row.unit and re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        notes.append(Note(row.code, Message("sop_form.unit", step=row.code, number=text, unit=row.unit)))
        return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {row.unit}"
    return text


# The identity


def _identity(grids: Sequence[Sequence[Cells]], path: Path, notes: list[Note]) -> dict[str, Any]:
    """Number, title, date and the printed block of the SOP, as far as the workbook has them."""
    found: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for grid in grids:
        for at, row in enumerate(grid):
            for column, cell in enumerate(row):
                key = _LABELS.get(fold(cell).rstrip(" :"))
                if key in _BESIDE:
                    value = next(
                        (other.lstrip(": ") for other in row[column + 1 :] if other.strip(": ") and other != cell), ""
                    )
                    found.setdefault(key, value)
                elif key is not None:
                    lists.setdefault(key, _below(grid, at, column))
    if not found.get("judul"):
        notes.append(Note(None, Message("sop_form.no_title", title=path.stem)))
    document: dict[str, Any] = {"nomor": found.get("nomor", ""), "judul": found.get("judul") or path.stem}
    document |= _date(found.get("efektif", ""), notes)
    printed: dict[str, Any] = {key: found[key] for key in ("dibuat", "revisi", "efektif") if found.get(key)}
    printed |= {key: "; ".join(items) if key == "peringatan" else items for key, items in lists.items() if items}
    return document | ({"identitas": printed} if printed else {})


def _below(grid: Sequence[Cells], at: int, column: int) -> list[str]:
    """The lines under a label, up to an empty cell or the next label."""
    lines: list[str] = []
    for row in grid[at + 1 :]:
        cell = row[column] if column < len(row) else ""
        if not cell or fold(cell).rstrip(" :") in _LABELS or _head(cell):
            break
        lines += [cell] if cell not in lines else []
    return lines


def _date(text: str, notes: list[Note]) -> dict[str, Any]:
    """From when it is in force; of a month alone its first day."""
    reader = DateReader(None)
    for written, is_month in ((text, False), (f"1 {text}", True)):
        stamp = reader.read(written)
        day = stamp.day if isinstance(stamp, Stamp) else MISSING
        if day != MISSING:
            notes += [Note(None, Message("sop_form.month_only", text=text, day=day_date(day)))] if is_month else []
            return {"berlaku_sejak": day_date(day)}
    notes.append(Note(None, Message("sop_form.no_date", text=text)))
    return {}
