"""Photos of faults: whatever a phone sends is written anew, or refused in a sentence."""

from __future__ import annotations

import hashlib
import io
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data_access.errors import Message, PantauError
from data_access.locks import LOOK_AGAIN_SECONDS
from etl.desk.images import ImageError, jpeg_of, remove_files, write_files

MAX_PHOTOS = 4
"""So many photos of one fault."""

MAX_BYTES = 15 * 1_024**2
_LONGEST_SIDE = 1_600
_QUALITY = 80

_FORMATS = ("JPEG", "PNG", "WEBP")
_REFUSED = {"wide": "lapor.photo_wide", "unknown": "lapor.no_photo", "broken": "lapor.photo_broken",
            "busy": "lapor.photo_busy"}  # fmt: skip


class PhotoRefusedError(PantauError):
    """A photo that cannot be kept."""


@dataclass(frozen=True)
class CleanPhoto:
    """One photo as it will be kept: JPEG bytes, and their size in pixels."""

    item: str
    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The mark of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def clean_photos(given: Iterable[tuple[str, BinaryIO]], turn: Path) -> tuple[CleanPhoto, ...]:
    """The photos (item, open file) written anew, in order; each is read when it is its turn (`Home.image_lock_path`).

    Raises PhotoRefusedError.
    """
    named: list[tuple[str, int, BinaryIO]] = []
    count: dict[str, int] = {}
    for item, stream in given:
        count[item] = count.get(item, 0) + 1
        if count[item] > MAX_PHOTOS:
            raise PhotoRefusedError("lapor.many_photos", item=item, most=MAX_PHOTOS)
        named.append((item, count[item], stream))
    cleaned = []
    for photo in named:
        if cleaned:
            time.sleep(2 * LOOK_AGAIN_SECONDS)  # others may have theirs between
        cleaned.append(_cleaned(*photo, turn))
    return tuple(cleaned)


def _cleaned(item: str, number: int, stream: BinaryIO, turn: Path) -> CleanPhoto:
    photo = Message("lapor.photo_of", number=number, item=item)
    weight = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if weight > MAX_BYTES:
        size, most = f"{weight / 1_024**2:.0f}", MAX_BYTES // 1_024**2
        raise PhotoRefusedError("lapor.photo_large", photo=photo, size=size, most=most)
    try:
        kept = jpeg_of(stream, turn, _FORMATS, _LONGEST_SIDE, _QUALITY)
    except ImageError as error:
        raise PhotoRefusedError(_REFUSED[error.reason], photo=photo, **error.values) from None
    return CleanPhoto(item, *kept)


def write_photos(folder: Path, photos: Sequence[CleanPhoto]) -> list[Mapping[str, object]]:
    """Write the files under random names; what the records keep of each. Raises PhotoRefusedError when the disk is
    full."""
    named = {f"{secrets.token_hex(16)}.jpg": photo for photo in photos}
    files = {name: photo.content for name, photo in named.items()}
    write_files(folder, files, lambda: PhotoRefusedError("lapor.storage_full"))
    return [
        {"item_name": photo.item, "file": name, "sha256": photo.sha256, "bytes": len(photo.content),
         "width": photo.width, "height": photo.height}
        for name, photo in named.items()
    ]  # fmt: skip


def remove_photos(folder: Path, kept: Iterable[Mapping[str, object]]) -> None:
    """Take files away again whose report did not come to be."""
    remove_files(folder, (str(photo["file"]) for photo in kept))
