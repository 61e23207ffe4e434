"""A backup put in the place of what a home holds, whole or not at all; what was there is moved aside, never deleted."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data_access.errors import PantauError, cause_of
from data_access.exchange import (
    ASIDE,
    STAGED,
    Exchange,
    alone_in,
    begin_exchange,
    carry_out,
    contents_of,
    give_up,
    pending_exchange,
)
from data_access.home import KEY_FILE, Home
from data_access.records import (
    Connection,
    Engine,
    RecordsError,
    SchemaState,
    migrate,
    one_load,
    open_records,
    reading,
    records_url,
    schema_state,
)
from data_access.records.access import RESTORED, note_action
from data_access.records.copies import (
    count_missing_files,
    files_on_record,
    headline_counts,
    is_newer,
    other_sessions,
    page_damage,
    replace_all,
    rows_of,
    tables_of,
)
from data_access.records.engine import keep_chain, note_newest_link
from data_access.records.logins import end_all_access
from etl.judging.publishing import Progress, catch_up
from etl.keeping.archive import BackupFileError, Manifest, member_name
from etl.keeping.backup import make_backup, opened_archive, refuse_without_room
from etl.office import Office


class RestoreError(PantauError):
    """Nothing was restored, and nothing changed."""


@dataclass(frozen=True)
class Order:
    """What to restore into which home. `database_url` None: the records lie in the home; `replaces`: what is there may
    be moved aside."""

    file: Path
    home: Home
    database_url: str | None
    now: int
    zone: ZoneInfo
    passphrase: str | None = None
    replaces: bool = False

    @property
    def moment(self) -> str:
        """Office day and time, as names of folders hold it."""
        return f"{datetime.fromtimestamp(self.now, self.zone):%Y-%m-%d-%H%M%S}"


@dataclass(frozen=True)
class Restored:
    """What came back. `aside`: what was there before; `missing`: photos and scans on record without their file;
    `mart_fault`: why the figures could not be worked out yet."""

    manifest: Manifest
    counts: dict[str, int]
    missing: int
    aside: list[Path]
    mart_fault: PantauError | None

    @property
    def is_key_missing(self) -> bool:
        """Whether the backup lacks the key of the home, so nothing agrees with the chain any more."""
        return self.manifest.chain is not None and member_name(Path(KEY_FILE)) not in self.manifest.members


def restore(order: Order, progress: Progress) -> Restored:
    """Check the file, stage what it holds, and exchange it for what is there.

    Raises RestoreError, BackupFileError, BackupError, RecordsError; then nothing has changed.
    """
    if not order.file.is_file():
        raise RestoreError("restore.no_file", file=order.file)
    order.home.make()
    restored_by = _on_postgresql if order.database_url else _on_sqlite
    try:
        return restored_by(order, progress)
    except OSError as fault:
        raise RestoreError("restore.failed", cause=cause_of(fault)) from fault


def _on_sqlite(order: Order, progress: Progress) -> Restored:
    root = order.home.root
    with alone_in(order.home.in_use_path), _staging(root) as staged:
        _refuse_content(order)
        manifest = _staged(order, staged, "sqlite")
        records = open_records(records_url(Home(staged), None), Home(staged).secret_path)
        try:
            _compare(records, manifest)
            migrate(records)
            with one_load(records) as connection:
                _note(connection, order, manifest)
                counts, missing = headline_counts(connection), _missing(connection, Home(staged))
            note_newest_link(records)
        finally:
            records.dispose()
        fault = _rebuilt(Home(staged), None, order.now, progress)
        exchange = begin_exchange(root, staged, _free(root, f"{ASIDE}{order.moment}").name)
        _exchanged(root, exchange)
    aside = [root / exchange.aside] if (root / exchange.aside).exists() else []
    return Restored(manifest, counts, missing, aside, fault)


def _on_postgresql(order: Order, progress: Progress) -> Restored:
    home, root, records = order.home, order.home.root, open_records(order.database_url or "")
    try:
        with alone_in(home.in_use_path), _staging(root) as staged:
            _refuse_content(order)
            manifest = _staged(order, staged, "postgresql")
            keep_chain(records, Home(staged).secret_path)
            kept = _refuse_database(order, records)
            old = [_kept_before(order, records)] if kept else []
            exchange = begin_exchange(root, staged, _free(root, f"{ASIDE}{order.moment}").name, secrets.token_hex(8))
            try:
                counts, missing = _loaded(order, records, manifest, staged, exchange.token or "")
            except BaseException:
                give_up(root, exchange)
                raise
            _exchanged(root, exchange)
            with suppress(RecordsError):  # all is restored, whatever becomes of the note
                keep_chain(records, home.secret_path)
                note_newest_link(records)
    finally:
        records.dispose()
    fault = _rebuilt(home, order.database_url, order.now, progress)
    aside = [root / exchange.aside] if (root / exchange.aside).exists() else []
    return Restored(manifest, counts, missing, [*old, *aside], fault)


def _exchanged(root: Path, exchange: Exchange) -> None:
    try:
        carry_out(root, exchange)
    except OSError as fault:
        raise RestoreError("restore.unfinished", cause=cause_of(fault)) from fault


def _loaded(order: Order, records: Engine, manifest: Manifest, staged: Path, token: str) -> tuple[dict[str, int], int]:
    """Put the tables of the backup in the place of the database's, in one transaction."""
    with opened_archive(order.file, staged, order.passphrase) as archive, one_load(records) as connection:
        replace_all(connection, manifest.revision, manifest.tables, archive.opened_table, token)
        if rows_of(connection, manifest.tables) != dict(manifest.rows):
            raise BackupFileError("restore.broken")
        _note(connection, order, manifest)
        return headline_counts(connection), _missing(connection, Home(staged))


def _staged(order: Order, staged: Path, kind: str) -> Manifest:
    """The files of the backup in that folder, all of them compared with its manifest."""
    with opened_archive(order.file, staged, order.passphrase) as archive:
        manifest = archive.manifest
        if is_newer(manifest.revision):
            raise BackupFileError("restore.newer", product=manifest.product)
        if manifest.database != kind:
            raise RestoreError(f"restore.of_{manifest.database}")
        content = sum(member.bytes for member in manifest.members.values())
        mart = content if kind == "sqlite" else 0
        refuse_without_room(staged, content + mart)
        archive.extract(staged)
        return manifest


def _refuse_content(order: Order) -> None:
    names = contents_of(order.home.root)
    if names and not order.replaces:
        raise RestoreError("restore.not_empty", folder=order.home.root)
    for name in names:
        if (order.home.root / name).is_mount():
            raise RestoreError("restore.mounted", folder=order.home.root / name)


def _refuse_database(order: Order, records: Engine) -> bool:
    """Whether the database holds records that are kept first. Raises RestoreError when it must not be replaced."""
    state = schema_state(records)
    if state is SchemaState.FOREIGN:
        raise RestoreError("restore.foreign_database")
    if state is not SchemaState.EMPTY and not order.replaces:
        raise RestoreError("restore.not_empty_database")
    with reading(records) as connection:
        if count := other_sessions(connection):
            raise RestoreError("restore.database_in_use", count=count)
    return state is not SchemaState.EMPTY


def _kept_before(order: Order, records: Engine) -> Path:
    """A backup of what the database holds now."""
    order.home.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _free(order.home.backups, f"{ASIDE}{order.moment}", ".zip")
    return make_backup(order.home, records, order.now, order.zone, path, order.passphrase)[0]


def _compare(records: Engine, manifest: Manifest) -> None:
    with reading(records) as connection:
        is_whole = page_damage(connection) is None
        if not is_whole or rows_of(connection, tables_of(connection)) != dict(manifest.rows):
            raise BackupFileError("restore.broken")


def _missing(connection: Connection, home: Home) -> int:
    return sum(count_missing_files(home, files_on_record(connection)).values())


def _note(connection: Connection, order: Order, manifest: Manifest) -> None:
    end_all_access(connection, order.now, RESTORED)  # who signed out or was shut out since would be in again
    detail = {"made_at": manifest.at}
    note_action(connection, RESTORED, at=order.now, actor="cli", subject=order.file.name, detail=detail)


def _rebuilt(home: Home, database_url: str | None, now: int, progress: Progress) -> PantauError | None:
    """Work out the figures again; what is in the way of it, for the restored rules may be broken."""
    try:
        office = Office.open(home, database_url, lambda: now)
    except PantauError as fault:
        return fault
    try:
        catch_up(office, now, progress, from_scratch=True)
    except PantauError as fault:
        return fault
    finally:
        office.close()
    return None


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder in the home for what is restored; what killed processes left goes too."""
    for old in root.glob(f"{STAGED}*"):
        shutil.rmtree(old, ignore_errors=True)
    staged = root / f"{STAGED}{secrets.token_hex(4)}"
    staged.mkdir(mode=0o700)
    try:
        yield staged
    finally:
        if pending_exchange(root) is None:
            shutil.rmtree(staged, ignore_errors=True)


def _free(folder: Path, stem: str, suffix: str = "") -> Path:
    """The path of that name, with a number behind it when there is one already."""
    names = (f"{stem}{number}{suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(folder / name for name in names if not (folder / name).exists())
