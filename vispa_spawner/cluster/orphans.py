"""Jobs of this hub that no server stands behind any more.

A hub that is killed while a job is on its way, or a schedd that accepts a job after we stopped
waiting, leaves a job nobody knows. The queue itself tells which jobs are ours.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from vispa_htcondor.client import Client
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.model import Job, JobStatus
from vispa_htcondor.watch import Snapshot

log = logging.getLogger(__name__)

GRACE = 60.0
"""Seconds an unknown job may stay: a restarting hub needs time to take up its servers."""


class Orphans:
    """Removes jobs that carry our stamp and that no spawner knows, after a grace.

    A job whose server was stopped while HTCondor did not answer has no grace: `condemn` it.
    """

    def __init__(self, client: Client, known: Callable[[], set[str]], grace: float = GRACE) -> None:
        """Compare each snapshot of `client` with the spawn ids that `known` returns."""
        self.client = client
        self.known = known
        self.grace = grace
        self.removed = 0
        self._condemned: set[str] = set()
        self._first_seen: dict[str, float] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        client.watch.on_snapshot.append(self.look)

    def condemn(self, spawn: str) -> None:
        """Remove the job of this spawn as soon as it is seen, however long that takes."""
        self._condemned.add(spawn)

    def look(self, snapshot: Snapshot) -> None:
        """Note unknown jobs, and remove the condemned and those that stayed for the grace."""
        known = self.known()
        unknown = {
            job.spawn: job
            for job in snapshot.jobs
            if job.spawn and job.spawn not in known and job.status is not JobStatus.REMOVED
        }
        now = time.monotonic()
        self._first_seen = {spawn: self._first_seen.get(spawn, now) for spawn in unknown}
        for spawn, since in self._first_seen.items():
            due = spawn in self._condemned or now - since >= self.grace
            if due and spawn not in self._under_way:
                task = asyncio.ensure_future(self._remove(unknown[spawn]))
                self._under_way[spawn] = task
                task.add_done_callback(partial(self._done, spawn))

    def _done(self, spawn: str, _: "asyncio.Task[None]") -> None:
        del self._under_way[spawn]

    async def _remove(self, job: Job) -> None:
        log.warning(
            "Removing job %s.%s of %r: no server knows it.", job.cluster, job.proc, job.user
        )
        try:
            self.removed += await self.client.remove_as_hub(
                job.spawn, "VISPA: no server stands behind this job any more"
            )
        except HTCondorError as error:
            log.warning("Job %s.%s stays for now: %s", job.cluster, job.proc, error)
