"""Where the header is, and which column holds what."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.extract import Kind, Refused
from etl.extract.kinds import SPECS, known_headers
from etl.extract.words import fold_header, parse_words, shipped_words
from etl.reference.steps import STEP_CODES, STEP_INDEX
from tests.books.extracted import Given, Mapped, aside, cells_of, codes, days, moments
from tests.reading.refusals import says

LETTER_HEADER = ["No. Agenda", "TGL_TERIMA", "Asal  Surat"]
LETTER_ROW = ["1", "07/09/2026", "Dinas Contoh"]


def test_headers_match_without_case_spaces_dots_and_underscores() -> None:
    taken = cells_of([LETTER_HEADER, LETTER_ROW])
    assert (taken.kind, taken.frame["opd"].tolist()) == (Kind.PERMOHONAN, ["Dinas Contoh"])


@pytest.mark.parametrize("above", [0, 1, 5, 10, 30])
def test_the_header_is_found_under_a_letterhead(above: int) -> None:
    letterhead = [["PEMERINTAH KABUPATEN", "", ""], ["Jl. Contoh, No. 5", "", ""], [], ["AGENDA", "SURAT", "MASUK"]] * 8
    taken = cells_of([*letterhead[:above], LETTER_HEADER, LETTER_ROW])
    assert taken.frame["row"].tolist() == [above + 2]


def test_a_header_far_below_is_not_looked_for() -> None:
    with pytest.raises(Refused):
        cells_of([*[["isi", "", ""]] * 32, LETTER_HEADER, LETTER_ROW])


AGENDA = [
    ["BUKU AGENDA SURAT MASUK", "", "", "", "", "", ""],
    ["No. Agenda", "Diterima Tanggal", "Jam", "Surat", "", "Surat Dari", "Perihal"],
    ["", "", "", "Nomor", "Tanggal", "", ""],
    ["1", "2", "3", "4", "5", "6", "7"],
    ["1", "08/06/2026", "08.00", "005/1", "05/06/2026", "Dinkes", "Pinjam"],
]


def test_a_header_of_two_rows_is_read_as_one() -> None:
    taken = cells_of(AGENDA)
    assert (taken.frame["letter_number"].tolist(), days(taken.frame["letter_on"])) == (["005/1"], ["2026-06-05"])
    assert (taken.read, taken.ignored_columns, taken.frame["row"].tolist()) == (1, [], [5])


def test_a_header_of_two_rows_is_found_under_the_longest_letterhead() -> None:
    heads = [["No Agenda", "Diterima", "", "Asal"], ["", "Tanggal", "Jam", ""]]
    taken = cells_of([*[["PEMERINTAH"]] * 30, *heads, ["1", "07/09/2026", "08.00", "X"]])
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:00"]


def test_words_of_two_rows_join_in_either_order_and_by_either_name() -> None:
    heads = [["no_agenda", "langkah", "Mulai", "", "Selesai", ""], ["", "", "Tanggal", "Pukul", "Tgl", "Jam"]]
    frame = cells_of([*heads, ["1", "A2", "08/06/2026", "08.00", "08/06/2026", "08.09"]]).frame
    assert (moments(frame["started_at"]), moments(frame["finished_at"])) == (["2026-06-08 08:00"], ["2026-06-08 08:09"])


def test_a_group_of_incoming_letters_says_number_and_day_of_the_letter() -> None:
    heads = [
        ["No. Agenda", "Tgl Terima", "Surat Masuk", "", "", "Pelaksanaan"],
        ["", "", "Asal", "Nomor", "Tanggal", "Tanggal"],
    ]
    taken = cells_of([*heads, ["1", "08/06/2026", "Dinkes", "005/1", "05/06/2026", "15/06/2026"]])
    assert (taken.frame["letter_number"].tolist(), days(taken.frame["letter_on"])) == (["005/1"], ["2026-06-05"])
    assert (days(taken.frame["received_on"]), taken.ignored_columns) == (["2026-06-08"], [])


def test_the_only_day_of_incoming_letters_is_that_of_their_receipt() -> None:
    heads = [["No. Agenda", "Surat Masuk", "", "Perihal"], ["", "Tanggal", "Asal", ""]]
    taken = cells_of([*heads, ["1", "08/06/2026", "Dinkes", "Rapat"]])
    assert (days(taken.frame["received_on"]), taken.ignored_columns) == (["2026-06-08"], [])


def test_headers_at_the_foot_of_two_rows_are_read_as_well() -> None:
    heads = [["", "", "Surat", "", ""], ["No Agenda", "Tgl Terima", "Nomor", "Tanggal", "Pengirim"]]
    taken = cells_of([*heads, ["1", "08/06/2026", "005/1", "05/06/2026", "Dinkes"]])
    assert (taken.frame["letter_number"].tolist(), taken.frame["opd"].tolist()) == (["005/1"], ["Dinkes"])


def test_the_lower_word_alone_stands_for_a_column_only_once() -> None:
    heads = [["No Agenda", "Surat", "", "Lampiran", ""], ["", "Tgl Terima", "Asal", "Ket", "Ket"]]
    taken = cells_of([*heads, ["1", "08/06/2026", "Dinkes", "a", "b"]])
    assert (taken.frame["opd"].tolist(), taken.frame["note"].count()) == (["Dinkes"], 0)
    assert taken.ignored_columns == ["Lampiran Ket"]


def test_columns_of_two_rows_that_nobody_knows_are_named() -> None:
    heads = [["No Agenda", "Tgl Terima", "Asal", "Surat", "", "Paraf", ""]]
    heads += [["", "", "", "Nomor", "Sampul", "Kabid", "Kadin"]]
    taken = cells_of([*heads, ["1", "08/06/2026", "Dinkes", "005/1", "biru", "x", "y"]])
    assert taken.ignored_columns == ["Surat Sampul", "Paraf Kabid", "Paraf Kadin"]


def test_a_title_right_above_the_header_is_no_part_of_it() -> None:
    taken = cells_of([["SURAT"], LETTER_HEADER, LETTER_ROW])
    assert (taken.frame["opd"].tolist(), taken.ignored_columns) == (["Dinas Contoh"], [])


def test_one_column_may_say_day_and_time() -> None:
    heads = ["No Agenda", "Tanggal/Jam Terima", "Asal", "Hari/Tanggal Kegiatan dan Waktu", "Jam Selesai"]
    taken = cells_of([heads, ["1", "07/09/2026 08.10", "Dinkes", "Senin, 14 September 2026 09.00", "11.00"]])
    assert (moments(taken.frame["received_at"]), taken.ignored_columns) == (["2026-09-07 08:10"], [])
    assert moments(taken.frame["booked_start_at"]) == ["2026-09-14 09:00"]


def test_a_room_log_with_one_column_for_day_and_time_is_read() -> None:
    rows = [["SC", "07/09/2026 09.00", "11.00"], ["SC", "07/09/2026", "11.00"], ["SC", "besok", "11.00"]]
    taken = cells_of([["Ruang", "Tanggal & Jam Mulai", "Selesai"], *rows])
    assert moments(taken.frame["started_at"]) == ["2026-09-07 09:00"]
    assert [(reject.row, reject.code) for reject in taken.rejects] == [(3, "missing"), (4, "not_a_date")]


def test_a_source_may_read_two_columns_from_one() -> None:
    columns = {"no_agenda": "nomor", "langkah": "tahap", "tgl_selesai": "waktu", "jam_selesai": "waktu"}
    rows = [["nomor", "tahap", "waktu"], ["1", "A2", "2026-09-07 08:10:00"]]
    assert moments(cells_of(rows, source=Mapped("disposisi", columns)).frame["finished_at"]) == ["2026-09-07 08:10"]


def test_the_kind_is_recognised_from_the_headers() -> None:
    assert cells_of([["No Agenda", "Tahap"], ["1", "A1"]]).kind is Kind.DISPOSISI
    assert cells_of([["Ruangan", "Hari/Tanggal", "Mulai"], ["SC", "07/09/2026", "08.00"]]).kind is Kind.PEMAKAIAN


def test_a_register_that_also_names_giver_and_receiver_stays_a_register() -> None:
    taken = cells_of(
        [["No Agenda", "Tgl Terima", "Dari", "Hal", "Diteruskan Kepada"], ["1", "07/09/2026", "X", "Y", "Z"]]
    )
    assert (taken.kind, taken.frame["opd"][0], taken.frame["forwarded_to"][0]) == (Kind.PERMOHONAN, "X", "Z")


def test_a_given_kind_wins_over_recognition() -> None:
    header = ["No Agenda", "Tgl Terima", "Dari", "Kepada"]
    assert cells_of([header, ["1", "07/09/2026", "Kadin", "Kabid"]], kind="disposisi").kind is Kind.DISPOSISI


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, check=says("permohonan, disposisi, pemakaian")):
        cells_of([LETTER_HEADER], kind="surat")


def test_a_canonical_name_beats_a_synonym_and_the_other_is_reported() -> None:
    taken = cells_of([["no_agenda", "tgl_terima", "Pengirim", "asal"], ["1", "07/09/2026", "salah", "benar"]])
    assert (taken.frame["opd"].tolist(), taken.ignored_columns) == (["benar"], ["Pengirim"])


def test_of_two_synonyms_the_earlier_listed_wins() -> None:
    taken = cells_of(
        [["No. Urut", "Agenda", "tgl_terima", "OPD", "Surat Dari"], ["9", "1", "07/09/2026", "salah", "benar"]]
    )
    assert (taken.frame["agenda_key"][0], taken.frame["opd"][0]) == ("1", "benar")
    assert taken.ignored_columns == ["No. Urut", "OPD"]


def test_a_register_of_other_words_is_read() -> None:
    row = ["1", "07/09/2026", "Dinas Contoh", "14/09/2026", "08.30 - 15.00 WIB", "40"]
    frame = cells_of([["No Agenda", "Tgl Terima", "Pemohon", "Hari/Tgl", "Waktu Kegiatan", "Peserta"], row]).frame
    assert frame["opd"].tolist() == ["Dinas Contoh"]
    assert moments(frame["booked_start_at"]) == ["2026-09-14 08:30"]
    assert moments(frame["booked_end_at"]) == ["2026-09-14 15:00"]


@pytest.mark.parametrize("name", ["Nama Instansi", "Dinas"])
def test_the_office_that_asks_has_many_headers(name: str) -> None:
    assert cells_of([["No Agenda", "Tgl Terima", name], LETTER_ROW]).frame["opd"].tolist() == [LETTER_ROW[2]]


@pytest.mark.parametrize("name", ["Pukul", "Jam"])
def test_a_time_right_of_the_day_of_the_event_is_its_start(name: str) -> None:
    heads, row = ["No Agenda", "Tgl Terima", "Asal", "Hari/Tgl", name], [*LETTER_ROW, "10/06/2026", "13.00 WIB"]
    taken = cells_of([heads, row])
    assert (moments(taken.frame["booked_start_at"]), taken.ignored_columns) == (["2026-06-10 13:00"], [])
    assert taken.frame["received_at"].isna().all()


@pytest.mark.parametrize(
    ("heads", "start"),
    [
        (["No Agenda", "Tgl Terima", "Pukul", "Asal", "Hari/Tgl", "Jam"], "2026-06-10 13:00"),
        (["No Agenda", "Tgl Terima", "Jam", "Asal", "Hari/Tgl", "Pukul"], "2026-06-10 13:00"),
        (["No Agenda", "Tgl Terima", "Pukul", "Asal", "Hari/Tgl", "Mulai"], "2026-06-10 13:00"),
        (["No Agenda", "Tgl Terima", "Pukul", "Asal", "Hari/Tgl", "Lampiran"], None),
    ],
)
def test_a_time_right_of_the_receipt_stays_its_time(heads: list[str], start: str | None) -> None:
    frame = cells_of([heads, ["1", "07/09/2026", "08.10", "Dinkes", "10/06/2026", "13.00"]]).frame
    assert (moments(frame["received_at"]), moments(frame["booked_start_at"])) == (["2026-09-07 08:10"], [start])


def test_a_start_of_its_own_beats_a_time_right_of_the_day_of_the_event() -> None:
    heads = ["No Agenda", "Tgl Terima", "Asal", "Tgl Kegiatan", "Jam", "Jam Mulai"]
    frame = cells_of([heads, ["1", "07/09/2026", "Dinkes", "10/06/2026", "08.10", "13.00"]]).frame
    assert moments(frame["booked_start_at"]) == ["2026-06-10 13:00"]


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (["Tgl Kegiatan", "Tempat", "Jam"], ["10/06/2026", "SC", "13.00"]),
        (["Hari", "Tanggal Kegiatan", "Ruang", "Jam"], ["Rabu", "10/06/2026", "SC", "13.00"]),
        (["Jam", "Tanggal Kegiatan", "Ruang"], ["13.00", "10/06/2026", "SC"]),
        (["Tgl Keg", "Jam", "Tempat"], ["10/06/2026", "13.00", "SC"]),
        (["Dipakai Tgl", "Pukul", "Tempat"], ["10/06/2026", "13.00", "SC"]),
        (["Tgl Mulai", "Tgl Selesai", "Jam", "Tempat"], ["10/06/2026", "11/06/2026", "13.00", "SC"]),
    ],
)
def test_a_time_among_what_is_said_of_the_event_is_its_start(heads: list[str], row: list[str]) -> None:
    taken = cells_of([["No Agenda", "Tgl Terima", "Asal", "Perihal", *heads], [*LETTER_ROW, "Pinjam", *row]])
    assert moments(taken.frame["booked_start_at"]) == ["2026-06-10 13:00"]
    assert taken.frame["received_at"].isna().all()
    assert taken.ignored_columns == [name for name in heads if name == "Hari"]


def test_a_time_beside_a_day_that_nobody_knows_is_no_receipt() -> None:
    heads = ["No Agenda", "Tgl Terima", "Asal", "Perihal", "Tanggal", "Jam"]
    taken = cells_of([heads, [*LETTER_ROW, "Pinjam", "10/06/2026", "13.00"]])
    assert taken.ignored_columns == ["Tanggal", "Jam"]
    assert taken.frame["received_at"].isna().all()
    assert [warning.code for warning in taken.warnings] == ["unread_day"]
    assert 'Kolom "Tanggal" tidak dibaca' in sentence(taken.warnings[0].message)


@pytest.mark.parametrize(
    ("heads", "start", "ignored"),
    [
        (["No Surat", "Tgl Surat", "Perihal", "Tanggal", "Jam", "Tempat"], "2026-09-10 13:00", []),
        (["No Surat", "Tgl Surat", "Perihal", "Hari", "Tgl", "Jam Mulai"], "2026-09-10 13:00", ["Hari"]),
        (["No Surat", "Tgl Surat", "Perihal", "Diteruskan Kepada", "Tanggal", "Jam"], None, ["Tanggal", "Jam"]),
        (["Tgl Surat", "Perihal", "Tanggal", "Disposisi", "Jam Mulai"], None, ["Tanggal", "Disposisi"]),
        (["Tgl Surat", "Tanggal", "Tgl Kegiatan", "Jam Mulai"], "2026-09-10 13:00", ["Tanggal"]),
    ],
)
def test_a_bare_day_is_that_of_the_event_where_receipt_and_letter_have_their_own(
    heads: list[str], start: str | None, ignored: list[str]
) -> None:
    cells = ["13.00" if "Jam" in name else "10/09/2026" if name[:1] == "T" else "x" for name in heads]
    taken = cells_of([["No Agenda", "Tgl Terima", "Asal", *heads], [*LETTER_ROW, *cells]])
    assert taken.ignored_columns == ignored
    assert moments(taken.frame["booked_start_at"]) == [start]


def test_a_bare_day_next_to_the_number_of_the_letter_is_its_day() -> None:
    heads = ["No Agenda", "Tgl Terima", "Asal", "No Surat", "Tanggal", "Tgl Kegiatan"]
    taken = cells_of([heads, [*LETTER_ROW, "005/1", "04/09/2026", "10/09/2026"]])
    assert (days(taken.frame["letter_on"]), taken.ignored_columns) == (["2026-09-04"], [])


@pytest.mark.parametrize(
    "heads",
    [
        ["Asal", "Isi", "Kegiatan", "Pukul", "Tempat"],
        ["Asal", "Jam", "Perihal"],
        ["Asal", "Tgl Kegiatan", "Ruang", "Jam", "Tgl Surat"],
        ["Asal", "Tgl Surat", "Jam", "Perihal"],
    ],
)
def test_a_time_beside_no_day_of_its_own_refuses_the_file(heads: list[str]) -> None:
    with pytest.raises(Refused, check=says('(Jam|Pukul)" tidak jelas.*Jam Terima')):
        cells_of([["No Agenda", "Tgl Terima", *heads], ["1", "07/09/2026", *("x" for _ in heads)]])


def test_a_time_beside_no_day_is_the_receipt_s_where_the_event_has_its_own() -> None:
    heads = ["No Agenda", "Tgl Terima", "Asal", "Jam", "Perihal", "Tgl Kegiatan", "Jam Mulai"]
    frame = cells_of([heads, [*LETTER_ROW, "08.10", "Pinjam", "10/09/2026", "13.00"]]).frame
    assert moments(frame["received_at"]) == ["2026-09-07 08:10"]


def test_times_under_a_word_for_several_columns_are_those_of_its_day() -> None:
    heads = [["No Agenda", "Diterima", "", "Asal", "Kegiatan", "", ""], ["", "Tgl", "Jam", "", "Tgl", "Jam", "Tempat"]]
    taken = cells_of([*heads, ["1", "07/09/2026", "08.10", "Dinkes", "10/09/2026", "13.00", "SC"]])
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:10"]
    assert moments(taken.frame["booked_start_at"]) == ["2026-09-10 13:00"]
    assert (taken.frame["room"].tolist(), taken.ignored_columns) == (["SC"], [])


HAND_OVERS = ["No Agenda", "Dari", "Kepada", "Tgl Terima", "Jam Terima", "Tgl Diserahkan", "Jam Diserahkan"]
HAND_OVER = ["1", "Agendaris", "Sekdin", "07/09/2026", "08.10", "07/09/2026", "08.20"]


def test_a_book_of_hand_overs_is_no_register() -> None:
    taken = cells_of([HAND_OVERS, HAND_OVER])
    assert (taken.kind, taken.ignored_columns) == (Kind.DISPOSISI, [])
    assert moments(taken.frame["started_at"]) == ["2026-09-07 08:10"]
    assert moments(taken.frame["finished_at"]) == ["2026-09-07 08:20"]


def test_a_book_of_hand_overs_that_tells_what_the_letter_is_must_be_given_its_kind() -> None:
    rows = [[*HAND_OVERS, "Perihal"], [*HAND_OVER, "Pinjam"]]
    with pytest.raises(Refused, check=says("permohonan.*--kind")):
        cells_of(rows)
    assert cells_of(rows, kind="disposisi").read == 1


def test_a_register_that_says_when_the_letter_went_on_stays_a_register() -> None:
    heads = ["No Agenda", "Tgl Terima", "Jam Terima", "Dari", "No Surat", "Perihal", "Diteruskan Kepada"]
    cells = ["1", "07/09/2026", "08.10", "Dinkes", "005/1", "Pinjam", "Sekdin", "07/09/2026", "08.20"]
    taken = cells_of([[*heads, "Tgl Diteruskan", "Jam Diteruskan"], cells])
    assert (taken.kind, taken.ignored_columns) == (Kind.PERMOHONAN, ["Tgl Diteruskan", "Jam Diteruskan"])


def test_a_register_sent_by_the_office_s_own_desks_is_refused_unless_its_kind_is_given() -> None:
    heads = ["No Agenda", "Tgl Terima", "Dari", "Perihal"]
    rows = [heads, ["1", "07/09/2026", "Sekdin", "x"], ["2", "07/09/2026", "Kadin", "x"]]
    with pytest.raises(Refused, check=says('"Dari" berisi meja.*"Sekdin", "Kadin"')):
        cells_of(rows)
    assert cells_of(rows, kind="permohonan").read == 2
    others = [["3", "07/09/2026", "Dinkes", "x"], ["4", "07/09/2026", "OPD", "x"]]
    assert cells_of([*rows, *others]).kind is Kind.PERMOHONAN


_PASS, _USE = ["No Agenda", "Dari", "Kepada"], ["Ruang", "Tanggal", "Jam Mulai"]
_PASS_ROW, _USE_ROW = ["1", "Agendaris", "Sekdin"], ["SC", "07/09/2026", "08.10"]


@pytest.mark.parametrize(
    ("heads", "row", "named"),
    [
        ([*_PASS, "Tanggal", "Jam Kirim"], [*_PASS_ROW, "07/09/2026", "08.30"], ["Jam Kirim"]),
        ([*_PASS, "Tgl", "Masuk", "Keluar"], [*_PASS_ROW, "07/09/2026", "08.00", "08.30"], ["Masuk", "Keluar"]),
        ([*_PASS, "Tgl", "Jam", "Jam (ralat)"], [*_PASS_ROW, "07/09/2026", "08.00", "08.30"], ["Jam (ralat)"]),
        ([*_PASS, "Tgl", "Jam", "Masuk"], [*_PASS_ROW, "07/09/2026", "08.00", "08.30"], []),
        ([*_PASS, "Tgl", "Lama", "Paraf"], [*_PASS_ROW, "07/09/2026", "0:30", "ttd"], []),
        ([*_USE, "Pulang"], [*_USE_ROW, "10.00"], ["Pulang"]),
        ([*_USE, "Jam Selesai", "Snack"], [*_USE_ROW, "10.00", "09.30"], []),
        (["No Agenda", "Tgl Terima", "Asal", "Hari Acara"], [*LETTER_ROW, "10/09/2026"], ["Hari Acara"]),
        (["No Agenda", "Tgl Terima", "Asal", "Jenis Rapat"], [*LETTER_ROW, "dinas"], []),
        (["No Agenda", "Tgl Terima", "Asal", "Tgl Paraf"], [*LETTER_ROW, "10/09/2026"], []),
    ],
)
def test_a_column_of_days_or_times_that_the_record_lacks_is_named(
    heads: list[str], row: list[str], named: list[str]
) -> None:
    warnings = [warning for warning in cells_of([heads, row]).warnings if warning.code == "unread_day"]
    assert [sentence(warning.message).split('"')[1] for warning in warnings] == named


def test_start_and_finish_of_a_hand_over_may_say_day_and_time_in_one_cell() -> None:
    heads, row = ["No Agenda", "Langkah", "Mulai", "Selesai"], ["1", "A2", "07/09/2026 08.05", "07/09/2026 08.15"]
    taken = cells_of([heads, row])
    assert (moments(taken.frame["started_at"]), taken.ignored_columns) == (["2026-09-07 08:05"], [])
    assert moments(taken.frame["finished_at"]) == ["2026-09-07 08:15"]


def test_day_and_time_of_a_hand_over_are_its_end_where_nothing_else_is() -> None:
    heads = ["No Agenda", "Dari", "Kepada", "Tanggal", "Jam"]
    cells = ["1", "Agendaris", "Sekdin", "07/09/2026", "08.10"]
    assert moments(cells_of([heads, cells]).frame["finished_at"]) == ["2026-09-07 08:10"]
    taken = cells_of([[*heads, "Tgl Selesai", "Jam Selesai"], [*cells, "08/09/2026", "09.00"]])
    assert moments(taken.frame["finished_at"]) == ["2026-09-08 09:00"]
    assert taken.ignored_columns == ["Tanggal", "Jam"]


@pytest.mark.parametrize(
    ("heads", "started", "finished", "ignored"),
    [
        (["Tgl Terima", "Jam", "Tgl Diteruskan"], "2026-09-07 08:10", None, []),
        (["Tgl Terima", "Tgl Diteruskan", "Pukul"], None, "2026-09-07 08:10", []),
        (["Tgl Terima", "Jam", "Tgl Diteruskan", "Pukul"], "2026-09-07 08:10", "2026-09-07 08:10", []),
        (["Jam", "Catatan", "Tgl Diteruskan"], None, "2026-09-07 08:10", []),
        (["Tgl Mulai", "Jam Mulai", "Tgl Selesai", "Catatan", "Jam"], "2026-09-07 08:10", "2026-09-07 08:10", []),
        (["Tgl Terima", "Jam"], None, None, ["Tgl Terima", "Jam"]),
    ],
)
def test_a_time_of_a_hand_over_is_of_the_day_beside_it(
    heads: list[str], started: str | None, finished: str | None, ignored: list[str]
) -> None:
    cells = ["08.10" if name.startswith(("Jam", "Pukul")) else "07/09/2026" for name in heads]
    taken = cells_of([["No Agenda", "Langkah", *heads], ["1", "A2", *cells]])
    assert (moments(taken.frame["started_at"]), moments(taken.frame["finished_at"])) == ([started], [finished])
    assert taken.ignored_columns == ignored


@pytest.mark.parametrize(
    "heads", [["Jam", "Catatan", "Tgl Mulai", "Tgl Selesai"], ["Tgl Mulai", "Tgl Selesai", "Output", "Jam"]]
)
def test_a_time_beside_no_day_of_the_hand_over_refuses_the_file(heads: list[str]) -> None:
    with pytest.raises(Refused, check=says('"Jam" tidak jelas.*"Jam Mulai" atau "Jam Selesai"')):
        cells_of([["No Agenda", "Langkah", *heads], ["1", "A2", *("" for _ in heads)]])


def test_a_room_log_of_other_words_is_read() -> None:
    heads, cells = ["Ruang", "Tanggal", "Waktu", "Jumlah Hadir"], ["Smart Center", "07/09/2026", "09.00 - 11.00", "20"]
    frame = cells_of([[*heads, "Pengguna"], [*cells, "Dinkes"]]).frame
    assert (moments(frame["ended_at"]), frame["present"].tolist()) == (["2026-09-07 11:00"], [20])
    assert frame["opd"].tolist() == ["Dinkes"]
    assert cells_of([[*heads, "Pemakai"], [*cells, "Dinkes"]]).frame["opd"].tolist() == ["Dinkes"]


def test_a_running_number_serves_as_register_number_only_without_another() -> None:
    assert cells_of([["No. Urut", "tgl_terima", "asal"], LETTER_ROW]).frame["agenda_key"].tolist() == ["1"]


NUMBERED = ["No", "Tgl Terima", "Asal Surat", "Nomor Surat", "Tgl Surat", "Perihal", "Tanggal Pelaksanaan", "Waktu"]
NUMBERED_ROW = ["1", "07/09/2026", "Dinkes", "005/1/2026", "04/09/2026", "Pinjam", "14/09/2026", "09.00", "SC"]


@pytest.mark.parametrize(
    ("heads", "numbers", "remarks"),
    [
        ([*NUMBERED, "Tempat"], "12 14 15", ["number_taken"]),
        ([*NUMBERED, "Tempat"], "12 13 13 14 15", ["number_taken"]),  # one slip is the row's own
        (["No Agd", "Tgl Trm", "Asal", "No Srt", *NUMBERED[4:], "Tempat"], "12 14", []),
        (["No. Reg", "Diterima", "Nama Pengirim", *NUMBERED[3:], "Tempat"], "12 14", []),
        (["No Agenda", "Tanggal Terima Surat", "Surat Dari", *NUMBERED[3:], "Tempat"], "12 14", []),
    ],
)
def test_a_book_of_letters_with_day_room_and_hour_is_a_register(
    heads: list[str], numbers: str, remarks: list[str]
) -> None:
    taken = cells_of([["AGENDA SURAT MASUK 2026"], heads, *([number, *NUMBERED_ROW[1:]] for number in numbers.split())])
    assert (taken.kind, taken.frame["agenda_key"].tolist()) == (Kind.PERMOHONAN, numbers.split())
    assert ([note.code for note in taken.warnings if note.code == "number_taken"], taken.ignored_columns) == (
        remarks,
        [],
    )


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (["No", "Tanggal", "Asal Surat", "Perihal", "Ruang", "Jam", "Ket"], "judul kolom Tanggal Terima tidak ada"),
        (["No Agenda", "Tgl", "Pengirim", "Nomor Surat", "Perihal", "Jam", "Ruang"], "kolom Tanggal Terima tidak ada"),
        (["Kode", "Tgl Masuk", "Asal", "Hal", "Tanggal", "Jam", "Ruang"], "judul kolom No. Agenda tidak ada"),
        (["No. Agd", "Tgl", "Dari", "Acara", "Tempat", "Pukul"], "kolom Tanggal Terima tidak ada"),
        (["No. Agenda", "Tanggal", "Surat Dari", "Perihal", "Hasil", "Ket"], "bukan peserta"),
        (["No", "Tgl Terima", "Asal Surat", "Perihal", "Tanggal", "Waktu", "Ruang"], 'kolom "No" tampaknya bukan'),
    ],
)
def test_a_book_of_letters_that_lacks_a_header_is_no_room_log_and_refused_with_what_to_write(
    heads: list[str], words: str
) -> None:
    with pytest.raises(Refused, check=says(words)):
        cells_of([heads, *[["1", "07/09/2026", "Dinkes", "Pinjam", "14/09/2026", "09.00", "SC"]] * 3])


@pytest.mark.parametrize(("title", "is_taken"), [("BUKU AGENDA RUANG", True), ("BUKU AGENDA SURAT MASUK", False)])
def test_a_room_log_stays_one_unless_its_title_says_letters(title: str, is_taken: bool) -> None:
    heads = ["No", "Tanggal", "Instansi", "Kegiatan", "Ruang", "Jam"]
    rows = [[title], heads, ["1", "07/09/2026", "Dinkes", "Rapat", "SC", "09.00"]]
    if is_taken:
        assert cells_of(rows).kind is Kind.PEMAKAIAN
        return
    with pytest.raises(Refused):
        cells_of(rows)


@pytest.mark.parametrize("name", ["Hari, Tgl", "Hari/Tanggal", "HARI & TGL.", "Hari Tanggal", "Hari dan Tanggal"])
def test_a_weekday_beside_a_date_is_one_heading(name: str) -> None:
    log = cells_of([["Ruang", name, "Jam"], ["Smart Center", "Senin, 07/09/2026", "09.00"]])
    assert (log.kind, days(log.frame["started_on"])) == (Kind.PEMAKAIAN, ["2026-09-07"])
    heads = ["No Agenda", f"{name} Terima", "Asal Surat", "Perihal", name]
    frame = cells_of([heads, ["1", "Senin, 07/09/2026", "Dinkes", "Pinjam", "Kamis, 10 Sept 2026"]]).frame
    assert days(frame["received_on"]) + days(frame["booked_start_on"]) == ["2026-09-07", "2026-09-10"]


def test_a_lower_line_that_only_says_the_day_is_no_record() -> None:
    heads = [["No Agenda", "Diterima", "Asal"], ["", "Tanggal", ""]]
    assert cells_of([*heads, LETTER_ROW]).read == 1


def test_other_columns_are_ignored_reported_and_kept_nowhere() -> None:
    taken = cells_of([[*LETTER_HEADER, "NIK Pengantar"], ["", "07/09/2026", "X", "rahasia"], [*LETTER_ROW, "rahasia"]])
    assert taken.ignored_columns == ["NIK Pengantar"]
    assert "rahasia" not in taken.frame.to_csv() + str(taken.rejects)


def test_a_column_without_a_header_is_named_by_its_place_when_records_fill_it() -> None:
    rows = [[*LETTER_ROW, "", "catatan"], ["", "", "", "Mengetahui", ""]]
    assert cells_of([[*LETTER_HEADER, "", ""], *rows]).ignored_columns == ["kolom E"]


def test_two_columns_of_one_name_refuse_the_file() -> None:
    with pytest.raises(Refused, check=says(r'"No Agenda", "no_agenda".*diharapkan untuk permohonan')):
        cells_of([["No Agenda", "no_agenda", "tgl_terima", "asal"], ["1", "2", "07/09/2026", "X"]])


def test_unknown_columns_may_share_a_name() -> None:
    assert cells_of([[*LETTER_HEADER, "Paraf", "Paraf"], LETTER_ROW]).read == 1


def test_a_missing_required_column_names_what_was_found_and_expected() -> None:
    with pytest.raises(Refused) as refusal:
        cells_of([["no_agenda", "perihal"], ["1", "x"]], kind="permohonan")
    assert sentence(refusal.value) == (
        'kolom wajib permohonan tidak ada: Tanggal Terima, Asal Surat; ditemukan: "no_agenda", "perihal"; '
        "diharapkan: No. Agenda, Tanggal Terima, Asal Surat."
    )


def test_headers_of_no_kind_name_those_found_and_those_of_every_kind() -> None:
    with pytest.raises(Refused) as refusal:
        cells_of([["id_surat", "tgl_catat"], ["1", "07/09/2026"]])
    words = sentence(refusal.value)
    assert '"id_surat", "tgl_catat"' in words
    assert "permohonan (No. Agenda, Tanggal Terima, Asal Surat)" in words
    assert "disposisi (No. Agenda, Langkah atau Dari + Kepada)" in words
    assert "pemakaian (Ruang, Tanggal, Jam Mulai)" in words


ROOM_LOG = [
    ["no", "pemohon", "tanggal_surat", "pelaksanaan", "lokasi", "jumlah", "durasi", "ket"],
    ["1", "org-1", "0003-01-23", "2026-09-07", "Lt.1, Aula", "10", "09.00 - 18.00 WIB", "DONE"],
    ["2", "org-2", "0000-00-00", "0000-00-00", "Lt.1, Aula", "10", "09.00 WIB - selesai", ""],
    ["3", "org-3", "0000-00-00", "2026-09-08", "Lt.1, Aula", "0", "08.00 = selesai", "FIX"],
    ["4", "org-4", "0000-00-00", "2026-09-08", "Lt.1, Aula", "5", "15", ""],
]
ROOM_MAP = Mapped(
    "pemakaian",
    {
        "ruang": "lokasi",
        "tanggal": "pelaksanaan",
        "jam_mulai": "durasi",
        "peserta_hadir": "jumlah",
        "keterangan": "ket",
    },
)


def test_a_source_map_reads_foreign_headers_and_accounts_for_every_row() -> None:
    taken = cells_of(ROOM_LOG, source=ROOM_MAP)
    assert moments(taken.frame["ended_at"]) == ["2026-09-07 18:00", None]
    assert [reject.row for reject in taken.rejects] == [3, 5]
    assert sentence(taken.rejects[1].message).startswith('Baris 5, kolom "durasi": "15" bukan jam')
    assert taken.ignored_columns == ["no", "pemohon", "tanggal_surat"]


REGISTER = [["id_sm", "catat", "tgl_sm"], ["SM1", "02/03/2020", "01/24/2020"], ["SM2", "02/13/2020", "24/01/2020"]]
REGISTER_COLUMNS = {"no_agenda": "id_sm", "tgl_terima": "catat", "tgl_surat": "tgl_sm", "asal": Given("tidak disebut")}


def test_a_source_may_give_a_constant_and_the_order_of_its_dates() -> None:
    taken = cells_of(REGISTER, source=Mapped("permohonan", REGISTER_COLUMNS, "mdy"))
    received = days(taken.frame["received_on"])
    assert (set(taken.frame["opd"]), received) == ({"tidak disebut"}, ["2020-02-03", "2020-02-13"])
    assert aside(taken) == ["wrong_order"]


def test_a_given_order_wins_over_the_one_of_the_source() -> None:
    taken = cells_of(REGISTER, source=Mapped("permohonan", REGISTER_COLUMNS, "mdy"), date_order="tgl_surat=dmy")
    assert [(cell.row, cell.column, cell.text) for cell in taken.set_aside] == [(2, "tgl_sm", "01/24/2020")]


def test_without_an_order_a_month_first_source_is_refused() -> None:
    with pytest.raises(Refused, check=says("--date-order")):
        cells_of(REGISTER, source=Mapped("permohonan", REGISTER_COLUMNS))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Mapped("permohonan", REGISTER_COLUMNS | {"perihal": "isi"}), r'"catat".*"isi"'),
        (Mapped("permohonan", {"no_agenda": "id_sm"}), "kolom wajib permohonan: Tanggal Terima, Asal Surat"),
        (Mapped("permohonan", REGISTER_COLUMNS | {"judul": "id_sm"}), '"judul"'),
        (Mapped(None, REGISTER_COLUMNS), "--kind"),
        (Mapped("surat", REGISTER_COLUMNS), "permohonan, disposisi, pemakaian"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_with_what_to_write(source: Mapped, words: str) -> None:
    with pytest.raises(Refused, check=says(words)):
        cells_of(REGISTER, source=source)


def test_every_shipped_synonym_stands_for_a_column_of_its_kind() -> None:
    for kind, spec in SPECS.items():
        known = known_headers(kind)
        assert {column for column, _ in known.values()} == set(spec.columns)
        assert all(known[fold_header(column)] == (column, 0) for column in spec.columns)


@pytest.mark.parametrize(
    ("kind", "header", "column"),
    [
        ("permohonan", "No. Urut Agenda", "no_agenda"),
        ("permohonan", "Tgl Surat Diterima", "tgl_terima"),
        ("permohonan", "Tgl Masuk", "tgl_terima"),
        ("permohonan", "Instansi Pengirim", "asal"),
        ("permohonan", "Hari/Tanggal Acara", "tgl_kegiatan"),
        ("pemakaian", "OPD Pengguna", "instansi"),
        ("pemakaian", "Pukul", "jam_mulai"),
        ("pemakaian", "Jam", "jam_mulai"),
    ],
)
def test_headers_of_ordinary_books_are_known(kind: str, header: str, column: str) -> None:
    assert known_headers(Kind(kind))[fold_header(header)][0] == column


def test_every_shipped_hand_over_finishes_a_step_of_the_sop() -> None:
    assert [handover.step for handover in shipped_words().handovers] == [
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A5",
        "A6",
        "A6",
        "A7",
        "A8",
    ]
    assert {handover.step for handover in shipped_words().handovers} <= set(STEP_CODES)


def test_words_of_a_status_that_does_not_exist_are_an_error() -> None:
    with pytest.raises(KeyError):
        parse_words({"months": {}})


def test_personal_numbers_in_headers_that_are_not_read_are_masked() -> None:
    taken = cells_of([[*LETTER_HEADER, "NIK 3503012345678901", "WA 081234567890"], LETTER_ROW])
    assert taken.ignored_columns == ["NIK [disamarkan]", "WA [disamarkan]"]


def test_a_row_without_a_known_header_is_counted_and_not_quoted() -> None:
    with pytest.raises(Refused) as refusal:
        cells_of([["Suwarno", "Dinas Contoh", "Trenggalek"]])
    assert "(3 kolom, tidak satu pun judulnya dikenal)" in sentence(refusal.value)
    assert "Suwarno" not in sentence(refusal.value)


STEPS = {"langkah": {"Verifikasi": "A5", "teruskan  ke KADIN": "A3"}, "jam_selesai": {"pagi": "08.00"}}


def test_a_source_may_say_what_its_own_words_mean() -> None:
    rows = [["verifikasi", "pagi"], ["Teruskan ke Kadin", "09.10"], ["A2", "09.00"], ["Arsip", "pagi"]]
    cells = [["no_agenda", "langkah", "tgl_selesai", "jam_selesai"]]
    cells += [["12", step, "07/09/2026", clock] for step, clock in rows]
    taken = cells_of(cells, source=Mapped("disposisi", {}, values=STEPS))
    assert taken.frame["step"].tolist() == [STEP_INDEX[code] for code in ("A5", "A3", "A2")]
    assert moments(taken.frame["finished_at"])[0] == "2026-09-07 08:00"
    assert (codes(taken), taken.rejects[0].cells["langkah"]) == (["unknown_step"], "Arsip")


def test_a_rejected_row_is_kept_in_the_words_of_its_source() -> None:
    columns = {"no_agenda": "nomor", "langkah": "status", "tgl_selesai": "waktu"}
    rows = [["nomor", "status", "waktu"], ["", "Verifikasi", "2026-09-07 08:10"]]
    taken = cells_of(rows, source=Mapped("disposisi", columns, values=STEPS))
    assert (codes(taken), taken.rejects[0].cells["status"]) == (["missing"], "Verifikasi")
