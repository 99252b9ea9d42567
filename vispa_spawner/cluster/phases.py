"""How far a start on the cluster is, in percent and in a sentence."""

from vispa_htcondor import ending, explain
from vispa_htcondor.model import Job, JobStatus
from vispa_htcondor.view import Outlook

Phase = tuple[int, str]


def phase(cluster: int, job: Job | None, trouble: str, outlook: Outlook | None) -> Phase:
    """Say what HTCondor does with job `cluster`, from what is known without asking anybody.

    `trouble` is why the queue is out of sight, if it is.
    """
    if not cluster:
        return 10, "Handing your server to HTCondor."
    if trouble:
        return 20, f"{trouble} Your job keeps its place; we keep asking."
    if job is None:
        return 20, f"HTCondor has your server as job {cluster}."
    return _of_job(job, outlook)


def _of_job(job: Job, outlook: Outlook | None) -> Phase:
    name, host = f"Job {job.cluster}", job.host or "a worker"
    match job.status:
        case JobStatus.IDLE if ending.has_lost_its_machine(job):
            return 30, f"{name}: {ending.of_lost_machine(job).sentence}"
        case JobStatus.IDLE:
            return 30, f"{name}: {explain.idle(job, outlook)}"
        case JobStatus.RUNNING if job.transferring_input or job.transfer_queued:
            return 50, f"{name} has a place on {host}; HTCondor brings its files there."
        case JobStatus.RUNNING if job.disconnected:
            return 60, f"{name}: HTCondor has lost sight of {host} and tries to reach it again."
        case JobStatus.RUNNING:
            return 60, f"{name} runs on {host}; JupyterLab starts there."
        case JobStatus.SUSPENDED:
            return 60, f"{name}: HTCondor has suspended it on {host}; it goes on when it may."
        case JobStatus.HELD:
            return 60, f"{name} is on hold. {explain.held(job)}"
        case JobStatus.TRANSFERRING_OUTPUT | JobStatus.COMPLETED:
            return 60, f"{name} has ended on {host}."
        case JobStatus.REMOVED:
            return 60, f"{name} is being removed."
