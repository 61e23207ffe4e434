"""Whether the records, and the files of the home that they name, still agree with the chain of seals, and the chain
with what backups and the home say of it.

chain.lock (in the home)    held while they are compared; how far it is, 0–1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_access.errors import Message, PantauError, stored_message
from data_access.home import HEAD_FILE, Home
from data_access.locks import held_if_free
from data_access.records import Engine, RecordsBusyError, RecordsError, reading, writing
from data_access.records.access import AuditFilter, actions_page, note_action
from data_access.records.chain import Head, cover_earlier, has_earlier, head
from data_access.records.chain_check import verify
from data_access.records.chain_head import HeadNoteError, note_head, noted_head
from data_access.records.copies import KeptFile, is_as_kept, kept_files
from data_access.secret import seal_key
from etl.domain.units import DAY

CHECKED = "chain_checked"
"""The action of a verification; its detail has the number of links and of faults, and the first faults."""

MOST_FAULTS = 10
"""Faults that are named; the others are only counted."""

_PATIENCE_SECONDS = 5.0
_LOCK = "chain.lock"


@dataclass(frozen=True)
class ChainCheck:
    """The last comparison: `faults` of all, `named` the first of them; `failure` is why there was none."""

    at: int
    links: int
    faults: int
    named: tuple[Message | str, ...] = ()
    failure: Message | str | None = None


def last_check(records: Engine) -> ChainCheck | None:
    """The newest comparison on record; None before the first."""
    with reading(records) as connection:
        entries = actions_page(connection, AuditFilter(actions=(CHECKED,)), 1)
    if not entries:
        return None
    detail, failure = entries[0].detail or {}, (entries[0].detail or {}).get("failure")
    named = tuple(stored_message(text) for text in detail.get("named", ()))
    why = stored_message(failure) if failure else None
    return ChainCheck(entries[0].at, detail.get("links", 0), detail.get("faults", 0), named, why)


def is_check_due(records: Engine, now: int) -> bool:
    """Whether the last comparison is a day ago, or a clock that was put back makes it one to come."""
    last = last_check(records)
    return last is None or not 0 <= now - last.at < DAY


def share_checked(home: Home) -> float | None:
    """How far the comparison that runs now is, 0–1; None while there is none."""
    path = home.root / _LOCK
    try:
        with held_if_free(path) as is_free:
            return None if is_free else min(float(path.read_text(encoding="ascii") or 0), 1.0)
    except OSError:
        return None
    except ValueError:
        return 0.0


def verify_chain(home: Home, records: Engine, heads: Mapping[str, Head], now: int) -> tuple[Head | None, list[Message]]:
    """Compare every row with its link, and `heads` of backups with the chain; the newest link and what does not agree.

    Rows of before the chain are given their links first. It is noted in the audit, unless somebody else writes all the
    time. Raises PantauError for records or a key that cannot be read.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # a disk that is only read
            stack.enter_context(held_if_free(home.root / _LOCK))
        try:
            newest, faults = _compared(home, records, heads, now)
        except PantauError as error:
            _note(records, now, {"failure": error.message.stored()})
            raise
        if newest is not None or faults:
            named = [_without_file(fault).stored() for fault in faults[:MOST_FAULTS]]
            detail = {"links": newest.position if newest else 0, "faults": len(faults)}
            _note(records, now, {**detail, "named": named} if named else detail)
        return newest, faults


def _compared(home: Home, records: Engine, heads: Mapping[str, Head], now: int) -> tuple[Head | None, list[Message]]:
    key, faults, noted = seal_key(home.secret_path), [], None
    with suppress(RecordsBusyError):
        _cover_all(records, key, now)
    try:
        noted = noted_head(home.secret_path, key)  # first: the note is never ahead of what is read after it
        is_absent = noted is None
    except HeadNoteError as error:
        is_absent, faults = False, [error.message]
    with reading(records) as connection:
        newest, files = head(connection), kept_files(connection, home)
        faults += verify(connection, key, heads, _share_kept(home.root / _LOCK), noted)
    if newest is not None and is_absent:
        note_head(home.secret_path, key, newest)
        faults.append(Message("chain.note_absent", file=HEAD_FILE))
    return newest, [*faults, *_changed(files)]


def _changed(files: Iterable[KeptFile]) -> Iterator[Message]:
    """Photos and scans that hold something else than when they were given; those that are gone are told elsewhere."""
    for kept in files:
        if not is_as_kept(kept):
            table, file = Message(f"chain.table_{kept.name}"), f"{kept.path.parent.name}/{kept.path.name}"
            yield Message("chain.file_changed", table=table, number=kept.id, file=file)


def _share_kept(path: Path) -> Callable[[float], None]:
    """Keeps how far it is where `share_checked` reads it."""

    def keep(share: float) -> None:
        with suppress(OSError):  # a disk that is full, or only read
            path.write_text(f"{share:.2f}", encoding="ascii")

    keep(0.0)
    return keep


def _note(records: Engine, now: int, detail: Mapping[str, Any]) -> None:
    with suppress(RecordsError), writing(records, wait_seconds=_PATIENCE_SECONDS) as connection:
        note_action(connection, CHECKED, at=now, detail=detail)


def _without_file(fault: Message) -> Message:
    """The fault as the audit keeps it, which holds no word that somebody typed: a load by its number only."""
    where = fault.values.get("where")
    if not isinstance(where, Message) or "load" not in where.values:
        return fault
    return Message(fault.code, **{**fault.values, "where": Message("chain.of_load_number", load=where.values["load"])})


def _cover_all(records: Engine, key: bytes, now: int) -> None:
    with reading(records) as connection:
        is_more = has_earlier(connection)
    while is_more:
        with writing(records, wait_seconds=_PATIENCE_SECONDS) as connection:
            is_more = cover_earlier(connection, key, now)
