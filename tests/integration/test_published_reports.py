"""Published reports in the records, on both databases: whole, in editions, byte for byte."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from data_access.records import one_load, reading
from data_access.records.office import (
    add_report,
    newest_edition,
    published_reports,
    report_by_id,
    report_document,
    report_file,
)

PDF = bytes(range(256)) * 4
DOCUMENT = {"figures": {"share": 11 / 12, "n": None}, "text": "“=1+1” é"}


def add(connection: Connection, edition: int = 1, replaces_id: int | None = None, **other: Any) -> int:
    values: dict[str, Any] = {
        "period": "2026-S1", "first_on": date(2026, 1, 1), "last_on": date(2026, 6, 30), "published_at": 1_783_648_800,
        "actor": "kadin", "reason": None, "document": DOCUMENT, "pdf": PDF,
    }  # fmt: skip
    return add_report(connection, edition=edition, replaces_id=replaces_id, **(values | other))


def test_an_edition_comes_back_as_it_was_kept(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        first = add(connection)
    with reading(records_engine) as connection:
        assert report_file(connection, first) == PDF
        assert report_document(connection, first) == DOCUMENT
        kept = report_by_id(connection, first)
        assert kept is not None
        assert (kept.number, kept.first_on, kept.actor) == ("2026-S1/1", 20_454, "kadin")
        assert (report_file(connection, 99), report_by_id(connection, 99)) == (None, None)


def test_the_newest_edition_of_a_period_is_in_force_and_the_former_stays(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        first = add(connection)
        add(connection, period="2026-06")
        second = add(connection, edition=2, replaces_id=first, reason="berkas susulan")
    with reading(records_engine) as connection:
        newest = newest_edition(connection, "2026-S1")
        assert newest is not None
        assert (newest.id, newest.replaces_id) == (second, first)
        assert [one.number for one in published_reports(connection)] == ["2026-S1/2", "2026-06/1", "2026-S1/1"]
        assert newest_edition(connection, "2025") is None


@pytest.mark.parametrize("wrong", [{"edition": 1}, {"edition": 2}], ids=["twice", "without the former"])
def test_no_edition_exists_twice_or_without_the_one_it_replaces(records_engine: Engine, wrong: dict[str, int]) -> None:
    with one_load(records_engine) as connection:
        add(connection)
    with pytest.raises(IntegrityError), one_load(records_engine) as connection:
        add(connection, **wrong)
