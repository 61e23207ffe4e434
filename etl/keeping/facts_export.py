"""What the office measured, as Parquet files for other tools: a folder with one file a kind of facts."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from data_access.errors import PantauError, cause_of
from data_access.mart.export import EXPORTS, write_parquet
from etl.domain.verdict import Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.live import facts_at
from etl.office import Office
from etl.reference.steps import STEP_CODES

INCIDENTS = "incidents"
_WORDS = {
    "step": STEP_CODES,
    "verdict": tuple(Verdict),
    "reason": tuple(Reason),
    "start_rule": tuple(StartRule),
    "status": tuple(RequestStatus),
    "outcome": tuple(RequestVerdict),
}

_MOMENT = pa.timestamp("s", tz="UTC")
_INCIDENT_COLUMNS = pa.schema(
    [
        ("room", pa.string()), ("item", pa.string()), ("condition", pa.string()), ("first_at", _MOMENT),
        ("responded_at", _MOMENT), ("ended_at", _MOMENT), ("is_open", pa.bool_()), ("reports", pa.int32()),
        ("openings", pa.int32()), ("restore_working_seconds", pa.int64()), ("restore_elapsed_seconds", pa.int64()),
        ("respond_working_seconds", pa.int64()), ("respond_elapsed_seconds", pa.int64()),
        ("is_first_exact", pa.bool_()), ("is_end_exact", pa.bool_()), ("assigned_role", pa.string()),
    ]
)  # fmt: skip
"""One row per fault of an item of a room; seconds of an open one run to the moment asked for."""


class ExportError(PantauError):
    """No facts were written."""


def export_facts(office: Office, folder: Path, as_of: int) -> dict[str, int]:
    """Write every kind of facts into a new or empty folder, all of one mart; rows by name of file.

    Raises ExportError; then the folder is as it was.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError("export.not_empty", folder=folder)
    part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        part.mkdir(parents=True)
        rows = _written(office, part, as_of)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as fault:
        raise ExportError("export.failed", folder=folder, cause=cause_of(fault)) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return rows


def _written(office: Office, folder: Path, as_of: int) -> dict[str, int]:
    facts, words = facts_at(office, as_of), {**_WORDS, "agencies": tuple(office.settings.opd)}
    rows = {name: write_parquet(facts, name, folder / f"{name}.parquet", words) for name in EXPORTS}
    incidents = [_row(one) for one in incidents_at(office, as_of)]
    parquet.write_table(pa.Table.from_pylist(incidents, _INCIDENT_COLUMNS), os.fspath(folder / f"{INCIDENTS}.parquet"))
    return rows | {INCIDENTS: len(incidents)}


def _row(one: Incident) -> dict[str, Any]:
    names = [name for name in _INCIDENT_COLUMNS.names if not name.endswith(("_seconds", "_at"))]
    lengths = ("restore_working", "restore_elapsed", "respond_working", "respond_elapsed")
    plain = {name: getattr(one, name) for name in names}
    plain |= {f"{name}_seconds": getattr(one, name) for name in lengths}
    return plain | {name: _moment(getattr(one, name)) for name in ("first_at", "responded_at", "ended_at")}


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
