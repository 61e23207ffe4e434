"""Charts: nothing leaves the house, and they speak the language of the request."""

from __future__ import annotations

import re

from flask import Flask

from dashboard.components.asset_urls import ASSETS, PLOTLY
from dashboard.components.graphs import figure_layout, graph, graph_config


def config_of(component: object) -> dict:
    return component.children.config


def test_a_chart_has_no_button_that_sends_it_to_a_cloud() -> None:
    config = config_of(graph("g", {"data": []}, label="contoh", height=200))
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""
    assert "sendChartToCloud" in config["modeBarButtonsToRemove"]
    assert config["displaylogo"] is False


def test_the_button_that_plotly_shows_by_default_is_the_one_we_take_away() -> None:
    bundle = (ASSETS / PLOTLY).read_text(encoding="utf-8")
    assert re.search(r'showSendToCloud:\{valType:"boolean",\s*dflt:!0\}', bundle)
    assert re.search(r'\.showSendToCloud\s*&&\s*\w+\.push\("sendChartToCloud"\)', bundle)


def test_a_chart_speaks_indonesian_unless_english_was_chosen() -> None:
    server = Flask(__name__)
    with server.test_request_context(headers={"Cookie": "bahasa=en"}):
        assert graph_config()["locale"] == "en"
        assert figure_layout()["separators"] == ".,"
    assert graph_config()["locale"] == "id"
    assert figure_layout()["separators"] == ",."


def test_a_chart_has_a_name_for_those_who_cannot_see_it() -> None:
    chart = graph("g", {"data": []}, label="Tepat waktu per bulan", height=200)
    assert chart.to_plotly_json()["props"]["aria-label"] == "Tepat waktu per bulan"
    assert chart.role == "figure"


def test_what_a_page_asks_for_is_laid_over_the_common_look() -> None:
    layout = figure_layout(margin={"l": 60}, xaxis={"type": "date"}, showlegend=True)
    assert (layout["margin"]["l"], layout["margin"]["r"]) == (60, 8)
    assert (layout["xaxis"]["type"], layout["xaxis"]["automargin"]) == ("date", True)
    assert layout["showlegend"] is True
