"""``GET /hub/api/vispa/pool``: what is free on the cluster, for the spawn page."""

import json

from jupyterhub.apihandlers import APIHandler
from tornado import web

from vispa_htcondor.errors import HTCondorError
from vispa_spawner.cluster.hub_client import client_of


class PoolHandler(APIHandler):  # type: ignore[misc]  # untyped base
    """Answers from a view of the pool that is shared by all who look, at most 10 s old."""

    async def get(self) -> None:
        """Return the sums, and the largest server that would start now; the same for everybody."""
        spawner = getattr(self.current_user, "spawner", None)
        if spawner is None:
            raise web.HTTPError(403, "Log in to see these numbers.")
        try:
            slots = await client_of(spawner).slots()
        except HTCondorError as error:
            raise web.HTTPError(503, f"The cluster's numbers are not to be had: {error}") from None
        largest = max(slots, key=lambda slot: slot.free_cpus, default=None)
        self.set_header("Cache-Control", "private, max-age=5")
        self.write(
            json.dumps(
                {
                    "machines": len({slot.machine for slot in slots}),
                    "cores": sum(slot.total_cpus for slot in slots),
                    "free_cores": sum(slot.free_cpus for slot in slots),
                    "free_memory_gb": round(sum(s.free_memory_mb for s in slots) / 1024, 1),
                    "gpus": sum(slot.total_gpus for slot in slots),
                    "free_gpus": sum(slot.free_gpus for slot in slots),
                    "largest": {
                        "cores": largest.free_cpus if largest else 0,
                        "memory_gb": round(largest.free_memory_mb / 1024, 1) if largest else 0,
                    },
                }
            )
        )
