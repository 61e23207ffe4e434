"""What can be measured of a page that a browser shows: is it wider than the screen, are there things too small for a
finger, and how far did it move while it came."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page

SMALLEST = 32
"""Pixels a finger needs, in both directions."""

MOST_SHIFT = 0.1
"""How far a page may move by itself while it comes: share of the screen times share of the way, summed."""

WATCH_SHIFT = """
window.shifted = { sum: 0, most: 0, by: "" };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    window.shifted.sum += one.value;
    if (one.value <= window.shifted.most) continue;
    window.shifted.most = one.value;
    window.shifted.by = one.sources.map(({ node }) => node?.className || node?.id || node?.nodeName || "").join(", ");
  }
}).observe({ type: "layout-shift", buffered: true });
"""

_WIDER = """() => {
  const wide = innerWidth + 1;
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth <= innerWidth || getComputedStyle(document.body).overflowX === "hidden") return [];
  const held = (one) => {
    for (let up = one.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible" && up.getBoundingClientRect().right <= wide) return true;
    }
    return false;
  };
  const names = [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > wide && !held(one))
    .map((one) => `${one.nodeName.toLowerCase()}.${one.getAttribute("class") || one.id}`);
  return [`${scrollWidth} px`, ...new Set(names)].slice(0, 6);
}"""

_SMALL = """(smallest) => {
  const grown = (one, size) => {  // what lies around it on purpose takes the finger as well
    let [width, height] = size;
    const { display, overflowX } = getComputedStyle(one);
    if (display !== "inline" && overflowX !== "visible") return size;  // cut off at its own edge
    for (const part of ["::before", "::after"]) {
      const look = getComputedStyle(one, part);
      if (look.content === "none" || look.position !== "absolute") continue;
      width = Math.max(width, parseFloat(look.width) || 0);
      height = Math.max(height, parseFloat(look.height) || 0);
    }
    return [width, height];
  };
  const isInText = (one) => {
    if (getComputedStyle(one).display !== "inline") return false;
    const around = one.closest("p, li, dd, dt, td, th, h1, h2, h3, label, small, strong, div, span:not(a span)");
    const own = one.textContent.trim().length;
    return around !== null && around.textContent.trim().length > own + 2;
  };
  const found = new Map();  // one of each kind
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=switch]";
  for (const one of document.querySelectorAll(all)) {
    if (one.disabled || !one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const box = one.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || box.bottom + scrollY <= 0) continue;
    if (one.matches("a") && isInText(one)) continue;
    let [width, height] = grown(one, [box.width, box.height]);
    for (const label of one.labels ?? []) {
      const around = label.getBoundingClientRect();
      if (!one.matches("[type=checkbox], [type=radio], [type=file]")) continue;
      [width, height] = [Math.max(width, around.width), Math.max(height, around.height)];
    }
    if (Math.min(width, height) >= smallest - 0.5) continue;
    const name = `${one.nodeName.toLowerCase()}.${one.getAttribute("class") || one.type || ""}`;
    if (!found.has(name)) {
      const words = (one.textContent.trim() || one.ariaLabel || one.id).slice(0, 20);
      found.set(name, `${name} ${Math.round(width)}×${Math.round(height)} "${words}"`);
    }
  }
  return [...found.values()];
}"""


class Measured(NamedTuple):
    """What was found: `wider` than the screen is what sticks out, `small` what a finger misses, `shift` how far the
    page moved, and of what most."""

    wider: list[str]
    small: list[str]
    shift: float
    shifted: str

    def faults(self, *, is_phone: bool) -> list[str]:
        """In words; small things count on a phone only."""
        found = [f"wider: {' · '.join(self.wider)}"] if self.wider else []
        found += [f"small: {one}" for one in self.small] if is_phone else []
        return found + ([f"shift {self.shift:.2f}: {self.shifted}"] if self.shift > MOST_SHIFT else [])


def watch(page: Page) -> Page:
    """The same window, which from its next page on counts how far its pages move by themselves."""
    page.add_init_script(WATCH_SHIFT)
    return page


def settled(page: Page) -> Page:
    """The same page once all of it stands there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_selector(".p-waiting, .p-coming, .p-spinner", state="detached")
    return page


def measure(page: Page) -> Measured:
    """What is so of the page as it stands; `watch` must have come before it."""
    shift = page.evaluate("window.shifted")
    return Measured(page.evaluate(_WIDER), page.evaluate(_SMALL, SMALLEST), shift["sum"], shift["by"])
