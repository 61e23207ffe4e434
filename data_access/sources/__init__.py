"""Foreign databases, read and never written: one SELECT of the settings, its rows as the database gives them."""

from data_access.sources.faults import SourceError
from data_access.sources.rows import Position, Query, Rows, cursor_place, later, open_rows, position_from, position_json
