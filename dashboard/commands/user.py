"""`pantau user`: who may log in."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands import common

group = typer.Typer(help="Pengguna: tambah, daftar, ganti sandi, nonaktifkan.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="user")


@group.command(help="Menambah pengguna dengan sandi acak yang ditampilkan sekali.")
def add(
    name: Annotated[str, typer.Argument(metavar="NAMA", help="Nama masuk, misalnya nama jabatan.")],
    role: Annotated[str, typer.Option("--role", help="kadin, sekdin, kabid, kasi_litik, kasi_aplikasi, agendaris, …")],
    opd: Annotated[str | None, typer.Option("--opd", help="OPD, hanya untuk peran opd.")] = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Add a user."""
    from dashboard.access.passwords import random_password
    from dashboard.access.people import add_user

    office = common.open_office(home)
    password = random_password()
    add_user(office, name, role, opd, password, common.time_now())
    if json:
        common.print_json({"name": name, "role": role, "opd": opd, "password": password})
    else:
        common.say(f"Pengguna {name} ({role}) dibuat. Sandi, ditampilkan sekali ini saja: {password}")


@group.command("list", help="Daftar pengguna.")
def list_users(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """List users."""
    from dashboard.access.people import all_users

    users = all_users(common.open_office(home))
    if json:
        common.print_json({"users": users})
        return
    for user in users:
        state = "" if user["active"] else "nonaktif"
        common.say(f"{user['name']:<24} {user['role']:<16} {user['opd'] or '':<30} {state}".rstrip())


@group.command(help="Mengganti sandi dengan yang acak; sesi yang sedang berjalan berakhir.")
def password(
    name: Annotated[str, typer.Argument(metavar="NAMA")],
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Give a user a new password."""
    from dashboard.access.passwords import random_password
    from dashboard.access.people import change_password

    office = common.open_office(home)
    chosen = random_password()
    change_password(office, name, chosen)
    if json:
        common.print_json({"name": name, "password": chosen})
    else:
        common.say(f"Sandi baru {name}, ditampilkan sekali ini saja: {chosen}")


@group.command(help="Menonaktifkan pengguna; sesinya berakhir seketika.")
def disable(name: Annotated[str, typer.Argument(metavar="NAMA")], home: common.HomeOption = None) -> None:
    """Disable a user."""
    from dashboard.access.people import disable_user

    disable_user(common.open_office(home), name)
    common.say(f"Pengguna {name} dinonaktifkan.")
