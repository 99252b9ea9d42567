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
    max_disk_mb: int = 1024 * 1024
    max_gpus: int = 8
    max_runtime: int = 7 * 24 * 3600
    """0 means no limit of ours."""
    max_servers: int = 0
    """Servers of one person on the cluster at the same time; 0 means no limit of ours."""
    default_cores: int = 1
    default_memory_mb: int = 2048
    default_disk_mb: int = 0
    """0 leaves the disk to HTCondor's own estimate."""
    default_gpus: int = 0
    default_runtime: int = 8 * 3600
    accounting_groups: tuple[str, ...] = ()
    """Of HTCondor, for people to choose from; the first is taken when they do not."""
    allow_expressions: bool = False
    """Whether people may write requirements and a rank of their own."""
    requirements: str = ""
    """A ClassAd expression; it is joined to those of site and person, which cannot weaken it."""


@dataclass(frozen=True)
class Limits:
    """Where a person may start a server, and how large."""

    places: tuple[str, ...] = (LOGIN_NODE, CLUSTER)
    login_node: LoginNodeLimits = field(default_factory=LoginNodeLimits)
    cluster: ClusterLimits = field(default_factory=ClusterLimits)
    groups: tuple[str, ...] = ()
