"""Who did what: every command that changes or hands out something leaves an entry, without a word that was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer
from sqlalchemy import Engine

from dashboard.commands import COMMANDS, GROUPS
from data_access.records import open_records, reading, writing
from data_access.records.access import AuditEntry, forget_actions_before, note_action
from data_access.records.chain_check import verify
from data_access.secret import seal_key
from tests.books.settings_sample import OFFICE_FILE
from tests.offices.bureau import LETTER
from tests.offices.office import MONDAY_NINE
from tests.reading.audit import recent_actions
from tests.serving.command_line import Desk

LOOKS = {
    "demo", "serve", "watch", "case", "clock", "measure", "rebuild", "check", "schedule", "figures sla",
    "figures rooms", "figures participants", "figures conditions", "settings show", "user list", "screen list",
    "opd-code list", "restore", "sop check", "sop draft",
}  # fmt: skip
"""Commands that only show, work out again what is derived, or begin what notes its own deeds (a restore has a test of
its own with backups)."""

LEAVES = {
    "ingest": "load", "condition add": "entry", "settings apply": "settings_version", "report": "export",
    "export": "export", "backup": "backup", "user add": "user_added", "user password": "password_given",
    "user link": "user_link", "user role": "user_role", "user opd": "user_role", "user enable": "user_enabled",
    "user disable": "user_disabled",
    "screen add": "screen_added", "screen renew": "screen_renewed", "screen revoke": "screen_revoked",
    "opd-code add": "code_added", "opd-code end": "code_ended", "user totp-off": "second_factor_off",
    "user unbind": "identity_unbound", "user email": "user_email", "opd-code email": "code_email",
}  # fmt: skip
"""By command the entry that it leaves."""


def every_command() -> set[str]:
    groups = {f"{name} {command}" for name, group in GROUPS.items() for command in _commands(group)}
    return {name for name, _, _ in COMMANDS} | groups


def _commands(group: typer.Typer) -> Iterator[str]:
    for command in group.registered_commands:
        yield command.name or getattr(command.callback, "__name__", "")


def test_a_new_command_must_say_what_it_leaves() -> None:
    assert every_command() == LOOKS | set(LEAVES)


def entries(desk: Desk) -> list[AuditEntry]:
    records = open_records(f"sqlite:///{desk.home / 'records.sqlite'}")
    with reading(records) as connection:
        told = recent_actions(connection)
        assert list(verify(connection, seal_key(desk.home / "secret.key"))) == []
    records.dispose()
    return told


def test_every_command_that_changes_something_leaves_an_entry(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    given = [
        ("ingest", desk.file(LETTER, "agenda.csv")), ("settings", "apply", desk.file(OFFICE_FILE, "kantor.toml")),
        ("user", "add", "Budi", "--role", "agendaris"), ("user", "add", "mitra", "--role", "opd", "--opd", "Dinkes"),
        ("user", "password", "budi"), ("user", "link", "budi"), ("user", "role", "budi", "staf"),
        ("user", "opd", "mitra", "Dinas Kesehatan"), ("user", "disable", "budi"), ("user", "enable", "budi"),
        ("user", "email", "budi", "budi@kantor.go.id"),
        ("screen", "add", "TV"), ("screen", "renew", "1"), ("screen", "revoke", "1"),
        ("opd-code", "add", "Dinkes", "--until", "2030-01-01"), ("opd-code", "email", "1", "dinkes@opd.go.id"),
        ("opd-code", "end", "1"), ("report", "sla", "--period", "2026-09", "--out", tmp_path / "laporan.xlsx"),
        ("condition", "add", "--room", "Smart Center", "--good"), ("backup",),
        ("export", "--parquet", tmp_path / "fakta"),
    ]  # fmt: skip
    faults = [(arguments, run.err) for arguments in given if (run := desk.run(*arguments)).code not in (0, 1)]
    assert faults == []
    told = entries(desk)
    assert set(LEAVES.values()) - {"second_factor_off", "identity_unbound"} <= {entry.action for entry in told}
    assert {entry.actor for entry in told} == {"cli"}


def note_many(records: Engine, action: str, at: int, names: int, addresses: int) -> None:
    with writing(records) as connection:
        for number in range(names * addresses):
            who = {"actor": None, "subject": f"user{number % names}", "address": f"10.0.0.{number // names}"}
            note_action(connection, action, at=at + number, **who)


def test_a_flood_of_refused_logins_is_few_entries_with_their_counts(records_engine: Engine) -> None:
    note_many(records_engine, "login_refused", MONDAY_NINE, names=3, addresses=1)
    note_many(records_engine, "login_refused", MONDAY_NINE + 10, names=3, addresses=100)
    with reading(records_engine) as connection:
        told = recent_actions(connection, 1000)
    assert len(told) <= 104
    assert sum(entry.times for entry in told) == 303
    assert any(entry.address is None for entry in told)


def test_what_is_refused_an_hour_later_is_an_entry_of_its_own(records_engine: Engine) -> None:
    for at in (MONDAY_NINE, MONDAY_NINE + 60, MONDAY_NINE + 3_700):
        note_many(records_engine, "login_refused", at, names=1, addresses=1)
    with reading(records_engine) as connection:
        assert [entry.times for entry in recent_actions(connection)] == [1, 2]


def test_what_says_who_held_a_role_outlives_the_retention(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        for action in ("user_added", "login"):
            note_action(connection, action, at=MONDAY_NINE, subject="kadin")
        assert forget_actions_before(connection, MONDAY_NINE + 1) == 1
        assert [entry.action for entry in recent_actions(connection)] == ["user_added"]
