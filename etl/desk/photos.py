"""Photos of faults: whatever a phone sends is opened, made smaller and written anew, or refused in a sentence.

Only pixels are kept: EXIF, the place where a photo was taken and everything else around them is left behind.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from data_access.errors import STORAGE_FULL, Message, PantauError

MAX_PHOTOS = 4
"""So many photos of one fault."""

MAX_BYTES = 15 * 1_024**2
MAX_PIXELS = 60_000_000
_LONGEST_SIDE = 1_600
_QUALITY = 80
_AT_ONCE = 2
"""Pillow works beside Python; more at once would only hold more memory."""

_FORMATS = ("JPEG", "PNG", "WEBP")

# The size is looked at below, before a pixel is unpacked; Pillow's own look only warns.
Image.MAX_IMAGE_PIXELS = None


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
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PhotoRefusedError("lapor.photo_wide", photo=photo, width=image.width, height=image.height)
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except UnidentifiedImageError:
        raise PhotoRefusedError("lapor.no_photo", photo=photo) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise PhotoRefusedError("lapor.photo_broken", photo=photo) from None
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    return CleanPhoto(item, out.getvalue(), upright.width, upright.height)


def write_photos(folder: Path, photos: Sequence[CleanPhoto]) -> list[Mapping[str, object]]:
    """Write the files under random names; what the records keep of each. Raises PantauError when the disk is full."""
    kept: list[Mapping[str, object]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for photo in photos:
            name = f"{secrets.token_hex(16)}.jpg"
            kept.append(
                {"item_name": photo.item, "file": name, "sha256": photo.sha256, "bytes": len(photo.content),
                 "width": photo.width, "height": photo.height}
            )  # fmt: skip
            with (folder / name).open("xb") as out:
                out.write(photo.content)
                out.flush()
                os.fsync(out.fileno())
    except OSError as fault:
        remove_photos(folder, kept)
        if fault.errno in STORAGE_FULL:
            raise PhotoRefusedError("lapor.storage_full") from None
        raise
    return kept


def remove_photos(folder: Path, kept: Iterable[Mapping[str, object]]) -> None:
    """Take files away again whose report did not come to be."""
    for photo in kept:
        with suppress(OSError):
            (folder / str(photo["file"])).unlink()
