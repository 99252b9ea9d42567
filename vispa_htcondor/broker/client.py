"""The asyncio side of a broker: calls with deadlines to a worker that may be killed."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from vispa_htcondor.errors import HTCondorError, Refused, Unavailable
from vispa_htcondor.identity import Identity

DEADLINE = 15.0
"""Seconds a call may take before its worker is killed; a healthy schedd answers in milliseconds."""

_LONGEST_ANSWER = 64 * 1024 * 1024
_DEATH = 2.0  # seconds to wait for a killed worker; in the grip of a dead file server it stays
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "CONDOR_CONFIG", "TZ")


class Broker:
    """Talks to HTCondor as one identity, one call at a time, through a worker process.

    The worker starts with the first call. A call that is cancelled by its caller still runs to its
    end in the background, so that what comes next (usually a clean-up) sees its result.
    """

    def __init__(
        self,
        identity: Identity | None = None,
        environment: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self.identity = identity or Identity.current()
        self.deadline = deadline
        self.calls = 0
        self.restarts = 0
        self._environment = _worker_environment(self.identity, environment or {})
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

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

    async def close(self) -> None:
        """End the worker, after the calls that are under way."""
        async with self._lock:
            await self._end_worker()

    async def _exchange(self, operation: str, arguments: dict[str, Any], deadline: float) -> Any:
        async with self._lock:
            self.calls += 1
            try:
                async with asyncio.timeout(deadline):
                    answer = await self._ask({"operation": operation, "arguments": arguments})
            except TimeoutError:
                await self._end_worker()
                self.restarts += 1
                raise Unavailable(
                    f"HTCondor did not answer within {deadline:.0f} seconds."
                ) from None
            except (OSError, EOFError, ValueError) as error:
                await self._end_worker()
                self.restarts += 1
                raise Unavailable(
                    f"The process that talks to HTCondor as {self.identity.name} ended: {error}"
                ) from error
        if "result" in answer:
            return answer["result"]
        raise _error_from(answer)

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = await self._worker()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError("it closed its output")
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError("its answer was not an object")
        return answer

    async def _worker(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        become: dict[str, Any] = {}
        if not self.identity.is_current:
            become = {
                "user": self.identity.uid,
                "group": self.identity.gid,
                "extra_groups": list(self.identity.groups),
            }
        # -I: neither the working directory nor the person's own packages may change what runs.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "vispa_htcondor.broker.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            limit=_LONGEST_ANSWER,
            **become,
        )
        return self._process

    async def _end_worker(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            process.kill()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _DEATH)


def _worker_environment(identity: Identity, extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("_CONDOR_")}
    return {**kept, "HOME": str(identity.home), "USER": identity.name, **extra}


def _error_from(answer: dict[str, Any]) -> HTCondorError:
    kind = Unavailable if answer.get("unavailable") else Refused
    return kind(str(answer.get("error", "HTCondor gave no reason.")))


def _note_exception(task: asyncio.Task[Any]) -> None:
    """Mark the exception of an abandoned call as seen: its caller was cancelled."""
    if not task.cancelled():
        task.exception()
