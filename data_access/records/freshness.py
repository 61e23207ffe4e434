"""When records last came in."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from data_access.records.engine import reading
from data_access.records.schema import load


def last_loads(engine: Engine, as_of: int) -> dict[str | None, int]:
    """The moment of the newest load up to `as_of` by the name of its source; None stands for loads without one.

    A load that was undone brought nothing and does not count.
    """
    finished = func.max(load.c.finished_at)
    asked = (
        select(load.c.source_name, finished)
        .where(load.c.status == "loaded", load.c.finished_at <= as_of)
        .group_by(load.c.source_name)
    )
    with reading(engine) as connection:
        return {name: int(moment) for name, moment in connection.execute(asked)}
