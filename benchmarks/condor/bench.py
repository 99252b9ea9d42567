"""Ours and the peer, as the measurements see them: anything they can do for each in turn."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.condor.configure import POOL_CORES, POOL_MEMORY_MB
from benchmarks.condor.hub import Hub
from benchmarks.condor.schedd import CONFIGURATION, Schedd
from benchmarks.condor.stand_in import install
from benchmarks.figure import Figure, say
from vispa_htcondor.pool import Pool

OURS, PEER = "vispa-htcondor", "batchspawner"
SPAWNERS = (OURS, PEER)


@dataclass(frozen=True)
class Bench:
    """A private folder, a pool in it, and the pool's schedd."""

    folder: Path
    pool: Pool
    schedd: Schedd

    def hub(self, part: str, spawner: str, look_every: float = 0, real: bool = True) -> Hub:
        """Prepare a hub of its own for one part of the benchmark."""
        folder = self.folder / part
        folder.mkdir(exist_ok=True)
        stand_in = None if real else install(folder)
        return Hub(folder / spawner, spawner, self.pool.environment(), stand_in, look_every)


@contextmanager
def on_a_pool() -> Iterator[Bench]:
    """Run a personal pool in a private folder for as long as the block lasts."""
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
            yield Bench(folder, pool, Schedd(pool.folder, pool.environment()))


def compared(name: str, ours: float, peer: float, unit: str) -> Figure:
    """Make a figure of ours and batchspawner's."""
    peer_name = f"batchspawner {version('batchspawner')} CondorSpawner"
    return Figure(name, ours, peer, peer_name, unit)
