"""Links to the schedule, on both databases: one a user, renewed, shut, and never mistaken for another kind of link."""

from __future__ import annotations

from sqlalchemy import Engine

from data_access.records import access
from data_access.records.access import add_user, use_link, user_by_name
from data_access.records.engine import writing


def test_a_user_has_one_link_that_works_until_it_is_shut(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        for name in ("staf", "kabid"):
            add_user(connection, name, name, created_at=1)
        staf, kabid = (user_by_name(connection, name).id for name in ("staf", "kabid"))
        access.add_calendar_link(connection, staf, "a", 10)
        access.add_calendar_link(connection, kabid, "b", 20)
        access.add_calendar_link(connection, staf, "c", 30)
        assert [access.user_of_calendar_link(connection, token) for token in "abcd"] == [None, kabid, staf, None]
        assert access.calendar_link_since(connection, staf) == 30
        assert use_link(connection, "first_admin", "c", 40) is None
        access.revoke_calendar_link(connection, staf, 50)
        assert access.user_of_calendar_link(connection, "c") is None
        assert access.calendar_link_since(connection, staf) is None
        assert access.user_of_calendar_link(connection, "b") == kabid
