"""Ordinary accounts, whoever runs the tests, and a look at the processes of their pools."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from vispa_htcondor.pool import record


@dataclass(frozen=True)
class Person:
    """An ordinary account, and a folder of its own."""

    name: str
    uid: int
    gid: int
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "USER": self.name,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "VISPA_CACHE": os.environ["VISPA_CACHE"],
            **more,
        }

    def identity(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment(**more),
            cwd=self.folder,
            capture_output=True,
            text=True,
            errors="replace",  # what others put into the queue need not be text
            check=False,
            timeout=120,
            **self.identity(),
        )

    def python(self, code: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-c", code, **more)

    def popen(self, *command: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=self.environment(**more),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.identity(),
        )

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        os.chown(path, self.uid, self.gid)
        return path


@contextlib.contextmanager
def new_account(name: str, *options: str) -> Iterator[pwd.struct_passwd]:
    """Create an account unless it is there, and remove it afterwards if it was created."""
    try:
        yield pwd.getpwnam(name)
        return
    except KeyError:
        subprocess.run(["useradd", "--no-create-home", *options, name], check=True)
    try:
        yield pwd.getpwnam(name)
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)


@contextlib.contextmanager
def folder_of(account: pwd.struct_passwd) -> Iterator[Path]:
    """Make a folder in /tmp, short and reachable for everybody; pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="vispa-pool-", dir="/tmp"))
    folder.chmod(0o755)
    os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def family(folder: Path) -> list[psutil.Process]:
    """List the processes of the pool that runs in `folder`, its supervisor first."""
    running = record.load(folder)
    assert running is not None
    supervisor = psutil.Process(running.supervisor.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def survivors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run; a zombie has ended."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
