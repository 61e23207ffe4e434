"""The chain of seals: one link a deed or load, written in its transaction.

A link names the rows that were removed and then, by digests of their blocks, those that were added: what a later link
removes is no longer compared, and an id that comes again stands for its new row; a row that was changed is told as
both. Its seal (HMAC-SHA-256 with a key of the home) covers that and the seal of the link before. Rows that were there
before the first link are told by their number only, until `cover_earlier` has given them links of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, Text, bindparam, func, insert, select, text, type_coerce

from data_access.records.blocks import BLOCK_ROWS, DIGEST_BYTES, block_digests
from data_access.records.bulk import (
    Part,
    Written,
    columns_of,
    covered_columns,
    few_columns,
    keys,
    read_again,
    written_in,
)
from data_access.records.covered import CHANGING, COVERED, TABLE_OF, key_of
from data_access.records.schema import chain_link
from data_access.records.types import JsonText

BEGINNING, EARLIER = "beginning", "earlier"
_KINDS = {"load": "load", "published_report": "report", "setting_version": "settings", "sop_version": "sop"}
"""What a link is called, by the table whose row says it first."""

_LOCK = 0x70616E636861
"""Key of the PostgreSQL advisory lock under which links are added; "pancha" in hexadecimal."""

ROWS_AT_A_TIME = 50_000
MOST = 2**62
"""Above all ids."""

NOTHING = ""
"""What the first link has for the seal of the one before."""


@dataclass(frozen=True)
class Head:
    """The newest link: what stands in a backup or a published report must be a link of the chain for ever."""

    position: int
    mac: str

    def __str__(self) -> str:
        return f"{self.position}-{self.mac}"

    @classmethod
    def of(cls, text: str) -> Head | None:
        """The head that `str` wrote; None for anything else."""
        position, _, mac = text.partition("-")
        return cls(int(position), mac) if position.isdecimal() and position.isascii() and mac else None


_NEWEST = select(chain_link.c.position, chain_link.c.mac).order_by(chain_link.c.position.desc()).limit(1)


def head(connection: Connection) -> Head | None:
    """The newest link; None before the first one."""
    row = connection.execute(_NEWEST).first()
    return None if row is None else Head(row.position, row.mac)


def to_seal(connection: Connection) -> Written | None:
    """What the transaction did; None where it did nothing that the chain covers, or no chain is kept."""
    written = written_in(connection)
    return written if written is not None and (written.parts or written.added or written.gone) else None


def seal(connection: Connection, key: bytes, written: Written) -> tuple[Head | None, Head]:
    """Add the link of what the transaction did; the newest link of before, and the one that was added."""
    there = before = _newest_locked(connection)
    if before is None:
        before = _begin(connection, key, written)
    gone = {name: set(ids) for name, ids in written.gone.items()}
    parts = [*written.parts]
    for name, ids in written.added.items():
        parts += _parts_of(connection, name, sorted(set(ids)))
    kinds = (kind for name, kind in _KINDS.items() if name in written.added)
    kind = next(kinds, "deed" if parts else "removal")
    return there, _add(connection, key, before, written.at, kind, {"rows": _told(parts), "gone": _runs_by_name(gone)})


def cover_earlier(connection: Connection, key: bytes, at: int) -> bool:
    """Add the link of the next rows that were there before the first link; False when all of them have one."""
    before = _newest_locked(connection)
    beginning = _earlier(connection) if before is not None else {}
    for table, (done, last) in beginning.items():
        if done < last:
            parts = _parts_between(connection, table, done + 1, min(done + ROWS_AT_A_TIME, last))
            upto = {table: min(done + ROWS_AT_A_TIME, last)}
            assert before is not None  # noqa: S101 – there is a beginning
            _add(connection, key, before, at, EARLIER, {"rows": _told(parts), "upto": upto})
            return True
    return False


def has_earlier(connection: Connection) -> bool:
    """Whether `cover_earlier` has anything to do."""
    return any(done < last for done, last in _earlier(connection).values())


def _newest_locked(connection: Connection) -> Head | None:
    """The newest link, while nobody else adds one before the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    return head(connection)


def _begin(connection: Connection, key: bytes, written: Written) -> Head:
    """The first link: the last id and the number of the rows that were there before, by table."""
    there = {}
    for name, table in TABLE_OF.items():
        number, bulk = key_of(table), [part.first for part in written.parts if part.name == name]
        others = number.not_in(keys(connection, written.added.get(name, ()), int)) & (number < min(bulk, default=MOST))
        last, count = connection.execute(select(func.max(number), func.count()).where(others)).one()
        if count:
            there[name] = [last, count]
    return _add(connection, key, None, written.at, BEGINNING, {"there": there})


def _add(
    connection: Connection, key: bytes, before: Head | None, at: int, kind: str, covers: Mapping[str, Any]
) -> Head:
    plain = json.dumps({name: value for name, value in covers.items() if value}, separators=(",", ":"))
    position, previous = (before.position + 1, before.mac) if before else (1, NOTHING)
    mac = mac_of(key, position, at, kind, plain, previous)
    values = {"position": position, "at": at, "kind": kind, "covers": plain, "previous": previous, "mac": mac}
    connection.execute(insert(chain_link), values)
    return Head(position, mac)


def mac_of(key: bytes, position: int, at: int, kind: str, covers: str, previous: str) -> str:
    """The seal of a link."""
    content = "\n".join(map(str, (position, at, kind, previous, covers)))
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _told(parts: Iterable[Part]) -> list[list[Any]]:
    return [[part.name, part.first, part.count, b64encode(b"".join(part.digests)).decode()] for part in parts]


def runs_of(ids: Iterable[int]) -> list[list[int]]:
    """First and last of each stretch of ids without a gap."""
    runs: list[list[int]] = []
    for number in sorted(ids):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def _runs_by_name(ids: Mapping[str, Iterable[int]]) -> dict[str, list[list[int]]]:
    return {name: runs_of(numbers) for name, numbers in ids.items()}


@cache
def _between(name: str) -> Select[Any]:
    """The id and the covered columns of the rows of a name from one id to another, both inclusive."""
    table, key = TABLE_OF[name], key_of(TABLE_OF[name])
    columns = columns_of(table, *COVERED[name])
    return select(key.label("id"), *columns).where(key.between(bindparam("first"), bindparam("last"))).order_by(key)


def rows_between(connection: Connection, name: str, first: int, last: int) -> pd.DataFrame:
    """The rows of a name from one id to another, both inclusive: `id` and the covered columns."""
    return read_again(connection, _between(name), first=first, last=last)


@cache
def _few(name: str) -> Select[Any]:
    """As `_between`, with JSON as its text, and without the id: for few rows, which stand without a gap."""
    table, key = TABLE_OF[name], key_of(TABLE_OF[name])
    columns = [type_coerce(c, Text) if isinstance(c.type, JsonText) else c for c in (table.c[n] for n in COVERED[name])]
    return select(*columns).where(key.between(bindparam("first"), bindparam("last"))).order_by(key)


def _parts_of(connection: Connection, name: str, ids: Sequence[int]) -> Iterator[Part]:
    for first, last in runs_of(ids):
        rows = connection.execute(_few(name), {"first": first, "last": last}).all()
        digests = block_digests(name, few_columns(name, rows), first, 0, len(rows), size=1)
        yield Part(name, first, len(rows), digests)


def _parts_between(connection: Connection, name: str, first: int, last: int) -> Iterator[Part]:
    rows, size = rows_between(connection, name, first, last), 1 if name in CHANGING else BLOCK_ROWS
    columns, ids = covered_columns(name, rows), rows["id"].to_numpy(np.int64)
    for start, end in pairwise([0, *(np.flatnonzero(np.diff(ids) != 1) + 1).tolist(), len(ids)]):
        if start < end:
            number = int(ids[start])
            yield Part(name, number, end - start, block_digests(name, columns, number, start, end, size))


def _earlier(connection: Connection) -> dict[str, tuple[int, int]]:
    """By table of what was there before the first link: up to which id it has links by now, and the last id."""
    links = select(chain_link.c.kind, chain_link.c.covers).where(chain_link.c.kind.in_((BEGINNING, EARLIER)))
    done: dict[str, int] = {}
    last: dict[str, int] = {}
    for kind, covers in connection.execute(links.order_by(chain_link.c.position)):
        content = Content.of(covers)
        if kind == BEGINNING:
            last = {table: number for table, (number, _) in content.there.items()}
        done |= content.upto
    return {table: (done.get(table, 0), end) for table, end in last.items()}


_LONGEST_RUN = 1 << 24
"""Of so many rows at once a link may say that they are gone, when its seal is wrong."""


@dataclass(frozen=True)
class Content:
    """What one link says, by table; of one that somebody made unreadable: nothing."""

    rows: Sequence[tuple[str, int, int, bytes]] = ()
    gone: Sequence[tuple[str, int, int]] = ()
    there: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    upto: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, covers: str) -> Content:
        try:
            document = json.loads(covers)
            rows = [_row_part(*part) for part in document.get("rows", ())]
            runs = [(table, *run) for table, kept in document.get("gone", {}).items() for run in kept]
            gone = [(_covered(table), _natural(first), first + _natural(last - first)) for table, first, last in runs]
            there = {_covered(table): (_natural(a), _natural(b)) for table, (a, b) in document.get("there", {}).items()}
            upto = {_covered(table): _natural(number) for table, number in document.get("upto", {}).items()}
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls()
        return cls(rows, gone, there, upto)

    def is_bearable(self) -> bool:
        return all(last - first < _LONGEST_RUN for _, first, last in self.gone)


def _row_part(table: object, first: object, count: object, digests: str) -> tuple[str, int, int, bytes]:
    number, content = _natural(count), b64decode(digests)
    if len(content) not in {number * DIGEST_BYTES, -(-number // BLOCK_ROWS) * DIGEST_BYTES}:
        raise ValueError("digests of other rows")
    return _covered(table), _natural(first), number, content


def _covered(table: object) -> str:
    if not isinstance(table, str) or table not in COVERED:
        raise ValueError("no table of the chain")
    return table


def _natural(number: object) -> int:
    if type(number) is not int or not 0 <= number < MOST:
        raise ValueError("no id and no count")
    return number
