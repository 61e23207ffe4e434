"""Which steps look like a slip of the pen, in which rows of which files?

A further pass that in truth puts the one before right can be said to be its correction here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import button, empty, panel, select, with_query
from dashboard.components.filters import ALL
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.shared.forms import done, may_do, note, reason_field
from dashboard.pages.shared.links import FLAGS
from dashboard.pages.shared.page_request import Names, is_page, one_of
from dashboard.pages.shared.words import place_words, places_of, request_link, stamp_words, step_words
from etl.corrections.page import correct
from etl.domain.verdict import Flag
from etl.extract.texts import letter_name, letter_named
from etl.figures.intake.open_work import SUSPICIOUS, Row, flag_counts, flagged_steps
from etl.figures.requests.detail import RequestPass, request_detail
from etl.office import Office
from etl.reference.steps import STEP_CODES

PAGE = Page.DATA
PATH = FLAGS
TITLE = "intake.flags_title"
NAV = None
ADDRESS_NAMES: Names = {
    "hal": is_page,
    "tanda": one_of(*(flag.word for flag in SUSPICIOUS)),
    **dict.fromkeys(("surat", "langkah")),
}

_MOST_PLACES = 6


class Id(StrEnum):
    """Ids of the page."""

    EXTRA = "flags-extra-pass"
    REASON = "flags-extra-reason"
    SAVE = "flags-extra-save"


layout = partial(frame.list_page, "flags")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the steps with the flag that the address names; turn a pass into a correction for those who may."""

    frame.show_lists(app, "flags", lambda query, user: lists(office, query, now(), may_change=may_do(user)))

    def decide(_pressed: str, chosen: Any, reason: Any) -> Component:
        return _make_correction(office, now(), chosen, reason)

    given = ((Id.EXTRA, "value"), (Id.REASON, "value"))
    frame.take_decisions(app, "flags", (Id.SAVE,), given, decide, with_query("", tanda=Flag.EXTRA_PASS.word))


def _make_correction(office: Office, now: int, chosen: Any, typed: Any) -> Component:
    """Give the chosen pass the number of the one that it puts right; what became of it, in words."""
    row_id, number = _chosen_pass(chosen)
    reason, user = frame.given_reason(typed), account().name
    corrected = correct(office, "disposisi", row_id, {"pass_number": number}, reason, user, now)
    note(office, now, user, "correct", f"disposisi {row_id}", field="pass_number")
    return done(t("intake.corrected_said"), is_published=corrected.is_published)


def _chosen_pass(value: Any) -> tuple[int, str]:
    """The row and the number of the pass that it corrects, from the value of the choice."""
    row_id, _, number = value.partition(":") if isinstance(value, str) and value != ALL else ("", "", "")
    if not (row_id.isdecimal() and number.isdecimal() and len(row_id) < 19):
        raise frame.UnusableAnswerError("intake.extra_choose")
    return int(row_id), number


def lists(office: Office, query: Mapping[str, str], as_of: int, *, may_change: bool) -> Component:
    """The kinds of flags with their counts, and the steps behind one of them."""
    counts = flag_counts(office)
    if not counts:
        return panel(empty(t("intake.no_flags"), t("intake.no_flags_hint"), "check2-circle"))
    flag = next((flag for flag in SUSPICIOUS if flag.word == query.get("tanda")), next(iter(counts)))
    is_opened = may_change and flag is Flag.EXTRA_PASS and query.get("surat")
    opened = _extra_panel(office, query, as_of) if is_opened else None
    explained = frame.hint(t(f"intake.flag_{flag.name}"))
    return html.Div([opened, panel(_tabs(counts, flag), explained, _steps(office, flag, query, may_change))])


def _tabs(counts: Mapping[Flag, int], shown: Flag) -> Component:
    ways = [
        (_count_words(flag, count), with_query(FLAGS, tanda=flag.word), flag is shown) for flag, count in counts.items()
    ]
    return frame.tabs(t("intake.flags_title"), ways)


def _count_words(flag: Flag, count: int) -> list[Component | str]:
    return [t(f"flag.{flag.name}"), html.Span(fmt().number(count), className="intake-count")]


def _steps(office: Office, flag: Flag, query: Mapping[str, str], may_change: bool) -> Component:
    page = read_page(query.get("hal"))
    steps, total = flagged_steps(office, flag, page)
    if not steps:
        return empty(t("intake.no_flags"), icon_name="check2-circle")
    drawn = frame.listed(t(f"flag.{flag.name}"), _columns(can_repair=may_change and flag is Flag.EXTRA_PASS), steps)
    ways = frame.pages(page, total, lambda number: with_query(FLAGS, tanda=flag.word, hal=number))
    return html.Div([drawn, ways])


def _columns(*, can_repair: bool) -> list[Column[Row]]:
    columns: list[Column[Row]] = [
        frame.column("letter", lambda step: request_link(step["year"], step["agenda_number"])),
        frame.column("opd", lambda step: step["opd"] or t("word.none")),
        frame.column("flagged_step", lambda step: html.Strong(step_words(step["step"]))),
        frame.column("stamps", lambda step: stamp_words(step["finished_on"], step["finished_at"])),
        frame.column("places", _places),
    ]
    return [*columns, frame.column("action", _repair)] if can_repair else columns


def _places(step: Row) -> Sequence[Component]:
    """Where the rows of the step were read; the request leads on to each row."""
    shown = [place_words(place["file"], place["sheet"], place["row"]) for place in step["places"][:_MOST_PLACES]]
    more = len(step["places"]) - len(shown)
    lines = [html.Div(words) for words in shown]
    return [*lines, html.Div(t("intake.more_rows", count=fmt().number(more)))] if more > 0 else lines


def _repair(step: Row) -> Component:
    wanted = letter_name(step["year"], step["agenda_number"])
    address = with_query(FLAGS, tanda=Flag.EXTRA_PASS.word, surat=wanted, langkah=STEP_CODES[step["step"]])
    return frame.way(t("intake.make_correction"), address)


def _extra_panel(office: Office, query: Mapping[str, str], as_of: int) -> Component | None:
    """Which further pass of the step of the address puts the one before right."""
    year, agenda = letter_named(query.get("surat", "")) or (0, "")
    step = query.get("langkah", "")
    if not agenda or step not in STEP_CODES:
        return None
    request = request_detail(office, year, agenda, as_of)
    passes = next((known.passes for known in request.steps if known.step == step), ()) if request else ()
    if request is None or len(passes) < 2:
        return frame.decision(html.P(t("intake.extra_gone")))
    places = places_of(office, request, account())
    options = [("", t("intake.choose"))]
    for before, further in pairwise(passes):
        place = places.get(further.sources[-1]) if further.sources else None
        options += [(f"{place.row_id}:{before.number}", _option(further, before))] if place else []
    return frame.decision(
        frame.hint(t("intake.extra_hint")),
        html.Div(select(Id.EXTRA, t("intake.extra_which"), options, options[-1][0]), className="intake-form is-long"),
        reason_field(Id.REASON, t("intake.correct_example")),
        buttons=[button(t("intake.extra_do"), id=Id.SAVE)],
        cancel=with_query(FLAGS, tanda="extra_pass"),
        title=html.Span([step, " · ", request_link(year, agenda)]),
    )


def _option(further: RequestPass, before: RequestPass) -> str:
    source = further.sources[-1]
    moment = stamp_words(further.finished_on, further.finished_at)
    place = place_words(source.file, source.sheet, source.row)
    return t("intake.extra_option", n=further.number, moment=moment, place=place, to=before.number)
