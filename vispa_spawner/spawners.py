"""The three spawners a hub can name in its configuration."""

import hashlib
import socket
import sys
from pathlib import Path
from typing import Any

from traitlets import (
    Bool,
    Dict,
    Float,
    Instance,
    Int,
    TraitError,
    Tuple,
    Unicode,
    default,
    validate,
)  # fmt: skip
from traitlets.config import Configurable

from vispa_htcondor import expression
from vispa_spawner.backend_spawner import BackendSpawner
from vispa_spawner.cluster import ClusterBackend
from vispa_spawner.limits import CLUSTER, LOGIN_NODE, ClusterLimits, Limits
from vispa_spawner.login_node import LoginNodeBackend
from vispa_spawner.without_callback import BatchSpawnerBase


class _OnLoginNode(Configurable):
    """Settings of servers on the login node."""

    login_node_python = Unicode(
        sys.executable,
        help="Python interpreter of the server environment on the login node.",
    ).tag(config=True)

    login_node_environment = Dict(
        help="More environment variables for servers on the login node."
    ).tag(config=True)


class _OnCluster(Configurable):
    """Settings of servers on the cluster."""

    hub_instance = Unicode(
        help="Stamped on every job, so that the queue tells which jobs are this hub's. "
        "Must differ between hubs that share a schedd. Default: host name and working folder."
    ).tag(config=True)

    cluster_python = Unicode(
        sys.executable,
        help="Python interpreter of the server environment, as the workers see it.",
    ).tag(config=True)

    cluster_port_range = Tuple(
        Int(), Int(), default_value=(0, 0),
        help="First and last port a server may listen on; (0, 0) lets the system choose.",
    ).tag(config=True)  # fmt: skip

    cluster_network = Unicode(
        help="Network, such as 10.1.0.0/16, in which servers listen and the hub reaches them. "
        "Empty: each listens on its worker's address on the way to the hub."
    ).tag(config=True)

    cluster_tunnel = Bool(
        False,
        help="Reach servers through a tunnel of HTCondor's own (condor_ssh_to_job), for workers "
        "that take no connections. Servers then listen on no port.",
    ).tag(config=True)

    cluster_requirements = Unicode(
        help="ClassAd expression that the worker of a server must fulfil."
    ).tag(config=True)

    cluster_environment = Dict(help="More environment variables for servers on the cluster.").tag(
        config=True
    )

    cluster_queue_timeout = Float(
        24 * 3600,
        help="Seconds a server may wait in the queue before it is given up; 0: for ever. "
        "`start_timeout` begins when it has a machine.",
    ).tag(config=True)

    cluster_poll_interval = Float(
        10, help="Seconds between looks at the queue, one for all servers together."
    ).tag(config=True)

    cluster_submit_as = Instance(
        object,
        allow_none=True,
        help="How jobs come to belong to their people: a `vispa_htcondor.submit_as.SubmitAs`. "
        "None: with the hub's own rights, as root for everybody, else for the hub's account alone.",
    ).tag(config=True)

    @validate("cluster_requirements")
    def _whole_expression(self, proposal: Any) -> str:
        try:
            return expression.read(proposal["value"]) if proposal["value"].strip() else ""
        except expression.ExpressionError as error:
            raise TraitError(f"cluster_requirements is no expression VISPA can use. {error}") from (
                error
            )

    @default("hub_instance")
    def _default_hub_instance(self) -> str:
        # Hubs keep their state in the folder they start in, so that tells two on one host apart.
        place = hashlib.sha256(bytes(Path.cwd())).hexdigest()[:8]
        return f"{socket.gethostname()}-{place}"


class LoginNodeSpawner(_OnLoginNode, BackendSpawner):
    """Starts each server as a process on the hub's machine, in its person's account."""

    backends = (LoginNodeBackend,)

    @default("limits")
    def _default_limits(self) -> Any:
        return lambda spawner: Limits(places=(LOGIN_NODE,))


class HTCondorSpawner(_OnCluster, BackendSpawner, BatchSpawnerBase):  # type: ignore[misc]
    """Starts each server as an HTCondor job, submitted by its person's account.

    The requests of batchspawner (`req_nprocs`, `req_memory`, `req_ngpus`, `req_runtime`,
    `req_account`) are the size a server gets when nothing else is asked for.
    """

    backends = (ClusterBackend,)

    @default("limits")
    def _default_limits(self) -> Any:
        return _limits_of_requests


class VispaSpawner(_OnLoginNode, _OnCluster, BackendSpawner):
    """Lets the person choose: here at once, or on the cluster."""

    backends = (LoginNodeBackend, ClusterBackend)


def _limits_of_requests(spawner: Any) -> Limits:
    known = ClusterLimits()
    return Limits(
        places=(CLUSTER,),
        cluster=ClusterLimits(
            default_cores=int(spawner.req_nprocs or known.default_cores),
            default_memory_mb=int(spawner.req_memory or known.default_memory_mb),
            default_gpus=int(spawner.req_ngpus or known.default_gpus),
            default_runtime=int(spawner.req_runtime or known.default_runtime),
            accounting_groups=(spawner.req_account,) if spawner.req_account else (),
        ),
    )
