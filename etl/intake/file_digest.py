"""What tells one file from another: its bytes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from etl.extract import Refused


def file_digest(path: Path, name: str | None = None) -> str:
    """The SHA-256 of a file in hexadecimal; `name` is what it is called instead of the path's own.

    Raises Refused when it is not there, is no file, or may not be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe or a device may never end
            raise Refused("intake.no_plain_file", file=name or path.name)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError:
        raise Refused("intake.is_folder", file=name or path.name) from None
    except FileNotFoundError:
        raise Refused("intake.no_file", file=name or str(path)) from None
    except PermissionError:
        raise Refused("intake.file_not_allowed", file=name or str(path)) from None
