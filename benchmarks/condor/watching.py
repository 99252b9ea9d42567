"""What it costs to know that many servers still run, and what a full queue adds to it."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.condor.bench import OURS, SPAWNERS, Bench, compared
from benchmarks.condor.configure import HUB_INSTANCE
from benchmarks.condor.hub import Hub, running
from benchmarks.figure import Figure, say
from benchmarks.size import Size

_SERVERS, _JOBS, _SECONDS = 200, 1000, 60.0
_QUICK_SERVERS, _QUICK_JOBS, _QUICK_SECONDS, _QUICK_LOOK_EVERY = 3, 20, 2.0, 1.0
_STAMPED_SECONDS = 50.0  # less than the minute after which jobs that no server knows are removed
_SETTLE = 5.0  # seconds


class Watched(NamedTuple):
    """What happened while nothing but watching had to be done."""

    processes: int
    """Processes that the hub started."""
    queries: int
    """Queries that reached the schedd."""
    cpu: float
    """Seconds of CPU of the hub and all that it started."""


def measure(bench: Bench, size: Size) -> Iterator[Figure]:
    """Watch stand-ins for servers, which are real jobs; one side after the other."""
    servers = _QUICK_SERVERS if size.quick else _SERVERS
    jobs = _QUICK_JOBS if size.quick else _JOBS
    seconds = _QUICK_SECONDS if size.quick else _SECONDS
    alone, crowded, stamped = {}, {}, 0.0
    for spawner in SPAWNERS:
        look_every = _QUICK_LOOK_EVERY if size.quick else 0  # each as it comes out of the box
        hub = bench.hub("watching", spawner, look_every, real=False)
        with running(hub):
            hub.api.start_in_batches([f"watched{number}" for number in range(servers)])
            alone[spawner] = _watch(bench, hub, f"{servers} servers", seconds)
            bench.schedd.fill(jobs)
            crowded[spawner] = _watch(bench, hub, f"and {jobs} other jobs", seconds).cpu / seconds
            if spawner == OURS:
                bench.schedd.empty("VispaSpawn =?= undefined")
                bench.schedd.fill(jobs, hub=HUB_INSTANCE)
                short = min(seconds, _STAMPED_SECONDS)
                stamped = _watch(bench, hub, f"and {jobs} of the hub's", short).cpu / short
        bench.schedd.empty()
    ours, peer = (alone[spawner] for spawner in SPAWNERS)
    name = f"watch_{servers}"
    yield compared(f"{name}_processes", ours.processes, peer.processes, "processes")
    yield compared(f"{name}_queries", ours.queries, peer.queries, "queries")
    yield compared(f"{name}_hub_cpu", ours.cpu, peer.cpu, "s of CPU")
    shares = [100 * crowded[spawner] for spawner in SPAWNERS]
    yield compared(f"watch_{jobs}_hub_cpu", shares[0], shares[1], "% of a core")
    # The peer has no such thing as jobs of a hub, so its figure is again that of the full queue.
    yield compared(f"watch_{jobs}_stamped_hub_cpu", 100 * stamped, shares[1], "% of a core")


def _watch(bench: Bench, hub: Hub, what: str, seconds: float) -> Watched:
    time.sleep(min(_SETTLE, seconds / 4))
    processes, queries, cpu = hub.processes_started(), bench.schedd.queries(), hub.cpu_seconds()
    time.sleep(seconds)
    seen = Watched(
        hub.processes_started() - processes,
        bench.schedd.queries() - queries,
        hub.cpu_seconds() - cpu,
    )
    say(
        f"  {hub.spawner}: {what}, {seconds:.0f} s: {seen.processes} processes started, "
        f"{seen.queries} queries, {seen.cpu:.2f} s of CPU"
    )
    return seen
