"""What the lists of the Data page share: addresses, words for kinds and places, tables that turn into cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.access import May, Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import Tone, icon, link, pill, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.shared.request_links import case_address
from data_access.records import reading
from data_access.records.access.audit import note_action
from data_access.records.access.users import user_by_name
from data_access.records.engine import writing
from etl.desk.screen_rows import entered_by
from etl.intake.load_report import SCREEN

if TYPE_CHECKING:
    from data_access.records.intake.loads import Load
    from etl.office import Office

DATA = "/data"
RUNS = "/data/muatan"
WAITING = "/data/menunggu"
NAMES = "/data/nama"
FLAGS = "/data/tanda"
CORRECTIONS = "/data/koreksi"

SHORTEST_REASON = 3
_ACTORS = ("cli", "watch", "inbox", "source", "demo")
_KINDS = ("permohonan", "disposisi", "pemakaian", "peserta", "kondisi", "koreksi", "pembatalan")

Crumbs = list[tuple[str, str | None]]


def load_address(load_id: int, **query: object) -> str:
    """The page of one load."""
    return with_query(f"{RUNS}/{int(load_id)}", **query)


def row_address(load_id: int, row: int, sheet: str | None = None) -> str:
    """The page of a load, opened where that row of the file stands."""
    return f"{load_address(load_id, baris=row, lembar=sheet)}#baris-{row}"


def correction_address(kind: str, row_id: int, field: str | None = None) -> str:
    """The form that puts one stored row right."""
    return with_query(f"{CORRECTIONS}/{kind}/{int(row_id)}", ubah=field)


def crumbs(*more: tuple[str, str | None]) -> Crumbs:
    """The way back to the Data page."""
    return [(t("intake.data"), DATA), *more]


def may_do(user: Account) -> bool:
    """Whether that user may change anything on the Data page."""
    return is_allowed(user.role, Page.DATA, May.DO)


def kind_words(kind: str) -> str:
    """What the office calls that kind of records."""
    return t(f"intake.kind_{kind}") if kind in _KINDS else kind


def file_words(load: Load) -> str:
    """What a list calls a load: its file, or what a person did on a page."""
    return kind_words(load.kind) if load.kind == "koreksi" else load.file


def place_words(file: str | None, sheet: str | None, row: int | None) -> str:
    """ "agenda.xlsx, lembar Agenda, baris 12"; of what was said on a screen "layar, Agendaris (ani)"."""
    if file == SCREEN and (said := screen_words(sheet)):
        return said
    parts = [file, f"{t('word.sheet')} {sheet}" if sheet else "", t("intake.row", row=row) if row else ""]
    return ", ".join(part for part in parts if part)


def screen_words(sheet: str | None) -> str | None:
    """ "layar, Agendaris (ani)": who said it on a screen; None for what was not."""
    found = entered_by(sheet)
    return None if found is None else t("intake.on_screen", role=t(f"role.{found[0]}"), name=found[1])


def place_link(row: Mapping[str, Any]) -> Component:
    """The way from a source row to its load; `row` has load_id, file, sheet, row."""
    words = place_words(row["file"], row["sheet"], row["row"])
    return link(words, row_address(row["load_id"], row["row"], row["sheet"]), "intake-place")


def actor_words(office: Office, actor: str | None) -> str:
    """Who gave it: a user with the role, or the way it came."""
    if not actor:
        return t("word.none")
    if actor in _ACTORS:
        return t(f"intake.actor_{actor}")
    with reading(office.records) as connection:
        user = user_by_name(connection, actor)
    return actor if user is None else f"{actor} ({t(f'role.{user.role}')})"


def letter_link(year: int | None, agenda_key: str | None, shown: str | None = None) -> Component | str:
    """The way to a letter; a dash when there is none."""
    if year is None or agenda_key is None:
        return t("word.none")
    return link(f"{year}/{shown or agenda_key}", case_address(year, agenda_key), "cases-link")


def table(label: str, heads: Mapping[str, str], rows: Sequence[html.Tr], numbers: Sequence[str] = ()) -> html.Div:
    """A table whose rows come from `table_row`; `heads` are the columns' words by name."""
    cells = [html.Th(words, scope="col", className="num" if name in numbers else None) for name, words in heads.items()]
    drawn = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="p-table intake-table")
    return html.Div(drawn, className="p-scroll", tabIndex=0, role="region", **{"aria-label": label})


def table_row(
    heads: Mapping[str, str], cells: Mapping[str, Any], numbers: Sequence[str] = (), **properties: Any
) -> html.Tr:
    """One row; on a phone each cell stands under the words of its column."""
    tds = [
        html.Td(cells.get(name), className="num" if name in numbers else None, **{"data-label": words})
        for name, words in heads.items()
    ]
    return html.Tr(tds, **properties)


def result_pill(load: Load) -> html.Span:
    """What became of a load: taken, partly refused, undone."""
    if load.status == "undone":
        return pill(Tone.MUTED, "arrow-counterclockwise", t("intake.undone"))
    if load.kind in ("koreksi", "pembatalan"):
        return pill(Tone.PLAIN, "pencil", kind_words(load.kind))
    f, counts = fmt(), load.counts
    if counts.rejected and counts.rejected == counts.read:
        return pill(Tone.LATE, "x-lg", t("intake.all_rejected"))
    if counts.rejected:
        words = t("intake.some_rejected", count=f.number(counts.rejected), n=counts.rejected)
        return pill(Tone.NEAR, "exclamation-lg", words)
    return pill(Tone.GOOD, "check-lg", t("intake.all_taken"))


def reason_of(text: str | None) -> str:
    """A reason as typed, on one line; empty when it is too short to be one."""
    line = " ".join((text or "").split())
    return line if len(line) >= SHORTEST_REASON else ""


def reason_field(id: str, example: str = "") -> html.Div:
    """Where a person says why; below the other fields, on the whole width."""
    field = dbc.Textarea(id=id, placeholder=example, class_name="p-input intake-words", rows=2)
    label = html.Label(
        [html.Span(t("intake.reason_why"), className="p-field-label"), field], className="p-field is-wide"
    )
    return html.Div(label, className="intake-form")


def said(message: str, tone: Tone | str = Tone.LATE) -> Component:
    """What came of a button, spoken by screen readers."""
    name = "check-circle" if tone == Tone.GOOD else "exclamation-octagon"
    return html.Div([icon(name), html.Span(message)], className=f"p-banner is-{tone}", role="alert")


def done(words: str, *, is_published: bool) -> Component:
    """What a button did; when the screens do not show it yet, that it is stored all the same."""
    return said(words, Tone.GOOD) if is_published else said(t("intake.saved_not_shown"), Tone.NEAR)


def note(office: Office, now: int, actor: str, action: str, subject: str, **detail: Any) -> None:
    """One line of the access log about something done on the Data page."""
    with writing(office.records) as connection:
        note_action(connection, action, at=now, actor=actor, subject=subject, detail=detail or None)


def text_field(id: str, label: str, value: str = "", *, kind: str = "text", placeholder: str = "") -> html.Label:
    """A field of one line."""
    field = dbc.Input(id=id, type=kind, value=value, placeholder=placeholder, class_name="p-input")
    return html.Label([html.Span(label, className="p-field-label"), field], className="p-field")
