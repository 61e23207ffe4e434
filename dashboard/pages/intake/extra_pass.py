"""A further pass that in truth puts the one before right: said so by a person, on the page of flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.components import button, panel, select, with_query
from dashboard.components.filters import ALL
from dashboard.i18n import sentence, t
from dashboard.pages.shared.numbers import once_more
from dashboard.pages.shared.row_lists import FLAGS, done, letter_link, note, place_words, reason_field, reason_of, said
from dashboard.pages.shared.row_words import stamp_words
from dashboard.pages.shared.sources import places_of
from data_access.errors import PantauError
from etl.corrections.page import correct
from etl.domain.verdict import STEP_CODES
from etl.figures.requests.detail import CasePass
from etl.figures.requests.detail import case as find_case

if TYPE_CHECKING:
    from etl.office import Office


class Id(StrEnum):
    """Ids of the question, on the page of flags."""

    WHICH = "flags-extra-pass"
    REASON = "flags-extra-reason"
    SAVE = "flags-extra-save"


def register_extra(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Turn a pass into a correction for those who may."""

    @app.callback(
        Output("flags-said", "children"),
        Output("flags-changed", "data"),
        Output("flags-url", "search"),
        Input(Id.SAVE, "n_clicks"),
        State(Id.WHICH, "value"),
        State(Id.REASON, "value"),
        State("flags-changed", "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.DATA, May.DO)
    def save(clicks: int | None, which: Any, reason: Any, changed: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        words = reason_of(reason if isinstance(reason, str) else "")
        row_id, number = _chosen(which)
        if not words or row_id is None:
            asked = t("intake.extra_choose") if row_id is None else t("intake.reason_short")
            return said(asked), no_update, no_update
        try:
            corrected = correct(office, "disposisi", row_id, {"pass_number": number}, words, account().name, now())
        except PantauError as error:
            return said(sentence(error)), no_update, no_update
        note(office, now(), account().name, "correct", f"disposisi {row_id}", field="pass_number", reason=words)
        told = done(t("intake.corrected_said"), is_published=corrected.is_published)
        return told, once_more(changed), with_query("", tanda="extra_pass")


def _chosen(which: Any) -> tuple[int | None, str]:
    """The row and the number of the pass that it corrects, from the value of the choice."""
    row_id, _, number = which.partition(":") if isinstance(which, str) and which != ALL else ("", "", "")
    is_good = row_id.isdecimal() and number.isdecimal() and len(row_id) < 19
    return (int(row_id), number) if is_good else (None, "")


def extra_panel(office: Office, query: Mapping[str, str], as_of: int) -> Component | None:
    """Which further pass of the step of the address puts the one before right."""
    year, _, agenda = query.get("surat", "").partition("/")
    step = query.get("langkah", "")
    if not (year.isdecimal() and len(year) == 4) or step not in STEP_CODES:
        return None
    case = find_case(office, int(year), agenda, as_of)
    passes = next((one.passes for one in case.steps if one.step == step), ()) if case else ()
    if case is None or len(passes) < 2:
        return panel(html.P(t("intake.extra_gone")), class_name="intake-decision")
    places = places_of(office, case, account())
    options = [("", t("intake.choose"))]
    for before, one in pairwise(passes):
        place = places.get(one.sources[-1]) if one.sources else None
        options += [(f"{place.row_id}:{before.number}", _option(one, before))] if place else []
    return panel(
        html.P(t("intake.extra_hint"), className="intake-hint"),
        html.Div(select(Id.WHICH, t("intake.extra_which"), options, options[-1][0]), className="intake-form is-long"),
        reason_field(Id.REASON, t("intake.correct_example")),
        html.Div(
            [
                button(t("intake.extra_do"), id=Id.SAVE),
                button(t("intake.cancel"), href=with_query(FLAGS, tanda="extra_pass"), kind="quiet"),
            ],
            className="intake-form",
        ),
        title=html.Span([step, " · ", letter_link(int(year), agenda)]),
        class_name="intake-decision",
    )


def _option(one: CasePass, before: CasePass) -> str:
    source = one.sources[-1]
    moment = stamp_words(one.finished_on, one.finished_at)
    place = place_words(source.file, source.sheet, source.row)
    return t("intake.extra_option", n=one.number, moment=moment, place=place, to=before.number)
