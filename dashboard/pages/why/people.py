"""The figures of participants taken apart: both parts of each, which sessions count, and every session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, page_head, pill
from dashboard.components.pager import pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.people.page import fit_words, protocol, screening_panel
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import people_address, why_people
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.row_lists import table_row
from dashboard.pages.shared.words import opd_words
from dashboard.pages.why.room_rows import (
    ROWS,
    Lines,
    fractions_panel,
    opd_cell,
    rows_panel,
    session_cell,
    session_lines,
)
from dashboard.pages.why.rules import data_rule, rules_panel
from etl.domain.units import MINUTE
from etl.figures.people.counts import ParticipantFigures, participant_figures
from etl.figures.people.rows import (
    FIT_GROUPS,
    GROUPS,
    SCREENING,
    PeopleBehind,
    PeopleFigure,
    PeopleRow,
    people_behind,
    people_rows,
)
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, room_diary

if TYPE_CHECKING:
    from etl.office import Office

_SHARES = (PeopleFigure.ATTENDANCE, PeopleFigure.SEATS)


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The explanation; an agency's user finds only its own sessions."""
    asked = asked_filter(query, office_today(office, as_of), user.opd_filter)
    moment = as_of - as_of % MINUTE
    figures, diary = participant_figures(office, asked, moment), room_diary(office, asked, moment)
    if query.get("tentang") == SCREENING:
        return _screening(office, figures, moment)
    figure, group = _figure(query.get("tentang", "")), _group(query.get("kelompok", ""))
    rule = (t("why.rule_accounting"), [html.Div(t("people.rule")), *_apart(diary)])
    return html.Div(
        [
            _head(figures, [_name(figure), _group_words(group)]),
            _fractions(figures, diary, figure, group),
            _sessions(office, people_behind(diary, figure, group), group, read_page(query.get("hal")), user),
            None if group else screening_panel(figures),
            rules_panel([rule, data_rule(office, moment)]),
        ]
    )


def _head(figures: ParticipantFigures, names: Sequence[str]) -> Component:
    """What is explained, of which period, agency and room; the way back."""
    asked = figures.filter
    crumbs = [(t("people.nav"), people_address(asked)), (t("word.why"), None)]
    parts = [*names, fmt().period(asked.period.first, asked.period.last), asked.opd or "", asked.room or ""]
    return page_head(t("word.why"), " · ".join(part for part in parts if part), crumbs=crumbs)


def _screening(office: Office, figures: ParticipantFigures, moment: int) -> Component:
    """The sums with the rules by which they are counted and hidden; never a session."""
    rules = [html.Div(t(f"people.screening_rule_{name}")) for name in ("what", "when", "hidden", "left")]
    return html.Div(
        [
            _head(figures, [t("people.screening_title")]),
            screening_panel(figures),
            protocol(office),
            rules_panel([(t("why.rule_accounting"), rules), data_rule(office, moment)]),
        ]
    )


def _group(name: str) -> str:
    """The group of an address; all sessions for any other word."""
    return name if name in GROUPS else ""


def _group_words(group: str) -> str:
    if group == WITHOUT_LETTER:
        return opd_words(None)
    return f"{t('people.fit_title')}: {fit_words(group)}" if group in FIT_GROUPS else ""


def _figure(name: str) -> PeopleFigure:
    """The figure of an address; the number present for any other word."""
    return PeopleFigure(name) if name in {one.value for one in PeopleFigure} else PeopleFigure.PRESENT


def _name(figure: PeopleFigure) -> str:
    return t(f"people.{figure.name.lower()}")


def _apart(diary: Diary) -> list[Component]:
    """What no figure holds."""
    words = [t("people.why_source")]
    words += [t("people.why_unusable", count=fmt().number(diary.unusable))] if diary.unusable else []
    return [html.Div(said, className="p-muted") for said in words]


def _fractions(figures: ParticipantFigures, diary: Diary, chosen: PeopleFigure, group: str) -> Component:
    rows = [_fraction(figures, people_behind(diary, one, group), group) for one in PeopleFigure]
    return fractions_panel(rows, chosen)


def _fraction(figures: ParticipantFigures, found: PeopleBehind, group: str) -> dict[str, Any]:
    f = fmt()
    return {
        "figure": found.figure,
        "name": _name(found.figure),
        "href": why_people(figures.filter, found.figure, group),
        "part": f.number(found.part_sum),
        "whole": f.number(found.whole_sum),
        "value": f.percent(found.share) if found.figure in _SHARES else f.number(found.part_sum),
        "counted": f.number(found.counted),
        "left": f.number(len(found) - found.counted),
    }


def _sessions(office: Office, found: PeopleBehind, group: str, page: int, user: Account) -> Component:
    """The sessions, those that count first; the last row is the sum of all that count, on whichever page."""
    page = min(page, pages_of(len(found), ROWS))
    rows = people_rows(office, found, (page - 1) * ROWS, ROWS)
    heads = _heads(found.figure)
    numbers = ("part", "whole")
    lines = session_lines(office, [row.session_id for row in rows], user)
    f = fmt()
    total = {"session": html.Strong(t("people.why_sum")), "part": f.number(found.part_sum),
             "whole": f.number(found.whole_sum)}  # fmt: skip
    drawn = [*(_row(heads, row, lines, user) for row in rows), table_row(heads, total, numbers)]
    address = why_people(found.diary.filter, found.figure, group)
    return rows_panel(_name(found.figure), heads, drawn, numbers, (page, len(found), address))


def _heads(figure: PeopleFigure) -> dict[str, str]:
    part = t("people.present") if figure in _SHARES else _name(figure)
    wholes = {PeopleFigure.ATTENDANCE: t("people.planned"), PeopleFigure.SEATS: t("people.why_capacity")}
    return {
        "session": t("sarpras.head_session"),
        "opd": t("word.opd"),
        "part": part,
        **({"whole": wholes[figure]} if figure in wholes else {}),
        "counted": t("why.head_counted"),
        "source": t("why.head_source"),
    }


def _row(heads: Mapping[str, str], row: PeopleRow, lines: Lines, user: Account) -> html.Tr:
    f = fmt()
    cells = {
        "session": session_cell(row.start_at, row.room),
        "opd": opd_cell(row.opd, row.letter, user),
        "part": f.number(row.part),
        "whole": f.number(row.whole),
        "counted": _counted(heads, row),
        "source": lines.get(row.session_id, t("word.none")),
    }
    return table_row(heads, cells, ("part", "whole"))


def _counted(heads: Mapping[str, str], row: PeopleRow) -> Component:
    """Whether it counts; if not, what nobody said."""
    if row.is_counted:
        return pill(Tone.GOOD, "check-lg", t("why.counted"))
    given = {"part": row.part, "whole": row.whole}
    missing = [heads[name] for name, value in given.items() if name in heads and value is None]
    return pill(Tone.MUTED, "dash", t("people.why_missing", names=", ".join(missing)))
