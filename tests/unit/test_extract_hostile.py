"""CSV files that would exhaust, mislead or garble: each is refused in one sentence, or read as it says."""

from __future__ import annotations

import random
import string
import time
import tracemalloc
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.extract import Extracted, Refused
from tests.books.extracted import JAKARTA, extract, write_csv

HEADER = "no_agenda;langkah;tgl_selesai;catatan"
ROW = "12;A2;07/09/2026;"
MEGABYTE = 1 << 20
NOISE = random.Random(7)  # noqa: S311 - noise, no secret


def read(path: Path) -> Extracted:
    """The file, read in the office's zone."""
    return extract(path, zone=JAKARTA)


def refusal(path: Path) -> str:
    """The sentence with which a file is refused: short, on one line, within seconds and little memory."""
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        read(path)
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 10
    assert peak < 100 * MEGABYTE
    words = sentence(caught.value)
    assert "\n" not in words
    assert len(words) < 4_000
    return words.removeprefix("a.csv: ")


def written(tmp_path: Path, content: bytes) -> Path:
    """A CSV file of these bytes."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return path


def test_fifty_megabytes_of_binary_noise_are_no_text(tmp_path: Path) -> None:
    noise = NOISE.randbytes(50 * MEGABYTE)
    assert refusal(written(tmp_path, noise)).startswith("berkas ini memuat bita NUL")


def test_binary_noise_behind_sound_rows_is_no_text(tmp_path: Path) -> None:
    sound = "\n".join([HEADER, *[ROW] * 10_000]).encode()
    noise = NOISE.randbytes(MEGABYTE).replace(b"\0", b"").replace(b'"', b"")
    assert refusal(written(tmp_path, sound + noise)).startswith("isi berkas ini bukan teks")


def test_fifty_megabytes_of_text_noise_are_refused_with_the_headers_found_and_expected(tmp_path: Path) -> None:
    letters = "".join(NOISE.choices(string.ascii_letters + ",; \n", k=MEGABYTE))
    sentence = refusal(written(tmp_path, letters.encode() * 50))
    assert sentence.startswith("judul kolom yang ditemukan (")
    assert "diharapkan" in sentence


def test_a_million_columns_are_counted_and_refused(tmp_path: Path) -> None:
    assert "1000001 kolom" in refusal(written(tmp_path, b"," * 1_000_000 + b"\n" + ROW.encode()))


def test_a_million_columns_behind_sound_rows_are_refused(tmp_path: Path) -> None:
    wide = "\n".join([HEADER, *[ROW] * 10_000, ";" * 1_000_000]).encode()
    assert "1000001 kolom" in refusal(written(tmp_path, wide))


def test_a_line_of_sixty_megabytes_is_no_row(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"a,b " * (15 * MEGABYTE))).startswith("baris 1 lebih panjang dari 4 MB")


def test_an_endless_line_behind_sound_rows_is_named(tmp_path: Path) -> None:
    content = f"{HEADER}\n{ROW}\n".encode() + b"x" * (60 * MEGABYTE)
    assert refusal(written(tmp_path, content)).startswith("baris 3 lebih panjang dari 4 MB")


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_cell_of_a_hundred_megabytes_is_refused(tmp_path: Path, quote: bytes) -> None:
    content = f"{HEADER}\n{ROW}".encode() + quote + b"x" * (100 * MEGABYTE) + quote + b"\n"
    assert refusal(written(tmp_path, content)).startswith("baris 2 lebih panjang dari 4 MB")


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("others", [0, 200])
def test_a_cell_longer_than_any_note_is_refused_wherever_it_stands(tmp_path: Path, quote: str, others: int) -> None:
    content = "\n".join([HEADER, *[ROW] * others, f"{ROW}{quote}{'x' * 200_000}{quote}", ROW])
    sentence = refusal(written(tmp_path, content.encode()))
    assert sentence.startswith(f"satu sel pada baris {others + 2} lebih panjang dari 131.072 huruf")


def test_a_cell_of_many_short_lines_is_refused_before_it_swallows_the_file(tmp_path: Path) -> None:
    content = "\n".join([HEADER, f'{ROW}"tidak ditutup', *[ROW] * 1_000_000])
    assert refusal(written(tmp_path, content.encode())).startswith("satu sel pada baris 2 lebih panjang")


@pytest.mark.parametrize("others", [0, 200])
def test_an_unclosed_quotation_mark_is_named_with_its_row(tmp_path: Path, others: int) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, *[ROW] * others, f'{ROW}"tidak ditutup', ROW, ROW)
    assert refusal(path).startswith(f'tanda kutip (") pada baris {others + 2} tidak berpasangan')


def test_a_nul_byte_behind_sound_rows_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, *[ROW] * 10_000, "12;A2\0;;")
    assert refusal(path).startswith("berkas ini memuat bita NUL")


def test_utf_16_is_called_by_its_name(tmp_path: Path) -> None:
    assert "UTF-16" in refusal(written(tmp_path, f"{HEADER}\n{ROW}\n".encode("utf-16")))


def test_letters_of_both_encodings_are_all_read_and_told(tmp_path: Path) -> None:
    content = f"{HEADER}\n{ROW}Café –\n".encode() + f"{ROW}Café –\n".encode("cp1252") + "13;A2;;Ã©é".encode("cp1252")
    taken = read(written(tmp_path, content))
    assert taken.frame["note"].tolist() == ["Café –", "Café –", "éé"]
    (warning,) = taken.warnings
    assert warning.code == "mixed_encoding"
    assert "UTF-8 (antara lain di baris 2) dan Windows-1252 (antara lain di baris 3)" in sentence(warning.message)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_of_one_encoding_is_not_called_mixed(tmp_path: Path, encoding: str) -> None:
    rows = [f"{ROW}Café – {number}" for number in range(200)]
    taken = read(write_csv(tmp_path / "a.csv", HEADER, *rows, encoding=encoding))
    assert (taken.warnings, taken.frame["note"].tolist()[-1]) == ([], "Café – 199")


def test_rows_are_numbered_as_a_spreadsheet_shows_them_under_a_separator_line(tmp_path: Path) -> None:
    taken = read(write_csv(tmp_path / "a.csv", "sep=;", HEADER, f"{ROW}a, b, c", encoding="utf-8-sig"))
    assert (taken.frame["row"].tolist(), taken.frame["note"].tolist()) == ([2], ["a, b, c"])


def test_torn_short_and_long_rows_among_sound_ones_keep_their_numbers(tmp_path: Path) -> None:
    rows = [f"{number};A2;07/09/2026;" for number in range(1, 100)]
    rows[49:49] = ["50;A2", "51;A2;07/09/2026;x;;;", "52;A2;07/09/2026;x;y", "", ";;;", "Total;;;99"]
    taken = read(write_csv(tmp_path / "a.csv", HEADER, *rows))
    assert (taken.read, [reject.row for reject in taken.rejects]) == (102, [53])
    assert taken.frame["row"].tolist()[48:52] == [50, 51, 52, 57]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb\x1b[2J.csv", "ab[2J.csv"),
        ("..\\..\\windows\\a.csv", "a.csv"),
        ("a\u202evsc.exe.csv", "avsc.exe.csv"),
    ],
)
def test_a_file_name_plays_no_tricks_in_a_sentence(tmp_path: Path, name: str, shown: str) -> None:
    path = tmp_path / name
    path.write_text("Selamat pagi\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read(path)
    assert sentence(caught.value).startswith(f"{shown}: judul kolom")
