"""Books as people type them, good and bad cells mixed, for the property tests of the intake; nobody in them is real."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

NUMBERS = ("1", "2", "003", "4/UM", "2026/5", "", "\t6", "tujuh")
DAYS = (
    "07/09/2026", "8-9-2026", "2026-09-09", "Jumat, 11 September 2026", "Senin, 11 September 2026", "31/06/2026",
    "12 Nopember 2026", "-", "", "0000-00-00", "46273", "07/09/1899", "besok",
)  # fmt: skip
TIMES = ("08.00", "8:05 WIB", "Pkl. 09.10", "1:00pm", "25.00", "", "-", "08.30 s/d selesai", "00:00", "pagi")
OPD = ("Dinkes", "Bappeda", "DINAS  SOSIAL", "", "=1+1", "<b>BKD</b>")
ROOMS = ("Smart Center", "SC", "Aula", "", "Ruang Rapat 9")
COUNTS = ("40", "45 orang", "± 12", "1.234", "0", "", "-3", "banyak")
STEPS = ("A1", "a2", "A 3", "A8", "B2", "B5", "C1", "")
STATUS = ("disetujui", "ditolak", "fix", "menunggu", "entah", "")
TICKS = ("ya", "tidak", "hadir", "", "?")
ITEMS = ("Jaringan", "AC", "Proyektor", "")
CONDITIONS = ("Baik", "RB", "Kurang baik", "hilang", "remuk", "")
NOTES = ("", "catatan", '"', "baris\nbaru", "0812345678901", "Total")

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "permohonan": {
        "No. Agenda": NUMBERS, "Tgl. Diterima": DAYS, "Pukul": TIMES, "Dari": OPD, "Hal": NOTES, "Ruang": ROOMS,
        "Tgl Kegiatan": DAYS, "Mulai": TIMES, "Selesai": TIMES, "Status": STATUS, "jumlah_peserta": COUNTS,
    },
    "disposisi": {
        "no_agenda": NUMBERS, "langkah": STEPS, "putaran": ("", "1", "2", "dua"), "tgl_mulai": DAYS,
        "jam_mulai": TIMES, "tgl_selesai": DAYS, "jam_selesai": TIMES, "catatan": NOTES,
    },
    "pemakaian": {
        "no_agenda": NUMBERS, "ruang": ROOMS, "tanggal": DAYS, "jam_mulai": TIMES, "jam_selesai": TIMES,
        "peserta_hadir": COUNTS, "keterangan": NOTES,
    },
    "peserta": {
        "no_agenda": NUMBERS, "tahun": ("", "2026", "26"), "hadir": TICKS, "hasil": ("lolos", "tidak lolos", ""),
    },
    "kondisi": {
        "ruang": ROOMS, "tanggal": DAYS, "jam": TIMES, "saat": ("sebelum", "sesudah", "rutin", "", "nanti"),
        "barang": ITEMS, "kondisi": CONDITIONS, "uraian": NOTES, "no_agenda": NUMBERS,
    },
}  # fmt: skip


@dataclass(frozen=True)
class MessyBook:
    """A CSV text and the kind that its headers say."""

    kind: str
    text: str


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in '";\n') else cell


@st.composite
def messy_books(draw: st.DrawFn) -> MessyBook:
    """A book of any kind, up to eight rows of any cells."""
    kind = draw(st.sampled_from(sorted(COLUMNS)))
    row = st.tuples(*(st.sampled_from(cells) for cells in COLUMNS[kind].values()))
    rows = [tuple(COLUMNS[kind]), *draw(st.lists(row, max_size=8))]
    return MessyBook(kind, "\n".join(";".join(map(_quoted, cells)) for cells in rows) + "\n")


LETTERS = (
    "1;07/09/2026;08.00;Dinkes;Rapat;Smart Center;09/09/2026;09.00;12.00;disetujui;40",
    "2;07/09/2026;09.30;Bappeda;Rakor;Smart Center;10/09/2026;13.00;15.00;menunggu;",
    "3;08/09/2026;;Dinas Sosial;Bimtek;;;;;;12",
    "4;08/09/2026;10.00;BKD;Zoom;Aula;;;;ditolak;",
)
HAND_OVERS = tuple(
    f"{number};{step};1;;;{day}/09/2026;{hour:02d}.{(int(number) * 7 + place) % 60:02d};"
    for number, day in (("1", "07"), ("2", "07"), ("3", "08"))
    for place, (step, hour) in enumerate((("A2", 9), ("A3", 9), ("A4", 10), ("A5", 13), ("A6", 14), ("A8", 15)))
)
SESSIONS = (
    "1;Smart Center;09/09/2026;09.05;11.50;2;",
    "2;SC;10/09/2026;13.00;15.20;;",
    ";Aula;11/09/2026;08.00;09.00;5;",
)
CHECKS = (
    "Smart Center;09/09/2026;08.00;sebelum;AC;Baik;;1", "SC;09/09/2026;08.00;sebelum;Proyektor;RB;;1",
    "Aula;11/09/2026;;rutin;AC;KB;;",
)  # fmt: skip
PEOPLE = ("1;2026;ya;lolos", "1;2026;tidak;", "1;2026;ya;tidak lolos", "2;2026;ya;")
TRUTH = {
    "permohonan": LETTERS, "disposisi": HAND_OVERS, "pemakaian": SESSIONS, "kondisi": CHECKS,
}  # fmt: skip


def book_of(kind: str, rows: list[str]) -> MessyBook:
    """A book of one kind with these rows, columns as in COLUMNS."""
    return MessyBook(kind, "\n".join([";".join(COLUMNS[kind]), *rows]) + "\n")


@st.composite
def parts_of_the_truth(draw: st.DrawFn) -> list[MessyBook]:
    """Books that together say everything of one small truth, some of it more than once, in any order.

    An attendance list is counted whole, so it is in one book.
    """
    books = [book_of("peserta", list(PEOPLE))]
    for kind, rows in TRUTH.items():
        homes = draw(st.lists(st.integers(0, 1), min_size=len(rows), max_size=len(rows)))
        again = draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
        for part in range(2):
            chosen = [row for row, home, more in zip(rows, homes, again, strict=True) if part in (home, more)]
            if chosen:
                books.append(book_of(kind, draw(st.permutations(chosen))))
    return draw(st.permutations(books))
