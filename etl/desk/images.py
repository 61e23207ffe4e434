"""Images as people send them: opened, turned upright, made smaller and written anew, so that only pixels are kept; and
files that are whole on the disk or not there.

EXIF, the place where a photo was taken and everything else around the pixels is left behind. One image is unpacked at a
time over all threads and processes of a home, and none that would need more than `BUDGET`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from data_access.errors import STORAGE_FULL, PantauError
from data_access.locks import held_within

MAX_PIXELS = 60_000_000
MAX_SIDE = 32_768
"""A decoder holds whole rows."""

BUDGET = 360 * 1_024**2
"""Bytes that one image may need while it is unpacked, beside what becomes of it."""

MAX_SCANS = 100
"""Passes over all pixels in which a JPEG may be drawn; cameras and programs use ten."""

WAIT_SECONDS = 15.0
"""How long an image waits until others are done."""

_STRIP = 64
_SCAN = b"\xff\xda"
_TURNS = ("exif", "xmp")
"""Where a picture says which side is up."""

# The size is looked at below, before a pixel is unpacked; Pillow's own look only warns.
Image.MAX_IMAGE_PIXELS = None
# Blocks of this size go back to the system at once; smaller ones stay with the thread that had them.
Image.core.set_block_size(64 * 1_024**2)


class Jpeg(NamedTuple):
    """An image as it is kept, and its size in pixels."""

    content: bytes
    width: int
    height: int


class ImageError(Exception):
    """An image that is not kept: `wide` (more pixels than can be unpacked), `unknown` (no image of a known kind),
    `broken`, or `busy` (others were before it for too long); `values` are what a sentence says of it."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


def jpeg_of(stream: BinaryIO, turn: Path, formats: Sequence[str], longest_side: int, quality: int) -> Jpeg:
    """The image written anew, what is transparent white; `turn` is the file that is locked while it is unpacked.

    Raises ImageError.
    """
    with held_within(turn, WAIT_SECONDS) as is_ours:
        if not is_ours:
            raise ImageError("busy")
        try:
            upright = _small(stream.read(), formats, longest_side)
        except UnidentifiedImageError:
            raise ImageError("unknown") from None
        except (OSError, SyntaxError, ValueError, EOFError):
            raise ImageError("broken") from None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=quality)
    return Jpeg(out.getvalue(), upright.width, upright.height)


def _small(content: bytes, formats: Sequence[str], longest_side: int) -> Image.Image:
    """The picture upright, on white, no side longer than that."""
    with Image.open(io.BytesIO(content), formats=formats) as image:
        if is_too_wide(image):
            raise ImageError("wide", width=image.width, height=image.height)
        if image.format == "JPEG" and content.count(_SCAN) > MAX_SCANS:
            raise ImageError("broken")
        share = min(1.0, longest_side / max(image.size))
        image.draft("RGB", (max(1, int(image.width * share)), max(1, int(image.height * share))))
        small = _reduced(image, max(1, max(image.size) // longest_side))
        small.info = {name: image.info[name] for name in _TURNS if name in image.info}
    small.thumbnail((longest_side, longest_side))
    return ImageOps.exif_transpose(small)


def is_too_wide(image: Image.Image) -> bool:
    """Whether unpacking this image, of which only the head was read, would need too much."""
    pixels = image.width * image.height
    return max(image.size) > MAX_SIDE or pixels > MAX_PIXELS or pixels * _bytes_a_pixel(image) > BUDGET


def _bytes_a_pixel(image: Image.Image) -> int:
    """At most: libjpeg keeps every sample of a picture drawn in several passes in two bytes; libwebp holds canvases and
    the bytes of one beside the picture."""
    return {"JPEG": 2 * len(image.getbands()), "WEBP": 20}.get(image.format or "", 4)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The image on white, its sides divided by that; strip by strip, as every step of it makes a copy."""
    image.load()
    width, height = image.size
    paper = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, factor * _STRIP):
        strip = image.crop((0, top, width, min(top + factor * _STRIP, height)))
        paper.paste(_on_white(strip).reduce(factor), (0, top // factor))
    return paper


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
