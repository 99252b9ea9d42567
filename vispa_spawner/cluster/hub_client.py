"""The one HTCondor client of this hub process, shared by all spawners."""

import asyncio
import logging
import weakref
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from vispa_htcondor.client import Client
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import SubmitAs
from vispa_htcondor.view import Wanted
from vispa_spawner.cluster.metrics import ClientMetrics
from vispa_spawner.cluster.orphans import Orphans
from vispa_spawner.cluster.submission import Submission
from vispa_spawner.cluster.tunnels import Tunnels

if TYPE_CHECKING:
    from vispa_spawner.backend_spawner import BackendSpawner
    from vispa_spawner.cluster.backend import ClusterBackend

log = logging.getLogger(__name__)


class HubClient(Client):
    """A client that knows which of the hub's servers are alive, and clears up behind the others."""

    def __init__(self, hub: str, submit_as: SubmitAs | None = None) -> None:
        """Watch the jobs stamped with `hub`, and submit as people in the way of `submit_as`."""
        super().__init__(hub, submit_as=submit_as)
        self.backends: weakref.WeakSet[ClusterBackend] = weakref.WeakSet()
        self.taking_up: set[str] = set()
        """Spawn ids of starts that a previous hub began and that are about to be taken up."""
        self.orphans: Orphans = Orphans(self, self._known)
        self.tunnels = Tunnels(hub)
        self._background: set[asyncio.Task[Any]] = set()

    def in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Future[None]":
        """Start work that goes on when whoever waits for the result is cancelled."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return asyncio.shield(task)

    def _known(self) -> set[str]:
        return self.taking_up | {backend.spawn for backend in self.backends}

    async def remove_spawn(self, account: str, spawn: str, reason: str) -> None:
        """Remove a job as its owner, or with the hub's rights when the account is gone."""
        try:
            identity = await asyncio.to_thread(Identity.of, account)
        except KeyError:
            await self.remove_as_hub(spawn, reason)
        else:
            await self.remove(identity, spawn, reason)

    async def forget_file(self, submission: Submission, name: str) -> None:
        """Delete a file of a job's private folder as its owner."""
        try:
            identity = await asyncio.to_thread(Identity.of, submission.account)
            await self.forget(identity, submission.folder, [name])
        except (HTCondorError, KeyError) as error:
            log.warning("%s in %s stays: %s", name, submission.folder, error)


_clients: dict[str, HubClient] = {}
ClientMetrics(_clients.values)


def client_of(spawner: "BackendSpawner") -> HubClient:
    """Return the client of the spawner's hub; all spawners of a hub share it."""
    hub: str = spawner.hub_instance
    if hub not in _clients:
        _clients[hub] = HubClient(hub, spawner.cluster_submit_as)
        _clients[hub].watch.interval = spawner.cluster_poll_interval
        _clients[hub].pool.usual = Wanted(requirements=spawner.cluster_requirements)
    return _clients[hub]
