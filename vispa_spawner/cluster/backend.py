"""The cluster as a place for servers: one HTCondor job each."""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vispa_htcondor import explain
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job, JobStatus
from vispa_spawner.backend import Backend, State
from vispa_spawner.cluster import reports
from vispa_spawner.cluster.hub_client import client_of
from vispa_spawner.cluster.job import LOG, SPAWN_FILE, server_job, spawn_file
from vispa_spawner.failures import ServerFailed
from vispa_spawner.limits import CLUSTER
from vispa_spawner.options import ServerRequest

if TYPE_CHECKING:
    from vispa_spawner.account import Account
    from vispa_spawner.backend_spawner import BackendSpawner

_FOLDER = ".local/share/vispa/servers"
_LEAVE_TIME = 30.0  # seconds a removed job may take to end on its worker
_FIRST_LOOK_TIME = 5.0  # seconds a starting hub waits for its first look at the queue
_UNSEEN_TIME = 60.0  # seconds a job may be in neither queue nor history before it counts as gone


class ClusterBackend(Backend):
    """Submits the server as a job in its person's name and learns its address from its report."""

    place = CLUSTER

    def __init__(self, spawner: "BackendSpawner") -> None:
        """Belong to `spawner`."""
        super().__init__(spawner)
        self.client = client_of(spawner)
        self.spawn = ""
        self.cluster = 0
        self.account_name = ""
        self.folder = Path()
        self._submitted_at = 0.0
        self._unseen_since: float | None = None
        self.client.backends.add(self)

    async def start(self, request: ServerRequest) -> str:
        """Submit, wait in the queue, and return the URL that the server reports."""
        account = await self.spawner.accounts.of(self.spawner.user.name)
        # The spawn id comes first: whatever happens now, the queue tells whose job it is.
        self.spawn = secrets.token_hex(16)
        self.account_name = account.identity.name
        name = quote(self.spawner.name, safe="") or "default"
        self.folder = account.home / _FOLDER / f"{name[:100]}-{self.spawn[:8]}"
        url = reports.expect(self.spawn, self.spawner.api_token)
        try:
            self.cluster = await self._submit(account, request)
            self._submitted_at = time.monotonic()
            address = await self._reported(url)
        finally:
            reports.no_longer_expect(self.spawn)
            # Goes on by itself: JupyterHub gives a cancelled start one second to come to its end.
            forgotten = self.client.in_background(self._forget_secret())
        await forgotten
        return address

    async def poll(self) -> int | None:
        """Read the shared snapshot. Only queue and history together can say that a job is gone."""
        if not self.spawn:
            return 0
        self.client.watch.start()
        if self.client.watch.snapshot is None:  # the hub has just started
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.client.watch.changed(), _FIRST_LOOK_TIME)
        snapshot = self.client.watch.snapshot
        if snapshot is None or snapshot.asked_at <= self._submitted_at:
            return None
        job = snapshot.find(self.spawn, self.cluster)
        if job is None:
            # Without HTCondor nobody can say that it ended: do not wait for another silence.
            return None if self.client.watch.trouble else await self._exit_code()
        self._unseen_since = None
        if job.status is JobStatus.HELD:
            self.log.warning("%s: %s", self.spawner._log_name, explain.held(job))
            await self.stop()
            return 1
        return None

    async def stop(self) -> None:
        """Remove the job and wait until it has left its worker."""
        if not self.spawn:
            return
        try:
            await self.client.remove_spawn(
                self.account_name, self.spawn, "VISPA: the server was stopped"
            )
            removed_at = time.monotonic()
            while time.monotonic() < removed_at + _LEAVE_TIME:
                snapshot = await self.client.watch.since(time.monotonic())
                if snapshot.find(self.spawn, self.cluster) is None:
                    break
            else:
                self.log.warning("Job %d takes long to leave its worker.", self.cluster)
        except HTCondorError as error:
            # The stamp on the job leads back to it: it is removed once HTCondor answers again.
            self.log.warning("Job %d could not be removed yet: %s", self.cluster, error)
        self.client.backends.discard(self)

    def get_state(self) -> State:
        """Return what names the job and its folder."""
        if not self.cluster:
            return {}
        return {
            "spawn": self.spawn,
            "cluster": self.cluster,
            "account": self.account_name,
            "folder": str(self.folder),
        }

    def load_state(self, state: State) -> None:
        """Take up a job that a previous hub submitted."""
        self.spawn = str(state.get("spawn", ""))
        self.cluster = int(state.get("cluster", 0))
        self.account_name = str(state.get("account", ""))
        self.folder = Path(state.get("folder", "."))
        self.client.watch.start()  # which also finds the job of a start that was cut off

    def phase(self) -> tuple[int, str]:
        """Say what HTCondor does with the job, from the last look at the queue."""
        if not self.cluster:
            return 10, "Handing your server to HTCondor."
        trouble = self.client.watch.trouble
        if trouble:
            return 20, f"{trouble} Your job keeps its place; we keep asking."
        job = self._job()
        if job is None:
            return 20, f"HTCondor has your server as job {self.cluster}."
        if job.status is JobStatus.RUNNING:
            host = job.remote_host.rpartition("@")[2] or "a worker"
            return 60, f"Job {self.cluster} runs on {host}; JupyterLab starts there."
        return 30, f"Job {self.cluster}: {explain.idle(job, self.client.slots_seen())}"

    async def _submit(self, account: "Account", request: ServerRequest) -> int:
        limits = (await self.spawner.get_limits()).cluster
        stamp = {
            "VispaHub": self.client.hub,
            "VispaUser": self.spawner.user.name,
            "VispaServer": self.spawner.name,
            "VispaSpawn": self.spawn,
        }
        job = server_job(self.spawner, request, limits, self.folder, stamp)
        secret = spawn_file(self.spawner, request, account, self.spawn).to_json()
        return await self.client.submit(account.identity, job, {SPAWN_FILE: secret})

    async def _reported(self, url: "asyncio.Future[str]") -> str:
        """Wait for the report, looking at the job with everybody else's; fail with its reason."""
        while True:
            look = asyncio.ensure_future(self.client.watch.changed())
            try:
                either: set[asyncio.Future[Any]] = {url, look}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                look.cancel()
            if url.done():
                return url.result()
            await self._judge()

    async def _judge(self) -> None:
        """Raise ServerFailed when the job can no longer become a server."""
        snapshot = self.client.watch.snapshot
        if self.client.watch.trouble or snapshot is None:
            return
        if snapshot.asked_at <= self._submitted_at:
            return
        job = self._job()
        if job is None:
            if await self._exit_code() is None:
                return
            ended = await self.client.ended(self.spawn, self.cluster)
            reason = explain.ended(ended) if ended else "It left the queue."
            raise ServerFailed(f"Your server did not come up. {reason}", await self._log_tail())
        if job.status is JobStatus.HELD:
            raise ServerFailed(
                f"HTCondor holds your server. {explain.held(job)}", await self._log_tail()
            )
        if job.status is JobStatus.IDLE:
            with contextlib.suppress(HTCondorError):  # then the page goes without an explanation
                await self.client.slots()

    async def _exit_code(self) -> int | None:
        """Look for the job outside the queue; None while nobody can say that it ended."""
        try:
            if await self.client.find(self.spawn, self.cluster) is not None:
                return None
            job = await self.client.ended(self.spawn, self.cluster)
        except HTCondorError:
            return None
        if job is not None:
            self.log.info("%s: %s", self.spawner._log_name, explain.ended(job))
            return job.exit_code if job.exit_code is not None else 1
        # On its way from the queue to the history a job is in neither for a moment.
        now = time.monotonic()
        self._unseen_since = self._unseen_since or now
        return 1 if now - self._unseen_since > _UNSEEN_TIME else None

    def _job(self) -> Job | None:
        snapshot = self.client.watch.snapshot
        return snapshot.find(self.spawn, self.cluster) if snapshot else None

    async def _log_tail(self) -> str:
        try:
            identity = await asyncio.to_thread(Identity.of, self.account_name)
            return await self.client.tail(identity, self.folder, LOG)
        except (HTCondorError, KeyError) as error:
            return f"(the log cannot be read: {error})"

    async def _forget_secret(self) -> None:
        """Delete the submit side's copy of the spawn file; the job has its own, or never will."""
        try:
            identity = await asyncio.to_thread(Identity.of, self.account_name)
            await self.client.forget(identity, self.folder, [SPAWN_FILE])
        except (HTCondorError, KeyError) as error:
            self.log.warning("%s in %s stays: %s", SPAWN_FILE, self.folder, error)
