"""Makes sure that an nginx is here for the test of the proxy example, and says what it fetches.

An installed one is used, else the distribution's package is fetched and unpacked beside the environment: nothing is
installed, so no web server starts on the machine. Where neither can be had, the test says that it was left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UNPACKED = Path(sys.prefix) / "nginx"
"""Where the package lies, inside the environment of the tests."""


def nginx() -> str | None:
    """Path of an nginx on this machine, None when there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path=str(UNPACKED / "usr" / "sbin"))


def is_done(*words: str, folder: str | None = None) -> bool:
    """Whether a command of the distribution's package manager is there and works."""
    if shutil.which(words[0]) is None:
        return False
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(words, check=False, cwd=folder, **quiet).returncode == 0


def unpack() -> bool:
    """Whether the distribution's package could be fetched and lies unpacked now."""
    fetch = ("apt-get", "-q", "-o", "Acquire::Retries=1", "download", "nginx")
    with tempfile.TemporaryDirectory() as folder:
        if not is_done(*fetch, folder=folder) and not (is_done("apt-get", "update") and is_done(*fetch, folder=folder)):
            return False  # a new machine knows no packages before the update
        return all(is_done("dpkg", "-x", str(package), str(UNPACKED)) for package in Path(folder).glob("*.deb"))


def main() -> int:
    """Find or fetch an nginx; always 0, as the tests need it for the proxy example only."""
    if nginx() is None:
        sys.stdout.write("Fetching the distribution's package nginx for the test of the proxy\n")
        unpack()
    found = nginx() or "none; the test of the proxy is left out"
    sys.stdout.write(f"nginx for the tests: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
