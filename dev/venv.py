"""The virtual environment: found, made, or made anew."""

from __future__ import annotations

import shutil

from dev import CACHE, PYTHON, VENV
from dev.interpreter import OLDEST, choose
from dev.packages import UNFINISHED, can_install, changing, python_can
from dev.progress import Failure, run, say
from dev.stamps import Stamp

_WANTED = ".".join(map(str, OLDEST))
_IS_NEW = f"import sys; sys.exit(sys.version_info < {OLDEST})"


def ensure_venv() -> None:
    """Make `.venv`, anew if it is half made or made of a Python that is gone."""
    if UNFINISHED.exists():
        say("  An installation into .venv was interrupted: making it anew")
        _remove()
    if _stamp().is_fresh():
        return
    # Without a stamp it is somebody else's work, and welcome.
    if VENV.exists() and (_stamp().is_written() or not _works()):
        say("  .venv is incomplete, or it was moved, or its Python is gone: making it anew")
        _remove()
    if not VENV.exists():
        with changing():
            _make()
    _stamp().write()


def _remove() -> None:
    """Remove it from its place in one step: half an environment might look whole."""
    CACHE.mkdir(exist_ok=True)
    away = CACHE / "venv.removed"
    shutil.rmtree(away, ignore_errors=True)
    if VENV.exists():
        VENV.replace(away)
        shutil.rmtree(away)
    UNFINISHED.unlink(missing_ok=True)


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
    is_there = (VENV / "pyvenv.cfg").exists()
    return is_there and python_can("-c", _IS_NEW) and can_install()
