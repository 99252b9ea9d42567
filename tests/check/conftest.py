"""`vispa check` on settings of one's own, with programs that do as they are told."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SETTINGS = """
[hub]
url = "http://127.0.0.1:{port}"
api_port = {api_port}
proxy_api_port = {proxy_api_port}
data_dir = "state"
proxy_command = ["bin/proxy"]
[accounts]
mode = "shared"
login = "none"
[groups.guests]
[login_node]
python = "bin/python"
[cluster]
enabled = false
"""

LOOKS_GOOD = """echo '{"versions": {"jupyterlab": "4.6.4"}, "missing": {}, "uncompiled": []}'"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Put a shell script into the folder of programs."""

    def write(name: str, script: str) -> Path:
        (tmp_path / "bin").mkdir(exist_ok=True)
        file = tmp_path / "bin" / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    return write


@pytest.fixture
def settings(tmp_path: Path, program: Callable[[str, str], Path]) -> Iterator[str]:
    """Give settings that are all right, for tests to spoil."""
    program("proxy", "echo 5.3.0")
    program("python", LOOKS_GOOD)  # the real one takes seconds to load
    sockets = [socket.socket() for _ in range(3)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    names = ("port", "api_port", "proxy_api_port")
    return SETTINGS.format(**dict(zip(names, ports, strict=True)))


class Report:
    """What one run of `vispa check --json` said."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.status = done.returncode
        self.report: dict[str, Any] = json.loads(done.stdout)

    def of(self, part: str, level: str) -> list[str]:
        """Give the sentences of this level about a part."""
        findings = self.report["findings"]
        return [f["text"] for f in findings if (f["part"], f["level"]) == (part, level)]

    @property
    def bad(self) -> list[str]:
        """Name the parts that do not work."""
        return [f["part"] for f in self.report["findings"] if f["level"] == "failed"]


@pytest.fixture
def vispa_check(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command on a text of settings."""

    def run(text: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "vispa.toml").write_text(text)
        command = [sys.executable, "-c", "from vispa_cli import main; main()", "check", *words]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def report(vispa_check) -> Callable[..., Report]:
    """Run the command and read its JSON."""

    def run(text: str, *words: str, **variables: str) -> Report:
        done = vispa_check(text, "--json", *words, **variables)
        assert not done.stderr, done.stderr
        return Report(done)

    return run
