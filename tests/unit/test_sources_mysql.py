"""MySQL as a source: what its driver says becomes a sentence, and positions survive being kept."""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from pymysql.connections import Connection
from pymysql.err import OperationalError, ProgrammingError
from sqlalchemy.exc import DBAPIError

from dashboard.i18n import sentence
from data_access.sources import SourceError, later, position_from, position_json
from data_access.sources.address import CONNECT_SECONDS, STATEMENT_SECONDS, open_source
from data_access.sources.faults import explaining

SAID = [
    (OperationalError(1045, "Access denied for user 'kita'@'server' (using password: YES)"), "kata sandi"),
    (OperationalError(1044, "Access denied for user 'kita'@'server' to database 'lain'"), "hak SELECT"),
    (OperationalError(1049, "Unknown database 'lain'"), "nama basis data"),
    (OperationalError(2003, "Can't connect to MySQL server on 'server'"), "tidak dapat dihubungi"),
    (OperationalError(2013, "Lost connection to MySQL server during query"), "memutus sambungan"),
    (OperationalError(3024, "Query execution was interrupted"), "terlalu lama"),
    (OperationalError(1792, "Cannot execute statement in a READ ONLY transaction"), "hendak menulis"),
    (ProgrammingError(1146, "Table 'esurat.tbl_surat' doesn't exist"), "Table 'esurat.tbl_surat' doesn't exist"),
    (OperationalError(1054, "Unknown column 'asal' in 'SELECT'"), "Unknown column 'asal'"),
    (ProgrammingError(1064, "You have an error in your SQL syntax near 'FRO'"), "near 'FRO'"),
    (OperationalError(9999, "Budi Contoh"), "tidak dapat dibaca"),
]


@pytest.mark.parametrize(("said", "words"), SAID)
def test_what_mysql_says_becomes_a_sentence(said: Exception, words: str) -> None:
    with pytest.raises(SourceError) as caught, explaining("e-surat", "ESURAT_URL"):
        raise DBAPIError("SELECT 1", None, said)
    assert sentence(caught.value).startswith('Sumber "e-surat": basis data ')
    assert words in sentence(caught.value)
    assert "Budi" not in sentence(caught.value)


def test_a_bare_mysql_address_uses_the_driver_that_is_there() -> None:
    for address in ("mysql://kita:sandi@server/esurat", "mariadb://kita:sandi@server/esurat"):
        engine = open_source("e-surat", "ESURAT_URL", address)
        assert engine.dialect.driver == "pymysql"
        assert "sandi" not in repr(engine)


def test_the_servers_greeting_is_not_waited_for_as_long_as_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Greeted:
        def __init__(self, **given: Any) -> None:
            asked.update(given)
            self._read_timeout = given["read_timeout"]

    engine = open_source("e-surat", "ESURAT_URL", "mysql://kita:sandi@server/esurat")
    monkeypatch.setattr(engine.dialect, "loaded_dbapi", SimpleNamespace(connect=Greeted))
    greeted = engine.pool._creator()
    for listener in engine.pool.dispatch.connect:
        if listener.__module__ == "data_access.sources.address":
            listener(greeted, None)
    assert asked["read_timeout"] == CONNECT_SECONDS
    assert greeted._read_timeout > STATEMENT_SECONDS
    assert "_read_timeout" in inspect.getsource(Connection)


POSITIONS: list[Any] = [
    7, "SM-7", Decimal("7.50"), dt.date(2026, 9, 7), dt.datetime(2026, 9, 7, 8, 0, 0, 250_000),  # noqa: DTZ001
    dt.datetime(2026, 9, 7, 8, tzinfo=dt.UTC), b"\x00\x07", None,
]  # fmt: skip


@pytest.mark.parametrize("position", POSITIONS)
def test_a_position_is_the_same_after_it_was_kept(position: Any) -> None:
    assert position_from(position_json(position)) == position


def test_the_latest_position_wins_and_what_cannot_be_compared_says_nothing() -> None:
    moment = dt.datetime(2026, 9, 7, 8)  # noqa: DTZ001
    found = None
    for value in (None, "0000-00-00 00:00:00", moment, "0000-00-00 00:00:00", None, dt.datetime(2026, 9, 6)):  # noqa: DTZ001
        found = later(found, value)
    assert found == moment
    assert later(3, True) == 3
    assert later(None, 2) == 2
