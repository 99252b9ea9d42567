"""The private folder of one job on the submit side, written by the account that owns it.

Nothing in here runs as another account than the owner's, so links and odd permissions in a
home cannot be turned against anybody else.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_LONGEST_TAIL = 64 * 1024
_LONGEST_TEXT = 1024 * 1024


def prepare(folder: str | Path, files: Mapping[str, str], keep: int) -> None:
    """Make the folder (0700) with these files (0600); of its older siblings `keep` stay.

    When that fails half way, on a full disk for example, nothing of the folder is left.
    """
    folder = Path(folder)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _prune(folder.parent, keep)
    folder.mkdir(mode=0o700)
    try:
        for name, text in files.items():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
    except BaseException:  # half a folder helps nobody and may hold a secret; raised again
        discard(folder)
        raise


def discard(folder: str | Path) -> None:
    """Delete the folder; nothing happens when it is not there."""
    if Path(folder).is_dir():
        shutil.rmtree(folder)


def forget(folder: str | Path, names: list[str]) -> None:
    """Delete these files of the folder, if they are there."""
    for name in names:
        (Path(folder) / name).unlink(missing_ok=True)


def read(folder: str | Path, name: str) -> str:
    """Return the text of a file of at most 1 MB; ValueError when it is larger."""
    with (Path(folder) / name).open(encoding="utf-8") as file:
        text = file.read(_LONGEST_TEXT + 1)
    if len(text) > _LONGEST_TEXT:
        raise ValueError(f"{name} is larger than {_LONGEST_TEXT} characters")
    return text


def tail(folder: str | Path, name: str, lines: int) -> str:
    """Return the last `lines` lines of a file, of at most 64 kB; empty when there is none."""
    try:
        with (Path(folder) / name).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST_TAIL))
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _prune(parent: Path, keep: int) -> None:
    folders = sorted(
        (path for path in parent.iterdir() if path.is_dir() and not path.is_symlink()),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in folders[keep:]:
        shutil.rmtree(path, ignore_errors=True)  # a folder that cannot be deleted harms nobody
