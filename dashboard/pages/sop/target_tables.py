"""The tables of the targets: realistic or not, what another one would change, what one step's lateness costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, bar, icon, link, pill, why
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import why_if, why_requests, why_step
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from etl.domain.compliance.what_if import Realism
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures
from etl.figures.compliance.what_if import AlwaysMet, Counted, Judgement, StepIf, WhatIf

_PILL = {
    Realism.TOO_FEW: (Tone.MUTED, "question-circle"),
    Realism.WIDE: (Tone.NEAR, "arrows-collapse"),
    Realism.RARE: (Tone.LATE, "arrows-expand"),
    Realism.OFTEN_MISSED: (Tone.NEAR, "exclamation-lg"),
    Realism.FITS: (Tone.GOOD, "check-lg"),
}
Heads = Sequence[tuple[str, str]]
"""Words of the column and its class."""


def _table(label: str, name: str, heads: Heads, rows: Sequence[html.Tr]) -> html.Div:
    cells = [html.Th(words, scope="col", className=kind) for words, kind in heads]
    drawn = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className=f"p-table {name}")
    return html.Div(drawn, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def _row(heads: Heads, name: Any, values: Sequence[Any], class_name: str = "") -> html.Tr:
    cells = [
        html.Td(html.Span(value), className=kind, **{"data-label": words})
        for value, (words, kind) in zip(values, heads[1:], strict=True)
    ]
    return html.Tr([html.Th(name, scope="row"), *cells], className=class_name)


def _name(sop: SopVersion, code: str) -> list[Component | str]:
    return [html.Strong(f"{code} "), sop.step(code).short_name]


def judged_table(judged: Sequence[Judgement], figures: SlaFigures, sop: SopVersion) -> html.Div:
    """One row a step: target, how often it is met, how long it takes, and the word for it with its reason."""
    heads = [
        (t("word.step"), ""),
        (t("sla.target"), "num"),
        (t("sla.count"), "num"),
        (t("sla.share_interval"), "sop-result"),
        (t("sla.median"), "num"),
        (t("sla.p90"), "num"),
        (t("sop.p90_part"), "num"),
        (t("sop.verdict"), ""),
    ]
    rows = [_row(heads, _name(sop, one.step.step), _judged(one, figures)) for one in judged]
    return _table(t("sop.real_title"), "sop-real", heads, rows)


def _judged(one: Judgement, figures: SlaFigures) -> list[Any]:
    f, step = fmt(), one.step
    few = t("sop.few") if step.n else t("word.none")
    length = [few if value is None else f.minutes(value) for value in (step.median_seconds, step.p90_seconds)]
    return [
        f.duration_short(step.target_seconds),
        f.number(step.n),
        [*_share(Counted(step.n, step.met)), why(why_step(figures.filter, step.step), _of(Figure.SHARE, step.step))],
        length[0],
        [length[1], why(why_step(figures.filter, step.step, Figure.P90), _of(Figure.P90, step.step))],
        f.percent(one.p90_part, 0),
        _word(one),
    ]


def _of(figure: Figure, step: str) -> str:
    return f"{t(f'why.figure_{figure.name}')}, {step}"


def _word(one: Judgement) -> list[Component]:
    tone, icon_name = _PILL[one.word]
    f = fmt()
    why_words = t(
        f"sop.real_why_{one.word}",
        met=f.number(one.step.met),
        n=f.number(one.step.n),
        part=f.percent(one.p90_part, 0),
    )
    return [pill(tone, icon_name, t(f"sop.real_{one.word}")), html.Div(why_words, className="p-muted")]


def _share(counted: Counted) -> list[Component | str]:
    """Percent, bar with interval; words where nothing was judged."""
    if counted.share is None or counted.interval is None:
        return [t("sla.nothing")]
    f, tone = fmt(), share_tone(counted.share, counted.n)
    words = t(
        "sla.share_title", met=f.number(counted.met), n=f.number(counted.n), interval=f.interval(*counted.interval)
    )
    percent = html.Strong(percent_words(counted.share), className=f"sop-share is-{tone}", title=words)
    return [percent, bar(counted.share, *counted.interval, tone), html.Span(words, className="visually-hidden")]


def _now_and_then(now: Counted, then: Counted) -> list[Component | str]:
    """ "67% (118/176) → 88% (154/175)"."""
    arrow = [icon("arrow-right"), html.Span(t("sop.becomes"), className="visually-hidden")]
    return [_short(now), html.Span(arrow, className="sop-arrow"), html.Strong(_short(then))]


def _short(counted: Counted) -> str:
    f = fmt()
    if counted.share is None:
        return t("sla.nothing")
    return f"{percent_words(counted.share)} ({f.number(counted.met)}/{f.number(counted.n)})"


def if_table(found: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step with another target, and the requests."""
    f = fmt()
    heads = [
        (t("word.step"), ""),
        (t("sop.if_from"), "num"),
        (t("sop.if_to"), "num"),
        (t("sop.if_share"), ""),
        (t("sop.if_changes"), ""),
    ]
    rows = [
        _row(
            heads,
            _name(sop, one.step),
            [
                f.duration_short(sop.step(one.step).target_seconds),
                f.duration_short(one.seconds),
                [
                    *_now_and_then(one.now, one.then),
                    " ",
                    why(why_step(found.filter, one.step), _of(Figure.SHARE, one.step)),
                ],
                _turns(found, one),
            ],
        )
        for one in found.steps
    ]
    requests = [*_now_and_then(found.requests_now, found.requests_then), " ", _why_requests(found)]
    rows.append(_row(heads, html.Strong(t("sop.if_requests")), ["", "", requests, ""], "sop-sum-row"))
    return _table(t("sop.then_title"), "sop-if", heads, rows)


def _why_requests(found: WhatIf) -> Component:
    """From the share of letters as it is now to what it was made from."""
    return why(why_requests(found.filter), t("why.figure_REQUESTS"))


def _turns(found: WhatIf, one: StepIf) -> list[Component | str]:
    """How many steps would change, each leading to them."""
    f = fmt()
    links = [
        html.Div(
            link(
                t(f"sop.turn_{turn.name}", count=f.number(n), n=n),
                why_if(found.filter, one.step, one.seconds, turn),
                "why-part",
            )
        )
        for turn, n in one.turns.items()
        if n
    ]
    return [*links] or [t("sop.turn_none")]


def always_table(found: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step of the office, the one that costs most requests first."""
    f = fmt()
    heads = [
        (t("sop.always_step"), ""),
        (t("sop.always_saved"), "num"),
        (t("sop.always_share"), ""),
        (t("sop.always_ready"), "num"),
    ]
    ordered = sorted(found.always, key=lambda one: (-one.saved, one.step))
    rows = [
        _row(
            heads,
            _name(sop, one.step),
            [
                f.number(one.saved),
                [*_now_and_then(found.requests_now, one.requests), " ", _why_requests(found)],
                [_ready(found, one), " ", why(why_requests(found.filter, Figure.READY), t("why.figure_READY"))],
            ],
        )
        for one in ordered
    ]
    return _table(t("sop.always_title"), "sop-real", heads, rows)


def _ready(found: WhatIf, one: AlwaysMet) -> str:
    """ "2 jam 24 menit (6 menit lebih cepat)"."""
    f = fmt()
    if one.ready_median_seconds is None or found.ready_median_seconds is None:
        return t("sop.few") if found.ready_n else t("word.none")
    saved = found.ready_median_seconds - one.ready_median_seconds
    words = f.duration_short(one.ready_median_seconds)
    return f"{words} ({t('sop.always_faster', time=f.duration_short(saved))})" if saved >= 1 else words
