"""The web application, made anew for each office and each test."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from mimetypes import guess_type
from types import ModuleType
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from dashboard import lapor, wall
from dashboard.access.accounts import account, current_account
from dashboard.access.begin import lead_to_start, register_password_link, register_start
from dashboard.access.devices import register_devices
from dashboard.access.doors import UnguardedError, unlocked_rules, watch_doors
from dashboard.access.guard import guarded, refuse_unguarded, watch_callbacks
from dashboard.access.http import FILES, CarefulJson, add_headers, content_policy, is_encrypted, policy_hash
from dashboard.access.login import load_accounts, register_codes, register_login
from dashboard.access.openid import register_openid
from dashboard.access.privacy import register_privacy
from dashboard.access.proxy import BehindProxies
from dashboard.access.store import Store
from dashboard.components.asset_urls import ASSETS, asset, desk_scripts, desk_styles, first_script, joined
from dashboard.components.markup import make_elements_quickly, written_out
from dashboard.components.shell import Id, age_pill, shell
from dashboard.components.theme import theme_head
from dashboard.i18n import Language, current_language, t
from dashboard.pages import area_files, one_page
from dashboard.pages.handbook.page import register_pictures
from dashboard.pages.intake import files as intake_files
from dashboard.pages.report import address as report_address
from dashboard.pages.requests import scans
from dashboard.pages.rooms import feed as room_feed
from dashboard.pages.settings import audit, backups
from dashboard.pages.settings import versions as settings_versions
from dashboard.pages.shared import renewal
from dashboard.pages.shared.monitoring_rule import keep_rule
from dashboard.web.answers import register_errors, register_metrics, register_small_routes
from dashboard.web.keeper import mend_the_mart
from dashboard.web.router import Router, first_page, register_router
from data_access.origin import is_loopback
from data_access.secret import secret_key
from etl.office import Office

Now = Callable[[], int]

ADDRESS = "alamat"
"""Where the browser says, when it asks for the frame, at which address it stands."""

_BIGGEST_REQUEST = 2 * 1024 * 1024
_INDEX = """<!doctype html>
<html lang="{language}" style="--opening: '{opening}'">
  <head>
    {metas}
    <script>{first}</script>
    <meta name="robots" content="noindex">
    <title>{title}</title>
    <link rel="icon" type="image/svg+xml" href="{icon}">
    {css}
    {theme}
  </head>
  <body>
    {app_entry}
    <footer>{config}{scripts}{renderer}</footer>
  </body>
</html>"""
_ENTRY = """<div id="react-entry-point">
      <div class="p-opening" role="status">
        <p>{words}</p>
        <p class="p-opening-late">{late} <a href="">{again}</a></p>
      </div>
    </div>"""
"""Where Dash draws the page; until then it holds words of our own, after a while with what may be the matter: the style
sheet shows them, for no script can be relied on here."""


def real_now() -> int:
    """The clock of this machine, in seconds since 1970."""
    return int(time.time())


class DeskApp(Dash):
    """Dash with our first page: its language, title and icon."""

    router: Router

    def interpolate_index(self, **parts: Any) -> str:
        """The page that loads everything; holds no data."""
        parts |= {"title": self.router.title_of(request.path), "icon": asset("base/icon.svg")}
        entry = _ENTRY.format(words=t("shell.opening"), late=t("shell.opening_late"), again=t("shell.open_again"))
        parts |= {"app_entry": entry, "theme": theme_head(), "opening": t("shell.opening")}
        return _INDEX.format(language=current_language(), first=first_script(), **parts)

    def csp_hashes(self, hash_algorithm: str = "sha256") -> Sequence[str]:
        """Dash's own inline scripts, and the one that asks the first questions."""
        return [*super().csp_hashes(hash_algorithm), policy_hash(first_script())]


def create_app(
    office: Office,
    *,
    now: Now | None = None,
    pages: Sequence[ModuleType] | None = None,
    host: str = "127.0.0.1",
    secure_cookies: bool = False,
    may_turn: bool = False,
) -> Dash:
    """The app of one office. `host` is the address it will listen on: invented records are for loopback only.
    `may_turn`: whoever runs it starts it anew with the office's own records once somebody begins there.

    Raises UnguardedError when a route has no door or a callback no guard.
    """
    if pages is None:
        from dashboard.web.pages import PAGES  # only when wanted: tests bring their own

        pages = PAGES
    clock, router = now or real_now, Router(pages)
    server = _make_server(office, clock, host, is_https=secure_cookies, may_turn=may_turn)
    app = _make_dash(server)
    app.router = router
    app.layout = lambda: _layout(router, office, clock)
    _watch_places(server, router, office)
    watch_callbacks(server, app)
    _register_pages(app, router, office, clock)
    wall.register(server, office, clock)
    lapor.register(server, office, clock)
    register_metrics(server, office, clock)
    mend_the_mart(server, office, clock)
    intake_files.register(server, office, clock)
    report_address.register_files(server, office, clock)
    area_files.register(server, office, clock)
    one_page.register(server, office, clock)
    renewal.register(app, office)
    room_feed.register_calendar(server, office, clock)
    scans.register_files(server, office, clock)
    backups.register_files(server, office, clock)
    settings_versions.register_file(server, office)
    audit.register_file(server, office)
    register_pictures(server)
    _finish(app)
    return app


def _make_server(office: Office, now: Now, host: str, *, is_https: bool, may_turn: bool) -> Flask:
    """Flask with everything that stands before a page: sessions, doors, tokens, plain pages."""
    server = Flask("dashboard", template_folder="access/templates", static_folder=None)
    server.config.update(
        SECRET_KEY=secret_key(office.home.secret_path),
        SESSION_COOKIE_NAME="pantau",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=8),
        MAX_CONTENT_LENGTH=_BIGGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # a proxy may pass on another name than the browser's; the token is of the session
        REMEMBER_COOKIE_NAME="",  # no login outlives its session; no request can carry a cookie without a name
        PANTAU_ZONE=office.zone,
    )
    keep_rule(server, office)
    server.json = CarefulJson(server)
    server.jinja_env.globals.update(t=t, asset=asset, theme_head=theme_head, languages=list(Language))
    server.context_processor(
        lambda: {
            "language": current_language(),
            "sop_number": office.sop.current().number,
            "office_name": office.settings.office.name or t("shell.office"),
        }
    )
    server.wsgi_app = BehindProxies(server.wsgi_app, lambda: office.settings.proxy, is_https=is_https)  # type: ignore[method-assign]
    store, is_demo_open = Store(office), is_loopback(host)
    load_accounts(server, store, now, is_demo_open=is_demo_open)
    register_devices(server, store, now)
    lead_to_start(server, store)
    watch_doors(server, lambda action, subject: store.note(now(), None, action, subject, None))
    CSRFProtect(server)
    register_errors(server, office.home)
    register_small_routes(server, office)
    register_privacy(server, office)
    register_login(server, store, now, is_demo_open=is_demo_open)
    register_openid(server, store, now, is_demo_open=is_demo_open)
    register_codes(server, store, now, is_demo_open=is_demo_open)
    register_start(server, store, now, may_turn=may_turn)
    register_password_link(server, store, now)
    return server


def _make_dash(server: Flask) -> DeskApp:
    make_elements_quickly()
    app = DeskApp(
        "dashboard",
        server=server,
        assets_folder=str(ASSETS),
        include_assets_files=False,
        external_stylesheets=desk_styles(),
        external_scripts=desk_scripts(),
        pages_folder="",
        use_pages=False,
        suppress_callback_exceptions=True,
        serve_locally=True,
        compress=True,
        update_title=None,
        add_log_handler=False,
        use_async=False,
        enable_mcp=False,
    )

    _join_desk_files(server)

    return app


def _join_desk_files(server: Flask) -> None:
    """Beside the files of `assets/` stand those that are joined of them, behind the same door, kept as long."""
    one_file = server.view_functions[FILES]

    def give(filename: str) -> BaseResponse | str:
        text = joined(filename)
        return one_file(filename=filename) if text is None else Response(text, mimetype=guess_type(filename)[0])

    server.view_functions[FILES] = give


def _layout(router: Router, office: Office, now: Now) -> Component:
    user = current_account()
    if user is None:  # Dash checks the layout at the first request, whoever makes it
        return html.Div()
    first = first_page(router, office, now(), request.args.get(ADDRESS))
    above = renewal.offer()
    agency = office.sop.current().identity.agency
    frame = shell(
        user, router.pages, _age(office, now), is_demo=office.is_demo, agency=agency, first=first, above=above
    )
    return written_out(frame)


def _age(office: Office, now: Now) -> Component:
    return age_pill(Store(office).last_load_at(now()), now())


def _register_pages(app: Dash, router: Router, office: Office, now: Now) -> None:
    register_router(app, router, office, now)

    @app.callback(Output(Id.AGE, "children"), Input(Id.TICK, "n_intervals"), prevent_initial_call=True)
    @guarded(None)
    def tell_age(_: int | None) -> Component:
        return _age(office, now)

    for page in router.pages:
        page.register(app, office, now)


def _watch_places(server: Flask, router: Router, office: Office) -> None:
    """Answer 403 or 404 for a page's address itself, and hand the browser the token that Dash sends back. A page that
    says of what its address names that it is not there comes with its menu, and the status 404."""

    @server.before_request
    def check() -> None:
        if request.endpoint in {"/", "/<path:path>"}:
            status = router.status_of(request.path, account())
            if status != 200:
                abort(status)

    @server.after_request
    def give_token(reply: Response) -> Response:
        if request.endpoint in {"/", "/<path:path>"} and reply.status_code == 200:
            reply.set_cookie("_csrf_token", generate_csrf(), samesite="Strict", secure=is_encrypted())
            if not router.is_there(office, request.path, account()):
                reply.status_code = 404
        return reply


def _finish(app: Dash) -> None:
    """Refuse to start with an open place, then fix what browsers may run."""
    refuse_unguarded(app)
    open_rules = unlocked_rules(app.server)
    if open_rules:
        raise UnguardedError(f"routes without a door: {', '.join(sorted(open_rules))}")
    add_headers(app.server, content_policy(app.csp_hashes()))
    # Dash takes over its callbacks at the first request; two threads that come first together would race.
    app.server.test_client().get("/sehat")
