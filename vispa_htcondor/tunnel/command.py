"""The command line of one tunnel."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from vispa_htcondor.identity import Identity

TOOL = "condor_ssh_to_job"
LONGEST_PATH = 107
"""Characters in the name of a Unix socket, a limit of Linux."""

_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "CONDOR_CONFIG", "TZ")
# No file of the person's is read, nothing of the person's is passed on, and nothing is asked. A
# peer that is silent for 15 seconds is dead.
_OPTIONS = (
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ControlMaster=no",
    "PermitLocalCommand=no",
    "LogLevel=ERROR",
    "ConnectTimeout=20",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    "ExitOnForwardFailure=yes",
    "StreamLocalBindMask=0177",
)
# Runs on the worker, in bash. It ends the session when the job has ended, whose slot would stay
# occupied otherwise, and when its input ends, because the hub is gone. `read` fails with more
# than 128 when its time is over, and with 1 at the end of the input.
_WATCH = (
    "set -- $_CONDOR_JOB_PIDS; "
    "while read -r -t 2 _ || test $? -gt 128; do kill -0 ${1:-$$} || exit; done 2>/dev/null"
)
# What neither HTCondor's nor ssh's way of reading options takes for more than a letter.
_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._+@=-]+)+", re.ASCII)


def is_plain(path: str) -> bool:
    """Whether a Unix socket of this name can be one end of a tunnel."""
    return len(path) <= LONGEST_PATH and _PLAIN_PATH.fullmatch(path) is not None


def command(tool: str, job: str, here: Path, there: str) -> list[str]:
    """Return the arguments that carry the socket `there` of a job ("12.0") to the socket `here`.

    `tool` is the whole path of `condor_ssh_to_job`, which ssh calls again as its way to the worker.
    ValueError when a path is not plain: HTCondor would read it as more than a path.
    """
    for path in (str(here), there):
        if not is_plain(path):
            raise ValueError(f"no tunnel leads to or from {path!r}")
    options = " ".join(f"-o{option}" for option in _OPTIONS)
    return [tool, "-ssh", f"ssh -F /dev/null -T -L {here}:{there} {options}", job, _WATCH]


def variables(identity: Identity, work: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the command, which keeps its keys in the folder `work`."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("_CONDOR_")}
    return {
        **kept,
        "HOME": str(identity.home),
        "USER": identity.name,
        "TMP": str(work),
        **extra,
    }
