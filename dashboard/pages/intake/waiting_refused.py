"""Which files of the inbox were refused, why, and what to do about each?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import account
from dashboard.components import button, panel
from dashboard.components.tables import Column
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake import frame
from dashboard.pages.intake.waiting_parts import here
from dashboard.pages.shared.forms import done, note
from data_access.records.access import INBOX_DONE
from etl.figures.intake.refused import RefusedFile, refused_files
from etl.office import Office

ASKED = "ditolak"
"""Name in the address of the file that is asked about."""

SHOWN = 5


class Id(StrEnum):
    """Ids of the question."""

    FILE = "waiting-refused"
    DONE = "waiting-refused-done"


def take_answers(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a person's word that a file is done with."""

    def decide(_pressed: str, subject: Any) -> Component:
        return dismiss(office, now(), subject)

    frame.take_decisions(app, "waiting", (Id.DONE,), ((Id.FILE, "data"),), decide, allow_duplicate=True)


def dismiss(office: Office, now: int, subject: Any) -> Component:
    """The file is listed no longer; where it lies it stays."""
    file = next((file for file in refused_files(office) if file.subject == subject), None)
    if file is None:
        raise frame.UnusableAnswerError("intake.refused_gone")
    note(office, now, account().name, INBOX_DONE, file.subject)
    return done(t("intake.refused_done", file=file.name), is_published=True)


def dismiss_panel(files: Sequence[RefusedFile], text: str) -> Component:
    """The question whether a file is done with; `text`: its name in the folder."""
    file = next((known for known in files if known.own_name == text), None)
    if file is None:
        return frame.decision(html.P(t("intake.refused_gone")))
    return frame.decision(
        dcc.Store(id=Id.FILE, data=file.subject),
        _reason(file),
        frame.hint(t("intake.refused_hint")),
        buttons=[button(t("intake.refused_dismiss"), id=Id.DONE, kind="quiet")],
        title=file.name,
    )


def refused_list(files: Sequence[RefusedFile], query: Mapping[str, str], may_change: bool) -> Component:
    """Every such file, on the page of what waits."""
    columns: list[Column[RefusedFile]] = [
        frame.column("file", lambda file: html.Strong(file.name)),
        frame.column("when", lambda file: fmt().moment_short(file.at)),
        frame.column("reason", _reason),
    ]
    if may_change:
        words = t("intake.refused_dismiss")
        columns.append(frame.column("action", lambda file: frame.way(words, _address(file, query))))
    title = t("intake.refused_title")
    return panel(frame.listed(title, columns, files), title=title, note=t("intake.refused_note"))


def refused_panel(files: Sequence[RefusedFile], may_change: bool) -> Component | None:
    """The newest of them, on the page Data; None without any."""
    if not files:
        return None
    items = [html.Li(_item(file, may_change)) for file in files[:SHOWN]]
    hint = frame.hint(t("intake.refused_what_to_do")) if may_change else None
    words = t("intake.refused_all", n=len(files), count=fmt().number(len(files)))
    more = frame.way(words, here({})) if len(files) > SHOWN else None
    title = t("intake.refused_title")
    return panel(html.Ul(items, className="intake-refused"), hint, more, title=title, class_name="intake-inbox")


def _item(file: RefusedFile, may_change: bool) -> list[Component]:
    when = html.Small(fmt().moment_short(file.at), className="p-muted")
    way = [frame.way(t("intake.refused_dismiss"), _address(file, {}))] if may_change else []
    return [html.Strong(file.name), " ", when, _reason(file), *way]


def _address(file: RefusedFile, query: Mapping[str, str]) -> str:
    return here(query, **{ASKED: file.own_name})


def _reason(file: RefusedFile) -> Component:
    words = sentence(file.reason).removeprefix(f"{file.name}: ")
    return html.P(f"{words[:1].upper()}{words[1:]}", className="intake-why")
