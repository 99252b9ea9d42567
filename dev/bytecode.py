"""Compiled files of the Python packages, made once, for all accounts."""

from __future__ import annotations

from dev import PYTHON
from dev.progress import run
from dev.stamps import FOLDER, Stamp, fingerprint

# What cannot be compiled (templates, tests of syntax errors) is no reason to stop.
_COMPILE = (
    "import compileall, sysconfig; "
    "compileall.compile_dir(sysconfig.get_path('purelib'), quiet=2, workers=0)"
)


def ensure_bytecode() -> None:
    """Compile all packages, which uv leaves to whoever imports them first.

    Servers and hub run in accounts that may not write here: they would compile a thousand files
    with every start, which is more than half of what a start costs.
    """
    stamp = Stamp("bytecode", fingerprint(FOLDER.glob("packages-*")))
    if not stamp.is_fresh():
        run([PYTHON, "-I", "-c", _COMPILE], "Compiling them (about 5 s)")
        stamp.write()
