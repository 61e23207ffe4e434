"""The only place that knows databases: the records (SQLAlchemy) and the mart (DuckDB)."""
