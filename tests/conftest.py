"""Whole sites: as an ordinary account runs them, and as root with real Unix accounts."""

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.hub.site import ROOT, Site, free_ports, free_range
from tests.pool.people import Person, folder_of, new_account
from vispa_htcondor.pool.release import find_release

os.environ.setdefault("VISPA_CACHE", str(ROOT / ".cache"))

# Their jobs wait for ever: no machine meets what their group requires.
WAITING = [f"fuzz{number:02}" for number in range(20)]

_SHARED = f"""
[accounts]
mode = "shared"
homes = "homes"
skeleton = "skel"
login = "shared-password"
password_file = "password"
[groups.staff]
members = ["ann", "bob", "carl", "dora", "emil", "lost"]
[groups.staff.cluster]
max_cores = 64
default_memory = "512M"
[groups.students]
members = ["stud"]
places = ["login-node"]
[groups.experts]
members = ["fred"]
[groups.experts.cluster]
default_memory = "512M"
max_servers = 1
allow_expressions = true
accounting_groups = ["group_lab", "group_other"]
requirements = "Cpus > 0 && Memory > 0"
[groups.waiting]
members = [{", ".join(f'"{name}"' for name in WAITING)}]
[groups.waiting.cluster]
max_cores = 64
max_gpus = 4
allow_expressions = true
accounting_groups = ["group_lab", "group_other"]
requirements = "HasWhatNoMachineHas"
[groups.guests]
"""

_TLS_KEYS = "internal_ssl = true"
_TLS_CONFIG = """
# So that no certificate has the address of a worker before the server reports it.
c.Spawner.ssl_alt_names_include_local = False
c.Spawner.ssl_alt_names = ["DNS:hub.example.org"]
c.VispaSpawner.cluster_port_range = ({low}, {high})

# VISPA's own services, which the tests leave out elsewhere: they speak to the hub, too.
from pathlib import Path
from vispa_hub.idle import service as culling
from vispa_hub.settings import load
from vispa_hub.workshops.closing import service as closing
for service, role in (culling(load(Path("vispa.toml"))), closing(load(Path("vispa.toml")))):
    c.JupyterHub.services.append(service)
    c.JupyterHub.load_roles.append(role)
"""

_UNIX = """
[accounts]
mode = "unix"
[groups.staff]
members = ["vispa-alice", "vispa-bob"]
[groups.staff.cluster]
default_memory = "512M"
"""


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A site in which everybody runs in one ordinary account."""
    with ordinary_site() as site:
        yield site


@pytest.fixture(scope="session")
def tls_site() -> Iterator[Site]:
    """A site in one ordinary account whose parts speak TLS among each other."""
    low = free_range(10)
    config = _TLS_CONFIG.format(low=low, high=low + 9)
    with ordinary_site(hub_table=_TLS_KEYS, extra_config=config) as site:
        yield site


@contextmanager
def ordinary_site(hub_table: str = "", extra_config: str = "") -> Iterator[Site]:
    """Start a site in which everybody runs in one ordinary account."""
    with ExitStack() as stack:
        account = (
            stack.enter_context(new_account("vispa-site"))
            if os.geteuid() == 0
            else pwd.getpwuid(os.geteuid())
        )
        folder = stack.enter_context(folder_of(account))
        person = Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
        shutil.copytree(ROOT / "demo/training", folder / "skel/training")
        site = Site(person, _SHARED, free_ports(3), hub_table=hub_table, extra_config=extra_config)
        site.start()
        stack.callback(site.stop)
        for name in ("ann", "bob", "carl", "dora", "emil", "lost"):
            site.add_user(name, "staff")
        site.add_user("stud", "students")
        site.add_user("fred", "experts")
        yield site


@pytest.fixture(scope="session")
def htcondor() -> None:
    """Have HTCondor in the cache before an account that may not write there looks for it."""
    find_release()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every test that needs a pool begin with an HTCondor that is there."""
    for item in items:
        if item.get_closest_marker("pool"):
            assert isinstance(item, pytest.Function)
            item.fixturenames.insert(0, "htcondor")


@pytest.fixture(autouse=True)
def next_test_begins_without_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep one failure from becoming those of all tests behind it."""
    names = {"site", "unix_site", "tls_site", "unix_tls_site", "tunnel_site"}
    names &= set(request.fixturenames)
    sites: list[Site] = [request.getfixturevalue(name) for name in names]
    yield
    for one in sites:
        if one.hub is not None and one.hub.poll() is None:
            one.stop_servers()


@contextmanager
def account_with_home(name: str) -> Iterator[None]:
    """Create an account whose home only itself may enter."""
    home = Path("/tmp") / f"vispa-home-{name}"
    with new_account(name, "--home-dir", str(home), "--shell", "/bin/bash") as account:
        home.mkdir(mode=0o700, exist_ok=True)  # a run that was killed may have left it
        os.chown(home, account.pw_uid, account.pw_gid)
        try:
            yield
        finally:
            shutil.rmtree(home, ignore_errors=True)  # another site may have removed it


@pytest.fixture(scope="session")
def unix_site() -> Iterator[Site]:
    """A site run by root, in which Alice and Bob are Unix accounts."""
    with site_of_root() as site:
        yield site


@pytest.fixture(scope="session")
def unix_tls_site() -> Iterator[Site]:
    """The same, and its parts speak TLS among each other."""
    with site_of_root(hub_table=_TLS_KEYS) as site:
        yield site


@contextmanager
def site_of_root(hub_table: str = "") -> Iterator[Site]:
    """Start a site run by root, in which Alice and Bob are Unix accounts."""
    with ExitStack() as stack:
        stack.enter_context(new_account("condor", "--system"))
        for name in ("vispa-alice", "vispa-bob"):
            stack.enter_context(account_with_home(name))
        folder = stack.enter_context(folder_of(pwd.getpwnam("root")))
        site = Site(Person("root", 0, 0, folder), _UNIX, free_ports(3), hub_table=hub_table)
        site.start()
        stack.callback(site.stop)
        for name in ("vispa-alice", "vispa-bob"):
            site.add_user(name, "staff")
        yield site
