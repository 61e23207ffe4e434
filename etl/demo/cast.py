"""Who borrows the room and what for: the agencies of `reference/demo-agencies.toml`, and the words of letters."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from etl.reference import reference_text


@dataclass(frozen=True)
class Agency:
    """One agency: canonical name, spellings, unit code in its letter numbers, weight, activities."""

    name: str
    spellings: Sequence[str]
    unit: str
    weight: int
    activities: Sequence[str]


AGENCIES = tuple(Agency(**entry) for entry in tomllib.loads(reference_text("demo-agencies.toml"))["agency"])


def agency_named(name: str) -> Agency:
    """The agency of that canonical name."""
    return next(agency for agency in AGENCIES if agency.name == name)


SUBJECTS = (
    "Permohonan pinjam pakai ruang Smart Center",
    "Peminjaman Ruang Smart Center",
    "Pinjam ruang",
    "Mohon pinjam tempat {activity}",
    "Permohonan fasilitasi ruang dan jaringan untuk {activity}",
    "Pinjam pakai Smart Center\nuntuk {activity}",
)
URGENCIES = ("Biasa", "Biasa", "Biasa", "Penting", "Penting", "Segera", "")
ROOM_SPELLINGS = ("Smart Center", "Smart Center", "Smart Center", "Ruang Smart Center", "SC")
UNKNOWN_ROOM = "Aula Lantai 2"

INSTRUCTIONS = {
    "A4": ("Tindak lanjuti", "Mohon difasilitasi", "Cek jadwal, siapkan ruang dan jaringan", "Untuk diproses"),
    "A5": ("Setuju, siapkan", "Jadwal kosong, lanjutkan", "Koordinasikan dengan OPD", "ACC"),
}
PAUSE_REASONS = (
    "menunggu OPD: jadwal kegiatan belum pasti",
    "menunggu OPD: daftar perangkat yang dipakai",
    "menunggu OPD: surat belum ditandatangani",
    "menunggu OPD: jumlah peserta melebihi kapasitas",
)
RETURN_NOTES = ("dikembalikan – tanggal kegiatan belum tercantum", "dikembalikan – nomor surat belum ada")
INTERNAL_USES = (
    "rapat internal bidang IATIK, tanpa surat",
    "uji coba videoconference",
    "rapat mendadak Setda, surat menyusul",
)
