"""One `condor_ssh_to_job`, from its start to its end."""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from typing import IO, Self

from vispa_htcondor.identity import Identity

_LONGEST_OUTPUT = 4096
_PATIENCE = 2.0  # seconds to end by itself when asked
_DEATH = 0.3  # seconds to be gone when killed; the dead may wait longer for init to bury them


class Session:
    """The command and all its children, a process group of its own.

    It holds one end of a pipe, which ends when the hub does: the session ends by itself then.
    """

    def __init__(self, process: asyncio.subprocess.Process, pipe: int, errors: IO[bytes]) -> None:
        self._process = process
        self._pipe = pipe
        self._errors = errors
        self._output = ""

    @classmethod
    async def start(
        cls, command: list[str], identity: Identity, variables: Mapping[str, str]
    ) -> Self:
        """Start the command as this account; FileNotFoundError when there is no such program."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the session has ended
        theirs, ours = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=theirs,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=errors,
                env=variables,
                cwd="/",
                umask=0o077,
                start_new_session=True,
                **identity.to_become_it(),
            )
        except BaseException:  # whatever it was, nothing stays open; raised again
            os.close(ours)
            errors.close()
            raise
        finally:
            os.close(theirs)
        return cls(process, ours, errors)

    @property
    def is_running(self) -> bool:
        """Whether the command has not ended yet."""
        return self._process.returncode is None

    async def ended(self) -> str:
        """Wait for its end, clear up, and return the last of what it printed as errors."""
        await self._process.wait()
        await self.end()
        return self._output

    async def end(self) -> None:
        """End the command and its children; afterwards none of them is left."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        if self.is_running:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _PATIENCE)
        deadline = time.monotonic() + _DEATH
        # Its children are not ours: nobody tells us when they are gone.
        while self._signal(signal.SIGKILL) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        if not self._errors.closed:
            self._output = self._read()
            self._errors.close()

    def _signal(self, number: signal.Signals) -> bool:
        """Signal the whole group; False when nobody is left in it."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True

    def _read(self) -> str:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _LONGEST_OUTPUT))
        return self._errors.read().decode("utf-8", errors="replace")
