"""What access adds to a callback: session, user, door, guard and token, as processor time, in process."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from flask.testing import FlaskClient

from dashboard.web.pages import PAGES
from data_access.records.engine import one_load
from tests.offices.desk import Desk, desk

ASKS = 2_000
MINUTE = 60
OUTPUT = {"id": "shell-age", "property": "children"}
BODY = json.dumps(
    {
        "output": "shell-age.children",
        "outputs": OUTPUT,
        "inputs": [{"id": "shell-tick", "property": "n_intervals", "value": 1}],
        "state": [],
        "changedPropIds": ["shell-url.search"],
    }
)


def run() -> dict[str, Any]:
    """p50 and p95 in milliseconds of all that stands before a callback: with a session, with one last seen a minute
    ago, which is written down, and while a load holds the records."""
    with tempfile.TemporaryDirectory() as folder:
        served = desk(Path(folder), pages=PAGES)
        before = asker(served, served.signed_in("kadin"))

        def later() -> None:
            served.clock.at += MINUTE

        figures = _spread("", before, lambda: None) | _spread("once_a_minute_", before, later, ASKS // 10)
        with one_load(served.office.records):
            return {"asks": ASKS, **figures, **_spread("while_a_load_runs_", before, later, ASKS // 10)}


def asker(served: Desk, browser: FlaskClient) -> Callable[[], float]:
    """Seconds of processor for all that comes before a callback, when it is called."""
    server: Flask = served.app.server
    cookies = "; ".join(f"{name}={browser.get_cookie(name).value}" for name in ("pantau", "_csrf_token"))
    headers = {"Cookie": cookies, "X-CSRFToken": browser.get_cookie("_csrf_token").value}
    request = {"method": "POST", "data": BODY, "content_type": "application/json", "headers": headers}

    def once() -> float:
        with server.test_request_context("/_dash-update-component", **request):
            start = time.process_time()
            refusal = server.preprocess_request()
            spent = time.process_time() - start
            assert refusal is None
        return spent

    return once


def _spread(name: str, once: Callable[[], float], between: Callable[[], None], asks: int = ASKS) -> dict[str, float]:
    times = []
    for _ in range(asks):
        between()
        times.append(once() * 1000)
    return {f"{name}ms_p50": float(np.percentile(times, 50)), f"{name}ms_p95": float(np.percentile(times, 95))}
