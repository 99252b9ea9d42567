"""The whole of `python -m benchmarks condor`, as short as it can be: real hubs, small servers."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.pool
def test_a_quick_run_gives_every_figure_and_leaves_nothing() -> None:
    folders = set(Path("/tmp").glob("vispa-bench-*"))
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "condor", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    figures = {figure["name"]: figure for figure in map(json.loads, run.stdout.splitlines())}
    assert list(figures) == [
        "spawner_1",
        "spawner_1_cpu",
        "spawner_2",
        "spawner_2_cpu",
        "watch_3_processes",
        "watch_3_queries",
        "watch_3_hub_cpu",
        "watch_20_hub_cpu",
        "watch_20_stamped_hub_cpu",
        "frozen_schedd_p99",
        "frozen_schedd_lost_servers",
    ]
    for figure in figures.values():
        assert figure["peer_name"]
        assert figure["unit"]
    # What is counted, and does not depend on how fast the machine is:
    assert figures["watch_3_processes"]["ours"] == 0
    assert figures["watch_3_processes"]["peer"] > 0
    assert figures["watch_3_queries"]["ours"] > 0
    assert figures["watch_3_queries"]["peer"] > 0
    assert figures["frozen_schedd_lost_servers"]["ours"] == 0

    assert set(Path("/tmp").glob("vispa-bench-*")) <= folders
    assert "Had to kill" not in run.stderr
    mine = [one for one in psutil.Process().children(recursive=True) if one.is_running()]
    assert mine == []
