"""What people feel of a hub whose schedd stands still, and what is left of their servers."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.condor import steady
from benchmarks.condor.bench import SPAWNERS, Bench, compared
from benchmarks.condor.hub import running
from benchmarks.figure import Figure, say
from benchmarks.size import Size

_SERVERS = 5
_LOOK_EVERY = 5  # seconds; the same for both, and often enough for each server to be looked at
_RATE, _SECONDS = 20, 30.0
_QUICK_LOOK_EVERY, _QUICK_SECONDS = 1, 2.0
_AFTERWARDS = 20.0  # seconds: looks that began before the end have come to theirs


class Frozen(NamedTuple):
    """The 99th percentile of the hub's answers in seconds, and the servers that it forgot."""

    p99: float
    lost: int


def measure(bench: Bench, size: Size) -> Iterator[Figure]:
    """Freeze the schedd under a hub with a few servers and a pending start, for each side."""
    ours, peer = (_freeze(bench, spawner, size.quick) for spawner in SPAWNERS)
    yield compared("frozen_schedd_p99", ours.p99, peer.p99, "s")
    yield compared("frozen_schedd_lost_servers", ours.lost, peer.lost, f"servers of {_SERVERS}")


def _freeze(bench: Bench, spawner: str, quick: bool) -> Frozen:
    look_every, seconds = (_QUICK_LOOK_EVERY, _QUICK_SECONDS) if quick else (_LOOK_EVERY, _SECONDS)
    hub = bench.hub("freezing", spawner, look_every, real=False)
    users = [f"frozen{number}" for number in range(_SERVERS)]
    with running(hub):
        hub.api.start_servers(users)
        hub.api.ask_for_pending_servers(1, look_every)
        with bench.schedd.frozen():
            answers = steady.latencies(lambda: hub.api.get(f"/users/{users[0]}"), _RATE, seconds)
        time.sleep(0 if quick else _AFTERWARDS)
        seen = Frozen(steady.p99(answers), len(users) - hub.api.ready_servers(users))
        say(
            f"  {spawner}: {len(answers)} requests under a frozen schedd, p99 {seen.p99:.3f} s, "
            f"slowest {max(answers):.3f} s; {seen.lost} of {len(users)} servers lost"
        )
    bench.schedd.empty()
    return seen
