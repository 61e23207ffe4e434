"""What the filters of the pages offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard.i18n import t
from data_access.mart import compliance as questions
from etl.domain.sop.steps import STEP_CODES

if TYPE_CHECKING:
    from etl.office import Office

Options = list[tuple[str, str]]


def opd_options(office: Office) -> Options:
    """All agencies with a letter."""
    return [("", t("word.all_opd")), *((name, name) for name in questions.opd_names(office.mart.read()))]


def room_options(office: Office) -> Options:
    """The rooms of the settings and those of the letters."""
    names = [room.name for room in office.settings.rooms]
    names += [name for name in questions.room_names(office.mart.read()) if name not in names]
    return [("", t("word.all_rooms")), *((name, name) for name in names)]


def own_names(office: Office, query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address as the choices call them: an agency or a room by any alias has its own name."""
    named = {"opd": office.opd_names, "ruang": office.room_names}
    found = {key: names.one(query[key]) or query[key] for key, names in named.items() if query.get(key)}
    return {**query, **found}


def step_options(office: Office) -> Options:
    """The steps by code and short name."""
    sop = office.sop.current()
    return [("", t("word.all_steps")), *((code, f"{code} · {sop.step(code).short_name}") for code in STEP_CODES)]
