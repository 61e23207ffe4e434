"""Photos of faults: only pixels are kept, and whatever is no photo is refused in a sentence."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dashboard.i18n import sentence
from data_access.locks import held_within
from etl.desk import images
from etl.desk import photos as desk_photos
from etl.desk.photos import MAX_BYTES, CleanPhoto, PhotoRefusedError, remove_photos, write_photos
from tests.books.photos import photo, png_of
from tests.reading.refusals import says

PLACE = 34853
"""The EXIF tag under which a phone writes where it was."""


@pytest.fixture(autouse=True)
def turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is locked while a photo is unpacked; nobody here waits for long."""
    monkeypatch.setattr("etl.desk.images.WAIT_SECONDS", 0.2)
    monkeypatch.setattr(f"{__name__}.TURN", tmp_path / "turn")
    return tmp_path / "turn"


TURN = Path()


def clean_photos(given: list[tuple[str, bytes]]) -> tuple[CleanPhoto, ...]:
    return desk_photos.clean_photos([(item, io.BytesIO(content)) for item, content in given], TURN)


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


def test_words_that_a_camera_wrote_beside_the_pixels_are_dropped() -> None:
    out = io.BytesIO()
    Image.new("RGB", (80, 60)).save(out, "JPEG", comment=b"rumah Ibu Sari")
    (clean,) = clean_photos([("AC", out.getvalue())])
    assert b"Sari" not in clean.content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_large_picture_is_reduced_whole_and_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    out = io.BytesIO()
    picture = Image.new("RGB", (3_300, 1_050), "red")
    picture.paste("blue", (0, 0, 3_300, 525))
    picture.save(out, kind, exif=exif, method=0)
    (clean,) = clean_photos([("AC", out.getvalue())])
    with Image.open(io.BytesIO(clean.content)) as kept:
        top, bottom = kept.getpixel((800, 20)), kept.getpixel((800, 490))
    assert (clean.width, clean.height, top[0] > 200, bottom[2] > 200) == (1_600, 509, True, True)


def drawn_often(times: int) -> bytes:
    """A JPEG of several passes, one of which comes that often more."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", progressive=True)
    content = out.getvalue()
    start = content.rindex(b"\xff\xda")
    return content[:start] + content[start:-2] * times + content[-2:]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda: png_of(40_000, 100), "terlalu luas"),
        (lambda: photo(4_700, 4_700, "WEBP"), "terlalu luas"),
        (lambda: drawn_often(200), "rusak"),
    ],
    ids=["png", "webp", "passes"],
)
def test_what_would_take_more_than_the_budget_is_not_unpacked(given: Callable[[], bytes], words: str) -> None:
    with pytest.raises(PhotoRefusedError, check=says(words)):
        clean_photos([("AC", given())])


def test_while_another_photo_is_unpacked_one_waits_and_is_then_asked_for_again(turn: Path) -> None:
    with held_within(turn, 0), pytest.raises(PhotoRefusedError, check=says("Draf Anda tersimpan")):
        clean_photos([("AC", photo())])
    assert len(clean_photos([("AC", photo())])) == 1


def test_of_photos_given_at_once_one_is_unpacked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.desk.images.WAIT_SECONDS", 60.0)
    unpack, together, at_work, most = images._small, threading.Barrier(4), [], []

    def watched(*what: Any) -> Image.Image:
        at_work.append(what)
        most.append(len(at_work))
        try:
            return unpack(*what)
        finally:
            at_work.pop()

    def give(_: int) -> int:
        together.wait()
        return len(clean_photos([("AC", photo(400, 300))] * 3))

    monkeypatch.setattr(images, "_small", watched)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(give, range(4))) == [3, 3, 3, 3]
    assert (len(most), max(most)) == (12, 1)


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
