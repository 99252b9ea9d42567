"""One hub that is measured: a process of its own, started, and stopped."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil

from benchmarks.condor import cpu
from benchmarks.condor.api import Api
from benchmarks.condor.setup import Setup
from benchmarks.failure import Failure
from benchmarks.figure import say
from dev import ROOT
from dev.family import die_with_parent

_CONFIG = Path(__file__).with_name("jupyterhub_config.py")
_STOPS_WITHIN = 5.0  # seconds


class Hub:
    """A hub with one of the `spawners`, in a private folder. `environment` names the pool."""

    def __init__(
        self,
        folder: Path,
        spawner: str,
        environment: Mapping[str, str],
        stand_in: Path | None = None,
        look_every: float = 0,
    ) -> None:
        """Prepare folder, ports and token; nothing runs yet. See `Setup` for the last two."""
        (folder / "homes").mkdir(parents=True)
        self.spawner = spawner
        self.setup = Setup(
            spawner=spawner,
            folder=str(folder),
            ports=_free_ports(3),
            token=secrets.token_hex(32),
            proxy=_proxy(),
            stand_in=str(stand_in or ""),
            look_every=look_every,
        )
        self.api = Api(self.setup)
        self._log = folder / "hub.log"
        self._count = folder / "started"
        self._count.touch()
        path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        own = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        own[Setup.VARIABLE] = self.setup.to_json()
        self._environment = {**os.environ, **environment, **own}

    def __enter__(self) -> Self:
        self._start()
        return self

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(_CONFIG)],
                cwd=self.setup.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask the hub to end with its proxy; kill both if they do not. Jobs stay in the queue."""
        if isinstance(error, Failure):
            say(self._last_words())
        ended = self._process.poll() is not None
        family = [] if ended else psutil.Process(self.pid).children(recursive=True)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for one in family:  # a hub that was killed leaves its proxy
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.api.close()

    def wait_until_it_answers(self) -> None:
        """Return when servers can be asked for; `Failure` when the hub ended."""
        while True:
            if self._process.poll() is not None:
                raise Failure(f"The hub with {self.spawner} did not start.")
            try:
                self.api.get("/")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return

    def kill_and_restart(self) -> None:
        """Kill the hub and its proxy, like a machine that fails, and start both again."""
        proxy = psutil.Process(int(Path(self.setup.folder, "proxy.pid").read_text()))
        self._process.kill()
        self._process.wait()
        # A new hub would end the proxy of the old one, but we are now its parent: until we have
        # waited for it, it seems to run on.
        proxy.kill()
        proxy.wait()
        self._start()
        self.wait_until_it_answers()

    @property
    def pid(self) -> int:
        """The process of the hub; its proxy is a child of it."""
        return self._process.pid

    def processes_started(self) -> int:
        """Return how many processes the hub has started so far."""
        return self._count.stat().st_size

    def cpu_seconds(self) -> float:
        """Return what hub, proxy and all that the hub started have used; jobs are not below it."""
        return cpu.of_tree(psutil.Process(self.pid))

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-15:]
        log = "\n".join(f"    {line}" for line in lines)
        return f"The end of the log of the hub with {self.spawner}:\n{log}"


@contextmanager
def running(*hubs: Hub) -> Iterator[None]:
    """Run these hubs for as long as the block lasts."""
    say(f"Starting a hub with {' and one with '.join(hub.spawner for hub in hubs)}")
    with ExitStack() as stack:
        for hub in hubs:
            stack.enter_context(hub)
        for hub in hubs:
            hub.wait_until_it_answers()
        yield


def _proxy() -> str:
    found = shutil.which("configurable-http-proxy", path=str(ROOT / "node_modules/.bin"))
    found = found or shutil.which("configurable-http-proxy")
    if found is None:
        raise Failure("There is no configurable-http-proxy here. Install it with `make bootstrap`.")
    return found


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [one.getsockname()[1] for one in sockets]
