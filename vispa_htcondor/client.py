"""The front door to HTCondor for a hub: submit as somebody, watch, remove, look at the pool."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from vispa_htcondor.broker import Broker
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job, Slot
from vispa_htcondor.submit import ServerJob, classad_string
from vispa_htcondor.watch import Watch

_SUBMITTERS_AT_ONCE = 4
_KEPT_FOLDERS = 20
_SLOTS_FRESH = 10.0


class Client:
    """Everything one hub asks of HTCondor.

    Queries go through one worker that runs as the hub; what is done for a person goes through
    a worker of that person's own, one call at a time, which ends when it is no longer needed.
    """

    def __init__(self, hub: str, environment: Mapping[str, str] | None = None) -> None:
        """Prepare a client for the hub that stamps its jobs with `hub`."""
        self.hub = hub
        self._environment = dict(environment or {})
        self.broker = Broker(environment=self._environment)
        self.watch = Watch(self.broker, f"VispaHub =?= {classad_string(hub)}")
        self._people: dict[str, Broker] = {}
        self._users: dict[str, int] = {}
        self._places = asyncio.Semaphore(_SUBMITTERS_AT_ONCE)
        self._retiring: set[asyncio.Task[None]] = set()
        self._slots: tuple[float, list[Slot]] | None = None
        self._slots_lock = asyncio.Lock()

    async def submit(self, identity: Identity, job: ServerJob, files: Mapping[str, str]) -> int:
        """Submit as this account and return the cluster id. `files` land in the job's folder."""
        async with self._broker_of(identity) as broker:
            result = await broker.call(
                "submit",
                commands=job.commands(),
                folder=job.folder,
                files=dict(files),
                keep=_KEPT_FOLDERS,
            )
        return int(result["cluster"])

    async def remove(self, identity: Identity, spawn: str, reason: str) -> int:
        """Remove the job of a spawn as its owner; returns how many were removed (0 or 1)."""
        async with self._broker_of(identity) as broker:
            removed = await broker.call(
                "act", action="Remove", constraint=self._spawn_constraint(spawn), reason=reason
            )
        return int(removed)

    async def remove_as_hub(self, spawn: str, reason: str) -> int:
        """Remove the job of a spawn with the hub's own rights, whoever owns it."""
        removed = await self.broker.call(
            "act", action="Remove", constraint=self._spawn_constraint(spawn), reason=reason
        )
        return int(removed)

    async def find(self, spawn: str, cluster: int = 0) -> Job | None:
        """Look for the job of a spawn in the queue, now, without the shared snapshot.

        With its number `cluster`, no other job that carries the same marks can be taken for it.
        """
        ads = await self.broker.call(
            "query_jobs",
            constraint=self._spawn_constraint(spawn, cluster),
            projection=list(Job.PROJECTION),
        )
        return Job.from_ad(ads[0]) if ads else None

    async def ended(self, spawn: str, cluster: int = 0) -> Job | None:
        """Look for the job of a spawn in the history; None when it is not there (yet)."""
        ads = await self.broker.call(
            "query_history",
            constraint=self._spawn_constraint(spawn, cluster),
            projection=list(Job.PROJECTION),
            limit=1,
        )
        return Job.from_ad(ads[0]) if ads else None

    async def slots(self) -> list[Slot]:
        """Return the pool's slots as of at most ten seconds ago; one query for all who ask."""
        async with self._slots_lock:
            if self._slots is None or time.monotonic() - self._slots[0] > _SLOTS_FRESH:
                ads = await self.broker.call(
                    "query_slots", constraint=Slot.CONSTRAINT, projection=list(Slot.PROJECTION)
                )
                self._slots = (time.monotonic(), [Slot.from_ad(ad) for ad in ads])
            return self._slots[1]

    def slots_seen(self) -> list[Slot] | None:
        """Return the slots as last seen, however long ago, without asking."""
        return self._slots[1] if self._slots else None

    async def tail(self, identity: Identity, folder: Path, name: str, lines: int = 20) -> str:
        """Return the last lines of a file in a job's folder, read as its owner."""
        async with self._broker_of(identity) as broker:
            text = await broker.call("tail", folder=str(folder), name=name, lines=lines)
        return str(text)

    async def read(self, identity: Identity, folder: Path, name: str) -> str:
        """Return the text of a file in a job's folder, read as its owner."""
        async with self._broker_of(identity) as broker:
            text = await broker.call("read", folder=str(folder), name=name)
        return str(text)

    async def forget(self, identity: Identity, folder: Path, names: list[str]) -> None:
        """Delete files of a job's folder as its owner."""
        async with self._broker_of(identity) as broker:
            await broker.call("forget", folder=str(folder), names=names)

    async def close(self) -> None:
        """Stop watching and end all workers."""
        await self.watch.stop()
        await asyncio.gather(self.broker.close(), *(one.close() for one in self._people.values()))

    def _spawn_constraint(self, spawn: str, cluster: int = 0) -> str:
        marks = f"{self.watch.constraint} && VispaSpawn =?= {classad_string(spawn)}"
        return f"{marks} && ClusterId == {cluster}" if cluster else marks

    @asynccontextmanager
    async def _broker_of(self, identity: Identity) -> AsyncIterator[Broker]:
        """Lend the worker of one person, the same to all who do something for that person."""
        broker = self._people.setdefault(
            identity.name, Broker(identity, environment=self._environment)
        )
        self._users[identity.name] = self._users.get(identity.name, 0) + 1
        try:
            async with self._places:
                yield broker
        finally:
            self._users[identity.name] -= 1
            if not self._users[identity.name]:
                task = asyncio.create_task(self._retire(broker))
                self._retiring.add(task)
                task.add_done_callback(self._retiring.discard)

    async def _retire(self, broker: Broker) -> None:
        """End a worker nobody uses. It stays known until then: a cancelled call may still run."""
        await broker.close()
        name = broker.identity.name
        # Another retirement of the same worker may have been quicker.
        if not self._users.get(name) and self._people.get(name) is broker:
            del self._users[name], self._people[name]
