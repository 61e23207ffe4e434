"""A compliance figure taken apart: the fraction, the kinds of rows above and below the line and left out, the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import Tone, empty, icon, link, page_head, panel, pill
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import Behind, requests_behind, requests_of_kind, why_of
from dashboard.pages.why.rows import letters_table, steps_table
from dashboard.pages.why.rules import calendar_rule, data_rule, permanent, rules_panel, sop_rule
from dashboard.pages.why.scope import asked_by, crumbs_of
from etl.domain.sop.versions import OPD_STEPS, SopVersion
from etl.domain.statistics import wilson
from etl.domain.verdict import STEP_CODES, RequestVerdict
from etl.figures.compliance.evidence import (
    AFTER,
    BEFORE,
    MEASURED,
    OF_LETTERS,
    PERCENTILE,
    ROWS,
    UNBOOKED,
    UNSURE,
    UNTIMED,
    Figure,
    Part,
    Reference,
    Why,
    is_unjudged,
    rows_behind,
)
from etl.figures.compliance.evidence import why as why_of_figure
from etl.figures.compliance.steps import ALL_STEPS
from etl.figures.requests.period import LetterKind

if TYPE_CHECKING:
    from etl.office import Office

_OF_STEPS = tuple(one for one in Figure if one not in OF_LETTERS)
_SUMS = (Figure.LATENESS, Figure.WAITING)
_LETTERS = {word.value for word in RequestVerdict}
_OWN_WORDS = (MEASURED, UNTIMED, BEFORE, AFTER, UNSURE, UNBOOKED)


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The whole explanation; an agency's user is shown its own letters only."""
    reference = _reference(office, query, as_of, user)
    found = why_of_figure(office, reference, as_of)
    part = found.part(query.get("kelompok", "")) or next((one for one in found.parts if one.n), None)
    page = read_page(query.get("hal"))
    moment = query.get("pada")
    if part is None:
        body: list[Component] = [panel(empty(t("word.no_data"), t("why.empty_hint"), "clipboard-data"))]
    else:
        body = [
            _fraction(found),
            _parts_panel(found, part, moment),
            _rows_panel(office, found, part, page, moment),
        ]
    return html.Div([_head(found, moment, user), *body, _others(found, user), _rules(office, found)])


def _reference(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Reference:
    asked = asked_by(office, query, as_of, user)
    return Reference(Figure(query["angka"]), asked, query.get("langkah") or ALL_STEPS)


def _head(found: Why, moment: str | None, user: Account) -> Component:
    f, asked = fmt(), found.reference.filter
    parts = [
        _what(found),
        f.period(asked.period.first, asked.period.last),
        asked.opd or "",
        asked.room or "",
        t("why.as_of", moment=f.moment_short(found.as_of)),
    ]
    fixed = why_of(found.reference, pada=permanent(found.as_of))
    actions = [] if moment else [link([icon("link-45deg"), t("why.fixed")], fixed, "p-button is-quiet")]
    return page_head(
        t("word.why"), " · ".join(part for part in parts if part), actions=actions, crumbs=crumbs_of(user, asked)
    )


def _others(found: Why, user: Account) -> Component | None:
    """Ways to the other figures of the same steps or letters, and to the list of the letters judged."""
    reference = found.reference
    mine = OF_LETTERS if reference.figure in OF_LETTERS else _OF_STEPS
    ways = [
        link(t(f"why.figure_{one.name}"), why_of(replace(reference, figure=one)), "cases-link")
        for one in mine
        if one is not reference.figure and (found.only_step or one not in (Figure.MEDIAN, Figure.P90))
    ]
    if is_allowed(user.role, Page.PERMOHONAN):
        ways.append(link(t("why.letters_behind"), _cases(reference), "cases-link"))
    label = html.Span(t("why.others"), className="p-muted")
    return html.Nav([label, *ways], className="why-others no-print", **{"aria-label": t("why.others")})


def _cases(reference: Reference) -> str:
    asked = reference.filter
    if reference.figure in OF_LETTERS:
        kind = LetterKind.AGAINST_EVENT if reference.figure is Figure.EVENT else LetterKind.JUDGED
        return requests_of_kind(asked, kind)
    steps = [code for code in asked.steps or STEP_CODES if code not in OPD_STEPS]
    return requests_behind(asked, steps if reference.step == ALL_STEPS else reference.step.split(","), Behind.JUDGED)


def _what(found: Why) -> str:
    """ "Tepat waktu · A4 Disposisi ke Kabid IATIK"."""
    name = t(f"why.figure_{found.reference.figure.name}")
    if found.reference.figure in OF_LETTERS:
        return name
    if found.reference.step == ALL_STEPS:
        return f"{name} · {t('sla.all_steps')}"
    step = found.only_step
    if step is None:
        return f"{name} · {found.reference.step.replace(',', ', ')}"
    return f"{name} · {step} {found.sop.step(step).short_name}"


def _fraction(found: Why) -> Component:
    """The figure as a fraction of counts; of a percentile the two rows between which it lies."""
    f = fmt()
    if found.reference.figure in PERCENTILE:
        value = t("word.none") if found.value is None else f.minutes(found.value)
        return panel(_equation(value, _around(found)), html.P(_meaning(found), className="why-meaning"))
    if found.reference.figure is Figure.BOUNDS:
        return _bounds(found)
    above, below, name = found.numerator, found.denominator, found.reference.figure.name
    is_sum = found.reference.figure in _SUMS
    words_of = f.duration if is_sum else f.number
    line = html.Span(
        [
            html.Span(t(f"why.above_{name}", count=words_of(above)), className="why-above"),
            html.Span(t(f"why.below_{name}", count=words_of(below)), className="why-below"),
        ],
        className="why-line",
    )
    interval = None if is_sum else wilson(above, below)
    words: list[Component | str] = [line] if below else [t("sla.nothing")]
    if interval:
        words.append(html.Span(t("why.interval", interval=f.interval(*interval)), className="p-muted"))
    return panel(
        _equation(f.percent(found.value), words),
        html.P(_meaning(found), className="why-meaning"),
    )


def _bounds(found: Why) -> Component:
    """The two shares between which the true one lies, each with its fraction."""
    f = fmt()
    if found.bounds is None:
        return panel(_equation(t("word.none"), [t("sla.nothing")]), html.P(_meaning(found), className="why-meaning"))
    best = round(found.bounds[1] * found.denominator)
    words = [
        html.Span(t(f"why.bounds_{name}", part=f.number(part), whole=f.number(found.denominator)))
        for name, part in (("worst", found.numerator), ("best", best))
    ]
    value = f.interval(*found.bounds)
    return panel(_equation(value, words), html.P(_meaning(found), className="why-meaning"))


def _equation(value: str, words: Sequence[Component | str]) -> Component:
    equals = html.Span("=", className="why-equals", **{"aria-hidden": "true"})
    return html.Div([html.Strong(value, className="why-value"), equals, *words], className="why-equation")


def _meaning(found: Why) -> str:
    return t(f"why.meaning_{found.reference.figure.name}")


def _around(found: Why) -> list[Component | str]:
    f = fmt()
    if found.value is None:
        return [t("why.few", count=f.number(found.denominator))]
    rows = [t("why.place", place=f.number(place), length=f.minutes(seconds)) for place, seconds in found.around]
    key = "why.between" if len(rows) > 1 else "why.exactly"
    return [t(key, rows=f" {t('why.and')} ".join(rows), count=f.number(found.denominator))]


def _parts_panel(found: Why, chosen: Part, moment: str | None) -> Component:
    """One row a kind, with where it counts."""
    heads = ("why.kind", "why.counts", "why.count")
    head = html.Tr([html.Th(t(key), scope="col", className="num" if key == "why.count" else "") for key in heads])
    rows = [_part_row(found, part, part is chosen, moment) for part in found.parts if part.n]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="p-table why-parts")
    total = sum(part.n for part in found.parts if part.is_left_out)
    note = t("why.left_out", count=fmt().number(total)) if total else t("why.nothing_left_out")
    return panel(html.Div(table, className="p-scroll"), title=t("why.parts_title"), note=note)


def _part_row(found: Why, part: Part, is_shown: bool, moment: str | None) -> html.Tr:
    address = why_of(found.reference, kelompok=part.name, pada=moment)
    name = link(_part_words(part.name), address, "why-part")
    return html.Tr(
        [
            html.Th([name, *_why_left_out(part)], scope="row"),
            html.Td(_place_pill(found, part), **{"data-label": t("why.counts")}),
            html.Td(_amount(part), className="num", **{"data-label": t("why.count")}),
        ],
        className="is-shown" if is_shown else "",
    )


def _amount(part: Part) -> str:
    """How many rows, and what is summed of them."""
    f = fmt()
    return f.number(part.n) if part.seconds is None else f"{f.number(part.n)} · {f.duration_short(part.seconds)}"


def _part_words(name: str) -> str:
    verdict, _, reason = name.partition(".")
    if verdict == "over":
        return t("why.part_over", step=reason)
    if verdict in ("handover", "wait"):
        return t(f"why.part_{verdict}_{reason}")
    if name in _OWN_WORDS:
        return t(f"why.part_{name}")
    if name in _LETTERS:
        return t(f"request.{name}")
    words = t(f"verdict.{verdict.upper()}")
    return f"{words}: {t(f'reason.{reason}')}" if reason else words


def _why_left_out(part: Part) -> list[Component]:
    """A sentence that says why rows of this kind are not in the figure."""
    if not part.is_left_out:
        return []
    verdict = part.name.partition(".")[0]
    key = f"letter_{part.name}" if part.name in _LETTERS else verdict
    return [html.Div(t(f"why.left_{key}"), className="p-muted")]


def _place_pill(found: Why, part: Part) -> Component:
    if found.reference.figure in PERCENTILE and part.counts_below:
        return pill(Tone.GOOD, "check-lg", t("why.in_sample"))
    if part.counts_above:
        return pill(Tone.GOOD, "plus-slash-minus", t("why.in_both"))
    if part.counts_below and found.reference.figure is Figure.BOUNDS and is_unjudged(part.name):
        return pill(Tone.NEAR, "plus-slash-minus", t("why.in_best"))
    if part.counts_below:
        return pill(Tone.PLAIN, "dash-lg", t("why.in_below"))
    return pill(Tone.MUTED, "slash-circle", t("why.in_none"))


def _rows_panel(office: Office, found: Why, part: Part, page: int, moment: str | None) -> Component:
    page = min(page, pages_of(part.n, ROWS))
    rows = rows_behind(office, found.reference, part.name, page, found.as_of)
    first = (page - 1) * ROWS + 1
    if found.reference.figure in OF_LETTERS:
        drawn = letters_table(rows, found.reference.figure, first)
    else:
        is_mixed = found.only_step is None or found.reference.figure is Figure.LATENESS
        has_wait = found.reference.figure is Figure.WAITING
        drawn = steps_table(rows, found.sop, first, is_mixed=is_mixed, has_wait=has_wait)

    def address(number: int) -> str:
        return why_of(found.reference, kelompok=part.name, hal=number if number > 1 else None, pada=moment)

    return panel(drawn, pager(page, ROWS, part.n, address), title=t("why.rows_title"), note=_part_words(part.name))


def _rules(office: Office, found: Why) -> Component:
    """SOP, target, period, accounting, calendar, data."""
    figure, asked = found.reference.figure, found.reference.filter
    step = None if figure in OF_LETTERS else found.only_step
    accounting = "why.accounting_steps"
    if figure in OF_LETTERS:
        accounting = "why.accounting_event" if figure is Figure.EVENT else "why.accounting_letters"
    return rules_panel(
        [
            sop_rule(_sops(office, found.sop, asked.period.first), step),
            (t("why.rule_period"), [t("why.period_letters") if figure in OF_LETTERS else t("sla.period_rule")]),
            (t("why.rule_accounting"), [t(accounting)]),
            calendar_rule(office, asked.period.first, asked.period.last),
            data_rule(office, found.as_of),
        ]
    )


def _sops(office: Office, newest: SopVersion, first: Any) -> list[SopVersion]:
    """The versions in force at some time of the period."""
    begun = office.sop.version_on(first)
    since = begun.effective_on if begun else newest.effective_on
    return [one for one in office.sop.versions if since <= one.effective_on <= newest.effective_on] or [newest]
