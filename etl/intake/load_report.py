"""What is given to be loaded and what becomes of it: a file's bytes, how it is read, the report of its load."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from data_access.errors import Message, PantauError, Words
from etl.extract import Kind, Refused, open_file
from etl.extract.contradictions import CELLS_DISAGREE, NUMBER_SLIPPED, YEAR_DOUBTFUL
from etl.extract.files.refusal import EVENT_LEFT_OUT, UNCALCULATED, all_of
from etl.extract.findings import EVENT_REPLACED, LETTERS_IN_CELL, SAID_TWICE, TIME_WITHOUT_DATE
from etl.extract.furniture import Furniture
from etl.extract.sheets import HIDDEN_SHEET, UNREAD
from etl.extract.texts import letter_name
from etl.intake.changed_records import LETTER_CHANGED, LETTER_TWICE, LISTS_SUMMED, NUMBERS_SHIFTED, ROW_REPLACED
from etl.intake.doubtful_uses import CANCELLED_USED, OTHER_AGENCY, USE_AGAIN
from etl.intake.letters_told import LETTER_TOLD
from etl.intake.missing_numbers import NUMBERS_MISSING
from etl.intake.several_senders import SENDERS_IN_CELL
from etl.office import Office, Rulebook
from etl.settings.document import Settings, SourceMap

ENDS = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")
REPAIR_PREFIX = "tolakan-"
"""How the name of a file of rejected rows begins; the number of its load follows."""

STAMPED = "cap di layar"
"""The reason where a stamp given on a screen stands against what a page or a file says."""

CALENDAR = ".ics"
"""The ending of the name of a calendar."""

SHOWN_CORRECTIONS, LISTED_CORRECTIONS = 5, 100
"""So many corrected letters are named in a sentence, and in JSON."""

SHOWN_FURNITURE = 8
"""So many rows of a kind are named in a sentence."""

NOT_PUBLISHED = "not_published"
"""Code of the warning that a load is stored and the screens do not show it yet."""

TO_BE_LOOKED_AT = frozenset(
    {
        *UNREAD, NOT_PUBLISHED, HIDDEN_SHEET, EVENT_LEFT_OUT, UNCALCULATED,  # not read, or not shown
        # A row stands in the place of another one, or of its letter.
        EVENT_REPLACED, ROW_REPLACED, LETTER_CHANGED, NUMBERS_SHIFTED,
        CELLS_DISAGREE, SAID_TWICE, YEAR_DOUBTFUL,  # what cannot all be right
        LETTERS_IN_CELL, NUMBERS_MISSING, LETTER_TOLD, SENDERS_IN_CELL,  # a letter may stand in the row of another
        NUMBER_SLIPPED, LETTER_TWICE, CANCELLED_USED, OTHER_AGENCY, USE_AGAIN, LISTS_SUMMED,
    }
)  # fmt: skip
"""Codes of the warnings with which a load is not done before a person has looked."""

LOOKED_AT_OF_KIND = frozenset({(Kind.DISPOSISI, TIME_WITHOUT_DATE)})
"""Kinds with the codes that are so only of rows of that kind."""

_LONGEST_STEM = 80
_UNSAFE = re.compile(r"[^\w.() -]+")


@dataclass(frozen=True)
class LoadReport:
    """What became of the rows of one kind in one file; the keys of `to_json` are stable.

    `status`: loaded, unchanged (these bytes are in already) or refused. `load_id` is the load that holds the rows, None
    for a refusal. `rejects` carry no cells: those are in the records. `waits`: rows of this load that wait still.
    `set_aside`: cells without which rows were taken. `corrections`: the first of a register, with `year`, `agenda_key`,
    `sheet` and `row`. `is_passing`: what refused it lies in our own records or mart, not in the file, which may be
    given again later. `changed`, `repeated`: ids of the letters of which rows
    say something new, or again what is known.
    """

    file: str
    sha256: str | None
    kind: str | None
    status: str
    reason: Message | str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    rejects: Sequence[Any] = ()
    warnings: Sequence[Any] = ()
    ignored_columns: Sequence[str] = ()
    load_id: int | None = None
    waits: Sequence[Any] = ()
    set_aside: Sequence[Any] = ()
    furniture: Sequence[Furniture] = ()
    corrections: Sequence[Mapping[str, Any]] = ()
    is_passing: bool = False
    changed: Collection[int] = ()
    repeated: Collection[int] = ()

    def to_json(self, words: Words) -> dict[str, Any]:
        """One entry of `loads`, its messages in words."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "kind": self.kind,
            "status": self.status,
            "reason": None if self.reason is None else words(self.reason),
            **{end: int(self.counts.get(end, 0)) for end in ENDS},
            "rejects": [
                {"sheet": r.sheet, "row": r.row, "column": r.column, "code": r.code, "message": words(r.message)}
                for r in self.rejects
            ],
            "warnings": [{"code": w.code, "row": w.row, "message": words(w.message)} for w in self.warnings],
            "ignored_columns": list(self.ignored_columns),
            "set_aside": [_cell_aside(cell, words) for cell in self.set_aside],
            "furniture": [asdict(row) for row in self.furniture],
            "corrections": [
                {"sheet": c["sheet"], "row": c["row"], "letter": letter_name(c["year"], c["agenda_key"])}
                for c in self.corrections
            ],
            "waits": [
                {"sheet": w.sheet, "row": w.row, "code": w.code, "message": words(w.message)} for w in self.waits
            ],
        }

    def summary(self) -> Message:
        """The load in one sentence."""
        if self.status == "refused":
            return Message("load.refused", reason=self.reason or "")
        code = "load.known" if self.status == "unchanged" else "load.counts"
        counts = {end: int(self.counts.get(end, 0)) for end in ENDS}
        return Message(code, file=self.file, kind=self.kind or "", **counts)


def needs_a_person(report: LoadReport) -> bool:
    """Whether somebody must look at what became of a file: rows or cells that were not taken, or a warning."""
    codes = {warning.code for warning in report.warnings}
    is_told = not codes.isdisjoint(TO_BE_LOOKED_AT) or any((report.kind, code) in LOOKED_AT_OF_KIND for code in codes)
    is_untaken = report.status == "refused" or report.counts.get("rejected") or report.counts.get("waiting")
    return bool(is_told or is_untaken or report.set_aside)


def _cell_aside(cell: Any, words: Words) -> dict[str, Any]:
    place = {"sheet": cell.sheet, "row": cell.row, "column": cell.column, "field": cell.field}
    return place | {"text": cell.text, "code": cell.code, "message": words(cell.message)}


def correction_words(report: LoadReport) -> Message:
    """Which letters the load corrected: the first of them, and how many more."""
    count, first = int(report.counts["corrected"]), report.corrections[:SHOWN_CORRECTIONS]
    named = [
        Message("load.corrected_letter", letter=letter_name(one["year"], one["agenda_key"]), row=one["row"])
        for one in first
    ]
    if count > len(named):
        return Message("load.corrected_some", count=count, letters=named, more=count - len(named))
    return Message("load.corrected", count=count, letters=named)


def furniture_words(rows: Sequence[Furniture]) -> Message:
    """Which rows are no records, by kind in the order in which they are met."""
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        if (number := str(row.row)) not in by_kind.setdefault(row.kind, []):  # of several sheets each may have it
            by_kind[row.kind].append(number)
    kinds = [
        Message(
            f"load.furniture_{kind}", rows=[*numbers[:SHOWN_FURNITURE], *(["…"] * (len(numbers) > SHOWN_FURNITURE))]
        )
        for kind, numbers in by_kind.items()
    ]
    return Message("load.furniture", count=len(rows), kinds=all_of(kinds))


def rejects_name(load_id: int, file: str, suffix: str) -> str:
    """ "tolakan-12-agenda.xlsx": safe on every system, and recognised when it comes back repaired."""
    stem = file
    while match := re.match(rf"{REPAIR_PREFIX}\d+-", stem):
        stem = stem[match.end() :]
    plain = _UNSAFE.sub("_", PurePath(stem).stem).strip(" ._")[:_LONGEST_STEM]
    return f"{REPAIR_PREFIX}{load_id}-{plain or 'berkas'}{suffix}"


def find_source(office: Office, name: str | SourceMap | None) -> SourceMap | None:
    """The `[[source]]` of that name, or the map itself. Raises PantauError listing the known ones."""
    if not isinstance(name, str):
        return name
    known = {source.name: source for source in office.settings.sources}
    if name not in known:
        listed = sorted(known) or Message("intake.none_yet")
        raise PantauError("intake.unknown_source", name=name, known=listed)
    return known[name]


def series_day(path: Path, zone: ZoneInfo, now: int) -> date | None:
    """The day as of which the series of a calendar are followed; None for a file without any."""
    has_series = path.suffix.casefold() == CALENDAR and b"RRULE" in path.read_bytes()
    return datetime.fromtimestamp(now, zone).date() if has_series else None


def opened(
    path: Path,
    now: int,
    *,
    kind: str | None,
    date_order: Sequence[str],
    source: SourceMap | None,
    book: Rulebook,
    name: str,
    with_hidden: bool,
) -> AbstractContextManager[Sequence[Any]]:
    """The extractions of a file as `open_file` gives them; of a calendar its events as rows of the register.

    Raises Refused.
    """
    orders = read_orders(date_order)
    if path.suffix.casefold() != CALENDAR:
        return open_file(
            path, kind=kind, date_order=orders, source=source, zone=book.zone, name=name, with_hidden=with_hidden,
            dependents=book.dependents,
        )  # fmt: skip
    if kind not in (None, Kind.PERMOHONAN):
        raise Refused("intake.calendar_kind", file=name, kind=kind)
    from etl.extract.calendars import open_calendar  # its library is only loaded for calendars

    return nullcontext((open_calendar(path, book.zone, datetime.fromtimestamp(now, book.zone).date()),))


def read_orders(orders: Sequence[str]) -> str | dict[str, str] | None:
    """`dmy`, or `Kolom=mdy` per column, as the reader takes it."""
    if not orders:
        return None
    named = dict(order.split("=", 1) for order in orders if "=" in order)
    plain = [order for order in orders if "=" not in order]
    for order in [*plain, *named.values()]:
        if order not in ("dmy", "mdy", "ymd"):
            raise PantauError("intake.date_order", order=order)
    if len(plain) > 1 or (plain and named):
        raise PantauError("intake.date_orders")
    return plain[0] if plain else named


def load_options(
    kind: str | None,
    date_order: Sequence[str],
    source: SourceMap | None,
    settings: Settings,
    *,
    with_hidden: bool = False,
    series_on: date | None = None,
) -> dict[str, Any]:
    """What besides the bytes decides how a file is read; `series_on`: see `series_day`."""
    hidden = {"with_hidden": True} if with_hidden else {}
    source_read = None if source is None else how_read(source)
    numbering = settings.numbering_of(source)
    numbered = {"numbering": numbering} if numbering else {}
    as_of = {} if series_on is None else {"as_of": series_on.isoformat()}
    return {"kind": kind, "date_order": sorted(date_order), "source": source_read, **hidden, **numbered, **as_of}


def how_read(source: SourceMap) -> str:
    """The same of two sources that read a file alike."""
    values = {column: sorted(words.items()) for column, words in sorted(source.values.items())}
    told = (source.kind, sorted(source.columns.items(), key=str), source.date_order)
    return repr((*told, values) if values else told)


def file_digest(path: Path, name: str | None = None) -> str:
    """The SHA-256 of a file in hexadecimal; `name` is what it is called instead of the path's own.

    Raises Refused when it is not there, is no file, or may not be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe or a device may never end
            raise Refused("intake.no_plain_file", file=name or path.name)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError:
        raise Refused("intake.is_folder", file=name or path.name) from None
    except FileNotFoundError:
        raise Refused("intake.no_file", file=name or str(path)) from None
    except PermissionError:
        raise Refused("intake.file_not_allowed", file=name or str(path)) from None
