"""One letter's step taken apart: every day from start to finish, what of it counts, by which rule, from which rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, panel, verdict_pill
from dashboard.components.tables import read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import READY, REQUEST_LIST, Crumbs, request_address, why_address
from dashboard.pages.shared.words import pause_words, places_of, source_lines
from dashboard.pages.why.explanation import Explanation, Facts, Rows, Rule, rules_of, span_rows
from etl.domain.sop.steps import Clock, Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_date
from etl.domain.verdict import StartRule
from etl.extract.texts import letter_name, letter_named
from etl.figures.filter import FilterError, Period, known_steps
from etl.figures.requests.detail import Request, RequestStep, Source, request_detail
from etl.figures.requests.step_days import PassDays, ready_days, step_days
from etl.office import Office


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The explanation of a step, or of receipt to ready; an agency's user finds only its own letters."""
    named = letter_named(query.get("surat", ""))
    wanted = query.get("langkah", "").strip()
    request = None
    if named is not None:
        request = request_detail(office, *named, as_of, opd=user.opd_filter)
    if request is None:
        year, _, agenda = query.get("surat", "").partition("/")
        words = empty(t("case.not_found_words", year=year, agenda=agenda), t("case.not_found_hint"), "search")
        return Explanation((), [panel(words)])
    sop = office.sop.version_for(_received_on(request))
    page = read_page(query.get("hal"))
    if wanted.lower() == READY:
        return _ready(office, request, sop, user, page)
    codes = known_steps([wanted])
    if len(codes) != 1:
        raise FilterError("why.one_step", step=wanted)
    return _step(office, request, request.step(codes[0]), sop, user, page)


def _received_on(request: Request) -> date:
    return day_date(request.request["received_on"])


def _step(
    office: Office, request: Request, step: RequestStep, sop: SopVersion, user: Account, page: int
) -> Explanation:
    passes, sop_step = step_days(request, step, office.calendar), sop.step(step.step)
    return Explanation(
        title=f"{t('word.why')} {step.step} · {sop_step.short_name}",
        actions=[verdict_pill(step.verdict)],
        subtitle=_subtitle(request),
        parts=[
            Facts(t("why.step_title"), _step_facts(step, sop)),
            *_days(request, step.step, passes, page, step.elapsed_seconds),
            _source_words(office, request, _sources(request, step), user),
        ],
        rules=_rules(office, request, passes, sop, step.step, _accounting(step, sop)),
        crumbs=_crumbs(request),
    )


def _ready(office: Office, request: Request, sop: SopVersion, user: Account, page: int) -> Explanation:
    span = ready_days(request, office.calendar)
    f, passes = fmt(), () if span is None else (span,)
    limit = t(
        "sla.kpi_ready_standard",
        path=f.duration_short(sop.critical_path_seconds()),
        series=f.duration_short(sop.series_seconds()),
    )
    facts = [("why.elapsed", f.duration(request.ready_seconds)), ("case.col_standard", limit)]
    sources = [*request.sources, *request.step(sop.step_with(Meaning.READY)).sources]
    return Explanation(
        title=f"{t('word.why')} {t('why.figure_READY')}",
        subtitle=_subtitle(request),
        parts=[
            Facts(t("why.step_title"), facts),
            *_days(request, READY, passes, page, request.ready_seconds),
            _source_words(office, request, sources, user),
        ],
        rules=_rules(office, request, passes, sop, None, t("why.accounting_ready")),
        crumbs=_crumbs(request),
    )


def _name(request: Request) -> str:
    return letter_name(request.request["year"], request.request["agenda_number"])


def _subtitle(request: Request) -> tuple[str | None, ...]:
    return _name(request), request.request["opd"], request.request["activity"] or request.request["subject"]


def _crumbs(request: Request) -> Crumbs:
    address = request_address(request.request["year"], request.request["agenda_number"])
    return [(t("cases.title"), REQUEST_LIST), (_name(request), address)]


def _rules(
    office: Office, request: Request, passes: Sequence[PassDays], sop: SopVersion, step: str | None, words: str
) -> list[Rule]:
    days = [day.plan.date for span in passes for day in span.days] or [_received_on(request)]
    return rules_of(office, request.as_of, words, sops=[sop], step=step, days=Period(min(days), max(days)))


def _step_facts(step: RequestStep, sop: SopVersion) -> list[tuple[str, str]]:
    f = fmt()
    facts = [
        ("case.col_start", _start_words(step, sop)),
        ("case.col_finish", _finish_words(step)),
        ("why.elapsed", f.duration(step.elapsed_seconds)),
        ("case.col_standard", f.duration(step.target_seconds) if step.target_seconds else t("sla.no_time")),
        ("case.col_due_moment", f.moment(step.due_at)),
    ]
    if step.paused_seconds:
        facts.append(("why.paused", f.duration(step.paused_seconds)))
    if step.waiting_seconds:
        facts.append(("why.waiting", f.duration(step.waiting_seconds)))
    if step.reason:
        facts.append(("why.reason", t(f"reason.{step.reason}")))
    return facts


def _start_words(step: RequestStep, sop: SopVersion) -> str:
    if step.started_at is None:
        return t("start.none")
    words = f"{fmt().moment(step.started_at)} ({t(f'start.{step.start_rule}')})"
    before = " & ".join(sop.step(step.step).follows)
    is_handed = step.start_rule is StartRule.HANDOVER and before
    return f"{words}: {t('why.after', steps=before)}" if is_handed else words


def _finish_words(step: RequestStep) -> str:
    f = fmt()
    if step.finished_at is not None:
        return f.moment(step.finished_at)
    if step.finished_on is not None:
        return t("case.date_only", day=f.date_short(step.finished_on))
    return t("case.runs_now") if step.is_running else t("word.none")


def _days(
    request: Request, step: str, passes: Sequence[PassDays], page: int, total: int | None
) -> list[Rows | Component]:
    """One table a pass; long ones in pages."""
    if not passes:
        return [panel(empty(t("why.no_days"), t("why.no_days_hint"), "calendar-x"), title=t("why.days_title"))]
    tables = [_pass(request, step, span, page, is_only=len(passes) == 1) for span in passes]
    if len(passes) == 1:
        return [*tables]
    return [*tables, panel(html.P(t("why.passes_sum", n=len(passes), time=fmt().duration(total))))]


def _pass(request: Request, step: str, span: PassDays, page: int, *, is_only: bool) -> Rows:
    def address(number: int) -> str:
        return why_address("kasus", surat=_name(request), langkah=step, hal=number if number > 1 else None)

    rows = span_rows(span, page, address, t("why.days_title") if is_only else t("why.pass_title", n=span.number))
    pauses = [html.Li(pause_words(pause.started_at, pause.ended_at, pause.reason)) for pause in span.pauses]
    words = html.Div([html.Strong(t("why.pauses")), html.Ul(pauses)], className="why-pauses")
    return replace(rows, more=[words] if pauses else [])


def _accounting(step: RequestStep, sop: SopVersion) -> str:
    clock = t("why.clock_elapsed") if sop.step(step.step).clock is Clock.ELAPSED else t("why.clock_office")
    return f"{t(f'why.rule_{step.start_rule}')} {clock} {t('why.rule_pauses')}"


def _sources(request: Request, step: RequestStep) -> list[Source]:
    """The rows of the step, of what it follows where its start comes from there, and of the letter."""
    before = request.sop.step(step.step).follows if step.start_rule is StartRule.HANDOVER else ()
    followed = (source for code in before for source in request.step(code).sources)
    return list(dict.fromkeys([*step.sources, *followed, *request.sources]))


def _source_words(office: Office, request: Request, sources: Sequence[Source], user: Account) -> Component:
    lines = source_lines(sources, places_of(office, request, user)) or [html.P(t("word.none"))]
    corrected = len(request.corrections)
    return panel(*lines, title=t("word.source"), note=t("why.corrected", n=corrected) if corrected else None)
