"""The page narrowed to one step: the way back, what is said of it first, and its longest passes by their letters."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import Kpi, Tone, bar, empty, icon, link, panel, why
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import is_too_few, only_step, why_number
from dashboard.pages.compliance.headlines import change_words
from dashboard.pages.shared.links import (
    Behind,
    one_step,
    request_address,
    requests_behind,
    why_request_step,
    why_step,
)
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone
from dashboard.printed.step_columns import basis_words, unflagged_words
from etl.domain.sop.versions import SopVersion
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.evidence import LongPass
from etl.figures.compliance.reading import comparisons
from etl.figures.compliance.steps import SlaFigures, StepFigure


def narrowed(figures: SlaFigures, sop: SopVersion) -> Component | None:
    """To which step the page is narrowed, and the way back to all of them."""
    only = only_step(figures)
    if only is None:
        return None
    words = t("sla.narrowed", step=f"{only.step} · {sop.step(only.step).short_name}")
    back = [icon("x-lg"), html.Span(t("sla.all_again"))]
    return html.Div(
        [html.Strong(words), link(back, one_step(figures.filter, ""), "sla-all-again no-print")],
        className="sla-narrowed",
        role="status",
    )


def step_headlines(figures: SlaFigures, step: StepFigure, longest: Sequence[LongPass]) -> list[Kpi]:
    """What the page says first of one step: its share, its median and its ninetieth percentile, those late, the longest
    pass."""
    return [
        _share_kpi(figures, step),
        _median_kpi(figures, step),
        _late_kpi(figures, step),
        _longest_kpi(step, longest),
    ]


def _share_kpi(figures: SlaFigures, step: StepFigure) -> Kpi:
    f, title = fmt(), t("sla.share")
    if step.share is None or step.interval is None or is_too_few(figures, step.n):
        return Kpi(title, t("word.none"), note=t("sla.unflagged_few" if step.n else "sla.nothing"))
    parts = [
        t("sla.kpi_steps_note", met=f.number(step.met), n=f.number(step.n), interval=f.interval(*step.interval)),
        basis_words(step, f),
        unflagged_words(step.without_flagged, f) if step.flags else "",
        change_words(figures, next(row for row in comparisons(figures) if row.what == step.step)),
    ]
    return Kpi(
        title,
        percent_words(step.share),
        note=" · ".join(part for part in parts if part),
        tone=share_tone(step.share, step.n),
        href=requests_behind(figures.filter, step.step, Behind.JUDGED),
        beside=why(why_step(figures.filter, step.step), title),
    )


def _median_kpi(figures: SlaFigures, step: StepFigure) -> Kpi:
    f, title = fmt(), t("sla.median")
    target = t("sla.kpi_target", target=f.duration_short(step.target_seconds))
    if step.median_seconds is None:
        return Kpi(title, t("word.none"), note=f"{t('sla.kpi_few_durations')} · {target}")
    return Kpi(
        title,
        f.minutes(step.median_seconds),
        note=f"{t('sla.p90')} {f.minutes(step.p90_seconds)} · {target}",
        href=requests_behind(figures.filter, step.step, Behind.FINISHED),
        beside=why(why_step(figures.filter, step.step, Figure.MEDIAN), title),
    )


def _late_kpi(figures: SlaFigures, step: StepFigure) -> Kpi:
    f, title, late = fmt(), t("sla.late"), step.late + step.overdue
    if not late:
        return Kpi(title, f.number(0), note=t("sla.no_lateness" if step.n else "sla.nothing"))
    address = requests_behind(figures.filter, step.step, Behind.LATE)
    note = t("sla.kpi_over", time=f.duration_short(step.over_seconds))
    return Kpi(title, f.number(late), note=note, tone=Tone.LATE, href=address)


def _longest_kpi(step: StepFigure, longest: Sequence[LongPass]) -> Kpi:
    title = t("sla.longest_kpi")
    if not longest:
        return Kpi(title, t("word.none"), note=t("sla.no_durations"))
    f, first = fmt(), longest[0]
    tone = Tone.LATE if step.target_seconds is not None and first.seconds > step.target_seconds else Tone.PLAIN
    note = f"{letter_name(first.year, first.agenda_number)} · {t('sla.longest_finished')}"
    address = request_address(first.year, first.agenda_number)
    return Kpi(title, f.duration_short(first.seconds), note=note, tone=tone, href=address)


def longest_panel(step: StepFigure, longest: Sequence[LongPass]) -> html.Section:
    """The longest passes of a step by their letters, with what each is over the standard."""
    title, target = t("sla.longest_title"), step.target_seconds
    if not longest:
        return panel(empty(t("sla.no_durations")), title=title)
    f, most = fmt(), longest[0].seconds or 1

    def drawn(one: LongPass) -> Component:
        is_late = target is not None and one.seconds > target
        return html.Div(
            [bar(one.seconds / most, tone=Tone.LATE if is_late else Tone.GOOD), _target_mark(target, most)],
            className="sla-long-bar",
        )

    def over(one: LongPass) -> str:
        return f.duration_short(one.seconds - target) if target is not None and one.seconds > target else t("word.none")

    columns: list[Column[LongPass]] = [
        Column("letter", t("sla.longest_letter"), _letter_link, is_name=True),
        Column("length", t("sla.longest_length"), lambda one: _length(step.step, one), class_name="num"),
        Column("drawn", t("sla.longest_drawn"), drawn, class_name="sla-long-cell"),
        Column("over", t("sla.over"), over, class_name="num"),
    ]
    shown = table(title, columns, longest, "sla-coverage sla-long")
    note = t("sla.longest_note", target=f.duration_short(target))
    return panel(shown, title=title, note=note, folded=_length_words(longest[0]))


def _letter_link(one: LongPass) -> Component:
    name = letter_name(one.year, one.agenda_number)
    return link(name, request_address(one.year, one.agenda_number), "sla-quiet-link")


def _length(step: str, one: LongPass) -> Component | str:
    """How long it took, which leads to its days."""
    address = why_request_step(one.year, one.agenda_number, step)
    return why_number(fmt().duration_short(one.seconds), address, letter_name(one.year, one.agenda_number))


def _length_words(one: LongPass) -> str:
    return f"{t('sla.longest')} {letter_name(one.year, one.agenda_number)}: {fmt().duration_short(one.seconds)}"


def _target_mark(target: int | None, most: float) -> Component | None:
    if target is None or target > most:
        return None
    return html.Span(className="p-range-target", style={"left": f"{target / most * 100:.2f}%"})
