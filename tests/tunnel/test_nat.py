"""A worker that can connect to the hub, and to which nobody can connect."""

import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from tests.conftest import account_with_home
from tests.hub.site import Site, free_ports
from tests.pool.people import Person, folder_of, new_account, wait_for
from tests.tunnel.conftest import hub_ends
from tests.tunnel.nat import HUB, WORKER, WalledSite, behind_the_wall, wall, worker
from tests.tunnel.notebook import Kernel

pytestmark = [pytest.mark.pool, pytest.mark.root]

_SETTINGS = f"""
tunnel = true
hub_address = "{HUB}"
[accounts]
mode = "unix"
[groups.staff]
members = ["vispa-alice"]
[groups.staff.cluster]
default_memory = "512M"
"""
_LISTEN = f"""
import socket
with socket.create_server(("{WORKER}", 8123)) as listener:
    print("up", flush=True)
    listener.accept()
"""
_CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)"


@pytest.fixture(scope="module")
def tunnel_site(sshd: None) -> Iterator[Site]:
    """A site whose only worker is behind a wall."""
    if shutil.which("ip") is None:
        pytest.skip("there is no program ip here (Debian: apt-get install iproute2)")
    with ExitStack() as stack:
        stack.enter_context(new_account("condor", "--system"))
        stack.enter_context(account_with_home("vispa-alice"))
        folder = stack.enter_context(folder_of(pwd.getpwnam("root")))
        site = WalledSite(Person("root", 0, 0, folder), _SETTINGS, free_ports(4))
        stack.enter_context(wall([site.ports[1], site.ports[3]]))
        site.start()
        stack.callback(site.stop)
        stack.enter_context(worker(site))
        site.add_user("vispa-alice", "staff")
        yield site


def test_the_worker_reaches_the_hub_and_the_hub_does_not_reach_the_worker(
    tunnel_site: Site,
) -> None:
    hub = [HUB, str(tunnel_site.ports[1])]
    assert subprocess.run(behind_the_wall("/usr/bin/python3", "-c", _CONNECT, *hub)).returncode == 0
    listener = subprocess.Popen(
        behind_the_wall("/usr/bin/python3", "-c", _LISTEN), stdout=subprocess.PIPE
    )
    try:
        assert listener.stdout is not None
        assert listener.stdout.readline() == b"up\n"
        with pytest.raises(OSError, match=r"ermi|timed out|reach"):
            socket.create_connection((WORKER, 8123), timeout=3)
    finally:
        listener.kill()
        listener.wait()


def test_a_server_on_such_a_worker_works_and_survives_its_tunnel(tunnel_site: Site) -> None:
    tunnel_site.start_server("vispa-alice", where="cluster")
    [before] = tunnel_site.queue()
    assert WORKER.replace(".", "-") in before["RemoteHost"]
    kernel = Kernel(tunnel_site, "vispa-alice")
    kernel.run("state = 41")
    for process in (killed := [one for one in hub_ends(tunnel_site.folder) if one.name() == "ssh"]):
        process.kill()
    psutil.wait_procs(killed, timeout=10)
    wait_for(kernel.answers)
    assert kernel.run("state + 1") == "42"
    [after] = tunnel_site.queue()
    assert after["ClusterId"] == before["ClusterId"]

    tunnel_site.stop_server("vispa-alice")
    assert hub_ends(tunnel_site.folder) == []
    claimed = ("condor_status", "-constraint", 'State == "Claimed"', "-af", "Name")
    wait_for(lambda: not tunnel_site.condor(*claimed))
