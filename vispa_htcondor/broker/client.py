"""The asyncio side of a broker: calls with deadlines to a worker that may be killed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from vispa_htcondor.broker.process import WorkerProcess
from vispa_htcondor.errors import HTCondorError, Refused, Unavailable
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import SubmitAs, own_rights

DEADLINE = 15.0
"""Seconds a call may take before its worker is killed; a healthy schedd answers in milliseconds."""


class Broker:
    """Talks to HTCondor as one identity, one call at a time, through a worker process.

    The worker starts with the first call. A call that is cancelled by its caller still runs to its
    end in the background, so that what comes next (usually a clean-up) sees its result.

    Nobody waits long for a silent HTCondor. A call waits for its turn for at most one deadline, and
    then has one for itself. When a call misses its deadline, those that already wait behind it
    fail with it; the next one after that tries again.
    """

    def __init__(
        self,
        identity: Identity | None = None,
        environment: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        submit_as: SubmitAs | None = None,
    ) -> None:
        """Prepare to speak for `identity`, by default as what this process is."""
        self.identity = identity or Identity.current()
        self.deadline = deadline
        self.calls = 0
        self.restarts = 0
        self._process = WorkerProcess(
            self.identity, submit_as or own_rights(), dict(environment or {})
        )
        self._lock = asyncio.Lock()
        self._missed = 0
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def is_running(self) -> bool:
        """Whether there is a worker now."""
        return self._process.is_running

    @property
    def starts(self) -> int:
        """How many workers there have been."""
        return self._process.starts

    async def call(self, operation: str, *, deadline: float | None = None, **arguments: Any) -> Any:
        """Run one of `vispa_htcondor.broker.operations` in the worker and return its JSON result.

        Raises `Unavailable` when there was no answer in time and `Refused` when HTCondor said no.
        """
        task = asyncio.ensure_future(
            self._exchange(operation, arguments, deadline or self.deadline)
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(_note_exception)
        return await asyncio.shield(task)

    async def start(self) -> None:
        """Start the worker ahead of its first call, if none runs."""
        async with self._turn(self.deadline):
            await self._process.start()

    async def close(self) -> None:
        """End the worker, after the calls that are under way, abandoned ones included."""
        while self._running:
            await asyncio.wait(set(self._running))
        async with self._lock:
            await self._process.end()

    async def _exchange(self, operation: str, arguments: dict[str, Any], deadline: float) -> Any:
        async with self._turn(deadline):
            self.calls += 1
            try:
                async with asyncio.timeout(deadline):
                    answer = await self._ask({"operation": operation, "arguments": arguments})
            except TimeoutError:
                self._missed += 1
                await self._restart()
                raise _silence(deadline) from None
            except (OSError, EOFError, ValueError) as error:
                await self._restart()
                raise Unavailable(
                    f"The process that talks to HTCondor as {self.identity.name} ended: {error}"
                ) from error
        if "result" in answer:
            return answer["result"]
        raise _error_from(answer)

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await self._process.ask(request)
        if answer.get("unavailable") and self._process.was_answered:
            # A restarted HTCondor rejects the sessions that our worker keeps, and the bindings
            # have no way to forget them. Nothing was done yet: each operation looks first.
            await self._process.end()
            answer = await self._process.ask(request)
        if not answer.get("unavailable"):
            self._process.was_answered = True
        return answer

    @asynccontextmanager
    async def _turn(self, deadline: float) -> AsyncIterator[None]:
        """Wait for our turn, but not for long, and not behind a silence."""
        missed = self._missed
        try:
            async with asyncio.timeout(deadline):
                await self._lock.acquire()
        except TimeoutError:
            raise _silence(deadline) from None
        try:
            if self._missed != missed:
                raise _silence(self.deadline)
            yield
        finally:
            self._lock.release()

    async def _restart(self) -> None:
        await self._process.end()
        self.restarts += 1


def _silence(seconds: float) -> Unavailable:
    return Unavailable(f"HTCondor did not answer within {seconds:.0f} seconds.")


def _error_from(answer: dict[str, Any]) -> HTCondorError:
    kind = Unavailable if answer.get("unavailable") else Refused
    return kind(str(answer.get("error", "HTCondor gave no reason.")))


def _note_exception(task: asyncio.Task[Any]) -> None:
    """Mark the exception of an abandoned call as seen: its caller was cancelled."""
    if not task.cancelled():
        task.exception()
