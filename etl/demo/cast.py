"""Who borrows the room and what for: the regency's real agencies with invented activities, never a person.

Each agency comes with the spellings in which clerks write it and a weight of how often it borrows. The two bodies
outside the regency's government are not in the shipped alias table: they stay under their own names, for merging.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from etl.demo.model import Case, Demo, Letter
from etl.demo.office_time import date_of, time_of


@dataclass(frozen=True)
class Agency:
    """One agency: canonical name, spellings, unit code in its letter numbers, weight, activities."""

    name: str
    spellings: tuple[str, ...]
    unit: str
    weight: int
    activities: tuple[str, ...]


AGENCIES = (
    Agency(
        "Dinas Kesehatan",
        ("Dinas Kesehatan", "Dinkes", "DINAS KESEHATAN KAB. TRENGGALEK", "Dinas Kesehatan Kab. Trenggalek"),
        "406.010",
        10,
        (
            "Rapat koordinasi imunisasi daerah",
            "Evaluasi program penurunan stunting",
            "Sosialisasi aplikasi e-Puskesmas",
            "Rapat koordinasi penanggulangan tuberkulosis",
            "Bimtek pelaporan SP2TP puskesmas",
        ),
    ),
    Agency(
        "Bappeda",
        ("Bappedalitbang", "Bappeda", "BAPPEDA LITBANG"),
        "406.027",
        10,
        (
            "Desk penyusunan Renja perangkat daerah",
            "Forum konsultasi publik RKPD",
            "Rapat koordinasi Satu Data Indonesia",
            "Evaluasi capaian indikator RPJMD",
            "Bimtek SIPD perencanaan",
        ),
    ),
    Agency(
        "Sekretariat Daerah",
        ("Sekretariat Daerah", "Setda", "SETDA KAB. TRENGGALEK"),
        "406.001",
        9,
        (
            "Zoom pengarahan Mendagri tentang inflasi daerah",
            "Rapat koordinasi camat",
            "Evaluasi SAKIP perangkat daerah",
            "Rapat tim reformasi birokrasi",
            "Sosialisasi pengadaan melalui e-Katalog",
        ),
    ),
    Agency(
        "Dinas Pendidikan, Pemuda dan Olahraga",
        ("Dinas Pendidikan, Pemuda dan Olahraga", "Disdikpora", "Dikpora"),
        "406.009",
        8,
        (
            "Bimtek Dapodik operator sekolah",
            "Sosialisasi penerimaan murid baru daring",
            "Rapat koordinasi pengawas sekolah",
            "Pelatihan pemanfaatan Rapor Pendidikan",
        ),
    ),
    Agency(
        "Badan Keuangan Daerah",
        ("Badan Keuangan Daerah", "Bakeuda", "BAKEUDA"),
        "406.026",
        7,
        (
            "Bimtek SIPD penatausahaan",
            "Rekonsiliasi aset perangkat daerah",
            "Asistensi penyusunan RKA",
            "Sosialisasi transaksi nontunai",
        ),
    ),
    Agency(
        "BKPSDM",
        ("BKPSDM", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "Badan Kepegawaian Daerah"),
        "406.028",
        6,
        (
            "Simulasi CAT seleksi PPPK",
            "Sosialisasi e-Kinerja BKN",
            "Bimtek penyusunan SKP",
            "Pengarahan orientasi pegawai baru",
        ),
    ),
    Agency(
        "BPBD",
        ("Badan Penanggulangan Bencana Daerah", "BPBD", "BPBD Kab. Trenggalek"),
        "406.029",
        4,
        (
            "Rapat koordinasi siaga banjir dan longsor",
            "Simulasi komunikasi darurat desa tangguh bencana",
            "Zoom BNPB kesiapsiagaan megathrust",
        ),
    ),
    Agency(
        "Dinas Sosial, Pemberdayaan Perempuan dan Perlindungan Anak",
        ("Dinas Sosial, Pemberdayaan Perempuan dan Perlindungan Anak", "Dinsos P3A", "Dinsos"),
        "406.012",
        5,
        (
            "Verifikasi data DTSEN bersama operator desa",
            "Rapat koordinasi kabupaten layak anak",
            "Sosialisasi musrena keren",
        ),
    ),
    Agency(
        "Dinas Pemberdayaan Masyarakat dan Desa",
        ("Dinas Pemberdayaan Masyarakat dan Desa", "DPMD", "Dinas PMD"),
        "406.017",
        6,
        (
            "Bimtek Siskeudes bagi kaur keuangan",
            "Zoom pendamping desa se-kabupaten",
            "Sosialisasi indeks desa",
            "Rapat persiapan pilkades",
        ),
    ),
    Agency(
        "Dinas Kependudukan dan Pencatatan Sipil",
        ("Dinas Kependudukan dan Pencatatan Sipil", "Disdukcapil", "Dispendukcapil"),
        "406.016",
        4,
        ("Sosialisasi identitas kependudukan digital", "Evaluasi layanan adminduk kecamatan"),
    ),
    Agency(
        "DPMPTSP",
        ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "DPMPTSP", "Dinas PMPTSP"),
        "406.018",
        4,
        ("Bimtek OSS berbasis risiko", "Pendampingan laporan kegiatan penanaman modal"),
    ),
    Agency(
        "Dinas Pertanian dan Pangan",
        ("Dinas Pertanian dan Pangan", "Dispertapan", "Dinas Pertanian"),
        "406.022",
        4,
        ("Validasi e-RDKK pupuk bersubsidi", "Rapat koordinasi penyuluh pertanian"),
    ),
    Agency(
        "Dinas Pekerjaan Umum dan Penataan Ruang",
        ("Dinas Pekerjaan Umum dan Penataan Ruang", "Dinas PUPR", "DPUPR"),
        "406.011",
        3,
        ("Ekspose rencana detail tata ruang", "Rapat koordinasi jalan kabupaten"),
    ),
    Agency(
        "Dinas Pariwisata dan Kebudayaan",
        ("Dinas Pariwisata dan Kebudayaan", "Disparbud"),
        "406.021",
        3,
        ("Pelatihan pemasaran digital desa wisata", "Rapat persiapan festival budaya"),
    ),
    Agency(
        "Dinas Komunikasi dan Informatika",
        ("Dinas Komunikasi dan Informatika", "Diskominfo", "Dinas Kominfo"),
        "406.020",
        3,
        ("Bimtek pengelola PPID", "Rapat evaluasi SPBE", "Pelatihan operator website desa"),
    ),
    Agency(
        "Inspektorat",
        ("Inspektorat", "Inspektorat Daerah"),
        "406.002",
        3,
        ("Entry meeting pemeriksaan kinerja", "Sosialisasi pencegahan gratifikasi"),
    ),
    Agency(
        "Dinas Perhubungan",
        ("Dinas Perhubungan", "Dishub"),
        "406.013",
        2,
        ("Rapat forum lalu lintas angkutan lebaran", "Sosialisasi angkutan sekolah"),
    ),
    Agency(
        "Kecamatan Trenggalek",
        ("Kecamatan Trenggalek", "Kec. Trenggalek"),
        "406.040",
        2,
        ("Rapat koordinasi operator desa dan kelurahan", "Musrenbang kecamatan secara daring"),
    ),
    Agency(
        "Badan Pusat Statistik",
        ("BPS Kab. Trenggalek", "BPS Trenggalek"),
        "35030",
        2,
        ("Pembinaan statistik sektoral", "Pelatihan petugas Sensus Ekonomi"),
    ),
    Agency(
        "Komisi Pemilihan Umum",
        ("KPU Kab. Trenggalek", "KPU Kabupaten Trenggalek"),
        "35.03",
        1,
        ("Rapat pleno pemutakhiran data pemilih",),
    ),
)


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


def places_of_cases(demo: Demo) -> dict[str, list[str]]:
    """Names of cases, each with its places: "2026/143" for a letter, else the book and the moment of the row.

    `equal_stamps` are letters signed at one and the same moment, five or more of them.
    """
    cases: dict[str, list[str]] = {}
    for letter in demo.letters:
        if letter.case != Case.PLAIN:
            cases.setdefault(str(letter.case), []).append(_key(letter))
    for case, session in demo.uses:
        cases.setdefault(case, []).append(_place("pemakaian", session.started))
    for row in demo.loose:
        cases.setdefault(row.case, []).append(_place(row.kind, row.moment))
    cases["equal_stamps"] = _signed_together(demo.letters)
    return dict(sorted(cases.items()))


def _key(letter: Letter) -> str:
    return f"{date_of(letter.received).year}/{letter.number}"


def _place(kind: str, moment: int) -> str:
    return f"{kind} {date_of(moment)} {time_of(moment):%H.%M}"


def _signed_together(letters: list[Letter]) -> list[str]:
    signed = [(letter.stamp("A4").finished, letter) for letter in letters if letter.has("A4")]
    counts = Counter(moment for moment, _ in signed)
    return [_key(letter) for moment, letter in signed if moment is not None and counts[moment] >= 5]
