"""The virtual environment and the Python packages in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from dev import CACHE, ROOT, VENV
from dev.interpreter import OLDEST, choose
from dev.progress import Failure, run, say
from dev.stamps import Stamp, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTHON = VENV / "bin/python"
_WANTED = ".".join(map(str, OLDEST))
_WORKS = f"import sys; sys.exit(sys.version_info < {OLDEST})"


def variables() -> Mapping[str, str]:
    """Give the environment of every tool we call: the virtual environment first on PATH."""
    path = os.pathsep.join((str(VENV / "bin"), os.environ.get("PATH", os.defpath)))
    cache = os.environ.get("VISPA_CACHE", str(CACHE))
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), "VISPA_CACHE": cache}


def ensure_venv() -> None:
    """Make `.venv`, anew if it is half made or made of a Python that is gone."""
    if _stamp().is_fresh():
        return
    if VENV.exists() and not _works():
        say("  .venv is incomplete or its Python is gone: making it anew")
        shutil.rmtree(VENV)
    if not VENV.exists():
        _make()
    _stamp().write()


def ensure_uv() -> None:
    """Get uv, which installs in seconds what pip installs in minutes. Do without if it fails."""
    if _uv() is None:
        try:
            run([PYTHON, "-m", "pip", "install", "uv"], "Getting uv, a fast installer (about 5 s)")
        except Failure as failure:
            say(f"{failure}\n  Going on with pip, which takes some minutes instead.")


def ensure_packages(extra: str) -> None:
    """Install VISPA in place, with all that one of its extras asks for."""
    stamp = Stamp(f"packages-{extra}", fingerprint([ROOT / "pyproject.toml"]))
    if not stamp.is_fresh():
        install("-e", f".[{extra}]", doing="Installing Python packages (first time 10 to 90 s)")
        stamp.write()


def install(*arguments: str, doing: str) -> None:
    """Install with uv, and with pip when uv cannot: only pip reads a site's pip.conf."""
    uv = _uv()
    pip = (PYTHON, "-m", "pip", "install", *arguments)
    if uv is None:
        run(pip, doing, env=variables())
        return
    try:
        run((uv, "pip", "install", "--python", PYTHON, *arguments), doing, env=variables())
    except Failure:
        if not _has_pip():
            raise
        run(pip, f"{doing}, now with pip", env=variables())


def _make() -> None:
    interpreter = choose()
    doing = "Making the virtual environment .venv (about 5 s)"
    uv, virtualenv = shutil.which("uv"), shutil.which("virtualenv")
    if interpreter and interpreter.has_venv:
        run([interpreter.path, "-m", "venv", VENV], doing)
    elif uv:  # it brings a Python of its own if need be
        run([uv, "venv", "--python", interpreter.path if interpreter else _WANTED, VENV], doing)
    elif interpreter and virtualenv:
        run([virtualenv, "--python", interpreter.path, VENV], doing)
    elif interpreter:
        raise Failure(
            f"{interpreter.path} cannot make virtual environments. Install its venv module "
            "(Debian and Ubuntu: apt-get install python3-venv), or uv, or virtualenv."
        )
    else:
        raise Failure(
            f"VISPA needs Python {_WANTED} or newer, and there is none on this machine. "
            "Install it (Debian and Ubuntu: apt-get install python3 python3-venv; "
            f"Red Hat and its relatives: dnf install python{_WANTED}), or uv, which brings its own."
        )


def _stamp() -> Stamp:
    """Tie the environment to its place and to the very Python it was made of."""
    return Stamp("venv", f"{VENV} made of {PYTHON.resolve()}", (PYTHON, VENV / "pyvenv.cfg"))


def _works() -> bool:
    """Whether Python runs there and something can install packages into it."""
    if not (VENV / "pyvenv.cfg").exists() or not PYTHON.exists():
        return False
    is_new = subprocess.run([PYTHON, "-I", "-c", _WORKS], capture_output=True, check=False)
    return is_new.returncode == 0 and (_uv() is not None or _has_pip())


def _uv() -> Path | None:
    own = VENV / "bin/uv"
    if own.exists():
        return own
    found = None if _has_pip() else shutil.which("uv")
    return Path(found) if found else None


def _has_pip() -> bool:
    if not PYTHON.exists():
        return False
    pip = subprocess.run([PYTHON, "-I", "-m", "pip", "--version"], capture_output=True, check=False)
    return pip.returncode == 0
