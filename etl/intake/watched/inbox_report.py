"""The report that lies beside a file that was taken from the inbox: sentences for people, JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data_access.errors import Words
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
    lines = [f"Laporan berkas {name}", f"Diproses {at:%d-%m-%Y} pukul {at:%H.%M}", ""]
    for load in loads:
        lines += [*_lines(load, words), ""]
    if rejected:
        lines += [f"Baris yang ditolak: {', '.join(rejected)}. Perbaiki, lalu taruh lagi di kotak masuk.", ""]
    if not is_kept:
        lines += ["Berkas ini memuat data orang, maka dihapus sesudah dihitung.", ""]
    if holds_persons:
        lines += ["Berkas ini tampaknya memuat data orang: sesudah diperbaiki, hapus dari folder ini.", ""]
    return "\r\n".join(lines).encode()


def summary(load: LoadReport, words: Words) -> str:
    """One load in one sentence."""
    if load.status == "refused":
        return f"Ditolak: {words(load.reason or '')}"
    told = load.to_json(words)
    counts = (
        f"{told['read']} baris dibaca: {told['accepted']} baru, {told['unchanged']} sama, {told['corrected']} koreksi, "
        f"{told['waiting']} menunggu, {told['rejected']} ditolak"
    )
    known = "sudah pernah dimuat; " if load.status == "unchanged" else ""
    return f"{load.file} ({load.kind}): {known}{counts}."


def _lines(load: LoadReport, words: Words) -> list[str]:
    lines = [summary(load, words)]
    lines += [f"  {words(reject.message)}" for reject in load.rejects[:SHOWN_REJECTS]]
    if len(load.rejects) > SHOWN_REJECTS:
        lines.append(f"  … dan {len(load.rejects) - SHOWN_REJECTS} baris lagi; semuanya ada dalam laporan JSON.")
    lines += [f"  Perhatian: {words(warning.message)}" for warning in load.warnings]
    if load.ignored_columns:
        lines.append(f"  Kolom yang tidak dipakai: {', '.join(load.ignored_columns)}")
    return lines
