"""Hand-overs: steps, passes, pauses, and whether a step is done."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.i18n import sentence
from etl.domain.compliance.derive import Unread
from etl.reference.steps import STEP_CODES
from tests.books.extracted import aside, cells_of, codes, days, moments, passes, reason, table

NO_DATES = {"tgl_selesai": "", "jam_selesai": ""}


def handed(*pairs: tuple[str, str], **options: object) -> object:
    """Hand-overs told by giver and receiver."""
    sound = {"no_agenda": "12", "tgl_selesai": "07/09/2026", "jam_selesai": "08.10"}
    return table(sound, *[{"dari": giver, "kepada": receiver} for giver, receiver in pairs], **options)


@pytest.mark.parametrize("typed", ["A3", "a3", "A.3", "A 3", "A-3", "Langkah A3"])
def test_a_step_is_named_by_its_code(typed: str) -> None:
    assert passes({"langkah": typed}).frame["step"].tolist() == [STEP_CODES.index("A3")]


def test_an_unknown_step_is_rejected_with_the_known_ones() -> None:
    assert "A1, A2" in reason(passes({"langkah": "A9"}))


@pytest.mark.parametrize(
    ("giver", "receiver", "step"),
    [
        ("OPD", "Agendaris", "A1"), ("Agendaris", "Sekdin", "A2"), ("Sekdin", "Kadin", "A3"),
        ("KADIN", "kabid iatik", "A4"),
        ("Kabid", "Kasi LITIK", "A5"), ("Kabid", "Kasi Aplikasi", "A5"), ("Kasi LITIK", "OPD", "A6"),
        ("Kasi. LITIK", "Staf", "A6"),
        ("Kasi Pengembangan Aplikasi", "Staff", "A7"), ("Staf", "", "A8"),
    ],
)  # fmt: skip
def test_giver_and_receiver_name_the_step_and_that_it_is_done(giver: str, receiver: str, step: str) -> None:
    frame = handed((giver, receiver)).frame
    assert (frame["step"].tolist(), frame["is_done"].tolist()) == ([STEP_CODES.index(step)], [True])


def steps_in(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else STEP_CODES[int(value)] for value in column]


@pytest.mark.parametrize(
    ("giver", "receiver", "step", "back_to"),
    [
        ("Kadin", "Sekdin", "A4", "A3"), ("Kabid", "Agendaris", "A5", "A2"), ("Staf", "Kasi LITIK", "A8", "A6"),
        ("Agendaris", "OPD", "A2", "A1"), ("Kasie Aplikasi", "Kepala Bidang", "A7", "A5"),
    ],
)  # fmt: skip
def test_a_pair_against_the_order_of_the_sop_sends_the_letter_back(
    giver: str, receiver: str, step: str, back_to: str
) -> None:
    frame = handed((giver, receiver)).frame
    assert (steps_in(frame["step"]), steps_in(frame["returned_to"]), steps_in(frame["receiver"])) == (
        [step], [back_to], [None],
    )  # fmt: skip


@pytest.mark.parametrize(("giver", "receiver"), [("OPD", "Kasi LITIK"), ("Kasi LITIK", "Kasi Aplikasi"), ("Kadin", "")])
def test_a_pair_that_goes_neither_forward_nor_back_is_rejected(giver: str, receiver: str) -> None:
    assert codes(handed((giver, receiver))) == ["unknown_handover"]


def test_by_another_order_of_the_steps_other_pairs_send_the_letter_back() -> None:
    a6, a7 = STEP_CODES.index("A6"), STEP_CODES.index("A7")
    order = tuple((a7,) if step == a6 else () for step in range(len(STEP_CODES)))
    assert steps_in(handed(("Kasi Aplikasi", "Kasi LITIK"), dependents=order).frame["returned_to"]) == ["A6"]
    assert codes(handed(("Kadin", "Sekdin"), dependents=order)) == ["unknown_handover"]


def test_each_receiver_is_known_by_the_step_of_its_desk() -> None:
    frame = handed(("Kabid", "Kasi LITIK"), ("Kabid", "Kasi Aplikasi"), ("Kasi LITIK", "OPD"), ("Staf", "")).frame
    assert steps_in(frame["receiver"]) == ["A6", "A7", "A1", None]
    assert steps_in(frame["returned_to"]) == [None] * 4


@pytest.mark.parametrize(
    "receivers",
    ["Kasi LITIK dan Kasi Aplikasi", "Kasi LITIK, Kasi Pengembangan Aplikasi", "1. Kasi LITIK\n2. Aplikasi"],
)
def test_two_receivers_in_one_cell_are_one_hand_over_to_both(receivers: str) -> None:
    frame = handed(("Kabid", receivers)).frame
    assert (steps_in(frame["step"]), steps_in(frame["receiver"])) == (["A5"], [None])


def test_two_receivers_of_whom_one_is_none_are_rejected() -> None:
    assert codes(handed(("Kadin", "Kabid, Sekdin"), ("Kabid", "Kasi LITIK dan Budi"))) == ["unknown_handover"] * 2


def test_beside_a_typed_step_the_receiver_is_known_and_a_return_needs_both_desks() -> None:
    rows = [("", "Kasi Aplikasi"), ("Kabid", "Kadin"), ("", "Kadin"), ("Kadin", "Kabid")]
    frame = passes(*({"langkah": "A5", "dari": giver, "kepada": receiver} for giver, receiver in rows)).frame
    assert steps_in(frame["step"]) == ["A5"] * 4
    assert steps_in(frame["receiver"]) == ["A7", None, None, None]
    assert steps_in(frame["returned_to"]) == [None, "A4", None, None]


def test_another_pair_is_rejected_with_the_list() -> None:
    sentence = reason(handed(("Kadin", "Staf")))
    assert '"Kadin" → "Staf"' in sentence
    assert "Kadin → Kabid = A4" in sentence
    assert "Staf → (kosong) = A8" in sentence


def test_a_row_without_step_and_hand_over_is_rejected() -> None:
    assert codes(passes({"langkah": ""})) == ["missing"]
    assert codes(handed(("", ""))) == ["missing"]


def test_a_filled_step_wins_over_giver_and_receiver() -> None:
    frame = passes({"langkah": "B2", "dari": "Kadin", "kepada": "Kabid"}).frame
    assert frame["step"].tolist() == [STEP_CODES.index("B2")]


def test_the_hand_over_date_is_the_finish() -> None:
    taken = cells_of(
        [["No Agenda", "Dari", "Tujuan Disposisi", "Tgl Disposisi"], ["1", "Sekdin", "Kadin", "7 September 2026"]]
    )
    assert (days(taken.frame["finished_on"]), moments(taken.frame["finished_at"])) == (["2026-09-07"], [None])


@pytest.mark.parametrize(
    ("cells", "is_done"),
    [
        ({}, True),
        ({"jam_selesai": ""}, True),
        (NO_DATES, True),
        (NO_DATES | {"output": "tidak"}, False),
        (NO_DATES | {"tgl_mulai": "07/09/2026", "output": "ada"}, True),
        (NO_DATES | {"tgl_mulai": "07/09/2026"}, False),
        ({"tgl_selesai": "", "tgl_mulai": "07/09/2026"}, True),
        (NO_DATES | {"jeda_mulai": "07/09/2026 09.00"}, False),
    ],
)
def test_a_row_says_whether_its_step_is_done(cells: dict[str, str], is_done: bool) -> None:
    assert passes(cells).frame["is_done"].tolist() == [is_done]


def test_a_finish_time_without_a_date_gives_no_finish() -> None:
    frame = passes({"tgl_selesai": "", "tgl_mulai": "07/09/2026", "jam_mulai": "08.00"}).frame
    assert (days(frame["finished_on"]), moments(frame["finished_at"])) == ([None], [None])
    assert moments(frame["started_at"]) == ["2026-09-07 08:00"]


def test_an_hour_of_a_hand_over_without_its_day_is_told() -> None:
    rows = ({"tgl_selesai": ""}, {"tgl_selesai": "-"}, {}, {"tgl_selesai": "", "jam_selesai": ""},
            {"tgl_selesai": "kemarin"}, {"tgl_selesai": "", "jam_selesai": "", "jam_mulai": "08.00-08.10"})  # fmt: skip
    taken = passes(*({"tgl_mulai": "07/09/2026", **cells} for cells in rows))
    assert [(warning.row, warning.code) for warning in taken.warnings] == [
        (row, "time_without_date") for row in (2, 3, 7)
    ]
    assert "karena tanggalnya kosong" in sentence(taken.warnings[0].message)


def test_a_hand_over_that_ends_before_it_starts_is_taken() -> None:
    assert len(passes({"tgl_mulai": "08/09/2026", "jam_mulai": "08.00"}).frame) == 1


def test_a_range_of_times_gives_start_and_finish() -> None:
    frame = passes({"tgl_mulai": "07/09/2026", "jam_mulai": "08.00 - 08.30", "jam_selesai": ""}).frame
    assert moments(frame["started_at"]) + moments(frame["finished_at"]) == ["2026-09-07 08:00", "2026-09-07 08:30"]


@pytest.mark.parametrize("typed", ["08.00-08.30", "08.00 s/d 08.30"])
def test_a_range_in_the_time_of_the_finish_gives_the_start_too(typed: str) -> None:
    rows = [["No Agenda", "Dari", "Kepada", "Tgl", "Jam"], ["1", "Agendaris", "Sekdin", "07/09/2026", typed]]
    frame = cells_of(rows).frame
    assert moments(frame["started_at"]) + moments(frame["finished_at"]) == ["2026-09-07 08:00", "2026-09-07 08:30"]


def test_a_finished_step_whose_note_says_that_it_was_none_is_named() -> None:
    notes = ["batal", "Dikembalikan ke Sekdin, kurang paraf", "dibatalkan OPD", "surat dikembalikan"]
    calm = ["tidak dikembalikan", "dibaca", "ulang", "pembatalan tidak jadi"]
    steps = [{"no_agenda": str(number), "catatan": note} for number, note in enumerate([*notes, *calm], start=1)]
    again = [{"no_agenda": "20", "catatan": "dikembalikan"}, {"no_agenda": "20", "tgl_selesai": "08/09/2026"}]
    taken = passes(*steps, *again, {"no_agenda": "21", "putaran": "1", "catatan": "dikembalikan"})
    assert [(warning.code, warning.row) for warning in taken.warnings] == [
        ("cells_disagree", row) for row in range(2, 6)
    ]
    back = [["No Agenda", "Dari", "Kepada", "Tgl", "Catatan"], ["1", "Kadin", "Sekdin", "07/09/2026", "dikembalikan"]]
    assert cells_of(back).warnings == []


def test_pauses_hold_date_and_time() -> None:
    frame = passes(
        {"jeda_mulai": "07/09/2026 09.00", "jeda_selesai": "2026-09-07 10:30", "alasan_jeda": "menunggu OPD"}
    ).frame
    assert moments(frame["pause_start_at"]) + moments(frame["pause_end_at"]) == ["2026-09-07 09:00", "2026-09-07 10:30"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"jeda_mulai": "07/09/2026"}, "time_missing"),
        ({"jeda_mulai": "07/09/2026 09.00", "jeda_selesai": "07/09/2026 08.00"}, "pause_end_before_start"),
        ({"jeda_selesai": "07/09/2026 08.00"}, "pause_without_start"),
        ({"jeda_mulai": "kemarin", "jeda_selesai": "07/09/2026 08.00"}, "not_a_date"),
        ({"putaran": "0"}, "not_a_number"),
    ],
)
def test_pauses_and_passes_that_cannot_be_are_set_aside(cells: dict[str, str], code: str) -> None:
    taken = passes(cells)
    assert aside(taken) == [code]
    assert taken.frame[["pause_start_at", "pause_end_at", "pass_number"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("cells", "unread", "is_done"),
    [
        ({"jam_selesai": "pagi"}, Unread.FINISH, True),
        ({"tgl_selesai": "31 Juni 2026"}, Unread.FINISH, True),
        ({"tgl_selesai": "31 Juni 2026", "jam_selesai": ""}, Unread.FINISH, True),
        ({"tgl_mulai": "07/09/2026", "jam_mulai": "pagi"}, Unread.START, True),
        ({"tgl_mulai": "kemarin", "tgl_selesai": "", "jam_selesai": ""}, Unread.START, False),
        ({"jeda_mulai": "pagi", "tgl_selesai": "", "jam_selesai": ""}, Unread.PAUSE, False),
    ],
)
def test_a_row_says_which_of_its_moments_nobody_can_read(cells: dict[str, str], unread: int, is_done: bool) -> None:
    taken = passes(cells)
    assert (aside(taken) != [], taken.frame["unread"].tolist(), taken.frame["is_done"].tolist()) == (
        True, [unread], [is_done],
    )  # fmt: skip


def test_an_open_pause_and_a_numbered_pass_are_taken() -> None:
    frame = passes({"jeda_mulai": "07/09/2026 09.00", "putaran": "2"}).frame
    assert (frame["pause_end_at"].isna().tolist(), frame["pass_number"].tolist()) == ([True], [2])


def test_output_is_there_or_not_or_not_said() -> None:
    frame = passes({"output": "Ada"}, {"output": "tidak"}, {"output": ""}).frame
    assert frame["has_output"].tolist()[:2] == [True, False]
    assert frame["has_output"].isna().tolist() == [False, False, True]
