"""The same faults done to our spawner and to batchspawner's, and what each leaves behind.

The servers are stand-ins (`benchmarks.condor.stand_in`): real jobs of a real pool. Each fault has a
hub of its own, and begins with an empty queue.
"""

from collections.abc import Callable, Iterator, Sequence

from benchmarks.condor.bench import SPAWNERS, Bench, compared, on_a_pool
from benchmarks.condor.hub import Hub, running
from benchmarks.condor.schedd import Schedd
from benchmarks.faults import cancelling, hub_killed, in_the_queue, secrets
from benchmarks.faults.settling import Settling
from benchmarks.figure import Figure, say
from benchmarks.size import Size

Fault = Callable[[Schedd, Hub, Settling], Sequence[int]]
"""Does a fault, lets both sides settle, and returns a count for each of its figures."""

_LOOK_EVERY = 5  # seconds; the same for both
_QUICK_LOOK_EVERY = 1

_FAULTS: dict[Fault, list[tuple[str, str]]] = {
    secrets.read_the_queue: [("token_in_queue", "tokens of 3 readable")],
    secrets.report_more_than_a_port: [("callback_changed", "servers of 3 changed")],
    in_the_queue.hold: [("held_job_left", "jobs of 3 left")],
    in_the_queue.kill_the_schedd: [("killed_schedd_lost", "servers of 3 lost")],
    hub_killed.while_starts_wait: [
        ("killed_hub_pending_orphans", "jobs of 3 left"),
        ("killed_hub_pending_lost", "starts of 3 lost"),
    ],
    cancelling.at_different_moments: [("cancelled_left", "jobs of 6 left")],
}


def measure(size: Size) -> Iterator[Figure]:
    """Do each fault to one side, then to the other."""
    settling = Settling(0.1 if size.quick else 1)
    with on_a_pool() as bench:
        for fault, figures in _FAULTS.items():
            part = figures[0][0]
            ours, peer = (_do(bench, part, fault, spawner, settling) for spawner in SPAWNERS)
            for (name, unit), our_count, peer_count in zip(figures, ours, peer, strict=True):
                yield compared(name, our_count, peer_count, unit)


def _do(bench: Bench, part: str, fault: Fault, spawner: str, settling: Settling) -> Sequence[int]:
    look_every = _LOOK_EVERY if settling.part == 1 else _QUICK_LOOK_EVERY
    hub = bench.hub(part, spawner, look_every, real=False)
    with running(hub):
        counts = fault(bench.schedd, hub, settling)
    say(f"  {spawner}: {part}: {', '.join(map(str, counts))}")
    bench.schedd.empty()
    return counts
