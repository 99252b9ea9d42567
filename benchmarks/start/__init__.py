"""What a single-user server's own start costs: ours beside plain `jupyterhub-singleuser`.

The hub is a stub on the loopback interface, so these are figures of the server alone.
"""

import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure, say
from benchmarks.size import Size
from benchmarks.start.server import Start, start_ours, start_peer
from benchmarks.start.stub_hub import StubHub

_ROUNDS = 7


def measure(size: Size) -> Iterator[Figure]:
    """Start one server at a time, each side first in turns; `size` does not matter here."""
    peer_name = f"jupyterhub-singleuser {version('jupyterhub')}"
    sides: tuple[Callable[[StubHub, Path], Start], ...] = (start_ours, start_peer)
    taken: dict[str, list[Start]] = {side.__name__: [] for side in sides}
    with tempfile.TemporaryDirectory(prefix="vispa-bench-", dir="/tmp") as name, StubHub() as hub:
        for number in range(_ROUNDS + 1):
            for side in sides if number % 2 == 0 else sides[::-1]:
                home = Path(name, f"{side.__name__}{number}")
                home.mkdir()
                start = side(hub, home)
                say(
                    f"  {side.__name__}: {start.cpu:.2f} s of CPU, {start.wall:.2f} s, "
                    f"{start.memory:.0f} MB"
                )
                if number:  # the first round fills the system's cache of files
                    taken[side.__name__].append(start)
    ours, peer = taken.values()
    for name, what, unit in (
        ("server_start_cpu", "cpu", "s"),
        ("server_start_wall", "wall", "s"),
        ("server_start_rss", "memory", "MB"),
    ):
        our_median, peer_median = (
            median(getattr(start, what) for start in side) for side in (ours, peer)
        )
        yield Figure(name, our_median, peer_median, peer_name, unit)
