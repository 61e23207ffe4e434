"""The Kepatuhan page over HTTP, logged in, at 5 000 letters: 200 asks of its callbacks and of the first answer, and
what a browser that was never here takes to draw it."""

from __future__ import annotations

import http.cookiejar
import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from dashboard.access.people import add_user
from data_access.home import Home
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.books.made import write_hand_overs, write_register
from tests.ensure_browser import installed
from tests.serving.visitor import Visitor, free_port
from tests.serving.windows import ARGUMENTS

LETTERS = 5_000
ASKS = 200
SEARCH = "?dari=2024-01-01&sampai=2025-12-31"
PASSWORD = "bangku-merah-di-serambi"


_ADDRESSES = {("sla-url", "search"), ("sla-later", "data")}
"""Inputs that hold the filters of the page."""


def content_callbacks(dependencies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The callbacks that draw the page from its address: the table with its headlines, and the charts."""
    return [
        d
        for d in dependencies
        if any((i["id"], i["property"]) in _ADDRESSES for i in d["inputs"]) and "children" in d["output"]
    ]


def body_for(callback: dict[str, Any], search: str) -> dict[str, Any]:
    """What the browser would send."""
    names = callback["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    inputs = [{**i, "value": search if (i["id"], i["property"]) in _ADDRESSES else None} for i in callback["inputs"]]
    return {
        "output": callback["output"],
        "outputs": outputs if callback["output"].startswith("..") else outputs[0],
        "inputs": inputs,
        "state": [{**s, "value": None} for s in callback.get("state", [])],
        "changedPropIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"],
    }


def prepare(folder: Path) -> None:
    """A home with 5 000 letters and one Kadin."""
    office = Office.open(Home(folder), None, lambda: int(time.time()))
    now = int(time.time())
    ingest(office, write_register(folder / "agenda.csv", LETTERS), now)
    ingest(office, write_hand_overs(folder / "disposisi.csv", LETTERS), now)
    add_user(office, "kadin", "kadin", None, PASSWORD, now)
    office.records.dispose()


def run() -> dict[str, Any]:
    """p50 and p95 of each callback in milliseconds over HTTP on loopback; `floor` is the server's `/sehat`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        port = free_port()
        command = [sys.executable, "-m", "dashboard.commands", "serve", "--home", name, "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            return _measure(Visitor(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()
            server.wait()


def _measure(visitor: Visitor) -> dict[str, Any]:
    _wait(visitor)
    visitor.log_in("kadin", PASSWORD)
    visitor.get("/kepatuhan")
    figures: dict[str, Any] = {"letters": LETTERS, "asks": ASKS}
    for callback in content_callbacks(json.loads(visitor.get("/_dash-dependencies"))):
        body = body_for(callback, SEARCH)
        for _ in range(20):
            visitor.ask(body)
        name = callback["output"].strip(".").split(".")[0].split("...")[0]
        figures |= _percentiles(name, [visitor.ask(body) for _ in range(ASKS)])
    first = f"/_dash-layout?alamat={urllib.parse.quote(f'/kepatuhan{SEARCH}', safe='')}"
    figures |= _percentiles("first_answer", [_get(visitor, first) for _ in range(ASKS)])
    return figures | _percentiles("floor", [_get(visitor, "/sehat") for _ in range(ASKS)]) | first_load(visitor)


def first_load(visitor: Visitor) -> dict[str, float]:
    """A browser that was never here, signed in already: megabytes over the wire until the page stands; seconds from the
    address on until the table shows its spreads and until the first chart is drawn; seconds of a processor that the
    page itself takes until then, however busy the machine is."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies([_cookie(one, visitor.base) for one in visitor.jar])
        page = context.new_page()
        sent: list[float] = []
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Performance.enable", {"timeDomain": "threadTicks"})
        wire.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
        start = time.perf_counter()
        page.goto(f"{visitor.base}/kepatuhan{SEARCH}", wait_until="commit")
        page.wait_for_selector("#sla-body td.sla-spread .p-range", state="attached", timeout=60_000)
        table = time.perf_counter() - start
        page.wait_for_selector("#sla-months .p-plot-mark", state="attached", timeout=60_000)
        chart = time.perf_counter() - start
        told = {one["name"]: one["value"] for one in wire.send("Performance.getMetrics")["metrics"]}
        page.wait_for_selector("#sla-detail .sla-coverage", state="attached", timeout=60_000)
        page.wait_for_function("!document.querySelector('.p-coming')", timeout=60_000)
        browser.close()
    return {
        "first_load_mb": sum(sent) / 1e6,
        "first_table_seconds": table,
        "first_chart_seconds": chart,
        "first_chart_cpu_seconds": told["TaskDuration"],
    }


def _cookie(one: http.cookiejar.Cookie, base: str) -> Any:
    return {"name": one.name, "value": one.value or "", "url": base}


def _percentiles(name: str, asked: list[float]) -> dict[str, float]:
    return {f"{name}_p{q}_ms": round(float(np.percentile(asked, q)), 1) for q in (50, 95)}


def _get(visitor: Visitor, path: str) -> float:
    """Milliseconds of one page or document."""
    start = time.perf_counter()
    visitor.get(path)
    return (time.perf_counter() - start) * 1000


def _wait(visitor: Visitor) -> None:
    for _ in range(300):
        try:
            visitor.get("/sehat")
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer within 30 s")


if __name__ == "__main__":
    print(run())
