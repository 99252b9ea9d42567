"""One server process: started as its owner, found again by pid and start time, ended whole."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from vispa_htcondor.identity import Identity
from vispa_spawner.spawn_file import SpawnFile


@dataclass(frozen=True)
class ServerProcess:
    """A process that is certainly ours: a pid alone may have been given to somebody else."""

    pid: int
    created: float
    """Seconds from the machine's boot to its start, which no change of the clock alters."""

    @classmethod
    def start(
        cls, python: str, identity: Identity, spawn: SpawnFile, listener: socket.socket
    ) -> tuple[Self, "subprocess.Popen[bytes]"]:
        """Start the single-user process as `identity`, serving on `listener`.

        The spawn file goes through a pipe: nothing secret is on the command line, in the
        environment or on disk. The home is entered by the child itself, as its owner.
        """
        read_end, write_end = os.pipe()
        # A child that ends at once breaks the pipe; its exit code tells more.
        with suppress(BrokenPipeError), os.fdopen(write_end, "w", encoding="utf-8") as pipe:
            with os.fdopen(read_end, "rb") as child_end:
                command = [python, "-P", "-m", "vispa_spawner.singleuser"]
                command += ["--spawn-fd", str(child_end.fileno())]
                command += ["--listen-fd", str(listener.fileno())]
                popen = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=sys.stderr,
                    stderr=sys.stderr,
                    pass_fds=(child_end.fileno(), listener.fileno()),
                    env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(identity.home)},
                    cwd="/",
                    start_new_session=True,
                    **identity.to_become_it(),
                )
            pipe.write(spawn.to_json())
        return cls(popen.pid, _created(popen.pid)), popen

    def running(self) -> bool:
        """Whether this very process still runs."""
        return self._process() is not None

    def end(self, patience: float = 10) -> None:
        """Ask it to end, wait up to `patience` seconds, then kill what is left. Blocks.

        Kernels and terminals live in sessions of their own, so the tree is noted beforehand.
        """
        process = self._process()
        if process is None:
            return
        tree = [process]
        with suppress(psutil.NoSuchProcess):  # it ends right now
            tree += process.children(recursive=True)
        _signal(process, signal.SIGTERM)
        _, left = psutil.wait_procs(tree, timeout=patience)
        for one in left:
            _signal(one, signal.SIGKILL)
        psutil.wait_procs(left, timeout=patience)

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = _created(self.pid) == self.created
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            return None
        return process if same and alive else None


def _created(pid: int) -> float:
    # The second field is the name in parentheses, in which anything may stand.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return int(fields.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")


def _signal(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):  # it ended meanwhile, which is what we want
        process.send_signal(number)
