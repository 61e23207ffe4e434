"""Alembic's side of the records: one file per change of the schema, numbered in order."""
