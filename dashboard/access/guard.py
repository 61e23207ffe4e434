"""The role check inside every callback.

Who may is decided by the function that is about to run, never by what the request says of its inputs: a request
may relabel those at will.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from dash import Dash
from flask import Flask, abort, g, request

from dashboard.access.accounts import account, current_account
from dashboard.access.doors import UnguardedError
from dashboard.access.http import is_shaped_for, json_object
from dashboard.access.roles import May, Page

P = ParamSpec("P")
R = TypeVar("R")

_UPDATE = "/_dash-update-component"


def require(page: Page | None, may: May = May.SEE) -> None:
    """Refuse the request unless its user may see (or do) that page; None: any signed-in user."""
    user, g.page = account(), page
    if page is not None and not user.may(page, may):
        abort(403)


def guarded(page: Page | None, may: May = May.SEE) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the callback run only for users who may see (or do) that page; None: any signed-in user."""

    def wrap(callback: Callable[P, R]) -> Callable[P, R]:
        @wraps(callback)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            require(page, may)
            return callback(*args, **kwargs)

        checked.guard = (page, may)  # type: ignore[attr-defined]
        return checked

    return wrap


def guard_of(app: Dash, output: str) -> tuple[Page | None, May] | None:
    """The guard of the callback that answers for that output; None: it has none."""
    entry = app.callback_map.get(output, {})
    function = entry.get("callback")
    while function is not None and not hasattr(function, "guard"):
        function = getattr(function, "__wrapped__", None)
    return function.guard if function is not None else None


def unguarded_callbacks(app: Dash) -> list[str]:
    """Outputs of callbacks that run on the server without a guard."""
    return [name for name, entry in app.callback_map.items() if "callback" in entry and guard_of(app, name) is None]


def refuse_unguarded(app: Dash) -> None:
    """Stop the start when a callback has no guard, or stands in the place of another one that Dash drops in silence."""
    open_callbacks = unguarded_callbacks(app)
    if open_callbacks:
        raise UnguardedError(f"callbacks without guarded(...): {', '.join(sorted(open_callbacks))}")
    times = Counter(str(entry["output"]) for entry in app._callback_list)
    if repeated := sorted(output for output, n in times.items() if n > 1):
        raise UnguardedError(f"two callbacks for {', '.join(repeated)}: allow_duplicate=True keeps both")


def watch_callbacks(server: Flask, app: Dash) -> None:
    """Ask the guard once more before Dash unpacks the request, and refuse what Dash would stumble over."""

    @server.before_request
    def ask() -> None:
        if request.path != _UPDATE or current_account() is None:
            return
        body = json_object()
        output = body.get("output")
        guard = guard_of(app, output) if isinstance(output, str) else None
        if guard is None:
            abort(400)
        require(*guard)
        if not is_shaped_for(app, str(output), body):
            abort(400)
