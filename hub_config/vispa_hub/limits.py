"""What the groups of a person let them start, and where."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from vispa_htcondor.expression import any_of
from vispa_hub.settings import Settings
from vispa_hub.settings.places import Group
from vispa_spawner.limits import CLUSTER, LOGIN_NODE, ClusterLimits, Limits, LoginNodeLimits


def limits_of(settings: Settings) -> Callable[[Any], Limits]:
    """Return the `limits` hook of VISPA's spawners: it looks at the groups the hub knows.

    The authenticator brings those up to date before each start.
    """

    def limits(spawner: Any) -> Limits:
        return limits_for({group.name for group in spawner.user.groups}, settings)

    return limits


def limits_for(names: Collection[str], settings: Settings) -> Limits:
    """Join the limits of these groups: of each value the most generous.

    A group gives limits only for the places it offers. Names of groups that are not in the
    settings any more count for nothing; without any group there is no place to run.
    """
    groups = [group for key, group in settings.groups.items() if key in names]
    return Limits(
        places=_places(groups, settings),
        login_node=_login_node([group for group in groups if LOGIN_NODE in group.places]),
        cluster=_cluster([group for group in groups if CLUSTER in group.places]),
        groups=tuple(key for key in settings.groups if key in names),
    )


def _places(groups: Iterable[Group], settings: Settings) -> tuple[str, ...]:
    places = dict.fromkeys(place for group in groups for place in group.places)
    return tuple(place for place in places if place != CLUSTER or settings.cluster.enabled)


def _login_node(groups: list[Group]) -> LoginNodeLimits:
    limits = [group.login_node for group in groups]
    if not limits:
        return LoginNodeLimits()
    return LoginNodeLimits(
        cores=max(limit.cores for limit in limits),
        memory_mb=max(limit.memory.mib for limit in limits),
    )


def _cluster(groups: list[Group]) -> ClusterLimits:
    limits = [group.cluster for group in groups]
    if not limits:
        return ClusterLimits()

    def most(key: str) -> Any:
        return max(getattr(limit, key) for limit in limits)

    return ClusterLimits(
        max_cores=most("max_cores"),
        max_memory_mb=most("max_memory").mib,
        max_disk_mb=most("max_disk").mib,
        max_gpus=most("max_gpus"),
        max_runtime=int(most("max_runtime").total_seconds()),
        # 0 means as many as they like.
        max_servers=most("max_servers") if all(limit.max_servers for limit in limits) else 0,
        default_cores=most("default_cores"),
        default_memory_mb=most("default_memory").mib,
        default_disk_mb=max(limit.default_disk_mb for limit in limits),
        default_runtime=int(most("default_runtime").total_seconds()),
        accounting_groups=tuple(
            dict.fromkeys(name for limit in limits for name in limit.accounting_groups)
        ),
        allow_expressions=any(limit.allow_expressions for limit in limits),
        requirements=_least(limit.requirements for limit in limits),
    )


def _least(requirements: Iterable[str]) -> str:
    """Join what groups require so that a machine need only be right for one of them."""
    each = list(dict.fromkeys(requirements))
    if "" in each:
        return ""
    return each[0] if len(each) == 1 else any_of(*each)
