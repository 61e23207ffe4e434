"""Photos of faults: whatever a phone sends is written anew, or refused in a sentence."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from data_access.errors import Message, PantauError
from etl.desk.images import ImageError, jpeg_of, remove_files, write_files

MAX_PHOTOS = 4
"""So many photos of one fault."""

MAX_BYTES = 15 * 1_024**2
_LONGEST_SIDE = 1_600
_QUALITY = 80
_AT_ONCE = 2
"""Pillow works beside Python; more at once would only hold more memory."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_REFUSED = {"wide": "lapor.photo_wide", "unknown": "lapor.no_photo", "broken": "lapor.photo_broken"}


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


def clean_photos(given: Iterable[tuple[str, bytes]]) -> tuple[CleanPhoto, ...]:
    """The photos (item, bytes) written anew, in order. Raises PhotoRefusedError."""
    named: list[tuple[str, int, bytes]] = []
    count: dict[str, int] = {}
    for item, content in given:
        count[item] = count.get(item, 0) + 1
        if count[item] > MAX_PHOTOS:
            raise PhotoRefusedError("lapor.many_photos", item=item, most=MAX_PHOTOS)
        named.append((item, count[item], content))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(lambda photo: _cleaned(*photo), named))


def _cleaned(item: str, number: int, content: bytes) -> CleanPhoto:
    photo = Message("lapor.photo_of", number=number, item=item)
    if len(content) > MAX_BYTES:
        size, most = f"{len(content) / 1_024**2:.0f}", MAX_BYTES // 1_024**2
        raise PhotoRefusedError("lapor.photo_large", photo=photo, size=size, most=most)
    try:
        kept = jpeg_of(content, _FORMATS, _LONGEST_SIDE, _QUALITY)
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
