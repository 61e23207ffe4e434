"""Makes sure that a Chromium is here for the browser tests, and says what it installs.

An installed one is used; else, as root on a Debian-like system, the distribution's package; else Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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


def main() -> int:
    """Find or install a browser; 0 when one is there."""
    found = installed() or playwrights_own()
    if found:
        say(f"Browser for the tests: {found}")
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing the distribution's package chromium for the browser tests")
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-q"], check=True, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], check=True, **quiet)
        return 0
    say("Installing Playwright's Chromium for the browser tests")
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
