"""How long the mart takes: compliance figures at 5 000 letters, one bare query, publishing 100 letters."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from data_access.mart import Change
from etl.domain.compliance.judge import judge
from etl.domain.compliance.rules import rules_from
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.work_list import request_list
from etl.judging.build_facts import to_passes, to_pauses, to_requests
from tests.offices.many_letters import Letters, SmallOffice, first_handovers, invented, judged, publish, small_office

LETTERS = 5_000
ROUNDS = 200
HALF_YEAR = SlaFilter(Period(date(2026, 1, 1), date(2026, 6, 30)))
BARE = "SELECT step, verdict, count(*) FROM step_fact WHERE belongs_on BETWEEN 20454 AND 20634 GROUP BY ALL"


def run(letters: int = LETTERS, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds, the 95th percentile of `rounds` unless the name says otherwise.

    `sla_cpu_ms`: mean processor time, which other work on the machine does not stretch. `sla_first_ms`: a
    filter never asked before, once. `sla_p95_ms`: the same filter at ever later moments, as a page that is
    reloaded. `query_floor_p95_ms`: one grouping of the same facts in DuckDB. `publish_100_ms`: median of 5.
    `judge_us_a_fact`: microseconds of processor time for the verdict of one step, of arrays, the best of 7 runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        office = small_office(Path(folder))
        rows = invented(letters, office.calendar)
        publish(office, rows)
        at = int(datetime(2026, 6, 24, 10, tzinfo=office.zone).timestamp())
        mart = office.mart.read()
        return {
            "letters": letters,
            "sla_first_ms": _times(lambda step: sla_figures(office, HALF_YEAR, at + step), 1)[0],
            "sla_p95_ms": _p95(lambda step: sla_figures(office, HALF_YEAR, at + 60 + step), rounds),
            "sla_cpu_ms": _cpu(lambda step: sla_figures(office, HALF_YEAR, at + 600 + step), rounds),
            "case_list_p95_ms": _p95(lambda step: request_list(office, at + 60 + step, limit=200), rounds),
            "query_floor_p95_ms": _p95(lambda _: mart.tuples(BARE), rounds),
            "publish_100_ms": sorted(_times(_publisher(office, rows), 5))[2],
            "judge_us_a_fact": _judge_us(office, rows),
        }


def _judge_us(office: SmallOffice, rows: Letters) -> float:
    """Microseconds of processor time that a verdict takes."""
    rules = rules_from(office.sop, office.calendar, first_handovers(rows))
    letters = rows.requests.drop(columns="true_received_at")
    ids = letters["request_id"].to_numpy()
    frames = to_requests(letters, office.calendar), to_passes(rows.passes, ids), to_pauses(rows.pauses, ids)
    facts = len(judge(*frames, rules, None)[1].verdict)
    return min(_cpu(lambda _: judge(*frames, rules, None), 1) for _ in range(7)) * 1_000 / facts


def _publisher(office: SmallOffice, rows: Letters) -> Callable[[int], object]:
    first = first_handovers(rows)
    ids = rows.requests["request_id"].iloc[-100:]
    some = Letters(
        rows.requests.iloc[-100:].reset_index(drop=True),
        rows.passes[rows.passes["request_id"].isin(ids)].reset_index(drop=True),
        rows.pauses[rows.pauses["request_id"].isin(ids)].reset_index(drop=True),
    )
    frames = judged(office, some, rules_from(office.sop, office.calendar, first))
    return lambda step: office.mart.publish(Change(frames), 2 + step, "rules", built_at=step)


def _times(work: Callable[[int], object], rounds: int) -> list[float]:
    found = []
    for step in range(rounds):
        began = time.perf_counter()
        work(step)
        found.append((time.perf_counter() - began) * 1_000)
    return found


def _cpu(work: Callable[[int], object], rounds: int) -> float:
    began = time.process_time()
    _times(work, rounds)
    return (time.process_time() - began) * 1_000 / rounds


def _p95(work: Callable[[int], object], rounds: int) -> float:
    return sorted(_times(work, rounds))[int(rounds * 0.95)]


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:22} {value:10.2f}")
