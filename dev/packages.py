"""The Python packages in the virtual environment."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dev import CACHE, PYTHON, ROOT, VENV
from dev.environment import variables
from dev.progress import Failure, run, say
from dev.stamps import Stamp, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

UNFINISHED = CACHE / "venv.unfinished"
"""There while `.venv` changes: an installer that is killed leaves packages nobody can mend."""


def ensure_uv() -> None:
    """Get uv, which installs in seconds what pip installs in minutes. Do without if it fails."""
    if _uv() is None:
        try:
            with changing():
                run([PYTHON, "-m", "pip", "install", "uv"], "Getting uv, a fast installer")
        except Failure as failure:
            say(f"{failure}\n  Going on with pip, which takes some minutes instead.")


def ensure_packages(extra: str) -> None:
    """Install VISPA in place, with all that one of its extras asks for."""
    stamp = Stamp(f"packages-{extra}", fingerprint([ROOT / "pyproject.toml"]))
    if not stamp.is_fresh():
        install("-e", f".[{extra}]", doing="Installing Python packages (first time 10 to 90 s)")
        stamp.write()


def ensure_shared_files() -> None:
    """Copy anew what JupyterHub and JupyterLab read from the environment, not from the checkout."""
    folders = (ROOT / "server_ext", *ROOT.glob("labextensions/*/labextension"))
    files = [file for folder in folders for file in folder.rglob("*") if _is_shared(file)]
    files += (ROOT / name for name in ("pyproject.toml", "hub_config/jupyterhub_config.py"))
    stamp = Stamp("shared-files", fingerprint(files))
    if not stamp.is_fresh():
        install("-e", ".", "--no-deps", doing="Installing lab extensions and configuration")
        stamp.write()


def install(*arguments: str, doing: str) -> None:
    """Install with uv, and with pip when uv cannot: only pip reads a site's pip.conf."""
    uv = _uv()
    pip = (PYTHON, "-m", "pip", "install", *arguments)
    with changing():
        if uv is None:
            run(pip, doing, env=variables())
            return
        try:
            run((uv, "pip", "install", "--python", PYTHON, *arguments), doing, env=variables())
        except Failure:
            if not _has_pip():
                raise
            run(pip, f"{doing}, now with pip", env=variables())


def can_install() -> bool:
    """Whether something here installs packages into the virtual environment."""
    return _uv() is not None or _has_pip()


def python_can(*arguments: str) -> bool:
    """Whether the virtual environment's Python runs, and ends well."""
    try:
        ended = subprocess.run([PYTHON, "-I", *arguments], capture_output=True, check=False)
    except OSError:
        return False
    return ended.returncode == 0


@contextmanager
def changing() -> Iterator[None]:
    """Mark the virtual environment as unfinished until the block ends, unless it is killed."""
    CACHE.mkdir(exist_ok=True)
    UNFINISHED.touch()
    try:
        yield
    except Failure:  # the installer has ended by itself, and tidied up
        UNFINISHED.unlink()
        raise
    UNFINISHED.unlink()


def _is_shared(file: Path) -> bool:
    return file.is_file() and file.suffix not in {".py", ".pyc"}


def _uv() -> Path | None:
    own = VENV / "bin/uv"
    if own.exists():
        return own
    found = None if _has_pip() else shutil.which("uv")
    return Path(found) if found else None


def _has_pip() -> bool:
    return python_can("-m", "pip", "--version")
