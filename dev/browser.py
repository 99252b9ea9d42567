"""A Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil

from dev.progress import Failure, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def ensure_browser() -> None:
    """Find a Chromium, or install Debian's as root. Without one the browser tests are left out."""
    if any(map(shutil.which, NAMES)):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(
            "  No Chromium here: the browser tests will be skipped. Install one as root "
            "(Debian: apt-get install chromium; others: dnf install chromium)."
        )
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    try:
        run(["apt-get", "update"], "Refreshing the package lists (about 10 s)", env=env)
        run(get, "Installing Chromium for the browser tests (about 1 min)", env=env)
    except Failure as failure:
        say(f"{failure}\n  Going on without Chromium: the browser tests will be skipped.")
