"""What is kept no longer than the settings say: the access log and with it the alerts that went out, scans, photos,
rejected rows, files that nobody names.

A run is on record with what went, how much and up to when, and its link of the chain names every row. Requests, passes,
sessions, checks and reports are never touched: figures are made of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from data_access.records import Connection, reading, writing
from data_access.records.access import (
    CALENDAR_READ,
    REFUSALS,
    REJECTS_DONE,
    AuditFilter,
    actions_page,
    forget_actions_before,
    newest_but,
    note_action,
)
from data_access.records.copies import files_on_record
from data_access.records.intake.rejects import forget_rejects_before
from data_access.records.intake.views import marked_loads
from data_access.records.letters import forget_scans_of_letters
from data_access.records.notices import forget_notices_before
from data_access.records.rooms import forget_photos_before
from etl.domain.units import DAY
from etl.keeping.alerts import LOOK_BACK_SECONDS
from etl.keeping.backup import BACKUP
from etl.keeping.seals import CHECKED
from etl.office import Office
from etl.settings.tables import Retention

RETENTION = "retention"
"""The action of a run; its detail has for each kind how many went and the moment before which they were."""


SILENT_SECONDS = 30 * DAY
"""After so long without anybody it is rather the clock that stands ahead: nothing goes before somebody comes."""

_BY_ITSELF = (RETENTION, BACKUP, CHECKED, CALENDAR_READ, *REFUSALS)
"""Actions that are no sign of anybody: the server's own, and those of whoever only knocks."""


def is_retention_due(office: Office, now: int) -> bool:
    """Whether the last run is a day ago, or a clock that was put back makes it one to come."""
    with reading(office.records) as connection:
        last = actions_page(connection, AuditFilter(actions=(RETENTION,)), 1)
        somebody_at = newest_but(connection, _BY_ITSELF)
    if somebody_at is not None and now - somebody_at > SILENT_SECONDS:
        return False
    return not last or not 0 <= now - last[0].at < DAY


def run_retention(office: Office, now: int) -> dict[str, int]:
    """Drop what is older than the settings allow; how many of each kind. Raises RecordsError."""
    plan, home = office.settings.retention, office.home
    with writing(office.records) as connection:
        gone, scans, photos = _forgotten(connection, plan, now)
        detail = {kind: {"count": count, "before": _before(plan, kind, now)} for kind, count in gone.items()}
        note_action(connection, RETENTION, at=now, detail=detail)
        named = files_on_record(connection)
    _remove(home.scans, scans)
    _remove(home.photos, photos)
    orphans = {home.scans: named["scans"], home.photos: named["photos"]}
    return gone | {"orphans": sum(_remove_orphans(folder, names, now) for folder, names in orphans.items())}


def _forgotten(connection: Connection, plan: Retention, now: int) -> tuple[dict[str, int], list[str], list[str]]:
    gone = {
        "access_log": forget_actions_before(connection, _before(plan, "access_log", now)),
        "alerts": forget_notices_before(connection, _before(plan, "alerts", now)),
    }
    scans = forget_scans_of_letters(connection, _before(plan, "scans", now)) if plan.scans else []
    photos = forget_photos_before(connection, _before(plan, "photos", now)) if plan.photos else []
    if plan.scans:
        gone["scans"] = len(scans)
    if plan.photos:
        gone["photos"] = len(photos)
    if plan.rejects:
        gone["rejects"] = forget_rejects_before(connection, _done_with(connection), _before(plan, "rejects", now))
    return gone, scans, photos


def _done_with(connection: Connection) -> set[int]:
    """The loads whose rejected rows somebody is done with."""
    done = (entry.subject or "" for entry in marked_loads(connection) if entry.action == REJECTS_DONE)
    return {int(number) for subject in done if (number := subject.removeprefix("load ")).isdecimal()}


def _before(plan: Retention, kind: str, now: int) -> int:
    """The moment before which things of a kind go. Alerts are a log of who was told what, and stay while they say of
    what is still news that it was told."""
    if kind == "alerts":
        return now - max(plan.access_log.seconds, LOOK_BACK_SECONDS)
    return now - int(getattr(plan, kind).seconds)


def _remove_orphans(folder: Path, named: Iterable[str], now: int) -> int:
    """Delete files of a folder that no record names and that have lain there for a day; how many."""
    known = set(named)
    old = [path.name for path in folder.glob("*") if path.name not in known and _is_old(path, now)]
    _remove(folder, old)
    return len(old)


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Delete files by name; what cannot be deleted now is nobody's at the next run."""
    for name in names:
        with suppress(OSError):
            (folder / name).unlink()


def _is_old(path: Path, now: int) -> bool:
    return path.is_file() and path.stat().st_mtime < now - DAY
