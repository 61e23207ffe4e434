"""Photos as phones send them."""

from __future__ import annotations

import io

from PIL import Image


def photo(width: int = 80, height: int = 60, kind: str = "JPEG", exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()
