"""The wall: making its document at 5 000 and a million letters, what goes over the wire, fifty screens, painting."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import CDPSession, sync_playwright

from dashboard.access.devices import DEVICE_COOKIE, device_link, token_hash
from dashboard.wall import Pictures
from data_access.home import Home
from data_access.mart import Change
from data_access.mart.schema import MISSING
from data_access.records.access import add_device
from data_access.records.engine import writing
from etl.domain.compliance.rules import rules_from
from etl.figures.wall.snapshot import wall_snapshot
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.books.made import write_hand_overs, write_register
from tests.ensure_browser import installed
from tests.offices.many_letters import first_handovers, invented, judged
from tests.serving.visitor import Visitor, free_port
from tests.serving.windows import ARGUMENTS

LETTERS, MANY = 5_000, 1_000_000
BLOCK = 50_000
ROUNDS = 100
SCREENS, SECONDS = 50, 20
_BLOCK_DAYS = 182
_PAINT = """async () => {
  const config = JSON.parse(document.getElementById("wall-config").textContent);
  const painter = PantauWall.makePainter(PantauWall.makeFormat(config.words, config.lang));
  const snapshot = await (await fetch(config.url)).json(), found = [];
  const filled = Array.from(document.querySelectorAll("main span, main b, main p")).filter((each) => each.firstChild);
  for (let i = 0; i < 21; i += 1) {
    filled.forEach((each) => { each.firstChild.nodeValue = ""; });
    const began = performance.now();
    painter.paint(snapshot);
    painter.age(snapshot, snapshot.as_of);
    document.body.getBoundingClientRect();
    found.push(performance.now() - began);
  }
  return found;
}"""


def run(many: int = MANY) -> dict[str, Any]:
    """Milliseconds of one document: p50 and p95 over ever later moments, as the polls of a day ask for them.

    `cpu_ms`: mean processor time, which other work on the machine does not stretch. `bytes`: packed.
    `second_screen_ms`: the document for another screen within its three seconds. `screens_cpu_share`: of one core, for
    so many screens that ask every three seconds. `paint`: filling all nodes anew, with layout.
    """
    with tempfile.TemporaryDirectory() as folder:
        figures = _documents("small", _office(Path(folder), LETTERS)) | _served(Path(folder) / "served")
    with tempfile.TemporaryDirectory() as folder:
        return figures | _documents("many", _office(Path(folder), many))


def _office(folder: Path, letters: int) -> Office:
    """An office whose mart holds so many letters: blocks of the same two years, each further back."""
    office = Office.open(Home(folder), None, lambda: 0)
    rows = invented(min(letters, BLOCK), office.calendar)
    first = first_handovers(rows)
    frames = judged(office, rows, rules_from(office.sop, office.calendar, first))
    older = (_moved(frames, block) for block in range(1, letters // len(rows.requests)))
    change = Change(frames, is_full=True, first_handovers=tuple(first.tolist()), more=older)
    office.mart.publish(change, 1, "rules", built_at=0)
    return office


def _moved(frames: Mapping[str, pd.DataFrame], block: int) -> dict[str, pd.DataFrame]:
    """The same letters with numbers of their own, half a year earlier for each block."""
    days = -block * _BLOCK_DAYS
    return {name: _shifted(frame, block * BLOCK, days) for name, frame in frames.items()}


def _shifted(frame: pd.DataFrame, numbers: int, days: int) -> pd.DataFrame:
    moved = {"request_id": frame["request_id"] + numbers}
    for name in frame.columns:
        by = days if name.endswith("_on") else days * 86_400 if name.endswith(("_at", "_start", "_end")) else 0
        if by and pd.api.types.is_integer_dtype(frame[name]):
            moved[name] = frame[name].where(frame[name] == MISSING, frame[name] + by)
    return frame.assign(**moved)


def _documents(name: str, office: Office) -> dict[str, Any]:
    at = int(datetime(2026, 6, 24, 10, tzinfo=office.zone).timestamp())
    first = _milliseconds(lambda: wall_snapshot(office, at))
    used = time.process_time()
    found = [_milliseconds(lambda moment=at + 3 * i: wall_snapshot(office, moment)) for i in range(1, ROUNDS)]
    used = (time.process_time() - used) * 1_000 / len(found)
    pictures = Pictures(office, "build")
    picture = pictures.at(at + 3 * ROUNDS)
    again = _milliseconds(lambda: pictures.at(at + 3 * ROUNDS + 2))
    letters = office.mart.read().tuples("SELECT count(*) FROM request_fact")[0][0]
    p50, p95 = (round(float(np.percentile(found, q)), 1) for q in (50, 95))
    return {
        f"{name}_letters": letters,
        f"{name}_first_ms": round(first, 1),
        f"{name}_p50_ms": p50,
        f"{name}_p95_ms": p95,
        f"{name}_cpu_ms": round(used, 1),
        f"{name}_second_screen_ms": round(again, 3),
        f"{name}_bytes": len(gzip.compress(picture.plain)),
    }


def _milliseconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _served(folder: Path) -> dict[str, Any]:
    """Fifty screens and one painting browser against the real server."""
    folder.mkdir()
    office, now = Office.open(Home(folder), None, lambda: int(time.time())), int(time.time())
    ingest(office, write_register(folder / "agenda.csv", LETTERS), now)
    ingest(office, write_hand_overs(folder / "disposisi.csv", LETTERS), now)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    cookies, link = [_cookie(office, f"TV {i}", now) for i in range(SCREENS - 1)], device_link(office, "TV", now, base)
    office.records.dispose()
    command = [sys.executable, "-m", "dashboard.commands", "serve", "--home", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(base)
        share = _cpu_share(server.pid, port, cookies)
        return {"screens": SCREENS, "screens_cpu_share": round(share, 3)} | _paint(link)
    finally:
        server.terminate()
        server.wait()


def _cookie(office: Office, label: str, now: int) -> str:
    """The cookie of a screen that has used its link."""
    cookie = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        add_device(connection, label, token_hash(cookie), created_at=now)
    return cookie


def _wait(base: str) -> None:
    visitor = Visitor(base)
    for _ in range(600):
        try:
            visitor.get("/sehat")
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer within a minute")


def _cpu_share(pid: int, port: int, tokens: list[str]) -> float:
    stop = threading.Event()
    screens = [threading.Thread(target=_screen, args=(port, token, i, stop)) for i, token in enumerate(tokens)]
    for screen in screens:
        screen.start()
    time.sleep(8)  # every screen has its picture and every process its connections
    before, began = _cpu_seconds(pid), time.perf_counter()
    time.sleep(SECONDS)
    used, lasted = _cpu_seconds(pid) - before, time.perf_counter() - began
    stop.set()
    for screen in screens:
        screen.join()
    return used / lasted


def _screen(port: int, token: str, number: int, stop: threading.Event) -> None:
    """One screen: asks every three seconds, with the mark of its last picture."""
    stop.wait(3 * number / SCREENS)
    tag, web = "", http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not stop.is_set():
        try:
            web.request("GET", "/layar/data.json", headers={"Cookie": f"{DEVICE_COOKIE}={token}", "If-None-Match": tag})
            reply = web.getresponse()
            reply.read()
            tag = reply.headers["ETag"] or tag
        except http.client.RemoteDisconnected:
            web.close()  # the server had closed the idle line: the next question opens another
        stop.wait(3)
    web.close()


def _cpu_seconds(pid: int) -> float:
    return sum(_own_seconds(one) for one in (pid, *_children(pid)))


def _own_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield int(child)
            yield from _children(int(child))


def _paint(link: str) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(link)
        page.wait_for_selector("body[data-state=live]")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = _worked(devtools)
        found = page.evaluate(_PAINT)
        worked = (_worked(devtools) - before) * 1_000 / len(found)
        browser.close()
    return {"paint_p95_ms": round(float(np.percentile(found, 95)), 1), "paint_cpu_ms": round(worked, 1)}


def _worked(devtools: CDPSession) -> float:
    """Processor seconds of the page's main thread."""
    told = devtools.send("Performance.getMetrics")["metrics"]
    return sum(one["value"] for one in told if one["name"] == "TaskDuration")


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else MANY), indent=1))
