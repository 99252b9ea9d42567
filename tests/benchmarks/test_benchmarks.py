"""What comes out of `python -m benchmarks`: figures as lines of JSON, and nothing left behind."""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import BENCHMARKS
from benchmarks.condor.counting import count_processes
from benchmarks.failure import Failure, within
from benchmarks.figure import Figure

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_figure_is_one_line_of_json() -> None:
    line = Figure("spawn_1", 2.00049, 8.0, "peer 1.0", "s").line()
    assert "\n" not in line
    assert json.loads(line) == {
        "name": "spawn_1",
        "ours": 2.0,
        "peer": 8.0,
        "peer_name": "peer 1.0",
        "unit": "s",
        "ratio": 0.25,
    }


def test_the_ratio_is_of_what_was_measured_not_of_what_is_shown() -> None:
    assert json.loads(Figure("tiny", 0.0004, 0.0016, "peer", "s").line())["ratio"] == 0.25


def test_a_peer_that_took_nothing_gives_no_ratio() -> None:
    assert json.loads(Figure("forks", 3, 0, "peer", "processes").line())["ratio"] is None


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_exists_and_is_listed(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").measure)
    assert name in benchmarks("--help").stdout


def test_an_unknown_benchmark_is_named_with_the_known_ones() -> None:
    done = benchmarks("no-such-thing")
    assert done.returncode == 2
    assert done.stdout == ""
    for word in ("no-such-thing", *BENCHMARKS):
        assert word in done.stderr


@pytest.fixture
def handlers() -> Iterator[None]:
    """Give the signals back afterwards that a benchmark takes."""
    numbers = (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_a_benchmark_that_takes_too_long_is_ended_with_a_sentence() -> None:
    with pytest.raises(Failure, match=r"longer than 0\.001 minutes"), within(0.001):
        signal.pause()


@pytest.mark.usefixtures("handlers")
def test_an_interrupted_benchmark_is_ended_with_a_sentence() -> None:
    with pytest.raises(Failure, match="interrupted"), within(1):
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.usefixtures("handlers")
def test_no_alarm_goes_off_after_the_end() -> None:
    with within(1):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_every_started_process_is_counted_once(tmp_path: Path) -> None:
    """In a process of its own, for an audit hook stays for ever."""
    count = tmp_path / "started"
    count.touch()
    program = f"""
import asyncio, os, subprocess
from pathlib import Path
from {count_processes.__module__} import count_processes
subprocess.run(["true"])
count_processes(Path({str(count)!r}))
subprocess.run(["true"])
async def shell():
    await (await asyncio.create_subprocess_shell("true")).wait()
asyncio.run(shell())
if os.fork() == 0:
    os._exit(0)
os.wait()
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    assert count.stat().st_size == 3
