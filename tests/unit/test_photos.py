"""Photos of faults: only pixels are kept, and whatever is no photo is refused in a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from dashboard.i18n import sentence
from etl.desk.photos import MAX_BYTES, PhotoRefusedError, clean_photos, remove_photos, write_photos
from tests.books.photos import photo
from tests.reading.refusals import says

PLACE = 34853
"""The EXIF tag under which a phone writes where it was."""


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nearly nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_exif_and_the_place_are_dropped_and_the_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(PLACE)[1] = "S"
    (clean,) = clean_photos([("AC", photo(exif=exif))])
    with Image.open(io.BytesIO(clean.content)) as kept:
        assert (kept.size, dict(kept.getexif())) == ((60, 80), {})
    assert b"Exif" not in clean.content


def test_a_large_photo_is_made_smaller() -> None:
    (clean,) = clean_photos([("AC", photo(4_000, 1_000, "PNG"))])
    assert (clean.width, clean.height) == (1_600, 400)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n" + b"x" * 100, "bukan foto"),
        (b"", "bukan foto"),
        (photo(400, 300)[:1_500], "terpotong"),
        (png_of(50_000, 50_000), "terlalu luas"),
        (png_of(300, 300), "terpotong"),
        (b"\xff\xd8" + b"\0" * MAX_BYTES, "terlalu besar"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(PhotoRefusedError, check=says(words)) as refused:
        clean_photos([("AC", content)])
    assert "Foto 1 untuk AC" in sentence(refused.value)


def test_four_photos_of_one_fault_and_no_more() -> None:
    assert len(clean_photos([("AC", photo())] * 4 + [("Suara", photo())])) == 5
    with pytest.raises(PhotoRefusedError, check=says("paling banyak 4")):
        clean_photos([("AC", photo())] * 5)


def test_files_have_names_that_say_nothing_and_go_with_a_report_that_did_not_come_to_be(tmp_path: Path) -> None:
    kept = write_photos(tmp_path / "foto", clean_photos([("AC", photo()), ("AC", photo())]))
    files = sorted(file.name for file in (tmp_path / "foto").iterdir())
    assert files == sorted(str(one["file"]) for one in kept)
    assert all(len(name) == 36 and name.endswith(".jpg") for name in files)
    remove_photos(tmp_path / "foto", kept)
    assert list((tmp_path / "foto").iterdir()) == []
