"""Why a tunnel is not there, from what the tools print."""

import re
from dataclasses import dataclass

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.tunnel.command import TOOL


@dataclass(frozen=True)
class Trouble:
    """A tunnel that did not come about, or ended. `final`: another try will not help."""

    sentence: str
    final: bool = False


class TunnelFailed(HTCondorError):
    """There will be no tunnel to this job; the text says why."""


NO_TOOL = Trouble(f"The hub does not find {TOOL} on its PATH. Ask your administrator.", final=True)

_KNOWN = (
    (
        r"SCHEDD_ENABLE_SSH_TO_JOB",
        Trouble(
            "The queue lets nobody reach running jobs: SCHEDD_ENABLE_SSH_TO_JOB forbids it. "
            "Ask your administrator.",
            final=True,
        ),
    ),
    (
        r"ENABLE_SSH_TO_JOB",
        Trouble(
            "The worker lets nobody reach its running jobs: ENABLE_SSH_TO_JOB is false there. "
            "Ask your administrator.",
            final=True,
        ),
    ),
    (
        r"sshd not correctly configured",
        Trouble(
            "There is no sshd on the worker, so nothing can be reached there. Your administrator "
            "can install it (Debian: openssh-server; it need not run), or set SSH_TO_JOB_SSHD.",
            final=True,
        ),
    ),
    (
        r"Error executing \S*ssh:",
        Trouble(
            "There is no ssh on the hub's machine. Your administrator can install it (Debian: "
            "openssh-client).",
            final=True,
        ),
    ),
    (
        r"auto-retry|address of starter",
        Trouble("HTCondor does not say yet where exactly the job runs."),
    ),
    (
        r"Unable to fetch job ad",
        Trouble("HTCondor does not find the job in its queue, or cannot be asked."),
    ),
)
_NOISE = re.compile(r"^(Could not chdir to home directory|X11 forwarding|Warning:)")


def trouble(output: str) -> Trouble:
    """Read the errors of a `condor_ssh_to_job` that has ended."""
    for pattern, known in _KNOWN:
        if re.search(pattern, output):
            return known
    lines = [line.strip() for line in output.splitlines()]
    lines = [line for line in lines if line and not _NOISE.match(line)]
    if not lines:
        return Trouble("The tunnel to the worker ended.")
    return Trouble(f"The tunnel to the worker ended: {lines[-1][:300]}")
