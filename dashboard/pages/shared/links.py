"""Addresses of the pages: requests, rooms, participants, facilities, Data page, SOP, explanations of figures.

The same link shows the same again: filters stand in the address, dates as dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard.access import May, Page
from dashboard.access.accounts import Account, account
from dashboard.components import link, why, with_query
from dashboard.i18n import t
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import MINUTE
from etl.domain.verdict import UNDER_WAY, Verdict
from etl.extract.texts import letter_name, receipt_in
from etl.figures.compliance.definitions import ALL_STEPS, OF_LETTERS, Figure
from etl.figures.compliance.evidence import Reference
from etl.figures.compliance.what_if import Turn
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.period import LetterKind
from etl.figures.rooms.diary import WITHOUT_LETTER, RoomsFilter

KEPATUHAN = "/kepatuhan"
SETTINGS = "/pengaturan"
CODES_PATH = f"{SETTINGS}/kode-instansi"
"""The page of the codes of agencies."""

REQUEST_LIST = "/permohonan"
LONGEST_FIRST = "-lewat"
"""The order of that list in which those come first that went over their limit by most."""

ROOMS = "/ruang"
DOUBLED = "jadwal-ganda"
"""The place on that page of the double bookings to come, after `#`."""

SARPRAS = "/sarpras"
WHY = "/mengapa"
DATA = "/data"
NEW_LETTER = "/surat-baru"
RUNS = "/data/muatan"
WAITING = "/data/menunggu"
NAMES = "/data/nama"
FLAGS = "/data/tanda"
CORRECTIONS = "/data/koreksi"
SOP = "/sop"
TARGET = "/sop/target"
VERSION = "/sop/versi"
REQUEST_STEP, READY = "kasus", "siap"
"""The explanation of one request's step; READY, instead of a step code, of its way from receipt to ready."""

COMPARE = "beda"
"""The explanation of a share beside that of the period before."""

CONTROL = "kendali"
"""The explanation of the control chart of a step: its points, centre and limits."""

WHAT_IF = "andai"
"""The explanation of the steps that would change with another target."""

WHY_ROOM, WHY_PEOPLE, WHY_SARPRAS = "ruang", "peserta", "sarpras"
"""The explanations of the figures of rooms, participants and facilities."""

FAULT, ROOM_STATE, SUPPLY = "gangguan", "kondisi", "persediaan"
"""What is explained of facilities beside the figures of a period."""

Crumbs = list[tuple[str, str | None]]


def may_write_letters(user: Account) -> bool:
    """Whether that user enters letters on the screen."""
    return user.may(Page.SURAT_BARU, May.DO)


class Behind(StrEnum):
    """Which steps behind a figure are meant; the value stands in the address."""

    JUDGED = "dinilai"
    MET = "tepat-waktu"
    LATE = "terlambat"
    FINISHED = "selesai"
    SKIPPED = "dilewati"
    UNJUDGED = "belum-terukur"
    RUNNING = "berjalan"


VERDICTS_BEHIND: dict[Behind, tuple[Verdict, ...]] = {
    Behind.JUDGED: (Verdict.MET, Verdict.LATE, Verdict.OVERDUE),
    Behind.MET: (Verdict.MET,),
    Behind.LATE: (Verdict.LATE, Verdict.OVERDUE),
    Behind.FINISHED: (Verdict.MET, Verdict.LATE),
    Behind.SKIPPED: (Verdict.SKIPPED,),
    Behind.UNJUDGED: (Verdict.UNMEASURABLE, Verdict.SKIPPED),
    Behind.RUNNING: UNDER_WAY,
}

KINDS_BEHIND = {
    "diterima": LetterKind.RECEIVED,
    "berjalan": LetterKind.RUNNING,
    "tepat-waktu": LetterKind.ON_TIME,
    "terlambat": LetterKind.LATE,
    "belum-dinilai": LetterKind.UNKNOWN,
    "dinilai": LetterKind.JUDGED,
    "siap-sebelum": LetterKind.BEFORE,
    "siap-sesudah": LetterKind.AFTER,
    "siap-belum-pasti": LetterKind.UNSURE,
    "tanpa-jadwal": LetterKind.UNBOOKED,
    "tanpa-catatan": LetterKind.UNRECORDED,
    "siap-dinilai": LetterKind.AGAINST_EVENT,
}
"""What an address calls the requests that a figure of whole requests counts."""

_NAMES_OF_KINDS = {kind: name for name, kind in KINDS_BEHIND.items()}


def request_address(year: int, agenda_number: str) -> str:
    """The page of one request; an agenda number may hold anything, slashes too."""
    is_numbered = receipt_in(agenda_number) is None
    name = letter_name(int(year), agenda_number) if is_numbered else f"{int(year)}/{agenda_number}"
    return f"{REQUEST_LIST}/{quote(name, safe='/')}"


def requests_behind(
    filter_: SlaFilter,
    step: str | Sequence[str],
    which: Behind | None,
    flag: str | None = None,
    *,
    period: Period | None = None,
) -> str:
    """The list of the requests behind a figure of a step or of several; `step` a code, or A or B for a part, `flag` as
    in the figures (`entered_late`), `period` another one than the filter's. Late ones come the longest first."""
    steps = step if isinstance(step, str) else ",".join(step)
    order = LONGEST_FIRST if which is Behind.LATE else None
    return with_query(REQUEST_LIST, langkah=steps, putusan=which, tanda=flag, **_filters(filter_, period), urut=order)


def requests_of_kind(filter_: SlaFilter, kind: LetterKind, *, period: Period | None = None) -> str:
    """The list of the requests that a figure of whole requests counts as that."""
    return with_query(REQUEST_LIST, surat=_NAMES_OF_KINDS[kind], **_filters(filter_, period))


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


def why_address(figure: str, **query: object) -> str:
    """The explanation of a figure by the name of its explainer."""
    return with_query(WHY, angka=figure, **query)


def why_room(filter_: RoomsFilter, group: str = "", **part: int) -> str:
    """The explanation of the figures of a period; `group`: sessions without a request only.

    `part`: one hour of the week, `hari` (0 = Monday) and `jam`; or the bookings of one class of how long ahead rooms
    are asked for, `jarak` (`etl.figures.rooms.waiting.LEAD_CLASSES`).
    """
    return why_address(WHY_ROOM, kelompok=group or None, **part, **_filters(filter_))


def why_room_opd(filter_: RoomsFilter, opd: str | None) -> str:
    """The explanation of the hours of one agency; None is without a request."""
    return why_room(filter_, WITHOUT_LETTER) if opd is None else why_room(replace(filter_, opd=opd))


def why_people(filter_: RoomsFilter, figure: str, group: str = "") -> str:
    """The explanation of a figure of the page of participants, of one of its `GROUPS` or of all sessions."""
    return why_address(WHY_PEOPLE, tentang=figure, kelompok=group or None, **_filters(filter_))


def why_sarpras(filter_: RoomsFilter, figure: str) -> str:
    """The explanation of a figure of a period on the Sarpras page."""
    return why_address(WHY_SARPRAS, tentang=figure, **_filters(filter_))


def why_fault(key: str) -> str:
    """The explanation of one fault: its times day by day, its reports, what it stands in the way of."""
    return why_address(WHY_SARPRAS, tentang=FAULT, kunci=key)


def why_room_state(room: str) -> str:
    """The explanation of a room's status, score and completeness."""
    return why_address(WHY_SARPRAS, tentang=ROOM_STATE, ruang=room)


def why_supply(room: str, item: str) -> str:
    """The explanation of when an item that is used up will be gone."""
    return why_address(WHY_SARPRAS, tentang=SUPPLY, ruang=room, barang=item)


def why_compare(filter_: SlaFilter, what: str) -> str:
    """The comparison of a step, all steps or requests (`etl.figures.compliance.reading`) with the period before."""
    return why_address(COMPARE, tentang=what, **_sla_query(filter_))


def why_step(filter_: SlaFilter, step: str, figure: str = Figure.SHARE) -> str:
    """A figure of a step, or of all steps of the office (`ALL_STEPS`); or its control chart (`CONTROL`)."""
    return why_address(figure, langkah=step, **_sla_query(filter_))


def why_button(filter_: SlaFilter, step: str, figure: Figure) -> Component:
    """The button that takes a figure of a step, or of all steps of the office, apart."""
    code = t("sla.all_steps") if step == ALL_STEPS else step
    return why(why_step(filter_, step, figure), f"{t(f'why.figure_{figure.name}')}, {code}")


def why_requests(filter_: SlaFilter, figure: Figure = Figure.REQUESTS) -> str:
    """A figure of whole requests: share on time, or receipt to ready."""
    return why_address(figure, **_sla_query(filter_))


def why_request_step(year: int, agenda_number: str, step: str) -> str:
    """One request's step, day by day; `READY` instead of a step code for receipt to ready."""
    return why_address(REQUEST_STEP, surat=letter_name(int(year), agenda_number), langkah=step)


def why_if(filter_: SlaFilter, step: str, seconds: int, turn: Turn, **more: object) -> str:
    """The steps that would change if the target of a step were so many seconds."""
    return why_address(
        WHAT_IF, langkah=step, menit=minutes_text(seconds), kelompok=turn.value, **_sla_query(filter_), **more
    )


def minutes_text(seconds: int) -> str:
    """Seconds as minutes, as an address holds them: 5, or 0.5."""
    return f"{seconds / MINUTE:g}"


def why_of(reference: Reference, **more: object) -> str:
    """The explanation of a reference, with the part and page of it that are shown."""
    step = "" if reference.figure in OF_LETTERS else reference.step
    return why_address(reference.figure, langkah=step, **_sla_query(reference.filter), **more)


def filtered_address(path: str, filter_: SlaFilter | RoomsFilter, **more: object) -> str:
    """A page that takes the same filters."""
    return with_query(path, **(_sla_query(filter_) if isinstance(filter_, SlaFilter) else _filters(filter_)), **more)


def one_step(filter_: SlaFilter, step: str) -> str:
    """The compliance page narrowed to one step; with the empty text all of them again."""
    return filtered_address(KEPATUHAN, replace(filter_, steps=(step,) if step else ()))


def _sla_query(filter_: SlaFilter) -> dict[str, object]:
    """The filters with the one step, or with the part of the SOP where all its steps are of one."""
    steps = filter_.steps
    part = steps[0] if len(steps) == 1 else steps[0][0] if len({step[0] for step in steps}) == 1 else ""
    return {**_filters(filter_), "bagian": part}


def _filters(filter_: SlaFilter | RoomsFilter, period: Period | None = None) -> dict[str, object]:
    """Period, agency, room and flags left out as the pages name them in their addresses."""
    period = period or filter_.period
    without = ",".join(filter_.without) if isinstance(filter_, SlaFilter) else ""
    return {"dari": period.first, "sampai": period.last, "opd": filter_.opd, "ruang": filter_.room, "tanpa": without}


_KEPT = ("dari", "sampai", "opd")
"""Filters that a tab takes over from another."""


def may_do(user: Account) -> bool:
    """Whether that user may enter a version."""
    return user.may(Page.SOP, May.DO)


def tabs(here: str, query: Mapping[str, str], user: Account) -> html.Nav:
    """The pages about the SOP; the filters stay."""
    kept = {name: query.get(name) for name in _KEPT}
    entries = [(SOP, t("sop.tab_form")), (TARGET, t("sop.tab_target"))]
    if may_do(user):
        entries.append((VERSION, t("sop.tab_version")))
    links = [
        html.Span(words, className="sop-tab is-on", **{"aria-current": "page"})
        if path == here
        else link(words, with_query(path, **kept), "sop-tab")
        for path, words in entries
    ]
    return html.Nav(links, className="sop-tabs no-print", **{"aria-label": t("sop.tabs")})


def version_shown(sop: Sop, query: Mapping[str, str], last: date) -> SopVersion:
    """The version that the address names by its date, else the one in force on the period's last day."""
    wanted = query.get("versi", "")
    named = next((version for version in sop.versions if version.effective_on.isoformat() == wanted), None)
    return named or sop.version_for(last)


def settings_crumbs(title: str) -> list[tuple[str, str | None]]:
    """The way from a page of the settings back to them, for who may open them."""
    return [(t("settings.title"), SETTINGS), (title, None)] if account().may(Page.PENGATURAN) else []
