"""Whether the records still agree with the chain of seals, and with what backups say of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from data_access.errors import Message
from data_access.home import Home
from data_access.records import Engine, RecordsBusyError, reading, writing
from data_access.records.access import note_action
from data_access.records.chain import Head, cover_earlier, has_earlier, head, verify
from data_access.secret import seal_key

CHECKED = "chain_checked"
"""The action of a verification; its detail has the number of links and of faults."""

_PATIENCE_SECONDS = 5.0


def verify_chain(home: Home, records: Engine, heads: Mapping[str, Head], now: int) -> tuple[Head | None, list[Message]]:
    """Compare every row with its link, and `heads` of backups with the chain; the newest link and what does not agree.

    Rows of before the chain are given their links first. It is noted in the audit, unless somebody else writes all the
    time. Raises PantauError for records or a key that cannot be read.
    """
    key = seal_key(home.secret_path)
    with suppress(RecordsBusyError):
        _cover_all(records, key, now)
    with reading(records) as connection:
        newest = head(connection)
        faults = list(verify(connection, key, heads))
    if newest is not None:
        with suppress(RecordsBusyError), writing(records, wait_seconds=_PATIENCE_SECONDS) as connection:
            note_action(connection, CHECKED, at=now, detail={"links": newest.position, "faults": len(faults)})
    return newest, faults


def _cover_all(records: Engine, key: bytes, now: int) -> None:
    with reading(records) as connection:
        is_more = has_earlier(connection)
    while is_more:
        with writing(records, wait_seconds=_PATIENCE_SECONDS) as connection:
            is_more = cover_earlier(connection, key, now)
