"""The office of the wall's tests: a Thursday in November, as the files that the office itself would give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from etl.office import Office
from tests.books.moments import seconds
from tests.offices.office import give_books, open_office

THURSDAY = "2026-11-19"
REGISTER = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta;status
1;02/11/2026;08.00;Dinas Sosial;Sosialisasi PKH;Smart Center;05/11/2026;09.00;11.00;20;disetujui
2;17/11/2026;08.00;Dinas Kesehatan;Rapat koordinasi imunisasi daerah;Smart Center;19/11/2026;09.30;12.00;45;disetujui
3;18/11/2026;08.00;Dinas Pendidikan;Pelatihan operator sekolah;Smart Center;19/11/2026;13.00;15.30;30;disetujui
4;18/11/2026;09.00;Dinas Pariwisata;Rapat festival;Smart Center;19/11/2026;15.30;16.00;;menunggu
5;18/11/2026;09.10;Dinas Perikanan;Rapat nelayan;Smart Center;19/11/2026;08.00;09.00;;dibatalkan
6;19/11/2026;10.20;Bappeda;Musrenbang;Smart Center;26/11/2026;09.00;12.00;40;
7;19/11/2026;10.38;Dinas Sosial;Bimbingan teknis;Smart Center;27/11/2026;09.00;12.00;25;
"""
HAND_OVERS = """no_agenda;tahun;langkah;tgl_mulai;jam_mulai;tgl_selesai;jam_selesai
1;2026;A2;;;02/11/2026;08.08
1;2026;A3;;;02/11/2026;08.12
1;2026;A4;;;02/11/2026;08.16
1;2026;A5;;;02/11/2026;09.00
1;2026;A6;;;02/11/2026;09.50
1;2026;A7;;;02/11/2026;10.20
1;2026;A8;;;02/11/2026;10.50
1;2026;B1;05/11/2026;08.00;05/11/2026;08.10
1;2026;B2;;;05/11/2026;08.15
1;2026;B3;05/11/2026;08.30;05/11/2026;08.50
1;2026;B4;05/11/2026;08.00;05/11/2026;08.50
2;2026;A2;;;17/11/2026;08.08
2;2026;A3;;;17/11/2026;08.12
2;2026;A4;;;17/11/2026;08.16
2;2026;A5;;;17/11/2026;09.00
2;2026;A6;;;17/11/2026;09.50
2;2026;A7;;;17/11/2026;09.40
2;2026;A8;;;17/11/2026;10.40
2;2026;B1;19/11/2026;08.00;19/11/2026;08.14
2;2026;B2;;;19/11/2026;08.27
2;2026;B3;19/11/2026;10.30;;
3;2026;A2;;;18/11/2026;08.08
3;2026;A3;;;18/11/2026;08.12
3;2026;A4;;;18/11/2026;08.16
3;2026;A5;;;18/11/2026;09.00
4;2026;A2;;;18/11/2026;09.05
4;2026;A3;;;18/11/2026;09.08
4;2026;A4;;;18/11/2026;09.10
6;2026;A2;;;19/11/2026;10.28
6;2026;A3;;;19/11/2026;10.31
"""
ROOM_LOG = """no_agenda;tahun;ruang;tanggal;jam_mulai;jam_selesai;peserta_terverifikasi;peserta_hadir
1;2026;Smart Center;05/11/2026;09.00;11.00;20;18
;;Smart Center;16/11/2026;08.00;10.00;;12
2;2026;Smart Center;19/11/2026;09.30;;44;42
"""


def moment(clock: str, day: str = THURSDAY) -> int:
    """UTC seconds of an office time such as "10:42"."""
    return seconds(f"{day} {clock}")


def thursday_office(folder: Path, now: Callable[[], int]) -> Office:
    """The office with its register, hand-overs and room log, loaded at 10.41."""
    return open_office(folder, now, give_thursday)


def give_thursday(office: Office, folder: Path) -> None:
    """The books of that office."""
    books = {"register.csv": REGISTER, "disposisi.csv": HAND_OVERS, "ruang.csv": ROOM_LOG}
    give_books(office, folder, books, moment("10:41"))


def give_register(office: Office, folder: Path) -> None:
    """The register of that office alone."""
    give_books(office, folder, {"register.csv": REGISTER}, moment("09:40"))
