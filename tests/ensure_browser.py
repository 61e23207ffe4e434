"""Makes sure that a Chromium is here for the browser tests, and says what it installs.

Chromium's headless shell costs the processor half of what the browser for people costs, whose window has pages of its
own: it is used where it is installed and, as root on a Debian-like system, installed where it is not. Without it an
installed browser is used, else the one that Playwright keeps.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
"""Name of the program and of its package."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Path of a Chromium on this machine, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights_own() -> str | None:
    """Path of the Chromium that Playwright has downloaded before, None when there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def say(text: str) -> None:
    """One line for whoever runs the tests."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def apt(*words: str) -> bool:
    """Whether a command of the distribution's package manager works, which only root has on a Debian-like system."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    return subprocess.run(["apt-get", "-q", "-o", "Acquire::Retries=1", *words], check=False, **quiet).returncode == 0


def apt_installs(package: str) -> bool:
    """Whether the distribution's package is installed now."""
    say(f"Installing the distribution's package {package} for the browser tests")
    return apt("install", "-y", "--no-install-recommends", package)


def main() -> int:
    """Find or install a browser; 0 when one is there."""
    if shutil.which(SHELL) is None and not apt_installs(SHELL) and apt("update"):  # a new machine knows no packages yet
        apt_installs(SHELL) or installed() or playwrights_own() or apt_installs("chromium")
    browser = installed() or playwrights_own()
    if browser:
        say(f"Browser for the tests: {browser}")
        return 0
    say("Installing Playwright's headless shell for the browser tests")
    words = ["-m", "playwright", "install", "--only-shell", "chromium"]
    return subprocess.run([sys.executable, *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
