"""From the request for a server to a server that is ready: one alone, and many at once."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from statistics import median
from typing import NamedTuple

from benchmarks.condor import cpu
from benchmarks.condor.bench import SPAWNERS, Bench, compared
from benchmarks.condor.hub import Hub, running
from benchmarks.figure import Figure, say
from benchmarks.size import Size

_ROUNDS = 5
_LOOK_EVERY = 5  # seconds: both sides are to notice an ended server equally soon


class Spent(NamedTuple):
    """Seconds until the last server was ready, and seconds of CPU for each server."""

    wall: float
    cpu: float


def on_the_cluster(bench: Bench, size: Size) -> Iterator[Figure]:
    """Start real single-user servers as jobs."""
    return _as_jobs(bench, size, "spawn", real=True)


def of_the_spawner(bench: Bench, size: Size) -> Iterator[Figure]:
    """Start stand-ins as jobs: what is left is spawner, hub and HTCondor."""
    return _as_jobs(bench, size, "spawner", real=False)


def _as_jobs(bench: Bench, size: Size, name: str, real: bool) -> Iterator[Figure]:
    ours, peer = (bench.hub(name, spawner, _LOOK_EVERY, real) for spawner in SPAWNERS)
    with running(ours, peer):
        alone = _alone(ours, peer, rounds=1 if size.quick else _ROUNDS)
        yield from _figures(f"{name}_1", *alone)
        at_once = []
        for hub, other in ((ours, peer), (peer, ours)):
            bench.schedd.empty()
            at_once.append(_start(hub, other, [f"crowd{number}" for number in range(size.many)]))
        yield from _figures(f"{name}_{size.many}", *at_once)
    bench.schedd.empty()


def on_the_login_node(bench: Bench) -> Iterator[Figure]:
    """Start real single-user servers beside the hub, without HTCondor."""
    spawners = ("vispa-login-node", "local-process")
    ours, peer = (bench.hub("login", spawner) for spawner in spawners)
    with running(ours, peer):
        our_times, peer_times = _alone(ours, peer, _ROUNDS)
    local = f"jupyterhub {version('jupyterhub')} SimpleLocalProcessSpawner"
    yield Figure("login_node_1", our_times.wall, peer_times.wall, local, "s")


def _figures(name: str, ours: Spent, peer: Spent) -> Iterator[Figure]:
    yield compared(name, ours.wall, peer.wall, "s")
    yield compared(f"{name}_cpu", ours.cpu, peer.cpu, "s of CPU a server")


def _alone(ours: Hub, peer: Hub, rounds: int) -> tuple[Spent, Spent]:
    """Start one server at a time, each side first in turns; return the medians of both."""
    taken: dict[Hub, list[Spent]] = {ours: [], peer: []}
    for number in range(rounds):
        for hub, other in ((ours, peer), (peer, ours))[:: 1 if number % 2 == 0 else -1]:
            taken[hub].append(_start(hub, other, [f"alone{number}"]))
    medians = [Spent(*map(median, zip(*taken[hub], strict=True))) for hub in (ours, peer)]
    return medians[0], medians[1]


def _start(hub: Hub, other: Hub, users: Sequence[str]) -> Spent:
    """Start servers at once and stop them again; what the `other` hub does does not count."""
    before = cpu.of_everything_but([other.pid])
    wall = hub.api.start_servers(users)
    seconds = (cpu.of_everything_but([other.pid]) - before) / len(users)
    say(f"  {hub.spawner}: {len(users)} ready after {wall:.2f} s, {seconds:.2f} s of CPU each")
    hub.api.stop_servers(users)
    return Spent(wall, seconds)
