"""A site whose hub reaches servers through HTCondor only."""

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.hub.site import Site, free_ports
from tests.pool.people import Person, family, folder_of, new_account

# The first table of a site's settings is [cluster].
_SETTINGS = """
tunnel = true
[accounts]
mode = "shared"
homes = "homes"
login = "shared-password"
password_file = "password"
[groups.staff]
members = ["ann", "bob"]
[groups.staff.cluster]
max_cores = 64
default_memory = "512M"
"""


@pytest.fixture(scope="session")
def sshd() -> None:
    """Leave out what needs an sshd on a machine that has none."""
    if shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin") is None:
        pytest.skip("there is no sshd here (Debian: apt-get install openssh-server)")
    if shutil.which("ssh") is None:
        pytest.skip("there is no ssh here (Debian: apt-get install openssh-client)")


@pytest.fixture(scope="module")
def tunnel_site(sshd: None) -> Iterator[Site]:
    """One hub and pool in an ordinary account, with Ann and Bob."""
    with ExitStack() as stack:
        account = (
            stack.enter_context(new_account("vispa-site"))
            if os.geteuid() == 0
            else pwd.getpwuid(os.geteuid())
        )
        folder = stack.enter_context(folder_of(account))
        site = Site(
            Person(account.pw_name, account.pw_uid, account.pw_gid, folder),
            _SETTINGS,
            free_ports(3),
        )
        site.start()
        stack.callback(site.stop)
        for name in ("ann", "bob"):
            site.add_user(name, "staff")
        yield site


def server_of(site: Site, user: str) -> psutil.Process:
    """Return the job's own process of a person's server."""
    [found] = [one for one in family(site.folder / "pool") if _is_server(one, user)]
    return found


def _is_server(process: psutil.Process, user: str) -> bool:
    try:
        return "vispa_spawner.singleuser" in process.cmdline() and process.cwd().endswith(user)
    except psutil.NoSuchProcess:
        return False


def hub_ends(folder: Path) -> list[psutil.Process]:
    """List the processes on the hub's side of all tunnels to jobs of the pool below `folder`."""
    found = []
    for process in psutil.process_iter(["name", "cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        is_tool = "condor_ssh_to_job" in line and "-ssh" in line
        if str(folder) in line and (is_tool or process.info["name"] == "ssh"):
            found.append(process)
    return [one for one in found if one.info["status"] != psutil.STATUS_ZOMBIE]
