"""Figures for Prometheus about servers on the cluster, on the hub's own ``/hub/metrics``.

Starts that failed are not counted here: JupyterHub's `server_spawn_duration_seconds` has them by
reason. What is counted elsewhere is read when somebody asks.
"""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from vispa_spawner.cluster.hub_client import HubClient

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 4 * 3600, 24 * 3600)

PHASES = Histogram(
    "vispa_cluster_start_phase_seconds",
    "Seconds a start spent in a phase: submit, queue, start (from its machine to its report), "
    "reach (from its report until a way leads there)",
    ["phase"],
    buckets=_SECONDS,
)
ENDS = Counter(
    "vispa_cluster_ends", "Servers on the cluster that ended without being stopped", ["reason"]
)
for _reason in ("exit", "signal", "held", "time-limit", "machine-lost", "removed", "unknown"):
    ENDS.labels(reason=_reason)  # so that it is there, at 0, before the first one

_GAUGES: dict[str, tuple[str, Callable[["HubClient"], float]]] = {
    "snapshot_age_seconds": (
        "Seconds since the queue was last seen; -1 before the first time",
        lambda client: client.watch.age(),
    ),
    "out_of_sight": (
        "1 while HTCondor does not answer, else 0",
        lambda client: int(bool(client.watch.trouble)),
    ),
}
_COUNTERS: dict[str, tuple[str, Callable[["HubClient"], float]]] = {
    "looks": ("Looks at the queue, successful or not", lambda client: client.watch.looks),
    "broker_calls": ("The hub's own calls to HTCondor", lambda client: client.broker.calls),
    "broker_restarts": (
        "Processes that spoke to HTCondor for the hub and were killed, or had ended",
        lambda client: client.broker.restarts,
    ),
    "orphans_removed": (
        "Jobs removed because no server stood behind them",
        lambda client: client.orphans.removed,
    ),
}


class ClientMetrics(Collector):
    """What this hub's clients of HTCondor have seen and done, read at the moment of the scrape."""

    def __init__(self, clients: Callable[[], Iterable["HubClient"]]) -> None:
        """Tell of the clients that `clients` returns, from now on."""
        self.clients = clients
        REGISTRY.register(self)

    def collect(self) -> Iterable[Metric]:
        """Yield all figures; asks HTCondor nothing."""
        clients = list(self.clients())
        jobs = GaugeMetricFamily(
            "vispa_cluster_jobs", "Jobs of the hub in the queue, by state", labels=["hub", "state"]
        )
        for client in clients:
            seen = client.watch.snapshot.jobs if client.watch.snapshot else ()
            for state, count in Tally(job.status.name.lower() for job in seen).items():
                jobs.add_metric([client.hub, state], count)
        yield jobs
        for name, (text, value) in _GAUGES.items():
            gauge = GaugeMetricFamily(f"vispa_cluster_{name}", text, labels=["hub"])
            for client in clients:
                gauge.add_metric([client.hub], value(client))
            yield gauge
        for name, (text, value) in _COUNTERS.items():
            counter = CounterMetricFamily(f"vispa_cluster_{name}", text, labels=["hub"])
            for client in clients:
                counter.add_metric([client.hub], value(client))
            yield counter


class Stopwatch:
    """Notes how long the phases of one start take."""

    def __init__(self) -> None:
        """Begin the first phase now."""
        self._began = time.monotonic()

    def end(self, phase: str, at: float | None = None) -> None:
        """End a phase now, or at a moment that has passed (monotonic), and begin the next."""
        moment = time.monotonic() if at is None else at
        PHASES.labels(phase=phase).observe(max(0.0, moment - self._began))
        self._began = moment
