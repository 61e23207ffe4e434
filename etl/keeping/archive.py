"""The file of a backup: a ZIP whose manifest tells what every member is, and how it is locked by a passphrase.

    manifest.json          product, revision, rows of every table, size and SHA-256 of every member
    records.sqlite         the records of SQLite, whole
    tables/<table>.copy    or those of PostgreSQL, a table a member, as COPY text
    files/<path>           what lies in the home beside them, names with %XX where they are not plain

A locked one is a ZIP of two members in the format of age (age-encryption.org): `identity.age`, a key that the
passphrase opens, and `content.age`, the ZIP above for that key. Without this product: `unzip`, then
`age -d -i identity.age content.age > content.zip`.

Nothing that such a file says is believed: names, sizes and digests are compared, and no member leaves its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pyrage

from data_access.errors import PantauError
from data_access.home import KEPT

FORMAT = 1
MANIFEST, RECORDS, TABLES, FILES = "manifest.json", "records.sqlite", "tables/", "files/"
_IDENTITY, _CONTENT = "identity.age", "content.age"

CHUNK_BYTES = 1 << 20
_PACKED_BELOW = 64 << 20
"""Larger members are stored as they are: packing them would take longer than copying them many times over."""

_LONGEST_MANIFEST = 64 << 20
_LATEST = 2**37
"""No backup was made so late; it is in the year 6325."""

_DATABASES = ("sqlite", "postgresql")
_PICTURES = (".jpg", ".jpeg", ".png", ".pdf", ".xlsx", ".zip")


class BackupFileError(PantauError):
    """A file that is no backup, a damaged one, or one that this passphrase does not open."""


@dataclass(frozen=True)
class Member:
    """One member: bytes and SHA-256 of its content."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `at`: seconds since 1970; `tables`: columns of PostgreSQL's tables in their order."""

    product: str
    revision: str
    database: str
    at: int
    rows: Mapping[str, int]
    members: Mapping[str, Member]
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chain: str | None = None
    format: int = FORMAT

    def to_json(self) -> str:
        """The text of the member `manifest.json`."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """The manifest that `to_json` wrote. Raises BackupFileError."""
        try:
            document = json.loads(text)
            if document["format"] > FORMAT:
                raise BackupFileError("restore.newer", product=str(document["product"]))
            members = {name: Member(int(one["bytes"]), str(one["sha256"])) for name, one in document["members"].items()}
            tables = {name: tuple(map(str, columns)) for name, columns in document["tables"].items()}
            rows = {str(name): int(count) for name, count in document["rows"].items()}
            product, revision, database = (str(document[key]) for key in ("product", "revision", "database"))
            at, chain = int(document["at"]), document["chain"]
            if not 0 <= at < _LATEST or database not in _DATABASES or not isinstance(chain, str | None):
                raise BackupFileError("restore.broken")
            return cls(product, revision, database, at, rows, members, tables, chain)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as fault:
            raise BackupFileError("restore.broken") from fault


class ArchiveWriter:
    """Writes the members of a backup one after the other, by chunks; `members` tells what was written."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_STORED, compresslevel=1)
        self.members: dict[str, Member] = {}

    def add_file(self, name: str, path: Path) -> None:
        """Add a regular file. A symbolic link, a pipe or a device is left out, and so is a file that just went."""
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            if path.exists() and not path.is_symlink():
                raise
            return
        with os.fdopen(descriptor, "rb") as source:
            about = os.fstat(descriptor)
            if stat.S_ISREG(about.st_mode):
                with self.member(name, about.st_size) as out:
                    while piece := source.read(CHUNK_BYTES):
                        out.write(piece)

    @contextmanager
    def member(self, name: str, size: int | None = None) -> Iterator[IO[bytes]]:
        """A new member to write to; `size` when it is known."""
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o600 << 16
        is_small = size is not None and size < _PACKED_BELOW and not name.endswith(_PICTURES)
        info.compress_type = zipfile.ZIP_DEFLATED if is_small else zipfile.ZIP_STORED
        info._compresslevel = 1  # type: ignore[attr-defined]
        with self._zip.open(info, "w", force_zip64=True) as out:
            counted = _Counted(out)
            yield counted  # type: ignore[misc]
        self.members[name] = Member(counted.bytes, counted.digest.hexdigest())

    def close(self, manifest: Manifest | None = None) -> None:
        """Write the manifest and the end of the file."""
        if manifest is not None:
            self._zip.writestr(MANIFEST, manifest.to_json(), zipfile.ZIP_DEFLATED)
        self._zip.close()


class _Counted:
    """Passes bytes on and counts them."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.bytes, self.digest = out, 0, hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.bytes += len(piece)
        self.digest.update(piece)
        return self._out.write(piece)


class Archive:
    """A backup that is read; close it at the end. Raises BackupFileError for whatever is wrong with the file."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
            raise BackupFileError("restore.broken") from fault
        try:
            self.manifest = self._checked_manifest()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """A member to read from."""
        with _broken_is_said(), self._zip.open(name) as source:
            yield source

    def opened_table(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The rows of a table of PostgreSQL to read from."""
        return self.opened(f"{TABLES}{name}.copy")

    def check_member(self, name: str) -> None:
        """Read a member and compare it with the manifest."""
        self._read(name, None)

    def extract(self, folder: Path) -> None:
        """Put the records of SQLite and the files into a folder, each compared with the manifest on the way; tables
        are only compared."""
        for name in self.manifest.members:
            place = folder / _place(name)
            self._read(name, None if name.startswith(TABLES) else place)

    def extract_records(self, path: Path) -> None:
        """Put the records of SQLite there, compared on the way."""
        self._read(RECORDS, path)

    def _read(self, name: str, path: Path | None) -> None:
        digest = hashlib.sha256()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.opened(name) as source, open(path or os.devnull, "wb" if path is None else "xb") as out:  # noqa: PTH123
            while piece := source.read(CHUNK_BYTES):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != self.manifest.members[name].sha256:
            raise BackupFileError("restore.broken")

    def _checked_manifest(self) -> Manifest:
        infos = {info.filename: info for info in self._zip.infolist()}
        if MANIFEST not in infos or infos[MANIFEST].file_size > _LONGEST_MANIFEST:
            raise BackupFileError("restore.foreign")
        with self.opened(MANIFEST) as source:
            manifest = Manifest.from_json(source.read())
        sizes = {name: info.file_size for name, info in infos.items() if name != MANIFEST}
        is_told = len(infos) == len(self._zip.infolist()) and sizes == {n: m.bytes for n, m in manifest.members.items()}
        if not is_told or not all(map(is_safe, sizes)):
            raise BackupFileError("restore.broken")
        return manifest


def member_name(path: Path) -> str:
    """The member in which a file of the home goes; whatever its name is made of, no system takes offence at this."""
    return FILES + "/".join(quote_from_bytes(os.fsencode(part), safe=" ()[],+=@~!'") for part in path.parts)


def _place(name: str) -> str:
    """Where a member belongs in the home."""
    return os.fsdecode(unquote_to_bytes(name.removeprefix(FILES)))


def is_safe(name: str) -> bool:
    """Whether a member of that name may be: the records, a table, or a file that stays below its folder."""
    if name == RECORDS:
        return True
    parts = PurePosixPath(name).parts
    is_plain = "/".join(parts) == name and all(map(_is_plain, parts))
    is_known = name.startswith(TABLES) or (name.startswith(FILES) and parts[1] in KEPT)
    return is_plain and is_known and len(parts) > 1


def _is_plain(part: str) -> bool:
    """Whether a part of a member's name is the name of one file or folder, as it stands and as it is put down."""
    steps = {"/", "\0", os.sep, os.altsep or os.sep}
    put_down = os.fsdecode(unquote_to_bytes(part))
    return not set(part) & set("\\:\0") and put_down not in {"", "..", "."} and not steps & set(put_down)


@contextmanager
def _broken_is_said() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, KeyError, ValueError, zlib.error) as fault:
        raise BackupFileError("restore.broken") from fault


def is_locked(path: Path) -> bool:
    """Whether the file asks for a passphrase. Raises BackupFileError when it is no ZIP."""
    try:
        with zipfile.ZipFile(path) as outer:
            return _IDENTITY in outer.namelist()
    except (zipfile.BadZipFile, ValueError) as fault:
        raise BackupFileError("restore.broken") from fault


def lock(plain: Path, locked: Path, passphrase: str) -> None:
    """Write the backup `plain` as one that only the passphrase opens."""
    identity = pyrage.x25519.Identity.generate()
    with zipfile.ZipFile(locked, "x", zipfile.ZIP_STORED) as outer:
        outer.writestr(_IDENTITY, pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        with plain.open("rb") as source, outer.open(_CONTENT, "w", force_zip64=True) as out:
            pyrage.encrypt_io(source, out, [identity.to_public()])


def unlock(locked: Path, plain: Path, passphrase: str) -> None:
    """Write what the passphrase opens as a plain backup. Raises BackupFileError: wrong passphrase, damaged file."""
    with _broken_is_said(), zipfile.ZipFile(locked) as outer:
        try:
            words = pyrage.passphrase.decrypt(outer.read(_IDENTITY), passphrase)
        except pyrage.DecryptError as fault:
            raise BackupFileError("restore.wrong_passphrase") from fault
        try:
            with outer.open(_CONTENT) as source, plain.open("xb") as out:
                pyrage.decrypt_io(source, out, [pyrage.x25519.Identity.from_str(words.decode())])
        except (pyrage.DecryptError, pyrage.IdentityError) as fault:
            raise BackupFileError("restore.broken") from fault
        except OSError as fault:
            if fault.errno is not None:  # the disk, not what is on it
                raise
            raise BackupFileError("restore.broken") from fault
