"""Charts drawn on the server: lines in one SVG, points and bars as links over it, scales as plain words.

They need no chart library, so they stand on the screen with the words around them; their colours are those of the style
sheet, and a point is a way to its cases for mouse, finger and keyboard alike. Places are shares of the width and of the
height, from the left and from below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import link
from dashboard.components.markup import svg

Place = tuple[float, float]


class Tick(NamedTuple):
    """Words at a place of an axis; a phone leaves out the minor ones."""

    at: float
    words: str
    is_minor: bool = False


class Mark(NamedTuple):
    """A point: its place, its look, what it says when it is pointed at or heard, its cases, and words beside it."""

    place: Place
    kind: str
    says: str
    href: str
    label: str = ""


class Bar(NamedTuple):
    """A bar that stands on the lower edge: its middle, its width and its height; words above it where there is room."""

    at: float
    width: float
    height: float
    kind: str
    says: str
    href: str
    label: str = ""


class Level(NamedTuple):
    """A line across the whole chart."""

    at: float
    kind: str


def plot(
    id: str,
    *,
    label: str,
    height: int,
    x: Sequence[Tick],
    y: Sequence[Tick],
    right: Sequence[Tick] = (),
    lines: Sequence[tuple[str, Sequence[Place]]] = (),
    band: Sequence[Place] = (),
    levels: Sequence[Level] = (),
    bars: Sequence[Bar] = (),
    marks: Sequence[Mark] = (),
) -> html.Div:
    """A chart with a name for those who hear the page.

    `y` and `right` are ticks at equal distances from the lower edge to the upper one; `lines` are (look, places),
    `band` the outline of an area.
    """
    area = [
        *(html.Span(className="p-plot-grid", style={"bottom": _percent(tick.at)}) for tick in y),
        *(
            html.Span(className=f"p-plot-level is-{level.kind}", style={"bottom": _percent(level.at)})
            for level in levels
        ),
        *map(_bar, bars),
        _lines(lines, band),
        *map(_mark, marks),
    ]
    parts = [
        _scale(y, "is-left"),
        html.Div(area, className="p-plot-area"),
        _scale(right, "is-right") if right else None,
        html.Div([_below(tick) for tick in x], className="p-plot-below", **{"aria-hidden": "true"}),
    ]
    drawn = html.Div(parts, className="p-plot-frame", style={"height": f"{height}px"})
    return html.Div(drawn, id=id, role="group", className="p-plot", **{"aria-label": label})


def even_ticks(highest: float, most: int = 5) -> list[float]:
    """Round numbers at equal distances from 0, the last of them at or above `highest`."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / most
    unit = 10.0 ** floor(log10(rough))
    step = next(size * unit for size in (1, 2, 2.5, 5, 10) if size * unit >= rough * (1 - 1e-9))
    count = int(-(-highest * (1 - 1e-9) // step))
    return [step * place for place in range(count + 1)]


def tick_decimals(ticks: Sequence[float]) -> int:
    """How many decimals the words of a scale need, at most two."""
    return next((count for count in (0, 1) if all(abs(tick - round(tick, count)) < 1e-9 for tick in ticks)), 2)


def corners(places: Iterable[Place], width: float, height: float) -> str:
    """Places as the corners of a line of SVG, which counts from above."""
    return " ".join(f"{x * width:.1f},{(1 - y) * height:.1f}" for x, y in places)


_WIDTH, _HEIGHT = 1000, 400


def _lines(lines: Sequence[tuple[str, Sequence[Place]]], band: Sequence[Place]) -> Component:
    drawn = f'<polygon class="p-plot-band" points="{corners(band, _WIDTH, _HEIGHT)}"/>' if band else ""
    for kind, places in lines:
        drawn += f'<polyline class="p-plot-line is-{kind}" points="{corners(places, _WIDTH, _HEIGHT)}"/>'
    return svg(drawn, _WIDTH, _HEIGHT, "p-plot-lines")


def _mark(mark: Mark) -> Component:
    x, y = mark.place
    words = html.Span(mark.label, className="p-plot-label", **{"aria-hidden": "true"}) if mark.label else ""
    style = {"left": _percent(x), "bottom": _percent(y)}
    return html.Span(
        [_way("p-plot-mark", mark.kind, mark.says, mark.href, x), words], className="p-plot-point", style=style
    )


def _bar(bar: Bar) -> Component:
    style = {"left": _percent(bar.at - bar.width / 2), "width": _percent(bar.width), "height": _percent(bar.height)}
    words = html.Span(bar.label, className="p-plot-label is-bar", **{"aria-hidden": "true"}) if bar.label else ""
    way = _way("p-plot-bar", bar.kind, bar.says, bar.href, bar.at)
    return html.Span([way, words], className="p-plot-pole", style=style)


def _way(name: str, kind: str, says: str, href: str, at: float) -> Component:
    """The link of a point or bar; what it says stands beside it, on the side where there is room."""
    side = "is-early" if at < 0.3 else "is-last" if at > 0.7 else ""
    said = html.Span(says, className=f"p-plot-says {side}".strip())
    return link(said, href, f"{name} is-{kind}")


def _scale(ticks: Sequence[Tick], side: str) -> Component:
    """An axis at the side, from above: its width is that of its words."""
    words = [html.Span(tick.words) for tick in sorted(ticks, key=lambda tick: -tick.at)]
    return html.Div(words, className=f"p-plot-scale {side}", **{"aria-hidden": "true"})


def _below(tick: Tick) -> Component:
    look = "p-plot-tick is-minor" if tick.is_minor else "p-plot-tick"
    return html.Span(tick.words, className=look, style={"left": _percent(tick.at)})


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"
