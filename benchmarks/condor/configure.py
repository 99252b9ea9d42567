"""The configuration of a measured hub: the same for everybody, but for the spawner."""

from pathlib import Path
from typing import Any

from benchmarks.condor.counting import count_processes
from benchmarks.condor.setup import Setup

POOL_CORES, POOL_MEMORY_MB = 256, 256 * 1024
"""What jobs may ask for, which is not what the machine has."""

HUB_INSTANCE = "benchmark"
"""What is stamped on the jobs of ours."""

_PATIENCE = 240  # seconds
_CORES, _MEMORY_MB = "1", "512"
_TOO_MUCH_MB = str(2 * POOL_MEMORY_MB)


def configure(c: Any, setup: Setup) -> None:
    """Fill JupyterHub's configuration object `c`, and begin to count processes."""
    public, api, proxy_api = setup.ports
    c.JupyterHub.bind_url = f"http://127.0.0.1:{public}"
    c.JupyterHub.hub_ip = "127.0.0.1"
    c.JupyterHub.hub_port = api
    c.JupyterHub.cleanup_servers = False  # the benchmark empties the queue itself
    c.JupyterHub.db_url = f"sqlite:///{setup.folder}/jupyterhub.sqlite"
    c.JupyterHub.cookie_secret_file = f"{setup.folder}/cookie_secret"
    c.ConfigurableHTTPProxy.command = [setup.proxy]
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_api}"
    c.ConfigurableHTTPProxy.pid_file = f"{setup.folder}/proxy.pid"

    # Nobody can log in, for whoever could would run programs in this account.
    c.JupyterHub.authenticator_class = "null"
    c.JupyterHub.services = [{"name": "benchmark", "api_token": setup.token}]
    c.JupyterHub.load_roles = [
        {"name": "benchmark", "scopes": ["admin:users", "admin:servers"], "services": ["benchmark"]}
    ]
    # A request for a server is answered when the server is ready, the end of one when it ended.
    c.JupyterHub.tornado_settings = {
        "slow_spawn_timeout": _PATIENCE,
        "slow_stop_timeout": _PATIENCE,
    }
    c.Spawner.start_timeout = _PATIENCE
    c.Spawner.http_timeout = _PATIENCE
    if setup.look_every:
        c.Spawner.poll_interval = setup.look_every
    c.Spawner.pre_spawn_hook = _make_too_large
    c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "TZ", "CONDOR_CONFIG"]
    _SPAWNERS[setup.spawner](c, setup)
    count_processes(Path(setup.folder, "started"))


def _make_too_large(spawner: Any) -> None:
    if spawner.user.name.startswith(Setup.PENDING):
        spawner.req_memory = _TOO_MUCH_MB


def _vispa_htcondor(c: Any, setup: Setup) -> None:
    from vispa_spawner.account import SharedAccount

    c.JupyterHub.spawner_class = "vispa-htcondor"
    c.HTCondorSpawner.accounts = SharedAccount(Path(setup.home_of("")))
    c.HTCondorSpawner.hub_instance = HUB_INSTANCE
    if setup.look_every:
        c.HTCondorSpawner.cluster_poll_interval = setup.look_every
    if setup.stand_in:
        c.HTCondorSpawner.cluster_python = setup.stand_in
    c.HTCondorSpawner.req_nprocs = _CORES
    c.HTCondorSpawner.req_memory = _MEMORY_MB


def _batchspawner(c: Any, setup: Setup) -> None:
    from benchmarks.condor.peer import OneAccountCondorSpawner

    c.JupyterHub.spawner_class = OneAccountCondorSpawner
    c.OneAccountCondorSpawner.home_template = setup.home_of("{username}")
    if setup.stand_in:
        c.OneAccountCondorSpawner.batchspawner_singleuser_cmd = setup.stand_in
    c.OneAccountCondorSpawner.exec_prefix = ""  # it submits as this account, so without sudo
    c.OneAccountCondorSpawner.req_nprocs = _CORES
    c.OneAccountCondorSpawner.req_memory = _MEMORY_MB


def _vispa_login_node(c: Any, setup: Setup) -> None:
    from vispa_spawner.account import SharedAccount

    c.JupyterHub.spawner_class = "vispa-login-node"
    c.LoginNodeSpawner.accounts = SharedAccount(Path(setup.home_of("")))


def _local_process(c: Any, setup: Setup) -> None:
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = setup.home_of("{username}")


_SPAWNERS = {
    "vispa-htcondor": _vispa_htcondor,
    "batchspawner": _batchspawner,
    "vispa-login-node": _vispa_login_node,
    "local-process": _local_process,
}
