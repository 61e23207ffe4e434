"""What surrounds every desk page: top bar, bands, data age, the place for the page."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from types import ModuleType
from typing import NamedTuple

from dash import dcc, html
from dash.development.base_component import Component
from flask_wtf.csrf import generate_csrf

from dashboard.access.accounts import Account
from dashboard.access.begin import START_PATH
from dashboard.access.roles import May, Page
from dashboard.components.cards import link, stack
from dashboard.components.filters import CARRIED
from dashboard.components.status import icon
from dashboard.components.theme import Theme, current_theme
from dashboard.i18n import Language, current_language, fmt, t


class Id(StrEnum):
    """Ids of the shell; of these a page writes the age of the data alone, when it has taken some."""

    URL = "shell-url"
    PAGE = "shell-page"
    TITLE = "shell-title"
    TITLE_SET = "shell-title-set"
    PLACE_SET = "shell-place-set"
    AGE = "shell-age"
    TICK = "shell-tick"


class First(NamedTuple):
    """The page that comes with its frame, and the address it stands at, letter by letter as the browser says it.

    With it the browser asks once before it shows a page; without it, it asks for the page when the frame stands.
    """

    pathname: str
    search: str
    page: Sequence[Component]


def shell(
    account: Account,
    pages: Sequence[ModuleType],
    age: Component,
    *,
    is_demo: bool,
    agency: Sequence[str] = (),
    first: First | None = None,
    above: Sequence[Component] = (),
) -> html.Div:
    """The frame for that account, with an entry for each page that exists and that its role may see; `above` stands
    over whatever page there is. `agency`: whose head a printed page has."""
    place = {"pathname": first.pathname, "search": first.search} if first else {}
    top = [
        link(t("shell.name"), "/", "p-brand"),
        _navigation(account, pages),
        html.Div(age, id=Id.AGE, className="p-age-slot"),
        _account_menu(account),
    ]
    way = html.A(t("begin.title"), href=START_PATH) if account.may(Page.DATA, May.DO) else None
    demo = html.Div([icon("cone-striped"), html.Span(t("shell.demo")), way], className="p-demo", role="note")
    return stack(
        dcc.Location(id=Id.URL, refresh="callback-nav", **place),
        dcc.Interval(id=Id.TICK, interval=30_000),
        *(dcc.Store(id=id) for id in (Id.TITLE, Id.TITLE_SET, Id.PLACE_SET)),
        html.A(t("shell.skip"), href=f"#{Id.PAGE}", className="p-skip"),
        html.Header(
            [html.Div(top, className="p-top-row"), demo if is_demo else None, _index()], className="p-top no-print"
        ),
        _print_head(agency),
        html.Div(t("shell.demo"), className="p-demo-print") if is_demo else None,
        *above,
        html.Main(first.page if first else None, id=Id.PAGE, className="p-page", tabIndex=-1),
        _toast(),
    )


def _print_head(agency: Sequence[str]) -> html.Div:
    """What stands over a printed page; filters and moment are filled by assets/desk/print.js."""
    when = html.Span(
        [f"{t('shell.printed')} ", html.Span(className="p-print-moment", **{"data-zone": str(fmt().zone)})]
    )
    names = html.Strong(" · ".join(agency) or t("shell.name"))
    return html.Div([html.Div([names, when]), html.Div(className="p-print-filters")], className="p-print-head")


def _index() -> html.Nav:
    """Filled by assets/desk/page-index.js where a page is longer than three screens."""
    words = {"aria-label": t("shell.index"), "data-filters": t("shell.index_filters")}
    return html.Nav(id="shell-index", className="p-index", **words)


def _navigation(account: Account, pages: Sequence[ModuleType]) -> html.Nav:
    entries = [page for page in pages if page.NAV and account.may(page.PAGE)]
    links = [_entry(page) for page in entries]
    if account.may(Page.LAPOR, May.DO):
        links.insert(1, html.A(t("shell.report"), href="/lapor", className="p-nav-phone"))
    if account.may(Page.LAYAR):
        wall = [t("shell.wall"), icon("box-arrow-up-right")]
        links.append(html.A(wall, href="/layar", className="p-nav-link is-out"))
    return html.Nav(links, className="p-nav", **{"aria-label": t("shell.navigation")})


def _entry(page: ModuleType) -> Component:
    """The way to a page; assets/desk/shell.js adds to it those filters of the address that the page knows as well."""
    known = [name for name in CARRIED if name in getattr(page, "ADDRESS_NAMES", {})]
    carries = {"data-way": "", "data-carries": " ".join(known)}
    return html.A(t(page.NAV), href=page.PATH, className="p-nav-link", **carries)


def _account_menu(account: Account) -> html.Details:
    role = t(f"role.{account.role}")
    lines = [html.Strong(account.name), html.Span(account.opd or role, className="p-muted")]
    return html.Details(
        [
            html.Summary(
                [icon("person-circle"), html.Span(role, className="p-user-role")],
                className="p-user-toggle",
                **{"aria-label": f"{t('shell.account')}: {account.name}, {role}"},
            ),
            html.Div(
                [
                    html.Div(lines, className="p-user-who"),
                    languages(),
                    themes(),
                    _own(account),
                    _help(account),
                    _privacy(),
                    _leave(),
                ],
                className="p-user-menu",
            ),
        ],
        className="p-user",
    )


def languages() -> html.Div:
    """The languages of the screens, the chosen one marked."""
    chosen = current_language()
    return _choice(
        t("shell.language"),
        [_way(one.own_name, f"/bahasa/{one}", is_on=one is chosen, lang=one) for one in Language],
    )


def themes() -> html.Div:
    """The themes of the screens, the chosen one marked."""
    chosen, looks = current_theme(), {Theme.DEVICE: "circle-half", Theme.LIGHT: "sun", Theme.DARK: "moon"}
    return _choice(
        t("shell.theme"),
        [
            _way([icon(look), t(f"shell.theme_{theme}")], f"/tampilan/{theme}", is_on=theme is chosen)
            for theme, look in looks.items()
        ],
    )


def _choice(name: str, ways: Sequence[html.A]) -> html.Div:
    return html.Div(ways, className="p-langs", role="group", **{"aria-label": name})


def _way(words: str | list[Component | str], address: str, *, is_on: bool, lang: str | None = None) -> html.A:
    """One thing to choose; taking it loads the page again."""
    marked = {"aria-current": "true"} if is_on else {}
    return html.A(words, href=address, lang=lang, className="p-lang" + (" is-on" if is_on else ""), **marked)


def _own(account: Account) -> Component | None:
    """The way to the user's own password and sessions."""
    words = [icon("person-gear"), t("account.title")]
    return link(words, "/akun", "p-leave") if account.may(Page.AKUN) else None


def _help(account: Account) -> Component | None:
    """The way to the handbook."""
    words = [icon("question-circle"), t("shell.help")]
    return link(words, "/bantuan", "p-leave") if account.may(Page.BANTUAN) else None


def _privacy() -> Component:
    """The way to the notice of privacy, a plain page."""
    return html.A([icon("shield-check"), t("privacy.link")], href="/privasi", className="p-leave")


def _leave() -> html.Form:
    """A form, not a link: leaving changes something, and needs the token of this session."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
            html.Button([icon("box-arrow-right"), t("shell.leave")], type="submit", className="p-leave"),
        ],
        action="/keluar",
        method="post",
    )


def _toast() -> html.Div:
    """Filled by assets/desk/shell.js when a part of the page could not be loaded."""
    words = {f"data-{name}": t(f"shell.toast_{name}") for name in ("failed", "code", "offline")}
    close = html.Button(
        icon("x-lg"), type="button", className="p-toast-close", **{"aria-label": t("shell.toast_close")}
    )
    return html.Div(
        [icon("exclamation-triangle"), html.Span(className="p-toast-words"), close],
        id="shell-toast",
        className="p-toast no-print",
        role="alert",
        hidden=True,
        **words,
    )


def age_pill(loaded_at: int | None, now: int) -> Component:
    """How old the newest loaded file is; in words when there is none."""
    if loaded_at is None:
        words, title, state = t("shell.age_none"), t("shell.age_none_title"), "is-muted"
    else:
        age = fmt().age(max(now - loaded_at, 0))
        words, title, state = t("shell.age", age=age), t("shell.age_title", moment=fmt().moment(loaded_at)), "is-plain"
    look = {"className": f"p-age {state}", "title": title, "aria-label": f"{words}. {title}"}
    return html.Span([icon("database"), html.Span(words)], **look)


def message_view(title: str, words: str, icon_name: str) -> html.Div:
    """A page that only says something, inside the frame."""
    return stack(
        icon(icon_name),
        html.H1(title),
        html.P(words, className="p-muted"),
        link(t("shell.home"), "/", "p-button is-primary"),
        class_name="p-message",
    )
