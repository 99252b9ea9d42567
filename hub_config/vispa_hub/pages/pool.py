"""``GET /hub/api/vispa/pool``: what is free on the cluster, for the spawn page."""

import json

from jupyterhub.apihandlers import APIHandler
from tornado import web

from vispa_htcondor.errors import HTCondorError
from vispa_spawner.cluster.hub_client import client_of

_SHAPES = 200


class PoolHandler(APIHandler):  # type: ignore[misc]  # untyped base
    """Answers from a view of the pool that is shared by all who look, at most 10 s old."""

    async def get(self) -> None:
        """Return the sums, and what each slot has free; the same for everybody."""
        spawner = getattr(self.current_user, "spawner", None)
        if spawner is None:
            raise web.HTTPError(403, "Log in to see these numbers.")
        try:
            slots = await client_of(spawner).slots()
        except HTCondorError as error:
            raise web.HTTPError(503, f"The cluster's numbers are not to be had: {error}") from None
        free = {(slot.free_cpus, slot.free_memory_mb, slot.free_gpus) for slot in slots}
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
                    # Equal slots once, largest first: enough to see what would start now.
                    "free": [
                        {"cores": cores, "memory_gb": round(memory / 1024, 1), "gpus": gpus}
                        for cores, memory, gpus in sorted(free, reverse=True)[:_SHAPES]
                    ],
                }
            )
        )
