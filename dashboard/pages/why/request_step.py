"""One letter's step taken apart: every day from start to finish, what of it counts, by which rule, from which rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, page_head, panel, verdict_pill
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import READY, REQUEST_LIST, request_address, why_address
from dashboard.pages.shared.sources import places_of, source_lines
from dashboard.pages.why.days import DAYS, days_table
from dashboard.pages.why.rules import Rule, calendar_rule, data_rule, rules_panel, sop_rule
from etl.domain.sop.versions import ELAPSED_STEPS, FOLLOWS, SopVersion
from etl.domain.units import day_date
from etl.domain.verdict import STEP_INDEX, StartRule
from etl.figures.period import FilterError, known_steps
from etl.figures.requests.detail import Case, CaseStep, Source
from etl.figures.requests.detail import case as find_case
from etl.figures.requests.step_days import PassDays, ready_days, step_days

if TYPE_CHECKING:
    from etl.office import Office


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The explanation of a step, or of receipt to ready; an agency's user finds only its own letters."""
    year, _, agenda = query.get("surat", "").partition("/")
    wanted = query.get("langkah", "").strip()
    found = None
    if year.isdecimal() and len(year) == 4 and agenda:
        found = find_case(office, int(year), agenda, as_of, opd=user.opd_filter)
    if found is None:
        words = empty(t("case.not_found_words", year=year, agenda=agenda), t("case.not_found_hint"), "search")
        return html.Div([page_head(t("word.why")), panel(words)])
    received = day_date(found.request["received_on"])
    sop = office.sop.version_for(received)
    page = read_page(query.get("hal"))
    if wanted.lower() == READY:
        return _ready(office, found, sop, user, page)
    codes = known_steps([wanted])
    if len(codes) != 1:
        raise FilterError(t("why.one_step", step=wanted))
    return _step(office, found, found.steps[STEP_INDEX[codes[0]]], sop, user, page)


def _step(office: Office, case: Case, step: CaseStep, sop: SopVersion, user: Account, page: int) -> Component:
    passes = step_days(case, step, office.calendar)
    return html.Div(
        [
            _head(case, f"{step.step} · {sop.step(step.step).short_name}", [verdict_pill(step.verdict)]),
            panel(_facts(_step_facts(step)), title=t("why.step_title")),
            *_days_panels(case, step.step, passes, page, step.elapsed_seconds),
            _sources_panel(office, case, _sources(case, step), user),
            rules_panel(
                [
                    sop_rule([sop], step.step),
                    (t("why.rule_accounting"), [_accounting(step)]),
                    _calendar(office, case, passes),
                    data_rule(office, case.as_of),
                ]
            ),
        ]
    )


def _ready(office: Office, case: Case, sop: SopVersion, user: Account, page: int) -> Component:
    one = ready_days(case, office.calendar)
    f, passes = fmt(), () if one is None else (one,)
    limit = t(
        "sla.kpi_ready_standard",
        path=f.duration_short(sop.critical_path_seconds()),
        series=f.duration_short(sop.series_seconds()),
    )
    facts = [(t("why.elapsed"), f.duration(case.ready_seconds)), (t("case.col_standard"), limit)]
    sources = [*case.sources, *case.steps[STEP_INDEX["A8"]].sources]
    return html.Div(
        [
            _head(case, t("why.figure_READY"), []),
            panel(_facts(facts), title=t("why.step_title")),
            *_days_panels(case, READY, passes, page, case.ready_seconds),
            _sources_panel(office, case, sources, user),
            rules_panel(
                [
                    sop_rule([sop], None),
                    (t("why.rule_accounting"), [t("why.accounting_ready")]),
                    _calendar(office, case, passes),
                    data_rule(office, case.as_of),
                ]
            ),
        ]
    )


def _head(case: Case, what: str, actions: Sequence[Component]) -> Component:
    request = case.request
    name = f"{request['year']}/{request['agenda_number']}"
    crumbs = [
        (t("cases.title"), REQUEST_LIST),
        (name, request_address(request["year"], request["agenda_number"])),
        (t("word.why"), None),
    ]
    subtitle = " · ".join(word for word in (name, request["opd"], request["activity"] or request["subject"]) if word)
    return page_head(f"{t('word.why')} {what}", subtitle, actions=actions, crumbs=crumbs)


Fact = tuple[str, str]


def _facts(facts: Sequence[Fact]) -> Component:
    return html.Dl([html.Div([html.Dt(name), html.Dd(words)]) for name, words in facts], className="why-facts")


def _step_facts(step: CaseStep) -> list[Fact]:
    f = fmt()
    facts = [
        (t("case.col_start"), _start_words(step)),
        (t("case.col_finish"), _finish_words(step)),
        (t("why.elapsed"), f.duration(step.elapsed_seconds)),
        (t("case.col_standard"), f.duration(step.target_seconds) if step.target_seconds else t("sla.no_time")),
        (t("case.col_due_moment"), f.moment(step.due_at)),
    ]
    if step.paused_seconds:
        facts.append((t("why.paused"), f.duration(step.paused_seconds)))
    if step.waiting_seconds:
        facts.append((t("why.waiting"), f.duration(step.waiting_seconds)))
    if step.reason:
        facts.append((t("why.reason"), t(f"reason.{step.reason}")))
    return facts


def _start_words(step: CaseStep) -> str:
    if step.started_at is None:
        return t("start.none")
    words = f"{fmt().moment(step.started_at)} ({t(f'start.{step.start_rule}')})"
    before = " & ".join(FOLLOWS[step.step])
    is_handed = step.start_rule is StartRule.HANDOVER and before
    return f"{words}: {t('why.after', steps=before)}" if is_handed else words


def _finish_words(step: CaseStep) -> str:
    f = fmt()
    if step.finished_at is not None:
        return f.moment(step.finished_at)
    if step.finished_on is not None:
        return t("case.date_only", day=f.date_short(step.finished_on))
    return t("case.runs_now") if step.is_running else t("word.none")


def _days_panels(
    case: Case, step: str, passes: Sequence[PassDays], page: int, total: int | None
) -> Sequence[Component]:
    """One table a pass; long ones in pages."""
    if not passes:
        return [panel(empty(t("why.no_days"), t("why.no_days_hint"), "calendar-x"), title=t("why.days_title"))]
    drawn = [_pass_panel(case, step, one, page, is_only=len(passes) == 1) for one in passes]
    if len(passes) > 1:
        drawn.append(panel(html.P(t("why.passes_sum", n=len(passes), time=fmt().duration(total)))))
    return drawn


def _pass_panel(case: Case, step: str, one: PassDays, page: int, *, is_only: bool) -> Component:
    f, count = fmt(), len(one.days)
    page = min(page, pages_of(count, DAYS))
    shown = one.days[(page - 1) * DAYS : page * DAYS]
    end = t("why.until_now", moment=f.moment_short(one.end)) if one.is_open else f.moment_short(one.end)
    title = t("why.days_title") if is_only else t("why.pass_title", n=one.number)
    letter = f"{case.request['year']}/{case.request['agenda_number']}"

    def address(number: int) -> str:
        return why_address("kasus", surat=letter, langkah=step, hal=number if number > 1 else None)

    more = [pager(page, DAYS, count, address)] if count > DAYS else []
    pauses = [html.Li(_pause_words(pause.started_at, pause.ended_at, pause.reason)) for pause in one.pauses]
    return panel(
        days_table(shown, one),
        *more,
        html.Div([html.Strong(t("why.pauses")), html.Ul(pauses)], className="why-pauses") if pauses else None,
        title=title,
        note=f"{f.moment_short(one.begin)} – {end}",
    )


def _pause_words(begin: int, end: int | None, reason: str | None) -> str:
    f = fmt()
    until = t("case.until_now") if end is None else f.moment_short(end)
    words = t("case.paused", begin=f.moment_short(begin), end=until)
    return f"{words}: {reason}" if reason else words


def _accounting(step: CaseStep) -> str:
    clock = t("why.clock_elapsed") if step.step in ELAPSED_STEPS else t("why.clock_office")
    return f"{t(f'why.rule_{step.start_rule}')} {clock} {t('why.rule_pauses')}"


def _calendar(office: Office, case: Case, passes: Sequence[PassDays]) -> Rule:
    received = day_date(case.request["received_on"])
    days = [day.plan.date for one in passes for day in one.days] or [received]
    return calendar_rule(office, min(days), max(days))


def _sources(case: Case, step: CaseStep) -> list[Source]:
    """The rows of the step, of what it follows where its start comes from there, and of the letter."""
    before = FOLLOWS[step.step] if step.start_rule is StartRule.HANDOVER else ()
    found = [*step.sources, *(source for code in before for source in case.steps[STEP_INDEX[code]].sources)]
    return list(dict.fromkeys([*found, *case.sources]))


def _sources_panel(office: Office, case: Case, sources: Sequence[Source], user: Account) -> Component:
    lines = source_lines(sources, places_of(office, case, user)) or [html.P(t("word.none"))]
    corrected = len(case.corrections)
    note = t("why.corrected", n=corrected) if corrected else None
    return panel(*lines, title=t("word.source"), note=note)
