"""HTCondor's states in sentences: why a job waits, why it is held, how it ended, what to do."""

from vispa_htcondor.explain.idle import idle
from vispa_htcondor.explain.obstacle import size
from vispa_htcondor.explain.wish import wish
from vispa_htcondor.model import Job, JobStatus
from vispa_htcondor.view import Wanted

__all__ = ["ended", "held", "idle", "request", "wish"]

# Codes: HTCondor manual, "Job ClassAd Attributes", HoldReasonCode.
_HELD = {
    1: "It was put on hold by hand.",
    6: "The program could not be started on the worker.",
    7: "HTCondor could not find or open a file of the job.",
    12: "HTCondor could not bring its files back from the worker.",
    13: "HTCondor could not bring its files to the worker.",
    14: "The working directory does not exist on the submit machine.",
    22: "The account it should run as does not exist on the worker.",
    26: "The cluster's policy put it on hold.",
    34: "It used more memory than it asked for. Ask for more memory.",
    46: "It used more than its allowed running time.",
    47: "It used more than its allowed running time.",
    50: "It used more disk than it asked for.",
}


def held(job: Job) -> str:
    """Say why a job is on hold, with HTCondor's own words behind ours."""
    ours = _HELD.get(job.hold_code, "HTCondor put it on hold.")
    theirs = job.hold_reason.strip()
    return f"{ours} HTCondor says: {theirs}" if theirs else ours


def request(job: Job) -> str:
    """Name the size of a job: "2 cores, 4 GB, 1 GPU"."""
    return size(Wanted(cpus=job.cpus, memory_mb=job.memory_mb, gpus=job.gpus))


def ended(job: Job) -> str:
    """Say how a job that left the queue came to its end."""
    if job.status is JobStatus.HELD:
        return held(job)
    if job.exit_signal is not None:
        return f"It was ended by signal {job.exit_signal} on the worker."
    if job.exit_code is not None:
        return f"It ended by itself with exit code {job.exit_code}."
    if "PeriodicRemove" in job.remove_reason:
        return "Its time was over, or it lost its machine."
    if job.remove_reason:
        return f"It was removed: {job.remove_reason}"
    return "It left the queue."
