"""A process of its own for each identity that talks to HTCondor.

HTCondor's bindings hold Python's global lock while they wait, so one frozen schedd would freeze
the hub; and they cache the security session, so one process must never speak for two people.
The broker is the asyncio side: it starts the worker, sends one call at a time, and kills a worker
that misses its deadline.
"""

from vispa_htcondor.broker.client import DEADLINE, Broker
from vispa_htcondor.broker.workers import Workers

__all__ = ["DEADLINE", "Broker", "Workers"]
