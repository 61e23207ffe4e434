"""The only way to put a Plotly chart on a page."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.colours import LIGHT
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
        "hoverlabel": {"font": {"family": FONT, "size": 13}, "bordercolor": LIGHT["line"]},
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


def graph(
    id: str,
    figure: dict[str, Any] | None = None,
    *,
    label: str,
    height: int | None = None,
    class_name: str = "",
) -> html.Div:
    """A chart with a name for screen readers; `figure` is a plain dictionary whose layout is laid over ours."""
    figure = figure or {"data": []}
    drawn = {**figure, "layout": figure_layout(**figure.get("layout", {}))}
    size = {"height": f"{height}px"} if height else {}
    return html.Div(
        dcc.Graph(id=id, figure=drawn, config=graph_config(), style=size, responsive=True),
        role="figure",
        className=f"p-graph {class_name}".strip(),
        **{"aria-label": label},
    )
