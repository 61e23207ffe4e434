"""The Kepatuhan page over HTTP, logged in, at 5 000 letters: 200 asks of its callbacks and of the first answer; what
browsers make of it is measured by `bench_browser`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.access.people import add_user
from data_access.home import Home
from data_access.roles import Role
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.books.made import write_hand_overs, write_register
from tests.serving.visitor import Visitor, free_port

LETTERS = 5_000
ASKS = 200
SEARCH = "?dari=2024-01-01&sampai=2025-12-31"
PASSWORD = "bangku-merah-di-serambi"
_AGENCY = "Dinas Kesehatan"


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


def prepare(folder: Path, roles: Sequence[Role]) -> None:
    """A home with 5 000 letters and one user a role, named like it."""
    office = Office.open(Home(folder), None, lambda: int(time.time()))
    now = int(time.time())
    ingest(office, write_register(folder / "agenda.csv", LETTERS), now)
    ingest(office, write_hand_overs(folder / "disposisi.csv", LETTERS), now)
    for role in roles:
        add_user(office, role.value, role.value, _AGENCY if role is Role.OPD else None, PASSWORD, now)
    office.records.dispose()


@contextmanager
def serving(*roles: Role) -> Iterator[str]:
    """The address of a server with that office."""
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name), roles)
        base = f"http://127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "dashboard.commands", "serve", "--home", name, "--port", base.split(":")[2]]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait(Visitor(base))
            yield base
        finally:
            server.terminate()
            server.wait()


def run() -> dict[str, Any]:
    """p50 and p95 of each callback in milliseconds over HTTP on loopback; `floor` is the server's `/sehat`."""
    with serving(Role.KADIN) as base:
        return _measure(Visitor(base))


def _measure(visitor: Visitor) -> dict[str, Any]:
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
    return figures | _percentiles("floor", [_get(visitor, "/sehat") for _ in range(ASKS)])


def _percentiles(name: str, asked: list[float]) -> dict[str, float]:
    return {f"{name}_p{q}_ms": round(float(np.percentile(asked, q)), 1) for q in (50, 95)}


def _get(visitor: Visitor, path: str) -> float:
    """Milliseconds of one page or document."""
    start = time.perf_counter()
    visitor.get(path)
    return (time.perf_counter() - start) * 1000


def _wait(visitor: Visitor) -> None:
    for _ in range(1_200):
        try:
            visitor.get("/sehat")
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer within two minutes")


if __name__ == "__main__":
    print(run())
