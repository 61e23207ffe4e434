"""Charts of the compliance page as plain figures: months with their uncertainty, steps by month, where lateness is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard.components import LIGHT
from dashboard.i18n import fmt, t
from etl.domain.sop import SopVersion
from etl.figures.sla import ALL_STEPS, TrendPoint
from etl.figures.sla_reading import Lateness, Month

Figure = dict[str, Any]

_BAND = "rgba(10,118,107,0.14)"
_SHADES = (
    (0.0, "#E58B82"),
    (0.6, "#F2C3BE"),
    (0.8, "#F7E3C0"),
    (0.9, "#E4F1EF"),
    (1.0, "#8CCBC3"),
)


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def monthly_share(months: Sequence[Month], *, running: str) -> Figure:
    """Twelve months of the share of all steps, its 95 % interval as a band; `running` is the month not yet over."""
    f = fmt()
    shown = [one for one in months if one.share is not None and one.interval is not None]
    days = [one.month + "-01" for one in shown]
    bounds = [one.interval or (0.0, 0.0) for one in shown]
    hover = [
        f"<b>{f.month(_first_day(one.month))}</b>{t('sla.running_month') if one.month == running else ''}<br>"
        + t("sla.share_title", met=f.number(one.met), n=f.number(one.n), interval=f.interval(*pair))
        for one, pair in zip(shown, bounds, strict=True)
    ]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": days}
    points = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": days,
        "y": [one.share for one in shown],
        "text": _told(shown),
        "textposition": "top center",
        "textfont": {"size": 12, "color": LIGHT["text"]},
        "line": {"color": LIGHT["good"], "width": 2.5},
        "marker": {
            "size": 8,
            "color": [LIGHT["panel"] if one.month == running else LIGHT["good"] for one in shown],
            "line": {"color": LIGHT["good"], "width": 2},
        },
        "hovertext": hover,
        "hoverinfo": "text",
        "cliponaxis": False,
    }
    low = {"type": "scatter", **edge, "y": [pair[0] for pair in bounds]}
    high = {"type": "scatter", **edge, "y": [pair[1] for pair in bounds], "fill": "tonexty", "fillcolor": _BAND}
    return {"data": [low, high, points], "layout": _month_layout(days, bounds)}


def _month_layout(days: Sequence[str], bounds: Sequence[tuple[float, float]]) -> Figure:
    floor = min((low for low, _ in bounds), default=0.0)
    return {
        "margin": {"l": 8, "r": 20, "t": 22, "b": 8},
        "xaxis": {
            "type": "date",
            "tickvals": _every_other(days),
            "ticktext": _month_ticks(_every_other(days)),
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {
            "range": [max(0.0, min(floor - 0.05, 0.7)), 1.03],
            "tickformat": ".0%",
            "fixedrange": True,
            "nticks": 6,
        },
    }


def _told(shown: Sequence[Month]) -> list[str]:
    """The figures written beside the line: the first, the last, the lowest and the highest month."""
    shares = [one.share or 0.0 for one in shown]
    told = {0, len(shown) - 1, shares.index(min(shares)), shares.index(max(shares))} if shown else set()
    return [fmt().percent(share, 0) if index in told else "" for index, share in enumerate(shares)]


def _every_other(days: Sequence[str]) -> list[str]:
    """Every second month, the last one included, so that the words fit on a phone."""
    return list(days) if len(days) <= 6 else list(days[::-2])[::-1]


def _month_ticks(days: Sequence[str]) -> list[str]:
    """Months under the axis, the year where it begins."""
    f, words, year = fmt(), [], ""
    for day in days:
        name, _, of_year = f.month_short(_first_day(day[:7])).partition(" ")
        words.append(name if of_year == year else f"{name}<br>{of_year}")
        year = of_year
    return words


def steps_by_month(trend: Mapping[str, Sequence[TrendPoint]], sop: SopVersion) -> Figure:
    """One cell per step and month, coloured by its share; a month without a judged step stays empty.

    The browser writes the numbers: hundreds of cells in words would be most of the page's work.
    """
    f = fmt()
    codes = [code for code, points in trend.items() if code != ALL_STEPS and any(one.n for one in points)]
    of_steps = t("sla.of_steps", met="%{customdata[0]}", n="%{customdata[1]}")
    heat = {
        "type": "heatmap",
        "x": [f.month_short(_first_day(one.month)) for one in trend[ALL_STEPS]],
        "y": codes,
        "z": [[one.share for one in trend[code]] for code in codes],
        "customdata": [[[one.met, one.n, sop.step(code).short_name] for one in trend[code]] for code in codes],
        "texttemplate": "%{z:.0%}",
        "textfont": {"size": 12, "color": LIGHT["text"]},
        "hovertemplate": f"<b>%{{y}} %{{customdata[2]}}</b><br>%{{x}}<br>{of_steps}<extra></extra>",
        "colorscale": [list(stop) for stop in _SHADES],
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hoverongaps": False,
    }
    layout = {
        "xaxis": {"type": "category", "showgrid": False, "fixedrange": True, "side": "top", "ticks": ""},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "fixedrange": True, "ticks": ""},
    }
    return {"data": [heat], "layout": layout}


def _part(share: float) -> str:
    """A whole percent; a small part is not nothing."""
    return f"<{fmt().percent(0.01, 0)}" if share < 0.005 else fmt().percent(share, 0)


def lateness_bars(parts: Sequence[Lateness], sop: SopVersion) -> Figure:
    """Each step's part of all time over target, the largest above."""
    f = fmt()
    names = [f"<b>{one.step}</b> {sop.step(one.step).short_name}" for one in parts]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [one.share for one in parts],
        "text": [f"{_part(one.share)} · {f.duration_short(one.over_seconds)}" for one in parts],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [
            f"{name}<br>{t('sla.over_title', time=f.duration(one.over_seconds), share=f.percent(one.share))}"
            for name, one in zip(names, parts, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": ["#DD7A70" if rank == 0 else LIGHT["late-soft"] for rank in range(len(parts))]},
        "width": 0.56,
    }
    longest = max((one.share for one in parts), default=1.0)
    layout = {
        "barcornerradius": 4,
        "xaxis": {"range": [0, longest * 1.45], "visible": False, "fixedrange": True},
        "yaxis": {"autorange": "reversed", "showgrid": False, "fixedrange": True, "tickfont": {"color": LIGHT["text"]}},
    }
    return {"data": [bars], "layout": layout}
