"""What was screened, by month and agency; no other module asks the mart for it."""

from __future__ import annotations

from collections.abc import Sequence

from data_access.mart.read import Row, Snapshot


def screened(snapshot: Snapshot, off: Sequence[tuple[int, int]]) -> list[Row]:
    """One row per month and agency (None without a letter) with anything recorded: year, month, opd, n, passed, failed.

    `off`: spans of days, both included, in which nobody was to be screened; their rows do not count.
    """
    days = " ".join(f"AND NOT started_on BETWEEN {int(first)} AND {int(last)}" for first, last in off)
    sql = f"""
        SELECT year(DATE '1970-01-01' + started_on)::INTEGER AS year,
            month(DATE '1970-01-01' + started_on)::INTEGER AS month, opd,
            coalesce(sum(s.screened), 0)::BIGINT AS n, coalesce(sum(s.passed), 0)::BIGINT AS passed,
            coalesce(sum(s.failed), 0)::BIGINT AS failed
        FROM session_fact s LEFT JOIN request_fact r USING (request_id)
        WHERE s.screened IS NOT NULL {days}
        GROUP BY ALL
    """  # noqa: S608 – made of numbers
    return snapshot.remember(("screened", tuple(off)), lambda: snapshot.rows(sql))
