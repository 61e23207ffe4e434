"""The hours of rooms taken apart: sessions, days and hours of the week add up to the figures of the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from etl.figures.filter import Period
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.use import rooms_figures
from tests.offices.desk import OWN_OPD, Desk
from tests.offices.sessions import (
    NOW,
    OPDS,
    SEATS,
    SEPTEMBER,
    SESSIONS,
    explained,
    number,
    office_of_sessions,
    present_of,
    row_of,
    start_of,
)
from tests.reading.layout import Row, components, tables, words
from tests.serving.callbacks import later

HOURS = 2
"""Each session lasts so long, at 09.00 and at 13.00 of every day of September."""

RULE = "angka=ruang"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_of_sessions(tmp_path_factory.mktemp("mengapa-ruang"))


def panels(served: Desk) -> Any:
    """The panels below the calendar."""
    return later(served.browser_of("kabid"), "room-more", f"?{SEPTEMBER}")


def sessions(served: Desk, search: str, user: str = "kabid") -> list[Row]:
    """The sessions of an explanation, from both of their pages, without the sum."""
    pages = [tables(explained(served, f"{search}&baris={page}", user))[-1] for page in (1, 2)]
    rows = {row["Baris sumber"]: row for page in pages for row in page if row.get("Baris sumber")}
    return list(rows.values())


def sum_row(served: Desk, search: str) -> Row:
    return tables(explained(served, search))[-1][-1]


def test_the_listed_sessions_add_up_to_the_hours_in_use(served: Desk) -> None:
    search = f"{RULE}&{SEPTEMBER}"
    rows = sessions(served, search)
    assert {row["Baris sumber"] for row in rows} == {row_of(one) for one in SESSIONS}
    assert {row["Jam"] for row in rows} == {str(HOURS)}
    period = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    one = rooms_figures(served.office, period, NOW).all_rooms
    assert (one.in_use_seconds + one.clash_seconds) / 3600 == HOURS * len(SESSIONS)
    assert sum_row(served, search)["Jam"] == str(HOURS * len(SESSIONS))


def test_the_seats_taken_are_people_times_hours_by_seats_times_hours(served: Desk) -> None:
    known = [one for one in SESSIONS if present_of(one) is not None]
    people, seats = sum((present_of(one) or 0) * HOURS for one in known), SEATS * HOURS * len(known)
    whole = sum_row(served, f"{RULE}&{SEPTEMBER}")
    assert (number(whole["Orang × jam"]), number(whole["Kursi × jam"])) == (people, seats)
    period = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    assert rooms_figures(served.office, period, NOW).all_rooms.occupancy == people / seats


@pytest.mark.parametrize(("more", "is_in"), [
    ("&kelompok=tanpa-surat", lambda one: one % 3),
    (f"&opd={OPDS[0].replace(' ', '+')}", lambda one: not one % 3 and not one % 2),
    (f"&opd={OPDS[1].replace(' ', '+')}", lambda one: not one % 3 and one % 2),
])  # fmt: skip
def test_the_hours_of_an_agency_are_those_of_its_sessions(served: Desk, more: str, is_in: object) -> None:
    rows = sessions(served, f"{RULE}&{SEPTEMBER}{more}")
    mine = {row_of(one) for one in SESSIONS if is_in(one)}  # type: ignore[operator]
    assert {row["Baris sumber"] for row in rows} == mine
    name = {"tanpa": "Tanpa surat"}.get(more[10:15], more[5:].replace("+", " "))
    assert f"{HOURS * len(mine)} jam" in words(panels(served)).partition(name)[2][:80]


def test_an_hour_of_the_week_is_that_hour_of_its_days(served: Desk) -> None:
    """Thursday from nine: open and in use on each; from eleven: open and never in use."""
    thursdays = [start_of(one).date() for one in SESSIONS if start_of(one).weekday() == 3 and start_of(one).hour == 9]
    for hour, used in ((9, 1), (11, 0)):
        assert len(thursdays) == 4
        text = words(explained(served, f"{RULE}&hari=3&jam={hour}&{SEPTEMBER}"))
        assert f"Jumlah {len(thursdays)} {used * len(thursdays)} {100 * used}%" in text


def test_every_way_of_the_panels_leads_to_an_explanation(served: Desk) -> None:
    part = panels(served)
    ways = list(dict.fromkeys(one["href"] for one in components(part, "Link") if one["href"].startswith("/mengapa")))
    assert any("hari=" in way for way in ways)
    assert any("kelompok=tanpa-surat" in way for way in ways)
    assert any("tentang=gangguan" in way for way in ways), "hours lost to a fault"
    for way in ways[:: max(len(ways) // 12, 1)]:
        assert "Aturan yang dipakai" in words(explained(served, way.partition("?")[2])), way


def test_an_agency_sees_only_its_own_sessions_of_a_room(served: Desk) -> None:
    rows = sessions(served, f"{RULE}&{SEPTEMBER}&opd=Dinas+Pendidikan", "opd")
    assert {row["Baris sumber"] for row in rows} == {row_of(one) for one in SESSIONS if not one % 3 and not one % 2}
    assert all(OWN_OPD in row["OPD"] for row in rows)


def test_the_bookings_of_each_distance_are_listed(served: Desk) -> None:
    """Letters of 24 August: the working days to their event, holidays left out by the calendar, counted one by one."""
    calendar = served.office.calendar
    open_days = [plan.date for plan in calendar.plans(date(2026, 8, 25), date(2026, 9, 30)) if plan.intervals]
    ahead = [sum(day <= start_of(one).date() for day in open_days) for one in SESSIONS if one % 3 == 0]
    classes = {0: (0, 0), 1: (1, 1), 2: (2, 2), 3: (3, 5), 4: (6, 10), 5: (11, 999)}
    for place, (low, high) in classes.items():
        part = explained(served, f"{RULE}&jarak={place}&{SEPTEMBER}")
        rows = tables(part)[0] if components(part, "Table") else []
        mine = sorted(days for days in ahead if low <= days <= high)
        assert sorted(int(row["Hari kerja"]) for row in rows) == mine
