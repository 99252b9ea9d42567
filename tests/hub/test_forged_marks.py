"""Bob copies the marks on Alice's job, which everybody can read, onto jobs of his own."""

import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from tests.hub.site import Site
from tests.pool.people import Person, wait_for

pytestmark = [
    pytest.mark.pool,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes Unix accounts, which needs root"),
]

_JOB = """
executable = /bin/sleep
arguments = 600
hold = {hold}
My.VispaHub = "{hub}"
My.VispaUser = "{user}"
My.VispaSpawn = "{spawn}"
queue
"""


def submit(site: Site, like: dict[str, Any], hold: bool = False, user: bytes = b"x") -> None:
    """Submit as Bob a job that bears the marks of another."""
    account = pwd.getpwnam("vispa-bob")
    bob = Person(account.pw_name, account.pw_uid, account.pw_gid, Path(account.pw_dir))
    text = _JOB.format(hold=hold, hub=like["VispaHub"], spawn=like["VispaSpawn"], user="USER")
    file = bob.folder / "copy.sub"
    file.write_bytes(text.encode().replace(b"USER", user))
    file.chmod(0o644)
    done = bob.run("condor_submit", str(file), **site.environment)
    assert done.returncode == 0, done.stderr


def looks(site: Site, count: int) -> None:
    """Let the hub look at the queue so often, for somebody who waits."""
    for _ in range(count):
        site.request_server("vispa-bob", where="cluster", cores=60)
        list(site.progress("vispa-bob", 3))
        site.stop_server("vispa-bob")


@pytest.fixture
def alices(unix_site: Site) -> Any:
    """Alice's server on the cluster, as its job."""
    unix_site.start_server("vispa-alice", where="cluster")
    [job] = unix_site.servers_of("vispa-alice")
    yield job
    unix_site.stop_server("vispa-alice")
    unix_site.condor("condor_rm", "-all")  # Bob's, too: root may
    wait_for(lambda: unix_site.queue() == [])


def test_a_held_copy_does_not_end_alices_server(unix_site: Site, alices: dict[str, Any]) -> None:
    submit(unix_site, alices, hold=True)
    looks(unix_site, 1)
    # Asked to start it once more, the hub looks whether it runs.
    answer = unix_site.request_server("vispa-alice", where="cluster")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "vispa-alice is already running",
    )
    [job] = unix_site.servers_of("vispa-alice")
    assert job["ClusterId"] == alices["ClusterId"]
    assert job["JobStatus"] == 2


def test_a_job_that_cannot_be_read_does_not_hide_the_queue(
    unix_site: Site, alices: dict[str, Any]
) -> None:
    submit(unix_site, alices, user=b"\xff")
    looks(unix_site, 1)
    assert "Lost sight of the queue" not in unix_site.log
