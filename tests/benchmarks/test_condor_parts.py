"""What the figures of `python -m benchmarks condor` rest on: counting, timing, and the stand-in."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from benchmarks.condor import cpu, steady
from benchmarks.condor.schedd import Schedd
from benchmarks.condor.stand_in import REPORTED, install
from vispa_spawner.spawn_file import SpawnFile

_BURN = "import time\nwhile time.process_time() < 0.5: pass\n"
_TOKEN = "a-token-of-the-test"


def test_requests_go_on_while_the_first_one_hangs() -> None:
    """Else a hub that stands still would be asked once, and look quick."""
    asked, alone = [], []
    go_on = threading.Event()

    def request() -> None:
        asked.append(time.monotonic())
        if len(asked) == 10:
            go_on.set()
        if not go_on.wait(20):
            alone.append(asked[0])
            go_on.set()

    assert len(steady.latencies(request, rate=100, seconds=0.1)) == 10
    assert alone == []


def test_p99_is_what_one_in_a_hundred_exceeds() -> None:
    assert steady.p99([0.0] * 985 + [7.0] * 15) == 7.0
    assert steady.p99([0.0] * 995 + [7.0] * 5) == 0.0


def test_a_failed_request_is_not_a_quick_one() -> None:
    def request() -> None:
        raise httpx.ConnectError("no hub")

    with pytest.raises(httpx.ConnectError):
        steady.latencies(request, rate=100, seconds=0.02)


def test_cpu_of_ended_grandchildren_counts() -> None:
    before = cpu.of_tree(psutil.Process())
    shell = [sys.executable, "-c", f"import subprocess, sys; subprocess.run({burning()!r})"]
    subprocess.run(shell, check=True)
    assert cpu.of_tree(psutil.Process()) - before >= 0.45


def test_cpu_below_a_process_that_is_left_out_does_not_count() -> None:
    with subprocess.Popen([*burning(), "-"], stdin=subprocess.PIPE) as other:
        wait_for_cpu(other.pid)
        without = cpu.of_everything_but([other.pid])
        everything = cpu.of_everything_but([])
        other.communicate(b"")
        assert everything - without >= 0.4  # the clock has steps of 0.01 s


def burning() -> list[str]:
    """Return a command that uses half a second of CPU; with one more word, it then waits."""
    return [sys.executable, "-c", f"{_BURN}import sys\nif sys.argv[1:]: sys.stdin.read()"]


def wait_for_cpu(pid: int) -> None:
    while sum(psutil.Process(pid).cpu_times()[:2]) < 0.45:
        time.sleep(0.02)


def test_queries_are_those_that_ask_for_jobs(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log/SchedLog").write_text(
        "".join(
            f"Calling HandleReq <x> (0) for command {name} from a@b <127.0.0.1:1>\n"
            for name in (
                "516 (QUERY_JOB_ADS)",
                "519 (QUERY_JOB_ADS_WITH_AUTH)",
                "1112 (QMGMT_WRITE_CMD)",
                "478 (ACT_ON_JOBS)",
                "416 (NEGOTIATE)",
            )
        )
    )
    assert Schedd(tmp_path, {}).queries() == 2


class ReceivesReports(BaseHTTPRequestHandler):
    """A hub as far as a report goes."""

    got: tuple[str, str | None, Any] | None = None

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).got = (self.path, self.headers["Authorization"], body)
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def reported(command: list[str], folder: Path, api: str = "") -> Iterator[tuple[str, Any]]:
    """Start a stand-in and yield the path and the body of its report."""
    ReceivesReports.got = None
    with HTTPServer(("127.0.0.1", 0), ReceivesReports) as hub:
        url = f"http://127.0.0.1:{hub.server_port}/hub/api"
        if not api:
            spawn = SpawnFile(
                {"JUPYTERHUB_API_TOKEN": _TOKEN}, str(folder), report_url=f"{url}/x/port"
            )
            (folder / "spawn.json").write_text(spawn.to_json())
        environment = {"JUPYTERHUB_API_TOKEN": _TOKEN, "JUPYTERHUB_API_URL": url} if api else {}
        environment = {**os.environ, "HOME": str(folder), **environment}
        with subprocess.Popen(command, cwd=folder, env=environment) as process:
            try:
                hub.handle_request()
                assert ReceivesReports.got is not None
                path, authorization, body = ReceivesReports.got
                assert authorization == f"token {_TOKEN}"
                noted = folder / REPORTED
                assert json.loads(noted.read_text())["token"] == _TOKEN
                assert noted.stat().st_mode & 0o077 == 0
                yield path, body
            finally:
                process.kill()


def test_the_stand_in_reads_our_spawn_file_reports_and_answers_like_a_server(
    tmp_path: Path,
) -> None:
    ours = [str(install(tmp_path)), "-P", "-m", "vispa_spawner.singleuser"]
    with reported([*ours, "--spawn-file", "spawn.json"], tmp_path) as (path, body):
        assert path == "/hub/api/x/port"
        assert not (tmp_path / "spawn.json").exists()
        answer = httpx.get(f"http://127.0.0.1:{body['port']}/user/someone/api", trust_env=False)
        assert answer.status_code == 200
        assert answer.headers["X-JupyterHub-Version"] == version("jupyterhub")


def test_the_stand_in_reports_to_batchspawner_as_well(tmp_path: Path) -> None:
    command = [str(install(tmp_path)), "jupyterhub-singleuser"]
    with reported(command, tmp_path, api="batchspawner") as (path, body):
        assert path == "/hub/api/batchspawner"
        assert set(body) == {"port"}
