"""The place for what must survive: is it there, and closed to others."""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vispa_hub.check.finding import Finding, failed, ok, warning
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "data folder"
_GB = 10**9


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Look at the folder, or at where it would be made."""
    return await in_thread(lambda: list(_look(settings.hub.data_dir)))


def _look(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        parent = next(parent for parent in folder.parents if parent.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            yield ok(PART, f"{folder} is not there yet; the hub makes it.")
            yield from _space(parent)
        else:
            yield failed(PART, f"{folder} is not there, and {_me()} may not make it in {parent}.")
        return
    entry = folder.stat()
    if not stat.S_ISDIR(entry.st_mode):
        yield failed(PART, f"{folder} is not a folder. Name another as hub.data_dir.")
        return
    if entry.st_uid != os.geteuid():
        owner = _name(entry.st_uid)
        yield failed(
            PART,
            f"{folder} belongs to {owner}, and this is {_me()}. Run hub and check as {owner}, or "
            f"give it away: chown -R {_me()} {folder}",
        )
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        yield failed(PART, f"Nothing can be written into {folder}: {error.strerror}.")
        return
    if entry.st_mode & 0o077:
        yield failed(
            PART,
            f"Others can look into {folder} (mode {stat.S_IMODE(entry.st_mode):04o}), where the "
            f"hub keeps its secrets. Close it: chmod 700 {folder}",
        )
    else:
        yield ok(PART, f"{folder} is writable and closed to others.")
    yield from _space(folder)


def _space(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    if free < _GB:
        yield warning(PART, f"Its disk has only {free / _GB:.2f} GB left. Make room.")


def _me() -> str:
    return _name(os.geteuid())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
