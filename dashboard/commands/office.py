"""Who looks after the office: `pantau user`, `screen`, `opd-code` and `settings`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common
from dashboard.commands.serve import is_empty
from data_access.errors import PantauError

if TYPE_CHECKING:
    from dashboard.i18n import Formats
    from etl.office import Office

user = typer.Typer(help="Pengguna: tambah, daftar, tautan, peran, OPD, sandi, nonaktifkan.", no_args_is_help=True)
screen = typer.Typer(help="Layar dinding: tambah, daftar, cabut.", no_args_is_help=True)
opd_code = typer.Typer(
    help="Kode instansi: agar instansi tanpa akun dapat mengajukan ruang. Tambah, daftar, akhiri.", no_args_is_help=True
)
settings = typer.Typer(help="Pengaturan: kalender, ruang, OPD, sumber, pejabat.", no_args_is_help=True)

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url", help="Alamat server; bawaan: address pada [proxy], selain itu komputer ini.", show_default=False
    ),
]

_WHILE_DEMO = (
    'Selama yang tampil data contoh, tekan dahulu "Mulai dengan catatan kantor" di sana; tautan baru lalu tercetak di '
    "jendela peladen."
)


@user.command("add", help="Menambah pengguna dengan sandi acak yang ditampilkan sekali.")
def add_user(
    name: Annotated[str, typer.Argument(metavar="NAMA", help="Nama masuk, misalnya nama jabatan.")],
    role: Annotated[str, typer.Option("--role", help="kadin, sekdin, kabid, kasi_litik, kasi_aplikasi, agendaris, …")],
    opd: Annotated[str | None, typer.Option("--opd", help="OPD, hanya untuk peran opd.")] = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Add a user."""
    from dashboard.access.people import add_user, random_password

    office = common.open_office(home)
    password = random_password()
    add_user(office, name, role, opd, password, common.time_now())
    document = {"name": name, "role": role, "opd": opd, "password": password}
    common.answer(json, document, f"Pengguna {name} ({role}) dibuat. Sandi, ditampilkan sekali ini saja: {password}")


@user.command("list", help="Daftar pengguna.")
def list_users(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """List users."""
    from dashboard.access.people import all_users

    users = all_users(common.open_office(home))
    common.answer(json, {"users": users}, *map(_user_line, users))


def _user_line(user: dict[str, Any]) -> str:
    state = "" if user["active"] else "nonaktif"
    return f"{user['name']:<24} {user['role']:<16} {user['opd'] or '':<30} {state}".rstrip()


@user.command("password", help="Mengganti sandi dengan yang acak; sesi yang sedang berjalan berakhir.")
def change_password(
    name: Annotated[str, typer.Argument(metavar="NAMA")],
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Give a user a new password."""
    from dashboard.access.people import change_password, random_password

    office = common.open_office(home)
    chosen = random_password()
    change_password(office, name, chosen, common.time_now())
    document = {"name": name, "password": chosen}
    common.answer(json, document, f"Sandi baru {name}, ditampilkan sekali ini saja: {chosen}")


@user.command("link", help="Tautan sekali pakai: admin pertama, atau dengan NAMA kata sandi pengguna itu.")
def make_link(
    name: Annotated[str | None, typer.Argument(metavar="[NAMA]", show_default=False)] = None,
    url: UrlOption = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a one-time link."""
    from dashboard.access.begin import start_link
    from dashboard.access.people import password_link

    office, now = common.open_own_office(home), common.time_now()
    address = _address(office, url)
    link = password_link(office, name, now, address) if name else start_link(office, now, address)
    if link is None:
        raise PantauError("access.link_needs_name")
    shown = [] if name or not is_empty(office.home) else [_WHILE_DEMO]
    purpose = f"menetapkan kata sandi {name}" if name else "membuat admin pertama"
    words = f"Tautan sekali pakai untuk {purpose} (berlaku 24 jam); tautan sebelumnya tidak berlaku lagi:"
    common.answer(json, {"name": name, "link": link}, words, *shown, link)


def _address(office: Office, url: str | None) -> str:
    """Where links lead to."""
    return url or office.settings.proxy.address or "http://127.0.0.1:8050"


@user.command("role", help="Mengganti peran, dan OPD bila perannya opd; sesi yang sedang berjalan berakhir.")
def change_role(
    name: Annotated[str, typer.Argument(metavar="NAMA")],
    role: Annotated[str, typer.Argument(metavar="PERAN")],
    opd: Annotated[str | None, typer.Option("--opd", help="OPD, hanya untuk peran opd.")] = None,
    home: common.HomeOption = None,
) -> None:
    """Give a user another role."""
    from dashboard.access.people import change_role

    change_role(common.open_office(home), name, role, opd, common.time_now())
    common.say(f"Peran {name} kini {role}.")


@user.command("opd", help="Mengganti OPD seorang pengguna berperan opd.")
def change_opd(
    name: Annotated[str, typer.Argument(metavar="NAMA")],
    opd: Annotated[str, typer.Argument(metavar="OPD")],
    home: common.HomeOption = None,
) -> None:
    """Give a user of an agency another one."""
    from dashboard.access.people import change_opd

    change_opd(common.open_office(home), name, opd, common.time_now())
    common.say(f"OPD {name} kini {opd}.")


@user.command("email", help="Alamat surel pemberitahuan seorang pengguna; tanpa SUREL alamatnya dihapus.")
def change_email(
    name: Annotated[str, typer.Argument(metavar="NAMA")],
    email: Annotated[str | None, typer.Argument(metavar="[SUREL]", show_default=False)] = None,
    home: common.HomeOption = None,
) -> None:
    """Give a user's address for alerts."""
    from dashboard.access.people import change_email

    change_email(common.open_office(home), name, email, common.time_now())
    common.say(f"Pemberitahuan untuk {name} {_goes(email)}.")


@user.command("enable", help="Mengaktifkan kembali pengguna.")
def enable_user(name: Annotated[str, typer.Argument(metavar="NAMA")], home: common.HomeOption = None) -> None:
    """Enable a user."""
    from dashboard.access.people import enable_user

    enable_user(common.open_office(home), name, common.time_now())
    common.say(f"Pengguna {name} aktif kembali.")


@user.command("totp-off", help="Mematikan kode aplikasi seorang pengguna yang kehilangan ponselnya.")
def end_second_factor(name: Annotated[str, typer.Argument(metavar="NAMA")], home: common.HomeOption = None) -> None:
    """Ask a user for no one-time code any more."""
    from dashboard.access.people import end_second_factor

    end_second_factor(common.open_office(home), name, common.time_now())
    common.say(f"Kode aplikasi {name} dimatikan.")


@user.command("unbind", help="Melepas ikatan seorang pengguna dengan akunnya di penyedia identitas.")
def unbind_identity(name: Annotated[str, typer.Argument(metavar="NAMA")], home: common.HomeOption = None) -> None:
    """Bind a user to no identity any more."""
    from dashboard.access.people import unbind_identity

    unbind_identity(common.open_office(home), name, common.time_now())
    common.say(f"Ikatan {name} dilepas; sesinya berakhir.")


@user.command("disable", help="Menonaktifkan pengguna; sesinya berakhir seketika.")
def disable_user(name: Annotated[str, typer.Argument(metavar="NAMA")], home: common.HomeOption = None) -> None:
    """Disable a user."""
    from dashboard.access.people import disable_user

    disable_user(common.open_office(home), name, common.time_now())
    common.say(f"Pengguna {name} dinonaktifkan.")


@screen.command(
    "add", help="Membuat tautan perangkat; berlaku pada layar pertama yang membukanya, hanya dapat melihat Layar."
)
def add_screen(
    label: Annotated[str, typer.Argument(metavar="NAMA", help='Misalnya "TV Kepala Bidang".')],
    url: UrlOption = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a screen."""
    from dashboard.access.devices import device_link

    office = common.open_office(home)
    link = device_link(office, label, common.time_now(), _address(office, url))
    words = f"Buka tautan ini sekali pada {label}; tautan ditampilkan sekali ini saja:\n{link}"
    common.answer(json, {"label": label, "link": link}, words)


@screen.command(
    "renew", help="Membuat tautan baru untuk layar yang ada; perangkat lama berhenti saat tautan baru dibuka."
)
def renew_screen(
    number: Annotated[int, typer.Argument(metavar="NOMOR", help="Nomor dari `pantau screen list`.")],
    url: UrlOption = None,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a new link of a screen."""
    from dashboard.access.devices import renewed_link

    office = common.open_office(home)
    link = renewed_link(office, number, common.time_now(), _address(office, url))
    words = f"Buka tautan ini pada layar {number}; tautan ditampilkan sekali ini saja:\n{link}"
    common.answer(json, {"number": number, "link": link}, words)


@screen.command("list", help="Daftar layar dan kapan terakhir terlihat.")
def list_screens(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """List screens."""
    from dashboard.access.people import all_screens
    from etl.moments import iso

    office = common.open_office(home)
    screens, formats = all_screens(office), common.written_in(office)
    lines = [_screen_line(screen, formats) for screen in screens]
    for screen in screens:
        for key in ("created_at", "last_seen_at", "heartbeat_at", "revoked_at"):
            screen[key] = iso(screen[key], office.zone)
    common.answer(json, {"screens": screens}, *lines)


def _screen_line(screen: dict[str, Any], formats: Formats) -> str:
    state = "dicabut" if screen["revoked_at"] else f"terakhir terlihat {formats.moment_short(screen['last_seen_at'])}"
    return f"{screen['id']:>3}  {screen['label']:<30} {state}"


@screen.command("revoke", help="Mencabut tautan layar; layar itu tidak dapat melihat apa pun lagi.")
def revoke_screen(
    number: Annotated[int, typer.Argument(metavar="NOMOR", help="Nomor dari `pantau screen list`.")],
    home: common.HomeOption = None,
) -> None:
    """Revoke a screen."""
    from dashboard.access.people import revoke_screen

    revoke_screen(common.open_office(home), number, common.time_now())
    common.say(f"Layar {number} dicabut.")


@opd_code.command("add", help="Membuat kode satu instansi, berlaku sampai dengan satu tanggal; ditampilkan sekali.")
def add_code(
    opd: Annotated[str, typer.Argument(metavar="OPD", help="Instansi yang mendapat kode.")],
    until: Annotated[str, typer.Option("--until", help="Hari terakhir, misalnya 2026-12-31.")],
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a code."""
    from dashboard.access.codes import make_code
    from etl.moments import parse_date

    office, last = common.open_office(home), parse_date(until)
    number, code = make_code(office, opd, last, common.time_now())
    document = {"id": number, "opd": office.opd_names.one(opd) or opd, "until": last.isoformat(), "code": code}
    common.answer(json, document, f"Kode instansi {number} untuk {document['opd']}, sekali ini saja: {code}")


@opd_code.command("list", help="Daftar kode instansi.")
def list_codes(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """List codes."""
    from dashboard.access.codes import code_row, codes
    from etl.moments import iso

    office, now = common.open_office(home), common.time_now()
    rows, formats = [code_row(office, code, now) for code in codes(office)], common.written_in(office)
    for row in rows:
        for key in ("created_at", "ended_at", "last_used_at"):
            row[key] = iso(row[key], office.zone)
    common.answer(json, {"codes": rows}, *(_code_line(row, formats) for row in rows))


def _code_line(row: dict[str, Any], formats: Formats) -> str:
    state = f"sampai {formats.date_short(date.fromisoformat(row['until']))}" if row["is_good"] else "berakhir"
    return f"{row['id']:>3}  {row['opd']:<40} {state}"


@opd_code.command("end", help="Mengakhiri kode instansi sekarang juga.")
def end_code(
    number: Annotated[int, typer.Argument(metavar="NOMOR", help="Nomor dari `pantau opd-code list`.")],
    home: common.HomeOption = None,
) -> None:
    """End a code."""
    from dashboard.access.codes import end_code

    code = end_code(common.open_office(home), number, common.time_now())
    common.say(f"Kode {number} ({code.opd}) berakhir.")


@opd_code.command("email", help="Alamat surel pemberitahuan pemegang kode; tanpa SUREL alamatnya dihapus.")
def change_code_email(
    number: Annotated[int, typer.Argument(metavar="NOMOR", help="Nomor dari `pantau opd-code list`.")],
    email: Annotated[str | None, typer.Argument(metavar="[SUREL]", show_default=False)] = None,
    home: common.HomeOption = None,
) -> None:
    """Give the bearer's address for alerts."""
    from dashboard.access.codes import change_code_email

    code = change_code_email(common.open_office(home), number, email, common.time_now())
    common.say(f"Pemberitahuan untuk kode {number} ({code.opd}) {_goes(email)}.")


def _goes(email: str | None) -> str:
    return f"dikirim ke {email}" if email else "tidak dikirim lagi"


@settings.command("show", help="Menampilkan pengaturan yang berlaku sebagai TOML (atau JSON).")
def show_settings(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """Print the settings in force."""
    from etl.settings.document import to_toml

    office = common.open_office(home)
    common.answer(json, office.settings.to_document(), to_toml(office.settings).rstrip())


@settings.command(help="Menerapkan berkas pengaturan; setiap tabel di dalamnya menggantikan tabel itu seutuhnya.")
def apply(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Berkas TOML.")],
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Apply a settings file, keep the version before, judge again."""
    from etl.intake.pipeline import apply_settings
    from etl.settings.calendars import check_calendar
    from etl.settings.document import apply_file

    office = common.open_own_office(home)
    settings = apply_file(office.settings, file)
    warnings = [common.words(warning) for warning in check_calendar(settings, str(file))]
    with common.working("Menerapkan pengaturan dan menilai ulang", quiet=json):
        changed = apply_settings(office, settings, common.time_now(), actor="cli")
    if not changed.is_published:
        warnings.append("layar belum diperbarui; jalankan `pantau rebuild`.")
    document = {"version": changed.version, "joined": changed.joined, "warnings": warnings}
    common.answer(
        json,
        document,
        f"Pengaturan diterapkan sebagai versi {changed.version}; versi sebelumnya tetap tersimpan.",
        *([f"{changed.joined} baris yang menunggu kini bergabung."] if changed.joined else []),
        *(f"Perhatian: {warning}" for warning in warnings),
    )
    raise typer.Exit(common.NEEDS_A_PERSON if warnings else 0)
