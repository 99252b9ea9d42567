"""What the queue and the history say about the job of one server."""

import asyncio
import contextlib
import time

from vispa_htcondor import ending
from vispa_htcondor.ending import End
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.model import Job, JobStatus
from vispa_spawner.cluster.hub_client import HubClient
from vispa_spawner.cluster.submission import Submission

_UNSEEN_TIME = 60.0  # seconds a job may be in neither queue nor history before it counts as gone


class Lookout:
    """Looks out for one job. It says that the job has ended only when that is certain."""

    def __init__(self, client: HubClient, submission: Submission) -> None:
        """Begin now: a look at the queue that began earlier cannot have seen a new job."""
        self.client = client
        self.submission = submission
        self.began = time.monotonic()
        self._unseen_since: float | None = None

    async def first_look(self, patience: float) -> None:
        """Wait for a look at the queue, but no longer than `patience` seconds."""
        with contextlib.suppress(TimeoutError, HTCondorError):
            await asyncio.wait_for(self.client.watch.since(self.began), patience)

    def job(self) -> Job | None:
        """Return the job as the last look at the queue saw it; asks nobody."""
        snapshot, mine = self.client.watch.snapshot, self.submission
        return snapshot.find(mine.spawn, mine.cluster, mine.account) if snapshot else None

    async def end(self) -> End | None:
        """Return how the job ended, None while it has not or nobody can say.

        A job on hold has ended, and so has one that lost its machine: its secret is spent, so it
        can never be a server again. Both may still be in the queue.
        """
        snapshot = self.client.watch.snapshot
        if self.client.watch.trouble or snapshot is None or snapshot.asked_at <= self.began:
            return None
        job = self.job()
        if job is None:
            return await self._end_outside()
        self._unseen_since = None
        if job.status is JobStatus.HELD:
            return ending.of(job)
        return ending.of_lost_machine(job) if ending.has_lost_its_machine(job) else None

    async def _end_outside(self) -> End | None:
        """Look for the job in the queue once more, then in the history."""
        mine = (self.submission.spawn, self.submission.cluster, self.submission.account)
        try:
            if await self.client.find(*mine) is not None:
                return None
            job = await self.client.ended(*mine)
        except HTCondorError:
            return None
        if job is not None:
            return ending.of(job, self.submission.runtime)
        # On its way from the queue to the history a job is in neither for a moment.
        now = time.monotonic()
        self._unseen_since = self._unseen_since or now
        return ending.of(None) if now - self._unseen_since > _UNSEEN_TIME else None
