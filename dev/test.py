"""`make test`: all checks and all tests, in a place where they can run.

Root's tests start servers in ordinary accounts. Those must be able to read the checkout, so one
in a folder that is closed to others (as /root is) is copied to an open one for the run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dev import ROOT
from dev.interpreter import open_to_all
from dev.progress import say
from dev.sources import source_files


def main() -> int:
    """Run the tests here or in a copy; returns their exit status."""
    if os.geteuid() != 0 or open_to_all(ROOT):
        return _make(ROOT)
    with tempfile.TemporaryDirectory(prefix="vispa-test-", dir="/var/tmp") as name:
        place = Path(name)
        place.chmod(0o755)
        say(f"  {ROOT} is closed to other accounts: the tests run in a copy, {place}")
        for file in source_files(ROOT):
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, place / file, follow_symlinks=False)
        return _make(place)


def _make(place: Path) -> int:
    return subprocess.run(["make", "test-here"], cwd=place, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
