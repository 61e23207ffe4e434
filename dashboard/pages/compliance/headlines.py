"""The figures of the compliance page in short: four headline figures, and whole letters with what they are made of."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import Kpi, Tone, panel, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, in_points, is_too_few, share_bar, with_why
from dashboard.pages.shared.links import (
    Behind,
    requests_behind,
    requests_of_kind,
    why_requests,
    why_step,
)
from dashboard.pages.shared.monitoring_rule import percent_words, rule_words, share_tone
from dashboard.printed.step_columns import basis_words, unflagged_words
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_TO_SAY
from etl.domain.verdict import MonitoringRule
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import (
    Comparison,
    Decider,
    change,
    in_need_of_a_word,
    is_any_assessed,
    largest,
    lateness,
)
from etl.figures.compliance.steps import SlaFigures, StepFigure
from etl.figures.requests.period import LetterKind


def headlines(figures: SlaFigures, sop: SopVersion, decided: Decider | None) -> list[Kpi]:
    """Steps on time, letters on time, receipt to ready, the largest source of lateness with the letter that decides
    it."""
    return [_steps_kpi(figures), _requests_kpi(figures), _ready_kpi(figures), _lateness_kpi(figures, sop, decided)]


def _steps_kpi(figures: SlaFigures) -> Kpi:
    figure, f = figures.all_steps, fmt()
    if figure.share is None or figure.interval is None or is_too_few(figures, figure.n):
        return Kpi(t("sla.kpi_steps"), t("word.none"), note=t("sla.unflagged_few" if figure.n else "sla.nothing"))
    parts = [
        t("sla.kpi_steps_note", met=f.number(figure.met), n=f.number(figure.n), interval=f.interval(*figure.interval)),
        basis_words(figure, f),
        unflagged_words(figure.without_flagged, f) if figure.flags else "",
        change_words(figures, change(figures)),
    ]
    return Kpi(
        t("sla.kpi_steps"),
        percent_words(figure.share),
        note=" · ".join(part for part in parts if part),
        tone=share_tone(figure.share, figure.n),
        href=requests_behind(figures.filter, figures.office_steps, Behind.JUDGED),
        beside=why(why_step(figures.filter, ALL_STEPS), t("sla.kpi_steps")),
    )


def change_words(figures: SlaFigures, since: Comparison | None) -> str:
    """Up or down by so many points since the period before, and whether chance alone could do that."""
    if since is None or since.difference is None:
        return t("sla.change_none")
    f = fmt()
    points = in_points(since.difference)
    before = f.period(figures.previous_period.first, figures.previous_period.last)
    key = "up" if since.difference > 0 else "down"
    size = f.number(abs(points))
    words = t(f"sla.change_{key}", n=size, before=before) if points else t("sla.change_same", before=before)
    return f"{words} ({t('sla.within_chance')})" if since.is_within_chance else words


def _requests_kpi(figures: SlaFigures) -> Kpi:
    requests, f = figures.requests, fmt()
    if requests.share is None or requests.interval is None or is_too_few(figures, requests.n):
        return Kpi(t("sla.kpi_requests"), t("word.none"), note=t("sla.unflagged_few" if requests.n else "sla.nothing"))
    interval = f.interval(*requests.interval)
    note = t("sla.kpi_requests_note", on_time=f.number(requests.on_time), n=f.number(requests.n), interval=interval)
    note += f" · {basis_words(requests, f)}"
    if requests.unknown:
        note += " · " + t("sla.kpi_requests_unknown", count=f.number(requests.unknown))
    address = requests_of_kind(figures.filter, LetterKind.JUDGED)
    button = why(why_requests(figures.filter), t("sla.kpi_requests"))
    return Kpi(t("sla.kpi_requests"), percent_words(requests.share), note=note, href=address, beside=button)


def _ready_kpi(figures: SlaFigures) -> Kpi:
    requests, f = figures.requests, fmt()
    standard = t(
        "sla.kpi_ready_standard",
        path=f.duration_short(requests.ready_target_seconds),
        series=f.duration_short(requests.ready_series_seconds),
    )
    if requests.ready_median_seconds is None:
        reason = t("sla.kpi_ready_few", count=f.number(requests.ready_n)) if requests.ready_n else t("sla.nothing")
        return Kpi(t("sla.kpi_ready"), t("word.none"), note=f"{reason} · {standard}")
    note = t("sla.kpi_ready_note", count=f.number(requests.ready_n)) + " · " + standard
    button = why(why_requests(figures.filter, Figure.READY), t("sla.kpi_ready"))
    return Kpi(t("sla.kpi_ready"), f.duration_short(requests.ready_median_seconds), note=note, beside=button)


def _lateness_kpi(figures: SlaFigures, sop: SopVersion, decided: Decider | None) -> Kpi:
    worst = largest(figures)
    if worst is None:
        few = "sla.lateness_few" if lateness(figures) else "sla.no_lateness"
        reason = t(few, n=FEWEST_TO_SAY) if figures.all_steps.n else t("sla.nothing")
        return Kpi(t("sla.kpi_lateness"), t("word.none"), note=reason)
    note = t("sla.kpi_lateness_note", name=sop.step(worst.step).short_name, share=fmt().percent(worst.share))
    note += "" if decided is None else f" · {_decided_words(decided)}"
    address = requests_behind(figures.filter, worst.step, Behind.LATE)
    button = why(why_step(figures.filter, worst.step, Figure.LATENESS), t("sla.kpi_lateness"))
    return Kpi(t("sla.kpi_lateness"), worst.step, note=note, tone=Tone.LATE, href=address, beside=button)


def _decided_words(decided: Decider) -> str:
    f, letter = fmt(), letter_name(decided.year, decided.agenda_number)
    over, doubt = f.duration_short(decided.over_seconds), _doubt_words(decided)
    if decided.step is None:
        return t("sla.decided_alone", letter=letter, over=over, doubt=doubt)
    return t("sla.decided", letter=letter, over=over, doubt=doubt, step=decided.step, share=f.percent(decided.share))


def _doubt_words(decided: Decider) -> str:
    """At which step the time of the letter is doubtful, and why; nothing where no flag says so."""
    doubts = ((step, t(f"flag.{flag.name}").lower()) for step, flag in decided.doubts)
    return "".join(t("sla.decided_doubt", step=step, flag=words) for step, words in doubts)


def word_on_a_step(
    figures: SlaFigures, rule: MonitoringRule, decided: Decider | None
) -> tuple[StepFigure | None, str, str]:
    """The step that needs a word, its name in a sentence, and what there is to say, with the one letter on which that
    may rest; without such a step, why."""
    f, step = fmt(), in_need_of_a_word(figures, rule)
    if step is None:
        key = "summary.no_word" if is_any_assessed(figures, rule) else "summary.word_unknown"
        return None, "", t(key, coverage=f.percent(rule.coverage), **rule_words())
    words = t(
        "summary.word",
        late=f.number(step.late + step.overdue),
        n=f.number(step.n),
        share=percent_words(step.share or 0.0),
        interval=f.interval(*step.interval or (0.0, 0.0)),
        over=f.duration_short(step.over_seconds),
        **rule_words(),
    )
    worst = largest(figures)
    if decided is not None and worst is not None and worst.step == step.step:
        words += " " + t("summary.word_decided", decided=_decided_words(decided))
    return step, t("summary.word_title", step=f"{step.step} {figures.version.step(step.step).short_name}"), words


def letters_panel(figures: SlaFigures) -> html.Section:
    """Two shares with what they are made of: letters wholly on time, letters ready before the event."""
    letters, ready, filter_ = figures.requests, figures.ready, figures.filter
    on_time = share_bar(letters.share, letters.interval, letters.on_time, letters.n)
    before = share_bar(ready.share, ready.interval, ready.before, ready.n)
    titles = t("sla.kpi_requests"), t("sla.ready_title")
    return panel(
        _block(
            figures,
            titles[0],
            t("sla.letters_rule"),
            with_why(on_time, letters.share, why_requests(filter_), titles[0]),
            (
                (LetterKind.ON_TIME, letters.on_time),
                (LetterKind.LATE, letters.late),
                (LetterKind.UNKNOWN, letters.unknown),
            ),
        ),
        _block(
            figures,
            titles[1],
            t("sla.ready_rule"),
            with_why(before, ready.share, why_requests(filter_, Figure.EVENT), titles[1]),
            (
                (LetterKind.BEFORE, ready.before),
                (LetterKind.AFTER, ready.after),
                (LetterKind.UNSURE, ready.unknown),
                (LetterKind.UNBOOKED, ready.unbooked),
                (LetterKind.UNRECORDED, ready.unrecorded),
            ),
        ),
        _block(
            figures,
            t("sla.received_title"),
            "",
            None,
            ((LetterKind.RECEIVED, letters.received), (LetterKind.RUNNING, letters.running)),
        ),
        title=t("sla.letters_title"),
        note=t("sla.letters_note"),
        folded=_letters_line(letters.share, ready.share),
        class_name="sla-letters",
    )


def _letters_line(on_time: float | None, before: float | None) -> str:
    """Both shares in a line."""
    told = (("sla.kpi_requests", on_time), ("sla.ready_title", before))
    return " · ".join(f"{t(key)} {t('word.none') if share is None else percent_words(share)}" for key, share in told)


def _block(
    figures: SlaFigures,
    title: str,
    rule: str,
    share: Component | str | None,
    counts: tuple[tuple[LetterKind, int], ...],
) -> html.Div:
    items = [
        html.Li(count_link(count, requests_of_kind(figures.filter, kind), f"sla.letters_{kind.name}"))
        for kind, count in counts
        if count or kind in (LetterKind.ON_TIME, LetterKind.BEFORE, LetterKind.AFTER, LetterKind.RECEIVED)
    ]
    return html.Div(
        [
            html.H3(title),
            html.P(rule, className="sla-note") if rule else None,
            html.Div(share, className="sla-letters-share") if share is not None else None,
            html.Ul(items, className="sla-counts"),
        ],
        className="sla-letters-block",
    )
