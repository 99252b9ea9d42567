"""A whole VISPA: a personal pool, a hub behind its proxy, and what tests ask of them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.pool.people import Person, wait_for
from vispa_htcondor.pool.debian import DEFAULT_SUITE

ROOT = Path(__file__).parents[2]
SUITE = os.environ.get("VISPA_TEST_SUITE", DEFAULT_SUITE)
"""Debian's suite whose HTCondor the hubs of the tests use, if the machine has none."""
PROXY = ROOT / "node_modules/.bin/configurable-http-proxy"
API_TOKEN = "a-token-of-the-tests-and-of-nobody-else"
PASSWORD = "everybody knows this"

_EXTRA_CONFIG = f"""
c.JupyterHub.services = [{{"name": "tests", "api_token": "{API_TOKEN}"}}]
c.JupyterHub.load_roles = [{{
    "name": "tests",
    "scopes": ["admin:users", "admin:servers", "access:servers", "tokens", "groups",
               "admin:server_state", "read:metrics"],
    "services": ["tests"],
}}]


def without_python(spawner):
    if spawner.user.name == "lost":
        spawner.cluster_python = "/nowhere/bin/python"


c.Spawner.pre_spawn_hook = without_python
"""


@dataclass
class Site:
    """One hub and its pool, run by `person`. `tables` is the site's part of vispa.toml."""

    person: Person
    tables: str
    ports: list[int]
    pool_cores: int = 16
    environment: dict[str, str] = field(default_factory=dict)
    hub_table: str = ""
    """More keys of the table [hub]."""
    extra_config: str = ""
    """More configuration of JupyterHub."""
    hub: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def folder(self) -> Path:
        return self.person.folder

    @property
    def log(self) -> str:
        return (self.folder / "hub.log").read_text()

    def start(self) -> None:
        """Start the pool if it does not run, then the hub, and wait until it answers."""
        pool = self.folder / "pool"
        size = ["--cores", str(self.pool_cores), "--memory", "32000M", "--suite", SUITE]
        done = self.person.run("vispa", "pool", "start", "--dir", str(pool), *size)
        assert done.returncode == 0, done.stderr
        bin_folder = self.person.run("vispa", "pool", "env", "--dir", str(pool)).stdout
        for line in bin_folder.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"").replace("$PATH", os.environ["PATH"])
        self.start_hub()

    def start_hub(self) -> None:
        self.person.write("vispa.toml", self._settings())
        self.person.write("password", PASSWORD + "\n").chmod(0o600)
        (self.folder / "jupyterhub_config.d").mkdir(exist_ok=True)
        self.person.write("jupyterhub_config.d/tests.py", _EXTRA_CONFIG + self.extra_config)
        with (self.folder / "hub.log").open("ab") as log:
            self.hub = subprocess.Popen(
                [Path(sys.executable).with_name("vispa"), "hub"],
                cwd=self.folder,
                env=self.person.environment(**self.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.person.identity(),
            )
        wait_for(self._answers)

    def _settings(self) -> str:
        return f"""
[hub]
name = "VISPA test"
url = "{self.url}"
api_port = {self.ports[1]}
proxy_api_port = {self.ports[2]}
proxy_command = ["{PROXY}"]
{self.hub_table}
[cluster]
poll_interval = "2s"
condor_config = "{self.folder}/pool/condor_config"
{self.tables}
"""

    def _answers(self) -> bool:
        assert self.hub is not None
        assert self.hub.poll() is None, self.log
        try:
            return self.api("GET", "/").status_code == 200
        except httpx.TransportError:
            return False

    def stop_hub(self, number: int = signal.SIGTERM) -> None:
        """End the hub; a killed one leaves its proxy, like a crash does."""
        assert self.hub is not None
        self.hub.send_signal(number)
        self.hub.wait(60)

    def stop(self) -> None:
        """Stop all servers, the hub and the pool."""
        self.stop_servers()
        self.stop_hub()
        self.person.run("vispa", "pool", "stop", "--dir", str(self.folder / "pool"))
        for process in psutil.process_iter(["cmdline"]):  # services of hubs that were killed
            if any(f"{self.folder}/state" in word for word in process.info["cmdline"] or []):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.terminate()

    def api(
        self, method: str, path: str, body: Any = None, token: str = API_TOKEN
    ) -> httpx.Response:
        return httpx.request(
            method,
            f"{self.url}/hub/api{path}",
            json=body,
            headers={"Authorization": f"token {token}"},
            timeout=60,
        )

    def add_user(self, name: str, group: str) -> None:
        """Bring a person into the hub the way a first login does."""
        self.api("POST", f"/users/{name}")
        self.api("POST", f"/groups/{group}")
        self.api("POST", f"/groups/{group}/users", {"users": [name]})

    def request_server(self, user: str, **options: Any) -> httpx.Response:
        return self.api("POST", f"/users/{user}/server", {"user_options": options})

    def server(self, user: str) -> dict[str, Any] | None:
        servers: dict[str, Any] = self.api("GET", f"/users/{user}").json()["servers"]
        return servers.get("")

    def start_server(self, user: str, **options: Any) -> dict[str, Any]:
        """Start a server and wait until it is ready."""
        response = self.request_server(user, **options)
        assert response.status_code in (201, 202), response.text

        def ready() -> bool:
            server = self.server(user)
            assert server is not None, self.log[-3000:]
            return bool(server["ready"])

        wait_for(ready, 120)
        server = self.server(user)
        assert server is not None
        return server

    def stop_server(self, user: str) -> None:
        """Stop a server, pending or not, and wait until the hub has forgotten it."""
        self.api("DELETE", f"/users/{user}/server")
        wait_for(lambda: self.server(user) is None)

    def stop_servers(self) -> None:
        """Stop everybody's servers, also those that a test left behind when it failed."""
        for user in self.api("GET", "/users").json():
            if user["servers"]:
                self.stop_server(user["name"])

    def progress(self, user: str, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield the events of a start as a browser sees them, for so long at the most."""
        deadline = time.monotonic() + seconds
        headers = {"Authorization": f"token {API_TOKEN}"}
        url = f"{self.url}/hub/api/users/{user}/server/progress"
        with (
            contextlib.suppress(httpx.ReadTimeout),
            httpx.stream("GET", url, headers=headers, timeout=seconds) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))
                if time.monotonic() > deadline:
                    return

    def condor(self, *command: str) -> str:
        """Run one of HTCondor's tools and return its output."""
        done = self.person.run(*command, **self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def queue(self) -> list[dict[str, Any]]:
        """Return the whole ads of all jobs in the queue."""
        jobs: list[dict[str, Any]] = json.loads(self.condor("condor_q", "-all", "-json") or "[]")
        return jobs

    def servers_of(self, user: str) -> list[dict[str, Any]]:
        """Return the jobs in the queue that are this person's servers."""
        return [job for job in self.queue() if job.get("VispaUser") == user]

    def farewell(self, user: str) -> str:
        """Return what the hub remembers of how the person's last server ended."""
        model = self.api("GET", f"/users/{user}?include_stopped_servers=1").json()
        return str(model["servers"][""]["state"].get("farewell", ""))

    def metric(self, name: str) -> float:
        """Return one of the hub's figures for Prometheus, summed over its labels."""
        answer = httpx.get(
            f"{self.url}/hub/metrics", headers={"Authorization": f"token {API_TOKEN}"}
        )
        samples = [line.split() for line in answer.text.splitlines() if not line.startswith("#")]
        values = [float(words[-1]) for words in samples if words[0].split("{")[0] == name]
        assert values, f"no figure of the name {name}"
        return sum(values)

    def proxy(self) -> psutil.Process:
        """Return the process of the proxy, which outlives a hub that is killed."""
        return psutil.Process(int((self.folder / "state/proxy.pid").read_text()))

    def daemon(self, name: str) -> psutil.Process:
        """Return the process of one of the pool's daemons."""
        [process] = [
            process
            for process in psutil.process_iter(["name", "environ"])
            if process.info["name"] == name
            and str(self.folder) in (process.info["environ"] or {}).get("CONDOR_CONFIG", "")
        ]
        return process

    @contextlib.contextmanager
    def frozen(self, daemon: str) -> Iterator[None]:
        """Freeze one of the pool's daemons for as long as the block lasts."""
        process = self.daemon(daemon)
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)


def free_range(count: int) -> int:
    """Return the first of so many free ports in a row."""
    for low in range(22000, 30000, count):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(low, low + count):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return low
    raise AssertionError("no free ports")


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on at the moment."""
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [one.getsockname()[1] for one in sockets]
