"""The schedule for calendars: readable by others, secret, revocable, and without a word about anybody."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from dashboard.pages.rooms.feed import new_link, revoke_link
from data_access.records.access import set_active, user_by_name
from data_access.records.engine import reading, writing
from tests.offices.desk import Desk
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import words
from tests.serving.callbacks import call


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("kalender"))


def user_id(served: Desk, name: str) -> int:
    with reading(served.office.records) as connection:
        return user_by_name(connection, name).id


def link(served: Desk, name: str) -> str:
    address = new_link(served.office, user_id(served, name), "http://localhost/", END_OF_SEPTEMBER)
    return address.removeprefix("http://localhost")


def events(served: Desk, address: str) -> list:
    reply = served.browser().get(address)
    assert (reply.status_code, reply.mimetype) == (200, "text/calendar")
    return list(Calendar.from_ical(reply.data).walk("VEVENT"))


def test_a_calendar_reads_agency_room_and_hours_and_nothing_else(served: Desk) -> None:
    found = events(served, link(served, "kabid"))
    assert len(found) == 5
    first = min(found, key=lambda one: one["dtstart"].dt)
    assert str(first["summary"]) == "Dinas Kesehatan · Smart Center"
    assert first["dtstart"].dt.isoformat() == "2026-09-10T02:00:00+00:00"
    assert first["dtend"].dt.isoformat() == "2026-09-10T05:00:00+00:00"
    assert {str(one["status"]) for one in found} == {"CONFIRMED", "TENTATIVE"}
    assert len({str(one["uid"]) for one in found}) == 5
    whole = b"".join(one.to_ical() for one in found)
    assert b"imunisasi" not in whole
    assert b"143" not in whole


def test_an_agency_s_link_holds_its_own_bookings_only(served: Desk) -> None:
    names = {str(one["summary"]) for one in events(served, link(served, "opd"))}
    assert names == {"Dinas Kesehatan · Smart Center"}


def test_a_link_ends_when_it_is_revoked_renewed_or_its_user_is_shut_out(served: Desk) -> None:
    first = link(served, "staf")
    second = link(served, "staf")
    assert served.browser().get(first).status_code == 404
    assert served.browser().get(second).status_code == 200
    revoke_link(served.office, user_id(served, "staf"), END_OF_SEPTEMBER)
    assert served.browser().get(second).status_code == 404
    third = link(served, "sekdin")
    with writing(served.office.records) as connection:
        set_active(connection, user_id(served, "sekdin"), is_active=False)
    assert served.browser().get(third).status_code == 404
    assert served.browser().get("/kalender/tebakan.ics").status_code == 404


def test_the_page_makes_the_link_once_and_shuts_it(served: Desk) -> None:
    browser = served.signed_in("kasi_litik")

    def press(which: str) -> str:
        inputs = [
            {"id": f"room-feed-{name}", "property": "n_clicks", "value": 1 if which == name else None}
            for name in ("make", "revoke")
        ]
        changed = [f"room-feed-{which}.n_clicks"] if which else []
        reply = call(browser, "room-feed-state.children", inputs, changedPropIds=changed)
        assert reply.status_code == 200, reply.text
        return words(reply.json["response"]["room-feed-state"]["children"])

    assert press("") == "Belum ada tautan."
    assert "/kalender/" in press("make")
    assert press("").startswith("Tautan dibuat")
    assert press("revoke") == "Belum ada tautan."
