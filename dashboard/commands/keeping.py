"""Keeping house: `pantau backup`, `restore`, `export`, `check` and `rebuild`."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dashboard.commands import common
from dashboard.i18n import fmt
from data_access.errors import PantauError, cause_of
from data_access.home import Home
from data_access.origin import ORIGIN, Origin

if TYPE_CHECKING:
    from data_access.records import Engine
    from etl.keeping.restore import Restored
    from etl.office import Office

PASSPHRASE, PASSPHRASE_FILE = "PANTAU_BACKUP_PASSPHRASE", "PANTAU_BACKUP_PASSPHRASE_FILE"
"""Environment variables: the passphrase of backups, or the file whose first line it is. Never an argument, which every
user of the machine could read."""

SHORTEST_PASSPHRASE = 12

BACKUP_HELP = (
    "Mencadangkan kantor ini ke satu berkas, juga saat dasbor berjalan; diuji dengan memulihkannya ke tempat sementara."
)
RESTORE_HELP = "Memulihkan kantor dari berkas cadangan; yang ada sebelumnya disisihkan, tidak dihapus."

EXPORT_HELP = (
    "Menulis fakta yang sudah dinilai (permohonan, langkah, giliran, pemakaian, pemesanan, pengecekan, gangguan) "
    "sebagai Parquet untuk alat lain, atau log kejadian XES; tanpa data pribadi."
)

SIGN = {"ok": "✓", "warning": "!", "error": "✗"}


def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="[BERKAS]", help="Bawaan: folder cadangan/ di rumah.", show_default=False)
    ] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Kunci dengan frasa sandi, yang ditanyakan.")] = False,
    due: Annotated[bool, typer.Option("--due", hidden=True)] = False,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Make a backup and verify it; with `--due` when one is due by the settings, and then the oldest ones go."""
    from etl.keeping.backup import make_backup

    chosen = _real_home(home)
    if due:
        _make_due(chosen)
        return
    passphrase = _given_passphrase() or (_new_passphrase() if encrypt else None)
    records = _records(chosen)
    with common.working("Mencadangkan dan menguji", quiet=json):
        path, manifest = make_backup(chosen, records, common.time_now(), _zone(records), _absolute(file), passphrase)
    size = path.stat().st_size
    document = {"file": str(path), "bytes": size, "encrypted": passphrase is not None, "revision": manifest.revision}
    document |= {"rows": sum(manifest.rows.values()), "files": len(manifest.members), "verified": True}
    common.answer(
        json,
        document,
        f"Cadangan dibuat dan teruji: {path} ({fmt().size(size)}, {document['rows']} baris catatan).",
    )


def _make_due(home: Home) -> None:
    from etl.keeping.backup import discard_old, is_due, make_backup
    from etl.office import stored_settings

    _as_server()
    records, now = _records(home), common.time_now()
    settings, _ = stored_settings(records)
    if is_due(home, settings, now):
        make_backup(home, records, now, ZoneInfo(settings.zone), passphrase=_given_passphrase())
        discard_old(home, settings, now)


def _as_server() -> None:
    """What the server begins by itself: it acts, and whoever works on the screens comes first."""
    ORIGIN.set(Origin("server"))
    if hasattr(os, "nice"):
        os.nice(10)


def restore(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Berkas cadangan.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Gantikan kantor yang ada; isinya disisihkan di folder yang sama.")
    ] = False,
    home: common.HomeOption = None,
    json: common.JsonOption = False,
) -> None:
    """Restore a backup."""
    from etl.keeping.archive import is_locked
    from etl.keeping.restore import Order
    from etl.keeping.restore import restore as put_back

    chosen = _real_home(home)
    url = os.environ.get("PANTAU_DATABASE_URL")
    passphrase = _given_passphrase()
    if passphrase is None and file.is_file() and is_locked(file):
        passphrase = _asked_passphrase("Frasa sandi cadangan")
    order = Order(file, chosen, url, common.time_now(), common.HOME_ZONE, passphrase, replace)
    restored = put_back(order, common.progress("Menyusun mart", json))
    common.answer(json, _restored_document(restored), *_restored_lines(restored))
    is_whole = not (restored.missing or restored.mart_fault or restored.is_key_missing)
    raise typer.Exit(0 if is_whole else common.NEEDS_A_PERSON)


def _restored_document(restored: Restored) -> dict[str, Any]:
    made_at = datetime.fromtimestamp(restored.manifest.at, common.HOME_ZONE).isoformat()
    fault = restored.mart_fault and common.words(restored.mart_fault)
    aside = [str(path) for path in restored.aside]
    missing = {"missing_files": restored.missing, "missing_key": restored.is_key_missing}
    return {**restored.counts, "made_at": made_at, **missing, "aside": aside, "fault": fault}


def _restored_lines(restored: Restored) -> list[str]:
    counts = restored.counts
    made_at = datetime.fromtimestamp(restored.manifest.at, common.HOME_ZONE)
    lines = [
        f"Dipulihkan dari cadangan {made_at:%d/%m/%Y %H.%M}: {counts['requests']} permohonan, "
        f"{counts['reports']} laporan terbit, {counts['photos']} foto, {counts['scans']} pindaian."
    ]
    if restored.missing:
        lines.append(f"Perhatian: {restored.missing} foto atau pindaian tercatat tetapi tidak ada di cadangan.")
    if restored.is_key_missing:
        lines.append(
            "Perhatian: cadangan itu tidak berisi secret.key. Rantai catatan dan kode sekali pakai dari waktu itu "
            "tidak dapat diperiksa lagi, kecuali berkas itu diletakkan kembali."
        )
    lines.append(
        "Semua sesi dan tautan sekali pakai diakhiri: semua orang masuk lagi. Akun, kode, layar dan tautan kalender "
        "yang dicabut sesudah cadangan itu berlaku lagi: periksa di Pengaturan."
    )
    if restored.mart_fault:
        lines.append(f"Angka belum tersusun: {common.words(restored.mart_fault)}")
    return [*lines, *(f"Isi sebelumnya tersimpan di {path}." for path in restored.aside)]


def export(
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FOLDER", help="Fakta sebagai Parquet; folder baru atau kosong.")
    ] = None,
    xes: Annotated[
        Path | None, typer.Option("--xes", metavar="BERKAS", help="Log kejadian; berkas baru .xes atau .xes.gz.")
    ] = None,
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    json: common.JsonOption = False,
) -> None:
    """Write the facts, or the log of events."""
    if (parquet is None) == (xes is None):
        raise typer.BadParameter("tulis --parquet FOLDER atau --xes BERKAS, salah satu saja")
    office = common.open_reports(home)
    moment = common.as_of_moment(as_of, office.zone)
    if xes is not None:
        _export_log(office, xes.expanduser().absolute(), moment, json=json)
    elif parquet is not None:
        _export_facts(office, parquet.expanduser().absolute(), moment, json=json)


def _export_facts(office: Office, folder: Path, moment: int, *, json: bool) -> None:
    from etl.keeping.facts_export import export_facts

    rows = export_facts(office, folder, moment)
    common.note(office, "export", "parquet")
    counts = ", ".join(f"{name} {count}" for name, count in rows.items())
    common.answer(json, {"folder": str(folder), "rows": rows}, f"Ditulis ke {folder}: {counts}.")


def _export_log(office: Office, file: Path, moment: int, *, json: bool) -> None:
    from etl.keeping.xes_export import export_xes

    counts = export_xes(office, file, moment)
    common.note(office, "export", "xes")
    told = f"Ditulis ke {file}: {counts['requests']} permohonan, {counts['events']} kejadian."
    common.answer(json, {"file": str(file), **counts}, told)


def _real_home(home: Path | None) -> Home:
    chosen = common.usable_home(home)
    if chosen.is_demo:
        raise PantauError("backup.demo")
    return chosen


def _records(home: Home) -> Engine:
    from data_access.records import open_records, records_url

    return open_records(records_url(home, os.environ.get("PANTAU_DATABASE_URL")), home.secret_path)


def _zone(records: Engine) -> ZoneInfo:
    """The office's zone; while its settings are broken, that of the office the product ships for."""
    from etl.office import stored_settings

    try:
        return ZoneInfo(stored_settings(records)[0].zone)
    except PantauError:
        return common.HOME_ZONE


def _absolute(file: Path | None) -> Path | None:
    return None if file is None else file.expanduser().absolute()


def _given_passphrase() -> str | None:
    """The passphrase of the environment; None when it names none."""
    if words := os.environ.get(PASSPHRASE):
        return words
    path = os.environ.get(PASSPHRASE_FILE)
    if not path:
        return None
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        cause = cause_of(fault) if isinstance(fault, OSError) else str(fault.reason)
        raise PantauError("command.file_error", file=path, cause=cause) from fault
    if not lines or not lines[0].strip():
        raise PantauError("backup.empty_passphrase", file=path)
    return lines[0].strip()


def _new_passphrase() -> str:
    words = _asked_passphrase("Frasa sandi baru", again="Ulangi")
    if len(words) < SHORTEST_PASSPHRASE:
        raise PantauError("backup.short_passphrase", n=SHORTEST_PASSPHRASE)
    return words


def _asked_passphrase(question: str, again: str | bool = False) -> str:
    """Asked on the terminal without showing it. Raises PantauError where there is none."""
    if not sys.stdin.isatty():
        raise PantauError("backup.no_terminal", variable=PASSPHRASE, file=PASSPHRASE_FILE)
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True))


def check(
    home: common.HomeOption = None,
    as_of: common.AsOfOption = None,
    chain: Annotated[bool, typer.Option("--chain", hidden=True)] = False,
    json: common.JsonOption = False,
) -> None:
    """Check everything that the product stands on; exit 1 for warnings, 2 for errors. With `--chain`, by which the
    server checks daily, the chain alone."""
    from etl.keeping.health import check_all, check_chain

    url, chosen = os.environ.get("PANTAU_DATABASE_URL"), common.usable_home(home)
    if chain:
        _as_server()
        findings = [check_chain(chosen, None if chosen.is_demo else url, common.time_now())]
    else:
        findings = check_all(chosen, url, common.as_of_moment(as_of), common.time_now())
    lines = [finding.to_json(common.words) for finding in findings]
    common.answer(json, {"checks": lines}, *(text for line in lines for text in _check_lines(line)))
    worst = {finding.status for finding in findings}
    raise typer.Exit(common.REFUSED if "error" in worst else common.NEEDS_A_PERSON if "warning" in worst else 0)


def _check_lines(line: dict[str, Any]) -> list[str]:
    words = f"{SIGN[line['status']]} {line['name']}: {line['message']}"
    return [words, f"    {line['action']}"] if line["action"] else [words]


def rebuild(home: common.HomeOption = None, json: common.JsonOption = False) -> None:
    """Build the mart again."""
    from etl.judging.publishing import rebuild as build_again

    office = common.open_office(home)
    meta = build_again(office, common.time_now(), progress=common.progress("Menilai ulang permohonan", json))
    document = {"load_id": meta.load_id, "generation": meta.generation}
    words = f"Mart disusun ulang: terbitan {meta.generation}, sampai muatan nomor {meta.load_id}."
    common.answer(json, document, words)
