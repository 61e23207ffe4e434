"""From a file to the screens: extract, one transaction into the records, publish the mart.

A kill at any instant leaves the records as before or after a file; a mart left behind the records is caught up at the
next start or load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.errors import Message, PantauError
from data_access.mart import MartError
from data_access.records import RecordsError, one_load, reading
from data_access.records.intake.loads import (
    Load,
    LoadCounts,
    begin_load,
    counts_of_repeat,
    find_same_load,
    finish_load,
    loads_of_file,
    rejects_of,
)
from data_access.records.office import save_settings
from data_access.records.requests import touch_requests
from etl.extract import IntakeWarning, Refused, Reject, open_cells, open_file
from etl.extract.files.file_name import told_name
from etl.intake.file_digest import file_digest
from etl.intake.load import take_in
from etl.intake.load_report import NOT_PUBLISHED, LoadReport, find_source, load_options, read_orders
from etl.intake.rename_rows import name_again
from etl.judging.publishing import catch_up, fault_of_catching_up, rebuild
from etl.office import settings_in

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.extract import Extraction, Sheet
    from etl.office import Office, Rulebook
    from etl.settings.document import Settings, SourceMap

__all__ = [
    "Applied",
    "LoadReport",
    "apply_settings",
    "catch_up",
    "find_source",
    "ingest",
    "ingest_cells",
    "load_options",
    "read_orders",
    "rebuild",
    "take_file",
]


def ingest(
    office: Office,
    path: Path,
    now: int,
    *,
    kind: str | None = None,
    date_order: Sequence[str] = (),
    source: str | SourceMap | None = None,
    actor: str = "cli",
    name: str | None = None,
    origin: str | None = None,
) -> tuple[LoadReport, ...]:
    """Load one file whole and publish what it changed: one report for each kind found in it.

    `source` names a `[[source]]`, or is a map that no setting holds (yet: then `origin` is the name it will have).
    `name` is what is shown and stored instead of the path's own. A refusal is a report, not an exception.
    """
    file, sha256 = told_name(name or path.name), None
    try:
        chosen = find_source(office, source)
        sha256 = file_digest(path, name and file)
        options = load_options(kind, date_order, chosen)
        wanted = kind or (chosen.kind if chosen else None)
        known = _all_known(office, file, sha256, wanted, options)
        if known:
            return _published(office, known, now)
        orders = read_orders(date_order)
        with open_file(path, kind=wanted, date_order=orders, source=chosen, zone=office.zone, name=file) as extractions:
            origin = source if isinstance(source, str) else origin
            return _load(office, extractions, file, sha256, options, origin, now, actor)
    except PantauError as refusal:
        is_passing = isinstance(refusal, RecordsError | MartError)
        return (LoadReport(file, sha256, kind, "refused", refusal.message, is_passing=is_passing),)


def ingest_cells(
    office: Office,
    sheets: Iterable[Sheet],
    now: int,
    *,
    file: str,
    source: SourceMap,
    actor: str,
    also: Callable[[Connection, int], None] | None = None,
) -> LoadReport:
    """Load raw cells, as a database gives them, and publish what they changed.

    `also` is called with the load's number inside its transaction. Nothing is recognised as given before: the same
    rows again are unchanged one by one. A refusal is a report, not an exception.
    """
    options = load_options(None, (), source)
    try:
        with open_cells(sheets, kind=source.kind, source=source, zone=office.zone) as extractions:
            reports = _load(office, extractions, told_name(file), None, options, source.name, now, actor, also)
    except Refused as refusal:
        return LoadReport(told_name(file), None, source.kind, "refused", refusal.message)
    return reports[0]


def _all_known(
    office: Office, file: str, sha256: str, kind: str | None, options: Mapping[str, Any]
) -> tuple[LoadReport, ...]:
    """What to answer when all kinds of this file are in already and still count; empty when one is not."""
    with reading(office.records) as connection:
        loads = loads_of_file(connection, sha256, kind, options)
        counting = {load.kind: load for load in loads if load.status == "loaded"}
        if counting.keys() != {load.kind for load in loads}:
            return ()
        return tuple(_given_again(connection, file, load) for load in counting.values())


def _given_again(connection: Connection, file: str, same: Load) -> LoadReport:
    counts = asdict(counts_of_repeat(connection, same))
    rejects = [
        Reject(_text(r["sheet"]), int(r["row"]), _text(r["column"]), r["code"], r["message"], {})
        for r in rejects_of(connection, same.id).to_dict("records")
    ]
    warnings = [IntakeWarning(w["code"], w["row"], w["message"], w.get("sheet")) for w in same.warnings]
    ignored = list(same.ignored_columns)
    return LoadReport(file, same.sha256, same.kind, "unchanged", None, counts, rejects, warnings, ignored, same.id)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _load(
    office: Office, extractions: Sequence[Extraction], file: str, sha256: str | None, options: Mapping[str, Any],
    source: str | None, now: int, actor: str, also: Callable[[Connection, int], None] | None = None,
) -> tuple[LoadReport, ...]:  # fmt: skip
    with one_load(office.records) as connection:
        reports = take_file(
            connection, extractions, file=file, sha256=sha256, options=options, source=source, now=now, actor=actor,
            book=office.book_in(connection),
        )  # fmt: skip
        if also is not None and reports[-1].load_id is not None:
            also(connection, reports[-1].load_id)
    return _published(office, reports, now)


def _published(office: Office, reports: tuple[LoadReport, ...], now: int) -> tuple[LoadReport, ...]:
    """The reports of what is stored by now; one warning more when the screens could not be brought up to it."""
    fault = fault_of_catching_up(office, now)
    if fault is None:
        return reports
    warning = IntakeWarning(NOT_PUBLISHED, None, Message("intake.not_published", fault=fault.message).stored())
    return tuple(replace(report, warnings=[*report.warnings, warning]) for report in reports)


def take_file(
    connection: Connection,
    extractions: Sequence[Extraction],
    *,
    file: str,
    sha256: str | None,
    options: Mapping[str, Any],
    source: str | None,
    now: int,
    actor: str,
    book: Rulebook,
) -> tuple[LoadReport, ...]:
    """Store every kind of an open file inside the given `one_load`; nothing is published.

    A kind of these bytes (`sha256`; None: never compared) and options that is in already and still counts is left
    as it is. Raises Refused when a later part of the file cannot be read: the transaction must then be given up.
    """
    reports = []
    for extraction in extractions:
        same = sha256 and find_same_load(connection, sha256, str(extraction.kind), options)
        if same:
            reports.append(_given_again(connection, file, same))
            continue
        load_id = begin_load(
            connection, file=file, sha256=sha256 or "", kind=str(extraction.kind), options=options, started_at=now,
            source_name=source, actor=actor,
        )  # fmt: skip
        reports.append(_take_kind(connection, load_id, extraction, file, sha256, now, book))
    return tuple(reports)


def _take_kind(
    connection: Connection,
    load_id: int,
    extraction: Extraction,
    file: str,
    sha256: str | None,
    now: int,
    book: Rulebook,
) -> LoadReport:
    taken = take_in(connection, load_id, extraction, book)
    touch_requests(connection, np.array(sorted(taken.requests), dtype=np.int64), load_id)
    warnings, ignored = [*extraction.warnings, *taken.warnings], list(extraction.ignored_columns)
    finish_load(
        connection, load_id, LoadCounts(**taken.counts), finished_at=now, warnings=[asdict(one) for one in warnings],
        ignored_columns=ignored,
    )  # fmt: skip
    kind = str(extraction.kind)
    return LoadReport(file, sha256, kind, "loaded", None, taken.counts, taken.rejects, warnings, ignored, load_id)


@dataclass(frozen=True)
class Applied:
    """Settings in force: their version, how many waiting rows joined, and whether the screens show it already."""

    version: int
    joined: int
    is_published: bool = True


def apply_settings(
    office: Office, settings: Settings | Callable[[Settings], Settings], now: int, *, actor: str, reason: str = ""
) -> Applied:
    """Store a new version of the settings, name OPD and rooms again by it, and judge again; one transaction.

    An edit is a function of the settings in force: it is called when nobody else can change them, so that edits made
    at the same time all survive. One that gives back what it was given stores nothing; what it raises is passed on.
    """
    with one_load(office.records) as connection:
        before, version = settings_in(connection)
        after = settings(before) if callable(settings) else settings
        if after is before:
            return Applied(version, 0)
        version = save_settings(connection, after.to_document(), at=now, actor=actor, reason=reason)
        joined = name_again(connection, after)
    office.forget_rules()
    return Applied(version, joined, fault_of_catching_up(office, now) is None)
