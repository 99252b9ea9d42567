"""Pools as an ordinary person runs them, whoever runs the tests."""

import os
import pwd
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .people import Person, folder_of, new_account

# One download for all runs.
os.environ.setdefault("VISPA_CACHE", str(Path(__file__).parents[2] / ".cache"))


@pytest.fixture(scope="session")
def accounts() -> Iterator[list[pwd.struct_passwd]]:
    """Two ordinary accounts as root, else just our own."""
    if os.geteuid() != 0:
        yield [pwd.getpwuid(os.geteuid())]
        return
    with new_account("vispa-pool-a") as first, new_account("vispa-pool-b") as second:
        yield [first, second]


@pytest.fixture
def person(accounts: list[pwd.struct_passwd]) -> Iterator[Person]:
    account = accounts[0]
    with folder_of(account) as folder:
        yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)


@pytest.fixture
def started(person: Person) -> Iterator[Callable[..., Path]]:
    """Start pools by name (as the person) and stop them at the end."""
    folders: list[Path] = []

    def start(name: str = "pool", *options: str) -> Path:
        folder = person.folder / name
        folders.append(folder)
        command = ["vispa", "pool", "start", "--dir", str(folder), "--cores", "64"]
        done = person.run(*command, "--memory", "20000", *options)
        assert done.returncode == 0, done.stderr
        return folder

    yield start
    for folder in folders:
        assert person.run("vispa", "pool", "stop", "--dir", str(folder)).returncode == 0


@pytest.fixture
def use(person: Person) -> Callable[[Path], dict[str, str]]:
    """Return the variables `vispa pool env` prints for a running pool."""

    def variables(folder: Path) -> dict[str, str]:
        script = f'eval "$(vispa pool env --dir {folder})" && echo "$CONDOR_CONFIG" && echo "$PATH"'
        done = person.run("sh", "-c", script)
        assert done.returncode == 0, done.stderr
        config, path = done.stdout.splitlines()
        return {"CONDOR_CONFIG": config, "PATH": path}

    return variables
