"""The first pass over a file: what can be decided only from whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from etl.extract.dates import NO_EVIDENCE, DateOrder, OrderEvidence, order_evidence
from etl.extract.files.column import Column, constant_column
from etl.extract.files.refusal import IntakeWarning, Refused, quoted
from etl.extract.findings import shown
from etl.extract.headers import SourceMap
from etl.extract.kinds import SPECS
from etl.extract.table import Layout
from etl.extract.times import ZeroEvidence
from etl.extract.words import Words, fold_header

GivenOrder = str | Mapping[str, str] | None
"""An order of all date columns, or of some: a mapping, or `kolom=mdy`."""


@dataclass(frozen=True)
class Survey:
    """What holds for all parts of a file: the given date orders, the time columns in which 00.00 is no time, and
    what is to be told of the file as a whole."""

    orders: Mapping[str, DateOrder]
    blank_zeros: frozenset[str]
    warnings: list[IntakeWarning]


def survey(layout: Layout, given: GivenOrder, source: SourceMap | None, words: Words, rows: int) -> Survey:
    """Look through all sheets, so many rows at a time, keeping nothing of them.

    Raises Refused for an unknown order, for dates that need one that nobody gave, and for what makes the file
    unreadable anywhere in it.
    """
    orders = wished_orders(layout, given, source)
    warnings = [warning for grid in layout.grids for warning in grid.look_through()]
    spec = SPECS[layout.kind]
    evidence = {name: NO_EVIDENCE for name in spec.dates if name in layout.names and name not in orders}
    zeros = {name: ZeroEvidence(words) for name in spec.times if name in layout.names}
    for name, column in _columns(layout, {*evidence, *zeros}, rows):
        if name in evidence:
            evidence[name] = order_evidence(column.texts, evidence[name])
        else:
            zeros[name].add(column.strings, column.counts().tolist())
    for name, seen in evidence.items():
        check_day_first(layout, name, seen)
    blank_zeros = frozenset(name for name, zero in zeros.items() if zero.zero_means_missing())
    return Survey(orders, blank_zeros, warnings)


def _columns(layout: Layout, names: set[str], rows: int) -> Iterator[tuple[str, Column]]:
    """The cells of these columns, piece by piece; a constant of a source once."""
    for grid, header, first_row in zip(layout.grids, layout.headers, layout.first_rows, strict=True):
        places = {name: index for name, index in header.columns.items() if name in names}
        for name in names.intersection(header.constants):
            yield name, constant_column(header.constants[name], 1)
        for block in grid.blocks(rows, set(places.values())):
            below = block.below(first_row)
            for name, index in places.items():
                yield name, below.column(index)


def wished_orders(layout: Layout, given: GivenOrder, source: SourceMap | None) -> dict[str, DateOrder]:
    """Orders by canonical column; what is given wins over what the source says.

    Raises Refused for an unknown order or column.
    """
    spec = SPECS[layout.kind]
    names = [name for name in (*spec.dates, *spec.stamps) if name in layout.names]
    orders: dict[str, DateOrder] = {}
    for wish in (source.date_order if source is not None else None, given):
        orders |= _wished(layout, names, wish)
    return orders


def _wished(layout: Layout, names: list[str], wish: GivenOrder) -> dict[str, DateOrder]:
    if wish is None:
        return {}
    if isinstance(wish, str) and "=" not in wish:
        return dict.fromkeys(names, _order(wish))
    pieces = dict(piece.rpartition("=")[::2] for piece in wish.split(",")) if isinstance(wish, str) else wish
    return {_column(layout, names, name): _order(order) for name, order in pieces.items()}


def _order(text: str) -> DateOrder:
    try:
        return DateOrder(text.strip().casefold())
    except ValueError:
        raise Refused("extract.unknown_order", order=text) from None


def _column(layout: Layout, names: list[str], given: str) -> str:
    """The canonical name of a column named by itself or by its header in the file."""
    for name in names:
        typed = {header.name_of(name) for header in layout.headers}
        if fold_header(given) in {fold_header(text) for text in (name, *typed)}:
            return name
    raise Refused("extract.order_of_no_date", column=given, columns=quoted(names))


def check_day_first(layout: Layout, name: str, evidence: OrderEvidence) -> None:
    """Raises Refused for a column that nobody gave an order for and that can only be read with the month first."""
    if evidence.contradicts_day_first:
        typed = next((header.name_of(name) for header in layout.headers if name in header.columns), name)
        raise Refused("extract.month_first", header=typed, example=shown(evidence.month_first), column=name)
