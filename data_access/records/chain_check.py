"""What of the records does not agree with the chain of seals, each fault named."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Text, select, type_coerce

from data_access.errors import Message
from data_access.records.blocks import BLOCK_ROWS, DIGEST_BYTES, block_digests
from data_access.records.bulk import Ids, covered_columns
from data_access.records.chain import (
    MOST,
    NOTHING,
    ROWS_AT_A_TIME,
    Content,
    Head,
    mac_of,
    rows_between,
    runs_of,
)
from data_access.records.covered import COVERED, TABLE_OF, key_of
from data_access.records.schema import (
    chain_link,
    device,
    load,
    login_identity,
    one_time_link,
    opd_code,
    published_report,
    second_factor,
    user,
)

_CALLED = {
    user: user.c.name,
    second_factor: select(user.c.name).where(user.c.id == second_factor.c.user_id).scalar_subquery(),
    login_identity: select(user.c.name).where(user.c.id == login_identity.c.user_id).scalar_subquery(),
    one_time_link: select(user.c.name).where(user.c.id == one_time_link.c.user_id).scalar_subquery(),
    opd_code: opd_code.c.opd,
    device: device.c.label,
}
"""By table what a person calls the one who comes in."""

_HEAD_OF_REPORT = re.compile(r'"chain":"([0-9a-f-]*)"')

_Block = tuple[int, int, bytes, int]
"""Of rows that were added together: first id, how many, digests of the blocks, position of the link."""

_Run = tuple[int, int, int]
"""Of rows that were removed together: first id, last id, position of the link."""


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


def _unwatched(_share: float) -> None:
    """For who does not look how far it is."""


def verify(
    connection: Connection,
    key: bytes,
    heads: Mapping[str, Head] | None = None,
    progress: Callable[[float], None] = _unwatched,
    noted: Head | None = None,
) -> Iterator[Message]:
    """What of the records does not agree with the chain, each fault named; nothing: all of it does.

    `heads`: what backups hold, by what they are called; reports bring their own. `noted`: the newest link of which the
    home knew before this transaction began. `progress` is called with the share of
    rows that are compared, 0–1.
    """
    told: dict[str, _Told] = {name: _Told() for name in COVERED}
    seals: dict[int, str] = {}
    yield from _links(connection, key, told, seals)
    if noted is not None and seals.get(noted.position) != noted.mac:
        yield _lost(noted, max(seals, default=0))
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
    wrong, previous, expected = [], NOTHING, 1
    for link in connection.execute(select(chain_link).order_by(chain_link.c.position)):
        if link.position != expected:
            yield Message("chain.links_missing", first=expected, last=link.position - 1)
        elif link.previous != previous:
            yield Message("chain.link_moved", position=link.position)
        is_sealed = _is_sealed(key, link)
        if not is_sealed:
            wrong.append(link.position)
        seals[link.position], previous, expected = link.mac, link.mac, link.position + 1
        content = Content.of(link.covers)
        if is_sealed or content.is_bearable():
            _tell(content, link.position, told)
    for first, last in runs_of(wrong):
        yield Message("chain.key" if first == 1 else "chain.links_changed", first=first, last=last)


def _lost(noted: Head, last: int) -> Message:
    """The fault of a chain that goes to link `last` and does not hold the one that is noted in the home."""
    if noted.position > last:
        return Message("chain.tail_missing", last=last, noted=noted.position, count=noted.position - last)
    return Message("chain.tail_other", noted=noted.position)


def _is_sealed(key: bytes, link: Row[Any]) -> bool:
    """Whether the seal is that of the link; whatever somebody put in either of them."""
    mac = mac_of(key, link.position, link.at, link.kind, link.covers, link.previous)
    return hmac.compare_digest(str(link.mac).encode(), mac.encode())


def _tell(content: Content, position: int, told: Mapping[str, _Told]) -> None:
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
        rows = rows_between(connection, name, first, last)
        ids = rows["id"].to_numpy(np.int64)
        is_told = (ids > told.upto) & (ids <= told.there[0]) & ~np.isin(ids, gone)
        columns = covered_columns(name, rows)
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
        if size >= ROWS_AT_A_TIME and part[0] > last:
            yield begin, last, held
            begin, held, size = last + 1, [], 0
        held.append(part)
        size, last = size + part[1], max(last, part[0] + part[1] - 1)
    yield begin, MOST, held


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
    """To what the first of these rows belongs: a load, a report, or who comes in by it."""
    table = TABLE_OF[name]
    if name == "published_report":
        number = select(table.c.period, table.c.edition).where(table.c.id == first)
        row = connection.execute(number).first()
        return "" if row is None else Message("chain.of_report", number=f"{row.period}/{row.edition}")
    if table in _CALLED:
        called = connection.execute(select(_CALLED[table]).where(key_of(table) == first)).scalar()
        return "" if called is None else Message("chain.of_named", name=str(called))
    load_of = table.c.id if name == "load" else table.c.get("load_id")
    if load_of is None:
        return ""
    of = select(load.c.id, load.c.file).where(load.c.id.in_(select(load_of).where(key_of(table).between(first, last))))
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
