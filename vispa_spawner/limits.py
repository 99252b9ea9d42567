"""What a person may ask for. Memory in MB, run time in seconds."""

from dataclasses import dataclass, field

LOGIN_NODE = "login-node"
CLUSTER = "cluster"


@dataclass(frozen=True)
class LoginNodeLimits:
    """What one server may use on the login node; 0 means no limit of ours."""

    cores: float = 0
    memory_mb: int = 0


@dataclass(frozen=True)
class ClusterLimits:
    """The largest job, and the size to propose."""

    max_cores: int = 64
    max_memory_mb: int = 1024 * 1024
    max_gpus: int = 8
    max_runtime: int = 7 * 24 * 3600
    default_cores: int = 1
    default_memory_mb: int = 2048
    default_gpus: int = 0
    default_runtime: int = 8 * 3600
    accounting_group: str = ""


@dataclass(frozen=True)
class Limits:
    """Where a person may start a server, and how large."""

    places: tuple[str, ...] = (LOGIN_NODE, CLUSTER)
    login_node: LoginNodeLimits = field(default_factory=LoginNodeLimits)
    cluster: ClusterLimits = field(default_factory=ClusterLimits)
    groups: tuple[str, ...] = ()
