"""`vispa pool` on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .people import Person

pytestmark = pytest.mark.pool

Start = Callable[..., Path]


def test_start_tells_how_to_use_it_and_that_works(person: Person) -> None:
    pool = {"VISPA_POOL": str(person.folder / "pool")}
    done = person.run("vispa", "pool", "start", "--cores", "12", "--memory", "3G", **pool)
    assert done.returncode == 0, done.stderr
    assert "12 of 12 free" in done.stdout
    assert "3.0 GiB of 3.0 GiB free" in done.stdout
    hint = next(line.strip() for line in done.stdout.splitlines() if "eval" in line)

    used = person.run("sh", "-c", f"{hint} && condor_status -af TotalSlotCpus", **pool)
    assert used.stdout == "12\n", used.stderr

    again = person.run("vispa", "pool", "start", **pool)
    assert "is running already" in again.stdout
    assert person.run("vispa", "pool", "stop", **pool).returncode == 0
    assert "was not running" in person.run("vispa", "pool", "stop", **pool).stdout


def test_the_home_is_the_usual_place(person: Person) -> None:
    assert person.run("vispa", "pool", "start").returncode == 0
    stopped = person.run("vispa", "pool", "stop")
    folder = person.folder / ".local/state/vispa/pool"
    assert stopped.stdout == f"The pool in {folder} has ended.\n"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_status_counts_jobs(person: Person, started: Start) -> None:
    folder = started()
    sub = person.write("j.sub", "executable = /bin/true\nhold = true\nqueue 3\n")
    script = f'eval "$(vispa pool env --dir {folder})" && condor_submit {sub}'
    assert person.run("sh", "-c", script).returncode == 0
    status = person.run("vispa", "pool", "status", "--dir", str(folder))
    assert status.returncode == 0
    assert "3 held" in status.stdout
    assert f"HTCondor 23.9.6 in {folder}, running since 20" in status.stdout
    assert "64 of 64 free" in status.stdout


def test_without_a_pool_status_and_env_say_so(person: Person) -> None:
    status = person.run("vispa", "pool", "status")
    assert (status.returncode, status.stdout[:18]) == (3, "No pool is running")
    env = person.run("vispa", "pool", "env")
    assert (env.returncode, env.stdout) == (1, "")
    assert "Start one with 'vispa pool start'." in env.stderr


def test_an_amount_of_memory_must_be_one(person: Person) -> None:
    done = person.run("vispa", "pool", "start", "--memory", "much")
    assert done.returncode == 2
    assert "Write 20G, or 20000 (MB)." in done.stderr


def test_a_folder_with_other_things_is_left_alone(person: Person) -> None:
    person.write("thesis.tex", "")
    done = person.run("vispa", "pool", "start", "--dir", str(person.folder))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The folder")
    assert "holds other things" in done.stderr
    assert [path.name for path in person.folder.iterdir()] == ["thesis.tex"]


def test_a_name_that_htcondor_cannot_bear_is_refused(person: Person) -> None:
    done = person.run("vispa", "pool", "start", "--dir", str(person.folder / "my pool"))
    assert done.returncode == 1
    assert "HTCondor cannot live in" in done.stderr


FAILING = """
from pathlib import Path
from vispa_htcondor.pool import Pool, PoolError, readiness
from vispa_htcondor.pool.processes import members
readiness._DEADLINE = 5
pool = Pool(Path("pool"), extra_config=EXTRA)
try:
    pool.start()
except PoolError as error:
    print(error)
print(pool.is_running(), members(pool._daemon.marker))
"""


@pytest.mark.parametrize(
    ("extra", "says", "detail"),
    [
        ("use NONSENSE:nothing", "HTCondor ended while starting.", "NONSENSE"),
        ("SHARED_PORT = /no/such", "HTCondor did not come up within 5 seconds", "/no/such"),
        (
            "DAEMON_LIST = MASTER, COLLECTOR",
            "no word from Machine, Negotiator",
            "daemons were started",
        ),
    ],
)
def test_a_start_that_fails_shows_the_logs_and_leaves_nothing(
    person: Person, extra: str, says: str, detail: str
) -> None:
    done = person.python(FAILING.replace("EXTRA", repr(extra)))
    assert says in done.stdout, done.stdout + done.stderr
    assert detail in done.stdout
    assert done.stdout.endswith("False []\n")
