"""A real single-user server, started as a job starts it, beside a hub that is a stub."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.start.server import PREFIX, variables
from benchmarks.start.stub_hub import StubHub
from vispa_spawner.spawn_file import SpawnFile

LIBRARY = Path(__file__).with_name("library")
"""On the server's PYTHONPATH: what a person has installed, and what counts processes."""


@dataclass(frozen=True)
class Server:
    """A running server, and a client that shows it a token."""

    home: Path
    client: httpx.Client
    at_first: dict[str, Any] = field(repr=False)
    """What it was like when it gave its first answer; see `library/persons_extension.py`."""
    hub_heard_at_first: list[str]

    def json(self, path: str) -> Any:
        response = self.client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text}"
        return response.json()


@contextmanager
def running(home: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Start a server with `home`, which may hold settings, and end it afterwards."""
    file, log = home / "spawn.json", home / "server.log"
    with StubHub() as hub:
        spawn = SpawnFile(
            {**variables(hub, home), **environment},
            str(home),
            arguments=["--allow-root"] if os.geteuid() == 0 else [],
            report_url=hub.report_url,
        )
        file.write_text(spawn.to_json())
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "vispa_spawner.singleuser", "--spawn-file", str(file)],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(LIBRARY)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{_port(process, hub, log)}{PREFIX}"
            at_first = httpx.get(f"{url}tell", timeout=60, trust_env=False).json()
            hub_heard = list(hub.requests)
            headers = {"Authorization": "token of-somebody"}
            with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
                yield Server(home, client, at_first, hub_heard)
        finally:
            process.terminate()
            process.wait(30)


def _port(process: "subprocess.Popen[bytes]", hub: StubHub, log: Path) -> int:
    deadline = time.monotonic() + 60
    while (port := hub.reported_port(within=0.1)) is None:
        assert process.poll() is None, f"The server ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"The server reports no port:\n{log.read_text()}"
    return port
