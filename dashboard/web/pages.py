"""The desk pages, in the order of the top bar."""

from __future__ import annotations

from types import ModuleType

from dashboard.pages import (
    case,
    case_correct,
    case_correct_own,
    cases,
    data,
    data_corrections,
    data_flags,
    data_load,
    data_names,
    data_runs,
    data_waiting,
    participants,
    participants_entry,
    report,
    rooms,
    sarpras,
    settings,
    settings_checklist,
    sop,
    sop_target,
    sop_version,
    summary,
    why,
)
from dashboard.pages.compliance import page as sla

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
