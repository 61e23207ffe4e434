"""What tells one file from another: its bytes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from etl.extract import Refused


def file_digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises Refused when it is not there, is no file, or may not be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe or a device may never end
            raise Refused(f"{path.name} bukan berkas biasa; sebutkan berkas CSV atau XLSX.")
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError:
        raise Refused(f"{path.name} adalah folder; sebutkan berkas CSV atau XLSX.") from None
    except FileNotFoundError:
        raise Refused(f"Berkas {path} tidak ada; periksa nama dan foldernya.") from None
    except PermissionError:
        raise Refused(f"Berkas {path} tidak boleh dibaca; periksa izinnya.") from None
