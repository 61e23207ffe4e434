"""Scans of letters: PDF as it comes, photos written anew, kept beside the records; anything else is refused in a
sentence.

A scan may be given before its letter is saved; one that no letter took within a day is deleted.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from data_access.errors import STORAGE_FULL, PantauError
from data_access.records.access import note_action
from data_access.records.engine import writing
from data_access.records.letters import Scan, add_scan, attach_scans, forget_scans_before, remove_scan
from etl.domain.units import DAY
from etl.office import Office

MAX_BYTES = 10 * 1_024**2
MAX_PIXELS = 60_000_000
_LONGEST_SIDE = 2_600
_QUALITY = 85
_FORMATS = ("JPEG", "PNG")

# The size is looked at below, before a pixel is unpacked; Pillow's own look only warns.
Image.MAX_IMAGE_PIXELS = None

_PDF, _PDF_END = b"%PDF-", b"%%EOF"
_LOOK_AT = 1_024
"""Bytes at either end of a PDF in which its marks stand."""

MIME = {"pdf": "application/pdf", "jpeg": "image/jpeg"}
_SUFFIX = {"pdf": ".pdf", "jpeg": ".jpg"}


class ScanRefusedError(PantauError):
    """A scan that cannot be kept."""


def keep_scan(office: Office, content: bytes, request_id: int | None, actor: str, role: str, now: int) -> Scan:
    """Keep a scan of a letter, None: of one that is being entered. Raises ScanRefusedError, RecordsError."""
    kind, clean = clean_scan(content)
    file = f"{secrets.token_hex(16)}{_SUFFIX[kind]}"
    kept = Scan(request_id, file, kind, hashlib.sha256(clean).hexdigest(), len(clean), now, actor, role)
    _write(office.home.scans, file, clean)
    try:
        with writing(office.records) as connection:
            old = forget_scans_before(connection, now - DAY)
            add_scan(connection, kept)
    except BaseException:
        _remove(office.home.scans, [file])
        raise
    _remove(office.home.scans, old)
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
    _remove(office.home.scans, [file])


def clean_scan(content: bytes) -> tuple[str, bytes]:
    """Kind and bytes as they are kept: of an image only the pixels, upright. Raises ScanRefusedError."""
    if len(content) > MAX_BYTES:
        raise ScanRefusedError("scan.large", size=f"{len(content) / 1_024**2:.0f}", most=MAX_BYTES // 1_024**2)
    if _PDF in content[:_LOOK_AT]:
        if _PDF_END not in content[-_LOOK_AT:]:
            raise ScanRefusedError("scan.broken")
        return "pdf", content
    return "jpeg", _written_anew(content)


def _written_anew(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ScanRefusedError("scan.wide", width=image.width, height=image.height)
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = _on_white(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise ScanRefusedError("scan.kind") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise ScanRefusedError("scan.broken") from None
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """The image as it looks on paper: what is transparent is white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawn = image.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def _write(folder: Path, file: str, content: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / file).open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError as fault:
        _remove(folder, [file])
        if fault.errno in STORAGE_FULL:
            raise ScanRefusedError("scan.storage_full") from None
        raise


def _remove(folder: Path, files: Sequence[str]) -> None:
    for file in files:
        with suppress(OSError):
            (folder / file).unlink()
