"""One file that holds the office: made while others write, verified by restoring it, and only then given its name.

cadangan/cadangan-2026-11-30-174405+0700.zip   named by the office's time; `.terkunci.zip`: locked by a passphrase
cadangan/gagal.json                            when the last one failed and why; gone with the next that does not
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from data_access.errors import Message, PantauError, cause_of, stored, stored_message
from data_access.home import Home
from data_access.locks import held_if_free
from data_access.mart.files import sync_file, sync_folder
from data_access.records import (
    Connection,
    Engine,
    RecordsError,
    SchemaState,
    open_records,
    reading,
    schema_state,
    writing,
)
from data_access.records.access import lines_given_up, note_action
from data_access.records.chain import Head, head
from data_access.records.copies import (
    copy_out,
    copy_sqlite,
    page_damage,
    revision_of,
    rows_of,
    size_of,
    tables_of,
    try_in,
)
from data_access.records.engine import trying
from etl.domain.units import HOUR
from etl.keeping.archive import RECORDS, TABLES, Archive, ArchiveWriter, Manifest, is_locked, lock, member_name, unlock
from etl.settings.document import Settings

_NAME = re.compile(r"cadangan-(\d{4}-\d\d-\d\d-\d{6}[+-]\d{4})(\.terkunci)?(?:-\d+)?\.zip")
BACKUP = "backup"
"""The action of a copy of all records; its subject is the file."""

_FAILED = "gagal.json"
_WORK = ".sementara-"
_LOCK = ".kunci"
_SPARE_BYTES = 64 << 20
"""What must stay free beside a backup, for whoever writes meanwhile."""


@dataclass(frozen=True)
class Backup:
    """One backup in the home's folder, as its name tells it; `at` in seconds since 1970."""

    path: Path
    at: int
    bytes: int
    is_locked: bool


@dataclass(frozen=True)
class Failure:
    """The last backup that failed, while none has been made since."""

    at: int
    reason: Message | str


class BackupError(PantauError):
    """No backup was made; whatever was begun is gone again."""


def backups(home: Home) -> list[Backup]:
    """The backups in the home's folder, the newest first; each was verified before it had its name."""
    named = [(path, match) for path in home.backups.glob("*.zip") if (match := _NAME.fullmatch(path.name))]
    made = [Backup(path, _moment(match[1]), path.stat().st_size, bool(match[2])) for path, match in named]
    return sorted(made, key=lambda one: (one.at, one.path.name), reverse=True)


def chain_heads(home: Home, records: Engine) -> dict[str, Head]:
    """The link of the chain at which each backup of the home's folder was made, by its name; of locked ones nothing can
    be said, nor of damaged ones. Those of records that a restore put aside are on another chain."""
    with reading(records) as connection:
        given_up = lines_given_up(connection)
    heads = {}
    for one in backups(home):
        is_aside = any(made_at < one.at <= restored_at for made_at, restored_at in given_up)
        with suppress(PantauError, OSError):
            if not one.is_locked and not is_aside and (kept := _head_in(one.path)) is not None:
                heads[one.path.name] = kept
    return heads


def _head_in(path: Path) -> Head | None:
    with closing(Archive(path)) as archive:
        return Head.of(archive.manifest.chain or "")


def last_failure(home: Home) -> Failure | None:
    """Why the last attempt made no backup; None when it made one."""
    try:
        document = json.loads((home.backups / _FAILED).read_text(encoding="utf-8"))
        return Failure(int(document["at"]), stored_message(document["reason"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_running(home: Home) -> bool:
    """Whether a backup of that home is being made now."""
    if not home.backups.is_dir():
        return False
    with held_if_free(home.backups / _LOCK) as is_free:
        return not is_free


def is_due(home: Home, settings: Settings, now: int) -> bool:
    """Whether the server is to make a backup now: so long after the newest one as the settings say, an hour after one
    that failed; never of invented records."""
    plan = settings.backup
    if home.is_demo or not plan.keep:
        return False
    failure = last_failure(home)
    if failure is not None and 0 <= now - failure.at < HOUR:
        return False
    # One of a later time was made while the clock stood ahead: it says nothing of when the next is due.
    newest = next((one.at for one in backups(home) if one.at <= now), None)
    return newest is None or now - newest >= plan.every.seconds


def discard_old(home: Home, settings: Settings, now: int) -> list[Path]:
    """Delete all backups of the home's folder but as many of the newest as the settings keep; which ones went.

    Those of a later time than now, made while the clock stood ahead, go before all others.
    """
    newest_first = sorted(backups(home), key=lambda one: one.at > now)
    old = [one.path for one in newest_first[max(settings.backup.keep, 1) :]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def make_backup(
    home: Home, records: Engine, now: int, zone: ZoneInfo, target: Path | None = None, passphrase: str | None = None
) -> tuple[Path, Manifest]:
    """Make a backup, verify it and give it its name: `target`, else one of the home's folder. Never overwrites.

    Raises BackupError, RecordsError; a failure is on record in the home.
    """
    _refuse_what_is_no_office(records)
    with ExitStack() as stack:
        try:
            home.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
            is_ours = stack.enter_context(held_if_free(home.backups / _LOCK))
        except OSError as fault:  # a disk that is only read
            raise BackupError("backup.failed", cause=cause_of(fault)) from fault
        if not is_ours:
            raise BackupError("backup.running", folder=home.root)
        path = target or _free_name(home, now, zone, passphrase)
        _refuse_name(path)
        try:
            made = _made(home, records, now, path, passphrase)
        except (PantauError, OSError) as fault:
            error = fault if isinstance(fault, PantauError) else BackupError("backup.failed", cause=cause_of(fault))
            _note_failure(home, now, error)
            raise error from fault
        (home.backups / _FAILED).unlink(missing_ok=True)
        _note(records, path, now)
        return made


def _note(records: Engine, path: Path, now: int) -> None:
    """Keep in the audit that a copy of all records was made; records of an older form have no place for it, and where
    nothing can be written the backup is good all the same."""
    if schema_state(records) is SchemaState.CURRENT:
        with suppress(RecordsError), writing(records) as connection:
            note_action(connection, BACKUP, at=now, subject=path.name)


def _refuse_name(path: Path) -> None:
    if path.exists():
        raise BackupError("backup.exists", file=path)
    if not path.parent.is_dir():
        raise BackupError("backup.no_folder", folder=path.parent)


def _made(home: Home, records: Engine, now: int, path: Path, passphrase: str | None) -> tuple[Path, Manifest]:
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    with _work_folder(home) as work:
        try:
            manifest = _write(home, records, now, part, work, passphrase)
            verify(part, records, work, passphrase)
            sync_file(part)
            _give_name(part, path)
        finally:
            part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return path, manifest


def _give_name(part: Path, path: Path) -> None:
    """Let a file have its name at once and whole, unless another came there meanwhile."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise BackupError("backup.exists", file=path) from None
    except OSError:  # a disk without links, as a card or a stick has
        _refuse_name(path)
        part.rename(path)


def _write(home: Home, records: Engine, now: int, part: Path, work: Path, passphrase: str | None) -> Manifest:
    plain = work / "isi.zip" if passphrase else part
    with reading(records) as connection:
        _refuse_full_disk(part.parent, work, size_of(connection), home.kept_files(), is_locked=bool(passphrase))
        writer = ArchiveWriter(plain)
        tables = _write_records(connection, writer, work)
        revision = revision_of(connection)
        rows, newest = _state(connection, rows_of(connection, tables_of(connection)))
    for path in home.kept_files():  # after the records: what they name was there before them
        writer.add_file(member_name(path.relative_to(home.root)), path)
    kind = records.dialect.name
    manifest = Manifest(version("pantau"), revision, kind, now, rows, writer.members, tables, newest)
    writer.close(manifest)
    if passphrase:
        lock(plain, part, passphrase)
        plain.unlink()
    return manifest


def _write_records(connection: Connection, writer: ArchiveWriter, work: Path) -> dict[str, tuple[str, ...]]:
    """The records as this transaction sees them; the tables of PostgreSQL that became members of their own."""
    if connection.dialect.name == "sqlite":
        copy = work / RECORDS
        copy_sqlite(connection, copy)
        writer.add_file(RECORDS, copy)
        copy.unlink()
        return {}
    tables = tables_of(connection)
    for name, columns in tables.items():
        with writer.member(f"{TABLES}{name}.copy") as out:
            copy_out(connection, name, columns, out)
    return tables


def verify(path: Path, records: Engine, work: Path, passphrase: str | None = None) -> Manifest:
    """Restore a backup into a temporary place and compare it with its manifest: every member's digest, the pages, the
    rows of every table. `records`: the PostgreSQL in which tables are tried. Raises BackupError, BackupFileError."""
    with opened_archive(path, work, passphrase) as archive:
        manifest = archive.manifest
        state = _state_of_copy(archive, work) if manifest.database == "sqlite" else _state_of_tables(archive, records)
        for name in manifest.members:
            if name != RECORDS:
                archive.check_member(name)
    if state != (dict(manifest.rows), manifest.chain):
        raise BackupError("backup.not_verified", file=path.name)
    return manifest


@contextmanager
def opened_archive(path: Path, work: Path, passphrase: str | None) -> Iterator[Archive]:
    """A backup to read from, unlocked in `work` when it is locked. Raises BackupFileError."""
    plain = path
    if is_locked(path):
        if not passphrase:
            raise BackupError("restore.locked", file=path.name)
        plain = work / "terbuka.zip"
        refuse_without_room(work, path.stat().st_size)
        unlock(path, plain, passphrase)
    try:
        with closing(Archive(plain)) as archive:
            yield archive
    finally:
        if plain != path:
            plain.unlink(missing_ok=True)


_State = tuple[dict[str, int], str | None]
"""Rows of each table, and the newest link of the chain where there is one."""


def _state(connection: Connection, rows: dict[str, int]) -> _State:
    newest = head(connection) if "chain_link" in rows else None
    return rows, None if newest is None else str(newest)


def _state_of_copy(archive: Archive, work: Path) -> _State:
    copy = work / "diperiksa.sqlite"
    archive.extract_records(copy)
    engine = open_records(f"sqlite:///{copy}")
    try:
        with reading(engine) as connection:
            damage = page_damage(connection)
            if damage:
                raise BackupError("backup.damaged", fault=damage)
            return _state(connection, rows_of(connection, tables_of(connection)))
    finally:
        engine.dispose()
        copy.unlink()


def _state_of_tables(archive: Archive, records: Engine) -> _State:
    with trying(records) as connection:
        rows = try_in(connection, archive.manifest.tables, archive.opened_table)
        return _state(connection, rows)


def _refuse_what_is_no_office(records: Engine) -> None:
    state = schema_state(records)
    if state in {SchemaState.EMPTY, SchemaState.FOREIGN}:
        raise BackupError("backup.nothing")


def _refuse_full_disk(target: Path, work: Path, records: int, files: list[Path], *, is_locked: bool) -> None:
    """The file itself; one copy of the records while it is written and again while it is verified; once more all of it
    where a locked one is made of a plain one."""
    whole = records + sum(path.stat().st_size for path in files if path.exists())
    beside = records + (whole if is_locked else 0)
    is_one_disk = target.stat().st_dev == work.stat().st_dev
    refuse_without_room(target, whole + (beside if is_one_disk else 0))
    refuse_without_room(work, beside)


def refuse_without_room(folder: Path, wanted: int) -> None:
    """Raises BackupError when the disk of that folder has not so many bytes, and some to spare."""
    free, needed = shutil.disk_usage(folder).free, wanted + _SPARE_BYTES
    if free < needed:
        raise BackupError("backup.no_room", folder=folder, needed=_megabytes(needed), free=_megabytes(free))


def _megabytes(count: int) -> int:
    return -(-count // 1_000_000)


@contextmanager
def _work_folder(home: Home) -> Iterator[Path]:
    """A folder for what is only needed meanwhile; what killed processes left there goes too."""
    for old in home.backups.glob(f"{_WORK}*"):
        shutil.rmtree(old, ignore_errors=True)
    for old in home.backups.glob(".cadangan-*"):
        old.unlink(missing_ok=True)
    work = home.backups / f"{_WORK}{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _free_name(home: Home, now: int, zone: ZoneInfo, passphrase: str | None) -> Path:
    stem = f"cadangan-{datetime.fromtimestamp(now, zone):%Y-%m-%d-%H%M%S%z}" + (".terkunci" if passphrase else "")
    names = (home.backups / f"{stem}{suffix}.zip" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in names if not path.exists())


def _moment(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%d-%H%M%S%z").timestamp())


def _note_failure(home: Home, now: int, error: PantauError) -> None:
    with suppress(OSError):
        (home.backups / _FAILED).write_text(
            json.dumps({"at": now, "reason": stored(error.message)}, ensure_ascii=False), encoding="utf-8"
        )
