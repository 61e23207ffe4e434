"""Scans of letters: PDF as it comes, photos written anew, kept beside the records; anything else is refused in a
sentence.

A scan may be given before its letter is saved; one that no letter took within a day is deleted.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Sequence
from pathlib import Path

from data_access.errors import PantauError
from data_access.records.access import note_action
from data_access.records.engine import writing
from data_access.records.letters import Scan, add_scan, attach_scans, forget_scans_before, remove_scan
from etl.desk.images import ImageError, jpeg_of, remove_files, write_files
from etl.domain.units import DAY
from etl.office import Office

MAX_BYTES = 10 * 1_024**2
_LONGEST_SIDE = 2_600
_QUALITY = 85
_FORMATS = ("JPEG", "PNG")
_REFUSED = {"wide": "scan.wide", "unknown": "scan.kind", "broken": "scan.broken", "busy": "scan.busy"}

_PDF, _PDF_END = b"%PDF-", b"%%EOF"
_LOOK_AT = 1_024
"""Bytes at either end of a PDF in which its marks stand."""

MIME = {"pdf": "application/pdf", "jpeg": "image/jpeg"}
_SUFFIX = {"pdf": ".pdf", "jpeg": ".jpg"}


class ScanRefusedError(PantauError):
    """A scan that cannot be kept."""


def keep_scan(office: Office, content: bytes, request_id: int | None, actor: str, role: str, now: int) -> Scan:
    """Keep a scan of a letter, None: of one that is being entered. Raises ScanRefusedError, RecordsError."""
    kind, clean = clean_scan(content, office.home.image_lock_path)
    file = f"{secrets.token_hex(16)}{_SUFFIX[kind]}"
    kept = Scan(request_id, file, kind, hashlib.sha256(clean).hexdigest(), len(clean), now, actor, role)
    write_files(office.home.scans, {file: clean}, lambda: ScanRefusedError("scan.storage_full"))
    try:
        with writing(office.records) as connection:
            old = forget_scans_before(connection, now - DAY)
            add_scan(connection, kept)
            note_action(connection, "scan_added", at=now, actor=actor, subject=file)
    except BaseException:
        remove_files(office.home.scans, [file])
        raise
    remove_files(office.home.scans, old)
    return kept


def take_scans(office: Office, files: Sequence[str], request_id: int, actor: str) -> None:
    """Let scans that this person gave while entering a letter belong to it."""
    if files:
        with writing(office.records) as connection:
            attach_scans(connection, files, request_id, actor)


def drop_scan(office: Office, file: str, actor: str, now: int) -> None:
    """Delete a scan that was given by mistake; that it was there stays in the access log. Raises RecordsError."""
    with writing(office.records) as connection:
        remove_scan(connection, file)
        note_action(connection, "scan_removed", at=now, actor=actor, subject=file)
    remove_files(office.home.scans, [file])


def clean_scan(content: bytes, turn: Path) -> tuple[str, bytes]:
    """Kind and bytes as they are kept: of an image only the pixels, upright, unpacked when it is its `turn`
    (`Home.image_lock_path`). Raises ScanRefusedError."""
    if len(content) > MAX_BYTES:
        raise ScanRefusedError("scan.large", size=f"{len(content) / 1_024**2:.0f}", most=MAX_BYTES // 1_024**2)
    if _PDF in content[:_LOOK_AT]:
        if _PDF_END not in content[-_LOOK_AT:]:
            raise ScanRefusedError("scan.broken")
        return "pdf", content
    try:
        return "jpeg", jpeg_of(io.BytesIO(content), turn, _FORMATS, _LONGEST_SIDE, _QUALITY).content
    except ImageError as error:
        raise ScanRefusedError(_REFUSED[error.reason], **error.values) from None
