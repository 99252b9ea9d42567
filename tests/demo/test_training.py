"""The sample training learns, shows that it does, and runs as a job without a change."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import ROOT
from tests.pool.people import Person

TRAIN = ROOT / "demo/training/train.py"
PNG = b"\x89PNG\r\n\x1a\n"


def test_it_learns_and_writes_its_results(tmp_path: Path) -> None:
    done = train("--quick", "--learning-rate", "0.1", "--output", str(tmp_path / "result"))
    epochs = [line for line in done.stdout.splitlines() if line.startswith("epoch")]
    assert len(epochs) == 10
    metrics = json.loads((tmp_path / "result/metrics.json").read_text())
    assert metrics["parameters"]["learning_rate"] == 0.1
    assert metrics["final"] == metrics["history"][-1]
    assert metrics["final"]["accuracy"] > 0.95
    assert metrics["final"]["loss"] < metrics["history"][0]["loss"]
    assert (tmp_path / "result/loss.png").read_bytes().startswith(PNG)


def test_each_line_appears_when_it_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, TRAIN, "--epochs", "20", "--points", "140000", "--output", tmp_path]
    buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=buffered) as process:
        assert process.stdout
        seen = [process.stdout.readline() for _ in range(2)]
        process.kill()
        rest = process.stdout.read()
    assert seen[1].startswith("epoch   1/20")
    assert "Done" not in rest, "all lines came together, at the end"


def test_without_matplotlib_there_is_no_plot_but_a_result(tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('no matplotlib here')")
    done = train("--quick", "--output", str(tmp_path), PYTHONPATH=str(tmp_path))
    assert "No plot: no matplotlib here" in done.stdout
    assert (tmp_path / "metrics.json").exists()
    assert not (tmp_path / "loss.png").exists()


@pytest.mark.pool
def test_plain_condor_submit_runs_it_on_the_cluster(person: Person) -> None:
    pool = ["--dir", str(person.folder / "pool")]
    started = person.run("vispa", "pool", "start", *pool)
    assert started.returncode == 0, started.stderr
    try:
        script = (
            f'eval "$(vispa pool env {" ".join(pool)})" && cd training && '
            "condor_submit train.sub rate=0.2 epochs=3 && condor_wait -wait 90 train.log; "
            "condor_q -hold; condor_history -l"
        )
        job = person.run("sh", "-c", script, VISPA_SECRET="not for the job")
        result = person.folder / "training/result/metrics.json"
        assert result.exists(), job.stdout + job.stderr
        metrics = json.loads(result.read_text())
        assert metrics["parameters"]["learning_rate"] == 0.2
        assert metrics["parameters"]["epochs"] == 3
        assert "epoch   3/3" in (person.folder / "training/train.out").read_text()
        assert "Traceback" not in (person.folder / "training/train.err").read_text()
        assert "RequestMemory = 500" in job.stdout
        assert "not for the job" not in job.stdout, "everybody can read a job's environment"
    finally:
        person.run("vispa", "pool", "stop", *pool)


def train(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, TRAIN, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
