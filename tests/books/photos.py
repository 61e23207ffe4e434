"""Photos as phones send them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def photo(width: int = 80, height: int = 60, kind: str = "JPEG", exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), (200, 30, 30))
    quickly = {"lossless": True, "method": 0, "quality": 0} if kind == "WEBP" else {}
    image.save(out, kind, **quickly, **({"exif": exif} if exif else {}))
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nearly nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )
