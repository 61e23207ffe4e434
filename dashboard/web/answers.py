"""Answers that are not pages: errors in words, health, language and theme, and what the office's monitoring reads."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, g, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from prometheus_client import CollectorRegistry, Counter, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, NotFound, Unauthorized
from werkzeug.wrappers import Response as BaseResponse

from dashboard.access.doors import Door, data_refusal, door, refuse_unsigned, wants_data
from dashboard.access.http import give_cookie
from dashboard.access.sessions import local_path
from dashboard.components.theme import THEME_COOKIE, parse_theme
from dashboard.i18n import LANGUAGE_COOKIE, parse_language, sentence, t
from data_access.errors import PantauError
from data_access.fault_log import append_fault
from data_access.home import Home
from data_access.records import reading
from data_access.records.intake.loads import load_tally
from etl.extract.masks import mask
from etl.figures.intake.freshness import source_freshness
from etl.figures.wall.screens import ScreenState, screens
from etl.keeping.health import note_damage, vital_signs
from etl.office import Office

Reply = Response | BaseResponse | tuple[Response | str, int]

REFUSALS = {403: ("forbidden", "shield-lock"), 404: ("not_found", "signpost-split")}
"""By status the message of the catalogue, and its icon."""

_YEAR_SECONDS = 31_536_000
_log = logging.getLogger("pantau")


def register_errors(server: Flask, home: Home) -> None:
    """Every refusal and failure in the words of the request's language; scripts get a small JSON document."""

    def known(error: PantauError) -> Reply:
        log_damage(home, error)
        return _known_error(error)

    server.log_exception = lambda _: None  # type: ignore[method-assign] – `log_failure` writes the trace with its code
    server.register_error_handler(Unauthorized, refuse_unsigned)
    server.register_error_handler(CSRFError, _bad_form)
    server.register_error_handler(InternalServerError, _failure)
    server.register_error_handler(HTTPException, _refusal)
    server.register_error_handler(PantauError, known)
    for no_such_script in (DependencyException, InvalidResourceError):
        server.register_error_handler(no_such_script, lambda _: _refusal(NotFound()))


def _refusal(error: HTTPException) -> Reply:
    if error.code is None or error.code < 400:
        return error.get_response()
    if wants_data(request.path):
        return data_refusal(error)
    name, icon = REFUSALS.get(error.code, ("bad_request", "exclamation-circle"))
    return _message(name, icon), error.code


def _bad_form(error: BadRequest) -> Reply:
    return data_refusal(error) if wants_data(request.path) else (_message("bad_request", "arrow-clockwise"), 400)


def log_failure(error: BaseException | None, path: str) -> str:
    """Write what nobody foresaw to the log, with its trace, under a code; the user is told the code that comes back."""
    g.has_failed, code = True, secrets.token_hex(4)
    _log.error("request failed, code %s, path %r", code, path, exc_info=error)
    return code


def log_damage(home: Home, error: PantauError) -> None:
    """Write to the log that the records are damaged, where that is what a page met and nobody met it before."""
    if note_damage(home, error):
        _log.error("the records are damaged: %s", error.message)


class FaultHandler(logging.Handler):
    """Writes what goes to the log into the home as well, numbers of persons made unreadable."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry; where the disk takes none, the console has it. Only its first line begins at the margin:
        whatever stands in a message, it cannot look like an entry of its own."""
        with suppress(OSError):
            append_fault(self._path, "\n  ".join(mask(self.format(record)).splitlines()) + "\n")


def log_to_home(home: Home) -> None:
    """From now on faults are written to the console and to the log of this home."""
    _log.handlers[:] = [logging.StreamHandler(), FaultHandler(home.log_path)]
    _log.propagate = False


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
    return _page(t(f"shell.{name}"), t(f"shell.{name}_words", **values), icon)


def _page(title: str, words: str, icon: str) -> str:
    return render_template("message.html", title=title, words=words, icon=icon, target="/", way_out=t("shell.home"))


LOOKED_SECONDS = 5.0
"""So long an answer about the office's health is given again: whoever asks without end costs nothing more."""


LATE_SECONDS = 3 * LOOKED_SECONDS
"""A look at the records that takes longer gets no answer: they are out of reach."""


class _Looked:
    """The health of the office as it was seen a moment ago. One thread looks at a time: while it waits for a database
    that does not answer, the others give the answer of before, and an error once that takes too long."""

    def __init__(self, office: Office) -> None:
        self._office, self._lock = office, threading.Lock()
        self._at, self._signs = -LOOKED_SECONDS, dict[str, str]()
        self._begun_at: float | None = None

    def __call__(self) -> dict[str, str]:
        if time.monotonic() - self._at >= LOOKED_SECONDS and self._lock.acquire(timeout=self._patience()):
            try:
                self._look()
            finally:
                self._begun_at = None
                self._lock.release()
        begun_at = self._begun_at
        is_late = begun_at is not None and time.monotonic() - begun_at > LATE_SECONDS
        return {**self._signs, "status": "error", "records": "error"} if is_late else self._signs

    def _patience(self) -> float:
        """There is nothing to answer before the first look has ended, or takes too long."""
        return 0 if self._signs else LATE_SECONDS + 1

    def _look(self) -> None:
        if time.monotonic() - self._at >= LOOKED_SECONDS:
            self._begun_at = time.monotonic()
            self._signs = vital_signs(self._office)
            self._at = time.monotonic()


def register_small_routes(server: Flask, office: Office) -> None:
    """Health for whoever watches the server, and the switches of language and theme."""
    look = _Looked(office)

    @server.get("/sehat", endpoint="health")
    @door(Door.PUBLIC)
    def health() -> Reply:
        signs = look()
        return jsonify(signs), 503 if signs["status"] == "error" else 200

    @server.get("/bahasa/<code>", endpoint="language")
    @door(Door.PUBLIC)
    def choose_language(code: str) -> Reply:
        return _chosen(LANGUAGE_COOKIE, parse_language(code))

    @server.get("/tampilan/<code>", endpoint="theme")
    @door(Door.PUBLIC)
    def choose_theme(code: str) -> Reply:
        return _chosen(THEME_COOKIE, parse_theme(code))


def _chosen(name: str, value: str) -> Reply:
    """Keep what was chosen in this browser, and go back to where the visitor was."""
    reply = redirect(local_path(request.args.get("ke") or _path_of_referrer()))
    give_cookie(reply, name, value, max_age=_YEAR_SECONDS, samesite="Lax")
    return reply


def _path_of_referrer() -> str:
    """Where the visitor was on this server; the start page when it came from elsewhere."""
    referrer, root = request.referrer or "", request.host_url
    return "/" + referrer.removeprefix(root) if referrer.startswith(root) else "/"


PATH = "/metrik"


class OfficeMetrics(Collector):
    """The office's figures as of now, in the text form that Prometheus and its kin understand.

    Screens, data and loads are asked of the records at each visit, so every server process tells the same.
    """

    def __init__(self, office: Office, now: Callable[[], int]) -> None:
        self._office = office
        self._now = now

    def describe(self) -> list[Metric]:
        """Nothing: a registry otherwise collects once when it is made, before there are records."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Screens, ages of the sources, loads."""
        yield from self._screens()
        yield from self._sources()
        yield from self._loads()

    def _screens(self) -> Iterator[Metric]:
        labels, heard = ["screen", "id"], "Since a wall screen was last heard of, or was made."
        age = GaugeMetricFamily("pantau_screen_age_seconds", heard, labels=labels)
        unheard = "1: a wall screen was not heard of for ten minutes."
        silent = GaugeMetricFamily("pantau_screen_silent", unheard, labels=labels)
        errors = CounterMetricFamily("pantau_screen_errors", "Script errors that a wall screen told.", labels=labels)
        for screen in screens(self._office, self._now()):
            if screen.state is not ScreenState.REVOKED:
                names = [screen.label, str(screen.id)]
                age.add_metric(names, screen.silent_seconds)
                silent.add_metric(names, int(screen.is_silent))
                errors.add_metric(names, screen.error_count)
        yield from (age, silent, errors)

    def _sources(self) -> Iterator[Metric]:
        now, labels = self._now(), ["source", "kind"]
        loaded = GaugeMetricFamily("pantau_source_load_age_seconds", "Since a source last brought rows.", labels=labels)
        record = GaugeMetricFamily("pantau_source_record_age_seconds", "Since its newest record.", labels=labels)
        for source in source_freshness(self._office, now):
            names = [source.name or "", source.kind]
            if source.loaded_at is not None:
                loaded.add_metric(names, now - source.loaded_at)
            if source.last_record_at is not None:
                record.add_metric(names, now - source.last_record_at)
        yield from (loaded, record)

    def _loads(self) -> Iterator[Metric]:
        loads = CounterMetricFamily("pantau_loads", "Loads taken in.", labels=["kind", "status"])
        rows = CounterMetricFamily("pantau_rows", "Rows read by loads.", labels=["kind", "status"])
        rejected = CounterMetricFamily("pantau_rejected_rows", "Rows that loads rejected.", labels=["kind", "status"])
        with reading(self._office.records) as connection:
            tally = load_tally(connection)
        for labels, counts in sorted(tally.items()):
            for family, count in zip((loads, rows, rejected), counts, strict=True):
                family.add_metric(labels, count)
        yield from (loads, rows, rejected)


def register_metrics(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Count the replies, and show the metrics to whoever sits at this machine and to administrators.

    Replies are counted by the process that gave them and carry its number: one visit reaches one process only.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(OfficeMetrics(office, now))
    replies = Counter(
        "pantau_requests", "Replies of this server process.", ["process", "method", "status"], registry=registry
    )
    process, lock = str(os.getpid()), threading.Lock()

    @server.after_request
    def count(reply: Response) -> Response:
        status = 500 if g.get("has_failed") else reply.status_code  # a frame may come without its page
        replies.labels(process, request.method, f"{status // 100}xx").inc()
        return reply

    @server.get(PATH, endpoint="metrics")
    @door(Door.METRICS)
    def metrics() -> Response:
        with lock:
            text = generate_latest(registry)
        return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)
