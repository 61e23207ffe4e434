"""`/metrik`: what the office's monitoring reads, in the text form that Prometheus and its kin understand.

Screens, data and loads are asked of the records at each visit, so every server process tells the same. Requests are
counted by the process that answered them and carry its number, for one visit reaches one process only.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from dashboard.access.doors import Door, door
from data_access.records import reading
from data_access.records.intake.loads import load_tally
from etl.figures.intake.freshness import source_freshness
from etl.figures.wall.screens import ScreenState, screens

if TYPE_CHECKING:
    from prometheus_client import Metric

    from etl.office import Office

PATH = "/metrik"


class OfficeMetrics(Collector):
    """The office's figures as of now."""

    def __init__(self, office: Office, now: Callable[[], int]) -> None:
        self._office = office
        self._now = now

    def describe(self) -> list[Metric]:
        """Nothing: a registry otherwise collects once when it is made, before there are records."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Screens, ages of the sources, loads."""
        yield from self._screens()
        yield from self._sources()
        yield from self._loads()

    def _screens(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "pantau_screen_age_seconds", "Since a wall screen was last heard of, or was made.", labels=["screen", "id"]
        )
        silent = GaugeMetricFamily(
            "pantau_screen_silent", "1: a wall screen was not heard of for ten minutes.", labels=["screen", "id"]
        )
        errors = CounterMetricFamily(
            "pantau_screen_errors", "Script errors that a wall screen told.", labels=["screen", "id"]
        )
        for screen in screens(self._office, self._now()):
            if screen.state is not ScreenState.REVOKED:
                labels = [screen.label, str(screen.id)]
                age.add_metric(labels, screen.silent_seconds)
                silent.add_metric(labels, int(screen.is_silent))
                errors.add_metric(labels, screen.error_count)
        yield from (age, silent, errors)

    def _sources(self) -> Iterator[Metric]:
        now, labels = self._now(), ["source", "kind"]
        loaded = GaugeMetricFamily("pantau_source_load_age_seconds", "Since a source last brought rows.", labels=labels)
        record = GaugeMetricFamily("pantau_source_record_age_seconds", "Since its newest record.", labels=labels)
        for source in source_freshness(self._office, now):
            names = [source.name or "", source.kind]
            if source.loaded_at is not None:
                loaded.add_metric(names, now - source.loaded_at)
            if source.last_record_at is not None:
                record.add_metric(names, now - source.last_record_at)
        yield from (loaded, record)

    def _loads(self) -> Iterator[Metric]:
        loads = CounterMetricFamily("pantau_loads", "Loads taken in.", labels=["kind", "status"])
        rows = CounterMetricFamily("pantau_rows", "Rows read by loads.", labels=["kind", "status"])
        rejected = CounterMetricFamily("pantau_rejected_rows", "Rows that loads rejected.", labels=["kind", "status"])
        with reading(self._office.records) as connection:
            tally = load_tally(connection)
        for labels, counts in sorted(tally.items()):
            for family, count in zip((loads, rows, rejected), counts, strict=True):
                family.add_metric(labels, count)
        yield from (loads, rows, rejected)


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Count the replies, and show the metrics to whoever sits at this machine and to administrators."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(OfficeMetrics(office, now))
    replies = Counter(
        "pantau_requests", "Replies of this server process.", ["process", "method", "status"], registry=registry
    )
    process, lock = str(os.getpid()), threading.Lock()

    @server.after_request
    def count(reply: Response) -> Response:
        status = 500 if g.get("has_failed") else reply.status_code  # a frame may come without its page
        replies.labels(process, request.method, f"{status // 100}xx").inc()
        return reply

    @server.get(PATH, endpoint="metrics")
    @door(Door.METRICS)
    def metrics() -> Response:
        with lock:
            text = generate_latest(registry)
        return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)
