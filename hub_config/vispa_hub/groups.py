"""Who is in which group. Pure functions of the settings."""

from collections.abc import Collection

from vispa_hub.settings import Settings


def groups_of(name: str, settings: Settings, unix_groups: Collection[str]) -> list[str]:
    """List the groups of an account, in the order of the settings; an empty list may not log in."""
    return [
        key
        for key, group in settings.groups.items()
        if name in group.members or not set(group.unix_groups).isdisjoint(unix_groups)
    ]
