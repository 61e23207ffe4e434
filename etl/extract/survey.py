"""The first pass over a file: what can be decided only from whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from etl.extract.dates import NO_EVIDENCE, DateOrder, order_evidence
from etl.extract.files.column import Column, constant_column
from etl.extract.files.intake_warning import IntakeWarning
from etl.extract.headers import SourceMap
from etl.extract.kinds import SPECS
from etl.extract.orders import GivenOrder, check_day_first, wished_orders
from etl.extract.table import Layout
from etl.extract.times import ZeroEvidence
from etl.extract.words import Words


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
    for name, found in evidence.items():
        check_day_first(layout, name, found)
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
