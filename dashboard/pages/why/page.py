"""Why is this figure what it is: what was counted, what was left out, by which rule, from which rows?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import Tone, banner, empty, loading, page_head, page_url, panel
from dashboard.i18n import sentence, t
from dashboard.pages.shared.links import COMPARE, CONTROL, REQUEST_STEP, WHAT_IF, WHY_PEOPLE, WHY_ROOM, WHY_SARPRAS
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, Names, PageRequest, bind_part, is_page
from dashboard.pages.why import comparison, compliance, facilities, people, requests, rooms
from dashboard.pages.why.explanation import Explanation, drawn
from data_access.errors import PantauError
from etl.figures.compliance.definitions import Figure
from etl.figures.filter import FIRST_DAY, LAST_DAY
from etl.office import Office

PAGE = Page.SOP
"""Everybody at a desk; which figures a role may see is said by `EXPLAINERS`."""

PATH = "/mengapa"
TITLE = "word.why"
NAV = None
ADDRESS_NAMES: Names = {
    **PERIOD_AND_PLACE,
    **dict.fromkeys(("hal", "baris"), is_page),
    "pada": lambda office, text: _moment(office, text) is not None,
    **dict.fromkeys((
        "angka", "kelompok", "langkah", "surat", "tentang", "kunci", "menit", "hari", "jam", "jarak", "barang",
        "bagian", "tanpa",
    )),
}  # fmt: skip
"""What all explanations read together."""

Explain = Callable[["Office", Mapping[str, str], int, Account], Explanation]
"""Office, the names in the address, as of (UTC seconds), who asks. Raises PantauError in words."""


@dataclass(frozen=True)
class Explainer:
    """What explains a figure, and on which pages it stands: who may see one of them may ask."""

    explain: Explain
    pages: tuple[Page, ...]


EXPLAINERS: dict[str, Explainer] = {
    **{kind.value: Explainer(compliance.explain, (Page.KEPATUHAN, Page.SOP)) for kind in Figure},
    COMPARE: Explainer(comparison.explain_difference, (Page.KEPATUHAN,)),
    CONTROL: Explainer(comparison.explain_control, (Page.KEPATUHAN,)),
    WHAT_IF: Explainer(comparison.explain_other_target, (Page.SOP,)),
    REQUEST_STEP: Explainer(requests.explain, (Page.PERMOHONAN,)),
    WHY_ROOM: Explainer(rooms.explain, (Page.RUANG,)),
    WHY_PEOPLE: Explainer(people.explain, (Page.PESERTA,)),
    WHY_SARPRAS: Explainer(facilities.explain, (Page.SARPRAS,)),
}
"""By the name in the address (`angka`)."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "why-url"
    BODY = "why-body"


def layout(_: PageRequest) -> Component:
    """The place of the explanation."""
    return html.Div([page_url("why"), loading(html.Div(id=Id.BODY))], className="why")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Explain what the address names."""
    bind_part(app, PAGE, "why", Id.BODY, lambda query, user: explained(office, query, now(), user))


def explained(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """The explanation; what cannot be asked, or not by this user, is answered in words."""
    known = EXPLAINERS.get(query.get("angka", ""))
    if known is None:
        return _words(t("why.unknown"), t("why.unknown_hint"), "question-circle")
    if not any(user.may(page) for page in known.pages):
        return _words(t("shell.forbidden"), t("shell.forbidden_words"), "shield-lock")
    try:
        return drawn(known.explain(office, query, _as_of(office, query.get("pada", ""), now), user))
    except PantauError as error:
        head = page_head(t("word.why"))
        return html.Div([head, banner(sentence(error), Tone.LATE, "exclamation-octagon"), empty(t("why.check"))])


def _words(title: str, hint: str, icon_name: str) -> Component:
    return html.Div([page_head(t("word.why")), panel(empty(title, hint, icon_name))])


def _as_of(office: Office, text: str, now: int) -> int:
    """The moment in the address, never a later one than now; now for none, for what is none and for what no record
    can be of."""
    at = _moment(office, text)
    return now if at is None else min(at, now)


def _moment(office: Office, text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_DAY < at.date() < LAST_DAY:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=office.zone)
    return int(at.timestamp())
