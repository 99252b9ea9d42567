"""batchspawner's base class, without the API that batchspawner adds to the hub on import.

That API lets whoever holds a server's token set any attribute of the hub's spawner object, among
them the shell commands the hub runs. Our servers report through `vispa_spawner.cluster.reports`.
"""

from batchspawner import BatchSpawnerBase
from batchspawner.api import BatchSpawnerAPIHandler
from jupyterhub.apihandlers import default_handlers

default_handlers[:] = [
    handler for handler in default_handlers if handler[1] is not BatchSpawnerAPIHandler
]

__all__ = ["BatchSpawnerBase"]
