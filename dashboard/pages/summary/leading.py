"""How does the office do: the four figures of Kepatuhan, the step that needs a word, this month and the one before?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import icon, kpi_row, link, panel, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import in_points
from dashboard.pages.compliance.headlines import headlines, word_on_a_step
from dashboard.pages.requests.decide import DECIDING
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.links import KEPATUHAN, Behind, filtered_address, requests_behind, why_compare
from dashboard.pages.shared.monitoring_rule import percent_words
from dashboard.pages.shared.page_request import office_today
from etl.domain.statistics import FEWEST_TO_SAY
from etl.domain.units import MINUTE
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.reading import (
    Comparison,
    Decider,
    decider,
    month_change,
    telling_month,
)
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.filter import SlaFilter, month_period
from etl.office import Office

Figures = tuple[SlaFigures, Decider | None]


def leads(user: Account) -> bool:
    """Whether that user, or the post that it stands in for, decides about requests: Kabid and Kadin."""
    return bool({*DECIDING} & {*user.roles})


def leading(office: Office, now: int) -> list[Component]:
    """The figures of the semester as Kepatuhan shows them at first, then in words what is to be talked about; nothing
    before the first load."""
    if not office.mart.exists():
        return []
    today, (figures, decided) = office_today(office, now), _figures(office, now)
    words = panel(html.Ul([*map(html.Li, _words(office, figures, decided, today))]), class_name="summary-words")
    if not figures.all_steps.n and not figures.requests.n:
        return [words]
    period = figures.filter.period
    title = [t("summary.figures"), html.Span(f" · {fmt().period(period.first, period.last)} ", className="p-muted")]
    head = html.H2([*title, link(t("sla.title"), KEPATUHAN)], className="summary-head")
    return [html.Section([head, kpi_row(*headlines(figures, figures.version, decided))]), words]


def _figures(office: Office, now: int) -> Figures:
    """Counted once a minute and mart: everybody's page is drawn anew after each tap."""
    mart, filter_ = office.mart.read(), asked_sla_filter({}, office_today(office, now))

    def counted() -> Figures:
        figures = sla_figures(office, filter_, now)
        return figures, decider(office, figures)

    return mart.remember(("summary figures", filter_, office.book.hash, now // MINUTE), counted)


def _words(
    office: Office, figures: SlaFigures, decided: Decider | None, today: date
) -> Iterator[list[Component | str]]:
    """A sentence each: the semester, where it holds nothing yet, the step that needs a word, the month."""
    if figures.all_steps.n:
        yield [icon("chat-square-text"), html.Span(_of_step(office, figures, decided))]
    else:
        yield [icon("calendar-minus"), html.Span(_nothing(figures))]
    month = telling_month(figures, today)
    compared, f = month_change(figures, month), fmt()
    of_month = SlaFilter(month_period(month.year, month.month))
    about = why(why_compare(of_month, ALL_STEPS), t("summary.month_change", month=f.month(month)))
    shown = [" ", about] if compared.n and compared.earlier_n else []
    yield [icon(_way(compared)), html.Span([month_words(compared, month), *shown])]
    if month != today:
        begun = month_change(figures, today)
        words = t("summary.month_so_far", month=f.month(today), now=_share(begun.part, begun.n))
        yield [icon("hourglass-top"), html.Span(words)]


def _nothing(figures: SlaFigures) -> list[Component | str]:
    f, period, before = fmt(), figures.filter.period, figures.previous_period
    words = t("summary.no_figures", period=f.period(period.first, period.last))
    if figures.previous_all_steps is None or not figures.previous_all_steps.n:
        return [words]
    address = filtered_address(KEPATUHAN, SlaFilter(before))
    return [words, " ", link(t("summary.see_period", period=f.period(before.first, before.last)), address)]


def _of_step(office: Office, figures: SlaFigures, decided: Decider | None) -> list[Component | str]:
    step, title, words = word_on_a_step(figures, office.settings.monitoring_rule, decided)
    if step is None:
        return [words]
    late = step.late + step.overdue
    way = link(
        t("summary.word_see", n=late, count=fmt().number(late)), requests_behind(figures.filter, step.step, Behind.LATE)
    )
    return [html.Strong(title), " ", words, " ", way]


def _way(compared: Comparison) -> str:
    """The sign of a change: none where chance alone may have made it, or nobody can say."""
    if is_too_few(compared) or compared.is_within_chance or not compared.difference:
        return "dash-lg"
    return "arrow-up-right" if compared.difference > 0 else "arrow-down-right"


def is_too_few(compared: Comparison) -> bool:
    """Whether one of two months has so few judged steps that nothing is said of their difference."""
    return min(compared.n, compared.earlier_n) < FEWEST_TO_SAY


def month_words(compared: Comparison, today: date) -> str:
    """What is known of both months, then whether they differ by more than chance."""
    f, before = fmt(), month_period(today.year, today.month).previous().first
    months = t(
        "summary.month",
        now=_share(compared.part, compared.n),
        before=_share(compared.earlier_part, compared.earlier_n),
        month=f.month(today),
        earlier=f.month(before),
    )
    if is_too_few(compared) or compared.difference is None or compared.interval is None:
        return f"{months} {t('summary.month_unknown', n=FEWEST_TO_SAY)}"
    key = "chance" if compared.is_within_chance else "up" if compared.difference > 0 else "down"
    low, high = (f.signed(round(end * 100, 1)) for end in compared.interval)
    points = f.number(abs(in_points(compared.difference)))
    return f"{months} {t(f'summary.month_{key}', points=points, low=low, high=high)}"


def _share(part: int, n: int) -> str:
    if not n:
        return t("summary.month_none")
    return t("summary.month_share", share=percent_words(part / n), n=n, count=fmt().number(n))
