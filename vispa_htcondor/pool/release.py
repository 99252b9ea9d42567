"""Find an HTCondor to run: the machine's own, else one fetched from Debian."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .cache import fetched_htcondor
from .debian import DEFAULT_SUITE
from .relocate import is_relocated

_USUAL = ["/usr/sbin", "/usr/local/sbin", "/opt/condor/sbin", "/usr/local/condor/sbin"]
_FOLDERS = ("BIN", "SBIN", "LIBEXEC", "LIB")


@dataclass(frozen=True)
class Release:
    """Where the parts of one HTCondor are."""

    bin: Path
    sbin: Path
    libexec: Path
    lib: Path

    def version(self) -> str:
        """Return the version in words, "23.9.6"."""
        command = [str(self.bin / "condor_version")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split()[1]


def find_release(suite: str = DEFAULT_SUITE) -> Release:
    """Return the machine's HTCondor; without one, fetch Debian's from `suite` (see `cache`)."""
    return machine_release() or fetched_release(suite)


def fetched_release(suite: str = DEFAULT_SUITE) -> Release:
    """Return Debian's HTCondor from `suite`, fetching it when it is not there yet."""
    usr = fetched_htcondor(suite) / "usr"
    return Release(usr / "bin", usr / "sbin", usr / "libexec/condor", usr / "lib/condor")


def machine_release() -> Release | None:
    """Return the HTCondor somebody installed on this machine, or None."""
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), *_USUAL]:
        master = Path(folder or ".") / "condor_master"
        # A shell set up by `vispa pool env` has a fetched one on its PATH.
        if os.access(master, os.X_OK) and not _is_fetched(master):
            return _ask_its_configuration(master) or _guess(master)
    return None


def _is_fetched(master: Path) -> bool:
    return any(is_relocated(folder) for folder in master.resolve().parents)


def _ask_its_configuration(master: Path) -> Release | None:
    tool = shutil.which("condor_config_val", path=f"{master.parent}:{master.parent.parent}/bin")
    if tool is None:
        return None
    done = subprocess.run([tool, *_FOLDERS], capture_output=True, text=True, check=False)
    paths = [Path(line) for line in done.stdout.splitlines()]
    if done.returncode or len(paths) != len(_FOLDERS) or not all(p.is_dir() for p in paths):
        return None
    release = Release(*paths)
    # CONDOR_CONFIG may name the configuration of something else.
    its_master = release.sbin / master.name
    return release if its_master.exists() and its_master.samefile(master) else None


def _guess(master: Path) -> Release:
    root = master.resolve().parent.parent
    libexec = next((p for p in (root / "libexec/condor", root / "libexec") if p.is_dir()), root)
    lib = next((p for p in (root / "lib64/condor", root / "lib/condor") if p.is_dir()), root)
    return Release(root / "bin", root / "sbin", libexec, lib)
