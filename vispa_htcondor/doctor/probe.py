"""The tiny job that is submitted to see what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vispa_htcondor.doctor.account import SCRIPT
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job
from vispa_htcondor.submit import arguments, classad_string, literal

MARK = "VispaDoctor"
PROJECTION = [
    *Job.PROJECTION, "JobLeaseDuration", "LastRejMatchReason",
    "JobCurrentStartDate", "JobCurrentStartExecutingDate",
]  # fmt: skip


def constraint(run: str) -> str:
    """Match the probes of one run of the doctor."""
    return f"{MARK} =?= {classad_string(run)}"


def commands(
    run: str, identity: Identity, life: int, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the submit description of a probe, with what the site wants `more` of its jobs.

    It brings no files and leaves none. After `life` seconds the schedd removes it by itself, in
    whatever state: nothing stays when the doctor is killed.
    """
    size = {"request_cpus": "1", "request_memory": "128M", "request_disk": "1M"}
    return {
        **size,
        **(more or {}),
        "universe": "vanilla",
        "batch_name": "vispa doctor",
        "executable": "/bin/sh",
        "transfer_executable": "false",
        "arguments": arguments(["-c", SCRIPT, "probe", identity.name, _home(identity)]),
        "getenv": "false",
        "initialdir": "/",
        "should_transfer_files": "YES",
        "when_to_transfer_output": "ON_EXIT",
        "transfer_output_files": '""',
        "notification": "never",
        "max_retries": "0",
        # Stay in the queue when it has ended, so that its exit code can be read.
        "leave_in_queue": f"JobStatus == 4 && time() - QDate < {life}",
        "periodic_remove": f"time() - QDate >= {life}",
        f"My.{MARK}": literal(classad_string(run)),
    }


def _home(identity: Identity) -> str:
    # Whoever has no home here cannot miss it there.
    return str(identity.home) if identity.home.is_dir() else "/"


@dataclass(frozen=True)
class Look:
    """A probe as the queue has it at one moment."""

    job: Job
    rejection: str
    lease: int | None
    on_worker: float | None

    @classmethod
    def from_ad(cls, ad: dict[str, Any]) -> "Look":
        """Read it from the ad of the job."""
        began, ran = ad.get("JobCurrentStartDate"), ad.get("JobCurrentStartExecutingDate")
        lease = ad.get("JobLeaseDuration")
        return cls(
            job=Job.from_ad(ad),
            rejection=str(ad.get("LastRejMatchReason") or "").strip(),
            lease=lease if isinstance(lease, int) else None,
            on_worker=float(ran - began)
            if isinstance(ran, int) and isinstance(began, int)
            else None,
        )
