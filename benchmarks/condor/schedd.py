"""The pool's schedd: what is queued, how often it was asked, and a way to freeze it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.failure import Failure

CONFIGURATION = """
# Write a line for each command that arrives, and never begin a new file.
SCHEDD_DEBUG = D_COMMAND
MAX_SCHEDD_LOG = 4 Gb

# Nobody here writes anything, so the disk of one machine is enough for all servers.
JOB_DEFAULT_REQUESTDISK = 1
MODIFY_REQUEST_EXPR_REQUESTDISK = 1

# A Java that looks at itself leaves a folder in /tmp.
JAVA =
"""

_QUERY = re.compile(rb"for command \d+ \((QUERY_|QMGMT_READ|GET_HISTORY)")
_EMPTY_WITHIN = 120.0  # seconds
_BACK_WITHIN = 90.0  # seconds
_FILLER = """
universe = vanilla
executable = /bin/true
transfer_executable = false
requirements = false
log = /dev/null
{stamp}
queue {count}
"""


class Schedd:
    """The schedd of the pool in `folder`, reached with the variables of `environment`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}

    def queries(self) -> int:
        """Return how often it was asked for jobs so far, by whomever, as its own log has it."""
        return len(_QUERY.findall((self._folder / "log/SchedLog").read_bytes()))

    def fill(self, count: int, hub: str = "") -> None:
        """Queue jobs that never start; with `hub`, they are stamped as servers of that hub."""
        stamp = f'My.VispaHub = "{hub}"\nMy.VispaSpawn = "filler-$(ProcId)"' if hub else ""
        self._run("condor_submit", "-", told=_FILLER.format(stamp=stamp, count=count))

    def empty(self, *constraint: str) -> None:
        """Remove jobs, all or those of a constraint, and return when they have left."""
        which = ("-constraint", *constraint) if constraint else ("-all",)
        self._run("condor_rm", *which, may_fail=True)  # it does when there is none
        deadline = time.monotonic() + _EMPTY_WITHIN
        while self._run("condor_q", *(which if constraint else ()), "-af", "ClusterId"):
            if time.monotonic() > deadline:
                raise Failure(f"Removed jobs are still queued after {_EMPTY_WITHIN:.0f} seconds.")
            time.sleep(0.5)

    def ads(self) -> list[str]:
        """Return the ads of all queued jobs, as everybody can read them."""
        return [ad for ad in self._run("condor_q", "-all", "-l").split("\n\n") if ad.strip()]

    def edit_all(self, attribute: str, value: str) -> None:
        """Change an attribute of all queued jobs; there may be none."""
        self._run("condor_qedit", "-constraint", "true", attribute, value, may_fail=True)

    def hold_all(self, reason: str) -> None:
        """Put all jobs on hold."""
        self._run("condor_hold", "-all", "-reason", reason)

    def kill(self) -> None:
        """Kill the process, and return when the one that the master starts instead answers."""
        os.kill(self._pid(), signal.SIGKILL)
        deadline = time.monotonic() + _BACK_WITHIN
        while not self._run("condor_q", "-totals", may_fail=True):
            if time.monotonic() > deadline:
                raise Failure(f"The killed schedd is not back after {_BACK_WITHIN:.0f} seconds.")
            time.sleep(0.5)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the process for as long as the block lasts: it neither answers nor refuses."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _pid(self) -> int:
        written = self._run("condor_who", "-daemons", "-log", str(self._folder / "log"))
        for line in written.splitlines():
            words = line.split()
            if words[:1] == ["Schedd"]:
                return next(int(word) for word in words[1:] if word.isdecimal())
        raise Failure(f"The pool names no schedd: {written}")

    def _run(self, *command: str, told: str = "", may_fail: bool = False) -> str:
        done = subprocess.run(
            command, env=self._environment, cwd=self._folder, input=told,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        if done.returncode and not may_fail:
            raise Failure(f"{command[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()
