"""From a file to the screens: extract, one transaction into the records, publish the mart.

A kill at any instant leaves the records as before or after a file; a mart left behind the records is caught up at the
next start or load.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from data_access.errors import PantauError
from data_access.mart import Change, MartMeta
from data_access.records import one_load, reading
from data_access.records.loads import (
    Load,
    LoadCounts,
    begin_load,
    counts_of_repeat,
    find_same_load,
    finish_load,
    last_load_id,
    rejects_of,
    sources,
)
from data_access.records.passes import first_finish_days, passes_of, pauses_of
from data_access.records.requests import requests_touched_after, rows_of, touch_requests
from data_access.records.sessions import sessions_to_publish
from data_access.records.settings_store import save_settings
from etl.domain.frames import MISSING, Ints
from etl.domain.verdict import STEP_COUNT
from etl.extract import Extracted, IntakeWarning, Refused, Reject, extract
from etl.facts import PASS_COLUMNS, Rows, facts, session_fact
from etl.load import take_in
from etl.naming import name_again

if TYPE_CHECKING:
    from data_access.records import Connection, Engine
    from etl.domain.rules import Rules
    from etl.office import Office, Rulebook
    from etl.settings import Settings, SourceMap

CHUNK = 10_000
"""Letters judged at a time: memory is bounded by this, not by the number of letters."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LoadReport:
    """What became of one file; the keys of `to_json` are stable."""

    file: str
    sha256: str | None
    kind: str | None
    status: str
    reason: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    rejects: Sequence[Any] = ()
    warnings: Sequence[Any] = ()
    ignored_columns: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """One entry of `loads`."""
        ends = ("read", "accepted", "unchanged", "corrected", "waiting", "rejected")
        return {
            "file": self.file,
            "sha256": self.sha256,
            "kind": self.kind,
            "status": self.status,
            "reason": self.reason,
            **{end: int(self.counts.get(end, 0)) for end in ends},
            "rejects": [
                {"sheet": r.sheet, "row": r.row, "column": r.column, "code": r.code, "message": r.message}
                for r in self.rejects
            ],
            "warnings": [{"code": w.code, "row": w.row, "message": w.message} for w in self.warnings],
            "ignored_columns": list(self.ignored_columns),
        }


def ingest_file(
    office: Office,
    path: Path,
    now: int,
    *,
    kind: str | None = None,
    date_order: Sequence[str] = (),
    source: str | None = None,
    actor: str = "cli",
) -> LoadReport:
    """Load one file and publish what it changed. A refusal is a report, not an exception."""
    sha256: str | None = None
    try:
        chosen = find_source(office, source)
        content = _digest(path)
        sha256 = content
        options = load_options(kind, date_order, chosen)
        wanted = kind or (chosen.kind if chosen else None)
        with reading(office.records) as connection:
            same = find_same_load(connection, content, wanted, options)
            if same is not None:
                return _given_again(connection, path, same)
        extracted = extract(path, kind=wanted, date_order=read_orders(date_order), source=chosen, zone=office.zone)
    except PantauError as refusal:
        return LoadReport(path.name, sha256, kind, "refused", str(refusal))
    return _load(office, path.name, content, extracted, options, source, now, actor)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError:
        raise Refused(f"{path.name} adalah folder; sebutkan berkas CSV atau XLSX.") from None
    except FileNotFoundError:
        raise Refused(f"Berkas {path} tidak ada; periksa nama dan foldernya.") from None
    except PermissionError:
        raise Refused(f"Berkas {path} tidak boleh dibaca; periksa izinnya.") from None


def find_source(office: Office, name: str | None) -> SourceMap | None:
    """The `[[source]]` of that name. Raises PantauError listing the known ones."""
    if name is None:
        return None
    known = {source.name: source for source in office.settings.sources}
    if name not in known:
        listed = ", ".join(sorted(known)) or "belum ada satu pun"
        raise PantauError(f'Sumber "{name}" tidak ada dalam pengaturan ([[source]]); yang ada: {listed}.')
    return known[name]


def read_orders(orders: Sequence[str]) -> str | dict[str, str] | None:
    """`dmy`, or `Kolom=mdy` per column, as the reader takes it."""
    if not orders:
        return None
    named = dict(order.split("=", 1) for order in orders if "=" in order)
    plain = [order for order in orders if "=" not in order]
    for order in [*plain, *named.values()]:
        if order not in ("dmy", "mdy", "ymd"):
            raise PantauError(f'Urutan tanggal "{order}" tidak dikenal; tulis dmy, mdy, atau ymd.')
    if len(plain) > 1 or (plain and named):
        raise PantauError("--date-order: tulis satu urutan untuk semua kolom, atau KOLOM=URUTAN untuk tiap kolom.")
    return plain[0] if plain else named


def load_options(kind: str | None, date_order: Sequence[str], source: SourceMap | None) -> dict[str, Any]:
    """What besides the bytes decides how a file is read."""
    mapped = None if source is None else repr((source.kind, sorted(source.columns.items(), key=str), source.date_order))
    return {"kind": kind, "date_order": sorted(date_order), "source": mapped}


def _given_again(connection: Connection, path: Path, same: Load) -> LoadReport:
    counts = asdict(counts_of_repeat(connection, same))
    rejects = [
        Reject(_text(r["sheet"]), int(r["row"]), _text(r["column"]), r["code"], r["message"], {})
        for r in rejects_of(connection, same.id).to_dict("records")
    ]
    warnings = [IntakeWarning(w["code"], w["row"], w["message"], w.get("sheet")) for w in same.warnings]
    ignored = list(same.ignored_columns)
    return LoadReport(path.name, same.sha256, same.kind, "unchanged", None, counts, rejects, warnings, ignored)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _load(
    office: Office, file: str, sha256: str, extracted: Extracted, options: dict[str, Any], source: str | None,
    now: int, actor: str,
) -> LoadReport:  # fmt: skip
    kind = str(extracted.kind)
    book = office.book
    with one_load(office.records) as connection:
        load_id = begin_load(
            connection, file=file, sha256=sha256, kind=kind, options=options, started_at=now, source_name=source,
            actor=actor,
        )  # fmt: skip
        taken = take_in(connection, load_id, extracted, book)
        touch_requests(connection, np.array(sorted(taken.requests), dtype=np.int64), load_id)
        warnings = [asdict(warning) for warning in extracted.warnings]
        finish_load(
            connection, load_id, LoadCounts(**taken.counts), finished_at=now, warnings=warnings,
            ignored_columns=extracted.ignored_columns,
        )  # fmt: skip
    catch_up(office, now)
    return LoadReport(
        file, sha256, kind, "loaded", None, taken.counts, extracted.rejects, extracted.warnings,
        extracted.ignored_columns,
    )  # fmt: skip


def _silent(_done: int, _total: int) -> None:
    """No progress shown."""


def catch_up(office: Office, now: int, progress: Progress = _silent, *, from_scratch: bool = False) -> MartMeta | None:
    """Publish everything that the mart lacks: what came since its load, or all of it when the rules have changed."""
    book = office.book

    def change(meta: MartMeta | None) -> Change | None:
        with reading(office.records) as connection:
            last, first = last_load_id(connection), _first_handovers(connection)
            since = None if meta is None or from_scratch or not _is_judged_so(meta, book, first) else meta.load_id
            if since is not None and since >= last:
                return None
            return _change(connection, book, first, since, last, progress)

    return office.mart.publish(change, 0, book.hash, built_at=now)


def _is_judged_so(meta: MartMeta, book: Rulebook, first: tuple[int, ...]) -> bool:
    return meta.rules_hash == book.hash and meta.first_handovers == first


def _first_handovers(connection: Connection) -> tuple[int, ...]:
    days = first_finish_days(connection)
    return tuple(days.get(step, MISSING) for step in range(STEP_COUNT))


def _change(
    connection: Connection, book: Rulebook, first: tuple[int, ...], since: int | None, last: int, progress: Progress
) -> Change:
    """The letters touched since a load, or all of them (`since` None), judged."""
    every = requests_touched_after(connection, 0)
    ids = every if since is None else requests_touched_after(connection, since)
    is_full = since is None or 2 * len(ids) > len(every)
    ids, since = (every, None) if is_full else (ids, since)
    places = sources(connection)
    rows = sessions_to_publish(connection, since, ids)
    frames = {"session_fact": session_fact(rows, places, book.calendar)}
    rules = book.rules(np.array(first, dtype=np.int64))
    more = ahead(_parts(connection.engine, ids, rules, places, progress))
    if is_full:
        return Change(frames, is_full=True, load_id=last, first_handovers=first, more=more)
    told, sessions = ids.tolist(), rows["id"].tolist()
    return Change(frames, requests=told, sessions=sessions, load_id=last, first_handovers=first, more=more)


def _parts(
    records: Engine, ids: Ints, rules: Rules, places: pd.DataFrame, progress: Progress
) -> Iterator[dict[str, pd.DataFrame]]:
    """The judged letters, some thousand at a time."""
    with reading(records) as connection:
        for start in range(0, len(ids), CHUNK):
            yield _facts(connection, ids[start : start + CHUNK], rules, places)
            progress(min(start + CHUNK, len(ids)), len(ids))


Part = TypeVar("Part")


def ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same parts, each next one made in a second thread while the one before is used."""
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = worker.submit(next, parts, None)
            yield part


def _facts(connection: Connection, ids: Ints, rules: Rules, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    rows, passes = rows_of(connection, ids), passes_of(connection, ids, *PASS_COLUMNS)
    registered, pauses = rows[~rows["is_waiting"]], pauses_of(connection, ids)
    return facts(Rows(registered, passes, pauses, places), rules)


def rebuild(office: Office, now: int, progress: Progress = _silent) -> MartMeta:
    """Judge everything again from the records."""
    meta = catch_up(office, now, progress, from_scratch=True)
    if meta is None:
        raise PantauError("Mart tidak dapat disusun; jalankan `pantau check`.")
    return meta


@dataclass(frozen=True)
class Applied:
    """Settings in force: their version, and how many waiting rows joined."""

    version: int
    joined: int


def apply_settings(office: Office, settings: Settings, now: int, *, actor: str, reason: str = "") -> Applied:
    """Store a new version of the settings, name OPD and rooms again by it, and judge again; one transaction."""
    with one_load(office.records) as connection:
        version = save_settings(connection, settings.to_document(), at=now, actor=actor, reason=reason)
        joined = name_again(connection, settings)
    office.forget_rules()
    catch_up(office, now)
    return Applied(version, joined)
