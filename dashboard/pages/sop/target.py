"""Are the targets realistic, and what would be if one were another, or were always met?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import dash_bootstrap_components as dbc
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    bar,
    bind_filters,
    button,
    empty,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    pill,
    stack,
    why,
    with_query,
)
from dashboard.components.tables import Column, table, table_row
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import own_names
from dashboard.pages.shared.links import TARGET, minutes_text, tabs, why_button, why_if, why_requests
from dashboard.pages.shared.monitoring_rule import monitoring_rule, percent_words, share_tone, share_words
from dashboard.pages.shared.page_request import (
    PERIOD_AND_PLACE,
    Names,
    PageRequest,
    bind_part,
    office_today,
    refusal,
    to_come,
)
from dashboard.pages.sop import filters
from dashboard.printed.step_columns import STEP_COLUMNS
from data_access.errors import PantauError
from etl.desk.sop_edit import editable
from etl.domain.compliance.what_if import Realism
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.units import MINUTE
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.compliance.what_if import AlwaysMet, Counted, Judgement, StepIf, WhatIf, judgements, what_if
from etl.office import Office

PAGE = Page.SOP
PATH = TARGET
TITLE = "sop.tab_target"
NAV = None

PREFIX = "sop-target"
PRESET = "last_12_months"
"""A target is looked at over a year: a month has too few of most steps."""

_BODY, _IF = f"{PREFIX}-body", f"{PREFIX}-if"


def _names(office: Office) -> Names:
    """The filters, and each step whose target one tries."""
    return {**PERIOD_AND_PLACE, **dict.fromkeys(editable(office.sop.current()))}


ADDRESS_NAMES = _names


def _id(code: str) -> str:
    return f"{PREFIX}-{code}"


def layout(page_request: PageRequest) -> Component:
    """Head, filters, the fields of the targets, and the place of the answers."""
    office, user = page_request.office, page_request.account
    today = office_today(office, page_request.now)
    controls = filters.filters(office, TARGET, page_request.query, today, user, PREFIX, PRESET)
    return stack(
        page_url(PREFIX),
        page_head(t("sop.tab_target"), t("sop.target_subtitle"), actions=[controls]),
        tabs(TARGET, page_request.query, page_request.account),
        loading(html.Div(realistic(office, page_request.query, page_request.now, user), id=_BODY)),
        _fields_panel(page_request.office.sop.current(), page_request.query),
        loading(html.Div(id=_IF)),
        class_name="sop",
    )


def _fields_panel(sop: SopVersion, query: Mapping[str, str]) -> Component:
    """One field a step, in minutes, filled with its target; what stands in the address is shown."""
    kept = {name: query.get(name) for name in ("dari", "sampai", "opd")}
    return panel(
        html.P(t("sop.if_hint"), className="intake-hint"),
        html.Div(
            [_field(sop.step(code), query.get(code, "")) for code in editable(sop)], className="sop-times is-short"
        ),
        html.Div(button(t("sop.if_reset"), href=with_query(TARGET, **kept), kind="quiet"), className="no-print"),
        title=t("sop.if_title"),
    )


def _field(step: SopStep, typed: str) -> html.Label:
    minutes = typed or _minutes(step)
    field = dbc.Input(
        id=_id(step.code), type="text", inputmode="decimal", value=minutes, debounce=0.6, class_name="p-input"
    )
    words = html.Span(f"{step.code} · {step.short_name}", className="p-field-label")
    return html.Label([words, html.Span([field, t("sop.minutes")], className="sop-minutes")], className="p-field")


def _minutes(step: SopStep) -> str:
    return minutes_text(step.target_seconds) if step.target_seconds else ""


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Answer for the period and the targets of the address."""

    def usual() -> dict[str, str]:
        sop = office.sop.current()
        targets = {code: _minutes(sop.step(code)) for code in editable(sop)}
        return {**filters.defaults(office_today(office, now()), PRESET), **targets}

    fields = {**filters.fields(PREFIX), **{code: _id(code) for code in editable(office.sop.current())}}
    bind_filters(app, PAGE, PREFIX, fields, usual, partial(own_names, office))

    bind_part(app, PAGE, PREFIX, _BODY, lambda query, user: realistic(office, query, now(), user), is_drawn=True)
    bind_part(app, PAGE, PREFIX, _IF, lambda query, user: other_targets(office, query, now(), user))


def realistic(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """Each step's target beside its numbers; what cannot be asked is answered in words."""
    today = office_today(office, now)
    try:
        filter_ = filters.asked_filter(query, today, user, PRESET)
        if filter_.period.first > today:
            return panel(to_come(filter_.period))
        figures = sla_figures(office, filter_, now)
    except PantauError as error:
        return refusal(error)
    sop = office.sop.version_for(figures.filter.period.last)
    note = fmt().period(figures.filter.period.first, figures.filter.period.last)
    return panel(
        judged_table(judgements(figures, monitoring_rule().share), figures, sop),
        html.P(t("sop.real_rule", wanted=fmt().percent(monitoring_rule().share)), className="sla-note"),
        title=t("sop.real_title"),
        note=note,
    )


def other_targets(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """What the targets in the address would change, and what one step's lateness costs."""
    today = office_today(office, now)
    try:
        filter_ = filters.asked_filter(query, today, user, PRESET)
        if filter_.period.first > today:
            return html.Div()
        effect = what_if(office, filter_, targets_in(query, office.sop.current()), now)
    except PantauError as error:
        return refusal(error)
    sop = office.sop.current()
    changed: Sequence[Component] = [empty(t("sop.if_nothing"), t("sop.if_nothing_hint"), "sliders")]
    if effect.steps:
        changed = [if_table(effect, sop), html.P(t("sop.if_rule"), className="sla-note")]
    return stack(
        panel(*changed, title=t("sop.then_title")),
        panel(
            always_table(effect, sop),
            html.P(t("sop.always_rule"), className="sla-note"),
            title=t("sop.always_title"),
            note=t("sop.always_note"),
        ),
    )


def targets_in(query: Mapping[str, str], sop: SopVersion) -> dict[str, int]:
    """Seconds by step of the targets in an address that are not the step's own. MinutesError for what is no number."""
    targets = {code: read_minutes(query[code]) for code in editable(sop) if query.get(code)}
    return {code: seconds for code, seconds in targets.items() if seconds != sop.step(code).target_seconds}


MOST_MINUTES = 30 * 24 * 60
"""Minutes; as for a limit that is entered for good."""


class MinutesError(PantauError):
    """What stands where minutes are wanted is no number of them."""


def read_minutes(text: str) -> int:
    """Seconds of a number of minutes, whole or with a decimal point or comma. MinutesError for anything else."""
    try:
        seconds = round(float(text.strip().replace(",", ".")) * MINUTE)
    except (ValueError, OverflowError):
        raise MinutesError("sop.bad_minutes", value=text[:40], most=MOST_MINUTES) from None
    if not 0 < seconds <= MOST_MINUTES * MINUTE:
        raise MinutesError("sop.bad_minutes", value=text[:40], most=MOST_MINUTES)
    return seconds


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
        button = why_button(filter_, step.step, Figure.SHARE)
        return html.Span([*_share(Counted(step.n, step.met)), button])

    def p90(row: Judgement) -> html.Span:
        return html.Span([_length(row, Figure.P90), why_button(filter_, row.step.step, Figure.P90)])

    columns: list[Column[Judgement]] = [
        Column("step", t("word.step"), lambda row: _name(sop, row.step.step), is_name=True),
        *(_number(name, STEP_COLUMNS[name].head, _of_step(name)) for name in ("target", "n")),
        Column("share", t("sla.share_interval"), share, class_name="sop-result"),
        _number(Figure.MEDIAN, STEP_COLUMNS[Figure.MEDIAN].head, lambda row: _length(row, Figure.MEDIAN)),
        Column(Figure.P90, STEP_COLUMNS[Figure.P90].head, p90, class_name="num"),
        _number("p90_part", t("sop.p90_part"), lambda row: f.percent(row.p90_part, 0)),
        Column("verdict", t("sop.verdict"), lambda row: html.Span(_word(row))),
    ]
    return table(t("sop.real_title"), columns, judged, "sop-real")


def _number(key: str, head: str, words: Callable[[Row], str]) -> Column[Row]:
    return Column(key, head, lambda row: html.Span(words(row)), class_name="num")


def _of_step(name: str) -> Callable[[Judgement], str]:
    return lambda row: STEP_COLUMNS[name].words(row.step, fmt())


def _length(row: Judgement, name: str) -> str:
    """A length of time; in words where too few were finished to tell."""
    if row.step.percentiles is None and row.step.n:
        return t("sop.few")
    return STEP_COLUMNS[name].words(row.step, fmt())


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
    tone, words = share_tone(counted.share, counted.n), share_words(counted.met, counted.n, counted.interval)
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


def if_table(effect: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step with another target, and the requests."""
    f = fmt()

    def share(row: StepIf) -> html.Span:
        button = why_button(effect.filter, row.step, Figure.SHARE)
        return html.Span([*_now_and_then(row.now, row.then), " ", button])

    columns: list[Column[StepIf]] = [
        Column("step", t("word.step"), lambda row: _name(sop, row.step), is_name=True),
        _number("from", t("sop.if_from"), lambda row: f.duration_short(sop.step(row.step).target_seconds)),
        _number("to", t("sop.if_to"), lambda row: f.duration_short(row.seconds)),
        Column("share", t("sop.if_share"), share),
        Column("changes", t("sop.if_changes"), lambda row: html.Span(_turns(effect, row))),
    ]
    shares = _now_and_then(effect.requests_now, effect.requests_then)
    requests = {"step": html.Strong(t("sop.if_requests")), "share": html.Span([*shares, " ", _why_requests(effect)])}
    total = table_row(columns, requests, className="sop-sum-row")
    return table(t("sop.then_title"), columns, effect.steps, "sop-if", foot=[total])


def _why_requests(effect: WhatIf) -> Component:
    """From the share of letters as it is now to what it was made from."""
    return why(why_requests(effect.filter), t("why.figure_REQUESTS"))


def _turns(effect: WhatIf, row: StepIf) -> list[Component | str]:
    """How many steps would change, each leading to them."""
    f = fmt()
    links = [
        html.Div(
            link(
                t(f"sop.turn_{turn.name}", count=f.number(n), n=n),
                why_if(effect.filter, row.step, row.seconds, turn),
                "why-part",
            )
        )
        for turn, n in row.turns.items()
        if n
    ]
    return [*links] or [t("sop.turn_none")]


def always_table(effect: WhatIf, sop: SopVersion) -> html.Div:
    """One row a step of the office, the one that costs most requests first."""

    def share(row: AlwaysMet) -> html.Span:
        return html.Span([*_now_and_then(effect.requests_now, row.requests), " ", _why_requests(effect)])

    def ready(row: AlwaysMet) -> html.Span:
        button = why(why_requests(effect.filter, Figure.READY), t("why.figure_READY"))
        return html.Span([_ready(effect, row), " ", button])

    columns: list[Column[AlwaysMet]] = [
        Column("step", t("sop.always_step"), lambda row: _name(sop, row.step), is_name=True),
        _number("saved", t("sop.always_saved"), lambda row: fmt().number(row.saved)),
        Column("share", t("sop.always_share"), share),
        Column("ready", t("sop.always_ready"), ready, class_name="num"),
    ]
    rows = sorted(effect.always, key=lambda row: (-row.saved, row.step))
    return table(t("sop.always_title"), columns, rows, "sop-real")


def _ready(effect: WhatIf, row: AlwaysMet) -> str:
    """ "2 jam 24 menit (6 menit lebih cepat)"."""
    f = fmt()
    if row.ready_median_seconds is None or effect.ready_median_seconds is None:
        return t("sop.few") if effect.ready_n else t("word.none")
    saved = effect.ready_median_seconds - row.ready_median_seconds
    words = f.duration_short(row.ready_median_seconds)
    return f"{words} ({t('sop.always_faster', time=f.duration_short(saved))})" if saved >= 1 else words
