"""In which order the dates of each column are read: given, or day first unless the column says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from etl.extract.dates import DateOrder, OrderEvidence
from etl.extract.files.refusal import Refused, quoted
from etl.extract.findings import shown
from etl.extract.headers import SourceMap
from etl.extract.kinds import SPECS
from etl.extract.table import Layout
from etl.extract.words import fold_header

GivenOrder = str | Mapping[str, str] | None


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
        raise Refused(
            f'urutan tanggal "{text}" tidak dikenal; tulis dmy, mdy atau ymd, atau KOLOM=URUTAN, pada --date-order.'
        ) from None


def _column(layout: Layout, names: list[str], given: str) -> str:
    """The canonical name of a column named by itself or by its header in the file."""
    for name in names:
        typed = {header.name_of(name) for header in layout.headers}
        if fold_header(given) in {fold_header(text) for text in (name, *typed)}:
            return name
    raise Refused(f'--date-order menyebut kolom "{given}", yang bukan kolom tanggal berkas ini: {quoted(names)}.')


def check_day_first(layout: Layout, name: str, evidence: OrderEvidence) -> None:
    """Raises Refused for a column that nobody gave an order for and that can only be read with the month first."""
    if evidence.contradicts_day_first:
        typed = next((header.name_of(name) for header in layout.headers if name in header.columns), name)
        raise Refused(
            f'kolom "{typed}" memuat tanggal yang hanya dapat dibaca bulan lebih dulu, '
            f"misalnya {shown(evidence.month_first)}; beri lagi dengan --date-order {name}=mdy "
            "(atau --date-order mdy untuk semua kolom)."
        )
