"""The private folder of a job."""

import os
import stat
from pathlib import Path

import pytest

from vispa_htcondor import spool


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    os.umask(0)
    try:
        spool.prepare(tmp_path / "servers/one", {"spawn.json": "secret"}, keep=3)
    finally:
        os.umask(0o022)
    assert mode(tmp_path / "servers/one") == 0o700
    assert mode(tmp_path / "servers/one/spawn.json") == 0o600


def test_a_file_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        spool.prepare(tmp_path / "one", {"spawn.json": "secret"}, keep=3)


def test_old_folders_make_room(tmp_path: Path) -> None:
    for number in range(6):
        spool.prepare(tmp_path / f"job-{number}", {}, keep=3)
        os.utime(tmp_path / f"job-{number}", (number, number))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job-2", "job-3", "job-4", "job-5"]


def test_the_tail_of_a_large_log_is_short(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\xff" + b"x" * 10_000_000 + b"\nlast\n")
    assert spool.tail(tmp_path, "log", 1) == "last"
    assert len(spool.tail(tmp_path, "log", 5)) < 70_000
    assert spool.tail(tmp_path, "none", 5) == ""


def test_forgetting_twice_is_fine(tmp_path: Path) -> None:
    spool.prepare(tmp_path / "job", {"a": "1", "b": "2"}, keep=1)
    spool.forget(tmp_path / "job", ["a", "none"])
    spool.forget(tmp_path / "job", ["a"])
    assert [path.name for path in (tmp_path / "job").iterdir()] == ["b"]
    spool.discard(tmp_path / "job")
    spool.discard(tmp_path / "job")


def test_what_cannot_be_written_whole_is_not_left_half(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spool.prepare(tmp_path / "job", {"spawn.json": "secret", "no/such": "x"}, keep=1)
    assert list(tmp_path.iterdir()) == []
