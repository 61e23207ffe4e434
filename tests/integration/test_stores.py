"""A served office whose stores are lost, cut short, damaged or moved on under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from dashboard.commands.serve import _catch_up
from dashboard.web import answers, keeper
from dashboard.web.app import create_app
from dashboard.web.pages import PAGES
from dashboard.web.server import serve
from data_access.mart.files import pointer_path, read_pointer
from data_access.secret import SecretKeyError
from tests.offices.desk import Desk, add_everybody
from tests.offices.office import Clock, open_office, own_records
from tests.offices.september import END_OF_SEPTEMBER, give_letters, office_with_letters
from tests.reading.refusals import says
from tests.serving.databases import run_on_server
from tests.serving.visitor import free_port


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("office"))


def mart_file(desk: Desk) -> Path:
    pointer = read_pointer(desk.office.mart.folder)
    assert pointer is not None
    return desk.office.mart.folder / pointer.file


def overwritten(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


FAULTS: dict[str, Callable[[Desk], object]] = {
    "the file is gone": lambda desk: mart_file(desk).unlink(),
    "the pointer is gone": lambda desk: pointer_path(desk.office.mart.folder).unlink(),
    "the file was cut short": lambda desk: mart_file(desk).write_bytes(mart_file(desk).read_bytes()[:5000]),
    "the pointer was cut short": lambda desk: pointer_path(desk.office.mart.folder).write_text('{"file": "ma'),
    "the file was overwritten": lambda desk: overwritten(mart_file(desk)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_running_server_builds_a_lost_mart_again(desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "MEND_AGAIN_SECONDS", 0.0)
    browser = desk.browser_of("kadin")
    before = browser.get("/kepatuhan/unduh.csv").text
    FAULTS[fault](desk)
    replies = [browser.get("/kepatuhan/unduh.csv") for _ in range(4)]
    assert {reply.status_code for reply in replies} <= {200, 422}
    assert replies[-1].text == before
    assert desk.office.mart.meta() is not None


def test_a_server_starts_though_no_mart_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = open_office(tmp_path, Clock(END_OF_SEPTEMBER), give_letters)
    office.close()
    lock = office.mart.folder / "publisher.lock"
    lock.unlink()
    lock.mkdir()  # as on a disk that is only read: it cannot be opened for writing
    _catch_up(office.home.root)
    assert "Mart baru tidak dapat ditulis" in capsys.readouterr().err


@pytest.fixture
def on_postgresql(tmp_path: Path, postgresql_server: str) -> Iterator[tuple[Desk, str]]:
    """A served office on a PostgreSQL server, and the name of its database."""
    with own_records(give_letters, postgresql_server) as url:
        assert url is not None
        clock = Clock(END_OF_SEPTEMBER)
        office = open_office(tmp_path, clock, give_letters, url=url)
        add_everybody(office)
        yield Desk(office, create_app(office, now=clock, pages=PAGES), clock), str(make_url(url).database)
        office.close()


def test_a_database_that_goes_away_and_comes_back(
    on_postgresql: tuple[Desk, str], postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LOOKED_SECONDS", 0.0)
    desk, name = on_postgresql
    browser = desk.browser_of("kadin")
    before = browser.get("/kepatuhan/unduh.csv").text
    ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
    run_on_server(postgresql_server, ended)
    assert browser.get("/kepatuhan/unduh.csv").text == before  # new lines are taken without a word

    run_on_server(postgresql_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    run_on_server(postgresql_server, ended)
    lost = browser.get("/permohonan")
    assert (lost.status_code, "Catatan kantor tidak dapat dihubungi" in lost.text) == (422, True)
    assert name not in lost.text
    assert desk.browser().get("/sehat").status_code == 503

    run_on_server(postgresql_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert browser.get("/permohonan").status_code == 200
    assert browser.get("/kepatuhan/unduh.csv").text == before
    assert desk.browser().get("/sehat").status_code == 200


def test_a_key_that_was_cut_short_is_said_before_the_server_starts(tmp_path: Path) -> None:
    office = open_office(tmp_path, Clock())
    office.home.secret_path.write_bytes(b"rahasia")
    lines: list[str] = []
    with pytest.raises(SecretKeyError, check=says("kunci sesi rusak")):
        serve(lambda: office, lines.append, host="127.0.0.1", port=free_port())
    office.close()
    assert lines == []
