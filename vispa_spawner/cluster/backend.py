"""The cluster as a place for servers: one HTCondor job each."""

import asyncio
import secrets
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from vispa_htcondor.ending import End
from vispa_htcondor.errors import HTCondorError, Unavailable
from vispa_htcondor.model import Job
from vispa_htcondor.submit import ServerJob
from vispa_htcondor.view import Wanted
from vispa_spawner.backend import Backend, State
from vispa_spawner.cluster import door, phases, reports, socket_reports, taking_up
from vispa_spawner.cluster.hub_client import client_of
from vispa_spawner.cluster.job import SPAWN_FILE, job_request, server_job, spawn_file
from vispa_spawner.cluster.lookout import Lookout
from vispa_spawner.cluster.metrics import ENDS, Stopwatch
from vispa_spawner.cluster.patience import Patience
from vispa_spawner.cluster.submission import Submission
from vispa_spawner.cluster.waiting import Waiting
from vispa_spawner.cluster.way import Way, refuse_impossible
from vispa_spawner.failures import ServerFailed
from vispa_spawner.limits import CLUSTER, ClusterLimits
from vispa_spawner.options import ServerRequest

if TYPE_CHECKING:
    from vispa_spawner.account import Account
    from vispa_spawner.backend_spawner import BackendSpawner

_FOLDER = ".local/share/vispa/servers"
_LEAVE_TIME = 30.0  # seconds a removed job may take to end on its worker
_FIRST_LOOK_TIME = 5.0  # seconds a starting hub waits for its first look at the queue


class ClusterBackend(Backend):
    """Submits the server as a job in its person's name and learns its address from its report."""

    place = CLUSTER

    def __init__(self, spawner: "BackendSpawner") -> None:
        """Belong to `spawner`."""
        super().__init__(spawner)
        self.client = client_of(spawner)
        self.submission: Submission | None = None
        self.lookout: Lookout | None = None
        self.way: Way | None = None
        self._report: asyncio.Future[str] | None = None
        self._of_previous_hub = False
        self._end: End | None = None
        self._limits = ClusterLimits()
        self.client.backends.add(self)

    @property
    def spawn(self) -> str:
        """The spawn id; empty before a start."""
        return self.submission.spawn if self.submission else ""

    async def start(self, request: ServerRequest, patience: float) -> str:
        """Submit, wait in the queue, and return the URL that the server reports."""
        account = await self.spawner.accounts.of(self.spawner.user.name)
        refuse_impossible(self.spawner, self.client)
        self._limits = (await self.spawner.get_limits()).cluster
        stopwatch = Stopwatch()
        waiting = Patience(self.spawner.cluster_queue_timeout, patience)
        try:
            left = await taking_up.take_up(self.spawner, self.client, account, request)
            if left is not None:
                self._follow(left)
            else:
                await self._submit(account, request)
            stopwatch.end("submit")
            await self._wait(waiting)
            stopwatch.end("queue", waiting.running_since)
            stopwatch.end("start")
            await self._reach(waiting)
            stopwatch.end("reach")
        except asyncio.CancelledError:
            # Either the person has cancelled, and `stop` follows, or the hub ends, and the next
            # one takes the start up again: for that the job must keep its files.
            raise
        except BaseException:  # whatever it was, the secret has done its work; raised again
            if self.submission is not None:
                self._forget_secret()
            raise
        await self._forget_secret()
        return self.url()

    async def poll(self) -> int | None:
        """Read the shared snapshot. Only queue and history together can say that a job is gone."""
        if self.submission is None or self.lookout is None or self.spawner.left:
            return 0
        if self._end is not None:
            return self._end.code
        self.client.watch.start()
        if self._of_previous_hub:
            await self.lookout.first_look(_FIRST_LOOK_TIME)
        end = await self.lookout.end()
        if end is not None:
            self._end = end  # what is asked for after this finds another end: its removal
            await self._leave(end)
            return end.code
        if self._of_previous_hub and not self.submission.url:
            taking_up.set_aside(self.spawner, self.client, self.submission)
            return 0
        if self._of_previous_hub and self.way is None:
            return await self._reach_again()
        return None

    async def stop(self) -> None:
        """Remove the job and wait until it has left its worker."""
        if self.submission is None or self.lookout is None:
            return
        await self._close()
        try:
            await self.client.remove_spawn(
                self.submission.account, self.spawn, "VISPA: the server was stopped"
            )
            removed_at = time.monotonic()
            while time.monotonic() < removed_at + _LEAVE_TIME:
                await self.client.watch.since(time.monotonic())
                if self.lookout.job() is None:
                    break
            else:
                self.log.warning("Job %d takes long to leave its worker.", self.submission.cluster)
        except HTCondorError as error:
            # The marks on the job lead back to it, whenever HTCondor answers again.
            self.client.orphans.condemn(self.spawn)
            self.log.warning("Job %d could not be removed yet: %s", self.submission.cluster, error)
        self._forget_secret()
        self.client.backends.discard(self)

    def get_state(self) -> State:
        """Return what names the job, its folder and its address."""
        return self.submission.to_state() if self.submission else {}

    def load_state(self, state: State) -> None:
        """Take up a job that a previous hub submitted."""
        self.client.watch.start()  # which also finds jobs that nobody stands behind
        submission = Submission.from_state(state)
        if submission is not None:
            self._of_previous_hub = True
            self.submission, self.lookout = submission, Lookout(self.client, submission)
            if submission.url:  # its server may not have heard yet that this was accepted
                holds = partial(taking_up.belongs, self.spawner)
                self._report = self._expect_report(submission, holds)

    async def give_up_left(self) -> None:
        """Give up a job whose start was cut off: its person wants to be elsewhere now."""
        left, self.spawner.left = Submission.from_state(self.spawner.left), {}
        if left is not None:
            await taking_up.give_up(self.spawner, self.client, left)

    def url(self) -> str:
        """Return where hub and proxy find the server, once it has reported."""
        return self.client.tunnels.url(self.submission) if self.submission else ""

    def phase(self) -> phases.Phase:
        """Say what HTCondor does with the job, from the last look at the queue."""
        if self.submission is None or self.lookout is None:
            return 10, "Handing your server to HTCondor."
        job = self.lookout.job()
        outlook = self.client.pool.known(self._wanted(job)) if job is not None else None
        return phases.phase(self.submission.cluster, job, self.client.watch.trouble, outlook)

    async def _submit(self, account: "Account", request: ServerRequest) -> None:
        # The spawn id comes first: whatever happens now, the queue tells whose job it is.
        spawn = secrets.token_hex(16)
        name = quote(self.spawner.name, safe="") or "default"
        submission = Submission(
            spawn=spawn,
            account=account.identity.name,
            folder=account.home / _FOLDER / f"{name[:100]}-{spawn[:8]}",
            request=request.model_dump(),
        )
        self._follow(submission)
        job, files = await self._job(account, request, submission)
        try:
            cluster = await self.client.submit(account.identity, job, files)
        except Unavailable:
            # It may have been accepted all the same. A job that only comes into sight later is
            # removed then, for this start will have failed.
            found = await self.client.find(spawn, owner=submission.account)
            if found is None:
                raise
            cluster = found.cluster
        self._follow(replace(submission, cluster=cluster))

    async def _job(
        self, account: "Account", request: ServerRequest, submission: Submission
    ) -> tuple[ServerJob, dict[str, str]]:
        stamp = {
            "VispaHub": self.client.hub,
            "VispaUser": self.spawner.user.name,
            "VispaServer": self.spawner.name,
            "VispaSpawn": submission.spawn,
        }
        job = server_job(self.spawner, request, self._limits, submission.folder, stamp)
        secret = await spawn_file(self.spawner, request, account, submission.spawn)
        return job, {SPAWN_FILE: secret.to_json()}

    def _follow(self, submission: Submission) -> None:
        """Belong to this job from now on, whatever happens to the hub."""
        self.submission, self.lookout = submission, Lookout(self.client, submission)
        self._of_previous_hub = False
        if self._report is None:
            self._report = self._expect_report(submission, door.bearer_of(self.spawner.api_token))
        self.spawner.remember()

    def _expect_report(self, submission: Submission, holds: door.Holds) -> "asyncio.Future[str]":
        """Open the door for the report of this server: of a port, or of a socket."""
        spawner = self.spawner
        kind: type[door.Door] = reports.ReportHandler
        terms = reports.Terms(
            spawner.cluster_port_range, spawner.certify if spawner.internal_ssl else None
        )
        if spawner.cluster_tunnel:
            kind = socket_reports.SocketReportHandler
        return door.expect(
            kind, submission.spawn, holds, self._keep, terms=terms, reported=submission.url
        )

    def _keep(self, url: str) -> None:
        """Take note of the address that the server reported."""
        assert self.submission is not None
        self.submission = replace(self.submission, url=url)
        self.spawner.remember()

    async def _leave(self, end: End) -> None:
        """Let go of a server that has ended, or whose job can never be a server again."""
        assert self.submission is not None
        assert self.lookout is not None
        self.log.warning("%s: %s", self.spawner._log_name, end.sentence)
        if self.submission.url:
            ENDS.labels(reason=end.reason).inc()
        if self.submission.url and end.code != 0:
            self.spawner.farewell = f"Your last server on the cluster ended. {end.sentence}"
        if self.lookout.job() is not None:
            await self.stop()
        await self._close()
        self.client.backends.discard(self)

    def _wanted(self, job: Job) -> Wanted:
        """Say what the job asks of a machine."""
        assert self.submission is not None
        seen = {
            "where": CLUSTER,
            "cores": job.cpus,
            "memory_mb": job.memory_mb,
            "gpus": job.gpus,
            "accounting_group": job.accounting_group,
        }
        request = ServerRequest.model_validate({**seen, **self.submission.request})
        return Wanted.of(job_request(self.spawner, request, self._limits), job.owner)

    async def _wait(self, patience: Patience) -> None:
        """Wait for the report, with an eye on the job."""
        assert self._report is not None
        waiting = self._waiting()
        await waiting.until(self._report, patience, self._wanted)

    async def _reach(self, patience: Patience) -> None:
        """Open the way to a server that has reported."""
        waiting = self._waiting()
        self.way = Way(self.client.tunnels, waiting.lookout.submission, waiting.lookout)
        if (end := await self.way.open(patience)) is not None:
            raise await waiting.not_up(end)

    def _waiting(self) -> Waiting:
        assert self.submission is not None
        assert self.lookout is not None
        self.lookout.submission = self.submission  # which has the address by now
        return Waiting(self.client, self.lookout)

    async def _reach_again(self) -> int | None:
        """Build the way to a server that a previous hub started, however long that takes."""
        assert self.submission is not None
        assert self.lookout is not None
        self.way = Way(self.client.tunnels, self.submission, self.lookout)
        try:
            end = await self.way.open()
        except ServerFailed as error:
            self.log.error("%s: %s", self.spawner._log_name, error)
            return None  # JupyterHub finds nobody there, and stops it
        if end is not None:
            await self._leave(end)
            return end.code
        return None

    async def _close(self) -> None:
        """Expect no report any more, and end the tunnel, which would keep the slot occupied."""
        door.no_longer_expect(self.spawn)
        if self.way is not None:
            await self.way.close()

    def _forget_secret(self) -> "asyncio.Future[None]":
        """Delete the submit side's copy of the spawn file; the job has its own, or never will.

        That goes on when whoever waits for it is cancelled.
        """
        assert self.submission is not None
        return self.client.in_background(self.client.forget_file(self.submission, SPAWN_FILE))
