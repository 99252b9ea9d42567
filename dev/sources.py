"""Which files make up the sources, and how they travel to another account.

Root must not write into a folder that another account can change, for a link put there at the
right moment would lead it anywhere. So root only reads, and the account unpacks (`dev/receive.py`).
"""

from __future__ import annotations

import fnmatch
import io
import os
import subprocess
import tarfile
from pathlib import Path
from typing import IO

from dev.receive import LISTING

RECEIVE = Path(__file__).with_name("receive.py")


def source_files(root: Path) -> list[Path]:
    """List the sources relative to `root`: all but what `.gitignore` names."""
    if (root / ".git").exists():
        files = _known_to_git(root)
        if files is not None:
            return files
    return _not_ignored(root)


def pack(root: Path, stream: IO[bytes]) -> None:
    """Write the sources as a tar stream, after a list of what is to come."""
    names = source_files(root)
    listing = "\0".join(map(str, names)).encode()
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        _add(tar, LISTING, listing)
        for name in names:
            file = root / name
            if file.is_symlink():
                member = tarfile.TarInfo(str(name))
                member.type, member.linkname = tarfile.SYMTYPE, str(file.readlink())
                tar.addfile(member)
            else:
                _add(tar, str(name), file.read_bytes(), file.stat().st_mode)


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode & 0o777
    tar.addfile(member, io.BytesIO(content))


def _known_to_git(root: Path) -> list[Path] | None:
    """Ask git; None when there is no git or it does not want to tell."""
    # The checkout may belong to another account than ours.
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    files = (Path(os.fsdecode(name)) for name in listed.split(b"\0") if name)
    return sorted(file for file in files if (root / file).is_symlink() or (root / file).is_file())


def _not_ignored(root: Path) -> list[Path]:
    """Walk over an unpacked archive; understands the plain patterns of our `.gitignore`."""
    lines = (root / ".gitignore").read_text().split()
    patterns = [".git", *(line.strip("/") for line in lines)]
    found = []
    for place, folders, files in os.walk(root):
        below = Path(place).relative_to(root)
        folders[:] = [name for name in folders if not _ignored(below / name, patterns)]
        found += [below / name for name in files if not _ignored(below / name, patterns)]
    return sorted(found)


def _ignored(path: Path, patterns: list[str]) -> bool:
    """Match the name, or the whole path where the pattern has a slash."""
    return any(
        fnmatch.fnmatch(str(path) if "/" in pattern else path.name, pattern) for pattern in patterns
    )
