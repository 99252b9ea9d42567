"""Servers as jobs of a real pool, and beside the hub, in real hubs.

Ours and the peer have a hub process each, of the same JupyterHub, in the same account and pool.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.condor import freezing, spawning, watching
from benchmarks.condor.bench import Bench
from benchmarks.condor.configure import POOL_CORES, POOL_MEMORY_MB
from benchmarks.condor.schedd import CONFIGURATION, Schedd
from benchmarks.figure import Figure, say
from benchmarks.size import Size
from vispa_htcondor.pool import Pool


def measure(size: Size) -> Iterator[Figure]:
    """Measure starting, watching, and what happens when HTCondor stands still."""
    with tempfile.TemporaryDirectory(prefix="vispa-bench-", dir="/tmp") as name:
        folder = Path(name)
        say("Starting a personal pool")
        pool = Pool(
            folder / "pool",
            POOL_CORES,
            POOL_MEMORY_MB,
            extra_config=CONFIGURATION,
            die_with_parent=True,
        )
        with pool:
            bench = Bench(folder, pool, Schedd(pool.folder, pool.environment()))
            if not size.quick:
                yield from spawning.on_the_cluster(bench, size)
            yield from spawning.of_the_spawner(bench, size)
            yield from watching.measure(bench, size)
            yield from freezing.measure(bench, size)
            if not size.quick:
                yield from spawning.on_the_login_node(bench)
