"""Jobs of this hub that no server stands behind any more.

A hub that is killed while a job is on its way, or a schedd that accepts a job after we stopped
waiting, leaves a job nobody knows. The queue itself tells which jobs are ours.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from functools import partial

from vispa_htcondor.client import Client
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.model import JobStatus
from vispa_htcondor.watch import Snapshot

log = logging.getLogger(__name__)

_OURS = re.compile("[0-9a-f]{32}")  # anybody may write anything onto a job
_AT_ONCE = 4

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
        """Remove the job of this spawn now, or as soon as it is seen, however long that takes."""
        self._condemned.add(spawn)
        self._start_removing(spawn, "its start or stop was cut short")

    def look(self, snapshot: Snapshot) -> None:
        """Note unknown jobs, and remove the condemned and those that stayed for the grace."""
        known = self.known()
        unknown = {
            job.spawn: job
            for job in snapshot.jobs
            if _OURS.fullmatch(job.spawn)
            and job.spawn not in known
            and job.status is not JobStatus.REMOVED
        }
        now = time.monotonic()
        self._first_seen = {spawn: self._first_seen.get(spawn, now) for spawn in unknown}
        for spawn, since in self._first_seen.items():
            if spawn in self._condemned or now - since >= self.grace:
                job = unknown[spawn]
                self._start_removing(
                    spawn, f"{job.cluster}.{job.proc} of {job.user!r}, no server knows it"
                )

    def _start_removing(self, spawn: str, why: str) -> None:
        # With the next look goes on what must wait: the queue has to be seen in between.
        if spawn not in self._under_way and len(self._under_way) < _AT_ONCE:
            task = asyncio.ensure_future(self._remove(spawn, why))
            self._under_way[spawn] = task
            task.add_done_callback(partial(self._done, spawn))

    def _done(self, spawn: str, _: "asyncio.Task[None]") -> None:
        del self._under_way[spawn]

    async def _remove(self, spawn: str, why: str) -> None:
        log.warning("Removing the job of spawn %s: %s.", spawn, why)
        try:
            removed = await self.client.remove_as_hub(
                spawn, "VISPA: no server stands behind this job any more"
            )
            self.removed += removed
            if removed:
                self._condemned.discard(spawn)
        except HTCondorError as error:
            log.warning("The job of spawn %s stays for now: %s", spawn, error)
