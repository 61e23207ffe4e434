"""`pantau demo`: make the demo home (again)."""

from __future__ import annotations

import typer

from dashboard.commands import common


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Membuat (ulang) data contoh dua tahun, terpisah dari data nyata.")(demo)


def demo(home: common.HomeOption = None, as_of: common.AsOfOption = None, json: common.JsonOption = False) -> None:
    """Make the demo home and print its logins once."""
    from zoneinfo import ZoneInfo

    from dashboard.access.people import renew_demo_logins
    from etl.demo import make_demo
    from etl.moments import parse_moment

    target = common.usable_home(home).demo
    now = parse_moment(as_of, ZoneInfo("Asia/Jakarta")) if as_of else common.time_now()
    office, reports = make_demo(target, now, common.time_now, common.progress("Membuat data contoh", json))
    logins = renew_demo_logins(office, now)
    loads = [report.to_json(common.words) for report in reports]
    if json:
        common.print_json({"home": str(target.root), "loads": loads, "logins": logins})
        return
    for load in loads:
        common.say(
            f"{load['file']}: {load['read']} baris, {load['accepted']} diterima, {load['waiting']} menunggu, "
            f"{load['rejected']} ditolak"
        )
    common.say("Data contoh siap. Lihat dengan `pantau serve --demo`.")
    tell_logins(logins)


def tell_logins(logins: dict[str, str]) -> None:
    """Names and passwords, shown this once."""
    common.say("Login contoh (hanya di komputer ini, ditampilkan sekali):")
    for name, password in logins.items():
        common.say(f"  {name:<14} {password}")
