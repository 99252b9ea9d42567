"""Take all probes of a run out of the queue, and be sure of it."""

import asyncio
import time

from vispa_htcondor.broker import Broker
from vispa_htcondor.doctor import probe
from vispa_htcondor.errors import HTCondorError, Refused, Unavailable

_DEADLINE = 45.0  # seconds until we give up: three calls to a queue that does not answer
_AGAIN = 0.5


class LeftBehind(HTCondorError):
    """The removal of the probes could not be confirmed; the text says how to look."""


async def remove_all(broker: Broker, run: str) -> None:
    """Remove the probes of this run, and return when none is in the queue.

    LeftBehind when that cannot be confirmed: they then remove themselves later.
    """
    mine, trouble = probe.constraint(run), "it is still there."
    deadline = time.monotonic() + _DEADLINE
    while time.monotonic() < deadline:
        try:
            await broker.call(
                "act", action="Remove", constraint=mine, reason="vispa doctor has seen enough"
            )
            if not await broker.call("query_jobs", constraint=mine, projection=["ClusterId"]):
                return
        except (Unavailable, Refused) as error:
            trouble = str(error)
        await asyncio.sleep(_AGAIN)
    raise LeftBehind(
        f"A probe job may still be in the queue: {trouble} It removes itself in a while."
        f" To look: condor_q -constraint '{mine}'; to remove it: condor_rm -constraint '{mine}'"
    )
