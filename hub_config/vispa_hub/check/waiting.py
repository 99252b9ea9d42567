"""Ask things that may never answer: programs, disks and name services.

Whatever hangs, the check does not: programs are killed at their deadline, and threads that wait
for the system are left behind.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_LONGEST_OUTPUT = 64 * 1024


class ToolError(Exception):
    """A program did not do what it was asked for; the text says which and why."""


async def run_tool(command: Sequence[str], deadline: float) -> str:
    """Run a program and return what it writes, to the end of its deadline in seconds."""
    name = " ".join(command[:2]) if len(command) < 3 else command[0]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{name} cannot be run: {error.strerror}") from None
    try:
        async with asyncio.timeout(deadline):
            output = await _read(process)
            status = await process.wait()
    except TimeoutError:
        raise ToolError(f"{name} did not finish within {deadline:g} seconds") from None
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself, and all it started
            os.killpg(process.pid, signal.SIGKILL)
        # Not for long: what waits for a dead file server cannot even be killed.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 1)
    if status:
        last = output.strip().rpartition("\n")[2][:300]
        raise ToolError(f"{name} failed with status {status}: {last or 'it says nothing'}")
    return output


async def _read(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    output = b""
    while chunk := await process.stdout.read(4096):
        output += chunk
        if len(output) > _LONGEST_OUTPUT:
            os.killpg(process.pid, signal.SIGKILL)
            break
    return output.decode(errors="replace")


async def in_thread(call: Callable[[], T]) -> T:
    """Run a call that may block for ever; a thread that does is no reason not to exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if future.done():  # the deadline came first
            return
        if error:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = call()
        except Exception as raised:  # noqa: BLE001 - it is raised again where it is awaited
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await future
