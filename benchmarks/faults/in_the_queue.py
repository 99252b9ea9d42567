"""Faults of HTCondor under servers that run: their jobs on hold, and a schedd that is killed."""

from collections.abc import Sequence

from benchmarks.condor.hub import Hub
from benchmarks.condor.schedd import Schedd
from benchmarks.failure import Failure
from benchmarks.faults.settling import Settling
from benchmarks.figure import say

_SERVERS = [f"server{number}" for number in range(3)]
_NOTICED_WITHIN = 60.0  # seconds
_AFTER_NOTICING = 10.0  # seconds
_AFTER_THE_RETURN = 20.0  # seconds: a few looks of each side


def hold(schedd: Schedd, hub: Hub, settling: Settling) -> Sequence[int]:
    """Put the jobs of servers on hold; count those that stay in the queue without a server."""
    hub.api.start_servers(_SERVERS)
    schedd.hold_all("Done by the benchmark.")
    # Not shortened for a quick run: the hub either notices or it does not.
    if not Settling().wait_for(lambda: not hub.api.ready_servers(_SERVERS), _NOTICED_WITHIN):
        raise Failure(f"The hub with {hub.spawner} does not notice that jobs are on hold.")
    settling.wait(_AFTER_NOTICING)
    return [len(schedd.ads())]


def kill_the_schedd(schedd: Schedd, hub: Hub, settling: Settling) -> Sequence[int]:
    """Kill the schedd under running servers; count those that the hub then knows no more."""
    hub.api.start_servers(_SERVERS)
    schedd.kill()
    settling.wait(_AFTER_THE_RETURN)
    say(f"  {hub.spawner}: {len(schedd.ads())} of {len(_SERVERS)} jobs after the schedd's return")
    return [len(_SERVERS) - hub.api.ready_servers(_SERVERS)]
