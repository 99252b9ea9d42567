"""What a person may use: the most generous of each limit over all of the person's groups."""

from collections.abc import Callable, Iterable
from typing import Any, get_args

from vispa_hub.settings import Settings
from vispa_hub.settings.places import Group, Place
from vispa_spawner.limits import CLUSTER, ClusterLimits, Limits, LoginNodeLimits


def limits_of(settings: Settings) -> Callable[[Any], Limits]:
    """Return the spawner's `limits` hook: it looks at the groups the hub has for the user now."""

    def limits(spawner: Any) -> Limits:
        names = {group.name for group in spawner.user.groups}
        return merge(
            {name: group for name, group in settings.groups.items() if name in names},
            with_cluster=settings.cluster.enabled,
        )

    return limits


def merge(groups: dict[str, Group], with_cluster: bool = True) -> Limits:
    """Merge the limits of these groups; without any group there is no place to run at all."""
    if not groups:
        return Limits(places=())
    allowed = {place for group in groups.values() for place in group.places}
    if not with_cluster:
        allowed.discard(CLUSTER)
    first = next(iter(groups.values())).places
    order = [*first, *(place for place in get_args(Place) if place not in first)]
    return Limits(
        places=tuple(place for place in order if place in allowed),
        login_node=_login_node(groups.values()),
        # Only groups that may use the cluster have a say in how much of it.
        cluster=_cluster([group for group in groups.values() if CLUSTER in group.places]),
        groups=tuple(group.title or name for name, group in groups.items()),
    )


def _login_node(groups: Iterable[Group]) -> LoginNodeLimits:
    each = [group.login_node for group in groups]
    return LoginNodeLimits(
        cores=max(limits.cores for limits in each),
        memory_mb=max(limits.memory.mib for limits in each),
    )


def _cluster(groups: list[Group]) -> ClusterLimits:
    if not groups:
        return ClusterLimits()
    each = [group.cluster for group in groups]
    # Defaults and accounting belong together: they come from the group with the largest share.
    main = max(each, key=lambda limits: (limits.max_cores, limits.max_memory))
    return ClusterLimits(
        max_cores=max(limits.max_cores for limits in each),
        max_memory_mb=max(limits.max_memory.mib for limits in each),
        max_gpus=max(limits.max_gpus for limits in each),
        max_runtime=round(max(limits.max_runtime.total_seconds() for limits in each)),
        default_cores=main.default_cores,
        default_memory_mb=main.default_memory.mib,
        default_runtime=round(main.default_runtime.total_seconds()),
        accounting_group=main.accounting_group,
    )
