"""Wait until a pool that was just started takes jobs."""

import time
from pathlib import Path

from .errors import PoolError
from .record import Running
from .tools import Tools

# A slow or busy machine needs seconds; more than this means something is wrong.
_DEADLINE = 60.0
_EXPECTED = {"Collector", "Negotiator", "Scheduler", "Machine"}


def wait_until_ready(running: Running, tools: Tools) -> None:
    """Return when all daemons have reported and the schedd answers; else raise PoolError."""
    deadline = time.monotonic() + _DEADLINE
    while missing := _missing(tools):
        if not running.supervisor.is_alive():
            raise PoolError(f"HTCondor ended while starting. {_last_words(tools.folder)}")
        if time.monotonic() > deadline:
            raise PoolError(
                f"HTCondor did not come up within {_DEADLINE:.0f} seconds: {missing} "
                + _last_words(tools.folder)
            )
        time.sleep(0.1)


def _missing(tools: Tools) -> str:
    """Say what is missing still, or nothing."""
    try:
        reported = set(tools.run("condor_status", "-any", "-af", "MyType").split())
        if not reported >= _EXPECTED:
            return f"no word from {', '.join(sorted(_EXPECTED - reported))}."
        tools.run("condor_q", "-allusers", "-af", "ClusterId")
    except PoolError as error:
        return str(error)
    return ""


def _last_words(folder: Path) -> str:
    logs = [folder / "supervisor.log", folder / "log/MasterLog"]
    lines = [line for log in logs if log.is_file() for line in _tail(log, 15)]
    return "The last lines of its logs:\n" + "\n".join(lines)


def _tail(log: Path, count: int) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-count:]
