"""Run apt and dpkg with a configuration of our own: no root, no lock, no file of the system."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import INSTALL_INSTEAD, PoolError

# apt's own account may not enter the home or cache folder we work in, and the hooks in the
# machine's configuration are meant for the machine's packages.
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


class Apt:
    """apt, working in `folder` (which is made) with one line of a sources.list."""

    def __init__(self, folder: Path, source: str) -> None:
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(f"{source}\n")
        configuration = folder / "apt.conf"
        configuration.write_text(_CONFIGURATION.format(apt=folder))
        self._errors = folder / "errors"
        self._command = ["apt-get", "-q", "-c", str(configuration)]

    def run(self, *arguments: str) -> str:
        """Return what apt-get prints; raise PoolError with what it complains about."""
        return run([*self._command, *arguments])

    def download(self, packages: list[str], folder: Path) -> Iterator[None]:
        """Download `packages` into `folder`, yielding once for each."""
        command = [*self._command, "download", *packages]
        with self._errors.open("w+") as errors:
            process = subprocess.Popen(
                command, cwd=folder, env=_environment(), umask=0o022, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
            assert process.stdout is not None
            with process:
                yield from (None for line in process.stdout if line.startswith("Get:"))
            if process.returncode:
                errors.seek(0)
                raise _explain(command, errors.read())


def run(command: Sequence[str]) -> str:
    """Return what `command` prints; raise PoolError with what it complains about."""
    done = subprocess.run(
        command, env=_environment(), umask=0o022, text=True,
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
