"""Servers as jobs of a real pool, and beside the hub, in real hubs.

Ours and the peer have a hub process each, of the same JupyterHub, in the same account and pool.
"""

from collections.abc import Iterator

from benchmarks.condor import freezing, spawning, watching
from benchmarks.condor.bench import on_a_pool
from benchmarks.figure import Figure
from benchmarks.size import Size


def measure(size: Size) -> Iterator[Figure]:
    """Measure starting, watching, and what happens when HTCondor stands still."""
    with on_a_pool() as bench:
        if not size.quick:
            yield from spawning.on_the_cluster(bench, size)
        yield from spawning.of_the_spawner(bench, size)
        yield from watching.measure(bench, size)
        yield from freezing.measure(bench, size)
        if not size.quick:
            yield from spawning.on_the_login_node(bench)
