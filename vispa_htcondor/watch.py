"""One look at the queue per interval, shared by everybody who waits for a job."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vispa_htcondor.broker import Broker
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.model import Job

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """The jobs that matched at one moment. `asked_at` (monotonic) is when the query was sent."""

    asked_at: float
    jobs: tuple[Job, ...]
    by_spawn: dict[str, Job] = field(default_factory=dict)
    by_cluster: dict[int, Job] = field(default_factory=dict)

    def find(self, spawn: str, cluster: int, owner: str = "") -> Job | None:
        """Return the job of a spawn. A `cluster` of 0 means that its number is not known.

        The marks on a job can be read and copied by everybody; its number and its `owner` cannot
        be chosen.
        """
        if cluster:
            job = self.by_cluster.get(cluster)
            return job if job is not None and job.spawn == spawn else None
        if not owner:
            return self.by_spawn.get(spawn)
        return next((one for one in self.jobs if (one.spawn, one.owner) == (spawn, owner)), None)


class Watch:
    """Keeps a snapshot of the jobs that match a constraint; one query serves all who ask.

    It queries every `interval` seconds, and every `hurry` seconds while somebody waits in
    `changed`. A failed query leaves the last snapshot in place and its sentence in `trouble`.
    """

    def __init__(
        self, broker: Broker, constraint: str, interval: float = 10, hurry: float = 1
    ) -> None:
        self.constraint = constraint
        self.interval = interval
        self.hurry = hurry
        self.snapshot: Snapshot | None = None
        self.trouble: str = ""
        self.looks = 0
        self.on_snapshot: list[Callable[[Snapshot], None]] = []
        self._broker = broker
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._news = asyncio.Condition()

    def start(self) -> None:
        """Begin to look, if not begun already. Needs a running event loop."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def age(self) -> float:
        """Return the seconds since the queue was last seen; -1 before the first time."""
        return time.monotonic() - self.snapshot.asked_at if self.snapshot else -1.0

    async def changed(self) -> None:
        """Wait for the next look at the queue, successful or not, and make it come soon."""
        self.start()
        self._wake.set()
        async with self._news:
            await self._news.wait()

    async def since(self, moment: float) -> Snapshot:
        """Return a snapshot asked for after `moment` (monotonic).

        Raises HTCondorError when the look at the queue that should bring it fails.
        """
        while self.snapshot is None or self.snapshot.asked_at < moment:
            await self.changed()
            if self.trouble:
                raise HTCondorError(self.trouble)
        return self.snapshot

    async def _run(self) -> None:
        while True:
            await self._look()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self.interval)
            except TimeoutError:
                continue
            # Somebody waits: look soon, but never more often than the hurried interval.
            await asyncio.sleep(self.hurry)

    async def _look(self) -> None:
        self.looks += 1
        asked_at = time.monotonic()
        try:
            ads = await self._broker.call(
                "query_jobs", constraint=self.constraint, projection=list(Job.PROJECTION)
            )
        except Exception as error:  # whatever it was, who waits must hear of it, and the next look
            if not isinstance(error, HTCondorError):
                log.exception("A look at the queue failed")
            if not self.trouble:
                log.warning("Lost sight of the queue: %s", error)
            self.trouble = str(error) or type(error).__name__
        else:
            if self.trouble:
                log.warning("The queue is in sight again.")
            self.trouble = ""
            self._take(asked_at, [Job.from_ad(ad) for ad in ads])
        async with self._news:
            self._news.notify_all()

    def _take(self, asked_at: float, jobs: Sequence[Job]) -> None:
        self.snapshot = Snapshot(
            asked_at,
            tuple(jobs),
            by_spawn={job.spawn: job for job in jobs},
            by_cluster={job.cluster: job for job in jobs},
        )
        for tell in self.on_snapshot:
            try:
                tell(self.snapshot)
            except Exception:  # whoever waits for the queue must hear of it all the same
                log.exception("What follows a look at the queue failed")
