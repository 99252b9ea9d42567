"""The workers of all people: each person's own, kept for a moment, and never many at once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vispa_htcondor.broker.client import DEADLINE, Broker
from vispa_htcondor.errors import Unavailable
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import SubmitAs

_AT_ONCE = 8
_KEPT = 16
_IDLE = 30.0


@dataclass
class _Person:
    """One person's worker, how many use it, and the timer that ends it when nobody does."""

    broker: Broker
    users: int = 0
    timer: asyncio.TimerHandle | None = None


class Workers:
    """Lends each person's worker to all who do something for that person.

    `at_once` of them work at the same time; whoever finds no place within a deadline gets
    `Unavailable`. A worker that nobody uses ends after `idle` seconds, for the next call for the
    same person usually comes soon, or earlier when more than `kept` wait like this.
    """

    def __init__(
        self,
        submit_as: SubmitAs,
        environment: Mapping[str, str],
        deadline: float = DEADLINE,
        at_once: int = _AT_ONCE,
        kept: int = _KEPT,
        idle: float = _IDLE,
    ) -> None:
        self.deadline = deadline
        self.kept = kept
        self.idle = idle
        self._submit_as = submit_as
        self._environment = environment
        self._people: dict[str, _Person] = {}  # the longest unused first
        self._places = asyncio.Semaphore(at_once)
        self._retiring: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many people have a worker, or had one that is just ending."""
        return len(self._people)

    @asynccontextmanager
    async def of(self, identity: Identity) -> AsyncIterator[Broker]:
        """Lend the worker of one person, when there is a place."""
        person = self._people.pop(identity.name, None) or _Person(
            Broker(identity, self._environment, self.deadline, self._submit_as)
        )
        self._people[identity.name] = person
        if person.timer is not None:
            person.timer.cancel()
        person.users += 1
        try:
            await self._place()
            try:
                yield person.broker
            finally:
                self._places.release()
        finally:
            person.users -= 1
            if not person.users:
                loop = asyncio.get_running_loop()
                person.timer = loop.call_later(self.idle, self._retire, person)
                self._make_room()

    async def close(self) -> None:
        """End all workers, after the calls that are under way."""
        for person in list(self._people.values()):
            if person.timer is not None:
                person.timer.cancel()
            self._retire(person)
        while self._retiring:
            await asyncio.gather(*self._retiring)

    async def _place(self) -> None:
        try:
            async with asyncio.timeout(self.deadline):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable(
                f"HTCondor was busy with what others asked for {self.deadline:.0f} seconds."
            ) from None

    def _make_room(self) -> None:
        unused = [person for person in self._people.values() if not person.users]
        for person in unused[: max(0, len(unused) - self.kept)]:
            if person.timer is not None:
                person.timer.cancel()
            self._retire(person)

    def _retire(self, person: _Person) -> None:
        task = asyncio.ensure_future(self._end(person))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _end(self, person: _Person) -> None:
        """End a worker nobody uses. It stays known until then: a cancelled call may still run."""
        await person.broker.close()
        name = person.broker.identity.name
        # It may have been lent again meanwhile, or another retirement may have been quicker.
        unused = not person.users and not person.broker.is_running
        if unused and self._people.get(name) is person:
            del self._people[name]
