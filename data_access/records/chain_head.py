"""The newest link of the chain, noted in the home beside the key: a chain that was cut cleanly, or an older copy of the
records in the place of newer ones, no longer reaches it.

The note is written after the transaction that added the link: a crash between the two leaves it behind, never ahead.
Whoever adds a link lets a note stand that his own chain does not hold, for it says what is missing. One that is not
there is written only where the chain begins, where records of an earlier form or a backup come in, and by whoever
compared the whole chain and told of it.
"""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select

from data_access.errors import PantauError
from data_access.home import HEAD_FILE
from data_access.records.chain import Head
from data_access.records.schema import chain_link

_TRIES = 3
"""So often a note is read that somebody may be writing."""


class HeadNoteError(PantauError):
    """Somebody changed the note, or it was sealed with another key."""


def noted_head(key_path: Path, key: bytes) -> Head | None:
    """The link that is noted beside that key; None where nothing is.

    Raises HeadNoteError for a note that cannot be read, or was not sealed with `key`.
    """
    path = key_path.with_name(HEAD_FILE)
    for _ in range(_TRIES):
        try:
            position, mac, seal = path.read_text(encoding="ascii").split("-")
            noted = Head(int(position), mac)
        except (OSError, ValueError):
            continue
        if hmac.compare_digest(seal, _seal(key, noted)):
            return noted
    if is_noted(key_path):
        raise HeadNoteError("chain.note_changed", file=HEAD_FILE)
    return None


def is_noted(key_path: Path) -> bool:
    """Whether anything is noted beside that key, whoever wrote it; a crash may leave a file of nothing."""
    try:
        return key_path.with_name(HEAD_FILE).stat().st_size > 0
    except OSError:
        return False


def follows_note(connection: Connection, key_path: Path, key: bytes, before: Head | None) -> bool:
    """Whether the note may be written anew by who added a link behind `before`: what it says is of the same chain."""
    try:
        noted = noted_head(key_path, key)
    except HeadNoteError:
        return False
    if noted == before:
        return True
    if noted is None or before is None:
        return False
    mac = select(chain_link.c.mac).where(chain_link.c.position == noted.position)
    return connection.execute(mac).scalar() == noted.mac


def note_head(key_path: Path, key: bytes, newest: Head) -> None:
    """Write the note, in one piece; a disk that takes nothing leaves it behind."""
    content = f"{newest.position:020d}-{newest.mac}-{_seal(key, newest)}".encode("ascii")
    with suppress(OSError):
        file = os.open(key_path.with_name(HEAD_FILE), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(file, content)
        finally:
            os.close(file)


def _seal(key: bytes, noted: Head) -> str:
    return hmac.new(key, f"newest link\n{noted}".encode(), "sha256").hexdigest()
