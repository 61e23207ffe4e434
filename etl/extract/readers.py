"""Opens a file by what it is: which kinds of files can be read, and what is said of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from etl.extract.delimited import open_delimited
from etl.extract.refusal import Refused
from etl.extract.sheet import Sheet
from etl.extract.workbook import open_workbook

MAX_BYTES = 256 * 1024 * 1024

Opener = Callable[[Path], AbstractContextManager[Iterator[Sheet]]]

_OPENERS: Mapping[str, Opener] = {
    ".csv": open_delimited,
    ".tsv": open_delimited,
    ".txt": open_delimited,
    ".xlsx": open_workbook,
}
_READABLE = "CSV atau XLSX"

# First bytes of files that people give a table's name.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "arsip ZIP atau lembar kerja XLSX"),
    (b"\xd0\xcf\x11\xe0", "berkas Office lama (XLS) atau berkas yang dikunci kata sandi"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"GIF8", "gambar GIF"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf", "arsip 7z"),
    (b"\x1f\x8b", "arsip gzip"),
)
_ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def open_sheets(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a file, closed again at the end.

    Raises Refused for what is no table: unreadable, empty, too large, encrypted, or not what its name says.
    """
    try:
        opener = _opener(path)
        with opener(path) as sheets:
            yield sheets
    except PermissionError as error:
        raise Refused("berkas ini tidak boleh dibuka; periksa hak aksesnya.") from error


def _opener(path: Path) -> Opener:
    suffix = path.suffix.casefold()
    if not path.is_file():
        raise Refused("berkas ini tidak ditemukan; periksa nama dan foldernya.")
    size = path.stat().st_size
    if size == 0:
        raise Refused("berkas ini kosong (0 bita); simpan ulang dari aplikasi asalnya.")
    if size > MAX_BYTES:
        raise Refused(f"berkas ini lebih besar dari {MAX_BYTES // 1024**2} MB; bagi menjadi beberapa berkas.")
    if suffix not in _OPENERS:
        raise Refused(f'berkas berakhiran "{suffix}" belum dapat dibaca; simpan sebagai {_READABLE}.')
    _check_content(path, suffix)
    return _OPENERS[suffix]


def _check_content(path: Path, suffix: str) -> None:
    """Raises Refused when the file's first bytes say that it is not what its name says."""
    with path.open("rb") as file:
        first = file.read(16)
    content = next((name for signature, name in _SIGNATURES if first.startswith(signature)), None)
    if first.startswith(b"\xd0\xcf\x11\xe0") and _is_encrypted(path):
        raise Refused("berkas ini dikunci kata sandi; buka kuncinya lalu simpan lagi.")
    if suffix == ".xlsx" and not first.startswith(b"PK\x03\x04"):
        raise Refused(
            f"isi berkas ini {content or 'bukan lembar kerja'}, bukan XLSX; simpan ulang sebagai {_READABLE}."
        )
    if suffix != ".xlsx" and content is not None:
        raise Refused(f"isi berkas ini {content}, bukan CSV; simpan ulang sebagai {_READABLE}.")


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return _ENCRYPTED_MARK in file.read(MAX_BYTES)
