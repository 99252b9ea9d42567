"""batchspawner's base class, whose API does not reach our spawners.

Importing batchspawner adds an API to the hub that lets whoever holds a server's token set any
attribute of the hub's spawner object, among them the shell commands the hub runs. Our servers
report through `vispa_spawner.cluster.reports`. JupyterHub imports every installed spawner, so
this module may be loaded in a hub that uses batchspawner's own: there the API goes on as it was.
"""

from batchspawner import BatchSpawnerBase
from batchspawner.api import BatchSpawnerAPIHandler
from jupyterhub.apihandlers import default_handlers
from tornado import web

from vispa_spawner.backend_spawner import BackendSpawner


class NotForOurSpawners(BatchSpawnerAPIHandler):  # type: ignore[misc]  # untyped base
    """batchspawner's API, for spawners that expect it."""

    @web.authenticated
    def post(self) -> None:
        """Pass the report on, unless the token belongs to no server or to one of ours."""
        token = self.get_auth_token()
        spawners = getattr(self.current_user, "spawners", {}).values()
        spawner = next((one for one in spawners if one.api_token == token), None)
        if spawner is None or isinstance(spawner, BackendSpawner):
            raise web.HTTPError(404)
        super().post()


default_handlers[:] = [
    (path, NotForOurSpawners if handler is BatchSpawnerAPIHandler else handler, *more)
    for path, handler, *more in default_handlers
]

__all__ = ["BatchSpawnerBase"]
