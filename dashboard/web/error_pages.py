"""Answers that are not pages: errors in words, language, health."""

from __future__ import annotations

import logging
import secrets

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, g, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, NotFound, Unauthorized
from werkzeug.wrappers import Response as BaseResponse

from dashboard.access.doors import Door, data_refusal, door, refuse_unsigned, wants_data
from dashboard.access.sessions import local_path
from dashboard.i18n import LANGUAGE_COOKIE, parse_language, sentence, t
from data_access.errors import PantauError

Reply = Response | BaseResponse | tuple[Response | str, int]

_YEAR_SECONDS = 31_536_000
_log = logging.getLogger("pantau")


def register_errors(server: Flask) -> None:
    """Every refusal and failure in the words of the request's language; scripts get a small JSON document."""
    server.log_exception = lambda _: None  # type: ignore[method-assign] – `log_failure` writes the trace with its code
    server.register_error_handler(Unauthorized, refuse_unsigned)
    server.register_error_handler(CSRFError, _bad_form)
    server.register_error_handler(InternalServerError, _failure)
    server.register_error_handler(HTTPException, _refusal)
    server.register_error_handler(PantauError, _known_error)
    for no_such_script in (DependencyException, InvalidResourceError):
        server.register_error_handler(no_such_script, lambda _: _refusal(NotFound()))


def _refusal(error: HTTPException) -> Reply:
    if error.code is None or error.code < 400:
        return error.get_response()
    if wants_data(request.path):
        return data_refusal(error)
    named = {403: ("forbidden", "shield-lock"), 404: ("not_found", "signpost-split")}
    name, icon = named.get(error.code, ("bad_request", "exclamation-circle"))
    return _message(name, icon), error.code


def _bad_form(error: BadRequest) -> Reply:
    return data_refusal(error) if wants_data(request.path) else (_message("bad_request", "arrow-clockwise"), 400)


def log_failure(error: BaseException | None, path: str) -> str:
    """Write what nobody foresaw to the log, with its trace, under a code; the user is told the code that comes back."""
    g.has_failed, code = True, secrets.token_hex(4)
    _log.error("request failed, code %s, path %r", code, path, exc_info=error)
    return code


def _failure(error: InternalServerError) -> Reply:
    code = log_failure(error.original_exception, request.path)
    if wants_data(request.path):
        return jsonify({"error": t("shell.failed_words", code=code), "code": code}), 500
    return _message("failed", "cloud-slash", code=code), 500


def _known_error(error: PantauError) -> Reply:
    if wants_data(request.path):
        return jsonify({"error": sentence(error)}), 422
    return _page(t("shell.failed"), sentence(error), "exclamation-octagon"), 422


def _message(name: str, icon: str, **values: str) -> str:
    words = {
        "forbidden": lambda: (t("shell.forbidden"), t("shell.forbidden_words")),
        "not_found": lambda: (t("shell.not_found"), t("shell.not_found_words")),
        "bad_request": lambda: (t("shell.bad_request"), t("shell.bad_request_words")),
        "failed": lambda: (t("shell.failed"), t("shell.failed_words", **values)),
    }
    return _page(*words[name](), icon)


def _page(title: str, words: str, icon: str) -> str:
    return render_template("message.html", title=title, words=words, icon=icon, target="/", way_out=t("shell.home"))


def register_small_routes(server: Flask) -> None:
    """Health for whoever watches the server, and the language switch."""

    @server.get("/sehat", endpoint="health")
    @door(Door.PUBLIC)
    def health() -> Reply:
        return jsonify({"status": "ok"})

    @server.get("/bahasa/<code>", endpoint="language")
    @door(Door.PUBLIC)
    def choose(code: str) -> Reply:
        reply = redirect(local_path(request.args.get("ke") or _path_of_referrer()))
        reply.set_cookie(LANGUAGE_COOKIE, parse_language(code), max_age=_YEAR_SECONDS, samesite="Lax", httponly=True)
        return reply


def _path_of_referrer() -> str:
    """Where the visitor was on this server; the start page when it came from elsewhere."""
    referrer, root = request.referrer or "", request.host_url
    return "/" + referrer.removeprefix(root) if referrer.startswith(root) else "/"
