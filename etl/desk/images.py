"""Images as people send them: opened, turned upright, made smaller and written anew, so that only pixels are kept; and
files that are whole on the disk or not there.

EXIF, the place where a photo was taken and everything else around the pixels is left behind.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from data_access.errors import STORAGE_FULL, PantauError

MAX_PIXELS = 60_000_000

# The size is looked at below, before a pixel is unpacked; Pillow's own look only warns.
Image.MAX_IMAGE_PIXELS = None


class Jpeg(NamedTuple):
    """An image as it is kept, and its size in pixels."""

    content: bytes
    width: int
    height: int


class ImageError(Exception):
    """An image that is not kept: `wide` (more pixels than `MAX_PIXELS`), `unknown` (no image of a known kind) or
    `broken`; `values` are what a sentence says of it."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


def jpeg_of(content: bytes, formats: Sequence[str], longest_side: int, quality: int) -> Jpeg:
    """The image written anew, what is transparent white. Raises ImageError."""
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageError("wide", width=image.width, height=image.height)
            image.draft("RGB", (longest_side, longest_side))
            upright = _on_white(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise ImageError("unknown") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise ImageError("broken") from None
    upright.thumbnail((longest_side, longest_side))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=quality)
    return Jpeg(out.getvalue(), upright.width, upright.height)


def _on_white(image: Image.Image) -> Image.Image:
    """The image as it looks on paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawn = image.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def write_files(folder: Path, files: Mapping[str, bytes], is_full: Callable[[], PantauError]) -> None:
    """Write all of these files by name, or none; `is_full` is what is raised when the disk has no room for them."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in files.items():
            with (folder / name).open("xb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
    except OSError as fault:
        remove_files(folder, files)
        if fault.errno in STORAGE_FULL:
            raise is_full() from None
        raise


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Delete files by name; one that is not there is passed over."""
    for name in names:
        with suppress(OSError):
            (folder / name).unlink()
