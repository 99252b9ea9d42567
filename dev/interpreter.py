"""Choose the Python that the virtual environment is made of."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import VENV

OLDEST = (3, 11)
_NAMES = ("python3", *(f"python3.{minor}" for minor in (13, 12, 11, 14)))
_USUAL_PLACES = ("/usr/bin", "/usr/local/bin")
_PROBE = """
import json, os, sys
try:
    import ensurepip, venv
    has_venv = bool(ensurepip.version())
except Exception:  # however these are broken, this Python makes no environments
    has_venv = False
print(json.dumps({
    "version": sys.version_info[:2],
    "executable": os.path.realpath(sys.executable),
    "library": os.path.dirname(os.__file__),
    "has_venv": has_venv,
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine that is new enough."""

    path: Path
    version: tuple[int, int]
    has_venv: bool
    """Whether it can make virtual environments by itself; Debian packs that separately."""
    is_open: bool
    """Whether other accounts can run it too, as the servers of other people must."""


def choose() -> Interpreter | None:
    """Find the best Python for everything else, or none that is new enough.

    One that every account can run comes first, then one that makes virtual environments itself,
    then the order of PATH, with plain `python3` before the numbered ones.
    """
    found = [interpreter for path in _candidates() if (interpreter := probe(path))]
    return max(found, key=lambda one: (one.is_open, one.has_venv), default=None)


def probe(path: Path) -> Interpreter | None:
    """Ask a Python about itself; None when it does not run or is too old."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _PROBE], capture_output=True, timeout=20, check=True
        ).stdout
        about: dict[str, Any] = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    major, minor = about["version"]
    if (major, minor) < OLDEST:
        return None
    places = (Path(about["executable"]), Path(about["library"]))
    return Interpreter(path, (major, minor), about["has_venv"], all(map(open_to_all, places)))


def open_to_all(path: Path) -> bool:
    """Whether every account can reach and use this file or folder, by the permission bits."""
    try:
        above = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
        own = path.stat()
    except OSError:
        return False
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(own.st_mode) else 0)
    return above and own.st_mode & wanted == wanted


def _candidates() -> list[Path]:
    places = [*os.environ.get("PATH", "").split(os.pathsep), *_USUAL_PLACES]
    found = {
        Path(program): None
        for place in dict.fromkeys(filter(None, places))
        for name in _NAMES
        if (program := shutil.which(name, path=place)) and VENV not in Path(program).parents
    }
    return list(found)
