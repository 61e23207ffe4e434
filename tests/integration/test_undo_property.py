"""Whatever was loaded, and whichever load is taken back: the rest stands as if that one had never come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.mart import Mart, Snapshot, compliance, facilities, rooms, summary
from data_access.mart.facts import Facts
from etl.domain.units import DAY, day_number
from etl.domain.verdict import RequestStatus
from etl.figures.live import step_facts_at
from etl.intake.undo import undo
from etl.judging.publishing import rebuild
from etl.office import Office
from tests.books.examples import examples
from tests.books.messy import MessyBook
from tests.offices.bureau import Bureau, fresh_bureau
from tests.reading.whole_mart import whole_mart

CELLS: dict[str, dict[str, tuple[str, ...]]] = {
    "permohonan": {
        "no_agenda": ("1", "2"), "tgl_terima": ("07/09/2026", "08/09/2026"), "jam_terima": ("08.00", ""),
        "asal": ("Dinkes", "Bappeda"), "ruang": ("SC", "Aula", ""), "jumlah_peserta": ("", "40"),
        "status": ("", "disetujui", "ditolak"), "tgl_status": ("", "09/09/2026"),
    },
    "disposisi": {
        "no_agenda": ("1", "2"), "tahun": ("", "2026"), "langkah": ("A2", "A3"), "putaran": ("", "", "1", "2"),
        "tgl_mulai": ("", "08/09/2026"), "jam_mulai": ("", "08.00"), "tgl_selesai": ("08/09/2026", "09/09/2026", ""),
        "jam_selesai": ("08.10", "08.20", ""), "jeda_mulai": ("", "", "08/09/2026 08.02"), "catatan": ("", "ya"),
    },
    "pemakaian": {
        "no_agenda": ("1", "2", ""), "ruang": ("SC", "Aula"), "tanggal": ("08/09/2026",),
        "jam_mulai": ("08.00", "13.00"), "jam_selesai": ("", "15.00"), "peserta_hadir": ("", "40", "41"),
    },
    "peserta": {"no_agenda": ("1", "2"), "tahun": ("", "2026"), "hadir": ("ya", "tidak"), "hasil": ("", "lolos")},
    "kondisi": {
        "no_agenda": ("1", ""), "ruang": ("SC", "Aula"), "tanggal": ("08/09/2026",), "jam": ("", "08.00"),
        "saat": ("", "sebelum"), "barang": ("AC", "Proyektor"), "kondisi": ("Baik", "RB"), "uraian": ("", "bocor"),
    },
}  # fmt: skip
"""By kind few values a column, so that books often speak of the same thing and contradict each other."""

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
SOME = settings(max_examples=examples(3), suppress_health_check=SLOW)


@st.composite
def close_books(draw: st.DrawFn) -> MessyBook:
    """A book of any kind with a few good rows."""
    kind = draw(
        st.sampled_from(["permohonan", "permohonan", "disposisi", "disposisi", "pemakaian", "peserta", "kondisi"])
    )
    row = st.tuples(*(st.sampled_from(cells) for cells in CELLS[kind].values()))
    rows = draw(st.lists(row, min_size=1, max_size=6))
    return MessyBook(kind, "\n".join(";".join(cells) for cells in [tuple(CELLS[kind]), *rows]) + "\n")


def give_all(bureau: Bureau, books: Sequence[tuple[int, MessyBook]]) -> list[int | None]:
    """The numbers of the loads of these books; None for one that was refused or not new."""
    told = [bureau.give(one.text, f"{number}.csv", kind=one.kind) for number, one in books]
    return [report.load_id if report.status == "loaded" else None for report in told]


@SOME
@given(books=st.lists(close_books(), min_size=2, max_size=5, unique_by=lambda one: one.text), chosen=st.integers(0, 4))
def test_a_load_taken_back_leaves_the_rest_as_if_it_had_never_come(books: list[MessyBook], chosen: int) -> None:
    numbered = list(enumerate(books))
    place = chosen % len(books)
    with fresh_bureau("2026-11-30 09:00") as bureau:
        load_id = give_all(bureau, numbered)[place]
        if load_id is None:
            return
        undo(bureau.office, load_id, "salah berkas", "agendaris:ani", bureau.clock())
        left = whole_mart(bureau)
    with fresh_bureau("2026-11-30 09:00") as bureau:
        give_all(bureau, [one for one in numbered if one[0] != place])
        assert left == whole_mart(bureau)


@SOME
@given(books=st.lists(close_books(), min_size=2, max_size=3, unique_by=lambda one: one.text))
def test_a_mart_kept_up_is_the_mart_made_anew(books: list[MessyBook]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        loads = [load_id for load_id in give_all(bureau, list(enumerate(books))) if load_id is not None]
        if not loads:
            return
        undo(bureau.office, loads[0], "salah berkas", "agendaris:ani", bureau.clock())
        kept = whole_mart(bureau)
        rebuild(bureau.office, bureau.clock())
        assert kept == whole_mart(bureau)


DAYS = (day_number(date(2026, 9, 6)), day_number(date(2026, 9, 10)))
MOMENTS = tuple(int(datetime(2026, 9, day, 12, tzinfo=UTC).timestamp()) for day in (7, 8, 9, 20))
FACTS = (
    "SELECT request_id, step, verdict, elapsed_seconds, flags FROM fact ORDER BY ALL",
    "SELECT request_id, opd, room, status, ready_at FROM letter ORDER BY ALL",
)


HALF_HOURS = range(MOMENTS[0], MOMENTS[2], 30 * 60)


def of_rooms(mart: Snapshot, moments: Iterable[int]) -> list[str]:
    """The rows from which a room's diary is made, as told at these moments."""
    named, told = ["Smart Center", "Aula"], []
    for at in moments:
        scope = rooms.with_bookings(mart, rooms.RoomScope(*DAYS, at, at // DAY))
        found = [
            rooms.sessions(mart, scope, named, ["Dinkes"]), rooms.next_starts(mart, scope),
            rooms.bookings(mart, scope, 3, RequestStatus.CANCELLED.code, named, ["Dinkes"]),
        ]  # fmt: skip
        rows = [sorted(zip(*(np.asarray(column).tolist() for column in one.values()), strict=True)) for one in found]
        told.append(repr(rows))
    return told


def answers(office: Office, mart: Snapshot) -> list[str]:
    """What a mart says that may last longer than it."""
    settled = [Facts(mart, at, {}, {}).settled(sql, {}) for at in MOMENTS for sql in FACTS]
    rows = [
        facilities.fault_answers(mart), facilities.sessions_between(mart, *DAYS), rooms.rooms_with_records(mart),
        rooms.first_approval(mart, 4, RequestStatus.APPROVED.code), compliance.opd_names(mart),
        compliance.room_names(mart), summary.bookings(mart, *DAYS, 3),
    ]  # fmt: skip
    at_moments = [(summary.newest_record(mart, at), sorted(summary.open_pauses(mart, at))) for at in MOMENTS]
    live = [step_facts_at(office, at, mart) for at in MOMENTS]
    steps = [{**vars(one.steps), "request_id": one.request_ids} for one in live]
    arrays = [*settled, facilities.answers_between(mart, *DAYS), *steps]
    plain = [{name: np.asarray(column).tolist() for name, column in one.items()} for one in arrays]
    return [repr(one) for one in (*plain, *rows, *at_moments, of_rooms(mart, MOMENTS))]


@SOME
@given(
    books=st.lists(close_books(), min_size=2, max_size=5, unique_by=lambda one: one.text),
    undone=st.sets(st.integers(0, 4), max_size=2),
)
def test_what_is_remembered_of_an_earlier_mart_is_what_a_new_one_says(books: list[MessyBook], undone: set[int]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        office, seldom = bureau.office, Mart(bureau.office.home.marts)

        def compare(time: int) -> None:
            if not office.mart.exists():
                return
            fresh = answers(office, Mart(office.home.marts).read())
            assert answers(office, office.mart.read()) == fresh
            if time % 2 == 0:
                assert answers(office, seldom.read()) == fresh

        loads: list[int | None] = []
        for place, book in enumerate(books):
            loads += give_all(bureau, [(place, book)])
            compare(place)
        for place in sorted(undone):
            if place < len(loads) and (load_id := loads[place]) is not None:
                undo(office, load_id, "salah berkas", "agendaris:ani", bureau.clock())
                compare(place)


@SOME
@given(books=st.lists(close_books(), min_size=3, max_size=6, unique_by=lambda one: one.text))
def test_between_two_records_rooms_are_told_the_same(books: list[MessyBook]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        give_all(bureau, [*enumerate(books)])
        if not bureau.office.mart.exists():
            return
        kept = of_rooms(Mart(bureau.office.home.marts).read(), HALF_HOURS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rooms, "_last_happened", lambda _, as_of: as_of)
            assert of_rooms(Mart(bureau.office.home.marts).read(), HALF_HOURS) == kept
