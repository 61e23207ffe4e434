"""One file of the inbox: loaded once, then moved to `done` or `refused` with its report beside it.

A kill at any instant leaves the file in the inbox, where it is taken again and seen to be known, or moved with its
report.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data_access.errors import Message, Words, cause_of
from data_access.records import reading
from data_access.records.intake.views import rejects_page
from etl.extract import Reject
from etl.intake.load_report import LoadReport, rejects_name
from etl.intake.offered.preview_heads import may_hold_persons, source_by_name
from etl.intake.offered.rejects_file import rejects_suffix, write_rejects
from etl.intake.pipeline import ingest
from etl.intake.watched.inbox_folder import (
    FILE_KEPT,
    REPORT_JSON,
    REPORT_TEXT,
    Attempts,
    InboxError,
    InboxFile,
    InboxFolder,
)
from etl.moments import iso

if TYPE_CHECKING:
    from pathlib import Path

    from etl.office import Office


SHOWN_REJECTS = 1_000


def report_json(
    name: str, loads: Sequence[LoadReport], now: int, zone: ZoneInfo, *, words: Words, is_kept: bool
) -> bytes:
    """`loads` as `pantau ingest --json` tells them, when, and whether the file lies beside the report."""
    document: dict[str, Any] = {
        "file": name,
        "taken_at": iso(now, zone),
        FILE_KEPT: is_kept,
        "loads": [load.to_json(words) for load in loads],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def report_text(
    name: str, loads: Sequence[LoadReport], now: int, zone: ZoneInfo, *, words: Words, is_kept: bool,
    rejected: Sequence[str] = (), holds_persons: bool = False,
) -> bytes:  # fmt: skip
    """The same in sentences, for a text editor of any system; `rejected` are the files of rejected rows beside it.

    `holds_persons`: the file was refused and looks like a list of persons, which its owner corrects and deletes.
    """
    at = datetime.fromtimestamp(now, zone)
    head = Message("load.report_of", file=name), Message("load.taken_at", day=f"{at:%d-%m-%Y}", clock=f"{at:%H.%M}")
    blocks = [[words(line) for line in head], *(_lines(load, words) for load in loads)]
    if rejected:
        blocks.append([words(Message("load.repair", files=rejected))])
    if not is_kept:
        blocks.append([words(Message("load.persons_deleted"))])
    if holds_persons:
        blocks.append([words(Message("load.persons_to_delete"))])
    return "\r\n".join(line for block in blocks for line in (*block, "")).encode()


def _lines(load: LoadReport, words: Words) -> list[str]:
    more = len(load.rejects) - SHOWN_REJECTS
    below = [words(reject.message) for reject in load.rejects[:SHOWN_REJECTS]]
    below += [words(Message("load.rejects_in_json", count=more))] if more > 0 else []
    below += [words(Message("load.warning", message=words(warning.message))) for warning in load.warnings]
    below += [words(Message("load.ignored", columns=load.ignored_columns))] if load.ignored_columns else []
    return [words(load.summary()), *(f"  {line}" for line in below)]


ACTOR = "inbox"


@dataclass(frozen=True)
class PutAway:
    """What became of a file: one report a kind, and its name in `place`."""

    loads: tuple[LoadReport, ...]
    place: Path
    name: str


def take(
    office: Office, folder: InboxFolder, attempts: Attempts, file: InboxFile, now: int, words: Words
) -> PutAway | None:
    """Load a file and put it away; None when it was still changing while it was read, and will be taken again.

    Raises InboxError when our own records cannot be used just now, or the file cannot be moved: it then stays.
    """
    with attempts.trying(file):
        loads = _hopeless(file) if attempts.is_hopeless(file) else _loaded(office, file, now)
        if not file.is_unchanged():
            return None
        is_refused = all(load.status == "refused" for load in loads)
        holds_persons = is_refused and not attempts.is_hopeless(file) and may_hold_persons(file.path)
        place = folder.refused if is_refused else folder.done
        return PutAway(loads, place, _put_away(office, folder, file, loads, place, now, words, holds_persons))


def _loaded(office: Office, file: InboxFile, now: int) -> tuple[LoadReport, ...]:
    source = source_by_name(office.settings.sources, file.own_name)
    named = source.name if source else None
    try:
        loads = ingest(office, file.path, now, source=named, actor=ACTOR, name=file.name)
    except OSError as fault:
        raise InboxError("inbox.not_loaded", file=file.name, cause=cause_of(fault)) from None
    passing = next((load for load in loads if load.is_passing), None)
    if passing is not None:
        raise InboxError("inbox.passing", reason=passing.reason)
    return loads


def _hopeless(file: InboxFile) -> tuple[LoadReport, ...]:
    return (LoadReport(file.name, None, None, "refused", Message("inbox.hopeless", file=file.name)),)


def _put_away(
    office: Office, folder: InboxFolder, file: InboxFile, loads: Sequence[LoadReport], place: Path, now: int,
    words: Words, holds_persons: bool,
) -> str:  # fmt: skip
    """Lists of persons are counted and deleted; anything else is kept beside its report."""
    is_kept = not any(load.kind == "peserta" and load.status != "refused" for load in loads)
    rejected = _rejected(office, loads, words)
    told: dict[str, Any] = {
        "words": words,
        "is_kept": is_kept,
        "rejected": list(rejected),
        "holds_persons": holds_persons,
    }
    reports = {
        REPORT_TEXT: report_text(file.name, loads, now, office.zone, **told),
        REPORT_JSON: report_json(file.name, loads, now, office.zone, words=words, is_kept=is_kept),
    }
    return folder.put_away(file, place, reports, rejected, keep=is_kept)


def _rejected(office: Office, loads: Sequence[LoadReport], words: Words) -> dict[str, bytes]:
    """Of each load with rejected rows the file in which they can be corrected and given again; of persons none."""
    files = {}
    for load in loads:
        if load.load_id is None or not load.counts.get("rejected") or load.kind == "peserta":
            continue
        with reading(office.records) as connection:
            rows = rejects_page(connection, load.load_id, load.counts["rejected"], 0)
        rejects = [Reject(**{**row, "message": words(row["message"]), "cells": row["cells"] or {}}) for row in rows]
        suffix, target = rejects_suffix(PurePath(load.file).suffix, rejects), BytesIO()
        write_rejects(target, suffix, rejects)
        files[rejects_name(load.load_id, load.file, suffix)] = target.getvalue()
    return files
