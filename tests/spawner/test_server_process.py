"""A server's process: started whole, found again whatever the clock says, ended."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vispa_htcondor.identity import Identity
from vispa_spawner.login_node.process import ServerProcess
from vispa_spawner.spawn_file import SpawnFile


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def program(folder: Path, text: str) -> str:
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_a_process_that_ends_before_it_reads_is_an_exit_code(
    listener: socket.socket, tmp_path: Path
) -> None:
    spawn = SpawnFile({"A": "x" * 500_000}, "/")
    process, popen = ServerProcess.start(
        program(tmp_path, "exit 3"), Identity.current(), spawn, listener
    )
    assert popen.wait(10) == 3
    assert not process.running()


def test_a_process_is_known_by_the_time_since_the_boot(
    listener: socket.socket, tmp_path: Path
) -> None:
    process, popen = ServerProcess.start(
        program(tmp_path, "exec sleep 60"), Identity.current(), SpawnFile({}, "/"), listener
    )
    assert 0 < process.created <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert ServerProcess(process.pid, process.created).running()
    assert not ServerProcess(process.pid, process.created - 1).running()
    process.end()
    assert popen.poll() is not None
    assert not process.running()
    process.end()  # once more is fine


def test_no_descriptor_of_a_failed_start_is_left(listener: socket.socket, tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        ServerProcess.start(
            str(tmp_path / "none"), Identity.current(), SpawnFile({}, "/"), listener
        )
    assert len(list(Path("/dev/fd").iterdir())) == before
