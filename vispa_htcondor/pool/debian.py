"""Fetch HTCondor from Debian's signed archive: without root, without touching the system.

apt does the work, with a configuration, package lists and an (empty) list of installed packages
of our own, so the machine may run any release of any Debian-like system.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
# A pool starts from a home or a cache folder that apt's own account may not enter, and the hooks
# in the machine's configuration are meant for the machine's packages.
_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
APT::Get::AllowUnauthenticated "false";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::Languages "none";
Debug::NoLocking "true";
Dir::Etc::sourcelist "{apt}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::State::Lists "{apt}/lists";
Dir::State::status "{apt}/status";
Dir::Cache "{apt}/cache";
"""


@dataclass(frozen=True)
class Archive:
    """Where packages come from."""

    mirror: str
    suite: str
    keyring: Path


def architecture() -> str:
    """Name this machine as Debian does: "amd64", "arm64" ..."""
    _require_tools()
    return _run(["dpkg", "--print-architecture"]).strip()


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
    apt = folder / "apt"
    configuration = _prepare(apt, Archive(machine_mirror(), suite, _keyring()))
    progress.say(f"Looking for HTCondor in Debian {suite}")
    _apt(configuration, ["update"])
    packages = dict(_WANTED.findall(_apt(configuration, ["-s", "install", "condor"])))
    version = str(packages["condor"]).partition("+")[0]
    _download(configuration, apt / "debs", list(packages), version, progress)
    archives = sorted((apt / "debs").glob("*.deb"))
    for done, archive in enumerate(archives):
        progress.count(f"Unpacking HTCondor {version}", done, len(archives))
        _run(["dpkg", "-x", str(archive), str(folder)])
    shutil.rmtree(apt)
    return version


def _prepare(apt: Path, archive: Archive) -> Path:
    for name in ("lists/partial", "cache/archives/partial", "debs"):
        (apt / name).mkdir(parents=True)
    (apt / "status").touch()
    (apt / "sources.list").write_text(
        f"deb [signed-by={archive.keyring}] {archive.mirror} {archive.suite} main\n"
    )
    configuration = apt / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(apt=apt))
    return configuration


def _download(
    configuration: Path, folder: Path, packages: list[str], version: str, progress: Progress
) -> None:
    uris = _apt(configuration, ["--print-uris", "download", *packages], cwd=folder)
    megabytes = sum(int(line.split()[2]) for line in uris.splitlines()) / 1e6
    amount = f"{len(packages)} packages, {megabytes:.0f} MB"
    title = f"Fetching HTCondor {version} from Debian ({amount})"
    command = ["apt-get", "-c", str(configuration), "download", *packages]
    progress.count(title, 0, len(packages))
    with (folder.parent / "errors").open("w+") as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), umask=0o022, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        assert process.stdout is not None
        with process:
            lines = (line for line in process.stdout if line.startswith("Get:"))
            for done, _ in enumerate(lines, start=1):
                progress.count(title, done, len(packages))
        if process.returncode:
            errors.seek(0)
            raise _explain(command, errors.read())


def _apt(configuration: Path, arguments: list[str], cwd: Path | None = None) -> str:
    return _run(["apt-get", "-q", "-c", str(configuration), *arguments], cwd)


def _run(command: Sequence[str], cwd: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=_environment(), umask=0o022, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise _explain(command, done.stderr)
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C"}


def _explain(command: Sequence[str], errors: str) -> PoolError:
    lines = [line for line in errors.splitlines() if line.startswith(("E:", "W:", "dpkg"))]
    detail = (lines or errors.splitlines() or ["no message"])[0]
    if "No space left" in errors:
        return PoolError("The disk is full. Make room, or set VISPA_CACHE to another folder.")
    if "does not have a Release file" in errors or "404" in errors:
        return PoolError(f"Debian's mirror has no such suite: {detail}")
    if "Unable to locate package condor" in errors or "no installation candidate" in errors:
        return PoolError(f"Debian has no HTCondor for this machine there. {INSTALL_INSTEAD}")
    if re.search(r"resolv|onnect|Timeout|timed out|Network|Failed to fetch", errors):
        return PoolError(
            f"HTCondor could not be fetched from Debian: {detail} Check the network. Or: "
            + INSTALL_INSTEAD
        )
    return PoolError(f"'{Path(command[0]).name}' failed while fetching HTCondor: {detail}")


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
