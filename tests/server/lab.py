"""A real JupyterLab of the installed environment, with settings and files of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TOKEN = "a-token-of-the-tests-and-of-nobody-else"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, and a client that is logged in."""

    url: str
    folder: Path
    client: httpx.Client

    @property
    def login_url(self) -> str:
        return f"{self.url}/lab?token={TOKEN}"

    @property
    def log(self) -> str:
        return (self.folder / "lab.log").read_text()


@contextmanager
def running_lab(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Lab]:
    """Start JupyterLab in `folder` with `environment` on top of this one; end it afterwards."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    home = folder / "home"
    home.mkdir()
    arguments = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    arguments += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={home}"]
    arguments += ["--allow-root"] if os.geteuid() == 0 else []
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments],
            cwd=home,
            env=_environment(home) | dict(environment or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    client = httpx.Client(
        base_url=url,
        headers={"Authorization": f"token {TOKEN}"},
        timeout=30,
        trust_env=False,
        follow_redirects=True,
    )
    lab = Lab(url, folder, client)
    try:
        _wait_until_it_answers(lab, server)
        yield lab
    finally:
        client.close()
        server.terminate()
        server.wait(30)


def _environment(home: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "VISPA_", "_CONDOR_"))
    }
    return inherited | {"HOME": str(home), "JUPYTER_TOKEN": TOKEN}


def _wait_until_it_answers(lab: Lab, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while True:
        assert server.poll() is None, f"JupyterLab ended at once:\n{lab.log}"
        assert time.monotonic() < deadline, f"JupyterLab did not answer:\n{lab.log}"
        try:
            if lab.client.get("/api/status").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
