"""The tables of the targets: realistic or not, what another one would change, what one step's lateness costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, bar, icon, link, pill, why
from dashboard.components.tables import Column, table, table_row
from dashboard.i18n import fmt, t
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from dashboard.pages.shared.why_links import why_if, why_letters, why_step
from etl.domain.compliance.what_if import Realism
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures
from etl.figures.compliance.what_if import AlwaysMet, Counted, Judgement, StepIf, WhatIf

Row = TypeVar("Row")

_PILL = {
    Realism.TOO_FEW: (Tone.MUTED, "question-circle"),
    Realism.WIDE: (Tone.NEAR, "arrows-collapse"),
    Realism.RARE: (Tone.LATE, "arrows-expand"),
    Realism.OFTEN_MISSED: (Tone.NEAR, "exclamation-lg"),
    Realism.FITS: (Tone.GOOD, "check-lg"),
}


def _name(sop: SopVersion, code: str) -> list[Component | str]:
    return [html.Strong(f"{code} "), sop.step(code).short_name]


def judged_table(judged: Sequence[Judgement], figures: SlaFigures, sop: SopVersion) -> html.Div:
    """One row a step: target, how often it is met, how long it takes, and the word for it with its reason."""
    f, filter_ = fmt(), figures.filter

    def share(row: Judgement) -> html.Span:
        step = row.step
        button = why(why_step(filter_, step.step), _of(Figure.SHARE, step.step))
        return html.Span([*_share(Counted(step.n, step.met)), button])

    def p90(row: Judgement) -> html.Span:
        code = row.step.step
        button = why(why_step(filter_, code, Figure.P90), _of(Figure.P90, code))
        return html.Span([_length(row, row.step.p90_seconds), button])

    columns: list[Column[Judgement]] = [
        Column("step", t("word.step"), lambda row: _name(sop, row.step.step), is_name=True),
        _number("target", t("sla.target"), lambda row: f.duration_short(row.step.target_seconds)),
        _number("n", t("sla.count"), lambda row: f.number(row.step.n)),
        Column("share", t("sla.share_interval"), share, class_name="sop-result"),
        _number("median", t("sla.median"), lambda row: _length(row, row.step.median_seconds)),
        Column("p90", t("sla.p90"), p90, class_name="num"),
        _number("p90_part", t("sop.p90_part"), lambda row: f.percent(row.p90_part, 0)),
        Column("verdict", t("sop.verdict"), lambda row: html.Span(_word(row))),
    ]
    return table(t("sop.real_title"), columns, judged, "sop-real")


def _number(key: str, head: str, words: Callable[[Row], str]) -> Column[Row]:
    return Column(key, head, lambda row: html.Span(words(row)), class_name="num")


def _length(row: Judgement, seconds: float | None) -> str:
    """A length of time; in words where too few were finished to tell."""
    if seconds is None:
        return t("sop.few") if row.step.n else t("word.none")
    return fmt().minutes(seconds)


def _of(figure: Figure, step: str) -> str:
    return f"{t(f'why.figure_{figure.name}')}, {step}"


def _word(row: Judgement) -> list[Component]:
    tone, icon_name = _PILL[row.word]
    f = fmt()
    why_words = t(
        f"sop.real_why_{row.word}",
        met=f.number(row.step.met),
        n=f.number(row.step.n),
        part=f.percent(row.p90_part, 0),
    )
    return [pill(tone, icon_name, t(f"sop.real_{row.word}")), html.Div(why_words, className="p-muted")]


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


def if_table(what_if: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step with another target, and the requests."""
    f = fmt()

    def share(row: StepIf) -> html.Span:
        button = why(why_step(what_if.filter, row.step), _of(Figure.SHARE, row.step))
        return html.Span([*_now_and_then(row.now, row.then), " ", button])

    columns: list[Column[StepIf]] = [
        Column("step", t("word.step"), lambda row: _name(sop, row.step), is_name=True),
        _number("from", t("sop.if_from"), lambda row: f.duration_short(sop.step(row.step).target_seconds)),
        _number("to", t("sop.if_to"), lambda row: f.duration_short(row.seconds)),
        Column("share", t("sop.if_share"), share),
        Column("changes", t("sop.if_changes"), lambda row: html.Span(_turns(what_if, row))),
    ]
    shares = _now_and_then(what_if.requests_now, what_if.requests_then)
    requests = {"step": html.Strong(t("sop.if_requests")), "share": html.Span([*shares, " ", _why_requests(what_if)])}
    total = table_row(columns, requests, className="sop-sum-row")
    return table(t("sop.then_title"), columns, what_if.steps, "sop-if", foot=[total])


def _why_requests(what_if: WhatIf) -> Component:
    """From the share of letters as it is now to what it was made from."""
    return why(why_letters(what_if.filter), t("why.figure_REQUESTS"))


def _turns(what_if: WhatIf, row: StepIf) -> list[Component | str]:
    """How many steps would change, each leading to them."""
    f = fmt()
    links = [
        html.Div(
            link(
                t(f"sop.turn_{turn.name}", count=f.number(n), n=n),
                why_if(what_if.filter, row.step, row.seconds, turn),
                "why-part",
            )
        )
        for turn, n in row.turns.items()
        if n
    ]
    return [*links] or [t("sop.turn_none")]


def always_table(what_if: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step of the office, the one that costs most requests first."""

    def share(row: AlwaysMet) -> html.Span:
        return html.Span([*_now_and_then(what_if.requests_now, row.requests), " ", _why_requests(what_if)])

    def ready(row: AlwaysMet) -> html.Span:
        button = why(why_letters(what_if.filter, Figure.READY), t("why.figure_READY"))
        return html.Span([_ready(what_if, row), " ", button])

    columns: list[Column[AlwaysMet]] = [
        Column("step", t("sop.always_step"), lambda row: _name(sop, row.step), is_name=True),
        _number("saved", t("sop.always_saved"), lambda row: fmt().number(row.saved)),
        Column("share", t("sop.always_share"), share),
        Column("ready", t("sop.always_ready"), ready, class_name="num"),
    ]
    rows = sorted(what_if.always, key=lambda row: (-row.saved, row.step))
    return table(t("sop.always_title"), columns, rows, "sop-real")


def _ready(what_if: WhatIf, row: AlwaysMet) -> str:
    """ "2 jam 24 menit (6 menit lebih cepat)"."""
    f = fmt()
    if row.ready_median_seconds is None or what_if.ready_median_seconds is None:
        return t("sop.few") if what_if.ready_n else t("word.none")
    saved = what_if.ready_median_seconds - row.ready_median_seconds
    words = f.duration_short(row.ready_median_seconds)
    return f"{words} ({t('sop.always_faster', time=f.duration_short(saved))})" if saved >= 1 else words
