"""The environment of every tool that runs in the checkout."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dev import CACHE, VENV

if TYPE_CHECKING:
    from collections.abc import Mapping


def variables() -> Mapping[str, str]:
    """Put the virtual environment first on PATH, and the caches into the checkout."""
    path = os.pathsep.join((str(VENV / "bin"), os.environ.get("PATH", os.defpath)))
    cache = os.environ.get("VISPA_CACHE", str(CACHE))
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), "VISPA_CACHE": cache}
