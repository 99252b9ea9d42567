"""From the request for a server to a server that is ready, in a real pool and real hubs.

Ours and the peer have a hub process each, of the same JupyterHub, in the same account and pool.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.condor.hub import Hub
from benchmarks.figure import Figure, say
from vispa_htcondor.pool import Pool

_ROUNDS = 3
_WATCHED_FOR = 20.0  # seconds


def measure(many: int) -> Iterator[Figure]:
    """Measure a server alone, `many` at once, watching them, and one on the login node."""
    batchspawner = f"batchspawner {version('batchspawner')} CondorSpawner"
    local = f"jupyterhub {version('jupyterhub')} SimpleLocalProcessSpawner"
    with tempfile.TemporaryDirectory(prefix="vispa-bench-", dir="/tmp") as name:
        folder = Path(name)
        say("Starting a personal pool")
        pool = Pool(folder / "pool", max(16, 2 * many), 64 * 1024, die_with_parent=True)
        with pool:
            with _hubs(folder, pool, "vispa-htcondor", "batchspawner") as (ours, peer):
                yield Figure("spawn_1", *_alone(ours, peer), peer_name=batchspawner, unit="s")
                (our_time, our_forks), (peer_time, peer_forks) = (
                    _at_once(hub, many) for hub in (ours, peer)
                )
                yield Figure(f"spawn_{many}", our_time, peer_time, batchspawner, "s")
                yield Figure("watch_forks", our_forks, peer_forks, batchspawner, "processes")
            with _hubs(folder, pool, "vispa-login-node", "local-process") as (ours, peer):
                yield Figure("login_node_1", *_alone(ours, peer), peer_name=local, unit="s")


@contextmanager
def _hubs(folder: Path, pool: Pool, *spawners: str) -> Iterator[list[Hub]]:
    """Run a hub for each spawner for as long as the block lasts."""
    say(f"Starting hubs with {' and '.join(spawners)}")
    with ExitStack() as stack:
        hubs = [Hub(folder / spawner, spawner, pool.environment()) for spawner in spawners]
        for hub in hubs:
            stack.enter_context(hub)
        for hub in hubs:
            hub.wait_until_it_answers()
        yield hubs


def _alone(ours: Hub, peer: Hub) -> tuple[float, float]:
    """Start one server at a time, each side first in turns; return both medians in seconds."""
    taken: dict[Hub, list[float]] = {ours: [], peer: []}
    for number in range(_ROUNDS):
        for hub in (ours, peer) if number % 2 == 0 else (peer, ours):
            seconds = hub.start_servers([f"alone{number}"])
            say(f"  {hub.spawner}: 1 server in {seconds:.2f} s")
            taken[hub].append(seconds)
            hub.stop_servers([f"alone{number}"])
    return median(taken[ours]), median(taken[peer])


def _at_once(hub: Hub, many: int) -> tuple[float, int]:
    """Start many servers at once, then watch them.

    Returns the seconds until the last was ready, and the processes that the hub started while it
    watched.
    """
    users = [f"crowd{number}" for number in range(many)]
    seconds = hub.start_servers(users)
    say(f"  {hub.spawner}: {many} servers in {seconds:.2f} s")
    before = hub.processes_started()
    time.sleep(_WATCHED_FOR)
    forks = hub.processes_started() - before
    say(f"  {hub.spawner}: {forks} processes in {_WATCHED_FOR:.0f} s of watching")
    hub.stop_servers(users)
    return seconds, forks
