"""A complete HTCondor on one machine, in a private folder, on ports of its own."""

import fcntl
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from . import config
from .daemon import Daemon
from .debian import DEFAULT_SUITE
from .errors import PoolError
from .folder import CONFIG, forget_addresses, open_to_others, prepare
from .readiness import wait_until_ready
from .release import Release, find_release
from .status import Status, look
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
        self._daemon = Daemon(self.folder)

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
            self._daemon.end()
            forget_addresses(self.folder)
            self._write_config(release)
            try:
                running = self._daemon.launch(release, self._die_with_parent)
                wait_until_ready(running, self._tools(release.bin))
            except BaseException:  # Ctrl-C, too, must leave no half-started pool; raised again
                self._daemon.end()
                raise

    def stop(self) -> None:
        """End every process of the pool, jobs included, and return when they are gone."""
        if not self.folder.is_dir():
            return
        if os.geteuid() not in {0, self.folder.stat().st_uid}:
            raise PoolError(f"The pool in {self.folder} belongs to {self.folder.owner()}.")
        with self._alone():
            self._daemon.end()

    def is_running(self) -> bool:
        """Tell whether somebody looks after this pool."""
        return self._daemon.running() is not None

    def status(self) -> Status:
        """Look at the pool; raises PoolError when it runs but does not answer."""
        running = self._daemon.running()
        return look(self._tools(running.bin), running.since) if running else Status(running=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that make HTCondor's tools and bindings talk to this pool."""
        running = self._daemon.running()
        found = running or find_release(self._suite)
        path = os.environ.get("PATH", os.defpath)
        if shutil.which("condor_q", path=path) != str(found.bin / "condor_q"):
            path = f"{found.bin}:{found.sbin}:{path}"
        return {"CONDOR_CONFIG": str(self.folder / CONFIG), "PATH": path}

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

    def _write_config(self, release: Release) -> None:
        settings = config.Settings(
            folder=self.folder,
            release=release,
            marker=self._daemon.marker,
            cores=self._cores,
            memory_mb=self._memory_mb,
            owner=_account(),
            as_root=os.geteuid() == 0,
            extra=self._extra_config,
        )
        path = self.folder / CONFIG
        path.write_text(config.render(settings))
        path.chmod(0o644)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop this pool."""
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise PoolError(
            f"The user number {os.geteuid()} has no name on this machine, and HTCondor needs one."
        ) from None


def _machine_memory_mb() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
