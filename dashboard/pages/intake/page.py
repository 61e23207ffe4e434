"""Is what the office wrote down in, and what would this file change? Beside the upload: what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.access.begin import FIRST_STEPS
from dashboard.access.roles import May
from dashboard.access.store import Store
from dashboard.components import (
    Tone,
    empty,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    pill,
    read_query,
    with_query,
)
from dashboard.components.shell import Id as Shell
from dashboard.components.shell import age_pill
from dashboard.i18n import catalogue, current_language, fmt, sentence, t
from dashboard.pages.intake.offered_file import OfferedFile, kept_file, no_file, offered_file, upload_owner
from dashboard.pages.intake.reading_choice import Choice, map_form, read_choice
from dashboard.pages.intake.waiting_refused import refused_panel
from dashboard.pages.shared.forms import may_do
from dashboard.pages.shared.invented import invented_notice
from dashboard.pages.shared.links import (
    CORRECTIONS,
    FLAGS,
    NAMES,
    NEW_LETTER,
    RUNS,
    WAITING,
    load_address,
    may_write_letters,
)
from dashboard.pages.shared.page_request import Names, PageRequest
from dashboard.pages.shared.words import file_words, kind_words, result_pill
from data_access.records.intake.loads import Load
from etl.domain.units import DAY
from etl.extract import Kind
from etl.extract.files.readers import MAX_BYTES
from etl.figures.intake.freshness import Origin, SourceAge, source_freshness
from etl.figures.intake.open_work import Attention, LastRuns, attention, files_and_taps, last_runs, question_count
from etl.figures.intake.refused import refused_files
from etl.intake.offered.uploads import Upload, Uploads
from etl.office import Office

PAGE = Page.DATA
PATH = "/data"
TITLE = "data.title"
NAV = "data.nav"
ADDRESS_NAMES: Names = {"berkas": None}

TEMPLATES = "/data/templat"
_WORDS = (
    "uploading", "checking", "saving", "saving_long", "cancel", "too_big", "empty_file", "signed_out", "sign_in",
    "forbidden", "offline", "failed", "dropped_folder",
)  # fmt: skip
"""What the script of the page says: `data.js_<word>`."""

LAST_RUNS = 6
_LEVELS = {
    "fresh": (Tone.GOOD, "check-lg"),
    "near": (Tone.NEAR, "hourglass-split"),
    "late": (Tone.LATE, "exclamation-triangle-fill"),
    "none": (Tone.MUTED, "dash-circle"),
}


class Id(StrEnum):
    """Ids of the page; the script of the page knows them too."""

    URL = "data-url"
    CHOICE = "data-choice"
    KIND = "data-kind"
    TICK = "data-tick"
    MAIN = "data-main"
    NOTICE = "data-notice"
    PREVIEW = "data-preview"
    MAP_BOX = "data-map-box"
    MAP = "data-map"
    UNSAVED = "data-unsaved"
    SIDE = "data-side"


def layout(page_request: PageRequest) -> Component:
    """Upload and preview at the left for those who may load files; the state of the sources for everybody."""
    side = html.Aside(side_panels(page_request), id=Id.SIDE, className="data-side")
    head = html.Div([page_head(t("data.title"), t("data.subtitle")), invented_notice()])
    if not page_request.account.may(PAGE, May.DO):
        return html.Div([page_url("data"), head, dcc.Store(id=Id.TICK), side], className="data is-seen-only")
    return html.Div(
        [
            page_url("data"),
            dcc.Store(id=Id.CHOICE, storage_type="session"),
            dcc.Store(id=Id.KIND),
            dcc.Store(id=Id.TICK),
            head,
            html.Div([html.Div(_main(), id=Id.MAIN, className="data-main"), side], className="data-columns"),
            _script_words(),
        ],
        className="data",
    )


def _main() -> list[Component]:
    """What is known of a file, then its map by hand, its preview, and the place for the next file."""
    return [
        html.Div(id=Id.NOTICE, className="data-notice", **{"aria-live": "polite"}),
        html.Div(loading(html.Div(id=Id.PREVIEW)), className="data-preview"),
        html.Details(
            [html.Summary(t("data.map_summary")), html.Div(id=Id.MAP)],
            id=Id.MAP_BOX,
            className="p-panel data-map-box",
            hidden=True,
        ),
        _drop_zone(),
        _states(),
        html.Div(id=Id.UNSAVED, className="data-unsaved"),
    ]


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Try the file that the address names, in the way that was chosen; keep the panels up to date."""
    uploads = Uploads.of(office.home)

    def wished(upload: Upload | None, document: Any, token: str) -> dict[str, Any]:
        """How the file is to be read: as this page says, else as was said of it before."""
        if upload is None or not upload.is_waiting:
            return {}
        if _is_for(document, token):
            upload.keep_wish(document)
            return dict(document)
        return dict(upload.wish)

    def tried(upload: Upload, wish: dict[str, Any]) -> OfferedFile:
        """The file tried as wished; a map by hand by which it can be read is remembered."""
        if office.is_demo:
            return kept_file(office, upload, now())
        offered = offered_file(office, upload, wish, now(), _before(uploads))
        if wish and offered.choice is not None and offered.choice.is_mapped:
            uploads.keep_map(offered.choice.to_document())
        return offered

    @app.callback(
        Output(Id.NOTICE, "children"),
        Output(Id.PREVIEW, "children"),
        Output(Id.MAP_BOX, "hidden"),
        Output(Id.MAP_BOX, "open"),
        Output(Id.MAIN, "className"),
        Output(Id.UNSAVED, "children"),
        Input(Id.URL, "search"),
        Input(Id.CHOICE, "data"),
        Input(Id.TICK, "data"),
    )
    @guarded(PAGE, May.DO)
    def show(search: str | None, document: Any, _tick: Any) -> list[Any]:
        uploads.purge(now())
        token = read_query(search).get("berkas", "")
        owner = upload_owner(office)
        upload = uploads.find(token, owner)
        mine = wished(upload, document, token)
        offered = no_file(is_gone=bool(token)) if upload is None else tried(upload, mine)
        return [*_places(offered, is_chosen=bool(mine)), _unsaved(uploads.waiting(owner), token)]

    @app.callback(Output(Id.MAP, "children"), Input(Id.KIND, "data"), State(Id.URL, "search"), State(Id.CHOICE, "data"))
    @guarded(PAGE, May.DO)
    def map_columns(wanted: Any, search: str | None, document: Any) -> Component | None:
        token = read_query(search).get("berkas", "")
        upload = None if office.is_demo else uploads.find(token, account().id)
        if upload is None or not _is_for(wanted, token):
            return None
        choice = read_choice(document if _is_for(document, token) else upload.wish)
        kind = wanted.get("jenis") if isinstance(wanted.get("jenis"), str) else None
        return map_form(upload, kind, choice, office.settings, _before(uploads)) if upload.is_waiting else None

    @app.callback(
        Output(Shell.AGE, "children", allow_duplicate=True), Input(Id.TICK, "data"), prevent_initial_call=True
    )
    @guarded(PAGE)
    def renew_age(_tick: Any) -> Component:
        return age_pill(Store(office).last_load_at(now()), now())

    @app.callback(Output(Id.SIDE, "children"), Input(Id.TICK, "data"), prevent_initial_call=True)
    @guarded(PAGE)
    def renew(_tick: Any) -> list[Component]:
        return side_panels(PageRequest(office, now(), account()))


def _is_for(document: Any, token: str) -> bool:
    """Whether what the browser remembers is about this file."""
    return isinstance(document, dict) and document.get("berkas") == token


def _before(uploads: Uploads) -> list[Choice]:
    """The maps by hand by which other files were read, the newest first."""
    return [read_choice(document) for document in uploads.maps()]


def _places(offered: OfferedFile, *, is_chosen: bool) -> list[Any]:
    """The places of the page, filled; the map opens by itself when a file needs one and stays open while it is used."""
    is_open = True if offered.needs_map else no_update if is_chosen else False
    states = {"has-file": offered.has_file, "is-mapping": offered.is_mapping}
    class_name = " ".join(["data-main", *(state for state, is_on in states.items() if is_on)])
    return [offered.notice, offered.preview, not offered.may_map, is_open, class_name]


def _drop_zone() -> Component:
    """The label of the file field that the script puts before it; files may be dropped anywhere on the page."""
    words = html.Span(
        [
            icon("cloud-arrow-up"),
            html.Strong(t("data.drop_first"), className="data-first"),
            html.Strong(t("data.drop_next"), className="data-next"),
            html.Span([f" {t('data.drop_or')} ", html.Span(t("data.drop_choose"), className="data-choose")]),
            html.Span([html.Span(" · ", className="data-dot"), t("data.drop_formats")], className="data-formats"),
        ],
        className="data-drop-words",
    )
    zone = html.Label([words], id="data-drop", className="data-drop", htmlFor="data-file")
    return html.Section([zone, _templates()], className="data-upload", **{"aria-label": t("data.drop_label")})


def _states() -> Component:
    """How far an upload or a load is, and what went wrong; filled by the script, always in sight."""
    return html.Div(
        [
            html.Div(id="data-progress", className="data-progress", hidden=True, role="status"),
            html.Div(id="data-message", className="data-message", hidden=True, role="alert"),
        ],
        className="data-states",
    )


def _templates() -> Component:
    """A ready sheet for each kind of records."""
    links = [html.A(t(f"data.kind_{kind}"), href=f"{TEMPLATES}/{kind}.xlsx", download="") for kind in Kind]
    parts = [part for way in links for part in (way, html.Span(" · ", className="p-muted"))][:-1]
    return html.P([icon("file-earmark-spreadsheet"), f" {t('data.templates')} ", *parts], className="data-templates")


def _script_words() -> Component:
    """What the script of the page says, in the language of the request, and what it must know."""
    messages, language = catalogue(), current_language()
    words = {f"data-{name.replace('_', '-')}": messages[f"data.js_{name}"][language] for name in _WORDS}
    limits = {"data-max": str(MAX_BYTES), "data-mb": fmt().number(MAX_BYTES // 1024**2)}
    return html.Div(id="data-words", hidden=True, **words, **limits)


def _unsaved(uploads: Sequence[Upload], current: str) -> Component | None:
    """The user's other files that wait to be saved."""
    others = [upload for upload in uploads if upload.token != current]
    if not others:
        return None
    chips = [html.Li(_waiting_file(upload)) for upload in others]
    return html.Div([html.P(t("data.unsaved", n=len(others)), className="p-muted"), html.Ul(chips)])


def _waiting_file(upload: Upload) -> Component:
    until = t("data.kept_until", until=fmt().moment_short(upload.deleted_at))
    words = [icon("file-earmark"), html.Span(upload.name), html.Small(until)]
    return dcc.Link(words, href=with_query("/data", berkas=upload.token))


def side_panels(page_request: PageRequest) -> list[Component]:
    """Freshness of the sources, what waits for a person, the last runs."""
    office = page_request.office
    sources = source_freshness(office, page_request.now)
    items = open_work(office, page_request.account)
    return [
        *_refused(page_request),
        panel(_sources(sources, page_request.now), title=t("intake.sources_title"), class_name="intake-sources"),
        panel(items, title=t("intake.attention_title"), class_name="intake-attention"),
        panel(_runs(files_and_taps(office, LAST_RUNS)), title=t("intake.runs_title"), class_name="intake-runs"),
    ]


def _refused(page_request: PageRequest) -> list[Component]:
    """Files of the inbox that were refused, where there are any."""
    drawn = refused_panel(refused_files(page_request.office), may_do(page_request.account))
    return [] if drawn is None else [drawn]


def _sources(sources: Sequence[SourceAge], as_of: int) -> Component:
    """One line a source: how fresh it is, which way it comes, how often, how long ago."""
    if not sources:
        return empty(t("intake.no_sources"), t("intake.no_sources_hint"), "database")
    return html.Ul([html.Li(_source(source, as_of)) for source in sources], className="intake-list")


def _source(source: SourceAge, as_of: int) -> list[Component]:
    """Its name and way; how fresh it is in its own rhythm, how long ago it came, and its newest record."""
    f, loaded_at, record_at = fmt(), source.loaded_at, source.last_record_at
    age = t("intake.never_loaded") if loaded_at is None else f.age(max(as_of - loaded_at, 0))
    newest = "" if record_at is None else t("intake.newest_record", moment=f.moment_short(record_at))
    tone, sign = _LEVELS[source.level]
    name = t("intake.screen_entries") if source.origin is Origin.SCREEN else source.name or kind_words(source.kind)
    return [
        html.Span([html.Span(name), *_origin(source)], className="intake-name"),
        html.Span(
            [pill(tone, sign, t(f"intake.level_{source.level}")), html.Small(age)], className="intake-age", title=newest
        ),
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


def every_words(seconds: int) -> str:
    """ "hari", "3 hari", "5 menit": what stands after "tiap"."""
    days, rest = divmod(seconds, DAY)
    if days and not rest:
        return t("intake.days_1") if days == 1 else t("intake.days_n", n=fmt().number(days))
    return fmt().duration(seconds)


def open_work(office: Office, user: Account) -> Component:
    """What waits for a person, files of the inbox that were refused among it; before the first file, how the office
    begins."""
    refused = len(refused_files(office))
    if refused or last_runs(office, 1):
        return attention_list(attention(office), question_count(office), refused)
    ways = [link(t("begin.letter_do"), NEW_LETTER, "intake-more")] if may_write_letters(user) else []
    ways += [link(t("begin.steps_open"), FIRST_STEPS, "intake-more")] if user.may(Page.PENGATURAN) else []
    return html.Div([empty(t("begin.no_file"), t("begin.no_file_hint"), "box-arrow-in-down"), html.Div(ways)])


def attention_list(waiting: Attention, questions: int, refused: int = 0) -> Component:
    """One line a thing, each leading to its list; words when nothing waits. `refused`: files of the inbox."""
    f = fmt()
    lines = [
        (refused, t("intake.wait_refused", n=refused), WAITING),
        (waiting.rejects, t("intake.wait_rejects", n=waiting.rejects), with_query(RUNS, tampil="tolakan")),
        (waiting.unread_cells, t("intake.wait_unread", n=waiting.unread_cells), with_query(RUNS, tampil="disisihkan")),
        (waiting.missing_letters, t("intake.wait_letters", n=waiting.missing_letters), WAITING),
        (waiting.events, t("intake.wait_events", n=waiting.events), WAITING),
        (waiting.unknown_room_rows, t("intake.wait_rooms", n=waiting.unknown_room_rows), WAITING),
        (waiting.unknown_item_rows, t("intake.wait_items", n=waiting.unknown_item_rows), WAITING),
        (waiting.same_numbers, t("intake.wait_numbers", n=waiting.same_numbers), WAITING),
        (waiting.restarted, t("intake.wait_restarted", n=waiting.restarted), WAITING),
        (waiting.odd_receipts, t("intake.wait_receipts", n=waiting.odd_receipts), WAITING),
        (waiting.which_letters, t("intake.wait_which", n=waiting.which_letters), WAITING),
        (questions, t("intake.wait_questions", n=questions), CORRECTIONS),
        *(
            (count, t(f"intake.flag_count_{flag.name}", n=count), with_query(FLAGS, tanda=flag.word))
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


def _runs(last: LastRuns) -> Component:
    """Files one by one; below them what was entered on screens, in one line."""
    if not last.files and not last.taps:
        return empty(t("intake.no_runs"), t("intake.no_runs_hint"))
    rows = [html.Li(_run(load)) for load in last.files]
    if last.tapped_at is not None:
        rows.append(html.Li(_taps(last.taps, last.tapped_at)))
    return html.Div([html.Ul(rows, className="intake-last"), link(t("intake.all_runs"), RUNS, "intake-more")])


def _run(load: Load) -> Component:
    f = fmt()
    when = f"{f.day_month(f.local(load.started_at).date())} {f.clock(load.started_at)}"
    words = when if load.kind == "koreksi" else f"{when} · {kind_words(load.kind)}"
    what = html.Span([html.Span(file_words(load), className="intake-file"), html.Small(words)])
    return link([what, _brought(load)], load_address(load.id))


def _taps(count: int, newest: int) -> Component:
    words = t("intake.taps", count=fmt().number(count), n=count)
    when = t("intake.taps_newest", moment=fmt().moment_short(newest))
    return link([html.Span([html.Span(words, className="intake-file"), html.Small(when)])], RUNS)


def _brought(load: Load) -> Component:
    """How many rows it brought; the pill where something was refused, set aside or undone."""
    counts = load.counts
    if load.status == "undone" or counts.rejected or load.set_aside or load.kind in ("koreksi", "pembatalan"):
        return result_pill(load)
    brought = counts.accepted + counts.corrected + counts.waiting
    return html.Span(t("intake.rows", count=fmt().number(brought), n=brought), className="intake-brought")
