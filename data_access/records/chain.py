"""The chain of seals: one link a deed or load, written in its transaction, and what does not agree with it later.

A link names the rows that were removed and then, by digests of their blocks, those that were added: what a later link
removes is no longer compared, and an id that comes again stands for its new row. Its seal (HMAC-SHA-256
with a key of the home) covers that and the seal of the link before. Rows that were there before the first link are told
by their number only, until `cover_earlier` has given them links of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, Select, Text, bindparam, func, insert, select, text, type_coerce

from data_access.errors import Message
from data_access.records.blocks import BLOCK_ROWS, DIGEST_BYTES, block_digests
from data_access.records.bulk import (
    Ids,
    Part,
    Written,
    columns_of,
    covered_columns,
    few_columns,
    read_again,
    written_in,
)
from data_access.records.schema import COVERED, chain_link, load, metadata, published_report
from data_access.records.types import JsonText

BEGINNING, EARLIER = "beginning", "earlier"
_KINDS = {"load": "load", "published_report": "report", "setting_version": "settings", "sop_version": "sop"}
"""What a link is called, by the table whose row says it first."""

_LOCK = 0x70616E636861
"""Key of the PostgreSQL advisory lock under which links are added; "pancha" in hexadecimal."""

_HEAD_OF_REPORT = re.compile(r'"chain":"([0-9a-f-]*)"')
_ROWS_AT_A_TIME = 50_000
_MOST = 2**62
"""Above all ids."""

_NOTHING = ""


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


def seal(connection: Connection, key_of_home: Callable[[], bytes]) -> None:
    """Add the link of what the transaction did; nothing where it did nothing that the chain covers."""
    written = written_in(connection)
    if written is None or not (written.parts or written.added or written.gone):
        return
    key = key_of_home()
    before = _newest_locked(connection)
    if before is None:
        before = _begin(connection, key, written)
    gone = {table: set(ids) for table, ids in written.gone.items()}
    parts = [*written.parts]
    for table, ids in written.added.items():
        parts += _parts_of(connection, table, sorted(set(ids)))
    kinds = (kind for table, kind in _KINDS.items() if table in written.added)
    kind = next(kinds, "removal" if gone else "deed")
    _add(connection, key, before, written.at, kind, {"rows": _told(parts), "gone": _runs_by_table(gone)})


def cover_earlier(connection: Connection, key: bytes, at: int) -> bool:
    """Add the link of the next rows that were there before the first link; False when all of them have one."""
    before = _newest_locked(connection)
    beginning = _earlier(connection) if before is not None else {}
    for table, (done, last) in beginning.items():
        if done < last:
            parts = _parts_between(connection, table, done + 1, min(done + _ROWS_AT_A_TIME, last))
            upto = {table: min(done + _ROWS_AT_A_TIME, last)}
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
    for name in COVERED:
        table = metadata.tables[name]
        mine = [part.first for part in written.parts if part.table == name] + written.added.get(name, [])
        counted = select(func.max(table.c.id), func.count())
        last, count = connection.execute(counted.where(table.c.id < min(mine)) if mine else counted).one()
        if count:
            there[name] = [last, count]
    return _add(connection, key, None, written.at, BEGINNING, {"there": there})


def _add(
    connection: Connection, key: bytes, before: Head | None, at: int, kind: str, covers: Mapping[str, Any]
) -> Head:
    plain = json.dumps({name: value for name, value in covers.items() if value}, separators=(",", ":"))
    position, previous = (before.position + 1, before.mac) if before else (1, _NOTHING)
    mac = _mac(key, position, at, kind, plain, previous)
    values = {"position": position, "at": at, "kind": kind, "covers": plain, "previous": previous, "mac": mac}
    connection.execute(insert(chain_link), values)
    return Head(position, mac)


def _mac(key: bytes, position: int, at: int, kind: str, covers: str, previous: str) -> str:
    content = "\n".join(map(str, (position, at, kind, previous, covers)))
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _told(parts: Iterable[Part]) -> list[list[Any]]:
    return [[part.table, part.first, part.count, b64encode(b"".join(part.digests)).decode()] for part in parts]


def _runs(ids: Iterable[int]) -> list[list[int]]:
    """First and last of each stretch of ids without a gap."""
    runs: list[list[int]] = []
    for number in sorted(ids):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def _runs_by_table(ids: Mapping[str, Iterable[int]]) -> dict[str, list[list[int]]]:
    return {table: _runs(numbers) for table, numbers in ids.items()}


@cache
def _between(name: str) -> Select[Any]:
    """The id and the covered columns of the rows of a table from one id to another, both inclusive."""
    table = metadata.tables[name]
    columns = columns_of(table, "id", *COVERED[name])
    return select(*columns).where(table.c.id.between(bindparam("first"), bindparam("last"))).order_by(table.c.id)


def _rows(connection: Connection, table: str, first: int, last: int) -> pd.DataFrame:
    return read_again(connection, _between(table), first=first, last=last)


@cache
def _few(name: str) -> Select[Any]:
    """As `_between`, with JSON as its text, and without the id: for few rows, which stand without a gap."""
    table = metadata.tables[name]
    columns = [type_coerce(c, Text) if isinstance(c.type, JsonText) else c for c in (table.c[n] for n in COVERED[name])]
    return select(*columns).where(table.c.id.between(bindparam("first"), bindparam("last"))).order_by(table.c.id)


def _parts_of(connection: Connection, name: str, ids: Sequence[int]) -> Iterator[Part]:
    table = metadata.tables[name]
    for first, last in _runs(ids):
        rows = connection.execute(_few(name), {"first": first, "last": last}).all()
        digests = block_digests(name, few_columns(table, rows), first, 0, len(rows), size=1)
        yield Part(name, first, len(rows), digests)


def _parts_between(connection: Connection, name: str, first: int, last: int) -> Iterator[Part]:
    rows = _rows(connection, name, first, last)
    columns, ids = covered_columns(metadata.tables[name], rows), rows["id"].to_numpy(np.int64)
    for start, end in pairwise([0, *(np.flatnonzero(np.diff(ids) != 1) + 1).tolist(), len(ids)]):
        if start < end:
            number = int(ids[start])
            yield Part(name, number, end - start, block_digests(name, columns, number, start, end))


def _earlier(connection: Connection) -> dict[str, tuple[int, int]]:
    """By table of what was there before the first link: up to which id it has links by now, and the last id."""
    links = select(chain_link.c.kind, chain_link.c.covers).where(chain_link.c.kind.in_((BEGINNING, EARLIER)))
    done: dict[str, int] = {}
    last: dict[str, int] = {}
    for kind, covers in connection.execute(links.order_by(chain_link.c.position)):
        content = _Content.of(covers)
        if kind == BEGINNING:
            last = {table: number for table, (number, _) in content.there.items()}
        done |= content.upto
    return {table: (done.get(table, 0), end) for table, end in last.items()}


# What does not agree


_Block = tuple[int, int, bytes, int]
"""Of rows that were added together: first id, how many, digests of the blocks, position of the link."""

_Run = tuple[int, int, int]
"""Of rows that were removed together: first id, last id, position of the link."""

_LONGEST_RUN = 1 << 24
"""Of so many rows at once a link may say that they are gone, when its seal is wrong."""


@dataclass
class _Told:
    """What all links say together, of one table."""

    parts: list[_Block] = field(default_factory=list)
    gone: list[_Run] = field(default_factory=list)
    upto: int = 0
    there: tuple[int, int] = (0, 0)

    def gone_ids(self) -> tuple[Ids, Ids]:
        """The ids that a link removed, ascending, and the position of the last link that did."""
        ids = np.concatenate([np.arange(0), *(np.arange(first, last + 1) for first, last, _ in self.gone)])
        at = np.repeat([place for *_, place in self.gone], [last - first + 1 for first, last, _ in self.gone])
        order = np.lexsort((at, ids))
        is_last = np.diff(ids[order], append=-1) != 0
        return ids[order][is_last], at[order][is_last].astype(np.int64)


@dataclass(frozen=True)
class _Content:
    """What one link says, by table; of one that somebody made unreadable: nothing."""

    rows: Sequence[tuple[str, int, int, bytes]] = ()
    gone: Sequence[tuple[str, int, int]] = ()
    there: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    upto: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, covers: str) -> _Content:
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
    if type(number) is not int or not 0 <= number < _MOST:
        raise ValueError("no id and no count")
    return number


def _unwatched(_share: float) -> None:
    """For who does not look how far it is."""


def verify(
    connection: Connection,
    key: bytes,
    heads: Mapping[str, Head] | None = None,
    progress: Callable[[float], None] = _unwatched,
) -> Iterator[Message]:
    """What of the records does not agree with the chain, each fault named; nothing: all of it does.

    `heads`: what backups hold, by what they are called; reports bring their own. `progress` is called with the share of
    rows that are compared, 0–1.
    """
    told: dict[str, _Told] = {name: _Told() for name in COVERED}
    seals: dict[int, str] = {}
    yield from _links(connection, key, told, seals)
    compared, total = 0, sum(part[1] for each in told.values() for part in each.parts) or 1

    def count(rows: int) -> None:
        nonlocal compared
        compared += rows
        progress(compared / total)

    for name in COVERED:
        yield from _table(connection, name, told[name], count)
    yield from _undone(connection)
    yield from _reports(connection)
    for name, kept in {**_heads_of_reports(connection), **(heads or {})}.items():
        if seals.get(kept.position) != kept.mac:
            yield Message("chain.cut", where=name, position=kept.position)


def _links(connection: Connection, key: bytes, told: Mapping[str, _Told], seals: dict[int, str]) -> Iterator[Message]:
    """Faults of the links themselves; what they say goes to `told`, their seals to `seals`."""
    wrong, previous, expected = [], _NOTHING, 1
    for link in connection.execute(select(chain_link).order_by(chain_link.c.position)):
        if link.position != expected:
            yield Message("chain.links_missing", first=expected, last=link.position - 1)
        elif link.previous != previous:
            yield Message("chain.link_moved", position=link.position)
        is_sealed = _is_sealed(key, link)
        if not is_sealed:
            wrong.append(link.position)
        seals[link.position], previous, expected = link.mac, link.mac, link.position + 1
        content = _Content.of(link.covers)
        if is_sealed or content.is_bearable():
            _tell(content, link.position, told)
    for first, last in _runs(wrong):
        yield Message("chain.key" if first == 1 else "chain.links_changed", first=first, last=last)


def _is_sealed(key: bytes, link: Row[Any]) -> bool:
    """Whether the seal is that of the link; whatever somebody put in either of them."""
    mac = _mac(key, link.position, link.at, link.kind, link.covers, link.previous)
    return hmac.compare_digest(str(link.mac).encode(), mac.encode())


def _tell(content: _Content, position: int, told: Mapping[str, _Told]) -> None:
    for table, first, count, digests in content.rows:
        told[table].parts.append((first, count, digests, position))
    for table, first, last in content.gone:
        told[table].gone.append((first, last, position))
    for table, there in content.there.items():
        told[table].there = there
    for table, number in content.upto.items():
        told[table].upto = number


def _table(connection: Connection, name: str, told: _Told, count: Callable[[int], None]) -> Iterator[Message]:
    """Rows of a table that are not as they were added, are gone, or were never told of."""
    told.parts.sort()
    (gone, gone_at), there = told.gone_ids(), 0
    for first, last, parts in _windows(told.parts):
        rows = _rows(connection, name, first, last)
        ids = rows["id"].to_numpy(np.int64)
        is_told = (ids > told.upto) & (ids <= told.there[0]) & ~np.isin(ids, gone)
        columns = covered_columns(metadata.tables[name], rows)
        for start, end, kept, position in _blocks(parts):
            low, high = np.searchsorted(ids, [start, end]).tolist()
            if len(removed := _removed(gone, gone_at, start, end, position)):
                is_told[low:high] |= ~np.isin(ids[low:high], removed)
                continue
            is_told[low:high] = True
            if high - low != end - start:
                yield _fault(connection, "chain.rows_missing", name, start, end - 1)
            elif block_digests(name, columns, start, low, high) != [kept]:
                yield _fault(connection, "chain.rows_changed", name, start, end - 1)
        if not is_told.all():
            strange = ids[~is_told]
            yield _fault(connection, "chain.rows_outside", name, int(strange[0]), int(strange[-1]))
        here = np.union1d(ids, gone[(gone >= first) & (gone <= last)])
        there += int((here <= told.there[0]).sum())
        count(sum(part[1] for part in parts))
    if there < told.there[1]:
        yield _fault(connection, "chain.rows_missing", name, 1, told.there[0])


def _removed(gone: Ids, gone_at: Ids, start: int, end: int, position: int) -> Ids:
    """The ids from `start` to before `end` that a link after that position removed."""
    if not len(gone):
        return gone
    low, high = np.searchsorted(gone, [start, end]).tolist()
    return gone[low:high][gone_at[low:high] > position]


def _windows(parts: Sequence[_Block]) -> Iterator[tuple[int, int, list[_Block]]]:
    """All ids in stretches of a bearable size, each with the parts that lie in it whole."""
    begin, last, size = 0, -1, 0
    held: list[_Block] = []
    for part in parts:
        if size >= _ROWS_AT_A_TIME and part[0] > last:
            yield begin, last, held
            begin, held, size = last + 1, [], 0
        held.append(part)
        size, last = size + part[1], max(last, part[0] + part[1] - 1)
    yield begin, _MOST, held


def _blocks(parts: Iterable[_Block]) -> Iterator[_Block]:
    """First id, the id after the last, digest and position of the link of each block."""
    for first, count, digests, position in parts:
        size = 1 if len(digests) == count * DIGEST_BYTES else BLOCK_ROWS
        for place, start in enumerate(range(first, first + count, size)):
            end = min(start + size, first + count)
            yield start, end, digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES], position


def _fault(connection: Connection, code: str, name: str, first: int, last: int) -> Message:
    """A fault of rows, with the load or the report to which they belong."""
    where = _where(connection, name, first, last)
    return Message(code, table=Message(f"chain.table_{name}"), first=first, last=last, where=where)


def _where(connection: Connection, name: str, first: int, last: int) -> Message | str:
    table = metadata.tables[name]
    if name == "published_report":
        number = select(table.c.period, table.c.edition).where(table.c.id == first)
        row = connection.execute(number).first()
        return "" if row is None else Message("chain.of_report", number=f"{row.period}/{row.edition}")
    load_of = table.c.id if name == "load" else table.c.get("load_id")
    if load_of is None:
        return ""
    of = select(load.c.id, load.c.file).where(load.c.id.in_(select(load_of).where(table.c.id.between(first, last))))
    row = connection.execute(of.order_by(load.c.id).limit(1)).first()
    return "" if row is None else Message("chain.of_load", load=row.id, file=row.file)


def _undone(connection: Connection) -> Iterator[Message]:
    """Loads that are taken back though no load says so, or that another one took back and that count again."""
    undoing = select(load.c.undoes_load_id, load.c.started_at).where(load.c.undoes_load_id.is_not(None))
    taken_back = {(row.undoes_load_id, row.started_at) for row in connection.execute(undoing)}
    undone = select(load.c.id, load.c.undone_at).where(load.c.status != "loaded")
    marked = {(row.id, row.undone_at) for row in connection.execute(undone)}
    for load_id in sorted({number for number, _ in taken_back ^ marked}):
        yield Message("chain.undone", load=load_id)


def _reports(connection: Connection) -> Iterator[Message]:
    columns = (published_report.c[name] for name in ("period", "edition", "pdf", "pdf_sha256"))
    for period, edition, pdf, digest in connection.execute(select(*columns).execution_options(yield_per=1)):
        if hashlib.sha256(bytes(pdf)).hexdigest() != digest:
            yield Message("chain.pdf_changed", number=f"{period}/{edition}")


def _heads_of_reports(connection: Connection) -> dict[str, Head]:
    heads = {}
    document = type_coerce(published_report.c.document, Text)  # somebody may have made it unreadable
    statement = select(published_report.c.period, published_report.c.edition, document)
    for period, edition, content in connection.execute(statement.execution_options(yield_per=1)):
        named = _HEAD_OF_REPORT.search(content)
        kept = Head.of(named[1]) if named else None
        if kept is not None:
            heads[f"{period}/{edition}"] = kept
    return heads
