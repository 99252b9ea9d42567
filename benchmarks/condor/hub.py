"""One hub that is measured: a process of its own, started, asked for servers, and stopped."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from benchmarks.condor.setup import Setup
from benchmarks.failure import Failure
from dev import ROOT
from dev.family import die_with_parent

_CONFIG = Path(__file__).with_name("jupyterhub_config.py")
_STOPS_WITHIN = 20.0  # seconds, for the hub and its servers


class Hub:
    """A hub with one of the `spawners`, in a private folder. `environment` names the pool."""

    def __init__(self, folder: Path, spawner: str, environment: Mapping[str, str]) -> None:
        """Prepare folder, ports and token; nothing runs yet."""
        (folder / "homes").mkdir(parents=True)
        self.spawner = spawner
        self.setup = Setup(
            spawner=spawner,
            folder=str(folder),
            ports=_free_ports(3),
            token=secrets.token_hex(32),
            proxy=_proxy(),
        )
        self._log = folder / "hub.log"
        self._count = folder / "started"
        self._count.touch()
        path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        own = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(folder), Setup.VARIABLE: ""}
        self._environment = {**os.environ, **environment, **own}
        self._environment[Setup.VARIABLE] = self.setup.to_json()
        self._api = httpx.Client(
            base_url=f"http://127.0.0.1:{self.setup.ports[1]}/hub/api",
            headers={"Authorization": f"token {self.setup.token}"},
            timeout=300,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
        )

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
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
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask the hub to end with its proxy and servers; kill it when it does not."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._api.close()

    def wait_until_it_answers(self) -> None:
        """Return when servers can be asked for; `Failure` when the hub ended."""
        while True:
            if self._process.poll() is not None:
                raise Failure(f"The hub with {self.spawner} did not start. {self._last_words()}")
            try:
                if self._api.get("/").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)

    def start_servers(self, users: Sequence[str]) -> float:
        """Start a server for each at once; return the seconds until the last was ready."""
        for user in users:
            Path(self.setup.home_of(user)).mkdir(mode=0o700)
            self._request("POST", user, "")
        began = time.monotonic()
        self._for_each("POST", users)
        return time.monotonic() - began

    def stop_servers(self, users: Sequence[str]) -> None:
        """Stop these servers and return when they have ended."""
        self._for_each("DELETE", users)

    def processes_started(self) -> int:
        """Return how many processes the hub has started so far."""
        return self._count.stat().st_size

    def _for_each(self, method: str, users: Sequence[str]) -> None:
        threads = ThreadPoolExecutor(len(users))
        try:
            list(threads.map(lambda user: self._request(method, user, "/server"), users))
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # the hub's end ends them

    def _request(self, method: str, user: str, what: str) -> None:
        """Ask the hub, which answers when it is done (see `configure`)."""
        response = self._api.request(method, f"/users/{user}{what}")
        if response.status_code not in {201, 204}:
            raise Failure(
                f"{method} of {user}{what} failed with {self.spawner}: {response.text[:300]} "
                f"({response.status_code}). {self._last_words()}"
            )

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-15:]
        return "The end of its log:\n" + "\n".join(f"    {line}" for line in lines)


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
