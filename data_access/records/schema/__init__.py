"""The tables of the records.

Everything a file or a screen says is kept as typed rows that are only ever added: `request_row`,
`pass_row`, `pause_row`, `session_row`, `check_row`, `attendance_row`. What is current is the fold of a
key's rows in order of `id`, which is the order of load, sheet and row. Only links between rows (`request_id`,
`room_name`, `opd_name`, `is_waiting`) and the marks that a whole file gives its rows (`suspicion`) change later.
The logs have no foreign keys: a trigger for each row took three quarters of a load into PostgreSQL. Their one
entrance, `bulk.insert_rows`, checks every link of a whole set instead, and no row is ever deleted.
`_at` columns are UTC seconds, `_on` columns are days since 1970-01-01 of the office's local date.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from data_access.records.schema.columns import metadata
from data_access.records.schema.loads import (
    correction,
    load,
    page_correction,
    reject,
    sheet,
    source_cursor,
    source_visit,
    waiting_row,
)
from data_access.records.schema.office import (
    ROLES,
    audit,
    device,
    last_visit,
    one_time_link,
    published_report,
    setting_version,
    sop_version,
    user,
)
from data_access.records.schema.requests import (
    DOCUMENT_PARTS,
    attendance_row,
    document_row,
    pass_row,
    pause_row,
    request,
    request_row,
    round_stamp,
    screen_entry,
)
from data_access.records.schema.rooms import (
    CONDITIONS,
    INCIDENT_DEEDS,
    OCCASIONS,
    check_row,
    condition_photo,
    condition_report,
    incident_event,
    session_row,
)

__all__ = [
    "CONDITIONS",
    "DOCUMENT_PARTS",
    "HEAD_REVISION",
    "INCIDENT_DEEDS",
    "LOG_OF",
    "OCCASIONS",
    "ROLES",
    "attendance_row",
    "audit",
    "check_row",
    "condition_photo",
    "condition_report",
    "correction",
    "device",
    "document_row",
    "incident_event",
    "last_visit",
    "load",
    "metadata",
    "one_time_link",
    "page_correction",
    "pass_row",
    "pause_row",
    "published_report",
    "reject",
    "request",
    "request_row",
    "round_stamp",
    "screen_entry",
    "session_row",
    "setting_version",
    "sheet",
    "sop_version",
    "source_cursor",
    "source_visit",
    "user",
    "waiting_row",
]

HEAD_REVISION = "0007"
"""The newest migration that this code knows; revisions are numbered, so an older one sorts lower."""

LOG_OF: Mapping[str, Table] = {
    "permohonan": request_row,
    "disposisi": pass_row,
    "pemakaian": session_row,
    "peserta": attendance_row,
    "kondisi": check_row,
}
"""Where the rows of each kind of records are kept."""
