"""Waiting for the report of a server, with an eye on its job."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from vispa_htcondor.ending import End
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job, JobStatus
from vispa_htcondor.view import Wanted
from vispa_spawner import exits
from vispa_spawner.cluster.hub_client import HubClient
from vispa_spawner.cluster.job import LOG
from vispa_spawner.cluster.lookout import Lookout
from vispa_spawner.cluster.patience import Patience
from vispa_spawner.failures import ServerFailed


class Waiting:
    """Waits on behalf of one start, looking at the queue with everybody else."""

    def __init__(self, client: HubClient, lookout: Lookout) -> None:
        """Wait for the server whose job `lookout` looks out for."""
        self.client = client
        self.lookout = lookout
        self._considering: asyncio.Future[None] | None = None

    async def until(
        self, report: "asyncio.Future[str]", patience: Patience, wanted: Callable[[Job], Wanted]
    ) -> None:
        """Return when the server has reported; ServerFailed with the reason when it never will.

        `wanted` says what a job asks of a machine.
        """
        while True:
            look = asyncio.ensure_future(self.client.watch.changed())
            try:
                either: set[asyncio.Future[Any]] = {report, look}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                look.cancel()
            if report.done():
                return
            if (end := await self.lookout.end()) is not None:
                raise await self.not_up(end)
            job = self.lookout.job()
            if (sentence := patience.over(job)) is not None:
                raise ServerFailed(sentence, await self._log(), "timeout")
            if job is not None and job.status is JobStatus.IDLE:
                self._consider(wanted(job))

    async def not_up(self, end: End) -> ServerFailed:
        """Say why a server never came up, with the last lines of its log."""
        sentence = f"Your server did not come up. {exits.sentence(end)}"
        return ServerFailed(sentence, await self._log(), end.reason)

    def _consider(self, wanted: Wanted) -> None:
        """Find out why the job waits. A collector that is silent must not keep us from the rest."""
        if self._considering is None or self._considering.done():
            self._considering = self.client.in_background(self._considered(wanted))

    async def _considered(self, wanted: Wanted) -> None:
        with contextlib.suppress(HTCondorError):  # the page then has no explanation
            await self.client.pool.consider(wanted)

    async def _log(self) -> str:
        """Return the last lines of the server's log, read as its owner."""
        mine = self.lookout.submission
        try:
            identity = await asyncio.to_thread(Identity.of, mine.account)
            return await self.client.tail(identity, mine.folder, LOG)
        except (HTCondorError, KeyError) as error:
            return f"(the log cannot be read: {error})"
