"""TOML text to a document, and text files to text, each refusal a sentence with its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from etl.domain.errors import RuleError

_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_CREDENTIALS = re.compile(r"(://[^\s:/@]*:)\S*@")
_SECRET = re.compile(r"(?i)((?:password|passwd|pwd|sandi)[\"']?\s*[=:]\s*)[^&]+")

MAX_BYTES = 1_000_000
"""A rule file larger than this is something else given by mistake."""

_MEANINGS = (
    ("Cannot overwrite", "setiap kunci satu kali saja dalam tabelnya"),
    ("Cannot declare", "setiap tabel satu kali saja; tabel berulang memakai [[…]]"),
    ("Cannot redefine", "setiap tabel satu kali saja; tabel berulang memakai [[…]]"),
    ("Cannot mutate", "setiap tabel satu kali saja; tabel berulang memakai [[…]]"),
    ("Duplicate inline", "setiap kunci satu kali saja dalam tabelnya"),
    ("Expected '='", "kunci = nilai pada baris itu"),
    ("Expected ']'", "tanda ] pada akhir nama tabel"),
    ("Unclosed array", "tanda ] pada akhir daftar"),
    ("Unclosed inline", "tanda } pada akhir tabel"),
    ("Invalid date", "tanggal yang ada, misalnya 2026-09-08"),
    ("Unterminated", "tanda kutip penutup pada akhir teks"),
    ("Illegal character", "teks di dalam satu baris dengan tanda kutip penutup"),
    ("Unescaped", 'garis miring terbalik sebagai \\\\, atau teks di antara tanda kutip tunggal'),
    ("Expected newline", "satu kunci = nilai per baris"),
    ("Invalid value", 'teks di antara tanda kutip, angka, true/false, tanggal atau daftar [ … ]'),
)  # fmt: skip


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """The document in `text`. Raises RuleError naming `file`, line, column, that line and what to write."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, file) from None
    except RecursionError:
        raise RuleError(file=file, key="berkas", value="", expected="daftar tanpa sarang sedalam itu") from None


def read_rule_file(path: Path) -> str:
    """UTF-8 text of a rule file, with or without BOM. Raises RuleError when it is not there or not text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _file_error(path, f"{path.stat().st_size} byte", "berkas TOML yang lebih kecil dari 1 MB")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _file_error(path, "bukan teks UTF-8", "ulang berkas itu sebagai teks UTF-8") from None
    except OSError as error:
        raise _file_error(path, error.strerror or "", "nama berkas yang ada dan boleh dibaca") from None


def has_password(text: str) -> bool:
    """Whether the text holds an address with a password, before the @ or as a parameter."""
    return "://" in text and without_secrets(text) != text


def without_secrets(text: str) -> str:
    """The text with passwords in addresses and after "password =" replaced by ***."""
    return _SECRET.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))


def _syntax_error(message: str, text: str, file: str) -> RuleError:
    lines = text.splitlines() or [""]
    place = _PLACE.search(message)
    line, column = (int(place[1]), place[2]) if place and place[1] else (len(lines), None)
    key = f"baris {line}" + (f", kolom {column}" if column else "")
    found = lines[min(line, len(lines)) - 1].strip()
    return RuleError(file=file, key=key, value=without_secrets(found), expected=_meaning(message))


def _meaning(message: str) -> str:
    return next((words for start, words in _MEANINGS if message.startswith(start)), "baris itu sebagai TOML yang sah")


def _file_error(path: Path, value: str, expected: str) -> RuleError:
    return RuleError(file=str(path), key="berkas", value=value, expected=expected)
