"""An e-office database next door, invented, of the shape such systems have: on SQLite or on a real PostgreSQL.

Dates that MySQL would keep as zero dates are texts here, flags are small integers, and people's names stand beside
what the office needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

TABLES = (
    """CREATE TABLE tbl_surat_masuk (
        id INTEGER PRIMARY KEY, no_agenda VARCHAR(30), no_surat VARCHAR(60), tgl_surat VARCHAR(20),
        tgl_diterima TIMESTAMP, asal_surat VARCHAR(100), perihal TEXT, sifat SMALLINT, penginput VARCHAR(60),
        updated_at TIMESTAMP
    )""",
    """CREATE TABLE tr_surat_disposisi (
        id_disposisi INTEGER PRIMARY KEY, id_surat INTEGER, langkah VARCHAR(5), tgl_mulai TIMESTAMP,
        tgl_selesai TIMESTAMP, dicatat TIMESTAMP, isi TEXT, is_output SMALLINT
    )""",
    """CREATE TABLE timeline_surat_masuk (
        id INTEGER PRIMARY KEY, no_agenda VARCHAR(30), dari VARCHAR(60), kepada VARCHAR(60), tanggal VARCHAR(20),
        jam VARCHAR(20)
    )""",
    """CREATE TABLE daftar_hadir (
        id INTEGER PRIMARY KEY, no_agenda VARCHAR(30), nama VARCHAR(60), nik VARCHAR(20), hadir SMALLINT
    )""",
)  # fmt: skip
_DAY = {"sqlite": "date({0})", "postgresql": "CAST({0} AS DATE)"}
_CLOCK = {"sqlite": "strftime('%H:%M:%S', {0})", "postgresql": "to_char({0}, 'HH24:MI:SS')"}

LETTERS = """
[[source]]
name = "e-surat"
kind = "permohonan"
url_env = "ESURAT_URL"
query = "SELECT id, no_agenda, no_surat, tgl_surat, {day} AS tgl, {clock} AS jam, asal_surat, perihal, penginput \
FROM tbl_surat_masuk WHERE {where} ORDER BY id"
cursor = "{cursor}"
columns = {{ no_agenda = "no_agenda", no_surat = "no_surat", tgl_surat = "tgl_surat", tgl_terima = "tgl", \
jam_terima = "jam", asal = "asal_surat", perihal = "perihal" }}
date_order = "ymd"
every = "5m"
"""
HAND_OVERS = """
[[source]]
name = "e-disposisi"
kind = "disposisi"
url_env = "ESURAT_URL"
query = "SELECT d.id_disposisi, s.no_agenda, d.langkah, {day} AS hari, {clock} AS jam, d.isi FROM tr_surat_disposisi d \
JOIN tbl_surat_masuk s ON s.id = d.id_surat WHERE d.id_disposisi > :cursor ORDER BY d.id_disposisi"
cursor = "id_disposisi"
columns = {{ no_agenda = "no_agenda", langkah = "langkah", tgl_selesai = "hari", jam_selesai = "jam", \
isi_disposisi = "isi" }}
date_order = "ymd"
"""
TIMELINE = """
[[source]]
name = "linimasa"
kind = "disposisi"
url_env = "ESURAT_URL"
query = "SELECT no_agenda, dari, kepada, tanggal, jam FROM timeline_surat_masuk"
columns = { no_agenda = "no_agenda", dari = "dari", kepada = "kepada", tgl_selesai = "tanggal", jam_selesai = "jam" }
date_order = "dmy"
"""
ATTENDANCE = """
[[source]]
name = "hadir"
kind = "peserta"
url_env = "ESURAT_URL"
query = "SELECT id, no_agenda, nama, nik, hadir, 2026 AS tahun FROM daftar_hadir WHERE id > :cursor"
cursor = "id"
columns = { no_agenda = "no_agenda", tahun = "tahun", hadir = "hadir" }
"""


class Foreign:
    """The database next door."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: Engine = create_engine(url)
        self.dialect = self.engine.dialect.name
        self.run(*TABLES)

    def run(self, *statements: str, **values: Any) -> None:
        """Change something there."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    def letter(self, number: int, at: str | None = "2026-09-07 08:00:00", **cells: Any) -> None:
        """A letter of that id and agenda number."""
        row = {
            "id": number, "no_agenda": f"{number:03d}", "no_surat": f"005/{number}", "tgl_surat": "2026-09-04",
            "tgl_diterima": at, "asal_surat": "Dinkes", "perihal": f"Rapat {number}", "sifat": 0,
            "penginput": "Budi Contoh", "updated_at": at,
        } | cells  # fmt: skip
        names = ", ".join(f":{name}" for name in row)
        self.run(f"INSERT INTO tbl_surat_masuk VALUES ({names})", **row)  # noqa: S608 – our own names

    def hand_over(self, number: int, letter: int, step: str, at: str | None) -> None:
        """A hand-over of that id."""
        row = {"id": number, "letter": letter, "step": step, "at": at, "isi": "Tindak lanjuti"}
        self.run("INSERT INTO tr_surat_disposisi VALUES (:id, :letter, :step, NULL, :at, NULL, :isi, 1)", **row)

    def letters_source(self, where: str = "id > :cursor", cursor: str = "id", **more: str) -> str:
        """The settings of the register as a source."""
        return self._filled(LETTERS, "tgl_diterima", where=where, cursor=cursor) + "".join(
            f'{key} = "{value}"\n' for key, value in more.items()
        )

    def hand_overs_source(self) -> str:
        """The settings of the hand-overs as a source."""
        return self._filled(HAND_OVERS, "d.tgl_selesai")

    def _filled(self, settings: str, stamp: str, **values: str) -> str:
        parts: Mapping[str, str] = {"day": _DAY[self.dialect], "clock": _CLOCK[self.dialect]}
        return settings.format(**{name: part.format(stamp) for name, part in parts.items()}, **values)


@contextmanager
def foreign_sqlite(folder: Path) -> Iterator[Foreign]:
    """The database as a SQLite file."""
    yield from _closed(Foreign(f"sqlite:///{folder / 'esurat.db'}"))


@contextmanager
def foreign_postgresql(url: str) -> Iterator[Foreign]:
    """The database in an empty PostgreSQL database."""
    yield from _closed(Foreign(url.replace("postgresql://", "postgresql+psycopg://", 1)))


def _closed(foreign: Foreign) -> Iterator[Foreign]:
    try:
        yield foreign
    finally:
        foreign.engine.dispose()
