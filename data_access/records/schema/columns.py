"""What all tables of the records are made of: names of keys and indexes, and the kinds of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Integer, MetaData, Text, false, text

from data_access.records.types import Day, JsonText, Moment, RowId

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def given_id() -> Column[int]:
    """An id handed out by the loader (`bulk.insert_rows`), ascending in file order."""
    return Column("id", RowId, primary_key=True, autoincrement=False)


def own_id() -> Column[int]:
    """An id handed out by the database."""
    return Column("id", RowId, primary_key=True)


def link(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    """The id of a row of `target`, checked by `bulk.insert_rows`."""
    return Column(name, RowId, nullable=nullable, info={"target": target})


def at(name: str, *, nullable: bool = True) -> Column[int]:
    """A moment: UTC seconds."""
    return Column(name, Moment, nullable=nullable)


def on(name: str) -> Column[int]:
    """A day of the office's date: days since 1970-01-01."""
    return Column(name, Day)


def stamp(name: str) -> tuple[Column[int], Column[int]]:
    """The day, known when a date is known, and the moment, known only when the clock time is."""
    return on(f"{name}_on"), at(f"{name}_at")


def words(name: str, *, nullable: bool = True) -> Column[str]:
    """A text."""
    return Column(name, Text, nullable=nullable)


def count(name: str) -> Column[int]:
    """A number, NULL where it is not known."""
    return Column(name, Integer)


def tally(name: str) -> Column[int]:
    """A number that begins at 0."""
    return Column(name, Integer, nullable=False, server_default=text("0"))


def flag(name: str) -> Column[bool]:
    """True or false, false at first."""
    return Column(name, Boolean, nullable=False, server_default=false())


def json_value(name: str, *, nullable: bool = False) -> Column[Any]:
    """Any value as JSON."""
    return Column(name, JsonText, nullable=nullable)


def one_of(name: str, allowed: Sequence[str]) -> str:
    """A condition: one of these words."""
    return f"{name} IN (" + ", ".join(f"'{word}'" for word in allowed) + ")"


def origin() -> tuple[Column[int], Column[int], Column[int]]:
    """Where a row was read: its load, its sheet and the spreadsheet's own row number."""
    return link("load_id", "load"), link("sheet_id", "sheet"), Column("row", Integer, nullable=False)
