"""Unpack sources from a tar stream on standard input into a folder: the receiving end.

Runs as the account that owns the folder, from its text alone (`python3 -c`), since that account
may not be able to read the checkout it comes from. Unchanged files are left as they are, files
that vanished from the sources are removed, and everything else there is kept.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
from pathlib import Path

LISTING = ".sources"


def receive(folder: Path) -> None:
    """Make the sources in `folder` those of the stream."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    listing, new = folder / LISTING, folder / f"{LISTING}.arriving"
    awaited: set[str] = set()
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        for member in tar:
            if member.name == LISTING:  # it comes first, and is put in its place last
                _put(tar, member, new)
                awaited = _names(new)
                for vanished in _names(listing) - awaited:
                    _remove(folder / vanished, folder)
            else:
                _put(tar, member, folder / member.name)
                awaited.remove(member.name)
    if awaited or not new.exists():
        sys.exit("The sources did not arrive as a whole. Run the same command again.")
    new.replace(listing)


def _names(listing: Path) -> set[str]:
    return set(listing.read_text().split("\0")) if listing.exists() else set()


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    file = None if member.issym() else tar.extractfile(member)
    content = file.read() if file else None
    mode = 0o755 if member.mode & 0o100 else 0o644
    if content is not None and _is_same(target, content, mode):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    half = target.with_name(f"{target.name}.new")
    half.unlink(missing_ok=True)
    if content is None:
        half.symlink_to(member.linkname)
    else:
        half.write_bytes(content)
        half.chmod(mode)
    half.replace(target)


def _is_same(target: Path, content: bytes, mode: int) -> bool:
    if target.is_symlink() or not target.is_file():
        return False
    return target.stat().st_mode & 0o777 == mode and target.read_bytes() == content


def _remove(target: Path, folder: Path) -> None:
    target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


if __name__ == "__main__":
    receive(Path(sys.argv[1]))
