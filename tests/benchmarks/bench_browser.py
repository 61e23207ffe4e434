"""Pages in a browser that was never here, signed in already, at 5 000 letters: until their first content stands, what
they cost of a processor and of the line; from a filter to new figures; from a key or a click to the next paint. Each
page beside the frame alone in the same run, and beside the door, which has no script of the desk."""

from __future__ import annotations

import http.cookiejar
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from dashboard.access.roles import is_allowed
from dashboard.web.pages import PAGES
from data_access.roles import Role
from tests.benchmarks.bench_page import LETTERS, PASSWORD, SEARCH, serving
from tests.ensure_browser import installed
from tests.serving.visitor import Visitor
from tests.serving.windows import ARGUMENTS

KEPATUHAN = f"/kepatuhan{SEARCH}"
FRAME, DOOR = "/mengapa", "/masuk"
"""The floors: the frame with its menu around a heading alone; a page without the desk's scripts."""

ROUNDS, FILTERED = 3, 12
WHO = (Role.KADIN, Role.ADMIN, Role.AGENDARIS, Role.OPD)
"""The first of these that may see a page opens it."""

CONTENT = "main .p-head h1, .a-card h1, main h1"
WATCHED = {
    CONTENT: "content",
    "#sla-body td.sla-spread .p-range": "table",
    "#sla-months .p-plot-mark": "chart",
}
_WATCH = """
window.stood = {};
window.slowest = 0;
const watched = Object.entries(WATCHED);
const look = () => {
  for (const [selector, name] of watched) {
    if (name in window.stood || !document.querySelector(selector)) continue;
    window.stood[name] = null;
    requestAnimationFrame(() => setTimeout(() => { window.stood[name] = performance.now(); }));
  }
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.interactionId) window.slowest = Math.max(window.slowest, one.duration);
}).observe({ type: "event", durationThreshold: 16 });
let asked = 0;
addEventListener("change", () => {
  asked = performance.now();
  const body = document.getElementById("sla-body");
  if (!body) return;
  window.renewed = null;
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.renewed = performance.now() - asked; }));
  });
  seen.observe(body, { childList: true, subtree: true });
}, true);
"""
"""Notes in the page itself when what is looked for has been painted, however late we ask."""


def run() -> dict[str, Any]:
    """Seconds from the address on until a page's content is painted, the median of `ROUNDS` browsers' profiles;
    `cpu`: of the page's own thread until all of it stands, however busy the machine is; `mb`: over the wire."""
    with serving(*WHO) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        signed_in = {role: _signed_in(base, role) for role in WHO}
        found: dict[str, Any] = {"letters": LETTERS, "rounds": ROUNDS}
        found |= _cold(browser, None, base, DOOR, "floor_door")
        found |= _cold(browser, signed_in[Role.KADIN], base, FRAME, "floor_frame")
        found |= _cold(browser, signed_in[Role.KADIN], base, KEPATUHAN, "kepatuhan", ("table", "chart"))
        for page in _others():
            role = next(role for role in WHO if is_allowed(role, page.PAGE))
            found |= _cold(browser, signed_in[role], base, page.PATH, page.PATH.strip("/"))
        found |= _at_work(browser, signed_in[Role.KADIN], base)
        browser.close()
    return found


def _others() -> list[ModuleType]:
    """The pages of one word, without Kepatuhan."""
    return [page for page in PAGES if page.PATH.count("/") == 1 and page.PATH not in ("/kepatuhan", FRAME)]


def _signed_in(base: str, role: Role) -> Visitor:
    visitor = Visitor(base)
    visitor.log_in(role.value, PASSWORD)
    return visitor


@contextmanager
def _profile(browser: Browser, visitor: Visitor | None) -> Iterator[tuple[Page, CDPSession]]:
    """A window of somebody who was never here, with what its browser tells of itself."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=True)  # for what we ask of it
    context.set_default_timeout(60_000)
    if visitor is not None:
        context.add_cookies([_cookie(one, visitor.base) for one in visitor.jar])
    page = context.new_page()
    page.add_init_script(_WATCH.replace("WATCHED", repr(WATCHED)))
    told = context.new_cdp_session(page)
    told.send("Network.enable")
    told.send("Performance.enable", {"timeDomain": "threadTicks"})
    yield page, told
    context.close()


def _cookie(one: http.cookiejar.Cookie, base: str) -> Any:
    return {"name": one.name, "value": one.value or "", "url": base}


def _cold(
    browser: Browser, visitor: Visitor | None, base: str, path: str, name: str, parts: tuple[str, ...] = ("content",)
) -> dict[str, float]:
    """One page, opened by `ROUNDS` new profiles."""
    rounds = [_opened(browser, visitor, base + path, parts) for _ in range(ROUNDS)]
    return {f"{name}_{key}": statistics.median(one[key] for one in rounds) for key in rounds[0]}


def _opened(browser: Browser, visitor: Visitor | None, address: str, parts: tuple[str, ...]) -> dict[str, float]:
    sent: list[float] = []
    with _profile(browser, visitor) as (page, told):
        told.on("Network.loadingFinished", lambda one: sent.append(one["encodedDataLength"]))
        page.goto(address, wait_until="commit")
        for part in parts:
            page.wait_for_function("(part) => window.stood[part]", arg=part)
        stood = page.evaluate("window.stood")
        page.wait_for_load_state("networkidle")
        page.wait_for_function("!document.querySelector('.p-coming, .p-waiting')")
        metrics = {one["name"]: one["value"] for one in told.send("Performance.getMetrics")["metrics"]}
    seconds = {f"{part}_seconds": stood[part] / 1000 for part in parts}
    return seconds | {"cpu_seconds": metrics["TaskDuration"], "mb": sum(sent) / 1e6}


def _at_work(browser: Browser, visitor: Visitor, base: str) -> dict[str, float]:
    """Filters of Kepatuhan one after another, and the slowest answer to a key or a click there and in the list."""
    with _profile(browser, visitor) as (page, _):
        page.goto(base + KEPATUHAN)
        page.wait_for_selector("#sla-detail .sla-coverage", state="attached")
        told = [str(one.get_attribute("value")) for one in page.locator("#sla-part option").all()]
        steps = [value for value in told if len(value) > 1]  # neither a part nor all of them
        renewed = [_filtered(page, steps[turn % len(steps)]) for turn in range(FILTERED)]
        page.locator("summary").first.click()
        page.keyboard.press("Tab")
        slowest = page.evaluate("window.slowest")
        page.goto(f"{base}/permohonan")
        page.wait_for_selector(".cases-link")
        for key in ("/", "ArrowDown", "ArrowDown", "ArrowUp", "/", "r", "a", "p"):
            page.keyboard.press(key)
        page.wait_for_timeout(1_000)
        listed = page.evaluate("window.slowest")
    return {
        "filter_to_figures_ms": statistics.median(renewed),
        "filter_to_figures_worst_ms": max(renewed),
        "kepatuhan_interaction_to_paint_worst_ms": slowest,
        "permohonan_interaction_to_paint_worst_ms": listed,
    }


def _filtered(page: Page, step: str) -> float:
    """Milliseconds from the choice of a step until its figures are painted."""
    page.select_option("#sla-part", step)
    page.wait_for_function("window.renewed")
    took = float(page.evaluate("window.renewed"))
    page.wait_for_load_state("networkidle")
    return took


if __name__ == "__main__":
    print(run())
