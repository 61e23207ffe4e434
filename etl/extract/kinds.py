"""The kinds of records the office keeps and the columns each one has, by the names the office types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from etl.extract.files.refusal import Refused
from etl.extract.words import Words, fold_header


class Kind(StrEnum):
    """What a file holds: letters, hand-overs, sessions in a room, persons of a session, or answers about its items."""

    PERMOHONAN = "permohonan"
    DISPOSISI = "disposisi"
    PEMAKAIAN = "pemakaian"
    PESERTA = "peserta"
    KONDISI = "kondisi"


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises Refused with the known ones for any other."""
    if name not in list(Kind):
        raise Refused(f'jenis "{name}" tidak dikenal; pilih {", ".join(Kind)}.')
    return Kind(name)


@dataclass(frozen=True)
class KindSpec:
    """Canonical columns of a kind.

    `required` is a list of alternatives, each a set of columns that must be there together.
    `dates` are the columns whose cells are dates and so have a date order; the first ones decide it.
    `marks`: without one of these a file is not taken for this kind unless it is said to be of it.
    `is_private`: each row is a person, so that no cell may be quoted or kept.
    """

    kind: Kind
    columns: tuple[str, ...]
    always: tuple[str, ...]
    either: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    stamps: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    is_private: bool = False

    def is_recognised(self, found: Mapping[str, object]) -> bool:
        """Whether the columns found tell a file of this kind from those of the others."""
        return self.is_complete(found) and (not self.marks or any(name in found for name in self.marks))

    def is_complete(self, found: Mapping[str, object]) -> bool:
        """Whether the columns found suffice to read a file of this kind."""
        return not self.missing(found)

    def missing(self, found: Mapping[str, object]) -> str:
        """The required columns that were not found, as words; empty when none is missing."""
        lacking = [name for name in self.always if name not in found]
        if self.either and not any(all(name in found for name in group) for group in self.either):
            lacking.append(_alternatives(self.either))
        return ", ".join(lacking)

    @property
    def expected(self) -> str:
        """The required columns as words."""
        return ", ".join([*self.always, *([_alternatives(self.either)] if self.either else [])])

    @property
    def times(self) -> tuple[str, ...]:
        """The columns whose cells are clock times."""
        return tuple(name for name in self.columns if name.startswith("jam"))

    @property
    def recognised_by(self) -> str:
        """The columns that a file of this kind is known by, as words."""
        return ", ".join([self.expected, *([" atau ".join(self.marks)] if self.marks else [])])


def _alternatives(groups: tuple[tuple[str, ...], ...]) -> str:
    return " atau ".join(" + ".join(group) for group in groups)


SPECS: Mapping[Kind, KindSpec] = {
    Kind.PERMOHONAN: KindSpec(
        Kind.PERMOHONAN,
        columns=(
            "no_agenda", "tgl_terima", "jam_terima", "no_surat", "tgl_surat", "asal", "perihal", "nama_kegiatan",
            "sifat", "diteruskan_kepada", "ruang", "tgl_kegiatan", "jam_mulai", "tgl_selesai", "jam_selesai",
            "jumlah_peserta", "status", "tgl_status", "keterangan",
        ),
        always=("no_agenda", "tgl_terima", "asal"),
        either=(),
        dates=("tgl_terima", "tgl_surat", "tgl_kegiatan", "tgl_selesai", "tgl_status"),
    ),
    Kind.DISPOSISI: KindSpec(
        Kind.DISPOSISI,
        columns=(
            "no_agenda", "tahun", "langkah", "dari", "kepada", "putaran", "tgl_mulai", "jam_mulai", "tgl_selesai",
            "jam_selesai", "dicatat_pada", "jeda_mulai", "jeda_selesai", "alasan_jeda", "isi_disposisi", "output",
            "catatan",
        ),
        always=("no_agenda",),
        either=(("langkah",), ("dari", "kepada")),
        dates=("tgl_mulai", "tgl_selesai", "dicatat_pada"),
        stamps=("jeda_mulai", "jeda_selesai"),
    ),
    Kind.PEMAKAIAN: KindSpec(
        Kind.PEMAKAIAN,
        columns=(
            "no_agenda", "tahun", "ruang", "tanggal", "jam_mulai", "tgl_selesai", "jam_selesai",
            "peserta_terverifikasi", "peserta_hadir", "diperiksa", "lolos", "tidak_lolos", "keterangan",
        ),
        always=("ruang", "tanggal", "jam_mulai"),
        either=(),
        dates=("tanggal", "tgl_selesai"),
    ),
    Kind.PESERTA: KindSpec(
        Kind.PESERTA,
        columns=("no_agenda", "tahun", "hadir", "hasil"),
        always=("no_agenda",),
        either=(),
        dates=(),
        marks=("hadir", "hasil"),
        is_private=True,
    ),
    Kind.KONDISI: KindSpec(
        Kind.KONDISI,
        columns=("ruang", "tanggal", "jam", "saat", "barang", "kondisi", "uraian", "no_agenda", "tahun"),
        always=("ruang", "tanggal", "barang", "kondisi"),
        either=(),
        dates=("tanggal",),
    ),
}  # fmt: skip


def known_headers(spec: KindSpec, words: Words) -> dict[str, tuple[str, int]]:
    """Folded header → (canonical column, rank); rank 0 is the canonical name, then the synonyms in their order.

    A synonym that is also the canonical name of another column of the kind stands for that other column.
    """
    known = {fold_header(column): (column, 0) for column in spec.columns}
    for column in spec.columns:
        for rank, name in enumerate(words.synonyms.get(spec.kind, {}).get(column, ()), start=1):
            known.setdefault(name, (column, rank))
    return known
