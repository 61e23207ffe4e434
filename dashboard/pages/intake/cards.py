"""Is everything in that should be, and what waits for me: the cards beside the upload of the Data page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, icon, link, panel, with_query
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.links import CORRECTIONS, FLAGS, NAMES, RUNS, WAITING, load_address
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.words import file_words, flag_name, kind_words, result_pill
from etl.domain.units import DAY
from etl.figures.intake.corrections import question_count
from etl.figures.intake.freshness import SourceAge, source_freshness
from etl.figures.intake.open_work import Attention, attention, last_runs

if TYPE_CHECKING:
    from data_access.records.intake.loads import Load

LAST_RUNS = 6
_TONES = {"fresh": Tone.GOOD, "near": Tone.NEAR, "late": Tone.LATE, "none": Tone.MUTED}


def side_panels(page_request: PageRequest) -> list[Component]:
    """Freshness of the sources, what waits for a person, the last runs."""
    office = page_request.office
    sources = source_freshness(office, page_request.now)
    items = attention_list(attention(office), question_count(office))
    return [
        panel(_sources(sources, page_request.now), title=t("intake.sources_title"), class_name="intake-sources"),
        panel(items, title=t("intake.attention_title"), class_name="intake-attention"),
        panel(_runs(last_runs(office, LAST_RUNS)), title=t("intake.runs_title"), class_name="intake-runs"),
    ]


def _sources(sources: Sequence[SourceAge], as_of: int) -> Component:
    """One line a source: how fresh it is, which way it comes, how often, how long ago."""
    if not sources:
        return empty(t("intake.no_sources"), t("intake.no_sources_hint"), "database")
    return html.Ul([html.Li(_source(source, as_of)) for source in sources], className="intake-list")


def _source(source: SourceAge, as_of: int) -> list[Component]:
    tone = _TONES[source.level]
    return [
        html.Span(className=f"intake-dot is-{tone}", **{"aria-hidden": "true"}),
        html.Span([html.Span(source.name or kind_words(source.kind)), *_origin(source)], className="intake-name"),
        html.Span([_age(source, as_of), _level(source)], className=f"intake-age is-{tone}", title=_newest(source)),
    ]


def _origin(source: SourceAge) -> list[Component]:
    """What it brings, which way and how often; and why it could not be read."""
    every = source.every_seconds
    rhythm = t("intake.no_rhythm") if every is None else t("intake.every", time=every_words(every))
    lines = [html.Small(kind_words(source.kind))] if source.name not in (None, kind_words(source.kind)) else []
    lines.append(html.Small(f"{t(f'intake.origin_{source.origin}')} · {rhythm}"))
    if source.fault is not None:
        words = t("intake.fault", moment=fmt().moment_short(source.failed_at))
        lines.append(html.Small(words, className="is-late", title=sentence(source.fault)))
    return lines


def _age(source: SourceAge, as_of: int) -> str:
    return t("intake.never_loaded") if source.loaded_at is None else fmt().age(max(as_of - source.loaded_at, 0))


def _level(source: SourceAge) -> Component | None:
    """The word beside the dot; a source without a rhythm is not judged."""
    return html.Small(t(f"intake.level_{source.level}")) if source.every_seconds is not None else None


def _newest(source: SourceAge) -> str:
    moment = fmt().moment_short(source.last_record_at)
    return t("intake.newest_record", moment=moment) if source.last_record_at is not None else ""


def every_words(seconds: int) -> str:
    """ "hari", "3 hari", "5 menit": what stands after "tiap"."""
    days, rest = divmod(seconds, DAY)
    if days and not rest:
        return t("intake.days_1") if days == 1 else t("intake.days_n", n=fmt().number(days))
    return fmt().duration(seconds)


def attention_list(waiting: Attention, questions: int) -> Component:
    """One line a thing, each leading to its list; words when nothing waits."""
    f = fmt()
    lines = [
        (waiting.rejects, t("intake.wait_rejects", n=waiting.rejects), with_query(RUNS, tampil="tolakan")),
        (waiting.missing_letters, t("intake.wait_letters", n=waiting.missing_letters), WAITING),
        (waiting.unknown_room_rows, t("intake.wait_rooms", n=waiting.unknown_room_rows), WAITING),
        (questions, t("intake.wait_questions", n=questions), CORRECTIONS),
        *(
            (count, t(f"intake.flag_count_{flag.name}", n=count), with_query(FLAGS, tanda=flag_name(flag)))
            for flag, count in waiting.flags.items()
        ),
        (waiting.unknown_opds, t("intake.wait_names", n=waiting.unknown_opds), NAMES),
    ]
    shown = [(f.number(count), words, href) for count, words, href in lines if count]
    if not shown:
        return empty(t("intake.nothing_waits"), t("intake.nothing_waits_hint"), "check2-circle")
    return html.Ul([html.Li(_wait(*line)) for line in shown], className="intake-waits")


def _wait(count: str, words: str, href: str) -> Component:
    return link([html.Span([html.Strong(count), f" {words}"]), icon("chevron-right")], href)


def _runs(loads: Sequence[Load]) -> Component:
    if not loads:
        return empty(t("intake.no_runs"), t("intake.no_runs_hint"))
    rows = [html.Li(_run(load)) for load in loads]
    return html.Div([html.Ul(rows, className="intake-last"), link(t("intake.all_runs"), RUNS, "intake-more")])


def _run(load: Load) -> Component:
    f = fmt()
    when = f"{f.day_month(f.local(load.started_at).date())} {f.clock(load.started_at)}"
    words = when if load.kind == "koreksi" else f"{when} · {kind_words(load.kind)}"
    what = html.Span([html.Span(file_words(load), className="intake-file"), html.Small(words)])
    return link([what, _brought(load)], load_address(load.id))


def _brought(load: Load) -> Component:
    """How many rows it brought; the pill where something was refused or undone."""
    counts = load.counts
    if load.status == "undone" or counts.rejected or load.kind in ("koreksi", "pembatalan"):
        return result_pill(load)
    brought = counts.accepted + counts.corrected + counts.waiting
    return html.Span(t("intake.rows", count=fmt().number(brought), n=brought), className="intake-brought")
