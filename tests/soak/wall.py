"""The wall over a long time: ten thousand polls at a raised rate, its heap, its nodes, and the curve of both.

A real Chromium polls a real server. The page's own timers are moved by the soak, never faster than the answers come, so
that eight hours of the wall pass in a part of that; every few polls the records change, so that pictures are painted,
views turn and alerts come and go. The heap is measured after a forced collection.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.ensure_browser import installed
from tests.offices.office import give
from tests.offices.thursday import moment
from tests.serving.wall_server import WallServer, open_frozen
from tests.serving.windows import ARGUMENTS

POLLS = 10_000
EVERY = 250
"""Polls between two measurements."""

NEW_RECORDS = 500
"""Polls between two loaded files."""

CURVE = Path("docs/layar-soak.svg")
FLATTEST = 60.0
"""Bytes a poll that count as no slope: 20 minutes of polls would then add 24 kB."""

_NODES = (
    """() => { let n = 0; const w = document.createTreeWalker(document, -1); while (w.nextNode()) n += 1; return n; }"""
)
_ASKS = """async (count) => {
  for (let i = 0; i < count; i += 1) {
    const before = PantauWall.alive.answers;
    window.dispatchEvent(new Event("online"));
    while (PantauWall.alive.answers === before) await new Promise((done) => soakLater(done));
  }
}"""
_LATER = """() => { const port = new MessageChannel(); const queue = []; port.port1.onmessage = () => queue.shift()();
  window.soakLater = (done) => { queue.push(done); port.port2.postMessage(0); }; }"""


def run(polls: int = POLLS, curve: Path | None = CURVE) -> dict[str, Any]:
    """Bytes a poll of the heap's slope over the second half, nodes at the start and the end, faults."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        server = WallServer.of_thursday(Path(name))
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            measured = _measure(page, server, polls)
        finally:
            browser.close()
            server.close()
    if curve is not None:
        curve.write_text(drawn(measured), encoding="utf-8")
    return _told(measured, errors)


def _measure(page: Page, server: WallServer, polls: int) -> np.ndarray:
    """One row per measurement: polls so far, heap in bytes, nodes."""
    open_frozen(page, server)
    page.evaluate(_LATER)
    devtools = page.context.new_cdp_session(page)
    rows = [_row(page, devtools, 0)]
    for done in range(EVERY, polls + 1, EVERY):
        _pass_time(page, server, done)
        rows.append(_row(page, devtools, done))
    return np.array(rows, dtype=np.float64)


def _pass_time(page: Page, server: WallServer, done: int) -> None:
    """A stretch of polls: the office's day goes on and begins again, files come, the page's own timers run."""
    minutes = (done // EVERY * 12) % 480
    server.clock.at = moment("08:00") + 60 * minutes
    if done % NEW_RECORDS == 0:
        row = f"no_agenda;tgl_terima;jam_terima;asal\n{100 + done};19/11/2026;07.{done % 60:02};Bappeda\n"
        give(server.office, server.folder, "lagi.csv", row, server.clock())
    for _ in range(10):
        server.clock.at += 4
        page.evaluate(_ASKS, EVERY // 10)
        page.clock.run_for(2_000)


def _row(page: Page, devtools: CDPSession, done: int) -> tuple[int, int, int]:
    devtools.send("HeapProfiler.collectGarbage")
    return done, devtools.send("Runtime.getHeapUsage")["usedSize"], page.evaluate(_NODES)


def slope(measured: np.ndarray) -> float:
    """Bytes a poll of the straight line through the second half, when everything is warm."""
    half = measured[len(measured) // 2 :]
    return float(np.polyfit(half[:, 0], half[:, 1], 1)[0])


def _told(measured: np.ndarray, errors: list[str]) -> dict[str, Any]:
    faults = [*errors]
    nodes = {int(count) for count in measured[:, 2]}
    if len(nodes) > 1:
        faults.append(f"nodes: {sorted(nodes)}")
    if abs(slope(measured)) > FLATTEST:
        faults.append(f"heap slope: {slope(measured):.1f} bytes a poll")
    return {
        "polls": int(measured[-1, 0]),
        "heap_start_kb": round(measured[0, 1] / 1024),
        "heap_end_kb": round(measured[-1, 1] / 1024),
        "slope_bytes_a_poll": round(slope(measured), 2),
        "nodes": sorted(nodes),
        "faults": faults,
    }


def drawn(measured: np.ndarray) -> str:
    """The heap's curve as a picture."""
    width, height, left, bottom = 760, 260, 60, 40
    polls, heap = measured[:, 0], measured[:, 1] / 1024**2
    top = max(1.0, float(np.ceil(heap.max())))
    x = left + (width - left - 20) * polls / polls[-1]
    y = height - bottom - (height - bottom - 30) * heap / top
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    base, words = height - bottom, f"{slope(measured):+.1f} bytes a poll over the second half"
    text = 'font-family="sans-serif" font-size="12" fill="#5b6e7f"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>Heap of the wall's page over {int(polls[-1])} polls, {words}</title>\n"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        f'<path d="M{left} 30V{base}H{width - 20}" fill="none" stroke="#dde5eb"/>\n'
        f'<polyline points="{points}" fill="none" stroke="#0a766b" stroke-width="2"/>\n'
        f'<text x="{left}" y="20" {text}>Heap in MB after collection, {words}; '
        f"nodes {int(measured[0, 2])} → {int(measured[-1, 2])}</text>\n"
        f'<text x="{left - 8}" y="36" text-anchor="end" {text}>{top:.0f}</text>\n'
        f'<text x="{left - 8}" y="{base}" text-anchor="end" {text}>0</text>\n'
        f'<text x="{left}" y="{base + 20}" {text}>0</text>\n'
        f'<text x="{width - 20}" y="{base + 20}" text-anchor="end" {text}>{int(polls[-1])} polls</text>\n</svg>\n'
    )
