"""Say where a Jupyter server runs, from what its surroundings tell it.

The spawner says what it promised in `VISPA_*`. Inside a job HTCondor says what it gave, in
`_CONDOR_SLOT` and in the files that `_CONDOR_JOB_AD` and `_CONDOR_MACHINE_AD` name; what was given
counts more than what was promised.
"""

from __future__ import annotations

import math
import shlex
import shutil
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .classad import read_ad

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .classad import Ad

_LOGIN_PATH = "/usr/local/bin:/usr/bin:/bin"
"""Terminals run login shells, which may put this PATH in the place of the server's."""

Place = Literal["login-node", "cluster", "standalone"]


@dataclass(frozen=True)
class Session:
    """Where a server runs and what it has. What nobody told is None."""

    place: Place
    host: str
    slot: str | None
    """The HTCondor slot, as `slot1_1`."""
    job_id: str | None
    """`cluster.process` of the HTCondor job."""
    cores: float | None
    memory_mb: int | None
    gpus: int
    started: str
    """ISO 8601, with its offset."""
    ends: str | None
    """ISO 8601, as the spawner wrote it."""
    seconds_left: float | None
    """Until then by this machine's clock; never less than 0."""
    condor_q: str | None
    """What to type in a terminal for `condor_q`; None where HTCondor is not installed."""


def describe(environment: Mapping[str, str], *, started: datetime, now: datetime) -> Session:
    """Put together what the environment tells. Never fails: what cannot be read is left out."""
    place = _place(environment)
    ends = _moment(environment.get("VISPA_ENDS"))
    job = machine = {}
    if place == "cluster":
        job = read_ad(environment.get("_CONDOR_JOB_AD"))
        machine = read_ad(environment.get("_CONDOR_MACHINE_AD"))
    return Session(
        place=place,
        host=machine.get("machine") or socket.gethostname(),
        slot=environment.get("_CONDOR_SLOT") if place == "cluster" else None,
        job_id=_job_id(job),
        cores=_number(machine.get("cpus")) or _number(environment.get("VISPA_CORES")),
        memory_mb=_whole(machine.get("memory")) or _whole(environment.get("VISPA_MEMORY_MB")),
        gpus=_whole(machine.get("gpus")) or 0,
        started=started.isoformat(),
        ends=None if ends is None else ends.isoformat(),
        seconds_left=None if ends is None else max(0.0, (ends - now).total_seconds()),
        condor_q=_in_a_terminal("condor_q", environment.get("PATH")),
    )


def _place(environment: Mapping[str, str]) -> Place:
    match environment.get("VISPA_PLACE"):
        case "cluster":
            return "cluster"
        case "login-node":
            return "login-node"
        case _:
            return "cluster" if "_CONDOR_SLOT" in environment else "standalone"


def _job_id(job: Ad) -> str | None:
    cluster, process = _whole(job.get("clusterid")), _whole(job.get("procid"))
    return None if cluster is None or process is None else f"{cluster}.{process}"


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _whole(value: str | None) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _in_a_terminal(command: str, path: str | None) -> str | None:
    if shutil.which(command, path=_LOGIN_PATH):
        return command
    found = shutil.which(command, path=path)
    return found and shlex.quote(found)
