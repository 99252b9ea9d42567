"""Two clocks of a start: one for the queue, and one that begins when the job has a machine."""

import time

from vispa_htcondor.model import Job, JobStatus
from vispa_spawner.failures import spoken


class Patience:
    """How long a start may take. Both in seconds; `queue` of 0 is for ever."""

    def __init__(self, queue: float, start: float) -> None:
        """Begin now."""
        self.queue = queue
        self.start = start
        self._began = time.time()
        self.running_since: float | None = None
        """When the job was first seen on a worker (monotonic)."""

    def over(self, job: Job | None) -> str | None:
        """Return why the start is given up, if it is; `job` is what was last seen of it."""
        if job is None:
            return None  # not seen yet, or out of sight: the clock stands
        if job.status is JobStatus.IDLE:
            # The queue's own time, which a restart of the hub does not set back.
            waited = time.time() - (job.queued_at or self._began)
            if self.queue and waited > self.queue:
                return (
                    f"Your server was given up: it has waited in the queue for "
                    f"{spoken(self.queue)}, which is the longest here. Ask for less, or try again "
                    "when the cluster is less busy."
                )
            return None
        now = time.monotonic()
        self.running_since = self.running_since or now
        if job.status is JobStatus.SUSPENDED:
            self.running_since = now  # it does nothing, and can do nothing about it
        if now - self.running_since <= self.start:
            return None
        return (
            f"Your server was given up: {spoken(self.start)} after its job began on "
            f"{job.host or 'its worker'} it had not reported to the hub. Can the worker reach the "
            "hub's address? Is the file system of the servers' environment slow?"
        )
