"""Fetch HTCondor from Debian's signed archive: without root, without touching the system.

apt does the work with package lists and an (empty) list of installed packages of our own, so the
machine may run any release of any Debian-like system.
"""

import re
import shutil
import sys
from pathlib import Path

from .apt import Apt, run
from .errors import INSTALL_INSTEAD, PoolError
from .progress import Progress
from .sources import machine_mirror

# Debian 13's HTCondor, 23.9.6.
DEFAULT_SUITE = "trixie"
_NEEDED_SPACE = 500_000_000
_KEYRINGS = [
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
]
# The interpreters and tools among the dependencies are the machine's own business.
_WANTED = re.compile(r"^Inst ((?:lib|condor|gcc-|zlib1g)\S*) \((\S+)", re.MULTILINE)


def architecture() -> str:
    """Name this machine as Debian does: "amd64", "arm64" ..."""
    _require_tools()
    return run(["dpkg", "--print-architecture"]).strip()


def fetch(suite: str, folder: Path, progress: Progress) -> str:
    """Unpack HTCondor and its libraries from `suite` into `folder`/usr and return its version.

    `folder` must exist; its parent must be writable. Raises PoolError, with the reason.
    """
    _require_tools()
    if shutil.disk_usage(folder).free < _NEEDED_SPACE:
        raise PoolError(
            f"HTCondor needs {_NEEDED_SPACE // 10**6} MB of disk space below {folder.parent}. "
            "Make room, or name another folder in the environment variable VISPA_CACHE."
        )
    work = folder / "apt"
    apt = Apt(work, f"deb [signed-by={_keyring()}] {machine_mirror()} {suite} main")
    progress.say(f"Looking for HTCondor in Debian {suite}")
    apt.run("update")
    packages = dict(_WANTED.findall(apt.run("-s", "install", "condor")))
    version = str(packages["condor"]).partition("+")[0]
    _download(apt, list(packages), work / "packages", version, progress)
    archives = sorted((work / "packages").glob("*.deb"))
    for done, archive in enumerate(archives):
        progress.count(f"Unpacking HTCondor {version}", done, len(archives))
        run(["dpkg", "-x", str(archive), str(folder)])
    shutil.rmtree(work)
    return version


def _download(
    apt: Apt, packages: list[str], folder: Path, version: str, progress: Progress
) -> None:
    folder.mkdir()
    uris = apt.run("--print-uris", "download", *packages)
    megabytes = sum(int(line.split()[2]) for line in uris.splitlines()) / 1e6
    amount = f"{len(packages)} packages, {megabytes:.0f} MB"
    title = f"Fetching HTCondor {version} from Debian ({amount})"
    progress.count(title, 0, len(packages))
    for done, _ in enumerate(apt.download(packages, folder), start=1):
        progress.count(title, done, len(packages))


def _require_tools() -> None:
    missing = [tool for tool in ("apt-get", "dpkg") if shutil.which(tool) is None]
    if missing or sys.platform != "linux":
        raise PoolError(
            "This machine has no HTCondor, and fetching Debian's needs a Debian-like Linux with "
            f"{' and '.join(missing or ['apt-get'])}. {INSTALL_INSTEAD}"
        )


def _keyring() -> Path:
    for keyring in _KEYRINGS:
        if keyring.exists():
            return keyring
    raise PoolError(
        f"Debian's signing keys ({_KEYRINGS[0]}) are missing. Install the package "
        f"debian-archive-keyring. Or: {INSTALL_INSTEAD}"
    )
