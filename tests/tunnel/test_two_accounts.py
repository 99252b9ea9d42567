"""Nobody but hub, proxy and their person reaches a server behind a tunnel."""

import pwd
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.conftest import account_with_home
from tests.hub.site import Site, free_ports
from tests.pool.people import Person, folder_of, new_account, wait_for
from tests.tunnel.conftest import hub_ends, server_of
from tests.tunnel.notebook import Kernel

pytestmark = [pytest.mark.pool, pytest.mark.root]

_SETTINGS = """
tunnel = true
[accounts]
mode = "unix"
[groups.staff]
members = ["vispa-alice", "vispa-bob"]
[groups.staff.cluster]
default_memory = "512M"
"""
_CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


@pytest.fixture(scope="module")
def tunnel_site(sshd: None) -> Iterator[Site]:
    """A site run by root, in which Alice and Bob are Unix accounts."""
    with ExitStack() as stack:
        stack.enter_context(new_account("condor", "--system"))
        for name in ("vispa-alice", "vispa-bob"):
            stack.enter_context(account_with_home(name))
        folder = stack.enter_context(folder_of(pwd.getpwnam("root")))
        site = Site(Person("root", 0, 0, folder), _SETTINGS, free_ports(3))
        site.start()
        stack.callback(site.stop)
        for name in ("vispa-alice", "vispa-bob"):
            site.add_user(name, "staff")
        yield site


def connects(name: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Connect to a socket as this account."""
    account = pwd.getpwnam(name)
    person = Person(name, account.pw_uid, account.pw_gid, Path("/"))
    return person.run("/usr/bin/python3", "-c", _CONNECT, str(path))


def sockets_of(process: psutil.Process) -> list[Path]:
    """List the Unix sockets a process listens on, or has taken connections from."""
    return [Path(one.laddr) for one in process.net_connections("unix") if one.laddr]


def test_no_other_account_can_connect_to_either_end(tunnel_site: Site) -> None:
    tunnel_site.start_server("vispa-alice", where="cluster")
    assert Kernel(tunnel_site, "vispa-alice").run("6 * 7") == "42"
    server = server_of(tunnel_site, "vispa-alice")
    assert server.username() == "vispa-alice"
    far = next(path for path in sockets_of(server) if path.name == "server")
    ends = hub_ends(tunnel_site.folder)
    assert {one.username() for one in ends} == {"vispa-alice"}
    [ssh] = [one for one in ends if one.name() == "ssh"]
    near = next(path for path in sockets_of(ssh) if path.parent.parent.name == "w")
    [door, _] = sorted(near.parents[2].glob("s/*"))

    assert connects("root", door).returncode == 0
    for path in (far, near):
        assert connects("vispa-alice", path).returncode == 0, "the control: it is hers"
    for path in (far, near, door):
        assert "PermissionError" in connects("vispa-bob", path).stderr
    assert "PermissionError" in connects("vispa-alice", door).stderr, "doors are the hub's alone"
    tunnel_site.stop_server("vispa-alice")
    assert hub_ends(tunnel_site.folder) == []


def test_two_people_at_once_each_reach_their_own(tunnel_site: Site) -> None:
    names = ("vispa-alice", "vispa-bob")
    for name in names:
        tunnel_site.request_server(name, where="cluster")
    for name in names:
        wait_for(lambda name=name: (tunnel_site.server(name) or {}).get("ready"), 120)
    for name in names:
        assert Kernel(tunnel_site, name).run("__import__('os').environ['USER']") == f"'{name}'"
    tunnel_site.stop_servers()
    assert hub_ends(tunnel_site.folder) == []
