"""`pantau screen`: the wall screens and their links."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands import common

group = typer.Typer(help="Layar dinding: tambah, daftar, cabut.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="screen")


@group.command(help="Membuat tautan perangkat; dibuka sekali pada layar itu, hanya dapat melihat Layar.")
def add(
    label: Annotated[str, typer.Argument(metavar="NAMA", help='Misalnya "TV Kepala Bidang".')],
    url: Annotated[str, typer.Option("--url", help="Alamat server.")] = "http://127.0.0.1:8050",
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a screen."""
    from dashboard.access.people import add_screen

    link = add_screen(common.open_office(home), label, common.time_now(), url)
    if json:
        common.print_json({"label": label, "link": link})
    else:
        common.say(f"Buka tautan ini sekali pada {label}; tautan ditampilkan sekali ini saja:\n{link}")


@group.command("list", help="Daftar layar dan kapan terakhir terlihat.")
def list_screens(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """List screens."""
    from dashboard.access.people import all_screens
    from etl.moments import iso

    office = common.open_office(home)
    screens = all_screens(office)
    for screen in screens:
        for key in ("created_at", "last_seen_at", "heartbeat_at", "revoked_at"):
            screen[key] = iso(screen[key], office.zone)
    if json:
        common.print_json({"screens": screens})
        return
    for screen in screens:
        state = "dicabut" if screen["revoked_at"] else f"terakhir terlihat {screen['last_seen_at'] or '–'}"
        common.say(f"{screen['id']:>3}  {screen['label']:<30} {state}")


@group.command(help="Mencabut tautan layar; layar itu tidak dapat melihat apa pun lagi.")
def revoke(
    number: Annotated[int, typer.Argument(metavar="NOMOR", help="Nomor dari `pantau screen list`.")],
    home: common.HomeOption = None,
) -> None:
    """Revoke a screen."""
    from dashboard.access.people import revoke_screen

    revoke_screen(common.open_office(home), number, common.time_now())
    common.say(f"Layar {number} dicabut.")
