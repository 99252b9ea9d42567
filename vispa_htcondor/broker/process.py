"""The worker's process: started in somebody's name, asked, and ended."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import Launch, SubmitAs

_LONGEST_ANSWER = 64 * 1024 * 1024
_DEATH = 2.0  # seconds to wait for a killed worker; in the grip of a dead file server it stays
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "CONDOR_CONFIG", "TZ")


class WorkerProcess:
    """At most one process of `vispa_htcondor.broker.worker` for one identity."""

    def __init__(
        self, identity: Identity, submit_as: SubmitAs, environment: Mapping[str, str]
    ) -> None:
        self.identity = identity
        self.starts = 0
        self.was_answered = False
        """Whether HTCondor has answered this process: then it keeps sessions."""
        self._submit_as = submit_as
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._launch: Launch | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a process that has not ended."""
        return self._process is not None and self._process.returncode is None

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request and wait for its answer; OSError, EOFError or ValueError without one."""
        process = await self.start()
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

    async def start(self) -> asyncio.subprocess.Process:
        """Return the process, started if none runs whose proof of identity is still good."""
        if self._process is not None and self._launch is not None:
            if self._process.returncode is None and time.monotonic() < self._launch.good_until:
                return self._process
            await self.end()
        launch = await self._submit_as.launch(self.identity)
        self._launch = launch  # from here on there may be something to clean up
        # -I: neither the working directory nor the person's own packages may change what runs.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "vispa_htcondor.broker.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_variables(launch, self._environment),
            cwd="/",
            umask=0o077,
            start_new_session=True,
            limit=_LONGEST_ANSWER,
            **launch.process,
        )
        self.starts += 1
        self.was_answered = False
        return self._process

    async def end(self) -> None:
        """Kill the process, if there is one, and take away what it was given."""
        process, self._process = self._process, None
        launch, self._launch = self._launch, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                process.kill()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_ended(process), _DEATH)
        if launch is not None:
            launch.clean_up()


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of a killed process, and hear of what could not be written to it."""
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()
        with contextlib.suppress(OSError):  # what was lost is known already
            await process.stdin.wait_closed()


def _variables(launch: Launch, extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("_CONDOR_")}
    account = {"HOME": str(launch.account.home), "USER": launch.account.name}
    # The proof of identity comes last: nothing may put another in its place.
    return {**kept, **account, **extra, **launch.environment}
