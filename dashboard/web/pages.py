"""The desk pages, in the order of the top bar."""

from __future__ import annotations

from types import ModuleType

from dashboard.pages import people as people_page
from dashboard.pages.compliance import page as compliance_page
from dashboard.pages.facilities import page as facilities_page
from dashboard.pages.handbook import chapter as handbook_chapter
from dashboard.pages.handbook import page as handbook_page
from dashboard.pages.intake import corrections as intake_corrections
from dashboard.pages.intake import flags as intake_flags
from dashboard.pages.intake import load as intake_load
from dashboard.pages.intake import names as intake_names
from dashboard.pages.intake import page as intake_page
from dashboard.pages.intake import runs as intake_runs
from dashboard.pages.intake import waiting as intake_waiting
from dashboard.pages.report import page as report_page
from dashboard.pages.requests import ask, correct, correct_own, paper_letter, participant_counts
from dashboard.pages.requests import detail as request_detail
from dashboard.pages.requests import page as requests_page
from dashboard.pages.rooms import page as rooms_page
from dashboard.pages.settings import account, alerts, audit, backups, checklist, codes, first_steps, tables, users
from dashboard.pages.settings import page as settings_page
from dashboard.pages.sop import page as sop_page
from dashboard.pages.sop import target, version
from dashboard.pages.summary import page as summary_page
from dashboard.pages.why import page as why_page

PAGES: tuple[ModuleType, ...] = (
    summary_page,
    compliance_page,
    requests_page,
    paper_letter,
    ask,
    request_detail,
    rooms_page,
    people_page,
    facilities_page,
    intake_page,
    intake_runs,
    intake_load,
    intake_waiting,
    participant_counts,
    intake_names,
    intake_flags,
    intake_corrections,
    correct,
    correct_own,
    sop_page,
    target,
    version,
    report_page,
    settings_page,
    tables,
    checklist,
    users,
    first_steps,
    codes,
    backups,
    alerts,
    audit,
    account,
    why_page,
    handbook_page,
    handbook_chapter,
)
