"""A complete HTCondor on one machine, in a private folder, on ports of its own."""

import fcntl
import getpass
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from . import config, record
from .debian import DEFAULT_SUITE
from .errors import PoolError
from .folder import CONFIG, open_to_others, prepare
from .processes import descendants, members, process
from .readiness import wait_until_ready
from .record import Running
from .release import Release, find_release
from .status import Status, look
from .supervisor import GRACE
from .tools import Tools


class Pool:
    """A personal pool.

    `cores` and `memory_mb` are what jobs may ask for; by default twice the machine's cores (8 at
    least: most jobs here are waiting notebooks) and all its memory. `extra_config` is appended to
    the generated configuration, so it wins. With `die_with_parent` the pool ends when the process
    that called `start` ends, however that happens.

    Started by root, jobs run as their owners (and root cannot submit); else as the one user.
    """

    def __init__(
        self,
        folder: Path,
        cores: int | None = None,
        memory_mb: int | None = None,
        suite: str = DEFAULT_SUITE,
        extra_config: str = "",
        die_with_parent: bool = False,
    ) -> None:
        self.folder = folder.expanduser().resolve()
        self._cores = cores or max(8, 2 * (os.cpu_count() or 1))
        self._memory_mb = memory_mb or _machine_memory_mb()
        self._suite = suite
        self._extra_config = extra_config
        self._die_with_parent = die_with_parent
        # In the environment of every process of this pool, and of no other.
        self._marker = "VISPA_POOL_PROCESS=" + _digest(str(self.folder))
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the pool and return when it takes jobs; do nothing if it runs already.

        Raises PoolError with the reason; nothing is left running then.
        """
        release = find_release(self._suite)
        if os.geteuid() == 0:
            open_to_others(release.bin)
        prepare(self.folder)
        with self._alone():
            if self.is_running():
                return
            self._kill_left_overs()
            self._write_config(release)
            try:
                wait_until_ready(self._launch(release), self._tools(release.bin))
            except BaseException:
                self._end()
                raise

    def stop(self) -> None:
        """End every process of the pool, jobs included, and return when they are gone."""
        if not self.folder.is_dir():
            return
        if os.geteuid() not in {0, self.folder.stat().st_uid}:
            raise PoolError(f"The pool in {self.folder} belongs to {self.folder.owner()}.")
        with self._alone():
            self._end()

    def is_running(self) -> bool:
        """Tell whether somebody looks after this pool."""
        return self._running() is not None

    def status(self) -> Status:
        """Look at the pool; raises PoolError when it runs but does not answer."""
        running = self._running()
        return look(self._tools(running.bin), running.since) if running else Status(running=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that make HTCondor's tools and bindings talk to this pool."""
        running = self._running()
        found = running or find_release(self._suite)
        path = os.environ.get("PATH", os.defpath).split(os.pathsep)
        ours = [str(folder) for folder in (found.bin, found.sbin) if str(folder) not in path]
        return {
            "CONDOR_CONFIG": str(self.folder / CONFIG),
            "PATH": os.pathsep.join([*ours, *path]),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _tools(self, programs: Path) -> Tools:
        return Tools(self.folder, programs)

    def _running(self) -> Running | None:
        last = record.load(self.folder)
        return last if last and last.supervisor.is_alive() else None

    def _write_config(self, release: Release) -> None:
        settings = config.Settings(
            folder=self.folder,
            release=release,
            marker=self._marker,
            cores=self._cores,
            memory_mb=self._memory_mb,
            owner=getpass.getuser(),
            as_root=os.geteuid() == 0,
            extra=self._extra_config,
        )
        path = self.folder / CONFIG
        path.write_text(config.render(settings))
        path.chmod(0o644)

    def _launch(self, release: Release) -> Running:
        command = [sys.executable, "-m", str(__package__)]
        command += [str(release.sbin / "condor_master"), self._marker]
        if self._die_with_parent and (parent := process(os.getpid())):
            command.append(f"{parent.pid}:{parent.started}")
        with (self.folder / "supervisor.log").open("w") as log:
            self._child = subprocess.Popen(
                command, cwd=self.folder, env=self._tools(release.bin).environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, umask=0o022,
                start_new_session=True,
            )  # fmt: skip
        supervisor = process(self._child.pid)
        if supervisor is None:
            raise PoolError(f"The pool's supervisor ended at once: see {log.name}.")
        running = Running(supervisor, time.time(), release.bin, release.sbin)
        running.save(self.folder)
        return running

    def _end(self) -> None:
        running = self._running()
        if running:
            family = descendants(running.supervisor.pid)
            running.supervisor.send(signal.SIGTERM)
            if not _gone_within(GRACE, running):
                for one in [running.supervisor, *family]:
                    one.send(signal.SIGKILL)
        self._kill_left_overs()
        record.forget(self.folder)
        if self._child is not None:
            self._child.wait()
            self._child = None

    def _kill_left_overs(self) -> None:
        """End what a killed supervisor has left behind."""
        while left_over := members(self._marker):
            for one in left_over:
                one.send(signal.SIGKILL)
            time.sleep(0.05)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop this pool."""
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _gone_within(seconds: float, running: Running) -> bool:
    deadline = time.monotonic() + seconds
    while running.supervisor.is_alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _machine_memory_mb() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
