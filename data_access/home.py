"""The folder that holds everything: records, marts, inbox, demo."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from data_access.exchange import finish_exchange

_BEGUN = "MULAI"

KEY_FILE = "secret.key"
HEAD_FILE = "rantai.txt"
"""The newest link of the chain of seals; a backup holds none, as the chain goes on from where a restore puts it."""

KEPT = ("foto", "pindaian", "sop", "masuk", "hari_kantor.csv", KEY_FILE, _BEGUN)
"""Files and folders of an office that nothing can make again, beside its records."""


@dataclass(frozen=True)
class Home:
    """Paths inside one home; nothing is created until `make` is called."""

    root: Path

    @property
    def records_path(self) -> Path:
        """The SQLite file of the records (unused when the records live in PostgreSQL)."""
        return self.root / "records.sqlite"

    @property
    def marts(self) -> Path:
        """Folder of published marts and the pointer to the current one."""
        return self.root / "mart"

    @property
    def demo(self) -> Home:
        """The home of the invented records, apart from the real ones."""
        return Home(self.root / "demo")

    @property
    def office_days_path(self) -> Path:
        """The office's own open and closed days as CSV, optional."""
        return self.root / "hari_kantor.csv"

    @property
    def sop_folder(self) -> Path:
        """Further SOP versions as TOML files, optional."""
        return self.root / "sop"

    @property
    def secret_path(self) -> Path:
        """The key that signs the session cookies."""
        return self.root / KEY_FILE

    @property
    def photos(self) -> Path:
        """Photos of faults, under names that say nothing."""
        return self.root / "foto"

    @property
    def scans(self) -> Path:
        """Scans of letters, under names that say nothing."""
        return self.root / "pindaian"

    @property
    def image_lock_path(self) -> Path:
        """Held by whoever unpacks an image; invented records share it with the office's own."""
        return self.real.root / "gambar.lock"

    @property
    def inbox(self) -> Path:
        """The folder whose files are loaded by themselves, unless another one is named."""
        return self.root / "masuk"

    @property
    def attempts_path(self) -> Path:
        """Notes on files of the inbox that were begun and not finished."""
        return self.root / "masuk.json"

    @property
    def inbox_note_path(self) -> Path:
        """Notes where the inbox lies that is watched, when it is not the one in here."""
        return self.root / "kotak-masuk.json"

    @property
    def watch_lock_path(self) -> Path:
        """Held by the one process that watches the inbox."""
        return self.root / "watch.lock"

    @property
    def backups(self) -> Path:
        """Where backups lie that were not sent elsewhere."""
        return self.root / "cadangan"

    @property
    def log_path(self) -> Path:
        """What went wrong without anybody having foreseen it."""
        return self.root / "log" / "galat.log"

    @property
    def damage_path(self) -> Path:
        """There since the records turned out damaged, until all of their pages were found whole."""
        return self.root / "rusak"

    @property
    def ended_sessions(self) -> Path:
        """Notes of sessions that ended while nothing could be written into the records."""
        return self.root / "sesi-berakhir"

    @property
    def used_codes(self) -> Path:
        """Codes of an app that were used while nothing could be written into the records."""
        return self.root / "kode-terpakai"

    @property
    def in_use_path(self) -> Path:
        """Held side by side by whoever has this office open, alone by whoever replaces it."""
        return self.root / "pakai.lock"

    @property
    def is_demo(self) -> bool:
        """Whether this home was marked as holding invented records."""
        return (self.root / "DEMO").exists()

    def mark_as_demo(self) -> None:
        """Write the mark that keeps invented and real figures apart."""
        (self.make().root / "DEMO").write_text("Data contoh; bukan catatan nyata.\n", encoding="utf-8")

    @property
    def real(self) -> Home:
        """The home of the office's own records: this one, or the one in which these invented records lie."""
        return Home(self.root.parent) if self.is_demo else self

    @property
    def is_begun(self) -> bool:
        """Whether somebody said that the office begins here, though nothing may be recorded yet."""
        return (self.root / _BEGUN).exists()

    def mark_as_begun(self) -> None:
        """Write the mark by which a server shows these records instead of invented ones, empty as they are."""
        (self.make().root / _BEGUN).write_text("Catatan kantor sudah dimulai.\n", encoding="utf-8")

    def kept_files(self) -> list[Path]:
        """Every file of `KEPT`, wherever it lies there; of the inbox those that wait."""
        files = [self.root / name for name in KEPT if (self.root / name).is_file()]
        folders = [path for path in (self.photos, self.scans, self.sop_folder) if path.is_dir()]
        waiting = [path for path in self.inbox.glob("*") if path.is_file()] if self.inbox.is_dir() else []
        return [*files, *(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()), *waiting]

    def make(self) -> Home:
        """Create the folder, readable by its owner only, finish an exchange that was cut short, return the home itself.

        Raises PantauError while another process exchanges what lies here.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        finish_exchange(self.root, self.in_use_path)
        self.marts.mkdir(exist_ok=True, mode=0o700)
        return self


def default_home() -> Home:
    """`PANTAU_HOME`, else the user's data folder."""
    chosen = os.environ.get("PANTAU_HOME")
    return Home(Path(chosen).expanduser().resolve() if chosen else Path(platformdirs.user_data_path("pantau")))
