"""Foreign databases, read and never written: one SELECT of the settings, its rows as the database gives them."""

from data_access.sources.address import CONNECT_SECONDS, STATEMENT_SECONDS
from data_access.sources.faults import SourceError
from data_access.sources.position import Position, later, position_from, position_json
from data_access.sources.rows import Query, Rows, cursor_place, open_rows

__all__ = [
    "CONNECT_SECONDS",
    "STATEMENT_SECONDS",
    "Position",
    "Query",
    "Rows",
    "SourceError",
    "cursor_place",
    "later",
    "open_rows",
    "position_from",
    "position_json",
]
