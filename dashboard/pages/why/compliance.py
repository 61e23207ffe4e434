"""A compliance figure taken apart: the fraction, the kinds of rows above and below the line and left out, the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import Tone, empty, icon, link, panel, pill, request_pill, verdict_pill
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.links import (
    KEPATUHAN,
    READY,
    Behind,
    Crumbs,
    filtered_address,
    request_address,
    requests_behind,
    requests_of_kind,
    why_of,
    why_request_step,
)
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.words import stamp_words
from dashboard.pages.why.explanation import (
    Explanation,
    Fraction,
    Rows,
    Rule,
    page_of,
    permanent,
    rules_of,
    subtitle,
)
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import wilson
from etl.domain.verdict import NEAR_PERCENT, Reason, RequestVerdict, StartRule, Verdict
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import ALL_STEPS, MEASURED, OF_LETTERS, PERCENTILE, Figure
from etl.figures.compliance.evidence import ROWS, Part, Reference, Why, is_unjudged, rows_behind, why
from etl.figures.filter import SlaFilter
from etl.figures.requests.period import LetterKind
from etl.office import Office
from etl.reference.steps import STEP_CODES

_OF_STEPS = tuple(figure for figure in Figure if figure not in OF_LETTERS)
_TIMES = (Figure.LATENESS, Figure.WAITING)
_LETTERS = {word.value for word in RequestVerdict}
_OWN_WORDS = (MEASURED, "untimed", "before", "after", "unsure", "unbooked")


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The whole explanation; an agency's user is shown its own letters only."""
    reference = Reference(
        Figure(query["angka"]), asked_by(office, query, as_of, user), query.get("langkah") or ALL_STEPS
    )
    figure, moment = why(office, reference, as_of), query.get("pada")
    filter_ = figure.reference.filter
    part = figure.part(query.get("kelompok", "")) or next((filled for filled in figure.parts if filled.n), None)
    parts: list[Any] = [panel(empty(t("word.no_data"), t("why.empty_hint"), "clipboard-data"))]
    if part is not None:
        rows = _rows(office, figure, part, read_page(query.get("hal")), moment)
        parts = [_bounds(figure) if reference.figure is Figure.BOUNDS else _fraction(figure),
                 _parts(figure, part, moment), rows]  # fmt: skip
    fixed = link(
        [icon("link-45deg"), t("why.fixed")], why_of(figure.reference, pada=permanent(as_of)), "p-button is-quiet"
    )
    return Explanation(
        subtitle=(*subtitle(_what(figure), filter_), t("why.as_of", moment=fmt().moment_short(as_of))),
        parts=[*parts, _others(figure, user)],
        rules=_rules(office, figure),
        crumbs=crumbs_of(user, filter_),
        actions=[] if moment else [fixed],
    )


def asked_by(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> SlaFilter:
    """The filter of an address, for an agency's user of its own letters only. AddressError for what is no date,
    FilterError for a reversed period."""
    filter_ = asked_sla_filter(query, office_today(office, as_of))
    return filter_ if user.opd_filter is None else replace(filter_, opd=user.opd_filter)


def crumbs_of(user: Account, filter_: SlaFilter) -> Crumbs:
    """The way back to the page of compliance, for those who may see it."""
    if not user.may(Page.KEPATUHAN):
        return []
    return [(t("sla.nav"), filtered_address(KEPATUHAN, filter_))]


def _others(figure: Why, user: Account) -> Component | None:
    """Ways to the other figures of the same steps or letters, and to the list of the letters judged."""
    reference = figure.reference
    mine = OF_LETTERS if reference.figure in OF_LETTERS else _OF_STEPS
    ways = [
        link(t(f"why.figure_{other.name}"), why_of(replace(reference, figure=other)), "cases-link")
        for other in mine
        if other is not reference.figure and (figure.only_step or other not in (Figure.MEDIAN, Figure.P90))
    ]
    if user.may(Page.PERMOHONAN):
        ways.append(link(t("why.letters_behind"), _cases(reference, figure.sop), "cases-link"))
    label = html.Span(t("why.others"), className="p-muted")
    return html.Nav([label, *ways], className="why-others no-print", **{"aria-label": t("why.others")})


def _cases(reference: Reference, sop: SopVersion) -> str:
    filter_ = reference.filter
    if reference.figure in OF_LETTERS:
        kind = LetterKind.AGAINST_EVENT if reference.figure is Figure.EVENT else LetterKind.JUDGED
        return requests_of_kind(filter_, kind)
    steps = [code for code in filter_.steps or STEP_CODES if code in sop.office_steps]
    return requests_behind(filter_, steps if reference.step == ALL_STEPS else reference.step.split(","), Behind.JUDGED)


def _what(figure: Why) -> str:
    """ "Tepat waktu · A4 Disposisi ke Kabid IATIK"."""
    name = t(f"why.figure_{figure.reference.figure.name}")
    if figure.reference.figure in OF_LETTERS:
        return name
    if figure.reference.step == ALL_STEPS:
        return f"{name} · {t('sla.all_steps')}"
    step = figure.only_step
    if step is None:
        return f"{name} · {figure.reference.step.replace(',', ', ')}"
    return f"{name} · {step} {figure.sop.step(step).short_name}"


def _fraction(figure: Why) -> Fraction:
    """The figure as a fraction of counts; of a percentile the two rows between which it lies."""
    f, kind = fmt(), figure.reference.figure
    if kind in PERCENTILE:
        value = t("word.none") if figure.value is None else f.minutes(figure.value)
        return Fraction(value, _around(figure), _meaning(figure))
    if not figure.denominator:
        return Fraction(f.percent(figure.value), [t("sla.nothing")], _meaning(figure))
    amount = f.duration if kind in _TIMES else f.number
    above, below = (
        html.Span(t(f"why.{place}_{kind.name}", count=amount(count)), className=f"why-{place}")
        for place, count in (("above", figure.numerator), ("below", figure.denominator))
    )
    words: list[Component | str] = [html.Span([above, below], className="why-line")]
    interval = None if kind in _TIMES else wilson(figure.numerator, figure.denominator)
    if interval:
        words.append(html.Span(t("why.interval", interval=f.interval(*interval)), className="p-muted"))
    return Fraction(f.percent(figure.value), words, _meaning(figure))


def _bounds(figure: Why) -> Fraction:
    """The two shares between which the true one lies, each with its fraction."""
    f = fmt()
    if figure.bounds is None:
        return Fraction(t("word.none"), [t("sla.nothing")], _meaning(figure))
    best = round(figure.bounds[1] * figure.denominator)
    words = [
        html.Span(t(f"why.bounds_{name}", part=f.number(part), whole=f.number(figure.denominator)))
        for name, part in (("worst", figure.numerator), ("best", best))
    ]
    return Fraction(f.interval(*figure.bounds), words, _meaning(figure))


def _meaning(figure: Why) -> str:
    return t(f"why.meaning_{figure.reference.figure.name}")


def _around(figure: Why) -> list[Component | str]:
    f = fmt()
    if figure.value is None:
        return [t("why.few", count=f.number(figure.denominator))]
    rows = [t("why.place", place=f.number(place), length=f.minutes(seconds)) for place, seconds in figure.around]
    key = "why.between" if len(rows) > 1 else "why.exactly"
    return [t(key, rows=f" {t('why.and')} ".join(rows), count=f.number(figure.denominator))]


def _parts(figure: Why, chosen: Part, moment: str | None) -> Rows:
    """One row a kind, with where it counts."""

    def name(part: Part) -> list[Component]:
        address = why_of(figure.reference, kelompok=part.name, pada=moment)
        return [link(_part_words(part.name), address, "why-part"), *_why_left_out(part)]

    total = sum(part.n for part in figure.parts if part.is_left_out)
    title = t("why.parts_title")
    return Rows(
        title=title,
        columns=[
            Column("kind", t("why.kind"), name, is_name=True),
            Column("counts", t("why.counts"), lambda part: _place_pill(figure, part)),
            Column("count", t("why.count"), lambda part: _amount(figure, part), class_name="num"),
        ],
        rows=[part for part in figure.parts if part.n],
        note=t("why.left_out", count=fmt().number(total)) if total else t("why.nothing_left_out"),
        class_name="why-parts",
        row_properties=lambda part: {"className": "is-shown" if part is chosen else ""},
    )


def _amount(figure: Why, part: Part) -> str:
    """How many rows, and what is summed of them."""
    f = fmt()
    if part.total is None:
        return f.number(part.n)
    is_time = figure.reference.figure in _TIMES
    return f"{f.number(part.n)} · {f.duration_short(part.total)}" if is_time else f.number(part.total)


def _part_words(name: str) -> str:
    verdict, _, reason = name.partition(".")
    if verdict == "over":
        return t("why.part_over", step=reason)
    if verdict in ("handover", "wait", "output"):
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
    return [html.Div(t(f"why.left_{key}", near=NEAR_PERCENT), className="p-muted")]


def _place_pill(figure: Why, part: Part) -> Component:
    if figure.reference.figure in PERCENTILE and part.counts_below:
        return pill(Tone.GOOD, "check-lg", t("why.in_sample"))
    if part.counts_above:
        return pill(Tone.GOOD, "plus-slash-minus", t("why.in_both"))
    if part.counts_below and figure.reference.figure is Figure.BOUNDS and is_unjudged(part.name):
        return pill(Tone.NEAR, "plus-slash-minus", t("why.in_best"))
    if part.counts_below:
        return pill(Tone.PLAIN, "dash-lg", t("why.in_below"))
    return pill(Tone.MUTED, "slash-circle", t("why.in_none"))


def _rows(office: Office, figure: Why, part: Part, page: int, moment: str | None) -> Rows:
    """One page of the rows of a part, each leading to its letter and its days."""

    def address(number: int) -> str:
        return why_of(figure.reference, kelompok=part.name, hal=number if number > 1 else None, pada=moment)

    pages, kind = page_of(page, ROWS, part.n, address), figure.reference.figure
    rows = rows_behind(office, figure.reference, part.name, pages.page, figure.as_of)
    if kind in OF_LETTERS:
        columns = _letter_columns(kind)
    else:
        is_mixed = figure.only_step is None or kind is Figure.LATENESS
        columns = step_columns(figure.sop, is_mixed=is_mixed, has_wait=kind is Figure.WAITING)
        columns[-2:-2] = [Column("outputs", t("why.outputs"), _outputs)] if kind is Figure.OUTPUT else []
    title = t("why.rows_title")
    return Rows(title, columns, numbered(rows, pages.first), _part_words(part.name), pages=pages, class_name="why-rows")


def _rules(office: Office, figure: Why) -> list[Rule]:
    """SOP, target, period, accounting, calendar, data."""
    kind, filter_ = figure.reference.figure, figure.reference.filter
    is_of_letters = kind in OF_LETTERS
    accounting = _ACCOUNTING.get(kind, "letters" if is_of_letters else "steps")
    return rules_of(
        office,
        figure.as_of,
        t(f"why.accounting_{accounting}"),
        sops=_sops(office, figure.sop, filter_.period.first),
        step=None if is_of_letters else figure.only_step,
        belongs=t("why.period_letters" if is_of_letters else "sla.period_rule"),
        days=filter_.period,
    )


_ACCOUNTING = {Figure.EVENT: "event", Figure.OUTPUT: "output"}


def _sops(office: Office, newest: SopVersion, first: date) -> list[SopVersion]:
    """The versions in force at some time of the period."""
    begun = office.sop.version_on(first)
    since = begun.effective_on if begun else newest.effective_on
    return [version for version in office.sop.versions if since <= version.effective_on <= newest.effective_on] or [
        newest
    ]


def numbered(rows: Any, first: int) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries, None for what is not known, each with its `number` counted from `first`."""
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return [{**row, "number": number} for number, row in enumerate(plain, first)]


def step_columns(sop: SopVersion, *, is_mixed: bool, has_wait: bool = False) -> list[Column[Mapping[str, Any]]]:
    """One row per step of a letter: from when to when, how long, against which target, what was said of it.

    `is_mixed`: they are of several steps, so each names its own; `has_wait`: the time between hand-over and start
    stands beside the work.
    """
    f = fmt()

    def step(row: Mapping[str, Any]) -> str:
        code = STEP_CODES[row["step"]]
        return f"{code} {sop.step(code).short_name}"

    columns = [
        Column("letter", t("why.letter"), _letter, is_name=True),
        Column("step", t("word.step"), step),
        Column("start", t("case.col_start"), _start),
        Column("finish", t("case.col_finish"), _finish),
        Column("waiting", t("why.waiting"), lambda row: f.duration(row["waiting_seconds"]), class_name="num"),
        Column("elapsed", t("case.col_elapsed"), lambda row: f.duration(row["elapsed_seconds"]), class_name="num"),
        Column("standard", t("case.col_standard"), lambda row: f.duration(row["target_seconds"]), class_name="num"),
        Column("verdict", t("case.col_verdict"), lambda row: [verdict_pill(row["verdict"]), *_reason(row["reason"])]),
        Column("days", t("word.why"), lambda row: _day_by_day(row, STEP_CODES[row["step"]])),
    ]
    left_out = {"step": not is_mixed, "waiting": not has_wait}
    return [column for column in columns if not left_out.get(column.key)]


def _outputs(row: Mapping[str, Any]) -> str:
    """How the finished passes of a step are counted."""
    names = ("recorded", "absent", "empty")
    counts = [(row[f"output_{name}"], t(f"why.part_output_{name}")) for name in names]
    return ", ".join(f"{fmt().number(count)} {words}" for count, words in counts if count) or t("word.none")


def _letter(row: Mapping[str, Any]) -> list[Component]:
    year, number = row["year"], row["agenda_number"]
    name = link(letter_name(year, number), request_address(year, number), "cases-link")
    place = html.Span(f"{fmt().number(row['number'])}.", className="why-number")
    return [place, name, html.Div(row["opd"] or t("word.none"), className="p-muted")]


def _day_by_day(row: Mapping[str, Any], step: str) -> Component:
    return link(t("why.day_by_day"), why_request_step(row["year"], row["agenda_number"], step), "why-more")


def _start(row: Mapping[str, Any]) -> list[Component | str]:
    if row["started_at"] is None:
        return [t("word.none")]
    rule = StartRule.of(row["start_rule"] or 0)
    return [fmt().moment_short(row["started_at"]), html.Div(t(f"start.{rule}"), className="p-muted")]


def _finish(row: Mapping[str, Any]) -> str:
    if row["finished_on"] is None and row["finished_at"] is None and Verdict.of(row["verdict"]) is Verdict.OVERDUE:
        return t("why.due_passed", moment=fmt().moment_short(row["due_at"]))
    return stamp_words(row["finished_on"], row["finished_at"])


def _reason(code: int | None) -> list[Component]:
    reason = Reason.of(code or 0)
    return [] if reason is Reason.NONE else [html.Div(t(f"reason.{reason}"), className="p-muted")]


def _letter_columns(figure: Figure) -> list[Column[Mapping[str, Any]]]:
    """One row per letter; the columns are those that the figure is made of."""
    f = fmt()
    columns = {
        "received": Column("received", t("why.received"), lambda row: f.moment_short(row["received_at"])),
        "ready": Column("ready", t("why.ready"), lambda row: f.date_short(int(row["ready_on"]))),
        "ready_at": Column("ready_at", t("why.ready"), lambda row: stamp_words(row["ready_on"], row["ready_at"])),
        "event": Column(
            "event", t("why.event"), lambda row: stamp_words(row["booked_start_on"], row["booked_start_at"])
        ),
        "length": Column(
            "length", t("case.col_elapsed"), lambda row: f.duration(row["ready_seconds"]), class_name="num"
        ),
        "verdict": Column("verdict", t("case.col_verdict"), lambda row: request_pill(row["ready_verdict"])),
        "deciding": Column("deciding", t("why.deciding"), _deciding),
        "days": Column("days", t("word.why"), lambda row: _day_by_day(row, READY)),
    }
    return [Column("letter", t("why.letter"), _letter, is_name=True), *(columns[name] for name in _COLUMNS[figure])]


_COLUMNS = {
    Figure.REQUESTS: ("received", "ready", "length", "verdict", "deciding"),
    Figure.READY: ("received", "ready", "length", "verdict", "deciding", "days"),
    Figure.EVENT: ("received", "ready_at", "event", "verdict"),
}


def _deciding(row: Mapping[str, Any]) -> list[Component | str]:
    """Ways to the steps that made a letter late, or unknown."""
    late = [_step_link(row, code) for code in row["late_steps"].split()]
    unknown = [_step_link(row, code) for code in row["unknown_steps"].split()]
    lines = [(t("why.late_steps"), late), (t("why.unknown_steps"), unknown)]
    return [html.Div([f"{words} ", *links]) for words, links in lines if links] or [t("why.all_met")]


def _step_link(row: Mapping[str, Any], code: str) -> Component:
    return link(code, why_request_step(row["year"], row["agenda_number"], code), "why-code")
