"""Runs the migrations on the connection it is handed; the caller owns the transaction and the lock."""

from alembic import context

from data_access.records.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
