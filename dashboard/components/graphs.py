"""The only way to put a Plotly chart on a page, and small drawings inside table rows.

The small ones are plain HTML: they cost no chart library and print well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.markup import Markup, svg
from dashboard.components.status import Tone
from dashboard.components.theme import LIGHT
from dashboard.i18n import Language, current_language

FONT = '"Plus Jakarta Sans", "Segoe UI", system-ui, sans-serif'

# "Share chart…", shown by default, uploads the figure to the cloud of Plotly's maker.
CLOUD_BUTTONS = ("sendChartToCloud",)
_NEEDLESS_BUTTONS = ("lasso2d", "select2d", "autoScale2d", "toggleSpikelines", "zoomIn2d", "zoomOut2d")


def graph_config(**over: Any) -> dict[str, Any]:
    """Plotly's settings: nothing that leaves the house, our language, and only the download button."""
    return {
        "displaylogo": False,
        "showSendToCloud": False,
        "plotlyServerURL": "",
        "responsive": True,
        "locale": current_language().value,
        "displayModeBar": "hover",
        "modeBarButtonsToRemove": [*CLOUD_BUTTONS, *_NEEDLESS_BUTTONS],
        **over,
    }


def figure_layout(**over: Any) -> dict[str, Any]:
    """The look of a chart: our font, colours and separators, no frame, room for labels only where needed."""
    axis = {
        "gridcolor": LIGHT["line"],
        "linecolor": LIGHT["line"],
        "zerolinecolor": LIGHT["line"],
        "tickfont": {"color": LIGHT["muted"]},
        "automargin": True,
    }
    base: dict[str, Any] = {
        "font": {"family": FONT, "size": 13, "color": LIGHT["text"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [LIGHT["good"], LIGHT["near"], LIGHT["late"], LIGHT["muted"]],
        "separators": ",." if current_language() is Language.INDONESIAN else ".,",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 4},
        "hoverlabel": {
            "font": {"family": FONT, "size": 13, "color": LIGHT["text"]},
            "bgcolor": LIGHT["panel"],
            "bordercolor": LIGHT["line-strong"],
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": LIGHT["faint"], "activecolor": LIGHT["muted"]},
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": axis,
        "yaxis": axis,
    }
    merged = base | over
    for name in ("font", "margin", "xaxis", "yaxis"):
        if name in over:
            merged[name] = base[name] | over[name]
    return merged


def graph(id: str, figure: dict[str, Any], *, label: str, height: int) -> html.Div:
    """A chart with a name for screen readers; `figure` is a plain dictionary whose layout is laid over ours."""
    drawn = {**figure, "layout": figure_layout(**figure.get("layout", {}))}
    chart = dcc.Graph(id=id, figure=drawn, config=graph_config(), style={"height": f"{height}px"}, responsive=True)
    return html.Div(chart, role="figure", className="p-graph", tabIndex=0, **{"aria-label": label})


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
        html.Span([html.I(className=f"room-key is-{key}"), words], className="room-legend-item")
        for key, words in entries
    ]
    return html.P(items, className="room-legend")


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
