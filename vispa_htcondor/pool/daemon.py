"""Start and end the processes of one pool."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import record
from .errors import PoolError
from .processes import descendants, members, process
from .record import Running
from .release import Release
from .supervisor import GRACE
from .tools import Tools


class Daemon:
    """The supervisor of the pool in `folder`, and with it all processes of the pool.

    `marker` is in the environment of each of them, and of no other process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        digest = hashlib.sha256(str(folder).encode()).hexdigest()
        self.marker = f"VISPA_POOL_PROCESS={digest[:16]}"

    def running(self) -> Running | None:
        """Return what is known of the pool while it is looked after, else None."""
        last = record.load(self._folder)
        return last if last and last.supervisor.is_alive() else None

    def launch(self, release: Release, die_with_parent: bool) -> Running:
        """Start the supervisor, which starts condor_master."""
        command = [sys.executable, "-P", "-m", str(__package__)]
        command += [str(release.sbin / "condor_master"), self.marker]
        if die_with_parent and (parent := process(os.getpid())):
            command.append(f"{parent.pid}:{parent.started}")
        with (self._folder / "supervisor.log").open("w") as log:
            self._child = subprocess.Popen(
                command, cwd=self._folder, env=Tools(self._folder, release.bin).environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, umask=0o022,
                start_new_session=True,
            )  # fmt: skip
        supervisor = process(self._child.pid)
        if supervisor is None:
            raise PoolError(f"The pool's supervisor ended at once: see {log.name}.")
        running = Running(supervisor, time.time(), release.bin, release.sbin)
        running.save(self._folder)
        return running

    def end(self) -> None:
        """End all processes; those too that a killed supervisor has left behind."""
        if running := self.running():
            family = descendants(running.supervisor.pid)
            running.supervisor.send(signal.SIGTERM)
            if not _gone_within(GRACE, running):
                for one in [running.supervisor, *family]:
                    one.send(signal.SIGKILL)
        while left_over := members(self.marker):
            for one in left_over:
                one.send(signal.SIGKILL)
            time.sleep(0.05)
        record.forget(self._folder)
        if self._child is not None:
            self._child.wait()
            self._child = None


def _gone_within(seconds: float, running: Running) -> bool:
    deadline = time.monotonic() + seconds
    while running.supervisor.is_alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
