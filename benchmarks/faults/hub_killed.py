"""A hub that is killed while starts wait in the queue, and started again."""

from collections.abc import Sequence

from benchmarks.condor.hub import Hub
from benchmarks.condor.schedd import Schedd
from benchmarks.failure import Failure
from benchmarks.faults.settling import Settling

_STARTS = 3
_PENDING = 2.0  # seconds
_QUEUED_WITHIN = 30.0  # seconds
_AFTERWARDS = 75.0  # seconds: ours removes jobs that nobody stands behind after 60
_READY_WITHIN = 20.0  # seconds


def while_starts_wait(schedd: Schedd, hub: Hub, settling: Settling) -> Sequence[int]:
    """Count jobs that no server of the new hub stands behind, and starts that never end.

    In the end the jobs get smaller, so that those that still wait can run: a start that went on
    has a server then.
    """
    users = hub.api.ask_for_pending_servers(_STARTS, _PENDING)
    if not Settling().wait_for(lambda: len(schedd.ads()) == _STARTS, _QUEUED_WITHIN):
        raise Failure(f"The starts with {hub.spawner} do not come into the queue.")
    hub.kill_and_restart()
    settling.wait(_AFTERWARDS)
    left = sum(_jobs(schedd, hub, user) for user in users if not hub.api.servers(user))
    schedd.edit_all("RequestMemory", "512")
    Settling().wait_for(lambda: hub.api.ready_servers(users) == _STARTS, _READY_WITHIN)
    return left, _STARTS - hub.api.ready_servers(users)


def _jobs(schedd: Schedd, hub: Hub, user: str) -> int:
    """Count the jobs of a user: those whose ad names something in the user's home."""
    return sum(f"{hub.setup.home_of(user)}/" in ad for ad in schedd.ads())
