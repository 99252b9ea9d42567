"""Real pools, set up well and badly, of an account that may submit."""

import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.pool.people import Person, folder_of, new_account

START = """
import sys
from pathlib import Path
from vispa_htcondor.pool import Pool
Pool(Path(sys.argv[1]), cores=4, memory_mb=4000, extra_config=sys.argv[2]).start()
"""

RunningPool = Callable[[str], AbstractContextManager[Path]]


@pytest.fixture(scope="session")
def person() -> Iterator[Person]:
    """Give an account that may have a pool: root's jobs would need more accounts."""
    if os.geteuid():
        account = pwd.getpwuid(os.geteuid())
        with folder_of(account) as folder:
            yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
        return
    with new_account("vispa-doctor") as account, folder_of(account) as folder:
        yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)


@pytest.fixture(scope="session")
def running_pool(person: Person) -> RunningPool:
    """Run a pool with these lines added to its configuration."""
    count = iter(range(100))

    @contextmanager
    def run(extra: str) -> Iterator[Path]:
        folder = person.folder / f"pool{next(count)}"
        started = person.run(sys.executable, "-c", START, str(folder), extra)
        assert started.returncode == 0, started.stderr
        try:
            yield folder
        finally:
            person.run("vispa", "pool", "stop", "--dir", str(folder))

    return run


@pytest.fixture
def doctor(person: Person) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call `vispa doctor pool` for the pool in a folder."""

    def call(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return person.run("vispa", "doctor", "pool", "--dir", str(folder), *options)

    return call


@pytest.fixture
def queue(person: Person) -> Callable[[Path], list[str]]:
    """List the jobs in the queue of the pool in a folder."""

    def look(folder: Path) -> list[str]:
        script = f'eval "$(vispa pool env --dir {folder})" && condor_q -allusers -af ClusterId'
        done = person.run("sh", "-c", script)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return look
