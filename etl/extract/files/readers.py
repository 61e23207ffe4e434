"""Opens a file by what it is: which kinds of files can be read, and what is said of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from data_access.errors import Message
from etl.extract.files.contents import Content, content_of
from etl.extract.files.delimited import open_delimited
from etl.extract.files.ods import open_ods
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.files.xls import open_xls
from etl.extract.files.xlsx import open_xlsx

MAX_BYTES = 256 * 1024 * 1024

Opener = Callable[[Path], AbstractContextManager[Iterator[Sheet]]]


@dataclass(frozen=True)
class Format:
    """A kind of files that can be read; `suffix` is the usual ending of their names."""

    name: str
    suffix: str
    open: Opener


_CSV = Format("CSV", ".csv", open_delimited)
_XLSX = Format("XLSX", ".xlsx", open_xlsx)
_FORMATS: Mapping[str, Format] = {
    ".csv": _CSV,
    ".tsv": _CSV,
    ".txt": _CSV,
    ".xlsx": _XLSX,
    ".xlsm": _XLSX,
    ".xls": Format("XLS", ".xls", open_xls),
    ".ods": Format("ODS", ".ods", open_ods),
}


@contextmanager
def open_sheets(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a file, closed again at the end.

    Raises Refused for what is no table: unreadable, empty, too large, locked, or not what its name says.
    """
    try:
        chosen = _format(path)
        with chosen.open(path) as sheets:
            yield sheets
    except PermissionError as error:
        raise Refused("extract.not_allowed") from error


def _format(path: Path) -> Format:
    suffix = path.suffix.casefold()
    if not path.is_file():
        raise Refused("extract.not_found")
    size = path.stat().st_size
    if size == 0:
        raise Refused("extract.empty_file")
    if size > MAX_BYTES:
        raise Refused("extract.file_too_large", most=MAX_BYTES // 1024**2)
    if suffix not in _FORMATS:
        raise Refused("extract.unknown_suffix", suffix=suffix)
    _check_content(_FORMATS[suffix], content_of(path))
    return _FORMATS[suffix]


def _check_content(expected: Format, content: Content) -> None:
    """Raises Refused when the file is locked or not what its name says.

    Bytes that are neither text nor anything known are left to the reader of CSV, which says where they stand.
    """
    if content.is_locked:
        raise Refused("extract.locked")
    if content.suffix == expected.suffix or (expected is _CSV and content.is_unknown):
        return
    held = Message(f"extract.content_{content.name}")
    if content.suffix is not None:
        raise Refused("extract.other_suffix", content=held, format=expected.name, suffix=content.suffix)
    raise Refused("extract.other_content", content=held, format=expected.name)
