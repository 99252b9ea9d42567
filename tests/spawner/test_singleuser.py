"""The process that becomes the server: its secret, its socket, its terminal."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vispa_spawner.credentials import Credentials
from vispa_spawner.singleuser.terminal import shell_command
from vispa_spawner.spawn_file import SpawnFile


def test_a_spawn_file_reads_back() -> None:
    credentials = Credentials("the key", "a certificate", "authorities")
    spawn = SpawnFile(
        {"A": "ü"}, "/home/x", ["--a"], "/log", "http://h/", (5, 9), credentials=credentials
    )
    assert SpawnFile.from_json(spawn.to_json()) == spawn


def test_nothing_secret_is_shown_when_a_spawn_file_is_printed() -> None:
    spawn = SpawnFile(
        {"JUPYTERHUB_API_TOKEN": "secret"}, "/home/x", credentials=Credentials("secret", "", "")
    )
    assert "secret" not in repr(spawn)


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_a_terminal_finds_the_servers_programs_and_runs_the_profile(
    shell: str, tmp_path: Path
) -> None:
    (tmp_path / ".profile").write_text("export FROM_PROFILE=yes PATH=/usr/bin:/bin\n")
    (tmp_path / "tools").mkdir()
    tool = tmp_path / "tools/condor_q"
    tool.write_text("#!/bin/sh\necho the queue, $FROM_PROFILE\n")
    tool.chmod(0o755)
    done = subprocess.run(
        shell_command(shell, f"{tmp_path}/tools:/usr/bin:/bin"),
        input="condor_q\n",
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": shell},
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert "the queue, yes" in done.stdout


def test_other_shells_are_left_alone() -> None:
    assert shell_command("/usr/bin/fish", "/opt/x:/usr/bin") == ["/usr/bin/fish", "-l"]


def test_a_job_keeps_what_htcondor_gave_it_and_counts_its_time_from_its_start(
    tmp_path: Path,
) -> None:
    spawn = SpawnFile({"VISPA_RUNTIME": "3600", "HOME": str(tmp_path)}, str(tmp_path))
    script = (
        "import os, json; from vispa_spawner.singleuser.__main__ import _enter;"
        "from vispa_spawner.spawn_file import SpawnFile;"
        f"_enter(SpawnFile.from_json({spawn.to_json()!r}));"
        "print(json.dumps(dict(os.environ)))"
    )
    began = datetime.now(UTC)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"CUDA_VISIBLE_DEVICES": "2", "OMP_NUM_THREADS": "4", "HOME": "/"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["CUDA_VISIBLE_DEVICES"], found["OMP_NUM_THREADS"]) == ("2", "4")
    assert found["HOME"] == str(tmp_path)
    assert datetime.fromisoformat(found["VISPA_ENDS"]) >= began + timedelta(hours=1)
