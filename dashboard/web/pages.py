"""The desk pages, in the order of the top bar."""

from __future__ import annotations

from types import ModuleType

from dashboard.pages.compliance import page as sla
from dashboard.pages.facilities import page as sarpras
from dashboard.pages.intake import corrections as data_corrections
from dashboard.pages.intake import flags as data_flags
from dashboard.pages.intake import load as data_load
from dashboard.pages.intake import names as data_names
from dashboard.pages.intake import page as data
from dashboard.pages.intake import runs as data_runs
from dashboard.pages.intake import waiting as data_waiting
from dashboard.pages.people import page as participants
from dashboard.pages.report import page as report
from dashboard.pages.requests import correct as case_correct
from dashboard.pages.requests import correct_own as case_correct_own
from dashboard.pages.requests import detail as case
from dashboard.pages.requests import page as cases
from dashboard.pages.requests import participant_counts as participants_entry
from dashboard.pages.rooms import page as rooms
from dashboard.pages.settings import checklist as settings_checklist
from dashboard.pages.settings import page as settings
from dashboard.pages.sop import page as sop
from dashboard.pages.sop import target as sop_target
from dashboard.pages.sop import version as sop_version
from dashboard.pages.summary import page as summary
from dashboard.pages.why import page as why

PAGES: tuple[ModuleType, ...] = (
    summary,
    sla,
    cases,
    case,
    rooms,
    participants,
    sarpras,
    data,
    data_runs,
    data_load,
    data_waiting,
    participants_entry,
    data_names,
    data_flags,
    data_corrections,
    case_correct,
    case_correct_own,
    sop,
    sop_target,
    sop_version,
    report,
    settings,
    settings_checklist,
    why,
)
