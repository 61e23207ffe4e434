"""PostgreSQL under a served office: lost in the middle of a deed, followed by another server, shared by two servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, event

from dashboard.web import keeper
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from data_access.home import Home
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from etl.intake.pipeline import apply_settings
from etl.keeping.seals import verify_chain
from etl.settings.document import apply
from tests.offices.desk import Desk, add_everybody
from tests.offices.office import Clock, filled_folder, open_office, own_records
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.serving.callbacks import STAMPED, ask
from tests.serving.databases import run_on_server
from tests.serving.standby import two_postgresql

TAP = {"year": 2026, "agenda": "147", "step": "A3", "stamp": "diteruskan", "version": 1}
UNREACHABLE = "tidak dapat dihubungi"
SETTINGS = '[[room]]\nname = "Smart Center"\ncapacity = 77\n'
STORED = '"stamp-done":{"data":1}'


def served(folder: Path, url: str) -> Desk:
    """The office whose home lies in that folder, on that database."""
    clock = Clock(END_OF_SEPTEMBER)
    office = open_office(folder, clock, url=url)
    return Desk(office, create_app(office, now=clock, pages=PAGES), clock)


def tapped(desk: Desk) -> str:
    """Sekdin hands letter 147 on; what becomes of it."""
    inputs = [{"id": "stamp-tap", "property": "data", "value": TAP}]
    return ask(desk.browser_of("sekdin"), ("stamp-said.children", "stamp-done.data"), inputs, state=[STAMPED]).text


def last_load(desk: Desk) -> int:
    with reading(desk.office.records) as connection:
        return last_load_id(connection)


def figures(desk: Desk) -> str:
    """What the page of compliance says, as a file."""
    return desk.browser_of("kadin").get("/kepatuhan/unduh.csv?dari=2026-09-01&sampai=2026-09-30").text


def test_the_office_goes_on_at_the_server_that_took_over(tmp_path: Path) -> None:
    with two_postgresql() as pair:
        office = open_office(tmp_path, Clock(END_OF_SEPTEMBER), url=pair.first)
        give_letters(office, tmp_path)
        add_everybody(office)
        office.close()
        pair.follow()
        desk = served(tmp_path, pair.url)
        before = figures(desk)
        pair.lose_first()
        lost = desk.browser_of("kadin").get("/permohonan")
        assert (lost.status_code, UNREACHABLE in lost.text) == (422, True)
        pair.take_over()
        assert figures(desk) == before
        assert STORED in tapped(desk)
        desk.office.close()


@pytest.fixture
def desk(tmp_path: Path, postgresql_server: str) -> Iterator[Desk]:
    """An office with letters and everybody in it."""
    folder = tmp_path / "one"
    shutil.copytree(filled_folder(give_letters, postgresql_server), folder)
    with own_records(give_letters, postgresql_server) as url:
        assert url is not None
        made = served(folder, url)
        add_everybody(made.office)
        yield made
        made.office.close()


def address(desk: Desk) -> URL:
    return desk.office.records.url


def test_a_line_lost_in_the_middle_of_a_deed_leaves_nothing_of_it_and_the_next_try_is_taken(
    desk: Desk, postgresql_server: str
) -> None:
    desk.browser_of("sekdin")
    name = address(desk).database
    ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608

    def lose(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO chain_link"):
            event.remove(desk.office.records, "before_cursor_execute", lose)
            run_on_server(postgresql_server, ended)

    event.listen(desk.office.records, "before_cursor_execute", lose)
    told = tapped(desk)
    assert (STORED in told, "sedang berhenti atau baru menyala" in told) == (False, True)
    assert STORED in tapped(desk)
    assert verify_chain(desk.office.home, desk.office.records, {}, END_OF_SEPTEMBER)[1] == []


def test_two_servers_on_one_database_show_each_others_deeds(desk: Desk, tmp_path: Path) -> None:
    other_home = Home(tmp_path / "other" / "home").make()
    shutil.copyfile(desk.office.home.secret_path, other_home.secret_path)
    other = served(tmp_path / "other", address(desk).render_as_string(hide_password=False))
    keeper.catch_up(other.office, END_OF_SEPTEMBER)
    before = figures(desk)
    assert figures(other) == before
    assert STORED in tapped(desk)
    keeper.follow(other.office, END_OF_SEPTEMBER)
    assert figures(other) == figures(desk) != before
    loads = last_load(desk)
    assert STORED in tapped(other)  # the same tap, given at both: one entry
    assert last_load(desk) == loads
    apply_settings(
        desk.office, lambda known: apply(known, SETTINGS, "pengaturan.toml"), END_OF_SEPTEMBER, actor="admin"
    )
    keeper.follow(other.office, END_OF_SEPTEMBER)
    assert [room.capacity for room in other.office.settings.rooms] == [77]
    told = [verify_chain(other_home, other.office.records, {}, END_OF_SEPTEMBER)[1] for _ in range(2)]
    # a home that is new to these records says once that it has no note of their newest link
    assert [[message.code for message in messages] for messages in told] == [["chain.note_absent"], []]
    other.office.close()
