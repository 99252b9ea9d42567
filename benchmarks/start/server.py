"""One single-user server, started and measured until it answers for the first time."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.failure import Failure
from benchmarks.start.stub_hub import StubHub
from dev.family import die_with_parent
from vispa_spawner.spawn_file import SpawnFile

PREFIX = "/user/somebody/"
_ANSWERS_WITHIN = 60.0  # seconds
_BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Start:
    """What it took until the server answered."""

    cpu: float
    """Seconds of CPU, the processes included that it started and waited for."""
    wall: float
    """Seconds."""
    memory: float
    """Resident memory when it answered, in MB."""


def start_ours(hub: StubHub, home: Path) -> Start:
    """Start as an HTCondor job does: with a spawn file, and the port is reported."""
    file = home / "spawn.json"
    spawn = SpawnFile(variables(hub, home), str(home), report_url=hub.report_url)
    file.write_text(spawn.to_json())
    command = [sys.executable, "-P", "-m", "vispa_spawner.singleuser", "--spawn-file", str(file)]
    return _measure(command, {"PATH": os.environ["PATH"]}, home, hub, None)


def start_peer(hub: StubHub, home: Path) -> Start:
    """Start `jupyterhub-singleuser` on a port chosen beforehand, as other spawners do."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = variables(hub, home)
    environment["JUPYTERHUB_SERVICE_URL"] = f"http://127.0.0.1:{port}{PREFIX}"
    environment["PATH"] = f"{_BIN}{os.pathsep}{os.environ['PATH']}"
    return _measure([str(_BIN / "jupyterhub-singleuser")], environment, home, hub, port)


def variables(hub: StubHub, home: Path) -> dict[str, str]:
    """Return what a hub and a login would put into the environment."""
    return {
        "HOME": str(home),
        "USER": "somebody",
        "SHELL": "/bin/sh",
        "LANG": "C.UTF-8",
        "JUPYTERHUB_USER": "somebody",
        "JUPYTERHUB_API_URL": hub.api_url,
        "JUPYTERHUB_ACTIVITY_URL": f"{hub.api_url}/users/somebody/activity",
        "JUPYTERHUB_API_TOKEN": "no-secret",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-somebody",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_SERVER_NAME": "",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": '["access:servers!server=somebody/"]',
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": '["access:servers!server=somebody/"]',
    }


def _measure(
    command: Sequence[str], environment: dict[str, str], home: Path, hub: StubHub, port: int | None
) -> Start:
    log = home / "log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        _wait_for_answer(process, hub, port, log)
        wall = time.monotonic() - began
        memory = _resident_mb(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = -signal.SIGKILL
    return Start(usage.ru_utime + usage.ru_stime, wall, memory)


def _wait_for_answer(
    process: "subprocess.Popen[bytes]", hub: StubHub, port: int | None, log: Path
) -> None:
    deadline = time.monotonic() + _ANSWERS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        if port is None:
            port = hub.reported_port(within=0.1)
        elif _answers(port, deadline - time.monotonic()):
            return
        else:
            time.sleep(0.01)
    raise Failure(f"The server did not answer. Its log:\n{log.read_text(errors='replace')[-3000:]}")


def _answers(port: int, patience: float) -> bool:
    """Whether the server listens; if so, wait for its answer, which must be a good one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=max(patience, 0.1))
    try:
        connection.request("GET", f"{PREFIX}api")
        return connection.getresponse().status == 200
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
