"""A worker in a network of its own: it can connect to the hub's machine, and nobody to it."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator

from tests.hub.site import Site
from tests.pool.people import wait_for
from vispa_htcondor.pool.pool import Pool
from vispa_htcondor.pool.release import find_release

HUB, WORKER = "198.18.77.1", "198.18.77.2"  # of a range that is reserved for tests of networks
_NAMESPACE, _OUTSIDE, _INSIDE = "vispa-worker", "vispa-out", "vispa-in"
# Where HTCondor's programs on the hub's machine wait for connections of the worker's.
_LISTENING = (20000, 20100)

_ACCESS_POINT = """
CONDOR_HOST = {hub}
NETWORK_INTERFACE = {hub}
COLLECTOR_HOST = {hub}:{port}
SHARED_PORT_PORT = {port}
IN_LOWPORT = {low}
IN_HIGHPORT = {high}
START = FALSE
"""
_EXECUTION_POINT = """
LOCAL_DIR = {folder}
DAEMON_LIST = MASTER, STARTD
NETWORK_INTERFACE = {worker}
SHARED_PORT_PORT = 0
CCB_ADDRESS = $(COLLECTOR_HOST)
PRIVATE_NETWORK_NAME = behind-the-wall
START = TRUE
"""


class WalledSite(Site):
    """A site, run by root, whose only worker is behind a wall."""

    def start(self) -> None:
        port = self.ports[3]
        low, high = _LISTENING
        config = _ACCESS_POINT.format(hub=HUB, port=port, low=low, high=high)
        pool = Pool(self.folder / "pool", extra_config=config)
        pool.start()
        self.environment.update(pool.environment())
        (self.folder / "jupyterhub_config.d").mkdir()
        only_there = f'c.JupyterHub.hub_ip = "{HUB}"\n'
        self.person.write("jupyterhub_config.d/wall.py", only_there)
        self.start_hub()


@contextlib.contextmanager
def wall(open_ports: list[int]) -> Iterator[None]:
    """Make the network. The hub's machine answers from these ports and from HTCondor's only."""
    with contextlib.ExitStack() as stack:
        _ip("netns", "add", _NAMESPACE)
        stack.callback(_ip, "netns", "del", _NAMESPACE)
        _ip("link", "add", _OUTSIDE, "type", "veth", "peer", "name", _INSIDE)
        _ip("link", "set", _INSIDE, "netns", _NAMESPACE)
        _ip("addr", "add", f"{HUB}/30", "dev", _OUTSIDE)
        _ip("link", "set", _OUTSIDE, "up")
        _ip("-n", _NAMESPACE, "addr", "add", f"{WORKER}/30", "dev", _INSIDE)
        for name in (_INSIDE, "lo"):
            _ip("-n", _NAMESPACE, "link", "set", name, "up")
        # Without a firewall: what does not come from a port that listens is not let through.
        low, high = _LISTENING
        for ports in [f"{low}-{high}", *map(str, open_ports)]:
            rule = ["to", WORKER, "ipproto", "tcp", "sport", ports, "lookup", "main", "pref", "100"]
            _ip("rule", "add", *rule)
            stack.callback(_ip, "rule", "del", *rule)
        rule = ["to", WORKER, "prohibit", "pref", "101"]
        _ip("rule", "add", *rule)
        stack.callback(_ip, "rule", "del", *rule)
        yield


def behind_the_wall(*command: str) -> list[str]:
    """Return the command that runs this one on the worker."""
    return ["ip", "netns", "exec", _NAMESPACE, *command]


@contextlib.contextmanager
def worker(site: Site) -> Iterator[int]:
    """Run a worker of the site's pool behind the wall; the process id of its condor_master."""
    folder = site.folder / "worker"
    for name in ("log", "spool", "execute", "lock", "run", "etc"):
        (folder / name).mkdir(parents=True)
        shutil.chown(folder / name, "condor", "condor")
    config = folder / "condor_config"
    pool = (site.folder / "pool/condor_config").read_text()
    config.write_text(pool + _EXECUTION_POINT.format(folder=folder, worker=WORKER))
    master = subprocess.Popen(
        behind_the_wall(str(find_release().sbin / "condor_master"), "-f"),
        env={**os.environ, "CONDOR_CONFIG": str(config)},
        start_new_session=True,
    )
    try:
        wait_for(lambda: "slot1@" in _machines(site))
        yield master.pid
    finally:
        master.send_signal(signal.SIGQUIT)
        master.wait(60)


def _machines(site: Site) -> str:
    return site.condor(
        "condor_status", "-constraint", f'regexp("{WORKER}", MyAddress)', "-af", "Name"
    )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
