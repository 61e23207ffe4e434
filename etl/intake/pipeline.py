"""From a file to the screens: extract, one transaction into the records, publish the mart.

A kill at any instant leaves the records as before or after a file; a mart left behind the records is caught up at the
next start or load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_access.errors import Message, PantauError
from data_access.mart import MartError
from data_access.records import Connection, RecordsError, one_load, reading
from data_access.records.engine import PATIENCE_SECONDS
from data_access.records.intake.loads import (
    TO_BE_ANSWERED,
    Load,
    LoadCounts,
    begin_load,
    counts_of_repeat,
    find_same_load,
    finish_load,
    loads_of_file,
    note_waiting,
    one_try,
    rows_counted_waiting,
)
from data_access.records.intake.views import corrections_page, rejects_page, set_aside_page
from data_access.records.logs import link_rows, names_in_log
from data_access.records.office import Edit, save_settings
from data_access.records.requests import all_request_names
from etl.domain.frames import MISSING
from etl.extract import Extraction, IntakeWarning, Kind, Refused, Reject, SetAside, Sheet, open_cells
from etl.extract.furniture import Furniture
from etl.extract.masks import told_name
from etl.intake.load import letter_rooms, take_in
from etl.intake.load_report import (
    LISTED_CORRECTIONS,
    NOT_PUBLISHED,
    LoadReport,
    file_digest,
    find_source,
    load_options,
    opened,
    series_day,
)
from etl.intake.storing import Taken, join_agencies, link_again, touch
from etl.intake.take_events import take_events
from etl.intake.waits import waits_of_load
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office, Rulebook, settings_in
from etl.settings.document import Settings, SourceMap
from etl.settings.names import ItemNames, OpdNames, RoomNames
from etl.settings.values import room_key

CALENDARS = "kalender"
"""The source of calendars: they say nothing of how far the register has come."""


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
    with_hidden: bool = False,
    publish: bool = True,
) -> tuple[LoadReport, ...]:
    """Load one file whole and publish what it changed: one report for each kind found in it.

    `source` names a `[[source]]`, or is a map that no setting holds (yet: then `origin` is the name it will have).
    `name` is what is shown and stored instead of the path's own. `with_hidden`: hidden sheets are asked for. `publish`:
    False when more files follow, after which the caller publishes. A refusal is a report, not an exception.
    """

    def known(*given: Any) -> tuple[LoadReport, ...]:
        with reading(office.records) as connection:
            return _all_known(connection, *given)

    how: dict[str, Any] = {"kind": kind, "date_order": date_order, "source": source, "with_hidden": with_hidden}
    reports = _taken(office, path, now, known, partial(_stored, office), **how, actor=actor, name=name, origin=origin)
    is_stored = publish and reports[0].status != "refused"
    return _published(office, reports, now) if is_stored else reports


def try_files(
    office: Office,
    paths: Sequence[Path],
    now: int,
    *,
    kind: str | None = None,
    date_order: Sequence[str] = (),
    source: str | None = None,
) -> list[tuple[LoadReport, ...]]:
    """What `ingest` would report of these files, one after another; nothing is kept and nothing published.

    Raises RecordsBusyError while a load runs.
    """
    how: dict[str, Any] = {"kind": kind, "date_order": date_order, "source": source, "with_hidden": False}
    with one_try(office.records, wait_seconds=PATIENCE_SECONDS) as connection:

        def take(extractions: Sequence[Extraction], given: GivenFile) -> tuple[LoadReport, ...]:
            with connection.begin_nested():
                return take_file(connection, extractions, given, office.book_in(connection))

        known = partial(_all_known, connection)
        return [_taken(office, path, now, known, take, **how, actor="cli") for path in paths]


def _taken(
    office: Office,
    path: Path,
    now: int,
    known: Callable[..., tuple[LoadReport, ...]],
    take: Callable[[Sequence[Extraction], GivenFile], tuple[LoadReport, ...]],
    *,
    kind: str | None,
    date_order: Sequence[str],
    source: str | SourceMap | None,
    with_hidden: bool,
    actor: str,
    name: str | None = None,
    origin: str | None = None,
) -> tuple[LoadReport, ...]:
    """Open a file and take it, unless all of it is `known` already (as `_all_known`); a refusal as a report."""
    file, sha256 = told_name(name or path.name), None
    try:
        chosen = find_source(office, source)
        sha256 = file_digest(path, name and file)
        series_on = series_day(path, office.zone, now)
        options = load_options(kind, date_order, chosen, office.settings, with_hidden=with_hidden, series_on=series_on)
        wanted = kind or (chosen.kind if chosen else None)
        if reports := known(file, sha256, wanted, options):
            return reports
        read: dict[str, Any] = {"kind": wanted, "date_order": date_order, "source": chosen, "with_hidden": with_hidden}
        with opened(path, now, **read, book=office.book, name=file) as extractions:
            origin = source if isinstance(source, str) else CALENDARS if extractions[0].is_calendar else origin
            return take(extractions, GivenFile(file, sha256, options, origin, actor, now))
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
    given = GivenFile(told_name(file), None, load_options(None, (), source, office.settings), source.name, actor, now)
    try:
        order = office.book.dependents
        with open_cells(sheets, kind=source.kind, source=source, zone=office.zone, dependents=order) as extractions:
            reports = _published(office, _stored(office, extractions, given, also), now)
    except Refused as refusal:
        return LoadReport(given.name, None, source.kind, "refused", refusal.message)
    return reports[0]


def _all_known(
    connection: Connection, file: str, sha256: str, kind: str | None, options: Mapping[str, Any]
) -> tuple[LoadReport, ...]:
    """What to answer when all kinds of this file are in already and still count; empty when one is not."""
    loads = loads_of_file(connection, sha256, kind, options)
    counting = {load.kind: load for load in loads if load.status == "loaded"}
    if counting.keys() != {load.kind for load in loads}:
        return ()
    return tuple(_given_again(connection, file, load) for load in counting.values())


def _given_again(connection: Connection, file: str, same: Load) -> LoadReport:
    counts = asdict(counts_of_repeat(connection, same))
    rejects = [Reject(**{**row, "cells": {}}) for row in rejects_page(connection, same.id)]
    warnings = [IntakeWarning(w["code"], w["row"], w["message"], w.get("sheet")) for w in same.warnings]
    ignored = list(same.ignored_columns)
    waits = waits_of_load(connection, same.kind, same.id)
    aside = [SetAside(**row) for row in set_aside_page(connection, same.id)]
    furniture = [Furniture(**row) for row in same.furniture or ()]
    return LoadReport(
        file, same.sha256, same.kind, "unchanged", None, counts, rejects, warnings, ignored, same.id, waits, aside,
        furniture,
    )  # fmt: skip


def _letters_corrected(connection: Connection, extraction: Extraction, load_id: int) -> list[Mapping[str, Any]]:
    """The first letters of a register that the load corrected."""
    is_register = extraction.kind is Kind.PERMOHONAN and not extraction.is_calendar
    return corrections_page(connection, str(extraction.kind), load_id, LISTED_CORRECTIONS, 0) if is_register else []


def _stored(
    office: Office, extractions: Sequence[Extraction], given: GivenFile, also: Callable[..., None] | None = None
) -> tuple[LoadReport, ...]:
    with one_load(office.records) as connection:
        reports = take_file(connection, extractions, given, office.book_in(connection))
        if also is not None and reports[-1].load_id is not None:
            also(connection, reports[-1].load_id)
    return reports


def _published(office: Office, reports: tuple[LoadReport, ...], now: int) -> tuple[LoadReport, ...]:
    """The reports of what is stored by now; one warning more when the screens could not be brought up to it."""
    fault = fault_of_catching_up(office, now)
    if fault is None:
        return reports
    warning = IntakeWarning(NOT_PUBLISHED, None, Message("intake.not_published", fault=fault.message).stored())
    return tuple(replace(report, warnings=[*report.warnings, warning]) for report in reports)


@dataclass(frozen=True)
class GivenFile:
    """A file as it was given: what it is called, its bytes (None: never compared), what besides them decides how it is
    read, the `[[source]]` it came from, by whom and when."""

    name: str
    sha256: str | None
    options: Mapping[str, Any]
    source: str | None
    actor: str
    now: int


def take_file(
    connection: Connection, extractions: Sequence[Extraction], given: GivenFile, book: Rulebook
) -> tuple[LoadReport, ...]:
    """Store every kind of an open file inside `one_load`; nothing is published.

    A kind of these bytes and options that is in already and still counts is left as it is. Raises Refused when a later
    part of the file cannot be read: the transaction must then be given up.
    """
    return tuple(_take_kind(connection, extraction, given, book) for extraction in extractions)


def _take_kind(connection: Connection, extraction: Extraction, given: GivenFile, book: Rulebook) -> LoadReport:
    kind, sha256 = str(extraction.kind), given.sha256
    same = sha256 and find_same_load(connection, sha256, kind, given.options)
    if same:
        return _given_again(connection, given.name, same)
    load_id = begin_load(
        connection, file=given.name, sha256=sha256 or "", kind=kind, options=given.options, started_at=given.now,
        source_name=given.source, actor=given.actor,
    )  # fmt: skip
    taken = take_in(connection, load_id, extraction, book, take_events if extraction.is_calendar else None)
    touch(connection, book, load_id, taken)
    warnings, ignored = [*extraction.warnings, *taken.warnings], list(extraction.ignored_columns)
    counts = LoadCounts(**taken.counts)
    told = {"warnings": [*map(asdict, warnings)], "furniture": [*map(asdict, taken.furniture)]}
    finish_load(connection, load_id, counts, finished_at=given.now, ignored_columns=ignored, **told)
    waits = waits_of_load(connection, kind, load_id) if counts.waiting else []
    return LoadReport(
        given.name, sha256, kind, "loaded", None, taken.counts, taken.rejects, warnings, ignored, load_id, waits,
        taken.set_aside, taken.furniture, _letters_corrected(connection, extraction, load_id),
        changed=taken.changed, repeated=taken.repeated,
    )  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """Settings in force: their version, how many waiting rows joined, and whether the screens show it already."""

    version: int
    joined: int
    is_published: bool = True


def apply_settings(
    office: Office,
    settings: Settings | Callable[[Settings], Settings],
    now: int,
    *,
    actor: str,
    reason: str = "",
    edit: Edit | None = None,
) -> Applied:
    """Store a new version of the settings, name OPD, rooms and items again by it, and judge again; one transaction.

    An edit is a function of the settings in force: it is called when nobody else can change them, so that edits made
    at the same time all survive. One that gives back what it was given stores nothing; what it raises is passed on.
    """
    with one_load(office.records) as connection:
        before, version = settings_in(connection)
        after = settings(before) if callable(settings) else settings
        if after is before:
            return Applied(version, 0)
        version = save_settings(connection, after.to_document(), at=now, actor=actor, reason=reason, edit=edit)
        joined = name_again(connection, after)
        join_agencies(connection, office.book_in(connection))
    office.forget_rules()
    return Applied(version, joined, fault_of_catching_up(office, now) is None)


def name_again(connection: Connection, settings: Settings) -> int:
    """Give stored rows their names by these settings; how many waiting rows joined."""
    rooms = RoomNames.of(settings)
    rows = all_request_names(connection)
    opds = OpdNames.of(settings)
    _renamed(connection, "permohonan", rows, "opd_name", opds.canonical(rows["opd"]))
    named = letter_rooms(rows, settings, rooms)
    waiting = rows.loc[rows["is_waiting"], "id"]
    is_nowhere = rows["room"].notna() & named.isna()  # it names a room that nobody knows
    is_event = rows["received_on"] == MISSING
    is_held = rows["id"].isin(rows_counted_waiting(connection, waiting, *TO_BE_ANSWERED))
    waits = is_held | is_nowhere | is_event
    moved = _renamed(connection, "permohonan", rows, "room_name", named, is_waiting=waits)
    joined = int((rows["is_waiting"] & ~waits).sum())
    link_again(connection, rows["agenda_key"][moved], Taken({}))
    uses = names_in_log(connection, "pemakaian", "room_text", "room_name", "opd", "opd_name")
    _renamed(connection, "pemakaian", uses, "opd_name", opds.canonical(uses["opd"]))
    joined += _placed(connection, "pemakaian", uses, rooms)
    checks = names_in_log(connection, "kondisi", "room_text", "room_name", "item_text", "item_name")
    joined += _checks_named(connection, checks, rooms, ItemNames.of(settings))
    note_waiting(connection)
    return joined


def _checks_named(connection: Connection, checks: pd.DataFrame, rooms: RoomNames, items: ItemNames) -> int:
    """Give checks the names of their rooms and items; how many waiting ones joined.

    An item that was known under its own name stays so when its checklist is replaced: the check was made by that list.
    """
    named, own = items.canonical(checks["item_text"]), checks["item_name"]
    key, own_key = (column.map(room_key, na_action="ignore") for column in (checks["item_text"], own))
    is_own = own.notna() & (own_key == key)
    named = named.where(named.notna() | ~is_own, own)
    placed = rooms.canonical(checks["room_text"])
    _renamed(connection, "kondisi", checks, "room_name", placed)
    _renamed(connection, "kondisi", checks, "item_name", named)
    waited = checks["room_name"].isna() | own.isna()
    return int((waited & placed.notna() & named.notna()).sum())


def _placed(connection: Connection, kind: str, rows: pd.DataFrame, rooms: RoomNames) -> int:
    """Give rows of rooms the names of these; how many waiting ones joined."""
    names = rooms.canonical(rows["room_text"])
    _renamed(connection, kind, rows, "room_name", names)
    return int((rows["room_name"].isna() & names.notna()).sum())


def _renamed(
    connection: Connection, kind: str, rows: pd.DataFrame, column: str, names: pd.Series, **links: pd.Series
) -> np.ndarray:
    """Write the names that differ from the stored ones, and what follows from them; which rows those are."""
    old, new = rows[column].astype(object), names.astype(object)
    differs = ~((old == new) | (old.isna() & new.isna())).to_numpy(dtype=bool)
    if differs.any():
        changes = {name: values[differs] for name, values in {column: names, **links}.items()}
        link_rows(connection, kind, rows["id"].to_numpy(np.int64)[differs], **changes)
    return differs
