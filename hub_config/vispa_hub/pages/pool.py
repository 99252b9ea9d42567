"""``GET /hub/api/vispa/pool``: what is free on the cluster, and whether a server would start."""

import json
from typing import Any

from jupyterhub.apihandlers import APIHandler
from tornado import web

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.view import Wanted
from vispa_hub.pages.numbers import in_numbers
from vispa_hub.pages.ration import Ration
from vispa_hub.pages.usage import account_of, usage_of
from vispa_spawner.backend_spawner import BackendSpawner
from vispa_spawner.cluster.hub_client import client_of
from vispa_spawner.cluster.job import job_request
from vispa_spawner.limits import CLUSTER, Limits
from vispa_spawner.options import OptionsError, ServerOptions, ServerRequest

_ration = Ration(sizes=60, seconds=10)


class PoolHandler(APIHandler):  # type: ignore[misc]  # untyped base
    """Answers from a view of the pool that is shared by all who look, at most 10 s old."""

    async def get(self) -> None:
        """Return the pool's numbers, the person's own, and with a size in the query its match."""
        user = self.current_user
        spawner: BackendSpawner | None = getattr(user, "spawner", None)
        if spawner is None:
            raise web.HTTPError(403, "Log in to see these numbers.")
        limits = await spawner.get_limits()
        pool = client_of(spawner).pool
        try:
            wanted = self._wanted(spawner, limits)
            outlook = await pool.consider(wanted) if wanted else None
            sight = outlook.sight if outlook else await pool.look()
        except OptionsError as error:
            raise web.HTTPError(400, str(error)) from None
        except HTCondorError as error:
            raise web.HTTPError(
                503,
                f"The cluster's numbers are not to be had. {error} "
                "You may start a server all the same; it waits until HTCondor answers.",
            ) from None
        most = await self._most_servers()
        self.set_header("Cache-Control", "private, max-age=5")
        self.write(json.dumps(in_numbers(sight, usage_of(spawner, limits, sight, most), outlook)))

    def _wanted(self, spawner: BackendSpawner, limits: Limits) -> Wanted | None:
        """Check the size in the query as the form's is checked; None when there is none."""
        query: dict[str, Any] = {
            name: self.get_query_arguments(name) for name in self.request.query_arguments
        }
        if not query:
            return None
        if "where" in query:
            raise OptionsError("where: only the cluster has these numbers. Leave it out.")
        request = ServerRequest.grant(ServerOptions.read({**query, "where": CLUSTER}), limits)
        if not _ration.grant(spawner.user.name):
            raise web.HTTPError(429, "These are many sizes at once. Wait ten seconds.")
        return Wanted.of(job_request(spawner, request, limits.cluster), account_of(spawner))

    async def _most_servers(self) -> int:
        """Return how many servers one person may have; 0 stands for any number."""
        if not self.allow_named_servers:
            return 1
        named = await self.get_current_user_named_server_limit()
        return 1 + int(named) if named > 0 else 0
