"""Starts that people cancel, each after another time."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from benchmarks.condor.hub import Hub
from benchmarks.condor.schedd import Schedd
from benchmarks.faults.settling import Settling

_MOMENTS = {f"server{number}": 0.2 + 0.36 * number for number in range(6)}
"""Seconds after which each start is cancelled: 0.2 to 2."""

_AFTERWARDS = 15.0  # seconds


def at_different_moments(schedd: Schedd, hub: Hub, settling: Settling) -> Sequence[int]:
    """Start six servers at once and cancel each; count the jobs that are left in the queue."""
    asked = hub.api.ask_for_servers(list(_MOMENTS))

    def cancel(user: str) -> None:
        time.sleep(_MOMENTS[user])
        hub.api.cancel_server(user)

    with ThreadPoolExecutor(len(_MOMENTS)) as threads:
        list(threads.map(cancel, _MOMENTS))
    wait(asked)
    settling.wait(_AFTERWARDS)
    return [len(schedd.ads())]
