"""The front door to HTCondor for a hub: submit as somebody, watch, remove, look at the pool."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from vispa_htcondor.broker import DEADLINE, Broker, Workers
from vispa_htcondor.errors import Refused
from vispa_htcondor.identity import Identity
from vispa_htcondor.jobs import Jobs
from vispa_htcondor.submit import ServerJob, attribute_name, classad_literal, classad_string
from vispa_htcondor.submit_as import SubmitAs, own_rights
from vispa_htcondor.view import PoolView
from vispa_htcondor.watch import Watch

Value = str | int | float | bool
"""What an attribute of a job can be set to."""

_KEPT_FOLDERS = 20

# The output cannot be streamed into a folder here; it stays on the worker, where it can be asked
# for. What was spooled goes when the job goes: without this it would stay for ten days.
_SPOOLED = {"stream_output": "false", "stream_error": "false", "leave_in_queue": "false"}


class Client(Jobs):
    """Everything one hub asks of HTCondor.

    Queries go through one worker that runs as the hub; what is done for a person goes through
    a worker of that person's own, one call at a time. `submit_as` decides how that worker comes
    to speak for the person; by default this process's own rights do.

    Everything raises `Unavailable` when HTCondor does not answer within `deadline` seconds, and
    `Refused` when it says no.
    """

    def __init__(
        self,
        hub: str,
        environment: Mapping[str, str] | None = None,
        submit_as: SubmitAs | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        """Prepare a client for the hub that stamps its jobs with `hub`."""
        environment = dict(environment or {})
        super().__init__(Broker(None, environment, deadline, own_rights()), hub)
        self.submit_as = submit_as or own_rights()
        self.people = Workers(self.submit_as, environment, deadline)
        self.watch = Watch(self.broker, self.constraint)
        # A worker of its own: a silent collector must not keep us from the queue.
        self.pool = PoolView(Broker(None, environment, deadline, own_rights()))

    async def warm_up(self, identity: Identity) -> None:
        """Start the person's worker ahead of its first call, while there are other things to do."""
        async with self.people.of(identity) as broker:
            await broker.start()

    async def submit(self, identity: Identity, job: ServerJob, files: Mapping[str, str]) -> int:
        """Submit as this account and return the cluster id. `files` land in the job's folder."""
        folder = str(self.submit_as.folder(identity, Path(job.folder)))
        commands = replace(job, folder=folder).commands()
        arguments: dict[str, Any] = {
            "folder": folder,
            "files": dict(files),
            "keep": _KEPT_FOLDERS,
        }
        async with self.people.of(identity) as broker:
            if self.submit_as.spools:
                result = await broker.call(
                    "submit_spooled",
                    commands=commands | _SPOOLED,
                    owner=identity.name,
                    **arguments,
                )
            else:
                result = await broker.call("submit", commands=commands, **arguments)
        return int(result["cluster"])

    async def remove(self, identity: Identity, spawn: str, reason: str) -> int:
        """Remove the job of a spawn as its owner; returns how many were removed (0 or 1)."""
        return await self._act("Remove", identity, spawn, reason)

    async def hold(self, identity: Identity, spawn: str, reason: str) -> int:
        """Put the job of a spawn on hold as its owner; returns how many were."""
        return await self._act("Hold", identity, spawn, reason)

    async def release(self, identity: Identity, spawn: str, reason: str) -> int:
        """Let the held job of a spawn go on as its owner; returns how many were released."""
        return await self._act("Release", identity, spawn, reason)

    async def edit(self, identity: Identity, spawn: str, changes: Mapping[str, Value]) -> int:
        """Set attributes of the job of a spawn as its owner; returns how many jobs have them now.

        ValueError for what is no name of an attribute, or no value.
        """
        expressions = {
            attribute_name(name): classad_literal(value) for name, value in changes.items()
        }
        async with self.people.of(identity) as broker:
            changed = await broker.call(
                "edit", constraint=self._owned(identity, spawn), changes=expressions
            )
        return int(changed)

    async def remove_as_hub(self, spawn: str, reason: str) -> int:
        """Remove the job of a spawn whoever owns it, with the rights the hub has."""
        if not self.submit_as.hub_removes:
            return await self._remove_as_owner(spawn, reason)
        removed = await self.broker.call(
            "act", action="Remove", constraint=self.of_spawn(spawn), reason=reason
        )
        return int(removed)

    async def tail(self, identity: Identity, folder: Path, name: str, lines: int = 20) -> str:
        """Return the last lines of a file in a job's folder, read as its owner.

        Of a job that went through the spool, only the output can be seen, and while it runs.
        """
        place = str(self.submit_as.folder(identity, folder))
        async with self.people.of(identity) as broker:
            if self.submit_as.spools:
                text = await broker.call(
                    "tail_spooled", folder=place, owner=identity.name, lines=lines
                )
            else:
                text = await broker.call("tail", folder=place, name=name, lines=lines)
        return str(text)

    async def read(self, identity: Identity, folder: Path, name: str) -> str:
        """Return the text of a file in a job's folder, read as its owner."""
        place = str(self.submit_as.folder(identity, folder))
        async with self.people.of(identity) as broker:
            text = await broker.call("read", folder=place, name=name)
        return str(text)

    async def forget(self, identity: Identity, folder: Path, names: list[str]) -> None:
        """Delete files of a job's folder as its owner."""
        place = str(self.submit_as.folder(identity, folder))
        async with self.people.of(identity) as broker:
            await broker.call("forget", folder=place, names=names)

    async def close(self) -> None:
        """Stop watching and end all workers."""
        await self.watch.stop()
        await asyncio.gather(self.broker.close(), self.pool.close(), self.people.close())

    async def _act(self, action: str, identity: Identity, spawn: str, reason: str) -> int:
        async with self.people.of(identity) as broker:
            changed = await broker.call(
                "act", action=action, constraint=self._owned(identity, spawn), reason=reason
            )
        return int(changed)

    async def _remove_as_owner(self, spawn: str, reason: str) -> int:
        job = await self.find(spawn)
        if job is None:
            return 0
        try:
            identity = await asyncio.to_thread(Identity.of, job.owner)
        except KeyError:
            raise Refused(
                f"The job belongs to {job.owner}, whom this machine does not know."
            ) from None
        return await self.remove(identity, spawn, reason)

    def _owned(self, identity: Identity, spawn: str) -> str:
        """Select the job of a spawn that belongs to this account; marks can be copied by others."""
        return f"{self.of_spawn(spawn)} && Owner =?= {classad_string(identity.name)}"
