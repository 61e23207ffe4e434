"""In which order the dates of each column are read: given, or day first unless the column says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from etl.extract.dates import DateOrder, order_evidence
from etl.extract.findings import shown
from etl.extract.headers import SourceMap
from etl.extract.kinds import SPECS
from etl.extract.refusal import Refused, quoted
from etl.extract.table import Table
from etl.extract.words import fold_header

GivenOrder = str | Mapping[str, str] | None


def date_orders(table: Table, given: GivenOrder, source: SourceMap | None) -> dict[str, DateOrder]:
    """Orders by canonical column.

    What is given wins over what the source says. Raises Refused for an unknown order or column, and for a column
    that nobody gave an order for and whose dates can only be read with the month first.
    """
    spec = SPECS[table.kind]
    names = [name for name in (*spec.dates, *spec.stamps) if name in table.columns]
    orders: dict[str, DateOrder] = {}
    for wish in (source.date_order if source is not None else None, given):
        orders |= _wished(table, names, wish)
    for name in spec.dates:
        if name in table.columns and name not in orders:
            _check_day_first(table, name)
    return orders


def _wished(table: Table, names: list[str], wish: GivenOrder) -> dict[str, DateOrder]:
    if wish is None:
        return {}
    if isinstance(wish, str) and "=" not in wish:
        return dict.fromkeys(names, _order(wish))
    pieces = dict(piece.rpartition("=")[::2] for piece in wish.split(",")) if isinstance(wish, str) else wish
    return {_column(table, names, name): _order(order) for name, order in pieces.items()}


def _order(text: str) -> DateOrder:
    try:
        return DateOrder(text.strip().casefold())
    except ValueError:
        raise Refused(
            f'urutan tanggal "{text}" tidak dikenal; tulis dmy, mdy atau ymd, atau KOLOM=URUTAN, pada --date-order.'
        ) from None


def _column(table: Table, names: list[str], given: str) -> str:
    """The canonical name of a column named by itself or by its header in the file."""
    for name in names:
        typed = {header.name_of(name) for header in table.headers}
        if fold_header(given) in {fold_header(text) for text in (name, *typed)}:
            return name
    raise Refused(f'--date-order menyebut kolom "{given}", yang bukan kolom tanggal berkas ini: {quoted(names)}.')


def _check_day_first(table: Table, name: str) -> None:
    column = table.column(name)
    evidence = order_evidence(column.texts)
    if evidence.contradicts_day_first:
        raise Refused(
            f'kolom "{table.headers[0].name_of(name)}" memuat tanggal yang hanya dapat dibaca bulan lebih dulu, '
            f"misalnya {shown(evidence.month_first)}; beri lagi dengan --date-order {name}=mdy "
            "(atau --date-order mdy untuk semua kolom)."
        )
