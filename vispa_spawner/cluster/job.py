"""What is submitted for a server: the job, which everybody can read, and its secret file."""

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub.utils import url_path_join

from vispa_htcondor.submit import Request, ServerJob
from vispa_spawner.limits import CLUSTER, ClusterLimits
from vispa_spawner.options import ServerRequest
from vispa_spawner.spawn_file import SpawnFile

if TYPE_CHECKING:
    from vispa_spawner.account import Account
    from vispa_spawner.backend_spawner import BackendSpawner

SPAWN_FILE = "spawn.json"
LOG = "server.log"


def server_job(
    spawner: "BackendSpawner",
    request: ServerRequest,
    limits: ClusterLimits,
    folder: Path,
    stamp: dict[str, str],
) -> ServerJob:
    """Describe the job: its size, its folder, and the marks that tell whose it is."""
    return ServerJob(
        executable=spawner.cluster_python,
        arguments=["-P", "-m", "vispa_spawner.singleuser", "--spawn-file", SPAWN_FILE],
        folder=str(folder),
        request=job_request(spawner, request, limits),
        stamp=stamp,
        input_files=[SPAWN_FILE],
        log_name=LOG,
    )


def job_request(
    spawner: "BackendSpawner", request: ServerRequest, limits: ClusterLimits
) -> Request:
    """Say what a granted server asks of HTCondor: its size, and what the site adds."""
    return Request(
        cpus=request.cores,
        memory_mb=request.memory_mb,
        disk_mb=request.disk_mb,
        gpus=request.gpus,
        gpu_type=request.gpu_type,
        gpu_capability=request.gpu_capability,
        runtime=request.runtime,
        accounting_group=request.accounting_group,
        requirements=(spawner.cluster_requirements, limits.requirements, request.requirements),
        rank=request.rank,
    )


async def spawn_file(
    spawner: "BackendSpawner", request: ServerRequest, account: "Account", spawn: str
) -> SpawnFile:
    """Write down what the server must know and nobody else may, its token above all."""
    environment = {
        **spawner.get_env(),
        **account.variables(),
        **spawner.cluster_environment,
        "VISPA_PLACE": CLUSTER,
        "VISPA_CORES": str(request.cores),
        "VISPA_MEMORY_MB": str(request.memory_mb),
        "VISPA_RUNTIME": str(request.runtime),
    }
    what = "socket" if spawner.cluster_tunnel else "port"
    report_url = url_path_join(environment["JUPYTERHUB_API_URL"], "vispa/spawns", spawn, what)
    return SpawnFile(
        environment=environment,
        home=str(account.home),
        arguments=spawner.get_args(),
        report_url=report_url,
        port_range=spawner.cluster_port_range,
        network=spawner.cluster_network,
        credentials=await spawner.new_credentials(),
        tunnelled=spawner.cluster_tunnel,
    )
