"""Small drawings inside rows of tables and lists: plain HTML, in the colours of the style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.markup import Markup, svg
from dashboard.components.status import Tone


def bar(
    share: float | None, low: float | None = None, high: float | None = None, tone: Tone | str = Tone.GOOD
) -> html.Div:
    """A share 0–1 as a bar, with its interval as a whisker; nothing but the track for None."""
    parts = []
    if share is not None:
        parts.append(html.Span(className=f"p-bar-fill is-{tone}", style={"width": _percent(share)}))
    if low is not None and high is not None:
        whisker = {"left": _percent(low), "width": _percent(high - low)}
        parts.append(html.Span(className="p-bar-whisker", style=whisker))
    return html.Div(parts, className="p-bar", **{"aria-hidden": "true"})


def bar_row(name: str, share: float | None, words: str, beside: Component | None = None) -> Component:
    """A bar with its name before it and its words behind it."""
    value = html.Span([words, " ", beside] if beside else words, className="room-bar-value")
    return html.Div(
        [html.Span(name, className="room-bar-name", title=name), bar(share), value], className="room-bar-row"
    )


def legend(entries: Iterable[tuple[str, str]]) -> html.P:
    """What the looks of a chart mean: the key of each, and its words."""
    items = [
        html.Span([html.I(className=f"p-key is-{key}"), words], className="p-legend-item") for key, words in entries
    ]
    return html.P(items, className="p-legend")


def rangebar(low: float, middle: float, high: float, target: float | None, beyond: Sequence[float] = ()) -> html.Div:
    """A spread as places 0–1: a band from `low` to `high`, red over `target`, a dot at `middle`, rings `beyond`."""
    edge = high if target is None else min(max(target, low), high)
    parts = [html.Span(className="p-range-band is-good", style=_span(low, edge))]
    if target is not None and high > edge:
        parts.append(html.Span(className="p-range-band is-late", style=_span(edge, high)))
    if target is not None:
        parts.append(html.Span(className="p-range-target", style={"left": _percent(target)}))
    parts.append(html.Span(className="p-range-dot", style={"left": _percent(middle)}))
    parts += [html.Span(className="p-range-beyond", style={"left": _percent(place)}) for place in beyond]
    return html.Div(parts, className="p-range", **{"aria-hidden": "true"})


def spark(
    values: Sequence[float | None], tone: Tone | str, *, low: float = 0.0, label: str = "", target: float | None = None
) -> Markup:
    """A line of values between `low` and 1; None breaks the line, a lone value is a dot, `target` a dashed line."""
    width, height, pad = 100, 24, 3
    step = (width - 2 * pad) / max(len(values) - 1, 1)

    def up(value: float) -> float:
        share = (min(max(value, low), 1.0) - low) / ((1.0 - low) or 1)
        return height - pad - share * (height - 2 * pad)

    drawn, run = [], list[tuple[float, float]]()
    if target is not None and target >= low:
        drawn.append(f'<path class="p-spark-target" d="M0 {up(target):.1f}H{width}"/>')
    for index, value in enumerate([*values, None]):
        if value is not None:
            run.append((pad + index * step, up(value)))
            continue
        if len(run) > 1:
            drawn.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}"/>')
        elif run:
            drawn.append('<circle cx="{:.1f}" cy="{:.1f}" r="1.8"/>'.format(*run[0]))
        run = []
    return svg("".join(drawn), width, height, f"p-spark is-{tone}", label=label)


def _percent(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"


def _span(start: float, end: float) -> dict[str, str]:
    return {"left": _percent(start), "width": _percent(end - start)}
