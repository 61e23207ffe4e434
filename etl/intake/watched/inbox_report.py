"""The report that lies beside a file that was taken from the inbox: sentences for people, JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data_access.errors import Message, Words
from etl.intake.load_report import LoadReport
from etl.intake.watched.inbox_folder import FILE_KEPT
from etl.moments import iso

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
