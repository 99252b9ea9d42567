"""A server's job starts once: its token is spent, and what ran is gone with its machine."""

import contextlib
import json
import signal

import psutil
import pytest

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool


@pytest.mark.parametrize(
    "killed",
    [["condor_shadow"], ["condor_startd", "condor_starter", "condor_shadow"]],
    ids=["by its submit side", "by its worker, too"],
)
def test_a_job_that_htcondor_lost_is_never_started_again(site: Site, killed: list[str]) -> None:
    site.start_server("carl", where="cluster")
    [job] = site.servers_of("carl")
    servers = servers_in(site, "carl")
    assert len(servers) == 1
    for name in killed:
        for daemon in daemons(site, name):
            daemon.send_signal(signal.SIGKILL)

    # The negotiator looks every five seconds, HTCondor removes such jobs once a minute only.
    wait_for(lambda: site.servers_of("carl") == [], 180)
    [ended] = json.loads(site.condor("condor_history", "-json", str(job["ClusterId"])))
    assert ended["NumShadowStarts"] == 1
    wait_for(lambda: site.server("carl") is None)
    wait_for(lambda: servers_in(site, "carl") == [])

    site.start_server("carl", where="cluster")  # the pool has recovered
    site.stop_server("carl")


def daemons(site: Site, name: str) -> list[psutil.Process]:
    """List the pool's processes of this name, and nobody else's."""
    return [
        process
        for process in psutil.process_iter(["name", "environ"])
        if process.info["name"] == name
        and str(site.folder) in (process.info["environ"] or {}).get("CONDOR_CONFIG", "")
    ]


def servers_in(site: Site, user: str) -> list[psutil.Process]:
    """List the single-user servers that run in the home of a person."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            if "vispa_spawner.singleuser" in (process.info["cmdline"] or []) and (
                process.cwd() == str(site.folder / "homes" / user)
            ):
                found.append(process)
    return found
