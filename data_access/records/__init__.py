"""The system of record on SQLite or PostgreSQL: one module per subject, one function per question or command.

engine = open_records(records_url(home, database_url))
migrate(engine)
with one_load(engine) as connection: ...     # everything or nothing, one load after another
with reading(engine) as connection: ...      # one unchanging picture
"""

from sqlalchemy import Connection, Engine

from data_access.records.engine import (
    RecordsBusyError,
    RecordsError,
    SchemaState,
    migrate,
    one_load,
    open_records,
    reading,
    records_url,
    refuse_newer_form,
    schema_state,
    writing,
)
