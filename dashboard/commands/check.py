"""`pantau check` and `pantau rebuild`: what is wrong and what to do; judge everything again from the records."""

from __future__ import annotations

import os
from zoneinfo import ZoneInfo

import typer

from dashboard.commands import common

SIGN = {"ok": "✓", "warning": "!", "error": "✗"}


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command(help="Menyusun ulang mart dari catatan; tidak ada catatan yang berubah.")(rebuild)
    app.command(help="Memeriksa pengaturan, kalender, SOP, basis data, dan mart.")(check)


def check(home: common.HomeOption = None, as_of: common.AsOfOption = None, json: common.JsonOption = False) -> None:
    """Check everything that the product stands on; exit 1 for warnings, 2 for errors."""
    from etl.health import check_all
    from etl.moments import parse_moment

    now = parse_moment(as_of, ZoneInfo("Asia/Jakarta")) if as_of else common.time_now()
    findings = check_all(common.usable_home(home), os.environ.get("PANTAU_DATABASE_URL"), now)
    lines = [finding.to_json(common.words) for finding in findings]
    if json:
        common.print_json({"checks": lines})
    for line in () if json else lines:
        common.say(f"{SIGN[line['status']]} {line['name']}: {line['message']}")
        if line["action"]:
            common.say(f"    {line['action']}")
    worst = {finding.status for finding in findings}
    raise typer.Exit(common.REFUSED if "error" in worst else common.NEEDS_A_PERSON if "warning" in worst else 0)


def rebuild(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """Build the mart again."""
    from etl.judging.publishing import rebuild as build_again

    office = common.open_office(home)
    meta = build_again(office, common.time_now(), progress=common.progress("Menilai ulang permohonan", json))
    document = {"load_id": meta.load_id, "generation": meta.generation}
    if json:
        common.print_json(document)
    else:
        common.say(f"Mart disusun ulang: terbitan {meta.generation}, sampai muatan nomor {meta.load_id}.")
